/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requirements of Python: requirements.txt (docs of pip, "Requirements File Format"), the lists of
 * pyproject.toml and setup.cfg, and environment.yml of conda. A version is told by "==" without a
 * wildcard, or by "==="; other requirements are ranges and their packages have no version. Files
 * that -r and -c name are read where they lie when their names are of the same kind.
 */
#include "catalog/lines.h"
#include "catalog/lock.h"

/* --- PEP 508 -------------------------------------------------------------------------------- */

/* The version of "== 1.0, >= 0.9", or an empty view. */
static struct pl_str pinned(struct pl_str specifiers)
{
	struct pl_str one;

	while (pl_str_split(&specifiers, ',', &one)) {
		size_t marks = 0;

		one = pl_str_trim(one);
		while (marks < one.len && one.ptr[marks] == '=')
			marks++;
		if (marks < 2 || marks > 3)
			continue;
		one = pl_str_trim(pl_str_sub(one, marks, one.len));
		if (one.len && pl_str_chr(one, '*') < 0 && pl_str_chr(one, '$') < 0 &&
		    pl_str_chr(one, ' ') < 0)
			return one;
	}
	return PL_STR("");
}

/* "name [extras] (specifiers) ; marker" and "name @ address". */
static bool requirement(struct pl_lock *l, struct pl_str text, bool dev)
{
	struct pl_str name, rest;
	size_t n = 0;

	text = pl_str_trim(pl_lock_before(text, ';'));
	while (n < text.len &&
	       (pl_is_alpha(text.ptr[n]) || pl_is_digit(text.ptr[n]) || strchr("._-", text.ptr[n])))
		n++;
	name = pl_str_sub(text, 0, n);
	rest = pl_str_trim(pl_str_sub(text, n, text.len));
	if (n == 0 || !(pl_is_alpha(name.ptr[0]) || pl_is_digit(name.ptr[0])))
		return false;
	if (rest.len && rest.ptr[0] == '[') {
		ptrdiff_t end = pl_str_chr(rest, ']');

		if (end < 0)
			return false;
		rest = pl_str_trim(pl_str_sub(rest, (size_t)end + 1, rest.len));
	}
	if (rest.len && rest.ptr[0] == '(' && rest.ptr[rest.len - 1] == ')')
		rest = pl_str_sub(rest, 1, rest.len - 2);
	if (rest.len && !strchr("=<>!~@", rest.ptr[0]))
		return false;
	pl_lock_add(l, name, rest.len && rest.ptr[0] == '@' ? PL_STR("") : pinned(rest), dev);
	return true;
}

/* --- requirements.txt ----------------------------------------------------------------------- */

/* The comment begins at '#' at the start or after a blank. */
static struct pl_str without_comment(struct pl_str line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] == '#' &&
		    (i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
			return pl_str_sub(line, 0, i);
	}
	return line;
}

/* Options of one requirement, "--hash=…", stand behind it. */
static struct pl_str without_options(struct pl_str line)
{
	ptrdiff_t at = pl_str_find(line, PL_STR(" --"));

	return at < 0 ? line : pl_str_sub(line, 0, (size_t)at);
}

/* "git+https://host/x@rev#egg=name" */
static void address(struct pl_lock *l, struct pl_str line, bool dev)
{
	ptrdiff_t egg = pl_str_find(line, PL_STR("egg="));

	if (egg >= 0)
		requirement(l, pl_lock_before(pl_str_sub(line, (size_t)egg + 4, line.len), '&'),
			    dev);
}

static void logical_line(struct pl_lines *lines, struct pl_lock *l, struct pl_str line, bool dev)
{
	struct pl_str rest, word = {0};

	rest = line = pl_str_trim(line);
	if (pl_str_starts(line, PL_STR("-e ")) || pl_str_starts(line, PL_STR("--editable"))) {
		address(l, line, dev);
		return;
	}
	if (pl_str_empty(line) || line.ptr[0] == '-')
		return; /* options of pip */
	(void)pl_lock_word(&rest, &word);
	if (pl_str_find(word, PL_STR("://")) >= 0 || word.ptr[0] == '.' || word.ptr[0] == '/') {
		address(l, line, dev);
		return;
	}
	if (!requirement(l, pl_str_trim(without_options(line)), dev))
		pl_lines_complain(lines, lines->number, PL_W_WARN, "not a requirement: %.*s",
				  PL_FMT(line));
}

static bool has_word(struct pl_str s, struct pl_str word)
{
	ptrdiff_t at = pl_str_find(s, word);

	return at == 0 || (at > 0 && !pl_is_alpha(s.ptr[at - 1]));
}

/* requirements-dev.txt, requirements/test.txt, test_requirements.txt … */
static bool is_dev_name(struct pl_str path)
{
	static const char *const words[] = {"dev", "test", "docs", "lint"};
	struct pl_str base = pl_path_base(path);

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (has_word(base, pl_str_c(words[i])))
			return true;
	}
	return false;
}

static int read_requirements(struct pl_facts_writer *w, const struct pl_cat_file *f,
			     struct pl_err *err)
{
	bool dev = is_dev_name(f->path);
	struct pl_lines lines;
	struct pl_str line;
	pl_auto_buf joined;
	pl_auto_lock l;

	pl_lock_init(&l, w, PL_PKG_PYPI, PL_STR("requirements.txt"));
	pl_buf_init(&joined, pl_limit(PL_LIM_LINE_BYTES));
	if (f->bytes.len && memchr(f->bytes.ptr, 0, f->bytes.len))
		return pl_fail(err, PL_E_FORMAT, "not text");
	pl_lines_init(&lines, w, "requirement-odd", f->bytes);
	while (pl_lines_next(&lines, &line)) {
		bool more;

		line = without_comment(line);
		more = line.len && line.ptr[line.len - 1] == '\\';
		pl_buf_str(&joined, pl_str_sub(line, 0, line.len - more));
		if (more)
			continue;
		if (joined.failed)
			return pl_fail_limit(err, PL_LIM_LINE_BYTES, "continued lines");
		logical_line(&lines, &l, pl_arena_str(&l.arena, pl_buf_view(&joined)), dev);
		pl_buf_reset(&joined);
	}
	logical_line(&lines, &l, pl_buf_view(&joined), dev);
	pl_lines_end(&lines);
	pl_lock_end(&l);
	return 0;
}

static const char *const requirements_globs[] = {"**/*requirements*.txt", "**/requirements/*.txt",
						 NULL};
const struct pl_cataloger pl_cataloger_requirements = {
	.name = "requirements",
	.what = "pip: requirements.txt and its like",
	.globs = requirements_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_requirements,
};

/* --- pyproject.toml, setup.cfg -------------------------------------------------------------- */

static void requirement_list(struct pl_lock *l, const cJSON *list, bool dev)
{
	pl_json_each(item, list)
	{
		if (!pl_str_empty(pl_json_text(item)))
			(void)requirement(l, pl_json_text(item), dev);
	}
}

/* Poetry before 2.0: "name" = "^1.0" or { version = "1.0" }; a bare version is a range. */
static void poetry_table(struct pl_lock *l, const cJSON *table, bool dev)
{
	pl_json_each(item, table)
	{
		struct pl_str spec = pl_json_text(item);

		if (pl_str_eq_c(pl_json_key(item), "python") || pl_json_get(item, "path"))
			continue;
		if (cJSON_IsObject(item))
			spec = pl_json_str(item, "version");
		pl_lock_add(l, pl_json_key(item), pinned(spec), dev);
	}
}

static int read_pyproject(struct pl_facts_writer *w, const struct pl_cat_file *f,
			  struct pl_err *err)
{
	pl_auto_json *root = NULL;
	const cJSON *project, *poetry;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_PYPI, PL_STR("pyproject.toml"));
	rc = pl_toml_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &root, err);
	if (rc < 0)
		return rc;
	project = pl_json_get(root, "project");
	requirement_list(&l, pl_json_get(project, "dependencies"), false);
	pl_json_each(extra, pl_json_get(project, "optional-dependencies"))
		requirement_list(&l, extra, false);
	pl_json_each(group, pl_json_get(root, "dependency-groups"))
		requirement_list(&l, group, true);
	poetry = pl_json_get(pl_json_get(root, "tool"), "poetry");
	poetry_table(&l, pl_json_get(poetry, "dependencies"), false);
	poetry_table(&l, pl_json_get(poetry, "dev-dependencies"), true);
	pl_json_each(group, pl_json_get(poetry, "group"))
		poetry_table(&l, pl_json_get(group, "dependencies"), true);
	pl_lock_end(&l);
	return 0;
}

static const char *const pyproject_globs[] = {"**/pyproject.toml", NULL};
const struct pl_cataloger pl_cataloger_pyproject = {
	.name = "pyproject",
	.what = "Python: requirements of pyproject.toml",
	.globs = pyproject_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_pyproject,
};

/* setuptools, "Configuring setuptools using setup.cfg": indented lines below install_requires and
 * the members of options.extras_require. */
static int read_setup_cfg(struct pl_facts_writer *w, const struct pl_cat_file *f,
			  struct pl_err *err)
{
	bool extras = false, options = false, inside = false, dev = false;
	struct pl_str rest = f->bytes, line;
	pl_auto_lock l;

	(void)err;
	pl_lock_init(&l, w, PL_PKG_PYPI, PL_STR("setup.cfg"));
	while (pl_str_line(&rest, &line)) {
		bool indented = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
		struct pl_str text = pl_str_trim(without_comment(line));
		ptrdiff_t cut = pl_str_chr(text, '=');
		struct pl_str key = pl_str_trim(pl_str_sub(text, 0, cut < 0 ? 0 : (size_t)cut));

		if (pl_str_empty(text))
			continue;
		if (indented && inside) {
			(void)requirement(&l, text, dev);
			continue;
		}
		if (text.ptr[0] == '[') {
			options = pl_str_eq_c(text, "[options]");
			extras = pl_str_eq_c(text, "[options.extras_require]");
			inside = false;
			continue;
		}
		dev = (options && pl_str_eq_c(key, "tests_require")) ||
		      (extras && is_dev_name(key));
		inside = (options && pl_str_eq_c(key, "install_requires")) || dev || extras;
		text = pl_str_trim(pl_str_sub(text, (size_t)(cut < 0 ? 0 : cut) + 1, text.len));
		while (inside && text.len && pl_str_split(&text, ';', &key))
			(void)requirement(&l, key, dev); /* of one line: by semicolons */
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const setup_cfg_globs[] = {"**/setup.cfg", NULL};
const struct pl_cataloger pl_cataloger_setup_cfg = {
	.name = "setup_cfg",
	.what = "Python: requirements of setup.cfg",
	.globs = setup_cfg_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_setup_cfg,
};

/* --- environment.yml ------------------------------------------------------------------------ */

/* "channel::name=1.0=build", "name==1.0", "name 1.0.*", "name>=1". */
static void conda_spec(struct pl_lock *l, struct pl_str spec)
{
	ptrdiff_t channel = pl_str_find(spec, PL_STR("::"));
	struct pl_str version;
	size_t n = 0;

	if (channel >= 0)
		spec = pl_str_sub(spec, (size_t)channel + 2, spec.len);
	while (n < spec.len && !strchr(" =<>!~[", spec.ptr[n]))
		n++;
	version = pl_str_trim(pl_str_sub(spec, n, spec.len));
	if (pl_str_starts(version, PL_STR("==")))
		version = pl_str_sub(version, 2, version.len);
	else if (pl_str_starts(version, PL_STR("=")))
		version = pl_str_sub(version, 1, version.len);
	version = pl_lock_before(version, '=');
	for (size_t i = 0; i < version.len; i++) {
		if (strchr("*<>!~,|[ ", version.ptr[i]))
			version = PL_STR("");
	}
	pl_lock_add(l, pl_str_sub(spec, 0, n), version, false);
}

static int read_environment(struct pl_facts_writer *w, const struct pl_cat_file *f,
			    struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock conda, pip;
	int rc;

	pl_lock_init(&conda, w, PL_PKG_CONDA, PL_STR("environment.yml"));
	pl_lock_init(&pip, w, PL_PKG_PYPI, PL_STR("environment.yml"));
	rc = pl_yaml_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &root, err);
	if (rc < 0)
		return rc;
	pl_json_each(item, pl_json_get(root, "dependencies"))
	{
		if (cJSON_IsString(item))
			conda_spec(&conda, pl_json_text(item));
		else
			requirement_list(&pip, pl_json_get(item, "pip"), false);
	}
	pl_lock_end(&conda);
	pl_lock_end(&pip);
	return 0;
}

static const char *const environment_globs[] = {"**/environment.yml", "**/environment.yaml", NULL};
const struct pl_cataloger pl_cataloger_conda_environment = {
	.name = "conda_environment",
	.what = "conda: environment.yml",
	.globs = environment_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_environment,
};
