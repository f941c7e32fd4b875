/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dpkg status database: stanzas of "Field: value" lines (deb-control(5), dpkg(1) for the
 * states). Distroless images have one stanza per file in status.d, without a Status field. opkg of
 * OpenWrt and Yocto images keeps the same form, and the control file of each package beside.
 */
#include "catalog/deps.h"
#include "catalog/lines.h"

#define FIELDS(X) \
	X(PACKAGE, "Package") \
	X(STATUS, "Status") \
	X(VERSION, "Version") \
	X(ARCH, "Architecture") \
	X(SOURCE, "Source") \
	X(MAINTAINER, "Maintainer") \
	X(PRE_DEPENDS, "Pre-Depends") \
	X(DEPENDS, "Depends") \
	X(PROVIDES, "Provides") \
	X(LICENSE, "License") /* opkg only */ \
	X(SOURCE_NAME, "SourceName")
enum field {
#define X(sym, name) F_##sym,
	FIELDS(X)
#undef X
		F__COUNT
};

struct stanza {
	struct pl_str value[F__COUNT];
	unsigned seen; /* bit for each field */
	size_t line;   /* where it begins; 0 while nothing was read */
};

struct reader {
	struct pl_lines lines;
	struct pl_arena arena; /* keys of this file */
	struct pl_map keys;
	bool single; /* a file of status.d, or a control file */
	bool opkg;
	bool copy; /* a backup, or found by its content: states on the way are as they should be */
	struct pl_buf depends, provides;
};

static enum field field_find(struct pl_str name)
{
	static const char *const names[F__COUNT] = {
#define X(sym, text) [F_##sym] = text,
		FIELDS(X)
#undef X
	};
	unsigned i = 0;

	while (i < F__COUNT && !pl_str_ieq(name, pl_str_c(names[i])))
		i++;
	return (enum field)i;
}

static void add_line(struct reader *r, struct stanza *s, struct pl_str line)
{
	ptrdiff_t colon = pl_str_chr(line, ':');
	enum field f;

	if (s->line == 0)
		s->line = r->lines.number;
	if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
		return; /* continuation: none of the fields we keep has any */
	if (colon <= 0) {
		pl_lines_complain(&r->lines, r->lines.number, PL_W_WARN,
				  "not a \"Field: value\" line");
		return;
	}
	f = field_find(pl_str_trim(pl_str_sub(line, 0, (size_t)colon)));
	if (f == F__COUNT)
		return;
	if (s->seen & 1u << f) {
		pl_lines_complain(&r->lines, r->lines.number, PL_W_WARN,
				  "field %.*s twice in one stanza", (int)colon, line.ptr);
		return;
	}
	s->seen |= 1u << f;
	s->value[f] = pl_str_trim(pl_str_sub(line, (size_t)colon + 1, line.len));
}

/* "want flag state" (dpkg-query(1)): the state alone says whether files are there. */
static bool is_present(struct reader *r, const struct stanza *s)
{
	struct pl_str rest = s->value[F_STATUS], word = {0}, name = s->value[F_PACKAGE];
	unsigned n = 0;

	if (!(s->seen & 1u << F_STATUS)) {
		if (!r->single)
			pl_lines_complain(&r->lines, s->line, PL_W_WARN,
					  "package %.*s has no Status", PL_FMT(name));
		return true;
	}
	while (n < 3 && pl_str_split(&rest, ' ', &word))
		n += word.len > 0;
	if (n == 3 && (pl_str_eq_c(word, "not-installed") || pl_str_eq_c(word, "config-files")))
		return false;
	if (n == 3 && (pl_str_eq_c(word, "installed") || pl_str_eq_c(word, "triggers-pending") ||
		       pl_str_eq_c(word, "triggers-awaited")))
		return true;
	if (!r->copy)
		pl_lines_complain(&r->lines, s->line, PL_W_WARN,
				  "package %.*s has the state \"%.*s\"", PL_FMT(name),
				  PL_FMT(s->value[F_STATUS]));
	return true;
}

/* "name" or "name (version)" (deb-control(5), Source) */
static void split_source(struct pl_str text, struct pl_pkg_fact *p)
{
	ptrdiff_t open = pl_str_chr(text, '('), close = pl_str_rchr(text, ')');

	p->source_name = pl_str_trim(pl_str_sub(text, 0, open < 0 ? text.len : (size_t)open));
	if (open >= 0 && close > open)
		p->source_version =
			pl_str_trim(pl_str_sub(text, (size_t)open + 1, (size_t)(close - open - 1)));
}

static struct pl_str make_key(struct reader *r, const struct pl_pkg_fact *p)
{
	struct pl_buf b;
	struct pl_str key;

	if (pl_str_empty(p->arch))
		return p->name;
	pl_buf_init(&b, p->name.len + p->arch.len + 1);
	pl_buf_str(&b, p->name);
	pl_buf_ch(&b, ':');
	pl_buf_str(&b, p->arch);
	key = pl_arena_str(&r->arena, pl_buf_view(&b));
	pl_buf_release(&b);
	return key;
}

/* The Source of opkg is a path in the tree of recipes. */
static void add_relations(struct reader *r, const struct stanza *s, struct pl_pkg_fact *p)
{
	pl_buf_reset(&r->depends);
	pl_buf_reset(&r->provides);
	pl_deps_deb(&r->depends, s->value[F_PRE_DEPENDS]);
	pl_deps_deb(&r->depends, s->value[F_DEPENDS]);
	pl_deps_deb(&r->provides, s->value[F_PROVIDES]);
	p->depends = pl_buf_view(&r->depends);
	p->provides = pl_buf_view(&r->provides);
	if (r->opkg) {
		p->licenses = s->value[F_LICENSE];
		p->source_name = s->value[F_SOURCE_NAME];
	} else {
		split_source(s->value[F_SOURCE], p);
	}
}

static void end_stanza(struct reader *r, struct stanza *s)
{
	struct pl_pkg_fact p = {.type = r->opkg ? PL_PKG_OPKG : PL_PKG_DEB,
				.how = r->opkg ? PL_STR("opkg status") : PL_STR("dpkg status")};

	if (s->line == 0)
		return;
	p.name = s->value[F_PACKAGE];
	if (pl_str_empty(p.name)) {
		pl_lines_complain(&r->lines, s->line, PL_W_FAILED, "the stanza names no package");
		return;
	}
	if (!is_present(r, s))
		return;
	p.version = s->value[F_VERSION];
	p.arch = s->value[F_ARCH];
	p.vendor = s->value[F_MAINTAINER];
	add_relations(r, s, &p);
	p.key = r->opkg ? p.name : make_key(r, &p);
	if (pl_str_empty(p.version))
		pl_lines_complain(&r->lines, s->line, PL_W_WARN, "package %.*s has no version",
				  PL_FMT(p.name));
	if (!pl_map_put(&r->keys, p.key, 1))
		pl_lines_complain(&r->lines, s->line, PL_W_WARN, "package %.*s is there twice",
				  PL_FMT(p.key));
	pl_fact_package(r->lines.w, &p);
}

static void read_stanzas(struct reader *r, struct pl_str text)
{
	struct stanza s = {0};
	struct pl_str line;

	pl_arena_init(&r->arena);
	pl_map_init(&r->keys);
	pl_buf_init(&r->depends, text.len + 1);
	pl_buf_init(&r->provides, text.len + 1);
	while (pl_lines_next(&r->lines, &line)) {
		if (line.len > 0) {
			add_line(r, &s, line);
			continue;
		}
		end_stanza(r, &s);
		s = (struct stanza){0};
	}
	end_stanza(r, &s);
	pl_lines_end(&r->lines);
	pl_buf_release(&r->depends);
	pl_buf_release(&r->provides);
	pl_map_release(&r->keys);
	pl_arena_release(&r->arena);
}

static int read_status(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct reader r = {.single = pl_str_find(f->path, PL_STR("status.d/")) >= 0,
			   .copy = !pl_str_eq_c(pl_path_base(f->path), "status")};

	(void)err;
	if (r.single && pl_str_ends(f->path, PL_STR(".md5sums")))
		return 0; /* a file list: see dpkg_list.c */
	pl_lines_init(&r.lines, w, "dpkg-malformed", f->bytes);
	read_stanzas(&r, f->bytes);
	return 0;
}

static int read_opkg(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct reader r = {.single = pl_str_ends(f->path, PL_STR(".control")), .opkg = true};

	(void)err;
	pl_lines_init(&r.lines, w, "opkg-malformed", f->bytes);
	read_stanzas(&r, f->bytes);
	return 0;
}

/* At the beginning of a line. */
static bool has_field(struct pl_str head, struct pl_str field)
{
	struct pl_str line;

	while (pl_str_line(&head, &line))
		if (pl_str_starts(line, field))
			return true;
	return false;
}

/* The database under any name. Lists of repositories have no Status, and a control file of a
 * package neither. */
static bool sniff_status(struct pl_str path, struct pl_str head)
{
	size_t at = 0;

	(void)path;
	while (at < head.len && head.ptr[at] == '\n')
		at++;
	head = pl_str_sub(head, at, head.len);
	/* cheap first: most files begin in another way */
	if (head.len < 16 || head.ptr[0] < 'A' || head.ptr[0] > 'Z' ||
	    pl_str_find(head, PL_STR("Package: ")) < 0)
		return false;
	return has_field(head, PL_STR("Package: ")) &&
	       (has_field(head, PL_STR("Status: install ok")) ||
		has_field(head, PL_STR("Status: hold ok")) ||
		has_field(head, PL_STR("Status: deinstall ok")));
}

static const char *const globs[] = {"var/lib/dpkg/status", "var/lib/dpkg/status.d/*", NULL};

const struct pl_cataloger pl_cataloger_dpkg = {
	.name = "dpkg",
	.what = "Debian packages: dpkg status and the status.d of distroless images",
	.globs = globs,
	.sniff = sniff_status,
	.rooted = true,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_DB_FILE_BYTES,
	.read = read_status,
};

#define OPKG(file) "usr/lib/opkg/" file, "var/lib/opkg/" file
static const char *const opkg_globs[] = {OPKG("status"), OPKG("info/*.control"), NULL};

const struct pl_cataloger pl_cataloger_opkg = {
	.name = "opkg",
	.what = "OpenWrt and Yocto packages: opkg status and control files",
	.globs = opkg_globs,
	.rooted = true,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_DB_FILE_BYTES,
	.read = read_opkg,
};
