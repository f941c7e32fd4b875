/* SPDX-License-Identifier: Apache-2.0 */
/* What a record stands for: the CVEs it names, or itself. */
#include "match/match_int.h"

/* Of these the `related` ids are the flaws that the update mends (ALSA, RLSA carry no others). */
bool pl_is_distribution_id(struct pl_str id)
{
	static const char *const prefixes[] = {
		"ALSA-", "ALBA-",     "ALEA-", "RLSA-",	  "RXSA-",   "RHSA-", "RHBA-", "RHEA-",
		"DSA-",	 "DLA-",      "DTSA-", "DEBIAN-", "UBUNTU-", "USN-",  "LSN-",  "ALPINE-",
		"SUSE-", "openSUSE-", "CGA-",  "MINI-",	  "MGASA-",  "OESA-", "AZL-",  "ECHO-",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (pl_str_starts(id, pl_str_c(prefixes[i])))
			return true;
	return false;
}

static bool is_cve(struct pl_str id)
{
	return pl_str_starts(id, PL_STR("CVE-"));
}

struct list {
	struct pl_str *at;
	size_t len;
};

static void add(struct list *l, struct pl_arena *a, struct pl_str id)
{
	for (size_t i = 0; i < l->len; i++)
		if (pl_str_eq(l->at[i], id))
			return;
	l->at[l->len++] = pl_arena_str(a, id);
}

/* Ids of one kind in the record's own id and lists. */
static struct list gather(struct pl_arena *arena, const struct pl_affected *a, bool cves,
			  bool related)
{
	size_t n = 1 + a->aliases.len + a->upstream.len + a->related.len;
	struct list l = {pl_arena_alloc(arena, pl_array_size(n, sizeof(*l.at))), 0};

	if (is_cve(a->id) == cves)
		add(&l, arena, a->id);
	for (size_t i = 0; i < a->aliases.len; i++)
		if (is_cve(a->aliases.at[i]) == cves)
			add(&l, arena, a->aliases.at[i]);
	for (size_t i = 0; i < a->upstream.len; i++)
		if (is_cve(a->upstream.at[i]) == cves)
			add(&l, arena, a->upstream.at[i]);
	for (size_t i = 0; related && i < a->related.len; i++)
		if (is_cve(a->related.at[i]) == cves)
			add(&l, arena, a->related.at[i]);
	return l;
}

/* GHSA before the record's own id. */
static struct pl_str other_key(const struct pl_rec *r)
{
	for (size_t i = 0; i < r->aliases.len; i++)
		if (pl_str_starts(r->aliases.at[i], PL_STR("GHSA-")))
			return r->aliases.at[i];
	return r->id;
}

struct pl_rec *pl_rec_of(struct pl_arena *arena, const struct pl_affected *a)
{
	struct pl_rec *r = pl_arena_new(arena, struct pl_rec);
	struct list cves = gather(arena, a, true, pl_is_distribution_id(a->id)), others;

	r->id = pl_arena_str(arena, a->id);
	r->summary = pl_arena_str(arena, a->summary);
	r->url = pl_arena_str(arena, a->url);
	pl_grade(arena, a, &r->grade);
	r->exploited.at =
		pl_arena_alloc(arena, pl_array_size(a->exploited.len, sizeof(*r->exploited.at)));
	r->exploited.len = a->exploited.len;
	for (size_t i = 0; i < a->exploited.len; i++)
		r->exploited.at[i] = pl_arena_str(arena, a->exploited.at[i]);
	if (cves.len <= 1) {
		others = gather(arena, a, false, false);
		r->aliases.at = others.at;
		r->aliases.len = others.len;
	}
	r->named = cves.len > 0;
	if (!r->named) {
		cves.at[0] = other_key(r);
		cves.len = 1;
	}
	r->keys.at = cves.at;
	r->keys.len = cves.len;
	return r;
}
