/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The merged tree: tar entries of layers applied bottom to top, as an engine extracts them.
 *
 * Rules: OCI image-spec v1.1 layer.md ("Applying Changesets", "Whiteouts") and what containerd
 * and Docker do where that page is silent: the parent of an entry is resolved through symbolic
 * links inside the root, missing parents are made, the last component is never followed, a
 * directory over a directory merges, anything else replaces.
 *
 * A node is found by (parent, name) in one hash table and never moves. Removing marks it dead; the
 * same name that comes again wakes it. Children hang in unsorted lists, sorted when they are
 * iterated: adding is constant time also for a million names in one directory.
 */
#include "image/image.h"

#include <stdio.h>

enum { CHUNK = 1024, NAMES = 64 * 1024, LINKS_MAX = 255, WALK_PATHS = 4 };
#define NONE UINT32_MAX

struct node {
	const char *name;
	const char *link;
	uint64_t size;
	uint32_t parent, first, next;
	uint32_t hash;
	uint32_t uid, gid; /* 32 bits in Linux; larger claims are cut to the maximum */
	uint32_t layer, origin;
	uint32_t clean; /* a directory: holds nothing of layers before this one */
	uint16_t name_len, link_len, path_len, mode;
	uint8_t type;
	bool alive, linked, caps;
};

struct pl_tree {
	struct node **chunks;
	uint32_t len, *slots;
	size_t slots_cap;
	struct pl_arena names;
	char *room;
	size_t room_left;
	uint32_t layer;
	/* the parent that was resolved last: most entries have the same as the one before */
	struct pl_buf last_dir;
	uint32_t last_id;
	bool last_ok;
	/* what find gives out */
	struct scratch {
		struct pl_node node;
		struct pl_buf path;
	} * scratch;
};

static struct node *at(const struct pl_tree *t, uint32_t id)
{
	return &t->chunks[id / CHUNK][id % CHUNK];
}

/* --- names and the table ------------------------------------------------------------------- */

static const char *keep(struct pl_tree *t, struct pl_str s)
{
	char *p;

	if (s.len > NAMES / 4)
		return pl_arena_str(&t->names, s).ptr;
	if (s.len > t->room_left) {
		t->room = pl_arena_alloc(&t->names, NAMES);
		t->room_left = NAMES;
	}
	p = t->room;
	if (s.len)
		memcpy(p, s.ptr, s.len);
	t->room += s.len;
	t->room_left -= s.len;
	return p;
}

static uint32_t hash_of(uint32_t parent, struct pl_str name)
{
	uint64_t h = pl_str_hash(name) ^ (parent * UINT64_C(0x9e3779b97f4a7c15));

	h *= UINT64_C(0xff51afd7ed558ccd);
	return (uint32_t)(h >> 32);
}

static uint32_t *slot_of(const struct pl_tree *t, uint32_t parent, struct pl_str name,
			 uint32_t hash)
{
	size_t i = hash & (t->slots_cap - 1);

	for (; t->slots[i] != NONE; i = (i + 1) & (t->slots_cap - 1)) {
		const struct node *n = at(t, t->slots[i]);

		if (n->hash == hash && n->parent == parent && n->name_len == name.len &&
		    memcmp(n->name, name.ptr, name.len) == 0)
			break;
	}
	return &t->slots[i];
}

static void table_grow(struct pl_tree *t)
{
	size_t cap = t->slots_cap * 2;
	uint32_t *slots = pl_xmalloc(pl_array_size(cap, sizeof(*slots)));

	memset(slots, 0xff, cap * sizeof(*slots));
	for (uint32_t id = 1; id < t->len; id++) {
		size_t i = at(t, id)->hash & (cap - 1);

		while (slots[i] != NONE)
			i = (i + 1) & (cap - 1);
		slots[i] = id;
	}
	free(t->slots);
	t->slots = slots;
	t->slots_cap = cap;
}

static uint32_t node_new(struct pl_tree *t)
{
	if (t->len % CHUNK == 0) {
		t->chunks = pl_xrealloc(t->chunks,
					pl_array_size(t->len / CHUNK + 1, sizeof(*t->chunks)));
		t->chunks[t->len / CHUNK] = pl_xcalloc(CHUNK, sizeof(struct node));
	}
	return t->len++;
}

static uint32_t lookup(const struct pl_tree *t, uint32_t parent, struct pl_str name)
{
	uint32_t id = *slot_of(t, parent, name, hash_of(parent, name));

	return id != NONE && at(t, id)->alive ? id : NONE;
}

/* The node of that name, made or woken as an empty directory of this layer when there was none. */
static uint32_t obtain(struct pl_tree *t, uint32_t parent, struct pl_str name)
{
	uint32_t hash = hash_of(parent, name), *slot = slot_of(t, parent, name, hash), id = *slot;
	struct node *n;

	if (id != NONE && at(t, id)->alive)
		return id;
	if (id == NONE) {
		id = *slot = node_new(t);
		n = at(t, id);
		n->name = keep(t, name);
		n->name_len = (uint16_t)name.len;
		n->parent = parent;
		n->hash = hash;
		n->path_len = (uint16_t)(at(t, parent)->path_len + (parent != 0) + name.len);
		if ((size_t)t->len * 4 > t->slots_cap * 3)
			table_grow(t);
	}
	n = at(t, id);
	if (!n->linked) {
		n->next = at(t, parent)->first;
		at(t, parent)->first = id;
		n->linked = true;
	}
	n->first = NONE;
	n->link = NULL;
	n->link_len = 0;
	n->type = PL_FT_DIR;
	n->mode = 0755;
	n->size = n->uid = n->gid = 0;
	n->layer = n->clean = t->layer;
	n->origin = PL_ORIGIN_NONE;
	n->caps = false;
	n->alive = true;
	return id;
}

struct pl_tree *pl_tree_new(void)
{
	struct pl_tree *t = pl_xcalloc(1, sizeof(*t));
	struct node *root;

	pl_arena_init(&t->names);
	t->slots_cap = 1024;
	t->slots = pl_xmalloc(t->slots_cap * sizeof(*t->slots));
	memset(t->slots, 0xff, t->slots_cap * sizeof(*t->slots));
	root = at(t, node_new(t));
	*root = (struct node){.name = "",
			      .parent = 0,
			      .first = NONE,
			      .next = NONE,
			      .mode = 0755,
			      .type = PL_FT_DIR,
			      .origin = PL_ORIGIN_NONE,
			      .alive = true};
	t->scratch = pl_xcalloc(1, sizeof(*t->scratch));
	pl_buf_init(&t->scratch->path, PL_MiB(1));
	pl_buf_init(&t->last_dir, PL_MiB(1));
	return t;
}

void pl_tree_free(struct pl_tree *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; i < t->len; i += CHUNK)
		free(t->chunks[i / CHUNK]);
	free(t->chunks);
	free(t->slots);
	pl_arena_release(&t->names);
	pl_buf_release(&t->last_dir);
	pl_buf_release(&t->scratch->path);
	free(t->scratch);
	free(t);
}

void pl_tree_layer(struct pl_tree *t, uint32_t index)
{
	t->layer = index;
	t->last_ok = false;
}

/* --- removing ------------------------------------------------------------------------------ */

typedef PL_VEC(uint32_t) id_vec;

/* All below id goes, whatever layer it is of. Every child that is unlinked here was linked by an
 * entry before, so the whole costs no more than the adding did. */
static void empty_dir(struct pl_tree *t, uint32_t id)
{
	id_vec todo = {0};

	pl_vec_push(&todo, id);
	while (todo.len) {
		struct node *dir = at(t, todo.at[--todo.len]);

		for (uint32_t c = dir->first; c != NONE; c = at(t, c)->next) {
			at(t, c)->alive = at(t, c)->linked = false;
			if (at(t, c)->type == PL_FT_DIR)
				pl_vec_push(&todo, c);
		}
		dir->first = NONE;
	}
	pl_vec_release(&todo);
	t->last_ok = false;
}

/* Keeps the living children in the list; true when there are any. */
static bool filter_children(struct pl_tree *t, struct node *dir)
{
	uint32_t next, kept = NONE;

	for (uint32_t c = dir->first; c != NONE; c = next) {
		struct node *n = at(t, c);

		next = n->next;
		if (!n->alive) {
			n->linked = false;
			continue;
		}
		n->next = kept;
		kept = c;
	}
	dir->first = kept;
	return kept != NONE;
}

/* A node of a lower layer was hidden; a directory stays when this layer put something in it, as
 * the parent that an engine would make for it. */
static void forsake(struct pl_tree *t, struct node *n, bool stays)
{
	n->alive = stays;
	n->layer = t->layer;
	n->mode = 0755;
	n->uid = n->gid = 0;
	n->caps = false;
}

/*
 * Hides what lower layers have below the directory id; what this layer brought stays, wherever it
 * stood in the archive ("regardless of the ordering", image-spec layer.md). A directory found
 * clean needs no second visit, so repeating whiteouts costs nothing.
 */
static void hide_lower(struct pl_tree *t, uint32_t id)
{
	id_vec order = {0};

	if (at(t, id)->clean == t->layer)
		return;
	pl_vec_push(&order, id);
	for (size_t i = 0; i < order.len; i++) {
		for (uint32_t c = at(t, order.at[i])->first; c != NONE; c = at(t, c)->next) {
			struct node *n = at(t, c);

			if (n->type != PL_FT_DIR || !n->alive)
				n->alive &= n->layer == t->layer;
			else if (n->clean != t->layer)
				pl_vec_push(&order, c);
		}
	}
	for (size_t i = order.len; i-- > 0;) {
		struct node *dir = at(t, order.at[i]);
		bool any = filter_children(t, dir);

		dir->clean = t->layer;
		if (order.at[i] == id || dir->layer == t->layer)
			continue;
		forsake(t, dir, any);
	}
	pl_vec_release(&order);
	t->last_ok = false;
}

static void remove_lower(struct pl_tree *t, uint32_t id)
{
	struct node *n = at(t, id);

	if (n->type == PL_FT_DIR)
		hide_lower(t, id);
	if (n->layer != t->layer)
		forsake(t, n, n->type == PL_FT_DIR && n->first != NONE);
	t->last_ok = false;
}

/* --- walking ------------------------------------------------------------------------------- */

enum walked { WALK_OK, WALK_MISSING, WALK_LOOP, WALK_LONG };

struct walk {
	struct pl_str stack[LINKS_MAX + 1]; /* what is still to go, the innermost link last */
	size_t depth, links;
	uint64_t bytes; /* names and slashes passed: bounds the work of one look-up */
	bool replaced;	/* a file stood where a directory was needed */
};

/* Drops slashes and exhausted strings, so that depth 0 means: nothing is left. */
static void settle(struct walk *w)
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

static bool next_part(struct walk *w, struct pl_str *part)
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

static enum walked follow(struct walk *w, const struct node *n, uint32_t *cur)
{
	if (++w->links > pl_limit(PL_LIM_SYMLINKS) || w->depth > LINKS_MAX)
		return WALK_LOOP;
	w->stack[w->depth++] = pl_str_n(n->link, n->link_len);
	if (n->link[0] == '/')
		*cur = 0;
	settle(w);
	return WALK_OK;
}

static bool too_long(const struct pl_tree *t, uint32_t parent, struct pl_str name)
{
	uint64_t max = pl_limit(PL_LIM_PATH_BYTES);

	return at(t, parent)->path_len + 1 + name.len > (max < UINT16_MAX ? max : UINT16_MAX);
}

/* Directories of the way that are not there are made, as engines do before they extract. */
static enum walked make_dir(struct pl_tree *t, struct walk *w, uint32_t cur, struct pl_str part,
			    uint32_t *id)
{
	if (too_long(t, cur, part))
		return WALK_LONG;
	*id = lookup(t, cur, part);
	if (*id != NONE) {
		at(t, *id)->alive = false;
		w->replaced = true;
	}
	*id = obtain(t, cur, part);
	return WALK_OK;
}

/*
 * Steps from the root along path, following symbolic links inside the root; `mk` is the same tree
 * when missing directories shall be made, else NULL. The last component is followed with `last`.
 */
static enum walked walk(const struct pl_tree *t, struct pl_tree *mk, struct pl_str path, bool last,
			uint32_t *out, struct walk *w)
{
	struct pl_str part;
	uint32_t cur = 0;

	w->depth = 1;
	w->links = 0;
	w->bytes = 0;
	w->replaced = false;
	w->stack[0] = path;
	settle(w);
	while (next_part(w, &part)) {
		enum walked rc = WALK_OK;
		uint32_t id;

		if (w->bytes > WALK_PATHS * pl_limit(PL_LIM_PATH_BYTES))
			return WALK_LONG;
		if (pl_str_eq_c(part, "."))
			continue;
		if (pl_str_eq_c(part, "..")) {
			cur = at(t, cur)->parent;
			continue;
		}
		id = lookup(t, cur, part);
		/* an empty target leads nowhere, as in Linux */
		if (id != NONE && at(t, id)->link_len && (last || w->depth)) {
			rc = follow(w, at(t, id), &cur);
			if (rc != WALK_OK)
				return rc;
			continue;
		}
		if (mk && (id == NONE || at(t, id)->type != PL_FT_DIR))
			rc = make_dir(mk, w, cur, part, &id);
		else if (id == NONE || (at(t, id)->type != PL_FT_DIR && w->depth))
			rc = WALK_MISSING;
		if (rc != WALK_OK)
			return rc;
		cur = id;
	}
	*out = cur;
	return WALK_OK;
}

/* --- adding -------------------------------------------------------------------------------- */

static void odd(const struct pl_tree *t, struct pl_diags *diags, enum pl_weight weight,
		const char *code, struct pl_str path, const char *what, struct pl_str more)
{
	char where[600];

	if (!diags)
		return;
	snprintf(where, sizeof(where), "layer %u: %.*s", t->layer,
		 (int)(path.len > 512 ? 512 : path.len), path.ptr ? path.ptr : "");
	pl_diag_fmt(diags, weight, code, pl_str_c(where), "%s%.*s", what,
		    (int)(more.len > 256 ? 256 : more.len), more.ptr ? more.ptr : "");
}

static bool resolve_dir(struct pl_tree *t, struct pl_str path, struct pl_str dir, uint32_t *out,
			struct pl_diags *diags)
{
	struct walk w;
	enum walked rc;

	if (t->last_ok && pl_str_eq(pl_buf_view(&t->last_dir), dir)) {
		*out = t->last_id;
		return true;
	}
	rc = walk(t, t, dir, true, out, &w);
	if (w.replaced) {
		odd(t, diags, PL_W_WARN, "path-under-file", path,
		    "an entry below something that is no directory; it was replaced by one",
		    PL_STR(""));
		t->last_ok = false;
	}
	if (rc == WALK_OK) {
		pl_buf_reset(&t->last_dir);
		pl_buf_str(&t->last_dir, dir);
		t->last_id = *out;
		t->last_ok = !t->last_dir.failed;
		return true;
	}
	odd(t, diags, PL_W_FAILED, rc == WALK_LOOP ? "symlink-loop" : "path-too-long", path,
	    rc == WALK_LOOP ? "left out: its directory is a loop of symbolic links (limit symlinks)"
			    : "left out: the resolved path is over the limit path-bytes",
	    PL_STR(""));
	return false;
}

static void whiteout(struct pl_tree *t, uint32_t dir, const struct pl_node *e, struct pl_str name,
		     struct pl_diags *diags)
{
	struct pl_str hidden = pl_str_sub(name, 4, name.len);
	uint32_t id;

	if (pl_str_eq_c(name, ".wh..wh..opq")) {
		hide_lower(t, dir);
		return;
	}
	/* aufs bookkeeping (.wh..wh.plnk and others), skipped by every engine */
	if (pl_str_starts(hidden, PL_STR(".wh.")))
		return;
	if (hidden.len == 0 || pl_str_eq_c(hidden, ".") || pl_str_eq_c(hidden, "..")) {
		odd(t, diags, PL_W_WARN, "whiteout-odd", e->path, "a whiteout that names nothing",
		    PL_STR(""));
		return;
	}
	id = lookup(t, dir, hidden);
	if (id != NONE)
		remove_lower(t, id);
}

static uint32_t clip32(uint64_t v)
{
	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static void set_link(struct pl_tree *t, struct node *n, struct pl_str link)
{
	link.len = link.len > UINT16_MAX ? UINT16_MAX : link.len;
	n->link = keep(t, link);
	n->link_len = (uint16_t)link.len;
}

static void set_meta(struct pl_tree *t, struct node *n, const struct pl_node *e)
{
	n->type = (uint8_t)e->type;
	n->mode = (uint16_t)(e->mode & 07777);
	n->uid = clip32(e->uid);
	n->gid = clip32(e->gid);
	n->size = e->size;
	n->caps = e->has_caps;
	n->origin = e->origin;
	n->layer = t->layer;
	n->link_len = 0;
	if (e->type == PL_FT_SYMLINK)
		set_link(t, n, e->link);
}

/* The node for an entry: what stood there and cannot stay is gone, except a directory under a
 * directory. Only what changes the way of later paths makes the remembered parent stale. */
static struct node *place(struct pl_tree *t, uint32_t dir, struct pl_str name, bool is_dir)
{
	uint32_t id = lookup(t, dir, name);
	struct node *n;

	if (id == NONE)
		return at(t, obtain(t, dir, name));
	n = at(t, id);
	if (n->type == PL_FT_SYMLINK || (n->type == PL_FT_DIR && !is_dir))
		t->last_ok = false;
	if (n->type == PL_FT_DIR && !is_dir)
		empty_dir(t, id);
	if (n->type != PL_FT_DIR && is_dir)
		n->clean = t->layer;
	return n;
}

/* The node a hard link names; its directory is resolved, the name itself is not followed. */
static bool link_target(const struct pl_tree *t, struct pl_str link, struct node *out)
{
	pl_auto_free char *clean = pl_xmalloc(link.len + 1);
	struct walk w;
	unsigned flags;
	uint32_t id;
	size_t n = pl_path_clean(link, clean, &flags);

	if (walk(t, NULL, pl_str_n(clean, n), false, &id, &w) != WALK_OK)
		return false;
	*out = *at(t, id);
	return out->type != PL_FT_DIR;
}

static void add_hardlink(struct pl_tree *t, uint32_t dir, struct pl_str name,
			 const struct pl_node *e, struct pl_diags *diags)
{
	struct node target, *n;
	bool found = link_target(t, e->link, &target);

	n = place(t, dir, name, false);
	n->layer = t->layer;
	if (!found) {
		set_meta(t, n, e);
		n->type = PL_FT_FILE;
		n->origin = PL_ORIGIN_NONE;
		n->size = 0;
		odd(t, diags, PL_W_FAILED, "hardlink-target", e->path,
		    "a hard link to a file that is not there: ", e->link);
		return;
	}
	n->type = target.type;
	n->mode = target.mode;
	n->uid = target.uid;
	n->gid = target.gid;
	n->size = target.size;
	n->caps = target.caps;
	n->origin = target.origin;
	n->link = target.link;
	n->link_len = target.link_len;
}

static void add_root(struct pl_tree *t, const struct pl_node *e, struct pl_diags *diags)
{
	if (e->type == PL_FT_DIR)
		set_meta(t, at(t, 0), e);
	else
		odd(t, diags, PL_W_WARN, "root-not-directory", PL_STR("/"),
		    "an entry for the root that is no directory was left out", PL_STR(""));
}

void pl_tree_add(struct pl_tree *t, const struct pl_node *e, struct pl_diags *diags)
{
	struct pl_str name = pl_path_base(e->path);
	uint32_t dir;

	if (e->path.len == 0) {
		add_root(t, e, diags);
		return;
	}
	if (!resolve_dir(t, e->path, pl_path_dir(e->path), &dir, diags))
		return;
	if (pl_str_starts(name, PL_STR(".wh."))) {
		whiteout(t, dir, e, name, diags);
		return;
	}
	if (too_long(t, dir, name)) {
		odd(t, diags, PL_W_FAILED, "path-too-long", e->path,
		    "left out: the resolved path is over the limit path-bytes", PL_STR(""));
		return;
	}
	if (e->type == PL_FT_HARDLINK)
		add_hardlink(t, dir, name, e, diags);
	else
		set_meta(t, place(t, dir, name, e->type == PL_FT_DIR), e);
}

/* --- reading ------------------------------------------------------------------------------- */

static void show(const struct node *n, struct pl_str path, struct pl_node *out)
{
	*out = (struct pl_node){
		.path = path,
		.link = n->type == PL_FT_SYMLINK ? pl_str_n(n->link, n->link_len) : PL_STR(""),
		.type = (enum pl_ftype)n->type,
		.mode = n->mode,
		.uid = n->uid,
		.gid = n->gid,
		.size = n->size,
		.has_caps = n->caps,
		.layer = n->layer,
		.origin = n->origin,
	};
}

const struct pl_node *pl_tree_find(const struct pl_tree *t, struct pl_str path, bool last)
{
	struct scratch *s = t->scratch;
	struct walk w;
	uint32_t id;
	char *p;

	if (walk(t, NULL, path, last, &id, &w) != WALK_OK)
		return NULL;
	pl_buf_reset(&s->path);
	p = pl_buf_reserve(&s->path, at(t, id)->path_len + 1u);
	if (!p)
		return NULL;
	show(at(t, id), pl_str_n(p, at(t, id)->path_len), &s->node);
	for (size_t end = at(t, id)->path_len; id != 0; id = at(t, id)->parent) {
		const struct node *n = at(t, id);

		memcpy(p + end - n->name_len, n->name, n->name_len);
		end -= n->name_len;
		if (end)
			p[--end] = '/';
	}
	return &s->node;
}

static int by_name(const void *pa, const void *pb, void *tree)
{
	const struct node *a = at(tree, *(const uint32_t *)pa);
	const struct node *b = at(tree, *(const uint32_t *)pb);

	return pl_str_cmp(pl_str_n(a->name, a->name_len), pl_str_n(b->name, b->name_len));
}

/* Pushes the living children, the last name first, so that the first is popped first. */
static void push_children(const struct pl_tree *t, uint32_t dir, id_vec *stack)
{
	size_t from = stack->len;

	for (uint32_t c = at(t, dir)->first; c != NONE; c = at(t, c)->next)
		if (at(t, c)->alive)
			pl_vec_push(stack, c);
	if (stack->len - from < 2)
		return;
	qsort_r(stack->at + from, stack->len - from, sizeof(*stack->at), by_name,
		(void *)(uintptr_t)t);
	for (size_t i = from, k = stack->len - 1; i < k; i++, k--) {
		uint32_t swap = stack->at[i];

		stack->at[i] = stack->at[k];
		stack->at[k] = swap;
	}
}

int pl_tree_each(const struct pl_tree *t, int (*fn)(void *arg, const struct pl_node *n), void *arg)
{
	char *path = pl_xmalloc((size_t)UINT16_MAX + 1);
	id_vec stack = {0};
	int rc = 0;

	push_children(t, 0, &stack);
	while (stack.len && rc == 0) {
		uint32_t id = stack.at[--stack.len];
		const struct node *n = at(t, id);
		struct pl_node out;

		/* what stands before the name is the parent's path, still in the buffer */
		if (n->parent)
			path[n->path_len - n->name_len - 1] = '/';
		memcpy(path + n->path_len - n->name_len, n->name, n->name_len);
		show(n, pl_str_n(path, n->path_len), &out);
		rc = fn(arg, &out);
		if (n->type == PL_FT_DIR)
			push_children(t, id, &stack);
	}
	pl_vec_release(&stack);
	free(path);
	return rc;
}
