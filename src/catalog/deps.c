/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/deps.h"

void pl_deps_add(struct pl_buf *out, struct pl_str name)
{
	if (!name.len)
		return;
	if (out->len)
		pl_buf_ch(out, '\n');
	pl_buf_str(out, name);
}

static struct pl_str until(struct pl_str s, const char *stops)
{
	size_t n = 0;

	while (n < s.len && !(s.ptr[n] && strchr(stops, s.ptr[n])))
		n++;
	return pl_str_sub(s, 0, n);
}

void pl_deps_deb(struct pl_buf *out, struct pl_str text)
{
	struct pl_str group, one;

	while (text.len && pl_str_split(&text, ',', &group)) {
		bool first = true;

		while (pl_str_split(&group, '|', &one)) {
			one = until(pl_str_trim(one), " \t\n(:[<");
			if (!one.len)
				continue;
			if (first)
				pl_deps_add(out, one);
			else
				pl_buf_fmt(out, "|%.*s", PL_FMT(one));
			first = false;
		}
	}
}

void pl_deps_words(struct pl_buf *out, struct pl_str text)
{
	struct pl_str word;

	while (text.len && pl_str_split(&text, ' ', &word))
		if (word.len && word.ptr[0] != '!') /* a conflict */
			pl_deps_add(out, until(word, "<>=~@"));
}
