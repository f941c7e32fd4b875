/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml.h"

#include <stdio.h>
#include <yaml.h>

#include "base/limits.h"
#include "base/map.h"

/* A sequence or mapping that is not closed yet. */
struct frame {
	cJSON *json;
	uint32_t id;	   /* to tell its keys from those of others */
	struct pl_str key; /* of the value that comes next, when has_key */
	bool has_key;
	size_t anchor; /* one more than its index in anchors_at, or 0 */
};
struct anchor {
	const cJSON *json;
	bool open;
};
struct reader {
	yaml_parser_t parser;
	cJSON *documents; /* array */
	struct pl_arena arena;
	struct pl_map keys;    /* id of a mapping and key: that it was there */
	struct pl_map anchors; /* name: index of anchors_at */
	PL_VEC(struct anchor) anchors_at;
	PL_VEC(struct frame) open;
	uint64_t count, max_count, max_depth;
	uint32_t ids;
	struct pl_err *err;
};

static int fail_at(struct reader *r, const yaml_event_t *e, const char *what)
{
	return pl_fail(r->err, PL_E_FORMAT, "YAML line %zu: %s", e->start_mark.line + 1, what);
}

static int count(struct reader *r, uint64_t n)
{
	r->count += n;
	if (r->count > r->max_count)
		return pl_fail_limit(r->err, PL_LIM_TREE_NODES, "YAML nodes, aliases expanded");
	return 0;
}

/* The member key's value, the next item, or a document: takes json in any case. */
static int place(struct reader *r, cJSON *json)
{
	struct frame *f = r->open.len ? &r->open.at[r->open.len - 1] : NULL;
	bool ok;

	if (f && f->has_key) {
		ok = json && cJSON_AddItemToObject(f->json, f->key.ptr, json);
		f->has_key = false;
	} else {
		ok = json && cJSON_AddItemToArray(f ? f->json : r->documents, json);
	}
	if (ok)
		return 0;
	cJSON_Delete(json);
	return pl_fail(r->err, PL_E_INTERNAL, "no memory for YAML");
}

static bool wants_key(const struct reader *r)
{
	const struct frame *f = r->open.len ? &r->open.at[r->open.len - 1] : NULL;

	return f && cJSON_IsObject(f->json) && !f->has_key;
}

static int take_key(struct reader *r, const yaml_event_t *e, struct pl_str text)
{
	struct frame *f = &r->open.at[r->open.len - 1];
	char *p = pl_arena_alloc(&r->arena, sizeof(f->id) + text.len + 1);

	memcpy(p, &f->id, sizeof(f->id));
	if (text.len)
		memcpy(p + sizeof(f->id), text.ptr, text.len);
	if (!pl_map_put(&r->keys, pl_str_n(p, sizeof(f->id) + text.len), 0))
		return fail_at(r, e, "a key stands twice in a mapping");
	f->key = pl_str_n(p + sizeof(f->id), text.len);
	f->has_key = true;
	return 0;
}

/* One more than the index of the anchor, 0 when there is none. */
static size_t remember(struct reader *r, const yaml_char_t *name, const cJSON *json, bool is_open)
{
	struct pl_str key;

	if (!name)
		return 0;
	key = pl_arena_str(&r->arena, pl_str_c((const char *)name));
	pl_map_put(&r->anchors, key, (uint32_t)r->anchors_at.len);
	pl_vec_push(&r->anchors_at, (struct anchor){json, is_open});
	return r->anchors_at.len;
}

/* --- scalars -------------------------------------------------------------------------------- */

static bool one_of(struct pl_str s, const char *const *words)
{
	for (; *words; words++) {
		if (pl_str_eq_c(s, *words))
			return true;
	}
	return false;
}

/* YAML 1.2.2, 10.3.2: the core schema, of which numbers stay text. */
static cJSON *scalar(const yaml_event_t *e, struct pl_str s)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
	static const char *const truths[] = {"true", "True", "TRUE", NULL};
	static const char *const lies[] = {"false", "False", "FALSE", NULL};
	bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !e->data.scalar.tag;

	if (plain && one_of(s, nulls))
		return cJSON_CreateNull();
	if (plain && one_of(s, truths))
		return cJSON_CreateTrue();
	if (plain && one_of(s, lies))
		return cJSON_CreateFalse();
	return cJSON_CreateString((const char *)e->data.scalar.value);
}

static int on_scalar(struct reader *r, const yaml_event_t *e)
{
	struct pl_str s = pl_str_n(e->data.scalar.value, e->data.scalar.length);
	cJSON *json;

	if (s.len && memchr(s.ptr, 0, s.len))
		return fail_at(r, e, "NUL in a string");
	if (wants_key(r)) {
		/* an anchored key may be used as a value elsewhere: give it a node of its own */
		if (e->data.scalar.anchor)
			return fail_at(r, e, "an anchor on a key is not supported");
		return take_key(r, e, s);
	}
	json = scalar(e, s);
	remember(r, e->data.scalar.anchor, json, false);
	return place(r, json);
}

/* --- aliases -------------------------------------------------------------------------------- */

/* What a copy of a tree costs: its nodes, long strings counting more. False as soon as that, or its
 * height, is more than allowed. */
static bool measure(const cJSON *json, uint64_t room, uint64_t depth, uint64_t *cost)
{
	*cost += 1 + (pl_str_c(json->string).len + pl_json_text(json).len) / 64;
	if (*cost > room || depth == 0)
		return false;
	for (const cJSON *c = json->child; c; c = c->next) {
		if (!measure(c, room, depth - 1, cost))
			return false;
	}
	return true;
}

static int on_alias(struct reader *r, const yaml_event_t *e)
{
	uint32_t at = pl_map_get(&r->anchors, pl_str_c((const char *)e->data.alias.anchor));
	const cJSON *what;
	uint64_t cost = 0;

	if (at == PL_MAP_NONE)
		return fail_at(r, e, "an alias of nothing");
	if (r->anchors_at.at[at].open)
		return fail_at(r, e, "an alias inside what it names");
	what = r->anchors_at.at[at].json;
	if (wants_key(r)) {
		if (!cJSON_IsString(what))
			return fail_at(r, e, "a key that is no scalar");
		return take_key(r, e, pl_json_text(what));
	}
	if (!measure(what, r->max_count - r->count, r->max_depth - r->open.len + 1, &cost))
		return pl_fail_limit(r->err, PL_LIM_TREE_NODES, "YAML nodes, aliases expanded");
	r->count += cost;
	return place(r, cJSON_Duplicate(what, true));
}

/* --- sequences and mappings ----------------------------------------------------------------- */

static int on_open(struct reader *r, const yaml_event_t *e)
{
	bool map = e->type == YAML_MAPPING_START_EVENT;
	cJSON *json;
	int rc;

	if (wants_key(r))
		return fail_at(r, e, "a key that is no scalar");
	if (r->open.len >= r->max_depth)
		return pl_fail_limit(r->err, PL_LIM_JSON_DEPTH, "YAML nesting");
	json = map ? cJSON_CreateObject() : cJSON_CreateArray();
	rc = place(r, json);
	if (rc < 0)
		return rc;
	pl_vec_push(&r->open, (struct frame){.json = json, .id = r->ids++});
	r->open.at[r->open.len - 1].anchor = remember(
		r, map ? e->data.mapping_start.anchor : e->data.sequence_start.anchor, json, true);
	return 0;
}

static void on_close(struct reader *r)
{
	size_t anchor = r->open.at[--r->open.len].anchor;

	if (anchor)
		r->anchors_at.at[anchor - 1].open = false;
}

static int on_event(struct reader *r, const yaml_event_t *e)
{
	int rc = 0;

	switch (e->type) {
	case YAML_SCALAR_EVENT:
		rc = count(r, 1);
		return rc < 0 ? rc : on_scalar(r, e);
	case YAML_ALIAS_EVENT:
		return on_alias(r, e);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		rc = count(r, 1);
		return rc < 0 ? rc : on_open(r, e);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		on_close(r);
		return 0;
	case YAML_DOCUMENT_START_EVENT:
		pl_map_release(&r->anchors);
		pl_map_init(&r->anchors);
		r->anchors_at.len = 0;
		return 0;
	default:
		return 0;
	}
}

static int run(struct reader *r)
{
	for (;;) {
		yaml_event_t e;
		bool end;
		int rc;

		if (!yaml_parser_parse(&r->parser, &e))
			return pl_fail(r->err, PL_E_FORMAT, "YAML line %zu: %s",
				       r->parser.problem_mark.line + 1,
				       r->parser.problem ? r->parser.problem : "unreadable");
		end = e.type == YAML_STREAM_END_EVENT;
		rc = on_event(r, &e);
		yaml_event_delete(&e);
		if (rc < 0 || end)
			return rc;
	}
}

int pl_yaml_documents(struct pl_str text, uint64_t max, cJSON **out, struct pl_err *err)
{
	struct reader r = {.err = err,
			   .max_count = pl_limit(PL_LIM_TREE_NODES),
			   .max_depth = pl_limit(PL_LIM_JSON_DEPTH)};
	int rc;

	if (text.len > max)
		return pl_fail(err, PL_E_LIMIT, "YAML of %zu bytes: over the limit of %llu",
			       text.len, (unsigned long long)max);
	r.documents = cJSON_CreateArray();
	if (!r.documents || !yaml_parser_initialize(&r.parser)) {
		cJSON_Delete(r.documents);
		return pl_fail(err, PL_E_INTERNAL, "no memory for YAML");
	}
	pl_arena_init(&r.arena);
	pl_map_init(&r.keys);
	pl_map_init(&r.anchors);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.ptr ? text.ptr : ""),
				     text.len);
	rc = run(&r);
	yaml_parser_delete(&r.parser);
	pl_vec_release(&r.open);
	pl_vec_release(&r.anchors_at);
	pl_map_release(&r.anchors);
	pl_map_release(&r.keys);
	pl_arena_release(&r.arena);
	if (rc < 0)
		cJSON_Delete(r.documents);
	else
		*out = r.documents;
	return rc;
}

int pl_yaml_parse(struct pl_str text, uint64_t max, cJSON **out, struct pl_err *err)
{
	pl_auto_json *documents = NULL;
	int rc = pl_yaml_documents(text, max, &documents, err);

	if (rc < 0)
		return rc;
	if (cJSON_GetArraySize(documents) > 1)
		return pl_fail(err, PL_E_FORMAT, "more than one YAML document");
	*out = documents->child ? cJSON_DetachItemFromArray(documents, 0) : cJSON_CreateNull();
	return 0;
}
