/* SPDX-License-Identifier: Apache-2.0 */
/* Hits of one package and flaw become one finding; order of findings. */
#include "match/match_int.h"

const char *pl_fix_state_name(enum pl_fix_state s)
{
	static const char *const names[] = {"unknown", "fixed", "not_fixed", "wont_fix"};

	return (size_t)s < sizeof(names) / sizeof(*names) ? names[s] : names[0];
}

void pl_findings_release(struct pl_findings *f)
{
	for (size_t i = 0; i < f->rows.len; i++) {
		pl_vec_release(&f->rows.at[i].aliases);
		pl_vec_release(&f->rows.at[i].advisories);
		pl_vec_release(&f->rows.at[i].fix_versions);
	}
	pl_vec_release(&f->rows);
}

static int by_text(const void *pa, const void *pb)
{
	return pl_str_cmp(*(const struct pl_str *)pa, *(const struct pl_str *)pb);
}

static void sort_unique(struct pl_str *at, size_t *len)
{
	size_t n = 0;

	if (*len > 1)
		qsort(at, *len, sizeof(*at), by_text);
	for (size_t i = 0; i < *len; i++)
		if (i == 0 || !pl_str_eq(at[i], at[n - 1]))
			at[n++] = at[i];
	*len = n;
}

static int hit_order(const void *pa, const void *pb)
{
	const struct pl_hit *a = pa, *b = pb;
	int c;

	if (a->pkg != b->pkg)
		return a->pkg < b->pkg ? -1 : 1;
	c = pl_str_cmp(a->key, b->key);
	if (!c)
		c = pl_str_cmp(a->rec->id, b->rec->id);
	if (!c)
		c = pl_str_cmp(a->eco, b->eco);
	return c ? c : pl_str_cmp(a->name, b->name);
}

static void add_alias(struct pl_finding *f, struct pl_str id)
{
	if (!pl_str_eq(id, f->id))
		pl_vec_push(&f->aliases, id);
}

static void add_record(struct pl_finding *f, const struct pl_rec *r, int *rank)
{
	const struct pl_graded *g = &r->grade;

	pl_vec_push(&f->advisories, r->id);
	add_alias(f, r->id);
	for (size_t i = 0; i < r->aliases.len; i++)
		add_alias(f, r->aliases.at[i]);
	for (size_t i = 0; i < r->exploited.len; i++)
		f->known_exploited |= pl_str_eq(r->exploited.at[i], f->id) ||
				      !pl_str_starts(f->id, PL_STR("CVE-"));
	if (g->rank < *rank || (g->rank == *rank && g->severity > f->severity)) {
		*rank = g->rank;
		f->severity = g->severity;
		f->severity_source = g->source;
	}
	if (g->cvss_vector.len && (f->cvss_tenths < 0 || f->cvss_vector.len == 0) &&
	    (g->cvss_tenths >= 0 || f->cvss_vector.len == 0)) {
		f->cvss_type = g->cvss_type;
		f->cvss_vector = g->cvss_vector;
		f->cvss_tenths = g->cvss_tenths;
	}
	if (f->title.len == 0)
		f->title = r->summary;
	if (f->url.len == 0)
		f->url = r->url;
}

static void finish(struct pl_finding *f)
{
	sort_unique(f->aliases.at, &f->aliases.len);
	sort_unique(f->advisories.at, &f->advisories.len);
	sort_unique(f->fix_versions.at, &f->fix_versions.len);
	pl_sort_versions(pl_scheme_find(f->scheme), f->fix_versions.at, f->fix_versions.len);
	f->fix = f->fix_versions.len ? PL_FIX_FIXED : PL_FIX_NOT_FIXED;
}

/* The hit that is told in `why`: one that says where it ends, else the first. */
static const struct pl_hit *teller(const struct pl_hit *hits, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (hits[i].n_fixes)
			return &hits[i];
	return hits;
}

static void merge(const struct pl_hit *hits, size_t n, struct pl_findings *out)
{
	const struct pl_hit *tell = teller(hits, n);
	struct pl_finding f = {
		.kind = PL_FIND_VULNERABILITY,
		.id = hits->key,
		.pkg = hits->pkg,
		.cvss_tenths = -1,
		.layer = UINT32_MAX,
		.owner = PL_NO_PKG,
		.eco = tell->eco,
		.matched_name = tell->name,
		.matched_version = tell->version,
		.scheme = pl_str_c(tell->scheme),
		.range = tell->range,
		.why = tell->why,
	};
	int rank = 100;

	for (size_t i = 0; i < n; i++) {
		add_record(&f, hits[i].rec, &rank);
		for (size_t k = 0; k < hits[i].n_fixes; k++)
			pl_vec_push(&f.fix_versions, hits[i].fixes[k]);
	}
	finish(&f);
	if (f.fix == PL_FIX_FIXED)
		f.remedy = pl_arena_fmt(out->arena, "upgrade %.*s to %.*s", PL_FMT(f.matched_name),
					PL_FMT(f.fix_versions.at[0]));
	pl_vec_push(&out->rows, f);
}

void pl_findings_of_hits(pl_hits *hits, struct pl_findings *out)
{
	size_t from = 0;

	if (hits->len)
		qsort(hits->at, hits->len, sizeof(*hits->at), hit_order);
	for (size_t i = 1; i <= hits->len; i++) {
		if (i < hits->len && hits->at[i].pkg == hits->at[from].pkg &&
		    pl_str_eq(hits->at[i].key, hits->at[from].key))
			continue;
		merge(&hits->at[from], i - from, out);
		from = i;
	}
}

static int finding_order(const void *pa, const void *pb, void *inventory)
{
	const struct pl_finding *a = pa, *b = pb;
	const struct pl_inventory *inv = inventory;
	int c;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	c = pl_str_cmp(a->id, b->id);
	if (!c && a->pkg != b->pkg && a->pkg < inv->packages.len && b->pkg < inv->packages.len) {
		c = pl_str_cmp(inv->packages.at[a->pkg].name, inv->packages.at[b->pkg].name);
		if (!c)
			c = a->pkg < b->pkg ? -1 : 1;
	}
	if (!c && a->pkg != b->pkg)
		c = a->pkg < b->pkg ? -1 : 1;
	if (!c)
		c = pl_str_cmp(a->path, b->path);
	return c ? c : pl_str_cmp(a->why, b->why);
}

void pl_findings_sort(struct pl_findings *f, const struct pl_inventory *inv)
{
	if (f->rows.len > 1)
		qsort_r(f->rows.at, f->rows.len, sizeof(*f->rows.at), finding_order,
			(void *)(uintptr_t)inv);
}
