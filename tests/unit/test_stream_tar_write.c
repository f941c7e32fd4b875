/* SPDX-License-Identifier: Apache-2.0 */
/* What the tar writer writes, read back by GNU tar and by our reader. */
#include "stream_help.h"

static int to_buf(void *arg, struct pl_str data, struct pl_err *err)
{
	(void)err;
	pl_buf_str(arg, data);
	return 0;
}

static char deep[300], wide[300];

static struct pl_tar_entry rows[] = {
	{.type = PL_FT_DIR, .mode = 0755, .mtime = 1},
	{.type = PL_FT_FILE, .mode = 04755, .uid = 1000, .gid = 50, .size = 5, .mtime = 86400},
	{.type = PL_FT_HARDLINK, .mode = 0644},
	{.type = PL_FT_SYMLINK, .mode = 0777},
	{.type = PL_FT_FIFO, .mode = 0600},
	{.type = PL_FT_FILE,
	 .mode = 0600,
	 .uid = 4000000000,
	 .gid = 3000000,
	 .size = 3,
	 .mtime = -5},
	{.type = PL_FT_FILE, .mode = 0600, .size = 2},
	{.type = PL_FT_SYMLINK, .mode = 0777},
};
#define N_ROWS (sizeof(rows) / sizeof(*rows))

static void fill_rows(void)
{
	for (size_t i = 0; i < 240; i++)
		deep[i] = i % 60 == 59 ? '/' : 'd';
	memset(wide, 'w', 200);
	rows[0].path = PL_STR("dir/");
	rows[1].path = PL_STR("dir/file");
	rows[2].path = PL_STR("dir/hard");
	rows[2].link = PL_STR("dir/file");
	rows[3].path = PL_STR("soft");
	rows[3].link = PL_STR("../nowhere");
	rows[4].path = PL_STR("fifo");
	rows[5].path = pl_str_n(deep, 238); /* fits prefix and name */
	rows[6].path = pl_str_n(wide, 200); /* does not */
	rows[7].path = PL_STR("far");
	rows[7].link = pl_str_n(deep, 238);
}

static void write_all(struct pl_buf *b)
{
	struct pl_tar_sink sink = {to_buf, b};
	struct pl_err err = {0};

	fill_rows();
	pl_buf_init(b, PL_MiB(1));
	for (size_t i = 0; i < N_ROWS; i++) {
		if (pl_tar_write_header(&sink, &rows[i], &err) < 0)
			fail_msg("%s", err.text);
		for (uint64_t k = 0; k < rows[i].size; k++)
			pl_buf_ch(b, '!');
		assert_int_equal(pl_tar_write_pad(&sink, rows[i].size, &err), 0);
	}
	assert_int_equal(pl_tar_write_end(&sink, &err), 0);
	assert_int_equal(b->len % 512, 0);
}

static void our_reader_gives_it_back(void **state)
{
	pl_auto_buf b = {0};
	struct pl_stream *s;
	struct pl_tar *t;
	struct pl_tar_entry e;

	(void)state;
	write_all(&b);
	s = pl_stream_open_mem(pl_buf_view(&b));
	t = pl_tar_open(s);
	for (size_t i = 0; i < N_ROWS; i++) {
		assert_int_equal(pl_tar_next(t, &e, NULL), 1);
		assert_true(pl_str_eq(e.path, rows[i].path));
		assert_true(pl_str_eq(e.link, rows[i].link));
		assert_int_equal(e.type, rows[i].type);
		assert_int_equal(e.mode, rows[i].mode);
		assert_int_equal(e.uid, rows[i].uid);
		assert_int_equal(e.gid, rows[i].gid);
		assert_int_equal(e.size, rows[i].size);
		assert_int_equal(e.mtime, rows[i].mtime);
		assert_null(e.odd);
	}
	assert_int_equal(pl_tar_next(t, &e, NULL), 0);
	assert_true(pl_tar_complete(t));
	pl_tar_close(t);
	pl_stream_close(s);
}

static void gnu_tar_lists_it(void **state)
{
	pl_auto_buf b = {0}, got = {0}, want = {0};

	(void)state;
	if (!have("tar"))
		skip();
	write_all(&b);
	spill("w.tar", pl_buf_view(&b));
	sh("tar --numeric-owner --full-time --utc -tvf w.tar 2>err | tr -s ' ' > list && test ! -s "
	   "err");
	slurp("list", &got);
	pl_buf_init(&want, PL_MiB(1));
	pl_buf_c(&want, "drwxr-xr-x 0/0 0 1970-01-01 00:00:01 dir/\n"
			"-rwsr-xr-x 1000/50 5 1970-01-02 00:00:00 dir/file\n"
			"hrw-r--r-- 0/0 0 1970-01-01 00:00:00 dir/hard link to dir/file\n"
			"lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 soft -> ../nowhere\n"
			"prw------- 0/0 0 1970-01-01 00:00:00 fifo\n");
	pl_buf_fmt(&want, "-rw------- 4000000000/3000000 3 1969-12-31 23:59:55 %.238s\n", deep);
	pl_buf_fmt(&want, "-rw------- 0/0 2 1970-01-01 00:00:00 %.200s\n", wide);
	pl_buf_fmt(&want, "lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 far -> %.238s\n", deep);
	assert_string_equal(got.ptr, want.ptr);
}

static void what_cannot_be_written(void **state)
{
	pl_auto_buf b = {0};
	struct pl_tar_sink sink = {to_buf, &b};
	struct pl_tar_entry e = {.path = PL_STR("a\0b"), .type = PL_FT_FILE};

	(void)state;
	pl_buf_init(&b, 1000);
	assert_int_equal(pl_tar_write_header(&sink, &e, NULL), -PL_E_FORMAT);
	e.path = PL_STR("");
	assert_int_equal(pl_tar_write_header(&sink, &e, NULL), -PL_E_FORMAT);
	e.path = PL_STR("a");
	e.type = PL_FT_OTHER;
	assert_int_equal(pl_tar_write_header(&sink, &e, NULL), -PL_E_UNSUPPORTED);
	assert_int_equal(b.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_reader_gives_it_back),
		cmocka_unit_test(gnu_tar_lists_it),
		cmocka_unit_test(what_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, make_work_dir, remove_work_dir);
}
