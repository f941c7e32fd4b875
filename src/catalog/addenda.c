/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/addenda.h"

void pl_addenda_init(struct pl_addenda *a, struct pl_arena *scratch)
{
	*a = (struct pl_addenda){.scratch = scratch};
	pl_map_init(&a->keys);
}

void pl_addenda_release(struct pl_addenda *a)
{
	pl_map_release(&a->keys);
	pl_vec_release(&a->rows);
}

static struct pl_str name_of(const struct pl_addenda *a, const struct pl_pkg_fact *p)
{
	return pl_arena_fmt(a->scratch, "%u\n%.*s", p->type, PL_FMT(p->key));
}

/* One key a line: a .NET package is known by each of its assemblies. */
void pl_addenda_key(struct pl_addenda *a, const struct pl_pkg_fact *p, uint32_t index)
{
	struct pl_str keys = p->key, key;

	while (keys.len && pl_str_split(&keys, '\n', &key)) {
		struct pl_pkg_fact one = {.type = p->type, .key = key};

		if (key.len)
			pl_map_put(&a->keys, name_of(a, &one), index);
	}
}

void pl_addenda_later(struct pl_addenda *a, const struct pl_fact_pkg_row *row, struct pl_str path,
		      uint32_t layer)
{
	pl_vec_push(&a->rows, (struct pl_addendum){row, path, layer});
}

static void set(struct pl_arena *arena, struct pl_str *field, struct pl_str value)
{
	if (value.len && !field->len)
		*field = pl_arena_str(arena, value);
}

bool pl_addenda_give(const struct pl_addenda *a, const struct pl_addendum *one,
		     struct pl_inventory *inv)
{
	const struct pl_pkg_fact *f = &one->row->fact;
	uint32_t at = f->key.len ? pl_map_get(&a->keys, name_of(a, f)) : PL_MAP_NONE;
	struct pl_pkg *p;

	if (at == PL_MAP_NONE)
		return false;
	p = &inv->packages.at[at];
	set(inv->arena, &p->version, f->version);
	set(inv->arena, &p->purl, f->purl);
	/* what may stand for itself says how it itself was read */
	if (f->how.len && !f->where.len)
		p->how = pl_arena_fmt(inv->arena, "%.*s%s%.*s", PL_FMT(p->how),
				      p->how.len ? ", " : "", PL_FMT(f->how));
	p->dev |= f->dev;
	return true;
}
