/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A facts writer that remembers what a cataloger said, as lines: packages as
 * "type name version", with " [licences]", " !inner", " (how)" where told and '?' when uncertain;
 * diagnostics as "weight code". For tests of the language catalogers.
 */
#include "catalog/cataloger.h"
#include "check.h"

struct pl_facts_writer {
	struct pl_arena arena;
	PL_VEC(struct pl_str) packages;
	PL_VEC(struct pl_str) diags;
	PL_VEC(struct pl_pkg_fact) facts; /* copies */
};

static const char *const lang_types[] = {
#define X(sym, name, os) name,
	PL_PKG_TYPES(X)
#undef X
};

void pl_fact_package(struct pl_facts_writer *w, const struct pl_pkg_fact *p)
{
	struct pl_pkg_fact copy = *p;

	copy.name = pl_arena_str(&w->arena, p->name);
	copy.version = pl_arena_str(&w->arena, p->version);
	copy.licenses = pl_arena_str(&w->arena, p->licenses);
	copy.sha1 = pl_arena_str(&w->arena, p->sha1);
	copy.inner = pl_arena_str(&w->arena, p->inner);
	copy.how = pl_arena_str(&w->arena, p->how);
	pl_vec_push(&w->facts, copy);
	pl_vec_push(&w->packages,
		    pl_arena_fmt(&w->arena, "%s %.*s %.*s%s%.*s%s%.*s (%.*s)%s",
				 lang_types[p->type], PL_FMT(p->name), PL_FMT(p->version),
				 p->licenses.len ? " #" : "", PL_FMT(p->licenses),
				 p->inner.len ? " !" : "", PL_FMT(p->inner), PL_FMT(p->how),
				 p->uncertain ? "?" : ""));
}

void pl_fact_owns(struct pl_facts_writer *w, struct pl_str key, struct pl_str path)
{
	(void)w, (void)key, (void)path;
	fail();
}

void pl_fact_license(struct pl_facts_writer *w, struct pl_str key, struct pl_str license)
{
	(void)w, (void)key, (void)license;
}

void pl_fact_os(struct pl_facts_writer *w, const struct pl_os *os, unsigned rank)
{
	(void)w, (void)os, (void)rank;
	fail();
}

void pl_fact_diag(struct pl_facts_writer *w, enum pl_weight weight, const char *code,
		  const char *fmt, ...)
{
	(void)fmt;
	pl_vec_push(&w->diags, pl_arena_fmt(&w->arena, "%u %s", (unsigned)weight, code));
}

static inline void lang_release(struct pl_facts_writer *w)
{
	pl_vec_release(&w->packages);
	pl_vec_release(&w->diags);
	pl_vec_release(&w->facts);
	pl_arena_release(&w->arena);
}
#define lang_auto_facts __attribute__((cleanup(lang_release))) struct pl_facts_writer

/* Whether any pattern of the cataloger wants the path. */
static inline bool lang_wants(const struct pl_cataloger *c, const char *path)
{
	for (const char *const *g = c->globs; *g; g++) {
		if (pl_glob(pl_str_c(*g), pl_str_c(path)))
			return true;
	}
	return false;
}

/* Gives one file to the cataloger, as the layer reader would: nothing when no pattern matches. */
static inline int lang_read(struct pl_facts_writer *w, const struct pl_cataloger *c,
			    const char *path, struct pl_str bytes)
{
	struct pl_cat_file f = {.path = pl_str_c(path), .bytes = bytes, .size = bytes.len};
	struct pl_err err = {0};
	int rc = 0;

	if (lang_wants(c, path))
		rc = c->read(w, &f, &err);
	if (rc < 0)
		assert_int_equal(-rc, err.code);
	return rc;
}
