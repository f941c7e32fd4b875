/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What packages say that they need, found among the packages that are there. Private to the room.
 */
#include "catalog/catalog.h"

/* Fills `depends` of every package from its `needs`. Call it before packages are joined: a library
 * at two places finds its own neighbours. Whose file a path is answers `owner_of` (may be NULL);
 * the tree may be NULL, too. What names nothing in the image is counted in one NOTE. */
struct pl_relations {
	struct pl_inventory *inv;
	struct pl_diags *diags;
	uint32_t (*owner_of)(void *arg, struct pl_str path);
	void *arg;
};
void pl_relations_find(const struct pl_relations *r);
/* The packages got new places: now[i] is that of the former i, of `n`. Sorts, each once. */
void pl_relations_moved(struct pl_pkg *packages, size_t len, const uint32_t *now, size_t n);
/* The relations of the packages `by` that become one. */
void pl_relations_join(struct pl_arena *arena, const struct pl_pkg *all, const uint32_t *by,
		       size_t n, struct pl_pkg *out);
