/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Composer: VersionParser::normalize of composer/semver, then PHP's version_compare. Numbers are
 * filled up to four, or are a date; a stability with numbers may follow, and "dev". Branches of
 * the form 1.x-dev stand above all that begins with 1; others ("dev-main") have no place.
 */
#include "version/version_int.h"

enum rank { DEV, ALPHA, BETA, RC, END, NUMBER, PATCH }; /* order of what may stand at one place */

struct item {
	enum rank rank;
	struct pl_str digits;
};
struct list {
	struct item at[PL_VERSION_MAX + 8];
	size_t n;
};

static void push(struct list *l, enum rank rank, struct pl_str digits)
{
	l->at[l->n++] = (struct item){rank, digits};
}

static bool is_sep(char c)
{
	return c == '.' || c == '-' || c == '_';
}

static const struct {
	const char *word;
	enum rank rank;
} stages[] = {
	{"stable", END}, {"beta", BETA},   {"b", BETA},	  {"rc", RC},	{"alpha", ALPHA},
	{"a", ALPHA},	 {"patch", PATCH}, {"pl", PATCH}, {"p", PATCH},
};

/* "[._-]?(stable|beta|b|RC|alpha|a|patch|pl|p)((?:[.-]?\d+)*)" */
static void take_stage(struct pl_str *v, struct list *l)
{
	struct pl_str rest = pl_str_sub(*v, is_sep(pl_at(*v, 0)), v->len);

	for (size_t i = 0; i < sizeof(stages) / sizeof(*stages); i++) {
		struct pl_str word = pl_str_c(stages[i].word);

		if (!pl_str_istarts(rest, word))
			continue;
		pl_skip(&rest, word.len);
		if (stages[i].rank != END)
			push(l, stages[i].rank, (struct pl_str){0});
		for (;;) {
			bool sep = pl_at(rest, 0) == '.' || pl_at(rest, 0) == '-';

			if (!pl_is_digit(pl_at(rest, sep)))
				break;
			pl_skip(&rest, sep);
			if (stages[i].rank == END)
				pl_num_take(&rest); /* "stable" and its numbers say nothing */
			else
				push(l, NUMBER, pl_num_take(&rest));
		}
		*v = rest;
		return;
	}
}

/* Stability, then "[.-]?dev"; nothing may follow. */
static bool take_tail(struct pl_str v, struct list *l)
{
	bool sep;

	take_stage(&v, l);
	sep = pl_at(v, 0) == '.' || pl_at(v, 0) == '-';
	if (pl_str_ieq(pl_str_sub(v, sep, v.len), PL_STR("dev"))) {
		push(l, DEV, (struct pl_str){0});
		return true;
	}
	return v.len == 0;
}

/* One to four numbers, the first of at most five digits, else it is a date. */
static bool take_numbers(struct pl_str v, struct list *l)
{
	struct pl_str run = pl_num_take(&v);

	if (run.len == 0 || run.len > 5)
		return false;
	push(l, NUMBER, run);
	while (l->n < 4 && pl_at(v, 0) == '.' && pl_is_digit(pl_at(v, 1))) {
		pl_skip(&v, 1);
		push(l, NUMBER, pl_num_take(&v));
	}
	while (l->n < 4)
		push(l, NUMBER, PL_STR("0"));
	return take_tail(v, l);
}

/* The number of digits at v, at most max. */
static size_t digits(struct pl_str v, size_t max)
{
	size_t n = 0;

	while (n < max && pl_is_digit(pl_at(v, n)))
		n++;
	return n;
}

static bool is_date_sep(char c)
{
	return c == '.' || c == ':' || c == '-';
}

/* "\d{4}(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3}){0,2}": separated runs of digits, which is what the
 * normal form keeps of it. */
static bool take_date(struct pl_str v, struct list *l)
{
	struct pl_str run = pl_str_sub(v, 0, digits(v, 64));
	size_t pairs;

	if (run.len < 4 || (run.len > 4 && run.len % 2 != 0 && run.len < 7))
		return false;
	if (run.len > 16 + 6)
		return false;
	pl_skip(&v, run.len);
	push(l, NUMBER, run);
	pairs = (run.len - 4) / 2;
	for (; is_date_sep(pl_at(v, 0)) && pl_is_digit(pl_at(v, 1)) && l->n < 9; pairs++) {
		size_t n;

		pl_skip(&v, 1);
		n = digits(v, 64);
		if (n > 3 || (pairs == 0 && n != 2))
			return false;
		push(l, NUMBER, pl_str_sub(v, 0, n));
		pl_skip(&v, n);
	}
	return pairs > 0 && take_tail(v, l);
}

/* "1.x-dev", "1.2.*-dev", "1.2-dev": what is not told is 9999999. */
static bool take_branch(struct pl_str v, struct list *l)
{
	static const struct pl_str any = {"9999999", 7};
	bool wild = false;

	if (v.len < 5 || !pl_str_ieq(pl_str_sub(v, v.len - 4, 4), PL_STR("-dev")))
		return false;
	v.len -= 4;
	for (;;) {
		struct pl_str run = pl_num_take(&v);

		if (run.len == 0 && l->n > 0 && v.len > 0 && strchr("xX*", v.ptr[0])) {
			wild = true;
			pl_skip(&v, 1);
			run = any;
		}
		if (run.len == 0 || l->n == 4)
			return false;
		push(l, NUMBER, run);
		if (pl_at(v, 0) != '.')
			break;
		pl_skip(&v, 1);
	}
	while (l->n < 4)
		push(l, NUMBER, any);
	push(l, DEV, (struct pl_str){0});
	return v.len == 0 && wild;
}

static bool cut(struct pl_str v, struct list *l)
{
	ptrdiff_t at = pl_str_rchr(v, '@');

	if (at > 0) /* a stability flag */
		v.len = (size_t)at;
	at = pl_str_chr(v, '+');
	if (at > 0)
		v.len = (size_t)at;
	at = pl_str_chr(v, '#');
	if (at > 0)
		v.len = (size_t)at;
	if (pl_lower(pl_at(v, 0)) == 'v')
		pl_skip(&v, 1);
	l->n = 0;
	if (take_numbers(v, l))
		return true;
	l->n = 0;
	if (take_date(v, l))
		return true;
	l->n = 0;
	return take_branch(v, l);
}

static bool valid(struct pl_str v)
{
	struct list l;

	return pl_version_plain(v) && cut(v, &l);
}

/* version_compare: dev < alpha < beta < RC < nothing < a number < p. */
static int compare(struct pl_str va, struct pl_str vb)
{
	static const struct item end = {END, {0}};
	struct list a, b;

	cut(va, &a);
	cut(vb, &b);
	for (size_t i = 0; i < a.n || i < b.n; i++) {
		struct item x = i < a.n ? a.at[i] : end, y = i < b.n ? b.at[i] : end;
		int c = pl_sign((long)x.rank - (long)y.rank);

		if (c == 0 && x.rank == NUMBER)
			c = pl_num_cmp(x.digits, y.digits);
		if (c)
			return c;
	}
	return 0;
}

const struct pl_scheme pl_scheme_composer = {"composer", "PHP Composer: composer/semver", valid,
					     compare};
