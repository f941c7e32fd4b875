/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX 1.0 to 1.7 (ECMA-424), in the tree of its JSON notation. Components may hold
 * components; a component without package URL is kept when it is software, and told as unknown.
 */
#include "catalog/sbom_int.h"

static void take_props(struct pl_sbom_in *in, const cJSON *owner)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, pl_json_get(owner, "properties"))
		pl_sbom_put_prop(in, pl_json_str(one, "name"), pl_json_str(one, "value"));
}

static struct pl_str first_of(struct pl_str a, struct pl_str b)
{
	return a.len ? a : b;
}

static void take_licenses(struct pl_sbom_in *in, struct pl_sbom_pkg *p, const cJSON *c)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, pl_json_get(c, "licenses"))
	{
		const cJSON *license = pl_json_get(one, "license");

		p->fact.licenses = pl_sbom_joined(in, p->fact.licenses,
						  first_of(pl_json_str(one, "expression"),
							   first_of(pl_json_str(license, "id"),
								    pl_json_str(license, "name"))));
	}
}

static void take_sha1(struct pl_sbom_in *in, struct pl_sbom_pkg *p, struct pl_str alg,
		      struct pl_str hex)
{
	uint8_t *raw = pl_arena_alloc(in->arena, 20);

	if ((pl_str_ieq(alg, PL_STR("SHA-1")) || pl_str_ieq(alg, PL_STR("SHA1"))) &&
	    hex.len == 40 && pl_unhex(hex, raw, 20))
		p->fact.sha1 = pl_str_n(raw, 20);
}

static void take_evidence(struct pl_sbom_in *in, struct pl_sbom_pkg *p, const cJSON *c)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, pl_json_get(pl_json_get(c, "evidence"), "occurrences")) p->paths =
		pl_sbom_joined(in, p->paths, pl_json_str(one, "location"));
	cJSON_ArrayForEach(one, pl_json_get(c, "hashes"))
		take_sha1(in, p, pl_json_str(one, "alg"), pl_json_str(one, "content"));
}

/* The marks of npm's and Python's own generators for what is needed in development only. */
static bool is_dev(const struct pl_sbom_pkg *p, const cJSON *c)
{
	return pl_str_eq_c(pl_json_str(c, "scope"), "excluded") ||
	       pl_str_eq_c(pl_sbom_prop(p, "cdx:npm:package:development"), "true") ||
	       pl_str_eq_c(pl_sbom_prop(p, "plimsoll:dev"), "true");
}

static void take_component(struct pl_sbom_in *in, const cJSON *c, bool root)
{
	struct pl_str group = pl_json_str(c, "group"), name = pl_json_str(c, "name");
	struct pl_sbom_pkg p = {
		.ref = pl_json_str(c, "bom-ref"),
		.kind = pl_json_str(c, "type"),
		.supplier = pl_json_str(pl_json_get(c, "supplier"), "name"),
		.root = root,
	};

	p.fact.name = group.len ? pl_arena_fmt(in->arena, "%.*s/%.*s", PL_FMT(group), PL_FMT(name))
				: name;
	p.fact.version = pl_json_str(c, "version");
	p.supplier = first_of(p.supplier, pl_json_str(c, "publisher"));
	pl_sbom_identify(in, &p, pl_json_str(c, "purl"));
	pl_sbom_put_cpe(in, &p, pl_json_str(c, "cpe"));
	take_licenses(in, &p, c);
	take_evidence(in, &p, c);
	take_props(in, c);
	p.props = in->props.at;
	p.n_props = in->props.len;
	p.fact.dev = is_dev(&p, c);
	pl_sbom_keep(in, &p);
}

/* Syft tells the fields of os-release beside the name and version of the component. */
static void take_os(struct pl_sbom_in *in, const cJSON *c)
{
	struct pl_os *os = &in->head.os;
	const cJSON *one;

	pl_sbom_os(in, pl_json_str(c, "name"), pl_json_str(c, "version"));
	cJSON_ArrayForEach(one, pl_json_get(c, "properties"))
	{
		struct pl_str key = pl_json_str(one, "name"), value = pl_json_str(one, "value");

		if (pl_str_eq_c(key, "syft:distro:id"))
			os->id = value;
		else if (pl_str_eq_c(key, "syft:distro:versionID"))
			os->version_id = value;
		else if (pl_str_eq_c(key, "syft:distro:idLike:0"))
			os->id_like = value;
		else if (pl_str_eq_c(key, "syft:distro:prettyName"))
			os->pretty_name = value;
		else if (pl_str_eq_c(key, "syft:distro:versionCodename"))
			os->codename = value;
		else if (pl_str_eq_c(key, "syft:distro:variantID"))
			os->variant_id = value;
	}
}

/* What stands for a file, an image or a lock file, and not for software that has a version. */
static bool is_container(const cJSON *c)
{
	struct pl_str type = pl_json_str(c, "type");

	if (pl_json_str(c, "purl").len)
		return false;
	return pl_str_eq_c(type, "file") || pl_str_eq_c(type, "container") ||
	       pl_str_eq_c(type, "data") || pl_str_eq_c(type, "device") ||
	       pl_str_eq_c(type, "cryptographic-asset") || !pl_json_str(c, "name").len ||
	       (pl_str_eq_c(type, "application") && !pl_json_str(c, "version").len);
}

/* A component stands for others when it only gathers them; relations go through it. */
static void gather(struct pl_sbom_in *in, const cJSON *parent, const cJSON *child)
{
	pl_sbom_edge(in, pl_json_str(parent, "bom-ref"), pl_json_str(child, "bom-ref"));
}

static void take_components(struct pl_sbom_in *in, const cJSON *owner, unsigned depth)
{
	const cJSON *c;

	if (depth > pl_limit(PL_LIM_JSON_DEPTH))
		return;
	cJSON_ArrayForEach(c, pl_json_get(owner, "components"))
	{
		if (pl_str_eq_c(pl_json_str(c, "type"), "operating-system"))
			take_os(in, c);
		else if (!is_container(c))
			take_component(in, c, false);
		if (depth)
			gather(in, owner, c);
		take_components(in, c, depth + 1);
	}
}

static void take_dependencies(struct pl_sbom_in *in, const cJSON *doc)
{
	const cJSON *one, *to;

	cJSON_ArrayForEach(one, pl_json_get(doc, "dependencies"))
	{
		struct pl_str from = pl_json_str(one, "ref");

		cJSON_ArrayForEach(to, pl_json_get(one, "dependsOn"))
			pl_sbom_edge(in, from, pl_json_text(to));
	}
}

/* 1.5 has components under tools, earlier versions a list (JSON) or elements "tool" (XML). */
static void take_tool(struct pl_sbom_in *in, const cJSON *tools)
{
	const cJSON *tool = cJSON_IsArray(tools) ? tools->child : pl_json_get(tools, "tool");
	const cJSON *list = pl_json_get(tools, "components");
	struct pl_str version;

	if (list)
		tool = list->child;
	version = pl_json_str(tool, "version");
	in->head.tool = pl_arena_fmt(in->arena, "%.*s%s%.*s", PL_FMT(pl_json_str(tool, "name")),
				     version.len ? " " : "", PL_FMT(version));
}

int pl_sbom_cdx(struct pl_sbom_in *in, const cJSON *doc)
{
	const cJSON *metadata = pl_json_get(doc, "metadata");
	const cJSON *subject = pl_json_get(metadata, "component");

	in->head.version = pl_json_str(doc, "specVersion");
	in->head.subject = pl_json_str(subject, "name");
	in->head.subject_version = pl_json_str(subject, "version");
	take_tool(in, pl_json_get(metadata, "tools"));
	take_props(in, metadata);
	take_props(in, subject);
	take_props(in, doc);
	pl_sbom_head_props(in);
	if (subject)
		take_component(in, subject, true);
	take_components(in, subject, 0);
	take_components(in, doc, 0);
	take_dependencies(in, doc);
	return 0;
}
