/* SPDX-License-Identifier: Apache-2.0 */
#include "check_fixture.h"

static const char passwd[] = "root:x:0:0:root:/root:/bin/bash\n"
			     "app:x:1000:1000::/home/app:/bin/sh\n"
			     "toor:x:0:0:root too:/root:/bin/sh\n"
			     "1001:x:0:0:a number that is root:/:/bin/sh\n"
			     "broken\n"
			     "odd:x:abc:0::/:/bin/sh\n";

static void users(void **state)
{
	static const struct {
		const char *user;
		size_t root, unknown;
	} rows[] = {
		{"", 1, 0},	  {"root", 1, 0},     {"0", 1, 0},	    {"0:0", 1, 0},
		{"00", 1, 0},	  {"root:app", 1, 0}, {"toor", 1, 0},	    {":1000", 1, 0},
		{"app", 0, 0},	  {"app:root", 0, 0}, {"1000", 0, 0},	    {"1000:0", 0, 0},
		{"65532", 0, 0},  {"1001", 1, 0},     {"nobody", 0, 1},	    {"odd", 0, 1},
		{"broken", 0, 1}, {"-1", 0, 1},	      {"4294967296", 0, 1}, {" root ", 1, 0},
	};
	struct fixture *f = *state;
	struct pl_text_file t = {.path = PL_STR("etc/passwd"), .text = PL_STR(passwd)};

	pl_vec_push(&f->inv.texts, t);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f->img.config.user = pl_str_c(rows[i].user);
		if (run_check(f, "PL-ROOT-USER") != rows[i].root ||
		    run_check(f, "PL-UNKNOWN-USER") != rows[i].unknown)
			fail_msg("USER \"%s\"", rows[i].user);
	}
}

static void says_why(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(run_check(f, "PL-ROOT-USER"), 1);
	assert_true(contains(f->found.rows.at[0].why, "names no user"));
	assert_true(contains(f->found.rows.at[0].remedy, "USER"));
	assert_int_equal(f->found.rows.at[0].severity, PL_SEV_MEDIUM);
	assert_int_equal(f->found.rows.at[0].kind, PL_FIND_CHECK);
	assert_int_equal(f->found.rows.at[0].pkg, PL_NO_PKG);
}

/* a root file system says nothing of how it is run; an inventory from a file has no passwd */
static void knows_what_it_cannot_know(void **state)
{
	struct fixture *f = *state;

	f->img.config.user = PL_STR("app");
	assert_int_equal(run_check(f, "PL-UNKNOWN-USER"), 0);
	f->inv.tree = pl_tree_new();
	assert_int_equal(run_check(f, "PL-UNKNOWN-USER"), 1);
	f->img.config.has_config = false;
	f->img.config.user = PL_STR("");
	assert_int_equal(run_check(f, "PL-ROOT-USER"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(users),
		fixture_test(says_why),
		fixture_test(knows_what_it_cannot_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
