/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Homebrew: a keg is the directory Cellar/NAME/VERSION, where the receipt of the installation and
 * the formula it was made from lie. Formulae elsewhere (Library/Taps) are a catalogue, not
 * installed.
 */
#include "catalog/deps.h"
#include "catalog/lines.h"

/* NAME and VERSION of "…/Cellar/NAME/VERSION/…" */
static bool keg_of(struct pl_str path, struct pl_pkg_fact *p)
{
	ptrdiff_t at = pl_str_find(path, PL_STR("Cellar/"));
	struct pl_str rest = pl_str_sub(path, at < 0 ? path.len : (size_t)at + 7, path.len);

	if (at > 0 && path.ptr[at - 1] != '/')
		return false;
	return pl_str_split(&rest, '/', &p->name) && pl_str_split(&rest, '/', &p->version) &&
	       p->name.len && p->version.len && rest.ptr;
}

static int read_receipt(struct pl_facts_writer *w, const struct pl_cat_file *f,
			struct pl_pkg_fact *p, struct pl_err *err)
{
	pl_auto_json *doc = NULL;
	pl_auto_buf depends = {0};
	const cJSON *dep;
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_JSON_BYTES), &doc, err);

	if (rc < 0)
		return rc;
	pl_buf_init(&depends, f->bytes.len + 1);
	dep = pl_json_get(doc, "runtime_dependencies");
	cJSON_ArrayForEach(dep, dep)
	{
		struct pl_str name = pl_json_str(dep, "full_name");

		pl_deps_add(&depends, name);
		/* pkg_version has the revision, as the directory has */
		if (name.len && pl_json_str(dep, "pkg_version").len)
			pl_buf_fmt(&depends, "\t%.*s", PL_FMT(pl_json_str(dep, "pkg_version")));
	}
	p->arch = pl_json_str(doc, "arch");
	p->depends = pl_buf_view(&depends);
	p->how = PL_STR("Homebrew receipt, version by its directory");
	pl_fact_package(w, p);
	return 0;
}

/* Ruby, of which one line is asked for: `license "MIT"`. Other forms of it (any_of: …) are not
 * read. */
static struct pl_str license_of(struct pl_str text)
{
	struct pl_str line;

	while (pl_str_line(&text, &line)) {
		line = pl_str_trim(line);
		if (!pl_str_starts(line, PL_STR("license \"")) ||
		    !pl_str_ends(line, PL_STR("\"")) || line.len < 11)
			continue;
		return pl_str_sub(line, 9, line.len - 10);
	}
	return (struct pl_str){0};
}

static int read_keg(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_BREW,
				.how = PL_STR("Homebrew keg, version by its directory")};

	if (!keg_of(f->path, &p))
		return pl_fail(err, PL_E_FORMAT, "not in Cellar/NAME/VERSION");
	if (pl_str_ends(f->path, PL_STR(".json")))
		return read_receipt(w, f, &p, err);
	p.licenses = license_of(f->bytes);
	pl_fact_package(w, &p);
	return 0;
}

static const char *const globs[] = {"**/Cellar/*/*/INSTALL_RECEIPT.json",
				    "**/Cellar/*/*/.brew/*.rb", NULL};

const struct pl_cataloger pl_cataloger_homebrew = {
	.name = "homebrew",
	.what = "Homebrew packages: kegs in a Cellar",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_keg,
};
