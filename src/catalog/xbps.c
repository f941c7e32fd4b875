/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Void Linux: xbps keeps its database as a property list, a dict with a dict for each package
 * (xbps-pkgdb(1)), and the files of a package in a property list beside.
 */
#include "catalog/cataloger.h"
#include "catalog/deps.h"
#include "catalog/xml.h"

/* plist > dict > key, dict > key, string | array > string | dict > key, string */
enum { DEPTH_PACKAGE = 2, DEPTH_MEMBER = 3, DEPTH_ITEM = 4, DEPTH_FILE_MEMBER = 4 };

struct reader {
	struct pl_facts_writer *w;
	struct pl_arena arena;
	struct pl_str top;    /* the key of the entry of the outer dict */
	struct pl_str key;    /* the last key inside of it */
	struct pl_str subkey; /* in a dict of an array: a file */
	struct pl_str pkgver, arch, license, maintainer, state;
	struct pl_buf depends, provides;
	struct pl_str owner; /* the files of this package */
	size_t packages;
};

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

static void report(struct reader *r)
{
	struct pl_pkg_fact p = {.type = PL_PKG_XBPS,
				.key = r->top,
				.arch = r->arch,
				.licenses = r->license,
				.vendor = r->maintainer,
				.depends = pl_buf_view(&r->depends),
				.provides = pl_buf_view(&r->provides),
				.how = PL_STR("xbps database")};

	if (!r->pkgver.len) /* "_XBPS_ALTERNATIVES_" and the like are no packages */
		return;
	if (!split_pkgver(r->pkgver, &p.name, &p.version)) {
		p.name = r->pkgver;
		pl_fact_diag(r->w, PL_W_WARN, "xbps-malformed", "package %.*s has no version",
			     PL_FMT(p.name));
	}
	r->packages++;
	/* "half-removed" and "config-files": what is there may be a part */
	if (r->state.len && !pl_str_eq_c(r->state, "installed"))
		pl_fact_diag(r->w, PL_W_WARN, "xbps-state", "package %.*s has the state \"%.*s\"",
			     PL_FMT(p.name), PL_FMT(r->state));
	pl_fact_package(r->w, &p);
}

static void on_begin(void *arg, unsigned depth, struct pl_str name, const char **attributes)
{
	struct reader *r = arg;

	(void)attributes;
	if (depth != DEPTH_PACKAGE || !pl_str_eq_c(name, "dict"))
		return;
	r->pkgver = r->arch = r->license = r->maintainer = r->state = (struct pl_str){0};
	pl_buf_reset(&r->depends);
	pl_buf_reset(&r->provides);
}

static void take_member(struct reader *r, struct pl_str text)
{
	struct {
		const char *key;
		struct pl_str *value;
	} members[] = {{"pkgver", &r->pkgver},
		       {"architecture", &r->arch},
		       {"license", &r->license},
		       {"maintainer", &r->maintainer},
		       {"state", &r->state}};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (pl_str_eq_c(r->key, members[i].key))
			*members[i].value = pl_arena_str(&r->arena, text);
}

static void on_end(void *arg, unsigned depth, struct pl_str name, struct pl_str text)
{
	struct reader *r = arg;
	bool key = pl_str_eq_c(name, "key");

	if (depth == DEPTH_PACKAGE && key)
		r->top = pl_arena_str(&r->arena, text);
	else if (depth == DEPTH_PACKAGE && pl_str_eq_c(name, "dict"))
		report(r);
	else if (depth == DEPTH_MEMBER && key)
		r->key = pl_arena_str(&r->arena, text);
	else if (depth == DEPTH_MEMBER && pl_str_eq_c(name, "string"))
		take_member(r, text);
	else if (depth == DEPTH_ITEM && pl_str_eq_c(r->key, "run_depends"))
		add_pattern(&r->depends, text);
	else if (depth == DEPTH_ITEM && pl_str_eq_c(r->key, "provides"))
		add_pattern(&r->provides, text);
}

/* The list of files: plist > dict > key, array > dict > key, string */
static void on_file_end(void *arg, unsigned depth, struct pl_str name, struct pl_str text)
{
	struct reader *r = arg;
	bool key = pl_str_eq_c(name, "key");

	if (depth == DEPTH_PACKAGE && key)
		r->top = pl_arena_str(&r->arena, text);
	else if (depth == DEPTH_FILE_MEMBER && key)
		r->subkey = pl_arena_str(&r->arena, text);
	else if (depth == DEPTH_FILE_MEMBER && pl_str_eq_c(r->subkey, "file") && text.len &&
		 !pl_str_eq_c(r->top, "dirs"))
		pl_fact_owns(r->w, r->owner, text);
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
	static const struct pl_xml_fn database = {on_begin, on_end}, files = {NULL, on_file_end};
	struct reader r = {.w = w, .owner = owner_of(pl_path_base(f->path))};
	int rc;

	pl_arena_init(&r.arena);
	pl_buf_init(&r.depends, f->bytes.len + 1);
	pl_buf_init(&r.provides, f->bytes.len + 1);
	rc = pl_xml_read(f->bytes, r.owner.len ? &files : &database, &r, err);
	if (rc == 0 && !r.owner.len && !r.packages)
		pl_fact_diag(w, PL_W_WARN, "xbps-empty", "the database holds no package");
	pl_buf_release(&r.depends);
	pl_buf_release(&r.provides);
	pl_arena_release(&r.arena);
	return rc;
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
