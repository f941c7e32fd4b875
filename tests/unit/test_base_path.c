/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

static void cleans_paths(void **state)
{
	static const struct {
		const char *raw, *clean;
		unsigned flags;
	} rows[] = {
		{"./usr//bin/./x", "usr/bin/x", 0},
		{"/etc/passwd", "etc/passwd", PL_PATH_ABSOLUTE},
		{"a/b/../c", "a/c", PL_PATH_DOTDOT},
		{"../../etc", "etc", PL_PATH_DOTDOT | PL_PATH_ESCAPES},
		{"./", "", 0},
		{"/", "", PL_PATH_ABSOLUTE},
		{"a/..", "", PL_PATH_DOTDOT},
		{"dir/", "dir", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char out[64];
		unsigned flags;
		size_t n = pl_path_clean(pl_str_c(rows[i].raw), out, &flags);

		assert_str(pl_str_n(out, n), rows[i].clean);
		assert_int_equal(flags, rows[i].flags);
	}
}

static void globs(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool match;
	} rows[] = {
		{"var/lib/dpkg/status", "var/lib/dpkg/status", true},
		{"**/package.json", "package.json", true},
		{"**/package.json", "a/b/package.json", true},
		{"**/package.json", "a/xpackage.json", false},
		{"**/*.dist-info/METADATA", "usr/lib/x-1.dist-info/METADATA", true},
		{"**/*.dist-info/METADATA", "x-1.dist-info/sub/METADATA", false},
		{"var/lib/dpkg/info/*.list", "var/lib/dpkg/info/libc6:amd64.list", true},
		{"var/lib/dpkg/info/*.list", "var/lib/dpkg/info/a/b.list", false},
		{"a/**/z", "a/z", true},
		{"a/**/z", "a/b/c/z", true},
		{"**/node_modules/**/package.json", "x/node_modules/@s/p/package.json", true},
		{"a/**", "a/b/c", true},
		{"*.jar", "x.jar", true},
		{"*.jar", "a/x.jar", false},
		{"**/lib[0-9].so", "q/lib7.so", true},
		{"**/lib[!0-9].so", "q/lib7.so", false},
		{"?", "/", false},
		{"", "", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (pl_glob(pl_str_c(rows[i].pattern), pl_str_c(rows[i].path)) != rows[i].match)
			fail_msg("%s against %s: expected %d", rows[i].pattern, rows[i].path,
				 rows[i].match);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cleans_paths),
		cmocka_unit_test(globs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
