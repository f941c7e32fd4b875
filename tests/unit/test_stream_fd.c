/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>

#include "stream_help.h"

static int open_file(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", work_dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static void file_gives_its_range(void **state)
{
	pl_auto_buf data = {0}, got = {0};
	pl_auto_fd fd = -1;
	_Atomic uint64_t progress = 0;
	struct pl_err err = {0};
	pl_auto_stream *s = NULL;

	(void)state;
	pl_buf_init(&data, PL_MiB(4));
	noise(&data, 1000003, 1);
	spill("f", pl_buf_view(&data));
	fd = open_file("f");
	s = pl_stream_open_fd(fd, true, 17, 900000, &progress);
	pl_buf_init(&got, PL_MiB(4));
	assert_int_equal(drain(s, &got, &err), 0);
	assert_true(pl_str_eq(pl_buf_view(&got), pl_str_sub(pl_buf_view(&data), 17, 900000)));
	assert_int_equal(atomic_load(&progress), 900000);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
}

static void small_peeks_and_steps_see_every_byte(void **state)
{
	pl_auto_buf data = {0}, got = {0};
	pl_auto_fd fd = -1;
	struct pl_str v;
	pl_auto_stream *s = NULL;

	(void)state;
	pl_buf_init(&data, PL_MiB(4));
	noise(&data, 700001, 2);
	spill("f", pl_buf_view(&data));
	fd = open_file("f");
	s = pl_stream_open_fd(fd, true, 0, UINT64_MAX, NULL);
	pl_buf_init(&got, PL_MiB(4));
	for (size_t want = 1;; want = want * 7 % PL_PEEK_MAX + 1) {
		assert_int_equal(pl_stream_peek(s, want, &v, NULL), 0);
		if (!v.len)
			break;
		assert_true(v.len >= want || pl_stream_offset(s) + v.len == 700001);
		v.len = v.len < want ? v.len : want;
		pl_buf_str(&got, v);
		pl_stream_skip(s, v.len);
	}
	assert_true(pl_str_eq(pl_buf_view(&got), pl_buf_view(&data)));
}

static void discard_seeks_and_notices_the_end(void **state)
{
	pl_auto_buf data = {0};
	pl_auto_fd fd = -1;
	struct pl_str v;
	struct pl_err err = {0};
	pl_auto_stream *s = NULL, *t = NULL;

	(void)state;
	pl_buf_init(&data, PL_MiB(4));
	noise(&data, 2000000, 3);
	spill("f", pl_buf_view(&data));
	fd = open_file("f");
	s = pl_stream_open_fd(fd, true, 0, UINT64_MAX, NULL);
	assert_int_equal(pl_stream_peek(s, 5, &v, NULL), 0);
	assert_int_equal(pl_stream_discard(s, 1999990, &err), 0);
	assert_int_equal(pl_stream_offset(s), 1999990);
	assert_int_equal(pl_stream_peek(s, 512, &v, NULL), 0);
	assert_true(pl_str_eq(v, pl_str_sub(pl_buf_view(&data), 1999990, 10)));
	assert_int_equal(pl_stream_discard(s, 10, &err), 0);
	assert_int_equal(pl_stream_discard(s, 1, &err), -PL_E_TRUNCATED);
	t = pl_stream_open_fd(fd, true, 0, UINT64_MAX, NULL);
	assert_int_equal(pl_stream_discard(t, 2000001, &err), -PL_E_TRUNCATED);
	assert_int_equal(pl_stream_peek(t, 1, &v, NULL), -PL_E_TRUNCATED);
}

static void short_file_is_truncated_for_a_given_length(void **state)
{
	pl_auto_fd fd = -1;
	struct pl_err err = {0};
	pl_auto_stream *s = NULL;

	(void)state;
	spill("f", PL_STR("0123456789"));
	fd = open_file("f");
	s = pl_stream_open_fd(fd, true, 4, 100, NULL);
	assert_int_equal(drain(s, NULL, &err), -PL_E_TRUNCATED);
}

static void pipe_gives_at_most_length(void **state)
{
	pl_auto_buf got = {0};
	int p[2];
	pl_auto_stream *s = NULL;

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], "hello world", 11), 11);
	close(p[1]);
	s = pl_stream_open_fd(p[0], false, 0, 5, NULL);
	pl_buf_init(&got, 100);
	assert_int_equal(drain(s, &got, NULL), 0);
	assert_str(pl_buf_view(&got), "hello");
	close(p[0]);
}

static void digests_are_those_of_the_standard(void **state)
{
	/* FIPS 180-4 example values for "abc", and of the empty message */
	const char *want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	const char *none = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	const char *want1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
	uint8_t d[32];
	char hex[65];
	struct pl_stream *m = pl_stream_open_mem(PL_STR("abc"));
	pl_auto_stream *s = pl_stream_open_sha256(&m);
	struct pl_str v;

	(void)state;
	assert_null(m);
	assert_int_equal(pl_stream_peek(s, 3, &v, NULL), 0);
	pl_stream_skip(s, 1);
	assert_int_equal(pl_stream_discard(s, 1, NULL), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pl_stream_sha256(s, d, NULL), 0);
		pl_hex(d, 32, hex);
		assert_string_equal(hex, want);
	}
	pl_sha256((struct pl_str){0}, d);
	pl_hex(d, 32, hex);
	assert_string_equal(hex, none);
	pl_sha1(PL_STR("abc"), d);
	pl_hex(d, 20, hex);
	assert_string_equal(hex, want1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_gives_its_range),
		cmocka_unit_test(small_peeks_and_steps_see_every_byte),
		cmocka_unit_test(discard_seeks_and_notices_the_end),
		cmocka_unit_test(short_file_is_truncated_for_a_given_length),
		cmocka_unit_test(pipe_gives_at_most_length),
		cmocka_unit_test(digests_are_those_of_the_standard),
	};

	return cmocka_run_group_tests(tests, make_work_dir, remove_work_dir);
}
