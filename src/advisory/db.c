/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the database: opened immutable, checked, asked with one statement for each name. */
#include "advisory/advisory_int.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

struct pl_db {
	sqlite3 *sql;
	sqlite3_stmt *find;
	struct pl_arena arena;
	struct pl_map ecosystems; /* name → index below */
	PL_VEC(struct pl_db_eco) ecos;
	PL_VEC(uint32_t) eco_nums;
	struct pl_str name;
	bool starter;
};

#define WAY_OUT "make one with `plimsoll db build --from DIR --output FILE`"

static uint32_t be(const uint8_t *p, int n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

/* SQLite notices a short file only when it needs a missing page (file format, section 1.3). */
static int check_header(const char *path, struct pl_err *err)
{
	pl_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t h[100];
	struct stat st;
	uint64_t page;

	if (fd < 0 || fstat(fd, &st) < 0)
		return pl_fail_errno(err, "%s", path);
	if (!S_ISREG(st.st_mode) || read(fd, h, sizeof(h)) != sizeof(h) ||
	    memcmp(h, "SQLite format 3", 16) != 0 || be(h + 68, 4) != PL_DB_APPLICATION)
		return pl_fail(err, PL_E_DB, "%s is not an advisory database of plimsoll; " WAY_OUT,
			       path);
	if (be(h + 60, 4) != PL_DB_SCHEMA)
		return pl_fail(err, PL_E_DB, "%s has schema %u, this plimsoll reads %d; " WAY_OUT,
			       path, be(h + 60, 4), PL_DB_SCHEMA);
	page = be(h + 16, 2) == 1 ? 65536 : be(h + 16, 2);
	if ((uint64_t)st.st_size != page * be(h + 28, 4))
		return pl_fail(err, PL_E_DB, "%s is damaged: %lld bytes instead of %llu; " WAY_OUT,
			       path, (long long)st.st_size,
			       (unsigned long long)(page * be(h + 28, 4)));
	return 0;
}

static int open_starter(struct pl_db *db, struct pl_err *err)
{
	sqlite3_int64 size = (sqlite3_int64)((uintptr_t)pl_starter_end - (uintptr_t)pl_starter);
	/* read-only: SQLite does not write through the pointer */
	unsigned char *data = (unsigned char *)(uintptr_t)pl_starter;

	db->starter = true;
	db->name = PL_STR("starter set");
	if (sqlite3_open(":memory:", &db->sql) != SQLITE_OK ||
	    sqlite3_deserialize(db->sql, "main", data, size, size, SQLITE_DESERIALIZE_READONLY) !=
		    SQLITE_OK)
		return pl_sql_fail(db->sql, "starter set", err);
	return 0;
}

/* immutable: no locks, no side files, works on a read-only medium. */
static int open_file(struct pl_db *db, const char *path, struct pl_err *err)
{
	pl_auto_buf uri;
	int rc = check_header(path, err);

	pl_buf_init(&uri, PL_KiB(16));
	if (rc < 0)
		return rc;
	db->name = pl_arena_str(&db->arena, pl_str_c(path));
	pl_buf_c(&uri, "file:");
	for (const char *c = path; *c; c++) {
		if (strchr("?#%", *c))
			pl_buf_fmt(&uri, "%%%02x", (unsigned)*c);
		else
			pl_buf_ch(&uri, *c);
	}
	pl_buf_c(&uri, "?mode=ro&immutable=1");
	if (uri.failed || sqlite3_open_v2(uri.ptr, &db->sql, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
					  NULL) != SQLITE_OK)
		return pl_sql_fail(db->sql, path, err);
	return 0;
}

static int damaged(struct pl_db *db, struct pl_err *err)
{
	return pl_fail(err, PL_E_DB, "%.*s is damaged (%s); " WAY_OUT, PL_FMT(db->name),
		       sqlite3_errmsg(db->sql));
}

static int load_ecosystems(struct pl_db *db, struct pl_err *err)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(
		db->sql, "SELECT name, records, num FROM ecosystem ORDER BY name", -1, &st, NULL);

	while (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		struct pl_db_eco e = {pl_arena_str(&db->arena, pl_sql_text(st, 0)),
				      (uint64_t)sqlite3_column_int64(st, 1)};

		pl_map_put(&db->ecosystems, e.name, (uint32_t)db->ecos.len);
		pl_vec_push(&db->ecos, e);
		pl_vec_push(&db->eco_nums, (uint32_t)sqlite3_column_int64(st, 2));
	}
	if (sqlite3_finalize(st) != SQLITE_OK || rc != SQLITE_OK)
		return damaged(db, err);
	return 0;
}

static const char find_sql[] =
	"SELECT r.id, r.modified, r.summary, r.url, r.word, r.aliases, r.upstream, r.related,"
	" r.severities, r.exploited, a.body FROM affected a JOIN record r ON r.num = a.record"
	" WHERE a.eco = ? AND a.name = ? ORDER BY a.record, a.seq";

int pl_db_open(const char *path, struct pl_db **out, struct pl_err *err)
{
	struct pl_db *db = pl_xcalloc(1, sizeof(*db));
	int rc;

	pl_arena_init(&db->arena);
	pl_map_init(&db->ecosystems);
	rc = path ? open_file(db, path, err) : open_starter(db, err);
	if (rc == 0) {
		sqlite3_db_config(db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(db->sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		if (sqlite3_exec(db->sql, "PRAGMA cell_size_check=ON; PRAGMA query_only=ON", NULL,
				 NULL, NULL) != SQLITE_OK ||
		    sqlite3_prepare_v2(db->sql, find_sql, -1, &db->find, NULL) != SQLITE_OK)
			rc = damaged(db, err);
	}
	if (rc == 0)
		rc = load_ecosystems(db, err);
	if (rc < 0)
		pl_db_close(db);
	else
		*out = db;
	return rc;
}

void pl_db_close(struct pl_db *db)
{
	if (!db)
		return;
	sqlite3_finalize(db->find);
	sqlite3_close(db->sql);
	pl_map_release(&db->ecosystems);
	pl_vec_release(&db->ecos);
	pl_vec_release(&db->eco_nums);
	pl_arena_release(&db->arena);
	free(db);
}

static void info_row(struct pl_arena *a, struct pl_db_info *info, struct pl_str key,
		     struct pl_str value)
{
	if (pl_str_eq_c(key, "records"))
		pl_str_u64(value, &info->records);
	else if (pl_str_eq_c(key, "withdrawn"))
		pl_str_u64(value, &info->withdrawn);
	else if (pl_str_eq_c(key, "packages"))
		pl_str_u64(value, &info->packages);
	else if (pl_str_eq_c(key, "modified"))
		info->modified = info->built = pl_arena_str(a, value);
	else if (pl_str_eq_c(key, "sha256"))
		info->sha256 = pl_arena_str(a, value);
}

int pl_db_info(struct pl_db *db, struct pl_arena *a, struct pl_db_info *out, struct pl_err *err)
{
	struct pl_db_info info = {.starter = db->starter, .name = pl_arena_str(a, db->name)};
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db->sql, "SELECT key, value FROM meta", -1, &st, NULL);

	while (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		info_row(a, &info, pl_sql_text(st, 0), pl_sql_text(st, 1));
	if (sqlite3_finalize(st) != SQLITE_OK || rc != SQLITE_OK)
		return damaged(db, err);
	info.ecosystems.at = pl_arena_alloc(a, pl_array_size(db->ecos.len, sizeof(*db->ecos.at)));
	info.ecosystems.len = info.ecosystems.cap = db->ecos.len;
	for (size_t i = 0; i < db->ecos.len; i++) {
		info.ecosystems.at[i] = db->ecos.at[i];
		info.ecosystems.at[i].name = pl_arena_str(a, db->ecos.at[i].name);
	}
	*out = info;
	return 0;
}

uint64_t pl_db_ecosystem_records(struct pl_db *db, struct pl_str ecosystem)
{
	uint32_t i = pl_map_get(&db->ecosystems, ecosystem);

	return i == PL_MAP_NONE ? 0 : db->ecos.at[i].records;
}

size_t pl_db_ecosystems(struct pl_db *db, const struct pl_db_eco **out)
{
	*out = db->ecos.at;
	return db->ecos.len;
}

/* A column of lines as an array in the arena; views of the column. */
#define LINES(st, col, arena, vec) \
	do { \
		struct pl_str text_ = pl_sql_text(st, col), line_; \
		size_t n_ = 1; \
		for (size_t i_ = 0; i_ < text_.len; i_++) \
			n_ += text_.ptr[i_] == '\n'; \
		if (text_.len) \
			(vec)->at = pl_arena_alloc(arena, pl_array_size(n_, sizeof(*(vec)->at))); \
		while (text_.len && pl_str_split(&text_, '\n', &line_)) \
			(vec)->at[(vec)->len++] = line_; \
	} while (0)

static void ratings(struct pl_str text, struct pl_arena *a, struct pl_affected *out)
{
	struct pl_str line;
	size_t n = 1;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n';
	if (text.len)
		out->severities.at =
			pl_arena_alloc(a, pl_array_size(n, sizeof(*out->severities.at)));
	while (text.len && pl_str_split(&text, '\n', &line)) {
		struct pl_rating *to = &out->severities.at[out->severities.len++];

		if (pl_str_split(&line, ' ', &to->type))
			to->vector = line;
	}
}

static int decode(sqlite3_stmt *st, struct pl_arena *a, struct pl_affected *out, struct pl_err *err)
{
	*out = (struct pl_affected){.id = pl_sql_text(st, 0),
				    .modified = pl_sql_text(st, 1),
				    .summary = pl_sql_text(st, 2),
				    .url = pl_sql_text(st, 3),
				    .word = pl_sql_text(st, 4)};
	LINES(st, 5, a, &out->aliases);
	LINES(st, 6, a, &out->upstream);
	LINES(st, 7, a, &out->related);
	ratings(pl_sql_text(st, 8), a, out);
	LINES(st, 9, a, &out->exploited);
	out->known_exploited = out->exploited.len > 0;
	return pl_osv_body(pl_sql_text(st, 10), a, out, err);
}

static int each(struct pl_db *db, struct pl_arena *a,
		int (*fn)(void *arg, const struct pl_affected *a), void *arg, struct pl_err *err)
{
	struct pl_affected row;
	int sql, rc;

	while ((sql = sqlite3_step(db->find)) == SQLITE_ROW) {
		rc = decode(db->find, a, &row, err);
		if (rc < 0)
			return rc;
		rc = fn(arg, &row);
		if (rc != 0)
			return rc;
	}
	return sql == SQLITE_DONE ? 0 : damaged(db, err);
}

int pl_db_each(struct pl_db *db, struct pl_str ecosystem, struct pl_str name,
	       int (*fn)(void *arg, const struct pl_affected *a), void *arg, struct pl_err *err)
{
	uint32_t eco = pl_map_get(&db->ecosystems, ecosystem);
	pl_auto_buf normal;
	pl_auto_arena arena;
	int rc;

	pl_arena_init(&arena);
	pl_buf_init(&normal, pl_limit(PL_LIM_RECORD_BYTES));
	if (eco == PL_MAP_NONE)
		return 0;
	pl_db_name(ecosystem, name, &normal);
	sqlite3_bind_int64(db->find, 1, db->eco_nums.at[eco]);
	pl_sql_bind(db->find, 2, pl_buf_view(&normal));
	rc = each(db, &arena, fn, arg, err);
	sqlite3_reset(db->find);
	sqlite3_clear_bindings(db->find);
	return rc;
}
