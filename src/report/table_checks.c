/* SPDX-License-Identifier: Apache-2.0 */
/* Checks by kind: what was seen and where, and how to mend it. */
#include <stdio.h>

#include "report/table.h"

enum { INDENT = 4, TEXT = INDENT + 10 };

static bool is_shown(const struct pl_finding *f, const char *id)
{
	return f->kind == PL_FIND_CHECK && !f->suppressed.len && pl_str_eq_c(f->id, id);
}

static void put_seen(struct pl_page *p, const struct pl_finding *f)
{
	pl_auto_buf text;

	pl_buf_init(&text, PL_MiB(1));
	pl_buf_str(&text, f->why);
	if (f->layer != UINT32_MAX)
		pl_buf_fmt(&text, " (layer %u)", f->layer);
	pl_page_pad(p, INDENT);
	pl_page_severity(p, f->severity);
	pl_page_wrap(p, PL_INK_PLAIN, pl_buf_view(&text), TEXT, TEXT);
}

static void put_remedy(struct pl_page *p, struct pl_str remedy)
{
	pl_page_pad(p, TEXT);
	pl_page_c(p, PL_INK_GREEN, "→ ");
	pl_page_wrap(p, PL_INK_GREEN, remedy, TEXT + 2, TEXT + 2);
}

/* One remedy stands below all the findings in a row that share it. */
static void put_kind(struct pl_page *p, const struct pl_check *c)
{
	const struct pl_findings *all = p->r->findings;
	struct pl_str remedy = {NULL, 0};
	bool any = false;

	for (size_t i = 0; i < all->rows.len; i++) {
		const struct pl_finding *f = &all->rows.at[i];

		if (!is_shown(f, c->id))
			continue;
		if (!any) {
			pl_buf_ch(p->out, '\n');
			pl_page_pad(p, 2);
			pl_page_c(p, PL_INK_BOLD, c->title);
			pl_page_pad(p, 2);
			pl_page_c(p, PL_INK_DIM, c->id);
			pl_page_end(p);
		} else if (!pl_str_eq(remedy, f->remedy)) {
			put_remedy(p, remedy);
		}
		put_seen(p, f);
		remedy = f->remedy;
		any = true;
	}
	if (any)
		put_remedy(p, remedy);
}

void pl_table_checks(struct pl_page *p)
{
	const struct pl_findings *all = p->r->findings;
	size_t n, count = 0;
	const struct pl_check *checks = pl_checks(&n);
	char text[64];

	for (size_t i = 0; i < all->rows.len; i++)
		count += all->rows.at[i].kind == PL_FIND_CHECK && !all->rows.at[i].suppressed.len;
	snprintf(text, sizeof(text), count ? "%zu" : "nothing found", count);
	pl_page_heading(p, "CHECKS", text);
	for (size_t i = 0; i < n; i++)
		put_kind(p, &checks[i]);
}
