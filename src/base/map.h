/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A hash map from byte strings to 32-bit numbers, and with it the intern pool: every distinct
 * string gets a small id in order of arrival, so iteration is deterministic. Keys are borrowed:
 * they must outlive the map (put them into an arena).
 */
#include "base/mem.h"

#define PL_MAP_NONE UINT32_MAX

struct pl_map {
	struct pl_map_slot *slots;
	size_t len, cap;
};
void pl_map_init(struct pl_map *m);
void pl_map_release(struct pl_map *m);
/* The value of key, or PL_MAP_NONE. */
uint32_t pl_map_get(const struct pl_map *m, struct pl_str key);
/* Sets or replaces; true when the key is new. */
bool pl_map_put(struct pl_map *m, struct pl_str key, uint32_t value);
#define pl_auto_map __attribute__((cleanup(pl_map_release))) struct pl_map

struct pl_pool {
	struct pl_arena *arena; /* not owned: where the copies live */
	struct pl_map ids;
	PL_VEC(struct pl_str) strs;
};
void pl_pool_init(struct pl_pool *p, struct pl_arena *arena);
void pl_pool_release(struct pl_pool *p);
/* The id of s, adding a copy when it is new. */
uint32_t pl_pool_id(struct pl_pool *p, struct pl_str s);
/* The one copy of s. */
struct pl_str pl_pool_str(struct pl_pool *p, struct pl_str s);
