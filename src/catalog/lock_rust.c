/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cargo.lock, versions 1 to 4: a list of packages; one without `source` is the project's own. What
 * is needed is "name", "name version" or "name version (source)", as much as is needed to tell
 * which. Which are for development stands in Cargo.toml only.
 */
#include "catalog/lock.h"

static void needs(struct pl_lock *l, uint32_t from, const cJSON *list)
{
	pl_json_each(need, list)
	{
		struct pl_str rest = pl_json_text(need), name = {0}, version = {0};
		uint32_t to;

		(void)pl_lock_word(&rest, &name);
		(void)pl_lock_word(&rest, &version);
		to = pl_str_empty(version) ? pl_lock_named(l, name)
					   : pl_lock_find(l, name, version);
		pl_lock_edge(l, from, to);
	}
}

static int read_cargo(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_CARGO, PL_STR("Cargo.lock"));
	rc = pl_toml_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);
	if (rc < 0)
		return rc;
	pl_json_each(p, pl_json_get(root, "package"))
	{
		if (!pl_str_empty(pl_json_str(p, "source")))
			pl_lock_add(&l, pl_json_str(p, "name"), pl_json_str(p, "version"), false);
	}
	pl_json_each(p, pl_json_get(root, "package"))
	{
		if (!pl_str_empty(pl_json_str(p, "source")))
			needs(&l,
			      pl_lock_find(&l, pl_json_str(p, "name"), pl_json_str(p, "version")),
			      pl_json_get(p, "dependencies"));
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const globs[] = {"**/Cargo.lock", NULL};
const struct pl_cataloger pl_cataloger_cargo_lock = {
	.name = "cargo_lock",
	.what = "Rust: Cargo.lock",
	.globs = globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_cargo,
};
