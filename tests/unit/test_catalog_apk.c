/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "fake_facts.h"

#define INSTALLED "lib/apk/db/installed"

/* the head of Alpine 3.19's own database; the second entry made after it */
static const char installed[] =
	"C:Q1hmQBCiTbMZa7n2m3tMYsXSM6l7Y=\nP:musl-utils\nV:1.2.4_git20230717-r4\nA:x86_64\nS:"
	"36691\n"
	"I:118784\nT:the musl c library (libc) implementation\nU:https://musl.libc.org/\n"
	"L:MIT AND BSD-2-Clause AND GPL-2.0-or-later\no:musl\n"
	"m:Timo Teras "
	"<timo.teras@iki.fi>\nt:1699267251\nc:ca7f2ab5e88794e4e654b40776f8a92256f50639\n"
	"D:scanelf so:libc.musl-x86_64.so.1\np:cmd:getconf=1.2.4_git20230717-r4\n"
	"F:sbin\nR:ldconfig\na:0:0:755\nZ:Q1Kja2+POZKxEkUOZqwSjC6kmaED4=\n"
	"F:usr\nF:usr/bin\nR:getconf\na:0:0:755\nZ:Q1g7ogkzMHLGCQpdn9aMFBCYO6zdw=\nR:ldd\n\n"
	"P:rooted\nV:1-r0\nF:\nR:init\n\n"
	"P:.build-deps\nV:20240101.000000\nA:noarch\nD:gcc\n";

static void reads_installed(void **state)
{
	struct pl_facts_writer w;
	const struct pl_pkg_fact *p;

	(void)state;
	fake_init(&w);
	assert_int_equal(fake_read(&w, &pl_cataloger_apk, INSTALLED, PL_STR(installed)), 0);
	assert_int_equal(w.packages.len, 2);
	p = fake_find(&w, "musl-utils");
	assert_non_null(p);
	assert_int_equal(p->type, PL_PKG_APK);
	assert_str(p->version, "1.2.4_git20230717-r4");
	assert_str(p->arch, "x86_64");
	assert_str(p->source_name, "musl");
	assert_str(p->source_version, "1.2.4_git20230717-r4");
	assert_str(p->licenses, "MIT AND BSD-2-Clause AND GPL-2.0-or-later");
	assert_str(p->vendor, "Timo Teras <timo.teras@iki.fi>");
	assert_int_equal(w.owned.len, 4);
	assert_true(fake_owns(&w, "musl-utils", "sbin/ldconfig"));
	assert_true(fake_owns(&w, "musl-utils", "usr/bin/getconf"));
	assert_true(fake_owns(&w, "musl-utils", "usr/bin/ldd"));
	assert_true(fake_owns(&w, "rooted", "init"));
	assert_int_equal(fake_diags(&w, PL_W_NOTE, "apk-virtual"), 1);
	assert_int_equal(w.diags.len, 1);
	fake_release(&w);
}

static void malformed_goes_on(void **state)
{
	static const char text[] = "P:a\nV:1\nV:2\nodd\n\nV:3\n\n\nP:b\n\nP:a\nV:4\n";
	struct pl_facts_writer w;

	(void)state;
	fake_init(&w);
	assert_int_equal(fake_read(&w, &pl_cataloger_apk, INSTALLED, PL_STR(text)), 0);
	assert_int_equal(w.packages.len, 3);
	assert_str(w.packages.at[0].version, "1");
	assert_str(w.diags.at[0].what, "line 3: field V twice in one entry");
	assert_str(w.diags.at[1].what, "line 4: not a \"X:value\" line");
	assert_str(w.diags.at[2].what, "line 6: the entry names no package");
	assert_int_equal(w.diags.at[2].weight, PL_W_FAILED);
	assert_str(w.diags.at[3].what, "line 9: package b has no version");
	assert_str(w.diags.at[4].what, "line 11: package a is there twice");
	assert_int_equal(w.diags.len, 5);
	fake_release(&w);
}

static void long_lines_are_passed_over(void **state)
{
	static const char text[] = "P:a\nV:1\nT:0123456789abcdef\n\nP:b\nV:2\n";
	struct pl_facts_writer w;
	struct pl_err err = {0};

	(void)state;
	assert_int_equal(pl_limit_set(PL_STR("line-bytes=16"), &err), 0);
	fake_init(&w);
	assert_int_equal(fake_read(&w, &pl_cataloger_apk, INSTALLED, PL_STR(text)), 0);
	assert_int_equal(w.packages.len, 2);
	assert_int_equal(w.diags.len, 1);
	assert_int_equal(w.diags.at[0].weight, PL_W_FAILED);
	assert_str(w.diags.at[0].what, "line 3: over the limit line-bytes of 16 bytes, passed over "
				       "(raise it with --set line-bytes=…)");
	fake_release(&w);
	assert_int_equal(pl_limit_set(PL_STR("line-bytes=8M"), &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_installed),
		cmocka_unit_test(malformed_goes_on),
		cmocka_unit_test(long_lines_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
