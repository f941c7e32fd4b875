/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs by their version strings. The anchors of all patterns are searched at once by
 * vectorscan (literals, streaming mode) while the bytes pass; it tells where an anchor ended.
 * There the pattern is compared (pattern.c) as soon as the bytes it may reach have passed. Of what
 * has passed only the last PATTERN_REACH bytes are kept, and a few places that wait for more.
 */
#include "binary/programs.h"

#include <hs/hs.h>

enum {
	WAITING_MAX = 512,   /* anchors in the reach of one pattern */
	TRIES_MAX = 1 << 16, /* places of one anchor in one file: more is no program */
	HITS_MAX = 256,
	NAME_MAX_BYTES = 255,
};

struct place {
	uint64_t end; /* where the anchor ended */
	uint16_t anchor;
};

struct hit {
	uint16_t pattern;
	uint64_t at;
	uint8_t len;
	char version[PL_VERSION_STRING_MAX];
};

struct pl_strings {
	hs_stream_t *stream;
	bool is_program;
	const char *lost;
	uint64_t pos; /* bytes before `now` */
	struct pl_str now;
	size_t kept_len;
	char kept[PATTERN_REACH]; /* the bytes before `now` */
	size_t n_waiting;
	struct place waiting[WAITING_MAX];
	PL_VEC(struct hit) hits;
	PL_VEC(struct pl_program_hit) told;
	uint32_t *tries; /* of each anchor */
	size_t base_len;
	char base[NAME_MAX_BYTES];
};

/* Once for each process, which is single-threaded where layers are read. */
static struct {
	bool tried;
	hs_database_t *db;
	hs_scratch_t *scratch;
} engine;

static void compile(void)
{
	const char **texts = pl_xcalloc(pl_anchors_len, sizeof(*texts));
	size_t *lens = pl_xcalloc(pl_anchors_len, sizeof(*lens));
	unsigned *ids = pl_xcalloc(pl_anchors_len, sizeof(*ids));
	unsigned *flags = pl_xcalloc(pl_anchors_len, sizeof(*flags));
	hs_compile_error_t *err = NULL;

	for (size_t i = 0; i < pl_anchors_len; i++) {
		texts[i] = pl_anchors[i].text;
		lens[i] = pl_anchors[i].len;
		ids[i] = (unsigned)i;
	}
	if (hs_compile_lit_multi(texts, flags, ids, lens, (unsigned)pl_anchors_len, HS_MODE_STREAM,
				 NULL, &engine.db, &err) != HS_SUCCESS) {
		hs_free_compile_error(err);
		engine.db = NULL;
	} else if (hs_alloc_scratch(engine.db, &engine.scratch) != HS_SUCCESS) {
		hs_free_database(engine.db);
		engine.db = NULL;
	}
	free(texts);
	free(lens);
	free(ids);
	free(flags);
}

bool pl_strings_prepare(void)
{
	if (!engine.tried) {
		engine.tried = true;
		compile();
	}
	return engine.db != NULL;
}

static bool name_fits(const struct pattern *p, struct pl_str base)
{
	for (const char *const *g = p->names; g && *g; g++)
		if (pl_glob(pl_str_c(*g), base))
			return true;
	return !p->names;
}

static bool text_wanted(struct pl_str base)
{
	for (size_t i = 0; i < pl_patterns_len; i++)
		if (pl_patterns[i].where == IN_TEXT && name_fits(&pl_patterns[i], base))
			return true;
	return false;
}

struct pl_strings *pl_strings_new(struct pl_str path, struct pl_str head)
{
	struct pl_str base = pl_path_base(path);
	bool is_program =
		pl_str_starts(head, PL_STR("\177ELF")) || pl_str_starts(head, PL_STR("MZ"));
	struct pl_strings *s;

	if (!is_program && !text_wanted(base))
		return NULL;
	s = pl_xcalloc(1, sizeof(*s));
	s->is_program = is_program;
	s->base_len = base.len > NAME_MAX_BYTES ? NAME_MAX_BYTES : base.len;
	memcpy(s->base, base.ptr, s->base_len);
	s->tries = pl_xcalloc(pl_anchors_len, sizeof(*s->tries));
	if (!pl_strings_prepare() || hs_open_stream(engine.db, 0, &s->stream) != HS_SUCCESS) {
		s->stream = NULL;
		s->lost = "this processor cannot search for version strings";
	}
	return s;
}

static void keep_hit(struct pl_strings *s, uint16_t pattern, uint64_t at, struct pl_str version)
{
	struct hit h = {.pattern = pattern, .at = at, .len = (uint8_t)version.len};

	if (version.len > sizeof(h.version))
		return;
	for (size_t i = 0; i < s->hits.len; i++)
		if (s->hits.at[i].pattern == pattern && s->hits.at[i].len == version.len &&
		    memcmp(s->hits.at[i].version, version.ptr, version.len) == 0)
			return;
	if (s->hits.len == HITS_MAX) {
		s->lost = "more version strings than are kept";
		return;
	}
	memcpy(h.version, version.ptr, version.len);
	pl_vec_push(&s->hits, h);
}

/* The bytes [from, to) of the file, from what is kept and what passes now. */
static struct pl_str window(const struct pl_strings *s, uint64_t from, uint64_t to, char *scratch)
{
	size_t back, n;

	if (from >= s->pos)
		return pl_str_sub(s->now, (size_t)(from - s->pos), (size_t)(to - from));
	back = (size_t)(s->pos - from);
	memcpy(scratch, s->kept + s->kept_len - back, back);
	n = to > s->pos ? (size_t)(to - s->pos) : 0;
	if (n)
		memcpy(scratch + back, s->now.ptr, n);
	return pl_str_n(scratch, back + n);
}

static void try_pattern(struct pl_strings *s, uint16_t index, uint64_t end)
{
	const struct pattern *p = &pl_patterns[index];
	uint64_t len = pl_anchors[p->anchor].len, oldest = s->pos - s->kept_len;
	uint64_t from = end - len, to = end + p->after_max, last = s->pos + s->now.len;
	char scratch[2 * PATTERN_REACH];
	struct pl_str bytes, version;

	if (p->where != (s->is_program ? IN_PROGRAM : IN_TEXT))
		return;
	/* one byte more: a version does not begin inside of a number */
	from = from > p->before_max + 1U ? from - p->before_max - 1U : 0;
	if (from < oldest)
		from = oldest;
	if (to > last)
		to = last;
	bytes = window(s, from, to, scratch);
	if (pl_pattern_match(p, bytes, (size_t)(end - len - from), &version) &&
	    name_fits(p, pl_str_n(s->base, s->base_len)))
		keep_hit(s, index, end, version);
}

static void resolve(struct pl_strings *s, struct place at)
{
	const struct anchor *a = &pl_anchors[at.anchor];

	for (unsigned i = 0; i < a->n; i++)
		try_pattern(s, pl_patterns_by_anchor[a->first + i], at.end);
}

static int on_anchor(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
		     void *arg)
{
	struct pl_strings *s = arg;
	struct place at = {.end = to, .anchor = (uint16_t)id};

	(void)from;
	(void)flags;
	if (s->tries[id] == TRIES_MAX) {
		s->lost = "more places that look like version strings than are looked at";
		return 0;
	}
	s->tries[id]++;
	if (pl_anchors[id].n == 0)
		return 0; /* only whether it is there counts */
	if (to + pl_anchors[id].after_max <= s->pos + s->now.len)
		resolve(s, at);
	else if (s->n_waiting < WAITING_MAX)
		s->waiting[s->n_waiting++] = at;
	else
		s->lost = "more places that look like version strings than are looked at";
	return 0;
}

static void resolve_waiting(struct pl_strings *s, bool all)
{
	size_t left = 0;

	for (size_t i = 0; i < s->n_waiting; i++) {
		struct place at = s->waiting[i];

		if (all || at.end + pl_anchors[at.anchor].after_max <= s->pos + s->now.len)
			resolve(s, at);
		else
			s->waiting[left++] = at;
	}
	s->n_waiting = left;
}

static void keep(struct pl_strings *s, struct pl_str data)
{
	size_t old = s->kept_len;

	if (data.len >= PATTERN_REACH) {
		memcpy(s->kept, data.ptr + data.len - PATTERN_REACH, PATTERN_REACH);
		s->kept_len = PATTERN_REACH;
		return;
	}
	if (old > PATTERN_REACH - data.len) {
		size_t drop = old - (PATTERN_REACH - data.len);

		memmove(s->kept, s->kept + drop, old - drop);
		old -= drop;
	}
	memcpy(s->kept + old, data.ptr, data.len);
	s->kept_len = old + data.len;
}

void pl_strings_add(struct pl_strings *s, struct pl_str data)
{
	if (!s->stream)
		return;
	while (data.len) {
		struct pl_str piece = pl_str_sub(data, 0, PL_MiB(1));

		s->now = piece;
		resolve_waiting(s, false);
		if (hs_scan_stream(s->stream, piece.ptr, (unsigned)piece.len, 0, engine.scratch,
				   on_anchor, s) != HS_SUCCESS)
			s->lost = "the search for version strings stopped";
		keep(s, piece);
		s->pos += piece.len;
		s->now = (struct pl_str){0};
		data = pl_str_sub(data, piece.len, data.len);
	}
}

static bool counts(const struct pl_strings *s, const struct hit *h)
{
	const struct pattern *p = &pl_patterns[h->pattern];

	return p->with == NO_ANCHOR || (s->tries[p->with] > 0) != p->without;
}

/* The first pattern of a program in data/programs that was found decides, at its first place. */
static bool better(const struct hit *a, const struct hit *b)
{
	return a->pattern != b->pattern ? a->pattern < b->pattern : a->at < b->at;
}

static void tell_program(struct pl_strings *s, uint16_t program)
{
	const struct hit *best = NULL;
	const struct pattern *p;

	for (size_t i = 0; i < s->hits.len; i++) {
		const struct hit *h = &s->hits.at[i];

		if (pl_patterns[h->pattern].program == program && counts(s, h) &&
		    (!best || better(h, best)))
			best = h;
	}
	if (!best)
		return;
	p = &pl_patterns[best->pattern];
	pl_vec_push(&s->told, (struct pl_program_hit){
				      .program = &pl_programs[program],
				      .version = pl_str_n(best->version, best->len),
				      .how = p->how,
			      });
}

/* The version in the file's name, where a text in the file proves it. */
static void try_names(struct pl_strings *s)
{
	struct pl_str base = pl_str_n(s->base, s->base_len), version;

	for (size_t i = 0; i < pl_patterns_len; i++) {
		const struct pattern *p = &pl_patterns[i];

		if (p->where == BY_NAME && s->tries[p->anchor] &&
		    pl_pattern_match(p, base, 0, &version) &&
		    version.ptr + version.len == base.ptr + base.len)
			keep_hit(s, (uint16_t)i, 0, version);
	}
}

size_t pl_strings_end(struct pl_strings *s, const struct pl_program_hit **out, const char **lost)
{
	resolve_waiting(s, true);
	if (s->is_program)
		try_names(s);
	s->told.len = 0;
	for (size_t i = 0; s->hits.len && i < pl_programs_len; i++)
		tell_program(s, (uint16_t)i);
	*out = s->told.at;
	*lost = s->lost;
	return s->told.len;
}

void pl_strings_free(struct pl_strings *s)
{
	if (!s)
		return;
	if (s->stream)
		hs_close_stream(s->stream, NULL, NULL, NULL);
	pl_vec_release(&s->hits);
	pl_vec_release(&s->told);
	free(s->tries);
	free(s);
}

const struct pl_program *pl_program_rows(size_t *n)
{
	*n = pl_programs_len;
	return pl_programs;
}
