/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

static void writes_escaped_and_deterministic(void **state)
{
	pl_auto_buf b;
	struct pl_jw w;

	(void)state;
	pl_buf_init(&b, 4096);
	pl_jw_init(&w, &b, false);
	pl_jw_obj(&w);
	pl_jw_kstr(&w, "a", PL_STR("q\"\\\n\x1b\x00z\xffz:"));
	pl_jw_key(&w, "list");
	pl_jw_arr(&w);
	pl_jw_u64(&w, 1);
	pl_jw_bool(&w, true);
	pl_jw_null(&w);
	pl_jw_arr(&w);
	pl_jw_arr_end(&w);
	pl_jw_arr_end(&w);
	pl_jw_key(&w, "score");
	pl_jw_tenths(&w, 98);
	pl_jw_obj_end(&w);
	assert_str(pl_buf_view(&b), "{\"a\":\"q\\\"\\\\\\n\\u001b\\u0000z\xef\xbf\xbdz:\","
				    "\"list\":[1,true,null,[]],\"score\":9.8}");
}

static void pretty_form_parses_back(void **state)
{
	pl_auto_buf b;
	pl_auto_json *j = NULL;
	struct pl_jw w;
	struct pl_err err = {0};

	(void)state;
	pl_buf_init(&b, 4096);
	pl_jw_init(&w, &b, true);
	pl_jw_arr(&w);
	pl_jw_str(&w, PL_STR("one: "));
	pl_jw_obj(&w);
	pl_jw_ku64(&w, "n", 5);
	pl_jw_obj_end(&w);
	pl_jw_arr_end(&w);
	assert_str(pl_buf_view(&b), "[\n  \"one: \",\n  {\n    \"n\": 5\n  }\n]\n");
	assert_int_equal(pl_json_parse(pl_buf_view(&b), 4096, &j, &err), 0);
	assert_int_equal(cJSON_GetArraySize(j), 2);
}

static void refuses_what_is_hostile(void **state)
{
	static const struct {
		const char *text;
		enum pl_ecode code;
	} rows[] = {
		{"{\"a\":}", PL_E_FORMAT},	{"", PL_E_TRUNCATED}, {"{} x", PL_E_FORMAT},
		{"[\"\\u0000\"]", PL_E_FORMAT}, {"[1", PL_E_FORMAT},  {"nul", PL_E_FORMAT},
	};
	pl_auto_buf deep;
	struct pl_err err = {0};
	cJSON *j = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(pl_json_parse(pl_str_c(rows[i].text), 100, &j, &err),
				 -(int)rows[i].code);
	pl_buf_init(&deep, 200000);
	for (int i = 0; i < 100000; i++)
		pl_buf_ch(&deep, '[');
	assert_int_equal(pl_json_parse(pl_buf_view(&deep), 200000, &j, &err), -PL_E_LIMIT);
	assert_non_null(strstr(err.text, "json-depth"));
	assert_null(j);
}

static void comments_and_last_commas(void **state)
{
	struct pl_err err = {0};
	pl_auto_json *j = NULL;
	pl_auto_free char *text = NULL;
	cJSON *bad = NULL;

	(void)state;
	assert_int_equal(pl_jsonc_parse(PL_STR("// one\n{\"a\": [1, 2, /* , */ ], // }\n"
					       "\"//\": \"/* \\\" */,}\",\n}\n/* end"),
					100, &j, &err),
			 0);
	text = cJSON_PrintUnformatted(j);
	assert_string_equal(text, "{\"a\":[1,2],\"//\":\"/* \\\" */,}\"}");
	assert_int_equal(pl_jsonc_parse(PL_STR("{\"a\": 1,,}"), 100, &bad, &err), -PL_E_FORMAT);
	assert_int_equal(pl_jsonc_parse(PL_STR("\"a"), 100, &bad, &err), -PL_E_FORMAT);
	assert_null(bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_escaped_and_deterministic),
		cmocka_unit_test(pretty_form_parses_back),
		cmocka_unit_test(refuses_what_is_hostile),
		cmocka_unit_test(comments_and_last_commas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
