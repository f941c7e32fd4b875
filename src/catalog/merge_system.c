/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which distribution it is, and which each nested root is. A layer that deletes os-release, or
 * writes another without installing the package that it belongs to, has not made another system of
 * it: then what the layers below say is believed.
 */
#include "catalog/merge_int.h"

#include <stdlib.h>

struct told { /* a file that tells a system */
	const struct pl_fact_os_row *row;
	struct pl_str path; /* in the image; empty when it is not in it */
	uint32_t layer;
};

static struct pl_str path_of(const struct pl_merge *m, const struct told *t)
{
	return m->facts[t->layer]->entries.at[t->row->entry].path;
}

static void supply(struct pl_merge *m, struct pl_str *member, struct pl_str value, bool over)
{
	if (value.len && (over || !member->len))
		*member = pl_merge_keep(m, value);
}

/* What other files of the same distribution know: a debian_version where os-release has no number,
 * and what is decided elsewhere, such as repositories of edge. */
static void complete(struct pl_merge *m, struct pl_str root, struct pl_os *o)
{
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->systems.len; k++) {
			const struct pl_fact_os_row *row = &m->facts[i]->systems.at[k];
			bool over = row->rank >= PL_OS_OVERRIDES;

			if (!pl_str_eq(row->root, root) || !pl_merge_is_seen(m, i, row->entry) ||
			    !pl_str_ieq(row->os.id, o->id))
				continue;
			supply(m, &o->version_id, row->os.version_id, over);
			supply(m, &o->codename, row->os.codename, over);
			supply(m, &o->variant_id, row->os.variant_id, over);
		}
}

/* The best of a root among the layers below one: what is in the image by rank, then what is gone,
 * that of the highest layer. */
static struct told best_of(const struct pl_merge *m, struct pl_str root, size_t below, bool seen)
{
	struct told best = {0};

	for (size_t i = 0; i < below; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->systems.len; k++) {
			struct told t = {&m->facts[i]->systems.at[k], {0}, (uint32_t)i};
			bool worse;

			t.path = m->seen[pl_merge_origin(m, i, t.row->entry)];
			if (!pl_str_eq(t.row->root, root) || (seen && !t.path.ptr) ||
			    t.row->rank >= PL_OS_OVERRIDES)
				continue;
			worse = best.row && (t.row->rank > best.row->rank ||
					     (seen && t.row->rank == best.row->rank &&
					      pl_str_cmp(t.path, best.path) >= 0));
			if (!worse)
				best = t;
		}
	return best;
}

static bool same_system(const struct pl_os *a, const struct pl_os *b)
{
	return pl_str_eq(a->id, b->id) && (!a->version_id.len || !b->version_id.len ||
					   pl_str_eq(a->version_id, b->version_id));
}

/* It came with a package of its layer, or there is no package that could speak against it. */
static bool is_explained(const struct pl_merge *m, struct pl_str root, const struct told *t)
{
	uint32_t owner = m->owner_of[pl_merge_origin(m, t->layer, t->row->entry)];
	bool any = false;

	if (owner != PL_NO_PKG)
		return m->inv->packages.at[owner].layer >= t->layer;
	for (size_t i = 0; i < m->inv->packages.len; i++) {
		const struct pl_pkg *p = &m->inv->packages.at[i];

		if (!pl_pkg_type_is_os(p->type) || p->removed_in != UINT32_MAX ||
		    p->evidence == PL_EV_BUILD_INFO || !pl_str_eq(p->root, root))
			continue;
		if (p->layer == t->layer)
			return true;
		any = true;
	}
	return !any;
}

static void tell(struct pl_merge *m, const char *code, uint32_t layer, const struct told *gone,
		 const struct told *kept, const char *what)
{
	const struct pl_os *o = &kept->row->os;
	struct pl_str path = path_of(m, gone), where, text;

	where = pl_arena_fmt(&m->scratch, "layer %u: /%.*s", layer, PL_FMT(path));
	text = pl_arena_fmt(&m->scratch,
			    "%s by %.*s; the system is %.*s %.*s, by /%.*s of layer %u", what,
			    PL_FMT(pl_merge_layer_name(m, layer)), PL_FMT(o->id),
			    PL_FMT(o->version_id), PL_FMT(path_of(m, kept)), kept->layer);
	pl_diag_add(m->diags, PL_W_WARN, code, where, text, PL_STR(""));
}

/* The layer that took a file away. */
static uint32_t taken_by(const struct pl_merge *m, const struct told *t)
{
	struct pl_removed *r = pl_removed_new();
	uint32_t at = pl_removed_watch(r, path_of(m, t)), by;

	for (size_t i = m->n; i-- > t->layer + 1;)
		if (m->facts[i])
			pl_removed_layer(r, m->facts[i], (uint32_t)i);
	by = pl_removed_by(r, at);
	pl_removed_free(r);
	return by == UINT32_MAX ? t->layer : by;
}

static struct told find(struct pl_merge *m, struct pl_str root)
{
	struct told best = best_of(m, root, m->n, true), lower;

	if (!best.row) {
		best = best_of(m, root, m->n, false);
		if (best.row && (!root.len || pl_tree_find(m->inv->tree, root, false)))
			tell(m, "system-hidden", taken_by(m, &best), &best, &best,
			     "the file that says which system this is was taken away");
		return best;
	}
	while (best.layer > 0) {
		lower = best_of(m, root, best.layer, false);
		if (!lower.row || lower.row->rank > best.row->rank + 1 ||
		    same_system(&lower.row->os, &best.row->os) || is_explained(m, root, &best))
			break;
		tell(m, "system-replaced", best.layer, &best, &lower,
		     "another system is told, without its packages,");
		best = lower;
	}
	return best;
}

static void take(struct pl_merge *m, const struct told *t, struct pl_os *o)
{
	const struct pl_os *from = &t->row->os;

	*o = (struct pl_os){.found = true};
	o->evidence = pl_merge_keep(m, t->path.ptr ? t->path : path_of(m, t));
	o->id = pl_merge_keep(m, from->id);
	o->id_like = pl_merge_keep(m, from->id_like);
	o->version_id = pl_merge_keep(m, from->version_id);
	o->codename = pl_merge_keep(m, from->codename);
	o->name = pl_merge_keep(m, from->name);
	o->pretty_name = pl_merge_keep(m, from->pretty_name);
	o->variant_id = pl_merge_keep(m, from->variant_id);
	complete(m, t->row->root, o);
}

static int by_root(const void *a, const void *b)
{
	return pl_str_cmp(((const struct pl_root *)a)->root, ((const struct pl_root *)b)->root);
}

/* Every directory that packages of a system are installed in. */
static void find_roots(struct pl_merge *m)
{
	pl_auto_map known;

	pl_map_init(&known);
	for (size_t i = 0; i < m->inv->packages.len; i++) {
		const struct pl_pkg *p = &m->inv->packages.at[i];
		struct pl_root r = {.root = p->root};
		struct told t;

		if (!p->root.len || !pl_map_put(&known, p->root, 1))
			continue;
		t = find(m, p->root);
		if (t.row)
			take(m, &t, &r.os);
		pl_vec_push(&m->inv->roots, r);
	}
	if (m->inv->roots.len)
		qsort(m->inv->roots.at, m->inv->roots.len, sizeof(*m->inv->roots.at), by_root);
}

void pl_merge_system(struct pl_merge *m)
{
	struct told t = find(m, PL_STR(""));

	if (t.row)
		take(m, &t, &m->inv->os);
	find_roots(m);
}
