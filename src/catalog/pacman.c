/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The local database of pacman (Arch Linux and its derivatives): a directory NAME-VERSION for each
 * package with the files desc and files. Both are sections, "%NAME%" and values on the lines after
 * it up to an empty one (libalpm, be_local.c).
 */
#include "catalog/deps.h"
#include "catalog/lines.h"

#define SECTIONS(X) \
	X(NAME, "%NAME%") \
	X(VERSION, "%VERSION%") \
	X(BASE, "%BASE%") \
	X(ARCH, "%ARCH%") \
	X(PACKAGER, "%PACKAGER%") \
	X(LICENSE, "%LICENSE%") \
	X(DEPENDS, "%DEPENDS%") \
	X(PROVIDES, "%PROVIDES%") \
	X(FILES, "%FILES%")
enum section {
#define X(sym, text) S_##sym,
	SECTIONS(X)
#undef X
		S__COUNT
};

struct reader {
	struct pl_lines lines;
	struct pl_str key; /* the directory: several files speak of one package */
	struct pl_str single[S__COUNT];
	struct pl_buf license, depends, provides;
};

static enum section find_section(struct pl_str line)
{
	static const char *const names[S__COUNT] = {
#define X(sym, text) [S_##sym] = text,
		SECTIONS(X)
#undef X
	};
	unsigned i = 0;

	while (i < S__COUNT && !pl_str_eq_c(line, names[i]))
		i++;
	return (enum section)i;
}

static void add_value(struct reader *r, enum section in, struct pl_str line)
{
	switch (in) {
	case S_LICENSE:
		pl_deps_add(&r->license, line);
		break;
	case S_DEPENDS:
		pl_deps_words(&r->depends, line);
		break;
	case S_PROVIDES:
		pl_deps_words(&r->provides, line);
		break;
	case S_FILES: /* directories end in a slash, and belong to many packages */
		if (!pl_str_ends(line, PL_STR("/")))
			pl_fact_owns(r->lines.w, r->key, line);
		break;
	case S__COUNT:
		break;
	default:
		if (r->single[in].ptr)
			pl_lines_complain(&r->lines, r->lines.number, PL_W_WARN,
					  "a second value where one is expected");
		else
			r->single[in] = pl_str_trim(line);
	}
}

static void read_sections(struct reader *r)
{
	enum section in = S__COUNT;
	bool open = false;
	struct pl_str line;

	while (pl_lines_next(&r->lines, &line)) {
		if (!line.len)
			open = false;
		else if (open)
			add_value(r, in, line);
		else if (line.ptr[0] == '%' && line.ptr[line.len - 1] == '%') {
			in = find_section(line);
			open = true;
		} else
			pl_lines_complain(&r->lines, r->lines.number, PL_W_WARN,
					  "a line outside of any section");
	}
}

static void report(struct reader *r)
{
	struct pl_pkg_fact p = {
		.type = PL_PKG_ALPM,
		.name = r->single[S_NAME],
		.version = r->single[S_VERSION],
		.arch = r->single[S_ARCH],
		.source_name = r->single[S_BASE],
		.source_version = r->single[S_VERSION],
		.vendor = r->single[S_PACKAGER],
		.licenses = pl_buf_view(&r->license),
		.depends = pl_buf_view(&r->depends),
		.provides = pl_buf_view(&r->provides),
		.key = r->key,
		.how = PL_STR("pacman database"),
	};

	if (!p.name.len) {
		pl_lines_complain(&r->lines, 1, PL_W_FAILED, "the file names no package");
		return;
	}
	if (!p.version.len)
		pl_lines_complain(&r->lines, 1, PL_W_WARN, "package %.*s has no version",
				  PL_FMT(p.name));
	pl_fact_package(r->lines.w, &p);
}

static int read_local(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct reader r = {.key = pl_path_base(pl_path_dir(f->path))};

	(void)err;
	pl_lines_init(&r.lines, w, "pacman-malformed", f->bytes);
	pl_buf_init(&r.license, f->bytes.len + 1);
	pl_buf_init(&r.depends, f->bytes.len + 1);
	pl_buf_init(&r.provides, f->bytes.len + 1);
	read_sections(&r);
	if (pl_str_eq_c(pl_path_base(f->path), "desc"))
		report(&r);
	pl_lines_end(&r.lines);
	pl_buf_release(&r.license);
	pl_buf_release(&r.depends);
	pl_buf_release(&r.provides);
	return 0;
}

static const char *const globs[] = {"var/lib/pacman/local/*/desc", "var/lib/pacman/local/*/files",
				    NULL};

const struct pl_cataloger pl_cataloger_pacman = {
	.name = "pacman",
	.what = "Arch Linux packages: the local database of pacman",
	.globs = globs,
	.rooted = true,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_DB_FILE_BYTES,
	.read = read_local,
};
