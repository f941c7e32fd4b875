/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPDX 3.0.1 as JSON-LD: a graph of elements, each with an address of its own. Properties are those
 * of CycloneDX (profile Extension), findings of a scan vulnerabilities that packages are associated
 * with (profile Security).
 */
#include "report/sbom.h"

struct spdx3 {
	const struct pl_sbom *s;
	struct pl_jw w;
	struct pl_str space;		/* before the '#' of every address */
	PL_VEC(struct pl_str) elements; /* addresses of all, for the collections */
	uint64_t relations;
};

static struct pl_str address(const struct spdx3 *x, struct pl_str ref)
{
	return pl_arena_fmt(x->s->arena, "%.*s#SPDXRef-%.*s", PL_FMT(x->space), PL_FMT(ref));
}

static void element(struct spdx3 *x, const char *type, struct pl_str ref)
{
	struct pl_str at = address(x, ref);

	pl_jw_obj(&x->w);
	pl_jw_kstr(&x->w, "type", pl_str_c(type));
	pl_jw_kstr(&x->w, "spdxId", at);
	pl_jw_kstr(&x->w, "creationInfo", PL_STR("_:creation"));
	pl_vec_push(&x->elements, at);
}

static void optional(struct spdx3 *x, const char *key, struct pl_str value)
{
	if (value.len)
		pl_jw_kstr(&x->w, key, value);
}

static void list(struct spdx3 *x, const char *key)
{
	pl_jw_key(&x->w, key);
	pl_jw_arr(&x->w);
}

static void addresses(struct spdx3 *x, const char *key, const struct pl_str *refs, size_t n)
{
	list(x, key);
	for (size_t i = 0; i < n; i++)
		pl_jw_str(&x->w, address(x, refs[i]));
	pl_jw_arr_end(&x->w);
}

/* --- packages ------------------------------------------------------------------------------- */

static void property(void *arg, struct pl_str name, struct pl_str value)
{
	struct spdx3 *x = arg;

	pl_jw_obj(&x->w);
	pl_jw_kstr(&x->w, "type", PL_STR("extension_CdxPropertyEntry"));
	pl_jw_kstr(&x->w, "extension_cdxPropName", name);
	pl_jw_kstr(&x->w, "extension_cdxPropValue", value);
	pl_jw_obj_end(&x->w);
}

static void properties(struct spdx3 *x)
{
	list(x, "extension");
	pl_jw_obj(&x->w);
	pl_jw_kstr(&x->w, "type", PL_STR("extension_CdxPropertiesExtension"));
	list(x, "extension_cdxProperty");
}

static void properties_end(struct spdx3 *x)
{
	pl_jw_arr_end(&x->w);
	pl_jw_obj_end(&x->w);
	pl_jw_arr_end(&x->w);
}

static void identifiers(struct spdx3 *x, const struct pl_pkg *p)
{
	if (!p->cpes.len)
		return;
	list(x, "externalIdentifier");
	for (size_t i = 0; i < p->cpes.len; i++) {
		pl_jw_obj(&x->w);
		pl_jw_kstr(&x->w, "type", PL_STR("ExternalIdentifier"));
		pl_jw_kstr(&x->w, "externalIdentifierType", PL_STR("cpe23"));
		pl_jw_kstr(&x->w, "identifier",
			   pl_sbom_cpe(x->s->arena, p->cpes.at[i], p->version));
		pl_jw_obj_end(&x->w);
	}
	pl_jw_arr_end(&x->w);
}

static void hash(struct spdx3 *x, const struct pl_pkg *p)
{
	char sha1[41];

	if (p->sha1.len != 20)
		return;
	pl_hex((const uint8_t *)p->sha1.ptr, 20, sha1);
	list(x, "verifiedUsing");
	pl_jw_obj(&x->w);
	pl_jw_kstr(&x->w, "type", PL_STR("Hash"));
	pl_jw_kstr(&x->w, "algorithm", PL_STR("sha1"));
	pl_jw_kstr(&x->w, "hashValue", pl_str_c(sha1));
	pl_jw_obj_end(&x->w);
	pl_jw_arr_end(&x->w);
}

static void package(struct spdx3 *x, uint32_t i)
{
	const struct pl_pkg *p = &x->s->r->inv->packages.at[i];
	bool program = p->type == PL_PKG_GENERIC || p->type == PL_PKG_BITNAMI;

	element(x, "software_Package", x->s->refs[i]);
	pl_jw_kstr(&x->w, "name", p->name);
	identifiers(x, p);
	hash(x, p);
	optional(x, "software_packageVersion", p->version);
	optional(x, "software_packageUrl", p->purl);
	pl_jw_kstr(&x->w, "software_primaryPurpose",
		   program ? PL_STR("application") : PL_STR("library"));
	optional(x, "software_sourceInfo", pl_sbom_origin(x->s, p));
	properties(x);
	pl_sbom_package_props(x->s, i, false, property, x);
	properties_end(x);
	pl_jw_obj_end(&x->w);
}

static void image(struct spdx3 *x)
{
	bool container = x->s->r->image->config.has_config || x->s->r->image->digest.known;

	element(x, "software_Package", PL_STR(PL_SBOM_ROOT));
	pl_jw_kstr(&x->w, "name", pl_sbom_subject(x->s));
	optional(x, "software_packageVersion", pl_sbom_digest(x->s));
	pl_jw_kstr(&x->w, "software_primaryPurpose",
		   container ? PL_STR("container") : PL_STR("other"));
	properties(x);
	pl_sbom_root_props(x->s, property, x);
	pl_sbom_document_props(x->s, property, x);
	properties_end(x);
	pl_jw_obj_end(&x->w);
}

static void distribution(struct spdx3 *x)
{
	const struct pl_os *o = &x->s->r->inv->os;

	if (!o->found)
		return;
	element(x, "software_Package", PL_STR(PL_SBOM_OS));
	pl_jw_kstr(&x->w, "name", o->id.len ? o->id : PL_STR("unknown"));
	optional(x, "summary", o->pretty_name);
	optional(x, "software_packageVersion", o->version_id);
	pl_jw_kstr(&x->w, "software_primaryPurpose", PL_STR("operatingSystem"));
	pl_jw_obj_end(&x->w);
}

/* --- relations ------------------------------------------------------------------------------ */

static void relation(struct spdx3 *x, struct pl_str from, const char *type, const struct pl_str *to,
		     size_t n, const char *comment)
{
	element(x, "Relationship",
		pl_arena_fmt(x->s->arena, "relation-%llu", (unsigned long long)x->relations++));
	if (comment)
		pl_jw_kstr(&x->w, "comment", pl_str_c(comment));
	pl_jw_kstr(&x->w, "from", address(x, from));
	pl_jw_kstr(&x->w, "relationshipType", pl_str_c(type));
	addresses(x, "to", to, n);
	pl_jw_obj_end(&x->w);
}

static void add_relation(void *arg, struct pl_str from, enum pl_sbom_relation kind,
			 const struct pl_str *to, size_t n)
{
	static const struct {
		const char *type, *comment;
	} words[] = {
		[PL_SBOM_CONTAINS] = {"contains", NULL},
		[PL_SBOM_DEPENDS] = {"dependsOn", NULL},
		[PL_SBOM_REMOVED] = {"other",
				     "a later layer removed it: only a lower layer has it"},
	};

	relation(arg, from, words[kind].type, to, n, words[kind].comment);
}

static struct pl_str license_ref(const struct spdx3 *x, struct pl_str expression)
{
	return pl_sbom_id(x->s->arena, "license-", pl_str_sub(expression, 0, 20), expression);
}

/* Terms outside of the list are texts of their own, which expressions name by their address. */
static void license_texts(struct spdx3 *x, const struct pl_sbom_licenses *l)
{
	for (size_t i = 0; i < l->refs.len; i++) {
		element(x, "simplelicensing_SimpleLicensingText", l->refs.at[i]);
		pl_jw_kstr(&x->w, "name", l->refs.at[i]);
		pl_jw_kstr(&x->w, "simplelicensing_licenseText", l->texts.at[i]);
		pl_jw_obj_end(&x->w);
	}
}

static void custom_terms(struct spdx3 *x, struct pl_str expression)
{
	struct pl_str rest = expression, head = PL_STR("LicenseRef-");
	bool any = pl_str_find(rest, head) >= 0;
	ptrdiff_t at;

	if (any)
		list(x, "simplelicensing_customIdToUri");
	while ((at = pl_str_find(rest, head)) >= 0) {
		size_t n = head.len;
		struct pl_str ref;

		rest = pl_str_sub(rest, (size_t)at, rest.len);
		while (n < rest.len && !strchr(" ()", rest.ptr[n]))
			n++;
		ref = pl_str_sub(rest, 0, n);
		rest = pl_str_sub(rest, n, rest.len);
		pl_jw_obj(&x->w);
		pl_jw_kstr(&x->w, "type", PL_STR("DictionaryEntry"));
		pl_jw_kstr(&x->w, "key", ref);
		pl_jw_kstr(&x->w, "value", address(x, ref));
		pl_jw_obj_end(&x->w);
	}
	if (any)
		pl_jw_arr_end(&x->w);
}

static void licenses(struct spdx3 *x)
{
	const struct pl_inventory *inv = x->s->r->inv;
	struct pl_sbom_licenses custom;
	pl_auto_map seen;

	pl_map_init(&seen);
	pl_sbom_licenses(x->s, &custom);
	license_texts(x, &custom);
	for (size_t i = 0; i < inv->packages.len; i++) {
		struct pl_str e = inv->packages.at[i].license, ref;

		if (!e.len)
			continue;
		ref = license_ref(x, e);
		if (pl_map_put(&seen, e, 0)) {
			element(x, "simplelicensing_LicenseExpression", ref);
			pl_jw_kstr(&x->w, "simplelicensing_licenseExpression", e);
			custom_terms(x, e);
			pl_jw_obj_end(&x->w);
		}
		relation(x, x->s->refs[i], "hasDeclaredLicense", &ref, 1, NULL);
	}
	pl_sbom_licenses_release(&custom);
}

/* Findings come sorted by flaw, not by package: one relation for each. */
static void vulnerabilities(struct spdx3 *x)
{
	const struct pl_findings *f = x->s->r->findings;
	pl_auto_map seen;

	pl_map_init(&seen);
	for (size_t i = 0; f && i < f->rows.len; i++) {
		const struct pl_finding *row = &f->rows.at[i];
		struct pl_str ref;

		if (row->kind != PL_FIND_VULNERABILITY || row->suppressed.len ||
		    row->pkg >= x->s->r->inv->packages.len)
			continue;
		ref = pl_sbom_id(x->s->arena, "vulnerability-", row->id, row->id);
		if (pl_map_put(&seen, row->id, 0)) {
			element(x, "security_Vulnerability", ref);
			pl_jw_kstr(&x->w, "name", row->id);
			optional(x, "summary", row->title);
			pl_jw_obj_end(&x->w);
		}
		relation(x, x->s->refs[row->pkg], "hasAssociatedVulnerability", &ref, 1, NULL);
	}
}

/* --- the document --------------------------------------------------------------------------- */

static void creation(struct spdx3 *x)
{
	struct pl_str agent = address(x, PL_STR("agent")), tool = address(x, PL_STR("tool"));

	pl_jw_obj(&x->w);
	pl_jw_kstr(&x->w, "type", PL_STR("CreationInfo"));
	pl_jw_kstr(&x->w, "@id", PL_STR("_:creation"));
	pl_jw_kstr(&x->w, "specVersion", PL_STR("3.0.1"));
	pl_jw_kstr(&x->w, "created", pl_sbom_date(x->s));
	list(x, "createdBy");
	pl_jw_str(&x->w, agent);
	pl_jw_arr_end(&x->w);
	list(x, "createdUsing");
	pl_jw_str(&x->w, tool);
	pl_jw_arr_end(&x->w);
	pl_jw_obj_end(&x->w);
	element(x, "SoftwareAgent", PL_STR("agent"));
	pl_jw_kstr(&x->w, "name", PL_STR("plimsoll"));
	pl_jw_obj_end(&x->w);
	element(x, "Tool", PL_STR("tool"));
	pl_jw_kstr(&x->w, "name", PL_STR("plimsoll " PL_VERSION));
	pl_jw_obj_end(&x->w);
}

static void profiles(struct spdx3 *x)
{
	static const char *const names[] = {"core", "software", "simpleLicensing", "extension"};

	list(x, "profileConformance");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		pl_jw_str(&x->w, pl_str_c(names[i]));
	if (x->s->r->findings)
		pl_jw_str(&x->w, PL_STR("security"));
	pl_jw_arr_end(&x->w);
}

/* Collections come last: they list all that was written. */
static void collections(struct spdx3 *x)
{
	struct pl_str sbom = PL_STR("sbom"), root = PL_STR(PL_SBOM_ROOT);
	size_t n = x->elements.len;

	element(x, "software_Sbom", sbom);
	list(x, "element");
	for (size_t i = 0; i < n; i++)
		pl_jw_str(&x->w, x->elements.at[i]);
	pl_jw_arr_end(&x->w);
	profiles(x);
	addresses(x, "rootElement", &root, 1);
	list(x, "software_sbomType");
	pl_jw_str(&x->w, PL_STR("analyzed"));
	pl_jw_arr_end(&x->w);
	pl_jw_obj_end(&x->w);
	element(x, "SpdxDocument", PL_STR("DOCUMENT"));
	pl_jw_kstr(&x->w, "name", pl_sbom_subject(x->s));
	addresses(x, "element", &sbom, 1);
	profiles(x);
	addresses(x, "rootElement", &sbom, 1);
	pl_jw_obj_end(&x->w);
}

static void document(const struct pl_sbom *s, struct pl_buf *out)
{
	struct spdx3 x = {.s = s};

	x.space = pl_arena_fmt(s->arena, "https://spdx.org/spdxdocs/plimsoll-%s", s->uuid);
	pl_jw_init(&x.w, out, true);
	pl_jw_obj(&x.w);
	pl_jw_kstr(&x.w, "@context", PL_STR("https://spdx.org/rdf/3.0.1/spdx-context.jsonld"));
	list(&x, "@graph");
	creation(&x);
	image(&x);
	distribution(&x);
	for (uint32_t i = 0; i < s->r->inv->packages.len; i++)
		package(&x, i);
	pl_sbom_relations(s, add_relation, &x);
	licenses(&x);
	vulnerabilities(&x);
	collections(&x);
	pl_jw_arr_end(&x.w);
	pl_jw_obj_end(&x.w);
	pl_vec_release(&x.elements);
}

int pl_report_write_spdx3(const struct pl_report *const *reports, size_t n,
			  const struct pl_report_style *style, struct pl_buf *out,
			  struct pl_err *err)
{
	(void)style;
	return pl_sbom_write(reports, n, "SPDX", document, out, err);
}
