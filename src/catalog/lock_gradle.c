/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gradle and others that build with Maven's packages: gradle.lockfile (docs of Gradle, "Locking
 * Versions"), verification-metadata.xml, libs.versions.toml ("Version Catalogs"), the lock file of
 * sbt-dependency-lock, and what Bazel's rules_jvm_external takes.
 */
#include "catalog/lock.h"

/* "group:artifact:version…" → name and version. */
static bool coordinates(struct pl_lock *l, struct pl_str text, struct pl_str *name,
			struct pl_str *version)
{
	struct pl_str rest = text, group = {0}, artifact = {0};

	*version = (struct pl_str){0};
	if (!pl_str_split(&rest, ':', &group) || !pl_str_split(&rest, ':', &artifact) ||
	    pl_str_empty(group) || pl_str_empty(artifact))
		return false;
	(void)pl_str_split(&rest, ':', version);
	*name = pl_arena_fmt(&l->arena, "%.*s:%.*s", PL_FMT(group), PL_FMT(artifact));
	return true;
}

static struct pl_str joined(struct pl_lock *l, struct pl_str group, struct pl_str artifact)
{
	if (pl_str_empty(group) || pl_str_empty(artifact))
		return PL_STR("");
	return pl_arena_fmt(&l->arena, "%.*s:%.*s", PL_FMT(group), PL_FMT(artifact));
}

/* --- gradle.lockfile ------------------------------------------------------------------------ */

/* "testCompileClasspath,testRuntimeClasspath" */
static bool all_tests(struct pl_str configurations)
{
	struct pl_str one;

	if (pl_str_empty(configurations))
		return false;
	while (pl_str_split(&configurations, ',', &one)) {
		if (!pl_str_starts(one, PL_STR("test")) &&
		    !pl_str_starts(one, PL_STR("androidTest")))
			return false;
	}
	return true;
}

static int read_gradle(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	bool tools = pl_str_starts(pl_path_base(f->path), PL_STR("buildscript-"));
	struct pl_str rest = f->bytes, line, name, version;
	pl_auto_lock l;

	pl_lock_init(&l, w, PL_PKG_MAVEN, PL_STR("gradle.lockfile"));
	while (pl_str_line(&rest, &line)) {
		struct pl_str left, right = pl_str_trim(line);

		if (pl_str_empty(right) || right.ptr[0] == '#')
			continue;
		(void)pl_str_split(&right, '=', &left);
		if (pl_str_eq_c(left, "empty"))
			continue; /* configurations without anything */
		if (!coordinates(&l, left, &name, &version))
			return pl_fail(err, PL_E_FORMAT, "not group:artifact:version: %.*s",
				       PL_FMT(left));
		pl_lock_add(&l, name, version, tools || all_tests(right));
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const gradle_globs[] = {"**/gradle.lockfile", "**/buildscript-gradle.lockfile",
					   "**/dependency-locks/*.lockfile", NULL};
const struct pl_cataloger pl_cataloger_gradle_lock = {
	.name = "gradle_lock",
	.what = "Gradle: gradle.lockfile and its forerunners",
	.globs = gradle_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_gradle,
};

/* --- verification-metadata.xml -------------------------------------------------------------- */

static int read_verification(struct pl_facts_writer *w, const struct pl_cat_file *f,
			     struct pl_err *err)
{
	const struct pl_xml *root = NULL, *c;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_MAVEN, PL_STR("verification-metadata.xml"));
	rc = pl_xml_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &l.arena, &root, err);
	if (rc < 0)
		return rc;
	if (!pl_str_eq_c(root->name, "verification-metadata"))
		return pl_fail(err, PL_E_FORMAT, "not verification-metadata");
	c = pl_xml_get(pl_xml_get(root, "components"), "component");
	for (; c; c = pl_xml_more(c))
		pl_lock_add(&l, joined(&l, pl_xml_attr(c, "group"), pl_xml_attr(c, "name")),
			    pl_xml_attr(c, "version"), false);
	pl_lock_end(&l);
	return 0;
}

static const char *const verification_globs[] = {"**/verification-metadata.xml", NULL};
const struct pl_cataloger pl_cataloger_gradle_verification = {
	.name = "gradle_verification",
	.what = "Gradle: verification-metadata.xml",
	.globs = verification_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_verification,
};

/* --- libs.versions.toml --------------------------------------------------------------------- */

/* "1.+" and "[1,2)" are ranges. */
static struct pl_str exact(struct pl_str v)
{
	for (size_t i = 0; i < v.len; i++) {
		if (strchr("[](),+!", v.ptr[i]))
			return PL_STR("");
	}
	return v;
}

/* A text, or an object with forms of a rich version, of which the first that is no range counts. */
static struct pl_str rich_version(const cJSON *node)
{
	static const char *const forms[] = {"strictly", "require", "prefer"};

	for (size_t i = 0; cJSON_IsObject(node) && i < 3; i++) {
		if (!pl_str_empty(exact(pl_json_str(node, forms[i]))))
			return pl_json_str(node, forms[i]);
	}
	return pl_json_text(node);
}

struct versions {
	struct pl_map names; /* index of at */
	PL_VEC(struct pl_str) at;
};

static void library(struct pl_lock *l, const struct versions *versions, const cJSON *node)
{
	const cJSON *told = pl_json_get(node, "version");
	struct pl_str name = {0}, version = {0};
	uint32_t ref;

	if (cJSON_IsString(node)) {
		(void)coordinates(l, pl_json_text(node), &name, &version);
	} else {
		name = pl_json_str(node, "module");
		if (pl_str_empty(name))
			name = joined(l, pl_json_str(node, "group"), pl_json_str(node, "name"));
		ref = pl_map_get(&versions->names, pl_json_str(told, "ref"));
		version = ref == PL_MAP_NONE ? rich_version(told) : versions->at.at[ref];
	}
	pl_lock_add(l, name, exact(version), false);
}

static int read_catalog(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	struct versions versions = {0};
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_MAVEN, PL_STR("libs.versions.toml"));
	rc = pl_toml_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &root, err);
	if (rc < 0)
		return rc;
	pl_map_init(&versions.names);
	pl_json_each(v, pl_json_get(root, "versions"))
	{
		pl_map_put(&versions.names, pl_json_key(v), (uint32_t)versions.at.len);
		pl_vec_push(&versions.at, rich_version(v));
	}
	pl_json_each(node, pl_json_get(root, "libraries")) library(&l, &versions, node);
	pl_lock_end(&l);
	pl_map_release(&versions.names);
	pl_vec_release(&versions.at);
	return 0;
}

static const char *const catalog_globs[] = {"**/*.versions.toml", NULL};
const struct pl_cataloger pl_cataloger_gradle_catalog = {
	.name = "gradle_catalog",
	.what = "Gradle: version catalogs, libs.versions.toml",
	.globs = catalog_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_catalog,
};

/* --- sbt ------------------------------------------------------------------------------------ */

static int read_sbt(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_MAVEN, PL_STR("build.sbt.lock"));
	rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);
	if (rc < 0)
		return rc;
	if (!pl_json_get(root, "lockVersion"))
		return pl_fail(err, PL_E_FORMAT, "no lockVersion");
	pl_json_each(d, pl_json_get(root, "dependencies"))
	{
		bool dev = pl_json_get(d, "configurations") != NULL;

		pl_json_each(c, pl_json_get(d, "configurations")) dev &=
			pl_str_find(pl_json_text(c), PL_STR("test")) >= 0;
		pl_lock_add(&l, joined(&l, pl_json_str(d, "org"), pl_json_str(d, "name")),
			    pl_json_str(d, "version"), dev);
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const sbt_globs[] = {"**/*.sbt.lock", NULL};
const struct pl_cataloger pl_cataloger_sbt_lock = {
	.name = "sbt_lock",
	.what = "sbt: build.sbt.lock",
	.globs = sbt_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_sbt,
};

/* --- Bazel ---------------------------------------------------------------------------------- */

/* The lists `artifacts = ["group:artifact:version", …]` of Starlark, of which only strings count.
 */
static void starlark(struct pl_lock *l, struct pl_str text)
{
	struct pl_str rest = text, line;
	bool inside = false;

	while (pl_str_line(&rest, &line)) {
		struct pl_str parts = pl_lock_before(line, '#'), part, name, version;
		bool odd = false;

		if (pl_str_starts(pl_str_trim(parts), PL_STR("artifacts")))
			inside = true;
		while (inside && pl_str_split(&parts, '"', &part)) {
			if (odd && coordinates(l, part, &name, &version))
				pl_lock_add(l, name, pl_lock_after(part, ':'), false);
			else if (!odd && pl_str_chr(part, ']') >= 0)
				inside = false;
			odd = !odd;
		}
	}
}

/* maven_install.json: "artifacts": {"group:artifact": {"version": …}} since version 2 of the file,
 * before a tree with "coord". */
static int installed(struct pl_lock *l, struct pl_str text, cJSON **root, struct pl_err *err)
{
	int rc = pl_json_parse(text, pl_limit(PL_LIM_LOCK_BYTES), root, err);
	struct pl_str name, version;

	if (rc < 0)
		return rc;
	pl_json_each(a, pl_json_get(*root, "artifacts"))
	{
		if (coordinates(l, pl_json_key(a), &name, &version))
			pl_lock_add(l, name, pl_json_str(a, "version"), false);
	}
	pl_json_each(d, pl_json_get(pl_json_get(*root, "dependency_tree"), "dependencies"))
	{
		if (coordinates(l, pl_json_str(d, "coord"), &name, &version))
			pl_lock_add(l, name, pl_lock_after(pl_json_str(d, "coord"), ':'), false);
	}
	return 0;
}

static int read_bazel(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l;
	int rc = 0;

	pl_lock_init(&l, w, PL_PKG_MAVEN, PL_STR("Bazel"));
	if (pl_str_ends(f->path, PL_STR(".json")))
		rc = installed(&l, f->bytes, &root, err);
	else
		starlark(&l, f->bytes);
	if (rc < 0)
		return rc;
	pl_lock_end(&l);
	return 0;
}

static const char *const bazel_globs[] = {"**/MODULE.bazel",	    "**/WORKSPACE",
					  "**/WORKSPACE.bazel",	    "**/BUILD.bazel",
					  "**/*maven_install.json", NULL};
const struct pl_cataloger pl_cataloger_bazel_maven = {
	.name = "bazel_maven",
	.what = "Bazel: Maven packages of MODULE.bazel, WORKSPACE, maven_install.json",
	.globs = bazel_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_bazel,
};
