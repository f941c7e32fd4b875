/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

static const struct pl_xml *read_good(struct pl_arena *a, const char *text)
{
	const struct pl_xml *e = NULL;
	struct pl_err err = {0};

	if (pl_xml_parse(pl_str_c(text), 4096, a, &e, &err) < 0)
		fail_msg("%s\n%s", text, err.text);
	return e;
}

static void reads_elements_text_and_attributes(void **state)
{
	const struct pl_xml *e, *d;
	pl_auto_arena a;

	(void)state;
	pl_arena_init(&a);
	e = read_good(&a, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c -->"
			  "<m:project xmlns:m='urn:x' xsi:schemaLocation='u v' kind=\"a&amp;b\">\n"
			  " <groupId> org.x </groupId><m:dependency><id>1</id></m:dependency>"
			  "<dependency><id><![CDATA[<2>]]>&#x41;</id></dependency>"
			  "mixed <b>in</b> text<empty/></m:project>");
	assert_str(e->name, "project");
	assert_str(pl_xml_attr(e, "kind"), "a&b");
	assert_str(pl_xml_attr(e, "schemaLocation"), "u v");
	assert_null(pl_xml_attr(e, "none").ptr);
	assert_str(pl_xml_str(e, "groupId"), "org.x");
	assert_str(pl_xml_str(e, "empty"), "");
	assert_str(pl_xml_str(e, "b"), "in");
	assert_str(e->text, "mixed  text");
	d = pl_xml_get(e, "dependency");
	assert_str(pl_xml_str(d, "id"), "1");
	d = pl_xml_more(d);
	assert_str(pl_xml_str(d, "id"), "<2>A");
	assert_null(pl_xml_more(d));
	assert_null(pl_xml_get(NULL, "x"));
}

/* XML 1.0, 4.3.3: Latin-1 declared; UTF-16 by its mark; an unknown one read as ASCII */
static void encodings(void **state)
{
	const struct pl_xml *e = NULL;
	struct pl_err err = {0};
	pl_auto_arena a;

	(void)state;
	pl_arena_init(&a);
	e = read_good(&a, "<?xml version='1.0' encoding='ISO-8859-1'?><a>J\xf8rgen</a>");
	assert_str(e->text, "J\xc3\xb8rgen");
	e = read_good(&a, "<?xml version='1.0' encoding='windows-1252'?><a>x\x80y</a>");
	assert_str(e->text, "x\xef\xbf\xbdy");
	assert_int_equal(
		pl_xml_parse(pl_str_n("\xff\xfe<\0a\0>\0x\0<\0/\0a\0>\0", 18), 100, &a, &e, &err),
		0);
	assert_str(e->text, "x");
}

/* names that only a DTD nobody reads could explain, as old POMs have them */
static void unknown_entities_are_passed_over(void **state)
{
	pl_auto_arena a;

	(void)state;
	pl_arena_init(&a);
	assert_str(read_good(&a, "<a>J&oslash;rgen</a>")->text, "Jrgen");
	assert_str(
		read_good(&a,
			  "<!DOCTYPE plist PUBLIC \"-//A//DTD\" \"file:///etc/passwd\"><a>&x;b</a>")
			->text,
		"b");
}

static void refuses_what_is_hostile(void **state)
{
	static const struct {
		const char *text;
		enum pl_ecode code;
	} rows[] = {
		{"", PL_E_FORMAT},
		{"<a>", PL_E_FORMAT},
		{"<a></b>", PL_E_FORMAT},
		{"<a/><b/>", PL_E_FORMAT},
		{"<a b='1' b='2'/>", PL_E_FORMAT},
		{"text", PL_E_FORMAT},
		{"<a>\xff</a>", PL_E_FORMAT},
		{"<!DOCTYPE a [<!ENTITY b \"ccc\">]><a>&b;</a>", PL_E_UNSUPPORTED},
		{"<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
		 PL_E_UNSUPPORTED},
		{"<!DOCTYPE a [<!ENTITY % p SYSTEM \"file:///x\">%p;]><a/>", PL_E_UNSUPPORTED},
	};
	const struct pl_xml *e = NULL;
	struct pl_err err = {0};
	pl_auto_arena a;
	pl_auto_buf deep;

	(void)state;
	pl_arena_init(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (pl_xml_parse(pl_str_c(rows[i].text), 4096, &a, &e, &err) != -(int)rows[i].code)
			fail_msg("%s: %s", rows[i].text, err.text);
	}
	pl_buf_init(&deep, 400000);
	for (int i = 0; i < 100000; i++)
		pl_buf_c(&deep, "<a>");
	assert_int_equal(pl_xml_parse(pl_buf_view(&deep), 400000, &a, &e, &err), -PL_E_LIMIT);
	assert_non_null(strstr(err.text, "json-depth"));
	assert_int_equal(pl_xml_parse(PL_STR("<a/>"), 3, &a, &e, &err), -PL_E_LIMIT);
	assert_null(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_elements_text_and_attributes),
		cmocka_unit_test(encodings),
		cmocka_unit_test(unknown_entities_are_passed_over),
		cmocka_unit_test(refuses_what_is_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
