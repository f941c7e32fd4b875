/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables and keys of TOML (https://toml.io/en/v1.0.0). Every member of every table has a number,
 * found by the number of its table and its name, so that a hostile document with a million keys
 * costs no more than a friendly one of its length.
 */
#include "base/toml_int.h"

#include <stdio.h>

#include "base/limits.h"

int pl_toml_fail(struct pl_toml *t, const char *what)
{
	size_t line = 1, end = t->at < t->text.len ? t->at : t->text.len;

	for (size_t i = 0; i < end; i++)
		line += t->text.ptr[i] == '\n';
	return pl_fail(t->err, PL_E_FORMAT, "TOML line %zu: %s", line, what);
}

void pl_toml_blanks(struct pl_toml *t)
{
	while (pl_toml_peek(t, 0) == ' ' || pl_toml_peek(t, 0) == '\t')
		t->at++;
}

static bool line_end(struct pl_toml *t)
{
	if (pl_toml_peek(t, 0) == '\r' && pl_toml_peek(t, 1) == '\n')
		t->at++;
	if (pl_toml_peek(t, 0) != '\n')
		return false;
	t->at++;
	return true;
}

static int comment(struct pl_toml *t)
{
	char c;

	if (pl_toml_peek(t, 0) != '#')
		return 0;
	while ((c = pl_toml_peek(t, 0)) && c != '\n' &&
	       !(c == '\r' && pl_toml_peek(t, 1) == '\n')) {
		if (((unsigned char)c < 0x20 && c != '\t') || c == 0x7f)
			return pl_toml_fail(t, "control character in a comment");
		t->at++;
	}
	return 0;
}

int pl_toml_gap(struct pl_toml *t)
{
	do {
		int rc;

		pl_toml_blanks(t);
		rc = comment(t);
		if (rc < 0)
			return rc;
	} while (line_end(t));
	return 0;
}

static int rest_of_line(struct pl_toml *t)
{
	int rc;

	pl_toml_blanks(t);
	rc = comment(t);
	if (rc < 0)
		return rc;
	if (t->at < t->text.len && !line_end(t))
		return pl_toml_fail(t, "text after the value or header");
	return 0;
}

int pl_toml_node(struct pl_toml *t, cJSON *json, enum pl_toml_kind kind, uint32_t depth,
		 uint32_t *id)
{
	if (depth > pl_limit(PL_LIM_JSON_DEPTH))
		return pl_fail_limit(t->err, PL_LIM_JSON_DEPTH, "TOML nesting");
	if (++t->count > pl_limit(PL_LIM_TREE_NODES))
		return pl_fail_limit(t->err, PL_LIM_TREE_NODES, "TOML values");
	*id = (uint32_t)t->nodes.len;
	pl_vec_push(&t->nodes, (struct pl_toml_node){json, kind, 0, depth});
	return 0;
}

/* The key under which the map knows a member: four bytes of the table's number and the name. */
static struct pl_str map_key(struct pl_toml *t, uint32_t table, struct pl_str name)
{
	char *p = pl_arena_alloc(&t->arena, sizeof(table) + name.len + 1);

	memcpy(p, &table, sizeof(table));
	if (name.len)
		memcpy(p + sizeof(table), name.ptr, name.len);
	return pl_str_n(p, sizeof(table) + name.len);
}

/* Puts json, which it takes in any case, under a name that is known to be free. */
static int add_member(struct pl_toml *t, uint32_t table, struct pl_str key, cJSON *json,
		      enum pl_toml_kind kind, uint32_t *id)
{
	struct pl_toml_node parent = t->nodes.at[table];
	int rc = pl_toml_node(t, json, kind, parent.depth + 1, id);

	if (rc < 0 || !cJSON_AddItemToObject(parent.json, key.ptr + sizeof(table), json)) {
		cJSON_Delete(json);
		return rc < 0 ? rc : pl_fail(t->err, PL_E_INTERNAL, "no memory for TOML");
	}
	pl_map_put(&t->ids, key, *id);
	return 0;
}

/* bare or quoted; the view lives in the text or in scratch */
static int simple_key(struct pl_toml *t, struct pl_str *out)
{
	size_t from = t->at;
	char c = pl_toml_peek(t, 0);

	if (c == '"' || c == '\'') {
		int rc = pl_toml_string(t, false);

		*out = pl_buf_view(&t->scratch);
		return rc;
	}
	while (pl_is_alpha(c) || pl_is_digit(c) || c == '_' || c == '-') {
		t->at++;
		c = pl_toml_peek(t, 0);
	}
	if (t->at == from)
		return pl_toml_fail(t, "a key was expected");
	*out = pl_str_sub(t->text, from, t->at - from);
	return 0;
}

/*
 * One step of a dotted way, into the table called key. A way through a header reaches the last
 * table of an array; a way through a dotted key may enter only what dotted keys made, or what no
 * header has opened.
 */
static int step(struct pl_toml *t, uint32_t *table, struct pl_str key, bool header)
{
	uint32_t id = pl_map_get(&t->ids, key);
	struct pl_toml_node *node;

	if (id == PL_MAP_NONE)
		return add_member(t, *table, key, cJSON_CreateObject(),
				  header ? PL_TOML_IMPLICIT : PL_TOML_DOTTED, table);
	node = &t->nodes.at[id];
	if (node->kind == PL_TOML_VALUE)
		return pl_toml_fail(t, "a key leads through a value that is no table");
	if (!header && (node->kind == PL_TOML_HEADER || node->kind == PL_TOML_TABLES))
		return pl_toml_fail(t, "a dotted key adds to a table that is complete");
	if (!header)
		node->kind = PL_TOML_DOTTED;
	*table = node->kind == PL_TOML_TABLES ? node->last : id;
	return 0;
}

/* A dotted key from `table` on: goes to the last table but one, and gives the map key of the last
 * name. */
static int way(struct pl_toml *t, uint32_t *table, bool header, struct pl_str *last)
{
	for (;;) {
		struct pl_str name;
		int rc;

		pl_toml_blanks(t);
		rc = simple_key(t, &name);
		if (rc < 0)
			return rc;
		*last = map_key(t, *table, name);
		pl_toml_blanks(t);
		if (pl_toml_peek(t, 0) != '.')
			return 0;
		t->at++;
		rc = step(t, table, *last, header);
		if (rc < 0)
			return rc;
	}
}

int pl_toml_pair(struct pl_toml *t, uint32_t table)
{
	cJSON *value = NULL;
	struct pl_str key;
	uint32_t id;
	int rc = way(t, &table, false, &key);

	if (rc < 0)
		return rc;
	if (pl_toml_peek(t, 0) != '=')
		return pl_toml_fail(t, "\"=\" was expected after the key");
	t->at++;
	if (pl_map_get(&t->ids, key) != PL_MAP_NONE)
		return pl_toml_fail(t, "a key is defined twice");
	pl_toml_blanks(t);
	rc = pl_toml_value(t, t->nodes.at[table].depth + 1, &value);
	if (rc < 0)
		return rc;
	return add_member(t, table, key, value, PL_TOML_VALUE, &id);
}

/* [[name]]: one more table in the array of that name */
static int open_element(struct pl_toml *t, uint32_t parent, struct pl_str key, uint32_t *table)
{
	uint32_t id = pl_map_get(&t->ids, key);
	cJSON *element;
	int rc;

	if (id == PL_MAP_NONE) {
		rc = add_member(t, parent, key, cJSON_CreateArray(), PL_TOML_TABLES, &id);
		if (rc < 0)
			return rc;
	}
	if (t->nodes.at[id].kind != PL_TOML_TABLES)
		return pl_toml_fail(t, "[[…]] of what is no array of tables");
	element = cJSON_CreateObject();
	if (!element || !cJSON_AddItemToArray(t->nodes.at[id].json, element)) {
		cJSON_Delete(element);
		return pl_fail(t->err, PL_E_INTERNAL, "no memory for TOML");
	}
	rc = pl_toml_node(t, element, PL_TOML_HEADER, t->nodes.at[id].depth + 1, table);
	t->nodes.at[id].last = *table;
	return rc;
}

static int open_table(struct pl_toml *t, uint32_t parent, struct pl_str key, uint32_t *table)
{
	uint32_t id = pl_map_get(&t->ids, key);

	if (id == PL_MAP_NONE)
		return add_member(t, parent, key, cJSON_CreateObject(), PL_TOML_HEADER, table);
	if (t->nodes.at[id].kind != PL_TOML_IMPLICIT)
		return pl_toml_fail(t, "a table is defined twice");
	t->nodes.at[id].kind = PL_TOML_HEADER;
	*table = id;
	return 0;
}

static int header(struct pl_toml *t, uint32_t *table)
{
	uint32_t parent = 0;
	struct pl_str key;
	bool element;
	int rc;

	t->at++;
	element = pl_toml_peek(t, 0) == '[';
	t->at += element;
	rc = way(t, &parent, true, &key);
	if (rc < 0)
		return rc;
	if (pl_toml_peek(t, 0) != ']' || (element && pl_toml_peek(t, 1) != ']'))
		return pl_toml_fail(t, "a header is not closed");
	t->at += element ? 2 : 1;
	rc = element ? open_element(t, parent, key, table) : open_table(t, parent, key, table);
	return rc < 0 ? rc : rest_of_line(t);
}

static int document(struct pl_toml *t)
{
	uint32_t table = 0;

	for (;;) {
		int rc = pl_toml_gap(t);

		if (rc < 0)
			return rc;
		if (t->at == t->text.len)
			return 0;
		if (pl_toml_peek(t, 0) == '[') {
			rc = header(t, &table);
		} else {
			rc = pl_toml_pair(t, table);
			rc = rc < 0 ? rc : rest_of_line(t);
		}
		if (rc < 0)
			return rc;
	}
}

int pl_toml_parse(struct pl_str text, uint64_t max, cJSON **out, struct pl_err *err)
{
	struct pl_toml t = {.text = text, .err = err};
	cJSON *root;
	uint32_t id;
	int rc;

	if (text.len > max)
		return pl_fail(err, PL_E_LIMIT, "TOML of %zu bytes: over the limit of %llu",
			       text.len, (unsigned long long)max);
	if (text.len && (memchr(text.ptr, 0, text.len) || pl_utf8_prefix(text) != text.len))
		return pl_fail(err, PL_E_FORMAT, "TOML that is not UTF-8 text");
	if (pl_str_starts(text, PL_STR("\xef\xbb\xbf")))
		t.at = 3;
	root = cJSON_CreateObject();
	if (!root)
		return pl_fail(err, PL_E_INTERNAL, "no memory for TOML");
	pl_arena_init(&t.arena);
	pl_map_init(&t.ids);
	pl_buf_init(&t.scratch, text.len + 1);
	rc = pl_toml_node(&t, root, PL_TOML_HEADER, 0, &id);
	rc = rc < 0 ? rc : document(&t);
	pl_buf_release(&t.scratch);
	pl_map_release(&t.ids);
	pl_arena_release(&t.arena);
	pl_vec_release(&t.nodes);
	if (rc < 0)
		cJSON_Delete(root);
	else
		*out = root;
	return rc;
}
