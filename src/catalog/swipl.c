/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swipl: packs of SWI-Prolog, pack/NAME/pack.pl: Prolog facts such as name(x). version('1.2.3').
 * (SWI-Prolog manual, "Structure of a pack").
 */
#include "catalog/scrape.h"

static const char *const globs[] = {
	"**/pack/*/pack.pl",
	NULL,
};

/* The argument of the first fact `name(ARG).`: an atom, quoted or not. */
static struct pl_str fact(struct pl_str text, const char *name)
{
	struct pl_str line, key = pl_str_c(name), quoted;

	while (pl_str_line(&text, &line)) {
		line = pl_str_trim(line);
		if (!pl_str_starts(line, key))
			continue;
		line = pl_str_trim(pl_str_sub(line, key.len, line.len));
		if (!line.len || line.ptr[0] != '(')
			continue;
		line = pl_str_sub(line, 1, line.len);
		quoted = pl_scrape_quoted(line);
		return quoted.len ? quoted : pl_scrape_word(line, "),");
	}
	return (struct pl_str){0};
}

static int read_swipl(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_SWIPL, .how = PL_STR("pack.pl")};

	p.name = fact(f->bytes, "name");
	p.version = fact(f->bytes, "version");
	p.licenses = fact(f->bytes, "license");
	if (!p.name.len)
		return pl_fail(err, PL_E_FORMAT, "a pack without name");
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_swipl = {
	.name = "swipl",
	.what = "packs of SWI-Prolog",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_swipl,
};
