/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apk: the grammar and order of apk-tools 3,
 * number{.number}[letter]{_suffix[number]}[~hash][-rnumber]
 */
#include "version/version_int.h"

/* In order of precedence: where two versions part, the token that stands earlier here is newer. */
enum token { FIRST, NUMBER, LETTER, SUFFIX, SUFFIX_NUMBER, HASH, REVISION, END, INVALID };

static const char *const suffixes[] = {"alpha", "beta", "pre", "rc", "",
				       "cvs",	"svn",	"git", "hg", "p"};
#define SUFFIX_NONE 4

struct state {
	struct pl_str rest, value;
	enum token token;
	int suffix;
};

static void invalid(struct state *s)
{
	s->token = INVALID;
}

static void take(struct state *s, size_t n)
{
	s->value = pl_str_sub(s->rest, 0, n);
	pl_skip(&s->rest, n);
}

static void digits(struct state *s, enum token t)
{
	s->value = pl_num_take(&s->rest);
	s->token = s->value.len ? t : INVALID;
}

static void suffix(struct state *s)
{
	size_t n = 0;

	pl_skip(&s->rest, 1);
	while (pl_at(s->rest, n) >= 'a' && pl_at(s->rest, n) <= 'z')
		n++;
	take(s, n);
	for (int i = 0; i < (int)(sizeof(suffixes) / sizeof(*suffixes)); i++) {
		if (n > 0 && pl_str_eq_c(s->value, suffixes[i])) {
			s->suffix = i;
			s->token = SUFFIX;
			return;
		}
	}
	invalid(s);
}

static void hash(struct state *s)
{
	size_t n = 0;

	pl_skip(&s->rest, 1);
	while (pl_is_digit(pl_at(s->rest, n)) ||
	       (pl_at(s->rest, n) >= 'a' && pl_at(s->rest, n) <= 'f'))
		n++;
	take(s, n);
	s->token = n ? HASH : INVALID;
}

static void next_number(struct state *s)
{
	if (s->token <= NUMBER) {
		if (s->rest.ptr[0] == '.')
			pl_skip(&s->rest, 1);
		digits(s, NUMBER);
	} else if (s->token == SUFFIX && s->rest.ptr[0] != '.') {
		digits(s, SUFFIX_NUMBER);
	} else {
		invalid(s);
	}
}

static void next(struct state *s)
{
	char c = pl_at(s->rest, 0);

	if (s->token == INVALID)
		return;
	if (s->rest.len == 0) {
		s->token = END;
	} else if (c == '.' || pl_is_digit(c)) {
		next_number(s);
	} else if (c >= 'a' && c <= 'z' && s->token <= NUMBER) {
		take(s, 1);
		s->token = LETTER;
	} else if (c == '_' && s->token <= SUFFIX_NUMBER) {
		suffix(s);
	} else if (c == '~' && s->token < HASH) {
		hash(s);
	} else if (c == '-' && pl_at(s->rest, 1) == 'r' && s->token < REVISION) {
		pl_skip(&s->rest, 2);
		digits(s, REVISION);
	} else {
		invalid(s);
	}
}

static struct state first(struct pl_str v)
{
	struct state s = {.rest = v};

	digits(&s, FIRST);
	return s;
}

static bool valid(struct pl_str v)
{
	struct state s = first(v);

	if (v.len == 0 || v.len > PL_VERSION_MAX)
		return false;
	while (s.token < END)
		next(&s);
	return s.token == END;
}

/* Later numbers with a leading zero are decimal fractions of old: compared as text. */
static int token_cmp(const struct state *a, const struct state *b)
{
	switch (a->token) {
	case NUMBER:
		if (a->value.ptr[0] == '0' || b->value.ptr[0] == '0')
			return pl_str_cmp(a->value, b->value);
		return pl_num_cmp(a->value, b->value);
	case FIRST:
	case SUFFIX_NUMBER:
	case REVISION:
		return pl_num_cmp(a->value, b->value);
	case SUFFIX:
		return pl_sign(a->suffix - b->suffix);
	default:
		return pl_str_cmp(a->value, b->value);
	}
}

static int compare(struct pl_str va, struct pl_str vb)
{
	struct state a = first(va), b = first(vb);
	int c;

	while (a.token == b.token && a.token < END) {
		c = token_cmp(&a, &b);
		if (c)
			return c;
		next(&a);
		next(&b);
	}
	if (a.token == b.token)
		return 0;
	if (a.token == SUFFIX && a.suffix < SUFFIX_NONE)
		return -1;
	if (b.token == SUFFIX && b.suffix < SUFFIX_NONE)
		return 1;
	return a.token > b.token ? -1 : 1;
}

const struct pl_scheme pl_scheme_apk = {"apk", "Alpine, Wolfi: as apk-tools 3", valid, compare};
