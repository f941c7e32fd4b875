/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node_list: node_modules/.package-lock.json, in which npm keeps what it installed there (docs of
 * npm, "package-lock.json", hidden lockfiles). It says which modules are for development only, and
 * stands for modules whose own package.json was taken away while their directory is still there.
 */
#include "catalog/node.h"

static const char *const globs[] = {"**/node_modules/.package-lock.json", NULL};

/* "node_modules/a/node_modules/@s/b" → "@s/b" */
static struct pl_str module_name(struct pl_str path)
{
	struct pl_str rest = path;
	ptrdiff_t at;

	while ((at = pl_str_find(rest, PL_STR("node_modules/"))) >= 0)
		rest = pl_str_sub(rest, (size_t)at + 13, rest.len);
	return rest;
}

static void take(struct pl_facts_writer *w, struct pl_str base, const cJSON *item,
		 struct pl_buf *key)
{
	struct pl_str at = pl_str_c(item->string), name = pl_json_str(item, "name");
	struct pl_pkg_fact p = {.type = PL_PKG_NPM,
				.how = PL_STR(".package-lock.json, without its package.json"),
				.version = pl_json_str(item, "version"),
				.dev = cJSON_IsTrue(pl_json_get(item, "dev")),
				.adds = true,
				.uncertain = true};

	if (!p.version.len || cJSON_IsTrue(pl_json_get(item, "link")) ||
	    pl_str_find(at, PL_STR("node_modules/")) < 0 || pl_str_find(at, PL_STR("..")) >= 0)
		return;
	pl_buf_reset(key);
	if (base.len) {
		pl_buf_str(key, base);
		pl_buf_ch(key, '/');
	}
	pl_buf_str(key, at);
	if (key->failed)
		return;
	p.name = name.len ? name : module_name(at);
	p.key = p.where = pl_buf_view(key);
	p.licenses = pl_json_str(item, "license");
	pl_fact_package(w, &p);
}

static int read_list(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str base = pl_path_dir(pl_path_dir(f->path));
	pl_auto_json *root = NULL;
	const cJSON *item;
	pl_auto_buf key = {0};
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_JSON_BYTES), &root, err);

	if (rc < 0)
		return rc;
	pl_buf_init(&key, 65536);
	item = pl_json_get(root, "packages");
	for (item = cJSON_IsObject(item) ? item->child : NULL; item; item = item->next)
		take(w, base, item, &key);
	return 0;
}

const struct pl_cataloger pl_cataloger_node_list = {
	.name = "node_list",
	.what = "what npm installed: node_modules/.package-lock.json",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_JSON_BYTES,
	.read = read_list,
};
