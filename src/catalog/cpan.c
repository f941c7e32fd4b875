/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpan: distributions that Perl's own tools installed. ExtUtils::MakeMaker and Module::Build leave
 * auto/Foo/Bar/.packlist, the list of files of Foo::Bar (ExtUtils::Packlist), and append the
 * version to perllocal.pod (ExtUtils::Install); cpanm leaves .meta/Foo-Bar-1.0/install.json. What a
 * distribution packaged itself has none of them: there the package of the system is the evidence,
 * and $VERSION of single modules is not taken for one.
 */
#include "catalog/scrape.h"

static const char *const packlist_globs[] = {
	"**/auto/**/.packlist",
	NULL,
};
static const char *const local_globs[] = {
	"**/perllocal.pod",
	NULL,
};
static const char *const meta_globs[] = {
	"**/.meta/*/install.json",
	NULL,
};

/* "Foo::Bar" or "Foo/Bar" as the distribution is called: "Foo-Bar". */
static void dashed(struct pl_buf *out, struct pl_str module)
{
	for (size_t i = 0; i < module.len; i++) {
		bool colons =
			module.ptr[i] == ':' && i + 1 < module.len && module.ptr[i + 1] == ':';

		pl_buf_ch(out, colons || module.ptr[i] == '/' ? '-' : module.ptr[i]);
		i += colons;
	}
}

/* ".../auto/Foo/Bar/.packlist" is that of "Foo/Bar". */
static struct pl_str packlist_module(struct pl_str path)
{
	struct pl_str dir = pl_path_dir(path), rest = dir, part, last = {0};

	while (pl_str_split(&rest, '/', &part))
		if (pl_str_eq_c(part, "auto") && rest.ptr)
			last = rest;
	return last;
}

static int read_packlist(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_CPAN, .how = PL_STR("packlist")};
	pl_auto_buf name;

	pl_buf_init(&name, PL_KiB(4));
	dashed(&name, packlist_module(f->path));
	if (!name.len || name.failed)
		return pl_fail(err, PL_E_FORMAT, "the list is not called auto/MODULE/.packlist");
	p.name = pl_buf_view(&name);
	p.key = p.name;
	pl_fact_package(w, &p);
	return 0;
}

/* --- perllocal.pod -------------------------------------------------------------------------- */

/* One installation:
 *	=head2 Mon Jan  1 00:00:00 2024: C<Module> L<Foo::Bar|Foo::Bar>
 *	C<installed into: /usr/local/share/perl/5.36.0>
 *	C<VERSION: 1.23>
 */
struct entry {
	struct pl_str module, into, version;
};
enum { ENTRIES_MAX = 20000 };

static struct pl_str between(struct pl_str line, const char *open, char close)
{
	ptrdiff_t at = pl_str_find(line, pl_str_c(open)), end;

	if (at < 0)
		return (struct pl_str){0};
	line = pl_str_sub(line, (size_t)at + strlen(open), line.len);
	end = pl_str_chr(line, close);
	return end < 0 ? (struct pl_str){0} : pl_str_trim(pl_str_sub(line, 0, (size_t)end));
}

/* The file where the module itself must lie: "into/Foo/Bar.pm". */
static void module_path(struct pl_buf *out, const struct entry *e)
{
	pl_buf_str(out, e->into);
	pl_buf_ch(out, '/');
	for (size_t i = 0; i < e->module.len; i++) {
		bool colons = e->module.ptr[i] == ':' && i + 1 < e->module.len &&
			      e->module.ptr[i + 1] == ':';

		pl_buf_ch(out, colons ? '/' : e->module.ptr[i]);
		i += colons;
	}
	pl_buf_c(out, ".pm");
}

/* The list may be gone (images are made smaller that way): then the module's file decides. */
static void tell_entry(struct pl_facts_writer *w, const struct entry *e)
{
	struct pl_pkg_fact p = {.type = PL_PKG_CPAN, .how = PL_STR("perllocal.pod"), .adds = true};
	pl_auto_buf name;
	pl_auto_buf where;

	pl_buf_init(&name, PL_KiB(4));
	pl_buf_init(&where, PL_KiB(4));
	dashed(&name, e->module);
	module_path(&where, e);
	p.name = p.key = pl_buf_view(&name);
	p.version = e->version;
	p.where = pl_buf_view(&where);
	if (p.where.len && p.where.ptr[0] == '/')
		p.where = pl_str_sub(p.where, 1, p.where.len);
	if (!name.failed && !where.failed)
		pl_fact_package(w, &p);
}

/* A file that is appended to: of a module installed twice the last entry is true. */
static int read_local(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str rest = f->bytes, line;
	PL_VEC(struct entry) entries = {0};
	pl_auto_map seen;
	int rc = 0;

	pl_map_init(&seen);
	while (rc == 0 && pl_str_line(&rest, &line)) {
		struct pl_str module = between(line, "C<Module> L<", '|');
		struct entry *last = entries.len ? &entries.at[entries.len - 1] : NULL;

		if (module.len && entries.len == ENTRIES_MAX)
			rc = pl_fail(err, PL_E_LIMIT, "more than %d installations", ENTRIES_MAX);
		else if (module.len)
			pl_vec_push(&entries, (struct entry){.module = module});
		else if (last && !last->into.len &&
			 pl_str_find(line, PL_STR("C<installed into")) >= 0)
			last->into = between(line, "C<installed into:", '>');
		else if (last && !last->version.len)
			last->version = between(line, "C<VERSION:", '>');
	}
	for (size_t i = entries.len; i-- > 0;)
		if (pl_map_put(&seen, entries.at[i].module, 0))
			tell_entry(w, &entries.at[i]);
	pl_map_release(&seen);
	pl_map_init(&seen);
	pl_vec_release(&entries);
	return rc;
}

/* --- cpanm ---------------------------------------------------------------------------------- */

/* "O/OA/OALDERS/libwww-perl-6.72.tar.gz": the author stands before the file. */
static void author_purl(struct pl_buf *out, struct pl_str pathname, struct pl_str dist,
			struct pl_str version)
{
	struct pl_str author = pl_path_base(pl_path_dir(pathname));

	if (author.len)
		pl_buf_fmt(out, "pkg:cpan/%.*s/%.*s@%.*s", PL_FMT(author), PL_FMT(dist),
			   PL_FMT(version));
}

static int read_meta(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_CPAN, .how = PL_STR("install.json"), .adds = true};
	struct pl_str dist, ignored;
	pl_auto_json *doc = NULL;
	pl_auto_buf key;
	pl_auto_buf purl;
	int rc = pl_json_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &doc, err);

	pl_buf_init(&key, PL_KiB(4));
	pl_buf_init(&purl, PL_KiB(4));
	if (rc < 0)
		return rc;
	dist = pl_json_str(doc, "dist");
	p.version = pl_json_str(doc, "version");
	dashed(&key, pl_json_str(doc, "name"));
	if (!pl_scrape_name_version(dist, &p.name, &ignored))
		p.name = pl_buf_view(&key);
	if (!p.name.len)
		return pl_fail(err, PL_E_FORMAT, "it names no distribution");
	author_purl(&purl, pl_json_str(doc, "pathname"), p.name, p.version);
	p.key = pl_buf_view(&key);
	p.purl = pl_buf_view(&purl);
	p.where = f->path;
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_cpan = {
	.name = "cpan",
	.what = "Perl distributions: .packlist of ExtUtils",
	.globs = packlist_globs,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_packlist,
};

const struct pl_cataloger pl_cataloger_cpan_local = {
	.name = "cpan_local",
	.what = "Perl distributions: versions in perllocal.pod",
	.globs = local_globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_local,
};

const struct pl_cataloger pl_cataloger_cpan_meta = {
	.name = "cpan_meta",
	.what = "Perl distributions: install.json of cpanm",
	.globs = meta_globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_meta,
};
