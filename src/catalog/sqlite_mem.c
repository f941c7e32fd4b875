/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/sqlite_mem.h"

#include <stdio.h>

enum { HEAD_BYTES = 100, STEP_OPS = 10000 };

static int too_long(void *arg)
{
	struct pl_sqlite *s = arg;

	if (s->ops_left < STEP_OPS)
		return 1;
	s->ops_left -= STEP_OPS;
	return 0;
}

static void hold(struct pl_sqlite *s)
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
	sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, (int)s->len);
	/* every byte may be looked at a few times, by the check and by the reading */
	s->ops_left = 10000000 + 8 * (uint64_t)s->len;
	sqlite3_progress_handler(s->db, STEP_OPS, too_long, s);
	sqlite3_exec(s->db, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0", NULL, NULL, NULL);
}

bool pl_sqlite_open(struct pl_sqlite *s, struct pl_str bytes, struct pl_str wal)
{
	sqlite3_int64 len;

	*s = (struct pl_sqlite){.len = bytes.len};
	if (sqlite3_open_v2(":memory:", &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK ||
	    bytes.len < HEAD_BYTES)
		return false;
	s->copy = pl_xmalloc(bytes.len);
	memcpy(s->copy, bytes.ptr, bytes.len);
	s->wal_pages = pl_wal_apply(wal, &s->copy, &s->len);
	/* databases with a log say so (2, 2), and SQLite cannot have one in memory: as after a
	 * checkpoint (fileformat2.html §1.3.3) */
	s->copy[18] = s->copy[19] = 1;
	len = (sqlite3_int64)s->len;
	if (sqlite3_deserialize(s->db, "main", s->copy, len, len, SQLITE_DESERIALIZE_READONLY) !=
	    SQLITE_OK)
		return false;
	hold(s);
	return true;
}

void pl_sqlite_close(struct pl_sqlite *s)
{
	sqlite3_close(s->db);
	free(s->copy);
	*s = (struct pl_sqlite){0};
}

bool pl_sqlite_has_table(struct pl_sqlite *s, const char *name)
{
	sqlite3_stmt *stmt = NULL;
	char sql[256];
	int n = 0;

	snprintf(sql, sizeof(sql),
		 "SELECT 1 FROM sqlite_schema WHERE name = '%s' COLLATE NOCASE "
		 "AND type = 'table' AND rootpage > 0 AND substr(sql, 1, 13) = 'CREATE TABLE '",
		 name);
	if (sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK)
		while (sqlite3_step(stmt) == SQLITE_ROW)
			n++;
	sqlite3_finalize(stmt);
	return n == 1;
}
