/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watched paths and their directories as a tree of names. An entry of a layer marks the node it
 * is about: a whiteout its victim, an opaque marker what is in its directory, anything else what
 * stood in its place (OCI image-spec v1.1, layer.md). A path is gone when it or a directory above
 * is.
 */
#include "catalog/removed.h"

enum { ROOT = 0, NEVER = UINT32_MAX };

struct place {
	uint32_t parent;
	uint32_t gone;	 /* layer that took it and all below away */
	uint32_t opaque; /* layer that took all below away */
	uint32_t dir;	 /* layer that has a directory here: a file of this name is gone */
};
struct pl_removed {
	struct pl_arena arena;
	struct pl_map by_name; /* number of the parent and name */
	PL_VEC(struct place) places;
	struct pl_buf key;
};

struct pl_removed *pl_removed_new(void)
{
	struct pl_removed *r = pl_xcalloc(1, sizeof(*r));

	pl_arena_init(&r->arena);
	pl_map_init(&r->by_name);
	pl_buf_init(&r->key, PL_MiB(16));
	pl_vec_push(&r->places, (struct place){NEVER, NEVER, NEVER, NEVER});
	return r;
}

void pl_removed_free(struct pl_removed *r)
{
	if (!r)
		return;
	pl_arena_release(&r->arena);
	pl_map_release(&r->by_name);
	pl_vec_release(&r->places);
	pl_buf_release(&r->key);
	free(r);
}

static struct pl_str key_of(struct pl_removed *r, uint32_t parent, struct pl_str name)
{
	pl_buf_reset(&r->key);
	pl_buf_add(&r->key, &parent, sizeof(parent));
	pl_buf_str(&r->key, name);
	return pl_buf_view(&r->key);
}

static uint32_t child(struct pl_removed *r, uint32_t parent, struct pl_str name)
{
	return pl_map_get(&r->by_name, key_of(r, parent, name));
}

uint32_t pl_removed_watch(struct pl_removed *r, struct pl_str path)
{
	uint32_t at = ROOT, next;
	struct pl_str name;

	while (pl_str_split(&path, '/', &name)) {
		next = child(r, at, name);
		if (next == PL_MAP_NONE) {
			next = (uint32_t)r->places.len;
			pl_map_put(&r->by_name, pl_arena_str(&r->arena, key_of(r, at, name)), next);
			pl_vec_push(&r->places, (struct place){at, NEVER, NEVER, NEVER});
		}
		at = next;
	}
	return at;
}

/* An entry, its directories found by name as the layer writes them. */
static void show(struct pl_removed *r, const struct pl_node *e, uint32_t layer)
{
	struct pl_str base = pl_path_base(e->path), rest = pl_path_dir(e->path), name;
	bool white = pl_str_starts(base, PL_STR(".wh."));
	uint32_t at = ROOT;

	while (at != PL_MAP_NONE && rest.len && pl_str_split(&rest, '/', &name)) {
		at = child(r, at, name);
		if (at != PL_MAP_NONE)
			r->places.at[at].dir = layer;
	}
	if (at == PL_MAP_NONE)
		return;
	if (white && pl_str_eq_c(base, ".wh..wh..opq")) {
		r->places.at[at].opaque = layer;
		return;
	}
	at = child(r, at, white ? pl_str_sub(base, 4, base.len) : base);
	if (at == PL_MAP_NONE)
		return;
	if (!white && e->type == PL_FT_DIR)
		r->places.at[at].dir = layer;
	else
		r->places.at[at].gone = layer;
}

void pl_removed_layer(struct pl_removed *r, const struct pl_facts *f, uint32_t layer)
{
	for (size_t i = 0; i < f->entries.len; i++)
		show(r, &f->entries.at[i], layer);
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

uint32_t pl_removed_by(const struct pl_removed *r, uint32_t path)
{
	uint32_t by = least(r->places.at[path].gone, r->places.at[path].dir);

	for (uint32_t at = r->places.at[path].parent; at != NEVER; at = r->places.at[at].parent)
		by = least(by, least(r->places.at[at].gone, r->places.at[at].opaque));
	return by;
}
