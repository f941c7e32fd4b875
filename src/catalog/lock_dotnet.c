/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NuGet (docs of NuGet and MSBuild): packages.lock.json, project.assets.json, packages.config, and
 * the PackageReference and PackageVersion items of project files, with properties of the same file.
 * Where versions are managed in Directory.Packages.props, a project names packages without one;
 * they are joined when the facts are merged. A version of an item is the lowest that will do, which
 * is the one that NuGet takes.
 */
#include "catalog/lock.h"

/* --- JSON ----------------------------------------------------------------------------------- */

static int read_lock(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_NUGET, PL_STR("packages.lock.json"));
	rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);
	if (rc < 0)
		return rc;
	if (!cJSON_IsObject(pl_json_get(root, "dependencies")))
		return pl_fail(err, PL_E_FORMAT, "no dependencies");
	pl_json_each(framework, pl_json_get(root, "dependencies"))
	{
		pl_json_each(p, framework)
		{
			uint32_t item;

			if (pl_str_ieq(pl_json_str(p, "type"), PL_STR("project")))
				continue;
			item = pl_lock_add(&l, pl_json_key(p), pl_json_str(p, "resolved"), false);
			pl_json_each(need, pl_json_get(p, "dependencies"))
				pl_lock_needs(&l, item, pl_json_key(need), PL_STR(""));
		}
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const lock_globs[] = {"**/packages.lock.json", "**/packages.*.lock.json", NULL};
const struct pl_cataloger pl_cataloger_nuget_lock = {
	.name = "nuget_lock",
	.what = "NuGet: packages.lock.json",
	.globs = lock_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_lock,
};

/* "Name/1.0.0" */
static uint32_t asset(struct pl_lock *l, struct pl_str key)
{
	ptrdiff_t at = pl_str_rchr(key, '/');

	if (at <= 0)
		return PL_LOCK_NONE;
	return pl_lock_add(l, pl_str_sub(key, 0, (size_t)at),
			   pl_str_sub(key, (size_t)at + 1, key.len), false);
}

static int read_assets(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_NUGET, PL_STR("project.assets.json"));
	rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);
	if (rc < 0)
		return rc;
	if (!cJSON_IsObject(pl_json_get(root, "libraries")))
		return pl_fail(err, PL_E_FORMAT, "no libraries");
	pl_json_each(library, pl_json_get(root, "libraries"))
	{
		if (pl_str_eq_c(pl_json_str(library, "type"), "package"))
			(void)asset(&l, pl_json_key(library));
	}
	pl_json_each(target, pl_json_get(root, "targets"))
	{
		pl_json_each(p, target)
		{
			uint32_t item;

			if (!pl_str_eq_c(pl_json_str(p, "type"), "package"))
				continue;
			item = asset(&l, pl_json_key(p));
			pl_json_each(need, pl_json_get(p, "dependencies"))
				pl_lock_needs(&l, item, pl_json_key(need), PL_STR(""));
		}
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const assets_globs[] = {"**/project.assets.json", NULL};
const struct pl_cataloger pl_cataloger_nuget_assets = {
	.name = "nuget_assets",
	.what = "NuGet: project.assets.json of a restore",
	.globs = assets_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_assets,
};

/* --- XML ------------------------------------------------------------------------------------ */

static int read_config(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	const struct pl_xml *root = NULL, *p;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_NUGET, PL_STR("packages.config"));
	rc = pl_xml_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &l.arena, &root, err);
	if (rc < 0)
		return rc;
	for (p = pl_xml_get(root, "package"); p; p = pl_xml_more(p))
		pl_lock_add(&l, pl_xml_attr(p, "id"), pl_xml_attr(p, "version"),
			    pl_str_ieq(pl_xml_attr(p, "developmentDependency"), PL_STR("true")));
	pl_lock_end(&l);
	return 0;
}

static const char *const config_globs[] = {"**/packages.config", "**/packages.*.config", NULL};
const struct pl_cataloger pl_cataloger_nuget_config = {
	.name = "nuget_config",
	.what = "NuGet: packages.config",
	.globs = config_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_config,
};

/* The attribute, or the child element of the same name. */
static struct pl_str metadata(const struct pl_xml *item, const char *name)
{
	struct pl_str v = pl_xml_attr(item, name);

	return v.ptr ? v : pl_xml_str(item, name);
}

/* The file, with its properties by their names in lower case. */
struct project {
	const struct pl_xml *root;
	struct pl_lock lock;
	struct pl_map names; /* index of values */
	PL_VEC(struct pl_str) values;
};

static struct pl_str lower(struct pl_lock *l, const char *prefix, struct pl_str name)
{
	pl_auto_buf b;

	pl_buf_init(&b, PL_KiB(8));
	pl_buf_c(&b, prefix);
	for (size_t i = 0; i < name.len; i++)
		pl_buf_ch(&b, pl_lower(name.ptr[i]));
	return pl_arena_str(&l->arena, pl_buf_view(&b));
}

static void remember_properties(struct project *p)
{
	const struct pl_xml *group = pl_xml_get(p->root, "PropertyGroup");

	for (; group; group = pl_xml_more(group)) {
		for (const struct pl_xml *e = group->child; e; e = e->next) {
			struct pl_str name = lower(&p->lock, "", e->name);

			if (pl_map_get(&p->names, name) != PL_MAP_NONE)
				continue;
			pl_map_put(&p->names, name, (uint32_t)p->values.len);
			pl_vec_push(&p->values, e->text);
		}
	}
}

static struct pl_str property(struct project *p, struct pl_str name)
{
	uint32_t at = pl_map_get(&p->names, lower(&p->lock, "", name));

	return at == PL_MAP_NONE ? PL_STR("") : p->values.at[at];
}

/* "1.0", "[1.0]", "$(Property)"; floating ones and other ranges are no version. */
static struct pl_str exact(struct project *project, struct pl_str v)
{
	v = pl_str_trim(v);
	if (v.len > 3 && pl_str_starts(v, PL_STR("$(")) && v.ptr[v.len - 1] == ')')
		v = pl_str_trim(property(project, pl_str_sub(v, 2, v.len - 3)));
	if (v.len > 2 && v.ptr[0] == '[' && v.ptr[v.len - 1] == ']')
		v = pl_str_sub(v, 1, v.len - 2);
	for (size_t i = 0; i < v.len; i++) {
		if (strchr("[](),*$", v.ptr[i]))
			return PL_STR("");
	}
	return v;
}

/* Names of NuGet are the same in either case. */
static struct pl_str key_of(struct pl_lock *l, struct pl_str name)
{
	return lower(l, "central|", name);
}

static void manage(struct pl_lock *l, struct pl_str name, struct pl_str version)
{
	struct pl_pkg_fact more = {.type = PL_PKG_NUGET, .name = name, .version = version};

	more.adds = true;
	more.how = PL_STR("central package version");
	more.key = key_of(l, name);
	if (!pl_str_empty(version))
		pl_fact_package(l->w, &more);
}

static void reference(struct project *project, const struct pl_xml *e)
{
	struct pl_lock *l = &project->lock;
	bool central = pl_str_eq_c(e->name, "PackageVersion");
	struct pl_str names = pl_xml_attr(e, "Include"), name;
	struct pl_str version = metadata(e, "Version"), over = metadata(e, "VersionOverride");
	bool dev = pl_str_ieq(metadata(e, "PrivateAssets"), PL_STR("all"));

	if (!names.ptr)
		names = pl_xml_attr(e, "Update");
	version = exact(project, pl_str_empty(over) ? version : over);
	while (names.ptr && pl_str_split(&names, ';', &name)) {
		struct pl_lock_item *item;

		name = pl_str_trim(name);
		item = pl_lock_item(l, pl_lock_add(l, name, version, dev));
		if (item && pl_str_empty(version))
			item->key = key_of(l, name);
		if (item && central)
			manage(l, name, version);
	}
}

static int read_project(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	static const char *const items[] = {"PackageReference", "PackageVersion",
					    "GlobalPackageReference", "DotNetCliToolReference"};
	const struct pl_xml *group;
	struct project p = {0};
	int rc;

	pl_lock_init(&p.lock, w, PL_PKG_NUGET, PL_STR("MSBuild"));
	pl_map_init(&p.names);
	rc = pl_xml_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &p.lock.arena, &p.root, err);
	if (rc == 0)
		remember_properties(&p);
	for (group = pl_xml_get(p.root, "ItemGroup"); group; group = pl_xml_more(group)) {
		for (size_t i = 0; i < sizeof(items) / sizeof(*items); i++) {
			const struct pl_xml *e = pl_xml_get(group, items[i]);

			for (; e; e = pl_xml_more(e))
				reference(&p, e);
		}
	}
	if (rc == 0)
		pl_lock_end(&p.lock);
	pl_map_release(&p.names);
	pl_vec_release(&p.values);
	pl_lock_release(&p.lock);
	return rc;
}

static const char *const project_globs[] = {"**/*.csproj",
					    "**/*.fsproj",
					    "**/*.vbproj",
					    "**/*Packages.props",
					    "**/Directory.Build.props",
					    NULL};
const struct pl_cataloger pl_cataloger_nuget_project = {
	.name = "nuget_project",
	.what = "NuGet: package items of project files and of Directory.Packages.props",
	.globs = project_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_project,
};

/* --- Paket ---------------------------------------------------------------------------------- */

static size_t indent_of(struct pl_str line)
{
	size_t n = 0;

	while (n < line.len && line.ptr[n] == ' ')
		n++;
	return n;
}

/* paket.lock: below NUGET a package is indented by four, "Name (1.0)", what it needs by six. */
static void paket_lock(struct pl_lock *l, struct pl_str text)
{
	uint32_t item = PL_LOCK_NONE;
	bool nuget = false, dev = false;
	struct pl_str line;

	while (pl_str_line(&text, &line)) {
		size_t indent = indent_of(line);
		struct pl_str rest = pl_str_trim(line), name = {0}, version = {0};

		if (!pl_lock_word(&rest, &name))
			continue;
		(void)pl_lock_word(&rest, &version);
		if (indent == 0 && pl_str_eq_c(name, "GROUP"))
			dev = pl_str_ieq(version, PL_STR("test")) ||
			      pl_str_ieq(version, PL_STR("build"));
		if (indent == 0) {
			nuget = pl_str_eq_c(name, "NUGET");
		} else if (nuget && indent == 4) {
			version = version.len > 2 ? pl_str_sub(version, 1, version.len - 2)
						  : PL_STR("");
			item = pl_lock_add(l, name, version, dev);
		} else if (nuget && indent == 6) {
			pl_lock_needs(l, item, name, PL_STR(""));
		}
	}
}

/* paket.dependencies: "nuget Name == 1.0" or "nuget Name 1.0". */
static void paket_dependencies(struct pl_lock *l, struct pl_str text)
{
	struct pl_str line;

	while (pl_str_line(&text, &line)) {
		struct pl_str rest = pl_str_trim(line), verb = {0}, name = {0}, version = {0};

		if (!pl_lock_word(&rest, &verb) || !pl_str_eq_c(verb, "nuget"))
			continue;
		(void)pl_lock_word(&rest, &name);
		(void)pl_lock_word(&rest, &version);
		if (pl_str_eq_c(version, "==") || pl_str_eq_c(version, "="))
			(void)pl_lock_word(&rest, &version);
		if (pl_str_empty(version) || !pl_is_digit(version.ptr[0]))
			version = PL_STR("");
		pl_lock_add(l, name, version, false);
	}
}

static int read_paket(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_lock l;

	(void)err;
	pl_lock_init(&l, w, PL_PKG_NUGET, PL_STR("Paket"));
	if (pl_lock_is(f, "paket.lock"))
		paket_lock(&l, f->bytes);
	else
		paket_dependencies(&l, f->bytes);
	pl_lock_end(&l);
	return 0;
}

static const char *const paket_globs[] = {"**/paket.lock", "**/paket.dependencies", NULL};
const struct pl_cataloger pl_cataloger_paket = {
	.name = "paket",
	.what = "Paket: paket.lock and paket.dependencies",
	.globs = paket_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_paket,
};
