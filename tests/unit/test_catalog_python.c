/* SPDX-License-Identifier: Apache-2.0 */
#include "lang_facts.h"

#define SITE "usr/lib/python3/dist-packages/"

static void one(const char *path, const char *text, const char *expect)
{
	lang_auto_facts w = {0};

	assert_int_equal(lang_read(&w, &pl_cataloger_python, path, pl_str_c(text)), 0);
	if (!expect) {
		assert_int_equal(w.packages.len, 0);
		return;
	}
	assert_int_equal(w.packages.len, 1);
	assert_str(w.packages.at[0], expect);
}

/* Core metadata 2.1 of a wheel, of distutils, of an unpacked egg: PyPA's examples of the forms */
static void forms(void **state)
{
	(void)state;
	one(SITE "requests-2.28.1.dist-info/METADATA",
	    "Metadata-Version: 2.1\nName: requests\nVersion: 2.28.1\nSummary: HTTP\n"
	    "License: Apache 2.0\nClassifier: License :: OSI Approved :: Apache Software License\n"
	    "\nName: not this\n",
	    "pypi requests 2.28.1 #Apache Software License (metadata)");
	one(SITE "six-1.16.0.egg-info",
	    "Metadata-Version: 1.2\r\nName: six\r\nVersion: 1.16.0\r\n"
	    "License: MIT\r\n",
	    "pypi six 1.16.0 #MIT (metadata)");
	one("opt/x.egg/EGG-INFO/PKG-INFO", "Name: Flask_Thing\nVersion: 1.0rc1\n",
	    "pypi Flask_Thing 1.0rc1 (metadata)");
	one(SITE "a.egg-info/PKG-INFO",
	    "Name: a\nVersion: 1!2.0+local.1\nLicense-Expression: MIT OR "
	    "0BSD\nLicense: MIT\n",
	    "pypi a 1!2.0+local.1 #MIT OR 0BSD (metadata)");
	one(SITE "a.egg-info/SOURCES.txt", "Name: a\nVersion: 1\n", NULL);
	one("src/METADATA", "Name: a\nVersion: 1\n", NULL);
}

static void damaged(void **state)
{
	(void)state;
	/* the text of a licence is not its name; odd bytes and lines without a colon pass */
	one(SITE "b-1.dist-info/METADATA",
	    "\xef\xbb\xbfMetadata-Version: 2.1\nLicense: Copyright (c)\n  Permission is granted\n"
	    "garbage \xff\xfe\nName: b\n: empty\nVersion:\t1.5 \n",
	    "pypi b 1.5 (metadata)");
	one(SITE "c-1.2.dist-info/METADATA", "", "pypi c 1.2 (directory name)?");
	one(SITE "d-1.2-py3.8.egg-info", "Name: D\n", "pypi D 1.2 (directory name)?");
	one(SITE "nothing.egg-info", "", NULL);
	one(SITE ".dist-info/METADATA", "Version: 1\n", NULL);
}

static void says_what_is_missing(void **state)
{
	lang_auto_facts w = {0};

	(void)state;
	lang_read(&w, &pl_cataloger_python, SITE "nothing.egg-info", PL_STR("Version: 1\n"));
	assert_int_equal(w.packages.len, 0);
	assert_int_equal(w.diags.len, 1);
	assert_str(w.diags.at[0], "1 python-metadata");
}

/* A package with no version stays in the inventory, without one. */
static void no_version(void **state)
{
	(void)state;
	one(SITE "e.egg-info", "Name: e\n", "pypi e  (metadata)");
}

static void classifier_forms(void **state)
{
	(void)state;
	one(SITE "f-1.dist-info/METADATA",
	    "Name: f\nVersion: 1\nClassifier: License :: OSI Approved\n"
	    "Classifier: License :: OSI Approved :: BSD License\n"
	    "Classifier: Programming Language :: Python\n"
	    "Classifier: License :: Public Domain\nLicense: UNKNOWN\n",
	    "pypi f 1 #BSD License\nPublic Domain (metadata)");
	one(SITE "g-1.dist-info/METADATA", "Name: g\nVersion: 1\nLicense: UNKNOWN\n",
	    "pypi g 1 (metadata)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(damaged),
		cmocka_unit_test(says_what_is_missing),
		cmocka_unit_test(no_version),
		cmocka_unit_test(classifier_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
