/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "policy/policy.h"

static void add(struct pl_findings *f, enum pl_severity s, enum pl_fix_state fix)
{
	struct pl_finding row = {.kind = PL_FIND_VULNERABILITY, .severity = s, .fix = fix};

	pl_vec_push(&f->rows, row);
}

static struct pl_verdict judge(struct pl_policy p, struct pl_findings *f, struct pl_diags *d)
{
	struct pl_verdict v;

	pl_policy_judge(&p, f, d, &v);
	return v;
}

static void line(void **state)
{
	struct pl_findings f = {0};
	struct pl_diags d = {0};
	struct pl_verdict v;

	(void)state;
	v = judge((struct pl_policy){.fail_on = PL_SEV_LOW}, &f, &d);
	assert_int_equal(v.status, PL_EXIT_OK);
	add(&f, PL_SEV_MEDIUM, PL_FIX_FIXED);
	add(&f, PL_SEV_UNKNOWN, PL_FIX_FIXED);
	v = judge((struct pl_policy){.fail_on = PL_SEV_HIGH}, &f, &d);
	assert_int_equal(v.status, PL_EXIT_OK);
	assert_int_equal(v.counts[PL_SEV_MEDIUM], 1);
	assert_int_equal(v.counts[PL_SEV_UNKNOWN], 1);
	v = judge((struct pl_policy){.fail_on = PL_SEV_MEDIUM}, &f, &d);
	assert_int_equal(v.status, PL_EXIT_NO);
	assert_int_equal(v.over, 1);
	v = judge((struct pl_policy){.fail_on = PL_SEV_MEDIUM, .never = true}, &f, &d);
	assert_int_equal(v.status, PL_EXIT_OK);
	f.rows.at[0].suppressed = PL_STR("belongs to a package of the distribution");
	v = judge((struct pl_policy){.fail_on = PL_SEV_MEDIUM}, &f, &d);
	assert_int_equal(v.status, PL_EXIT_OK);
	assert_int_equal(v.counts[PL_SEV_MEDIUM], 0);
	pl_vec_release(&f.rows);
}

static void only_fixed(void **state)
{
	struct pl_findings f = {0};
	struct pl_diags d = {0};
	struct pl_verdict v;

	(void)state;
	add(&f, PL_SEV_CRITICAL, PL_FIX_NOT_FIXED);
	add(&f, PL_SEV_LOW, PL_FIX_FIXED);
	add(&f, PL_SEV_CRITICAL, PL_FIX_UNKNOWN);
	add(&f, PL_SEV_CRITICAL, PL_FIX_WONT_FIX);
	add(&f, PL_SEV_MEDIUM, PL_FIX_UNKNOWN);
	f.rows.at[4].kind = PL_FIND_CHECK; /* checks are mended in the image: they stay */
	v = judge((struct pl_policy){.fail_on = PL_SEV_HIGH, .only_fixed = true}, &f, &d);
	assert_int_equal(v.status, PL_EXIT_OK);
	assert_int_equal(f.rows.len, 2);
	assert_int_equal(v.counts[PL_SEV_CRITICAL], 0);
	assert_int_equal(v.counts[PL_SEV_MEDIUM], 1);
	pl_vec_release(&f.rows);
}

/* 3 before 4 before 1 */
static void precedence(void **state)
{
	struct pl_findings f = {0};
	struct pl_arena a;
	struct pl_diags d;
	struct pl_policy p = {.fail_on = PL_SEV_HIGH};

	(void)state;
	pl_arena_init(&a);
	pl_diags_init(&d, &a);
	add(&f, PL_SEV_CRITICAL, PL_FIX_FIXED);
	pl_diag_fmt(&d, PL_W_WARN, "odd", PL_STR("x"), "odd");
	assert_int_equal(judge(p, &f, &d).status, PL_EXIT_NO);
	pl_diag_fmt(&d, PL_W_WARN, "no-advisories", PL_STR(""), "none for it");
	assert_int_equal(judge(p, &f, &d).status, PL_EXIT_ADVISORIES);
	pl_diag_fmt(&d, PL_W_FAILED, "rpm-db-corrupt", PL_STR("x"), "lost");
	assert_int_equal(judge(p, &f, &d).status, PL_EXIT_INCOMPLETE);
	assert_false(judge(p, &f, &d).complete);
	p.never = true;
	assert_int_equal(judge(p, &f, &d).status, PL_EXIT_INCOMPLETE);
	pl_vec_release(&f.rows);
	pl_diags_release(&d);
	pl_arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line),
		cmocka_unit_test(only_fixed),
		cmocka_unit_test(precedence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
