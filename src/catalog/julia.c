/* SPDX-License-Identifier: Apache-2.0 */
/*
 * julia: packages in a depot. Pkg unpacks each into packages/NAME/SLUG with its Project.toml (name,
 * uuid, version; Pkg manual, "Project.toml"). The standard library under share/julia/stdlib has the
 * same file; without a version it is part of Julia itself.
 */
#include "base/toml.h"
#include "catalog/scrape.h"

static const char *const globs[] = {
	"**/.julia/packages/*/*/Project.toml",
	"**/.julia/packages/*/*/JuliaProject.toml",
	"**/julia/packages/*/*/Project.toml",
	"**/julia/stdlib/v*/*/Project.toml",
	NULL,
};

static int read_julia(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_JULIA, .how = PL_STR("Project.toml")};
	pl_auto_json *doc = NULL;
	const cJSON *dep;
	pl_auto_buf depends;
	pl_auto_buf purl;
	int rc = pl_toml_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &doc, err);

	pl_buf_init(&depends, PL_KiB(64));
	pl_buf_init(&purl, PL_KiB(4));
	if (rc < 0)
		return rc;
	p.name = pl_json_str(doc, "name");
	p.version = pl_json_str(doc, "version");
	if (!p.name.len)
		return pl_fail(err, PL_E_FORMAT, "a package without name");
	if (!p.version.len && pl_str_find(f->path, PL_STR("/stdlib/v")) >= 0)
		return 0;
	cJSON_ArrayForEach(dep, pl_json_get(doc, "deps"))
		pl_scrape_add(&depends, pl_str_c(dep->string));
	if (p.version.len && pl_json_str(doc, "uuid").len) {
		pl_buf_fmt(&purl, "pkg:julia/%.*s@%.*s?uuid=%.*s", PL_FMT(p.name),
			   PL_FMT(p.version), PL_FMT(pl_json_str(doc, "uuid")));
		p.purl = pl_buf_view(&purl);
	}
	p.depends = pl_buf_view(&depends);
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_julia = {
	.name = "julia",
	.what = "Julia packages in a depot, and the standard library",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_julia,
};
