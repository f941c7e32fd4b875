/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages in the image, and those that were taken away. A package counts when its evidence is
 * seen. It was brought by the lowest layer from which on every version of that evidence has it: a
 * database is written anew by each layer that installs something.
 */
#include "catalog/merge_int.h"

#include <stdlib.h>

struct pl_str pl_merge_identity(struct pl_merge *m, const struct pl_fact_pkg_row *row)
{
	const struct pl_pkg_fact *p = &row->fact;

	return pl_arena_fmt(&m->scratch, "%u\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s", p->type,
			    PL_FMT(row->root), PL_FMT(p->name), PL_FMT(p->version), PL_FMT(p->arch),
			    PL_FMT(p->inner));
}

struct pl_str pl_merge_name(struct pl_merge *m, const struct pl_fact_pkg_row *row)
{
	return pl_arena_fmt(&m->scratch, "%u\n%.*s\n%.*s", row->fact.type, PL_FMT(row->root),
			    PL_FMT(row->fact.name));
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

/* By what others may ask for a package of the image. */
static void remember(struct pl_merge *m, const struct pl_fact_pkg_row *row, uint32_t index)
{
	pl_map_put(&m->present, pl_merge_identity(m, row), index);
	pl_map_put(&m->named, pl_merge_name(m, row), index);
	pl_addenda_key(&m->addenda, &row->fact, index);
	if (!pl_pkg_type_is_os(row->fact.type))
		return;
	pl_map_put(&m->keys, pl_merge_key(m, row->root, row->fact.name), index);
	if (row->fact.key.len)
		pl_map_put(&m->keys, pl_merge_key(m, row->root, row->fact.key), index);
}

static void add_package(struct pl_merge *m, const struct pl_fact_pkg_row *row, struct pl_str path,
			uint32_t layer, uint32_t removed_in)
{
	const struct pl_pkg_fact *f = &row->fact;
	struct pl_pkg p = {.type = f->type,
			   .layer = layer,
			   .owner = PL_NO_PKG,
			   .removed_in = removed_in,
			   .hidden_in = UINT32_MAX,
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
	if (f->evidence == PL_EV_SBOM)
		return; /* a claim owns no files and is called by nobody */
	if (removed_in == UINT32_MAX)
		remember(m, row, (uint32_t)m->inv->packages.len - 1);
}

static void index_versions(struct pl_merge *m)
{
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->packages.len; k++) {
			const struct pl_fact_pkg_row *row = &m->facts[i]->packages.at[k];
			uint32_t v = version_of(m, i, row->entry, (uint32_t)k);

			pl_map_put(&m->versions.at[v].names, pl_merge_identity(m, row),
				   (uint32_t)k);
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

/* A database of an operating system under a name that no pattern knows. */
static bool is_moved(const struct pl_merge *m, const struct pl_version *v)
{
	const struct pl_fact_pkg_row *row = &m->facts[v->layer]->packages.at[v->first];

	return row->sniffed && pl_pkg_type_is_os(row->fact.type) &&
	       !(m->flags[pl_merge_origin(m, v->layer, v->entry)] & PL_SEEN_REGULAR);
}

static enum pl_pkg_type type_of(const struct pl_merge *m, const struct pl_version *v)
{
	return m->facts[v->layer]->packages.at[v->first].fact.type;
}

/* Calls fn for the packages of a version. */
static size_t each_package(struct pl_merge *m, uint32_t version,
			   void (*fn)(struct pl_merge *m, uint32_t version, uint32_t row))
{
	const struct pl_version *v = &m->versions.at[version];
	const struct pl_facts *f = m->facts[v->layer];
	size_t k = v->first;

	for (; k < f->packages.len && f->packages.at[k].entry == v->entry; k++)
		if (fn)
			fn(m, version, (uint32_t)k);
	return k - v->first;
}

static void add_present(struct pl_merge *m, uint32_t version, uint32_t row)
{
	const struct pl_version *v = &m->versions.at[version];
	const struct pl_fact_pkg_row *p = &m->facts[v->layer]->packages.at[row];

	struct pl_str path = m->seen[pl_merge_origin(m, v->layer, v->entry)];
	uint32_t layer = brought_by(m, version, pl_merge_identity(m, p));

	if (m->no_declared && p->fact.evidence == PL_EV_LOCK_FILE)
		m->left_out++;
	else if (p->fact.adds)
		pl_addenda_later(&m->addenda, p, path, layer);
	else
		add_package(m, p, path, layer, UINT32_MAX);
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

static void add_copy(struct pl_merge *m, uint32_t version, uint32_t row)
{
	struct pl_gone g = {.version = version, .row = row, .layer = UINT32_MAX, .copy = true};

	pl_vec_push(&m->gone, g);
}

/* Databases under other names count when there is none where it should be, then the largest;
 * otherwise they are copies, which only tell what may be hidden. */
static void add_moved(struct pl_merge *m, const uint32_t *moved, size_t n)
{
	uint32_t best[PL_PKG__COUNT];
	size_t most[PL_PKG__COUNT] = {0};

	for (size_t i = 0; i < PL_PKG__COUNT; i++)
		best[i] = PL_MAP_NONE;
	for (size_t i = 0; i < m->inv->packages.len; i++)
		if (!m->inv->packages.at[i].root.len &&
		    m->inv->packages.at[i].evidence != PL_EV_BUILD_INFO)
			most[m->inv->packages.at[i].type] = SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		enum pl_pkg_type t = type_of(m, &m->versions.at[moved[i]]);
		size_t count = each_package(m, moved[i], NULL);

		if (count > most[t]) {
			most[t] = count;
			best[t] = moved[i];
		}
	}
	for (size_t i = 0; i < n; i++) {
		bool is_it = best[type_of(m, &m->versions.at[moved[i]])] == moved[i];

		each_package(m, moved[i], is_it ? add_present : add_copy);
		if (is_it)
			pl_vec_push(&m->moved, moved[i]);
	}
}

static void add_seen(struct pl_merge *m)
{
	PL_VEC(uint32_t) moved = {0};

	for (uint32_t v = 0; v < m->versions.len; v++) {
		const struct pl_version *at = &m->versions.at[v];

		if (!pl_merge_is_seen(m, at->layer, at->entry))
			continue;
		if (is_moved(m, at))
			pl_vec_push(&moved, v);
		else
			each_package(m, v, add_present);
	}
	add_moved(m, moved.at, moved.len);
	pl_vec_release(&moved);
}

/* Packages of a version that is not in the image, which the next version has not got either. */
static void note_gone(struct pl_merge *m, uint32_t v, uint32_t next, uint32_t gone)
{
	const struct pl_version *at = &m->versions.at[v];
	const struct pl_facts *f = m->facts[at->layer];
	struct pl_gone g = {.version = v, .layer = gone, .whole = next == PL_MAP_NONE};

	for (size_t k = at->first; k < f->packages.len && f->packages.at[k].entry == at->entry;
	     k++) {
		g.row = (uint32_t)k;
		if (f->packages.at[k].fact.adds ||
		    (m->no_declared && f->packages.at[k].fact.evidence == PL_EV_LOCK_FILE))
			continue;
		if (g.whole || pl_map_get(&m->versions.at[next].names,
					  pl_merge_identity(m, &f->packages.at[k])) == PL_MAP_NONE)
			pl_vec_push(&m->gone, g);
	}
}

static void find_gone(struct pl_merge *m)
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
		note_gone(m, v, next, gone);
	}
}

static uint32_t brought(struct pl_merge *m, const struct pl_gone *g)
{
	return brought_by(m, g->version, pl_merge_identity(m, pl_merge_row(m, g)));
}

void pl_merge_add_hidden(struct pl_merge *m, const struct pl_gone *g)
{
	add_package(m, pl_merge_row(m, g), pl_merge_keep(m, pl_merge_evidence(m, g->version)),
		    brought(m, g), UINT32_MAX);
	m->inv->packages.at[m->inv->packages.len - 1].hidden_in =
		g->copy ? m->versions.at[g->version].layer : g->layer;
}

void pl_merge_removed(struct pl_merge *m)
{
	for (size_t i = 0; i < m->gone.len; i++) {
		const struct pl_gone *g = &m->gone.at[i];

		if (!g->hidden && !g->copy && !g->kept)
			add_package(m, pl_merge_row(m, g),
				    pl_merge_keep(m, pl_merge_evidence(m, g->version)),
				    brought(m, g), g->layer);
	}
}

/* A database that moves is the same: who brought what it has is not the layer that moved it. */
static void follow_moves(struct pl_merge *m)
{
	for (size_t i = 0; i < m->gone.len; i++) {
		struct pl_gone *g = &m->gone.at[i];
		uint32_t now = pl_map_get(&m->present, pl_merge_identity(m, pl_merge_row(m, g)));

		if (now == PL_MAP_NONE || g->copy || m->inv->packages.at[now].layer != g->layer ||
		    !pl_pkg_type_is_os(pl_merge_row(m, g)->fact.type))
			continue;
		m->inv->packages.at[now].layer = brought(m, g);
		g->kept = true;
	}
}

/* A directory with a system in it is what is installed; one without may be somebody's sources. */
static bool is_installed(const struct pl_merge *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct pl_facts *f = m->facts[i];

		if (f && f->systems.len)
			return true;
		for (size_t k = 0; f && k < f->packages.len; k++)
			if (f->packages.at[k].fact.evidence == PL_EV_DATABASE &&
			    pl_pkg_type_is_os(f->packages.at[k].fact.type))
				return true;
	}
	return false;
}

static void tell_left_out(struct pl_merge *m)
{
	if (m->left_out)
		pl_diag_add(m->diags, PL_W_NOTE, "declared-left-out", PL_STR(""),
			    pl_arena_fmt(&m->scratch,
					 "lock files declare %llu packages; in a system only what "
					 "is installed counts",
					 (unsigned long long)m->left_out),
			    PL_STR("--declared counts them, too"));
}

void pl_merge_packages(struct pl_merge *m)
{
	m->no_declared = !m->inv->want_declared && is_installed(m);
	index_versions(m);
	find_removals(m);
	cut_history(m);
	add_seen(m);
	tell_left_out(m);
	give_addenda(m);
	find_gone(m);
	follow_moves(m);
}
