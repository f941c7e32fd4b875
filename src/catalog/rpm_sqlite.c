/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite, rpm's store since 4.16: a table of header blobs, read from the bytes in memory.
 */
#include <inttypes.h>
#include <stdio.h>

#include "catalog/rpm.h"
#include "catalog/sqlite_mem.h"

enum { HEAD_BYTES = 100 };

struct store {
	struct pl_rpm *r;
	struct pl_sqlite sql;
};

/* The first thing that went wrong in a query: when it was prepared, or stepped through. */
static void end_query(struct store *s, int prepared, sqlite3_stmt *stmt)
{
	int rc = prepared == SQLITE_OK ? sqlite3_finalize(stmt) : prepared;

	if (rc != SQLITE_OK)
		pl_rpm_fault(s->r, "after %zu packages: SQLite: %s", s->r->headers,
			     sqlite3_errmsg(s->sql.db));
}

static void read_rows(struct store *s)
{
	sqlite3_stmt *stmt = NULL;
	uint64_t left = s->sql.len;
	int rc = sqlite3_prepare_v2(s->sql.db, "SELECT rowid, blob FROM Packages", -1, &stmt, NULL);

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
	int rc = sqlite3_prepare_v2(s->sql.db, "PRAGMA quick_check(1)", -1, &stmt, NULL);

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
	if (!pl_sqlite_open(&s.sql, r->bytes, r->wal))
		pl_rpm_fault(r, "SQLite: %s", sqlite3_errmsg(s.sql.db));
	else if (!pl_sqlite_has_table(&s.sql, "Packages"))
		pl_rpm_fault(r, "SQLite: no table Packages (%s)", sqlite3_errmsg(s.sql.db));
	else {
		read_rows(&s);
		check_pages(&s);
	}
	pl_sqlite_close(&s.sql);
}
