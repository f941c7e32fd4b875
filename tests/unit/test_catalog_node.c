/* SPDX-License-Identifier: Apache-2.0 */
#include "lang_facts.h"

static void one(const char *path, const char *text, const char *expect)
{
	lang_auto_facts w = {0};

	assert_int_equal(lang_read(&w, &pl_cataloger_node, path, pl_str_c(text)), 0);
	assert_int_equal(w.diags.len, 0);
	assert_int_equal(w.packages.len, expect ? 1 : 0);
	if (expect)
		assert_str(w.packages.at[0], expect);
}

#define A     "{\"name\":\"a\",\"version\":\"1.0.0\"}"
#define FOUND "npm a 1.0.0 (package.json)"

static void places(void **state)
{
	(void)state;
	one("app/node_modules/a/package.json", A, FOUND);
	one("node_modules/a/package.json", A, FOUND);
	one("app/node_modules/@s/a/package.json", A, FOUND);
	one("app/node_modules/b/node_modules/a/package.json", A, FOUND);
	one("app/node_modules/@s/b/node_modules/@s/a/package.json", A, FOUND);
	one("app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json", A, FOUND);
	one("app/node_modules/b/dist/node_modules/a/package.json", A, FOUND);
	one("usr/share/nodejs/a/package.json", A, FOUND);
	one("usr/share/nodejs/@s/a/package.json", A, FOUND);
	one("usr/lib/x86_64-linux-gnu/nodejs/a/package.json", A, FOUND);
	one("test/app/node_modules/a/package.json", A, FOUND);
	/* a module may be called "test" */
	one("app/node_modules/test/package.json", A, FOUND);
	one("app/node_modules/test/node_modules/a/package.json", A, FOUND);
	one("app/node_modules/@s/test/node_modules/a/package.json", A, FOUND);
}

static void not_installed(void **state)
{
	(void)state;
	one("app/package.json", A, NULL);
	one("app/node_modules/b/dist/package.json", A, NULL);
	one("app/node_modules/b/lib/esm/package.json", A, NULL);
	one("app/node_modules/@s/b/dist/package.json", A, NULL);
	one("app/node_modules/.cache/package.json", A, NULL);
	one("app/node_modules/.cache/x/node_modules/a/package.json", A, NULL);
	one("app/node_modules/resolve/test/resolver/node_modules/a/package.json", A, NULL);
	one("app/node_modules/b/node_modules/c/fixtures/node_modules/a/package.json", A, NULL);
	one("opt/usr/share/nodejs/a/package.json", A, NULL);
}

/* A directory that is called as the release in it. */
static void releases(void **state)
{
	(void)state;
	one("opt/a-v1.0.0/package.json", A, FOUND);
	one("opt/a-1.0.0/package.json", A, FOUND);
	one("root/.cache/node/corepack/v1/a/1.0.0/package.json", A, FOUND);
	one("deno/npm/r/@s/a/1.0.0/package.json", "{\"name\":\"@s/a\",\"version\":\"1.0.0\"}",
	    "npm @s/a 1.0.0 (package.json)");
	one("opt/a-1.0.1/package.json", A, NULL);
	one("opt/b/1.0.0/package.json", A, NULL);
	one("opt/b-1.0.0/package.json", A, NULL);
	one("root/.bun/install/cache/a@1.0.0@@@1/package.json", A, NULL);
	one("app/node_modules/b/test/a-1.0.0/package.json", A, NULL);
	one("usr/local/share/.cache/yarn/v6/npm-a-1.0.0-0bf0be-integrity/node_modules/a/"
	    "package.json",
	    A, NULL);
}

static void fields(void **state)
{
	const char *path = "app/node_modules/x/package.json";

	(void)state;
	one(path, "\xef\xbb\xbf{\"name\":\"@s/y\",\"version\":\"2.0.0-rc.1\",\"license\":\"MIT\"}",
	    "npm @s/y 2.0.0-rc.1 #MIT (package.json)");
	one(path, "{\"name\":\"y\",\"version\":\"1\",\"license\":{\"type\":\"ISC\",\"url\":\"u\"}}",
	    "npm y 1 #ISC (package.json)");
	one(path, "{\"name\":\"y\",\"version\":\"1\",\"licenses\":[{\"type\":\"MIT\"},\"BSD\",7]}",
	    "npm y 1 #MIT\nBSD (package.json)");
	one(path, "{\"name\":\"y\",\"version\":\"1\",\"license\":[\"MIT\",{\"type\":\"X\"}]}",
	    "npm y 1 #MIT\nX (package.json)");
	one(path, "{\"type\":\"module\"}", NULL);
	/* npm ls shows both of these */
	one(path, "{\"name\":\"y\"}", "npm y  (package.json)");
	one(path, "{\"name\":7,\"version\":\"1\"}", "npm x 1 (package.json)");
	one(path, "[]", NULL);
}

static void damaged(void **state)
{
	static const char *const texts[] = {"", "{\"name\":\"a\",", "name: a",
					    "{\"name\":\"\\u0000\"}"};
	lang_auto_facts w = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_true(lang_read(&w, &pl_cataloger_node, "node_modules/a/package.json",
				      pl_str_c(texts[i])) < 0);
	assert_int_equal(w.packages.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),   cmocka_unit_test(not_installed),
		cmocka_unit_test(releases), cmocka_unit_test(fields),
		cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
