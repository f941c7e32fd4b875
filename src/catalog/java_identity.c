/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a Java archive is, is told best by the pom.properties that Maven puts in; several of them
 * mean that others were merged into it, and the one whose artifact the file is named after is its
 * own. Without any, the manifest and the file's name must do: such an identity is marked uncertain.
 * Merged code whose pom.properties was left out is told by its classes, without a version.
 */
#include "catalog/java_archive.h"
#include "catalog/java_name.h"
#include "stream/stream.h"

/* How well the file is named after an artifact: 0 not at all, else the longer the better. */
static size_t name_fits(const struct java_archive *a, struct pl_str artifact)
{
	struct pl_str rest;

	if (pl_str_empty(artifact) || !pl_str_istarts(a->name, artifact))
		return 0;
	rest = pl_str_sub(a->name, artifact.len, a->name.len);
	if (pl_str_empty(rest) || rest.ptr[0] == '-' || rest.ptr[0] == '.' || rest.ptr[0] == '_')
		return artifact.len;
	return 0;
}

/* Whether a single pom that the file is not named after is the archive's own: so it is when the
 * name has no version (a renamed file) or the same; else it came with merged code. */
static bool is_renamed(const struct java_archive *a, const struct java_pom *p)
{
	struct pl_str artifact, version;

	pl_java_split(a->name, &artifact, &version);
	return pl_str_empty(version) || pl_str_eq(version, p->version);
}

/* The pom of the archive itself, or NULL. */
static const struct java_pom *own_pom(const struct java_archive *a)
{
	const struct java_pom *best = NULL;
	size_t fit = 0;

	for (size_t i = 0; i < a->poms.len; i++) {
		size_t f = name_fits(a, a->poms.at[i].artifact);

		if (f > fit) {
			fit = f;
			best = &a->poms.at[i];
		}
	}
	if (!best && a->poms.len == 1 && is_renamed(a, &a->poms.at[0]))
		best = &a->poms.at[0];
	return best;
}

static struct pl_str first_of(const struct java_manifest *m, const enum java_field *fields,
			      size_t n, bool id)
{
	for (size_t i = 0; i < n; i++) {
		struct pl_str v = m->at[fields[i]];

		if (id ? pl_java_is_id(v) : !pl_str_empty(v) && pl_str_find(v, PL_STR("${")) < 0)
			return v;
	}
	return (struct pl_str){0};
}

/* "org.example.thing;singleton:=true" → "thing" */
static struct pl_str bundle_id(const struct java_manifest *m)
{
	struct pl_str bundle = m->at[JAVA_BUNDLE], id;

	if (!pl_str_split(&bundle, ';', &id))
		return (struct pl_str){0};
	return pl_str_trim(id);
}

static struct pl_str manifest_name(const struct java_archive *a)
{
	static const enum java_field fields[] = {JAVA_PLUGIN, JAVA_EXTENSION, JAVA_TITLE,
						 JAVA_SPEC_TITLE};
	struct pl_str name = first_of(&a->manifest, fields, 4, true);
	struct pl_str bundle = bundle_id(&a->manifest);

	if (!pl_str_empty(name) || !pl_java_is_id(bundle))
		return name;
	/* a symbolic name is a package of classes: only where the file agrees is it an artifact */
	name = pl_str_sub(bundle, (size_t)(pl_str_rchr(bundle, '.') + 1), bundle.len);
	return name_fits(a, name) ? name : (struct pl_str){0};
}

static struct pl_str manifest_version(const struct java_archive *a)
{
	static const enum java_field fields[] = {JAVA_PLUGIN_VERSION, JAVA_VERSION,
						 JAVA_SPEC_VERSION, JAVA_BUNDLE_VERSION};

	return first_of(&a->manifest, fields, 4, false);
}

static struct pl_str find_group(const struct java_archive *a, struct pl_str artifact)
{
	static const enum java_field fields[] = {JAVA_PLUGIN_GROUP, JAVA_VENDOR_ID};
	struct pl_str known = pl_java_group(artifact), bundle = bundle_id(&a->manifest);
	struct pl_str told = first_of(&a->manifest, fields, 2, true), group;
	ptrdiff_t cut;

	if (!pl_str_empty(a->manifest.at[JAVA_PLUGIN_GROUP]) || pl_str_empty(known))
		known = told;
	if (!pl_str_empty(known))
		return known;
	/* com.fasterxml.jackson.core.jackson-databind of jackson-databind; org.opentest4j of
	 * opentest4j; and artifacts that are called like bundles, org.osgi.core */
	if (!pl_java_is_id(bundle) || !pl_str_ends(bundle, artifact))
		bundle = artifact;
	cut = bundle.len > artifact.len ? (ptrdiff_t)(bundle.len - artifact.len - 1)
					: pl_str_rchr(bundle, '.');
	if (cut <= 0 || bundle.ptr[cut] != '.')
		return (struct pl_str){0};
	group = pl_str_sub(bundle, 0, (size_t)cut);
	if (pl_str_chr(group, '.') >= 0)
		return group;
	return bundle.len > artifact.len ? bundle : (struct pl_str){0};
}

static void report(struct java_archive *a, struct pl_pkg_fact *p, struct pl_str group,
		   struct pl_str artifact)
{
	p->type = PL_PKG_MAVEN;
	p->name = artifact;
	if (!pl_str_empty(group))
		p->name = pl_arena_fmt(&a->arena, "%.*s:%.*s", PL_FMT(group), PL_FMT(artifact));
	pl_fact_package(a->outer->w, p);
}

/* The pom.xml that lies beside a pom.properties. */
static const struct java_project *project_of(const struct java_archive *a, struct pl_str pom)
{
	uint32_t i = pl_map_get(&a->project_dirs, pl_path_dir(pom));

	return i == PL_MAP_NONE ? NULL : &a->projects.at[i].project;
}

static void report_pom(struct java_archive *a, const struct java_pom *pom, bool own,
		       struct pl_str sha1)
{
	struct pl_pkg_fact p = {.version = pom->version, .how = PL_STR("pom.properties")};
	const struct java_project *project = project_of(a, pom->path);
	struct pl_str artifact, version;

	if (pl_str_eq_c(pl_path_base(pom->path), "pom.xml"))
		p.how = PL_STR("pom.xml");
	if (project) {
		p.depends = project->depends;
		p.licenses = project->licenses;
	}
	if (own) {
		p.inner = a->chain;
		p.sha1 = sha1;
		if (!p.licenses.len)
			p.licenses = a->manifest.at[JAVA_LICENSE];
		/* a version that the file keeps to itself may stand in the archive's name */
		pl_java_split(a->name, &artifact, &version);
		if (pl_str_empty(p.version)) {
			p.version = version;
			p.uncertain = true;
		}
	} else {
		p.inner = pl_java_inner(a, pom->path);
	}
	report(a, &p, pom->group, pom->artifact);
}

/* A pom.xml without its pom.properties: what it says of itself, or its path. */
static void add_projects(struct java_archive *a)
{
	pl_auto_map known;

	pl_map_init(&known);
	for (size_t i = 0; i < a->poms.len; i++)
		pl_map_put(&known, pl_path_dir(a->poms.at[i].path), 0);
	for (size_t i = 0; i < a->projects.len; i++) {
		const struct java_project_at *p = &a->projects.at[i];
		struct pl_str dir = pl_path_dir(p->path);
		struct java_pom pom = {.group = p->project.group,
				       .artifact = p->project.artifact,
				       .version = p->project.version,
				       .path = p->path};

		if (!pl_map_put(&known, dir, 0))
			continue;
		if (!pom.group.len)
			pom.group = pl_path_base(pl_path_dir(dir));
		pl_vec_push(&a->poms, pom);
	}
}

/* Manifests of plugin systems whose own identity is a Maven coordinate: Jenkins (hpi plugin), NiFi
 * (nar plugin). */
static bool report_plugin(struct java_archive *a, struct pl_str sha1)
{
	static const enum java_field fields[2][3] = {
		{JAVA_PLUGIN_GROUP, JAVA_PLUGIN, JAVA_PLUGIN_VERSION},
		{JAVA_NAR_GROUP, JAVA_NAR, JAVA_NAR_VERSION}};

	for (size_t i = 0; i < 2; i++) {
		struct pl_str group = a->manifest.at[fields[i][0]];
		struct pl_str artifact = a->manifest.at[fields[i][1]];
		struct pl_str version = a->manifest.at[fields[i][2]], first;
		struct pl_pkg_fact p = {.inner = a->chain, .sha1 = sha1};

		if (!pl_java_is_id(group) || !pl_java_is_id(artifact) || !version.len)
			continue;
		/* "4.8 (private-1234-me)" */
		pl_str_split(&version, ' ', &first);
		p.version = first;
		p.how = PL_STR("manifest of a plugin");
		report(a, &p, group, artifact);
		return true;
	}
	return false;
}

/* The file's name and the manifest tell one version, and the classes of just this artifact are
 * there: three witnesses are no guess. */
static bool is_proven(const struct java_archive *a, struct pl_str artifact, struct pl_str version)
{
	struct pl_str manifest = manifest_version(a), group = pl_java_group(artifact);

	if (!version.len || !pl_str_eq(version, manifest) || !group.len)
		return false;
	for (size_t i = 0; i < pl_java_class_table_len && a->found.any; i++)
		if (a->found.at[i].len && pl_str_eq_c(artifact, pl_java_class_table[i].artifact) &&
		    pl_str_eq_c(group, pl_java_class_table[i].group))
			return true;
	return false;
}

/* No pom of its own: the file's name when it is NAME-VERSION, as repositories call files; else what
 * the manifest has. Returns the artifact. */
static struct pl_str report_guess(struct java_archive *a, struct pl_str sha1)
{
	struct pl_pkg_fact p = {.inner = a->chain, .sha1 = sha1, .uncertain = true};
	struct pl_str artifact, told = manifest_name(a);

	pl_java_split(a->name, &artifact, &p.version);
	p.how = PL_STR("file name");
	p.evidence = PL_EV_FILE_NAME;
	if (!pl_str_empty(told) && pl_str_empty(p.version)) {
		artifact = told;
		p.how = PL_STR("manifest");
		p.evidence = PL_EV_METADATA;
	}
	if (pl_str_empty(p.version)) {
		p.version = manifest_version(a);
		p.how = PL_STR("manifest");
		p.evidence = PL_EV_METADATA;
	}
	p.licenses = a->manifest.at[JAVA_LICENSE];
	if (is_proven(a, artifact, p.version)) {
		p.uncertain = false;
		p.how = PL_STR("file name, manifest and classes");
		p.evidence = PL_EV_METADATA;
	}
	if (pl_str_empty(p.version)) {
		struct pl_str where = pl_str_empty(a->chain) ? a->name : a->chain;

		p.how = PL_STR("file name");
		p.evidence = PL_EV_FILE_NAME;
		pl_fact_diag(a->outer->w, PL_W_NOTE, "java-unknown",
			     "%.*s: neither pom.properties, manifest nor file name tell a version",
			     PL_FMT(where));
	}
	report(a, &p, find_group(a, artifact), artifact);
	return artifact;
}

/* --- merged code without a pom.properties --------------------------------------------------- */

static bool has_artifact(const struct java_archive *a, const struct java_class_row *row,
			 struct pl_str own)
{
	if (own.len && pl_java_class_by_right(row, own))
		return true;
	for (size_t i = 0; i < a->poms.len; i++)
		if (pl_java_class_by_right(row, a->poms.at[i].artifact))
			return true;
	return false;
}

static void report_classes(struct java_archive *a, struct pl_str own)
{
	for (size_t i = 0; i < pl_java_class_table_len && a->found.any; i++) {
		const struct java_class_row *row = &pl_java_class_table[i];
		struct pl_pkg_fact p = {.how = PL_STR("class of it in another archive"),
					.evidence = PL_EV_FILE_NAME,
					.uncertain = true};

		if (!a->found.at[i].len || has_artifact(a, row, own))
			continue;
		p.inner = pl_java_inner(a, a->found.at[i]);
		report(a, &p, pl_str_c(row->group), pl_str_c(row->artifact));
	}
}

/* A zip of any other kind is no artifact, if it has not all that a jar has. */
static bool is_artifact(const struct java_archive *a)
{
	if (pl_java_is_artifact_name(a->name))
		return true;
	return a->has_manifest && a->classes && !pl_java_is_own_name(a->name);
}

void pl_java_report(struct java_archive *a)
{
	struct pl_str sha1, own_name = {0};
	const struct java_pom *own;
	uint8_t digest[20];

	/* instrumentation modules that imitate the library they are woven into */
	if (!pl_str_empty(a->manifest.at[JAVA_WEAVE]))
		return;
	add_projects(a);
	own = own_pom(a);
	pl_sha1(a->bytes, digest);
	sha1 = pl_str_n(digest, sizeof(digest));
	if (!own && is_artifact(a) && !report_plugin(a, sha1))
		own_name = report_guess(a, sha1);
	for (size_t i = 0; a->poms.at && i < a->poms.len; i++) {
		const struct java_pom *pom = &a->poms.at[i];

		report_pom(a, pom, pom == own, sha1);
	}
	report_classes(a, own_name);
}
