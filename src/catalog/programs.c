/* SPDX-License-Identifier: Apache-2.0 */
/*
 * programs: programs and libraries that no package database knows, by the version strings in them
 * (data/programs). What an operating system's package owns is told, too; the merge gives it its
 * owner, by whose name and version it is then matched.
 */
#include "catalog/cataloger.h"

static void *open_file(struct pl_str path, struct pl_str head, uint64_t size, uint32_t mode)
{
	(void)size;
	(void)mode;
	return pl_strings_new(path, head);
}

static void feed_file(void *state, struct pl_str piece)
{
	pl_strings_add(state, piece);
}

/* "pkg:generic/nginx@1.22.1"; everything but letters, digits and [.~_-] encoded (package-url). */
static void write_purl(struct pl_buf *b, const struct pl_program_hit *hit)
{
	pl_buf_fmt(b, "%s@", hit->program->purl);
	for (size_t i = 0; i < hit->version.len; i++) {
		char c = hit->version.ptr[i];

		if (pl_is_alpha(c) || pl_is_digit(c) || strchr(".~_-", c))
			pl_buf_ch(b, c);
		else
			pl_buf_fmt(b, "%%%02X", (unsigned char)c);
	}
}

static void report(struct pl_facts_writer *w, const struct pl_program_hit *hit)
{
	struct pl_pkg_fact p = {.type = PL_PKG_GENERIC, .name = pl_str_c(hit->program->name)};
	pl_auto_buf purl;

	pl_buf_init(&purl, 4096);
	write_purl(&purl, hit);
	p.version = hit->version;
	p.purl = pl_buf_view(&purl);
	p.cpes = pl_str_c(hit->program->cpes);
	p.how = pl_str_c(hit->how);
	pl_fact_package(w, &p);
}

static int close_file(void *state, struct pl_facts_writer *w, const struct pl_cat_file *f,
		      struct pl_err *err)
{
	const struct pl_program_hit *hits;
	const char *lost;
	size_t n;

	(void)f;
	(void)err;
	n = w ? pl_strings_end(state, &hits, &lost) : 0;
	for (size_t i = 0; i < n; i++)
		report(w, &hits[i]);
	if (w && lost)
		pl_fact_diag(w, PL_W_WARN, "program-lost", "%s", lost);
	pl_strings_free(state);
	return 0;
}

static const struct pl_cat_stream stream = {open_file, feed_file, close_file};

const struct pl_cataloger pl_cataloger_programs = {
	.name = "programs",
	.what = "programs and libraries without a package, by the version strings in them",
	.stream = &stream,
	.evidence = PL_EV_VERSION_STRING,
	.max = PL_LIM_LAYER_BYTES,
};
