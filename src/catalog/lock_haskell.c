/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Haskell. stack.yaml and stack.yaml.lock: packages beside those of the snapshot, as
 * name-version@sha256:…,size. cabal.project.freeze: constraints, of which "any.NAME ==VERSION" are
 * the plan; flags are none.
 */
#include "catalog/lock.h"
#include "catalog/scrape.h"

static void add_hackage(struct pl_lock *l, struct pl_str text)
{
	struct pl_str name, version;

	if (pl_scrape_name_version(pl_lock_before(text, '@'), &name, &version))
		pl_lock_add(l, name, version, false);
}

static void add_completed(struct pl_lock *l, const cJSON *one)
{
	if (pl_json_str(one, "hackage").len)
		add_hackage(l, pl_json_str(one, "hackage"));
	else
		pl_lock_add(l, pl_json_str(one, "name"), pl_json_str(one, "version"), false);
}

static int read_stack(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l = {0};
	int rc = pl_yaml_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);

	if (rc < 0)
		return rc;
	pl_lock_init(&l, w, PL_PKG_HACKAGE, pl_path_base(f->path));
	pl_json_each(one, pl_json_get(root, "packages"))
		add_completed(&l, pl_json_get(one, "completed"));
	pl_json_each(one, pl_json_get(root, "extra-deps")) add_hackage(&l, pl_json_text(one));
	pl_lock_end(&l);
	return 0;
}

/* "any.aeson ==2.1.2.1" */
static void add_constraint(struct pl_lock *l, struct pl_str text)
{
	ptrdiff_t at = pl_str_find(text, PL_STR("=="));
	struct pl_str name = pl_str_trim(pl_str_sub(text, 0, at < 0 ? 0 : (size_t)at));

	if (pl_str_starts(name, PL_STR("any.")))
		name = pl_str_sub(name, 4, name.len);
	if (name.len && pl_str_chr(name, ' ') < 0)
		pl_lock_add(l, name, pl_str_trim(pl_str_sub(text, (size_t)at + 2, text.len)),
			    false);
}

static int read_freeze(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str rest = f->bytes, line, one;
	bool inside = false;
	pl_auto_lock l;

	(void)err;
	pl_lock_init(&l, w, PL_PKG_HACKAGE, PL_STR("cabal.project.freeze"));
	while (pl_str_line(&rest, &line)) {
		if (line.len && line.ptr[0] != ' ' && line.ptr[0] != '\t') {
			inside = pl_str_starts(line, PL_STR("constraints:"));
			line = inside ? pl_str_sub(line, strlen("constraints:"), line.len) : line;
		}
		while (inside && pl_str_split(&line, ',', &one))
			add_constraint(&l, one);
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const stack_globs[] = {"**/stack.yaml", "**/stack.yaml.lock", NULL};
const struct pl_cataloger pl_cataloger_stack_lock = {
	.name = "stack_lock",
	.what = "Haskell: stack.yaml and stack.yaml.lock",
	.globs = stack_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_stack,
};
static const char *const freeze_globs[] = {"**/cabal.project.freeze", NULL};
const struct pl_cataloger pl_cataloger_cabal_freeze = {
	.name = "cabal_freeze",
	.what = "Haskell: cabal.project.freeze",
	.globs = freeze_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_freeze,
};
