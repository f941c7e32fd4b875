/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>

#include "stream_help.h"

static void same_bytes_in_any_step(void **state)
{
	pl_auto_buf data = {0};

	(void)state;
	pl_buf_init(&data, PL_MiB(8));
	noise(&data, 5 * 1000 * 1000 + 1, 7);
	for (size_t step = 1000; step < 3000000; step = step * 7 + 1) {
		struct pl_stream *up = open_drip(pl_buf_view(&data), step);
		pl_auto_stream *s = pl_stream_open_thread(&up);
		pl_auto_buf got = {0};
		struct pl_str v;
		size_t want = 1;

		assert_null(up);
		pl_buf_init(&got, PL_MiB(8));
		while (pl_stream_peek(s, want, &v, NULL) == 0 && v.len) {
			assert_true(v.len >= want || pl_stream_offset(s) + v.len == data.len);
			v.len = v.len > want * 3 ? want * 3 : v.len;
			pl_buf_str(&got, v);
			pl_stream_skip(s, v.len);
			want = want * 5 % PL_PEEK_MAX + 1;
		}
		assert_true(pl_str_eq(pl_buf_view(&got), pl_buf_view(&data)));
	}
}

static void short_and_empty(void **state)
{
	struct pl_stream *up = pl_stream_open_mem((struct pl_str){0});
	struct pl_str v;
	struct pl_stream *s = pl_stream_open_thread(&up);

	(void)state;
	assert_int_equal(pl_stream_peek(s, 512, &v, NULL), 0);
	assert_int_equal(v.len, 0);
	pl_stream_close(s);
	up = pl_stream_open_mem(PL_STR("abc"));
	s = pl_stream_open_thread(&up);
	assert_int_equal(pl_stream_peek(s, 512, &v, NULL), 0);
	assert_str(v, "abc");
	pl_stream_close(s);
	up = pl_stream_open_mem(PL_STR("never read"));
	pl_stream_close(pl_stream_open_thread(&up));
}

static void an_error_comes_after_the_bytes_before_it(void **state)
{
	struct pl_stream *up =
		pl_stream_open_mem(PL_STR("\x1f\x8b\x08\0\0\0\0\0\0\xff\0\x02\0\xfd\xffhi"));
	struct pl_err err = {0};
	struct pl_str v;
	struct pl_stream *s;

	(void)state;
	up = pl_stream_open_codec(&up, PL_CODEC_GZIP);
	s = pl_stream_open_thread(&up);
	assert_int_equal(pl_stream_peek(s, 2, &v, &err), 0);
	assert_str(v, "hi");
	pl_stream_skip(s, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pl_stream_peek(s, 1, &v, &err), -PL_E_TRUNCATED);
		assert_non_null(strstr(err.text, "gzip"));
	}
	pl_stream_close(s);
}

static void digest_below_may_be_asked_at_the_end(void **state)
{
	pl_auto_buf data = {0};
	struct pl_stream *up, *sum;
	uint8_t got[32], want[32];
	pl_auto_stream *s = NULL;

	(void)state;
	pl_buf_init(&data, PL_MiB(4));
	noise(&data, 3000000, 8);
	up = open_drip(pl_buf_view(&data), 70000);
	sum = up = pl_stream_open_sha256(&up);
	s = pl_stream_open_thread(&up);
	s = pl_stream_open_sha256(&s);
	assert_int_equal(pl_stream_sha256(s, got, NULL), 0);
	pl_sha256(pl_buf_view(&data), want);
	assert_memory_equal(got, want, 32);
	assert_int_equal(pl_stream_sha256(sum, got, NULL), 0);
	assert_memory_equal(got, want, 32);
}

static void closing_does_not_wait_for_a_silent_pipe(void **state)
{
	int p[2];
	struct pl_stream *up, *s;
	struct pl_str v;

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], "x", 1), 1);
	up = pl_stream_open_fd(p[0], false, 0, UINT64_MAX, NULL);
	pl_stream_close(pl_stream_open_thread(&up));
	/* through a decoder, a digest and a second thread */
	up = pl_stream_open_fd(p[0], false, 0, UINT64_MAX, NULL);
	up = pl_stream_open_sha256(&up);
	up = pl_stream_open_thread(&up);
	up = pl_stream_open_codec(&up, PL_CODEC_ZSTD);
	s = pl_stream_open_thread(&up);
	usleep(20000);
	pl_stream_close(s);
	close(p[1]);
	up = pl_stream_open_fd(p[0], false, 0, UINT64_MAX, NULL);
	s = pl_stream_open_thread(&up);
	assert_int_equal(pl_stream_peek(s, 1, &v, NULL), 0);
	pl_stream_close(s);
	close(p[0]);
}

static void closing_early_stops_the_thread(void **state)
{
	pl_auto_buf data = {0};
	struct pl_str v;

	(void)state;
	pl_buf_init(&data, PL_MiB(8));
	noise(&data, 8 << 20, 9);
	for (int i = 0; i < 20; i++) {
		struct pl_stream *up = pl_stream_open_mem(pl_buf_view(&data));
		struct pl_stream *s = pl_stream_open_thread(&up);

		if (i % 2)
			assert_int_equal(pl_stream_peek(s, 1, &v, NULL), 0);
		pl_stream_close(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_bytes_in_any_step),
		cmocka_unit_test(short_and_empty),
		cmocka_unit_test(an_error_comes_after_the_bytes_before_it),
		cmocka_unit_test(digest_below_may_be_asked_at_the_end),
		cmocka_unit_test(closing_does_not_wait_for_a_silent_pipe),
		cmocka_unit_test(closing_early_stops_the_thread),
	};

	return cmocka_run_group_tests(tests, make_work_dir, remove_work_dir);
}
