/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <stdio.h>

#include "base/limits.h"

void pl_jw_init(struct pl_jw *w, struct pl_buf *out, bool pretty)
{
	*w = (struct pl_jw){.out = out, .pretty = pretty};
}

static void newline(struct pl_jw *w)
{
	if (!w->pretty)
		return;
	pl_buf_ch(w->out, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		pl_buf_add(w->out, "  ", 2);
}

/* what stands before any key, or any value that has no key */
static void before(struct pl_jw *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->comma)
		pl_buf_ch(w->out, ',');
	if (w->depth)
		newline(w);
}

static void open_level(struct pl_jw *w, char c)
{
	before(w);
	pl_buf_ch(w->out, c);
	w->depth++;
	w->comma = false;
}

static void close_level(struct pl_jw *w, char c)
{
	bool any = w->comma;

	w->depth--;
	if (any)
		newline(w);
	pl_buf_ch(w->out, c);
	w->comma = true;
	if (w->depth == 0 && w->pretty)
		pl_buf_ch(w->out, '\n');
}

void pl_jw_obj(struct pl_jw *w)
{
	open_level(w, '{');
}
void pl_jw_obj_end(struct pl_jw *w)
{
	close_level(w, '}');
}
void pl_jw_arr(struct pl_jw *w)
{
	open_level(w, '[');
}
void pl_jw_arr_end(struct pl_jw *w)
{
	close_level(w, ']');
}

static void escaped(struct pl_buf *b, unsigned char c)
{
	static const char shorts[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
	const char *at = c ? strchr(shorts, c) : NULL;

	if (at) {
		pl_buf_ch(b, '\\');
		pl_buf_ch(b, letters[at - shorts]);
	} else {
		pl_buf_fmt(b, "\\u%04x", c);
	}
}

static void quoted(struct pl_buf *b, struct pl_str s)
{
	pl_buf_ch(b, '"');
	while (s.len) {
		size_t valid = pl_utf8_prefix(s), from = 0;

		for (size_t i = 0; i < valid; i++) {
			unsigned char c = (unsigned char)s.ptr[i];

			if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
				continue;
			pl_buf_add(b, s.ptr + from, i - from);
			escaped(b, c);
			from = i + 1;
		}
		pl_buf_add(b, s.ptr + from, valid - from);
		if (valid < s.len) {
			pl_buf_c(b, "\xef\xbf\xbd");
			valid++;
		}
		s = pl_str_sub(s, valid, s.len);
	}
	pl_buf_ch(b, '"');
}

void pl_jw_key_str(struct pl_jw *w, struct pl_str key)
{
	before(w);
	quoted(w->out, key);
	pl_buf_c(w->out, w->pretty ? ": " : ":");
	w->comma = false;
	w->after_key = true;
}

void pl_jw_key(struct pl_jw *w, const char *key)
{
	pl_jw_key_str(w, pl_str_c(key));
}

void pl_jw_str(struct pl_jw *w, struct pl_str s)
{
	before(w);
	quoted(w->out, s);
	w->comma = true;
}

static void plain(struct pl_jw *w, const char *text)
{
	before(w);
	pl_buf_c(w->out, text);
	w->comma = true;
}

void pl_jw_u64(struct pl_jw *w, uint64_t v)
{
	before(w);
	pl_buf_fmt(w->out, "%llu", (unsigned long long)v);
	w->comma = true;
}

void pl_jw_i64(struct pl_jw *w, int64_t v)
{
	before(w);
	pl_buf_fmt(w->out, "%lld", (long long)v);
	w->comma = true;
}

void pl_jw_bool(struct pl_jw *w, bool v)
{
	plain(w, v ? "true" : "false");
}

void pl_jw_null(struct pl_jw *w)
{
	plain(w, "null");
}

void pl_jw_tenths(struct pl_jw *w, unsigned tenths)
{
	before(w);
	pl_buf_fmt(w->out, "%u.%u", tenths / 10, tenths % 10);
	w->comma = true;
}

void pl_jw_kstr(struct pl_jw *w, const char *key, struct pl_str s)
{
	pl_jw_key(w, key);
	pl_jw_str(w, s);
}

void pl_jw_ku64(struct pl_jw *w, const char *key, uint64_t v)
{
	pl_jw_key(w, key);
	pl_jw_u64(w, v);
}

void pl_jw_kbool(struct pl_jw *w, const char *key, bool v)
{
	pl_jw_key(w, key);
	pl_jw_bool(w, v);
}

/* Depth and NUL are checked by a scan of our own: cJSON's depth limit is fixed at build time of
 * the library and its error does not say what was wrong. */
static int check_shape(struct pl_str t, struct pl_err *err)
{
	uint64_t depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < t.len; i++) {
		char c = t.ptr[i];

		if (c == 0)
			return pl_fail(err, PL_E_FORMAT, "NUL at byte %zu of JSON", i);
		if (in_string) {
			if (c == '\\' && pl_str_starts(pl_str_sub(t, i, 6), PL_STR("\\u0000")))
				return pl_fail(err, PL_E_FORMAT, "escaped NUL at byte %zu of JSON",
					       i);
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
			continue;
		}
		in_string = c == '"';
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && depth)
			depth--;
		if (depth > pl_limit(PL_LIM_JSON_DEPTH)) {
			char what[64];

			snprintf(what, sizeof(what), "JSON nesting at byte %zu", i);
			return pl_fail_limit(err, PL_LIM_JSON_DEPTH, what);
		}
	}
	return 0;
}

int pl_json_parse(struct pl_str text, uint64_t max, cJSON **out, struct pl_err *err)
{
	const char *end = NULL;
	struct pl_str rest;
	cJSON *j;
	int rc;

	if (text.len > max)
		return pl_fail(err, PL_E_LIMIT, "JSON of %zu bytes: over the limit of %llu",
			       text.len, (unsigned long long)max);
	if (text.len == 0)
		return pl_fail(err, PL_E_TRUNCATED, "empty instead of JSON");
	rc = check_shape(text, err);
	if (rc < 0)
		return rc;
	j = cJSON_ParseWithLengthOpts(text.ptr, text.len, &end, 0);
	if (!j)
		return pl_fail(err, PL_E_FORMAT, "not JSON at byte %zu of %zu",
			       end ? (size_t)(end - text.ptr) : 0, text.len);
	rest = pl_str_trim(pl_str_sub(text, (size_t)(end - text.ptr), text.len));
	if (rest.len) {
		cJSON_Delete(j);
		return pl_fail(err, PL_E_FORMAT, "text after the JSON document at byte %zu",
			       (size_t)(rest.ptr - text.ptr));
	}
	*out = j;
	return 0;
}

const cJSON *pl_json_get(const cJSON *obj, const char *key)
{
	return cJSON_IsObject(obj) ? cJSON_GetObjectItemCaseSensitive(obj, key) : NULL;
}

struct pl_str pl_json_text(const cJSON *node)
{
	const char *s = cJSON_GetStringValue(node);

	return pl_str_c(s);
}

struct pl_str pl_json_str(const cJSON *obj, const char *key)
{
	return pl_json_text(pl_json_get(obj, key));
}

bool pl_json_u64(const cJSON *obj, const char *key, uint64_t *out)
{
	const cJSON *n = pl_json_get(obj, key);

	if (!cJSON_IsNumber(n) || n->valuedouble < 0 || n->valuedouble > 9007199254740992.0)
		return false;
	*out = (uint64_t)n->valuedouble;
	return true;
}
