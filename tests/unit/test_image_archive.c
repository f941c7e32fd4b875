/* SPDX-License-Identifier: Apache-2.0 */
/* The index of an outer archive. */
#include "check.h"

#include "image/image_int.h"

#define ID "c165ec117d85ff92e7cf1ce58f00ee418a866737148ecfcd06694695bf0a2903"

static int to_buf(void *arg, struct pl_str data, struct pl_err *err)
{
	(void)err;
	pl_buf_str(arg, data);
	return 0;
}

static void add(struct pl_buf *tar, enum pl_ftype type, const char *path, const char *text)
{
	struct pl_tar_sink sink = {to_buf, tar};
	struct pl_tar_entry e = {.path = pl_str_c(path), .type = type, .mode = 0644};

	if (type == PL_FT_FILE)
		e.size = strlen(text);
	else
		e.link = pl_str_c(text);
	assert_int_equal(pl_tar_write_header(&sink, &e, NULL), 0);
	if (type == PL_FT_FILE) {
		pl_buf_c(tar, text);
		assert_int_equal(pl_tar_write_pad(&sink, e.size, NULL), 0);
	}
}

struct indexed {
	struct pl_arena arena;
	struct pl_members m;
	struct pl_archive_note note;
	int rc;
};

static void index_of(struct indexed *x, struct pl_str tar, bool looking)
{
	pl_auto_stream *s = pl_stream_open_mem(tar);
	pl_auto_buf wire = {0};

	*x = (struct indexed){0};
	pl_arena_init(&x->arena);
	pl_members_init(&x->m, &x->arena);
	pl_buf_init(&wire, PL_MiB(64));
	x->rc = pl_archive_index_to_wire(s, looking, &wire, NULL);
	if (x->rc == 0)
		x->rc = pl_archive_index_read(pl_buf_view(&wire), &x->m, &x->note, NULL);
}

static void done(struct indexed *x)
{
	pl_members_release(&x->m);
	pl_arena_release(&x->arena);
}

static void indexes(void **state)
{
	struct pl_tar_sink sink = {to_buf, NULL};
	pl_auto_buf tar = {0};
	const struct pl_member *m;
	struct indexed x;

	(void)state;
	pl_buf_init(&tar, PL_MiB(1));
	sink.arg = &tar;
	add(&tar, PL_FT_FILE, "./" ID "/layer.tar", "layer");
	add(&tar, PL_FT_SYMLINK, "other/layer.tar", "../" ID "/layer.tar");
	add(&tar, PL_FT_HARDLINK, "hard", ID "/layer.tar");
	add(&tar, PL_FT_SYMLINK, "loop", "loop");
	add(&tar, PL_FT_SYMLINK, "absolute", "/" ID "/../hard");
	add(&tar, PL_FT_DIR, "dir", "");
	add(&tar, PL_FT_FILE, "manifest.json", "old");
	add(&tar, PL_FT_FILE, "manifest.json", "new!");
	pl_tar_write_end(&sink, NULL);
	index_of(&x, pl_buf_view(&tar), true);
	assert_int_equal(x.rc, 0);
	assert_false(x.note.rootfs);
	assert_int_equal(x.note.damage.len, 0);
	assert_int_equal(x.note.doubled, 1);
	m = pl_members_find(&x.m, PL_STR("other/layer.tar"));
	assert_non_null(m);
	assert_str(pl_str_n(tar.ptr + m->offset, m->size), "layer");
	assert_ptr_equal(m, pl_members_find(&x.m, PL_STR("hard")));
	assert_ptr_equal(m, pl_members_find(&x.m, PL_STR("absolute")));
	assert_null(pl_members_find(&x.m, PL_STR("loop")));
	assert_null(pl_members_find(&x.m, PL_STR("none")));
	assert_int_equal(pl_members_find(&x.m, PL_STR("dir"))->kind, PL_MEMBER_OTHER);
	m = pl_members_find(&x.m, PL_STR("manifest.json"));
	assert_str(pl_str_n(tar.ptr + m->offset, m->size), "new!");
	done(&x);
}

static void tells_damage(void **state)
{
	pl_auto_buf tar = {0};
	struct indexed x;

	(void)state;
	pl_buf_init(&tar, PL_MiB(1));
	add(&tar, PL_FT_FILE, "index.json", "{}");
	add(&tar, PL_FT_FILE, "blobs/sha256/" ID, "text");
	index_of(&x, pl_str_n(tar.ptr, tar.len - 512), false);
	assert_int_equal(x.rc, 0);
	assert_true(x.note.damage.len > 0);
	/* the member whose content is cut is known all the same */
	assert_non_null(pl_members_find(&x.m, PL_STR("blobs/sha256/" ID)));
	done(&x);
	index_of(&x, PL_STR("no tar at all, but long enough to be looked at"), false);
	assert_int_equal(x.rc, 0);
	assert_int_equal(x.m.rows.len, 0);
	done(&x);
}

static void knows_a_root(void **state)
{
	pl_auto_buf tar = {0};
	struct indexed x;

	(void)state;
	pl_buf_init(&tar, PL_MiB(16));
	add(&tar, PL_FT_DIR, "./", "");
	for (unsigned i = 0; i < 5000; i++) {
		char name[32];

		snprintf(name, sizeof(name), "etc/%u", i);
		add(&tar, PL_FT_FILE, name, "x");
	}
	assert_int_equal(pl_archive_head(pl_str_n(tar.ptr, 4096)), PL_HEAD_ROOTFS);
	index_of(&x, pl_buf_view(&tar), true);
	assert_int_equal(x.rc, 0);
	assert_true(x.note.rootfs);
	done(&x);
	index_of(&x, pl_buf_view(&tar), false);
	assert_false(x.note.rootfs);
	assert_int_equal(x.m.rows.len, 5001);
	done(&x);
}

static void knows_names(void **state)
{
	static const char *const yes[] = {
		"manifest.json", "index.json",	 "oci-layout",	     "blobs",
		"repositories",	 "blobs/sha256", "blobs/sha256/" ID, ID,
		ID "/layer.tar", ID ".json",	 "sha256:" ID,	     ID ".tar.gz"};
	static const char *const no[] = {"",	    "etc", "usr/manifest.json",
					 "blobs/x", "bin", "c165ec"};

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(pl_archive_name(pl_str_c(yes[i])));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(pl_archive_name(pl_str_c(no[i])));
	assert_int_equal(pl_archive_head(PL_STR("short")), PL_HEAD_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(indexes),
		cmocka_unit_test(tells_damage),
		cmocka_unit_test(knows_a_root),
		cmocka_unit_test(knows_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
