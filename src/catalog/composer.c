/* SPDX-License-Identifier: Apache-2.0 */
/*
 * composer: PHP packages of a vendor directory. vendor/composer/installed.json is Composer's own
 * database (Composer 1: an array of packages; Composer 2: an object with them and the names of
 * those for development), installed.php what programs ask at run time (Composer\InstalledVersions):
 * it stands for the other where that was taken away. PHP itself and its extensions ("php",
 * "ext-json") are requirements, no packages.
 */
#include "catalog/cataloger.h"

static const char *const globs[] = {"**/composer/installed.json", NULL};
static const char *const php_globs[] = {"**/composer/installed.php", NULL};

/* "v1.2.3" is the tag, 1.2.3 the version. */
static struct pl_str plain_version(struct pl_str v)
{
	v = pl_str_trim(v);
	if (v.len > 1 && pl_lower(v.ptr[0]) == 'v' && pl_is_digit(v.ptr[1]))
		v = pl_str_sub(v, 1, v.len);
	return v;
}

static void put_line(struct pl_buf *b, struct pl_str s)
{
	if (!s.len || pl_str_chr(s, '\n') >= 0 || pl_str_chr(s, '\t') >= 0)
		return;
	if (b->len)
		pl_buf_ch(b, '\n');
	pl_buf_str(b, s);
}

/* Packages have a vendor; php, ext-*, lib-*, composer-plugin-api are of the platform. */
static void put_names(const cJSON *list, struct pl_buf *out)
{
	const cJSON *item;

	for (item = cJSON_IsObject(list) ? list->child : NULL; item; item = item->next)
		if (pl_str_chr(pl_str_c(item->string), '/') > 0)
			put_line(out, pl_str_c(item->string));
}

static void put_licenses(const cJSON *node, struct pl_buf *out)
{
	const cJSON *item;

	if (!cJSON_IsArray(node))
		put_line(out, pl_str_trim(pl_json_text(node)));
	for (item = cJSON_IsArray(node) ? node->child : NULL; item; item = item->next)
		put_line(out, pl_str_trim(pl_json_text(item)));
}

/* A branch has no version that could be compared: the commit says which code it is. */
static void tell_how(const cJSON *item, struct pl_str version, struct pl_buf *how)
{
	struct pl_str commit = pl_json_str(pl_json_get(item, "source"), "reference");

	pl_buf_c(how, "installed.json");
	if (commit.len &&
	    (pl_str_starts(version, PL_STR("dev-")) || pl_str_ends(version, PL_STR("-dev"))))
		pl_buf_fmt(how, ", commit %.*s", PL_FMT(commit));
}

static void take(struct pl_facts_writer *w, const cJSON *item, const struct pl_map *dev)
{
	struct pl_pkg_fact p = {.type = PL_PKG_COMPOSER};
	struct pl_buf texts[4]; /* licences, depends, provides, how */

	p.name = pl_str_trim(pl_json_str(item, "name"));
	if (!p.name.len)
		return;
	for (size_t i = 0; i < 4; i++)
		pl_buf_init(&texts[i], PL_MiB(1));
	p.version = plain_version(pl_json_str(item, "version"));
	p.dev = pl_map_get(dev, p.name) != PL_MAP_NONE;
	put_licenses(pl_json_get(item, "license"), &texts[0]);
	put_names(pl_json_get(item, "require"), &texts[1]);
	put_names(pl_json_get(item, "replace"), &texts[2]);
	put_names(pl_json_get(item, "provide"), &texts[2]);
	tell_how(item, p.version, &texts[3]);
	p.licenses = pl_buf_view(&texts[0]);
	p.depends = pl_buf_view(&texts[1]);
	p.provides = pl_buf_view(&texts[2]);
	p.how = pl_buf_view(&texts[3]);
	pl_fact_package(w, &p);
	for (size_t i = 0; i < 4; i++)
		pl_buf_release(&texts[i]);
}

static int read_json(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	const cJSON *list, *item;
	pl_auto_map dev;
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_JSON_BYTES), &root, err);

	pl_map_init(&dev);
	if (rc < 0)
		return rc;
	item = pl_json_get(root, "dev-package-names");
	for (item = cJSON_IsArray(item) ? item->child : NULL; item; item = item->next)
		if (pl_json_text(item).len)
			pl_map_put(&dev, pl_json_text(item), 1);
	list = cJSON_IsArray(root) ? root : pl_json_get(root, "packages");
	for (item = cJSON_IsArray(list) ? list->child : NULL; item; item = item->next)
		take(w, item, &dev);
	return 0;
}

const struct pl_cataloger pl_cataloger_composer = {
	.name = "composer",
	.what = "PHP Composer packages: vendor/composer/installed.json",
	.globs = globs,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_JSON_BYTES,
	.read = read_json,
};

/* --- installed.php -------------------------------------------------------------------------- */

/* var_export's array, a line each: 'versions' => array( 'vendor/name' => array( 'pretty_version' =>
 * 'v1.0', … 'dev_requirement' => false, ), ). */
struct php {
	struct pl_str root, name, version;
	bool in_versions, dev;
};

static bool quoted(struct pl_str *rest, struct pl_str *out)
{
	ptrdiff_t from = pl_str_chr(*rest, '\''), to;

	if (from < 0)
		return false;
	*rest = pl_str_sub(*rest, (size_t)from + 1, rest->len);
	to = pl_str_chr(*rest, '\'');
	if (to < 0)
		return false;
	*out = pl_str_sub(*rest, 0, (size_t)to);
	*rest = pl_str_sub(*rest, (size_t)to + 1, rest->len);
	return true;
}

static void flush(struct pl_facts_writer *w, struct php *s)
{
	struct pl_pkg_fact p = {.type = PL_PKG_COMPOSER, .how = PL_STR("installed.php")};

	/* what is only replaced or provided by another has no version; the root is the application
	 */
	if (s->name.len && s->version.len && !pl_str_eq(s->name, s->root)) {
		p.name = s->name;
		p.version = plain_version(s->version);
		p.dev = s->dev;
		pl_fact_package(w, &p);
	}
	s->name = s->version = (struct pl_str){0};
	s->dev = false;
}

static void take_php(struct pl_facts_writer *w, struct php *s, struct pl_str line)
{
	struct pl_str rest = line, key, value;
	bool opens = pl_str_ends(line, PL_STR("array("));

	if (!quoted(&rest, &key))
		return;
	if (opens && pl_str_eq_c(key, "versions")) {
		s->in_versions = true;
	} else if (opens && s->in_versions && pl_str_chr(key, '/') > 0) {
		flush(w, s);
		s->name = key;
	} else if (pl_str_eq_c(key, "name") && !s->in_versions && quoted(&rest, &value)) {
		s->root = value;
	} else if (pl_str_eq_c(key, "pretty_version") && quoted(&rest, &value)) {
		s->version = value;
	} else if (pl_str_eq_c(key, "dev_requirement")) {
		s->dev = pl_str_find(rest, PL_STR("true")) >= 0;
	}
}

static int read_php(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str rest = f->bytes, line;
	struct php s = {0};

	(void)err;
	while (pl_str_line(&rest, &line))
		take_php(w, &s, pl_str_trim(line));
	flush(w, &s);
	return 0;
}

const struct pl_cataloger pl_cataloger_composer_php = {
	.name = "composer_php",
	.what = "PHP Composer packages: vendor/composer/installed.php",
	.globs = php_globs,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_php,
};
