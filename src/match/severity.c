/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How bad: what the package's own vendor says of it, then the word of the record, then a score
 * computed from its vector. The source is kept beside the answer.
 */
#include <stdio.h>

#include "match/match_int.h"

enum { RANK_VENDOR = 1, RANK_WORD, RANK_CVSS, RANK_INFORMATIONAL, RANK_NOTHING = 99 };

static void take(struct pl_graded *g, int rank, enum pl_severity s, struct pl_arena *arena,
		 const char *what, struct pl_str id)
{
	if (rank >= g->rank)
		return;
	g->rank = rank;
	g->severity = s;
	g->source = pl_arena_fmt(arena, "%s of %.*s", what, PL_FMT(id));
}

/* 3.x first: what most records have, so that findings compare with each other. */
static int vector_rank(struct pl_str type)
{
	static const char *const order[] = {"CVSS_V3", "CVSS_V4", "CVSS_V2"};

	for (int i = 0; i < 3; i++)
		if (pl_str_eq_c(type, order[i]))
			return i;
	return -1;
}

static void take_rating(struct pl_graded *g, struct pl_arena *arena, const struct pl_rating *r,
			struct pl_str id)
{
	enum pl_severity s;
	int rank = vector_rank(r->type);

	if (rank < 0) {
		if (pl_severity_find(r->vector, &s) && s != PL_SEV_UNKNOWN) {
			char what[64]; /* "Ubuntu" */

			snprintf(what, sizeof(what), "%.*s word",
				 (int)(r->type.len < 40 ? r->type.len : 40), r->type.ptr);
			take(g, RANK_VENDOR, s, arena, what, id);
		}
		return;
	}
	if (g->cvss_vector.len && vector_rank(g->cvss_type) <= rank)
		return;
	g->cvss_type = pl_arena_str(arena, r->type);
	g->cvss_vector = pl_arena_str(arena, r->vector);
	g->cvss_tenths = pl_cvss_tenths(r->vector);
}

/* RustSec: a crate without a keeper is not a flaw. */
static bool is_informational(struct pl_str kind)
{
	return pl_str_eq_c(kind, "unmaintained") || pl_str_eq_c(kind, "notice");
}

void pl_grade(struct pl_arena *arena, const struct pl_affected *a, struct pl_graded *out)
{
	struct pl_graded g = {.rank = RANK_NOTHING, .cvss_tenths = -1};
	enum pl_severity s;
	char what[32];

	for (size_t i = 0; i < a->severities.len; i++)
		take_rating(&g, arena, &a->severities.at[i], a->id);
	if (pl_severity_find(a->word, &s) && s != PL_SEV_UNKNOWN)
		take(&g, pl_is_distribution_id(a->id) ? RANK_VENDOR : RANK_WORD, s, arena, "word",
		     a->id);
	if (g.cvss_tenths >= 0) {
		snprintf(what, sizeof(what), "%.*s", PL_FMT(g.cvss_type));
		take(&g, RANK_CVSS, pl_cvss_band(g.cvss_vector), arena, what, a->id);
	}
	if (is_informational(a->arch_or_kind))
		take(&g, RANK_INFORMATIONAL, PL_SEV_NONE, arena, "kind", a->id);
	*out = g;
}
