/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conan: packages of C and C++. A binary package has a conaninfo.txt, which names what it needs but
 * not itself; Conan 1 keeps it in data/NAME/VERSION/USER/CHANNEL/package/ID, a full deployment of
 * Conan 2 in full_deploy/CONTEXT/NAME/VERSION/… (Conan documentation, "Deployers").
 */
#include "catalog/scrape.h"

static const char *const globs[] = {
	"**/conaninfo.txt",
	NULL,
};

/* Cuts the path at a component; false when there is none of that name. */
static bool after_component(struct pl_str path, const char *name, struct pl_str *rest)
{
	struct pl_str part;

	while (path.len && pl_str_split(&path, '/', &part)) {
		if (pl_str_eq_c(part, name)) {
			*rest = path;
			return true;
		}
	}
	return false;
}

static bool from_path(struct pl_str path, struct pl_pkg_fact *p)
{
	struct pl_str rest, part;

	if (after_component(path, "full_deploy", &rest)) {
		if (!pl_str_split(&rest, '/', &part)) /* host or build */
			return false;
	} else if (!after_component(path, ".conan", &rest) ||
		   !after_component(rest, "data", &rest)) {
		return false;
	}
	return pl_str_split(&rest, '/', &p->name) && pl_str_split(&rest, '/', &p->version) &&
	       rest.len > 0;
}

/* "zlib/1.2.13@user/channel:hash": name and version. */
static void take_reference(struct pl_buf *out, struct pl_str line)
{
	struct pl_str name, version;

	line = pl_scrape_word(line, "@:#");
	if (!pl_str_split(&line, '/', &name) || !name.len)
		return;
	version = line;
	/* Conan 2 tells which versions would do: "1.2.Z" */
	if (version.len && pl_str_chr(version, 'Z') < 0 && pl_str_chr(version, 'Y') < 0) {
		if (out->len)
			pl_buf_ch(out, '\n');
		pl_buf_fmt(out, "%.*s\t%.*s", PL_FMT(name), PL_FMT(version));
	} else {
		pl_scrape_add(out, name);
	}
}

static void take_requires(struct pl_buf *out, struct pl_str text)
{
	struct pl_str line;
	bool inside = false;

	while (pl_str_line(&text, &line)) {
		struct pl_str word = pl_str_trim(line);

		if (word.len && word.ptr[0] == '[')
			inside = pl_str_eq_c(word, "[requires]") ||
				 pl_str_eq_c(word, "[full_requires]");
		else if (inside && word.len)
			take_reference(out, word);
	}
}

static int read_conan(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_CONAN, .how = PL_STR("directory name")};
	pl_auto_buf depends;

	(void)err;
	pl_buf_init(&depends, PL_KiB(64));
	if (!from_path(f->path, &p)) {
		pl_fact_diag(w, PL_W_NOTE, "conan-unnamed",
			     "a binary package of Conan that does not tell its name");
		return 0;
	}
	take_requires(&depends, f->bytes);
	p.depends = pl_buf_view(&depends);
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_conan = {
	.name = "conan",
	.what = "Conan packages in a cache or deployment",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_conan,
};
