/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The merged tree, made as engines make it: each layer is unpacked into a directory of its own, and
 * overlayfs lays that over the layers below. So a symbolic link leads entries of its own layer on;
 * an entry below a link of a lower layer makes a directory that hides the link. (Seen with Docker
 * Engine 20.10 and overlay2; containerd's archive.Apply has the upper directory as its root, too.)
 *
 * Within a layer: OCI image-spec v1.1 layer.md. Missing parents are made, the last component is
 * never followed, a directory over a directory merges, anything else replaces; whiteouts and opaque
 * markers hide lower layers only, wherever they stand in the archive.
 */
#include <stdio.h>

#include "image/tree_int.h"

#define NONE PL_NODE_NONE

struct pl_tree {
	struct upper {
		struct pl_tstore *merged; /* all layers before it */
		struct pl_tstore *store;  /* the layer being read, NULL when it was merged */
		uint32_t layer;
		/* the parent that was resolved last: most entries have the same as the one before
		 */
		struct pl_buf last_dir;
		uint32_t last_id;
		bool last_ok;
	} * upper; /* a pointer, so that reading may lay the last layer over the others */
	/* what find gives out */
	struct scratch {
		struct pl_node node;
		struct pl_buf path;
	} * scratch;
};

struct pl_tree *pl_tree_new(void)
{
	struct pl_tree *t = pl_xcalloc(1, sizeof(*t));

	t->upper = pl_xcalloc(1, sizeof(*t->upper));
	t->upper->merged = pl_tstore_new();
	t->scratch = pl_xcalloc(1, sizeof(*t->scratch));
	pl_buf_init(&t->scratch->path, PL_MiB(1));
	pl_buf_init(&t->upper->last_dir, PL_MiB(1));
	return t;
}

void pl_tree_free(struct pl_tree *t)
{
	if (!t)
		return;
	pl_tstore_free(t->upper->merged);
	pl_tstore_free(t->upper->store);
	pl_buf_release(&t->upper->last_dir);
	pl_buf_release(&t->scratch->path);
	free(t->upper);
	free(t->scratch);
	free(t);
}

/* --- laying a layer over the others --------------------------------------------------------- */

static struct pl_str name_of(const struct pl_tnode *n)
{
	return pl_str_n(n->name, n->name_len);
}

static void copy_form(struct pl_tstore *to, struct pl_tnode *n, const struct pl_tnode *from)
{
	n->type = from->type;
	n->mode = from->mode;
	n->uid = from->uid;
	n->gid = from->gid;
	n->size = from->size;
	n->caps = from->caps;
	n->layer = from->layer;
	n->origin = from->origin;
	n->link_len = from->link_len;
	n->link = pl_tstore_keep(to, pl_str_n(from->link, from->link_len));
}

/* Makes room for what is laid over: id is dead afterwards. */
static void remove_node(struct pl_tstore *s, uint32_t id)
{
	if (pl_tnode_at(s, id)->type == PL_FT_DIR)
		pl_tstore_empty(s, id);
	pl_tnode_at(s, id)->alive = false;
}

/* A directory of the upper layer over the merged one called id (or NONE): the id it now has. */
static uint32_t lay_dir(struct pl_tstore *m, const struct pl_tnode *n, uint32_t parent, uint32_t id)
{
	bool same = id != NONE && pl_tnode_at(m, id)->type == PL_FT_DIR;

	if (same && (n->opaque || n->white))
		pl_tstore_empty(m, id);
	if (id != NONE && !same)
		remove_node(m, id);
	if (!same)
		id = pl_tstore_obtain(m, parent, name_of(n), n->layer);
	/* a parent that has no entry of its own leaves the lower one as it is */
	if (!same || !n->made || n->white)
		copy_form(m, pl_tnode_at(m, id), n);
	return id;
}

static void lay_other(struct pl_tstore *m, const struct pl_tnode *n, uint32_t parent, uint32_t id)
{
	if (id != NONE)
		remove_node(m, id);
	if (!n->alive)
		return;
	id = pl_tstore_obtain(m, parent, name_of(n), n->layer);
	copy_form(m, pl_tnode_at(m, id), n);
}

struct pair {
	uint32_t upper, merged;
};

static void lay_over(struct pl_tstore *m, const struct pl_tstore *u)
{
	PL_VEC(struct pair) todo = {0};

	if (pl_tnode_at(u, 0)->opaque)
		pl_tstore_empty(m, 0);
	if (!pl_tnode_at(u, 0)->made)
		copy_form(m, pl_tnode_at(m, 0), pl_tnode_at(u, 0));
	pl_vec_push(&todo, (struct pair){0, 0});
	while (todo.len) {
		struct pair p = todo.at[--todo.len];

		for (uint32_t c = pl_tnode_at(u, p.upper)->first; c != NONE;
		     c = pl_tnode_at(u, c)->next) {
			const struct pl_tnode *n = pl_tnode_at(u, c);
			uint32_t id = pl_tstore_lookup(m, p.merged, name_of(n));

			if (n->alive && n->type == PL_FT_DIR)
				pl_vec_push(&todo, (struct pair){c, lay_dir(m, n, p.merged, id)});
			else if (n->alive || n->white)
				lay_other(m, n, p.merged, id);
		}
	}
	pl_vec_release(&todo);
}

/* The layer that was being read becomes part of the merged tree. */
static void finish_layer(struct upper *u)
{
	struct pl_tstore *store = pl_steal(u->store);

	u->last_ok = false;
	if (!store)
		return;
	/* the first layer is the tree */
	if (u->merged->len == 1 && pl_tnode_at(u->merged, 0)->made) {
		struct pl_tstore *swap = u->merged;

		u->merged = store;
		store = swap;
	} else {
		lay_over(u->merged, store);
	}
	pl_tstore_free(store);
}

void pl_tree_layer(struct pl_tree *t, uint32_t index)
{
	finish_layer(t->upper);
	t->upper->layer = index;
}

/* --- adding to the layer being read --------------------------------------------------------- */

struct adding {
	struct pl_tstore *s;
	struct upper *u;
	const struct pl_node *e;
	struct pl_diags *diags;
};

static void odd(const struct adding *a, enum pl_weight weight, const char *code, const char *what,
		struct pl_str more)
{
	struct pl_str path = a->e->path.len ? a->e->path : PL_STR("/");
	char where[600];

	if (!a->diags)
		return;
	snprintf(where, sizeof(where), "layer %u: %.*s", a->u->layer,
		 (int)(path.len > 512 ? 512 : path.len), path.ptr);
	pl_diag_fmt(a->diags, weight, code, pl_str_c(where), "%s%.*s", what,
		    (int)(more.len > 256 ? 256 : more.len), more.ptr ? more.ptr : "");
}

/* The merged directory that one of this layer lies over. */
static void find_lower(struct adding *a, uint32_t id)
{
	struct pl_tnode *n = pl_tnode_at(a->s, id);
	const struct pl_tnode *up = pl_tnode_at(a->s, n->parent), *low;

	n->lower = NONE;
	if (up->lower == NONE || up->opaque || n->white)
		return;
	id = pl_tstore_lookup(a->u->merged, up->lower, name_of(n));
	if (id == NONE)
		return;
	low = pl_tnode_at(a->u->merged, id);
	if (low->type == PL_FT_DIR)
		n->lower = id;
	/* ways of unpacking without overlayfs follow the link here */
	else if (low->type == PL_FT_SYMLINK && n->made)
		odd(a, PL_W_WARN, "symlink-hidden",
		    "its directory hides a symbolic link of a lower layer, to ",
		    pl_str_n(low->link, low->link_len));
}

/* A parent that is not there, or is no directory. */
static uint32_t make_parent(void *arg, uint32_t parent, struct pl_str name, enum pl_walked *why)
{
	struct adding *a = arg;
	uint32_t id;

	if (pl_tstore_too_long(a->s, parent, name)) {
		*why = PL_WALK_LONG;
		return NONE;
	}
	id = pl_tstore_lookup(a->s, parent, name);
	if (id != NONE) {
		odd(a, PL_W_WARN, "path-under-file",
		    "an entry below something that is no directory; it was replaced by one",
		    PL_STR(""));
		pl_tnode_at(a->s, id)->alive = false;
		a->u->last_ok = false;
	}
	id = pl_tstore_obtain(a->s, parent, name, a->u->layer);
	pl_tnode_at(a->s, id)->made = true;
	find_lower(a, id);
	return id;
}

static bool resolve_dir(struct adding *a, struct pl_str dir, uint32_t *out)
{
	struct pl_walk how = {make_parent, a};
	struct upper *u = a->u;
	enum pl_walked rc;

	if (u->last_ok && pl_str_eq(pl_buf_view(&u->last_dir), dir)) {
		*out = u->last_id;
		return true;
	}
	rc = pl_tstore_walk(a->s, &how, dir, true, out);
	if (rc == PL_WALK_OK) {
		pl_buf_reset(&u->last_dir);
		pl_buf_str(&u->last_dir, dir);
		u->last_id = *out;
		u->last_ok = !u->last_dir.failed;
		return true;
	}
	odd(a, PL_W_FAILED, rc == PL_WALK_LOOP ? "symlink-loop" : "path-too-long",
	    rc == PL_WALK_LOOP
		    ? "left out: its directory is a loop of symbolic links (limit symlinks)"
		    : "left out: the resolved path is over the limit path-bytes",
	    PL_STR(""));
	return false;
}

static void whiteout(struct adding *a, uint32_t dir, struct pl_str name)
{
	struct pl_str hidden = pl_str_sub(name, 4, name.len);

	if (pl_str_eq_c(name, ".wh..wh..opq"))
		pl_tnode_at(a->s, dir)->opaque = true;
	/* aufs bookkeeping (.wh..wh.plnk and others), skipped by every engine */
	else if (pl_str_starts(hidden, PL_STR(".wh.")))
		return;
	else if (hidden.len == 0 || pl_str_eq_c(hidden, ".") || pl_str_eq_c(hidden, ".."))
		odd(a, PL_W_WARN, "whiteout-odd", "a whiteout that names nothing", PL_STR(""));
	else
		pl_tnode_at(a->s, pl_tstore_slot(a->s, dir, hidden))->white = true;
}

/* The node for an entry: what stood there and cannot stay is gone, except a directory under a
 * directory. Only what changes the way of later paths makes the remembered parent stale. */
static struct pl_tnode *place(struct adding *a, uint32_t dir, struct pl_str name, bool is_dir)
{
	uint32_t id = pl_tstore_lookup(a->s, dir, name);
	bool is_new = id == NONE;
	struct pl_tnode *n;

	id = pl_tstore_obtain(a->s, dir, name, a->u->layer);
	n = pl_tnode_at(a->s, id);
	if (!is_new && (n->type == PL_FT_SYMLINK || (n->type == PL_FT_DIR && !is_dir)))
		a->u->last_ok = false;
	if (n->type == PL_FT_DIR && !is_dir) {
		pl_tstore_empty(a->s, id);
		n->opaque = false;
	}
	if (is_dir && (is_new || n->type != PL_FT_DIR))
		find_lower(a, id);
	n->made = false;
	return n;
}

static uint32_t clip32(uint64_t v)
{
	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static void set_form(struct adding *a, struct pl_tnode *n)
{
	const struct pl_node *e = a->e;

	n->type = (uint8_t)e->type;
	n->mode = (uint16_t)(e->mode & 07777);
	n->uid = clip32(e->uid);
	n->gid = clip32(e->gid);
	n->size = e->size;
	n->caps = e->has_caps;
	n->origin = e->origin;
	n->layer = a->u->layer;
	n->link_len = 0;
	if (e->type == PL_FT_SYMLINK) {
		n->link_len = (uint16_t)(e->link.len > UINT16_MAX ? UINT16_MAX : e->link.len);
		n->link = pl_tstore_keep(a->s, pl_str_sub(e->link, 0, n->link_len));
	}
}

/* --- hard links ----------------------------------------------------------------------------- */

/* Whether this layer says that a path of lower layers is gone. */
static bool is_hidden(const struct adding *a, struct pl_str path)
{
	uint32_t cur = 0;
	struct pl_str part;

	while (pl_str_split(&path, '/', &part)) {
		const struct pl_tnode *dir = pl_tnode_at(a->s, cur);
		uint32_t child = pl_tstore_any(a->s, cur, part);

		if (dir->opaque || (child != NONE && pl_tnode_at(a->s, child)->white))
			return true;
		if (child == NONE || !pl_tnode_at(a->s, child)->alive)
			return false;
		cur = child;
	}
	return false;
}

/* The node a hard link names; its directory is resolved, the name itself is not followed. Engines
 * on overlayfs find it in the same layer only, others in lower layers as well. */
static bool link_target(const struct adding *a, struct pl_tnode *out)
{
	struct pl_str link = a->e->link;
	pl_auto_free char *clean = pl_xmalloc(link.len + 1);
	unsigned flags;
	uint32_t id;

	link = pl_str_n(clean, pl_path_clean(link, clean, &flags));
	if (pl_tstore_walk(a->s, NULL, link, false, &id) == PL_WALK_OK)
		*out = *pl_tnode_at(a->s, id);
	else if (!is_hidden(a, link) &&
		 pl_tstore_walk(a->u->merged, NULL, link, false, &id) == PL_WALK_OK)
		*out = *pl_tnode_at(a->u->merged, id);
	else
		return false;
	return out->type != PL_FT_DIR;
}

static void add_hardlink(struct adding *a, uint32_t dir, struct pl_str name)
{
	struct pl_tnode target, *n;
	bool found = link_target(a, &target);

	n = place(a, dir, name, false);
	if (found) {
		target.layer = a->u->layer;
		copy_form(a->s, n, &target);
		return;
	}
	set_form(a, n);
	n->type = PL_FT_FILE;
	n->origin = PL_ORIGIN_NONE;
	n->size = 0;
	odd(a, PL_W_FAILED, "hardlink-target",
	    "a hard link to a file that is not there: ", a->e->link);
}

static void add_root(struct adding *a)
{
	struct pl_tnode *root = pl_tnode_at(a->s, 0);

	if (a->e->type != PL_FT_DIR) {
		odd(a, PL_W_WARN, "root-not-directory",
		    "an entry for the root that is no directory was left out", PL_STR(""));
		return;
	}
	set_form(a, root);
	root->made = false;
}

void pl_tree_add(struct pl_tree *t, const struct pl_node *e, struct pl_diags *diags)
{
	struct adding a = {t->upper->store, t->upper, e, diags};
	struct pl_str name = pl_path_base(e->path);
	uint32_t dir;

	if (!a.s)
		a.s = t->upper->store = pl_tstore_new();
	if (e->path.len == 0) {
		add_root(&a);
		return;
	}
	if (!resolve_dir(&a, pl_path_dir(e->path), &dir))
		return;
	if (pl_tstore_too_long(a.s, dir, name))
		odd(&a, PL_W_FAILED, "path-too-long",
		    "left out: the resolved path is over the limit path-bytes", PL_STR(""));
	else if (pl_str_starts(name, PL_STR(".wh.")))
		whiteout(&a, dir, name);
	else if (e->type == PL_FT_HARDLINK)
		add_hardlink(&a, dir, name);
	else
		set_form(&a, place(&a, dir, name, e->type == PL_FT_DIR));
}

/* --- reading -------------------------------------------------------------------------------- */

static void show(const struct pl_tnode *n, struct pl_str path, struct pl_node *out)
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

static struct pl_tstore *merged_of(const struct pl_tree *t)
{
	finish_layer(t->upper);
	return t->upper->merged;
}

const struct pl_node *pl_tree_find(const struct pl_tree *t, struct pl_str path, bool last)
{
	struct scratch *s = t->scratch;
	const struct pl_tstore *m = merged_of(t);
	uint32_t id;
	size_t len;
	char *p;

	if (pl_tstore_walk(m, NULL, path, last, &id) != PL_WALK_OK)
		return NULL;
	pl_buf_reset(&s->path);
	len = pl_tnode_at(m, id)->path_len;
	p = pl_buf_reserve(&s->path, len + 1);
	if (!p)
		return NULL;
	show(pl_tnode_at(m, id), pl_str_n(p, len), &s->node);
	for (; id != 0; id = pl_tnode_at(m, id)->parent) {
		const struct pl_tnode *n = pl_tnode_at(m, id);

		memcpy(p + len - n->name_len, n->name, n->name_len);
		len -= n->name_len;
		if (len)
			p[--len] = '/';
	}
	return &s->node;
}

static int by_name(const void *pa, const void *pb, void *store)
{
	const struct pl_tnode *a = pl_tnode_at(store, *(const uint32_t *)pa);
	const struct pl_tnode *b = pl_tnode_at(store, *(const uint32_t *)pb);

	return pl_str_cmp(name_of(a), name_of(b));
}

typedef PL_VEC(uint32_t) id_vec;

/* Pushes the living children, the last name first, so that the first is popped first. */
static void push_children(struct pl_tstore *m, uint32_t dir, id_vec *stack)
{
	size_t from = stack->len;

	for (uint32_t c = pl_tnode_at(m, dir)->first; c != NONE; c = pl_tnode_at(m, c)->next)
		if (pl_tnode_at(m, c)->alive)
			pl_vec_push(stack, c);
	if (stack->len - from < 2)
		return;
	qsort_r(stack->at + from, stack->len - from, sizeof(*stack->at), by_name, m);
	for (size_t i = from, k = stack->len - 1; i < k; i++, k--) {
		uint32_t swap = stack->at[i];

		stack->at[i] = stack->at[k];
		stack->at[k] = swap;
	}
}

int pl_tree_each(const struct pl_tree *t, int (*fn)(void *arg, const struct pl_node *n), void *arg)
{
	char *path = pl_xmalloc((size_t)UINT16_MAX + 1);
	struct pl_tstore *m = merged_of(t);
	id_vec stack = {0};
	int rc = 0;

	push_children(m, 0, &stack);
	while (stack.len && rc == 0) {
		uint32_t id = stack.at[--stack.len];
		const struct pl_tnode *n = pl_tnode_at(m, id);
		struct pl_node out;

		/* what stands before the name is the parent's path, still in the buffer */
		if (n->parent)
			path[n->path_len - n->name_len - 1] = '/';
		memcpy(path + n->path_len - n->name_len, n->name, n->name_len);
		show(n, pl_str_n(path, n->path_len), &out);
		rc = fn(arg, &out);
		if (n->type == PL_FT_DIR)
			push_children(m, id, &stack);
	}
	pl_vec_release(&stack);
	free(path);
	return rc;
}
