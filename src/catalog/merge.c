/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facts of all layers to one inventory. The tree says which file of which layer is still seen
 * in the image. Here are the tree, what is read off it, and the order of the rest.
 */
#include "catalog/globs.h"
#include "catalog/merge_int.h"
#include "catalog/relations.h"

#include <stdlib.h>

/* --- the tree ------------------------------------------------------------------------------- */

/* The number of entries up to and with this layer; without it, when they cannot be numbered. */
static uint32_t count_entries(struct pl_merge *m, size_t layer, uint32_t before)
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

static uint32_t plant(struct pl_merge *m)
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
			e.origin = e.type == PL_FT_FILE || e.type == PL_FT_DIR ? total + (uint32_t)k
									       : PL_ORIGIN_NONE;
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

static void see(struct pl_merge *m, const struct pl_node *n)
{
	struct pl_str *seen = &m->seen[n->origin];
	uint8_t *flags = &m->flags[n->origin];
	struct pl_globs_hit hits[PL_PKG__COUNT];
	bool regular = (*flags & PL_SEEN_SNIFFED) && !(*flags & PL_SEEN_REGULAR) &&
		       pl_globs_ask(m->databases, n->path, hits) > 0;

	/* of several names (hard links) the one where a database should be */
	if (!seen->ptr || regular)
		*seen = pl_arena_str(m->inv->arena, n->path);
	if (regular)
		*flags |= PL_SEEN_REGULAR;
}

static int visit(void *arg, const struct pl_node *n)
{
	struct pl_merge *m = arg;
	struct pl_file f;

	m->inv->entries++;
	if ((n->type == PL_FT_FILE || n->type == PL_FT_DIR) && n->origin != PL_ORIGIN_NONE &&
	    m->flags[n->origin] & PL_SEEN_ASKED)
		see(m, n);
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

static bool is_database(const struct pl_cataloger *c)
{
	return c->rooted && c->globs && c->evidence == PL_EV_DATABASE;
}

static void mark(struct pl_merge *m, size_t layer, uint32_t entry, bool sniffed)
{
	m->flags[pl_merge_origin(m, layer, entry)] |=
		PL_SEEN_ASKED | (sniffed ? PL_SEEN_SNIFFED : 0);
}

/* The patterns of all databases as one row: there is no need to know which. */
static void gather_databases(struct pl_merge *m)
{
	size_t n, patterns = 0;
	const struct pl_cataloger *const *all = pl_catalogers(&n);
	const char **globs;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; is_database(all[i]) && all[i]->globs[k]; k++)
			patterns++;
	globs = pl_arena_array(&m->scratch, const char *, patterns + 1);
	patterns = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; is_database(all[i]) && all[i]->globs[k]; k++)
			globs[patterns++] = all[i]->globs[k];
	m->databases = pl_globs_new(&(struct pl_globs_row){globs, true}, 1);
}

/* Finds under which path each file with facts is in the image, and the files for the checks. */
static void look(struct pl_merge *m, uint32_t total)
{
	m->seen = pl_xcalloc((size_t)total + 1, sizeof(*m->seen));
	m->flags = pl_xcalloc((size_t)total + 1, sizeof(*m->flags));
	m->owner_of = pl_xcalloc((size_t)total + 1, sizeof(*m->owner_of));
	memset(m->owner_of, 0xff, ((size_t)total + 1) * sizeof(*m->owner_of));
	for (size_t i = 0; i < m->n; i++) {
		const struct pl_facts *f = m->facts[i];

		for (size_t k = 0; f && k < f->packages.len; k++)
			mark(m, i, f->packages.at[k].entry, f->packages.at[k].sniffed);
		for (size_t k = 0; f && k < f->owned.len; k++)
			mark(m, i, f->owned.at[k].entry, false);
		for (size_t k = 0; f && k < f->programs.len; k++)
			m->flags[pl_merge_origin(m, i, f->programs.at[k].entry)] |=
				PL_SEEN_PROGRAM | (f->programs.at[k].dynamic ? PL_SEEN_DYNAMIC : 0);
		for (size_t k = 0; f && k < f->licenses.len; k++)
			mark(m, i, f->licenses.at[k].entry, false);
		for (size_t k = 0; f && k < f->systems.len; k++)
			mark(m, i, f->systems.at[k].entry, false);
		for (size_t k = 0; f && k < f->diags.len; k++)
			if (f->diags.at[k].entry != PL_NO_ENTRY)
				mark(m, i, f->diags.at[k].entry, false);
	}
	gather_databases(m);
	pl_tree_each(m->inv->tree, visit, m);
}

static int by_path(const void *a, const void *b)
{
	return pl_str_cmp(((const struct pl_file *)a)->path, ((const struct pl_file *)b)->path);
}

/* --- the rest ------------------------------------------------------------------------------- */

static void find_texts(struct pl_merge *m)
{
	static const char *const paths[] = {"etc/group", "etc/passwd"};

	for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++) {
		const struct pl_node *n = pl_tree_find(m->inv->tree, pl_str_c(paths[p]), true);
		uint32_t want = n ? n->origin : PL_ORIGIN_NONE;

		for (size_t i = 0; want != PL_ORIGIN_NONE && i < m->n; i++)
			for (size_t k = 0; m->facts[i] && k < m->facts[i]->texts.len; k++) {
				const struct pl_fact_text_row *row = &m->facts[i]->texts.at[k];
				struct pl_text_file t = {pl_str_c(paths[p]), {0}, (uint32_t)i};

				if (pl_merge_origin(m, i, row->entry) != want)
					continue;
				t.text = pl_merge_keep(m, row->text);
				pl_vec_push(&m->inv->texts, t);
			}
	}
}

/* "layer 2: /path", and for the layer itself its digest as the image states it */
static struct pl_str where_of(struct pl_merge *m, size_t layer, uint32_t entry)
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

struct pl_str pl_merge_layer_name(struct pl_merge *m, uint32_t layer)
{
	enum { SHOWN = 160 };
	struct pl_str by =
		layer < m->inv->layers.len ? m->inv->layers.at[layer].created_by : PL_STR("");

	if (!by.len)
		return pl_arena_fmt(&m->scratch, "layer %u", layer);
	return pl_arena_fmt(&m->scratch, "layer %u (%.*s%s)", layer,
			    (int)(by.len > SHOWN ? SHOWN : by.len), by.ptr,
			    by.len > SHOWN ? "…" : "");
}

enum { NOTES_MAX = 3 }; /* of one code about files of one layer */

/* Counts a note of the layer; others than notes, and notes of the layer itself, are not counted. */
static uint32_t count_note(struct pl_merge *m, struct pl_map *counts, size_t layer,
			   const struct pl_fact_diag_row *d)
{
	struct pl_str key;
	uint32_t n;

	if (d->weight != PL_W_NOTE || d->entry == PL_NO_ENTRY)
		return 0;
	key = pl_arena_fmt(&m->scratch, "%zu\n%.*s", layer, PL_FMT(d->code));
	n = pl_map_get(counts, key);
	n = n == PL_MAP_NONE ? 1 : n + 1;
	pl_map_put(counts, key, n);
	return n;
}

static uint32_t notes_in(struct pl_merge *m, const struct pl_map *counts, size_t layer,
			 struct pl_str code)
{
	return pl_map_get(counts, pl_arena_fmt(&m->scratch, "%zu\n%.*s", layer, PL_FMT(code)));
}

/* Of a file that a later layer took away or wrote anew. Only a database says more than itself: what
 * could not be read of it is lost, unless a whole one took its place. */
static bool is_past(struct pl_merge *m, size_t layer, const struct pl_fact_diag_row *d)
{
	struct pl_globs_hit hit;
	struct pl_str path;
	uint32_t v;

	if (d->entry == PL_NO_ENTRY || pl_merge_is_seen(m, layer, d->entry) ||
	    m->facts[layer]->entries.at[d->entry].type != PL_FT_FILE)
		return false;
	path = m->facts[layer]->entries.at[d->entry].path;
	if (d->weight < PL_W_FAILED || !pl_globs_ask(m->databases, path, &hit))
		return true;
	v = pl_map_get(&m->newest, path);
	return v != PL_MAP_NONE && m->versions.at[v].layer > layer &&
	       pl_merge_is_seen(m, m->versions.at[v].layer, m->versions.at[v].entry);
}

/* What hides something names who did it. */
static struct pl_str told_by(struct pl_merge *m, uint32_t layer, const struct pl_fact_diag_row *d)
{
	if (d->weight < PL_W_FAILED || d->entry == PL_NO_ENTRY || !pl_str_eq_c(d->code, "elf-lost"))
		return d->what;
	return pl_arena_fmt(&m->scratch, "%.*s, by %.*s", PL_FMT(d->what),
			    PL_FMT(pl_merge_layer_name(m, layer)));
}

static void tell_layer(struct pl_merge *m, size_t layer)
{
	const struct pl_facts *f = m->facts[layer];
	pl_auto_map all, told;

	pl_map_init(&all);
	pl_map_init(&told);
	for (size_t k = 0; k < f->diags.len; k++)
		if (!is_past(m, layer, &f->diags.at[k]))
			count_note(m, &all, layer, &f->diags.at[k]);
	for (size_t k = 0; k < f->diags.len; k++) {
		const struct pl_fact_diag_row *d = &f->diags.at[k];
		bool past = is_past(m, layer, d);
		uint32_t n = past ? UINT32_MAX : count_note(m, &told, layer, d);
		pl_auto_free char *code = pl_xstrdup(d->code);

		if (n <= NOTES_MAX)
			pl_diag_add(m->diags, d->weight, code, where_of(m, layer, d->entry),
				    told_by(m, (uint32_t)layer, d), PL_STR(""));
		else if (n == NOTES_MAX + 1)
			pl_diag_fmt(m->diags, d->weight, code, where_of(m, layer, PL_NO_ENTRY),
				    "%u more such notes about files of the layer",
				    notes_in(m, &all, layer, d->code) - NOTES_MAX);
	}
}

static void tell_diags(struct pl_merge *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->facts[i])
			tell_layer(m, i);
}

void pl_facts_merge(const struct pl_facts *const *facts, size_t n, bool all_layers,
		    struct pl_inventory *inv, struct pl_diags *diags)
{
	struct pl_merge m = {.n = n, .inv = inv, .diags = diags};

	pl_arena_init(&m.scratch);
	m.facts = pl_arena_array(&m.scratch, const struct pl_facts *, n + 1);
	for (size_t i = 0; i < n; i++)
		m.facts[i] = facts[i];
	pl_addenda_init(&m.addenda, &m.scratch);
	pl_map_init(&m.newest);
	pl_map_init(&m.keys);
	pl_map_init(&m.present);
	pl_map_init(&m.trees);
	pl_map_init(&m.named);
	pl_buf_init(&m.path, PL_MiB(1));
	pl_map_init(&m.interest);
	look(&m, plant(&m));
	if (inv->files.len)
		qsort(inv->files.at, inv->files.len, sizeof(*inv->files.at), by_path);
	pl_merge_packages(&m);
	pl_merge_owners(&m);
	if (all_layers)
		pl_merge_removed(&m);
	pl_merge_licenses(&m);
	pl_merge_claims(&m);
	pl_merge_unowned(&m);
	pl_relations_find(&(struct pl_relations){.inv = inv, .diags = diags});
	pl_merge_system(&m);
	find_texts(&m);
	tell_diags(&m);
	pl_inventory_finish(inv);
	for (size_t i = 0; i < m.versions.len; i++)
		pl_map_release(&m.versions.at[i].names);
	pl_vec_release(&m.versions);
	pl_vec_release(&m.owners);
	pl_vec_release(&m.strays);
	pl_addenda_release(&m.addenda);
	pl_map_release(&m.newest);
	pl_map_release(&m.keys);
	pl_map_release(&m.present);
	pl_map_release(&m.trees);
	pl_map_release(&m.named);
	pl_vec_release(&m.gone);
	pl_vec_release(&m.moved);
	pl_buf_release(&m.path);
	pl_globs_free(m.databases);
	free(m.flags);
	free(m.owner_of);
	pl_map_release(&m.interest);
	free(m.seen);
	pl_arena_release(&m.scratch);
}
