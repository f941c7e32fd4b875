/* SPDX-License-Identifier: Apache-2.0 */
/* Which format a document is of, and what all formats have in common. */
#include "catalog/sbom_int.h"

#include <stdio.h>

#define JOINED_MAX PL_KiB(64)

/* --- what readers fill ---------------------------------------------------------------------- */

void pl_sbom_put_prop(struct pl_sbom_in *in, struct pl_str name, struct pl_str value)
{
	if (name.len && value.len)
		pl_vec_push(&in->props, (struct pl_sbom_prop){name, value});
}

void pl_sbom_put_note(struct pl_sbom_in *in, struct pl_str text)
{
	ptrdiff_t at = pl_str_find(text, PL_STR(": ")), eq = pl_str_chr(text, '=');
	struct pl_str value;
	size_t skip = 2;

	if (at < 0 || (eq > 0 && eq < at)) {
		at = eq;
		skip = 1;
	}
	if (at <= 0)
		return;
	value = pl_str_sub(text, (size_t)at + skip, text.len);
	/* what plimsoll wrote is exact: instructions of a history may end in a blank */
	if (!pl_str_starts(text, PL_STR("plimsoll:")))
		value = pl_str_trim(value);
	pl_sbom_put_prop(in, pl_str_sub(text, 0, (size_t)at), value);
}

struct pl_str pl_sbom_joined(struct pl_sbom_in *in, struct pl_str list, struct pl_str one)
{
	char *out;

	if (!one.len || list.len + one.len > JOINED_MAX)
		return list;
	if (!list.len)
		return one;
	out = pl_arena_alloc(in->arena, list.len + one.len + 2);
	memcpy(out, list.ptr, list.len);
	out[list.len] = '\n';
	memcpy(out + list.len + 1, one.ptr, one.len);
	return pl_str_n(out, list.len + 1 + one.len);
}

struct pl_str pl_sbom_told(struct pl_str s)
{
	if (pl_str_eq_c(s, "NOASSERTION") || pl_str_eq_c(s, "NONE"))
		return (struct pl_str){0};
	return s;
}

struct pl_str pl_sbom_party(struct pl_str s)
{
	static const char *const kinds[] = {"Organization:", "Person:", "Tool:"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (pl_str_starts(s, pl_str_c(kinds[i])))
			return pl_str_trim(pl_str_sub(s, strlen(kinds[i]), s.len));
	return pl_sbom_told(s);
}

void pl_sbom_identify(struct pl_sbom_in *in, struct pl_sbom_pkg *p, struct pl_str purl)
{
	struct pl_purl_parts parts;
	struct pl_err ignored = {0};

	p->fact.type = PL_PKG_GENERIC;
	if (!purl.len || pl_purl_read(in->arena, purl, &parts, &ignored) < 0)
		return;
	p->known = pl_purl_fact(in->arena, &parts, &p->fact);
	p->fact.purl = purl;
}

/* The next field of a CPE: up to ':' that no '\' stands before. */
static struct pl_str cpe_field(struct pl_str *rest)
{
	size_t n = 0;
	struct pl_str field;

	while (n < rest->len && rest->ptr[n] != ':')
		n += rest->ptr[n] == '\\' && n + 1 < rest->len ? 2 : 1;
	field = pl_str_sub(*rest, 0, n);
	*rest = pl_str_sub(*rest, n + 1, rest->len);
	return field;
}

void pl_sbom_put_cpe(struct pl_sbom_in *in, struct pl_sbom_pkg *p, struct pl_str cpe)
{
	struct pl_str rest = cpe, vendor, product, pair, line, have = p->fact.cpes;

	if (pl_str_starts(cpe, PL_STR("cpe:2.3:")))
		rest = pl_str_sub(cpe, 8, cpe.len);
	else if (pl_str_starts(cpe, PL_STR("cpe:/")))
		rest = pl_str_sub(cpe, 5, cpe.len);
	else
		return;
	cpe_field(&rest);
	vendor = cpe_field(&rest);
	product = cpe_field(&rest);
	if (!vendor.len || !product.len)
		return;
	pair = pl_arena_fmt(in->arena, "%.*s:%.*s", PL_FMT(vendor), PL_FMT(product));
	while (have.len && pl_str_split(&have, '\n', &line))
		if (pl_str_eq(line, pair))
			return;
	p->fact.cpes = pl_sbom_joined(in, p->fact.cpes, pair);
}

void pl_sbom_edge(struct pl_sbom_in *in, struct pl_str from, struct pl_str to)
{
	if (from.len && to.len)
		pl_vec_push(&in->edges, (struct pl_sbom_edge){from, to});
}

/* --- properties of known tools -------------------------------------------------------------- */

struct pl_str pl_sbom_prop(const struct pl_sbom_pkg *p, const char *name)
{
	for (size_t i = 0; i < p->n_props; i++)
		if (pl_str_eq_c(p->props[i].name, name))
			return p->props[i].value;
	return (struct pl_str){0};
}

/* Trivy writes "aquasecurity:trivy:SrcName" in CycloneDX and "SrcName: …" in SPDX. */
static struct pl_str trivy(const struct pl_sbom_pkg *p, const char *name)
{
	char full[64];
	struct pl_str v;

	snprintf(full, sizeof(full), "aquasecurity:trivy:%s", name);
	v = pl_sbom_prop(p, full);
	return v.len ? v : pl_sbom_prop(p, name);
}

static void take_if(struct pl_str *field, struct pl_str value)
{
	if (value.len)
		*field = value;
}

static void take_missing(struct pl_str *field, struct pl_str value)
{
	if (!field->len)
		*field = value;
}

static void from_trivy(struct pl_sbom_in *in, struct pl_sbom_pkg *p)
{
	struct pl_str version = trivy(p, "SrcVersion"), release = trivy(p, "SrcRelease"),
		      epoch = trivy(p, "SrcEpoch");

	take_if(&p->fact.source_name, trivy(p, "SrcName"));
	if (version.len) {
		if (release.len)
			version = pl_arena_fmt(in->arena, "%.*s-%.*s", PL_FMT(version),
					       PL_FMT(release));
		if (epoch.len && !pl_str_eq_c(epoch, "0"))
			version = pl_arena_fmt(in->arena, "%.*s:%.*s", PL_FMT(epoch),
					       PL_FMT(version));
		p->fact.source_version = version;
	}
	take_if(&p->fact.module, trivy(p, "Modularitylabel"));
	take_if(&p->diff_id, trivy(p, "LayerDiffID"));
	take_if(&p->layer, trivy(p, "LayerDigest"));
	p->paths = pl_sbom_joined(in, p->paths, trivy(p, "FilePath"));
}

/* "syft:location:0:path" and the like: the index tells nothing, the last word does. */
static void from_syft(struct pl_sbom_in *in, struct pl_sbom_pkg *p)
{
	for (size_t i = 0; i < p->n_props; i++) {
		struct pl_str name = p->props[i].name, value = p->props[i].value;

		if (!pl_str_starts(name, PL_STR("syft:")))
			continue;
		if (pl_str_starts(name, PL_STR("syft:location:"))) {
			if (pl_str_ends(name, PL_STR(":path")))
				p->paths = pl_sbom_joined(in, p->paths, value);
			else if (pl_str_ends(name, PL_STR(":layerID")))
				take_missing(&p->diff_id, value);
		} else if (pl_str_eq_c(name, "syft:metadata:source") ||
			   pl_str_eq_c(name, "syft:metadata:originPackage")) {
			take_if(&p->fact.source_name, value);
		} else if (pl_str_eq_c(name, "syft:metadata:sourceVersion")) {
			take_if(&p->fact.source_version, value);
		} else if (pl_str_eq_c(name, "syft:metadata:modularityLabel")) {
			take_if(&p->fact.module, value);
		}
	}
}

/* Paths without their leading slash. */
static struct pl_str clean_paths(struct pl_sbom_in *in, struct pl_str paths)
{
	struct pl_str rest = paths, one, out = {0};

	while (rest.len && pl_str_split(&rest, '\n', &one)) {
		char *clean = pl_arena_alloc(in->arena, one.len + 1);
		unsigned flags = 0;

		out = pl_sbom_joined(in, out, pl_str_n(clean, pl_path_clean(one, clean, &flags)));
	}
	return out;
}

static void keep_props(struct pl_sbom_in *in, const struct pl_sbom_prop **props, size_t *n)
{
	struct pl_sbom_prop *at = pl_arena_array(in->arena, struct pl_sbom_prop, in->props.len + 1);

	if (in->props.len)
		memcpy(at, in->props.at, in->props.len * sizeof(*at));
	*props = at;
	*n = in->props.len;
	in->props.len = 0;
}

void pl_sbom_head_props(struct pl_sbom_in *in)
{
	for (size_t i = 0; i < in->packages.len; i++) {
		const struct pl_sbom_pkg *p = &in->packages.at[i];

		for (size_t k = 0; p->root && k < p->n_props; k++)
			pl_sbom_put_prop(in, p->props[k].name, p->props[k].value);
	}
	keep_props(in, &in->head.props, &in->head.n_props);
}

void pl_sbom_keep(struct pl_sbom_in *in, struct pl_sbom_pkg *p)
{
	if (in->rc < 0)
		return;
	if (in->packages.len >= pl_limit(PL_LIM_PACKAGES)) {
		in->rc = pl_fail_limit(in->err, PL_LIM_PACKAGES, "packages of a document");
		return;
	}
	keep_props(in, &p->props, &p->n_props);
	from_trivy(in, p);
	from_syft(in, p);
	p->paths = clean_paths(in, p->paths);
	if (p->fact.type != PL_PKG_GENERIC)
		p->fact.cpes = (struct pl_str){0}; /* advisories name it by its package URL */
	p->fact.evidence = PL_EV_SBOM;
	pl_vec_push(&in->packages, *p);
}

/* --- the distribution ----------------------------------------------------------------------- */

/* Names of families in Trivy's documents and namespaces of package URLs that are no ID of
 * os-release. */
static const struct {
	const char *theirs, *id;
} families[] = {
	{"redhat", "rhel"},
	{"amazon", "amzn"},
	{"oracle", "ol"},
	{"alma", "almalinux"},
	{"cbl-mariner", "mariner"},
	{"suse linux enterprise server", "sles"},
	{"opensuse.leap", "opensuse-leap"},
	{"opensuse.tumbleweed", "opensuse-tumbleweed"},
	{"rockylinux", "rocky"},
};

void pl_sbom_os(struct pl_sbom_in *in, struct pl_str name, struct pl_str version)
{
	if (!name.len || in->head.os.found)
		return;
	in->head.os.found = true;
	in->head.os.id = name;
	in->head.os.version_id = version;
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (pl_str_ieq(name, pl_str_c(families[i].theirs)))
			in->head.os.id = pl_str_c(families[i].id);
}

/* From a package of it: "pkg:deb/debian/dash@1?distro=debian-12.5"; Trivy's apk tell "3.19.1". */
static void os_from_packages(struct pl_sbom_in *in)
{
	struct pl_purl_parts p;
	struct pl_str distro;
	ptrdiff_t dash;

	for (size_t i = 0; i < in->packages.len && !in->head.os.found; i++) {
		const struct pl_sbom_pkg *pkg = &in->packages.at[i];

		if (!pkg->known || !pl_pkg_type_is_os(pkg->fact.type) ||
		    pl_purl_read(in->arena, pkg->fact.purl, &p, NULL) < 0)
			continue;
		distro = pl_purl_qualifier(in->arena, &p, "distro");
		dash = pl_str_rchr(distro, '-');
		if (!distro.len)
			continue;
		if (dash > 0)
			pl_sbom_os(in, pl_str_sub(distro, 0, (size_t)dash),
				   pl_str_sub(distro, (size_t)dash + 1, distro.len));
		else if (pl_is_digit(distro.ptr[0]))
			pl_sbom_os(in, p.space, distro);
		else
			pl_sbom_os(in, distro, (struct pl_str){0});
	}
}

/* --- formats -------------------------------------------------------------------------------- */

static bool has(struct pl_str text, const char *word)
{
	return pl_str_find(text, pl_str_c(word)) >= 0;
}

static struct pl_str after_bom(struct pl_str text)
{
	if (pl_str_starts(text, PL_STR("\xef\xbb\xbf")))
		text = pl_str_sub(text, 3, text.len);
	return pl_str_trim(text);
}

static const char *sniff_json(struct pl_str head)
{
	if (has(head, "\"bomFormat\"") && has(head, "\"CycloneDX\""))
		return "cyclonedx-json";
	if (has(head, "\"spdxVersion\""))
		return "spdx-json";
	if (has(head, "\"@context\"") && has(head, "spdx.org/rdf/3"))
		return "spdx3-json";
	if (has(head, "\"artifacts\"") && has(head, "\"foundBy\""))
		return "syft-json";
	return NULL;
}

const char *pl_sbom_sniff(struct pl_str head)
{
	head = after_bom(pl_str_sub(head, 0, PL_SBOM_SNIFF));
	if (!head.len)
		return NULL;
	if (head.ptr[0] == '{')
		return sniff_json(head);
	if (head.ptr[0] == '<')
		return has(head, "cyclonedx.org/schema/bom") ? "cyclonedx-xml" : NULL;
	if (pl_str_starts(head, PL_STR("SPDXVersion:")) || has(head, "\nSPDXVersion:"))
		return "spdx";
	return NULL;
}

/* By members, whatever their order: the sniff sees only the beginning. */
static int read_json(struct pl_sbom_in *in, const cJSON *doc)
{
	if (pl_str_eq_c(pl_json_str(doc, "bomFormat"), "CycloneDX")) {
		in->head.format = "cyclonedx-json";
		return pl_sbom_cdx(in, doc);
	}
	if (pl_json_str(doc, "spdxVersion").len) {
		in->head.format = "spdx-json";
		return pl_sbom_spdx2(in, doc);
	}
	if (cJSON_IsArray(pl_json_get(doc, "@graph"))) {
		in->head.format = "spdx3-json";
		return pl_sbom_spdx3(in, doc);
	}
	if (cJSON_IsArray(pl_json_get(doc, "artifacts")) && pl_json_get(doc, "descriptor")) {
		in->head.format = "syft-json";
		return pl_sbom_syft(in, doc);
	}
	return pl_fail(in->err, PL_E_UNSUPPORTED,
		       "JSON, but neither CycloneDX nor SPDX nor Syft's");
}

/* The tree of the text; views into it are told, so it lives as long as the reading. */
static int read_text(struct pl_sbom_in *in, struct pl_str text, uint64_t max, cJSON **doc)
{
	int rc;

	text = after_bom(text);
	if (text.len && text.ptr[0] == '{') {
		rc = pl_json_parse(text, max, doc, in->err);
		return rc < 0 ? rc : read_json(in, *doc);
	}
	if (text.len && text.ptr[0] == '<') {
		in->head.format = "cyclonedx-xml";
		rc = pl_sbom_xml(text, doc, in->err);
		return rc < 0 ? rc : pl_sbom_cdx(in, *doc);
	}
	if (!pl_str_starts(text, PL_STR("SPDXVersion:")) && !has(text, "\nSPDXVersion:"))
		return pl_fail(in->err, PL_E_UNSUPPORTED, "no bill of materials that is known");
	in->head.format = "spdx";
	rc = pl_sbom_tag_value(text, doc, in->err);
	return rc < 0 ? rc : pl_sbom_spdx2(in, *doc);
}

static int tell(struct pl_sbom_in *in, const struct pl_sbom_sink *sink)
{
	os_from_packages(in);
	if (sink->head)
		sink->head(sink->arg, &in->head);
	for (size_t i = 0; sink->package && i < in->packages.len; i++) {
		int rc = sink->package(sink->arg, &in->packages.at[i], in->err);

		if (rc < 0)
			return rc;
	}
	for (size_t i = 0; sink->depends && i < in->edges.len; i++)
		sink->depends(sink->arg, in->edges.at[i].from, in->edges.at[i].to);
	return 0;
}

int pl_sbom_read(struct pl_str text, uint64_t max, const struct pl_sbom_sink *sink,
		 struct pl_err *err)
{
	pl_auto_arena arena;
	pl_auto_json *doc = NULL;
	struct pl_sbom_in in = {.arena = &arena, .err = err};
	int rc;

	pl_arena_init(&arena);
	if (text.len > max)
		return pl_fail(err, PL_E_LIMIT, "a bill of materials of %zu bytes; at most %llu",
			       text.len, (unsigned long long)max);
	rc = read_text(&in, text, max, &doc);
	if (rc >= 0)
		rc = in.rc < 0 ? in.rc : tell(&in, sink);
	pl_vec_release(&in.packages);
	pl_vec_release(&in.edges);
	pl_vec_release(&in.props);
	return rc;
}
