/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pub: Dart packages. The cache of pub holds them unpacked, hosted/HOST/NAME-VERSION/pubspec.yaml
 * (dart.dev, "Package dependencies: the system cache"); .dart_tool/package_config.json says which
 * of them a program was resolved to, with the directory of each, also where the cache is gone.
 */
#include "base/yaml.h"
#include "catalog/scrape.h"

static const char *const cache_globs[] = {
	"**/.pub-cache/hosted/*/*/pubspec.yaml",
	"**/pub-cache/hosted/*/*/pubspec.yaml",
	"**/Pub/Cache/hosted/*/*/pubspec.yaml",
	"**/.pub-cache/git/*/pubspec.yaml",
	NULL,
};
static const char *const config_globs[] = {
	"**/.dart_tool/package_config.json",
	NULL,
};

static int read_pub(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_PUB, .how = PL_STR("pubspec.yaml")};
	pl_auto_json *doc = NULL;
	const cJSON *dep;
	pl_auto_buf depends;
	int rc = pl_yaml_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &doc, err);

	pl_buf_init(&depends, PL_KiB(64));
	if (rc < 0)
		return rc;
	p.name = pl_json_str(doc, "name");
	p.version = pl_json_str(doc, "version");
	if (!p.name.len)
		return pl_fail(err, PL_E_FORMAT, "a package without name");
	cJSON_ArrayForEach(dep, pl_json_get(doc, "dependencies"))
		pl_scrape_add(&depends, pl_str_c(dep->string));
	p.depends = pl_buf_view(&depends);
	pl_fact_package(w, &p);
	return 0;
}

/* "file:///root/.pub-cache/hosted/pub.dev/http-1.1.0": only hosted packages have a version; other
 * roots are the program itself, the SDK and checkouts. */
static void tell_root(struct pl_facts_writer *w, struct pl_str name, struct pl_str root)
{
	struct pl_pkg_fact p = {
		.type = PL_PKG_PUB, .name = name, .how = PL_STR("package_config.json")};
	struct pl_str base;

	while (root.len && root.ptr[root.len - 1] == '/')
		root.len--;
	base = pl_path_base(root);
	if (pl_str_find(root, PL_STR("/hosted/")) < 0 || base.len < name.len + 2 ||
	    !pl_str_starts(base, name) || base.ptr[name.len] != '-')
		return;
	p.version = pl_str_sub(base, name.len + 1, base.len);
	pl_fact_package(w, &p);
}

static int read_config(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *doc = NULL;
	const cJSON *one;
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &doc, err);

	if (rc < 0)
		return rc;
	cJSON_ArrayForEach(one, pl_json_get(doc, "packages"))
		tell_root(w, pl_json_str(one, "name"), pl_json_str(one, "rootUri"));
	return 0;
}

const struct pl_cataloger pl_cataloger_pub = {
	.name = "pub",
	.what = "Dart packages in the cache of pub",
	.globs = cache_globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_pub,
};

const struct pl_cataloger pl_cataloger_pub_config = {
	.name = "pub_config",
	.what = "Dart packages that a program was resolved to: package_config.json",
	.globs = config_globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_config,
};
