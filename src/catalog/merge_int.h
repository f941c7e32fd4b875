/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The merge, private to the merge_*.c files: what they share, in the order in which they run. The
 * tree first, then packages, owners, hidden packages, the system.
 */
#include "catalog/addenda.h"
#include "catalog/removed.h"

struct pl_version { /* of an evidence file: one layer's copy of it */
	uint32_t layer, entry;
	uint32_t older;	     /* index of the copy below, or PL_MAP_NONE */
	uint32_t first;	     /* of its packages, which follow each other */
	uint32_t gone;	     /* layer that took it away, UINT32_MAX when none did */
	struct pl_map names; /* of packages in it, by identity */
};

struct pl_merge {
	const struct pl_facts **facts; /* NULL where a layer is lost */
	size_t n;
	struct pl_inventory *inv;
	struct pl_diags *diags;
	struct pl_arena scratch;
	uint32_t *base;	      /* origin of the first entry of each layer */
	struct pl_str *seen;  /* by origin: the path under which it is in the image */
	struct pl_map newest; /* path of evidence to its newest version */
	PL_VEC(struct pl_version) versions;
	struct pl_addenda addenda;
	struct pl_map keys;	/* names of OS packages in file lists to their index */
	struct pl_map interest; /* paths whose owner is asked for, to an index of owners */
	PL_VEC(uint32_t) owners;
};

static inline uint32_t pl_merge_origin(const struct pl_merge *m, size_t layer, uint32_t entry)
{
	return m->base[layer] + entry;
}
static inline bool pl_merge_is_seen(const struct pl_merge *m, size_t layer, uint32_t entry)
{
	return m->seen[pl_merge_origin(m, layer, entry)].ptr != NULL;
}
static inline struct pl_str pl_merge_keep(struct pl_merge *m, struct pl_str s)
{
	return s.len ? pl_arena_str(m->inv->arena, s) : PL_STR("");
}

/* merge_packages.c */
void pl_merge_packages(struct pl_merge *m);
/* Packages of lower layers that no later version of their evidence has. */
void pl_merge_removed(struct pl_merge *m);

/* merge_owners.c */
void pl_merge_owners(struct pl_merge *m);

/* merge_licenses.c */
void pl_merge_licenses(struct pl_merge *m);

/* merge_system.c */
void pl_merge_system(struct pl_merge *m);
