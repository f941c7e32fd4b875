/* SPDX-License-Identifier: Apache-2.0 */
/*
 * python: what importlib.metadata finds. A wheel leaves NAME-VERSION.dist-info/METADATA, setuptools
 * NAME-VERSION[-pyX.Y].egg-info (a directory with PKG-INFO, or that file itself), an unpacked egg
 * EGG-INFO/PKG-INFO. All are "core metadata" (PyPA, core-metadata specification): RFC 822 headers
 * that in practice hold bytes outside of it, so a damaged line never stops the search.
 */
#include "catalog/python.h"

static const char *const globs[] = {
	"**/*.dist-info/METADATA",
	"**/*.DIST-INFO/METADATA",
	"**/*.egg-info/PKG-INFO",
	"**/*.EGG-INFO/PKG-INFO",
	"**/*.egg-info",
	"**/EGG-INFO/PKG-INFO",
	NULL,
};

/* A licence field longer than this is the text of a licence, not its name. */
#define LICENSE_NAME_MAX 100
#define CLASSIFIERS_MAX	 (sizeof(((struct python_metadata *)0)->classifiers) / sizeof(struct pl_str))

static void take_first(struct pl_str *field, struct pl_str value)
{
	if (pl_str_empty(*field))
		*field = value;
}

/* "License :: OSI Approved :: MIT License" tells "MIT License". */
static void take_classifier(struct python_metadata *m, struct pl_str value)
{
	ptrdiff_t at;

	if (!pl_str_starts(value, PL_STR("License ::")) || m->n_classifiers == CLASSIFIERS_MAX)
		return;
	at = pl_str_rchr(value, ':');
	value = pl_str_trim(pl_str_sub(value, (size_t)at + 1, value.len));
	if (!pl_str_empty(value) && !pl_str_eq_c(value, "OSI Approved"))
		m->classifiers[m->n_classifiers++] = value;
}

static bool is_name_char(char c)
{
	return pl_is_alpha(c) || pl_is_digit(c) || c == '-' || c == '_' || c == '.';
}

/* Does the marker ask for an extra? Those dependencies are optional (PEP 508). */
static bool is_extra(struct pl_str marker)
{
	ptrdiff_t at = pl_str_find(marker, PL_STR("extra"));

	if (at < 0 || (at > 0 && is_name_char(marker.ptr[at - 1])))
		return false;
	marker = pl_str_trim(pl_str_sub(marker, (size_t)at + 5, marker.len));
	return pl_str_starts(marker, PL_STR("=")) || pl_str_starts(marker, PL_STR("in "));
}

/* "name [extra] (>=1.0,<2) ; marker": the name, and a version that is told exactly. */
static void take_requirement(struct python_metadata *m, struct pl_str value)
{
	ptrdiff_t semi = pl_str_chr(value, ';'), exact;
	struct pl_str version;
	size_t n = 0;

	if (semi >= 0 && is_extra(pl_str_sub(value, (size_t)semi + 1, value.len)))
		return;
	value = pl_str_sub(value, 0, semi < 0 ? value.len : (size_t)semi);
	while (n < value.len && is_name_char(value.ptr[n]))
		n++;
	if (n == 0)
		return;
	if (m->depends.len)
		pl_buf_ch(&m->depends, '\n');
	pl_buf_str(&m->depends, pl_str_sub(value, 0, n));
	exact = pl_str_find(value, PL_STR("=="));
	if (exact < 0 || pl_str_chr(value, ',') >= 0 || pl_str_chr(value, '*') >= 0)
		return;
	version = pl_str_sub(value, (size_t)exact + 2, value.len);
	while (version.len && (version.ptr[0] == '=' || version.ptr[0] == ' '))
		version = pl_str_sub(version, 1, version.len);
	while (version.len &&
	       (version.ptr[version.len - 1] == ')' || version.ptr[version.len - 1] == ' '))
		version.len--;
	if (version.len) {
		pl_buf_ch(&m->depends, '\t');
		pl_buf_str(&m->depends, version);
	}
}

static void take_header(struct python_metadata *m, struct pl_str key, struct pl_str value)
{
	if (pl_str_ieq(key, PL_STR("Name")))
		take_first(&m->name, value);
	else if (pl_str_ieq(key, PL_STR("Version")))
		take_first(&m->version, value);
	else if (pl_str_ieq(key, PL_STR("License-Expression")))
		take_first(&m->expression, value);
	else if (pl_str_ieq(key, PL_STR("License")))
		take_first(&m->license, value);
	else if (pl_str_ieq(key, PL_STR("Classifier")))
		take_classifier(m, value);
	else if (pl_str_ieq(key, PL_STR("Requires-Dist")))
		take_requirement(m, value);
}

static void read_headers(struct pl_str text, struct python_metadata *m)
{
	struct pl_str line;
	bool in_license = false;

	if (pl_str_starts(text, PL_STR("\xef\xbb\xbf")))
		text = pl_str_sub(text, 3, text.len);
	while (pl_str_line(&text, &line)) {
		struct pl_str key;
		ptrdiff_t colon;

		if (pl_str_empty(line))
			return; /* the description follows */
		if (line.ptr[0] == ' ' || line.ptr[0] == '\t') {
			m->license_is_text |= in_license;
			continue;
		}
		colon = pl_str_chr(line, ':');
		if (colon <= 0)
			continue;
		key = pl_str_sub(line, 0, (size_t)colon);
		in_license = pl_str_ieq(key, PL_STR("License"));
		take_header(m, key, pl_str_trim(pl_str_sub(line, (size_t)colon + 1, line.len)));
	}
}

static void add_license(struct pl_buf *out, struct pl_str text)
{
	if (out->len)
		pl_buf_ch(out, '\n');
	pl_buf_str(out, text);
}

/* The expression decides; else the classifiers, which are chosen from a list; else free text. */
static void tell_licenses(const struct python_metadata *m, struct pl_buf *out)
{
	if (!pl_str_empty(m->expression)) {
		add_license(out, m->expression);
		return;
	}
	for (size_t i = 0; i < m->n_classifiers; i++)
		add_license(out, m->classifiers[i]);
	if (!m->n_classifiers && !m->license_is_text && m->license.len <= LICENSE_NAME_MAX &&
	    !pl_str_empty(m->license) && !pl_str_ieq(m->license, PL_STR("UNKNOWN")))
		add_license(out, m->license);
}

struct pl_str pl_python_key(struct pl_str path)
{
	/* the file is the metadata itself, or lies in their directory */
	return pl_str_ends(path, PL_STR(".egg-info")) ? path : pl_path_dir(path);
}

/* NAME-VERSION.dist-info (both escaped, so that '-' separates: PyPA, recording installed projects)
 * or NAME-VERSION-pyX.Y.egg-info. */
bool pl_python_guess(struct pl_str path, struct pl_str *name, struct pl_str *version)
{
	struct pl_str dir = pl_path_base(pl_python_key(path)), n, v;
	ptrdiff_t dot = pl_str_rchr(dir, '.');

	dir = pl_str_sub(dir, 0, dot < 0 ? 0 : (size_t)dot);
	if (!pl_str_split(&dir, '-', &n) || !pl_str_split(&dir, '-', &v))
		return false;
	if (pl_str_empty(n) || pl_str_empty(v) || !pl_is_digit(v.ptr[0]))
		return false;
	*name = n;
	*version = v;
	return true;
}

/* The directory that holds a copy of others' distributions: "pip" of "pip/_vendor/x.dist-info". */
static struct pl_str vendored_in(struct pl_str path)
{
	ptrdiff_t at = pl_str_find(path, PL_STR("/_vendor/"));

	return at < 0 ? (struct pl_str){0} : pl_path_base(pl_str_sub(path, 0, (size_t)at));
}

/* The interpreter describes itself in old Debian releases: it is no package of PyPI. */
static void as_interpreter(struct pl_pkg_fact *p)
{
	if (!pl_str_eq_c(p->name, "Python"))
		return;
	p->type = PL_PKG_GENERIC;
	p->name = PL_STR("python");
	p->cpes = PL_STR("python:python\npython_software_foundation:python");
}

static void find_identity(struct pl_facts_writer *w, struct pl_str path, struct python_metadata *m,
			  struct pl_pkg_fact *p)
{
	struct pl_str name, version;

	if (!pl_str_empty(m->name) && !pl_str_empty(m->version))
		return;
	p->uncertain = pl_python_guess(path, &name, &version);
	if (p->uncertain) {
		p->how = PL_STR("directory name");
		take_first(&m->name, name);
		take_first(&m->version, version);
	}
	pl_fact_diag(w, PL_W_WARN, "python-metadata", "no %s in the metadata%s",
		     pl_str_empty(m->name) || p->uncertain ? "name or version" : "version",
		     p->uncertain ? ", taken from the directory's name" : "");
}

void pl_python_report(struct pl_facts_writer *w, struct pl_str path, struct pl_str inner,
		      struct pl_str text)
{
	struct python_metadata m = {0};
	struct pl_pkg_fact p = {.type = PL_PKG_PYPI, .how = PL_STR("metadata"), .inner = inner};
	struct pl_str vendor = vendored_in(path);
	pl_auto_buf licenses;
	pl_auto_buf how;

	pl_buf_init(&licenses, 4096);
	pl_buf_init(&how, 4096);
	pl_buf_init(&m.depends, PL_MiB(1));
	read_headers(text, &m);
	find_identity(w, inner.len ? inner : path, &m, &p);
	if (!pl_str_empty(m.name)) {
		tell_licenses(&m, &licenses);
		if (vendor.len && !p.uncertain) {
			pl_buf_fmt(&how, "metadata of a copy inside %.*s", PL_FMT(vendor));
			p.how = pl_buf_view(&how);
		}
		p.name = m.name;
		p.version = m.version;
		p.licenses = pl_buf_view(&licenses);
		p.depends = pl_buf_view(&m.depends);
		p.key = inner.len ? (struct pl_str){0} : pl_python_key(path);
		as_interpreter(&p);
		pl_fact_package(w, &p);
	}
	pl_buf_release(&m.depends);
}

static int read_python(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	(void)err;
	pl_python_report(w, f->path, (struct pl_str){0}, f->bytes);
	return 0;
}

const struct pl_cataloger pl_cataloger_python = {
	.name = "python",
	.what = "Python distributions: METADATA of wheels, PKG-INFO of eggs",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_python,
};
