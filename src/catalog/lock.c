/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/lock.h"

void pl_lock_init(struct pl_lock *l, struct pl_facts_writer *w, enum pl_pkg_type type,
		  struct pl_str how)
{
	*l = (struct pl_lock){.w = w, .type = type, .how = how};
	pl_arena_init(&l->arena);
	pl_map_init(&l->ids);
	pl_map_init(&l->names);
}

void pl_lock_release(struct pl_lock *l)
{
	pl_vec_release(&l->items);
	pl_vec_release(&l->needs);
	pl_vec_release(&l->roots);
	pl_map_release(&l->ids);
	pl_map_release(&l->names);
	pl_arena_release(&l->arena);
}

/* type, name and version as one key; a name with a NUL cannot come from any of the formats */
static struct pl_str item_key(struct pl_lock *l, struct pl_str name, struct pl_str version)
{
	char *p = pl_arena_alloc(&l->arena, name.len + version.len + 2);

	p[0] = (char)l->type;
	if (name.len)
		memcpy(p + 1, name.ptr, name.len);
	p[1 + name.len] = 0;
	if (version.len)
		memcpy(p + 2 + name.len, version.ptr, version.len);
	return pl_str_n(p, name.len + version.len + 2);
}

uint32_t pl_lock_add(struct pl_lock *l, struct pl_str name, struct pl_str version, bool dev)
{
	struct pl_str key;
	uint32_t id;

	name = pl_str_trim(name);
	version = pl_str_trim(version);
	if (pl_str_empty(name))
		return PL_LOCK_NONE;
	if (name.len > pl_limit(PL_LIM_PATH_BYTES) || version.len > pl_limit(PL_LIM_PATH_BYTES)) {
		l->too_long++;
		return PL_LOCK_NONE;
	}
	key = item_key(l, name, version);
	id = pl_map_get(&l->ids, key);
	if (id != PL_MAP_NONE) {
		l->items.at[id].dev &= dev;
		return id;
	}
	id = (uint32_t)l->items.len;
	pl_map_put(&l->ids, key, id);
	pl_map_put(&l->names, name,
		   pl_map_get(&l->names, name) == PL_MAP_NONE ? id : PL_LOCK_NONE - 1);
	pl_vec_push(&l->items, (struct pl_lock_item){.name = name,
						     .version = version,
						     .type = l->type,
						     .first = PL_LOCK_NONE,
						     .last = PL_LOCK_NONE,
						     .dev = dev});
	return id;
}

struct pl_lock_item *pl_lock_item(struct pl_lock *l, uint32_t item)
{
	return item < l->items.len ? &l->items.at[item] : NULL;
}

static void add_need(struct pl_lock *l, uint32_t from, struct pl_lock_need need)
{
	struct pl_lock_item *item = pl_lock_item(l, from);
	uint32_t at = (uint32_t)l->needs.len;

	if (!item)
		return;
	need.next = PL_LOCK_NONE;
	pl_vec_push(&l->needs, need);
	if (item->first == PL_LOCK_NONE)
		item->first = at;
	else
		l->needs.at[item->last].next = at;
	item->last = at;
}

void pl_lock_needs(struct pl_lock *l, uint32_t from, struct pl_str name, struct pl_str version)
{
	const struct pl_lock_item *item = pl_lock_item(l, from);

	name = pl_str_trim(name);
	if (item && !pl_str_empty(name) && !pl_str_eq(name, item->name))
		add_need(l, from, (struct pl_lock_need){name, version, PL_LOCK_NONE, 0});
}

void pl_lock_edge(struct pl_lock *l, uint32_t from, uint32_t to)
{
	if (to < l->items.len && to != from)
		add_need(l, from, (struct pl_lock_need){.item = to});
}

uint32_t pl_lock_named(const struct pl_lock *l, struct pl_str name)
{
	uint32_t id = pl_map_get(&l->names, name);

	return id < l->items.len ? id : PL_LOCK_NONE;
}

uint32_t pl_lock_find(struct pl_lock *l, struct pl_str name, struct pl_str version)
{
	return pl_map_get(&l->ids, item_key(l, name, version));
}

void pl_lock_root(struct pl_lock *l, uint32_t item)
{
	if (item < l->items.len)
		pl_vec_push(&l->roots, item);
}

/* What a need leads to: the item, or the one that has the name. */
static uint32_t target(struct pl_lock *l, const struct pl_lock_need *need)
{
	if (need->item != PL_LOCK_NONE)
		return need->item;
	if (!pl_str_empty(need->version))
		return pl_lock_find(l, need->name, need->version);
	return pl_lock_named(l, need->name);
}

void pl_lock_reach(struct pl_lock *l)
{
	PL_VEC(uint32_t) todo = {0};

	for (size_t i = 0; i < l->roots.len; i++)
		pl_vec_push(&todo, l->roots.at[i]);
	while (todo.len) {
		struct pl_lock_item *item = pl_lock_item(l, todo.at[--todo.len]);

		if (!item || item->reached)
			continue;
		item->reached = true;
		for (uint32_t n = item->first; n != PL_LOCK_NONE; n = l->needs.at[n].next)
			pl_vec_push(&todo, target(l, &l->needs.at[n]));
	}
	pl_vec_release(&todo);
	for (size_t i = 0; i < l->items.len; i++)
		l->items.at[i].dev = !l->items.at[i].reached;
}

static void tell_needs(const struct pl_lock *l, const struct pl_lock_item *item, struct pl_buf *out)
{
	for (uint32_t n = item->first; n != PL_LOCK_NONE; n = l->needs.at[n].next) {
		const struct pl_lock_need *need = &l->needs.at[n];
		bool exact = need->item != PL_LOCK_NONE;
		struct pl_str name = exact ? l->items.at[need->item].name : need->name;
		struct pl_str version = exact ? l->items.at[need->item].version : need->version;

		if (out->len)
			pl_buf_ch(out, '\n');
		pl_buf_str(out, name);
		if (pl_str_empty(version))
			continue;
		pl_buf_ch(out, '\t');
		pl_buf_str(out, version);
	}
}

void pl_lock_end(struct pl_lock *l)
{
	pl_auto_buf needs;

	pl_buf_init(&needs, PL_MiB(1));
	if (l->too_long)
		pl_fact_diag(l->w, PL_W_FAILED, "lock-too-long",
			     "%llu packages with names or versions over path-bytes were left out",
			     (unsigned long long)l->too_long);
	for (size_t i = 0; i < l->items.len; i++) {
		const struct pl_lock_item *item = &l->items.at[i];
		struct pl_pkg_fact p = {.type = item->type,
					.name = item->name,
					.version = item->version,
					.licenses = item->licenses,
					.purl = item->purl,
					.key = item->key,
					.how = l->how,
					.dev = item->dev,
					.uncertain = item->uncertain};

		pl_buf_reset(&needs);
		tell_needs(l, item, &needs);
		if (needs.failed)
			pl_fact_diag(l->w, PL_W_WARN, "lock-relations",
				     "%.*s: needs more than can be told", PL_FMT(item->name));
		else
			p.depends = pl_buf_view(&needs);
		pl_fact_package(l->w, &p);
	}
}

struct pl_str pl_lock_before(struct pl_str s, char c)
{
	ptrdiff_t at = pl_str_chr(s, c);

	return at < 0 ? s : pl_str_sub(s, 0, (size_t)at);
}

struct pl_str pl_lock_after(struct pl_str s, char c)
{
	ptrdiff_t at = pl_str_rchr(s, c);

	return at < 0 ? s : pl_str_sub(s, (size_t)at + 1, s.len);
}

struct pl_str pl_lock_unquote(struct pl_str s)
{
	if (s.len >= 2 && (s.ptr[0] == '"' || s.ptr[0] == '\'') && s.ptr[s.len - 1] == s.ptr[0])
		return pl_str_sub(s, 1, s.len - 2);
	return s;
}

bool pl_lock_word(struct pl_str *rest, struct pl_str *word)
{
	size_t from = 0, to;

	while (from < rest->len && (rest->ptr[from] == ' ' || rest->ptr[from] == '\t'))
		from++;
	for (to = from; to < rest->len && rest->ptr[to] != ' ' && rest->ptr[to] != '\t';)
		to++;
	if (to == from)
		return false;
	*word = pl_str_sub(*rest, from, to - from);
	*rest = pl_str_sub(*rest, to, rest->len);
	return true;
}
