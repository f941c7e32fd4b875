/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cran: installed packages of R. R itself takes a directory for one when its DESCRIPTION has the
 * field Built, which is written at installation ("Writing R Extensions" 1.1.1; installed.packages);
 * the same file in a source tree has none. Packages of Bioconductor tell biocViews.
 */
#include "catalog/scrape.h"

static const char *const globs[] = {
	"**/DESCRIPTION",
	NULL,
};

struct description {
	struct pl_str package, version, license, built, repository, bioc;
	struct pl_buf *depends;
};

/* "R (>= 3.5.0), methods, Rcpp (>= 1.0)": names without their bounds; R itself is no package. */
static void take_depends(struct pl_buf *out, struct pl_str list)
{
	struct pl_str one;

	while (list.len && pl_str_split(&list, ',', &one)) {
		one = pl_scrape_word(one, "(");
		if (!pl_str_eq_c(one, "R"))
			pl_scrape_add(out, one);
	}
}

static void take_field(struct description *d, struct pl_str key, struct pl_str value)
{
	if (pl_str_eq_c(key, "Package"))
		d->package = value;
	else if (pl_str_eq_c(key, "Version"))
		d->version = value;
	else if (pl_str_eq_c(key, "License"))
		d->license = value;
	else if (pl_str_eq_c(key, "Built"))
		d->built = value;
	else if (pl_str_eq_c(key, "Repository"))
		d->repository = value;
	else if (pl_str_eq_c(key, "biocViews"))
		d->bioc = value;
	else if (pl_str_eq_c(key, "Depends") || pl_str_eq_c(key, "Imports") ||
		 pl_str_eq_c(key, "LinkingTo"))
		take_depends(d->depends, value);
}

static int read_cran(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str rest = f->bytes, key, value;
	pl_auto_buf depends;
	pl_auto_buf purl;
	struct description d = {.depends = &depends};
	struct pl_pkg_fact p = {.type = PL_PKG_CRAN, .how = PL_STR("DESCRIPTION")};

	(void)err;
	pl_buf_init(&depends, PL_KiB(64));
	pl_buf_init(&purl, PL_KiB(4));
	while (pl_scrape_field(&rest, &key, &value))
		take_field(&d, key, value);
	if (!d.package.len || !d.built.len)
		return 0; /* a source tree, or another program's file of that name */
	p.name = d.package;
	p.version = d.version;
	p.licenses = d.license;
	p.depends = pl_buf_view(&depends);
	if (d.bioc.len && !pl_str_eq_c(d.repository, "CRAN")) {
		pl_buf_fmt(&purl, "pkg:bioconductor/%.*s@%.*s", PL_FMT(d.package),
			   PL_FMT(d.version));
		p.purl = pl_buf_view(&purl);
	}
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_cran = {
	.name = "cran",
	.what = "installed packages of R: DESCRIPTION with the field Built",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_cran,
};
