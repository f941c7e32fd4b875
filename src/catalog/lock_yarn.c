/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yarn.lock. Version 1 is a form of its own (yarn v1 lockfile: a line of patterns, indented
 * members), since version 2 it is YAML with `__metadata`. An entry answers one or more patterns,
 * "name@range"; what a package needs is told as patterns too.
 */
#include "catalog/lock.h"

static const char *const globs[] = {"**/yarn.lock", NULL};

/* "name@rest", the name may begin with '@'. False when there is none. */
static bool cut_name(struct pl_str s, struct pl_str *name, struct pl_str *rest)
{
	ptrdiff_t at = pl_str_chr(pl_str_sub(s, 1, s.len), '@');

	if (at < 0)
		return false;
	*name = pl_str_sub(s, 0, (size_t)at + 1);
	*rest = pl_str_sub(s, (size_t)at + 2, s.len);
	return true;
}

/* Directories of the project: nothing that a registry knows. */
static bool is_own(struct pl_str range)
{
	bool archive = pl_str_find(range, PL_STR(".tgz")) >= 0 ||
		       pl_str_find(range, PL_STR(".tar.gz")) >= 0;

	return pl_str_starts(range, PL_STR("workspace:")) ||
	       pl_str_starts(range, PL_STR("link:")) || pl_str_starts(range, PL_STR("portal:")) ||
	       (pl_str_starts(range, PL_STR("file:")) && !archive);
}

static void remember(struct pl_lock *l, struct pl_map *patterns, struct pl_str pattern,
		     uint32_t item)
{
	pl_map_put(patterns, pl_arena_str(&l->arena, pattern), item);
}

/* --- version 1 ------------------------------------------------------------------------------ */

struct v1 {
	struct pl_lock *lock;
	struct pl_map *patterns;
	struct pl_str head; /* the line of patterns of the entry */
	uint32_t item;
	bool needs; /* inside dependencies or optionalDependencies */
	bool done;  /* the version was there: a second one is not asked for the patterns again */
};

/* The name behind an alias: "alias@npm:name@range". */
static bool name_of(struct pl_str pattern, struct pl_str *name, struct pl_str *range)
{
	if (!cut_name(pattern, name, range))
		return false;
	if (pl_str_starts(*range, PL_STR("npm:")) && range->len > 4)
		(void)cut_name(pl_str_sub(*range, 4, range->len), name, range);
	return true;
}

static void v1_version(struct v1 *v, struct pl_str version)
{
	struct pl_str rest = v->head, pattern, name, range;
	bool first = true;

	if (v->done)
		return;
	v->done = true;
	while (pl_str_split(&rest, ',', &pattern)) {
		pattern = pl_lock_unquote(pl_str_trim(pattern));
		if (!name_of(pattern, &name, &range))
			continue;
		if (first && !is_own(range))
			v->item = pl_lock_add(v->lock, name, version, false);
		first = false;
		if (v->item != PL_LOCK_NONE)
			remember(v->lock, v->patterns, pattern, v->item);
	}
}

static void v1_need(struct v1 *v, struct pl_str line)
{
	ptrdiff_t cut = line.len && line.ptr[0] == '"'
				? pl_str_chr(pl_str_sub(line, 1, line.len), '"') + 2
				: pl_str_chr(line, ' ');
	struct pl_str name, range;
	uint32_t to;

	if (cut <= 1)
		return;
	name = pl_lock_unquote(pl_str_sub(line, 0, (size_t)cut));
	range = pl_lock_unquote(pl_str_trim(pl_str_sub(line, (size_t)cut, line.len)));
	to = pl_map_get(v->patterns,
			pl_arena_fmt(&v->lock->arena, "%.*s@%.*s", PL_FMT(name), PL_FMT(range)));
	pl_lock_edge(v->lock, v->item, to == PL_MAP_NONE ? PL_LOCK_NONE : to);
}

/* One line of an entry; packages in the first pass, needs in the second. */
static void v1_line(struct v1 *v, struct pl_str line, bool second)
{
	size_t indent = 0;

	while (indent < line.len && line.ptr[indent] == ' ')
		indent++;
	if (indent == line.len || line.ptr[indent] == '#')
		return;
	if (indent == 0) {
		v->head = pl_str_trim(line);
		v->head.len -= v->head.len && v->head.ptr[v->head.len - 1] == ':';
		v->item = PL_LOCK_NONE;
		v->needs = v->done = false;
		return;
	}
	line = pl_str_trim(line);
	if (indent == 2) {
		v->needs = pl_str_eq_c(line, "dependencies:") ||
			   pl_str_eq_c(line, "optionalDependencies:");
		if (pl_str_starts(line, PL_STR("version ")))
			v1_version(v, pl_lock_unquote(pl_str_trim(pl_str_sub(line, 8, line.len))));
	} else if (second && v->needs) {
		v1_need(v, line);
	}
}

static void read_v1(struct pl_lock *l, struct pl_map *patterns, struct pl_str text)
{
	for (int pass = 0; pass < 2; pass++) {
		struct v1 v = {.lock = l, .patterns = patterns, .item = PL_LOCK_NONE};
		struct pl_str rest = text, line;

		while (pl_str_line(&rest, &line))
			v1_line(&v, line, pass == 1);
	}
}

/* --- version 2 and later -------------------------------------------------------------------- */

static uint32_t berry_package(struct pl_lock *l, const cJSON *entry)
{
	struct pl_str name, reference;

	if (!cut_name(pl_json_str(entry, "resolution"), &name, &reference) || is_own(reference))
		return PL_LOCK_NONE;
	return pl_lock_add(l, name, pl_json_str(entry, "version"), false);
}

static void berry_needs(struct pl_lock *l, const struct pl_map *patterns, const cJSON *entry,
			uint32_t item)
{
	pl_json_each(need, pl_json_get(entry, "dependencies"))
	{
		struct pl_str name = pl_json_key(need), range = pl_json_text(need);
		uint32_t to = pl_map_get(patterns, pl_arena_fmt(&l->arena, "%.*s@%.*s",
								PL_FMT(name), PL_FMT(range)));

		if (to == PL_MAP_NONE) /* until yarn 3 the protocol is left out here */
			to = pl_map_get(patterns, pl_arena_fmt(&l->arena, "%.*s@npm:%.*s",
							       PL_FMT(name), PL_FMT(range)));
		pl_lock_edge(l, item, to == PL_MAP_NONE ? PL_LOCK_NONE : to);
	}
}

static uint32_t first_pattern(const struct pl_map *patterns, const cJSON *entry)
{
	uint32_t item = pl_map_get(patterns, pl_str_trim(pl_lock_before(pl_json_key(entry), ',')));

	return item == PL_MAP_NONE ? PL_LOCK_NONE : item;
}

static int read_berry(struct pl_lock *l, struct pl_map *patterns, struct pl_str text, cJSON **root,
		      struct pl_err *err)
{
	int rc = pl_yaml_parse(text, pl_limit(PL_LIM_LOCK_BYTES), root, err);

	if (rc < 0)
		return rc;
	pl_json_each(entry, *root)
	{
		struct pl_str rest = pl_json_key(entry), pattern;
		uint32_t item = berry_package(l, entry);

		while (item != PL_LOCK_NONE && pl_str_split(&rest, ',', &pattern))
			remember(l, patterns, pl_str_trim(pattern), item);
	}
	pl_json_each(entry, *root)
	{
		uint32_t item = first_pattern(patterns, entry);

		if (item != PL_LOCK_NONE)
			berry_needs(l, patterns, entry, item);
	}
	return 0;
}

static int read_yarn(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_map patterns;
	pl_auto_lock l;
	int rc = 0;

	pl_map_init(&patterns);
	pl_lock_init(&l, w, PL_PKG_NPM, PL_STR("yarn.lock"));
	if (pl_str_find(f->path, PL_STR("node_modules/")) >= 0)
		return 0;
	if (pl_str_find(f->bytes, PL_STR("__metadata:")) >= 0)
		rc = read_berry(&l, &patterns, f->bytes, &root, err);
	else
		read_v1(&l, &patterns, f->bytes);
	if (rc < 0)
		return rc;
	if (l.items.len == 0 && pl_str_find(f->bytes, PL_STR("yarn lockfile v1")) < 0 && !root)
		return pl_fail(err, PL_E_FORMAT,
			       "neither a yarn lockfile v1 nor one with __metadata");
	pl_lock_end(&l);
	return 0;
}

const struct pl_cataloger pl_cataloger_yarn_lock = {
	.name = "yarn_lock",
	.what = "yarn: yarn.lock, version 1 and the YAML of later ones",
	.globs = globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_yarn,
};
