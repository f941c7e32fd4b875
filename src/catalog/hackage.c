/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hackage: GHC's package databases, one InstalledPackageInfo for each library (GHC user's guide,
 * "Package databases"): of the compiler, of cabal's store, of stack's snapshots. An internal
 * library of a package carries the name of the package in package-name.
 */
#include "catalog/scrape.h"

static const char *const globs[] = {
	"**/package.conf.d/*.conf",
	"**/package.db/*.conf",
	"**/pkgdb/*.conf",
	NULL,
};

/* "split-0.2.3.5-DXkzOmykyJE7KmI3yfeZnL": name, version and a hash that is no part of either. */
static void take_id(struct pl_buf *out, struct pl_str id)
{
	struct pl_str name, version;
	ptrdiff_t dash = pl_str_rchr(id, '-');

	if (dash > 0 && (size_t)dash + 1 < id.len && !pl_is_digit(id.ptr[dash + 1]))
		id = pl_str_sub(id, 0, (size_t)dash);
	else if (dash > 0 && id.len - (size_t)dash > 20)
		id = pl_str_sub(id, 0, (size_t)dash); /* the hash may begin with a digit */
	if (!pl_scrape_name_version(id, &name, &version))
		return;
	if (out->len)
		pl_buf_ch(out, '\n');
	pl_buf_fmt(out, "%.*s\t%.*s", PL_FMT(name), PL_FMT(version));
}

static void take_depends(struct pl_buf *out, struct pl_str value)
{
	while (value.len) {
		struct pl_str word;

		value = pl_str_trim(value);
		word = pl_scrape_word(value, "");
		take_id(out, word);
		/* a control character is neither a blank nor part of a word */
		value = pl_str_sub(value, word.len ? word.len : 1, value.len);
	}
}

static int read_hackage(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str rest = f->bytes, key, value, package = {0};
	struct pl_pkg_fact p = {.type = PL_PKG_HACKAGE, .how = PL_STR("GHC package database")};
	pl_auto_buf depends;

	pl_buf_init(&depends, PL_KiB(64));
	while (pl_scrape_field(&rest, &key, &value)) {
		if (pl_str_ieq(key, PL_STR("name")))
			p.name = value;
		else if (pl_str_ieq(key, PL_STR("version")))
			p.version = value;
		else if (pl_str_ieq(key, PL_STR("license")))
			p.licenses = value;
		else if (pl_str_ieq(key, PL_STR("package-name")))
			package = value;
		else if (pl_str_ieq(key, PL_STR("depends")))
			take_depends(&depends, value);
	}
	if (!p.name.len)
		return pl_fail(err, PL_E_FORMAT, "no InstalledPackageInfo: it has no name");
	if (package.len)
		p.name = package;
	p.depends = pl_buf_view(&depends);
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_hackage = {
	.name = "hackage",
	.what = "Haskell libraries: GHC package databases, cabal's and stack's too",
	.globs = globs,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_hackage,
};
