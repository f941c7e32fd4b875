/* SPDX-License-Identifier: Apache-2.0 */
/*
 * python_vendor: copies that a distribution carries inside itself without their metadata. pip
 * writes their names and versions to _vendor/vendor.txt, in the form of a requirements file. A copy
 * counts when its module is there (Debian takes some out), and is marked uncertain: it may have
 * been changed.
 */
#include "catalog/python.h"

static const char *const globs[] = {
	"**/_vendor/vendor.txt",
	"**/_vendor/vendored.txt",
	NULL,
};

/* The module is called like the distribution. Of setuptools pip keeps only pkg_resources: without
 * its module it does not count. */
static void put_modules(struct pl_buf *out, struct pl_str dir, struct pl_str name)
{
	static const char *const ends[] = {"", ".py"};
	pl_auto_buf module;

	pl_buf_init(&module, 4096);
	for (size_t i = 0; i < name.len; i++)
		pl_buf_ch(&module, name.ptr[i] == '-' ? '_' : pl_lower(name.ptr[i]));
	for (size_t i = 0; i < 2; i++)
		pl_buf_fmt(out, "%s%.*s/%.*s%s", i ? "\n" : "", PL_FMT(dir),
			   PL_FMT(pl_buf_view(&module)), ends[i]);
}

static bool is_plain(struct pl_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!pl_is_alpha(s.ptr[i]) && !pl_is_digit(s.ptr[i]) && !strchr("-_.+!", s.ptr[i]))
			return false;
	return s.len > 0;
}

/* "  urllib3==1.26.17  # comment" */
static void take_line(struct pl_facts_writer *w, struct pl_str dir, struct pl_str line,
		      struct pl_str how)
{
	struct pl_pkg_fact p = {.type = PL_PKG_PYPI, .adds = true, .uncertain = true, .how = how};
	ptrdiff_t cut = pl_str_chr(line, '#'), eq;
	pl_auto_buf where = {0};

	line = pl_str_trim(pl_str_sub(line, 0, cut < 0 ? line.len : (size_t)cut));
	eq = pl_str_find(line, PL_STR("=="));
	if (eq <= 0)
		return;
	p.name = pl_str_trim(pl_str_sub(line, 0, (size_t)eq));
	p.version = pl_str_trim(pl_str_sub(line, (size_t)eq + 2, line.len));
	if (!is_plain(p.name) || !is_plain(p.version))
		return;
	pl_buf_init(&where, 65536);
	put_modules(&where, dir, p.name);
	p.where = pl_buf_view(&where);
	pl_fact_package(w, &p);
}

static int read_vendor(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str dir = pl_path_dir(f->path), rest = f->bytes, line;
	pl_auto_buf how;

	(void)err;
	pl_buf_init(&how, 8192);
	pl_buf_fmt(&how, "%.*s of %.*s", PL_FMT(pl_path_base(f->path)),
		   PL_FMT(pl_path_base(pl_path_dir(dir))));
	while (pl_str_line(&rest, &line))
		take_line(w, dir, line, pl_buf_view(&how));
	return 0;
}

const struct pl_cataloger pl_cataloger_python_vendor = {
	.name = "python_vendor",
	.what = "copies inside Python distributions: _vendor/vendor.txt",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_vendor,
};
