/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions in which what follows SemVer counts. pub (Dart, package pub_semver): the build comes
 * after all else, none before any, 1.0.0 < 1.0.0+1 < 1.0.1. Bitnami: X.Y.Z-REVISION, where the
 * revision is a new packing of the same version, so neither it nor what follows "+" counts for
 * advisories.
 */
#include "version/version_int.h"

static struct pl_str build_of(struct pl_str v)
{
	ptrdiff_t plus = pl_str_chr(v, '+');

	return plus < 0 ? (struct pl_str){0} : pl_str_sub(v, (size_t)plus + 1, v.len);
}

static bool all_digits(struct pl_str s)
{
	struct pl_str rest = s;

	return pl_num_take(&rest).len > 0 && rest.len == 0;
}

/* pub_semver compares the fields of a build as those of a prerelease: numbers as such and before
 * text, fewer fields first. */
static int compare_builds(struct pl_str a, struct pl_str b)
{
	struct pl_str fa, fb;

	if (!a.len || !b.len)
		return (a.len > 0) - (b.len > 0);
	for (;;) {
		bool ha = pl_str_split(&a, '.', &fa), hb = pl_str_split(&b, '.', &fb), na, nb;
		int c;

		if (!ha || !hb)
			return ha - hb;
		na = all_digits(fa);
		nb = all_digits(fb);
		if (na != nb)
			return na ? -1 : 1;
		c = na ? pl_num_cmp(fa, fb) : pl_str_cmp(fa, fb);
		if (c)
			return c;
	}
}

static int compare_pub(struct pl_str a, struct pl_str b)
{
	int c = pl_semver_compare(a, b, false);

	return c ? c : compare_builds(build_of(a), build_of(b));
}

/* Up to '+', then without "-REVISION" when that is a number. */
static struct pl_str upstream(struct pl_str v)
{
	ptrdiff_t plus = pl_str_chr(v, '+'), dash;

	if (plus >= 0)
		v.len = (size_t)plus;
	dash = pl_str_rchr(v, '-');
	if (dash > 0 && all_digits(pl_str_sub(v, (size_t)dash + 1, v.len)))
		v.len = (size_t)dash;
	return v;
}

static bool valid_bitnami(struct pl_str v)
{
	return pl_semver_valid(v) && pl_semver_valid(upstream(v));
}

static int compare_bitnami(struct pl_str a, struct pl_str b)
{
	return pl_semver_compare(upstream(a), upstream(b), false);
}

const struct pl_scheme pl_scheme_pub = {"pub", "Dart's pub: SemVer and then the build",
					pl_semver_valid, compare_pub};
const struct pl_scheme pl_scheme_bitnami = {"bitnami", "Bitnami: SemVer without the revision",
					    valid_bitnami, compare_bitnami};
