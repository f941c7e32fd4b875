/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Go: module versions are SemVer with "v" (go.dev/ref/mod#versions); the toolchain writes
 * "go1.22.1", "go1.22rc1" and appends experiments after a blank.
 */
#include "version/version_int.h"

static struct pl_str bare(struct pl_str v)
{
	ptrdiff_t blank = pl_str_chr(v, ' ');

	if (pl_str_starts(v, PL_STR("go")) && pl_is_digit(pl_at(v, 2))) {
		if (blank > 0)
			v.len = (size_t)blank;
		pl_skip(&v, 2);
	}
	return v;
}

/* What a build without a version is stamped with: it says nothing about the source. */
static bool is_placeholder(struct pl_str v)
{
	return pl_str_starts(v, PL_STR("v0.0.0-00010101000000"));
}

static bool valid(struct pl_str v)
{
	return !is_placeholder(v) && pl_semver_valid(bare(v));
}

static int compare(struct pl_str a, struct pl_str b)
{
	return pl_semver_compare(bare(a), bare(b), false);
}

const struct pl_scheme pl_scheme_go = {"go", "Go modules and toolchain", valid, compare};
