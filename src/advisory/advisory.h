/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * advisory: OSV records (schema 1.7) to one SQLite file and look-up by (ecosystem, package name).
 * Ranges are stored ready to compare. Building is one transaction into a new file, renamed over
 * the old one. The starter set, compiled in, is such a file too.
 */
#include "base/base.h"
#include "version/version.h"

struct pl_db;

/* NULL path: the starter set. PL_E_DB when it is not ours, damaged, or of another schema. */
int pl_db_open(const char *path, struct pl_db **out, struct pl_err *err);
void pl_db_close(struct pl_db *db);

struct pl_db_eco {
	struct pl_str name; /* with release suffix: "Debian:12" */
	uint64_t records;
};
struct pl_db_info {
	struct pl_str name; /* "starter set" or the path */
	bool starter;
	uint64_t records, withdrawn, packages;
	struct pl_str modified; /* newest record, RFC 3339 */
	struct pl_str built;	/* date of the inputs, not of the clock: equals modified */
	struct pl_str sha256;	/* of the content (records in order), hex */
	PL_VEC(struct pl_db_eco) ecosystems; /* sorted */
};
int pl_db_info(struct pl_db *db, struct pl_arena *a, struct pl_db_info *out, struct pl_err *err);
/* How many records an ecosystem has ("Debian:12"); 0 when none. */
uint64_t pl_db_ecosystem_records(struct pl_db *db, struct pl_str ecosystem);
/* All that have any, sorted by name; borrowed from db. The number of them. */
size_t pl_db_ecosystems(struct pl_db *db, const struct pl_db_eco **out);

enum pl_severity {
	PL_SEV_UNKNOWN,
	PL_SEV_NONE,
	PL_SEV_NEGLIGIBLE,
	PL_SEV_LOW,
	PL_SEV_MEDIUM,
	PL_SEV_HIGH,
	PL_SEV_CRITICAL,
	PL_SEV__COUNT
};
const char *pl_severity_name(enum pl_severity s); /* "unknown" … "critical" */
bool pl_severity_find(struct pl_str name, enum pl_severity *out);

struct pl_event {
	enum { PL_EV_INTRODUCED, PL_EV_FIXED, PL_EV_LAST_AFFECTED, PL_EV_LIMIT } kind;
	struct pl_str version; /* "0" for introduced: before everything; "*" for limit: none */
};
struct pl_rating {
	struct pl_str type, vector; /* CVSS_V2, CVSS_V3, CVSS_V4, Ubuntu */
};
struct pl_range {
	PL_VEC(struct pl_event) events; /* as written; matching sorts by the scheme */
};
/* One `affected` entry of one record for the asked package. */
struct pl_affected {
	struct pl_str id; /* of the record */
	struct pl_str modified;
	struct pl_str summary, url;
	PL_VEC(struct pl_str) aliases, upstream, related;
	PL_VEC(struct pl_range) ranges; /* SEMVER and ECOSYSTEM; GIT ranges are left out */
	PL_VEC(struct pl_str) versions;
	PL_VEC(struct pl_rating) severities;
	struct pl_str word;	    /* database_specific.severity or urgency, as written */
	struct pl_str arch_or_kind; /* ecosystem_specific.kind where told */
	bool known_exploited;
	PL_VEC(struct pl_str) exploited; /* which of its ids are: a record may bundle many CVEs */
};
/* Calls fn for each affected entry of (ecosystem, name) that is not withdrawn, in id order. Names
 * are normalised as the ecosystem does (PEP 503 for PyPI, lower case NuGet/Packagist/Hex). */
int pl_db_each(struct pl_db *db, struct pl_str ecosystem, struct pl_str name,
	       int (*fn)(void *arg, const struct pl_affected *a), void *arg, struct pl_err *err);

struct pl_build_stats {
	uint64_t records, affected, skipped, withdrawn, duplicates;
};
/* From directories (trees with ECO/all.zip, or of *.json), zip files and single JSON files. Bad
 * records are skipped, counted, and the first hundred are diagnostics. */
int pl_db_build(const char *const *inputs, size_t n, const char *output, struct pl_diags *diags,
		struct pl_build_stats *stats, struct pl_err *err);

/* CVSS base score in tenths from a vector (2.0, 3.0, 3.1, 4.0), -1 when not valid. */
int pl_cvss_tenths(struct pl_str vector);
/* The band of a score: v2 and v3 alike as matching.md §19 says; *version 2, 3 or 4. */
enum pl_severity pl_cvss_band(struct pl_str vector);
