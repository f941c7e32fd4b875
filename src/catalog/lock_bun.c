/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bun.lock (docs of Bun, "lockfile"): JSON with comments. `packages` is keyed by the way from the
 * project, "a/b"; an entry is an array whose first item is "name@version" and which has an object
 * with what it needs. bun.lockb is the same in a binary form of Bun's own, which is not read.
 *
 * deno.lock (docs of Deno, "lock file"), versions 3 to 5: npm packages by "name@1.0.0_peers", JSR
 * packages by "@scope/name@1.0.0"; before version 4 inside `packages`.
 */
#include "catalog/lock.h"

static const char *const bun_globs[] = {"**/bun.lock", "**/bun.lockb", NULL};
static const char *const deno_globs[] = {"**/deno.lock", NULL};

/* "name@version": cut at the first '@' that does not begin a scope. */
static bool cut(struct pl_str spec, struct pl_str *name, struct pl_str *version)
{
	ptrdiff_t at = pl_str_chr(pl_str_sub(spec, 1, spec.len), '@');

	if (at < 0)
		return false;
	*name = pl_str_sub(spec, 0, (size_t)at + 1);
	*version = pl_str_sub(spec, (size_t)at + 2, spec.len);
	return true;
}

/* --- Bun ------------------------------------------------------------------------------------ */

struct bun {
	struct pl_lock lock;
	struct pl_map keys; /* of packages: item */
};

static void bun_package(struct bun *b, const cJSON *entry)
{
	static const char *const own[] = {"workspace:", "root:", "link:", "file:"};
	struct pl_str name, version;

	if (!cut(pl_json_text(cJSON_IsArray(entry) ? entry->child : NULL), &name, &version))
		return;
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
		if (pl_str_starts(version, pl_str_c(own[i])))
			return;
	}
	if (version.len && !pl_is_digit(version.ptr[0]))
		version = PL_STR(""); /* an address of an archive or repository */
	pl_map_put(&b->keys, pl_json_key(entry), pl_lock_add(&b->lock, name, version, false));
}

/* The last package of a way, "a/@s/b" → "a". */
static struct pl_str way_up(struct pl_str way)
{
	ptrdiff_t at = pl_str_rchr(way, '/');

	if (at <= 0)
		return PL_STR("");
	way = pl_str_sub(way, 0, (size_t)at);
	at = pl_str_rchr(way, '/');
	if (at >= 0 && (size_t)at + 1 < way.len && way.ptr[at + 1] == '@')
		return pl_str_sub(way, 0, (size_t)at);
	return at < 0 && way.ptr[0] == '@' ? PL_STR("") : way;
}

static uint32_t bun_target(struct bun *b, struct pl_str way, struct pl_str name)
{
	enum { HIGHEST = 64 };

	for (unsigned i = 0; i < HIGHEST && way.len && way.len < 1024; i++) {
		uint32_t item = pl_map_get(&b->keys, pl_arena_fmt(&b->lock.arena, "%.*s/%.*s",
								  PL_FMT(way), PL_FMT(name)));

		if (item != PL_MAP_NONE)
			return item;
		if (b->lock.arena.total > PL_MiB(256))
			break;
		way = way_up(way);
	}

	return pl_map_get(&b->keys, name);
}

/* A peer that may be missing does not bring what it names. */
static bool is_optional_peer(const cJSON *info, const cJSON *need)
{
	enum { ASKED = 256 }; /* real packages have a few */
	unsigned n = 0;

	pl_json_each(name, pl_json_get(info, "optionalPeers"))
	{
		if (n++ == ASKED)
			return false;
		if (pl_str_eq(pl_json_text(name), pl_json_key(need)))
			return true;
	}
	return false;
}

static void bun_needs(struct bun *b, const cJSON *entry)
{
	static const char *const lists[] = {"dependencies", "optionalDependencies",
					    "peerDependencies"};
	uint32_t from = pl_map_get(&b->keys, pl_json_key(entry));
	const cJSON *info = entry->child;

	while (info && !cJSON_IsObject(info))
		info = info->next;
	for (size_t i = 0; from != PL_MAP_NONE && i < 3; i++) {
		pl_json_each(need, pl_json_get(info, lists[i]))
		{
			if (i < 2 || !is_optional_peer(info, need))
				pl_lock_edge(&b->lock, from,
					     bun_target(b, pl_json_key(entry), pl_json_key(need)));
		}
	}
}

static void bun_roots(struct bun *b, const cJSON *workspaces)
{
	static const char *const lists[] = {"dependencies", "optionalDependencies",
					    "peerDependencies"};

	pl_json_each(workspace, workspaces)
	{
		for (size_t i = 0; i < 3; i++) {
			pl_json_each(need, pl_json_get(workspace, lists[i]))
				pl_lock_root(&b->lock, bun_target(b, pl_json_str(workspace, "name"),
								  pl_json_key(need)));
		}
	}
}

static int read_bun(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	const cJSON *packages;
	struct bun b = {0};
	int rc;

	if (pl_str_find(f->path, PL_STR("node_modules/")) >= 0)
		return 0;
	if (pl_str_ends(f->path, PL_STR(".lockb")))
		return pl_fail(err, PL_E_UNSUPPORTED,
			       "the binary lock file of Bun is not read; `bun install "
			       "--save-text-lockfile` writes bun.lock");
	rc = pl_jsonc_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);
	if (rc < 0)
		return rc;
	if (!pl_json_get(root, "lockfileVersion"))
		return pl_fail(err, PL_E_FORMAT, "no lockfileVersion");
	packages = pl_json_get(root, "packages");
	pl_lock_init(&b.lock, w, PL_PKG_NPM, PL_STR("bun.lock"));
	pl_map_init(&b.keys);
	pl_json_each(entry, packages) bun_package(&b, entry);
	pl_json_each(entry, packages) bun_needs(&b, entry);
	bun_roots(&b, pl_json_get(root, "workspaces"));
	pl_lock_reach(&b.lock);
	pl_lock_end(&b.lock);
	pl_map_release(&b.keys);
	pl_lock_release(&b.lock);
	return 0;
}

const struct pl_cataloger pl_cataloger_bun_lock = {
	.name = "bun_lock",
	.what = "Bun: bun.lock",
	.globs = bun_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_bun,
};

/* --- Deno ----------------------------------------------------------------------------------- */

static uint32_t deno_package(struct pl_lock *l, struct pl_str key)
{
	struct pl_str name, version;

	if (!cut(key, &name, &version))
		return PL_LOCK_NONE;
	return pl_lock_add(l, name, pl_lock_before(version, '_'), false);
}

/* Needs are "name@version", "name" when there is one version only, or (version 3) an object of
 * them. */
static void deno_needs(struct pl_lock *l, const cJSON *entry)
{
	uint32_t from = deno_package(l, pl_json_key(entry));

	pl_json_each(need, pl_json_get(entry, "dependencies"))
	{
		struct pl_str spec = pl_json_text(need), name, version;

		if (cut(spec, &name, &version))
			pl_lock_needs(l, from, name, pl_lock_before(version, '_'));
		else
			pl_lock_edge(l, from, pl_lock_named(l, spec));
	}
}

static void deno_npm(struct pl_facts_writer *w, const cJSON *packages)
{
	pl_auto_lock l;

	pl_lock_init(&l, w, PL_PKG_NPM, PL_STR("deno.lock"));
	pl_json_each(entry, packages) deno_package(&l, pl_json_key(entry));
	pl_json_each(entry, packages) deno_needs(&l, entry);
	pl_lock_end(&l);
}

static void deno_jsr(struct pl_facts_writer *w, const cJSON *packages)
{
	pl_auto_lock l;

	pl_lock_init(&l, w, PL_PKG_GENERIC, PL_STR("deno.lock"));
	pl_json_each(entry, packages)
	{
		struct pl_lock_item *item = pl_lock_item(&l, deno_package(&l, pl_json_key(entry)));

		if (item)
			item->purl = pl_arena_fmt(&l.arena, "pkg:jsr/%%40%.*s@%.*s",
						  PL_FMT(pl_str_sub(item->name, 1, item->name.len)),
						  PL_FMT(item->version));
	}
	pl_lock_end(&l);
}

static int read_deno(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	const cJSON *place;
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);

	if (rc < 0)
		return rc;
	if (!pl_json_get(root, "version"))
		return pl_fail(err, PL_E_FORMAT, "no version");
	place = pl_json_get(root, "packages");
	place = place ? place : root;
	deno_npm(w, pl_json_get(place, "npm"));
	deno_jsr(w, pl_json_get(place, "jsr"));
	return 0;
}

const struct pl_cataloger pl_cataloger_deno_lock = {
	.name = "deno_lock",
	.what = "Deno: npm and JSR packages of deno.lock",
	.globs = deno_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_deno,
};
