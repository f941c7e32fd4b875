/* SPDX-License-Identifier: Apache-2.0 */
/* The index against asking every pattern: over made-up paths, and for the rows of the program. */
#include "catalog/facts.h"
#include "catalog/globs.h"

#include "check.h"

static const char *const dpkg[] = {"var/lib/dpkg/status", "var/lib/dpkg/status.d/*", NULL};
static const char *const apk[] = {"lib/apk/db/installed", "usr/lib/apk/db/installed", NULL};
static const char *const names[] = {"**/node_modules/*/package.json", "**/a.b.jar", NULL};
static const char *const endings[] = {"**/*.jar", "**/lib*.so", "*.war", "**/x*.jar", NULL};
static const char *const dirs[] = {"**/lib/*", "etc/*-release", "**/lib/x?", NULL};
static const char *const others[] = {"**/*jar*", "opt/**", "**/[ab]*[.]jar", "a**/x.jar", NULL};
static const char *const none[] = {NULL};

static const struct pl_globs_row rows[] = {
	{dpkg, true},  {apk, true},	{names, false}, {NULL, false}, {endings, false},
	{dirs, false}, {others, false}, {none, true},	{names, true},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static size_t naive(const struct pl_globs_row *at, size_t n, struct pl_str path,
		    struct pl_globs_hit *hits)
{
	size_t found = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct pl_str root, best = {0};
		bool any = false;

		for (const char *const *g = at[i].globs; g && *g; g++)
			if (pl_globs_match(pl_str_c(*g), at[i].rooted, path, &root) &&
			    (!any || root.len < best.len)) {
				any = true;
				best = root;
			}
		if (any)
			hits[found++] = (struct pl_globs_hit){i, best};
	}
	return found;
}

static void compare(const struct pl_globs_row *at, size_t n, struct pl_globs *g, const char *path)
{
	struct pl_globs_hit *is = pl_xcalloc(n + 1, sizeof(*is));
	struct pl_globs_hit *want = pl_xcalloc(n + 1, sizeof(*want));
	size_t found = pl_globs_ask(g, pl_str_c(path), is);

	if (found != naive(at, n, pl_str_c(path), want))
		fail_msg("%s: %zu rows, asked one by one there are others", path, found);
	for (size_t i = 0; i < found; i++)
		if (is[i].row != want[i].row || !pl_str_eq(is[i].root, want[i].root))
			fail_msg("%s: row %u, asked one by one %u", path, is[i].row, want[i].row);
	free(is);
	free(want);
}

/* Every path of up to four of these components. */
static const char *const parts[] = {
	"a",	     "x.jar",	   "a.b.jar", "lib",	  "libz.so", "node_modules", "package.json",
	"var",	     "dpkg",	   "status",  "status.d", "jars",    "opt",	     "b1.jar",
	"installed", "os-release", "etc",     "xy"};
enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

static void index_is_naive(void **state)
{
	struct pl_globs *g = pl_globs_new(rows, ROWS);
	char path[128];

	(void)state;
	for (size_t i = 0; i < (size_t)PARTS * PARTS * PARTS * PARTS; i++) {
		size_t rest = i;
		int n = 0;

		for (int k = 0; k < 4; k++, rest /= PARTS) {
			n += snprintf(path + n, sizeof(path) - (size_t)n, "%s%s", k ? "/" : "",
				      parts[rest % PARTS]);
			if (k == 3 || i % 7 == 0)
				compare(rows, ROWS, g, path);
		}
	}
	pl_globs_free(g);
}

static void expect_root(struct pl_globs *g, const char *path, uint32_t row, const char *root)
{
	struct pl_globs_hit hits[ROWS];

	assert_int_equal(pl_globs_ask(g, pl_str_c(path), hits), 1);
	assert_int_equal(hits[0].row, row);
	assert_str(hits[0].root, root);
}

static void roots(void **state)
{
	struct pl_globs *g = pl_globs_new(rows, 2);
	struct pl_globs_hit hits[ROWS];

	(void)state;
	expect_root(g, "var/lib/dpkg/status", 0, "");
	expect_root(g, "opt/rootfs/var/lib/dpkg/status", 0, "opt/rootfs");
	expect_root(g, "r/var/lib/dpkg/status.d/base", 0, "r");
	/* not the root "usr" of the shorter pattern */
	expect_root(g, "usr/lib/apk/db/installed", 1, "");
	expect_root(g, "x/y/usr/lib/apk/db/installed", 1, "x/y");
	expect_root(g, "x/lib/apk/db/installed", 1, "x");
	assert_int_equal(pl_globs_ask(g, PL_STR("xvar/lib/dpkg/status"), hits), 0);
	assert_int_equal(pl_globs_ask(g, PL_STR("lib/dpkg/status"), hits), 0);
	assert_int_equal(pl_globs_ask(g, PL_STR(""), hits), 0);
	pl_globs_free(g);
}

/* For each pattern of the table a path that it matches, and near misses of that. */
static void rows_of_the_program(void **state)
{
	size_t n;
	const struct pl_cataloger *const *all = pl_catalogers(&n);
	struct pl_globs_row *at = pl_xcalloc(n, sizeof(*at));
	struct pl_globs *g;

	(void)state;
	for (size_t i = 0; i < n; i++)
		at[i] = (struct pl_globs_row){all[i]->globs, all[i]->rooted};
	g = pl_globs_new(at, n);
	for (size_t i = 0; i < n; i++)
		for (const char *const *p = all[i]->globs; p && *p; p++) {
			char path[256] = "", *out = path;

			for (const char *c = *p; *c && out < path + 200; c++) {
				if (c[0] == '*' && c[1] == '*')
					c++;
				*out++ = *c == '*' || *c == '?' || *c == '[' ? 'q' : *c;
			}
			compare(at, n, g, path);
			memmove(path + 2, path, strlen(path) + 1);
			memcpy(path, "r/", 2);
			compare(at, n, g, path);
			path[strlen(path) - 1] ^= 1;
			compare(at, n, g, path);
		}
	pl_globs_free(g);
	free(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(index_is_naive),
		cmocka_unit_test(roots),
		cmocka_unit_test(rows_of_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
