/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lock files of Python: Pipfile.lock (JSON: `default`, `develop`), and those of TOML with a list of
 * packages: poetry.lock, uv.lock, pdm.lock, and pylock.toml (PyPA specification, PEP 751).
 */
#include "catalog/lock.h"

/* Without extras and version: "a[x] >= 1; marker" → "a". */
static struct pl_str project_name(struct pl_str requirement)
{
	size_t n = 0;

	requirement = pl_str_trim(requirement);
	while (n < requirement.len &&
	       (pl_is_alpha(requirement.ptr[n]) || pl_is_digit(requirement.ptr[n]) ||
		strchr("._-", requirement.ptr[n])))
		n++;
	return pl_str_sub(requirement, 0, n);
}

static bool has(const cJSON *list, const char *word)
{
	pl_json_each(item, list)
	{
		if (pl_str_eq_c(pl_json_text(item), word))
			return true;
	}
	return false;
}

/* --- Pipfile.lock --------------------------------------------------------------------------- */

static void pipfile_group(struct pl_lock *l, const cJSON *group, bool dev)
{
	pl_json_each(entry, group)
	{
		struct pl_str version = pl_json_str(entry, "version");

		if (cJSON_IsTrue(pl_json_get(entry, "editable")) &&
		    !pl_str_empty(pl_json_str(entry, "path")))
			continue; /* a directory of the project */
		if (pl_str_starts(version, PL_STR("==")))
			version = pl_str_sub(version, 2, version.len);
		else
			version = PL_STR(""); /* a repository: only its commit is told */
		pl_lock_add(l, pl_json_key(entry), version, dev);
	}
}

static int read_pipfile(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_PYPI, PL_STR("Pipfile.lock"));
	rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);
	if (rc < 0)
		return rc;
	if (!pl_json_get(root, "_meta"))
		return pl_fail(err, PL_E_FORMAT, "no _meta");
	pipfile_group(&l, pl_json_get(root, "default"), false);
	pl_json_each(group, root)
	{
		if (!pl_str_eq_c(pl_json_key(group), "_meta") &&
		    !pl_str_eq_c(pl_json_key(group), "default"))
			pipfile_group(&l, group, true);
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const pipfile_globs[] = {"**/Pipfile.lock", NULL};
const struct pl_cataloger pl_cataloger_pipfile_lock = {
	.name = "pipfile_lock",
	.what = "pipenv: Pipfile.lock",
	.globs = pipfile_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_pipfile,
};

/* --- lists of packages in TOML -------------------------------------------------------------- */

/* Reads the file and finds its list of packages; an empty list is none. */
static int read_list(const struct pl_cat_file *f, const char *member, cJSON **root,
		     const cJSON **list, struct pl_err *err)
{
	int rc = pl_toml_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), root, err);

	if (rc < 0)
		return rc;
	*list = pl_json_get(*root, member);
	if (*list && !cJSON_IsArray(*list))
		return pl_fail(err, PL_E_FORMAT, "%s is not a list", member);
	return 0;
}

/* poetry: `category` until 1.4, nothing until 2.0, then `groups`; dependencies are a table. */
static int read_poetry(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	const cJSON *list;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_PYPI, PL_STR("poetry.lock"));
	rc = read_list(f, "package", &root, &list, err);
	if (rc < 0)
		return rc;
	pl_json_each(p, list)
	{
		const cJSON *groups = pl_json_get(p, "groups");
		bool dev = pl_str_eq_c(pl_json_str(p, "category"), "dev") ||
			   (cJSON_IsArray(groups) && groups->child && !has(groups, "main"));
		uint32_t item;

		if (pl_str_eq_c(pl_json_str(pl_json_get(p, "source"), "type"), "directory"))
			continue;
		item = pl_lock_add(&l, pl_json_str(p, "name"), pl_json_str(p, "version"), dev);
		pl_json_each(need, pl_json_get(p, "dependencies"))
			pl_lock_needs(&l, item, pl_json_key(need), PL_STR(""));
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const poetry_globs[] = {"**/poetry.lock", NULL};
const struct pl_cataloger pl_cataloger_poetry_lock = {
	.name = "poetry_lock",
	.what = "Poetry: poetry.lock",
	.globs = poetry_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_poetry,
};

/* uv: the project and its workspace are packages too, whose source is a directory. */
static bool uv_is_own(const cJSON *p)
{
	static const char *const own[] = {"virtual", "editable", "directory"};
	const cJSON *source = pl_json_get(p, "source");

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
		if (pl_json_get(source, own[i]))
			return true;
	}
	return false;
}

static uint32_t uv_target(struct pl_lock *l, const cJSON *need)
{
	struct pl_str version = pl_json_str(need, "version");

	if (pl_str_empty(version))
		return pl_lock_named(l, pl_json_str(need, "name"));
	return pl_lock_find(l, pl_json_str(need, "name"), version);
}

static void uv_needs(struct pl_lock *l, const cJSON *p)
{
	bool own = uv_is_own(p);
	uint32_t from = own ? PL_LOCK_NONE
			    : pl_lock_find(l, pl_json_str(p, "name"), pl_json_str(p, "version"));

	pl_json_each(need, pl_json_get(p, "dependencies"))
	{
		if (own)
			pl_lock_root(l, uv_target(l, need));
		else
			pl_lock_edge(l, from, uv_target(l, need));
	}
	pl_json_each(extra, pl_json_get(p, "optional-dependencies"))
	{
		pl_json_each(need, extra)
		{
			if (own)
				pl_lock_root(l, uv_target(l, need));
			else
				pl_lock_edge(l, from, uv_target(l, need));
		}
	}
}

static int read_uv(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	const cJSON *list;
	pl_auto_lock l;
	bool own = false;
	int rc;

	pl_lock_init(&l, w, PL_PKG_PYPI, PL_STR("uv.lock"));
	rc = read_list(f, "package", &root, &list, err);
	if (rc < 0)
		return rc;
	pl_json_each(p, list)
	{
		if (uv_is_own(p))
			own = true;
		else
			pl_lock_add(&l, pl_json_str(p, "name"), pl_json_str(p, "version"), false);
	}
	pl_json_each(p, list) uv_needs(&l, p);
	if (own)
		pl_lock_reach(&l);
	pl_lock_end(&l);
	return 0;
}

static const char *const uv_globs[] = {"**/uv.lock", "**/*.py.lock", NULL};
const struct pl_cataloger pl_cataloger_uv_lock = {
	.name = "uv_lock",
	.what = "uv: uv.lock and the lock files of scripts",
	.globs = uv_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_uv,
};

/* pdm: `groups`, "default" is what runs; which others are optional and not for development stands
 * in pyproject.toml. Extras are entries of the same name. */
static int read_pdm(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	const cJSON *list;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_PYPI, PL_STR("pdm.lock"));
	rc = read_list(f, "package", &root, &list, err);
	if (rc < 0)
		return rc;
	pl_json_each(p, list)
	{
		const cJSON *groups = pl_json_get(p, "groups");
		bool dev = groups && groups->child && !groups->child->next && has(groups, "dev");
		uint32_t item;

		if (!pl_str_empty(pl_json_str(p, "path")) && !pl_json_get(p, "files"))
			continue; /* a directory of the project */
		item = pl_lock_add(&l, pl_json_str(p, "name"), pl_json_str(p, "version"), dev);
		pl_json_each(need, pl_json_get(p, "dependencies"))
			pl_lock_needs(&l, item, project_name(pl_json_text(need)), PL_STR(""));
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const pdm_globs[] = {"**/pdm.lock", NULL};
const struct pl_cataloger pl_cataloger_pdm_lock = {
	.name = "pdm_lock",
	.what = "PDM: pdm.lock",
	.globs = pdm_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_pdm,
};

/* A marker that asks for a dependency group, "'dev' in dependency_groups", and for nothing of the
 * defaults (PEP 751). */
static bool is_of_group(const cJSON *p, const cJSON *defaults)
{
	enum { ASKED = 64 }; /* groups of one project */
	struct pl_str marker = pl_json_str(p, "marker"), rest = marker;
	unsigned n = 0;

	if (pl_str_find(marker, PL_STR("dependency_groups")) < 0)
		return false;
	pl_json_each(group, defaults)
	{
		if (n++ == ASKED)
			break;
		if (pl_str_find(rest, pl_json_text(group)) >= 0)
			return false;
	}
	return true;
}

static int read_pylock(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	const cJSON *list;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_PYPI, PL_STR("pylock.toml"));
	rc = read_list(f, "packages", &root, &list, err);
	if (rc < 0)
		return rc;
	if (pl_str_empty(pl_json_str(root, "lock-version")))
		return pl_fail(err, PL_E_FORMAT, "no lock-version");
	pl_json_each(p, list)
	{
		uint32_t item;

		if (pl_json_get(p, "directory"))
			continue; /* the project itself */
		item = pl_lock_add(&l, pl_json_str(p, "name"), pl_json_str(p, "version"),
				   is_of_group(p, pl_json_get(root, "default-groups")));
		pl_json_each(need, pl_json_get(p, "dependencies")) pl_lock_needs(
			&l, item, pl_json_str(need, "name"), pl_json_str(need, "version"));
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const pylock_globs[] = {"**/pylock.toml", "**/pylock.*.toml", NULL};
const struct pl_cataloger pl_cataloger_pylock = {
	.name = "pylock",
	.what = "Python: pylock.toml (PEP 751)",
	.globs = pylock_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_pylock,
};
