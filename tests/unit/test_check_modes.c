/* SPDX-License-Identifier: Apache-2.0 */
#include "check_fixture.h"

static void finds_bits(void **state)
{
	struct fixture *f = *state;
	uint32_t sudo = add_package(f, PL_PKG_DEB, "sudo");

	add_file(f, "usr/bin/sudo", 04755, 1, 1)->owner = sudo;
	add_file(f, "opt/tool", 04755, 1, 2);
	add_file(f, "usr/bin/wall", 02755, 1, 0)->owner = sudo;
	add_file(f, "usr/bin/plain", 0755, 1, 0);
	add_file(f, "var/mail", 02775, 0, 0)->type = PL_FT_DIR;
	add_file(f, "var/lock/mandatory", 02644, 0, 0);
	add_file(f, "usr/bin/ping", 0755, 1, 0)->has_caps = true;

	assert_int_equal(run_check(f, "PL-SETUID"), 2);
	assert_str(f->found.rows.at[0].path, "usr/bin/sudo");
	assert_int_equal(f->found.rows.at[0].layer, 1);
	assert_int_equal(f->found.rows.at[0].owner, sudo);
	assert_int_equal(f->found.rows.at[0].severity, PL_SEV_LOW);
	assert_true(contains(f->found.rows.at[0].why, "mode 4755"));
	/* nobody's file was put there by hand: look at that first */
	assert_int_equal(f->found.rows.at[1].severity, PL_SEV_MEDIUM);
	assert_true(contains(f->found.rows.at[1].why, "belongs to no package"));

	assert_int_equal(run_check(f, "PL-SETGID"), 1);
	assert_str(f->found.rows.at[0].path, "usr/bin/wall");
	assert_int_equal(run_check(f, "PL-FILE-CAPABILITIES"), 1);
	assert_str(f->found.rows.at[0].path, "usr/bin/ping");
}

int main(void)
{
	const struct CMUnitTest tests[] = {fixture_test(finds_bits)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
