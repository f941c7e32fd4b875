/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pubspec.lock of Dart's pub: `packages` with their source. Those of an SDK have the version 0.0.0
 * and are part of it; a path is the project's own.
 */
#include "catalog/lock.h"

static int read_pub(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_PUB, PL_STR("pubspec.lock"));
	rc = pl_yaml_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);
	if (rc < 0)
		return rc;
	if (!pl_json_get(root, "packages"))
		return pl_fail(err, PL_E_FORMAT, "no packages");
	pl_json_each(p, pl_json_get(root, "packages"))
	{
		struct pl_str source = pl_json_str(p, "source");
		struct pl_str name = pl_json_str(pl_json_get(p, "description"), "name");

		if (pl_str_eq_c(source, "sdk") || pl_str_eq_c(source, "path"))
			continue;
		pl_lock_add(&l, pl_str_empty(name) ? pl_json_key(p) : name,
			    pl_json_str(p, "version"),
			    pl_str_eq_c(pl_json_str(p, "dependency"), "direct dev"));
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const globs[] = {"**/pubspec.lock", NULL};
const struct pl_cataloger pl_cataloger_pub_lock = {
	.name = "pub_lock",
	.what = "Dart: pubspec.lock",
	.globs = globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_pub,
};
