/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * rpm databases, private to the rpm_*.c files. A store (SQLite, ndb, Berkeley DB) hands over header
 * blobs, a header gives a package and its files. A fault costs the header or page it is in; the
 * store goes on as far as it can, and the database is said to be damaged.
 */
#include "catalog/cataloger.h"

struct pl_rpm {
	struct pl_facts_writer *w;
	struct pl_str bytes; /* the database file */
	struct pl_str wal;   /* its write-ahead log, where it has one */
	size_t headers;	     /* read so far */
	size_t packages;     /* of them software: not gpg-pubkey */
	size_t faults;
};
enum { PL_RPM_FAULTS_MAX = 20 };

/* A diagnostic FAILED "rpm-db-corrupt"; `where` is "page 7" or "offset 4096". The twenty-first and
 * later ones are only counted. */
void pl_rpm_fault(struct pl_rpm *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One header as the stores hold it: rpm's "header" without its magic and version, see
 * rpm's docs/manual/hregions.md and format_v4.md. `where` names its place in messages. */
void pl_rpm_header(struct pl_rpm *r, struct pl_str blob, const char *where);

/* "name-version-release.src.rpm" (SOURCERPM) to the name and "version-release"; false, and nothing
 * written, when it is not of that form. It carries no epoch. */
bool pl_rpm_split_source(struct pl_str file, struct pl_str *name, struct pl_str *vr);

void pl_rpm_read_sqlite(struct pl_rpm *r);
void pl_rpm_read_ndb(struct pl_rpm *r);
void pl_rpm_read_bdb(struct pl_rpm *r);
void pl_rpm_read_manifest(struct pl_rpm *r);
