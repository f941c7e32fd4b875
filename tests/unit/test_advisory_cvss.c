/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/advisory.h"
#include "check.h"

/* Examples of FIRST's documents: "CVSS v3.1 Examples", the guide of version 2.0 (3.3). Those of
 * 4.0 are answers of the calculators of FIRST and Red Hat. */
static const struct {
	const char *vector;
	int tenths;
	enum pl_severity band;
} rows[] = {
	{"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 64, PL_SEV_MEDIUM},	/* CVE-2013-0375 */
	{"CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 31, PL_SEV_LOW},	/* CVE-2014-3566 */
	{"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 99, PL_SEV_CRITICAL},	/* CVE-2012-1516 */
	{"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 88, PL_SEV_HIGH},	/* CVE-2012-0384 */
	{"CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 78, PL_SEV_HIGH},	/* CVE-2015-1098 */
	{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 75, PL_SEV_HIGH},	/* CVE-2014-0160 */
	{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98, PL_SEV_CRITICAL},	/* CVE-2014-6271 */
	{"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N", 68, PL_SEV_MEDIUM},	/* CVE-2008-1447 */
	{"CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N", 46, PL_SEV_MEDIUM},	/* CVE-2014-2019 */
	{"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61, PL_SEV_MEDIUM},	/* CVE-2013-1937 */
	{"CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:N", 68, PL_SEV_MEDIUM},	/* CVE-2016-0128 */
	{"CVSS:3.0/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 88, PL_SEV_HIGH},	/* CVE-2011-1265 */
	{"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H", 96, PL_SEV_CRITICAL},	/* CVE-2012-5376 */
	{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100, PL_SEV_CRITICAL}, /* CVE-2021-44228 */
	{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C", 98, PL_SEV_CRITICAL},
	{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0, PL_SEV_NONE},
	{"AV:N/AC:L/Au:N/C:N/I:N/A:C", 78, PL_SEV_HIGH},     /* CVE-2002-0392 */
	{"AV:N/AC:L/Au:N/C:C/I:C/A:C", 100, PL_SEV_HIGH},    /* CVE-2003-0818 */
	{"(AV:L/AC:H/Au:N/C:C/I:C/A:C)", 62, PL_SEV_MEDIUM}, /* CVE-2003-0062 */
	{"AV:N/AC:L/Au:N/C:P/I:N/A:N", 50, PL_SEV_MEDIUM},   /* CVE-2014-0160 */
	{"AV:N/AC:M/Au:N/C:P/I:N/A:N", 43, PL_SEV_MEDIUM},   /* CVE-2014-3566 */
	{"AV:N/AC:L/Au:N/C:N/I:N/A:N", 0, PL_SEV_NEGLIGIBLE},
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:H/VA:L/SC:N/SI:H/SA:L", 92, PL_SEV_CRITICAL},
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 93, PL_SEV_CRITICAL},
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:L/SA:N", 69, PL_SEV_MEDIUM},
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:H/SI:L/SA:H", 79, PL_SEV_HIGH},
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:L/VI:N/VA:L/SC:N/SI:H/SA:N", 63, PL_SEV_MEDIUM},
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:H/UI:A/VC:N/VI:H/VA:L/SC:L/SI:N/SA:H", 82, PL_SEV_HIGH},
	{"CVSS:4.0/AV:N/AC:L/AT:P/PR:H/UI:A/VC:N/VI:L/VA:L/SC:L/SI:N/SA:N", 18, PL_SEV_LOW},
	{"CVSS:4.0/AV:N/AC:H/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:L/SA:N", 95, PL_SEV_CRITICAL},
	{"CVSS:4.0/AV:N/AC:L/AT:P/PR:L/UI:P/VC:N/VI:N/VA:N/SC:H/SI:L/SA:L", 51, PL_SEV_MEDIUM},
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0, PL_SEV_NONE},
	{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N", -1, PL_SEV_UNKNOWN},
	{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", -1, PL_SEV_UNKNOWN},
	{"CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", -1, PL_SEV_UNKNOWN},
	{"CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", -1, PL_SEV_UNKNOWN},
	{"CVSS:9.9/AV:N", -1, PL_SEV_UNKNOWN},
	{"medium", -1, PL_SEV_UNKNOWN},
	{"", -1, PL_SEV_UNKNOWN},
};

static void scores_are_those_of_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int tenths = pl_cvss_tenths(pl_str_c(rows[i].vector));

		if (tenths != rows[i].tenths)
			fail_msg("%s is %d, should be %d", rows[i].vector, tenths, rows[i].tenths);
		assert_int_equal(pl_cvss_band(pl_str_c(rows[i].vector)), rows[i].band);
	}
}

static void words_of_every_feed(void **state)
{
	static const struct {
		const char *word;
		enum pl_severity is;
	} words[] = {{"CRITICAL", PL_SEV_CRITICAL},	 {"Important", PL_SEV_HIGH},
		     {"Moderate", PL_SEV_MEDIUM},	 {"low**", PL_SEV_LOW},
		     {"unimportant", PL_SEV_NEGLIGIBLE}, {"negligible", PL_SEV_NEGLIGIBLE}};
	enum pl_severity got;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		assert_true(pl_severity_find(pl_str_c(words[i].word), &got));
		assert_int_equal(got, words[i].is);
	}
	assert_false(pl_severity_find(PL_STR("not yet assigned"), &got));
	for (int s = 0; s < PL_SEV__COUNT; s++) {
		assert_true(
			pl_severity_find(pl_str_c(pl_severity_name((enum pl_severity)s)), &got));
		assert_int_equal(got, s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores_are_those_of_first),
		cmocka_unit_test(words_of_every_feed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
