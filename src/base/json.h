/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * JSON (RFC 8259). Writing is ours: deterministic order, all control characters escaped, invalid
 * UTF-8 replaced by U+FFFD. Reading is cJSON behind a check of size, depth and NUL, with views
 * for access; a missing member and one of another type read alike: NULL or an empty view.
 */
#include <cjson/cJSON.h>

#include "base/err.h"
#include "base/str.h"

struct pl_jw {
	struct pl_buf *out; /* not owned */
	unsigned depth;
	bool comma; /* a value stands before the next one at this level */
	bool after_key;
	bool pretty; /* two blanks a level; otherwise one line */
};
void pl_jw_init(struct pl_jw *w, struct pl_buf *out, bool pretty);
void pl_jw_obj(struct pl_jw *w);
void pl_jw_obj_end(struct pl_jw *w);
void pl_jw_arr(struct pl_jw *w);
void pl_jw_arr_end(struct pl_jw *w);
void pl_jw_key(struct pl_jw *w, const char *key);
void pl_jw_key_str(struct pl_jw *w, struct pl_str key);
void pl_jw_str(struct pl_jw *w, struct pl_str s);
void pl_jw_u64(struct pl_jw *w, uint64_t v);
void pl_jw_i64(struct pl_jw *w, int64_t v);
void pl_jw_bool(struct pl_jw *w, bool v);
void pl_jw_null(struct pl_jw *w);
/* one decimal: 9.8 */
void pl_jw_tenths(struct pl_jw *w, unsigned tenths);
/* key and value in one */
void pl_jw_kstr(struct pl_jw *w, const char *key, struct pl_str s);
void pl_jw_ku64(struct pl_jw *w, const char *key, uint64_t v);
void pl_jw_kbool(struct pl_jw *w, const char *key, bool v);

/* Parses one document of at most `max` bytes (a BOM and trailing blanks are allowed). The caller
 * frees *out with cJSON_Delete. Errors name the offset. cJSON keeps numbers as double and ends
 * strings at NUL: an escaped NUL is refused. */
int pl_json_parse(struct pl_str text, uint64_t max, cJSON **out, struct pl_err *err);
/* The same for JSON with // and block comments and with commas before a closing bracket, as bun.lock
 * and deno.jsonc have them. */
int pl_jsonc_parse(struct pl_str text, uint64_t max, cJSON **out, struct pl_err *err);
static inline void pl_json_free(cJSON **j)
{
	cJSON_Delete(*j);
}
#define pl_auto_json __attribute__((cleanup(pl_json_free))) cJSON
/* Member of an object (case-sensitive), or NULL; obj may be NULL. */
const cJSON *pl_json_get(const cJSON *obj, const char *key);
/* The string value of a member, or an empty view with NULL ptr. Lives as long as the document. */
struct pl_str pl_json_str(const cJSON *obj, const char *key);
/* The string value of a node itself, as above. */
struct pl_str pl_json_text(const cJSON *node);
/* A member that is a whole number of 0 … 2^53; false otherwise. */
bool pl_json_u64(const cJSON *obj, const char *key, uint64_t *out);
