/* SPDX-License-Identifier: Apache-2.0 */
/* From findings and diagnostics to the verdict. */
#include "policy/policy.h"

static bool has_code(const struct pl_diags *d, const char *code)
{
	for (size_t i = 0; i < d->rows.len; i++)
		if (pl_str_eq_c(d->rows.at[i].code, code))
			return true;
	return false;
}

/* Takes findings without a fix out of the list: they are neither shown nor counted. */
static void drop_unfixed(struct pl_findings *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->rows.len; i++) {
		struct pl_finding *row = &f->rows.at[i];

		if (row->kind != PL_FIND_VULNERABILITY || row->fix == PL_FIX_FIXED) {
			f->rows.at[n++] = *row;
			continue;
		}
		pl_vec_release(&row->aliases);
		pl_vec_release(&row->advisories);
		pl_vec_release(&row->fix_versions);
	}
	f->rows.len = n;
}

/* What the distribution calls none is told apart from negligible nowhere in a report. */
static enum pl_severity counted_as(enum pl_severity s)
{
	return s == PL_SEV_NONE ? PL_SEV_NEGLIGIBLE : s;
}

static enum pl_exit status_of(const struct pl_verdict *v)
{
	if (!v->complete)
		return PL_EXIT_INCOMPLETE;
	if (!v->advised)
		return PL_EXIT_ADVISORIES;
	return v->pass ? PL_EXIT_OK : PL_EXIT_NO;
}

void pl_policy_judge(const struct pl_policy *p, struct pl_findings *f, const struct pl_diags *d,
		     struct pl_verdict *out)
{
	struct pl_verdict v = {
		.complete = d->worst < PL_W_FAILED,
		.advised = !has_code(d, "no-advisories"),
	};

	if (p->only_fixed)
		drop_unfixed(f);
	for (size_t i = 0; i < f->rows.len; i++) {
		const struct pl_finding *row = &f->rows.at[i];

		if (row->suppressed.len)
			continue;
		v.counts[counted_as(row->severity)]++;
		if (!p->never && row->severity != PL_SEV_UNKNOWN && row->severity >= p->fail_on)
			v.over++;
	}
	v.pass = v.over == 0;
	v.status = status_of(&v);
	*out = v;
}
