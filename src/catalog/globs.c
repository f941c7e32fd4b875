/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns in chains by what must be in a path that they match. Each key has one letter for its
 * kind before it; patterns that say nothing for certain are tried for every path.
 */
#include "catalog/globs.h"

enum { KEY_MAX = 256, NAME = 'n', ENDING = 'e', DIRECTORY = 'd' };

struct pattern {
	struct pl_str text;
	uint32_t row;
	uint32_t next; /* in its chain, PL_MAP_NONE at the end */
	bool rooted;
};

struct pl_globs {
	struct pl_arena arena;
	PL_VEC(struct pattern) patterns; /* in order of rows */
	struct pl_map chains;		 /* key to the first pattern of a chain */
	PL_VEC(uint32_t) heads;
	uint32_t always;	     /* chain of those without a key */
	PL_VEC(uint32_t) candidates; /* scratch of one question */
};

/* --- building ------------------------------------------------------------------------------- */

static bool is_plain(struct pl_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (strchr("*?[]", s.ptr[i]))
			return false;
	return s.len > 0;
}

/* Every "**" is a component of its own; otherwise components of pattern and path do not agree. */
static bool is_regular(struct pl_str glob)
{
	struct pl_str part;

	while (pl_str_split(&glob, '/', &part))
		if (pl_str_find(part, PL_STR("**")) >= 0 && part.len > 2)
			return false;
	return true;
}

/* ".jar" of "*.jar", also of "a*b.jar": what follows the last dot has no wildcard. */
static struct pl_str ending_of(struct pl_str base)
{
	ptrdiff_t dot = pl_str_rchr(base, '.');

	return dot < 0 ? PL_STR("") : pl_str_sub(base, (size_t)dot, base.len);
}

static struct pl_str key_in(char *buf, char kind, struct pl_str s)
{
	if (s.len == 0 || s.len >= KEY_MAX)
		return PL_STR("");
	buf[0] = kind;
	memcpy(buf + 1, s.ptr, s.len);
	return pl_str_n(buf, s.len + 1);
}

static struct pl_str key_of(char *buf, struct pl_str glob)
{
	struct pl_str base = pl_path_base(glob), dir = pl_path_base(pl_path_dir(glob));

	if (!is_regular(glob) || pl_str_eq_c(base, "**"))
		return PL_STR("");
	if (is_plain(base))
		return key_in(buf, NAME, base);
	if (is_plain(ending_of(base)))
		return key_in(buf, ENDING, ending_of(base));
	return is_plain(dir) ? key_in(buf, DIRECTORY, dir) : PL_STR("");
}

static void add(struct pl_globs *g, struct pl_str text, uint32_t row, bool rooted)
{
	struct pattern p = {text, row, PL_MAP_NONE, rooted};
	char buf[KEY_MAX + 1];
	struct pl_str key = key_of(buf, text);
	uint32_t self = (uint32_t)g->patterns.len;

	if (key.len == 0) {
		p.next = g->always;
		g->always = self;
	} else {
		p.next = pl_map_get(&g->chains, key);
		if (p.next == PL_MAP_NONE)
			key = pl_arena_str(&g->arena, key);
		pl_map_put(&g->chains, key, self);
	}
	pl_vec_push(&g->patterns, p);
}

struct pl_globs *pl_globs_new(const struct pl_globs_row *rows, size_t n)
{
	struct pl_globs *g = pl_xcalloc(1, sizeof(*g));

	pl_arena_init(&g->arena);
	pl_map_init(&g->chains);
	g->always = PL_MAP_NONE;
	for (size_t i = 0; i < n; i++)
		for (const char *const *text = rows[i].globs; text && *text; text++)
			add(g, pl_str_c(*text), (uint32_t)i, rows[i].rooted);
	return g;
}

void pl_globs_free(struct pl_globs *g)
{
	if (!g)
		return;
	pl_map_release(&g->chains);
	pl_vec_release(&g->patterns);
	pl_vec_release(&g->candidates);
	pl_arena_release(&g->arena);
	free(g);
}

/* --- asking --------------------------------------------------------------------------------- */

static size_t slashes(struct pl_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.ptr[i] == '/';
	return n;
}

/* A pattern has as many components as what it matches, so there is one place to cut. */
bool pl_globs_match(struct pl_str glob, bool rooted, struct pl_str path, struct pl_str *root)
{
	size_t below = slashes(glob) + 1, at = path.len;

	*root = PL_STR("");
	if (pl_glob(glob, path))
		return true;
	if (!rooted)
		return false;
	while (below && at > 0)
		below -= path.ptr[--at] == '/';
	if (below || at == 0 || !pl_glob(glob, pl_str_sub(path, at + 1, path.len)))
		return false;
	*root = pl_str_sub(path, 0, at);
	return true;
}

static void gather(struct pl_globs *g, uint32_t from)
{
	for (uint32_t i = from; i != PL_MAP_NONE; i = g->patterns.at[i].next)
		pl_vec_push(&g->candidates, i);
}

static void gather_by(struct pl_globs *g, char kind, struct pl_str s)
{
	char buf[KEY_MAX + 1];
	struct pl_str key = key_in(buf, kind, s);

	if (key.len)
		gather(g, pl_map_get(&g->chains, key));
}

/* There are few, and each chain has the highest number first. */
static void sort_candidates(struct pl_globs *g)
{
	uint32_t *at = g->candidates.at;

	for (size_t i = 1; i < g->candidates.len; i++)
		for (size_t k = i; k > 0 && at[k - 1] > at[k]; k--) {
			uint32_t swap = at[k];

			at[k] = at[k - 1];
			at[k - 1] = swap;
		}
}

size_t pl_globs_ask(struct pl_globs *g, struct pl_str path, struct pl_globs_hit *hits)
{
	struct pl_str base = pl_path_base(path);
	size_t n = 0;

	g->candidates.len = 0;
	gather(g, g->always);
	gather_by(g, NAME, base);
	gather_by(g, ENDING, ending_of(base));
	gather_by(g, DIRECTORY, pl_path_base(pl_path_dir(path)));
	sort_candidates(g);
	for (size_t i = 0; i < g->candidates.len; i++) {
		const struct pattern *p = &g->patterns.at[g->candidates.at[i]];
		struct pl_str root;

		if (!pl_globs_match(p->text, p->rooted, path, &root))
			continue;
		if (n == 0 || hits[n - 1].row != p->row)
			hits[n++] = (struct pl_globs_hit){p->row, root};
		else if (root.len < hits[n - 1].root.len)
			hits[n - 1].root = root;
	}
	return n;
}
