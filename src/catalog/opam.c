/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opam: OCaml libraries. opam keeps, for each package of a switch, the file that it was built by in
 * .opam-switch/packages/NAME.VERSION/opam (opam manual, "Switches"). Libraries that another package
 * manager brought have only the META file of findlib, NAME/META below a library directory; its name
 * is nearly always that of the opam package, so it counts as such, marked uncertain.
 */
#include "catalog/scrape.h"

static const char *const switch_globs[] = {
	"**/.opam-switch/packages/*/opam",
	NULL,
};
static const char *const meta_globs[] = {
	"**/lib/ocaml/*/META",
	"**/ocaml/*/META",
	"**/_opam/lib/*/META",
	"**/.opam/*/lib/*/META",
	"**/site-lib/*/META",
	"**/ocaml/*/site-lib/*/META",
	NULL,
};

/* The value of a field of an opam file: a quoted string, or the first of a list. */
static struct pl_str opam_field(struct pl_str text, const char *name)
{
	struct pl_str value = pl_scrape_assigned(text, name, ':');

	return value;
}

/* depends: ["ocaml" {>= "4.03"} "dune" {build} ("a" | "b")]: names stand in quotes, outside of
 * braces. */
static void take_depends(struct pl_buf *out, struct pl_str text)
{
	ptrdiff_t at = pl_str_find(text, PL_STR("\ndepends:"));
	unsigned braces = 0, brackets = 0;

	if (at < 0)
		return;
	text = pl_str_sub(text, (size_t)at + 9, text.len);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '"') {
			struct pl_str q = pl_scrape_quoted(pl_str_sub(text, i, text.len));

			if (!braces)
				pl_scrape_add(out, q);
			i += q.len + 1;
			if (!brackets)
				return;
		} else if (c == '[') {
			brackets++;
		} else if (c == ']') {
			return;
		} else if (c == '{') {
			braces++;
		} else if (c == '}') {
			braces -= braces > 0;
		}
	}
}

static int read_opam(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str dir = pl_scrape_component(f->path, 1), version = dir;
	struct pl_pkg_fact p = {.type = PL_PKG_OPAM, .how = PL_STR("opam switch")};
	pl_auto_buf depends;

	pl_buf_init(&depends, PL_KiB(64));
	if (!pl_str_split(&version, '.', &p.name) || !version.len)
		return pl_fail(err, PL_E_FORMAT, "the directory is not called NAME.VERSION");
	p.version = version;
	p.licenses = opam_field(f->bytes, "license");
	take_depends(&depends, f->bytes);
	p.depends = pl_buf_view(&depends);
	pl_fact_package(w, &p);
	return 0;
}

/* Parts of the compiler: findlib describes them "[distributed with OCaml]" or, since OCaml 5, with
 * the compiler's version. */
static bool is_compiler(struct pl_str name, struct pl_str version)
{
	static const char *const parts[] = {
		"bigarray",	  "bytes",  "compiler-libs", "dynlink", "ocamldoc", "profiling",
		"runtime_events", "stdlib", "str",	     "threads", "unix",
	};

	if (pl_str_istarts(version, PL_STR("[distributed with ocaml")))
		return true;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (pl_str_eq_c(name, parts[i]))
			return true;
	return false;
}

/* requires = "seq, re.str": libraries of libraries after a dot. */
static void take_requires(struct pl_buf *out, struct pl_str list, struct pl_str self)
{
	while (list.len) {
		struct pl_str word;

		while (list.len && (list.ptr[0] == ',' || (unsigned char)list.ptr[0] <= ' '))
			list = pl_str_sub(list, 1, list.len);
		word = pl_scrape_word(list, ",");
		list = pl_str_sub(list, word.len ? word.len : 1, list.len);
		word = pl_scrape_word(word, ".");
		if (!pl_str_eq(word, self))
			pl_scrape_add(out, word);
	}
}

/* Up to the first sub-package: its fields are not those of the library. */
static struct pl_str own_part(struct pl_str text)
{
	ptrdiff_t at = pl_str_find(text, PL_STR("\npackage "));

	if (pl_str_starts(text, PL_STR("package ")))
		return (struct pl_str){0};
	return at < 0 ? text : pl_str_sub(text, 0, (size_t)at + 1);
}

static int read_meta(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str text = own_part(f->bytes);
	struct pl_pkg_fact p = {.type = PL_PKG_OPAM, .how = PL_STR("findlib META")};
	pl_auto_buf depends;

	(void)err;
	pl_buf_init(&depends, PL_KiB(64));
	p.name = pl_scrape_component(f->path, 1);
	p.version = pl_scrape_assigned(text, "version", '=');
	p.uncertain = true;
	if (is_compiler(p.name, p.version))
		return 0;
	if (!p.version.len && pl_str_find(f->bytes, PL_STR("archive")) < 0 &&
	    pl_str_find(f->bytes, PL_STR("requires")) < 0)
		return 0; /* another program's file of that name */
	take_requires(&depends, pl_scrape_assigned(text, "requires", '='), p.name);
	p.depends = pl_buf_view(&depends);
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_opam = {
	.name = "opam",
	.what = "OCaml packages of opam switches",
	.globs = switch_globs,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_opam,
};

const struct pl_cataloger pl_cataloger_findlib = {
	.name = "findlib",
	.what = "OCaml libraries: META files of findlib",
	.globs = meta_globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_meta,
};
