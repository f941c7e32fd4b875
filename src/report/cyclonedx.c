/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX 1.6 (ECMA-424), as JSON and as XML. cdx_vulns.c has the vulnerabilities. */
#include "report/cyclonedx.h"

void pl_cdx_prop(void *arg, struct pl_str name, struct pl_str value)
{
	pl_cdx_pair(arg, "property", "name", name, "value", value);
}

/* --- parts of a component ------------------------------------------------------------------- */

/* A licence of the list by its identifier, else the expression. */
static void licenses(struct pl_cdx *c, const struct pl_pkg *p)
{
	if (!p->license.len)
		return;
	pl_cdx_list(c, "licenses");
	if (!c->xml)
		pl_cdx_item(c, NULL);
	if (pl_spdx_is_license(p->license)) {
		pl_cdx_member(c, "license");
		pl_cdx_text(c, "id", p->license);
		pl_cdx_member_end(c, "license");
	} else {
		pl_cdx_text(c, "expression", p->license);
	}
	if (!c->xml)
		pl_cdx_item_end(c, NULL);
	pl_cdx_list_end(c, "licenses");
}

static const char *technique(const struct pl_pkg *p)
{
	switch (p->evidence) {
	case PL_EV_DATABASE:
	case PL_EV_METADATA:
	case PL_EV_LOCK_FILE:
		return "manifest-analysis";
	case PL_EV_BUILD_INFO:
	case PL_EV_VERSION_STRING:
		return "binary-analysis";
	case PL_EV_FILE_NAME:
		return "filename";
	case PL_EV_SBOM:
		return "attestation";
	default:
		return "other";
	}
}

static void identity(struct pl_cdx *c, const struct pl_pkg *p)
{
	unsigned sure = pl_sbom_confidence_tenths(p);
	const char *field = p->purl.len ? "purl" : "name";

	if (c->xml)
		pl_cdx_item(c, "identity");
	else {
		pl_cdx_list(c, "identity");
		pl_cdx_item(c, "identity");
	}
	pl_cdx_text(c, "field", pl_str_c(field));
	pl_cdx_tenths(c, "confidence", sure);
	pl_cdx_text(c, "concludedValue", p->purl.len ? p->purl : p->name);
	pl_cdx_list(c, "methods");
	pl_cdx_item(c, "method");
	pl_cdx_text(c, "technique", pl_str_c(technique(p)));
	pl_cdx_tenths(c, "confidence", sure);
	pl_cdx_text(c, "value", p->how.len ? p->how : pl_str_c(pl_evidence_name(p->evidence)));
	pl_cdx_item_end(c, "method");
	pl_cdx_list_end(c, "methods");
	pl_cdx_item_end(c, "identity");
	if (!c->xml)
		pl_cdx_list_end(c, "identity");
}

static void evidence(const struct pl_sbom *s, struct pl_cdx *c, const struct pl_pkg *p)
{
	pl_cdx_member(c, "evidence");
	identity(c, p);
	if (p->locations.len)
		pl_cdx_list(c, "occurrences");
	for (size_t i = 0; i < p->locations.len; i++) {
		const struct pl_location *l = &p->locations.at[i];

		pl_cdx_item(c, "occurrence");
		pl_cdx_text(c, "location", pl_arena_fmt(s->arena, "/%.*s", PL_FMT(l->path)));
		if (l->layer != UINT32_MAX)
			pl_cdx_text(c, "additionalContext",
				    pl_arena_fmt(s->arena, "layer %u", l->layer));
		pl_cdx_item_end(c, "occurrence");
	}
	if (p->locations.len)
		pl_cdx_list_end(c, "occurrences");
	pl_cdx_member_end(c, "evidence");
}

static void hashes(struct pl_cdx *c, const struct pl_pkg *p)
{
	char sha1[41];

	if (p->sha1.len != 20)
		return;
	pl_hex((const uint8_t *)p->sha1.ptr, 20, sha1);
	pl_cdx_list(c, "hashes");
	pl_cdx_pair(c, "hash", "alg", PL_STR("SHA-1"), "content", pl_str_c(sha1));
	pl_cdx_list_end(c, "hashes");
}

static const char *kind(const struct pl_pkg *p)
{
	if (p->type == PL_PKG_MLMODEL)
		return "machine-learning-model";
	return p->type == PL_PKG_GENERIC || p->type == PL_PKG_BITNAMI ? "application" : "library";
}

/* What is not installed any more cannot be called; what only tests need is excluded. */
static struct pl_str scope(const struct pl_pkg *p)
{
	return p->removed_in != UINT32_MAX ? PL_STR("optional")
	       : p->dev			   ? PL_STR("excluded")
					   : PL_STR("");
}

static void component(const struct pl_sbom *s, struct pl_cdx *c, uint32_t i)
{
	const struct pl_pkg *p = &s->r->inv->packages.at[i];
	struct pl_str group, name;

	pl_sbom_split_name(p, &group, &name);
	pl_cdx_item(c, "component");
	pl_cdx_attr(c, "type", pl_str_c(kind(p)));
	pl_cdx_attr(c, "bom-ref", s->refs[i]);
	pl_cdx_text(c, "publisher", p->vendor);
	pl_cdx_text(c, "group", group);
	pl_cdx_text(c, "name", name);
	pl_cdx_text(c, "version", p->version);
	pl_cdx_text(c, "scope", scope(p));
	hashes(c, p);
	licenses(c, p);
	if (p->cpes.len)
		pl_cdx_text(c, "cpe", pl_sbom_cpe(s->arena, p->cpes.at[0], p->version));
	pl_cdx_text(c, "purl", p->purl);
	pl_cdx_list(c, "properties");
	pl_sbom_package_props(s, i, true, pl_cdx_prop, c);
	pl_cdx_list_end(c, "properties");
	evidence(s, c, p);
	pl_cdx_item_end(c, "component");
}

/* --- the document --------------------------------------------------------------------------- */

static void tools(struct pl_cdx *c)
{
	pl_cdx_member(c, "tools");
	pl_cdx_list(c, "components");
	pl_cdx_item(c, "component");
	pl_cdx_attr(c, "type", PL_STR("application"));
	pl_cdx_text(c, "name", PL_STR("plimsoll"));
	pl_cdx_text(c, "version", PL_STR(PL_VERSION));
	pl_cdx_item_end(c, "component");
	pl_cdx_list_end(c, "components");
	pl_cdx_member_end(c, "tools");
}

static void root(const struct pl_sbom *s, struct pl_cdx *c)
{
	bool image = s->r->image->config.has_config || s->r->image->digest.known;

	pl_cdx_member(c, "component");
	pl_cdx_attr(c, "type", image ? PL_STR("container") : PL_STR("file"));
	pl_cdx_attr(c, "bom-ref", PL_STR(PL_SBOM_ROOT));
	pl_cdx_text(c, "name", pl_sbom_subject(s));
	pl_cdx_text(c, "version", pl_sbom_digest(s));
	pl_cdx_list(c, "properties");
	pl_sbom_root_props(s, pl_cdx_prop, c);
	pl_cdx_list_end(c, "properties");
	pl_cdx_member_end(c, "component");
}

static void metadata(const struct pl_sbom *s, struct pl_cdx *c)
{
	pl_cdx_member(c, "metadata");
	pl_cdx_text(c, "timestamp", s->r->date);
	pl_cdx_list(c, "lifecycles");
	pl_cdx_item(c, "lifecycle");
	pl_cdx_text(c, "phase", PL_STR("post-build"));
	pl_cdx_item_end(c, "lifecycle");
	pl_cdx_list_end(c, "lifecycles");
	tools(c);
	root(s, c);
	pl_cdx_list(c, "properties");
	pl_sbom_document_props(s, pl_cdx_prop, c);
	pl_cdx_list_end(c, "properties");
	pl_cdx_member_end(c, "metadata");
}

static void distribution(const struct pl_sbom *s, struct pl_cdx *c)
{
	const struct pl_os *o = &s->r->inv->os;

	if (!o->found)
		return;
	pl_cdx_item(c, "component");
	pl_cdx_attr(c, "type", PL_STR("operating-system"));
	pl_cdx_attr(c, "bom-ref", PL_STR(PL_SBOM_OS));
	pl_cdx_text(c, "name", o->id.len ? o->id : PL_STR("unknown"));
	pl_cdx_text(c, "version", o->version_id);
	pl_cdx_text(c, "description", o->pretty_name);
	pl_cdx_item_end(c, "component");
}

/* What the package needs, and of OS packages what of other kinds lies in their files. */
static void dependency(struct pl_cdx *c, struct pl_str from, const struct pl_sbom *s,
		       const uint32_t *to, size_t n)
{
	if (!n)
		return;
	pl_cdx_item(c, "dependency");
	pl_cdx_attr(c, "ref", from);
	if (!c->xml)
		pl_cdx_list(c, "dependsOn");
	for (size_t i = 0; i < n; i++)
		pl_cdx_ref(c, "dependency", to ? s->refs[to[i]] : s->refs[i]);
	if (!c->xml)
		pl_cdx_list_end(c, "dependsOn");
	pl_cdx_item_end(c, "dependency");
}

static void dependencies(const struct pl_sbom *s, struct pl_cdx *c)
{
	const struct pl_inventory *inv = s->r->inv;

	pl_cdx_list(c, "dependencies");
	dependency(c, PL_STR(PL_SBOM_ROOT), s, NULL, inv->packages.len);
	for (size_t i = 0; i < inv->packages.len; i++)
		dependency(c, s->refs[i], s, inv->packages.at[i].depends.at,
			   inv->packages.at[i].depends.len);
	pl_cdx_list_end(c, "dependencies");
}

/* A hole in the inventory is said in the format's own way, too. */
static void compositions(const struct pl_sbom *s, struct pl_cdx *c)
{
	pl_cdx_list(c, "compositions");
	pl_cdx_item(c, "composition");
	pl_cdx_text(c, "aggregate", s->complete ? PL_STR("unknown") : PL_STR("incomplete"));
	pl_cdx_list(c, "assemblies");
	pl_cdx_ref(c, "assembly", PL_STR(PL_SBOM_ROOT));
	pl_cdx_list_end(c, "assemblies");
	pl_cdx_item_end(c, "composition");
	pl_cdx_list_end(c, "compositions");
}

static void document(const struct pl_sbom *s, struct pl_buf *out, bool xml)
{
	struct pl_cdx c;

	pl_cdx_begin_document(&c, out, xml, s->uuid);
	metadata(s, &c);
	pl_cdx_list(&c, "components");
	distribution(s, &c);
	for (uint32_t i = 0; i < s->r->inv->packages.len; i++)
		component(s, &c, i);
	pl_cdx_list_end(&c, "components");
	dependencies(s, &c);
	compositions(s, &c);
	if (s->r->findings)
		pl_cdx_vulnerabilities(s, &c);
	pl_cdx_end_document(&c);
}

static void json(const struct pl_sbom *s, struct pl_buf *out)
{
	document(s, out, false);
}

static void xml(const struct pl_sbom *s, struct pl_buf *out)
{
	document(s, out, true);
}

int pl_report_write_cyclonedx(const struct pl_report *const *reports, size_t n,
			      const struct pl_report_style *style, struct pl_buf *out,
			      struct pl_err *err)
{
	(void)style;
	return pl_sbom_write(reports, n, "CycloneDX", json, out, err);
}

int pl_report_write_cyclonedx_xml(const struct pl_report *const *reports, size_t n,
				  const struct pl_report_style *style, struct pl_buf *out,
				  struct pl_err *err)
{
	(void)style;
	return pl_sbom_write(reports, n, "CycloneDX", xml, out, err);
}
