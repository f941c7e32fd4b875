/* SPDX-License-Identifier: Apache-2.0 */
/* Which package of the operating system a file belongs to, by the file lists that are seen. */
#include "catalog/merge_int.h"

static uint32_t ask_owner(struct pl_merge *m, struct pl_str path)
{
	uint32_t i = pl_map_get(&m->interest, path);

	if (i == PL_MAP_NONE) {
		i = (uint32_t)m->owners.len;
		pl_map_put(&m->interest, path, i);
		pl_vec_push(&m->owners, PL_NO_PKG);
	}
	return i;
}

static struct pl_str outer_path(struct pl_str path)
{
	ptrdiff_t at = pl_str_find(path, PL_STR("!/"));

	return at < 0 ? path : pl_str_sub(path, 0, (size_t)at);
}

static void own(struct pl_merge *m, const struct pl_fact_owned_row *row)
{
	uint32_t pkg = pl_map_get(&m->keys, row->key), i;
	const struct pl_node *n;

	if (pkg == PL_MAP_NONE || row->root.len)
		return;
	n = pl_tree_find(m->inv->tree,
			 pl_str_starts(row->path, PL_STR("/"))
				 ? pl_str_sub(row->path, 1, row->path.len)
				 : row->path,
			 false);
	i = n ? pl_map_get(&m->interest, n->path) : PL_MAP_NONE;
	if (i != PL_MAP_NONE)
		m->owners.at[i] = pkg;
}

void pl_merge_owners(struct pl_merge *m)
{
	for (size_t i = 0; i < m->inv->packages.len; i++)
		if (!pl_pkg_type_is_os(m->inv->packages.at[i].type))
			ask_owner(m, outer_path(m->inv->packages.at[i].locations.at[0].path));
	for (size_t i = 0; i < m->inv->files.len; i++)
		ask_owner(m, m->inv->files.at[i].path);
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->owned.len; k++)
			if (pl_merge_is_seen(m, i, m->facts[i]->owned.at[k].entry))
				own(m, &m->facts[i]->owned.at[k]);
	for (size_t i = 0; i < m->inv->packages.len; i++) {
		struct pl_pkg *p = &m->inv->packages.at[i];

		if (!pl_pkg_type_is_os(p->type) && p->removed_in == UINT32_MAX)
			p->owner = m->owners.at[ask_owner(m, outer_path(p->locations.at[0].path))];
	}
	for (size_t i = 0; i < m->inv->files.len; i++)
		m->inv->files.at[i].owner = m->owners.at[ask_owner(m, m->inv->files.at[i].path)];
}
