/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Private to this room: questions to the database, the judgement of one entry, findings in the
 * making. */
#include "match/match.h"

/* --- which ecosystem ------------------------------------------------------------------------ */

/* How a version of this package is to be compared. */
const struct pl_scheme *pl_scheme_of(enum pl_pkg_type t);
/* What names of a distribution's packages its records use. */
enum pl_lookup {
	PL_LOOKUP_SOURCE, /* source package and its version */
	PL_LOOKUP_BINARY, /* the package itself, and the package it was built from */
	PL_LOOKUP_OWN,	  /* the package itself: records list every binary */
};
struct pl_distro {
	struct pl_str eco; /* "Debian:12"; for Red Hat the prefix "Red Hat:enterprise_linux:9::" */
	bool prefix;	   /* eco begins the names of several ecosystems */
	enum pl_lookup lookup;
	enum pl_pkg_type type;
	const char *why; /* why there is none, or how it was derived; NULL: plain */
	bool known;	 /* false: nobody told us of this distribution */
};
void pl_distro_of(struct pl_arena *a, const struct pl_os *os, struct pl_distro *out);
/* The ecosystem of a language package type, or NULL. */
const char *pl_language_ecosystem(enum pl_pkg_type t);
/* As above, for one package: R packages are of CRAN or of Bioconductor. */
const char *pl_package_ecosystem(const struct pl_pkg *p);
/* Judged by the advisories of the distribution. */
bool pl_of_distribution(enum pl_pkg_type t);

/* --- one entry, one version ----------------------------------------------------------------- */

struct pl_subject {
	const struct pl_scheme *scheme;
	struct pl_str version;
	bool no_epoch; /* rpm source packages: their epoch is not known */
	bool modular;  /* rpm: from a module stream */
};
enum pl_answer {
	PL_ANSWER_NO,
	PL_ANSWER_YES,
	PL_ANSWER_CANNOT, /* some version could not be compared, and no other range said yes */
};
struct pl_judged {
	enum pl_answer answer;
	bool listed;		     /* by `versions`, not by a range */
	struct pl_str from, to;	     /* bounds of the range that has it; empty: none */
	bool inclusive;		     /* `to` is a last affected version */
	PL_VEC(struct pl_str) fixes; /* above the version, smallest first; views of the entry */
};
void pl_judged_release(struct pl_judged *j);
void pl_judge_entry(const struct pl_subject *s, const struct pl_affected *a, struct pl_judged *out);
/* In order of the scheme; what it cannot compare, in order of bytes. */
void pl_sort_versions(const struct pl_scheme *scheme, struct pl_str *at, size_t n);

/* --- severity ------------------------------------------------------------------------------- */

struct pl_graded {
	int rank; /* the lower the better the source; 99: nothing */
	enum pl_severity severity;
	struct pl_str source;		      /* in the arena */
	struct pl_str cvss_type, cvss_vector; /* of the record, its best */
	int cvss_tenths;
};
void pl_grade(struct pl_arena *arena, const struct pl_affected *a, struct pl_graded *out);

/* --- hits to findings ----------------------------------------------------------------------- */

/* A record, kept beyond the look-up. */
struct pl_rec {
	struct pl_str id, summary, url;
	PL_VEC(struct pl_str) keys;    /* the CVEs it stands for, or one other id */
	PL_VEC(struct pl_str) aliases; /* other ids of the same flaw; empty when it bundles CVEs */
	PL_VEC(struct pl_str) exploited;
	struct pl_graded grade;
	bool named; /* keys are CVEs */
};
struct pl_rec *pl_rec_of(struct pl_arena *arena, const struct pl_affected *a);
struct pl_hit {
	uint32_t pkg;
	struct pl_str key;
	const struct pl_rec *rec;
	struct pl_str eco, name, version; /* what was compared */
	const char *scheme;
	struct pl_str range, why;
	const struct pl_str *fixes;
	size_t n_fixes;
};
typedef PL_VEC(struct pl_hit) pl_hits;
/* Is the id of a record a distribution's advisory, whose `related` are the flaws it mends? */
bool pl_is_distribution_id(struct pl_str id);
/* Sorts hits and appends one finding for each package and key. */
void pl_findings_of_hits(pl_hits *hits, struct pl_findings *out);

/* --- what is not judged, and what does not count -------------------------------------------- */

bool pl_distro_advised(const struct pl_distro *d, struct pl_db *db);
/* Sets `suppressed` of the findings from `first` on that do not count. */
void pl_match_suppress(const struct pl_inventory *inv, const struct pl_distro *distros,
		       struct pl_db *db, struct pl_findings *out, size_t first);
/* A version that n records could not be compared with. */
void pl_match_tell_cannot(const struct pl_inventory *inv, uint32_t pkg, struct pl_str version,
			  uint32_t n, struct pl_diags *diags);
/* Packages that no advisory could be about, counted into out; distros: of the image and of its
 * nested roots; advised: one byte a package. */
void pl_match_tell_gaps(const struct pl_inventory *inv, const struct pl_distro *distros,
			struct pl_db *db, const uint8_t *advised, struct pl_findings *out,
			struct pl_diags *diags);
