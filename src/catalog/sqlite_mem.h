/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * SQLite databases of images, read from their bytes. They may be made by an enemy, so SQLite is held
 * as its documentation says it should be then (sqlite.org/security.html): nothing of the schema
 * runs, nothing is written, work is bounded, and no system call for files is made.
 */
#include <sqlite3.h>

#include "base/base.h"

struct pl_sqlite {
	sqlite3 *db; /* for messages even when opening failed; may be NULL */
	unsigned char *copy;
	size_t len; /* of the database, with its log applied */
	uint64_t ops_left;
	size_t wal_pages; /* pages of the log that were applied */
};
/* A copy is made of `bytes`. `wal` is the content of its write-ahead log or empty: pages of
 * committed transactions replace those of the file. False: see sqlite3_errmsg. */
bool pl_sqlite_open(struct pl_sqlite *s, struct pl_str bytes, struct pl_str wal);
void pl_sqlite_close(struct pl_sqlite *s);
/* Exactly one plain table of that name: no view, no virtual table whose module would then run.
 * The name is a constant of ours. */
bool pl_sqlite_has_table(struct pl_sqlite *s, const char *name);

/* sqlite_wal.c. The log of a database (https://www.sqlite.org/fileformat2.html#walformat). */
enum { PL_WAL_HEAD = 32, PL_WAL_FRAME_HEAD = 24 };
bool pl_wal_is(struct pl_str bytes);
/* Pages in committed transactions of its present round; 0 when there is nothing to apply. */
size_t pl_wal_committed(struct pl_str wal);
/* Applies them to a database in *copy (malloc), which grows or shrinks as the last of them says; the
 * number of pages applied. A page size that is not the database's applies nothing. */
size_t pl_wal_apply(struct pl_str wal, unsigned char **copy, size_t *len);
