/* SPDX-License-Identifier: Apache-2.0 */
/*
 * composer.lock: `packages` and `packages-dev`. A version may begin with "v". What is needed of the
 * platform (php, ext-…, lib-…, composer-…) is no package.
 */
#include "catalog/lock.h"

static bool is_platform(struct pl_str name)
{
	return pl_str_chr(name, '/') < 0;
}

static struct pl_str licenses_of(struct pl_lock *l, const cJSON *list)
{
	pl_auto_buf b;

	pl_buf_init(&b, 4096);
	pl_json_each(item, list)
	{
		if (b.len)
			pl_buf_ch(&b, '\n');
		pl_buf_str(&b, pl_json_text(item));
	}
	return pl_arena_str(&l->arena, pl_buf_view(&b));
}

static void group(struct pl_lock *l, const cJSON *list, bool dev)
{
	pl_json_each(p, list)
	{
		struct pl_str name = pl_json_str(p, "name"), version = pl_json_str(p, "version");
		struct pl_lock_item *item;
		uint32_t id;

		if (version.len > 1 && pl_lower(version.ptr[0]) == 'v' &&
		    pl_is_digit(version.ptr[1]))
			version = pl_str_sub(version, 1, version.len);
		if (is_platform(name) ||
		    pl_str_eq_c(pl_json_str(pl_json_get(p, "dist"), "type"), "path"))
			continue;
		id = pl_lock_add(l, name, version, dev);
		item = pl_lock_item(l, id);
		if (item && pl_str_empty(item->licenses))
			item->licenses = licenses_of(l, pl_json_get(p, "license"));
		pl_json_each(need, pl_json_get(p, "require"))
		{
			if (!is_platform(pl_json_key(need)))
				pl_lock_needs(l, id, pl_json_key(need), PL_STR(""));
		}
	}
}

static int read_composer(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_COMPOSER, PL_STR("composer.lock"));
	rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);
	if (rc < 0)
		return rc;
	if (!cJSON_IsArray(pl_json_get(root, "packages")))
		return pl_fail(err, PL_E_FORMAT, "no list of packages");
	group(&l, pl_json_get(root, "packages"), false);
	group(&l, pl_json_get(root, "packages-dev"), true);
	pl_lock_end(&l);
	return 0;
}

static const char *const globs[] = {"**/composer.lock", NULL};
const struct pl_cataloger pl_cataloger_composer_lock = {
	.name = "composer_lock",
	.what = "Composer: composer.lock",
	.globs = globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_composer,
};
