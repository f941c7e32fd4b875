/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node: installed modules. A module is installed when its package.json stands at the root of a
 * directory of node_modules (or of the places where Debian keeps its modules); other package.json
 * files are the application's own, markers of a module format, or data of some test.
 * Rules of package.json: docs of npm, "package.json".
 */
#include "catalog/cataloger.h"

static const char *const globs[] = {
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
	static const char *const names[] = {"test",	"tests",   "__tests__", "spec",
					    "fixtures", "fixture", "examples",	"example"};

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
static bool is_installed(struct pl_str path)
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

static int read_node(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_NPM, .how = PL_STR("package.json")};
	pl_auto_json *root = NULL;
	pl_auto_buf licenses;
	int rc;

	pl_buf_init(&licenses, 4096);
	if (!is_installed(f->path))
		return 0;
	rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &root, err);
	if (rc < 0)
		return rc;
	p.name = pl_str_trim(pl_json_str(root, "name"));
	p.version = pl_str_trim(pl_json_str(root, "version"));
	if (pl_str_empty(p.name) || pl_str_empty(p.version))
		return 0; /* no published package is without them */
	tell_licenses(root, &licenses);
	p.licenses = pl_buf_view(&licenses);
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_node = {
	.name = "node",
	.what = "Node.js modules: package.json in node_modules",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_node,
};
