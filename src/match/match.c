/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The join: what every package asks of the database is written down, sorted by ecosystem and
 * name, and each name is looked up once for all packages that ask for it (the binaries of one
 * source package, copies of one library).
 */
#include "match/match_int.h"

struct question {
	struct pl_str eco, name, version;
	uint32_t pkg;
	bool source; /* rpm: the package it was built from */
	bool modular;
	uint32_t cannot; /* records that could not be judged */
};

/* A CVE for an id that some record of the same package gives as another name of it. */
struct other_name {
	struct pl_str id, cve;
};

struct matcher {
	const struct pl_inventory *inv;
	struct pl_db *db;
	struct pl_arena *arena;
	struct pl_distro *distros; /* of the image, then of its nested roots */
	PL_VEC(struct question) questions;
	PL_VEC(uint8_t) advised; /* for each package: some ecosystem of it has records */
	pl_hits hits;
	PL_VEC(struct other_name) names; /* of the group that is asked now */
	struct question *from, *to;	 /* that group */
};

/* --- questions ------------------------------------------------------------------------------ */

static bool is_modular(const struct pl_pkg *p)
{
	return p->module.len > 0 || pl_str_find(p->version, PL_STR(".module")) >= 0;
}

static void ask(struct matcher *m, uint32_t pkg, struct pl_str eco, struct pl_str name,
		struct pl_str version, bool source)
{
	const struct pl_pkg *p = &m->inv->packages.at[pkg];

	if (name.len == 0 || pl_db_ecosystem_records(m->db, eco) == 0)
		return;
	m->advised.at[pkg] = 1;
	pl_vec_push(&m->questions, (struct question){.eco = eco,
						     .name = name,
						     .version = version,
						     .pkg = pkg,
						     .source = source,
						     .modular = is_modular(p)});
}

static const struct pl_distro *distro_of(const struct matcher *m, uint32_t pkg)
{
	uint32_t root = pl_root_of(m->inv, &m->inv->packages.at[pkg]);

	/* UINT32_MAX, the image itself, comes first */
	return &m->distros[root == UINT32_MAX ? 0 : root + 1];
}

/* Source records speak of the source's version; where records name binary packages, some name
 * the source too. */
static void ask_distro(struct matcher *m, uint32_t pkg, struct pl_str eco)
{
	const struct pl_pkg *p = &m->inv->packages.at[pkg];
	struct pl_str source = p->source_name.len ? p->source_name : p->name;
	struct pl_str version = p->source_version.len ? p->source_version : p->version;
	enum pl_lookup lookup = distro_of(m, pkg)->lookup;

	if (lookup == PL_LOOKUP_SOURCE) {
		ask(m, pkg, eco, source, version, false);
		return;
	}
	ask(m, pkg, eco, p->name, p->version, false);
	if (lookup == PL_LOOKUP_BINARY && !pl_str_eq(source, p->name))
		ask(m, pkg, eco, source, version, p->type == PL_PKG_RPM);
}

/* Red Hat has an ecosystem for every repository. */
static void ask_repositories(struct matcher *m, uint32_t pkg)
{
	const struct pl_db_eco *ecos;
	size_t n = pl_db_ecosystems(m->db, &ecos);

	for (size_t i = 0; i < n; i++)
		if (pl_str_starts(ecos[i].name, distro_of(m, pkg)->eco))
			ask_distro(m, pkg, ecos[i].name);
}

static void ask_package(struct matcher *m, uint32_t pkg)
{
	const struct pl_pkg *p = &m->inv->packages.at[pkg];
	const struct pl_distro *d = distro_of(m, pkg);
	const char *language = pl_package_ecosystem(p);

	if (language)
		ask(m, pkg, pl_str_c(language), p->name, p->version, false);
	else if (pl_of_distribution(p->type) && d->eco.len && p->type == d->type)
		d->prefix ? ask_repositories(m, pkg) : ask_distro(m, pkg, d->eco);
}

static int question_order(const void *pa, const void *pb)
{
	const struct question *a = pa, *b = pb;
	int c = pl_str_cmp(a->eco, b->eco);

	if (!c)
		c = pl_str_cmp(a->name, b->name);
	if (!c)
		c = pl_str_cmp(a->version, b->version);
	if (!c)
		c = (a->source - b->source) * 2 + (a->modular - b->modular);
	if (!c && a->pkg != b->pkg)
		c = a->pkg < b->pkg ? -1 : 1;
	return c;
}

static bool same_subject(const struct question *a, const struct question *b)
{
	return a->source == b->source && a->modular == b->modular &&
	       pl_str_eq(a->version, b->version);
}

/* --- answers -------------------------------------------------------------------------------- */

/* Of one record and one version. */
struct verdict {
	enum pl_answer answer;
	struct pl_str range, claim; /* "< 2", "openssl 1 < 2 (deb)" */
	struct pl_str *fixes;
	size_t n_fixes;
};

static struct pl_str range_text(struct pl_arena *a, const struct pl_judged *j)
{
	const char *op = j->inclusive ? "<=" : "<";

	if (j->listed)
		return PL_STR("listed");
	if (j->from.len && j->to.len)
		return pl_arena_fmt(a, ">= %.*s, %s %.*s", PL_FMT(j->from), op, PL_FMT(j->to));
	if (j->to.len)
		return pl_arena_fmt(a, "%s %.*s", op, PL_FMT(j->to));
	if (j->from.len)
		return pl_arena_fmt(a, ">= %.*s", PL_FMT(j->from));
	return PL_STR("all versions");
}

static struct pl_str claim_text(struct pl_arena *a, const struct question *q,
				const struct pl_judged *j, const char *scheme)
{
	const char *op = j->inclusive ? "<=" : "<";

	if (j->listed)
		return pl_arena_fmt(a, "%.*s %.*s is listed as affected", PL_FMT(q->name),
				    PL_FMT(q->version));
	if (j->to.len)
		return pl_arena_fmt(a, "%.*s %.*s %s %.*s (%s)", PL_FMT(q->name),
				    PL_FMT(q->version), op, PL_FMT(j->to), scheme);
	if (j->from.len)
		return pl_arena_fmt(a, "%.*s %.*s >= %.*s (%s) with no end known", PL_FMT(q->name),
				    PL_FMT(q->version), PL_FMT(j->from), scheme);
	return pl_arena_fmt(a, "%.*s %.*s, as all versions", PL_FMT(q->name), PL_FMT(q->version));
}

/* The program's own module, built from a working tree in which no tag was seen: vN.0.0 with a time
 * says that no release is known, not that it is before all of them. */
static bool is_untagged(const struct pl_pkg *p)
{
	ptrdiff_t at = pl_str_find(p->version, PL_STR(".0.0-"));

	if (p->type != PL_PKG_GOLANG || !p->uncertain || at < 2 ||
	    p->version.len < (size_t)at + 5 + 14)
		return false;
	for (size_t i = (size_t)at + 5; i < (size_t)at + 19; i++)
		if (!pl_is_digit(p->version.ptr[i]))
			return false;
	return true;
}

static void judge(struct matcher *m, const struct question *q, const struct pl_affected *a,
		  struct verdict *out)
{
	const struct pl_scheme *scheme = pl_scheme_of(m->inv->packages.at[q->pkg].type);
	struct pl_subject s = {scheme, q->version, q->source, q->modular};
	struct pl_judged j;

	*out = (struct verdict){0};
	if (q->source && pl_str_eq_c(a->arch_or_kind, "binary"))
		return; /* says of itself that it names no source package */
	if (is_untagged(&m->inv->packages.at[q->pkg])) {
		out->answer = PL_ANSWER_CANNOT;
		return;
	}
	pl_judge_entry(&s, a, &j);
	out->answer = j.answer;
	if (j.answer == PL_ANSWER_YES) {
		out->range = range_text(m->arena, &j);
		out->claim = claim_text(m->arena, q, &j, scheme->name);
		out->n_fixes = j.fixes.len;
		out->fixes = pl_arena_array(m->arena, struct pl_str, j.fixes.len);
		for (size_t i = 0; i < j.fixes.len; i++)
			out->fixes[i] = pl_arena_str(m->arena, j.fixes.at[i]);
	}
	pl_judged_release(&j);
}

static struct pl_str why_text(struct matcher *m, const struct question *q, const struct verdict *v,
			      const struct pl_rec *rec)
{
	const struct pl_pkg *p = &m->inv->packages.at[q->pkg];
	bool built = !pl_str_eq(p->name, q->name);

	return pl_arena_fmt(m->arena, "%.*s, %.*s %.*s%s%.*s, %.*s%s%.*s", PL_FMT(v->claim),
			    PL_FMT(q->eco), PL_FMT(q->name), built ? ", source of " : "",
			    built ? (int)p->name.len : 0, p->name.ptr, PL_FMT(rec->id),
			    p->uncertain ? "; which package this is was told only by its " : "",
			    p->uncertain ? (int)p->how.len : 0, p->how.ptr);
}

static void add_hits(struct matcher *m, const struct question *q, const struct verdict *v,
		     const struct pl_rec *rec)
{
	struct pl_hit h = {
		.pkg = q->pkg,
		.rec = rec,
		.eco = q->eco,
		.name = q->name,
		.version = q->version,
		.scheme = pl_scheme_of(m->inv->packages.at[q->pkg].type)->name,
		.range = v->range,
		.why = why_text(m, q, v, rec),
		.fixes = v->fixes,
		.n_fixes = v->n_fixes,
	};

	for (size_t i = 0; i < rec->keys.len; i++) {
		h.key = rec->keys.at[i];
		pl_vec_push(&m->hits, h);
	}
}

/* Other names of CVEs are gathered from all records of a library, affected or not. */
static void note_names(struct matcher *m, const struct pl_affected *a)
{
	for (size_t i = 0; i < a->aliases.len; i++) {
		struct pl_str cve = a->aliases.at[i];

		if (!pl_str_starts(cve, PL_STR("CVE-")))
			continue;
		cve = pl_arena_str(m->arena, cve);
		pl_vec_push(&m->names, (struct other_name){pl_arena_str(m->arena, a->id), cve});
		for (size_t k = 0; k < a->aliases.len; k++)
			if (!pl_str_starts(a->aliases.at[k], PL_STR("CVE-")))
				pl_vec_push(&m->names,
					    (struct other_name){
						    pl_arena_str(m->arena, a->aliases.at[k]), cve});
	}
}

/* A record that is itself a CVE names its other ids too. */
static void note_own(struct matcher *m, const struct pl_affected *a)
{
	if (!pl_str_starts(a->id, PL_STR("CVE-")))
		return;
	for (size_t k = 0; k < a->aliases.len; k++)
		if (!pl_str_starts(a->aliases.at[k], PL_STR("CVE-")))
			pl_vec_push(&m->names,
				    (struct other_name){pl_arena_str(m->arena, a->aliases.at[k]),
							pl_arena_str(m->arena, a->id)});
}

static int take_record(void *arg, const struct pl_affected *a)
{
	struct matcher *m = arg;
	struct pl_rec *rec = NULL;
	struct verdict v = {0};

	if (pl_language_ecosystem(m->inv->packages.at[m->from->pkg].type)) {
		note_names(m, a);
		note_own(m, a);
	}
	for (struct question *q = m->from; q < m->to; q++) {
		if (q == m->from || !same_subject(q, q - 1))
			judge(m, q, a, &v);
		q->cannot += v.answer == PL_ANSWER_CANNOT;
		if (v.answer != PL_ANSWER_YES)
			continue;
		if (!rec)
			rec = pl_rec_of(m->arena, a);
		add_hits(m, q, &v, rec);
	}
	return 0;
}

static int name_order(const void *pa, const void *pb)
{
	const struct other_name *a = pa, *b = pb;
	int c = pl_str_cmp(a->id, b->id);

	return c ? c : pl_str_cmp(a->cve, b->cve);
}

static const struct other_name *find_name(const struct matcher *m, const struct pl_rec *rec)
{
	for (size_t i = 0; i < rec->aliases.len; i++) {
		struct other_name want = {.id = rec->aliases.at[i]};
		size_t low = 0, high = m->names.len;

		while (low < high) {
			size_t mid = low + (high - low) / 2;

			if (pl_str_cmp(m->names.at[mid].id, want.id) < 0)
				low = mid + 1;
			else
				high = mid;
		}
		if (low < m->names.len && pl_str_eq(m->names.at[low].id, want.id))
			return &m->names.at[low];
	}
	return NULL;
}

/* A record without a CVE of its own takes those that another record gives its id. */
static void resolve_names(struct matcher *m, size_t first_hit)
{
	size_t end = m->hits.len;

	if (m->names.len > 1)
		qsort(m->names.at, m->names.len, sizeof(*m->names.at), name_order);
	for (size_t i = first_hit; m->names.len && i < end; i++) {
		const struct other_name *last = m->names.at + m->names.len, *n;
		struct pl_hit hit = m->hits.at[i];

		n = hit.rec->named ? NULL : find_name(m, hit.rec);
		if (!n)
			continue;
		m->hits.at[i].key = n->cve;
		for (const struct other_name *o = n + 1; o < last && pl_str_eq(o->id, n->id); o++) {
			hit.key = o->cve;
			if (!pl_str_eq(o->cve, (o - 1)->cve))
				pl_vec_push(&m->hits, hit);
		}
	}
	m->names.len = 0;
}

static int ask_all(struct matcher *m, struct pl_err *err)
{
	struct question *q = m->questions.at, *end = q + m->questions.len;

	if (m->questions.len > 1)
		qsort(q, m->questions.len, sizeof(*q), question_order);
	while (q < end) {
		size_t first_hit = m->hits.len;
		int rc;

		m->from = q;
		while (q < end && pl_str_eq(q->eco, m->from->eco) &&
		       pl_str_eq(q->name, m->from->name))
			q++;
		m->to = q;
		rc = pl_db_each(m->db, m->from->eco, m->from->name, take_record, m, err);
		if (rc < 0)
			return rc;
		resolve_names(m, first_hit);
	}
	return 0;
}

int pl_match(const struct pl_inventory *inv, struct pl_db *db, struct pl_findings *out,
	     struct pl_diags *diags, struct pl_err *err)
{
	struct matcher m = {.inv = inv, .db = db, .arena = out->arena};
	size_t first = out->rows.len;
	int rc;

	m.distros = pl_arena_array(m.arena, struct pl_distro, inv->roots.len + 1);
	pl_distro_of(m.arena, &inv->os, &m.distros[0]);
	for (size_t i = 0; i < inv->roots.len; i++)
		pl_distro_of(m.arena, &inv->roots.at[i].os, &m.distros[i + 1]);
	for (uint32_t i = 0; i < inv->packages.len; i++)
		pl_vec_push(&m.advised, 0);
	for (uint32_t i = 0; i < inv->packages.len; i++)
		ask_package(&m, i);
	rc = ask_all(&m, err);
	if (rc == 0) {
		pl_findings_of_hits(&m.hits, out);
		pl_match_suppress(inv, m.distros, db, out, first);
		for (size_t i = 0; i < m.questions.len; i++)
			pl_match_tell_cannot(inv, m.questions.at[i].pkg, m.questions.at[i].version,
					     m.questions.at[i].cannot, diags);
		pl_match_tell_gaps(inv, m.distros, db, m.advised.at, out, diags);
	}
	pl_vec_release(&m.questions);
	pl_vec_release(&m.advised);
	pl_vec_release(&m.hits);
	pl_vec_release(&m.names);
	return rc;
}
