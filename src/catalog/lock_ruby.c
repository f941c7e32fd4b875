/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gemfile.lock of Bundler (Bundler::LockfileParser): sections at the margin; below `specs:` a gem
 * is indented by four, what it needs by six. The version may end in a platform,
 * "1.15.4-x86_64-linux".
 */
#include "catalog/lock.h"

static size_t indent_of(struct pl_str line)
{
	size_t n = 0;

	while (n < line.len && line.ptr[n] == ' ')
		n++;
	return n;
}

/* "name (1.0-platform)" */
static struct pl_str version_of(struct pl_str text)
{
	ptrdiff_t open = pl_str_chr(text, '('), close = pl_str_chr(text, ')');

	if (open < 0 || close < open)
		return PL_STR("");
	return pl_lock_before(pl_str_sub(text, (size_t)open + 1, (size_t)(close - open) - 1), '-');
}

static int read_ruby(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str rest = f->bytes, line;
	uint32_t item = PL_LOCK_NONE;
	bool gems = false, known = false;
	pl_auto_lock l;

	pl_lock_init(&l, w, PL_PKG_GEM, PL_STR("Gemfile.lock"));
	while (pl_str_line(&rest, &line)) {
		size_t indent = indent_of(line);
		struct pl_str text = pl_str_trim(line), name = pl_lock_before(text, ' ');

		if (pl_str_empty(text))
			continue;
		if (pl_str_starts(text, PL_STR("<<<<<<<")))
			return pl_fail(err, PL_E_FORMAT, "marks of a merge that is not finished");
		if (indent == 0) {
			/* PATH is the project's own */
			gems = pl_str_eq_c(text, "GEM") || pl_str_eq_c(text, "GIT") ||
			       pl_str_eq_c(text, "PLUGIN SOURCE");
			known |= gems || pl_str_eq_c(text, "DEPENDENCIES");
		} else if (gems && indent == 4) {
			item = pl_lock_add(&l, name, version_of(text), false);
		} else if (gems && indent == 6) {
			pl_lock_needs(&l, item, name, PL_STR(""));
		}
	}
	if (!known)
		return pl_fail(err, PL_E_FORMAT, "no section of a Gemfile.lock");
	pl_lock_end(&l);
	return 0;
}

static const char *const globs[] = {"**/Gemfile.lock", "**/Gemfile.next.lock", "**/gems.locked",
				    "**/*.gemfile.lock", NULL};
const struct pl_cataloger pl_cataloger_gem_lock = {
	.name = "gem_lock",
	.what = "Bundler: Gemfile.lock, gems.locked",
	.globs = globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_ruby,
};
