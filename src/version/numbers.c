/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions that are nothing but numbers: Hackage's (Data.Version, Haskell PVP: numbers with dots)
 * and CRAN's (R's numeric_version: numbers with dots or dashes, of which one is as good as the
 * other). Compared number by number; the longer is newer when one begins with the other: 1.0
 * < 1.0.0.
 */
#include "version/version_int.h"

static bool is_valid(struct pl_str v, const char *separators)
{
	if (!pl_version_plain(v))
		return false;
	while (pl_num_take(&v).len) {
		if (!v.len)
			return true;
		if (!strchr(separators, v.ptr[0]))
			return false;
		pl_skip(&v, 1);
	}
	return false;
}

static bool valid_hackage(struct pl_str v)
{
	return is_valid(v, ".");
}

static bool valid_cran(struct pl_str v)
{
	return is_valid(v, ".-");
}

static int compare(struct pl_str a, struct pl_str b)
{
	while (a.len && b.len) {
		int c = pl_num_cmp(pl_num_take(&a), pl_num_take(&b));

		if (c)
			return c;
		pl_skip(&a, 1);
		pl_skip(&b, 1);
	}
	return (a.len > 0) - (b.len > 0);
}

const struct pl_scheme pl_scheme_hackage = {"hackage", "Hackage: numbers with dots", valid_hackage,
					    compare};
const struct pl_scheme pl_scheme_cran = {"cran", "CRAN: numbers with dots or dashes", valid_cran,
					 compare};
