/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was not judged, as diagnostics, and findings that do not count, with the reason. "No
 * findings" must mean that there was something to find.
 */
#include "match/match_int.h"

bool pl_distro_advised(const struct pl_distro *d, struct pl_db *db)
{
	const struct pl_db_eco *ecos;
	size_t n = pl_db_ecosystems(db, &ecos);

	for (size_t i = 0; d->eco.len && i < n; i++)
		if (ecos[i].records && (d->prefix ? pl_str_starts(ecos[i].name, d->eco)
						  : pl_str_eq(ecos[i].name, d->eco)))
			return true;
	return false;
}

/* --- suppressed ----------------------------------------------------------------------------- */

/* `*` is any run of characters. */
static bool glob(const char *pattern, struct pl_str s)
{
	const char *star = NULL;
	size_t at = 0, back = 0;

	while (at < s.len) {
		if (*pattern == '*') {
			star = pattern++;
			back = at;
		} else if (*pattern == s.ptr[at]) {
			pattern++;
			at++;
		} else if (star) {
			pattern = star + 1;
			at = ++back;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/* Headers of the kernel: thousands of findings and no running code. */
static bool is_kernel_headers(const struct pl_pkg *p)
{
	static const char *const names[] = {
		"linux-libc-dev",    "linux-libc-dev-*-cross", "linux-headers",	 "linux-headers-*",
		"linux-*-headers-*", "linux-kbuild-*",	       "kernel-headers", "kernel-devel",
		"kernel-*-devel",    "linux-glibc-devel"};
	static const char *const sources[] = {"linux", "linux-*", "kernel", "kernel-*"};
	struct pl_str source = p->source_name.len ? p->source_name : p->name;

	if (!pl_of_distribution(p->type))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!glob(names[i], p->name))
			continue;
		for (size_t k = 0; k < sizeof(sources) / sizeof(*sources); k++)
			if (glob(sources[k], source))
				return true;
	}
	return false;
}

static void suppress(const struct pl_inventory *inv, const bool *advised, struct pl_arena *a,
		     struct pl_finding *f)
{
	const struct pl_pkg *p = &inv->packages.at[f->pkg];

	if (p->removed_in != UINT32_MAX)
		f->suppressed =
			pl_arena_fmt(a, "removed in layer %u: not in the image", p->removed_in);
	else if (!pl_of_distribution(p->type) && p->owner != PL_NO_PKG &&
		 p->owner < inv->packages.len &&
		 advised[pl_root_of(inv, &inv->packages.at[p->owner]) + 1])
		f->suppressed = pl_arena_fmt(
			a, "owned by OS package %.*s: judged by its distribution's advisories",
			PL_FMT(inv->packages.at[p->owner].name));
	else if (is_kernel_headers(p))
		f->suppressed = PL_STR("kernel headers only: no running code");
}

void pl_match_suppress(const struct pl_inventory *inv, const struct pl_distro *distros,
		       struct pl_db *db, struct pl_findings *out, size_t first)
{
	pl_auto_free bool *advised = pl_xcalloc(inv->roots.len + 1, sizeof(*advised));

	for (size_t i = 0; i <= inv->roots.len; i++)
		advised[i] = pl_distro_advised(&distros[i], db);
	for (size_t i = first; i < out->rows.len; i++)
		suppress(inv, advised, out->arena, &out->rows.at[i]);
}

/* --- diagnostics ---------------------------------------------------------------------------- */

void pl_match_tell_cannot(const struct pl_inventory *inv, uint32_t pkg, struct pl_str version,
			  uint32_t n, struct pl_diags *diags)
{
	const struct pl_pkg *p = &inv->packages.at[pkg];
	const struct pl_scheme *scheme = pl_scheme_of(p->type);

	if (n == 0)
		return;
	if (!scheme->valid(pl_str_trim(version)))
		pl_diag_fmt(
			diags, PL_W_WARN, "not-comparable", p->name,
			"\"%.*s\" is not a version of scheme %s: %u advisories could not be judged",
			PL_FMT(version), scheme->name, n);
	else
		pl_diag_fmt(diags, PL_W_WARN, "not-comparable", p->name,
			    "%u advisories have bounds that do not compare with %.*s (%s)", n,
			    PL_FMT(version), scheme->name);
}

static void tell_distro(const struct pl_os *os, const struct pl_distro *d, uint64_t n,
			struct pl_diags *diags)
{
	pl_auto_buf what;

	pl_buf_init(&what, PL_KiB(4));
	if (os->found)
		pl_buf_fmt(&what, "%.*s %.*s: ", PL_FMT(os->id), PL_FMT(os->version_id));
	pl_buf_fmt(&what, "%s; %llu packages were not judged", d->why, (unsigned long long)n);
	if (d->known)
		pl_diag_add(diags, PL_W_WARN, "no-advisories", os->evidence, pl_buf_view(&what),
			    (struct pl_str){0});
	else
		pl_diag_add(diags, PL_W_FAILED, "unknown-distribution", os->evidence,
			    pl_buf_view(&what),
			    PL_STR("packages of the distribution need its advisories; language "
				   "packages were judged"));
}

static void tell_ecosystem(struct pl_str eco, uint64_t n, struct pl_diags *diags)
{
	pl_auto_buf what;

	pl_buf_init(&what, PL_KiB(4));
	if (pl_str_ends(eco, PL_STR("::")))
		eco.len -= 2;
	pl_buf_fmt(&what, "the database has no advisories for %.*s: %llu packages were not judged",
		   PL_FMT(eco), (unsigned long long)n);
	pl_diag_add(diags, PL_W_WARN, "no-advisories", eco, pl_buf_view(&what),
		    PL_STR("build a database that has them: `plimsoll db build --from DIR --output "
			   "FILE`, "
			   "then `--db FILE`"));
}

/* The packages of one system, `lost` of which no advisory was asked for. */
static void tell_system(const struct pl_os *os, const struct pl_distro *d, struct pl_db *db,
			uint64_t lost, struct pl_diags *diags)
{
	if (lost && d->eco.len)
		tell_ecosystem(d->eco, lost, diags);
	else if (lost)
		tell_distro(os, d, lost, diags);
	else if (d->eco.len && d->why && pl_distro_advised(d, db))
		pl_diag_fmt(diags, PL_W_NOTE, "derived-distribution", os->evidence, "%s: %.*s",
			    d->why, PL_FMT(d->eco));
}

void pl_match_tell_gaps(const struct pl_inventory *inv, const struct pl_distro *distros,
			struct pl_db *db, const uint8_t *advised, struct pl_findings *out,
			struct pl_diags *diags)
{
	uint64_t lost[PL_PKG__COUNT] = {0};
	pl_auto_free uint64_t *os_lost = pl_xcalloc(inv->roots.len + 1, sizeof(*os_lost));

	for (size_t i = 0; i < inv->packages.len; i++) {
		const struct pl_pkg *p = &inv->packages.at[i];
		const struct pl_scheme *scheme = pl_scheme_of(p->type);
		uint32_t system = pl_root_of(inv, p) + 1; /* 0: the image's own */
		const struct pl_distro *d = &distros[system];

		if (advised[i] && scheme && scheme->valid(pl_str_trim(p->version))) {
			out->matchable++;
			continue;
		}
		out->unmatchable++;
		if (advised[i])
			continue;
		if (pl_of_distribution(p->type) && (!d->eco.len || d->type == p->type))
			os_lost[system]++;
		else
			lost[p->type]++;
	}
	for (size_t i = 0; i <= inv->roots.len; i++)
		tell_system(i ? &inv->roots.at[i - 1].os : &inv->os, &distros[i], db, os_lost[i],
			    diags);
	for (int t = 0; t < PL_PKG__COUNT; t++) {
		const char *language = pl_language_ecosystem((enum pl_pkg_type)t);
		const struct pl_scheme *scheme = pl_scheme_of((enum pl_pkg_type)t);

		if (lost[t] && language)
			tell_ecosystem(pl_str_c(language), lost[t], diags);
		else if (lost[t])
			pl_diag_fmt(
				diags, PL_W_NOTE, "no-ecosystem", (struct pl_str){0},
				"%llu packages of type %s are not of this distribution, nor of an "
				"ecosystem of OSV: they were not judged",
				(unsigned long long)lost[t], scheme ? scheme->name : "generic");
	}
}
