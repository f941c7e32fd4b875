/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages that a layer took out of their database while it left their files. Who removes a package
 * with its package manager removes its files, who upgrades it writes them anew; who deletes or
 * edits the database does neither. So for each package that is gone its files are looked up, by the
 * file lists of lower layers or, for a language, in the directory that is its own.
 */
#include "catalog/merge_int.h"

#include <stdlib.h>

enum {
	FRESH_SHARE = 4, /* an upgrade writes nearly all files: not one in so many is too few */
	SURE_FILES = 4,	 /* fewer may be there by chance: another program in their place */
	NAMES_SHOWN = 8,
};

struct suspect {
	uint32_t gone;	/* index */
	uint32_t rival; /* package of the same name in the image, or PL_NO_PKG */
	uint64_t files; /* of weight, in its file list */
	uint64_t old;	/* of them in the image, from below the layer that took the evidence away */
	uint64_t fresh; /* of them in the image, from there or, where that tells, above */
	uint64_t minor; /* other files of it in the image */
};

struct search {
	struct pl_merge *m;
	PL_VEC(struct suspect) rows;
	struct pl_map by_key;	/* key of file lists, or directory, to the first of a chain */
	PL_VEC(uint32_t) chain; /* two a link: suspect and the next link */
	uint8_t *whole;		/* by version: its packages are hidden, and whether that is known */
};
enum { SOME_LISTED = 1, SOME_HIDDEN = 2 };

static const struct pl_fact_pkg_row *row_of(const struct search *s, const struct suspect *x)
{
	return pl_merge_row(s->m, &s->m->gone.at[x->gone]);
}

static void link_suspect(struct search *s, struct pl_str key, uint32_t suspect)
{
	uint32_t first = pl_map_get(&s->by_key, key), at = (uint32_t)s->chain.len;

	pl_vec_push(&s->chain, suspect);
	pl_vec_push(&s->chain, first);
	pl_map_put(&s->by_key, key, at);
}

/* Those of one kind that nothing in the image says to be there, each once. */
static void gather(struct search *s, bool os)
{
	pl_auto_map seen;

	pl_map_init(&seen);
	for (uint32_t i = 0; i < s->m->gone.len; i++) {
		const struct pl_fact_pkg_row *row = pl_merge_row(s->m, &s->m->gone.at[i]);
		struct suspect x = {.gone = i};
		struct pl_str id;
		uint32_t at;

		/* an executable with a note is itself what it speaks of */
		if (pl_pkg_type_is_os(row->fact.type) != os ||
		    row->fact.evidence == PL_EV_BUILD_INFO)
			continue;
		id = pl_merge_identity(s->m, row);
		if (pl_map_get(&s->m->present, id) != PL_MAP_NONE)
			continue;
		at = pl_map_get(&seen, id);
		if (at != PL_MAP_NONE) { /* of several disappearances the last counts */
			s->rows.at[at].gone = i;
			continue;
		}
		pl_map_put(&seen, id, (uint32_t)s->rows.len);
		x.rival = pl_map_get(&s->m->named, pl_merge_name(s->m, row));
		pl_vec_push(&s->rows, x);
	}
}

/* --- by file lists -------------------------------------------------------------------------- */

/* Files that stay when a package goes, or that run nothing. */
static bool is_minor(struct pl_str path)
{
	static const char *const dirs[] = {"etc",
					   "run",
					   "tmp",
					   "var/log",
					   "var/cache",
					   "var/spool",
					   "usr/share/doc",
					   "usr/share/man",
					   "usr/share/info",
					   "usr/share/locale",
					   "usr/share/lintian",
					   "usr/share/licenses",
					   "usr/share/doc-base"};

	while (path.len && path.ptr[0] == '/')
		path = pl_str_sub(path, 1, path.len);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (pl_path_under(path, pl_str_c(dirs[i])))
			return true;
	return false;
}

/* Lists of deb packages are files of their own; those of others stand in the database, and one of
 * another layer may speak of another version. */
static bool list_counts(const struct search *s, const struct suspect *x, size_t layer,
			uint32_t entry)
{
	const struct pl_gone *g = &s->m->gone.at[x->gone];
	const struct pl_version *v = &s->m->versions.at[g->version];
	const struct pl_fact_pkg_row *row = row_of(s, x);

	if (row->fact.type == PL_PKG_APK || row->fact.type == PL_PKG_RPM)
		return layer == v->layer && entry == v->entry;
	return layer <= g->layer;
}

/* Belongs to a package that was there together with this one, as some files do. */
static bool is_shared(const struct search *s, const struct suspect *x, const struct pl_node *n)
{
	const struct pl_gone *g = &s->m->gone.at[x->gone];
	uint32_t owner = s->m->owner_of[n->origin];

	return owner != PL_NO_PKG && owner != x->rival &&
	       s->m->inv->packages.at[owner].layer < g->layer;
}

static void count(struct search *s, struct suspect *x, const struct pl_fact_owned_row *row)
{
	const struct pl_gone *g = &s->m->gone.at[x->gone];
	const struct pl_node *n;
	bool minor = is_minor(row->path);

	if (pl_str_ends(row->path, PL_STR("/")))
		return;
	n = pl_merge_owned_node(s->m, row);
	x->files += !minor && (!n || n->type == PL_FT_FILE); /* lists name links, too */
	if (!n || n->type != PL_FT_FILE || n->origin == PL_ORIGIN_NONE || is_shared(s, x, n))
		return;
	if (minor)
		x->minor++;
	else if (n->layer < g->layer)
		x->old++;
	else if (n->layer == g->layer || g->whole || x->rival != PL_NO_PKG)
		x->fresh++;
}

static void count_lists(struct search *s)
{
	for (uint32_t i = 0; i < s->rows.len; i++) {
		const struct pl_fact_pkg_row *row = row_of(s, &s->rows.at[i]);
		struct pl_str name = pl_merge_key(s->m, row->root, row->fact.name);

		link_suspect(s, name, i);
		if (row->fact.key.len && !pl_str_eq(row->fact.key, row->fact.name))
			link_suspect(s, pl_merge_key(s->m, row->root, row->fact.key), i);
	}
	for (size_t i = 0; i < s->m->n; i++)
		for (size_t k = 0; s->m->facts[i] && k < s->m->facts[i]->owned.len; k++) {
			const struct pl_fact_owned_row *row = &s->m->facts[i]->owned.at[k];
			uint32_t at;

			pl_buf_reset(&s->m->path);
			pl_buf_str(&s->m->path, row->root);
			pl_buf_ch(&s->m->path, '\n');
			pl_buf_str(&s->m->path, row->key);
			at = pl_map_get(&s->by_key, pl_buf_view(&s->m->path));
			for (; at != PL_MAP_NONE; at = s->chain.at[at + 1]) {
				struct suspect *x = &s->rows.at[s->chain.at[at]];

				if (list_counts(s, x, i, row->entry))
					count(s, x, row);
			}
		}
}

/* Files alone, whatever else its database says now. */
static bool has_files(const struct search *s, const struct suspect *x)
{
	const struct pl_gone *g = &s->m->gone.at[x->gone];

	if (x->rival != PL_NO_PKG)
		return !g->copy && x->fresh * FRESH_SHARE < x->old;
	/* most of them touched by the layer that edited the database */
	return x->old || (g->whole ? x->fresh : x->files >= SURE_FILES && x->fresh > x->files / 2);
}

static bool has_root(const struct search *s, const struct suspect *x)
{
	struct pl_str root = row_of(s, x)->root;

	return !root.len || pl_tree_find(s->m->inv->tree, root, false);
}

/* When the whole database went, and files of some of its packages did not, then so it is with those
 * that have no file of weight; and nothing speaks against it when there are no lists at all. */
static bool is_hidden(const struct search *s, const struct suspect *x)
{
	const struct pl_gone *g = &s->m->gone.at[x->gone];
	uint8_t known = s->whole[g->version];

	if (has_files(s, x))
		return true;
	if (!g->whole || x->rival != PL_NO_PKG || !has_root(s, x) ||
	    row_of(s, x)->fact.type == PL_PKG_NIX)
		return false;
	return known & SOME_HIDDEN ? x->minor || !x->files : !(known & SOME_LISTED);
}

static void find_os(struct search *s)
{
	gather(s, true);
	if (!s->rows.len)
		return;
	count_lists(s);
	for (size_t i = 0; i < s->rows.len; i++) {
		const struct suspect *x = &s->rows.at[i];
		uint32_t v = s->m->gone.at[x->gone].version;

		s->whole[v] |= (x->files ? SOME_LISTED : 0) | (has_files(s, x) ? SOME_HIDDEN : 0);
	}
	for (size_t i = 0; i < s->rows.len; i++)
		if (is_hidden(s, &s->rows.at[i]))
			s->m->gone.at[s->rows.at[i].gone].hidden = true;
}

/* --- by directories ------------------------------------------------------------------------- */

/* Code, not what tools leave behind. */
static bool is_code(struct pl_str path)
{
	static const char *const ends[] = {".js",  ".cjs",  ".mjs",  ".node", ".wasm", ".py",
					   ".so",  ".pyd",  ".rb",   ".php",  ".pm",   ".lua",
					   ".dll", ".beam", ".dart", ".R",    ".rdb",  ".jar"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (pl_str_ends(path, pl_str_c(ends[i])))
			return true;
	return false;
}

static void watch(struct search *s, uint32_t i, struct pl_str dir, const char *between,
		  struct pl_str name)
{
	link_suspect(s,
		     pl_arena_fmt(&s->m->scratch, "%.*s%s%s%.*s", PL_FMT(dir), dir.len ? "/" : "",
				  between, PL_FMT(name)),
		     i);
}

/* Distributions of Python name their package mostly as themselves, with '_' for '-'. */
static void watch_python(struct search *s, uint32_t i, struct pl_str site, struct pl_str name)
{
	pl_auto_free char *lower = pl_xmalloc(name.len + 1);

	for (size_t k = 0; k < name.len; k++)
		lower[k] = name.ptr[k] == '-' ? '_' : pl_lower(name.ptr[k]);
	watch(s, i, site, "", pl_str_n(lower, name.len));
	lower[name.len] = 0;
	watch(s, i, site, lower, PL_STR(".py"));
	if (!pl_str_eq(name, pl_str_n(lower, name.len)))
		watch(s, i, site, "", name);
}

/* Which directory holds what the evidence spoke of. */
static void watch_places(struct search *s, uint32_t i)
{
	const struct pl_gone *g = &s->m->gone.at[s->rows.at[i].gone];
	const struct pl_pkg_fact *p = &row_of(s, &s->rows.at[i])->fact;
	struct pl_str path = pl_merge_evidence(s->m, g->version), dir = pl_path_dir(path);
	struct pl_str up = pl_path_dir(dir);

	switch (p->type) {
	case PL_PKG_NPM:
		if (pl_str_eq_c(pl_path_base(path), "package.json"))
			watch(s, i, up, "", pl_path_base(dir));
		break;
	case PL_PKG_PYPI:
		watch_python(s, i, pl_str_ends(path, PL_STR(".egg-info")) ? dir : up, p->name);
		break;
	case PL_PKG_GEM:
		watch(s, i, up, "gems/",
		      pl_arena_fmt(&s->m->scratch, "%.*s-%.*s", PL_FMT(p->name),
				   PL_FMT(p->version)));
		break;
	case PL_PKG_COMPOSER:
		watch(s, i, up, "", p->name);
		break;
	default:
		if (pl_str_ieq(pl_path_base(dir), p->name))
			watch(s, i, up, "", pl_path_base(dir));
	}
}

static void count_at(struct search *s, struct pl_str at, const struct pl_node *n)
{
	uint32_t link = pl_map_get(&s->by_key, at);

	for (; link != PL_MAP_NONE; link = s->chain.at[link + 1]) {
		struct suspect *x = &s->rows.at[s->chain.at[link]];

		if (n->layer < s->m->gone.at[x->gone].layer)
			x->old++;
		else
			x->fresh++;
	}
}

/* A file counts for its directories, up to the next module. */
static int count_file(void *arg, const struct pl_node *n)
{
	struct search *s = arg;
	struct pl_str at = n->path;

	if (n->type != PL_FT_FILE || !is_code(n->path))
		return 0;
	for (; at.len && !pl_str_eq_c(pl_path_base(at), "node_modules"); at = pl_path_dir(at))
		count_at(s, at, n);
	return 0;
}

static void find_language(struct search *s)
{
	gather(s, false);
	if (!s->rows.len)
		return;
	for (uint32_t i = 0; i < s->rows.len; i++)
		watch_places(s, i);
	pl_tree_each(s->m->inv->tree, count_file, s);
	for (size_t i = 0; i < s->rows.len; i++) {
		const struct suspect *x = &s->rows.at[i];

		if (x->fresh * FRESH_SHARE < x->old)
			s->m->gone.at[x->gone].hidden = true;
	}
}

/* --- telling -------------------------------------------------------------------------------- */

struct group {
	uint32_t first, n;
	struct pl_buf names;
};

/* One diagnostic for what one layer hid in one way. */
static struct pl_str group_key(struct pl_merge *m, const struct pl_gone *g)
{
	const struct pl_fact_pkg_row *row = pl_merge_row(m, g);
	bool os = pl_pkg_type_is_os(row->fact.type);
	struct pl_str path = os ? pl_merge_evidence(m, g->version) : PL_STR("");

	return pl_arena_fmt(&m->scratch, "%u\n%u\n%d\n%.*s\n%.*s", g->layer, row->fact.type,
			    g->copy, PL_FMT(row->root), PL_FMT(os ? pl_path_dir(path) : path));
}

static void tell_group(struct pl_merge *m, struct group *x)
{
	const struct pl_gone *g = &m->gone.at[x->first];
	struct pl_str path = pl_merge_evidence(m, g->version), by, where;
	const char *type = pl_pkg_type_name(pl_merge_row(m, g)->fact.type);
	uint32_t layer = g->copy ? m->versions.at[g->version].layer : g->layer;
	pl_auto_buf what;

	pl_buf_init(&what, PL_MiB(1));
	by = pl_merge_layer_name(m, layer);
	where = pl_arena_fmt(&m->scratch, "layer %u: /%.*s", layer, PL_FMT(path));
	if (g->copy)
		pl_buf_fmt(&what,
			   "%u %s packages stand in this copy of the package database, not in the "
			   "database itself, and their files are in the image: ",
			   x->n, type);
	else
		pl_buf_fmt(&what,
			   "%u %s packages are no longer in %s, by %.*s, but their files are still "
			   "in the image: ",
			   x->n, type,
			   pl_pkg_type_is_os(pl_merge_row(m, g)->fact.type) ? "their database"
									    : "their metadata",
			   PL_FMT(by));
	pl_buf_str(&what, pl_buf_view(&x->names));
	if (x->n > NAMES_SHOWN)
		pl_buf_fmt(&what, " and %u more", x->n - NAMES_SHOWN);
	pl_diag_add(m->diags, PL_W_FAILED, "database-hidden", where, pl_buf_view(&what),
		    PL_STR("they are counted as packages of the image; remove packages with their "
			   "package manager, and leave its database alone"));
}

static void tell(struct pl_merge *m)
{
	PL_VEC(struct group) groups = {0};
	pl_auto_map by_key;

	pl_map_init(&by_key);
	for (uint32_t i = 0; i < m->gone.len; i++) {
		struct pl_str key, name;
		struct group *x;
		uint32_t at;

		if (!m->gone.at[i].hidden)
			continue;
		key = group_key(m, &m->gone.at[i]);
		at = pl_map_get(&by_key, key);
		if (at == PL_MAP_NONE) {
			at = (uint32_t)groups.len;
			pl_map_put(&by_key, key, at);
			pl_vec_push(&groups, (struct group){.first = i});
			pl_buf_init(&groups.at[at].names, PL_KiB(64));
		}
		x = &groups.at[at];
		name = pl_merge_row(m, &m->gone.at[i])->fact.name;
		if (x->n++ < NAMES_SHOWN)
			pl_buf_fmt(&x->names, "%s%.*s", x->n > 1 ? ", " : "", PL_FMT(name));
	}
	for (size_t i = 0; i < groups.len; i++) {
		tell_group(m, &groups.at[i]);
		pl_buf_release(&groups.at[i].names);
	}
	pl_vec_release(&groups);
}

/* Who took the database of this type away from where it was, if any layer did. */
static const struct pl_gone *taken_away(const struct pl_merge *m, enum pl_pkg_type type)
{
	for (size_t i = 0; i < m->gone.len; i++)
		if (pl_merge_row(m, &m->gone.at[i])->fact.type == type && !m->gone.at[i].copy)
			return &m->gone.at[i];
	return NULL;
}

static void tell_moved(struct pl_merge *m, uint32_t version)
{
	const struct pl_version *v = &m->versions.at[version];
	enum pl_pkg_type type = m->facts[v->layer]->packages.at[v->first].fact.type;
	const struct pl_gone *g = taken_away(m, type);
	struct pl_str where, by = pl_merge_layer_name(m, g ? g->layer : v->layer);
	pl_auto_buf what;

	pl_buf_init(&what, PL_MiB(1));
	where = pl_arena_fmt(&m->scratch, "layer %u: /%.*s", v->layer,
			     PL_FMT(m->seen[pl_merge_origin(m, v->layer, v->entry)]));
	pl_buf_fmt(&what,
		   "the database of the %s packages stands at a place that is not its own, under "
		   "which no package manager finds it; ",
		   pl_pkg_type_name(type));
	if (g)
		pl_buf_fmt(&what, "%.*s took it away from /%.*s", PL_FMT(by),
			   PL_FMT(pl_merge_evidence(m, g->version)));
	else
		pl_buf_fmt(&what, "%.*s has it", PL_FMT(by));
	pl_diag_add(m->diags, PL_W_WARN, "database-moved", where, pl_buf_view(&what),
		    PL_STR("its packages were read"));
}

void pl_merge_hidden(struct pl_merge *m)
{
	struct search s = {.m = m};

	s.whole = pl_xcalloc(m->versions.len + 1, 1);
	for (int os = 1; os >= 0; os--) {
		pl_map_init(&s.by_key);
		os ? find_os(&s) : find_language(&s);
		pl_map_release(&s.by_key);
		s.rows.len = s.chain.len = 0;
	}
	tell(m);
	for (size_t i = 0; i < m->moved.len; i++)
		tell_moved(m, m->moved.at[i]);
	for (size_t i = 0; i < m->gone.len; i++)
		if (m->gone.at[i].hidden)
			pl_merge_add_hidden(m, &m->gone.at[i]);
	pl_vec_release(&s.rows);
	pl_vec_release(&s.chain);
	free(s.whole);
}
