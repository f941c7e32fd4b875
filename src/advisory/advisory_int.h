/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Private to this room: how a record goes from JSON to the columns of the database and back. */
#include <sqlite3.h>

#include "advisory/advisory.h"

/* "PLIM" in the header of the file, and the number of the schema below it. */
#define PL_DB_APPLICATION 0x504c494d
#define PL_DB_SCHEMA	  1

/* The name as the ecosystem compares it, appended to out. */
void pl_db_name(struct pl_str ecosystem, struct pl_str name, struct pl_buf *out);

/* One record, ready for its columns; lists are separated by '\n'. */
struct pl_osv_row {
	struct pl_buf id, modified, withdrawn, summary, url, word, aliases, upstream, related,
		severities;	/* severities: "TYPE VECTOR" each */
	struct pl_buf affected; /* for each: ecosystem, normalised name, body (wire strings) */
	uint64_t n_affected;
	bool exploited; /* database_specific.known_exploited */
};
void pl_osv_row_init(struct pl_osv_row *r);
void pl_osv_row_release(struct pl_osv_row *r);
/* Fills r from a JSON object; PL_E_FORMAT when it is not an OSV record. */
int pl_osv_read(const cJSON *record, struct pl_osv_row *r, struct pl_err *err);
/* The body of an affected entry into `out` (severities, word, kind, ranges, versions); arrays are
 * in the arena, strings stay in body. PL_E_DB when damaged. */
int pl_osv_body(struct pl_str body, struct pl_arena *a, struct pl_affected *out,
		struct pl_err *err);

/* --- inputs: a thread that walks, inflates and hands over documents ------------------------- */

struct pl_feed_item {
	char *name;  /* "FILE" or "FILE: MEMBER" */
	char *bytes; /* NULL when `failed` says why */
	size_t len;
	struct pl_err failed;
};
struct pl_feed;
struct pl_feed *pl_feed_start(const char *const *inputs, size_t n);
/* 1 and an item (release it), 0 at the end. */
int pl_feed_next(struct pl_feed *f, struct pl_feed_item *out);
void pl_feed_item_release(struct pl_feed_item *it);
void pl_feed_stop(struct pl_feed *f);

/* --- the file being written ----------------------------------------------------------------- */

struct pl_store;
/* Creates the tables in a new file at path. */
int pl_store_open(const char *path, struct pl_store **out, struct pl_err *err);
void pl_store_close(struct pl_store *s); /* NULL-safe */
int pl_store_stage(struct pl_store *s, const struct pl_osv_row *r, struct pl_err *err);
/* CVE ids that are known to be exploited. */
void pl_store_exploited(struct pl_store *s, struct pl_str cve);
/* Sorts, merges, writes; counts into stats. */
int pl_store_finish(struct pl_store *s, struct pl_build_stats *stats, struct pl_err *err);

/* PL_E_DB with SQLite's own words. */
int pl_sql_fail(sqlite3 *db, const char *what, struct pl_err *err);
static inline struct pl_str pl_sql_text(sqlite3_stmt *st, int col)
{
	const void *p = sqlite3_column_blob(st, col);

	return pl_str_n(p, p ? (size_t)sqlite3_column_bytes(st, col) : 0);
}
static inline void pl_sql_bind(sqlite3_stmt *st, int col, struct pl_str s)
{
	sqlite3_bind_text(st, col, s.ptr ? s.ptr : "", (int)s.len, SQLITE_STATIC);
}

/* the starter set, compiled in (made by mkstarter) */
extern const unsigned char pl_starter[], pl_starter_end[];
