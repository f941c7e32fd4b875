/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The section `vulnerabilities` of CycloneDX: one entry for a flaw and all packages of which the
 * same is said. What was not judged to be harmless is "in triage": a version in a range is no proof
 * that the flaw can be used.
 */
#include "report/cyclonedx.h"

static bool same_list(const struct pl_str *a, size_t n, const struct pl_str *b, size_t m)
{
	if (n != m)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!pl_str_eq(a[i], b[i]))
			return false;
	return true;
}

static bool same_flaw(const struct pl_finding *a, const struct pl_finding *b)
{
	return b->kind == PL_FIND_VULNERABILITY && pl_str_eq(a->id, b->id) && a->fix == b->fix &&
	       a->severity == b->severity && a->known_exploited == b->known_exploited &&
	       pl_str_eq(a->severity_source, b->severity_source) &&
	       pl_str_eq(a->cvss_vector, b->cvss_vector) && pl_str_eq(a->title, b->title) &&
	       pl_str_eq(a->eco, b->eco) && pl_str_eq(a->suppressed, b->suppressed) &&
	       same_list(a->fix_versions.at, a->fix_versions.len, b->fix_versions.at,
			 b->fix_versions.len) &&
	       same_list(a->advisories.at, a->advisories.len, b->advisories.at, b->advisories.len);
}

static void source(struct pl_cdx *c, struct pl_str name, struct pl_str url)
{
	pl_cdx_member(c, "source");
	pl_cdx_text(c, "name", name);
	pl_cdx_text(c, "url", url);
	pl_cdx_member_end(c, "source");
}

static void references(const struct pl_sbom *s, struct pl_cdx *c, const struct pl_finding *f)
{
	if (!f->aliases.len)
		return;
	pl_cdx_list(c, "references");
	for (size_t i = 0; i < f->aliases.len; i++) {
		pl_cdx_item(c, "reference");
		pl_cdx_text(c, "id", f->aliases.at[i]);
		source(c, PL_STR("OSV"),
		       pl_arena_fmt(s->arena, "https://osv.dev/vulnerability/%.*s",
				    PL_FMT(f->aliases.at[i])));
		pl_cdx_item_end(c, "reference");
	}
	pl_cdx_list_end(c, "references");
}

static const char *severity_word(enum pl_severity s)
{
	if (s == PL_SEV_NONE)
		return "none";
	return s == PL_SEV_NEGLIGIBLE ? "info" : pl_report_severity(s);
}

static const char *method(struct pl_str vector)
{
	static const struct {
		const char *head, *name;
	} rows[] = {{"CVSS:4.0/", "CVSSv4"}, {"CVSS:3.1/", "CVSSv31"}, {"CVSS:3.0/", "CVSSv3"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (pl_str_starts(vector, pl_str_c(rows[i].head)))
			return rows[i].name;
	return "CVSSv2";
}

/* What the verdict goes by, and the score with its own band. */
static void ratings(struct pl_cdx *c, const struct pl_finding *f)
{
	pl_cdx_list(c, "ratings");
	pl_cdx_item(c, "rating");
	if (f->severity_source.len)
		source(c, f->severity_source, PL_STR(""));
	pl_cdx_text(c, "severity", pl_str_c(severity_word(f->severity)));
	pl_cdx_text(c, "method", PL_STR("other"));
	pl_cdx_item_end(c, "rating");
	if (f->cvss_vector.len && f->cvss_tenths >= 0) {
		pl_cdx_item(c, "rating");
		pl_cdx_tenths(c, "score", (unsigned)f->cvss_tenths);
		pl_cdx_text(c, "severity", pl_str_c(severity_word(pl_cvss_band(f->cvss_vector))));
		pl_cdx_text(c, "method", pl_str_c(method(f->cvss_vector)));
		pl_cdx_text(c, "vector", f->cvss_vector);
		pl_cdx_item_end(c, "rating");
	}
	pl_cdx_list_end(c, "ratings");
}

static void analysis(struct pl_cdx *c, const struct pl_finding *f)
{
	const char *answer = f->fix == PL_FIX_FIXED	  ? "update"
			     : f->fix == PL_FIX_NOT_FIXED ? "can_not_fix"
			     : f->fix == PL_FIX_WONT_FIX  ? "will_not_fix"
							  : NULL;

	pl_cdx_member(c, "analysis");
	pl_cdx_text(c, "state", f->suppressed.len ? PL_STR("not_affected") : PL_STR("in_triage"));
	if (f->suppressed.len) {
		pl_cdx_text(c, "justification", PL_STR("code_not_present"));
	} else if (answer) {
		pl_cdx_list(c, c->xml ? "responses" : "response");
		pl_cdx_value(c, "response", pl_str_c(answer));
		pl_cdx_list_end(c, c->xml ? "responses" : "response");
	}
	pl_cdx_text(c, "detail", f->suppressed.len ? f->suppressed : f->why);
	pl_cdx_member_end(c, "analysis");
}

static void affects(const struct pl_sbom *s, struct pl_cdx *c, const struct pl_finding *f, size_t n)
{
	pl_cdx_list(c, "affects");
	for (size_t i = 0; i < n; i++) {
		const struct pl_pkg *p;

		if (f[i].pkg >= s->r->inv->packages.len)
			continue;
		p = &s->r->inv->packages.at[f[i].pkg];
		pl_cdx_item(c, "target");
		pl_cdx_text(c, "ref", s->refs[f[i].pkg]);
		if (p->version.len) {
			pl_cdx_list(c, "versions");
			pl_cdx_item(c, "version");
			pl_cdx_text(c, "version", p->version);
			pl_cdx_text(c, "status",
				    f->suppressed.len ? PL_STR("unaffected") : PL_STR("affected"));
			pl_cdx_item_end(c, "version");
			pl_cdx_list_end(c, "versions");
		}
		pl_cdx_item_end(c, "target");
	}
	pl_cdx_list_end(c, "affects");
}

static void properties(const struct pl_sbom *s, struct pl_cdx *c, const struct pl_finding *f,
		       size_t n)
{
	pl_cdx_list(c, "properties");
	pl_cdx_prop(c, PL_STR("plimsoll:ecosystem"), f->eco);
	pl_cdx_prop(c, PL_STR("plimsoll:fix-state"), pl_str_c(pl_fix_state_name(f->fix)));
	for (size_t i = 0; i < f->fix_versions.len; i++)
		pl_cdx_prop(c, PL_STR("plimsoll:fix-version"), f->fix_versions.at[i]);
	if (f->known_exploited)
		pl_cdx_prop(c, PL_STR("plimsoll:known-exploited"), PL_STR("true"));
	for (size_t i = 0; i < n; i++)
		if (f[i].pkg < s->r->inv->packages.len)
			pl_cdx_prop(c, PL_STR("plimsoll:range"),
				    pl_arena_fmt(s->arena, "%.*s %.*s", PL_FMT(s->refs[f[i].pkg]),
						 PL_FMT(f[i].range)));
	pl_cdx_list_end(c, "properties");
}

static void advisories(const struct pl_sbom *s, struct pl_cdx *c, const struct pl_finding *f)
{
	if (!f->advisories.len)
		return;
	pl_cdx_list(c, "advisories");
	for (size_t i = 0; i < f->advisories.len; i++) {
		pl_cdx_item(c, "advisory");
		pl_cdx_text(c, "title", f->advisories.at[i]);
		pl_cdx_text(c, "url",
			    pl_arena_fmt(s->arena, "https://osv.dev/vulnerability/%.*s",
					 PL_FMT(f->advisories.at[i])));
		pl_cdx_item_end(c, "advisory");
	}
	pl_cdx_list_end(c, "advisories");
}

static struct pl_str recommendation(const struct pl_sbom *s, const struct pl_finding *f)
{
	if (f->remedy.len || f->fix != PL_FIX_FIXED || !f->fix_versions.len)
		return f->remedy;
	return pl_arena_fmt(s->arena, "upgrade to %.*s", PL_FMT(f->fix_versions.at[0]));
}

/* Of `n` findings that say the same of different packages. */
static void vulnerability(const struct pl_sbom *s, struct pl_cdx *c, const struct pl_finding *f,
			  size_t n)
{
	struct pl_str first = f->pkg < s->r->inv->packages.len ? s->refs[f->pkg] : f->eco;
	struct pl_str key = pl_arena_fmt(s->arena, "%.*s %.*s", PL_FMT(f->id), PL_FMT(first));

	pl_cdx_item(c, "vulnerability");
	pl_cdx_attr(c, "bom-ref", pl_sbom_id(s->arena, "vuln-", f->id, key));
	pl_cdx_text(c, "id", f->id);
	source(c, f->eco, f->url);
	references(s, c, f);
	ratings(c, f);
	pl_cdx_text(c, "description", f->title);
	pl_cdx_text(c, "recommendation", recommendation(s, f));
	advisories(s, c, f);
	analysis(c, f);
	affects(s, c, f, n);
	properties(s, c, f, n);
	pl_cdx_item_end(c, "vulnerability");
}

void pl_cdx_vulnerabilities(const struct pl_sbom *s, struct pl_cdx *c)
{
	const struct pl_findings *f = s->r->findings;
	size_t end;

	pl_cdx_list(c, "vulnerabilities");
	for (size_t i = 0; i < f->rows.len; i = end) {
		end = i + 1;
		if (f->rows.at[i].kind != PL_FIND_VULNERABILITY)
			continue;
		while (end < f->rows.len && same_flaw(&f->rows.at[i], &f->rows.at[end]))
			end++;
		vulnerability(s, c, &f->rows.at[i], end - i);
	}
	pl_cdx_list_end(c, "vulnerabilities");
}
