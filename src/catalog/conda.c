/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conda: PREFIX/conda-meta/NAME-VERSION-BUILD.json, one for each package of an environment, the
 * base environment too (conda's documentation, "conda-meta"). The package cache (pkgs/) is not
 * installed software.
 */
#include "catalog/cataloger.h"

static const char *const globs[] = {"**/conda-meta/*.json", NULL};

/* "https://host/conda-forge/linux-64" → "conda-forge"; a plain name stays. */
static struct pl_str channel_of(const cJSON *root, struct pl_str subdir)
{
	struct pl_str c = pl_json_str(root, "channel");

	while (c.len && c.ptr[c.len - 1] == '/')
		c.len--;
	if (pl_str_find(c, PL_STR("://")) < 0)
		return c;
	if (subdir.len && pl_str_eq(pl_path_base(c), subdir))
		c = pl_path_dir(c);
	return pl_path_base(c);
}

static void put_purl(const cJSON *root, const struct pl_pkg_fact *p, struct pl_buf *out)
{
	struct pl_str build = pl_json_str(root, "build"), file = pl_json_str(root, "fn");
	char sep = '?';

	pl_buf_c(out, "pkg:conda/");
	for (size_t i = 0; i < p->name.len; i++) {
		char c = pl_lower(p->name.ptr[i]);

		pl_purl_put(out, pl_str_n(&c, 1));
	}
	pl_buf_ch(out, '@');
	pl_purl_put(out, p->version);
	pl_purl_put_qualifier(out, "build", build, &sep);
	pl_purl_put_qualifier(out, "channel", channel_of(root, p->arch), &sep);
	pl_purl_put_qualifier(out, "subdir", p->arch, &sep);
	if (pl_str_ends(file, PL_STR(".conda")))
		pl_purl_put_qualifier(out, "type", PL_STR("conda"), &sep);
	else if (pl_str_ends(file, PL_STR(".tar.bz2")))
		pl_purl_put_qualifier(out, "type", PL_STR("tar.bz2"), &sep);
}

/* "python >=3.8,<3.9.0a0": the name; "__glibc >=2.17" is a property of the machine. */
static void put_depends(const cJSON *root, struct pl_buf *out)
{
	const cJSON *item = pl_json_get(root, "depends");

	for (item = cJSON_IsArray(item) ? item->child : NULL; item; item = item->next) {
		struct pl_str rest = pl_str_trim(pl_json_text(item)), name;

		if (!pl_str_split(&rest, ' ', &name) || !name.len ||
		    pl_str_starts(name, PL_STR("__")))
			continue;
		if (out->len)
			pl_buf_ch(out, '\n');
		pl_buf_str(out, name);
	}
}

static void own_files(struct pl_facts_writer *w, const cJSON *root, struct pl_str key,
		      struct pl_str path)
{
	struct pl_str prefix = pl_path_dir(pl_path_dir(path));
	const cJSON *item = pl_json_get(root, "files");
	pl_auto_buf b;

	pl_buf_init(&b, 65536);
	for (item = cJSON_IsArray(item) ? item->child : NULL; item; item = item->next) {
		pl_buf_reset(&b);
		if (prefix.len) {
			pl_buf_str(&b, prefix);
			pl_buf_ch(&b, '/');
		}
		pl_buf_str(&b, pl_json_text(item));
		if (pl_json_text(item).len && !b.failed)
			pl_fact_owns(w, key, pl_buf_view(&b));
	}
}

static int read_conda(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_CONDA, .how = PL_STR("conda-meta")};
	pl_auto_json *root = NULL;
	pl_auto_buf purl = {0};
	pl_auto_buf depends = {0};
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_JSON_BYTES), &root, err);

	if (rc < 0)
		return rc;
	pl_buf_init(&purl, 65536);
	pl_buf_init(&depends, PL_MiB(1));
	p.name = pl_str_trim(pl_json_str(root, "name"));
	p.version = pl_str_trim(pl_json_str(root, "version"));
	if (pl_str_empty(p.name)) {
		pl_fact_diag(w, PL_W_WARN, "conda-metadata", "no name in the metadata");
		return 0;
	}
	p.arch = pl_json_str(root, "subdir");
	p.licenses = pl_str_trim(pl_json_str(root, "license"));
	put_purl(root, &p, &purl);
	put_depends(root, &depends);
	p.purl = pl_buf_view(&purl);
	p.depends = pl_buf_view(&depends);
	p.key = f->path;
	pl_fact_package(w, &p);
	own_files(w, root, p.key, f->path);
	return 0;
}

const struct pl_cataloger pl_cataloger_conda = {
	.name = "conda",
	.what = "conda environments: conda-meta/*.json",
	.globs = globs,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_JSON_BYTES,
	.read = read_conda,
};
