/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swift: what a build by the Swift package manager checked out, .build/workspace-state.json
 * (swift-package-manager, WorkspaceStateStorage, versions 4 to 7). OSV names packages by their URL
 * without scheme and ".git" (ecosystem SwiftURL).
 */
#include "catalog/scrape.h"

static const char *const globs[] = {
	"**/.build/workspace-state.json",
	NULL,
};

/* "https://github.com/apple/swift-nio.git", "git@github.com:apple/swift-nio.git" */
static void url_name(struct pl_buf *out, struct pl_str url)
{
	ptrdiff_t scheme = pl_str_find(url, PL_STR("://")), at = pl_str_chr(url, '@');

	if (scheme >= 0)
		url = pl_str_sub(url, (size_t)scheme + 3, url.len);
	else if (at >= 0)
		url = pl_str_sub(url, (size_t)at + 1, url.len);
	if (pl_str_ends(url, PL_STR(".git")))
		url.len -= 4;
	for (size_t i = 0; i < url.len; i++)
		pl_buf_ch(out, scheme < 0 && url.ptr[i] == ':' ? '/' : url.ptr[i]);
}

static void tell_dependency(struct pl_facts_writer *w, const cJSON *one)
{
	const cJSON *ref = pl_json_get(one, "packageRef"), *state = pl_json_get(one, "state");
	const cJSON *checkout = pl_json_get(state, "checkoutState");
	struct pl_pkg_fact p = {.type = PL_PKG_SWIFT, .how = PL_STR("workspace-state.json")};
	struct pl_str url = pl_json_str(ref, "location");
	pl_auto_buf name;

	pl_buf_init(&name, PL_KiB(4));
	if (!url.len)
		url = pl_json_str(ref, "path"); /* before version 4 */
	if (!url.len || url.ptr[0] == '/' || url.ptr[0] == '.')
		return; /* a directory of the project itself */
	url_name(&name, url);
	p.name = pl_buf_view(&name);
	p.version = pl_json_str(checkout, "version");
	if (!p.version.len)
		p.version = pl_json_str(state, "version"); /* from a registry */
	pl_fact_package(w, &p);
}

static int read_swift(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *doc = NULL;
	const cJSON *one;
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &doc, err);

	if (rc < 0)
		return rc;
	cJSON_ArrayForEach(one, pl_json_get(pl_json_get(doc, "object"), "dependencies"))
		tell_dependency(w, one);
	return 0;
}

const struct pl_cataloger pl_cataloger_swift = {
	.name = "swift",
	.what = "Swift packages that a build checked out",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_swift,
};
