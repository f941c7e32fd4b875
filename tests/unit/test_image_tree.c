/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "image/image.h"

static const char letters[] = "fhlcbdpo"; /* in the order of enum pl_ftype */

/* "f path", "l path target", "h path target", "d path"; "-" begins the next layer. Files get the
 * running number of their line as origin. */
static void build(struct pl_tree *t, const char *text, struct pl_diags *diags)
{
	struct pl_str rest = pl_str_c(text), line, word;
	uint32_t layer = 0, number = 0;

	pl_tree_layer(t, 0);
	while (pl_str_split(&rest, ';', &line)) {
		struct pl_node n = {.mode = 0644, .origin = PL_ORIGIN_NONE};
		const char *type;

		line = pl_str_trim(line);
		if (line.len == 0)
			continue;
		if (pl_str_eq_c(line, "-")) {
			pl_tree_layer(t, ++layer);
			continue;
		}
		pl_str_split(&line, ' ', &word);
		type = strchr(letters, word.ptr[0]);
		assert_non_null(type);
		n.type = (enum pl_ftype)(type - letters);
		pl_str_split(&line, ' ', &n.path);
		pl_str_split(&line, ' ', &n.link);
		if (n.type == PL_FT_FILE)
			n.origin = ++number;
		if (pl_str_eq_c(n.path, "/"))
			n.path = PL_STR("");
		pl_tree_add(t, &n, diags);
	}
}

static int show(void *arg, const struct pl_node *n)
{
	struct pl_buf *b = arg;

	pl_buf_fmt(b, "%s%c%u %.*s", b->len ? "; " : "", letters[n->type], n->layer,
		   PL_FMT(n->path));
	if (n->type == PL_FT_SYMLINK)
		pl_buf_fmt(b, " %.*s", PL_FMT(n->link));
	else if (n->origin != PL_ORIGIN_NONE)
		pl_buf_fmt(b, " %u", n->origin);
	return 0;
}

static const struct {
	const char *what, *layers, *tree;
	const char *code; /* of the diagnostic that is expected */
} rows[] = {
	{"image-spec layer.md, changed and removed files",
	 "d etc; f etc/my-app-config; d bin; f bin/my-app-binary; f bin/my-app-tools;"
	 "-; d etc; d etc/my-app.d; f etc/my-app.d/default.cfg; d bin; f bin/my-app-tools;"
	 "f etc/.wh.my-app-config",
	 "d1 bin; f0 bin/my-app-binary 2; f1 bin/my-app-tools 5; d1 etc; d1 etc/my-app.d; "
	 "f1 etc/my-app.d/default.cfg 4"},
	{"image-spec layer.md, opaque whiteout",
	 "d a; d a/b; d a/b/c; f a/b/c/bar; -; d a; f a/.wh..wh..opq; d a/b; d a/b/c; f a/b/c/foo",
	 "d1 a; d1 a/b; d1 a/b/c; f1 a/b/c/foo 3"},
	{"opaque marker after its siblings hides lower ones only",
	 "d a; f a/old; d a/sub; f a/sub/old; -; f a/new; f a/sub/new; f a/.wh..wh..opq",
	 "d0 a; f1 a/new 3; d1 a/sub; f1 a/sub/new 4"},
	{"explicit whiteout does not hide the same layer", "f a; -; f a; f .wh.a", "f1 a 2"},
	{"whiteout before the new file", "f a; -; f .wh.a; f a", "f1 a 3"},
	{"whiteout of a directory", "d a; f a/x; d a/b; f a/b/y; f z; -; f .wh.a", "f0 z 3"},
	{"whiteout of a directory that gets something new", "d a; f a/x; -; f a/new; f .wh.a",
	 "d1 a; f1 a/new 2"},
	{"whiteout of nothing", "f a; -; f .wh.b; f c/.wh.d", "f0 a 1; d1 c"},
	{"whiteout, then again in a later layer", "f a; -; f .wh.a; -; f a", "f2 a 3"},
	{"opaque root", "f a; d b; f b/c; -; f .wh..wh..opq; f d", "f1 d 4"},
	{"aufs bookkeeping", "f a; f .wh..wh.plnk; f .wh..wh.aufs", "f0 a 1"},
	{"whiteout without a name", "f a; -; f .wh.", "f0 a 1", "whiteout-odd"},
	{"file replaced", "f a; -; f a", "f1 a 2"},
	{"directory over directory keeps the content", "d a; f a/x; -; d a", "d1 a; f0 a/x 1"},
	{"directory replaced by file", "d a; f a/x; f a/y; -; f a", "f1 a 3"},
	{"directory replaced by symlink", "d a; f a/x; d b; f b/x; -; l a b",
	 "l1 a b; d0 b; f0 b/x 2"},
	{"and back", "d a; f a/x; -; f a; -; d a; f a/y", "d2 a; f2 a/y 3"},
	{"symlink replaced by directory: no longer followed",
	 "d usr; d usr/lib; f usr/lib/a; l lib usr/lib; -; d lib; f lib/b",
	 "d1 lib; f1 lib/b 2; d0 usr; d0 usr/lib; f0 usr/lib/a 1"},
	{"parent is a relative symlink of this layer", "d usr; d usr/lib; l lib usr/lib; f lib/x",
	 "l0 lib usr/lib; d0 usr; d0 usr/lib; f0 usr/lib/x 1"},
	{"parent is an absolute symlink of this layer", "l lib /usr/lib; f lib/x; f lib/sub/y",
	 "l0 lib /usr/lib; d0 usr; d0 usr/lib; d0 usr/lib/sub; f0 usr/lib/sub/y 2; "
	 "f0 usr/lib/x 1"},
	{"symlink that climbs stays inside the root", "l a ../../../etc; d etc; f a/passwd",
	 "l0 a ../../../etc; d0 etc; f0 etc/passwd 1"},
	{"chain of symlinks", "l a b; l b /c/d; d c; d c/d; f a/x",
	 "l0 a b; l0 b /c/d; d0 c; d0 c/d; f0 c/d/x 1"},
	{"symlink of this layer into a directory of a lower one",
	 "d usr; d usr/lib; f usr/lib/a; -; l lib usr/lib; f lib/x",
	 "l1 lib usr/lib; d0 usr; d0 usr/lib; f0 usr/lib/a 1; f1 usr/lib/x 2"},
	{"parent is a symlink of a lower layer: a directory hides it, as overlayfs does",
	 "d usr; d usr/lib; f usr/lib/a; l lib usr/lib; -; f lib/x",
	 "d1 lib; f1 lib/x 2; d0 usr; d0 usr/lib; f0 usr/lib/a 1", "symlink-hidden"},
	{"whiteout under a symlink of a lower layer hides nothing behind the link",
	 "d usr; d usr/lib; f usr/lib/x; l lib usr/lib; -; f lib/.wh.x",
	 "d1 lib; d0 usr; d0 usr/lib; f0 usr/lib/x 1", "symlink-hidden"},
	{"an explicit directory over a symlink is no oddity",
	 "d usr; f usr/a; l lib usr; -; d lib; f lib/x", "d1 lib; f1 lib/x 2; d0 usr; f0 usr/a 1"},
	{"nor one where the link was hidden first", "l lib usr; -; f .wh.lib; f lib/x",
	 "d1 lib; f1 lib/x 2"},
	{"a file and then a directory in one layer lie over the lower directory",
	 "d a; f a/x; -; f a; d a; f a/y", "d1 a; f0 a/x 1; f1 a/y 3"},
	{"last component is replaced, not followed", "f t; l a t; -; f a", "f1 a 2; f0 t 1"},
	{"loop of symlinks", "l a b; l b a; f a/x; f c", "l0 a b; l0 b a; f0 c 2", "symlink-loop"},
	{"symlink to itself", "l a a; f a/x", "l0 a a", "symlink-loop"},
	{"entry below a file of this layer", "f a; f a/b", "d0 a; f0 a/b 2", "path-under-file"},
	{"entry below a file of a lower layer", "f a; -; f a/b", "d1 a; f1 a/b 2"},
	{"hard link to a file that goes in this layer's opaque directory",
	 "d a; f a/x; -; f a/.wh..wh..opq; h b a/x", "d0 a; f1 b", "hardlink-target"},
	{"hard link in one layer", "f a; h b a", "f0 a 1; f0 b 1"},
	{"hard link to a lower layer", "f a; -; h b /a", "f0 a 1; f1 b 1"},
	{"hard link keeps the content when its target goes", "f a; -; h b a; -; f .wh.a", "f1 b 1"},
	{"hard link through a symlinked directory",
	 "d usr; f usr/a; l s usr; h s/b s/a; -; h c s/a",
	 "f1 c 1; l0 s usr; d0 usr; f0 usr/a 1; f0 usr/b 1"},
	{"hard link to a symlink", "l a t; h b ./a", "l0 a t; l0 b t"},
	{"hard link to nothing", "h a b", "f0 a", "hardlink-target"},
	{"hard link to a directory", "d b; h a b", "f0 a; d0 b", "hardlink-target"},
	{"hard link to a file hidden in this layer", "f a; -; f .wh.a; h b a", "f1 b",
	 "hardlink-target"},
	{"hard link to itself", "f a; -; h a a", "f1 a 1"},
	{"hard link over a directory that holds the target", "d a; f a/x; h a a/x", "f0 a 1"},
	{"parents that were never written", "f a/b/c", "d0 a; d0 a/b; f0 a/b/c 1"},
	{"path order is by component", "f a-b; f a/z; f a; d a; f a/z; f b",
	 "d0 a; f0 a/z 4; f0 a-b 1; f0 b 5"},
	{"the last entry of one name wins", "f a; f a", "f0 a 2"},
	{"other types", "c c; b b; p p; o o", "b0 b; c0 c; o0 o; p0 p"},
	{"root entries", "d /; f a", "f0 a 1"},
	{"root that is a file", "f /; f a", "f0 a 2", "root-not-directory"},
	{"a remembered parent is forgotten when it turns into a symlink",
	 "d a; f a/x; d b; -; f a/y; l a b; f a/z", "l1 a b; d0 b; f1 b/z 3"},
	{"a remembered parent is forgotten when its symlink changes",
	 "d b; d c; l a b; f a/x; l a c; f a/y", "l0 a c; d0 b; f0 b/x 1; d0 c; f0 c/y 2"},
};

static void follows_the_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pl_tree *t = pl_tree_new();
		pl_auto_arena arena;
		struct pl_diags diags;
		pl_auto_buf got;

		pl_arena_init(&arena);
		pl_diags_init(&diags, &arena);
		pl_buf_init(&got, PL_MiB(1));
		build(t, rows[i].layers, &diags);
		pl_tree_each(t, show, &got);
		if (!pl_str_eq_c(pl_buf_view(&got), rows[i].tree))
			fail_msg("%s:\n got %s\nwant %s", rows[i].what, got.ptr ? got.ptr : "",
				 rows[i].tree);
		if (diags.rows.len != (rows[i].code != NULL) ||
		    (rows[i].code && !pl_str_eq_c(diags.rows.at[0].code, rows[i].code)))
			fail_msg("%s: %zu diagnostics", rows[i].what, diags.rows.len);
		pl_diags_release(&diags);
		pl_tree_free(t);
	}
}

static void finds(void **state)
{
	struct pl_tree *t = pl_tree_new();
	const struct pl_node *n;

	(void)state;
	build(t,
	      "d usr; d usr/lib; f usr/lib/a; l lib usr/lib; l x /lib/a; l loop loop; l up ../..;"
	      "l dangling none; f file",
	      NULL);
	n = pl_tree_find(t, PL_STR("lib/a"), false);
	assert_non_null(n);
	assert_str(n->path, "usr/lib/a");
	assert_int_equal(n->origin, 1);
	n = pl_tree_find(t, PL_STR("x"), false);
	assert_int_equal(n->type, PL_FT_SYMLINK);
	assert_str(n->link, "/lib/a");
	assert_str(pl_tree_find(t, PL_STR("x"), true)->path, "usr/lib/a");
	assert_str(pl_tree_find(t, PL_STR("up/usr//lib/../lib/a"), true)->path, "usr/lib/a");
	assert_str(pl_tree_find(t, PL_STR(""), true)->path, "");
	assert_null(pl_tree_find(t, PL_STR("loop"), true));
	assert_non_null(pl_tree_find(t, PL_STR("loop"), false));
	assert_null(pl_tree_find(t, PL_STR("loop/a"), false));
	assert_null(pl_tree_find(t, PL_STR("dangling"), true));
	assert_null(pl_tree_find(t, PL_STR("file/x"), true));
	assert_null(pl_tree_find(t, PL_STR("none"), true));
	pl_tree_free(t);
}

static int stop_at_third(void *arg, const struct pl_node *n)
{
	unsigned *count = arg;

	(void)n;
	return ++*count == 3 ? 7 : 0;
}

static void stops(void **state)
{
	struct pl_tree *t = pl_tree_new();
	unsigned count = 0;

	(void)state;
	build(t, "f a; f b; f c; f d", NULL);
	assert_int_equal(pl_tree_each(t, stop_at_third, &count), 7);
	assert_int_equal(count, 3);
	pl_tree_free(t);
}

static int count_up(void *arg, const struct pl_node *n)
{
	(void)n;
	++*(unsigned *)arg;
	return 0;
}

/* Things that are quadratic when done naively: each takes minutes then, and milliseconds here. */
static void stays_linear(void **state)
{
	enum { N = 100000 };
	struct pl_tree *t = pl_tree_new();
	unsigned count = 0;
	char path[64];

	(void)state;
	pl_tree_layer(t, 0);
	for (unsigned i = 0; i < N; i++) {
		snprintf(path, sizeof(path), "d/f%u", i);
		pl_tree_add(t, &(struct pl_node){.path = pl_str_c(path), .origin = i}, NULL);
	}
	pl_tree_layer(t, 1);
	for (unsigned i = 0; i < N; i++) {
		snprintf(path, sizeof(path), "d/.wh.f%u", i);
		if (i % 2)
			pl_tree_add(t, &(struct pl_node){.path = pl_str_c(path)}, NULL);
		pl_tree_add(t, &(struct pl_node){.path = PL_STR("d/new/.wh..wh..opq")}, NULL);
	}
	pl_tree_layer(t, 2);
	for (unsigned i = 0; i < N; i++) {
		pl_tree_add(t, &(struct pl_node){.path = PL_STR("e/.wh..wh..opq")}, NULL);
		snprintf(path, sizeof(path), "e/%u", i);
		pl_tree_add(t, &(struct pl_node){.path = pl_str_c(path), .origin = i}, NULL);
		pl_tree_add(t, &(struct pl_node){.path = PL_STR(".wh.e")}, NULL);
		pl_tree_add(t, &(struct pl_node){.path = PL_STR(".wh..wh..opq")}, NULL);
	}
	pl_tree_each(t, count_up, &count);
	assert_int_equal(count, N + 1);
	pl_tree_free(t);
}

/* A path that grows through symlinks ends at path-bytes instead of eating memory. */
static void bounds_depth(void **state)
{
	struct pl_tree *t = pl_tree_new();
	pl_auto_arena arena;
	struct pl_diags diags;
	char path[4000], link[4100];

	(void)state;
	pl_arena_init(&arena);
	pl_diags_init(&diags, &arena);
	pl_tree_layer(t, 0);
	for (size_t i = 0; i + 1 < sizeof(path); i += 2)
		memcpy(path + i, "a/", 2);
	pl_tree_add(t, &(struct pl_node){.path = {path, 3999}, .type = PL_FT_DIR}, &diags);
	pl_tree_add(
		t,
		&(struct pl_node){.path = PL_STR("l"), .type = PL_FT_SYMLINK, .link = {path, 3999}},
		&diags);
	assert_int_equal(diags.rows.len, 0);
	memcpy(link, "l/", 2);
	memcpy(link + 2, path, 3999);
	pl_tree_add(t, &(struct pl_node){.path = {link, 4001}, .type = PL_FT_DIR}, &diags);
	assert_int_equal(diags.rows.len, 1);
	assert_str(diags.rows.at[0].code, "path-too-long");
	assert_int_equal(diags.rows.at[0].weight, PL_W_FAILED);
	pl_diags_release(&diags);
	pl_tree_free(t);
}

/* --- the kernel as the judge ---------------------------------------------------------------- */

struct kernel {
	struct pl_tree *tree;
	unsigned seed, number;
};

static unsigned roll(struct kernel *k, unsigned n)
{
	k->seed = k->seed * 1103515245 + 12345;
	return (k->seed >> 16) % n;
}

static void put_file(const char *path, unsigned number)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f, "%u", number);
	fclose(f);
}

/* One name in one layer: the same fact as an entry of the tree and as overlayfs stores it. */
static void random_dir(struct kernel *k, const char *disk, const char *path, unsigned depth);

static void random_name(struct kernel *k, const char *disk, const char *path, char name,
			unsigned depth)
{
	char on_disk[256], entry[128], white[128];
	struct pl_node n = {.origin = PL_ORIGIN_NONE, .path = {entry, 0}};
	const char *slash = *path ? "/" : "";

	snprintf(on_disk, sizeof(on_disk), "%s/%c", disk, name);
	snprintf(entry, sizeof(entry), "%s%s%c", path, slash, name);
	snprintf(white, sizeof(white), "%s%s.wh.%c", path, slash, name);
	n.path = pl_str_c(entry);
	switch (roll(k, 8)) {
	case 0:
	case 1:
		n.origin = ++k->number;
		put_file(on_disk, n.origin);
		break;
	case 2:
		n.type = PL_FT_SYMLINK;
		n.link = PL_STR("target");
		assert_int_equal(symlink("target", on_disk), 0);
		break;
	case 3:
		n.path = pl_str_c(white);
		assert_int_equal(mknod(on_disk, S_IFCHR, 0), 0);
		break;
	case 4:
	case 5:
	case 6:
		n.type = PL_FT_DIR;
		assert_int_equal(mkdir(on_disk, 0755), 0);
		pl_tree_add(k->tree, &n, NULL);
		if (depth < 3)
			random_dir(k, on_disk, entry, depth + 1);
		return;
	default:
		return;
	}
	pl_tree_add(k->tree, &n, NULL);
}

static void random_dir(struct kernel *k, const char *disk, const char *path, unsigned depth)
{
	unsigned opaque = depth ? roll(k, 10) : 9;
	char entry[128];

	snprintf(entry, sizeof(entry), "%s/.wh..wh..opq", path);
	if (opaque < 2)
		assert_int_equal(setxattr(disk, "trusted.overlay.opaque", "y", 1, 0), 0);
	if (opaque == 0)
		pl_tree_add(k->tree, &(struct pl_node){.path = pl_str_c(entry)}, NULL);
	for (char name = 'a'; name < 'd'; name++)
		random_name(k, disk, path, name, depth);
	if (opaque == 1)
		pl_tree_add(k->tree, &(struct pl_node){.path = pl_str_c(entry)}, NULL);
}

static void list_disk(const char *disk, const char *path, struct pl_buf *out)
{
	struct dirent **names;
	int n = scandir(disk, &names, NULL, alphasort);

	assert_true(n >= 0);
	for (int i = 0; i < n; i++) {
		char child[256], rel[128], text[64] = "";
		struct stat st;

		snprintf(child, sizeof(child), "%s/%s", disk, names[i]->d_name);
		snprintf(rel, sizeof(rel), "%s%s%s", path, *path ? "/" : "", names[i]->d_name);
		/* the kernel lists a whiteout that hides nothing, but it cannot be looked up */
		if (names[i]->d_name[0] != '.' && lstat(child, &st) == 0) {
			if (S_ISREG(st.st_mode)) {
				int fd = open(child, O_RDONLY);

				assert_true(read(fd, text, sizeof(text) - 1) > 0);
				close(fd);
			}
			pl_buf_fmt(out, "%s %s%s\n", rel,
				   S_ISDIR(st.st_mode)	 ? "d"
				   : S_ISLNK(st.st_mode) ? "l"
							 : "f",
				   text);
			if (S_ISDIR(st.st_mode))
				list_disk(child, rel, out);
		}
		free(names[i]);
	}
	free(names);
}

static int list_node(void *arg, const struct pl_node *n)
{
	pl_buf_fmt(arg, "%.*s %c", PL_FMT(n->path), letters[n->type]);
	if (n->type == PL_FT_FILE)
		pl_buf_fmt(arg, "%u", n->origin);
	pl_buf_ch(arg, '\n');
	return 0;
}

static bool overlay_room(char *dir)
{
	return geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && mkdtemp(dir) &&
	       mount("tmpfs", dir, "tmpfs", 0, NULL) == 0;
}

static bool kernel_round(const char *dir, unsigned seed)
{
	struct kernel k = {.tree = pl_tree_new(), .seed = seed};
	char options[512] = "", layer[64], merged[64];
	pl_auto_buf want, got;
	unsigned layers;

	pl_buf_init(&want, PL_MiB(1));
	pl_buf_init(&got, PL_MiB(1));
	layers = 2 + roll(&k, 4);
	for (unsigned i = 0; i < layers; i++) {
		char more[512];

		snprintf(layer, sizeof(layer), "%s/%u-%u", dir, seed, i);
		assert_int_equal(mkdir(layer, 0755), 0);
		pl_tree_layer(k.tree, i);
		random_dir(&k, layer, "", 0);
		snprintf(more, sizeof(more), "%s%s%.400s", layer, i ? ":" : "", options);
		memcpy(options, more, sizeof(options));
	}
	snprintf(merged, sizeof(merged), "%s/m%u", dir, seed);
	mkdir(merged, 0755);
	{
		char data[600];

		snprintf(data, sizeof(data), "lowerdir=%s", options);
		if (mount("overlay", merged, "overlay", MS_RDONLY, data) < 0) {
			pl_tree_free(k.tree);
			return false;
		}
	}
	list_disk(merged, "", &want);
	pl_tree_each(k.tree, list_node, &got);
	if (!pl_str_eq(pl_buf_view(&want), pl_buf_view(&got)))
		fail_msg("seed %u\nkernel:\n%s\nours:\n%s", seed, want.ptr, got.ptr);
	umount(merged);
	pl_tree_free(k.tree);
	return true;
}

static void agrees_with_overlayfs(void **state)
{
	char dir[] = "/tmp/plimsoll-tree-XXXXXX";
	bool ok;

	(void)state;
	if (!overlay_room(dir)) {
		skip();
		return;
	}
	ok = kernel_round(dir, 1);
	for (unsigned seed = 2; ok && seed <= 200; seed++)
		kernel_round(dir, seed);
	umount2(dir, MNT_DETACH);
	rmdir(dir);
	if (!ok)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_rules),
		cmocka_unit_test(finds),
		cmocka_unit_test(stops),
		cmocka_unit_test(stays_linear),
		cmocka_unit_test(bounds_depth),
		cmocka_unit_test(agrees_with_overlayfs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
