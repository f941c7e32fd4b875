/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of the TOML 1.0.0 specification (https://toml.io/en/v1.0.0), with the values and the
 * refusals that its text states. */
#include "check.h"

static const struct {
	const char *toml, *json;
} good[] = {
	{"", "{}"},
	{"# This is a full-line comment\nkey = \"value\"  # This is a comment at the end of a "
	 "line\n"
	 "another = \"# This is not a comment\"\n",
	 "{\"key\":\"value\",\"another\":\"# This is not a comment\"}"},
	{"key = 1\nbare_key = 2\nbare-key = 3\n1234 = 4",
	 "{\"key\":1,\"bare_key\":2,\"bare-key\":3,\"1234\":4}"},
	{"\"127.0.0.1\" = 1\n\"character encoding\" = 2\n\"\xca\x8e\xc7\x9d\xca\x9e\" = 3\n'key2' "
	 "= 4\n"
	 "'quoted \"value\"' = 5\n\"\" = 6\n",
	 "{\"127.0.0.1\":1,\"character encoding\":2,\"\xca\x8e\xc7\x9d\xca\x9e\":3,\"key2\":4,"
	 "\"quoted \\\"value\\\"\":5,\"\":6}"},
	{"name = \"Orange\"\nphysical.color = \"orange\"\nphysical.shape = \"round\"\n"
	 "site.\"google.com\" = true\n",
	 "{\"name\":\"Orange\",\"physical\":{\"color\":\"orange\",\"shape\":\"round\"},"
	 "\"site\":{\"google.com\":true}}"},
	{"fruit.name = 1\nfruit. color = 2\nfruit . flavor = 3\n3.14159 = \"pi\"\n",
	 "{\"fruit\":{\"name\":1,\"color\":2,\"flavor\":3},\"3\":{\"14159\":\"pi\"}}"},
	{"apple.type = \"fruit\"\norange.type = \"fruit\"\napple.skin = \"thin\"\n",
	 "{\"apple\":{\"type\":\"fruit\",\"skin\":\"thin\"},\"orange\":{\"type\":\"fruit\"}}"},
	{"str = \"I'm a string. \\\"You can quote me\\\". Name\\tJos\\u00E9\\nLocation\\tSF.\"",
	 "{\"str\":\"I'm a string. \\\"You can quote me\\\". "
	 "Name\\tJos\xc3\xa9\\nLocation\\tSF.\"}"},
	{"s = \"\\U0001F600\"", "{\"s\":\"\xf0\x9f\x98\x80\"}"},
	{"str1 = \"\"\"\nRoses are red\nViolets are blue\"\"\"",
	 "{\"str1\":\"Roses are red\\nViolets are blue\"}"},
	{"str3 = \"\"\"\\\n       The quick brown \\\n\n\n       fox jumps.\\\n       \"\"\"",
	 "{\"str3\":\"The quick brown fox jumps.\"}"},
	{"str4 = \"\"\"Here are two quotation marks: \"\". Simple enough.\"\"\"\n"
	 "str7 = \"\"\"\"This,\" she said, \"is just a pointless statement.\"\"\"\"",
	 "{\"str4\":\"Here are two quotation marks: \\\"\\\". Simple enough.\","
	 "\"str7\":\"\\\"This,\\\" she said, \\\"is just a pointless statement.\\\"\"}"},
	{"winpath  = 'C:\\Users\\nodejs'\nregex = '<\\i\\c*\\s*>'\nre = '''I [dw]on't need "
	 "\\d{2}'''\n"
	 "lines  = '''\nThe first newline is\ntrimmed.\r\n'''\nq = ''''That,' she said.''''",
	 "{\"winpath\":\"C:\\\\Users\\\\nodejs\",\"regex\":\"<\\\\i\\\\c*\\\\s*>\","
	 "\"re\":\"I [dw]on't need \\\\d{2}\",\"lines\":\"The first newline is\\ntrimmed.\\n\","
	 "\"q\":\"'That,' she said.'\"}"},
	{"int1 = +99\nint2 = 42\nint3 = 0\nint4 = -17\nint5 = 1_000\nint8 = 1_2_3_4_5\n"
	 "hex1 = 0xDEADBEEF\nhex3 = 0xdead_beef\noct1 = 0o01234567\noct2 = 0o755\nbin1 = "
	 "0b11010110",
	 "{\"int1\":99,\"int2\":42,\"int3\":0,\"int4\":-17,\"int5\":1000,\"int8\":12345,"
	 "\"hex1\":3735928559,\"hex3\":3735928559,\"oct1\":342391,\"oct2\":493,\"bin1\":214}"},
	{"flt1 = +1.0\nflt4 = 5e+22\nflt5 = 1e06\nflt7 = 6.626e-34\nflt8 = 224_617.445_991_228\n"
	 "sf2 = +inf\nsf6 = -nan",
	 "{\"flt1\":\"+1.0\",\"flt4\":\"5e+22\",\"flt5\":\"1e06\",\"flt7\":\"6.626e-34\","
	 "\"flt8\":\"224_617.445_991_228\",\"sf2\":\"+inf\",\"sf6\":\"-nan\"}"},
	{"odt1 = 1979-05-27T07:32:00Z\nodt3 = 1979-05-27T00:32:00.999999-07:00\n"
	 "odt4 = 1979-05-27 07:32:00Z\nldt1 = 1979-05-27T07:32:00\nld1 = 1979-05-27\nlt2 = "
	 "00:32:00.99",
	 "{\"odt1\":\"1979-05-27T07:32:00Z\",\"odt3\":\"1979-05-27T00:32:00.999999-07:00\","
	 "\"odt4\":\"1979-05-27 07:32:00Z\",\"ldt1\":\"1979-05-27T07:32:00\","
	 "\"ld1\":\"1979-05-27\",\"lt2\":\"00:32:00.99\"}"},
	{"nested_mixed_array = [ [ 1, 2 ], [\"a\", \"b\", \"c\"] ]\nintegers3 = [\n  1,\n  2, # "
	 "this is ok\n]\n"
	 "e = []",
	 "{\"nested_mixed_array\":[[1,2],[\"a\",\"b\",\"c\"]],\"integers3\":[1,2],\"e\":[]}"},
	{"[table-1]\nkey1 = \"some string\"\n\n[table-2]\n[dog.\"tater.man\"]\ntype.name = "
	 "\"pug\"\n",
	 "{\"table-1\":{\"key1\":\"some string\"},\"table-2\":{},"
	 "\"dog\":{\"tater.man\":{\"type\":{\"name\":\"pug\"}}}}"},
	{"[ g .  h  . i ]\n[ j . \"k\" . 'l' ]",
	 "{\"g\":{\"h\":{\"i\":{}}},\"j\":{\"k\":{\"l\":{}}}}"},
	{"[x.y.z.w] # for this to work\n\n[x] # defining a super-table afterward is ok",
	 "{\"x\":{\"y\":{\"z\":{\"w\":{}}}}}"},
	{"[fruit]\napple.color = \"red\"\napple.taste.sweet = true\n[fruit.apple.texture]\nsmooth "
	 "= true",
	 "{\"fruit\":{\"apple\":{\"color\":\"red\",\"taste\":{\"sweet\":true},"
	 "\"texture\":{\"smooth\":true}}}}"},
	{"name = { first = \"Tom\", last = \"Preston-Werner\" }\npoint = {x=1,y=2}\n"
	 "animal = { type.name = \"pug\" }\nempty = {}",
	 "{\"name\":{\"first\":\"Tom\",\"last\":\"Preston-Werner\"},\"point\":{\"x\":1,\"y\":2},"
	 "\"animal\":{\"type\":{\"name\":\"pug\"}},\"empty\":{}}"},
	{"[[products]]\nname = \"Hammer\"\nsku = 738594937\n\n[[products]]  # empty "
	 "table\n\n[[products]]\n"
	 "name = \"Nail\"",
	 "{\"products\":[{\"name\":\"Hammer\",\"sku\":738594937},{},{\"name\":\"Nail\"}]}"},
	{"[[fruits]]\nname = \"apple\"\n[fruits.physical]\ncolor = \"red\"\n[[fruits.varieties]]\n"
	 "name = \"red delicious\"\n[[fruits.varieties]]\nname = \"granny smith\"\n[[fruits]]\n"
	 "name = \"banana\"\n[[fruits.varieties]]\nname = \"plantain\"",
	 "{\"fruits\":[{\"name\":\"apple\",\"physical\":{\"color\":\"red\"},\"varieties\":["
	 "{\"name\":\"red delicious\"},{\"name\":\"granny smith\"}]},{\"name\":\"banana\","
	 "\"varieties\":[{\"name\":\"plantain\"}]}]}"},
	{"\xef\xbb\xbf"
	 "a = 1\r\nb = 2\r\n",
	 "{\"a\":1,\"b\":2}"},
};

static const char *const bad[] = {
	"key = # INVALID",
	"first = \"Tom\" last = \"Preston-Werner\" # INVALID",
	"= \"no key name\"",
	"name = \"Tom\"\nname = \"Pradyun\"",
	"spelling = \"favorite\"\n\"spelling\" = \"favourite\"",
	"fruit.apple = 1\nfruit.apple.smooth = true",
	"str5 = \"\"\"Here are three quotation marks: \"\"\".\"\"\"",
	"apos15 = '''Here are fifteen apostrophes: ''''''''''''''''''",
	"a = \"\\q\"",
	"a = \"\\uD800\"",
	"a = \"\\u0000\"",
	"a = \"tab is fine, this is not: \x01\"",
	"a = \"open",
	"a = 'open\n'",
	"a = 01",
	"a = 1__0",
	"a = 9223372036854775808",
	"a = 0xffffffffffffffff",
	"invalid_float_1 = .7",
	"invalid_float_2 = 7.",
	"invalid_float_3 = 3.e+20",
	"a = 2021-02-29",
	"a = 1979-13-01",
	"a = 07:32",
	"[fruit]\napple = \"red\"\n\n[fruit]\norange = \"orange\"",
	"[fruit]\napple = \"red\"\n\n[fruit.apple]\ntexture = \"smooth\"",
	"[fruit]\napple.color = \"red\"\napple.taste.sweet = true\n[fruit.apple]",
	"[fruit]\napple.color = \"red\"\napple.taste.sweet = true\n[fruit.apple.taste]",
	"[product]\ntype = { name = \"Nail\" }\ntype.edible = false",
	"[product]\ntype.name = \"Nail\"\ntype = { edible = false }",
	"[fruit.physical]\ncolor = \"red\"\n[[fruit]]\nname = \"apple\"",
	"fruits = []\n[[fruits]]",
	"[[fruits]]\nname = \"apple\"\n[[fruits.varieties]]\nname = "
	"\"red\"\n[fruits.varieties]\nname = \"g\"",
	"[a.b.c]\nz = 9\n[a]\nb.c.t = 1",
	"[]",
	"[a.]",
	"[a b]",
	"[[a]",
	"a = {x = 1,}",
	"a = {x = 1\n}",
	"a = [1 2]",
	"a = True",
	"\"\"\"a\"\"\" = 1",
	"a = 1 # \x7f",
	"a = \"\xff\"",
	"a",
};

static void reads_the_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		pl_auto_json *j = NULL;
		pl_auto_free char *text = NULL;
		struct pl_err err = {0};

		if (pl_toml_parse(pl_str_c(good[i].toml), 4096, &j, &err) < 0)
			fail_msg("%s\n%s", good[i].toml, err.text);
		text = cJSON_PrintUnformatted(j);
		assert_string_equal(text, good[i].json);
	}
}

static void refuses_what_the_specification_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct pl_err err = {0};
		cJSON *j = NULL;

		if (pl_toml_parse(pl_str_c(bad[i]), 4096, &j, &err) != -PL_E_FORMAT)
			fail_msg("was read: %s", bad[i]);
		assert_null(j);
		assert_non_null(strstr(err.text, "TOML"));
	}
}

static void limits_depth_and_size(void **state)
{
	static const char *const deep[] = {"[", "{a=", "a."};
	struct pl_err err;
	pl_auto_buf b;
	cJSON *j = NULL;

	(void)state;
	pl_buf_init(&b, 400000);
	for (size_t i = 0; i < 3; i++) {
		pl_buf_reset(&b);
		pl_buf_c(&b, i == 2 ? "" : "a = ");
		for (int n = 0; n < 100000; n++)
			pl_buf_c(&b, deep[i]);
		assert_int_equal(pl_toml_parse(pl_buf_view(&b), 400000, &j, &err), -PL_E_LIMIT);
		assert_non_null(strstr(err.text, "json-depth"));
	}
	assert_int_equal(pl_toml_parse(PL_STR("a = 1"), 4, &j, &err), -PL_E_LIMIT);
	assert_int_equal(pl_toml_parse(pl_str_n("a=\"\0\"", 6), 40, &j, &err), -PL_E_FORMAT);
	assert_null(j);
}

/* A hundred thousand keys in one table: quadratic work would show. */
static void many_keys_are_no_trouble(void **state)
{
	pl_auto_json *j = NULL;
	struct pl_err err = {0};
	pl_auto_buf b;

	(void)state;
	pl_buf_init(&b, PL_MiB(4));
	for (int n = 0; n < 100000; n++)
		pl_buf_fmt(&b, "k%d = %d\n", n, n);
	assert_int_equal(pl_toml_parse(pl_buf_view(&b), PL_MiB(4), &j, &err), 0);
	assert_int_equal(cJSON_GetArraySize(j), 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_examples),
		cmocka_unit_test(refuses_what_the_specification_refuses),
		cmocka_unit_test(limits_depth_and_size),
		cmocka_unit_test(many_keys_are_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
