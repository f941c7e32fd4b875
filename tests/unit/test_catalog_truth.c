/* SPDX-License-Identifier: Apache-2.0 */
/* Python and Node.js against importlib.metadata and npm: on this machine, and on the real image of
 * tests/real when PLIMSOLL_REAL tells where it is. */
#include "lang_truth.h"

/* Name, version and place of every distribution below a few roots, by importlib.metadata. */
#define ASK_PYTHON \
	"python3 -c 'import importlib.metadata as m, os, sysconfig\n" \
	"root = sysconfig.get_paths()[\"purelib\"]\n" \
	"for where, dirs, files in os.walk(root):\n" \
	"    if any(x.lower().endswith((\".dist-info\", \".egg-info\")) for x in dirs + files):\n" \
	"        for d in m.distributions(path=[where]):\n" \
	"            print(d.metadata[\"Name\"], d.version, os.path.relpath(where, root), " \
	"sep=chr(9))'"

/* The path of the evidence becomes the directory that holds it. */
static void keep_place(struct lines *l)
{
	for (size_t i = 0; i < l->at.len; i++) {
		struct pl_str line = l->at.at[i];
		struct pl_str path =
			pl_str_sub(line, (size_t)pl_str_rchr(line, '\t') + 1, line.len);
		struct pl_str place = pl_path_dir(path);

		if (!pl_str_ends(pl_path_base(path), PL_STR(".egg-info")))
			place = pl_path_dir(place);
		l->at.at[i] = pl_arena_fmt(&l->arena, "%.*s%.*s", (int)(line.len - path.len),
					   line.ptr, PL_FMT(place.len ? place : PL_STR(".")));
	}
	lines_sort(l);
}

static void python_here(void **state)
{
	lang_auto_facts w = {0};
	auto_lines root = {0}, truth = {0}, got = {0};

	(void)state;
	if (!lines_run(
		    &root,
		    "python3 -c 'import sysconfig; print(sysconfig.get_paths()[\"purelib\"])'") ||
	    !lines_run(&truth, ASK_PYTHON)) {
		lines_release(&root);
		skip();
	}
	lang_tree(&pl_cataloger_python, &w, root.at.at[0].ptr, &got);
	keep_place(&got);
	lines_equal(&got, &truth);
}

/* npm's own global tree: "PATH:name@version:…" */
static void node_here(void **state)
{
	lang_auto_facts w = {0};
	auto_lines root = {0}, truth = {0}, rows = {0}, got = {0};

	(void)state;
	if (!lines_run(&root, "npm root -g 2>/dev/null") ||
	    !lines_run(&truth, "npm ls -g --all --long --parseable 2>/dev/null | "
			       "sed -n 's,^\\([^:]*\\):\\(..*\\)@\\([^@:]*\\)\\(:.*\\)*$,"
			       "\\2\t\\3\t\\1/package.json,p'")) {
		lines_release(&root);
		skip();
	}
	for (size_t i = 0; i < truth.at.len; i++) {
		ptrdiff_t at = pl_str_find(truth.at.at[i], root.at.at[0]);

		if (at > 0)
			pl_vec_push(&rows.at,
				    pl_arena_fmt(&rows.arena, "%.*snode_modules%s", (int)at,
						 truth.at.at[i].ptr,
						 truth.at.at[i].ptr + at + root.at.at[0].len));
	}
	lines_sort(&rows);
	*strrchr((char *)(uintptr_t)root.at.at[0].ptr, '/') = '\0';
	lang_tree(&pl_cataloger_node, &w, root.at.at[0].ptr, &got);
	lines_equal(&got, &rows);
}

static char *real_path(const char *rel)
{
	const char *root = getenv("PLIMSOLL_REAL");
	char *path = NULL;

	if (!root || asprintf(&path, "%s/%s", root, rel) < 0)
		return NULL;
	if (access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* A package.json that is a symbolic link (Debian's lodash-es) is the file it leads to. */
static void drop_links(struct lines *l, const char *root)
{
	size_t n = 0;

	for (size_t i = 0; i < l->at.len; i++) {
		pl_auto_free char *path = NULL;
		struct stat st;

		assert_true(asprintf(&path, "%s/%s", root, strrchr(l->at.at[i].ptr, '\t') + 1) > 0);
		if (lstat(path, &st) == 0 && S_ISREG(st.st_mode))
			l->at.at[n++] = l->at.at[i];
	}
	l->at.len = n;
}

static void real_image(void **state)
{
	lang_auto_facts w = {0}, v = {0};
	auto_lines truth = {0}, got = {0}, py_truth = {0}, py_got = {0};
	pl_auto_free char *root = real_path("debian-12/root"), *lists = real_path("truth");
	pl_auto_free char *npm = NULL, *pypi = NULL;

	(void)state;
	if (!root || !lists) {
		free(pl_steal(root));
		free(pl_steal(lists));
		skip();
	}
	assert_true(asprintf(&npm, "cat %s/debian-12.npm-*", lists) > 0);
	assert_true(asprintf(&pypi, "cat %s/debian-12.pypi", lists) > 0);
	assert_true(lines_run(&truth, npm));
	assert_true(lines_run(&py_truth, pypi));
	drop_links(&truth, root);
	lang_tree(&pl_cataloger_node, &w, root, &got);
	lines_equal(&got, &truth);
	lang_tree(&pl_cataloger_python, &v, root, &py_got);
	keep_place(&py_got);
	lines_equal(&py_got, &py_truth);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(python_here),
		cmocka_unit_test(node_here),
		cmocka_unit_test(real_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
