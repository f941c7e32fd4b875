/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of a tree, and walking along paths. */
#include "image/tree_int.h"

enum { NAMES = 64 * 1024, LINKS_MAX = 255, WALK_PATHS = 4 };
#define NONE PL_NODE_NONE

/* --- names and the table -------------------------------------------------------------------- */

const char *pl_tstore_keep(struct pl_tstore *s, struct pl_str bytes)
{
	char *p;

	if (bytes.len > NAMES / 4)
		return pl_arena_str(&s->names, bytes).ptr;
	if (bytes.len > s->room_left) {
		s->room = pl_arena_alloc(&s->names, NAMES);
		s->room_left = NAMES;
	}
	p = s->room;
	if (bytes.len)
		memcpy(p, bytes.ptr, bytes.len);
	s->room += bytes.len;
	s->room_left -= bytes.len;
	return p;
}

static uint32_t hash_of(uint32_t parent, struct pl_str name)
{
	uint64_t h = pl_str_hash(name) ^ (parent * UINT64_C(0x9e3779b97f4a7c15));

	h *= UINT64_C(0xff51afd7ed558ccd);
	return (uint32_t)(h >> 32);
}

static uint32_t *slot_of(const struct pl_tstore *s, uint32_t parent, struct pl_str name,
			 uint32_t hash)
{
	size_t i = hash & (s->slots_cap - 1);

	for (; s->slots[i] != NONE; i = (i + 1) & (s->slots_cap - 1)) {
		const struct pl_tnode *n = pl_tnode_at(s, s->slots[i]);

		if (n->hash == hash && n->parent == parent && n->name_len == name.len &&
		    memcmp(n->name, name.ptr, name.len) == 0)
			break;
	}
	return &s->slots[i];
}

static void table_grow(struct pl_tstore *s)
{
	size_t cap = s->slots_cap * 2;
	uint32_t *slots = pl_xmalloc(pl_array_size(cap, sizeof(*slots)));

	memset(slots, 0xff, cap * sizeof(*slots));
	for (uint32_t id = 1; id < s->len; id++) {
		size_t i = pl_tnode_at(s, id)->hash & (cap - 1);

		while (slots[i] != NONE)
			i = (i + 1) & (cap - 1);
		slots[i] = id;
	}
	free(s->slots);
	s->slots = slots;
	s->slots_cap = cap;
}

static uint32_t node_new(struct pl_tstore *s)
{
	if (s->len % PL_TNODES == 0) {
		s->chunks = pl_xrealloc(s->chunks,
					pl_array_size(s->len / PL_TNODES + 1, sizeof(*s->chunks)));
		s->chunks[s->len / PL_TNODES] = pl_xcalloc(PL_TNODES, sizeof(struct pl_tnode));
	}
	return s->len++;
}

uint32_t pl_tstore_any(const struct pl_tstore *s, uint32_t parent, struct pl_str name)
{
	return *slot_of(s, parent, name, hash_of(parent, name));
}

uint32_t pl_tstore_lookup(const struct pl_tstore *s, uint32_t parent, struct pl_str name)
{
	uint32_t id = pl_tstore_any(s, parent, name);

	return id != NONE && pl_tnode_at(s, id)->alive ? id : NONE;
}

uint32_t pl_tstore_slot(struct pl_tstore *s, uint32_t parent, struct pl_str name)
{
	uint32_t hash = hash_of(parent, name), *slot = slot_of(s, parent, name, hash), id = *slot;
	struct pl_tnode *n;

	if (id == NONE) {
		id = *slot = node_new(s);
		n = pl_tnode_at(s, id);
		n->name = pl_tstore_keep(s, name);
		n->name_len = (uint16_t)name.len;
		n->parent = parent;
		n->hash = hash;
		n->path_len =
			(uint16_t)(pl_tnode_at(s, parent)->path_len + (parent != 0) + name.len);
		n->first = n->lower = NONE;
		if ((size_t)s->len * 4 > s->slots_cap * 3)
			table_grow(s);
	}
	n = pl_tnode_at(s, id);
	if (!n->linked) {
		n->next = pl_tnode_at(s, parent)->first;
		pl_tnode_at(s, parent)->first = id;
		n->linked = true;
	}
	return id;
}

uint32_t pl_tstore_obtain(struct pl_tstore *s, uint32_t parent, struct pl_str name, uint32_t layer)
{
	uint32_t id = pl_tstore_slot(s, parent, name);
	struct pl_tnode *n = pl_tnode_at(s, id);

	if (n->alive)
		return id;
	n->first = n->lower = NONE;
	n->link = NULL;
	n->link_len = 0;
	n->type = PL_FT_DIR;
	n->mode = 0755;
	n->size = n->uid = n->gid = 0;
	n->layer = layer;
	n->origin = PL_ORIGIN_NONE;
	n->caps = n->opaque = n->made = false;
	n->alive = true;
	return id;
}

struct pl_tstore *pl_tstore_new(void)
{
	struct pl_tstore *s = pl_xcalloc(1, sizeof(*s));
	struct pl_tnode *root;

	pl_arena_init(&s->names);
	s->slots_cap = 1024;
	s->slots = pl_xmalloc(s->slots_cap * sizeof(*s->slots));
	memset(s->slots, 0xff, s->slots_cap * sizeof(*s->slots));
	root = pl_tnode_at(s, node_new(s));
	root->name = "";
	root->first = root->next = NONE;
	root->mode = 0755;
	root->type = PL_FT_DIR;
	root->origin = PL_ORIGIN_NONE;
	root->alive = root->made = true;
	return s;
}

void pl_tstore_free(struct pl_tstore *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < s->len; i += PL_TNODES)
		free(s->chunks[i / PL_TNODES]);
	free(s->chunks);
	free(s->slots);
	pl_arena_release(&s->names);
	free(s);
}

void pl_tstore_empty(struct pl_tstore *s, uint32_t id)
{
	PL_VEC(uint32_t) todo = {0};

	pl_vec_push(&todo, id);
	while (todo.len) {
		struct pl_tnode *dir = pl_tnode_at(s, todo.at[--todo.len]);

		for (uint32_t c = dir->first; c != NONE; c = pl_tnode_at(s, c)->next) {
			struct pl_tnode *n = pl_tnode_at(s, c);

			n->alive = n->linked = n->white = false;
			if (n->type == PL_FT_DIR && n->first != NONE)
				pl_vec_push(&todo, c);
		}
		dir->first = NONE;
	}
	pl_vec_release(&todo);
}

bool pl_tstore_too_long(const struct pl_tstore *s, uint32_t parent, struct pl_str name)
{
	uint64_t max = pl_limit(PL_LIM_PATH_BYTES);

	return pl_tnode_at(s, parent)->path_len + 1 + name.len >
	       (max < UINT16_MAX ? max : UINT16_MAX);
}

/* --- walking -------------------------------------------------------------------------------- */

struct steps {
	struct pl_str stack[LINKS_MAX + 1]; /* what is still to go, the innermost link last */
	size_t depth, links;
	uint64_t bytes; /* names and slashes passed: bounds the work of one look-up */
};

/* Drops slashes and exhausted strings, so that depth 0 means: nothing is left. */
static void settle(struct steps *w)
{
	while (w->depth) {
		struct pl_str *rest = &w->stack[w->depth - 1];

		for (; rest->len && rest->ptr[0] == '/'; w->bytes++)
			*rest = pl_str_sub(*rest, 1, rest->len);
		if (rest->len)
			return;
		w->depth--;
	}
}

static bool next_part(struct steps *w, struct pl_str *part)
{
	struct pl_str *rest;
	ptrdiff_t slash;

	if (w->depth == 0)
		return false;
	rest = &w->stack[w->depth - 1];
	slash = pl_str_chr(*rest, '/');
	*part = pl_str_sub(*rest, 0, slash < 0 ? rest->len : (size_t)slash);
	*rest = pl_str_sub(*rest, part->len, rest->len);
	w->bytes += part->len;
	settle(w);
	return true;
}

static enum pl_walked follow(struct steps *w, const struct pl_tnode *n, uint32_t *cur)
{
	if (++w->links > pl_limit(PL_LIM_SYMLINKS) || w->depth > LINKS_MAX)
		return PL_WALK_LOOP;
	w->stack[w->depth++] = pl_str_n(n->link, n->link_len);
	if (n->link[0] == '/')
		*cur = 0;
	settle(w);
	return PL_WALK_OK;
}

/* One component: from the directory *cur to the child, or to where a link leads. */
static enum pl_walked step(const struct pl_tstore *s, const struct pl_walk *how, struct steps *w,
			   struct pl_str part, bool last, uint32_t *cur)
{
	enum pl_walked why = PL_WALK_MISSING;
	uint32_t id;

	if (pl_str_eq_c(part, "."))
		return PL_WALK_OK;
	if (pl_str_eq_c(part, "..")) {
		*cur = pl_tnode_at(s, *cur)->parent;
		return PL_WALK_OK;
	}
	id = pl_tstore_lookup(s, *cur, part);
	/* an empty target leads nowhere, as in Linux */
	if (id != NONE && pl_tnode_at(s, id)->link_len && (last || w->depth))
		return follow(w, pl_tnode_at(s, id), cur);
	if (how && (id == NONE || pl_tnode_at(s, id)->type != PL_FT_DIR))
		id = how->make(how->arg, *cur, part, &why);
	else if (id != NONE && pl_tnode_at(s, id)->type != PL_FT_DIR && w->depth)
		id = NONE;
	if (id == NONE)
		return why;
	*cur = id;
	return PL_WALK_OK;
}

enum pl_walked pl_tstore_walk(const struct pl_tstore *s, const struct pl_walk *how,
			      struct pl_str path, bool last, uint32_t *out)
{
	struct steps w;
	struct pl_str part;
	uint32_t cur = 0;

	w.depth = 1;
	w.links = 0;
	w.bytes = 0;
	w.stack[0] = path;
	settle(&w);
	while (next_part(&w, &part)) {
		enum pl_walked rc = w.bytes > WALK_PATHS * pl_limit(PL_LIM_PATH_BYTES)
					    ? PL_WALK_LONG
					    : step(s, how, &w, part, last, &cur);

		if (rc != PL_WALK_OK)
			return rc;
	}
	*out = cur;
	return PL_WALK_OK;
}
