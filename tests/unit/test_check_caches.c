/* SPDX-License-Identifier: Apache-2.0 */
#include "check_fixture.h"

static void adds_up_directories(void **state)
{
	struct fixture *f = *state;

	add_file(f, "home/a/.npm/_cacache/x", 0644, 10, 4);
	add_file(f, "home/b/.npm/_cacache/y", 0644, 20, 5);
	add_file(f, "root/.npmrc", 0644, 20, 5);
	add_file(f, "var/cache/apt/archives/lock", 0640, 0, 1);
	add_file(f, "var/cache/apt/archives/sudo_1_amd64.deb", 0644, PL_MiB(2), 2);
	add_file(f, "var/cache/apt/pkgcache.bin", 0644, PL_MiB(1), 1);
	add_file(f, "var/lib/apt/lists-old/x", 0644, 7, 1);
	add_file(f, "var/lib/apt/lists/lock", 0644, 7, 1);

	assert_int_equal(run_check(f, "PL-CACHE"), 3);
	assert_str(f->found.rows.at[0].path, "var/cache/apt");
	assert_true(contains(f->found.rows.at[0].why, "3.0 MiB in 2 files"));
	assert_int_equal(f->found.rows.at[0].layer, 2);
	assert_true(contains(f->found.rows.at[0].remedy, "apt-get clean"));
	assert_str(f->found.rows.at[1].path, "home/a/.npm");
	assert_str(f->found.rows.at[2].path, "home/b/.npm");
	assert_true(contains(f->found.rows.at[2].why, "20 bytes in 1 file"));
}

static void clean_image(void **state)
{
	struct fixture *f = *state;

	add_file(f, "var/cache/apt/archives/partial", 0755, 0, 1)->type = PL_FT_DIR;
	add_file(f, "var/lib/apt/lists/lock", 0644, 0, 1);
	assert_int_equal(run_check(f, "PL-CACHE"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(adds_up_directories),
		fixture_test(clean_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
