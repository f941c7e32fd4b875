/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the two halves of the TOML reader share: tables and keys (toml.c), values (toml_value.c). */
#include "base/map.h"
#include "base/toml.h"

enum pl_toml_kind {
	PL_TOML_VALUE,	  /* complete: nothing may be added */
	PL_TOML_IMPLICIT, /* a table that [a.b] made of a: [a] may still come */
	PL_TOML_HEADER,	  /* a table that a [header] opened */
	PL_TOML_DOTTED,	  /* a table that a dotted key made */
	PL_TOML_TABLES,	  /* an array of tables: last is the node of its last table */
};
struct pl_toml_node {
	cJSON *json; /* owned by its parent */
	enum pl_toml_kind kind;
	uint32_t last;
	uint32_t depth;
};
struct pl_toml {
	struct pl_str text;
	size_t at;
	struct pl_arena arena; /* keys of the map */
	struct pl_map ids;     /* number of a table and name of a member: number of the member */
	PL_VEC(struct pl_toml_node) nodes;
	struct pl_buf scratch; /* the string that is being read */
	uint64_t count;
	struct pl_err *err;
};

int pl_toml_fail(struct pl_toml *t, const char *what);
/* The byte at the place of reading plus n, or 0 behind the end (no text holds a NUL). */
static inline char pl_toml_peek(const struct pl_toml *t, size_t n)
{
	return t->text.len - t->at > n ? t->text.ptr[t->at + n] : 0;
}
void pl_toml_blanks(struct pl_toml *t);
/* Blanks, comments and line ends. */
int pl_toml_gap(struct pl_toml *t);
/* A quoted string of any of the four kinds, unescaped into scratch; `lines`: """ and ''' too. */
int pl_toml_string(struct pl_toml *t, bool lines);
/* A value, nested `depth` levels. */
int pl_toml_value(struct pl_toml *t, uint32_t depth, cJSON **out);
/* `key = value` into the table of that number. */
int pl_toml_pair(struct pl_toml *t, uint32_t table);
/* A number for a table that no key leads to yet. */
int pl_toml_node(struct pl_toml *t, cJSON *json, enum pl_toml_kind kind, uint32_t depth,
		 uint32_t *id);
