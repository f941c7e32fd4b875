/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vscode, chrome: extensions. VS Code and its relatives keep each unpacked in a directory
 * extensions/PUBLISHER.NAME-VERSION, with a package.json that names the editor under "engines"
 * (code.visualstudio.com, "Extension manifest"); Chrome and its relatives in
 * Extensions/ID/VERSION_N/manifest.json, where the ID is 32 letters a to p.
 */
#include "catalog/scrape.h"

static const char *const vscode_globs[] = {
	"**/extensions/*/package.json",
	NULL,
};
static const char *const chrome_globs[] = {
	"**/Extensions/*/*/manifest.json",
	NULL,
};

static int read_vscode(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_VSCODE, .how = PL_STR("extension manifest")};
	struct pl_str publisher, name;
	pl_auto_json *doc = NULL;
	pl_auto_buf full;
	pl_auto_buf purl;
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &doc, err);

	pl_buf_init(&full, PL_KiB(4));
	pl_buf_init(&purl, PL_KiB(4));
	if (rc < 0)
		return rc;
	publisher = pl_json_str(doc, "publisher");
	name = pl_json_str(doc, "name");
	if (!publisher.len || !name.len || !pl_json_get(pl_json_get(doc, "engines"), "vscode"))
		return 0; /* some other program's extension */
	pl_buf_fmt(&full, "%.*s.%.*s", PL_FMT(publisher), PL_FMT(name));
	p.name = pl_buf_view(&full);
	p.version = pl_json_str(doc, "version");
	p.licenses = pl_json_str(doc, "license");
	pl_buf_fmt(&purl, "pkg:vscode-extension/%.*s/%.*s@%.*s", PL_FMT(publisher), PL_FMT(name),
		   PL_FMT(p.version));
	p.purl = pl_buf_view(&purl);
	pl_fact_package(w, &p);
	return 0;
}

static bool is_chrome_id(struct pl_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < 'a' || s.ptr[i] > 'p')
			return false;
	return s.len == 32;
}

static int read_chrome(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_GENERIC, .how = PL_STR("extension manifest")};
	pl_auto_json *doc = NULL;
	pl_auto_buf purl;
	int rc;

	pl_buf_init(&purl, PL_KiB(4));
	p.name = pl_scrape_component(f->path, 2);
	if (!is_chrome_id(p.name))
		return 0;
	rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &doc, err);
	if (rc < 0)
		return rc;
	p.version = pl_json_str(doc, "version");
	pl_buf_fmt(&purl, "pkg:chrome-extension/%.*s@%.*s", PL_FMT(p.name), PL_FMT(p.version));
	p.purl = pl_buf_view(&purl);
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_vscode = {
	.name = "vscode",
	.what = "extensions of VS Code and its relatives",
	.globs = vscode_globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_vscode,
};

const struct pl_cataloger pl_cataloger_chrome = {
	.name = "chrome",
	.what = "extensions of Chrome and its relatives",
	.globs = chrome_globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_chrome,
};
