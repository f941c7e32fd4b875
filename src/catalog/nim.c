/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nim: packages that nimble installed, pkgs/NAME-VERSION or, since 0.14, pkgs2/NAME-VERSION-SHA1,
 * each with its NAME.nimble (nimble's README, "Package format"). The file is a NimScript; the
 * directory is what nimble itself reads the version from.
 */
#include "catalog/scrape.h"

static const char *const globs[] = {
	"**/pkgs/*/*.nimble",
	"**/pkgs2/*/*.nimble",
	NULL,
};

/* Without "-" and 40 hexadecimal digits at the end. */
static struct pl_str without_hash(struct pl_str dir)
{
	uint8_t raw[20];

	if (dir.len > 41 && dir.ptr[dir.len - 41] == '-' &&
	    pl_unhex(pl_str_sub(dir, dir.len - 40, 40), raw, 20))
		dir.len -= 41;
	return dir;
}

static int read_nim(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str dir = without_hash(pl_scrape_component(f->path, 1));
	struct pl_str base = pl_path_base(f->path);
	struct pl_pkg_fact p = {.type = PL_PKG_NIM, .how = PL_STR("directory name")};
	ptrdiff_t dash = pl_str_rchr(dir, '-');

	(void)err;
	p.name = pl_str_sub(base, 0, base.len - strlen(".nimble"));
	if (dash > 0 && pl_str_ieq(pl_str_sub(dir, 0, (size_t)dash), p.name)) {
		p.version = pl_str_sub(dir, (size_t)dash + 1, dir.len);
	} else {
		p.version = pl_scrape_assigned(f->bytes, "version", '=');
		p.how = PL_STR("nimble file");
	}
	p.licenses = pl_scrape_assigned(f->bytes, "license", '=');
	if (p.version.len && p.version.ptr[0] == '#')
		p.version = (struct pl_str){0}; /* "#head": a branch is no version */
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_nim = {
	.name = "nim",
	.what = "Nim packages installed by nimble",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_nim,
};
