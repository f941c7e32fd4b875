/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing the database. Records are first staged in a temporary table as they come, then taken
 * in order of their ids: copies of one record are merged, KEV marks set, everything hashed, so
 * that the same inputs give the same content in whatever order they were read.
 */
#include "advisory/advisory_int.h"

#include <openssl/evp.h>
#include <stdio.h>

static const char schema[] =
	"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16384;"
	"PRAGMA temp_store=FILE; PRAGMA temp.cache_size=-16384; PRAGMA locking_mode=EXCLUSIVE;"
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE ecosystem(num INTEGER PRIMARY KEY, name TEXT NOT NULL, records INTEGER NOT "
	"NULL);"
	"CREATE TABLE record(num INTEGER PRIMARY KEY, id TEXT NOT NULL, modified TEXT NOT NULL,"
	" withdrawn TEXT, summary TEXT, url TEXT, word TEXT, aliases TEXT, upstream TEXT, related "
	"TEXT,"
	" severities TEXT, exploited TEXT);"
	"CREATE TABLE affected(eco INTEGER NOT NULL, name TEXT NOT NULL, record INTEGER NOT NULL,"
	" seq INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(eco, name, record, seq)) WITHOUT "
	"ROWID;"
	"CREATE TEMP TABLE stage(id TEXT, modified TEXT, withdrawn TEXT, summary TEXT, url TEXT,"
	" word TEXT, aliases TEXT, upstream TEXT, related TEXT, severities TEXT, exploited INTEGER,"
	" affected BLOB);"
	"CREATE TEMP TABLE pending(eco INTEGER, name TEXT, record INTEGER, seq INTEGER, body BLOB);"
	"BEGIN";

/* columns of `stage` */
enum {
	ID,
	MODIFIED,
	WITHDRAWN,
	SUMMARY,
	URL,
	WORD,
	ALIASES,
	UPSTREAM,
	RELATED,
	SEVERITIES,
	EXPLOITED,
	AFFECTED
};

struct entry {
	struct pl_str eco, name, body;
};

struct pl_store {
	sqlite3 *db;
	sqlite3_stmt *stage, *record, *pending;
	struct pl_arena arena; /* ecosystem names, CVE ids */
	struct pl_pool ecosystems, exploited;
	PL_VEC(uint64_t) eco_records;
	PL_VEC(uint64_t) eco_last; /* number of the record counted last */
	EVP_MD_CTX *digest;
	uint64_t records;
	struct pl_buf newest;
};

int pl_sql_fail(sqlite3 *db, const char *what, struct pl_err *err)
{
	return pl_fail(err, PL_E_DB, "%s: %s", what, sqlite3_errmsg(db));
}

static int prepare(struct pl_store *s, const char *sql, sqlite3_stmt **out, struct pl_err *err)
{
	if (sqlite3_prepare_v2(s->db, sql, -1, out, NULL) != SQLITE_OK)
		return pl_sql_fail(s->db, "advisory database", err);
	return 0;
}

static int step(struct pl_store *s, sqlite3_stmt *st, struct pl_err *err)
{
	int rc = sqlite3_step(st);

	sqlite3_reset(st);
	return rc == SQLITE_DONE ? 0 : pl_sql_fail(s->db, "writing the advisory database", err);
}

static int setup(struct pl_store *s, struct pl_err *err)
{
	char pragmas[128];
	int rc;

	if (sqlite3_exec(s->db, schema, NULL, NULL, NULL) != SQLITE_OK)
		return pl_sql_fail(s->db, "advisory database", err);
	snprintf(pragmas, sizeof(pragmas), "PRAGMA application_id=%d; PRAGMA user_version=%d",
		 PL_DB_APPLICATION, PL_DB_SCHEMA);
	if (sqlite3_exec(s->db, pragmas, NULL, NULL, NULL) != SQLITE_OK)
		return pl_sql_fail(s->db, "advisory database", err);
	rc = prepare(s, "INSERT INTO stage VALUES(?,?,?,?,?,?,?,?,?,?,?,?)", &s->stage, err);
	if (rc == 0)
		rc = prepare(s, "INSERT INTO record VALUES(?,?,?,?,?,?,?,?,?,?,?,?)", &s->record,
			     err);
	if (rc == 0)
		rc = prepare(s, "INSERT INTO pending VALUES(?,?,?,?,?)", &s->pending, err);
	return rc;
}

int pl_store_open(const char *path, struct pl_store **out, struct pl_err *err)
{
	struct pl_store *s = pl_xcalloc(1, sizeof(*s));
	int rc;

	pl_arena_init(&s->arena);
	pl_pool_init(&s->ecosystems, &s->arena);
	pl_pool_init(&s->exploited, &s->arena);
	pl_buf_init(&s->newest, 256);
	s->digest = EVP_MD_CTX_new();
	if (!s->digest || EVP_DigestInit_ex(s->digest, EVP_sha256(), NULL) != 1)
		abort();
	if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
	    SQLITE_OK)
		rc = pl_sql_fail(s->db, path, err);
	else
		rc = setup(s, err);
	if (rc < 0)
		pl_store_close(s);
	else
		*out = s;
	return rc;
}

void pl_store_close(struct pl_store *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->stage);
	sqlite3_finalize(s->record);
	sqlite3_finalize(s->pending);
	sqlite3_close(s->db);
	EVP_MD_CTX_free(s->digest);
	pl_pool_release(&s->ecosystems);
	pl_pool_release(&s->exploited);
	pl_vec_release(&s->eco_records);
	pl_vec_release(&s->eco_last);
	pl_buf_release(&s->newest);
	pl_arena_release(&s->arena);
	free(s);
}

void pl_store_exploited(struct pl_store *s, struct pl_str cve)
{
	pl_pool_id(&s->exploited, cve);
}

int pl_store_stage(struct pl_store *s, const struct pl_osv_row *r, struct pl_err *err)
{
	const struct pl_buf *texts[] = {&r->id,	     &r->modified,  &r->withdrawn, &r->summary,
					&r->url,     &r->word,	    &r->aliases,   &r->upstream,
					&r->related, &r->severities};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		pl_sql_bind(s->stage, (int)i + 1, pl_buf_view(texts[i]));
	sqlite3_bind_int(s->stage, EXPLOITED + 1, r->exploited);
	sqlite3_bind_blob(s->stage, AFFECTED + 1, r->affected.ptr ? r->affected.ptr : "",
			  (int)r->affected.len, SQLITE_STATIC);
	return step(s, s->stage, err);
}

/* --- finishing ------------------------------------------------------------------------------ */

static void hash(struct pl_store *s, struct pl_str text)
{
	uint8_t len[8];

	for (int i = 0; i < 8; i++)
		len[i] = (uint8_t)((uint64_t)text.len >> (8 * i));
	if (EVP_DigestUpdate(s->digest, len, sizeof(len)) != 1 ||
	    EVP_DigestUpdate(s->digest, text.ptr ? text.ptr : "", text.len) != 1)
		abort();
}

static bool is_cve(struct pl_str id)
{
	return pl_str_starts(id, PL_STR("CVE-"));
}

static void exploited_in(struct pl_store *s, struct pl_str list, bool all, struct pl_buf *out)
{
	struct pl_str id;

	if (list.len == 0)
		return;
	while (pl_str_split(&list, '\n', &id)) {
		if (!is_cve(id) || (!all && pl_map_get(&s->exploited.ids, id) == PL_MAP_NONE))
			continue;
		if (out->len)
			pl_buf_ch(out, '\n');
		pl_buf_str(out, id);
	}
}

/* Which of the record's ids are known to be exploited: by the KEV list, or all CVEs of a record
 * that says so itself. */
static void exploited_of(struct pl_store *s, sqlite3_stmt *row, struct pl_buf *out)
{
	static const int lists[] = {ID, ALIASES, UPSTREAM, RELATED};
	bool said = sqlite3_column_int(row, EXPLOITED) != 0;

	for (int all = 0; all <= said && out->len == 0; all++)
		for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
			exploited_in(s, pl_sql_text(row, lists[i]), all != 0, out);
	if (said && out->len == 0)
		pl_buf_str(out, pl_sql_text(row, ID));
}

static int write_record(struct pl_store *s, sqlite3_stmt *row, struct pl_err *err)
{
	pl_auto_buf exploited;

	pl_buf_init(&exploited, pl_limit(PL_LIM_RECORD_BYTES));
	exploited_of(s, row, &exploited);
	sqlite3_bind_int64(s->record, 1, (sqlite3_int64)++s->records);
	for (int c = ID; c <= SEVERITIES; c++) {
		struct pl_str text = pl_sql_text(row, c);

		hash(s, text);
		if (text.len || c == ID || c == MODIFIED)
			pl_sql_bind(s->record, c + 2, text);
		else
			sqlite3_bind_null(s->record, c + 2);
	}
	hash(s, pl_buf_view(&exploited));
	if (exploited.len)
		pl_sql_bind(s->record, 12, pl_buf_view(&exploited));
	else
		sqlite3_bind_null(s->record, 12);
	if (pl_str_cmp(pl_sql_text(row, MODIFIED), pl_buf_view(&s->newest)) > 0) {
		pl_buf_reset(&s->newest);
		pl_buf_str(&s->newest, pl_sql_text(row, MODIFIED));
	}
	return step(s, s->record, err);
}

/* The number of an ecosystem, counting the record once. */
static uint32_t ecosystem(struct pl_store *s, struct pl_str name)
{
	uint32_t id = pl_pool_id(&s->ecosystems, name);

	while (s->eco_records.len <= id) {
		pl_vec_push(&s->eco_records, 0);
		pl_vec_push(&s->eco_last, 0);
	}
	if (s->eco_last.at[id] != s->records) {
		s->eco_last.at[id] = s->records;
		s->eco_records.at[id]++;
	}
	return id;
}

static int by_place(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	int c = pl_str_cmp(a->eco, b->eco);

	if (!c)
		c = pl_str_cmp(a->name, b->name);
	return c ? c : pl_str_cmp(a->body, b->body);
}

struct merged {
	struct pl_buf bytes; /* affected blobs of the copies, one behind the other */
	PL_VEC(struct entry) entries;
};

static int write_affected(struct pl_store *s, struct merged *m, struct pl_build_stats *stats,
			  struct pl_err *err)
{
	struct pl_rd r = pl_rd_init(pl_buf_view(&m->bytes));

	m->entries.len = 0;
	while (pl_rd_left(&r) > 0) {
		struct entry e = {pl_rd_str(&r), pl_rd_str(&r), pl_rd_str(&r)};

		pl_vec_push(&m->entries, e);
	}
	if (m->entries.len)
		qsort(m->entries.at, m->entries.len, sizeof(*m->entries.at), by_place);
	for (size_t i = 0, seq = 0; i < m->entries.len; i++) {
		const struct entry *e = &m->entries.at[i];
		int rc;

		if (i > 0 && by_place(e, e - 1) == 0)
			continue;
		hash(s, e->eco);
		hash(s, e->name);
		hash(s, e->body);
		sqlite3_bind_int64(s->pending, 1, ecosystem(s, e->eco));
		pl_sql_bind(s->pending, 2, e->name);
		sqlite3_bind_int64(s->pending, 3, (sqlite3_int64)s->records);
		sqlite3_bind_int64(s->pending, 4, (sqlite3_int64)seq++);
		sqlite3_bind_blob(s->pending, 5, e->body.ptr, (int)e->body.len, SQLITE_STATIC);
		rc = step(s, s->pending, err);
		if (rc < 0)
			return rc;
		stats->affected++;
	}
	return 0;
}

/* Rows come newest first within an id: the first gives the record, those of the same date add
 * their affected entries (a feed may be split by ecosystem), older ones are out of date. */
static int write_all(struct pl_store *s, sqlite3_stmt *rows, struct merged *m,
		     struct pl_build_stats *stats, struct pl_err *err)
{
	pl_auto_buf id, modified;
	bool withdrawn = false, open = false;
	int sql, rc = 0;

	pl_buf_init(&id, PL_KiB(1));
	pl_buf_init(&modified, PL_KiB(1));
	while (rc == 0 && (sql = sqlite3_step(rows)) == SQLITE_ROW) {
		if (open && pl_str_eq(pl_sql_text(rows, ID), pl_buf_view(&id))) {
			stats->duplicates++;
			if (!withdrawn &&
			    pl_str_eq(pl_sql_text(rows, MODIFIED), pl_buf_view(&modified)))
				pl_buf_str(&m->bytes, pl_sql_text(rows, AFFECTED));
			continue;
		}
		if (open)
			rc = write_affected(s, m, stats, err);
		open = true;
		pl_buf_reset(&id);
		pl_buf_str(&id, pl_sql_text(rows, ID));
		pl_buf_reset(&modified);
		pl_buf_str(&modified, pl_sql_text(rows, MODIFIED));
		pl_buf_reset(&m->bytes);
		withdrawn = pl_sql_text(rows, WITHDRAWN).len > 0;
		if (withdrawn)
			stats->withdrawn++;
		else
			pl_buf_str(&m->bytes, pl_sql_text(rows, AFFECTED));
		if (rc == 0)
			rc = write_record(s, rows, err);
	}
	if (rc == 0 && sql != SQLITE_DONE)
		return pl_sql_fail(s->db, "writing the advisory database", err);
	return rc == 0 && open ? write_affected(s, m, stats, err) : rc;
}

static int write_meta(struct pl_store *s, const char *key, struct pl_str value, struct pl_err *err)
{
	sqlite3_stmt *st = NULL;
	int rc = prepare(s, "INSERT INTO meta VALUES(?, ?)", &st, err);

	if (rc == 0) {
		pl_sql_bind(st, 1, pl_str_c(key));
		pl_sql_bind(st, 2, value);
		rc = step(s, st, err);
	}
	sqlite3_finalize(st);
	return rc;
}

static int write_ecosystems(struct pl_store *s, struct pl_err *err)
{
	sqlite3_stmt *st = NULL;
	int rc = prepare(s, "INSERT INTO ecosystem VALUES(?, ?, ?)", &st, err);

	for (size_t i = 0; rc == 0 && i < s->ecosystems.strs.len; i++) {
		sqlite3_bind_int64(st, 1, (sqlite3_int64)i);
		pl_sql_bind(st, 2, s->ecosystems.strs.at[i]);
		sqlite3_bind_int64(st, 3, (sqlite3_int64)s->eco_records.at[i]);
		rc = step(s, st, err);
	}
	sqlite3_finalize(st);
	return rc;
}

static int write_summary(struct pl_store *s, const struct pl_build_stats *stats, struct pl_err *err)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	char hex[2 * EVP_MAX_MD_SIZE + 1], number[24];
	int rc;

	if (EVP_DigestFinal_ex(s->digest, sum, &len) != 1)
		abort();
	pl_hex(sum, len, hex);
	rc = write_meta(s, "sha256", pl_str_c(hex), err);
	if (rc == 0)
		rc = write_meta(s, "modified", pl_buf_view(&s->newest), err);
	snprintf(number, sizeof(number), "%llu", (unsigned long long)s->records);
	if (rc == 0)
		rc = write_meta(s, "records", pl_str_c(number), err);
	snprintf(number, sizeof(number), "%llu", (unsigned long long)stats->withdrawn);
	if (rc == 0)
		rc = write_meta(s, "withdrawn", pl_str_c(number), err);
	return rc;
}

int pl_store_finish(struct pl_store *s, struct pl_build_stats *stats, struct pl_err *err)
{
	struct merged m = {0};
	sqlite3_stmt *rows = NULL;
	int rc = prepare(s, "SELECT * FROM stage ORDER BY id, modified DESC, rowid", &rows, err);

	pl_buf_init(&m.bytes, PL_GiB(1));
	if (rc == 0)
		rc = write_all(s, rows, &m, stats, err);
	sqlite3_finalize(rows);
	pl_buf_release(&m.bytes);
	pl_vec_release(&m.entries);
	stats->records = s->records;
	if (rc == 0)
		rc = write_ecosystems(s, err);
	if (rc == 0)
		rc = write_summary(s, stats, err);
	if (rc < 0)
		return rc;
	if (sqlite3_exec(
		    s->db,
		    "INSERT INTO affected SELECT * FROM pending ORDER BY eco, name, record, seq;"
		    "INSERT INTO meta SELECT 'packages', count(*) FROM"
		    " (SELECT DISTINCT eco, name FROM affected);"
		    "COMMIT",
		    NULL, NULL, NULL) != SQLITE_OK)
		return pl_sql_fail(s->db, "writing the advisory database", err);
	return 0;
}
