/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spack: each installed package keeps the concrete specification it was built by in
 * .spack/spec.json, a list of nodes. The first is the package itself; the others are what it
 * depends on, which have directories of their own when they were installed.
 */
#include "catalog/cataloger.h"
#include "catalog/deps.h"

static const cJSON *nodes_of(const cJSON *doc)
{
	const cJSON *spec = pl_json_get(doc, "spec");

	return cJSON_IsArray(spec) ? spec : pl_json_get(spec, "nodes");
}

/* "link" and "run" are there when it runs; "build" and "test" need not be. */
static bool is_needed(const cJSON *dep)
{
	const cJSON *types = pl_json_get(pl_json_get(dep, "parameters"), "deptypes"), *t;

	types = types ? types : pl_json_get(dep, "type");
	cJSON_ArrayForEach(t, types)
	{
		struct pl_str word = pl_json_text(t);

		if (pl_str_eq_c(word, "link") || pl_str_eq_c(word, "run"))
			return true;
	}
	return false;
}

static struct pl_str version_of(const cJSON *nodes, struct pl_str hash)
{
	const cJSON *node;

	cJSON_ArrayForEach(node, nodes)
	{
		if (hash.len && pl_str_eq(pl_json_str(node, "hash"), hash))
			return pl_json_str(node, "version");
	}
	return (struct pl_str){0};
}

static void read_depends(const cJSON *nodes, struct pl_buf *out)
{
	/* a package that needs more than this would search its nodes too often */
	enum { DEPENDS_MAX = 1000 };
	const cJSON *dep = pl_json_get(nodes->child, "dependencies");
	unsigned n = 0;

	cJSON_ArrayForEach(dep, dep)
	{
		struct pl_str name = pl_json_str(dep, "name"), version;

		if (!name.len || !is_needed(dep) || ++n > DEPENDS_MAX)
			continue;
		version = version_of(nodes, pl_json_str(dep, "hash"));
		pl_deps_add(out, name);
		if (version.len)
			pl_buf_fmt(out, "\t%.*s", PL_FMT(version));
	}
}

static int read_spec(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_GENERIC, .how = PL_STR("Spack spec.json")};
	pl_auto_json *doc = NULL;
	pl_auto_buf depends = {0};
	const cJSON *nodes;
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_JSON_BYTES), &doc, err);

	if (rc < 0)
		return rc;
	nodes = nodes_of(doc);
	if (!cJSON_IsArray(nodes) || !nodes->child)
		return pl_fail(err, PL_E_FORMAT, "no list of nodes");
	p.name = pl_json_str(nodes->child, "name");
	p.version = pl_json_str(nodes->child, "version");
	if (!p.name.len)
		return pl_fail(err, PL_E_FORMAT, "the first node names no package");
	pl_buf_init(&depends, f->bytes.len + 1);
	read_depends(nodes, &depends);
	p.depends = pl_buf_view(&depends);
	pl_fact_package(w, &p);
	return 0;
}

static const char *const globs[] = {"**/.spack/spec.json", NULL};

const struct pl_cataloger pl_cataloger_spack = {
	.name = "spack",
	.what = "Spack packages: spec.json of each",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_JSON_BYTES,
	.read = read_spec,
};
