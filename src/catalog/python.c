/* SPDX-License-Identifier: Apache-2.0 */
/*
 * python: what importlib.metadata finds. A wheel leaves NAME-VERSION.dist-info/METADATA, setuptools
 * NAME-VERSION[-pyX.Y].egg-info (a directory with PKG-INFO, or that file itself), an unpacked egg
 * EGG-INFO/PKG-INFO. All are "core metadata" (PyPA, core-metadata specification): RFC 822 headers
 * that in practice hold bytes outside of it, so a damaged line never stops the search.
 */
#include "catalog/cataloger.h"

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
#define CLASSIFIERS_MAX	 16

struct metadata {
	struct pl_str name, version, expression, license;
	struct pl_str classifiers[CLASSIFIERS_MAX];
	size_t n_classifiers;
	bool license_is_text;
};

static void take_first(struct pl_str *field, struct pl_str value)
{
	if (pl_str_empty(*field))
		*field = value;
}

/* "License :: OSI Approved :: MIT License" tells "MIT License". */
static void take_classifier(struct metadata *m, struct pl_str value)
{
	ptrdiff_t at;

	if (!pl_str_starts(value, PL_STR("License ::")) || m->n_classifiers == CLASSIFIERS_MAX)
		return;
	at = pl_str_rchr(value, ':');
	value = pl_str_trim(pl_str_sub(value, (size_t)at + 1, value.len));
	if (!pl_str_empty(value) && !pl_str_eq_c(value, "OSI Approved"))
		m->classifiers[m->n_classifiers++] = value;
}

static void take_header(struct metadata *m, struct pl_str key, struct pl_str value)
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
}

static void read_headers(struct pl_str text, struct metadata *m)
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
static void tell_licenses(const struct metadata *m, struct pl_buf *out)
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

/* The part of the path that carries NAME-VERSION: the metadata directory, or the file itself. */
static struct pl_str metadata_dir(struct pl_str path)
{
	struct pl_str base = pl_path_base(path);

	if (pl_str_ends(base, PL_STR(".egg-info")))
		return base;
	return pl_path_base(pl_path_dir(path));
}

/* NAME-VERSION.dist-info (both escaped, so that '-' separates: PyPA, recording installed projects)
 * or NAME-VERSION-pyX.Y.egg-info. False when the directory has no such name. */
static bool guess(struct pl_str path, struct metadata *m)
{
	struct pl_str dir = metadata_dir(path);
	ptrdiff_t dot = pl_str_rchr(dir, '.');
	struct pl_str name, version;

	dir = pl_str_sub(dir, 0, dot < 0 ? 0 : (size_t)dot);
	if (!pl_str_split(&dir, '-', &name) || !pl_str_split(&dir, '-', &version))
		return false;
	if (pl_str_empty(name) || pl_str_empty(version) || !pl_is_digit(version.ptr[0]))
		return false;
	take_first(&m->name, name);
	take_first(&m->version, version);
	return true;
}

static int read_python(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct metadata m = {0};
	struct pl_pkg_fact p = {.type = PL_PKG_PYPI, .how = PL_STR("metadata")};
	pl_auto_buf licenses;

	(void)err;
	pl_buf_init(&licenses, 4096);
	read_headers(f->bytes, &m);
	if (pl_str_empty(m.name) || pl_str_empty(m.version)) {
		p.uncertain = guess(f->path, &m);
		p.how = p.uncertain ? PL_STR("directory name") : p.how;
		pl_fact_diag(w, PL_W_WARN, "python-metadata", "no %s in the metadata%s",
			     pl_str_empty(m.name) || p.uncertain ? "name or version" : "version",
			     p.uncertain ? ", taken from the directory's name" : "");
		if (pl_str_empty(m.name))
			return 0;
	}
	tell_licenses(&m, &licenses);
	p.name = m.name;
	p.version = m.version;
	p.licenses = pl_buf_view(&licenses);
	pl_fact_package(w, &p);
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
