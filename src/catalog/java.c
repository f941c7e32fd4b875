/* SPDX-License-Identifier: Apache-2.0 */
/*
 * java: archives of classes, and the archives inside of them. What an archive is, is told best by
 * the pom.properties that Maven puts in; several of them mean that others were merged into it, and
 * the one whose artifact the file is named after is its own. Without any, the manifest and the
 * file's name must do: such an identity is marked uncertain.
 */
#include "catalog/cataloger.h"
#include "catalog/java_manifest.h"
#include "catalog/java_name.h"
#include "stream/stream.h"

static const char *const globs[] = {
	"**/*.jar", "**/*.war", "**/*.ear", "**/*.par", "**/*.sar", "**/*.nar",
	"**/*.jpi", "**/*.hpi", "**/*.kar", "**/*.far", NULL,
};

/* One outer file: what all its levels share. */
struct outer {
	struct pl_facts_writer *w;
	uint64_t left; /* of zip-bytes */
};

struct archive {
	struct outer *outer;
	struct pl_str bytes;
	struct pl_str name;  /* of the file */
	struct pl_str chain; /* inner path of the archive itself, empty for the outer one */
	uint64_t depth;
	struct pl_arena arena;
	PL_VEC(struct java_pom) poms;
	struct java_manifest manifest;
};

static void archive_release(struct archive *a)
{
	pl_vec_release(&a->poms);
	pl_arena_release(&a->arena);
}

static int read_archive(struct archive *a, struct pl_err *err);

/* The path from the outer file to something in this archive. */
static struct pl_str inner_path(struct archive *a, struct pl_str path)
{
	if (pl_str_empty(a->chain))
		return path;
	return pl_arena_fmt(&a->arena, "%.*s!%.*s", PL_FMT(a->chain), PL_FMT(path));
}

static void lost(struct archive *a, struct pl_str path, const char *why)
{
	struct pl_str inner = inner_path(a, path);

	pl_fact_diag(a->outer->w, PL_W_FAILED, "java-lost", "%.*s: %s", PL_FMT(inner), why);
}

/* The content of the current entry, at most `max` bytes; false when lost, which is then told. */
static bool take(struct archive *a, struct pl_zip *zip, const struct pl_zip_entry *e,
		 struct pl_buf *buf, enum pl_limit which)
{
	struct pl_err err = {0};
	uint64_t max = pl_limit(which);

	if (e->encrypted) {
		lost(a, e->path, "is encrypted");
		return false;
	}
	pl_buf_init(buf, (size_t)(max < a->outer->left ? max : a->outer->left));
	if (pl_zip_read(zip, buf, &err) < 0 || buf->failed) {
		lost(a, e->path, err.code ? err.text : "is larger than a limit allows");
		a->outer->left -= buf->len;
		return false;
	}
	a->outer->left -= buf->len;
	return true;
}

static void take_nested(struct archive *a, struct pl_zip *zip, const struct pl_zip_entry *e)
{
	struct pl_err err = {0};
	struct archive inner = {.outer = a->outer, .depth = a->depth + 1};
	pl_auto_buf buf;

	pl_buf_init(&buf, 0);
	if (inner.depth >= pl_limit(PL_LIM_ZIP_DEPTH)) {
		lost(a, e->path, "lies deeper than zip-depth allows");
		return;
	}
	pl_arena_init(&inner.arena);
	inner.chain = pl_arena_str(&inner.arena, inner_path(a, e->path));
	inner.name = pl_arena_str(&inner.arena, pl_path_base(e->path));
	if (take(a, zip, e, &buf, PL_LIM_ARCHIVE_FILE_BYTES)) {
		inner.bytes = pl_buf_view(&buf);
		if (read_archive(&inner, &err) < 0)
			lost(&inner, PL_STR(""), err.text);
	}
	archive_release(&inner);
}

static bool is_pom(struct pl_str path)
{
	return pl_glob(PL_STR("**/META-INF/maven/*/*/pom.properties"), path);
}

static void take_entry(struct archive *a, struct pl_zip *zip, const struct pl_zip_entry *e)
{
	struct java_pom pom;
	pl_auto_buf buf;

	pl_buf_init(&buf, 0);
	if (e->is_dir)
		return;
	if (pl_java_is_archive(e->path)) {
		take_nested(a, zip, e);
	} else if (is_pom(e->path)) {
		struct pl_str path = pl_arena_str(&a->arena, e->path);

		if (take(a, zip, e, &buf, PL_LIM_META_FILE_BYTES) &&
		    pl_java_pom_read(pl_buf_view(&buf), path, &a->arena, &pom))
			pl_vec_push(&a->poms, pom);
	} else if (pl_str_ieq(e->path, PL_STR("META-INF/MANIFEST.MF"))) {
		if (take(a, zip, e, &buf, PL_LIM_META_FILE_BYTES))
			pl_java_manifest_read(pl_buf_view(&buf), &a->arena, &a->manifest);
	}
}

/* --- identity ------------------------------------------------------------------------------- */

/* How well the file is named after an artifact: 0 not at all, else the longer the better. */
static size_t name_fits(const struct archive *a, struct pl_str artifact)
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
static bool is_renamed(const struct archive *a, const struct java_pom *p)
{
	struct pl_str artifact, version;

	pl_java_split(a->name, &artifact, &version);
	return pl_str_empty(version) || pl_str_eq(version, p->version);
}

/* The pom of the archive itself, or NULL. */
static const struct java_pom *own_pom(const struct archive *a)
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

static struct pl_str manifest_name(const struct archive *a)
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

static struct pl_str manifest_version(const struct archive *a)
{
	static const enum java_field fields[] = {JAVA_PLUGIN_VERSION, JAVA_VERSION,
						 JAVA_SPEC_VERSION, JAVA_BUNDLE_VERSION};

	return first_of(&a->manifest, fields, 4, false);
}

static struct pl_str find_group(const struct archive *a, struct pl_str artifact)
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

static void report(struct archive *a, struct pl_pkg_fact *p, struct pl_str group,
		   struct pl_str artifact)
{
	p->type = PL_PKG_MAVEN;
	p->name = artifact;
	if (!pl_str_empty(group))
		p->name = pl_arena_fmt(&a->arena, "%.*s:%.*s", PL_FMT(group), PL_FMT(artifact));
	pl_fact_package(a->outer->w, p);
}

/* A version that pom.properties keeps to itself may stand in the file's name. */
static void report_pom(struct archive *a, const struct java_pom *pom, bool own, struct pl_str sha1)
{
	struct pl_pkg_fact p = {.version = pom->version, .how = PL_STR("pom.properties")};
	struct pl_str artifact, version;

	if (own) {
		p.inner = a->chain;
		p.sha1 = sha1;
		p.licenses = a->manifest.at[JAVA_LICENSE];
		pl_java_split(a->name, &artifact, &version);
		if (pl_str_empty(p.version)) {
			p.version = version;
			p.uncertain = true;
		}
	} else {
		p.inner = inner_path(a, pom->path);
	}
	report(a, &p, pom->group, pom->artifact);
}

/* No pom of its own: the file's name when it is NAME-VERSION, as repositories call files; else what
 * the manifest has. */
static void report_guess(struct archive *a, struct pl_str sha1)
{
	struct pl_pkg_fact p = {.inner = a->chain, .sha1 = sha1, .uncertain = true};
	struct pl_str artifact, told = manifest_name(a);

	pl_java_split(a->name, &artifact, &p.version);
	p.how = PL_STR("file name");
	if (!pl_str_empty(told) && pl_str_empty(p.version)) {
		artifact = told;
		p.how = PL_STR("manifest");
	}
	if (pl_str_empty(p.version)) {
		p.version = manifest_version(a);
		p.how = PL_STR("manifest");
	}
	p.licenses = a->manifest.at[JAVA_LICENSE];
	if (pl_str_empty(p.version)) {
		struct pl_str where = pl_str_empty(a->chain) ? a->name : a->chain;

		p.how = PL_STR("file name");
		pl_fact_diag(a->outer->w, PL_W_NOTE, "java-unknown",
			     "%.*s: neither pom.properties, manifest nor file name tell a version",
			     PL_FMT(where));
	}
	report(a, &p, find_group(a, artifact), artifact);
}

static void report_all(struct archive *a)
{
	const struct java_pom *own = own_pom(a);
	uint8_t sha1[20];

	/* instrumentation modules that imitate the library they are woven into */
	if (!pl_str_empty(a->manifest.at[JAVA_WEAVE]))
		return;
	pl_sha1(a->bytes, sha1);
	if (!own)
		report_guess(a, pl_str_n(sha1, sizeof(sha1)));
	for (size_t i = 0; a->poms.at && i < a->poms.len; i++) {
		const struct java_pom *pom = &a->poms.at[i];

		report_pom(a, pom, pom == own, pl_str_n(sha1, sizeof(sha1)));
	}
}

/* --- reading -------------------------------------------------------------------------------- */

static void close_zip(struct pl_zip **z)
{
	pl_zip_close(*z);
}

static int read_archive(struct archive *a, struct pl_err *err)
{
	__attribute__((cleanup(close_zip))) struct pl_zip *zip = NULL;
	struct pl_zip_entry e;
	int rc = pl_zip_open(a->bytes, &zip, err);

	if (rc < 0)
		return rc;
	while ((rc = pl_zip_next(zip, &e, err)) > 0)
		take_entry(a, zip, &e);
	/* what was read of a damaged archive counts */
	if (rc == 0 || a->poms.len)
		report_all(a);
	return rc;
}

static int read_java(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct outer outer = {.w = w, .left = pl_limit(PL_LIM_ZIP_BYTES)};
	struct archive a = {.outer = &outer, .bytes = f->bytes, .name = pl_path_base(f->path)};
	int rc;

	if (pl_str_empty(f->bytes)) {
		pl_fact_diag(w, PL_W_WARN, "java-empty", "an empty file, no archive");
		return 0;
	}
	pl_arena_init(&a.arena);
	rc = read_archive(&a, err);
	archive_release(&a);
	return rc;
}

const struct pl_cataloger pl_cataloger_java = {
	.name = "java",
	.what = "Java archives, nested ones too: pom.properties, manifest, file name",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_ARCHIVE_FILE_BYTES,
	.read = read_java,
};
