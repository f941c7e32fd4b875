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

/* Directories that belong to a package with all that is in them, to its index. */
struct trees {
	struct pl_map map;
	bool any;
};

static void own(struct pl_merge *m, struct trees *t, const struct pl_fact_owned_row *row)
{
	uint32_t pkg = pl_map_get(&m->keys, row->key), i;
	struct pl_str path = row->path;
	const struct pl_node *n;

	if (pkg == PL_MAP_NONE || row->root.len)
		return;
	path = pl_str_starts(path, PL_STR("/")) ? pl_str_sub(path, 1, path.len) : path;
	if (pl_str_ends(path, PL_STR("/"))) {
		pl_map_put(&t->map, pl_str_sub(path, 0, path.len - 1), pkg);
		t->any = true;
		return;
	}
	n = pl_tree_find(m->inv->tree, path, false);
	i = n ? pl_map_get(&m->interest, n->path) : PL_MAP_NONE;
	if (i != PL_MAP_NONE)
		m->owners.at[i] = pkg;
}

static uint32_t owner_of(struct pl_merge *m, const struct trees *t, struct pl_str path)
{
	uint32_t owner = m->owners.at[ask_owner(m, path)];

	for (struct pl_str dir = pl_path_dir(path); t->any && owner == PL_NO_PKG && dir.len;
	     dir = pl_path_dir(dir)) {
		uint32_t pkg = pl_map_get(&t->map, dir);

		if (pkg != PL_MAP_NONE)
			owner = pkg;
	}
	return owner;
}

/* What an executable says of its package is of interest where no database says it. */
static bool wants_owner(const struct pl_pkg *p)
{
	return p->removed_in == UINT32_MAX &&
	       (!pl_pkg_type_is_os(p->type) || p->evidence == PL_EV_BUILD_INFO);
}

static void set_owner(struct pl_merge *m, struct pl_pkg *p, uint32_t owner)
{
	if (!pl_pkg_type_is_os(p->type))
		p->owner = owner;
	else if (owner != PL_NO_PKG)
		*p = m->inv->packages.at[owner]; /* one more of it, which is joined with it */
}

void pl_merge_owners(struct pl_merge *m)
{
	struct trees t = {0};

	pl_map_init(&t.map);
	for (size_t i = 0; i < m->inv->packages.len; i++)
		if (wants_owner(&m->inv->packages.at[i]))
			ask_owner(m, outer_path(m->inv->packages.at[i].locations.at[0].path));
	for (size_t i = 0; i < m->inv->files.len; i++)
		ask_owner(m, m->inv->files.at[i].path);
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->owned.len; k++)
			if (pl_merge_is_seen(m, i, m->facts[i]->owned.at[k].entry))
				own(m, &t, &m->facts[i]->owned.at[k]);
	for (size_t i = 0; i < m->inv->packages.len; i++) {
		struct pl_pkg *p = &m->inv->packages.at[i];

		if (wants_owner(p))
			set_owner(m, p, owner_of(m, &t, outer_path(p->locations.at[0].path)));
	}
	for (size_t i = 0; i < m->inv->files.len; i++)
		m->inv->files.at[i].owner = owner_of(m, &t, m->inv->files.at[i].path);
	pl_map_release(&t.map);
}
