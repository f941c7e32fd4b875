/* SPDX-License-Identifier: Apache-2.0 */
/* Ink and lines of the table. */
#include <stdio.h>

#include "report/table.h"

static const char *const inks[] = {"",	       "\033[1m",  "\033[2m",
				   "\033[32m", "\033[31m", "\033[1;37;41m"};

size_t pl_page_put(struct pl_page *p, enum pl_ink ink, struct pl_str s, size_t columns)
{
	bool color = p->color && ink != PL_INK_PLAIN;
	size_t used;

	if (!s.len)
		return 0;
	if (color)
		pl_buf_c(p->out, inks[ink]);
	used = pl_text_put(p->out, s, columns);
	if (color)
		pl_buf_c(p->out, "\033[0m");
	return used;
}

size_t pl_page_c(struct pl_page *p, enum pl_ink ink, const char *s)
{
	return pl_page_put(p, ink, pl_str_c(s), PL_ALL);
}

void pl_page_pad(struct pl_page *p, size_t n)
{
	for (; n; n--)
		pl_buf_ch(p->out, ' ');
}

/* Without blanks at the end, so that reports can be compared and copied. */
void pl_page_end(struct pl_page *p)
{
	while (p->out->len && p->out->ptr[p->out->len - 1] == ' ')
		p->out->len--;
	pl_buf_ch(p->out, '\n');
}

void pl_page_wrap(struct pl_page *p, enum pl_ink ink, struct pl_str s, size_t at, size_t indent)
{
	struct pl_str word, line = {s.ptr, 0};
	size_t room = p->width > at + 20 ? p->width - at : 20, used = 0;

	while (pl_str_split(&s, ' ', &word)) {
		size_t w = pl_text_width(word);

		if (used && used + 1 + w > room) {
			pl_page_put(p, ink, line, PL_ALL);
			pl_page_end(p);
			pl_page_pad(p, indent);
			room = p->width > indent + 20 ? p->width - indent : 20;
			line = (struct pl_str){word.ptr, 0};
			used = 0;
		}
		line.len = (size_t)(word.ptr + word.len - line.ptr);
		used += (used ? 1 : 0) + w;
	}
	pl_page_put(p, ink, line, PL_ALL);
	pl_page_end(p);
}

void pl_page_severity(struct pl_page *p, enum pl_severity s)
{
	static const char *const codes[PL_SEV__COUNT] = {
		[PL_SEV_CRITICAL] = "\033[1;31m", [PL_SEV_HIGH] = "\033[31m",
		[PL_SEV_MEDIUM] = "\033[33m",	  [PL_SEV_LOW] = "\033[36m",
		[PL_SEV_NEGLIGIBLE] = "\033[2m",  [PL_SEV_NONE] = "\033[2m",
		[PL_SEV_UNKNOWN] = "\033[35m"};
	const char *word = pl_report_severity(s);

	if (p->color)
		pl_buf_c(p->out, codes[s]);
	pl_buf_c(p->out, word);
	if (p->color)
		pl_buf_c(p->out, "\033[0m");
	pl_page_pad(p, 10 - strlen(word));
}

void pl_page_heading(struct pl_page *p, const char *title, const char *more)
{
	pl_buf_ch(p->out, '\n');
	pl_page_c(p, PL_INK_BOLD, title);
	pl_page_pad(p, 2);
	pl_page_c(p, PL_INK_DIM, more);
	pl_page_end(p);
}

void pl_page_layer(struct pl_page *p, uint32_t layer, size_t columns)
{
	struct pl_layer_sum l;
	pl_auto_buf text;

	pl_buf_init(&text, PL_MiB(64));
	if (layer == UINT32_MAX || layer >= pl_report_layers(p->r))
		return;
	l = pl_report_layer(p->r, layer);
	pl_buf_fmt(&text, "layer %u", layer);
	if (l.created_by.len) {
		pl_buf_c(&text, ": ");
		pl_report_instruction(l.created_by, &text);
	}
	pl_page_put(p, PL_INK_DIM, pl_buf_view(&text), columns);
}
