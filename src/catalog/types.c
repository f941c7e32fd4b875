/* SPDX-License-Identifier: Apache-2.0 */
/* The types of packages, package URLs, and what makes an inventory complete. */
#include "catalog/facts.h"
#include "catalog/relations.h"

#include <stdlib.h>

static const struct {
	const char *name;
	bool os;
} types[PL_PKG__COUNT] = {
#define X(sym, name, os) [PL_PKG_##sym] = {name, os},
	PL_PKG_TYPES(X)
#undef X
};
static const char *const evidences[PL_EV__COUNT] = {
#define X(sym, name) [PL_EV_##sym] = name,
	PL_EVIDENCES(X)
#undef X
};

const char *pl_evidence_name(enum pl_evidence e)
{
	return e < PL_EV__COUNT ? evidences[e] : evidences[PL_EV_NONE];
}

bool pl_evidence_find(struct pl_str name, enum pl_evidence *out)
{
	for (unsigned e = 0; e < PL_EV__COUNT; e++)
		if (pl_str_eq_c(name, evidences[e])) {
			*out = e;
			return true;
		}
	return false;
}

const char *pl_pkg_type_name(enum pl_pkg_type t)
{
	return t < PL_PKG__COUNT ? types[t].name : "generic";
}

bool pl_pkg_type_find(struct pl_str name, enum pl_pkg_type *out)
{
	for (unsigned t = 0; t < PL_PKG__COUNT; t++)
		if (pl_str_eq_c(name, types[t].name)) {
			*out = t;
			return true;
		}
	return false;
}

bool pl_pkg_type_is_os(enum pl_pkg_type t)
{
	return t < PL_PKG__COUNT && types[t].os;
}

const struct pl_cataloger_row *pl_cataloger_rows(size_t *n)
{
#define X(name) +1
	static struct pl_cataloger_row rows[PL_CATALOGERS(X)];
#undef X
	const struct pl_cataloger *const *all = pl_catalogers(n);

	for (size_t i = 0; i < *n; i++)
		rows[i] = (struct pl_cataloger_row){all[i]->name,	   all[i]->what,
						    all[i]->globs,	   all[i]->elf,
						    all[i]->sniff != NULL, all[i]->stream != NULL,
						    all[i]->declared,	   all[i]->rooted};
	return rows;
}

/* --- package URLs (purl specification 1.0): type/namespace/name@version?qualifiers ------------ */

/* each segment of a path apart */
static void segments(struct pl_buf *b, struct pl_str s)
{
	struct pl_str part;
	bool first = true;

	while (pl_str_split(&s, '/', &part)) {
		if (!first)
			pl_buf_ch(b, '/');
		pl_purl_put(b, part);
		first = false;
	}
}

static void lowered(struct pl_buf *b, struct pl_str s, bool python)
{
	pl_auto_buf t;

	pl_buf_init(&t, 65536);
	for (size_t i = 0; i < s.len; i++)
		pl_buf_ch(&t, python && s.ptr[i] == '_' ? '-' : pl_lower(s.ptr[i]));
	pl_purl_put(b, pl_buf_view(&t));
}

/* The namespace is the vendor, which for most is what os-release calls id (purl-spec, types rpm,
 * deb, apk, alpm). */
static struct pl_str namespace(const struct pl_os *os)
{
	if (pl_str_eq_c(os->id, "rhel") || pl_str_eq_c(os->id, "hummingbird"))
		return PL_STR("redhat");
	if (pl_str_starts(os->id, PL_STR("opensuse")))
		return PL_STR("opensuse");
	return os->id;
}

/* The source package where it is another: "openssl@3.0.13-1" with a version where that differs,
 * "bash-5.1.8-9.el9.src.rpm" for rpm. */
static void upstream(struct pl_buf *out, const struct pl_pkg *p)
{
	struct pl_str version = p->source_version;
	ptrdiff_t colon = pl_str_chr(version, ':');
	bool other = !pl_str_eq(version, p->version);

	if (!p->source_name.len || (pl_str_eq(p->source_name, p->name) && !other))
		return;
	pl_buf_str(out, p->source_name);
	if (p->type == PL_PKG_RPM)
		pl_buf_fmt(out, "-%.*s.src.rpm",
			   PL_FMT(pl_str_sub(version, (size_t)(colon + 1), version.len)));
	else if (version.len && other)
		pl_buf_fmt(out, "@%.*s", PL_FMT(version));
}

static void named(struct pl_buf *b, const struct pl_pkg *p, const struct pl_os *os)
{
	ptrdiff_t colon = pl_str_rchr(p->name, ':');

	if (pl_pkg_type_is_os(p->type)) {
		if (os->id.len) {
			lowered(b, namespace(os), false);
			pl_buf_ch(b, '/');
		}
		pl_purl_put(b, p->name);
	} else if (p->type == PL_PKG_MAVEN && colon >= 0) {
		pl_purl_put(b, pl_str_sub(p->name, 0, (size_t)colon));
		pl_buf_ch(b, '/');
		pl_purl_put(b, pl_str_sub(p->name, (size_t)colon + 1, p->name.len));
	} else if (p->type == PL_PKG_PYPI) {
		lowered(b, p->name, true);
	} else {
		segments(b, p->name);
	}
}

struct pl_str pl_purl(struct pl_arena *a, const struct pl_pkg *p, const struct pl_os *os)
{
	struct pl_str version = p->version, epoch = {0};
	ptrdiff_t colon = p->type == PL_PKG_RPM ? pl_str_chr(version, ':') : -1;
	char sep = '?';
	pl_auto_buf b, distro, source;

	pl_buf_init(&b, 65536);
	pl_buf_init(&distro, 4096);
	pl_buf_init(&source, 65536);
	if (colon > 0) {
		epoch = pl_str_sub(version, 0, (size_t)colon);
		version = pl_str_sub(version, (size_t)colon + 1, version.len);
	}
	pl_buf_fmt(&b, "pkg:%s/", pl_pkg_type_name(p->type));
	named(&b, p, os);
	if (version.len) {
		pl_buf_ch(&b, '@');
		pl_purl_put(&b, version);
	}
	if (pl_pkg_type_is_os(p->type)) {
		if (os->id.len && os->version_id.len)
			pl_buf_fmt(&distro, "%.*s-%.*s", PL_FMT(os->id), PL_FMT(os->version_id));
		pl_purl_put_qualifier(&b, "arch", p->arch, &sep);
		pl_purl_put_qualifier(&b, "distro", pl_buf_view(&distro), &sep);
		pl_purl_put_qualifier(&b, "epoch", epoch, &sep);
		upstream(&source, p);
		pl_purl_put_qualifier(&b, "upstream", pl_buf_view(&source), &sep);
	}
	return pl_arena_str(a, pl_buf_view(&b));
}

/* --- roots ---------------------------------------------------------------------------------- */

uint32_t pl_root_of(const struct pl_inventory *inv, const struct pl_pkg *p)
{
	size_t from = 0, to = inv->roots.len;

	while (p->root.len && from < to) {
		size_t at = from + (to - from) / 2;
		int c = pl_str_cmp(p->root, inv->roots.at[at].root);

		if (c == 0)
			return (uint32_t)at;
		if (c < 0)
			to = at;
		else
			from = at + 1;
	}
	return UINT32_MAX;
}

const struct pl_os *pl_os_of(const struct pl_inventory *inv, const struct pl_pkg *p)
{
	static const struct pl_os none;
	uint32_t at = pl_root_of(inv, p);

	if (at != UINT32_MAX)
		return &inv->roots.at[at].os;
	return p->root.len ? &none : &inv->os;
}

/* --- an inventory in order ------------------------------------------------------------------ */

static struct pl_str first_path(const struct pl_pkg *p)
{
	return p->locations.len ? p->locations.at[0].path : PL_STR("");
}

static int owner_order(const struct pl_pkg *all, uint32_t a, uint32_t b)
{
	if (a == b || a == PL_NO_PKG || b == PL_NO_PKG)
		return (a == PL_NO_PKG) - (b == PL_NO_PKG);
	return pl_str_cmp(all[a].name, all[b].name);
}

/* What makes it one package, however many places show it: also whose it is and whether it is there.
 */
static int same_order(const struct pl_pkg *a, const struct pl_pkg *b, const struct pl_pkg *all)
{
	int c = (int)a->type - (int)b->type;

	c = c ? c : pl_str_cmp(a->name, b->name);
	c = c ? c : pl_str_cmp(a->version, b->version);
	c = c ? c : pl_str_cmp(a->arch, b->arch);
	c = c ? c : pl_str_cmp(a->root, b->root);
	c = c ? c : (a->removed_in > b->removed_in) - (a->removed_in < b->removed_in);
	c = c ? c : (a->hidden_in > b->hidden_in) - (a->hidden_in < b->hidden_in);
	return c ? c : owner_order(all, a->owner, b->owner);
}

static int order(const void *pa, const void *pb, void *packages)
{
	const struct pl_pkg *all = packages;
	const struct pl_pkg *a = &all[*(const uint32_t *)pa], *b = &all[*(const uint32_t *)pb];
	int c = same_order(a, b, all);

	return c ? c : pl_str_cmp(first_path(a), first_path(b));
}

static int location_order(const void *pa, const void *pb)
{
	const struct pl_location *a = pa, *b = pb;
	int c = pl_str_cmp(a->path, b->path);

	return c ? c : (a->layer > b->layer) - (a->layer < b->layer);
}

/* Is what `q` knows of a package better known than what `p` does? An identity that was not guessed
 * goes first, then the kind of evidence, then who tells more of the same. */
static bool is_better(const struct pl_pkg *q, const struct pl_pkg *p)
{
	if (q->uncertain != p->uncertain)
		return p->uncertain;
	if (q->evidence != p->evidence)
		return q->evidence && (!p->evidence || q->evidence < p->evidence);
	return q->how.len > p->how.len && pl_str_starts(q->how, p->how);
}

/* `n` packages that are one: all their places, the lowest layer, the surest identity. */
static struct pl_pkg join(struct pl_arena *arena, const struct pl_pkg *all, const uint32_t *by,
			  size_t n)
{
	const struct pl_pkg *best = &all[by[0]];
	struct pl_pkg p = *best;
	size_t total = 0, kept = 0;
	struct pl_location *at;

	for (size_t i = 0; i < n; i++)
		total += all[by[i]].locations.len;
	if (n == 1 && total < 2)
		return p;
	at = pl_arena_array(arena, struct pl_location, total);
	total = 0;
	for (size_t i = 0; i < n; i++) {
		const struct pl_pkg *q = &all[by[i]];

		for (size_t k = 0; k < q->locations.len; k++)
			at[total++] = q->locations.at[k];
		p.layer = q->layer < p.layer ? q->layer : p.layer;
		p.uncertain &= q->uncertain;
		p.dev &= q->dev;
		best = is_better(q, best) ? q : best;
		if (!p.purl.len)
			p.purl = q->purl;
		if (p.licenses.len == 0)
			memcpy(&p.licenses, &q->licenses, sizeof(p.licenses));
	}
	p.how = best->how;
	p.evidence = best->evidence;
	qsort(at, total, sizeof(*at), location_order);
	for (size_t i = 0; i < total; i++)
		if (kept == 0 || location_order(&at[kept - 1], &at[i]) != 0)
			at[kept++] = at[i];
	p.locations.at = at;
	p.locations.len = p.locations.cap = kept;
	return p;
}

/* Sorts and joins into `sorted`, notes in `now` where each went; the number that is left. */
static size_t sort_packages(const struct pl_inventory *inv, struct pl_pkg *sorted, uint32_t *now)
{
	size_t n = inv->packages.len, kept = 0;
	pl_auto_free uint32_t *by = pl_xcalloc(n + 1, sizeof(*by));
	struct pl_pkg *all = inv->packages.at;

	for (uint32_t i = 0; i < n; i++)
		by[i] = i;
	if (n)
		qsort_r(by, n, sizeof(*by), order, all);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n && same_order(&all[by[i]], &all[by[end]], all) == 0; end++)
			now[by[end]] = (uint32_t)kept;
		sorted[kept] = join(inv->arena, all, by + i, end - i);
		pl_relations_join(inv->arena, all, by + i, end - i, &sorted[kept++]);
	}
	return kept;
}

void pl_inventory_finish(struct pl_inventory *inv)
{
	size_t n = inv->packages.len, kept;
	pl_auto_free uint32_t *now = pl_xcalloc(n + 1, sizeof(*now));
	struct pl_pkg *sorted = pl_xcalloc(n + 1, sizeof(*sorted));

	kept = sort_packages(inv, sorted, now);
	pl_relations_moved(sorted, kept, now, n);
	for (size_t i = 0; i < kept; i++) {
		sorted[i].owner = sorted[i].owner < n ? now[sorted[i].owner] : PL_NO_PKG;
		if (!sorted[i].license.len)
			sorted[i].license = pl_license_of(inv->arena, sorted[i].licenses.at,
							  sorted[i].licenses.len);
		if (!sorted[i].purl.len)
			sorted[i].purl = pl_purl(inv->arena, &sorted[i], pl_os_of(inv, &sorted[i]));
	}
	for (size_t i = 0; i < inv->files.len; i++)
		if (inv->files.at[i].owner < n)
			inv->files.at[i].owner = now[inv->files.at[i].owner];
	free(inv->packages.at);
	inv->packages.at = sorted;
	inv->packages.len = kept;
	inv->packages.cap = n + 1;
}

/* What packages and configurations hold lies in the arena. */
void pl_scanned_release(struct pl_scanned *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		pl_vec_release(&s[i].inv.packages);
		pl_vec_release(&s[i].inv.files);
		pl_vec_release(&s[i].inv.texts);
		pl_vec_release(&s[i].inv.roots);
		pl_vec_release(&s[i].inv.license_files);
		pl_vec_release(&s[i].inv.unowned);
		pl_vec_release(&s[i].inv.layers);
		pl_diags_release(&s[i].diags);
		pl_tree_free(s[i].inv.tree);
		s[i].inv.tree = NULL;
	}
}
