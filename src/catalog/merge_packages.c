/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages in the image, and those that were taken away. A package counts when its evidence is
 * seen. It was brought by the lowest layer from which on every version of that evidence has it: a
 * database is written anew by each layer that installs something.
 */
#include "catalog/merge_int.h"

#include <stdlib.h>

static struct pl_str identity(struct pl_merge *m, const struct pl_pkg_fact *p)
{
	return pl_arena_fmt(&m->scratch, "%u\n%.*s\n%.*s\n%.*s\n%.*s", p->type, PL_FMT(p->name),
			    PL_FMT(p->version), PL_FMT(p->arch), PL_FMT(p->inner));
}

/* The version of an evidence file in its layer, made when it is met first. */
static uint32_t version_of(struct pl_merge *m, size_t layer, uint32_t entry, uint32_t first)
{
	struct pl_str path = m->facts[layer]->entries.at[entry].path;
	uint32_t top = pl_map_get(&m->newest, path);
	struct pl_version v = {
		.layer = (uint32_t)layer, .entry = entry, .older = top, .first = first};

	if (top != PL_MAP_NONE && m->versions.at[top].layer == layer &&
	    m->versions.at[top].entry == entry)
		return top;
	pl_map_init(&v.names);
	pl_map_put(&m->newest, path, (uint32_t)m->versions.len);
	pl_vec_push(&m->versions, v);
	return (uint32_t)m->versions.len - 1;
}

static uint32_t brought_by(const struct pl_merge *m, uint32_t version, struct pl_str id)
{
	uint32_t layer = m->versions.at[version].layer;

	for (uint32_t v = m->versions.at[version].older; v != PL_MAP_NONE;
	     v = m->versions.at[v].older) {
		if (pl_map_get(&m->versions.at[v].names, id) == PL_MAP_NONE)
			break;
		layer = m->versions.at[v].layer;
	}
	return layer;
}

/* The lines that are not empty; their number goes to *n. */
static struct pl_str *split_lines(struct pl_merge *m, struct pl_str s, size_t *n)
{
	struct pl_str line, *out;
	size_t lines = 1;

	*n = 0;
	if (!s.len)
		return NULL;
	for (size_t i = 0; i < s.len; i++)
		lines += s.ptr[i] == '\n';
	out = pl_arena_array(m->inv->arena, struct pl_str, lines);
	while (pl_str_split(&s, '\n', &line))
		if (line.len)
			out[(*n)++] = pl_arena_str(m->inv->arena, line);
	return out;
}

#define SPLIT_LINES(m, text, vec) \
	((vec)->at = split_lines((m), (text), &(vec)->len), (vec)->cap = (vec)->len)

static void add_package(struct pl_merge *m, const struct pl_fact_pkg_row *row, struct pl_str path,
			uint32_t layer, uint32_t removed_in)
{
	const struct pl_pkg_fact *f = &row->fact;
	struct pl_pkg p = {.type = f->type,
			   .layer = layer,
			   .owner = PL_NO_PKG,
			   .removed_in = removed_in,
			   .evidence = f->evidence,
			   .uncertain = f->uncertain,
			   .dev = f->dev};

	p.name = pl_merge_keep(m, f->name);
	p.version = pl_merge_keep(m, f->version);
	p.arch = pl_merge_keep(m, f->arch);
	p.source_name = pl_merge_keep(m, f->source_name);
	p.source_version = pl_merge_keep(m, f->source_version);
	if (pl_pkg_type_is_os(f->type)) {
		p.source_name = p.source_name.len ? p.source_name : p.name;
		p.source_version = p.source_version.len ? p.source_version : p.version;
	}
	p.module = pl_merge_keep(m, f->module);
	p.vendor = pl_merge_keep(m, f->vendor);
	p.sha1 = pl_merge_keep(m, f->sha1);
	p.how = pl_merge_keep(m, f->how);
	p.purl = pl_merge_keep(m, f->purl);
	p.root = pl_merge_keep(m, row->root);
	p.needs = pl_merge_keep(m, f->depends);
	p.provides = pl_merge_keep(m, f->provides);
	SPLIT_LINES(m, f->licenses, &p.licenses);
	SPLIT_LINES(m, f->cpes, &p.cpes);
	p.locations.at = pl_arena_new(m->inv->arena, struct pl_location);
	p.locations.len = p.locations.cap = 1;
	p.locations.at[0].layer = layer;
	p.locations.at[0].path = f->inner.len ? pl_arena_fmt(m->inv->arena, "%.*s!/%.*s",
							     PL_FMT(path), PL_FMT(f->inner))
					      : path;
	pl_vec_push(&m->inv->packages, p);
	if (removed_in == UINT32_MAX)
		pl_addenda_key(&m->addenda, f, (uint32_t)m->inv->packages.len - 1);
	/* file lists of another root speak of other files */
	if (removed_in != UINT32_MAX || !pl_pkg_type_is_os(f->type) || p.root.len)
		return;
	pl_map_put(&m->keys, p.name, (uint32_t)m->inv->packages.len - 1);
	if (f->key.len)
		pl_map_put(&m->keys, pl_merge_keep(m, f->key), (uint32_t)m->inv->packages.len - 1);
}

static void index_versions(struct pl_merge *m)
{
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->packages.len; k++) {
			const struct pl_fact_pkg_row *row = &m->facts[i]->packages.at[k];
			uint32_t v = version_of(m, i, row->entry, (uint32_t)k);

			pl_map_put(&m->versions.at[v].names, identity(m, &row->fact), (uint32_t)k);
		}
}

/* For each version the layer that took its file away, or put another in its place. */
static void find_removals(struct pl_merge *m)
{
	struct pl_removed *r = pl_removed_new();
	size_t v = m->versions.len;

	for (size_t i = 0; i < v; i++) {
		struct pl_version *at = &m->versions.at[i];

		at->gone = pl_removed_watch(r, m->facts[at->layer]->entries.at[at->entry].path);
	}
	/* versions stand in the order of their layers */
	for (size_t layer = m->n; layer-- > 0;) {
		for (; v > 0 && m->versions.at[v - 1].layer == layer; v--)
			m->versions.at[v - 1].gone = pl_removed_by(r, m->versions.at[v - 1].gone);
		if (m->facts[layer])
			pl_removed_layer(r, m->facts[layer], (uint32_t)layer);
	}
	pl_removed_free(r);
}

/* A file that was gone for a while begins anew; and so does one that held no package. */
static void cut_history(struct pl_merge *m)
{
	for (size_t i = 0; i < m->versions.len; i++) {
		struct pl_version *v = &m->versions.at[i];

		if (v->older != PL_MAP_NONE && m->versions.at[v->older].gone < v->layer)
			v->older = PL_MAP_NONE;
	}
}

static void add_one(struct pl_merge *m, uint32_t v, const struct pl_fact_pkg_row *row,
		    struct pl_str path)
{
	uint32_t layer = brought_by(m, v, identity(m, &row->fact));

	if (row->fact.adds)
		pl_addenda_later(&m->addenda, row, path, layer);
	else
		add_package(m, row, path, layer, UINT32_MAX);
}

static void add_present(struct pl_merge *m)
{
	for (uint32_t v = 0; v < m->versions.len; v++) {
		uint32_t layer = m->versions.at[v].layer, entry = m->versions.at[v].entry;
		const struct pl_facts *f = m->facts[layer];

		if (!pl_merge_is_seen(m, layer, entry))
			continue;
		for (size_t k = m->versions.at[v].first;
		     k < f->packages.len && f->packages.at[k].entry == entry; k++)
			add_one(m, v, &f->packages.at[k],
				m->seen[pl_merge_origin(m, layer, entry)]);
	}
}

/* Is one of the paths, a line each, in the image? */
static bool any_there(const struct pl_merge *m, struct pl_str where)
{
	struct pl_str path;

	while (where.len && pl_str_split(&where, '\n', &path))
		if (path.len && pl_tree_find(m->inv->tree, path, true))
			return true;
	return false;
}

/* What more is told of packages goes to them, or stands for a package that nothing else shows. */
static void give_addenda(struct pl_merge *m)
{
	for (size_t i = 0; i < m->addenda.rows.len; i++) {
		struct pl_addendum one = m->addenda.rows.at[i];

		if (!pl_addenda_give(&m->addenda, &one, m->inv) &&
		    any_there(m, one.row->fact.where))
			add_package(m, one.row, one.path, one.layer, UINT32_MAX);
	}
}

/* Packages of a version that is not in the image, which the next version has not got either. */
static void add_gone(struct pl_merge *m, uint32_t v, uint32_t next, uint32_t gone)
{
	uint32_t layer = m->versions.at[v].layer, entry = m->versions.at[v].entry;
	const struct pl_facts *f = m->facts[layer];
	struct pl_str path = pl_merge_keep(m, f->entries.at[entry].path);

	for (size_t k = m->versions.at[v].first;
	     k < f->packages.len && f->packages.at[k].entry == entry; k++) {
		struct pl_str id = identity(m, &f->packages.at[k].fact);

		if (f->packages.at[k].fact.adds)
			continue;
		if (next == PL_MAP_NONE ||
		    pl_map_get(&m->versions.at[next].names, id) == PL_MAP_NONE)
			add_package(m, &f->packages.at[k], path, brought_by(m, v, id), gone);
	}
}

/* Packages of lower layers that no later version of their evidence has. */
void pl_merge_removed(struct pl_merge *m)
{
	pl_auto_free uint32_t *newer = pl_xcalloc(m->versions.len + 1, sizeof(*newer));

	for (uint32_t v = 0; v < m->versions.len; v++)
		newer[v] = PL_MAP_NONE;
	for (uint32_t v = 0; v < m->versions.len; v++)
		if (m->versions.at[v].older != PL_MAP_NONE)
			newer[m->versions.at[v].older] = v;
	for (uint32_t v = 0; v < m->versions.len; v++) {
		uint32_t layer = m->versions.at[v].layer, gone = m->versions.at[v].gone;
		uint32_t next = newer[v];

		if (pl_merge_is_seen(m, layer, m->versions.at[v].entry))
			continue;
		/* twice in one archive; or by a path that is written in another way */
		if (next != PL_MAP_NONE && m->versions.at[next].layer == layer)
			gone = layer;
		else if (gone == UINT32_MAX)
			gone = (uint32_t)m->n - 1;
		add_gone(m, v, next, gone);
	}
}

void pl_merge_packages(struct pl_merge *m)
{
	index_versions(m);
	find_removals(m);
	cut_history(m);
	add_present(m);
	give_addenda(m);
}
