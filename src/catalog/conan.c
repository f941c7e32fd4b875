/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conan: packages of C and C++. A binary package has a conaninfo.txt, which names what it needs but
 * not itself; Conan 1 keeps it in data/NAME/VERSION/USER/CHANNEL/package/ID, a full deployment of
 * Conan 2 in full_deploy/CONTEXT/NAME/VERSION/… (Conan documentation, "Deployers"). The cache of
 * Conan 2 has directories without names and a database that tells them: p/cache.sqlite3, table
 * packages, column reference "name/version@user/channel".
 */
#include "catalog/scrape.h"
#include "catalog/sqlite_mem.h"

static const char *const globs[] = {
	"**/conaninfo.txt",
	NULL,
};
static const char *const cache_globs[] = {
	"**/.conan2/p/cache.sqlite3",
	"**/p/cache.sqlite3",
	NULL,
};

/* Cuts the path at a component; false when there is none of that name. */
static bool after_component(struct pl_str path, const char *name, struct pl_str *rest)
{
	struct pl_str part;

	while (path.len && pl_str_split(&path, '/', &part)) {
		if (pl_str_eq_c(part, name)) {
			*rest = path;
			return true;
		}
	}
	return false;
}

static bool from_path(struct pl_str path, struct pl_pkg_fact *p)
{
	struct pl_str rest, part;

	if (after_component(path, "full_deploy", &rest)) {
		if (!pl_str_split(&rest, '/', &part)) /* host or build */
			return false;
	} else if (!after_component(path, ".conan", &rest) ||
		   !after_component(rest, "data", &rest)) {
		return false;
	}
	return pl_str_split(&rest, '/', &p->name) && pl_str_split(&rest, '/', &p->version) &&
	       rest.len > 0;
}

/* "zlib/1.2.13@user/channel:hash": name and version. */
static void take_reference(struct pl_buf *out, struct pl_str line)
{
	struct pl_str name, version;

	line = pl_scrape_word(line, "@:#");
	if (!pl_str_split(&line, '/', &name) || !name.len)
		return;
	version = line;
	/* Conan 2 tells which versions would do: "1.2.Z" */
	if (version.len && pl_str_chr(version, 'Z') < 0 && pl_str_chr(version, 'Y') < 0) {
		if (out->len)
			pl_buf_ch(out, '\n');
		pl_buf_fmt(out, "%.*s\t%.*s", PL_FMT(name), PL_FMT(version));
	} else {
		pl_scrape_add(out, name);
	}
}

static void take_requires(struct pl_buf *out, struct pl_str text)
{
	struct pl_str line;
	bool inside = false;

	while (pl_str_line(&text, &line)) {
		struct pl_str word = pl_str_trim(line);

		if (word.len && word.ptr[0] == '[')
			inside = pl_str_eq_c(word, "[requires]") ||
				 pl_str_eq_c(word, "[full_requires]");
		else if (inside && word.len)
			take_reference(out, word);
	}
}

static int read_conan(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_CONAN, .how = PL_STR("directory name")};
	pl_auto_buf depends;

	(void)err;
	pl_buf_init(&depends, PL_KiB(64));
	if (pl_str_find(f->path, PL_STR(".conan2/p/")) >= 0)
		return 0; /* the database beside it tells the name */
	if (!from_path(f->path, &p)) {
		pl_fact_diag(w, PL_W_NOTE, "conan-unnamed",
			     "a binary package of Conan that does not tell its name");
		return 0;
	}
	take_requires(&depends, f->bytes);
	p.depends = pl_buf_view(&depends);
	pl_fact_package(w, &p);
	return 0;
}

static void tell_reference(struct pl_facts_writer *w, struct pl_str reference)
{
	struct pl_pkg_fact p = {.type = PL_PKG_CONAN, .how = PL_STR("Conan cache")};
	struct pl_str rest = pl_scrape_word(reference, "@#");

	if (pl_str_split(&rest, '/', &p.name) && p.name.len && rest.len) {
		p.version = rest;
		pl_fact_package(w, &p);
	} else {
		pl_fact_diag(w, PL_W_WARN, "conan-reference", "\"%.*s\" is no reference",
			     PL_FMT(reference));
	}
}

static int read_rows(struct pl_facts_writer *w, struct pl_sqlite *s, struct pl_err *err)
{
	sqlite3_stmt *q = NULL;
	uint64_t left = pl_limit(PL_LIM_PACKAGES);
	int rc;

	rc = sqlite3_prepare_v2(s->db, "SELECT DISTINCT reference FROM packages ORDER BY 1", -1, &q,
				NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(q)) == SQLITE_ROW && left--) {
		const void *text = sqlite3_column_text(q, 0);

		tell_reference(w, pl_str_n(text, (size_t)sqlite3_column_bytes(q, 0)));
		rc = SQLITE_OK;
	}
	sqlite3_finalize(q);
	return rc == SQLITE_DONE ? 0 : pl_fail(err, PL_E_FORMAT, "%s", sqlite3_errmsg(s->db));
}

static int read_cache(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_sqlite s = {0};
	int rc = 0;

	if (!pl_sqlite_open(&s, f->bytes, (struct pl_str){0}))
		rc = pl_fail(err, PL_E_FORMAT, "not a database that SQLite can read");
	else if (pl_sqlite_has_table(&s, "packages") && pl_sqlite_has_table(&s, "recipes"))
		rc = read_rows(w, &s, err);
	pl_sqlite_close(&s);
	return rc;
}

const struct pl_cataloger pl_cataloger_conan_cache = {
	.name = "conan_cache",
	.what = "Conan 2: the database of its cache",
	.globs = cache_globs,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_DB_FILE_BYTES,
	.read = read_cache,
};

const struct pl_cataloger pl_cataloger_conan = {
	.name = "conan",
	.what = "Conan packages in a cache or deployment",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_conan,
};
