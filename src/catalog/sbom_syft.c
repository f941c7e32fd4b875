/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Syft's own JSON (schema.json of anchore/syft, versions 3 to 16): artifacts with the metadata of
 * their package manager, relations, the source and the distribution.
 */
#include "catalog/sbom_int.h"

/* Types of Syft for artifacts without package URL. */
static const struct {
	const char *theirs;
	enum pl_pkg_type ours;
} types[] = {
	{"alpm", PL_PKG_ALPM},
	{"apk", PL_PKG_APK},
	{"bitnami", PL_PKG_BITNAMI},
	{"conan", PL_PKG_CONAN},
	{"conda", PL_PKG_CONDA},
	{"dart-pub", PL_PKG_PUB},
	{"deb", PL_PKG_DEB},
	{"dotnet", PL_PKG_NUGET},
	{"gem", PL_PKG_GEM},
	{"go-module", PL_PKG_GOLANG},
	{"hackage", PL_PKG_HACKAGE},
	{"hex", PL_PKG_HEX},
	{"java-archive", PL_PKG_MAVEN},
	{"lua-rocks", PL_PKG_LUAROCKS},
	{"nix", PL_PKG_NIX},
	{"npm", PL_PKG_NPM},
	{"opam", PL_PKG_OPAM},
	{"php-composer", PL_PKG_COMPOSER},
	{"php-pecl", PL_PKG_PEAR},
	{"php-pear", PL_PKG_PEAR},
	{"pod", PL_PKG_COCOAPODS},
	{"portage", PL_PKG_PORTAGE},
	{"python", PL_PKG_PYPI},
	{"R-package", PL_PKG_CRAN},
	{"rpm", PL_PKG_RPM},
	{"rust-crate", PL_PKG_CARGO},
	{"swift", PL_PKG_SWIFT},
	{"swiplpack", PL_PKG_SWIPL},
	{"wordpress-plugin", PL_PKG_WORDPRESS},
};

static void take_type(struct pl_sbom_pkg *p)
{
	for (size_t i = 0; !p->known && i < sizeof(types) / sizeof(*types); i++) {
		if (pl_str_eq_c(p->kind, types[i].theirs)) {
			p->fact.type = types[i].ours;
			p->known = true;
		}
	}
}

/* Licences were strings before schema 8, objects after. */
static void take_licenses(struct pl_sbom_in *in, struct pl_sbom_pkg *p, const cJSON *a)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, pl_json_get(a, "licenses"))
	{
		struct pl_str text = pl_json_text(one);

		if (!text.len)
			text = pl_json_str(one, "spdxExpression");
		if (!text.len)
			text = pl_json_str(one, "value");
		p->fact.licenses = pl_sbom_joined(in, p->fact.licenses, text);
	}
}

static void take_locations(struct pl_sbom_in *in, struct pl_sbom_pkg *p, const cJSON *a)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, pl_json_get(a, "locations"))
	{
		p->paths = pl_sbom_joined(in, p->paths, pl_json_str(one, "path"));
		if (!p->diff_id.len)
			p->diff_id = pl_json_str(one, "layerID");
	}
}

static void take_cpes(struct pl_sbom_in *in, struct pl_sbom_pkg *p, const cJSON *a)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, pl_json_get(a, "cpes"))
	{
		struct pl_str cpe = pl_json_text(one);

		pl_sbom_put_cpe(in, p, cpe.len ? cpe : pl_json_str(one, "cpe"));
	}
}

/* What the database of the package manager says of the source. */
static void take_metadata(struct pl_sbom_in *in, struct pl_sbom_pkg *p, const cJSON *m)
{
	struct pl_str source = pl_json_str(m, "source");
	struct pl_purl_parts parts = {0};
	struct pl_pkg_fact from = {0};

	if (p->fact.type == PL_PKG_RPM) {
		parts.qualifiers = pl_arena_fmt(in->arena, "upstream=%.*s",
						PL_FMT(pl_json_str(m, "sourceRpm")));
		parts.type = PL_STR("rpm");
		if (pl_json_str(m, "sourceRpm").len && !p->fact.source_name.len) {
			pl_purl_fact(in->arena, &parts, &from);
			p->fact.source_name = from.source_name;
			p->fact.source_version = from.source_version;
		}
		p->fact.module = pl_json_str(m, "modularityLabel");
		p->fact.vendor = pl_json_str(m, "vendor");
	} else if (p->fact.type == PL_PKG_APK) {
		source = pl_json_str(m, "originPackage");
	}
	if (p->fact.type != PL_PKG_DEB && p->fact.type != PL_PKG_APK)
		return;
	p->supplier = pl_json_str(m, "maintainer");
	if (source.len)
		p->fact.source_name = source;
	if (pl_json_str(m, "sourceVersion").len)
		p->fact.source_version = pl_json_str(m, "sourceVersion");
	if (pl_json_str(m, "architecture").len)
		p->fact.arch = pl_json_str(m, "architecture");
}

static void take_artifact(struct pl_sbom_in *in, const cJSON *a)
{
	struct pl_sbom_pkg p = {.ref = pl_json_str(a, "id"), .kind = pl_json_str(a, "type")};

	p.fact.name = pl_json_str(a, "name");
	p.fact.version = pl_json_str(a, "version");
	if (pl_str_eq_c(p.fact.version, "UNKNOWN"))
		p.fact.version = (struct pl_str){0};
	pl_sbom_identify(in, &p, pl_json_str(a, "purl"));
	take_type(&p);
	take_licenses(in, &p, a);
	take_locations(in, &p, a);
	take_cpes(in, &p, a);
	take_metadata(in, &p, pl_json_get(a, "metadata"));
	pl_sbom_put_prop(in, PL_STR("syft:package:foundBy"), pl_json_str(a, "foundBy"));
	pl_sbom_keep(in, &p);
}

/* idLike was a string before schema 1.1, a list after. */
static void take_distro(struct pl_sbom_in *in, const cJSON *d)
{
	struct pl_os *os = &in->head.os;
	const cJSON *like = pl_json_get(d, "idLike");
	struct pl_str id = pl_json_str(d, "id");

	pl_sbom_os(in, id.len ? id : pl_json_str(d, "name"), pl_json_str(d, "versionID"));
	if (!os->found)
		return;
	if (!os->version_id.len)
		os->version_id = pl_json_str(d, "version");
	os->id_like = cJSON_IsArray(like) ? pl_json_text(like->child) : pl_json_text(like);
	os->name = pl_json_str(d, "name");
	os->pretty_name = pl_json_str(d, "prettyName");
	os->codename = pl_json_str(d, "versionCodename");
	os->variant_id = pl_json_str(d, "variantID");
}

static void take_source(struct pl_sbom_in *in, const cJSON *source)
{
	const cJSON *meta = pl_json_get(source, "metadata"),
		    *target = pl_json_get(source, "target"), *layer;

	in->head.subject = pl_json_str(source, "name");
	in->head.subject_version = pl_json_str(source, "version");
	if (!in->head.subject.len)
		in->head.subject = pl_json_str(meta ? meta : target, "userInput");
	/* lowest first */
	cJSON_ArrayForEach(layer, pl_json_get(meta, "layers"))
		pl_sbom_put_prop(in, PL_STR("syft:layer"), pl_json_str(layer, "digest"));
	pl_sbom_put_prop(in, PL_STR("syft:imageID"), pl_json_str(meta, "imageID"));
	pl_sbom_put_prop(in, PL_STR("syft:manifestDigest"), pl_json_str(meta, "manifestDigest"));
	pl_sbom_head_props(in);
}

int pl_sbom_syft(struct pl_sbom_in *in, const cJSON *doc)
{
	const cJSON *one, *tool = pl_json_get(doc, "descriptor");

	in->head.version = pl_json_str(pl_json_get(doc, "schema"), "version");
	in->head.tool = pl_arena_fmt(in->arena, "%.*s %.*s", PL_FMT(pl_json_str(tool, "name")),
				     PL_FMT(pl_json_str(tool, "version")));
	take_source(in, pl_json_get(doc, "source"));
	take_distro(in, pl_json_get(doc, "distro"));
	cJSON_ArrayForEach(one, pl_json_get(doc, "artifacts")) take_artifact(in, one);
	/* the parent is what the child needs */
	cJSON_ArrayForEach(
		one,
		pl_json_get(doc, "artifactRelationships")) if (pl_str_eq_c(pl_json_str(one, "type"),
									   "dependency-of"))
		pl_sbom_edge(in, pl_json_str(one, "child"), pl_json_str(one, "parent"));
	return 0;
}
