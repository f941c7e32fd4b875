/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain: why a package or an advisory is there. A package: the evidence, the layer with its
 * instruction, the owner, how the version was read, who needs it, what is wrong with it. An
 * advisory: what was compared with what, and then the package.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/table.h"

enum { LABEL = 14, SHOWN = 8, CHAIN_MAX = 12 };

/* --- choosing ------------------------------------------------------------------------------- */

static bool has_path(const struct pl_pkg *p, struct pl_str what)
{
	if (pl_str_starts(what, PL_STR("/")))
		what = pl_str_sub(what, 1, what.len);
	for (size_t i = 0; i < p->locations.len; i++)
		if (pl_str_eq(p->locations.at[i].path, what))
			return true;
	return false;
}

/* "name@version"; the '@' of an npm scope stands first and separates nothing */
static bool is_name_version(const struct pl_pkg *p, struct pl_str what)
{
	ptrdiff_t at = pl_str_rchr(what, '@');

	return at > 0 && pl_str_eq(p->name, pl_str_sub(what, 0, (size_t)at)) &&
	       pl_str_eq(p->version, pl_str_sub(what, (size_t)at + 1, what.len));
}

static bool is_purl(const struct pl_pkg *p, struct pl_str what)
{
	return pl_str_starts(what, PL_STR("pkg:")) && pl_str_starts(p->purl, what) &&
	       (p->purl.len == what.len || strchr("@?#", p->purl.ptr[what.len]));
}

static bool is_asked(const struct pl_pkg *p, struct pl_str what)
{
	ptrdiff_t colon = pl_str_rchr(p->name, ':');
	struct pl_str artifact = pl_str_sub(p->name, (size_t)(colon + 1), p->name.len);

	return pl_str_ieq(p->name, what) || pl_str_ieq(artifact, what) ||
	       (pl_pkg_type_is_os(p->type) && pl_str_eq(p->source_name, what)) ||
	       is_name_version(p, what) || is_purl(p, what) || has_path(p, what);
}

static bool is_finding(const struct pl_finding *f, struct pl_str what)
{
	if (pl_str_ieq(f->id, what))
		return true;
	for (size_t i = 0; i < f->aliases.len; i++)
		if (pl_str_ieq(f->aliases.at[i], what))
			return true;
	for (size_t i = 0; i < f->advisories.len; i++)
		if (pl_str_ieq(f->advisories.at[i], what))
			return true;
	return false;
}

struct chosen {
	PL_VEC(uint32_t) packages, findings;
};

static void choose(const struct pl_report *r, struct pl_str what, struct chosen *c)
{
	for (uint32_t i = 0; i < r->inv->packages.len; i++)
		if (is_asked(&r->inv->packages.at[i], what))
			pl_vec_push(&c->packages, i);
	for (uint32_t i = 0; r->findings && i < r->findings->rows.len; i++)
		if (is_finding(&r->findings->rows.at[i], what))
			pl_vec_push(&c->findings, i);
}

/* --- lines ---------------------------------------------------------------------------------- */

static void line(struct pl_page *p, const char *label, struct pl_str text)
{
	if (!text.len)
		return;
	pl_page_pad(p, 2);
	pl_page_c(p, PL_INK_DIM, label);
	pl_page_pad(p, strlen(label) < LABEL ? LABEL - strlen(label) : 1);
	pl_page_wrap(p, PL_INK_PLAIN, text, LABEL + 2, LABEL + 2);
}

static void line_fmt(struct pl_page *p, const char *label, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void line_fmt(struct pl_page *p, const char *label, const char *fmt, ...)
{
	pl_auto_free char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n >= 0)
		line(p, label, pl_str_n(text, (size_t)n));
}

static void layer_lines(struct pl_page *p, const char *label, uint32_t index)
{
	struct pl_layer_sum l;
	char hex[65] = "";
	pl_auto_buf told = {0};

	if (index == UINT32_MAX)
		return;
	l = pl_report_layer(p->r, index);
	pl_buf_init(&told, PL_MiB(1));
	pl_report_instruction(l.created_by, &told);
	if (l.diff_id.known)
		pl_hex(l.diff_id.sha256, sizeof(l.diff_id.sha256), hex);
	line_fmt(p, label, "%u%s%s", index, hex[0] ? "  sha256:" : "", hex);
	line(p, told.len ? "  instruction" : "", pl_buf_view(&told));
}

/* --- who needs it --------------------------------------------------------------------------- */

struct needs {
	const struct pl_inventory *inv;
	uint32_t *first, *from; /* of each package: those that need it, from[first[i]…first[i+1]) */
};

static void needs_init(struct needs *n, const struct pl_inventory *inv)
{
	size_t all = 0, len = inv->packages.len;
	uint32_t *fill;

	n->inv = inv;
	n->first = pl_xcalloc(len + 2, sizeof(*n->first));
	for (size_t i = 0; i < len; i++)
		for (size_t k = 0; k < inv->packages.at[i].depends.len; k++, all++)
			n->first[inv->packages.at[i].depends.at[k] + 1]++;
	for (size_t i = 0; i < len; i++)
		n->first[i + 1] += n->first[i];
	n->from = pl_xcalloc(all + 1, sizeof(*n->from));
	fill = pl_xcalloc(len + 1, sizeof(*fill));
	for (uint32_t i = 0; i < len; i++)
		for (size_t k = 0; k < inv->packages.at[i].depends.len; k++) {
			uint32_t to = inv->packages.at[i].depends.at[k];

			n->from[n->first[to] + fill[to]++] = i;
		}
	free(fill);
}

static void needs_release(struct needs *n)
{
	free(n->first);
	free(n->from);
}

static void put_names(struct pl_buf *out, const struct pl_inventory *inv, const uint32_t *at,
		      size_t n)
{
	for (size_t i = 0; i < n && i < SHOWN; i++)
		pl_buf_fmt(out, "%s%.*s", i ? ", " : "", PL_FMT(inv->packages.at[at[i]].name));
	if (n > SHOWN)
		pl_buf_fmt(out, " and %zu more", n - SHOWN);
}

/* The shortest way up to a package that nobody needs, by breadth; `up` gets the next step of each
 * package that was reached. UINT32_MAX when all ways end in a circle. */
static uint32_t climb(const struct needs *n, uint32_t start, uint32_t *up)
{
	size_t len = n->inv->packages.len, head = 0, tail = 0;
	pl_auto_free uint32_t *queue = pl_xcalloc(len + 1, sizeof(*queue));

	for (size_t i = 0; i < len; i++)
		up[i] = UINT32_MAX;
	up[start] = start;
	queue[tail++] = start;
	while (head < tail) {
		uint32_t at = queue[head++];

		if (n->first[at] == n->first[at + 1])
			return at;
		for (uint32_t k = n->first[at]; k < n->first[at + 1]; k++)
			if (up[n->from[k]] == UINT32_MAX) {
				up[n->from[k]] = at;
				queue[tail++] = n->from[k];
			}
	}
	return UINT32_MAX;
}

static void chain_line(struct pl_page *p, const struct needs *n, uint32_t index)
{
	pl_auto_free uint32_t *up = pl_xcalloc(n->inv->packages.len + 1, sizeof(*up));
	uint32_t at = climb(n, index, up);
	pl_auto_buf b;

	pl_buf_init(&b, 65536);
	if (at == UINT32_MAX || at == index || up[at] == index)
		return; /* the line before says it all */
	for (size_t steps = 0; steps < CHAIN_MAX; steps++, at = up[at]) {
		pl_buf_fmt(&b, "%s%.*s", steps ? " → " : "", PL_FMT(n->inv->packages.at[at].name));
		if (at == index)
			break;
	}
	line(p, "through", pl_buf_view(&b));
}

static void needs_lines(struct pl_page *p, const struct needs *n, uint32_t index)
{
	const struct pl_pkg *pkg = &n->inv->packages.at[index];
	uint32_t by = n->first[index + 1] - n->first[index];
	pl_auto_buf b;

	pl_buf_init(&b, 65536);
	put_names(&b, n->inv, n->from + n->first[index], by);
	line(p, "needed by", pl_buf_view(&b));
	chain_line(p, n, index);
	pl_buf_reset(&b);
	put_names(&b, n->inv, pkg->depends.at, pkg->depends.len);
	line(p, "needs", pl_buf_view(&b));
}

/* --- packages ------------------------------------------------------------------------------- */

static void title(struct pl_page *p, const struct pl_pkg *pkg)
{
	pl_page_put(p, PL_INK_BOLD, pkg->name, PL_ALL);
	pl_buf_ch(p->out, ' ');
	if (pkg->version.len)
		pl_page_put(p, PL_INK_PLAIN, pkg->version, PL_ALL);
	else
		pl_page_c(p, PL_INK_RED, "without a version, so it cannot be judged");
	pl_buf_c(p->out, "  ");
	pl_page_c(p, PL_INK_DIM, pl_pkg_type_name(pkg->type));
	if (pkg->arch.len) {
		pl_buf_ch(p->out, ' ');
		pl_page_put(p, PL_INK_DIM, pkg->arch, PL_ALL);
	}
	pl_page_end(p);
}

static void evidence_lines(struct pl_page *p, const struct pl_pkg *pkg)
{
	line(p, "evidence", pl_str_c(pl_evidence_name(pkg->evidence)));
	for (size_t i = 0; i < pkg->locations.len && i < SHOWN; i++)
		line_fmt(p, "", "/%.*s", PL_FMT(pkg->locations.at[i].path));
	if (pkg->locations.len > SHOWN)
		line_fmt(p, "", "and %zu more", pkg->locations.len - SHOWN);
	line(p, "version from", pkg->how);
	if (pkg->uncertain)
		line(p, "certainty", PL_STR("guessed: this may be another package"));
	if (pkg->dev)
		line(p, "scope", PL_STR("development or tests only"));
}

static void finding_line(struct pl_page *p, const struct pl_finding *f)
{
	pl_page_pad(p, LABEL + 2);
	pl_page_severity(p, f->severity);
	pl_page_put(p, PL_INK_BOLD, f->id, PL_ALL);
	if (f->known_exploited) {
		pl_buf_ch(p->out, ' ');
		pl_page_c(p, PL_INK_ALARM, "EXPLOITED");
	}
	if (f->fix_versions.len) {
		pl_page_c(p, PL_INK_PLAIN, "  fixed in ");
		pl_page_put(p, PL_INK_PLAIN, f->fix_versions.at[0], PL_ALL);
	}
	pl_page_end(p);
}

static void findings_lines(struct pl_page *p, uint32_t index)
{
	size_t n = 0;

	for (size_t i = 0; p->r->findings && i < p->r->findings->rows.len; i++) {
		const struct pl_finding *f = &p->r->findings->rows.at[i];

		if (f->pkg != index || f->suppressed.len || f->kind != PL_FIND_VULNERABILITY)
			continue;
		if (n++ == 0)
			line(p, "findings", PL_STR(" "));
		finding_line(p, f);
	}
	if (p->r->findings && n == 0)
		line(p, "findings", PL_STR("none"));
}

static void package(struct pl_page *p, const struct needs *n, uint32_t index)
{
	const struct pl_inventory *inv = p->r->inv;
	const struct pl_pkg *pkg = &inv->packages.at[index];

	title(p, pkg);
	line(p, "package URL", pkg->purl);
	if (pkg->source_name.len && !pl_str_eq(pkg->source_name, pkg->name))
		line_fmt(p, "source", "%.*s %.*s", PL_FMT(pkg->source_name),
			 PL_FMT(pkg->source_version));
	evidence_lines(p, pkg);
	layer_lines(p, "layer", pkg->layer);
	if (pkg->removed_in != UINT32_MAX)
		layer_lines(p, "removed by", pkg->removed_in);
	if (pkg->root.len)
		line_fmt(p, "root", "/%.*s", PL_FMT(pkg->root));
	if (pkg->owner < inv->packages.len)
		line_fmt(p, "owner", "%.*s %.*s (%s)", PL_FMT(inv->packages.at[pkg->owner].name),
			 PL_FMT(inv->packages.at[pkg->owner].version),
			 pl_pkg_type_name(inv->packages.at[pkg->owner].type));
	line(p, "licence", pkg->license);
	line(p, "vendor", pkg->vendor);
	needs_lines(p, n, index);
	findings_lines(p, index);
}

/* --- advisories ----------------------------------------------------------------------------- */

static void joined(struct pl_page *p, const char *label, const struct pl_str *at, size_t n)
{
	pl_auto_buf b;

	pl_buf_init(&b, 65536);
	for (size_t i = 0; i < n; i++)
		pl_buf_fmt(&b, "%s%.*s", i ? ", " : "", PL_FMT(at[i]));
	line(p, label, pl_buf_view(&b));
}

static void advisory(struct pl_page *p, const struct pl_finding *f)
{
	pl_page_put(p, PL_INK_BOLD, f->id, PL_ALL);
	pl_buf_c(p->out, "  ");
	pl_page_severity(p, f->severity);
	if (f->known_exploited)
		pl_page_c(p, PL_INK_ALARM, "EXPLOITED");
	pl_page_end(p);
	line(p, "title", f->title);
	joined(p, "also", f->aliases.at, f->aliases.len);
	joined(p, "advisories", f->advisories.at, f->advisories.len);
	line(p, "severity by", f->severity_source);
	line(p, f->cvss_type.len ? "vector" : "", f->cvss_vector);
	if (f->kind == PL_FIND_VULNERABILITY)
		line_fmt(p, "compared", "%.*s %.*s of %.*s is in the range %.*s (%.*s versions)",
			 PL_FMT(f->matched_name), PL_FMT(f->matched_version), PL_FMT(f->eco),
			 PL_FMT(f->range), PL_FMT(f->scheme));
	line(p, "why", f->why);
	joined(p, "fixed in", f->fix_versions.at, f->fix_versions.len);
	line(p, "remedy", f->remedy);
	if (f->suppressed.len)
		line_fmt(p, "not counted", "%.*s", PL_FMT(f->suppressed));
	line(p, "more", f->url);
}

static void add_packages_of(const struct pl_report *r, struct chosen *c)
{
	for (size_t i = 0; i < c->findings.len; i++) {
		uint32_t pkg = r->findings->rows.at[c->findings.at[i]].pkg;
		size_t k = 0;

		while (k < c->packages.len && c->packages.at[k] != pkg)
			k++;
		if (k == c->packages.len && pkg < r->inv->packages.len)
			pl_vec_push(&c->packages, pkg);
	}
}

size_t pl_report_explain(const struct pl_report *r, struct pl_str what,
			 const struct pl_report_style *style, struct pl_buf *out)
{
	struct pl_page p = {out, style->width ? style->width : 100, style->color, r};
	struct chosen c = {0};
	struct needs n;
	size_t told;

	choose(r, what, &c);
	add_packages_of(r, &c);
	needs_init(&n, r->inv);
	for (size_t i = 0; i < c.findings.len; i++) {
		advisory(&p, &r->findings->rows.at[c.findings.at[i]]);
		pl_buf_ch(out, '\n');
	}
	for (size_t i = 0; i < c.packages.len; i++) {
		package(&p, &n, c.packages.at[i]);
		if (i + 1 < c.packages.len)
			pl_buf_ch(out, '\n');
	}
	told = c.findings.len + c.packages.len;
	needs_release(&n);
	pl_vec_release(&c.packages);
	pl_vec_release(&c.findings);
	return told;
}

size_t pl_report_explain_json(const struct pl_report *r, struct pl_str what, struct pl_jw *w)
{
	struct chosen c = {0};
	size_t told;

	choose(r, what, &c);
	add_packages_of(r, &c);
	pl_jw_obj(w);
	pl_jw_kstr(w, "schema", PL_STR("plimsoll.explain/1"));
	pl_jw_kstr(w, "target", r->target);
	pl_jw_kstr(w, "asked", what);
	pl_jw_key(w, "packages");
	pl_jw_arr(w);
	for (size_t i = 0; i < c.packages.len; i++)
		pl_report_json_package(w, r->inv, &r->inv->packages.at[c.packages.at[i]]);
	pl_jw_arr_end(w);
	pl_jw_key(w, "findings");
	pl_jw_arr(w);
	for (size_t i = 0; i < c.findings.len; i++)
		pl_report_json_finding(w, r, &r->findings->rows.at[c.findings.at[i]]);
	pl_jw_arr_end(w);
	pl_jw_obj_end(w);
	told = c.findings.len + c.packages.len;
	pl_vec_release(&c.packages);
	pl_vec_release(&c.findings);
	return told;
}
