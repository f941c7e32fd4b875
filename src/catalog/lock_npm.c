/* SPDX-License-Identifier: Apache-2.0 */
/*
 * package-lock.json and npm-shrinkwrap.json (docs of npm, "package-lock.json"). Version 1 nests
 * `dependencies`, version 3 has `packages` keyed by the place of installation, version 2 both.
 * Nesting is turned into the same places, so that what a module needs is found as Node does: in the
 * node_modules beside it, then in those above.
 */
#include "catalog/lock.h"

static const char *const globs[] = {"**/package-lock.json", "**/npm-shrinkwrap.json", NULL};

#define MODULES PL_STR("node_modules/")

/* Places of version 1 may take this much memory: names that nest in names. */
#define PLACES_BYTES PL_MiB(128)
/* Hashing places may cost this much in all; then needs keep their names only. */
enum { LOOKUP_BUDGET = 1 << 28 };

struct place {
	struct pl_str path; /* "node_modules/a/node_modules/b" */
	const cJSON *node;
	uint32_t item; /* PL_LOCK_NONE for what is not from a registry */
};
struct tree {
	struct pl_lock lock;
	PL_VEC(struct place) places;
	struct pl_map at; /* path: index of places */
	uint64_t spent;
	bool nested; /* version 1 */
};

static void add_place(struct tree *t, struct pl_str path, const cJSON *node)
{
	pl_map_put(&t->at, path, (uint32_t)t->places.len);
	pl_vec_push(&t->places, (struct place){path, node, PL_LOCK_NONE});
}

/* Version 1; the depth is that of the JSON, which is limited. */
static void flatten(struct tree *t, struct pl_str dir, const cJSON *node)
{
	pl_json_each(member, pl_json_get(node, "dependencies"))
	{
		struct pl_str path;

		if (t->lock.arena.total > PLACES_BYTES)
			return;
		path = pl_arena_fmt(&t->lock.arena, "%.*snode_modules/%s", PL_FMT(dir),
				    member->string);

		/* places that long are not looked up below, but their packages count */
		add_place(t, path, member);
		path = pl_arena_fmt(&t->lock.arena, "%.*s/", PL_FMT(path));
		flatten(t, path.len > pl_limit(PL_LIM_PATH_BYTES) ? dir : path, member);
	}
}

/* "node_modules/@s/a" of the place; empty for the project's own directories. */
static struct pl_str name_of_place(struct pl_str path)
{
	struct pl_str rest = path, name = {0};
	ptrdiff_t at;

	while ((at = pl_str_find(rest, MODULES)) >= 0) {
		name = rest = pl_str_sub(rest, (size_t)at + MODULES.len, rest.len);
	}
	return name;
}

/* An alias of version 1: "npm:name@1.0.0". */
static void resolve_alias(struct pl_str *name, struct pl_str *version)
{
	struct pl_str spec;
	ptrdiff_t at;

	if (!pl_str_starts(*version, PL_STR("npm:")))
		return;
	spec = pl_str_sub(*version, 4, version->len);
	at = pl_str_rchr(spec, '@');
	if (at <= 0)
		return;
	*name = pl_str_sub(spec, 0, (size_t)at);
	*version = pl_str_sub(spec, (size_t)at + 1, spec.len);
}

static bool is_version(struct pl_str v)
{
	return v.len && pl_is_digit(v.ptr[0]) && pl_str_chr(v, ':') < 0 && pl_str_chr(v, '/') < 0;
}

static void add_package(struct tree *t, struct place *p)
{
	struct pl_str name = pl_json_str(p->node, "name");
	struct pl_str version = pl_json_str(p->node, "version");
	struct pl_lock_item *item;

	if (cJSON_IsTrue(pl_json_get(p->node, "link")) || pl_str_starts(version, PL_STR("file:")))
		return; /* a directory of the project */
	if (pl_str_empty(name_of_place(p->path)))
		return; /* the project and its workspaces */
	if (pl_str_empty(name) || t->nested)
		name = name_of_place(p->path);
	resolve_alias(&name, &version);
	if (!is_version(version))
		version = PL_STR(""); /* version 1: the address of an archive or repository */
	p->item = pl_lock_add(&t->lock, name, version, cJSON_IsTrue(pl_json_get(p->node, "dev")));
	item = pl_lock_item(&t->lock, p->item);
	if (item && pl_str_empty(item->licenses))
		item->licenses = pl_json_str(p->node, "license");
}

/* The place where a module in `dir` finds `name`. */
static const struct place *look_up(struct tree *t, struct pl_str dir, struct pl_str name)
{
	pl_auto_buf key;

	pl_buf_init(&key, 3 * pl_limit(PL_LIM_PATH_BYTES));
	for (;;) {
		ptrdiff_t up;
		uint32_t at;

		pl_buf_reset(&key);
		pl_buf_str(&key, dir);
		pl_buf_c(&key, dir.len ? "/node_modules/" : "node_modules/");
		pl_buf_str(&key, name);
		t->spent += key.len;
		if (key.failed || t->spent > LOOKUP_BUDGET)
			return NULL;
		at = pl_map_get(&t->at, pl_buf_view(&key));
		if (at != PL_MAP_NONE)
			return &t->places.at[at];
		if (pl_str_empty(dir))
			return NULL;
		for (up = pl_str_rchr(dir, '/'); up > 0; up = pl_str_rchr(dir, '/')) {
			dir = pl_str_sub(dir, 0, (size_t)up);
			if (pl_str_ends(dir, PL_STR("/node_modules")))
				break;
		}
		up = up > 0 ? (ptrdiff_t)dir.len - (ptrdiff_t)MODULES.len : 0;
		dir = pl_str_sub(dir, 0, up > 0 ? (size_t)up : 0);
	}
}

static void add_needs(struct tree *t, const struct place *p)
{
	static const char *const lists[] = {"dependencies", "optionalDependencies",
					    "peerDependencies"};

	for (size_t i = 0; i < (t->nested ? 1 : 3); i++) {
		const cJSON *list = pl_json_get(p->node, t->nested ? "requires" : lists[i]);

		pl_json_each(need, list)
		{
			const struct place *to = look_up(t, p->path, pl_json_key(need));

			if (to)
				pl_lock_edge(&t->lock, p->item, to->item);
			else if (i == 0 && t->spent > LOOKUP_BUDGET)
				pl_lock_needs(&t->lock, p->item, pl_json_key(need), PL_STR(""));
		}
	}
}

static int tell(struct tree *t, const cJSON *root, struct pl_err *err)
{
	const cJSON *packages = pl_json_get(root, "packages");

	t->nested = !packages;
	if (t->nested)
		flatten(t, PL_STR(""), root);
	if (t->lock.arena.total > PLACES_BYTES)
		return pl_fail(err, PL_E_LIMIT, "modules nest too deeply");
	pl_json_each(member, packages) add_place(t, pl_json_key(member), member);
	for (size_t i = 0; i < t->places.len; i++)
		add_package(t, &t->places.at[i]);
	for (size_t i = 0; i < t->places.len; i++) {
		if (t->places.at[i].item != PL_LOCK_NONE)
			add_needs(t, &t->places.at[i]);
	}
	pl_lock_end(&t->lock);
	return 0;
}

static int read_npm(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct tree t = {0};
	pl_auto_json *root = NULL;
	int rc;

	if (pl_str_find(f->path, MODULES) >= 0)
		return 0; /* what a module was made with, or what `node` reads itself */
	rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);
	if (rc < 0)
		return rc;
	if (!cJSON_IsObject(root) || !pl_json_get(root, "lockfileVersion"))
		return pl_fail(err, PL_E_FORMAT, "no lockfileVersion");
	pl_lock_init(&t.lock, w, PL_PKG_NPM, PL_STR("package-lock.json"));
	pl_map_init(&t.at);
	rc = tell(&t, root, err);
	pl_lock_release(&t.lock);
	pl_map_release(&t.at);
	pl_vec_release(&t.places);
	return rc;
}

const struct pl_cataloger pl_cataloger_npm_lock = {
	.name = "npm_lock",
	.what = "npm: package-lock.json and npm-shrinkwrap.json, versions 1 to 3",
	.globs = globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_npm,
};
