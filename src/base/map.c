/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

struct pl_map_slot {
	struct pl_str key; /* ptr NULL: free; empty keys point at "" */
	uint64_t hash;
	uint32_t value;
};

void pl_map_init(struct pl_map *m)
{
	*m = (struct pl_map){0};
}

void pl_map_release(struct pl_map *m)
{
	free(m->slots);
	*m = (struct pl_map){0};
}

static struct pl_map_slot *slot_find(struct pl_map_slot *slots, size_t cap, struct pl_str key,
				     uint64_t hash)
{
	size_t i = hash & (cap - 1);

	while (slots[i].key.ptr && (slots[i].hash != hash || !pl_str_eq(slots[i].key, key)))
		i = (i + 1) & (cap - 1);
	return &slots[i];
}

uint32_t pl_map_get(const struct pl_map *m, struct pl_str key)
{
	struct pl_map_slot *s;

	if (m->len == 0)
		return PL_MAP_NONE;
	s = slot_find(m->slots, m->cap, key, pl_str_hash(key));
	return s->key.ptr ? s->value : PL_MAP_NONE;
}

static void map_grow(struct pl_map *m)
{
	size_t cap = m->cap ? m->cap * 2 : 16;
	struct pl_map_slot *slots = pl_xcalloc(cap, sizeof(*slots));

	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].key.ptr)
			*slot_find(slots, cap, m->slots[i].key, m->slots[i].hash) = m->slots[i];
	free(m->slots);
	m->slots = slots;
	m->cap = cap;
}

bool pl_map_put(struct pl_map *m, struct pl_str key, uint32_t value)
{
	uint64_t hash = pl_str_hash(key);
	struct pl_map_slot *s;

	if (m->len * 4 >= m->cap * 3)
		map_grow(m);
	s = slot_find(m->slots, m->cap, key, hash);
	if (s->key.ptr) {
		s->value = value;
		return false;
	}
	if (!key.ptr)
		key = PL_STR("");
	*s = (struct pl_map_slot){key, hash, value};
	m->len++;
	return true;
}

void pl_pool_init(struct pl_pool *p, struct pl_arena *arena)
{
	*p = (struct pl_pool){.arena = arena};
}

void pl_pool_release(struct pl_pool *p)
{
	pl_map_release(&p->ids);
	pl_vec_release(&p->strs);
}

uint32_t pl_pool_id(struct pl_pool *p, struct pl_str s)
{
	uint32_t id = pl_map_get(&p->ids, s);

	if (id != PL_MAP_NONE)
		return id;
	id = (uint32_t)p->strs.len;
	s = pl_arena_str(p->arena, s);
	pl_vec_push(&p->strs, s);
	pl_map_put(&p->ids, s, id);
	return id;
}

struct pl_str pl_pool_str(struct pl_pool *p, struct pl_str s)
{
	return p->strs.at[pl_pool_id(p, s)];
}
