/* SPDX-License-Identifier: Apache-2.0 */
/*
 * python_origin: distributions that do not come from an index. direct_url.json (PyPA, direct URL
 * data structure) tells the archive, the commit or the directory; an .egg-link leads to the
 * directory in which a project is developed, whose egg-info is read where it lies.
 */
#include "catalog/python.h"

static const char *const globs[] = {
	"**/*.dist-info/direct_url.json",
	"**/*.egg-link",
	NULL,
};

/* Without "user:password@": what is kept in a report must not be a secret. */
static void put_url(struct pl_buf *out, struct pl_str url)
{
	ptrdiff_t at = pl_str_find(url, PL_STR("://"));
	struct pl_str host, rest;
	ptrdiff_t slash, user;

	if (at < 0) {
		pl_buf_str(out, url);
		return;
	}
	rest = pl_str_sub(url, (size_t)at + 3, url.len);
	slash = pl_str_chr(rest, '/');
	host = pl_str_sub(rest, 0, slash < 0 ? rest.len : (size_t)slash);
	user = pl_str_rchr(host, '@');
	pl_buf_str(out, pl_str_sub(url, 0, (size_t)at + 3));
	pl_buf_str(out, pl_str_sub(rest, user < 0 ? 0 : (size_t)user + 1, rest.len));
}

static void put_name(struct pl_buf *out, struct pl_str name)
{
	pl_buf_c(out, "pkg:pypi/");
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i] == '_' ? '-' : pl_lower(name.ptr[i]);

		pl_purl_put(out, pl_str_n(&c, 1));
	}
}

static void tell_origin(const cJSON *root, struct pl_str path, struct pl_buf *purl,
			struct pl_buf *how)
{
	const cJSON *vcs = pl_json_get(root, "vcs_info");
	const cJSON *dir = pl_json_get(root, "dir_info");
	struct pl_str name, version, commit = pl_json_str(vcs, "commit_id");
	char sep = '?';
	pl_auto_buf url;
	pl_auto_buf origin;

	pl_buf_init(&url, 8192);
	pl_buf_init(&origin, 8192);
	put_url(&url, pl_json_str(root, "url"));
	if (vcs)
		pl_buf_fmt(&origin, "%.*s+", PL_FMT(pl_json_str(vcs, "vcs")));
	pl_buf_str(&origin, pl_buf_view(&url));
	if (commit.len)
		pl_buf_fmt(&origin, "@%.*s", PL_FMT(commit));
	pl_buf_fmt(how, "%s %.*s",
		   cJSON_IsTrue(pl_json_get(dir, "editable")) ? "editable, from" : "from",
		   PL_FMT(pl_buf_view(&origin)));
	if (dir || !pl_python_guess(path, &name, &version))
		return;
	put_name(purl, name);
	pl_buf_ch(purl, '@');
	pl_purl_put(purl, version);
	pl_purl_put_qualifier(purl, vcs ? "vcs_url" : "download_url", pl_buf_view(&origin), &sep);
}

static int read_direct(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_PYPI, .adds = true};
	pl_auto_json *root = NULL;
	pl_auto_buf purl = {0};
	pl_auto_buf how = {0};
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &root, err);

	if (rc < 0)
		return rc;
	pl_buf_init(&purl, 32768);
	pl_buf_init(&how, 32768);
	if (pl_str_empty(pl_json_str(root, "url")))
		return 0;
	tell_origin(root, f->path, &purl, &how);
	p.key = pl_python_key(f->path);
	p.purl = pl_buf_view(&purl);
	p.how = pl_buf_view(&how);
	pl_fact_package(w, &p);
	return 0;
}

/* "/src/project\n../": the directory, and where setup.py lies from there. */
static int read_link(struct pl_facts_writer *w, const struct pl_cat_file *f)
{
	struct pl_str name = pl_path_base(f->path), rest = f->bytes, line;
	struct pl_pkg_fact p = {.type = PL_PKG_PYPI,
				.adds = true,
				.uncertain = true,
				.how = PL_STR("editable (egg-link)")};
	unsigned flags = 0;
	pl_auto_buf dir;
	pl_auto_buf key;
	char *at;

	name.len -= strlen(".egg-link");
	pl_buf_init(&dir, 8192);
	pl_buf_init(&key, 32768);
	if (!name.len || !pl_str_line(&rest, &line) || line.len > pl_limit(PL_LIM_PATH_BYTES))
		return 0;
	at = pl_buf_reserve(&dir, line.len + 1);
	p.where = pl_str_n(at, at ? pl_path_clean(pl_str_trim(line), at, &flags) : 0);
	if (!p.where.len)
		return 0;
	pl_buf_str(&key, p.where);
	pl_buf_ch(&key, '/');
	for (size_t i = 0; i < name.len; i++)
		pl_buf_ch(&key, name.ptr[i] == '-' ? '_' : name.ptr[i]);
	pl_buf_c(&key, ".egg-info");
	p.name = name;
	p.key = pl_buf_view(&key);
	pl_fact_package(w, &p);
	return 0;
}

static int read_origin(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	if (pl_str_ends(f->path, PL_STR(".egg-link")))
		return read_link(w, f);
	return read_direct(w, f, err);
}

const struct pl_cataloger pl_cataloger_python_origin = {
	.name = "python_origin",
	.what = "where Python distributions come from: direct_url.json, egg-link",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_origin,
};
