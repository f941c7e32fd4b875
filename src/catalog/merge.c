/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facts of all layers to one inventory. The tree says which file of which layer is still seen
 * in the image; a package counts when its evidence is. It was brought by the lowest layer from
 * which on every version of that evidence has it: a database is written anew by each layer that
 * installs something.
 */
#include "catalog/removed.h"

#include <stdlib.h>

struct version { /* of an evidence file: one layer's copy of it */
	uint32_t layer, entry;
	uint32_t older;	     /* index of the copy below, or PL_MAP_NONE */
	uint32_t first;	     /* of its packages, which follow each other */
	uint32_t gone;	     /* layer that took it away, UINT32_MAX when none did */
	struct pl_map names; /* of packages in it, by identity */
};

struct merge {
	const struct pl_facts **facts; /* NULL where a layer is lost */
	size_t n;
	struct pl_inventory *inv;
	struct pl_diags *diags;
	struct pl_arena scratch;
	uint32_t *base;	      /* origin of the first entry of each layer */
	struct pl_str *seen;  /* by origin: the path under which it is in the image */
	struct pl_map newest; /* path of evidence to its newest version */
	PL_VEC(struct version) versions;
	struct pl_map keys;	/* names of OS packages in file lists to their index */
	struct pl_map interest; /* paths whose owner is asked for, to an index of owners */
	PL_VEC(uint32_t) owners;
};

static uint32_t origin(const struct merge *m, size_t layer, uint32_t entry)
{
	return m->base[layer] + entry;
}

static bool is_seen(const struct merge *m, size_t layer, uint32_t entry)
{
	return m->seen[origin(m, layer, entry)].ptr != NULL;
}

static struct pl_str keep(struct merge *m, struct pl_str s)
{
	return s.len ? pl_arena_str(m->inv->arena, s) : PL_STR("");
}

/* --- the tree ------------------------------------------------------------------------------- */

/* The number of entries up to and with this layer; without it, when they cannot be numbered. */
static uint32_t count_entries(struct merge *m, size_t layer, uint32_t before)
{
	uint64_t all = (uint64_t)before + (m->facts[layer] ? m->facts[layer]->entries.len : 0);

	if (all < PL_ORIGIN_NONE)
		return (uint32_t)all;
	pl_diag_fmt(m->diags, PL_W_FATAL, "layer-lost",
		    pl_arena_fmt(&m->scratch, "layer %zu", layer),
		    "the layers have more entries than can be numbered");
	m->facts[layer] = NULL;
	return before;
}

static uint32_t plant(struct merge *m)
{
	uint32_t total = 0, next;

	m->base = pl_arena_array(&m->scratch, uint32_t, m->n + 1);
	m->inv->tree = pl_tree_new();
	for (size_t i = 0; i < m->n; i++, total = next) {
		m->base[i] = total;
		next = count_entries(m, i, total);
		pl_tree_layer(m->inv->tree, (uint32_t)i);
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->entries.len; k++) {
			struct pl_node e = m->facts[i]->entries.at[k];

			e.layer = (uint32_t)i;
			e.origin = e.type == PL_FT_FILE ? total + (uint32_t)k : PL_ORIGIN_NONE;
			pl_tree_add(m->inv->tree, &e, m->diags);
		}
	}
	return total;
}

/* Where caches of package managers lie; the check room looks at them. */
static bool in_cache(struct pl_str path)
{
	static const char *const dirs[] = {"var/lib/apt/lists", "var/cache", "etc/apk/cache",
					   "usr/local/share/.cache"};
	static const char *const homes[] = {".npm", ".cache", ".cargo/registry", ".m2/repository",
					    ".gradle/caches"};
	struct pl_str rest = path, part;

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (pl_path_under(path, pl_str_c(dirs[i])))
			return true;
	if (!pl_str_split(&rest, '/', &part))
		return false;
	if (pl_str_eq_c(part, "home") && !pl_str_split(&rest, '/', &part))
		return false;
	if (!pl_str_eq_c(part, "root") && !pl_str_starts(path, PL_STR("home/")))
		return false;
	for (size_t i = 0; rest.ptr && i < sizeof(homes) / sizeof(homes[0]); i++)
		if (pl_path_under(rest, pl_str_c(homes[i])))
			return true;
	return false;
}

static bool interesting(const struct pl_node *n)
{
	struct pl_str dir = pl_path_base(pl_path_dir(n->path));

	if (n->type == PL_FT_CHAR || n->type == PL_FT_BLOCK)
		return true;
	if (n->type == PL_FT_FILE && ((n->mode & 06000) || n->has_caps || in_cache(n->path)))
		return true;
	return (n->type == PL_FT_FILE || n->type == PL_FT_SYMLINK) &&
	       (pl_str_eq_c(dir, "bin") || pl_str_eq_c(dir, "sbin"));
}

static int visit(void *arg, const struct pl_node *n)
{
	struct merge *m = arg;
	struct pl_file f;

	m->inv->entries++;
	if (n->type == PL_FT_FILE && n->origin != PL_ORIGIN_NONE && m->seen[n->origin].len == 1 &&
	    m->seen[n->origin].ptr == NULL)
		m->seen[n->origin] = pl_arena_str(m->inv->arena, n->path);
	if (!interesting(n))
		return 0;
	f = (struct pl_file){.path = pl_arena_str(m->inv->arena, n->path),
			     .type = n->type,
			     .mode = n->mode,
			     .uid = n->uid,
			     .gid = n->gid,
			     .size = n->size,
			     .layer = n->layer,
			     .owner = PL_NO_PKG,
			     .has_caps = n->has_caps};
	if (n->link.len)
		f.link = pl_arena_str(m->inv->arena, n->link);
	pl_vec_push(&m->inv->files, f);
	return 0;
}

static void mark(struct merge *m, size_t layer, uint32_t entry)
{
	m->seen[origin(m, layer, entry)].len = 1; /* asked for, not found yet */
}

/* Finds under which path each file with facts is in the image, and the files for the checks. */
static void look(struct merge *m, uint32_t total)
{
	m->seen = pl_xcalloc((size_t)total + 1, sizeof(*m->seen));
	for (size_t i = 0; i < m->n; i++) {
		const struct pl_facts *f = m->facts[i];

		for (size_t k = 0; f && k < f->packages.len; k++)
			mark(m, i, f->packages.at[k].entry);
		for (size_t k = 0; f && k < f->owned.len; k++)
			mark(m, i, f->owned.at[k].entry);
		for (size_t k = 0; f && k < f->systems.len; k++)
			mark(m, i, f->systems.at[k].entry);
	}
	pl_tree_each(m->inv->tree, visit, m);
}

static int by_path(const void *a, const void *b)
{
	return pl_str_cmp(((const struct pl_file *)a)->path, ((const struct pl_file *)b)->path);
}

/* --- packages ------------------------------------------------------------------------------- */

static struct pl_str identity(struct merge *m, const struct pl_pkg_fact *p)
{
	return pl_arena_fmt(&m->scratch, "%u\n%.*s\n%.*s\n%.*s\n%.*s", p->type, PL_FMT(p->name),
			    PL_FMT(p->version), PL_FMT(p->arch), PL_FMT(p->inner));
}

/* The version of an evidence file in its layer, made when it is met first. */
static uint32_t version_of(struct merge *m, size_t layer, uint32_t entry, uint32_t first)
{
	struct pl_str path = m->facts[layer]->entries.at[entry].path;
	uint32_t top = pl_map_get(&m->newest, path);
	struct version v = {.layer = (uint32_t)layer, .entry = entry, .older = top, .first = first};

	if (top != PL_MAP_NONE && m->versions.at[top].layer == layer &&
	    m->versions.at[top].entry == entry)
		return top;
	pl_map_init(&v.names);
	pl_map_put(&m->newest, path, (uint32_t)m->versions.len);
	pl_vec_push(&m->versions, v);
	return (uint32_t)m->versions.len - 1;
}

static uint32_t brought_by(const struct merge *m, uint32_t version, struct pl_str id)
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
static struct pl_str *split_lines(struct merge *m, struct pl_str s, size_t *n)
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

static void add_package(struct merge *m, const struct pl_fact_pkg_row *row, struct pl_str path,
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

	p.name = keep(m, f->name);
	p.version = keep(m, f->version);
	p.arch = keep(m, f->arch);
	p.source_name = keep(m, f->source_name);
	p.source_version = keep(m, f->source_version);
	if (pl_pkg_type_is_os(f->type)) {
		p.source_name = p.source_name.len ? p.source_name : p.name;
		p.source_version = p.source_version.len ? p.source_version : p.version;
	}
	p.module = keep(m, f->module);
	p.vendor = keep(m, f->vendor);
	p.sha1 = keep(m, f->sha1);
	p.how = keep(m, f->how);
	p.purl = keep(m, f->purl);
	p.root = keep(m, row->root);
	SPLIT_LINES(m, f->licenses, &p.licenses);
	SPLIT_LINES(m, f->cpes, &p.cpes);
	p.locations.at = pl_arena_new(m->inv->arena, struct pl_location);
	p.locations.len = p.locations.cap = 1;
	p.locations.at[0].layer = layer;
	p.locations.at[0].path = f->inner.len ? pl_arena_fmt(m->inv->arena, "%.*s!/%.*s",
							     PL_FMT(path), PL_FMT(f->inner))
					      : path;
	pl_vec_push(&m->inv->packages, p);
	/* file lists of another root speak of other files */
	if (removed_in != UINT32_MAX || !pl_pkg_type_is_os(f->type) || p.root.len)
		return;
	pl_map_put(&m->keys, p.name, (uint32_t)m->inv->packages.len - 1);
	if (f->key.len)
		pl_map_put(&m->keys, keep(m, f->key), (uint32_t)m->inv->packages.len - 1);
}

static void index_versions(struct merge *m)
{
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->packages.len; k++) {
			const struct pl_fact_pkg_row *row = &m->facts[i]->packages.at[k];
			uint32_t v = version_of(m, i, row->entry, (uint32_t)k);

			pl_map_put(&m->versions.at[v].names, identity(m, &row->fact), (uint32_t)k);
		}
}

/* For each version the layer that took its file away, or put another in its place. */
static void find_removals(struct merge *m)
{
	struct pl_removed *r = pl_removed_new();
	size_t v = m->versions.len;

	for (size_t i = 0; i < v; i++) {
		struct version *at = &m->versions.at[i];

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
static void cut_history(struct merge *m)
{
	for (size_t i = 0; i < m->versions.len; i++) {
		struct version *v = &m->versions.at[i];

		if (v->older != PL_MAP_NONE && m->versions.at[v->older].gone < v->layer)
			v->older = PL_MAP_NONE;
	}
}

static void add_present(struct merge *m)
{
	for (uint32_t v = 0; v < m->versions.len; v++) {
		uint32_t layer = m->versions.at[v].layer, entry = m->versions.at[v].entry;
		const struct pl_facts *f = m->facts[layer];

		if (!is_seen(m, layer, entry))
			continue;
		for (size_t k = m->versions.at[v].first;
		     k < f->packages.len && f->packages.at[k].entry == entry; k++)
			add_package(m, &f->packages.at[k], m->seen[origin(m, layer, entry)],
				    brought_by(m, v, identity(m, &f->packages.at[k].fact)),
				    UINT32_MAX);
	}
}

/* Packages of a version that is not in the image, which the next version has not got either. */
static void add_gone(struct merge *m, uint32_t v, uint32_t next, uint32_t gone)
{
	uint32_t layer = m->versions.at[v].layer, entry = m->versions.at[v].entry;
	const struct pl_facts *f = m->facts[layer];
	struct pl_str path = keep(m, f->entries.at[entry].path);

	for (size_t k = m->versions.at[v].first;
	     k < f->packages.len && f->packages.at[k].entry == entry; k++) {
		struct pl_str id = identity(m, &f->packages.at[k].fact);

		if (next == PL_MAP_NONE ||
		    pl_map_get(&m->versions.at[next].names, id) == PL_MAP_NONE)
			add_package(m, &f->packages.at[k], path, brought_by(m, v, id), gone);
	}
}

/* Packages of lower layers that no later version of their evidence has. */
static void add_removed(struct merge *m)
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

		if (is_seen(m, layer, m->versions.at[v].entry))
			continue;
		/* twice in one archive; or by a path that is written in another way */
		if (next != PL_MAP_NONE && m->versions.at[next].layer == layer)
			gone = layer;
		else if (gone == UINT32_MAX)
			gone = (uint32_t)m->n - 1;
		add_gone(m, v, next, gone);
	}
}

/* --- owners --------------------------------------------------------------------------------- */

static uint32_t ask_owner(struct merge *m, struct pl_str path)
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

static void own(struct merge *m, const struct pl_fact_owned_row *row)
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

static void find_owners(struct merge *m)
{
	for (size_t i = 0; i < m->inv->packages.len; i++)
		if (!pl_pkg_type_is_os(m->inv->packages.at[i].type))
			ask_owner(m, outer_path(m->inv->packages.at[i].locations.at[0].path));
	for (size_t i = 0; i < m->inv->files.len; i++)
		ask_owner(m, m->inv->files.at[i].path);
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->owned.len; k++)
			if (is_seen(m, i, m->facts[i]->owned.at[k].entry))
				own(m, &m->facts[i]->owned.at[k]);
	for (size_t i = 0; i < m->inv->packages.len; i++) {
		struct pl_pkg *p = &m->inv->packages.at[i];

		if (!pl_pkg_type_is_os(p->type) && p->removed_in == UINT32_MAX)
			p->owner = m->owners.at[ask_owner(m, outer_path(p->locations.at[0].path))];
	}
	for (size_t i = 0; i < m->inv->files.len; i++)
		m->inv->files.at[i].owner = m->owners.at[ask_owner(m, m->inv->files.at[i].path)];
}

/* --- the rest ------------------------------------------------------------------------------- */

static void choose_system(struct merge *m)
{
	const struct pl_fact_os_row *best = NULL;
	struct pl_str best_path = {0};
	struct pl_os *o = &m->inv->os;

	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->systems.len; k++) {
			const struct pl_fact_os_row *row = &m->facts[i]->systems.at[k];
			struct pl_str path = m->seen[origin(m, i, row->entry)];

			if (!path.ptr || row->root.len ||
			    (best &&
			     (row->rank > best->rank ||
			      (row->rank == best->rank && pl_str_cmp(path, best_path) >= 0))))
				continue;
			best = row;
			best_path = path;
		}
	if (!best)
		return;
	*o = (struct pl_os){.found = true, .evidence = best_path};
	o->id = keep(m, best->os.id);
	o->id_like = keep(m, best->os.id_like);
	o->version_id = keep(m, best->os.version_id);
	o->codename = keep(m, best->os.codename);
	o->name = keep(m, best->os.name);
	o->pretty_name = keep(m, best->os.pretty_name);
	o->variant_id = keep(m, best->os.variant_id);
}

static void find_texts(struct merge *m)
{
	static const char *const paths[] = {"etc/group", "etc/passwd"};

	for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++) {
		const struct pl_node *n = pl_tree_find(m->inv->tree, pl_str_c(paths[p]), true);
		uint32_t want = n ? n->origin : PL_ORIGIN_NONE;

		for (size_t i = 0; want != PL_ORIGIN_NONE && i < m->n; i++)
			for (size_t k = 0; m->facts[i] && k < m->facts[i]->texts.len; k++) {
				const struct pl_fact_text_row *row = &m->facts[i]->texts.at[k];
				struct pl_text_file t = {pl_str_c(paths[p]), {0}, (uint32_t)i};

				if (origin(m, i, row->entry) != want)
					continue;
				t.text = keep(m, row->text);
				pl_vec_push(&m->inv->texts, t);
			}
	}
}

/* "layer 2: /path", and for the layer itself its digest as the image states it */
static struct pl_str where_of(struct merge *m, size_t layer, uint32_t entry)
{
	const struct pl_layer_sum *sum =
		layer < m->inv->layers.len ? &m->inv->layers.at[layer] : NULL;
	struct pl_str path, digest;

	if (entry != PL_NO_ENTRY) {
		path = m->facts[layer]->entries.at[entry].path;
		return pl_arena_fmt(&m->scratch, "layer %zu: /%.*s", layer, PL_FMT(path));
	}
	if (!sum || !sum->blob.known)
		return pl_arena_fmt(&m->scratch, "layer %zu", layer);
	digest = pl_digest_text(&m->scratch, &sum->blob);
	return pl_arena_fmt(&m->scratch, "layer %zu (%.*s)", layer, PL_FMT(digest));
}

static void tell_diags(struct merge *m)
{
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->diags.len; k++) {
			const struct pl_fact_diag_row *d = &m->facts[i]->diags.at[k];
			pl_auto_free char *code = pl_xstrdup(d->code);

			pl_diag_add(m->diags, d->weight, code, where_of(m, i, d->entry), d->what,
				    PL_STR(""));
		}
}

void pl_facts_merge(const struct pl_facts *const *facts, size_t n, bool all_layers,
		    struct pl_inventory *inv, struct pl_diags *diags)
{
	struct merge m = {.n = n, .inv = inv, .diags = diags};

	pl_arena_init(&m.scratch);
	m.facts = pl_arena_array(&m.scratch, const struct pl_facts *, n + 1);
	for (size_t i = 0; i < n; i++)
		m.facts[i] = facts[i];
	pl_map_init(&m.newest);
	pl_map_init(&m.keys);
	pl_map_init(&m.interest);
	look(&m, plant(&m));
	if (inv->files.len)
		qsort(inv->files.at, inv->files.len, sizeof(*inv->files.at), by_path);
	index_versions(&m);
	find_removals(&m);
	cut_history(&m);
	add_present(&m);
	if (all_layers)
		add_removed(&m);
	find_owners(&m);
	choose_system(&m);
	find_texts(&m);
	tell_diags(&m);
	pl_inventory_finish(inv);
	for (size_t i = 0; i < m.versions.len; i++)
		pl_map_release(&m.versions.at[i].names);
	pl_vec_release(&m.versions);
	pl_vec_release(&m.owners);
	pl_map_release(&m.newest);
	pl_map_release(&m.keys);
	pl_map_release(&m.interest);
	free(m.seen);
	pl_arena_release(&m.scratch);
}
