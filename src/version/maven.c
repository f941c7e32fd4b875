/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maven: ComparableVersion of Maven 3.8 (maven.apache.org/pom.html#version-order-specification).
 * A version is a list of numbers and texts whose last element may be such a list again, so it is
 * kept flat: each item knows its level, and level n+1 is what follows the items of level n.
 */
#include "version/version_int.h"

enum { ITEMS = PL_VERSION_MAX + 2 };

struct item {
	struct pl_str text; /* digits, or a qualifier as written */
	bool number;
	bool digit_follows; /* "a1": a is alpha, b beta, m milestone */
};

struct list {
	struct item items[ITEMS];
	size_t n;
	size_t start[ITEMS + 1]; /* first item of each level */
	size_t end[ITEMS];
	size_t levels; /* after normalising: those that hold anything */
};

/* In order; the empty one is the release. Unknown text comes after all, in order of its bytes. */
static const char *const qualifiers[] = {"alpha", "beta", "milestone", "rc", "snapshot", "", "sp"};
enum { RELEASE = 5, UNKNOWN = 7 };

static int rank(const struct item *it)
{
	static const struct {
		const char *alias;
		int rank;
		bool short_form;
	} aliases[] = {{"ga", RELEASE, 0}, {"final", RELEASE, 0}, {"release", RELEASE, 0},
		       {"cr", 3, 0},	   {"a", 0, 1},		  {"b", 1, 1},
		       {"m", 2, 1}};

	for (int i = 0; i < UNKNOWN; i++)
		if (pl_str_ieq(it->text, pl_str_c(qualifiers[i])))
			return i;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if ((!aliases[i].short_form || it->digit_follows) &&
		    pl_str_ieq(it->text, pl_str_c(aliases[i].alias)))
			return aliases[i].rank;
	return UNKNOWN;
}

static int cmp_folded(struct pl_str a, struct pl_str b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++)
		if (pl_lower(a.ptr[i]) != pl_lower(b.ptr[i]))
			return pl_lower(a.ptr[i]) < pl_lower(b.ptr[i]) ? -1 : 1;
	return (a.len > b.len) - (a.len < b.len);
}

static int cmp_null(const struct item *it)
{
	if (it->number)
		return pl_num_cmp(it->text, (struct pl_str){0});
	return pl_sign(rank(it) - RELEASE);
}

static int cmp_item(const struct item *a, const struct item *b)
{
	int ra, rb;

	if (a->number != b->number)
		return a->number ? 1 : -1;
	if (a->number)
		return pl_num_cmp(a->text, b->text);
	ra = rank(a);
	rb = rank(b);
	if (ra != rb)
		return ra < rb ? -1 : 1;
	return ra == UNKNOWN ? cmp_folded(a->text, b->text) : 0;
}

static void add(struct list *l, struct pl_str text, bool number, bool digit_follows)
{
	l->items[l->n++] = (struct item){text, number, digit_follows};
}

static void open_level(struct list *l)
{
	l->end[l->levels - 1] = l->n;
	l->start[l->levels++] = l->n;
}

static bool level_empty(const struct list *l)
{
	return l->start[l->levels - 1] == l->n;
}

/* Nothing (zero, release, an empty level) at the end of a level does not count, nor before the
 * level that follows. */
static void normalise(struct list *l)
{
	size_t used = 0;

	l->end[l->levels - 1] = l->n;
	for (size_t k = 0; k < l->levels; k++) {
		while (l->end[k] > l->start[k] && cmp_null(&l->items[l->end[k] - 1]) == 0)
			l->end[k]--;
		if (l->end[k] > l->start[k])
			used = k + 1;
	}
	l->levels = used;
}

/* A piece that ends at a separator or at the end of the version. */
static void end_piece(struct list *l, struct pl_str piece, bool number)
{
	if (piece.len == 0)
		add(l, PL_STR("0"), true, false);
	else
		add(l, piece, number, false);
}

static void cut(struct pl_str v, struct list *l)
{
	size_t start = 0;
	bool number = false;

	l->n = 0;
	l->levels = 1;
	l->start[0] = 0;
	for (size_t i = 0; i < v.len; i++) {
		struct pl_str piece = pl_str_sub(v, start, i - start);
		bool digit = pl_is_digit(v.ptr[i]);

		if (v.ptr[i] == '.' || v.ptr[i] == '-') {
			end_piece(l, piece, number);
			start = i + 1;
			if (v.ptr[i] == '-')
				open_level(l);
			continue;
		}
		if (piece.len > 0 && digit != number) {
			if (digit && !level_empty(l)) /* .X1 is -X1 */
				open_level(l);
			add(l, piece, number, digit);
			start = i;
			open_level(l);
		}
		number = digit;
	}
	if (start < v.len) {
		if (!number && !level_empty(l))
			open_level(l);
		add(l, pl_str_sub(v, start, v.len), number, false);
	}
	normalise(l);
}

/* All from level k on, against nothing. */
static int cmp_rest(const struct list *l, size_t k)
{
	for (; k < l->levels; k++)
		for (size_t i = l->start[k]; i < l->end[k]; i++)
			if (cmp_null(&l->items[i]))
				return cmp_null(&l->items[i]);
	return 0;
}

/* Where a's level k is over: its next level stands against b's item i of level k, or nothing. */
static int cmp_level_with_item(const struct list *a, size_t k, const struct item *b)
{
	if (k + 1 >= a->levels)
		return -cmp_null(b);
	return b->number ? -1 : 1;
}

static int compare_lists(const struct list *a, const struct list *b)
{
	for (size_t k = 0; k < a->levels && k < b->levels; k++) {
		size_t na = a->end[k] - a->start[k], nb = b->end[k] - b->start[k], i;
		int c = 0;

		for (i = 0; i < na && i < nb && c == 0; i++)
			c = cmp_item(&a->items[a->start[k] + i], &b->items[b->start[k] + i]);
		for (; c == 0 && na != nb && i < (na > nb ? na : nb); i++) {
			bool more_a = na > nb;
			const struct item *it =
				more_a ? &a->items[a->start[k] + i] : &b->items[b->start[k] + i];
			const struct list *shorter = more_a ? b : a;

			if (i == (more_a ? nb : na))
				c = cmp_level_with_item(shorter, k, it);
			else
				c = -cmp_null(it);
			c = more_a ? -c : c;
		}
		if (c)
			return c;
		if (na > nb)
			return cmp_rest(a, k + 1);
		if (nb > na)
			return -cmp_rest(b, k + 1);
	}
	if (a->levels > b->levels)
		return cmp_rest(a, b->levels);
	return -cmp_rest(b, a->levels);
}

static int compare(struct pl_str va, struct pl_str vb)
{
	struct list a, b;

	cut(va, &a);
	cut(vb, &b);
	return compare_lists(&a, &b);
}

const struct pl_scheme pl_scheme_maven = {"maven", "Maven: ComparableVersion", pl_version_plain,
					  compare};
