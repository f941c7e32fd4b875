/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a report file says, from the worker to the parent. Each struct is described once, by a
 * function that either puts its members or gets them: the two directions cannot disagree.
 */
#include "report/report_int.h"

#include <stdlib.h>

struct carry {
	struct pl_buf *out; /* when putting */
	struct pl_rd in;    /* when getting */
	struct pl_arena *arena;
};

static void c_u64(struct carry *c, uint64_t *v)
{
	if (c->out)
		pl_put_u64(c->out, *v);
	else
		*v = pl_rd_u64(&c->in);
}

static void c_u32(struct carry *c, uint32_t *v)
{
	uint64_t wide = *v;

	c_u64(c, &wide);
	if (wide > UINT32_MAX)
		c->in.bad = true;
	else
		*v = (uint32_t)wide;
}

static void c_bool(struct carry *c, bool *v)
{
	uint64_t n = *v;

	c_u64(c, &n);
	*v = n != 0;
}

static void c_str(struct carry *c, struct pl_str *s)
{
	if (c->out)
		pl_put_str(c->out, *s);
	else
		*s = pl_arena_str(c->arena, pl_rd_str(&c->in));
}

static void c_digest(struct carry *c, struct pl_digest *d)
{
	struct pl_str bytes = pl_str_n(d->sha256, sizeof(d->sha256));

	c_bool(c, &d->known);
	c_str(c, &bytes);
	if (!c->out && bytes.len == sizeof(d->sha256))
		memcpy(d->sha256, bytes.ptr, bytes.len);
	else if (bytes.len != sizeof(d->sha256))
		c->in.bad = true;
}

/* Each element takes a byte at least, so a false count ends with the bytes. */
#define C_VEC(c, vec, fn) \
	do { \
		uint64_t n_ = (vec)->len; \
		c_u64((c), &n_); \
		for (uint64_t i_ = 0; i_ < n_ && !(c)->in.bad; i_++) { \
			if (!(c)->out) \
				pl_vec_push((vec), (__typeof__(*(vec)->at)){0}); \
			fn((c), &(vec)->at[i_]); \
		} \
	} while (0)

static void c_config(struct carry *c, struct pl_config *x)
{
	c_bool(c, &x->has_config);
	c_bool(c, &x->has_healthcheck);
	c_str(c, &x->os);
	c_str(c, &x->architecture);
	c_str(c, &x->variant);
	c_str(c, &x->created);
	c_str(c, &x->user);
	c_str(c, &x->working_dir);
	c_str(c, &x->stop_signal);
	C_VEC(c, &x->entrypoint, c_str);
	C_VEC(c, &x->cmd, c_str);
	C_VEC(c, &x->env, c_str);
	C_VEC(c, &x->exposed_ports, c_str);
	C_VEC(c, &x->volumes, c_str);
	C_VEC(c, &x->labels, c_str);
}

static void c_layer(struct carry *c, struct pl_layer_sum *x)
{
	c_u32(c, &x->index);
	c_digest(c, &x->blob);
	c_digest(c, &x->diff_id);
	c_str(c, &x->media_type);
	c_str(c, &x->created_by);
	c_u64(c, &x->size);
}

static void c_os(struct carry *c, struct pl_os *x)
{
	c_bool(c, &x->found);
	c_str(c, &x->id);
	c_str(c, &x->id_like);
	c_str(c, &x->version_id);
	c_str(c, &x->codename);
	c_str(c, &x->name);
	c_str(c, &x->pretty_name);
	c_str(c, &x->variant_id);
	c_str(c, &x->evidence);
}

static void c_location(struct carry *c, struct pl_location *x)
{
	c_str(c, &x->path);
	c_u32(c, &x->layer);
}

static void c_package(struct carry *c, struct pl_pkg *x)
{
	uint32_t type = x->type, evidence = x->evidence;

	c_u32(c, &type);
	c_u32(c, &evidence);
	if (type < PL_PKG__COUNT && evidence < PL_EV__COUNT) {
		x->type = type;
		x->evidence = evidence;
	} else {
		c->in.bad = true;
	}
	c_str(c, &x->name);
	c_str(c, &x->version);
	c_str(c, &x->arch);
	c_str(c, &x->purl);
	c_str(c, &x->source_name);
	c_str(c, &x->source_version);
	c_str(c, &x->module);
	c_str(c, &x->vendor);
	c_str(c, &x->sha1);
	c_str(c, &x->how);
	c_str(c, &x->license);
	c_str(c, &x->root);
	C_VEC(c, &x->licenses, c_str);
	C_VEC(c, &x->cpes, c_str);
	C_VEC(c, &x->depends, c_u32);
	C_VEC(c, &x->locations, c_location);
	c_u32(c, &x->layer);
	c_u32(c, &x->owner);
	c_u32(c, &x->removed_in);
	c_u32(c, &x->hidden_in);
	c_str(c, &x->root);
	c_bool(c, &x->uncertain);
	c_bool(c, &x->dev);
}

static void c_diag(struct carry *c, struct pl_diag *x)
{
	uint32_t weight = x->weight;

	c_u32(c, &weight);
	if (weight < PL_W__COUNT)
		x->weight = weight;
	else
		c->in.bad = true;
	c_str(c, &x->code);
	c_str(c, &x->where);
	c_str(c, &x->what);
	c_str(c, &x->hint);
}

static void c_root(struct carry *c, struct pl_root *x)
{
	c_str(c, &x->root);
	c_os(c, &x->os);
}

static void c_scanned(struct carry *c, struct pl_scanned *x)
{
	c_str(c, &x->image.name);
	c_str(c, &x->image.platform);
	c_digest(c, &x->image.digest);
	c_config(c, &x->image.config);
	c_digest(c, &x->image.config_digest);
	C_VEC(c, &x->inv.layers, c_layer);
	c_os(c, &x->inv.os);
	C_VEC(c, &x->inv.roots, c_root);
	C_VEC(c, &x->inv.packages, c_package);
	C_VEC(c, &x->diags.rows, c_diag);
}

void pl_report_pack(const struct pl_scanned *s, size_t n, struct pl_buf *out)
{
	struct carry c = {.out = out};

	pl_put_u64(out, n);
	for (size_t i = 0; i < n; i++) {
		/* putting only reads; the same function gets, so it cannot promise that */
		struct pl_scanned copy = s[i];

		c_scanned(&c, &copy);
	}
}

/* A vector that grew on the heap to one in the arena, where pl_scanned_release looks for it. */
#define SETTLE(v, arena) \
	do { \
		__typeof__((v)->at) heap_ = (v)->at; \
		if ((v)->len) { \
			(v)->at = \
				pl_arena_alloc((arena), pl_array_size((v)->len, sizeof(*heap_))); \
			memcpy((v)->at, heap_, (v)->len * sizeof(*heap_)); \
			free(heap_); \
			(v)->cap = (v)->len; \
		} \
	} while (0)

static void keep_known(struct pl_pkg *p, size_t packages)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->depends.len; i++)
		if (p->depends.at[i] < packages)
			p->depends.at[kept++] = p->depends.at[i];
	p->depends.len = kept;
}

void pl_report_settle(struct pl_scanned *s, struct pl_arena *arena)
{
	struct pl_config *c = &s->image.config;

	s->transport = "sbom";
	s->inv.arena = arena;
	s->diags.arena = arena;
	SETTLE(&c->entrypoint, arena);
	SETTLE(&c->cmd, arena);
	SETTLE(&c->env, arena);
	SETTLE(&c->exposed_ports, arena);
	SETTLE(&c->volumes, arena);
	SETTLE(&c->labels, arena);
	for (size_t i = 0; i < s->diags.rows.len; i++)
		if (s->diags.rows.at[i].weight > s->diags.worst)
			s->diags.worst = s->diags.rows.at[i].weight;
	for (size_t i = 0; i < s->inv.packages.len; i++) {
		struct pl_pkg *p = &s->inv.packages.at[i];

		SETTLE(&p->licenses, arena);
		SETTLE(&p->cpes, arena);
		SETTLE(&p->depends, arena);
		SETTLE(&p->locations, arena);
		if (p->owner >= s->inv.packages.len)
			p->owner = PL_NO_PKG;
		keep_known(p, s->inv.packages.len);
	}
}

int pl_report_unpack(struct pl_str bytes, struct pl_arena *arena, struct pl_scanned **out,
		     size_t *n, struct pl_err *err)
{
	struct carry c = {.in = pl_rd_init(bytes), .arena = arena};
	uint64_t count = pl_rd_u64(&c.in);
	struct pl_scanned *all;

	if (c.in.bad || count > pl_limit(PL_LIM_IMAGES))
		return pl_fail(err, PL_E_WORKER, "the reader of reports gave no sensible answer");
	all = pl_arena_array(arena, struct pl_scanned, (size_t)count + 1);
	for (uint64_t i = 0; i < count && !c.in.bad; i++) {
		c_scanned(&c, &all[i]);
		pl_report_settle(&all[i], arena);
	}
	if (c.in.bad || pl_rd_left(&c.in)) {
		pl_scanned_release(all, (size_t)count);
		return pl_fail(err, PL_E_WORKER, "the reader of reports gave a damaged answer");
	}
	*out = all;
	*n = (size_t)count;
	return 0;
}
