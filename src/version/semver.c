/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SemVer 2.0.0, read tolerantly: a leading "v", any number of numeric fields (missing ones are 0),
 * leading zeros, and a prerelease that follows without "-" ("1.0a1") are accepted.
 */
#include "version/version_int.h"

struct parts {
	struct pl_str numbers, pre;
};

static bool cut(struct pl_str v, struct parts *p)
{
	size_t n = 0;
	ptrdiff_t plus;

	if ((pl_at(v, 0) == 'v' || pl_at(v, 0) == 'V') && pl_is_digit(pl_at(v, 1)))
		pl_skip(&v, 1);
	plus = pl_str_chr(v, '+');
	if (plus >= 0)
		v.len = (size_t)plus;
	while (pl_is_digit(pl_at(v, n)) ||
	       (n > 0 && pl_at(v, n) == '.' && pl_is_digit(pl_at(v, n + 1))))
		n++;
	p->numbers = pl_str_sub(v, 0, n);
	p->pre = pl_str_sub(v, n, v.len);
	if (n == 0 || (p->pre.len > 0 && p->pre.ptr[0] != '-' && !pl_is_alpha(p->pre.ptr[0])))
		return false;
	if (p->pre.len > 0 && p->pre.ptr[0] == '-') {
		pl_skip(&p->pre, 1);
		return p->pre.len > 0;
	}
	return true;
}

bool pl_semver_valid(struct pl_str v)
{
	struct parts p;

	return pl_version_plain(v) && cut(v, &p) && pl_version_chars(v, ".-+_~");
}

static int cmp_numbers(struct pl_str a, struct pl_str b)
{
	struct pl_str fa, fb;
	bool ha = true, hb = true;

	while (ha || hb) {
		int c;

		fa = fb = (struct pl_str){0};
		ha = ha && pl_str_split(&a, '.', &fa);
		hb = hb && pl_str_split(&b, '.', &fb);
		c = pl_num_cmp(fa, fb);
		if (c)
			return c;
	}
	return 0;
}

static bool all_digits(struct pl_str s)
{
	struct pl_str rest = s;

	return pl_num_take(&rest).len > 0 && rest.len == 0;
}

static int cmp_folded(struct pl_str a, struct pl_str b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++)
		if (pl_lower(a.ptr[i]) != pl_lower(b.ptr[i]))
			return pl_lower(a.ptr[i]) < pl_lower(b.ptr[i]) ? -1 : 1;
	return (a.len > b.len) - (a.len < b.len);
}

/* SemVer 11.4: numbers as integers and before text, text bytewise, fewer fields older. */
static int cmp_field(struct pl_str a, struct pl_str b, bool fold)
{
	bool na = all_digits(a), nb = all_digits(b);

	if (na != nb)
		return na ? -1 : 1;
	if (na)
		return pl_num_cmp(a, b);
	return fold ? cmp_folded(a, b) : pl_str_cmp(a, b);
}

int pl_semver_compare(struct pl_str va, struct pl_str vb, bool fold)
{
	struct parts a, b;
	struct pl_str fa, fb;
	int c;

	cut(va, &a);
	cut(vb, &b);
	c = cmp_numbers(a.numbers, b.numbers);
	if (c)
		return c;
	if (a.pre.len == 0 || b.pre.len == 0)
		return (a.pre.len == 0) - (b.pre.len == 0);
	for (;;) {
		bool ha = pl_str_split(&a.pre, '.', &fa), hb = pl_str_split(&b.pre, '.', &fb);

		if (!ha || !hb)
			return ha - hb;
		c = cmp_field(fa, fb, fold);
		if (c)
			return c;
	}
}

static int compare(struct pl_str a, struct pl_str b)
{
	return pl_semver_compare(a, b, false);
}

static int compare_nuget(struct pl_str a, struct pl_str b)
{
	return pl_semver_compare(a, b, true);
}

const struct pl_scheme pl_scheme_semver = {"semver", "npm, cargo and others: SemVer 2.0.0",
					   pl_semver_valid, compare};
/* Four numbers and a prerelease without regard to case: NuGet's only differences. */
const struct pl_scheme pl_scheme_nuget = {"nuget", "NuGet: four numbers, SemVer prerelease",
					  pl_semver_valid, compare_nuget};
