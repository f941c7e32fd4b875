/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node: installed modules. A module is installed when its package.json stands at the root of a
 * directory of node_modules (or of the places where Debian keeps its modules), or of a directory
 * that is called as the package and version in it: a release that was unpacked, as images do with
 * yarn and corepack with pnpm. Other package.json files are the application's own (nobody publishes
 * advisories about it, and its name may be another's in the registry), those of its workspaces,
 * markers of a module format, templates, or data of some test.
 * Rules of package.json: docs of npm, "package.json".
 */
#include "catalog/node.h"

static const char *const globs[] = {"**/package.json", NULL};

static const char *const module_globs[] = {
	"**/node_modules/*/package.json",
	"**/node_modules/@*/*/package.json",
	"usr/share/nodejs/*/package.json",
	"usr/share/nodejs/@*/*/package.json",
	"usr/lib/nodejs/*/package.json",
	"usr/lib/nodejs/@*/*/package.json",
	"usr/lib/*/nodejs/*/package.json",
	"usr/lib/*/nodejs/@*/*/package.json",
	NULL,
};

#define MODULES PL_STR("node_modules")

/* Directories in which package managers keep the real copy, one level above another node_modules:
 * pnpm, yarn and npm with linked stores, deno, bun. */
static bool is_store(struct pl_str part)
{
	return pl_str_eq_c(part, ".pnpm") || pl_str_eq_c(part, ".store") ||
	       pl_str_eq_c(part, ".deno") || pl_str_eq_c(part, ".bun");
}

/* Directories whose node_modules are data of a test: resolvers and bundlers ship such trees. */
static bool is_test_data(struct pl_str part)
{
	static const char *const names[] = {"test",	"tests",     "__tests__", "spec",
					    "fixtures", "fixture",   "example",	  "examples",
					    "template", "templates", "testdata",  "__fixtures__"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (pl_str_eq_c(part, names[i]))
			return true;
	}
	return false;
}

/*
 * Walks the components below the first node_modules. A module's own modules stand in its root;
 * modules bundled deeper ("dist/node_modules/x") are code too and count, unless the way there
 * leads through test data.
 */
static bool is_in_place(struct pl_str path)
{
	struct pl_str rest = pl_path_dir(path), part;
	unsigned depth = 0; /* components since the last node_modules */
	bool inside = false, scoped = false;

	while (pl_str_split(&rest, '/', &part)) {
		if (pl_str_eq(part, MODULES)) {
			inside = true;
			depth = 0;
			scoped = false;
			continue;
		}
		if (!inside)
			continue;
		depth++;
		if (depth == 1)
			scoped = part.len && part.ptr[0] == '@';
		if (depth == 1 && part.len && part.ptr[0] == '.' && !is_store(part))
			return false;
		if (depth > (scoped ? 2u : 1u) && is_test_data(part))
			return false;
	}
	return true;
}

static void add_license(struct pl_buf *out, const cJSON *node)
{
	struct pl_str text = pl_json_text(node);

	if (cJSON_IsObject(node))
		text = pl_json_str(node, "type");
	text = pl_str_trim(text);
	if (pl_str_empty(text))
		return;
	if (out->len)
		pl_buf_ch(out, '\n');
	pl_buf_str(out, text);
}

/* "license": string (SPDX) today; object {type, url} or array of them in old packages, and the
 * array "licenses". */
static void tell_licenses(const cJSON *root, struct pl_buf *out)
{
	const cJSON *node = pl_json_get(root, "license");
	const cJSON *item;

	if (!node)
		node = pl_json_get(root, "licenses");
	if (!cJSON_IsArray(node)) {
		add_license(out, node);
		return;
	}
	for (item = node->child; item; item = item->next)
		add_license(out, item);
}

/* yarn's cache of unpacked modules: "v6/npm-NAME-VERSION-HASH/node_modules/NAME". */
static bool is_yarn_cache(struct pl_str path)
{
	ptrdiff_t at = pl_str_find(path, PL_STR("/node_modules/"));
	struct pl_str dir = pl_str_sub(path, 0, at < 0 ? 0 : (size_t)at);
	struct pl_str above = pl_path_base(pl_path_dir(dir));

	return pl_str_starts(pl_path_base(dir), PL_STR("npm-")) && above.len > 1 &&
	       above.ptr[0] == 'v' && pl_is_digit(above.ptr[1]) &&
	       pl_str_find(path, PL_STR("yarn")) >= 0;
}

bool pl_node_is_installed(struct pl_str path)
{
	for (const char *const *g = module_globs; *g; g++)
		if (pl_glob(pl_str_c(*g), path))
			return is_in_place(path) && !is_yarn_cache(path);
	return false;
}

/* May the directory be called NAME-VERSION, NAME@VERSION, or VERSION below NAME? */
static bool may_be_release(struct pl_str path)
{
	struct pl_str dir = pl_path_base(pl_path_dir(path));

	if (pl_str_find(path, PL_STR("node_modules/")) >= 0)
		return false;
	for (size_t i = 0; i < dir.len; i++)
		if (pl_is_digit(dir.ptr[i]))
			return true;
	return false;
}

/* "yarn-v1.22.22", "pnpm-9.1.0", "x@1.0", "pnpm/9.1.0"; of a scoped name its last part. */
static bool is_release(struct pl_str path, const struct pl_pkg_fact *p)
{
	struct pl_str parent = pl_path_dir(path), dir = pl_path_base(parent);
	struct pl_str name = pl_path_base(p->name);

	if (!p->version.len)
		return false;
	if (pl_str_eq(dir, p->version))
		return pl_str_eq(pl_path_base(pl_path_dir(parent)), name);
	if (!pl_str_starts(dir, name) || dir.len < name.len + 2)
		return false;
	dir = pl_str_sub(dir, name.len, dir.len);
	if (dir.ptr[0] != '-' && dir.ptr[0] != '@')
		return false;
	dir = pl_str_sub(dir, 1, dir.len);
	if (dir.ptr[0] == 'v')
		dir = pl_str_sub(dir, 1, dir.len);
	return pl_str_eq(dir, p->version);
}

/* An exact version; ranges and addresses are none. */
static bool is_exact(struct pl_str spec)
{
	size_t dots = 0, i = 0;

	for (; i < spec.len && (pl_is_digit(spec.ptr[i]) || spec.ptr[i] == '.'); i++)
		dots += spec.ptr[i] == '.';
	return dots == 2 && (i == spec.len || spec.ptr[i] == '-') && pl_str_chr(spec, ' ') < 0;
}

/* By the name of the directory in which each is found, which an alias gives. */
static void tell_depends(const cJSON *list, struct pl_buf *out)
{
	const cJSON *item;

	for (item = cJSON_IsObject(list) ? list->child : NULL; item; item = item->next) {
		struct pl_str name = pl_str_c(item->string), spec = pl_json_text(item);

		if (!name.len || pl_str_chr(name, '\n') >= 0 || pl_str_chr(name, '\t') >= 0)
			continue;
		if (out->len)
			pl_buf_ch(out, '\n');
		pl_buf_str(out, name);
		if (is_exact(spec)) {
			pl_buf_ch(out, '\t');
			pl_buf_str(out, spec);
		}
	}
}

/* The directory's name with its scope: what npm takes when the file does not tell one. */
static struct pl_str folder_name(struct pl_str path)
{
	struct pl_str dir = pl_path_dir(path), above = pl_path_dir(dir);
	struct pl_str scope = pl_path_base(above);

	if (scope.len && scope.ptr[0] == '@')
		return pl_str_sub(dir, (size_t)(scope.ptr - dir.ptr), dir.len);
	return pl_path_base(dir);
}

static bool identify(const cJSON *root, struct pl_str path, bool module, struct pl_pkg_fact *p)
{
	p->name = pl_str_trim(pl_json_str(root, "name"));
	p->version = pl_str_trim(pl_json_str(root, "version"));
	if (!module)
		return is_release(path, p);
	if (pl_str_empty(p->name) && !pl_str_empty(p->version))
		p->name = folder_name(path);
	return !pl_str_empty(p->name);
}

int pl_node_report(struct pl_facts_writer *w, struct pl_str path, struct pl_str inner,
		   struct pl_str text, struct pl_err *err)
{
	struct pl_str at = inner.len ? inner : path;
	bool module = pl_node_is_installed(at);
	struct pl_pkg_fact p = {.type = PL_PKG_NPM, .how = PL_STR("package.json"), .inner = inner};
	pl_auto_json *root = NULL;
	pl_auto_buf licenses = {0};
	pl_auto_buf depends = {0};
	int rc;

	if (!module && !may_be_release(at))
		return 0;
	rc = pl_json_parse(text, pl_limit(PL_LIM_META_FILE_BYTES), &root, err);
	if (rc < 0 && !module)
		return 0; /* of no package: templates are no JSON */
	if (rc < 0)
		return rc;
	if (!identify(root, at, module, &p))
		return 0;
	pl_buf_init(&licenses, 4096);
	pl_buf_init(&depends, PL_MiB(1));
	tell_licenses(root, &licenses);
	tell_depends(pl_json_get(root, "dependencies"), &depends);
	tell_depends(pl_json_get(root, "optionalDependencies"), &depends);
	p.licenses = pl_buf_view(&licenses);
	p.depends = pl_buf_view(&depends);
	p.key = inner.len ? (struct pl_str){0} : pl_path_dir(path);
	pl_fact_package(w, &p);
	return 0;
}

static int read_node(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	return pl_node_report(w, f->path, (struct pl_str){0}, f->bytes, err);
}

const struct pl_cataloger pl_cataloger_node = {
	.name = "node",
	.what = "Node.js modules: package.json in node_modules, unpacked releases",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_node,
};
