/* SPDX-License-Identifier: Apache-2.0 */
/* Layer facts to bytes and back: records, each a tag and its members. */
#include "catalog/facts.h"

#include <stdarg.h>
#include <stdio.h>

enum tag {
	ENTRY = 'E',
	PACKAGE = 'P',
	OWNED = 'O',
	LICENSE = 'L',
	SYSTEM = 'S',
	TEXT = 'T',
	PROGRAM = 'X',
	DIAG = 'D',
	END = 'Z'
};

/* --- writing -------------------------------------------------------------------------------- */

void pl_facts_begin(struct pl_facts_writer *w, struct pl_buf *out)
{
	*w = (struct pl_facts_writer){.out = out};
	pl_put_u64(out, PL_FACTS_VERSION);
}

void pl_facts_entry(struct pl_facts_writer *w, struct pl_str path, struct pl_str link,
		    const struct pl_tar_entry *e)
{
	pl_put_u64(w->out, ENTRY);
	pl_put_str(w->out, path);
	pl_put_str(w->out, link);
	pl_put_u64(w->out, e->type);
	pl_put_u64(w->out, e->mode & 07777);
	pl_put_u64(w->out, e->uid);
	pl_put_u64(w->out, e->gid);
	pl_put_u64(w->out, e->size);
	pl_put_u64(w->out, e->has_caps);
}

static void put_diag(struct pl_facts_writer *w, uint64_t entry, enum pl_weight weight,
		     const char *code, struct pl_str what)
{
	pl_put_u64(w->out, DIAG);
	pl_put_u64(w->out, entry);
	pl_put_u64(w->out, weight);
	pl_put_str(w->out, pl_str_c(code));
	pl_put_str(w->out, what);
}

static bool full(struct pl_facts_writer *w, uint64_t n, enum pl_limit limit, const char *what)
{
	struct pl_err err;

	if (n <= pl_limit(limit))
		return false;
	if (!w->full) {
		pl_fail_limit(&err, limit, what);
		put_diag(w, PL_NO_ENTRY, PL_W_FATAL, "limit", pl_str_c(err.text));
	}
	w->full = true;
	return true;
}

/* Rows of which no layer has many. */
static bool too_many(struct pl_facts_writer *w, uint64_t *n)
{
	return full(w, ++*n, PL_LIM_LAYER_REMARKS, "remarks on the layer");
}

void pl_fact_package(struct pl_facts_writer *w, const struct pl_pkg_fact *p)
{
	const struct pl_str views[] = {p->name,		  p->version,  p->arch,	   p->source_name,
				       p->source_version, p->licenses, p->module,  p->vendor,
				       p->sha1,		  p->inner,    p->key,	   p->how,
				       p->purl,		  p->cpes,     p->depends, p->provides,
				       p->where,	  w->root};

	if (full(w, ++w->packages, PL_LIM_PACKAGES, "packages of the layer"))
		return;
	pl_put_u64(w->out, PACKAGE);
	pl_put_u64(w->out, w->entry);
	pl_put_u64(w->out, p->type);
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		pl_put_str(w->out, views[i]);
	pl_put_u64(w->out, p->evidence ? p->evidence : w->evidence);
	pl_put_u64(w->out, p->uncertain);
	pl_put_u64(w->out, p->dev);
	pl_put_u64(w->out, p->adds);
	pl_put_u64(w->out, w->sniffed);
}

void pl_fact_owns(struct pl_facts_writer *w, struct pl_str key, struct pl_str path)
{
	if (full(w, ++w->owned, PL_LIM_OWNED_FILES, "paths in file lists of the layer"))
		return;
	pl_put_u64(w->out, OWNED);
	pl_put_u64(w->out, w->entry);
	pl_put_str(w->out, w->root);
	pl_put_str(w->out, key);
	pl_put_str(w->out, path);
}

void pl_fact_license(struct pl_facts_writer *w, struct pl_str key, struct pl_str license)
{
	if (full(w, ++w->licenses, PL_LIM_PACKAGES, "licences of the layer"))
		return;
	pl_put_u64(w->out, LICENSE);
	pl_put_u64(w->out, w->entry);
	pl_put_str(w->out, w->root);
	pl_put_str(w->out, key);
	pl_put_str(w->out, license);
}

void pl_fact_os(struct pl_facts_writer *w, const struct pl_os *os, unsigned rank)
{
	const struct pl_str views[] = {os->id,	 os->id_like,	  os->version_id, os->codename,
				       os->name, os->pretty_name, os->variant_id, w->root};

	if (too_many(w, &w->systems))
		return;
	pl_put_u64(w->out, SYSTEM);
	pl_put_u64(w->out, w->entry);
	pl_put_u64(w->out, rank);
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		pl_put_str(w->out, views[i]);
}

bool pl_fact_is_sniffed(const struct pl_facts_writer *w)
{
	return w->sniffed;
}

void pl_facts_program(struct pl_facts_writer *w, bool dynamic)
{
	pl_put_u64(w->out, PROGRAM);
	pl_put_u64(w->out, w->entry);
	pl_put_u64(w->out, dynamic);
}

void pl_facts_text(struct pl_facts_writer *w, struct pl_str text)
{
	if (too_many(w, &w->texts))
		return;
	pl_put_u64(w->out, TEXT);
	pl_put_u64(w->out, w->entry);
	pl_put_str(w->out, text);
}

static void remark(struct pl_facts_writer *w, uint64_t entry, enum pl_weight weight,
		   const char *code, struct pl_str what)
{
	if (!too_many(w, &w->diags))
		put_diag(w, entry, weight, code, what);
}

void pl_facts_layer_diag(struct pl_facts_writer *w, enum pl_weight weight, const char *code,
			 struct pl_str what)
{
	remark(w, PL_NO_ENTRY, weight, code, what);
}

void pl_fact_diag(struct pl_facts_writer *w, enum pl_weight weight, const char *code,
		  const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	remark(w, w->entry, weight, code, pl_str_c(text));
}

static void put_digest(struct pl_buf *b, const struct pl_digest *d)
{
	pl_put_str(b, pl_str_n(d->sha256, d->known ? sizeof(d->sha256) : 0));
}

void pl_facts_finish(struct pl_facts_writer *w, const struct pl_facts_end *end)
{
	pl_put_u64(w->out, END);
	put_digest(w->out, &end->blob);
	put_digest(w->out, &end->diff_id);
	pl_put_u64(w->out, end->codec);
	pl_put_u64(w->out, end->size);
	pl_put_u64(w->out, end->expanded);
}

/* --- reading -------------------------------------------------------------------------------- */

/* A number that must be below `n`. */
static uint32_t below(struct pl_rd *r, uint64_t n)
{
	uint64_t v = pl_rd_u64(r);

	if (v >= n)
		r->bad = true;
	return r->bad ? 0 : (uint32_t)v;
}

static uint32_t entry_of(struct pl_rd *r, const struct pl_facts *f)
{
	return below(r, f->entries.len);
}

/* Clean paths only: what comes from a worker may have been made by the layer. */
static void check_clean(struct pl_rd *r, struct pl_str p)
{
	unsigned flags = 0;
	pl_auto_free char *copy = pl_xmalloc(p.len + 1);

	if (pl_path_clean(p, copy, &flags) != p.len || flags)
		r->bad = true;
}

static void check_root(struct pl_rd *r, struct pl_str root)
{
	if (root.len > pl_limit(PL_LIM_PATH_BYTES))
		r->bad = true;
	if (!r->bad && root.len)
		check_clean(r, root);
}

static void get_entry(struct pl_rd *r, struct pl_facts *f)
{
	struct pl_node n = {.origin = (uint32_t)f->entries.len};

	n.path = pl_rd_str(r);
	n.link = pl_rd_str(r);
	n.type = below(r, PL_FT_OTHER + 1);
	n.mode = below(r, 010000);
	n.uid = pl_rd_u64(r);
	n.gid = pl_rd_u64(r);
	n.size = pl_rd_u64(r);
	n.has_caps = below(r, 2);
	if (f->entries.len >= pl_limit(PL_LIM_LAYER_ENTRIES) || f->entries.len >= PL_NO_ENTRY ||
	    n.path.len == 0 || n.path.len > pl_limit(PL_LIM_PATH_BYTES) ||
	    n.link.len > pl_limit(PL_LIM_PATH_BYTES))
		r->bad = true;
	if (!r->bad)
		check_clean(r, n.path);
	if (!r->bad && n.type == PL_FT_HARDLINK)
		check_clean(r, n.link);
	if (!r->bad)
		pl_vec_push(&f->entries, n);
}

static void get_package(struct pl_rd *r, struct pl_facts *f)
{
	struct pl_fact_pkg_row row = {.entry = entry_of(r, f)};
	struct pl_pkg_fact *p = &row.fact;
	struct pl_str *const views[] = {
		&p->name,     &p->version, &p->arch,   &p->source_name, &p->source_version,
		&p->licenses, &p->module,  &p->vendor, &p->sha1,	&p->inner,
		&p->key,      &p->how,	   &p->purl,   &p->cpes,	&p->depends,
		&p->provides, &p->where,   &row.root};

	p->type = below(r, PL_PKG__COUNT);
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		*views[i] = pl_rd_str(r);
	check_root(r, row.root);
	p->evidence = below(r, PL_EV__COUNT);
	p->uncertain = below(r, 2);
	p->dev = below(r, 2);
	p->adds = below(r, 2);
	row.sniffed = below(r, 2);
	if (f->packages.len >= pl_limit(PL_LIM_PACKAGES))
		r->bad = true;
	if (!r->bad)
		pl_vec_push(&f->packages, row);
}

static void get_owned(struct pl_rd *r, struct pl_facts *f)
{
	struct pl_fact_owned_row row = {.entry = entry_of(r, f)};

	row.root = pl_rd_str(r);
	check_root(r, row.root);
	row.key = pl_rd_str(r);
	row.path = pl_rd_str(r);
	if (f->owned.len >= pl_limit(PL_LIM_OWNED_FILES))
		r->bad = true;
	if (!r->bad)
		pl_vec_push(&f->owned, row);
}

static void get_license(struct pl_rd *r, struct pl_facts *f)
{
	struct pl_fact_license_row row = {.entry = entry_of(r, f)};

	row.root = pl_rd_str(r);
	check_root(r, row.root);
	row.key = pl_rd_str(r);
	row.license = pl_rd_str(r);
	if (f->licenses.len >= pl_limit(PL_LIM_PACKAGES))
		r->bad = true;
	if (!r->bad)
		pl_vec_push(&f->licenses, row);
}

static void get_system(struct pl_rd *r, struct pl_facts *f)
{
	struct pl_fact_os_row row = {.entry = entry_of(r, f), .os.found = true};
	struct pl_os *o = &row.os;
	struct pl_str *const views[] = {&o->id,	  &o->id_like,	   &o->version_id, &o->codename,
					&o->name, &o->pretty_name, &o->variant_id, &row.root};

	row.rank = pl_rd_u64(r);
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		*views[i] = pl_rd_str(r);
	check_root(r, row.root);
	if (f->systems.len >= pl_limit(PL_LIM_LAYER_REMARKS))
		r->bad = true;
	if (!r->bad)
		pl_vec_push(&f->systems, row);
}

/* At most one of each entry, so their number needs no limit of its own. */
static void get_program(struct pl_rd *r, struct pl_facts *f)
{
	struct pl_fact_program_row row = {.entry = entry_of(r, f)};

	row.dynamic = below(r, 2);
	if (f->programs.len && f->programs.at[f->programs.len - 1].entry >= row.entry)
		r->bad = true;
	if (!r->bad)
		pl_vec_push(&f->programs, row);
}

static void get_text(struct pl_rd *r, struct pl_facts *f)
{
	struct pl_fact_text_row row = {.entry = entry_of(r, f)};

	row.text = pl_rd_str(r);
	if (f->texts.len >= pl_limit(PL_LIM_LAYER_REMARKS))
		r->bad = true;
	if (!r->bad)
		pl_vec_push(&f->texts, row);
}

static void get_diag(struct pl_rd *r, struct pl_facts *f)
{
	struct pl_fact_diag_row row = {.entry = PL_NO_ENTRY};
	uint64_t entry = pl_rd_u64(r);

	if (entry != PL_NO_ENTRY && entry >= f->entries.len)
		r->bad = true;
	row.entry = (uint32_t)entry;
	row.weight = below(r, PL_W__COUNT);
	row.code = pl_rd_str(r);
	row.what = pl_rd_str(r);
	/* one more says that there were too many */
	if (f->diags.len > pl_limit(PL_LIM_LAYER_REMARKS))
		r->bad = true;
	if (!r->bad)
		pl_vec_push(&f->diags, row);
}

static void get_digest(struct pl_rd *r, struct pl_digest *d)
{
	struct pl_str s = pl_rd_str(r);

	d->known = s.len == sizeof(d->sha256);
	if (d->known)
		memcpy(d->sha256, s.ptr, s.len);
	else if (s.len)
		r->bad = true;
}

static void get_end(struct pl_rd *r, struct pl_facts_end *e)
{
	get_digest(r, &e->blob);
	get_digest(r, &e->diff_id);
	e->codec = below(r, PL_CODEC__COUNT);
	e->size = pl_rd_u64(r);
	e->expanded = pl_rd_u64(r);
}

/* true at the end record */
static bool get_record(struct pl_rd *r, struct pl_facts *f)
{
	switch (pl_rd_u64(r)) {
	case ENTRY:
		get_entry(r, f);
		break;
	case PACKAGE:
		get_package(r, f);
		break;
	case OWNED:
		get_owned(r, f);
		break;
	case LICENSE:
		get_license(r, f);
		break;
	case SYSTEM:
		get_system(r, f);
		break;
	case PROGRAM:
		get_program(r, f);
		break;
	case TEXT:
		get_text(r, f);
		break;
	case DIAG:
		get_diag(r, f);
		break;
	case END:
		get_end(r, &f->end);
		return true;
	default:
		r->bad = true;
	}
	return false;
}

int pl_facts_read(struct pl_str bytes, struct pl_facts *out, struct pl_err *err)
{
	struct pl_rd r = pl_rd_init(bytes);
	struct pl_facts f = {0};
	bool end = false;

	if (pl_rd_u64(&r) != PL_FACTS_VERSION)
		r.bad = true;
	while (!r.bad && !end)
		end = get_record(&r, &f);
	if (r.bad || pl_rd_left(&r)) {
		pl_facts_release(&f);
		return pl_fail(err, PL_E_WORKER, "the worker's facts are damaged");
	}
	*out = f;
	return 0;
}

void pl_facts_release(struct pl_facts *f)
{
	pl_vec_release(&f->entries);
	pl_vec_release(&f->packages);
	pl_vec_release(&f->owned);
	pl_vec_release(&f->programs);
	pl_vec_release(&f->licenses);
	pl_vec_release(&f->systems);
	pl_vec_release(&f->texts);
	pl_vec_release(&f->diags);
}
