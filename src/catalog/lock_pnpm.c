/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pnpm-lock.yaml (pnpm/spec, "lockfile"), versions 5 to 9. The keys of `packages` are
 * "/name/1.0.0_peers" (5), "/name@1.0.0(peers)" (6) and "name@1.0.0" (9), where `snapshots` has
 * what each needs. Up to version 6 an entry says whether it is for development, in 9 it follows
 * from `importers`. Since pnpm 11 a document before may describe pnpm itself; that is a tool of
 * development.
 */
#include "catalog/lock.h"

static const char *const globs[] = {"**/pnpm-lock.yaml", NULL};

struct reader {
	struct pl_lock lock;
	struct pl_map keys; /* key of packages or snapshots: item */
	char separator;	    /* of name and version in a key: '/' in version 5 */
	bool slash;	    /* keys begin with one: before version 9 */
};

/* "name@1.0.0(peers)" or "name/1.0.0_peers", the name may begin with a scope. */
static bool cut_key(const struct reader *r, struct pl_str key, struct pl_str *name,
		    struct pl_str *version)
{
	ptrdiff_t at;

	if (r->slash && key.len && key.ptr[0] == '/')
		key = pl_str_sub(key, 1, key.len);
	key = pl_lock_before(key, '(');
	if (r->separator == '/')
		at = pl_str_rchr(key, '/');
	else
		at = pl_str_chr(pl_str_sub(key, 1, key.len), '@') + 1;
	if (at <= 0)
		return false;
	*name = pl_str_sub(key, 0, (size_t)at);
	*version = pl_str_sub(key, (size_t)at + 1, key.len);
	if (r->separator == '/')
		*version = pl_lock_before(*version, '_');
	return true;
}

static void add_package(struct reader *r, const cJSON *entry, bool dev)
{
	const cJSON *resolution = pl_json_get(entry, "resolution");
	struct pl_str name = {0}, version = {0}, told = pl_json_str(entry, "version");

	if (pl_str_eq_c(pl_json_str(resolution, "type"), "directory") ||
	    !pl_str_empty(pl_json_str(resolution, "directory")))
		return; /* a directory of the project */
	(void)cut_key(r, pl_json_key(entry), &name, &version);
	if (!pl_str_empty(pl_json_str(entry, "name")))
		name = pl_json_str(entry, "name");
	if (!pl_str_empty(told))
		version = told;
	else if (version.len && !pl_is_digit(version.ptr[0]))
		version = PL_STR(""); /* an address of an archive or repository */
	pl_map_put(&r->keys, pl_json_key(entry),
		   pl_lock_add(&r->lock, name, version,
			       dev || cJSON_IsTrue(pl_json_get(entry, "dev"))));
}

/* What a member of `dependencies` leads to: "1.0.0(peers)", or a whole key for an alias. */
static uint32_t target(struct reader *r, const cJSON *need)
{
	struct pl_str value = pl_json_text(need), key;
	uint32_t item;

	if (cJSON_IsObject(need))
		value = pl_json_str(need, "version");
	item = pl_map_get(&r->keys, value);
	if (item != PL_MAP_NONE)
		return item;
	key = pl_arena_fmt(&r->lock.arena, "%s%s%c%.*s", r->slash ? "/" : "", need->string,
			   r->separator, PL_FMT(value));
	item = pl_map_get(&r->keys, key);
	return item == PL_MAP_NONE ? PL_LOCK_NONE : item;
}

/* Version 9 puts the peers into the keys of snapshots only. */
static void add_snapshots(struct reader *r, const cJSON *snapshots)
{
	pl_json_each(entry, snapshots)
	{
		struct pl_str key = pl_json_key(entry);
		uint32_t item = pl_map_get(&r->keys, pl_lock_before(key, '('));

		if (item != PL_MAP_NONE)
			pl_map_put(&r->keys, key, item);
	}
}

static void add_needs(struct reader *r, const cJSON *entries)
{
	static const char *const lists[] = {"dependencies", "optionalDependencies"};

	pl_json_each(entry, entries)
	{
		uint32_t from = pl_map_get(&r->keys, pl_json_key(entry));

		for (size_t i = 0; from != PL_MAP_NONE && i < 2; i++) {
			pl_json_each(need, pl_json_get(entry, lists[i]))
				pl_lock_edge(&r->lock, from, target(r, need));
		}
	}
}

static void add_roots(struct reader *r, const cJSON *importers)
{
	pl_json_each(importer, importers)
	{
		pl_json_each(need, pl_json_get(importer, "dependencies"))
			pl_lock_root(&r->lock, target(r, need));
		pl_json_each(need, pl_json_get(importer, "optionalDependencies"))
			pl_lock_root(&r->lock, target(r, need));
	}
}

/* "5.4", "6.0", "9.0"; a number in version 5, text later */
static uint64_t major_of(const cJSON *document)
{
	struct pl_str v = pl_lock_before(pl_json_str(document, "lockfileVersion"), '.');
	uint64_t major = 0;

	return pl_str_u64(v, &major) ? major : 0;
}

static void tell(struct pl_facts_writer *w, const cJSON *document, bool of_pnpm)
{
	uint64_t major = major_of(document);
	const cJSON *snapshots = pl_json_get(document, "snapshots");
	const cJSON *packages = pl_json_get(document, "packages");
	struct reader r = {.separator = major < 6 ? '/' : '@', .slash = major < 9};

	pl_lock_init(&r.lock, w, PL_PKG_NPM, PL_STR("pnpm-lock.yaml"));
	pl_map_init(&r.keys);
	pl_json_each(entry, packages) add_package(&r, entry, of_pnpm);
	add_snapshots(&r, snapshots);
	add_needs(&r, snapshots ? snapshots : packages);
	if (snapshots && !of_pnpm) {
		add_roots(&r, pl_json_get(document, "importers"));
		pl_lock_reach(&r.lock);
	}
	pl_lock_end(&r.lock);
	pl_map_release(&r.keys);
	pl_lock_release(&r.lock);
}

static bool is_of_pnpm(const cJSON *document)
{
	const cJSON *importer = pl_json_get(pl_json_get(document, "importers"), ".");

	return pl_json_get(importer, "packageManagerDependencies") != NULL ||
	       pl_json_get(importer, "configDependencies") != NULL;
}

static int read_pnpm(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *documents = NULL;
	int rc;

	if (pl_str_find(f->path, PL_STR("node_modules/")) >= 0)
		return 0;
	rc = pl_yaml_documents(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &documents, err);
	if (rc < 0)
		return rc;
	if (!documents->child)
		return pl_fail(err, PL_E_FORMAT, "no document");
	pl_json_each(document, documents)
	{
		if (major_of(document) < 5)
			return pl_fail(err, PL_E_UNSUPPORTED, "lockfileVersion %.*s",
				       PL_FMT(pl_json_str(document, "lockfileVersion")));
		tell(w, document, is_of_pnpm(document));
	}
	return 0;
}

const struct pl_cataloger pl_cataloger_pnpm_lock = {
	.name = "pnpm_lock",
	.what = "pnpm: pnpm-lock.yaml, versions 5 to 9",
	.globs = globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_pnpm,
};
