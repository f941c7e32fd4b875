/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database of apk-tools (apk-tools doc/apk-v2(5), "installed" database): entries of "X:value"
 * lines, ended by an empty line. F is a directory, the R lines after it are files in it.
 */
#include "catalog/deps.h"
#include "catalog/lines.h"

struct entry {
	struct pl_str name, version, arch, origin, license, maintainer, depends, provides;
	struct pl_str text; /* the whole entry, for its file list */
	size_t line;	    /* where it begins */
};

static struct pl_str *member(struct entry *e, char key)
{
	switch (key) {
	case 'P':
		return &e->name;
	case 'V':
		return &e->version;
	case 'A':
		return &e->arch;
	case 'o':
		return &e->origin;
	case 'L':
		return &e->license;
	case 'm':
		return &e->maintainer;
	case 'D':
		return &e->depends;
	case 'p':
		return &e->provides;
	default:
		return NULL;
	}
}

static void add_line(struct pl_lines *l, struct entry *e, struct pl_str line)
{
	struct pl_str *m;

	if (line.len < 2 || line.ptr[1] != ':') {
		pl_lines_complain(l, l->number, PL_W_WARN, "not a \"X:value\" line");
		return;
	}
	m = member(e, line.ptr[0]);
	if (!m)
		return;
	if (m->ptr)
		pl_lines_complain(l, l->number, PL_W_WARN, "field %c twice in one entry",
				  line.ptr[0]);
	else
		*m = pl_str_trim(pl_str_sub(line, 2, line.len));
}

/* Reads lines up to an empty one; false at the end of the file. */
static bool next_entry(struct pl_lines *l, struct entry *e)
{
	const char *end = NULL;
	struct pl_str line;

	*e = (struct entry){0};
	while (pl_lines_next(l, &line)) {
		if (line.len == 0 && e->line)
			break;
		if (line.len == 0)
			continue;
		if (!e->line) {
			e->line = l->number;
			e->text.ptr = line.ptr;
		}
		add_line(l, e, line);
		end = line.ptr + line.len;
	}
	if (e->line)
		e->text.len = (size_t)(end - e->text.ptr);
	return e->line != 0;
}

static void owned_files(struct pl_lines *l, const struct entry *e)
{
	struct pl_str rest = e->text, line, dir = {0};
	size_t max = (size_t)pl_limit(PL_LIM_PATH_BYTES);
	pl_auto_buf path;

	pl_buf_init(&path, max);
	while (pl_str_line(&rest, &line)) {
		if (line.len < 2 || line.ptr[1] != ':')
			continue;
		if (line.ptr[0] == 'F')
			dir = pl_str_sub(line, 2, line.len);
		if (line.ptr[0] != 'R')
			continue;
		pl_buf_reset(&path);
		pl_buf_str(&path, dir);
		if (dir.len)
			pl_buf_ch(&path, '/');
		pl_buf_str(&path, pl_str_sub(line, 2, line.len));
		if (path.failed)
			pl_lines_complain(l, e->line, PL_W_WARN,
					  "package %.*s has a path over path-bytes",
					  PL_FMT(e->name));
		else
			pl_fact_owns(l->w, e->name, pl_buf_view(&path));
	}
}

static void report(struct pl_lines *l, struct pl_map *names, const struct entry *e)
{
	struct pl_pkg_fact p = {
		.type = PL_PKG_APK,
		.name = e->name,
		.version = e->version,
		.arch = e->arch,
		.source_name = e->origin,
		.licenses = e->license,
		.vendor = e->maintainer,
		.how = PL_STR("apk database"),
	};
	pl_auto_buf depends = {0}, provides = {0};

	if (pl_str_empty(e->name)) {
		pl_lines_complain(l, e->line, PL_W_FAILED, "the entry names no package");
		return;
	}
	/* `apk add --virtual .name`: a list of dependencies, not software */
	if (e->name.ptr[0] == '.') {
		pl_fact_diag(l->w, PL_W_NOTE, "apk-virtual", "virtual package %.*s is not software",
			     PL_FMT(e->name));
		return;
	}
	if (pl_str_empty(e->version))
		pl_lines_complain(l, e->line, PL_W_WARN, "package %.*s has no version",
				  PL_FMT(e->name));
	if (!pl_map_put(names, e->name, 1))
		pl_lines_complain(l, e->line, PL_W_WARN, "package %.*s is there twice",
				  PL_FMT(e->name));
	/* all packages of one source are built at one version */
	p.source_version = pl_str_empty(e->origin) ? (struct pl_str){0} : e->version;
	pl_buf_init(&depends, e->depends.len + 1);
	pl_buf_init(&provides, e->provides.len + 1);
	pl_deps_words(&depends, e->depends);
	pl_deps_words(&provides, e->provides);
	p.depends = pl_buf_view(&depends);
	p.provides = pl_buf_view(&provides);
	pl_fact_package(l->w, &p);
	owned_files(l, e);
}

static int read_installed(struct pl_facts_writer *w, const struct pl_cat_file *f,
			  struct pl_err *err)
{
	pl_auto_map names;
	struct pl_lines l;
	struct entry e;

	(void)err;
	pl_map_init(&names);
	pl_lines_init(&l, w, "apk-malformed", f->bytes);
	while (next_entry(&l, &e))
		report(&l, &names, &e);
	pl_lines_end(&l);
	return 0;
}

/* The database under any name: an entry begins with the checksum of its package, "C:Q1" and 28
 * letters of base64, and its name follows. */
static bool sniff_installed(struct pl_str path, struct pl_str head)
{
	enum { CHECKSUM = 32 };
	size_t at = 0;

	(void)path;
	while (at < head.len && head.ptr[at] == '\n')
		at++;
	head = pl_str_sub(head, at, head.len);
	return pl_str_starts(head, PL_STR("C:Q1")) &&
	       pl_str_starts(pl_str_sub(head, CHECKSUM, head.len), PL_STR("\nP:"));
}

static const char *const globs[] = {"lib/apk/db/installed", "usr/lib/apk/db/installed",
				    "var/lib/apk/db/installed", NULL};

const struct pl_cataloger pl_cataloger_apk = {
	.name = "apk",
	.what = "Alpine, Wolfi and Chainguard packages: the apk database",
	.globs = globs,
	.sniff = sniff_installed,
	.rooted = true,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_DB_FILE_BYTES,
	.read = read_installed,
};
