/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package.resolved of Swift, versions 1 to 3: pins with a URL and a version, or with a branch and
 * then without one. Podfile.lock of CocoaPods: "NAME (VERSION)", or that with a list of needs; the
 * subspecs A/B of a pod A are the pod.
 */
#include "catalog/lock.h"

/* OSV names packages by their URL without scheme and ".git". */
static struct pl_str url_name(struct pl_lock *l, struct pl_str url)
{
	ptrdiff_t scheme = pl_str_find(url, PL_STR("://")), at = pl_str_chr(url, '@');
	struct pl_str host;

	if (pl_str_ends(url, PL_STR(".git")))
		url.len -= 4;
	if (scheme >= 0)
		return pl_str_sub(url, (size_t)scheme + 3, url.len);
	if (at < 0) /* a directory */
		return PL_STR("");
	url = pl_str_sub(url, (size_t)at + 1, url.len);
	if (!pl_str_split(&url, ':', &host))
		return PL_STR("");
	return pl_arena_fmt(&l->arena, "%.*s/%.*s", PL_FMT(host), PL_FMT(url));
}

static int read_resolved(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l = {0};
	const cJSON *pins;
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);

	if (rc < 0)
		return rc;
	pl_lock_init(&l, w, PL_PKG_SWIFT, PL_STR("Package.resolved"));
	pins = pl_json_get(root, "pins");
	pins = pins ? pins : pl_json_get(pl_json_get(root, "object"), "pins");
	pl_json_each(pin, pins)
	{
		struct pl_str url = pl_json_str(pin, "location");
		const cJSON *state = pl_json_get(pin, "state");

		url = url.len ? url : pl_json_str(pin, "repositoryURL");
		pl_lock_add(&l, url_name(&l, url), pl_json_str(state, "version"), false);
	}
	pl_lock_end(&l);
	return 0;
}

/* "Alamofire/Core (5.4.0)", "AFNetworking (= 4.0.1)" */
static struct pl_str pod(struct pl_str text, struct pl_str *version)
{
	ptrdiff_t open = pl_str_chr(text, '(');

	*version = PL_STR("");
	if (open > 0 && pl_str_ends(text, PL_STR(")")))
		*version = pl_str_sub(text, (size_t)open + 1, text.len - (size_t)open - 2);
	return pl_lock_before(pl_str_trim(pl_str_sub(text, 0, open < 0 ? text.len : (size_t)open)),
			      '/');
}

static int read_podfile(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l = {0};
	int rc = pl_yaml_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);

	if (rc < 0)
		return rc;
	pl_lock_init(&l, w, PL_PKG_COCOAPODS, PL_STR("Podfile.lock"));
	pl_json_each(one, pl_json_get(root, "PODS"))
	{
		const cJSON *with_needs = cJSON_IsObject(one) ? one->child : NULL;
		struct pl_str version, need_version;
		struct pl_str name =
			pod(with_needs ? pl_json_key(with_needs) : pl_json_text(one), &version);
		uint32_t item = pl_lock_add(&l, name, version, false);

		pl_json_each(need, with_needs)
		{
			struct pl_str to = pod(pl_json_text(need), &need_version);

			if (!pl_str_eq(to, name))
				pl_lock_needs(&l, item, to, PL_STR(""));
		}
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const resolved_globs[] = {"**/Package.resolved", "**/.package.resolved", NULL};
const struct pl_cataloger pl_cataloger_swift_resolved = {
	.name = "swift_resolved",
	.what = "Swift: Package.resolved",
	.globs = resolved_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_resolved,
};
static const char *const podfile_globs[] = {"**/Podfile.lock", NULL};
const struct pl_cataloger pl_cataloger_podfile_lock = {
	.name = "podfile_lock",
	.what = "CocoaPods: Podfile.lock",
	.globs = podfile_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_podfile,
};
