/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vulnerabilities by package: what to upgrade, where it came from, and then each flaw once, also
 * when it is in several packages that were built from one source.
 */
#include <stdio.h>
#include <stdlib.h>

#include "report/table.h"

enum { INDENT = 4, NAMES_SHOWN = 6 };

struct group {
	const struct pl_pkg *pkg;  /* the first one */
	PL_VEC(uint32_t) findings; /* worst first */
	PL_VEC(uint32_t) packages; /* different ones */
	enum pl_severity worst;
	bool exploited;
};
struct groups {
	struct pl_arena arena;
	struct pl_map by_key;
	PL_VEC(struct group) rows;
	uint64_t findings;
};

static struct pl_str source_name(const struct pl_pkg *p)
{
	return p->source_name.len ? p->source_name : p->name;
}

static struct group *group_of(struct groups *g, const struct pl_pkg *p)
{
	struct pl_str version = p->source_name.len ? p->source_version : p->version;
	struct pl_str key = pl_arena_fmt(&g->arena, "%d %.*s %.*s", p->type, PL_FMT(source_name(p)),
					 PL_FMT(version));
	uint32_t i = pl_map_get(&g->by_key, key);
	struct group fresh = {.pkg = p};

	if (i != PL_MAP_NONE)
		return &g->rows.at[i];
	pl_map_put(&g->by_key, key, (uint32_t)g->rows.len);
	pl_vec_push(&g->rows, fresh);
	return &g->rows.at[g->rows.len - 1];
}

static void collect(const struct pl_report *r, struct groups *g)
{
	for (uint32_t i = 0; i < r->findings->rows.len; i++) {
		const struct pl_finding *f = &r->findings->rows.at[i];
		struct group *at;
		size_t k = 0;

		if (f->kind != PL_FIND_VULNERABILITY || f->suppressed.len ||
		    f->pkg >= r->inv->packages.len)
			continue;
		at = group_of(g, &r->inv->packages.at[f->pkg]);
		pl_vec_push(&at->findings, i);
		while (k < at->packages.len && at->packages.at[k] != f->pkg)
			k++;
		if (k == at->packages.len)
			pl_vec_push(&at->packages, f->pkg);
		at->worst = f->severity > at->worst ? f->severity : at->worst;
		at->exploited |= f->known_exploited;
		g->findings++;
	}
}

static int group_order(const void *pa, const void *pb)
{
	const struct group *a = pa, *b = pb;
	int c;

	if (a->worst != b->worst)
		return a->worst > b->worst ? -1 : 1;
	if (a->exploited != b->exploited)
		return a->exploited ? -1 : 1;
	c = pl_str_cmp(source_name(a->pkg), source_name(b->pkg));
	if (c == 0)
		c = (int)a->pkg->type - (int)b->pkg->type;
	return c ? c : pl_str_cmp(a->pkg->version, b->pkg->version);
}

static const struct pl_finding *finding(const struct pl_page *p, uint32_t i)
{
	return &p->r->findings->rows.at[i];
}

/* The same flaw in the next package of the same source, beside it in the order, is told once. */
static bool told_before(const struct pl_page *p, const struct group *g, size_t k)
{
	return k > 0 &&
	       pl_str_eq(finding(p, g->findings.at[k - 1])->id, finding(p, g->findings.at[k])->id);
}

/* The newest of the versions that mend one flaw each; *mended and *all count the flaws. */
static struct pl_str upgrade_to(const struct pl_page *p, const struct group *g, size_t *mended,
				size_t *all)
{
	struct pl_str best = {NULL, 0};

	*mended = *all = 0;
	for (size_t i = 0; i < g->findings.len; i++) {
		const struct pl_finding *f = finding(p, g->findings.at[i]);
		const struct pl_scheme *s = pl_scheme_find(f->scheme);
		int order = 0;

		if (told_before(p, g, i))
			continue;
		++*all;
		if (f->fix != PL_FIX_FIXED || !f->fix_versions.len)
			continue;
		++*mended;
		if (!best.len ||
		    (s && pl_version_compare(s, f->fix_versions.at[0], best, &order, NULL) == 0 &&
		     order > 0))
			best = f->fix_versions.at[0];
	}
	return best;
}

static void put_upgrade(struct pl_page *p, const struct group *g)
{
	size_t mended, all;
	struct pl_str to = upgrade_to(p, g, &mended, &all);
	char text[64];

	if (!to.len) {
		pl_page_c(p, PL_INK_DIM, "  no fixed version yet");
		return;
	}
	pl_page_c(p, PL_INK_GREEN, "  → upgrade to ");
	pl_page_put(p, PL_INK_GREEN, to, 60);
	if (mended < all) {
		snprintf(text, sizeof(text), " (mends %zu of %zu)", mended, all);
		pl_page_c(p, PL_INK_GREEN, text);
	}
}

/* "installed as libc6, libc-bin and 3 more", when they are not just called like their source */
static void list_binaries(const struct pl_page *p, const struct group *g, struct pl_buf *out)
{
	const struct pl_pkg *pkgs = p->r->inv->packages.at;
	struct pl_str last = {NULL, 0};
	size_t shown = 0;

	if (g->packages.len == 1 && pl_str_eq(g->pkg->name, source_name(g->pkg)))
		return;
	pl_buf_c(out, "installed as ");
	for (size_t i = 0; i < g->packages.len; i++) {
		struct pl_str name = pkgs[g->packages.at[i]].name;

		if (pl_str_eq(name, last)) /* for another architecture */
			continue;
		if (shown == NAMES_SHOWN) {
			pl_buf_fmt(out, " and %zu more", g->packages.len - i);
			return;
		}
		pl_buf_fmt(out, "%s%.*s", shown++ ? ", " : "", PL_FMT(name));
		last = name;
	}
}

static void list_places(const struct pl_page *p, const struct group *g, struct pl_buf *out)
{
	size_t places = 0;

	for (size_t i = 0; i < g->packages.len; i++)
		places += p->r->inv->packages.at[g->packages.at[i]].locations.len;
	if (places == 0)
		return;
	if (places > 1)
		pl_buf_fmt(out, "%zu places, first ", places);
	pl_buf_fmt(out, "/%.*s", PL_FMT(g->pkg->locations.at[0].path));
}

/* One line: what it is installed as or where it lies, and the layer that brought it. */
static void put_place(struct pl_page *p, const struct group *g)
{
	bool layer = g->pkg->layer < pl_report_layers(p->r);
	size_t room = p->width - INDENT, used = 0;
	pl_auto_buf text;

	pl_buf_init(&text, PL_MiB(1));
	if (pl_pkg_type_is_os(g->pkg->type))
		list_binaries(p, g, &text);
	else
		list_places(p, g, &text);
	if (!text.len && !layer)
		return;
	pl_page_pad(p, INDENT);
	used += pl_page_put(p, PL_INK_DIM, pl_buf_view(&text), layer ? room - 11 : room);
	if (layer && used)
		used += pl_page_c(p, PL_INK_DIM, " · ");
	if (layer)
		pl_page_layer(p, g->pkg->layer, room - used);
	pl_page_end(p);
}

static struct pl_str fix_text(const struct pl_finding *f)
{
	if (f->fix == PL_FIX_FIXED && f->fix_versions.len)
		return f->fix_versions.at[0];
	if (f->fix == PL_FIX_WONT_FIX)
		return PL_STR("will not be fixed");
	return f->fix == PL_FIX_NOT_FIXED ? PL_STR("no fix yet") : PL_STR("fix unknown");
}

static void put_flaw(struct pl_page *p, const struct pl_finding *f, size_t id_width,
		     size_t fix_width, bool exploited)
{
	size_t used = INDENT + 10;
	struct pl_str fix = fix_text(f);

	pl_page_pad(p, INDENT);
	pl_page_severity(p, f->severity);
	used += pl_page_put(p, PL_INK_BOLD, f->id, 40);
	pl_page_pad(p, INDENT + 10 + id_width + 2 - used);
	used = INDENT + 10 + id_width + 2;
	if (exploited) {
		if (f->known_exploited)
			pl_page_c(p, PL_INK_ALARM, "EXPLOITED");
		pl_page_pad(p, f->known_exploited ? 2 : 11);
		used += 11;
	}
	pl_page_pad(p, fix_width + 2 -
			       pl_page_put(p, f->fix == PL_FIX_FIXED ? PL_INK_GREEN : PL_INK_DIM,
					   fix, fix_width));
	used += fix_width + 2;
	if (p->width > used + 16)
		pl_page_put(p, PL_INK_PLAIN, f->title, p->width - used);
	pl_page_end(p);
}

static void put_group(struct pl_page *p, const struct group *g)
{
	size_t id_width = 0, fix_width = 0, max_fix = p->width >= 100 ? 28 : 20;

	pl_buf_ch(p->out, '\n');
	pl_page_pad(p, 2);
	pl_page_put(p, PL_INK_BOLD, source_name(g->pkg), 80);
	pl_buf_ch(p->out, ' ');
	pl_page_put(p, PL_INK_PLAIN,
		    g->pkg->source_name.len ? g->pkg->source_version : g->pkg->version, 60);
	pl_buf_ch(p->out, ' ');
	pl_page_c(p, PL_INK_DIM, pl_pkg_type_name(g->pkg->type));
	put_upgrade(p, g);
	pl_page_end(p);
	put_place(p, g);
	for (size_t i = 0; i < g->findings.len; i++) {
		const struct pl_finding *f = finding(p, g->findings.at[i]);
		size_t w = pl_text_width(f->id), x = pl_text_width(fix_text(f));

		id_width = w > id_width ? w : id_width;
		fix_width = x > fix_width ? x : fix_width;
	}
	id_width = id_width > 40 ? 40 : id_width;
	fix_width = fix_width > max_fix ? max_fix : fix_width;
	for (size_t i = 0; i < g->findings.len; i++)
		if (!told_before(p, g, i))
			put_flaw(p, finding(p, g->findings.at[i]), id_width, fix_width,
				 g->exploited);
}

void pl_table_vulnerabilities(struct pl_page *p)
{
	struct groups g = {0};
	char text[96];
	size_t packages = 0;

	pl_arena_init(&g.arena);
	pl_map_init(&g.by_key);
	collect(p->r, &g);
	if (g.rows.len)
		qsort(g.rows.at, g.rows.len, sizeof(*g.rows.at), group_order);
	for (size_t i = 0; i < g.rows.len; i++)
		packages += g.rows.at[i].packages.len;
	if (g.findings)
		snprintf(text, sizeof(text), "%llu in %zu package%s",
			 (unsigned long long)g.findings, packages, packages == 1 ? "" : "s");
	else
		snprintf(text, sizeof(text), "none found in %llu packages that advisories speak of",
			 (unsigned long long)p->r->findings->matchable);
	pl_page_heading(p, "VULNERABILITIES", text);
	for (size_t i = 0; i < g.rows.len; i++) {
		put_group(p, &g.rows.at[i]);
		pl_vec_release(&g.rows.at[i].findings);
		pl_vec_release(&g.rows.at[i].packages);
	}
	pl_vec_release(&g.rows);
	pl_map_release(&g.by_key);
	pl_arena_release(&g.arena);
}
