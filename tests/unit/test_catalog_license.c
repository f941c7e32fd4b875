/* SPDX-License-Identifier: Apache-2.0 */
/* Licences as metadata of real packages spells them, and what they are as SPDX expressions. */
#include "catalog/catalog.h"
#include "check.h"

static const struct {
	const char *told, *spdx;
	bool known;
} rows[] = {
	/* identifiers, in any case; deprecated ones (SPDX License List) */
	{"MIT", "MIT", true},
	{"mit", "MIT", true},
	{"GPL-2.0", "GPL-2.0-only", true},
	{"GPL-2.0+", "GPL-2.0-or-later", true},
	{"LGPL-2.1-or-later", "LGPL-2.1-or-later", true},
	/* Alpine */
	{"MIT BSD GPL2+", "MIT AND LicenseRef-BSD AND GPL-2.0-or-later", false},
	{"MPL-2.0 GPL-2.0-or-later", "MPL-2.0 AND GPL-2.0-or-later", true},
	{"MPL-2.0 AND MIT", "MPL-2.0 AND MIT", true},
	{"ISC AND (BSD-3-Clause OR MIT)", "ISC AND (BSD-3-Clause OR MIT)", true},
	/* Debian, copyright format 1.0 */
	{"Expat", "MIT", true},
	{"GPL-2+", "GPL-2.0-or-later", true},
	{"GPL-1+ or Artistic", "Artistic-1.0-Perl OR GPL-1.0-or-later", true},
	{"LGPL-3+ or GPL-2+", "LGPL-3.0-or-later OR GPL-2.0-or-later", true},
	{"GPL-2+ or Artistic-2.0, and BSD-3-clause",
	 "(GPL-2.0-or-later OR Artistic-2.0) AND BSD-3-Clause", true},
	{"GPL-2 with Linux-syscall-note exception", "GPL-2.0-only WITH Linux-syscall-note", true},
	{"GPL-3+ with Bison exception", "GPL-3.0-or-later WITH Bison-exception-2.2", true},
	{"GPL-2+ with Foo exception", "LicenseRef-GPL-2--with-Foo-exception", false},
	{"public-domain", "LicenseRef-public-domain", false},
	/* Fedora and its kin */
	{"GPLv2+ and LGPLv2+ with exceptions",
	 "GPL-2.0-or-later AND LicenseRef-LGPLv2--with-exceptions", false},
	{"ASL 2.0", "Apache-2.0", true},
	{"GPLv2+ or LGPLv3+", "GPL-2.0-or-later OR LGPL-3.0-or-later", true},
	{"(MIT or GPLv2) and zlib", "(MIT OR GPL-2.0-only) AND Zlib", true},
	{"BSD", "LicenseRef-BSD", false},
	/* classifiers of Python */
	{"MIT License", "MIT", true},
	{"Apache Software License", "LicenseRef-Apache", false},
	{"GNU General Public License v2 or later (GPLv2+)", "GPL-2.0-or-later", true},
	{"GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only", true},
	{"Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0", true},
	{"ISC License (ISCL)", "ISC", true},
	{"Python Software Foundation License", "PSF-2.0", true},
	/* npm, crates, gems, Maven */
	{"(MIT OR Apache-2.0)", "(MIT OR Apache-2.0)", true},
	{"MIT/Apache-2.0", "MIT OR Apache-2.0", true},
	{"Apache License, Version 2.0", "Apache-2.0", true},
	{"The Apache Software License, Version 2.0", "Apache-2.0", true},
	{"Eclipse Public License - v 1.0", "EPL-1.0", true},
	{"Apache-2.0+", "Apache-2.0+", true},
	{"SEE LICENSE IN LICENSE.md", "LicenseRef-SEE-LICENSE-IN-LICENSE.md", false},
	/* nothing, and nonsense */
	{"", "", false},
	{"UNKNOWN", "", false},
	{"(MIT", "MIT", true},
	{"((MIT) and Foo", "LicenseRef---MIT--and-Foo", false},
	{"AND", "LicenseRef-AND", false},
	{"MIT AND", "LicenseRef-MIT-AND", false},
};

static void test_rows(void **state)
{
	pl_auto_arena a;
	unsigned wrong = 0;

	(void)state;
	pl_arena_init(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool known;
		struct pl_str is = pl_license_spdx(&a, pl_str_c(rows[i].told), &known);

		if (pl_str_eq_c(is, rows[i].spdx) && known == rows[i].known)
			continue;
		fprintf(stderr, "\"%s\": %.*s (%s), not %s\n", rows[i].told, PL_FMT(is),
			known ? "known" : "unknown", rows[i].spdx);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void test_alternatives(void **state)
{
	const struct pl_str told[] = {PL_STR("MIT"), PL_STR("GPL-2+ and Zlib")};
	pl_auto_arena a;

	(void)state;
	pl_arena_init(&a);
	assert_true(pl_str_eq_c(pl_license_of(&a, told, 2), "MIT OR (GPL-2.0-or-later AND Zlib)"));
	assert_true(pl_str_eq_c(pl_license_of(&a, told, 0), ""));
}

static void test_deep(void **state)
{
	pl_auto_arena a;
	pl_auto_buf b;
	bool known;

	(void)state;
	pl_arena_init(&a);
	pl_buf_init(&b, 65536);
	for (int i = 0; i < 3000; i++)
		pl_buf_ch(&b, '(');
	(void)pl_license_spdx(&a, pl_buf_view(&b), &known);
	assert_false(known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_alternatives),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
