/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPDX 3.0 in JSON-LD, as its own serialisation rules shape it: one list "@graph" of elements with
 * a type and an identifier; what belongs together is named by identifiers.
 */
#include "catalog/sbom_int.h"

#include <stdio.h>

struct graph {
	struct pl_map ids; /* spdxId → index */
	PL_VEC(const cJSON *) elements;
	struct pl_map licenses; /* package → index into texts */
	struct pl_map roots;
	PL_VEC(struct pl_str) texts;
};

static struct pl_str id_of(const cJSON *e)
{
	struct pl_str id = pl_json_str(e, "spdxId");

	return id.len ? id : pl_json_str(e, "@id");
}

static bool is_type(const cJSON *e, const char *name)
{
	struct pl_str type = pl_json_str(e, "type");

	if (!type.len)
		type = pl_json_str(e, "@type");
	return pl_str_eq_c(type, name);
}

/* Members of the software profile carry its prefix. */
static struct pl_str software(const cJSON *e, const char *key)
{
	char full[64];
	struct pl_str v;

	snprintf(full, sizeof(full), "software_%s", key);
	v = pl_json_str(e, full);
	return v.len ? v : pl_json_str(e, key);
}

static const cJSON *element(const struct graph *g, struct pl_str id)
{
	uint32_t at = id.len ? pl_map_get(&g->ids, id) : PL_MAP_NONE;

	return at == PL_MAP_NONE ? NULL : g->elements.at[at];
}

static void index_elements(struct graph *g, const cJSON *list)
{
	const cJSON *e;

	cJSON_ArrayForEach(e, list)
	{
		struct pl_str id = id_of(e);

		if (id.len && cJSON_IsObject(e))
			pl_map_put(&g->ids, id, (uint32_t)g->elements.len);
		pl_vec_push(&g->elements, e);
	}
}

static void take_license(struct graph *g, struct pl_str from, struct pl_str to)
{
	const cJSON *e = element(g, to);
	struct pl_str text = pl_json_str(e, "simplelicensing_licenseExpression");

	if (!text.len)
		text = pl_json_str(e, "name");
	if (!text.len || pl_map_get(&g->licenses, from) != PL_MAP_NONE)
		return;
	pl_map_put(&g->licenses, from, (uint32_t)g->texts.len);
	pl_vec_push(&g->texts, text);
}

static void take_relation(struct pl_sbom_in *in, struct graph *g, const cJSON *e)
{
	struct pl_str type = pl_json_str(e, "relationshipType"), from = pl_json_str(e, "from");
	bool license =
		pl_str_eq_c(type, "hasDeclaredLicense") || pl_str_eq_c(type, "hasConcludedLicense");
	const cJSON *to;

	cJSON_ArrayForEach(to, pl_json_get(e, "to"))
	{
		if (license)
			take_license(g, from, pl_json_text(to));
		else if (pl_str_eq_c(type, "dependsOn"))
			pl_sbom_edge(in, from, pl_json_text(to));
		else if (pl_str_eq_c(type, "describes"))
			pl_map_put(&g->roots, pl_json_text(to), 0);
	}
}

static void take_document(struct pl_sbom_in *in, struct graph *g, const cJSON *e)
{
	const cJSON *root, *info;

	cJSON_ArrayForEach(root, pl_json_get(e, "rootElement"))
		pl_map_put(&g->roots, pl_json_text(root), 0);
	if (!is_type(e, "SpdxDocument"))
		return;
	if (!in->head.subject.len)
		in->head.subject = pl_json_str(e, "name");
	pl_sbom_put_note(in, pl_json_str(e, "comment"));
	info = pl_json_get(e, "creationInfo");
	if (!cJSON_IsObject(info))
		info = element(g, pl_json_text(info));
	in->head.version = pl_json_str(info, "specVersion");
	cJSON_ArrayForEach(root, pl_json_get(info, "createdUsing")) if (!in->head.tool.len)
		in->head.tool = pl_json_str(element(g, pl_json_text(root)), "name");
}

static void take_identifiers(struct pl_sbom_in *in, struct pl_sbom_pkg *p, const cJSON *e)
{
	const cJSON *one;

	pl_sbom_identify(in, p, software(e, "packageUrl"));
	cJSON_ArrayForEach(one, pl_json_get(e, "externalIdentifier"))
	{
		struct pl_str type = pl_json_str(one, "externalIdentifierType"),
			      id = pl_json_str(one, "identifier");

		if (pl_str_eq_c(type, "packageUrl") || pl_str_eq_c(type, "packageURL")) {
			if (!p->fact.purl.len)
				pl_sbom_identify(in, p, id);
		} else if (pl_str_starts(type, PL_STR("cpe"))) {
			pl_sbom_put_cpe(in, p, id);
		}
	}
}

static void take_hashes(struct pl_sbom_in *in, struct pl_sbom_pkg *p, const cJSON *e)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, pl_json_get(e, "verifiedUsing"))
	{
		struct pl_str hex = pl_json_str(one, "hashValue");
		uint8_t *raw = pl_arena_alloc(in->arena, 20);

		if (pl_str_eq_c(pl_json_str(one, "algorithm"), "sha1") && hex.len == 40 &&
		    pl_unhex(hex, raw, 20))
			p->fact.sha1 = pl_str_n(raw, 20);
	}
}

/* Properties as CycloneDX has them (extension_CdxPropertiesExtension). */
static void take_extensions(struct pl_sbom_in *in, const cJSON *e)
{
	const cJSON *x, *one;

	cJSON_ArrayForEach(x, pl_json_get(e, "extension"))
	{
		cJSON_ArrayForEach(one, pl_json_get(x, "extension_cdxProperty"))
			pl_sbom_put_prop(in, pl_json_str(one, "extension_cdxPropName"),
					 pl_json_str(one, "extension_cdxPropValue"));
	}
}

/* "Key: value" in comments and attribution texts, as in SPDX 2. */
static void take_notes(struct pl_sbom_in *in, const cJSON *e)
{
	struct pl_str comment = pl_json_str(e, "comment"), line;
	const cJSON *one;

	while (comment.len && pl_str_line(&comment, &line))
		pl_sbom_put_note(in, line);
	cJSON_ArrayForEach(one, pl_json_get(e, "software_attributionText"))
		pl_sbom_put_note(in, pl_json_text(one));
	take_extensions(in, e);
}

static void take_package(struct pl_sbom_in *in, const struct graph *g, const cJSON *e)
{
	struct pl_sbom_pkg p = {.ref = id_of(e), .kind = software(e, "primaryPurpose")};
	uint32_t license = pl_map_get(&g->licenses, p.ref);

	p.fact.name = pl_json_str(e, "name");
	p.fact.version = software(e, "packageVersion");
	p.supplier = pl_json_str(element(g, pl_json_str(e, "suppliedBy")), "name");
	p.root = pl_map_get(&g->roots, p.ref) != PL_MAP_NONE;
	if (pl_str_eq_c(p.kind, "operatingSystem")) {
		pl_sbom_os(in, p.fact.name, p.fact.version);
		return;
	}
	take_identifiers(in, &p, e);
	if (p.root) {
		in->head.subject = pl_json_str(e, "name");
		in->head.subject_version = p.fact.version;
	} else if (!p.fact.purl.len &&
		   (pl_str_eq_c(p.kind, "container") || pl_str_eq_c(p.kind, "file"))) {
		return;
	}
	if (license != PL_MAP_NONE)
		p.fact.licenses = g->texts.at[license];
	take_hashes(in, &p, e);
	take_notes(in, e);
	p.props = in->props.at;
	p.n_props = in->props.len;
	p.fact.dev = pl_str_eq_c(pl_sbom_prop(&p, "plimsoll:dev"), "true");
	pl_sbom_keep(in, &p);
}

/* Annotations stand beside what they are about: "statement" of a "subject". They are few. */
static void take_annotations(struct pl_sbom_in *in, struct graph *g)
{
	for (size_t i = 0; i < g->elements.len; i++) {
		const cJSON *e = g->elements.at[i];

		if (is_type(e, "Annotation") &&
		    is_type(element(g, pl_json_str(e, "subject")), "SpdxDocument"))
			pl_sbom_put_note(in, pl_json_str(e, "statement"));
	}
}

static void walk(struct pl_sbom_in *in, struct graph *g)
{
	for (size_t i = 0; i < g->elements.len; i++) {
		const cJSON *e = g->elements.at[i];

		if (is_type(e, "Relationship") || is_type(e, "LifecycleScopedRelationship"))
			take_relation(in, g, e);
		else if (is_type(e, "SpdxDocument") || is_type(e, "software_Sbom") ||
			 is_type(e, "Bom"))
			take_document(in, g, e);
	}
	for (size_t i = 0; i < g->elements.len; i++) {
		const cJSON *e = g->elements.at[i];

		if (is_type(e, "software_Package") || is_type(e, "Package"))
			take_package(in, g, e);
	}
	take_annotations(in, g);
	pl_sbom_head_props(in);
}

int pl_sbom_spdx3(struct pl_sbom_in *in, const cJSON *doc)
{
	struct graph g = {0};

	pl_map_init(&g.ids);
	pl_map_init(&g.licenses);
	pl_map_init(&g.roots);
	index_elements(&g, pl_json_get(doc, "@graph"));
	walk(in, &g);
	pl_map_release(&g.ids);
	pl_map_release(&g.licenses);
	pl_map_release(&g.roots);
	pl_vec_release(&g.elements);
	pl_vec_release(&g.texts);
	return 0;
}
