/* SPDX-License-Identifier: Apache-2.0 */
/*
 * renv.lock of R, Manifest.toml of Julia (format 1: tables by name, format 2: the same below
 * "deps"; standard libraries have no version before Julia 1.9), opam files of OCaml with exact
 * versions (*.opam, *.opam.locked), rockspecs of Lua that are not installed.
 */
#include "catalog/lock.h"
#include "catalog/scrape.h"

static int read_renv(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l = {0};
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);

	if (rc < 0)
		return rc;
	pl_lock_init(&l, w, PL_PKG_CRAN, PL_STR("renv.lock"));
	pl_json_each(p, pl_json_get(root, "Packages"))
	{
		uint32_t item = pl_lock_add(&l, pl_json_str(p, "Package"),
					    pl_json_str(p, "Version"), false);

		pl_json_each(need, pl_json_get(p, "Requirements"))
		{
			if (!pl_str_eq_c(pl_json_text(need), "R"))
				pl_lock_needs(&l, item, pl_json_text(need), PL_STR(""));
		}
	}
	pl_lock_end(&l);
	return 0;
}

static void add_julia(struct pl_lock *l, const cJSON *entries)
{
	struct pl_str name = pl_json_key(entries);

	pl_json_each(one, entries)
	{
		uint32_t item = pl_lock_add(l, name, pl_json_str(one, "version"), false);

		pl_json_each(need, pl_json_get(one, "deps")) pl_lock_needs(
			l, item, need->string ? pl_json_key(need) : pl_json_text(need), PL_STR(""));
	}
}

static int read_julia(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l = {0};
	const cJSON *all;
	int rc = pl_toml_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);

	if (rc < 0)
		return rc;
	pl_lock_init(&l, w, PL_PKG_JULIA, PL_STR("Manifest.toml"));
	all = pl_json_get(root, "manifest_format") ? pl_json_get(root, "deps") : root;
	pl_json_each(entries, all)
	{
		if (cJSON_IsArray(entries))
			add_julia(&l, entries);
	}
	pl_lock_end(&l);
	return 0;
}

/* The list after `key`, from its bracket to the closing one of the same kind, without those. */
static struct pl_str list_of(struct pl_str text, const char *key, char open, char close)
{
	struct pl_str rest = text, line;

	while (pl_str_line(&rest, &line)) {
		struct pl_str from = pl_str_trim(line);
		size_t at, depth = 0, i;

		if (!pl_str_starts(from, pl_str_c(key)))
			continue;
		at = (size_t)(from.ptr - text.ptr) + strlen(key);
		while (at < text.len && text.ptr[at] != open && text.ptr[at] != '\n')
			at++;
		for (i = at; i < text.len; i++) {
			depth += text.ptr[i] == open;
			if (text.ptr[i] == close && depth && --depth == 0)
				return pl_str_sub(text, at + 1, i - at - 1);
		}
	}
	return PL_STR("");
}

static bool next_quoted(struct pl_str *rest, struct pl_str *out)
{
	struct pl_str before;

	return pl_str_split(rest, '"', &before) && rest->ptr && pl_str_split(rest, '"', out);
}

/* depends: [ "dune" {>= "3.0"} "lwt" {= "5.7.0" & with-test} ] */
static int read_opam(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str rest = list_of(f->bytes, "depends:", '[', ']'), name;
	pl_auto_lock l;

	(void)err;
	pl_lock_init(&l, w, PL_PKG_OPAM, pl_path_base(f->path));
	while (rest.len && next_quoted(&rest, &name)) {
		struct pl_str filter = PL_STR(""), version = PL_STR(""), after = pl_str_trim(rest);
		ptrdiff_t end = after.len && after.ptr[0] == '{' ? pl_str_chr(after, '}') : -1;

		if (end > 0) {
			filter = pl_str_trim(pl_str_sub(after, 1, (size_t)end - 1));
			rest = pl_str_sub(after, (size_t)end + 1, after.len);
		}
		if (pl_str_starts(filter, PL_STR("=")))
			version = pl_scrape_quoted(pl_str_sub(filter, 1, filter.len));
		pl_lock_add(&l, name, version,
			    pl_str_find(filter, PL_STR("with-test")) >= 0 ||
				    pl_str_find(filter, PL_STR("with-doc")) >= 0);
	}
	pl_lock_end(&l);
	return 0;
}

/* dependencies = { "lua >= 5.1", "luasocket == 3.0-1" }; a rockspec is Lua and is not run */
static int read_rockspec(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str rest = list_of(f->bytes, "dependencies", '{', '}'), one;
	pl_auto_lock l;

	(void)err;
	pl_lock_init(&l, w, PL_PKG_LUAROCKS, PL_STR("rockspec"));
	while (rest.len && next_quoted(&rest, &one)) {
		struct pl_str name = pl_scrape_word(one, "<>=~,"), version = PL_STR("");
		ptrdiff_t exact = pl_str_find(one, PL_STR("=="));

		if (exact > 0)
			version = pl_scrape_word(pl_str_sub(one, (size_t)exact + 2, one.len), ",");
		if (!pl_str_eq_c(name, "lua"))
			pl_lock_add(&l, name, version, false);
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const renv_globs[] = {"**/renv.lock", NULL};
const struct pl_cataloger pl_cataloger_renv_lock = {
	.name = "renv_lock",
	.what = "R: renv.lock",
	.globs = renv_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_renv,
};
static const char *const julia_globs[] = {"**/Manifest.toml", "**/JuliaManifest.toml",
					  "**/Manifest-v*.toml", NULL};
const struct pl_cataloger pl_cataloger_julia_manifest = {
	.name = "julia_manifest",
	.what = "Julia: Manifest.toml",
	.globs = julia_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_julia,
};
static const char *const opam_globs[] = {"**/*.opam", "**/*.opam.locked", NULL};
const struct pl_cataloger pl_cataloger_opam_file = {
	.name = "opam_file",
	.what = "OCaml: opam files of a source tree",
	.globs = opam_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_opam,
};
static const char *const rockspec_globs[] = {"**/*.rockspec", NULL};
const struct pl_cataloger pl_cataloger_rockspec = {
	.name = "rockspec",
	.what = "Lua: rockspecs of a source tree",
	.globs = rockspec_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_rockspec,
};
