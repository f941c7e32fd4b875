/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ruby_git: the version of gems that Bundler took from a git repository. Their .gemspec says
 * `s.version = Foo::VERSION`; the constant stands in lib/foo/version.rb by the convention of
 * `bundle gem`.
 */
#include "catalog/cataloger.h"

static const char *const globs[] = {"**/bundler/gems/*/lib/**/version.rb", NULL};

/* VERSION = "1.2.3" */
static bool take_version(struct pl_str line, struct pl_str *out)
{
	char quote;
	ptrdiff_t end;

	line = pl_str_trim(line);
	if (!pl_str_starts(line, PL_STR("VERSION")))
		return false;
	line = pl_str_trim(pl_str_sub(line, strlen("VERSION"), line.len));
	if (!line.len || line.ptr[0] != '=')
		return false;
	line = pl_str_trim(pl_str_sub(line, 1, line.len));
	if (line.len < 3 || (line.ptr[0] != '"' && line.ptr[0] != '\''))
		return false;
	quote = line.ptr[0];
	line = pl_str_sub(line, 1, line.len);
	end = pl_str_chr(line, quote);
	*out = pl_str_sub(line, 0, end < 0 ? 0 : (size_t)end);
	return out->len && pl_is_digit(out->ptr[0]);
}

/* "…/bundler/gems/foo-0123" of a file in it; lib/foo/version.rb, not lib/foo/bar/version.rb. */
static bool own_version(struct pl_str path, struct pl_str *key)
{
	ptrdiff_t at = pl_str_find(path, PL_STR("bundler/gems/")), slash;
	size_t depth = 0;
	struct pl_str rest;

	if (at < 0)
		return false;
	rest = pl_str_sub(path, (size_t)at + strlen("bundler/gems/"), path.len);
	slash = pl_str_chr(rest, '/');
	if (slash < 0)
		return false;
	*key = pl_str_sub(path, 0, (size_t)(rest.ptr - path.ptr) + (size_t)slash);
	for (size_t i = (size_t)slash + 1; i < rest.len; i++)
		depth += rest.ptr[i] == '/';
	return depth == 2;
}

static int read_version(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_GEM, .adds = true, .how = PL_STR("version.rb")};
	struct pl_str rest = f->bytes, line;

	(void)err;
	if (!own_version(f->path, &p.key))
		return 0;
	while (pl_str_line(&rest, &line))
		if (take_version(line, &p.version)) {
			pl_fact_package(w, &p);
			return 0;
		}
	return 0;
}

const struct pl_cataloger pl_cataloger_ruby_git = {
	.name = "ruby_git",
	.what = "versions of Ruby gems from git: version.rb",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_version,
};
