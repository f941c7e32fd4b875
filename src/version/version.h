/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * version: one file for each version scheme, one comparison for all. A scheme is a row; order and
 * validity follow the package manager that owns it (cited in each file).
 */
#include "base/base.h"

struct pl_scheme {
	const char *name; /* "deb" "rpm" "apk" "semver" "pep440" "maven" "go" "gem" … */
	const char *what; /* one line for --help */
	bool (*valid)(struct pl_str v);
	/* -1, 0, 1; both are valid. No allocation that the input can blow up. */
	int (*compare)(struct pl_str a, struct pl_str b);
};
/* All rows, in the order they are listed; *n is their number. */
const struct pl_scheme *const *pl_schemes(size_t *n);
/* By name or alias ("npm" and "cargo" are semver, "pypi" pep440 …); NULL when unknown. */
const struct pl_scheme *pl_scheme_find(struct pl_str name);
/* -1, 0, 1 in *out; PL_E_COMPARE naming the version that is not valid. Blanks around are trimmed.
 */
int pl_version_compare(const struct pl_scheme *s, struct pl_str a, struct pl_str b, int *out,
		       struct pl_err *err);
