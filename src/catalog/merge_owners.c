/* SPDX-License-Identifier: Apache-2.0 */
/* Which package of the operating system a file belongs to, by the file lists that are seen. */
#include "catalog/merge_int.h"

static void ask_owner(struct pl_merge *m, struct pl_str path)
{
	if (pl_map_get(&m->interest, path) != PL_MAP_NONE)
		return;
	pl_map_put(&m->interest, path, (uint32_t)m->owners.len);
	pl_vec_push(&m->owners, PL_NO_PKG);
}

/* The package that a directory above belongs to. */
uint32_t pl_merge_tree_owner(const struct pl_merge *m, struct pl_str path)
{
	for (struct pl_str dir = pl_path_dir(path); m->trees.len && dir.len;
	     dir = pl_path_dir(dir)) {
		uint32_t pkg = pl_map_get(&m->trees, dir);

		if (pkg != PL_MAP_NONE)
			return pkg;
	}
	return PL_NO_PKG;
}

static uint32_t owner_at(const struct pl_merge *m, struct pl_str path)
{
	uint32_t i = pl_map_get(&m->interest, path);
	uint32_t owner = i == PL_MAP_NONE ? PL_NO_PKG : m->owners.at[i];

	return owner != PL_NO_PKG ? owner : pl_merge_tree_owner(m, path);
}

static struct pl_str outer_path(struct pl_str path)
{
	ptrdiff_t at = pl_str_find(path, PL_STR("!/"));

	return at < 0 ? path : pl_str_sub(path, 0, (size_t)at);
}

struct pl_str pl_merge_key(struct pl_merge *m, struct pl_str root, struct pl_str key)
{
	return pl_arena_fmt(&m->scratch, "%.*s\n%.*s", PL_FMT(root), PL_FMT(key));
}

const struct pl_node *pl_merge_owned_node(struct pl_merge *m, const struct pl_fact_owned_row *row)
{
	struct pl_str path = row->path;

	while (path.len && path.ptr[0] == '/')
		path = pl_str_sub(path, 1, path.len);
	pl_buf_reset(&m->path);
	pl_buf_str(&m->path, row->root);
	if (row->root.len)
		pl_buf_ch(&m->path, '/');
	pl_buf_str(&m->path, path);
	return pl_tree_find(m->inv->tree, pl_buf_view(&m->path), false);
}

/* Rows of one list follow each other, so the last answer is mostly the next one. */
static uint32_t package_of(struct pl_merge *m, const struct pl_fact_owned_row *row)
{
	static const struct pl_str none;

	if (m->last_key.ptr && pl_str_eq(m->last_key, row->key) &&
	    pl_str_eq(m->last_root, row->root))
		return m->last_owner;
	pl_buf_reset(&m->path);
	pl_buf_str(&m->path, row->root);
	pl_buf_ch(&m->path, '\n');
	pl_buf_str(&m->path, row->key);
	m->last_key = row->key.ptr ? row->key : none;
	m->last_root = row->root;
	m->last_owner = pl_map_get(&m->keys, pl_buf_view(&m->path));
	return m->last_owner;
}

/* A directory that belongs to a package with all that is in it. */
static void own_tree(struct pl_merge *m, const struct pl_fact_owned_row *row, uint32_t pkg)
{
	struct pl_str path = row->path;

	while (path.len && path.ptr[0] == '/')
		path = pl_str_sub(path, 1, path.len);
	while (pl_str_ends(path, PL_STR("/")))
		path = pl_str_sub(path, 0, path.len - 1);
	if (!path.len)
		return;
	if (row->root.len)
		path = pl_arena_fmt(&m->scratch, "%.*s/%.*s", PL_FMT(row->root), PL_FMT(path));
	pl_map_put(&m->trees, path, pkg);
}

/* A file of a language package: it has no owner among the OS packages, and is not nobody's. */
static void list(struct pl_merge *m, const struct pl_fact_owned_row *row, struct pl_str evidence)
{
	const struct pl_node *n = pl_merge_owned_node(m, row);
	bool dpkg = pl_str_ends(evidence, PL_STR(".list"));

	if (!n || n->type != PL_FT_FILE || n->origin == PL_ORIGIN_NONE)
		return;
	m->flags[n->origin] |= PL_SEEN_LISTED;
	if (dpkg && (m->flags[n->origin] & PL_SEEN_PROGRAM))
		pl_vec_push(&m->strays, row);
}

/* dpkg removes the list of a package with the package, and of one whose settings are kept leaves
 * those in it: a list with programs is that of a package that was cut out of the database. */
static void tell_strays(struct pl_merge *m)
{
	enum { SHOWN = 8 };
	pl_auto_map keys = {0};
	pl_auto_buf names = {0};
	size_t n = 0;

	pl_map_init(&keys);
	pl_buf_init(&names, PL_KiB(64));
	for (size_t i = 0; i < m->strays.len; i++) {
		const struct pl_fact_owned_row *row = m->strays.at[i];

		if (package_of(m, row) != PL_MAP_NONE || !pl_map_put(&keys, row->key, 1))
			continue;
		if (n++ < SHOWN)
			pl_buf_fmt(&names, "%s%.*s", n > 1 ? ", " : "", PL_FMT(row->key));
	}
	if (n)
		pl_diag_add(
			m->diags, PL_W_FAILED, "packages-unlisted", PL_STR(""),
			pl_arena_fmt(&m->scratch,
				     "%zu packages have a file list of dpkg and programs in the "
				     "image, but no entry in the database: %.*s%s",
				     n, PL_FMT(pl_buf_view(&names)), n > SHOWN ? "…" : ""),
			PL_STR("remove packages with dpkg or apt, and leave the database alone"));
}

static void own(struct pl_merge *m, const struct pl_fact_owned_row *row, struct pl_str evidence)
{
	uint32_t pkg = package_of(m, row), i, *owner;
	const struct pl_node *n;

	if (pkg == PL_MAP_NONE) {
		list(m, row, evidence);
		return;
	}
	if (pl_str_ends(row->path, PL_STR("/"))) {
		own_tree(m, row, pkg);
		return;
	}
	n = pl_merge_owned_node(m, row);
	i = n ? pl_map_get(&m->interest, n->path) : PL_MAP_NONE;
	if (i != PL_MAP_NONE)
		m->owners.at[i] = pkg;
	if (!n || n->type != PL_FT_FILE || n->origin == PL_ORIGIN_NONE)
		return;
	owner = &m->owner_of[n->origin];
	/* several may name it: the one that was there first */
	if (*owner == PL_NO_PKG ||
	    m->inv->packages.at[pkg].layer < m->inv->packages.at[*owner].layer)
		*owner = pkg;
}

/* What a list of a package that is hidden says counts although the list may be gone. */
static bool is_hidden(const struct pl_merge *m, uint32_t pkg)
{
	return pkg != PL_MAP_NONE && m->inv->packages.at[pkg].hidden_in != UINT32_MAX;
}

static void own_all(struct pl_merge *m, bool hidden)
{
	m->last_key = (struct pl_str){0};
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->owned.len; k++) {
			const struct pl_fact_owned_row *row = &m->facts[i]->owned.at[k];

			if (hidden ? is_hidden(m, package_of(m, row))
				   : pl_merge_is_seen(m, i, row->entry))
				own(m, row, m->facts[i]->entries.at[row->entry].path);
		}
}

/* What an executable says of its package is of interest where no database says it. */
static bool wants_owner(const struct pl_pkg *p)
{
	return p->removed_in == UINT32_MAX &&
	       (!pl_pkg_type_is_os(p->type) || p->evidence == PL_EV_BUILD_INFO ||
		p->evidence == PL_EV_SBOM);
}

static void set_owner(struct pl_merge *m, struct pl_pkg *p, uint32_t owner)
{
	if (!pl_pkg_type_is_os(p->type) || p->evidence == PL_EV_SBOM)
		p->owner = owner;
	else if (owner != PL_NO_PKG)
		*p = m->inv->packages.at[owner]; /* one more of it, which is joined with it */
}

static void settle_owners(struct pl_merge *m)
{
	for (size_t i = 0; i < m->inv->packages.len; i++) {
		struct pl_pkg *p = &m->inv->packages.at[i];

		if (wants_owner(p))
			set_owner(m, p, owner_at(m, outer_path(p->locations.at[0].path)));
	}
	for (size_t i = 0; i < m->inv->files.len; i++)
		m->inv->files.at[i].owner = owner_at(m, m->inv->files.at[i].path);
}

void pl_merge_owners(struct pl_merge *m)
{
	size_t n = m->inv->packages.len;

	for (size_t i = 0; i < m->inv->packages.len; i++)
		if (wants_owner(&m->inv->packages.at[i]))
			ask_owner(m, outer_path(m->inv->packages.at[i].locations.at[0].path));
	for (size_t i = 0; i < m->inv->files.len; i++)
		ask_owner(m, m->inv->files.at[i].path);
	own_all(m, false);
	pl_merge_hidden(m);
	if (m->inv->packages.len > n)
		own_all(m, true);
	settle_owners(m);
	tell_strays(m);
}
