/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Licences that other files tell than a package's own metadata: a copyright file of Debian by the
 * name of its package, a licence file by the directory that it shares with the metadata. They count
 * for packages that tell none themselves.
 */
#include "catalog/merge_int.h"

#include <stdlib.h>

struct told {
	struct pl_str license;
};

struct licenses {
	struct pl_merge *m;
	struct pl_map by_key, by_dir; /* to told */
	PL_VEC(struct told) told;
};

/* Two files in one directory both count. */
static void tell(struct licenses *l, struct pl_map *map, struct pl_str at, struct pl_str license)
{
	uint32_t i = pl_map_get(map, at);
	struct pl_arena *arena = l->m->inv->arena;

	if (i == PL_MAP_NONE) {
		pl_map_put(map, pl_arena_str(&l->m->scratch, at), (uint32_t)l->told.len);
		pl_vec_push(&l->told, (struct told){pl_arena_str(arena, license)});
	} else if (!pl_str_eq(l->told.at[i].license, license) &&
		   l->told.at[i].license.len < PL_KiB(4)) {
		l->told.at[i].license = pl_arena_fmt(
			arena, "%.*s AND %.*s", PL_FMT(l->told.at[i].license), PL_FMT(license));
	}
}

static void take(struct licenses *l, uint32_t layer, const struct pl_fact_license_row *row)
{
	struct pl_str path = l->m->seen[pl_merge_origin(l->m, layer, row->entry)];
	struct pl_license_file file;

	if (!path.ptr)
		return;
	if (row->key.len) {
		struct pl_str key = pl_arena_fmt(&l->m->scratch, "%.*s\n%.*s", PL_FMT(row->root),
						 PL_FMT(row->key));

		tell(l, &l->by_key, key, row->license);
		return;
	}
	tell(l, &l->by_dir, pl_path_dir(path), row->license);
	file = (struct pl_license_file){path, pl_merge_keep(l->m, row->license), layer};
	pl_vec_push(&l->m->inv->license_files, file);
}

/* Packages of one source may share one directory of documents: the others' are links to it. */
static uint32_t find_linked(struct licenses *l, const struct pl_pkg *p)
{
	struct pl_str path = pl_arena_fmt(&l->m->scratch, "%.*s%susr/share/doc/%.*s/copyright",
					  PL_FMT(p->root), p->root.len ? "/" : "", PL_FMT(p->name));
	const struct pl_node *n = pl_tree_find(l->m->inv->tree, path, true);

	if (!n)
		return PL_MAP_NONE;
	return pl_map_get(&l->by_key, pl_arena_fmt(&l->m->scratch, "%.*s\n%.*s", PL_FMT(p->root),
						   PL_FMT(pl_path_base(pl_path_dir(n->path)))));
}

static uint32_t find(struct licenses *l, const struct pl_pkg *p)
{
	struct pl_str dir = pl_path_dir(p->locations.at[0].path), sub, key;
	uint32_t i;

	if (pl_pkg_type_is_os(p->type)) {
		key = pl_arena_fmt(&l->m->scratch, "%.*s\n%.*s", PL_FMT(p->root), PL_FMT(p->name));
		i = pl_map_get(&l->by_key, key);
		return i == PL_MAP_NONE && p->type == PL_PKG_DEB ? find_linked(l, p) : i;
	}
	i = pl_map_get(&l->by_dir, dir);
	if (i != PL_MAP_NONE)
		return i;
	sub = pl_arena_fmt(&l->m->scratch, "%.*s/licenses", PL_FMT(dir));
	return pl_map_get(&l->by_dir, sub);
}

static int by_path(const void *a, const void *b)
{
	return pl_str_cmp(((const struct pl_license_file *)a)->path,
			  ((const struct pl_license_file *)b)->path);
}

void pl_merge_licenses(struct pl_merge *m)
{
	struct licenses l = {.m = m};

	pl_map_init(&l.by_key);
	pl_map_init(&l.by_dir);
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->licenses.len; k++)
			take(&l, (uint32_t)i, &m->facts[i]->licenses.at[k]);
	for (size_t i = 0; l.told.len && i < m->inv->packages.len; i++) {
		struct pl_pkg *p = &m->inv->packages.at[i];
		uint32_t at =
			p->licenses.len || p->removed_in != UINT32_MAX ? PL_MAP_NONE : find(&l, p);

		if (at == PL_MAP_NONE)
			continue;
		p->licenses.at = pl_arena_new(m->inv->arena, struct pl_str);
		p->licenses.at[0] = l.told.at[at].license;
		p->licenses.len = p->licenses.cap = 1;
	}
	if (m->inv->license_files.len)
		qsort(m->inv->license_files.at, m->inv->license_files.len,
		      sizeof(*m->inv->license_files.at), by_path);
	pl_vec_release(&l.told);
	pl_map_release(&l.by_key);
	pl_map_release(&l.by_dir);
}
