/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C and C++. conan.lock: a graph until version 0.4, lists since 0.5; a reference is
 * name/version@user/channel#revision:id#revision. conanfile.txt: the same references, or ranges in
 * brackets. vcpkg.json: ranges and overrides, of which only the latter are versions.
 */
#include "catalog/lock.h"

static uint32_t add_reference(struct pl_lock *l, struct pl_str ref, bool dev)
{
	struct pl_str name, version;

	ref = pl_lock_before(pl_lock_before(ref, '#'), '@');
	ref = pl_str_trim(pl_lock_before(ref, '%'));
	if (!pl_str_split(&ref, '/', &name) || pl_str_empty(name))
		return PL_LOCK_NONE;
	version = pl_lock_before(ref, ':');
	/* a package of the machine, or a range: no version */
	if (pl_str_eq_c(version, "system") || pl_str_starts(version, PL_STR("[")))
		version = PL_STR("");
	return pl_lock_add(l, name, version, dev);
}

/* Nodes by number; one with a path is the project's own. */
static void graph(struct pl_lock *l, const cJSON *nodes)
{
	pl_auto_map items;

	pl_map_init(&items);
	pl_json_each(node, nodes)
	{
		uint32_t item = pl_json_get(node, "path")
					? PL_LOCK_NONE
					: add_reference(l, pl_json_str(node, "ref"), false);

		pl_map_put(&items, pl_json_key(node), item);
	}
	pl_json_each(node, nodes)
	{
		pl_json_each(need, pl_json_get(node, "requires"))
			pl_lock_edge(l, pl_map_get(&items, pl_json_key(node)),
				     pl_map_get(&items, pl_json_text(need)));
	}
}

static int read_conan(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	static const struct {
		const char *list;
		bool dev;
	} lists[] = {{"requires", false}, {"build_requires", true}, {"python_requires", true}};
	pl_auto_json *root = NULL;
	pl_auto_lock l = {0};
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);

	if (rc < 0)
		return rc;
	pl_lock_init(&l, w, PL_PKG_CONAN, PL_STR("conan.lock"));
	graph(&l, pl_json_get(pl_json_get(root, "graph_lock"), "nodes"));
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		pl_json_each(ref, pl_json_get(root, lists[i].list))
			add_reference(&l, pl_json_text(ref), lists[i].dev);
	pl_lock_end(&l);
	return 0;
}

static int read_conanfile(struct pl_facts_writer *w, const struct pl_cat_file *f,
			  struct pl_err *err)
{
	struct pl_str rest = f->bytes, line, section = {0};
	pl_auto_lock l;

	(void)err;
	pl_lock_init(&l, w, PL_PKG_CONAN, PL_STR("conanfile.txt"));
	while (pl_str_line(&rest, &line)) {
		line = pl_str_trim(line);
		if (pl_str_empty(line) || line.ptr[0] == '#')
			continue;
		if (line.ptr[0] == '[') {
			section = line;
			continue;
		}
		if (pl_str_eq_c(section, "[requires]"))
			add_reference(&l, line, false);
		else if (pl_str_ends(section, PL_STR("_requires]")))
			add_reference(&l, line, true);
	}
	pl_lock_end(&l);
	return 0;
}

static struct pl_str port_version(const cJSON *one)
{
	static const char *const members[] = {"version", "version-string", "version-semver",
					      "version-date"};

	for (size_t i = 0; i < 4; i++) {
		if (pl_json_str(one, members[i]).len)
			return pl_json_str(one, members[i]);
	}
	return PL_STR("");
}

/* The ports of vcpkg have a package URL type of their own, and no advisories. */
static void add_port(struct pl_lock *l, struct pl_str name, struct pl_str version)
{
	struct pl_lock_item *item = pl_lock_item(l, pl_lock_add(l, name, version, false));

	if (item)
		item->purl = pl_arena_fmt(&l->arena, "pkg:vcpkg/%.*s%s%.*s", PL_FMT(name),
					  version.len ? "@" : "", PL_FMT(version));
}

static void add_ports(struct pl_lock *l, const cJSON *root)
{
	PL_VEC(const cJSON *) overrides = {0};
	pl_auto_map names;

	pl_map_init(&names);
	pl_json_each(one, pl_json_get(root, "overrides"))
	{
		pl_map_put(&names, pl_json_str(one, "name"), (uint32_t)overrides.len);
		pl_vec_push(&overrides, one);
	}
	pl_json_each(port, pl_json_get(root, "dependencies"))
	{
		struct pl_str name =
			cJSON_IsString(port) ? pl_json_text(port) : pl_json_str(port, "name");
		uint32_t at = pl_map_get(&names, name);

		add_port(l, name, at == PL_MAP_NONE ? PL_STR("") : port_version(overrides.at[at]));
	}
	pl_vec_release(&overrides);
}

static int read_vcpkg(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l = {0};
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);

	if (rc < 0)
		return rc;
	pl_lock_init(&l, w, PL_PKG_GENERIC, PL_STR("vcpkg.json"));
	add_ports(&l, root);
	pl_lock_end(&l);
	return 0;
}

static const char *const conan_globs[] = {"**/conan.lock", NULL};
const struct pl_cataloger pl_cataloger_conan_lock = {
	.name = "conan_lock",
	.what = "Conan: conan.lock",
	.globs = conan_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_conan,
};
static const char *const conanfile_globs[] = {"**/conanfile.txt", NULL};
const struct pl_cataloger pl_cataloger_conanfile = {
	.name = "conanfile",
	.what = "Conan: conanfile.txt",
	.globs = conanfile_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_conanfile,
};
static const char *const vcpkg_globs[] = {"**/vcpkg.json", NULL};
const struct pl_cataloger pl_cataloger_vcpkg = {
	.name = "vcpkg",
	.what = "vcpkg: vcpkg.json",
	.globs = vcpkg_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_vcpkg,
};
