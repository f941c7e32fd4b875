/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file lists of dpkg: info/NAME[:ARCH].list has one absolute path a line, directories too;
 * status.d/NAME.md5sums of distroless images has "digest  path" (md5sum(1)) and files only.
 */
#include "catalog/lines.h"

/* The package as the file name calls it: "libc6:amd64" of "…/libc6:amd64.list". */
static struct pl_str key_of(struct pl_str path)
{
	struct pl_str base = pl_path_base(path);
	ptrdiff_t dot = pl_str_rchr(base, '.');

	return pl_str_sub(base, 0, dot < 0 ? base.len : (size_t)dot);
}

/* In a list a directory stands before what is in it. Directories belong to many packages and tell
 * nothing about any file, so they are left out where that shows. */
static bool is_directory(struct pl_str path, struct pl_str rest)
{
	return pl_str_starts(rest, path) && rest.len > path.len && rest.ptr[path.len] == '/';
}

static void read_list(struct pl_lines *l, struct pl_str key)
{
	struct pl_str line;

	while (pl_lines_next(l, &line)) {
		if (line.len == 0 || pl_str_eq_c(line, "/."))
			continue;
		if (line.ptr[0] != '/')
			pl_lines_complain(l, l->number, PL_W_WARN, "not an absolute path");
		else if (!is_directory(line, l->rest))
			pl_fact_owns(l->w, key, line);
	}
}

static void read_md5sums(struct pl_lines *l, struct pl_str key)
{
	enum { MD5_HEX = 32 };
	struct pl_str line;

	while (pl_lines_next(l, &line)) {
		struct pl_str path = pl_str_sub(line, MD5_HEX, line.len);

		if (line.len == 0)
			continue;
		/* a blank, then a blank or the '*' of binary mode */
		if (path.len < 3 || path.ptr[0] != ' ')
			pl_lines_complain(l, l->number, PL_W_WARN, "not a line of md5sum");
		else
			pl_fact_owns(l->w, key, pl_str_sub(path, 2, path.len));
	}
}

static int read_owned(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str key = key_of(f->path);
	struct pl_lines l;

	(void)err;
	pl_lines_init(&l, w, "dpkg-list-malformed", f->bytes);
	if (pl_str_ends(f->path, PL_STR(".list")))
		read_list(&l, key);
	else
		read_md5sums(&l, key);
	pl_lines_end(&l);
	return 0;
}

static const char *const globs[] = {"var/lib/dpkg/info/*.list", "var/lib/dpkg/status.d/*.md5sums",
				    "usr/lib/opkg/info/*.list", "var/lib/opkg/info/*.list", NULL};

const struct pl_cataloger pl_cataloger_dpkg_list = {
	.name = "dpkg_list",
	.what = "which files a Debian or opkg package owns",
	.globs = globs,
	.rooted = true,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_owned,
};
