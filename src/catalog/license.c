/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Licences as SPDX expressions (SPDX specification 2.3, annex D). Metadata spells them in a hundred
 * ways: identifiers, names of Debian, Fedora, Alpine and PyPI classifiers, expressions of these in
 * several notations. What is not known becomes a reference, LicenseRef-…, and is never guessed.
 */
#include "catalog/license.h"

#include <stdlib.h>

enum { NAME_MAX_BYTES = 256, TERMS_MAX = 64 };

/* --- names ---------------------------------------------------------------------------------- */

static bool is_filler(struct pl_str word)
{
	static const char *const fillers[] = {"the",	  "a",	       "license",   "licence",
					      "licenses", "licences",  "licensed",  "version",
					      "ver",	  "software",  "under",	    "terms",
					      "of",	  "exception", "exceptions"};

	for (size_t i = 0; i < sizeof(fillers) / sizeof(fillers[0]); i++)
		if (pl_str_eq_c(word, fillers[i]))
			return true;
	return false;
}

static bool in_word(char c)
{
	return pl_is_alpha(c) || pl_is_digit(c) || c == '.' || c == '+';
}

/* Drops the v of "gplv2", and the ".0" of a whole number "2.0". */
static size_t shorten(struct pl_str w, char *out)
{
	size_t n = 0, digits = 0;

	for (size_t i = 0; i < w.len; i++) {
		bool is_v = w.ptr[i] == 'v' && (i == 0 || pl_is_alpha(w.ptr[i - 1]));
		size_t skip = i + 1 < w.len && w.ptr[i + 1] == '.' ? 2 : 1;

		if (is_v && i + skip < w.len && pl_is_digit(w.ptr[i + skip])) {
			i += skip - 1;
			continue;
		}
		if (w.ptr[i] == '.' && digits && i + 1 < w.len && w.ptr[i + 1] == '0' &&
		    (i + 2 == w.len || w.ptr[i + 2] == '+') &&
		    (n == digits || out[n - digits - 1] != '.')) {
			i++;
			continue;
		}
		digits = pl_is_digit(w.ptr[i]) ? digits + 1 : 0;
		out[n++] = w.ptr[i];
	}
	return n;
}

/* The form in which names are compared, as key() of gen-licenses.py makes it; 0: too long. */
static size_t license_key(struct pl_str name, char out[NAME_MAX_BYTES])
{
	char lower[NAME_MAX_BYTES];
	size_t n = 0;

	if (name.len >= NAME_MAX_BYTES)
		return 0;
	for (size_t i = 0; i < name.len; i++)
		lower[i] = pl_lower(name.ptr[i]);
	for (size_t i = 0, end; i < name.len; i = end + 1) {
		struct pl_str word;

		for (end = i; end < name.len && in_word(lower[end]); end++)
			;
		word = pl_str_n(lower + i, end - i);
		if (is_filler(word))
			continue;
		while (word.len && word.ptr[0] == '.')
			word = pl_str_sub(word, 1, word.len);
		while (word.len && word.ptr[word.len - 1] == '.')
			word.len--;
		n += shorten(word, out + n);
	}
	return n;
}

static int by_key(const void *key, const void *row)
{
	return pl_str_cmp(*(const struct pl_str *)key,
			  pl_str_c(((const struct pl_license_row *)row)->key));
}

static const char *look_up(struct pl_str name, const struct pl_license_row *rows, size_t n)
{
	char text[NAME_MAX_BYTES];
	struct pl_str key = {text, license_key(name, text)};
	const struct pl_license_row *row =
		key.len ? bsearch(&key, rows, n, sizeof(*rows), by_key) : NULL;

	return row ? row->spdx : NULL;
}

static const char *find_name(struct pl_str name)
{
	return look_up(name, pl_license_names, pl_license_names_len);
}

/* --- expressions ---------------------------------------------------------------------------- */

enum token { T_END, T_NAME, T_AND, T_OR, T_WITH, T_OPEN, T_CLOSE, T_LOW_AND };

struct parse {
	struct pl_str rest, name; /* name: of T_NAME */
	enum token token;
	unsigned depth;
	bool bad, unknown;
};

static bool is_break(char c)
{
	return c == '(' || c == ')' || c == ',' || c == ';' || c == '|' || c == '&' || c == '/';
}

static enum token word_token(struct pl_str w)
{
	if (pl_str_ieq(w, PL_STR("and")))
		return T_AND;
	if (pl_str_ieq(w, PL_STR("or")))
		return T_OR;
	return pl_str_ieq(w, PL_STR("with")) ? T_WITH : T_NAME;
}

static struct pl_str first_word(struct pl_str s)
{
	size_t n = 0;

	while (n < s.len && s.ptr[n] != ' ' && s.ptr[n] != '\t' && !is_break(s.ptr[n]))
		n++;
	return pl_str_sub(s, 0, n);
}

static void skip(struct parse *p, size_t n)
{
	p->rest = pl_str_trim(pl_str_sub(p->rest, n, p->rest.len));
}

/* A comma binds weaker than what stands between commas (Debian, copyright format 1.0 §7.2). */
static enum token mark_token(struct parse *p)
{
	char c = p->rest.ptr[0];

	skip(p, 1);
	while ((c == '|' || c == '&') && p->rest.len && p->rest.ptr[0] == c)
		skip(p, 1);
	if (c == ',' || c == ';') {
		if (word_token(first_word(p->rest)) == T_AND)
			skip(p, 3);
		else if (word_token(first_word(p->rest)) == T_OR) {
			skip(p, 2);
			return T_OR;
		}
		return T_LOW_AND;
	}
	return c == '(' ? T_OPEN : c == ')' ? T_CLOSE : c == '&' ? T_AND : T_OR;
}

/* Words up to the next operator are one name. */
static void next(struct parse *p)
{
	const char *from = p->rest.ptr, *to = from;

	p->token = T_END;
	if (!p->rest.len)
		return;
	if (is_break(p->rest.ptr[0])) {
		p->token = mark_token(p);
		return;
	}
	while (p->rest.len && !is_break(p->rest.ptr[0])) {
		struct pl_str word = first_word(p->rest);
		enum token t = word_token(word);

		if (t != T_NAME && to == from)
			p->token = t;
		if (t != T_NAME && to != from)
			break;
		to = word.ptr + word.len;
		skip(p, word.len);
		if (t != T_NAME)
			return;
	}
	p->token = T_NAME;
	p->name = pl_str_n(from, (size_t)(to - from));
}

static bool is_reference(const char *spdx)
{
	return strncmp(spdx, "LicenseRef-", strlen("LicenseRef-")) == 0;
}

static void reference(struct pl_buf *out, struct pl_str name)
{
	if (!pl_str_starts(name, PL_STR("LicenseRef-")))
		pl_buf_c(out, "LicenseRef-");
	for (size_t i = 0; i < name.len && i < 100; i++) {
		char c = name.ptr[i];

		pl_buf_ch(out, pl_is_alpha(c) || pl_is_digit(c) || c == '.' ? c : '-');
	}
}

/* One name without operators. "X+" of a licence that has no entry for it is an SPDX operator;
 * Alpine once wrote several licences with blanks between them, and meant all. */
static void put_name(struct parse *p, struct pl_str name, struct pl_buf *out)
{
	struct pl_str base = pl_str_sub(name, 0, name.len ? name.len - 1 : 0), rest = name, word;
	const char *spdx = find_name(name);
	bool all = true;

	if (!spdx && pl_str_ends(name, PL_STR("+"))) {
		spdx = find_name(base);
		if (spdx && !strchr(spdx, ' ') && !is_reference(spdx)) {
			pl_buf_fmt(out, "%s+", spdx);
			return;
		}
		spdx = NULL;
	}
	if (spdx) {
		p->unknown |= is_reference(spdx);
		pl_buf_c(out, spdx);
		return;
	}
	while (pl_str_split(&rest, ' ', &word))
		all = all && (!word.len || find_name(word));
	if (!all || pl_str_chr(name, ' ') < 0) {
		p->unknown = true;
		reference(out, name);
		return;
	}
	for (size_t start = out->len; pl_str_split(&name, ' ', &word);) {
		spdx = word.len ? find_name(word) : NULL;
		if (!spdx)
			continue;
		p->unknown |= is_reference(spdx);
		pl_buf_fmt(out, "%s%s", out->len > start ? " AND " : "", spdx);
	}
}

static void put_list(struct parse *p, struct pl_buf *out);

static void put_term(struct parse *p, struct pl_buf *out)
{
	struct pl_str name = p->name;
	const char *exception;

	if (p->token == T_OPEN && p->depth < TERMS_MAX) {
		p->depth++;
		next(p);
		pl_buf_ch(out, '(');
		put_list(p, out);
		pl_buf_ch(out, ')');
		p->bad |= p->token != T_CLOSE;
		p->depth--;
		next(p);
		return;
	}
	if (p->token != T_NAME) {
		p->bad = true;
		return;
	}
	next(p);
	if (p->token != T_WITH) {
		put_name(p, name, out);
		return;
	}
	next(p);
	exception = p->token == T_NAME
			    ? look_up(p->name, pl_license_exceptions, pl_license_exceptions_len)
			    : NULL;
	p->bad |= p->token != T_NAME;
	if (exception && find_name(name) && !strchr(find_name(name), ' ')) {
		put_name(p, name, out);
		pl_buf_fmt(out, " WITH %s", exception);
	} else if (p->token == T_NAME) {
		p->unknown = true;
		reference(out, pl_str_n(name.ptr, (size_t)(p->name.ptr + p->name.len - name.ptr)));
	}
	next(p);
}

static void put_and(struct parse *p, struct pl_buf *out)
{
	put_term(p, out);
	while (p->token == T_AND && !p->bad) {
		pl_buf_c(out, " AND ");
		next(p);
		put_term(p, out);
	}
}

/* What stands between commas; true when it is a choice. */
static bool put_or(struct parse *p, struct pl_buf *out)
{
	bool choice = false;

	put_and(p, out);
	while (p->token == T_OR && !p->bad) {
		choice = true;
		pl_buf_c(out, " OR ");
		next(p);
		put_and(p, out);
	}
	return choice;
}

static void put_list(struct parse *p, struct pl_buf *out)
{
	bool first = true, more = true;

	while (more) {
		struct pl_buf group;
		bool choice;

		pl_buf_init(&group, 65536);
		choice = put_or(p, &group);
		more = p->token == T_LOW_AND && !p->bad;
		choice = choice && (more || !first);
		pl_buf_c(out, first ? "" : " AND ");
		pl_buf_c(out, choice ? "(" : "");
		pl_buf_str(out, pl_buf_view(&group));
		pl_buf_c(out, choice ? ")" : "");
		pl_buf_release(&group);
		first = false;
		if (more)
			next(p);
	}
}

struct pl_str pl_license_spdx(struct pl_arena *a, struct pl_str text, bool *known)
{
	struct parse p = {.rest = pl_str_trim(text)};
	const char *whole = find_name(p.rest);
	pl_auto_buf out;

	pl_buf_init(&out, 65536);
	*known = false;
	text = p.rest;
	if (!text.len || pl_str_ieq(text, PL_STR("unknown")) ||
	    pl_str_ieq(text, PL_STR("noassertion")) || pl_str_ieq(text, PL_STR("none")))
		return PL_STR("");
	if (whole) {
		*known = !is_reference(whole);
		return pl_str_c(whole);
	}
	next(&p);
	put_list(&p, &out);
	if (p.bad || p.token != T_END || out.failed || text.len >= 4096) {
		pl_buf_reset(&out);
		reference(&out, text);
		p.unknown = true;
	}
	*known = !p.unknown;
	return pl_arena_str(a, pl_buf_view(&out));
}

static bool has_operator(struct pl_str spdx)
{
	return pl_str_find(spdx, PL_STR(" AND ")) >= 0 || pl_str_find(spdx, PL_STR(" OR ")) >= 0;
}

struct pl_str pl_license_of(struct pl_arena *a, const struct pl_str *told, size_t n)
{
	pl_auto_buf out;
	bool known;

	pl_buf_init(&out, 65536);
	for (size_t i = 0; i < n; i++) {
		struct pl_str one = pl_license_spdx(a, told[i], &known);
		bool group = n > 1 && has_operator(one);

		if (one.len)
			pl_buf_fmt(&out, "%s%s%.*s%s", out.len ? " OR " : "", group ? "(" : "",
				   PL_FMT(one), group ? ")" : "");
	}
	return pl_arena_str(a, pl_buf_view(&out));
}
