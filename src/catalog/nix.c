/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nix and Guix: what is in the store, by their database. A row of ValidPaths is a store path, Refs
 * says which needs which (Nix, schema.sql). Sources, wrappers and configuration lie in the store as
 * well; they have no version in their names, and are counted only.
 */
#include "catalog/deps.h"
#include "catalog/cataloger.h"
#include "catalog/nix_name.h"
#include "catalog/sqlite_mem.h"

struct item {
	int64_t id;
	struct pl_str path, name, version; /* in the arena; no name: not software */
};

struct store {
	struct pl_facts_writer *w;
	struct pl_sqlite sql;
	struct pl_arena arena;
	PL_VEC(struct item) items; /* in the order of their ids */
	size_t nameless;
	bool faulty;
};

static void fault(struct store *s)
{
	if (!s->faulty)
		pl_fact_diag(s->w, PL_W_FAILED, "nix-db-corrupt", "SQLite: %s",
			     sqlite3_errmsg(s->sql.db));
	s->faulty = true;
}

static struct pl_str text_of(struct store *s, sqlite3_stmt *stmt, int column)
{
	const void *at = sqlite3_column_text(stmt, column);

	return at ? pl_arena_str(&s->arena,
				 pl_str_n(at, (size_t)sqlite3_column_bytes(stmt, column)))
		  : (struct pl_str){0};
}

static void read_paths(struct store *s)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(
		s->sql.db, "SELECT id, path, deriver FROM ValidPaths ORDER BY id", -1, &stmt, NULL);

	while (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct item it = {.id = sqlite3_column_int64(stmt, 0), .path = text_of(s, stmt, 1)};
		struct pl_str deriver = text_of(s, stmt, 2), base = pl_path_base(it.path);

		rc = SQLITE_OK;
		if (!pl_nix_split(base, pl_path_base(deriver), &it.name, &it.version))
			s->nameless += !pl_str_ends(base, PL_STR(".drv"));
		if (s->items.len >= pl_limit(PL_LIM_PACKAGES))
			break;
		pl_vec_push(&s->items, it);
	}
	if (rc != SQLITE_OK && rc != SQLITE_DONE)
		fault(s);
	sqlite3_finalize(stmt);
}

static const struct item *find_item(const struct store *s, int64_t id)
{
	size_t low = 0, high = s->items.len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->items.at[mid].id == id)
			return &s->items.at[mid];
		if (s->items.at[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static void add_reference(const struct item *from, const struct item *to, struct pl_buf *out)
{
	if (!to || !to->name.len ||
	    (pl_str_eq(to->name, from->name) && pl_str_eq(to->version, from->version)))
		return; /* its own other output, or no software */
	pl_deps_add(out, to->name);
	pl_buf_fmt(out, "\t%.*s", PL_FMT(to->version));
}

/* Paths in a database begin with a slash; the store is a directory of the image. */
static void own_tree(struct store *s, const struct item *it, struct pl_str key)
{
	pl_auto_buf tree;

	pl_buf_init(&tree, it->path.len + 2);
	pl_buf_str(&tree, it->path);
	pl_buf_ch(&tree, '/');
	pl_fact_owns(s->w, key, pl_buf_view(&tree));
}

static void report(struct store *s, const struct item *it, struct pl_str depends)
{
	struct pl_pkg_fact p = {.type = PL_PKG_NIX,
				.name = it->name,
				.version = it->version,
				.depends = depends,
				.how = PL_STR("name in the store, by the database")};

	p.key = pl_path_base(it->path);
	pl_fact_package(s->w, &p);
	own_tree(s, it, p.key);
}

/* Items and references come in the same order, so that one pass joins them. */
static void report_all(struct store *s)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(s->sql.db,
				    "SELECT referrer, reference FROM Refs ORDER BY referrer, "
				    "reference",
				    -1, &stmt, NULL);
	pl_auto_buf depends;

	pl_buf_init(&depends, PL_MiB(16));
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	for (size_t i = 0; i < s->items.len; i++) {
		const struct item *it = &s->items.at[i];

		pl_buf_reset(&depends);
		while (rc == SQLITE_ROW && sqlite3_column_int64(stmt, 0) <= it->id) {
			if (it->name.len && sqlite3_column_int64(stmt, 0) == it->id)
				add_reference(it, find_item(s, sqlite3_column_int64(stmt, 1)),
					      &depends);
			rc = sqlite3_step(stmt);
		}
		if (it->name.len)
			report(s, it, pl_buf_view(&depends));
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		fault(s);
	sqlite3_finalize(stmt);
}

static int read_store(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct store s = {.w = w};

	(void)err;
	if (pl_str_ends(f->path, PL_STR("-wal"))) {
		if (pl_wal_committed(f->bytes))
			pl_fact_diag(w, PL_W_FAILED, "nix-wal",
				     "a write-ahead log whose database is not in this layer");
		return 0;
	}
	pl_arena_init(&s.arena);
	if (!pl_sqlite_open(&s.sql, f->bytes, f->beside) ||
	    !pl_sqlite_has_table(&s.sql, "ValidPaths")) {
		pl_fact_diag(w, PL_W_FAILED, "nix-db-corrupt", "no database with ValidPaths: %s",
			     sqlite3_errmsg(s.sql.db));
	} else {
		read_paths(&s);
		report_all(&s);
	}
	if (s.nameless)
		pl_fact_diag(w, PL_W_NOTE, "nix-unversioned",
			     "%zu store paths have no version in their names and are not taken for "
			     "packages",
			     s.nameless);
	pl_sqlite_close(&s.sql);
	pl_vec_release(&s.items);
	pl_arena_release(&s.arena);
	return 0;
}

#define DB(path) path, path "-wal"
static const char *const globs[] = {DB("nix/var/nix/db/db.sqlite"), DB("var/guix/db/db.sqlite"),
				    NULL};

const struct pl_cataloger pl_cataloger_nix = {
	.name = "nix",
	.what = "Nix and Guix packages: the database of the store",
	.globs = globs,
	.rooted = true,
	.beside = "-wal",
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_DB_FILE_BYTES,
	.read = read_store,
};

/* --- the store without its database, as images are often built ---------------------------------
 */

/* Tells more where the database names the path, and stands for it where there is none. */
static int read_dir(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_NIX,
				.key = pl_path_base(f->path),
				.how = PL_STR("name of the directory in the store"),
				.adds = true,
				.where = f->path};
	pl_auto_buf tree = {0};

	(void)err;
	if (!pl_nix_split(p.key, PL_STR(""), &p.name, &p.version))
		return 0;
	pl_fact_package(w, &p);
	pl_buf_init(&tree, f->path.len + 2);
	pl_buf_str(&tree, pl_path_below(f->path, f->root));
	pl_buf_ch(&tree, '/');
	pl_fact_owns(w, p.key, pl_buf_view(&tree));
	return 0;
}

static const char *const store_globs[] = {"nix/store/*-*", "gnu/store/*-*", NULL};

const struct pl_cataloger pl_cataloger_nix_store = {
	.name = "nix_store",
	.what = "Nix and Guix packages: the directories of a store",
	.globs = store_globs,
	.rooted = true,
	.dirs = true,
	.evidence = PL_EV_FILE_NAME,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_dir,
};
