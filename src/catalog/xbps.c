/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Void Linux: xbps keeps its database as a property list, a dict with a dict for each package
 * (xbps-pkgdb(1)), and the files of a package in a property list beside.
 */
#include "catalog/cataloger.h"
#include "catalog/deps.h"

/* "name-1.2.3_1": the version has a digit first and no '-' (xbps_pkg_name(3)) */
static bool split_pkgver(struct pl_str s, struct pl_str *name, struct pl_str *version)
{
	ptrdiff_t at = pl_str_rchr(s, '-');

	if (at <= 0 || (size_t)at + 1 == s.len)
		return false;
	*name = pl_str_sub(s, 0, (size_t)at);
	*version = pl_str_sub(s, (size_t)at + 1, s.len);
	return true;
}

/* "libcrypto3>=3.1_1", "foo-1.0_1": the name */
static void add_pattern(struct pl_buf *out, struct pl_str pattern)
{
	struct pl_str name, version;
	size_t before = out->len;

	pl_deps_words(out, pattern);
	/* no operator: a version stands behind the last '-' */
	if (out->len - before >= pattern.len && split_pkgver(pattern, &name, &version) &&
	    pl_is_digit(version.ptr[0])) {
		out->len = before;
		pl_deps_add(out, name);
	}
}

/* The value of a key: what stands behind its element in the dict. */
static const struct pl_xml *value_of(const struct pl_xml *dict, const char *name)
{
	for (const struct pl_xml *e = dict->child; e; e = e->next)
		if (pl_str_eq_c(e->name, "key") && pl_str_eq_c(e->text, name))
			return e->next;
	return NULL;
}

static struct pl_str text_of(const struct pl_xml *dict, const char *name)
{
	const struct pl_xml *e = value_of(dict, name);

	return e ? e->text : (struct pl_str){0};
}

static void add_patterns(struct pl_buf *out, const struct pl_xml *array)
{
	for (const struct pl_xml *e = array ? array->child : NULL; e; e = e->next)
		add_pattern(out, e->text);
}

/* False: "_XBPS_ALTERNATIVES_" and its like are no packages. */
static bool report(struct pl_facts_writer *w, struct pl_str key, const struct pl_xml *dict,
		   size_t size)
{
	struct pl_str pkgver = text_of(dict, "pkgver"), state = text_of(dict, "state");
	struct pl_pkg_fact p = {.type = PL_PKG_XBPS,
				.key = key,
				.arch = text_of(dict, "architecture"),
				.licenses = text_of(dict, "license"),
				.vendor = text_of(dict, "maintainer"),
				.how = PL_STR("xbps database")};
	pl_auto_buf depends = {0}, provides = {0};

	if (!pkgver.len)
		return false;
	if (!split_pkgver(pkgver, &p.name, &p.version)) {
		p.name = pkgver;
		pl_fact_diag(w, PL_W_WARN, "xbps-malformed", "package %.*s has no version",
			     PL_FMT(p.name));
	}
	/* "half-removed" and "config-files": what is there may be a part */
	if (state.len && !pl_str_eq_c(state, "installed"))
		pl_fact_diag(w, PL_W_WARN, "xbps-state", "package %.*s has the state \"%.*s\"",
			     PL_FMT(p.name), PL_FMT(state));
	pl_buf_init(&depends, size + 1);
	pl_buf_init(&provides, size + 1);
	add_patterns(&depends, value_of(dict, "run_depends"));
	add_patterns(&provides, value_of(dict, "provides"));
	p.depends = pl_buf_view(&depends);
	p.provides = pl_buf_view(&provides);
	pl_fact_package(w, &p);
	return true;
}

static void read_database(struct pl_facts_writer *w, const struct pl_xml *dict, size_t size)
{
	struct pl_str key = {0};
	size_t packages = 0;

	for (const struct pl_xml *e = dict->child; e; e = e->next) {
		if (pl_str_eq_c(e->name, "key"))
			key = e->text;
		else if (pl_str_eq_c(e->name, "dict"))
			packages += report(w, key, e, size);
	}
	if (!packages)
		pl_fact_diag(w, PL_W_WARN, "xbps-empty", "the database holds no package");
}

/* Arrays of dicts by kind: files, links, conf_files; directories belong to many packages. */
static void read_files(struct pl_facts_writer *w, const struct pl_xml *dict, struct pl_str owner)
{
	struct pl_str kind = {0};

	for (const struct pl_xml *e = dict->child; e; e = e->next) {
		if (pl_str_eq_c(e->name, "key"))
			kind = e->text;
		if (!pl_str_eq_c(e->name, "array") || pl_str_eq_c(kind, "dirs"))
			continue;
		for (const struct pl_xml *f = e->child; f; f = f->next)
			if (text_of(f, "file").len)
				pl_fact_owns(w, owner, text_of(f, "file"));
	}
}

/* "bash" of ".bash-files.plist" */
static struct pl_str owner_of(struct pl_str base)
{
	static const struct pl_str tail = PL_STR("-files.plist");

	if (!pl_str_starts(base, PL_STR(".")) || !pl_str_ends(base, tail))
		return (struct pl_str){0};
	return pl_str_sub(base, 1, base.len - 1 - tail.len);
}

static int read_plist(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str owner = owner_of(pl_path_base(f->path));
	const struct pl_xml *root = NULL, *dict;
	pl_auto_arena arena;
	int rc;

	pl_arena_init(&arena);
	rc = pl_xml_parse(f->bytes, pl_limit(PL_LIM_DB_FILE_BYTES), &arena, &root, err);
	if (rc < 0)
		return rc;
	dict = pl_xml_get(root, "dict");
	if (!pl_str_eq_c(root->name, "plist") || !dict)
		return pl_fail(err, PL_E_FORMAT, "no property list with a dict");
	if (owner.len)
		read_files(w, dict, owner);
	else
		read_database(w, dict, f->bytes.len);
	return 0;
}

static const char *const globs[] = {"var/db/xbps/pkgdb-*.plist", "var/db/xbps/.*-files.plist",
				    NULL};

const struct pl_cataloger pl_cataloger_xbps = {
	.name = "xbps",
	.what = "Void Linux packages: the database of xbps",
	.globs = globs,
	.rooted = true,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_DB_FILE_BYTES,
	.read = read_plist,
};
