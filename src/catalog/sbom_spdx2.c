/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPDX 2.2 and 2.3, in the tree of the JSON notation. Which package it is stands in the external
 * reference "purl"; what tools know besides, in annotations and in the text of sourceInfo.
 */
#include "catalog/sbom_int.h"

static void take_references(struct pl_sbom_in *in, struct pl_sbom_pkg *p, const cJSON *package)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, pl_json_get(package, "externalRefs"))
	{
		struct pl_str type = pl_json_str(one, "referenceType"),
			      locator = pl_json_str(one, "referenceLocator");

		if (pl_str_ends(type, PL_STR("purl")) && !p->fact.purl.len)
			pl_sbom_identify(in, p, locator);
		else if (pl_str_find(type, PL_STR("cpe2")) >= 0)
			pl_sbom_put_cpe(in, p, locator);
	}
}

static void take_notes(struct pl_sbom_in *in, const cJSON *package)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, pl_json_get(package, "annotations"))
		pl_sbom_put_note(in, pl_json_str(one, "comment"));
	cJSON_ArrayForEach(one, pl_json_get(package, "attributionTexts"))
		pl_sbom_put_note(in, pl_json_text(one));
}

/* Trivy: "built package from: openssl 3.0.11-1". Syft: "acquired package info from …: /path, /path"
 */
static void take_source_info(struct pl_sbom_in *in, struct pl_sbom_pkg *p, struct pl_str info)
{
	struct pl_str built = PL_STR("built package from: "), one;
	ptrdiff_t at;

	if (pl_str_starts(info, built)) {
		info = pl_str_sub(info, built.len, info.len);
		at = pl_str_rchr(info, ' ');
		if (at > 0 && !p->fact.source_name.len) {
			p->fact.source_name = pl_str_sub(info, 0, (size_t)at);
			p->fact.source_version = pl_str_sub(info, (size_t)at + 1, info.len);
		}
		return;
	}
	at = pl_str_find(info, PL_STR(": /"));
	if (!pl_str_starts(info, PL_STR("acquired package info from")) || at < 0)
		return;
	info = pl_str_sub(info, (size_t)at + 2, info.len);
	while (info.len && pl_str_split(&info, ',', &one))
		p->paths = pl_sbom_joined(in, p->paths, pl_str_trim(one));
}

static void take_licenses(struct pl_sbom_in *in, struct pl_sbom_pkg *p, const cJSON *package)
{
	struct pl_str declared = pl_sbom_told(pl_json_str(package, "licenseDeclared"));

	if (!declared.len)
		declared = pl_sbom_told(pl_json_str(package, "licenseConcluded"));
	p->fact.licenses = pl_sbom_joined(in, p->fact.licenses, declared);
}

static void take_checksums(struct pl_sbom_in *in, struct pl_sbom_pkg *p, const cJSON *package)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, pl_json_get(package, "checksums"))
	{
		struct pl_str hex = pl_json_str(one, "checksumValue");
		uint8_t *raw = pl_arena_alloc(in->arena, 20);

		if (pl_str_eq_c(pl_json_str(one, "algorithm"), "SHA1") && hex.len == 40 &&
		    pl_unhex(hex, raw, 20))
			p->fact.sha1 = pl_str_n(raw, 20);
	}
}

/* What stands for an image, a file or a lock file. Tools before SPDX 2.3 had only the name of the
 * identifier to say so. */
static bool is_container(const struct pl_sbom_pkg *p)
{
	static const char *const kinds[] = {"CONTAINER", "FILE", "ARCHIVE", "DEVICE"};

	if (p->fact.purl.len)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (pl_str_eq_c(p->kind, kinds[i]))
			return true;
	return pl_str_starts(p->ref, PL_STR("SPDXRef-ContainerImage")) ||
	       pl_str_starts(p->ref, PL_STR("SPDXRef-Filesystem")) ||
	       pl_str_starts(p->ref, PL_STR("SPDXRef-Application")) ||
	       pl_str_starts(p->ref, PL_STR("SPDXRef-DocumentRoot"));
}

static void take_package(struct pl_sbom_in *in, const cJSON *package, const struct pl_map *roots)
{
	struct pl_sbom_pkg p = {
		.ref = pl_json_str(package, "SPDXID"),
		.kind = pl_json_str(package, "primaryPackagePurpose"),
		.supplier = pl_sbom_party(pl_json_str(package, "supplier")),
	};

	p.fact.name = pl_json_str(package, "name");
	p.fact.version = pl_sbom_told(pl_json_str(package, "versionInfo"));
	if (pl_str_eq_c(p.kind, "OPERATING-SYSTEM") || pl_str_eq_c(p.kind, "OPERATING_SYSTEM") ||
	    pl_str_starts(p.ref, PL_STR("SPDXRef-OperatingSystem"))) {
		pl_sbom_os(in, p.fact.name, p.fact.version);
		return;
	}
	p.fact.type = PL_PKG_GENERIC;
	p.root = pl_map_get(roots, p.ref) != PL_MAP_NONE;
	if (p.root && !in->head.subject.len) {
		in->head.subject = p.fact.name;
		in->head.subject_version = p.fact.version;
	}
	take_references(in, &p, package);
	if (is_container(&p) && !p.root)
		return;
	take_licenses(in, &p, package);
	take_checksums(in, &p, package);
	take_source_info(in, &p, pl_json_str(package, "sourceInfo"));
	take_notes(in, package);
	p.props = in->props.at;
	p.n_props = in->props.len;
	p.fact.dev = pl_str_eq_c(pl_sbom_prop(&p, "plimsoll:dev"), "true");
	pl_sbom_keep(in, &p);
}

static void take_relations(struct pl_sbom_in *in, const cJSON *doc)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, pl_json_get(doc, "relationships"))
	{
		struct pl_str type = pl_json_str(one, "relationshipType"),
			      from = pl_json_str(one, "spdxElementId"),
			      to = pl_json_str(one, "relatedSpdxElement");

		if (pl_str_eq_c(type, "DEPENDS_ON"))
			pl_sbom_edge(in, from, to);
		else if (pl_str_ends(type, PL_STR("DEPENDENCY_OF")))
			pl_sbom_edge(in, to, from);
	}
}

static void find_roots(const cJSON *doc, struct pl_map *roots)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, pl_json_get(doc, "documentDescribes"))
		pl_map_put(roots, pl_json_text(one), 0);
	cJSON_ArrayForEach(one, pl_json_get(doc, "relationships"))
	{
		struct pl_str type = pl_json_str(one, "relationshipType"),
			      from = pl_json_str(one, "spdxElementId"),
			      to = pl_json_str(one, "relatedSpdxElement");

		if (pl_str_eq_c(type, "DESCRIBES") && pl_str_eq_c(from, "SPDXRef-DOCUMENT"))
			pl_map_put(roots, to, 0);
		else if (pl_str_eq_c(type, "DESCRIBED_BY") && pl_str_eq_c(to, "SPDXRef-DOCUMENT"))
			pl_map_put(roots, from, 0);
	}
}

static void take_tool(struct pl_sbom_in *in, const cJSON *doc)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, pl_json_get(pl_json_get(doc, "creationInfo"), "creators"))
	{
		struct pl_str who = pl_json_text(one);

		if (pl_str_starts(who, PL_STR("Tool:")) && !in->head.tool.len)
			in->head.tool = pl_sbom_party(who);
	}
}

int pl_sbom_spdx2(struct pl_sbom_in *in, const cJSON *doc)
{
	const cJSON *package;
	pl_auto_map roots;

	pl_map_init(&roots);
	in->head.version = pl_json_str(doc, "spdxVersion");
	take_tool(in, doc);
	find_roots(doc, &roots);
	cJSON_ArrayForEach(package, pl_json_get(doc, "packages")) take_package(in, package, &roots);
	take_notes(in, doc);
	pl_sbom_head_props(in);
	take_relations(in, doc);
	if (!in->head.subject.len)
		in->head.subject = pl_json_str(doc, "name");
	return 0;
}
