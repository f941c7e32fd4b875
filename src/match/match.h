/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * match: packages × advisories → findings, with fix state, severity and why. One finding for each
 * installed package and flaw: records that name the same CVE (aliases, upstream) are merged, the
 * CVE is the id. A version that cannot be compared is a diagnostic, never "not affected".
 */
#include "advisory/advisory.h"
#include "catalog/catalog.h"

enum pl_finding_kind { PL_FIND_VULNERABILITY, PL_FIND_CHECK };
enum pl_fix_state { PL_FIX_UNKNOWN, PL_FIX_FIXED, PL_FIX_NOT_FIXED, PL_FIX_WONT_FIX };
const char *pl_fix_state_name(enum pl_fix_state s); /* "unknown" "fixed" "not_fixed" "wont_fix" */

struct pl_finding {
	enum pl_finding_kind kind;
	struct pl_str id; /* CVE first, else the record's own; for checks "PL-RUN-ROOT" … */
	PL_VEC(struct pl_str) aliases;	  /* all other ids, sorted */
	PL_VEC(struct pl_str) advisories; /* record ids that matched, sorted */
	uint32_t pkg;			  /* index into the inventory, or PL_NO_PKG (checks) */
	enum pl_fix_state fix;
	PL_VEC(struct pl_str) fix_versions; /* smallest above the installed one first */
	enum pl_severity severity;
	struct pl_str severity_source; /* "record word", "CVSS_V3 of ID" … */
	struct pl_str cvss_type, cvss_vector;
	int cvss_tenths; /* -1: none */
	bool known_exploited;
	struct pl_str title, url;
	/* vulnerability: what was compared */
	struct pl_str eco, matched_name, matched_version, scheme, range;
	/* check: where */
	struct pl_str path;
	uint32_t layer;		  /* UINT32_MAX: none */
	uint32_t owner;		  /* OS package that owns path, or PL_NO_PKG */
	struct pl_str why;	  /* one sentence of evidence */
	struct pl_str remedy;	  /* what to do */
	struct pl_str suppressed; /* non-empty: not counted, the reason */
};
struct pl_findings {
	struct pl_arena *arena; /* not owned */
	PL_VEC(struct pl_finding) rows;
	uint64_t matchable, unmatchable; /* packages that could and could not be matched */
};
void pl_findings_release(struct pl_findings *f);

/* The OSV ecosystem of a package in this distribution ("Debian:12"); empty when there is none, with
 * *why set. */
struct pl_str pl_ecosystem_of(struct pl_arena *a, const struct pl_pkg *p, const struct pl_os *os,
			      const char **why);
/* Appends vulnerability findings, and diagnostics: unknown distribution, ecosystem without
 * advisories (code "no-advisories", which status 4 looks for), versions that do not compare. */
int pl_match(const struct pl_inventory *inv, struct pl_db *db, struct pl_findings *out,
	     struct pl_diags *diags, struct pl_err *err);
/* Sorts: vulnerabilities before checks; severity, id, package, path. */
void pl_findings_sort(struct pl_findings *f, const struct pl_inventory *inv);
