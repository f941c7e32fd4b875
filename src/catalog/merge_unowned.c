/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in the image and belongs to no package: neither in the list of an installed one, nor in
 * the directory of one, nor itself the evidence of one. Programs and libraries are always counted.
 * An image with programs that need libraries and without any package database is told: whoever
 * wants a clean report may have taken it out.
 */
#include "catalog/merge_int.h"

struct unowned {
	struct pl_merge *m;
	struct pl_map evidence; /* paths that show a package */
	struct pl_map homes;	/* directories that are a package with all in them */
	uint64_t programs;	/* in the image */
	uint64_t loose;		/* that need a system around them, and are nobody's */
	struct pl_str first;	/* of the loose */
};

static struct pl_str outer(struct pl_str path)
{
	ptrdiff_t at = pl_str_find(path, PL_STR("!/"));

	return at < 0 ? path : pl_str_sub(path, 0, (size_t)at);
}

/* A module of Node.js is its directory; a jar or a program is the file. */
static void know(struct unowned *u, const struct pl_pkg *p)
{
	for (size_t i = 0; i < p->locations.len; i++) {
		struct pl_str path = outer(p->locations.at[i].path);

		pl_map_put(&u->evidence, path, 1);
		if (p->type == PL_PKG_NPM && pl_str_ends(path, PL_STR("/package.json")))
			pl_map_put(&u->homes, pl_path_dir(path), 1);
	}
}

static bool in_home(const struct unowned *u, struct pl_str path)
{
	for (struct pl_str dir = pl_path_dir(path); u->homes.len && dir.len; dir = pl_path_dir(dir))
		if (pl_map_get(&u->homes, dir) != PL_MAP_NONE)
			return true;
	return false;
}

static bool is_owned(const struct unowned *u, const struct pl_node *n)
{
	return u->m->owner_of[n->origin] != PL_NO_PKG ||
	       (u->m->flags[n->origin] & PL_SEEN_LISTED) ||
	       pl_merge_tree_owner(u->m, n->path) != PL_NO_PKG ||
	       pl_map_get(&u->evidence, n->path) != PL_MAP_NONE || in_home(u, n->path);
}

static bool is_library(struct pl_str path)
{
	struct pl_str base = pl_path_base(path);

	return pl_str_ends(base, PL_STR(".so")) || pl_str_find(base, PL_STR(".so.")) > 0;
}

/* Programs that a dynamic linker starts, and libraries where it looks for them. */
static bool needs_system(const struct pl_node *n, unsigned flags)
{
	return (flags & PL_SEEN_DYNAMIC) ||
	       (is_library(n->path) && (pl_str_starts(n->path, PL_STR("lib")) ||
					pl_str_starts(n->path, PL_STR("usr/lib"))));
}

static int visit(void *arg, const struct pl_node *n)
{
	struct unowned *u = arg;
	struct pl_inventory *inv = u->m->inv;
	struct pl_unowned one = {.size = n->size, .layer = n->layer};
	unsigned flags;

	if (n->type != PL_FT_FILE || n->origin == PL_ORIGIN_NONE)
		return 0;
	flags = u->m->flags[n->origin];
	one.program = flags & PL_SEEN_PROGRAM;
	u->programs += one.program;
	if (!one.program && !inv->want_unowned)
		return 0;
	if (u->m->owner_of[n->origin] == PL_NO_PKG && one.program && needs_system(n, flags) &&
	    u->loose++ == 0)
		u->first = pl_arena_str(&u->m->scratch, n->path);
	if (is_owned(u, n))
		return 0;
	inv->unowned_programs += one.program;
	if (!inv->want_unowned)
		return 0;
	one.path = pl_arena_str(inv->arena, n->path);
	pl_vec_push(&inv->unowned, one);
	return 0;
}

static bool has_database(const struct pl_inventory *inv)
{
	for (size_t i = 0; i < inv->packages.len; i++) {
		const struct pl_pkg *p = &inv->packages.at[i];

		if (pl_pkg_type_is_os(p->type) && p->removed_in == UINT32_MAX && !p->root.len &&
		    p->evidence == PL_EV_DATABASE)
			return true;
	}
	return false;
}

/* Directories of a root file system; the tree of somebody's sources has none of them. */
static bool is_system(const struct pl_inventory *inv)
{
	static const char *const dirs[] = {"usr", "bin", "sbin", "lib", "lib64"};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (pl_tree_find(inv->tree, pl_str_c(dirs[i]), false))
			return true;
	return false;
}

static void tell(struct unowned *u)
{
	struct pl_inventory *inv = u->m->inv;

	if (has_database(inv))
		return;
	if (u->loose && (!inv->directory || is_system(inv)))
		pl_diag_add(u->m->diags, PL_W_FAILED, "no-database", PL_STR(""),
			    pl_arena_fmt(&u->m->scratch,
					 "%llu programs and libraries such as /%.*s need a system "
					 "around them, and no package database says of which "
					 "packages it is: only what their own bytes tell is known",
					 (unsigned long long)u->loose, PL_FMT(u->first)),
			    PL_STR("keep the database in the image, or judge the image that they "
				   "were copied from"));
	else if (!inv->packages.len && u->programs)
		pl_diag_add(u->m->diags, PL_W_FAILED, "nothing-known", PL_STR(""),
			    pl_arena_fmt(&u->m->scratch,
					 "%llu programs, none of which tells what it is",
					 (unsigned long long)u->programs),
			    PL_STR("build them with their build information, or add a bill of "
				   "materials to the image"));
}

void pl_merge_unowned(struct pl_merge *m)
{
	struct unowned u = {.m = m};

	pl_map_init(&u.evidence);
	pl_map_init(&u.homes);
	for (size_t i = 0; i < m->inv->packages.len; i++)
		if (m->inv->packages.at[i].removed_in == UINT32_MAX)
			know(&u, &m->inv->packages.at[i]);
	pl_tree_each(m->inv->tree, visit, &u);
	tell(&u);
	pl_map_release(&u.evidence);
	pl_map_release(&u.homes);
}
