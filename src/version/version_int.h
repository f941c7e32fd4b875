/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the scheme files of this room share. Order of digit runs has no size limit anywhere. */
#include "version/version.h"

/* Longest version a scheme accepts: the longest real ones (pseudo-versions, rpm snapshots) have
 * under 120 bytes, and comparison keeps its pieces on the stack. */
#define PL_VERSION_MAX 512

/* -1, 0, 1 of two runs of digits as integers; an empty run counts as 0. */
int pl_num_cmp(struct pl_str a, struct pl_str b);
/* The run of digits at the start of *s, cut from it. */
struct pl_str pl_num_take(struct pl_str *s);
/* Neither empty nor too long, and printable ASCII without blanks. */
bool pl_version_plain(struct pl_str v);
/* All characters are letters, digits or in `also`. */
bool pl_version_chars(struct pl_str v, const char *also);
static inline int pl_sign(long n)
{
	return n < 0 ? -1 : n > 0;
}
static inline char pl_at(struct pl_str s, size_t i)
{
	return i < s.len ? s.ptr[i] : '\0';
}
static inline void pl_skip(struct pl_str *s, size_t n)
{
	*s = pl_str_sub(*s, n, s->len);
}

/* SemVer order of what pl_semver_valid accepts; fold: prerelease without regard to case. */
bool pl_semver_valid(struct pl_str v);
int pl_semver_compare(struct pl_str a, struct pl_str b, bool fold);

extern const struct pl_scheme pl_scheme_deb, pl_scheme_rpm, pl_scheme_apk, pl_scheme_semver,
	pl_scheme_pep440, pl_scheme_maven, pl_scheme_go, pl_scheme_gem, pl_scheme_nuget,
	pl_scheme_composer, pl_scheme_hackage, pl_scheme_cran, pl_scheme_pub, pl_scheme_bitnami;
