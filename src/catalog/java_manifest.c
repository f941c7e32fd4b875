/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/java_manifest.h"

static const char *const names[] = {
#define X(sym, name) [JAVA_##sym] = name,
	JAVA_FIELDS(X)
#undef X
};

/* A value that is longer says nothing that a name or version could be. */
#define VALUE_MAX 4096

static struct pl_str *field(struct java_manifest *m, struct pl_str key)
{
	for (size_t i = 0; i < JAVA_FIELD__COUNT; i++) {
		if (pl_str_ieq(key, pl_str_c(names[i])))
			return &m->at[i];
	}
	return NULL;
}

static void keep(struct java_manifest *m, struct pl_str key, struct pl_buf *value,
		 struct pl_arena *arena)
{
	struct pl_str *f = field(m, pl_str_trim(key));

	if (f && pl_str_empty(*f) && !value->failed)
		*f = pl_arena_str(arena, pl_str_trim(pl_buf_view(value)));
}

/* JAR File Specification: "name: value", a line that begins with a blank continues the one
 * before; the main section ends at the first empty line. */
void pl_java_manifest_read(struct pl_str text, struct pl_arena *arena, struct java_manifest *out)
{
	struct pl_str line, key = {0};
	pl_auto_buf value;

	pl_buf_init(&value, VALUE_MAX);
	*out = (struct java_manifest){0};
	if (pl_str_starts(text, PL_STR("\xef\xbb\xbf")))
		text = pl_str_sub(text, 3, text.len);
	while (pl_str_line(&text, &line) && !pl_str_empty(line)) {
		ptrdiff_t colon = pl_str_chr(line, ':');

		if (line.ptr[0] == ' ') {
			pl_buf_str(&value, pl_str_sub(line, 1, line.len));
			continue;
		}
		keep(out, key, &value, arena);
		pl_buf_reset(&value);
		key = pl_str_sub(line, 0, colon < 0 ? 0 : (size_t)colon);
		if (colon >= 0)
			pl_buf_str(&value, pl_str_sub(line, (size_t)colon + 1, line.len));
	}
	keep(out, key, &value, arena);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\f';
}

/* java.util.Properties: the key ends at the first '=', ':' or blank; a backslash takes the next
 * character as it is (names and versions hold no \uXXXX). */
static bool property(struct pl_str line, struct pl_str *key, struct pl_buf *value)
{
	size_t i = 0, from;

	while (i < line.len && is_blank(line.ptr[i]))
		i++;
	if (i == line.len || line.ptr[i] == '#' || line.ptr[i] == '!')
		return false;
	from = i;
	while (i < line.len && line.ptr[i] != '=' && line.ptr[i] != ':' && !is_blank(line.ptr[i]))
		i++;
	*key = pl_str_sub(line, from, i - from);
	while (i < line.len && is_blank(line.ptr[i]))
		i++;
	if (i < line.len && (line.ptr[i] == '=' || line.ptr[i] == ':'))
		i++;
	pl_buf_reset(value);
	for (; i < line.len; i++) {
		i += line.ptr[i] == '\\' && i + 1 < line.len;
		pl_buf_ch(value, line.ptr[i]);
	}
	return !value->failed;
}

static void from_path(struct pl_str path, struct java_pom *p)
{
	struct pl_str dir = pl_path_dir(path);

	if (pl_str_empty(p->artifact))
		p->artifact = pl_path_base(dir);
	if (pl_str_empty(p->group))
		p->group = pl_path_base(pl_path_dir(dir));
}

bool pl_java_pom_read(struct pl_str text, struct pl_str path, struct pl_arena *arena,
		      struct java_pom *out)
{
	struct java_pom p = {.path = pl_arena_str(arena, path)};
	struct pl_str line;
	pl_auto_buf value;

	pl_buf_init(&value, VALUE_MAX);
	while (pl_str_line(&text, &line)) {
		struct pl_str key, v;

		if (!property(line, &key, &value))
			continue;
		v = pl_str_trim(pl_buf_view(&value));
		/* a build that did not fill its template in tells nothing */
		if (pl_str_find(v, PL_STR("${")) >= 0)
			continue;
		if (pl_str_eq_c(key, "groupId"))
			p.group = pl_arena_str(arena, v);
		else if (pl_str_eq_c(key, "artifactId"))
			p.artifact = pl_arena_str(arena, v);
		else if (pl_str_eq_c(key, "version"))
			p.version = pl_arena_str(arena, v);
	}
	from_path(p.path, &p);
	if (pl_str_empty(p.group) || pl_str_empty(p.artifact))
		return false;
	*out = p;
	return true;
}
