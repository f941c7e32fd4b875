/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/scrape.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool pl_scrape_field(struct pl_str *rest, struct pl_str *key, struct pl_str *value)
{
	struct pl_str line;
	ptrdiff_t colon;

	do {
		if (!pl_str_line(rest, &line))
			return false;
		colon = line.len && !is_blank(line.ptr[0]) ? pl_str_chr(line, ':') : -1;
	} while (colon <= 0);
	*key = pl_str_sub(line, 0, (size_t)colon);
	line = pl_str_sub(line, (size_t)colon + 1, line.len);
	while (rest->len && is_blank(rest->ptr[0])) {
		struct pl_str more;

		pl_str_line(rest, &more);
		line.len = (size_t)(more.ptr + more.len - line.ptr);
	}
	*value = pl_str_trim(line);
	return true;
}

struct pl_str pl_scrape_quoted(struct pl_str s)
{
	ptrdiff_t end;
	char quote;

	s = pl_str_trim(s);
	if (s.len < 2 || (s.ptr[0] != '"' && s.ptr[0] != '\''))
		return (struct pl_str){0};
	quote = s.ptr[0];
	s = pl_str_sub(s, 1, s.len);
	end = pl_str_chr(s, quote);
	return end < 0 ? (struct pl_str){0} : pl_str_sub(s, 0, (size_t)end);
}

struct pl_str pl_scrape_assigned(struct pl_str text, const char *name, char sep)
{
	struct pl_str line, value, key = pl_str_c(name);

	while (pl_str_line(&text, &line)) {
		line = pl_str_trim(line);
		if (!pl_str_starts(line, key))
			continue;
		line = pl_str_trim(pl_str_sub(line, key.len, line.len));
		if (!line.len || line.ptr[0] != sep)
			continue;
		value = pl_scrape_quoted(pl_str_sub(line, 1, line.len));
		if (value.len)
			return value;
	}
	return (struct pl_str){0};
}

void pl_scrape_add(struct pl_buf *list, struct pl_str line)
{
	if (!line.len)
		return;
	if (list->len)
		pl_buf_ch(list, '\n');
	pl_buf_str(list, line);
}

struct pl_str pl_scrape_word(struct pl_str s, const char *stops)
{
	size_t n = 0;

	s = pl_str_trim(s);
	while (n < s.len && (unsigned char)s.ptr[n] > ' ' && !strchr(stops, s.ptr[n]))
		n++;
	return pl_str_sub(s, 0, n);
}

bool pl_scrape_name_version(struct pl_str s, struct pl_str *name, struct pl_str *version)
{
	for (size_t i = s.len; i-- > 1;) {
		if (s.ptr[i] != '-' || i + 1 >= s.len || !pl_is_digit(s.ptr[i + 1]))
			continue;
		*name = pl_str_sub(s, 0, i);
		*version = pl_str_sub(s, i + 1, s.len);
		return true;
	}
	return false;
}

struct pl_str pl_scrape_component(struct pl_str path, unsigned from_end)
{
	while (from_end--)
		path = pl_path_dir(path);
	return pl_path_base(path);
}
