/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Private to the merged tree: a store of nodes. A node is found by (parent, name) in one hash table
 * and never moves; node 0 is the root. Removing marks it dead; the same name that comes again
 * wakes it. Children hang in unsorted lists, sorted when they are iterated: adding is constant time
 * also for a million names in one directory.
 */
#include "image/image.h"

#define PL_NODE_NONE UINT32_MAX

struct pl_tnode {
	const char *name;
	const char *link;
	uint64_t size;
	uint32_t parent, first, next;
	uint32_t hash;
	uint32_t uid, gid; /* 32 bits in Linux; larger claims are cut to the maximum */
	uint32_t layer, origin;
	uint32_t lower; /* of a directory of the layer being read: the merged one, or NONE */
	uint16_t name_len, link_len, path_len, mode;
	uint8_t type;
	bool alive, linked, caps;
	/* in the layer being read: hides the lower one of this name; hides all in the lower
	 * directory; no entry of its own, made as a parent */
	bool white, opaque, made;
};

struct pl_tstore {
	struct pl_tnode **chunks;
	uint32_t len, *slots;
	size_t slots_cap;
	struct pl_arena names;
	char *room;
	size_t room_left;
};

enum { PL_TNODES = 1024 };
static inline struct pl_tnode *pl_tnode_at(const struct pl_tstore *s, uint32_t id)
{
	return &s->chunks[id / PL_TNODES][id % PL_TNODES];
}

struct pl_tstore *pl_tstore_new(void);
void pl_tstore_free(struct pl_tstore *s);
/* A copy of bytes that lives as long as the store. */
const char *pl_tstore_keep(struct pl_tstore *s, struct pl_str bytes);
/* The living child of that name, or NONE. */
uint32_t pl_tstore_lookup(const struct pl_tstore *s, uint32_t parent, struct pl_str name);
/* The same, dead or alive. */
uint32_t pl_tstore_any(const struct pl_tstore *s, uint32_t parent, struct pl_str name);
/* The node of that name, dead or alive; a new one is dead. */
uint32_t pl_tstore_slot(struct pl_tstore *s, uint32_t parent, struct pl_str name);
/* The same, woken as an empty directory when it was dead. */
uint32_t pl_tstore_obtain(struct pl_tstore *s, uint32_t parent, struct pl_str name, uint32_t layer);
/* Everything below the directory is dead and unlinked. Each child unlinked was linked by an entry
 * before, so all calls together cost no more than the adding did. */
void pl_tstore_empty(struct pl_tstore *s, uint32_t id);
/* Whether a child of that name would have a path over path-bytes. */
bool pl_tstore_too_long(const struct pl_tstore *s, uint32_t parent, struct pl_str name);

enum pl_walked { PL_WALK_OK, PL_WALK_MISSING, PL_WALK_LOOP, PL_WALK_LONG };
/*
 * Steps from the root along a path, following symbolic links inside the root (limit symlinks); the
 * last component only with `last`. make: called for a component that is no directory where one
 * is needed; it returns the id of one, or NONE after setting *why. NULL: that ends the walk.
 */
struct pl_walk {
	uint32_t (*make)(void *arg, uint32_t parent, struct pl_str name, enum pl_walked *why);
	void *arg;
};
enum pl_walked pl_tstore_walk(const struct pl_tstore *s, const struct pl_walk *how,
			      struct pl_str path, bool last, uint32_t *out);
