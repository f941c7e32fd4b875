/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

static void split_keeps_empty_pieces(void **state)
{
	struct pl_str rest = PL_STR("a,,b,"), piece;
	const char *want[] = {"a", "", "b", ""};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_true(pl_str_split(&rest, ',', &piece));
		assert_str(piece, want[i]);
	}
	assert_false(pl_str_split(&rest, ',', &piece));
}

static void lines_lose_cr_and_last_needs_no_lf(void **state)
{
	struct pl_str rest = PL_STR("one\r\n\ntwo"), line;

	(void)state;
	assert_true(pl_str_line(&rest, &line));
	assert_str(line, "one");
	assert_true(pl_str_line(&rest, &line));
	assert_str(line, "");
	assert_true(pl_str_line(&rest, &line));
	assert_str(line, "two");
	assert_false(pl_str_line(&rest, &line));
}

static void numbers_are_whole_and_bounded(void **state)
{
	uint64_t v = 7;

	(void)state;
	assert_true(pl_str_u64(PL_STR("18446744073709551615"), &v));
	assert_true(v == UINT64_MAX);
	assert_false(pl_str_u64(PL_STR("18446744073709551616"), &v));
	assert_false(pl_str_u64(PL_STR("-1"), &v));
	assert_false(pl_str_u64(PL_STR(""), &v));
	assert_false(pl_str_u64(PL_STR("1 "), &v));
	assert_true(v == UINT64_MAX);
}

static void buffer_stops_at_its_maximum(void **state)
{
	pl_auto_buf b;

	(void)state;
	pl_buf_init(&b, 10);
	pl_buf_c(&b, "12345");
	pl_buf_fmt(&b, "%d", 67890);
	assert_false(b.failed);
	pl_buf_ch(&b, 'x');
	assert_true(b.failed);
	assert_str(pl_buf_view(&b), "1234567890");
}

static void utf8_prefix_follows_rfc_3629(void **state)
{
	(void)state;
	assert_int_equal(pl_utf8_prefix(PL_STR("a\xc3\xa4\xf0\x9f\x9a\xa2")), 7);
	assert_int_equal(pl_utf8_prefix(PL_STR("a\xc0\x80")), 1);	 /* overlong */
	assert_int_equal(pl_utf8_prefix(PL_STR("\xed\xa0\x80")), 0);	 /* surrogate */
	assert_int_equal(pl_utf8_prefix(PL_STR("\xf4\x90\x80\x80")), 0); /* above U+10FFFF */
	assert_int_equal(pl_utf8_prefix(PL_STR("ab\xe2\x82")), 2);	 /* cut */
}

static void map_and_pool_number_in_order(void **state)
{
	pl_auto_arena a;
	struct pl_pool p;

	(void)state;
	pl_arena_init(&a);
	pl_pool_init(&p, &a);
	for (uint32_t i = 0; i < 5000; i++)
		assert_int_equal(pl_pool_id(&p, pl_arena_fmt(&a, "key %u", i)), i);
	assert_int_equal(pl_pool_id(&p, PL_STR("key 4321")), 4321);
	assert_int_equal(pl_map_get(&p.ids, PL_STR("nothing")), PL_MAP_NONE);
	pl_pool_release(&p);
}

static void wire_round_trip_and_bounds(void **state)
{
	static const uint64_t numbers[] = {0, 127, 128, 300, UINT32_MAX, UINT64_MAX};
	pl_auto_buf b;
	struct pl_rd r;

	(void)state;
	pl_buf_init(&b, 1000);
	for (size_t i = 0; i < 6; i++)
		pl_put_u64(&b, numbers[i]);
	pl_put_str(&b, PL_STR("plimsoll"));
	r = pl_rd_init(pl_buf_view(&b));
	for (size_t i = 0; i < 6; i++)
		assert_true(pl_rd_u64(&r) == numbers[i]);
	assert_str(pl_rd_str(&r), "plimsoll");
	assert_false(r.bad);
	(void)pl_rd_le32(&r);
	assert_true(r.bad);
	r = pl_rd_init(PL_STR("\x01\x02\x03\x04\x05\x06\x07\x08"));
	assert_int_equal(pl_rd_be32(&r), 0x01020304);
	assert_int_equal(pl_rd_le16(&r), 0x0605);
	r = pl_rd_init(PL_STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));
	(void)pl_rd_u64(&r);
	assert_true(r.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(split_keeps_empty_pieces),
		cmocka_unit_test(lines_lose_cr_and_last_needs_no_lf),
		cmocka_unit_test(numbers_are_whole_and_bounded),
		cmocka_unit_test(buffer_stops_at_its_maximum),
		cmocka_unit_test(utf8_prefix_follows_rfc_3629),
		cmocka_unit_test(map_and_pool_number_in_order),
		cmocka_unit_test(wire_round_trip_and_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
