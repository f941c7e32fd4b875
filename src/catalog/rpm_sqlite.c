/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite, rpm's store since 4.16: a table of header blobs, read from the bytes in memory. The file
 * may be made by an enemy, so SQLite is held as its documentation says it should be then
 * (sqlite.org/security.html): nothing of the schema runs, nothing is written, work is bounded.
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>

#include "catalog/rpm.h"

enum { HEAD_BYTES = 100, STEP_OPS = 10000 };

struct store {
	struct pl_rpm *r;
	sqlite3 *db;
	unsigned char *copy;
	uint64_t ops_left;
};

static int too_long(void *arg)
{
	struct store *s = arg;

	if (s->ops_left < STEP_OPS)
		return 1;
	s->ops_left -= STEP_OPS;
	return 0;
}

static void hold(struct store *s)
{
	static const int off[] = {
		SQLITE_DBCONFIG_TRUSTED_SCHEMA,	       SQLITE_DBCONFIG_ENABLE_TRIGGER,
		SQLITE_DBCONFIG_ENABLE_VIEW,	       SQLITE_DBCONFIG_ENABLE_FKEY,
		SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
	};
	static const struct {
		int what, max;
	} limits[] = {
		{SQLITE_LIMIT_SQL_LENGTH, 100000},  {SQLITE_LIMIT_COLUMN, 100},
		{SQLITE_LIMIT_EXPR_DEPTH, 20},	    {SQLITE_LIMIT_COMPOUND_SELECT, 3},
		{SQLITE_LIMIT_VDBE_OP, 25000},	    {SQLITE_LIMIT_FUNCTION_ARG, 8},
		{SQLITE_LIMIT_ATTACHED, 0},	    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50},
		{SQLITE_LIMIT_VARIABLE_NUMBER, 10}, {SQLITE_LIMIT_TRIGGER_DEPTH, 10},
	};

	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++)
		sqlite3_db_config(s->db, off[i], 0, NULL);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		sqlite3_limit(s->db, limits[i].what, limits[i].max);
	sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, (int)s->r->bytes.len);
	/* every byte may be looked at a few times, by the check and by the reading */
	s->ops_left = 10000000 + 8 * (uint64_t)s->r->bytes.len;
	sqlite3_progress_handler(s->db, STEP_OPS, too_long, s);
	sqlite3_exec(s->db, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0", NULL, NULL, NULL);
}

static bool open_store(struct store *s)
{
	sqlite3_int64 len = (sqlite3_int64)s->r->bytes.len;

	if (sqlite3_open_v2(":memory:", &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		return false;
	s->copy = pl_xmalloc(s->r->bytes.len);
	memcpy(s->copy, s->r->bytes.ptr, s->r->bytes.len);
	/* rpm writes with a log (2, 2), which SQLite cannot have in memory: as after a checkpoint
	 * (fileformat2.html §1.3.3) */
	s->copy[18] = s->copy[19] = 1;
	if (sqlite3_deserialize(s->db, "main", s->copy, len, len, SQLITE_DESERIALIZE_READONLY) !=
	    SQLITE_OK)
		return false;
	hold(s);
	return true;
}

/* Only a plain table: no view, no virtual table whose module would then run. */
static bool is_plain_table(struct store *s)
{
	sqlite3_stmt *stmt = NULL;
	int n = 0;

	if (sqlite3_prepare_v2(s->db,
			       "SELECT 1 FROM sqlite_schema WHERE name = 'Packages' COLLATE NOCASE "
			       "AND type = 'table' AND rootpage > 0 "
			       "AND substr(sql, 1, 13) = 'CREATE TABLE '",
			       -1, &stmt, NULL) == SQLITE_OK)
		while (sqlite3_step(stmt) == SQLITE_ROW)
			n++;
	sqlite3_finalize(stmt);
	return n == 1;
}

/* The first thing that went wrong in a query: when it was prepared, or stepped through. */
static void end_query(struct store *s, int prepared, sqlite3_stmt *stmt)
{
	int rc = prepared == SQLITE_OK ? sqlite3_finalize(stmt) : prepared;

	if (rc != SQLITE_OK)
		pl_rpm_fault(s->r, "after %zu packages: SQLite: %s", s->r->headers,
			     sqlite3_errmsg(s->db));
}

static void read_rows(struct store *s)
{
	sqlite3_stmt *stmt = NULL;
	uint64_t left = s->r->bytes.len;
	int rc = sqlite3_prepare_v2(s->db, "SELECT rowid, blob FROM Packages", -1, &stmt, NULL);

	while (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
		struct pl_str blob = pl_str_n(sqlite3_column_blob(stmt, 1),
					      (size_t)sqlite3_column_bytes(stmt, 1));
		char where[64];

		snprintf(where, sizeof(where), "row %lld of Packages",
			 (long long)sqlite3_column_int64(stmt, 0));
		if (blob.len > left) { /* rows do not share pages */
			pl_rpm_fault(s->r, "%s: more packages than the file has room for", where);
			break;
		}
		left -= blob.len;
		pl_rpm_header(s->r, blob, where);
	}
	end_query(s, rc, stmt);
}

/* A damaged inner page loses rows without a word; the check of all pages tells. */
static void check_pages(struct store *s)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(s->db, "PRAGMA quick_check(1)", -1, &stmt, NULL);

	if (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
		struct pl_str said = pl_str_c((const char *)sqlite3_column_text(stmt, 0));

		if (!pl_str_eq_c(said, "ok"))
			pl_rpm_fault(s->r, "SQLite: %.*s", PL_FMT(pl_str_sub(said, 0, 300)));
	}
	end_query(s, rc, stmt);
}

/* The head counts the pages; the count holds when the two change counters agree (§1.3.7). */
static void check_length(struct pl_rpm *r)
{
	struct pl_rd rd = pl_rd_init(r->bytes);
	uint64_t page_size, pages;
	uint32_t changes, valid_for;

	pl_rd_skip(&rd, 16);
	page_size = pl_rd_be16(&rd);
	pl_rd_skip(&rd, 6);
	changes = pl_rd_be32(&rd);
	pages = pl_rd_be32(&rd);
	pl_rd_skip(&rd, 60);
	valid_for = pl_rd_be32(&rd);
	if (page_size == 1)
		page_size = 65536;
	if (changes == valid_for && pages * page_size > r->bytes.len)
		pl_rpm_fault(r, "the file ends at offset %zu, before its %" PRIu64 " pages do",
			     r->bytes.len, pages);
}

void pl_rpm_read_sqlite(struct pl_rpm *r)
{
	struct store s = {.r = r};

	if (r->bytes.len < HEAD_BYTES) {
		pl_rpm_fault(r, "the file ends in its head");
		return;
	}
	check_length(r);
	if (!open_store(&s))
		pl_rpm_fault(r, "SQLite: %s", sqlite3_errmsg(s.db));
	else if (!is_plain_table(&s))
		pl_rpm_fault(r, "SQLite: no table Packages (%s)", sqlite3_errmsg(s.db));
	else {
		read_rows(&s);
		check_pages(&s);
	}
	sqlite3_close(s.db);
	free(s.copy);
}
