/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of the YAML 1.2.2 specification (chapter 2) and what hostile documents try. */
#include "check.h"

static const struct {
	const char *yaml, *json;
} good[] = {
	{"", "[]"},
	{"- Mark McGwire\n- Sammy Sosa\n- Ken Griffey\n",
	 "[[\"Mark McGwire\",\"Sammy Sosa\",\"Ken Griffey\"]]"},
	{"hr:  65    # Home runs\navg: 0.278 # Batting average\nrbi: 147   # Runs Batted In",
	 "[{\"hr\":\"65\",\"avg\":\"0.278\",\"rbi\":\"147\"}]"},
	{"american:\n- Boston Red Sox\n- Detroit Tigers\nnational:\n- New York Mets\n",
	 "[{\"american\":[\"Boston Red Sox\",\"Detroit Tigers\"],\"national\":[\"New York "
	 "Mets\"]}]"},
	{"Mark McGwire: {hr: 65, avg: 0.278}\nSammy Sosa: {\n    hr: 63,\n    avg: 0.288,\n }",
	 "[{\"Mark McGwire\":{\"hr\":\"65\",\"avg\":\"0.278\"},"
	 "\"Sammy Sosa\":{\"hr\":\"63\",\"avg\":\"0.288\"}}]"},
	{"# Ranking of 1998 home runs\n---\n- Mark McGwire\n\n# Team ranking\n---\n- Chicago "
	 "Cubs\n",
	 "[[\"Mark McGwire\"],[\"Chicago Cubs\"]]"},
	{"---\nhr:\n- Mark McGwire\n# Following node labeled SS\n- &SS Sammy Sosa\nrbi:\n- *SS # "
	 "Subsequent\n"
	 "- Ken Griffey\n",
	 "[{\"hr\":[\"Mark McGwire\",\"Sammy Sosa\"],\"rbi\":[\"Sammy Sosa\",\"Ken Griffey\"]}]"},
	{"# ASCII Art\n--- |\n  \\//||\\/||\n  // ||  ||__\n",
	 "[\"\\\\//||\\\\/||\\n// ||  ||__\\n\"]"},
	{"--- >\n  Mark McGwire's\n  year was crippled\n  by a knee injury.\n",
	 "[\"Mark McGwire's year was crippled by a knee injury.\\n\"]"},
	{"unicode: \"Sosa did fine.\\u263A\"\ncontrol: \"\\b1998\\t1999\\t2000\\n\"\n"
	 "single: '\"Howdy!\" he cried.'\nquoted: ' # Not a ''comment''.'",
	 "[{\"unicode\":\"Sosa did fine.\xe2\x98\xba\",\"control\":\"\\b1998\\t1999\\t2000\\n\","
	 "\"single\":\"\\\"Howdy!\\\" he cried.\",\"quoted\":\" # Not a 'comment'.\"}]"},
	{"null:\nbooleans: [ true, false ]\nstring: '012345'\nquoted: \"true\"\ntagged: !!str "
	 "null\nx: ~",
	 "[{\"null\":null,\"booleans\":[true,false],\"string\":\"012345\",\"quoted\":\"true\","
	 "\"tagged\":\"null\",\"x\":null}]"},
	/* no number of a version is rounded, no key is lost, a long key may be explicit */
	{"? \"a@npm:1.x, a@npm:^1.2\"\n: version: 1.10\n  yes: no\n<<: x\n",
	 "[{\"a@npm:1.x, a@npm:^1.2\":{\"version\":\"1.10\",\"yes\":\"no\"},\"<<\":\"x\"}]"},
	{"a: &x [1, &y {b: c}]\nd: *x\ne: *y\n",
	 "[{\"a\":[\"1\",{\"b\":\"c\"}],\"d\":[\"1\",{\"b\":\"c\"}],\"e\":{\"b\":\"c\"}}]"},
};

static const char *const bad[] = {
	"a: 1\na: 2\n", /* YAML 1.2.2, 3.2.1.3: keys are unique */
	"{a: b}: c\n",	/* a key that JSON has not got */
	"? [a]\n: b\n", "- *none\n", "&a [*a]\n", "a: &x {b: *x}\n", "a: \"\\0\"\n",
	"a: [1, 2\n",	"\t- a\n",   "a: b: c\n", "- a\nb: c\n",     "x: &a 1\n---\ny: *a\n",
};

static void reads_the_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		pl_auto_json *j = NULL;
		pl_auto_free char *text = NULL;
		struct pl_err err = {0};

		if (pl_yaml_documents(pl_str_c(good[i].yaml), 4096, &j, &err) < 0)
			fail_msg("%s\n%s", good[i].yaml, err.text);
		text = cJSON_PrintUnformatted(j);
		assert_string_equal(text, good[i].json);
	}
}

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct pl_err err = {0};
		cJSON *j = NULL;

		if (pl_yaml_documents(pl_str_c(bad[i]), 4096, &j, &err) != -PL_E_FORMAT)
			fail_msg("was read: %s", bad[i]);
		assert_null(j);
	}
}

static void one_document_or_none(void **state)
{
	pl_auto_json *j = NULL, *none = NULL;
	struct pl_err err = {0};
	cJSON *two = NULL;

	(void)state;
	assert_int_equal(pl_yaml_parse(PL_STR("a: b"), 100, &j, &err), 0);
	assert_str(pl_json_str(j, "a"), "b");
	assert_int_equal(pl_yaml_parse(PL_STR("# nothing\n"), 100, &none, &err), 0);
	assert_true(cJSON_IsNull(none));
	assert_int_equal(pl_yaml_parse(PL_STR("--- a\n--- b\n"), 100, &two, &err), -PL_E_FORMAT);
	assert_int_equal(pl_yaml_parse(PL_STR("a: b"), 3, &two, &err), -PL_E_LIMIT);
	assert_null(two);
}

/* nine levels of nine aliases each; nesting; a long string many times; anchors that nest */
static void bombs_do_not_go_off(void **state)
{
	struct pl_err err = {0};
	pl_auto_buf b;
	cJSON *j = NULL;

	(void)state;
	pl_buf_init(&b, PL_MiB(8));
	pl_buf_c(&b, "a0: &a0 [lol]\n");
	for (int i = 1; i < 10; i++) {
		pl_buf_fmt(&b, "a%d: &a%d [", i, i);
		for (int n = 0; n < 9; n++)
			pl_buf_fmt(&b, "*a%d,", i - 1);
		pl_buf_c(&b, "]\n");
	}
	assert_int_equal(pl_yaml_parse(pl_buf_view(&b), PL_MiB(8), &j, &err), -PL_E_LIMIT);
	assert_non_null(strstr(err.text, "tree-nodes"));
	pl_buf_reset(&b);
	for (int i = 0; i < 100000; i++)
		pl_buf_c(&b, "[");
	assert_int_equal(pl_yaml_parse(pl_buf_view(&b), PL_MiB(8), &j, &err), -PL_E_LIMIT);
	pl_buf_reset(&b);
	pl_buf_c(&b, "- &a ");
	for (int i = 0; i < 1 << 20; i++)
		pl_buf_ch(&b, 'x');
	for (int i = 0; i < 100000; i++)
		pl_buf_c(&b, "\n- *a");
	assert_int_equal(pl_yaml_parse(pl_buf_view(&b), PL_MiB(8), &j, &err), -PL_E_LIMIT);
	pl_buf_reset(&b);
	pl_buf_c(&b, "- &a0 []\n");
	for (int i = 1; i < 1000; i++)
		pl_buf_fmt(&b, "- &a%d [*a%d]\n", i, i - 1);
	assert_int_equal(pl_yaml_parse(pl_buf_view(&b), PL_MiB(8), &j, &err), -PL_E_LIMIT);
	assert_null(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_examples),
		cmocka_unit_test(refuses),
		cmocka_unit_test(one_document_or_none),
		cmocka_unit_test(bombs_do_not_go_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
