/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

/* The length of the comment that begins at i, or 0. An unclosed one reaches to the end. */
static size_t comment(struct pl_str t, size_t i)
{
	struct pl_str rest = pl_str_sub(t, i, t.len);
	ptrdiff_t end;

	if (pl_str_starts(rest, PL_STR("//"))) {
		end = pl_str_chr(rest, '\n');
		return end < 0 ? rest.len : (size_t)end;
	}
	if (!pl_str_starts(rest, PL_STR("/*")))
		return 0;
	end = pl_str_find(pl_str_sub(rest, 2, rest.len), PL_STR("*/"));
	return end < 0 ? rest.len : (size_t)end + 4;
}

static size_t string(struct pl_str t, size_t i)
{
	size_t from = i++;

	while (i < t.len && t.ptr[i] != '"')
		i += t.ptr[i] == '\\' ? 2 : 1;
	return (i < t.len ? i + 1 : t.len) - from;
}

/* Blanks take the place of what JSON does not know, so that offsets in errors stay true. */
static void blank(struct pl_buf *b, size_t n)
{
	while (n--)
		pl_buf_ch(b, ' ');
}

int pl_jsonc_parse(struct pl_str text, uint64_t max, cJSON **out, struct pl_err *err)
{
	size_t comma = SIZE_MAX; /* where a comma stands that nothing has followed yet */
	pl_auto_buf plain;

	pl_buf_init(&plain, text.len + 1);
	if (text.len > max)
		return pl_json_parse(text, max, out, err);
	for (size_t i = 0; i < text.len;) {
		char c = text.ptr[i];
		size_t n = comment(text, i);

		if (n) {
			blank(&plain, n);
			i += n;
			continue;
		}
		n = c == '"' ? string(text, i) : 1;
		if ((c == '}' || c == ']') && comma != SIZE_MAX)
			plain.ptr[comma] = ' ';
		if (c == ',')
			comma = plain.len;
		else if (!strchr(" \t\r\n", c) || c == 0)
			comma = SIZE_MAX;
		pl_buf_add(&plain, text.ptr + i, n);
		i += n;
	}
	return pl_json_parse(pl_buf_view(&plain), max, out, err);
}
