/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the formats: licence expressions (SPDX 2.3 annex D), CPE (NISTIR 7695), XML 1.0 text. */
#include "check.h"
#include "report/cdx_out.h"
#include "report/sbom.h"

static void knows_expressions(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{"MIT", true},
		{"GPL-2.0-or-later", true},
		{"GPL-2.0+", true},
		{"MIT OR Apache-2.0", true},
		{"GPL-2.0-only WITH Classpath-exception-2.0", true},
		{"(MIT OR Apache-2.0) AND BSD-3-Clause", true},
		{"((MIT))", true},
		{"(GPL-2.0-only WITH Classpath-exception-2.0) OR MIT", true},
		{"", false},
		{"GPL", false},
		{"mit", false}, /* not the spelling of the list */
		{"MIT or Apache-2.0", false},
		{"MIT OR", false},
		{"OR MIT", false},
		{"MIT Apache-2.0", false},
		{"(MIT", false},
		{"MIT)", false},
		{"()", false},
		{"MIT WITH MIT", false},
		{"(MIT) WITH Classpath-exception-2.0", false},
		{"GPL-2.0-only WITH Classpath-exception-2.0 WITH Classpath-exception-2.0", false},
		{"LicenseRef-own AND MIT", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (pl_spdx_is_expression(pl_str_c(rows[i].text)) != rows[i].good)
			fail_msg("\"%s\"", rows[i].text);
	assert_true(pl_spdx_is_license(PL_STR("0BSD")));
	assert_true(pl_spdx_is_license(PL_STR("zlib-acknowledgement")));
	assert_false(pl_spdx_is_license(PL_STR("Classpath-exception-2.0")));
}

static void writes_cpes(void **state)
{
	static const struct {
		const char *vendor_product, *version, *cpe;
	} rows[] = {
		{"f5:nginx", "1.25.3", "cpe:2.3:a:f5:nginx:1.25.3:*:*:*:*:*:*:*"},
		{"gnu:glibc", "", "cpe:2.3:a:gnu:glibc:*:*:*:*:*:*:*:*"},
		{"a:b", "1:2+3~x", "cpe:2.3:a:a:b:1\\:2\\+3\\~x:*:*:*:*:*:*:*"},
		{"a:b c", "-", "cpe:2.3:a:a:b_c:\\-:*:*:*:*:*:*:*"},
		{"nothing", "1", ""},
	};
	pl_auto_arena a;

	(void)state;
	pl_arena_init(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_str(pl_sbom_cpe(&a, pl_str_c(rows[i].vendor_product),
				       pl_str_c(rows[i].version)),
			   rows[i].cpe);
}

static void writes_xml(void **state)
{
	static const struct {
		struct pl_str in;
		const char *out;
	} rows[] = {
		{{"a<b>&\"c'", 8}, "a&lt;b&gt;&amp;&quot;c'"},
		{{"\t\n\r", 3}, "&#9;&#10;&#13;"},
		{{"x\x1b\0y", 4}, "x\xef\xbf\xbd\xef\xbf\xbdy"},
		{{"\xff"
		  "é",
		  3},
		 "\xef\xbf\xbd"
		 "é"},
		{{"\xef\xbf\xbe|\xef\xbf\xbd", 7}, "\xef\xbf\xbd|\xef\xbf\xbd"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pl_auto_buf b;

		pl_buf_init(&b, 1024);
		pl_xml_text(&b, rows[i].in);
		assert_str(pl_buf_view(&b), rows[i].out);
	}
}

static void splits_names(void **state)
{
	static const struct {
		enum pl_pkg_type type;
		const char *whole, *group, *name;
	} rows[] = {
		{PL_PKG_NPM, "@scope/x", "@scope", "x"},
		{PL_PKG_NPM, "x", "", "x"},
		{PL_PKG_MAVEN, "org.a:b", "org.a", "b"},
		{PL_PKG_MAVEN, "b", "", "b"},
		{PL_PKG_MAVEN, "b:", "", "b:"},
		{PL_PKG_GOLANG, "github.com/a/b", "", "github.com/a/b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pl_pkg p = {.type = rows[i].type, .name = pl_str_c(rows[i].whole)};
		struct pl_str group, name;

		pl_sbom_split_name(&p, &group, &name);
		assert_str(group, rows[i].group);
		assert_str(name, rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_expressions),
		cmocka_unit_test(writes_cpes),
		cmocka_unit_test(writes_xml),
		cmocka_unit_test(splits_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
