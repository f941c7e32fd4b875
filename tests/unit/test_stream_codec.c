/* SPDX-License-Identifier: Apache-2.0 */
/* The decoders against what the system's own programs wrote. */
#include "stream_help.h"

struct tool {
	const char *name, *suffix;
	enum pl_codec codec;
	const struct pl_codec_ops *ops;
};
static const struct tool tools[] = {
	{"gzip", "gz", PL_CODEC_GZIP, &pl_codec_gzip},
	{"gzip", "gz", PL_CODEC_GZIP, &pl_codec_gzip_zlib},
	{"zstd", "zst", PL_CODEC_ZSTD, &pl_codec_zstd},
	{"xz", "xz", PL_CODEC_XZ, &pl_codec_xz},
	{"bzip2", "bz2", PL_CODEC_BZIP2, &pl_codec_bzip2},
};
#define N_TOOLS (sizeof(tools) / sizeof(*tools))

static int make_inputs(void **state)
{
	pl_auto_buf b = {0};

	if (make_work_dir(state) < 0)
		return -1;
	pl_buf_init(&b, PL_MiB(4));
	noise(&b, 1500000, 4);
	spill("one", pl_buf_view(&b));
	pl_buf_reset(&b);
	noise(&b, 3000, 5);
	spill("two", pl_buf_view(&b));
	sh(": > empty; cat one two > both; head -c 3000000 /dev/zero > zeros");
	for (size_t i = 0; i < N_TOOLS; i++)
		if (have(tools[i].name))
			sh("for f in one two empty zeros; do %s -qkf $f; done", tools[i].name);
	return 0;
}

static int decode(struct pl_stream *up, const struct tool *t, struct pl_buf *out,
		  struct pl_err *err)
{
	pl_auto_stream *s = pl_stream_open_decoder(&up, t->ops);

	return drain(s, out, err);
}

static void expect_same(const struct tool *t, struct pl_str in, size_t step, struct pl_str want)
{
	pl_auto_buf got = {0};
	struct pl_err err = {0};

	pl_buf_init(&got, PL_MiB(16));
	if (decode(step ? open_drip(in, step) : pl_stream_open_mem(in), t, &got, &err) < 0)
		fail_msg("%s: %s", t->name, err.text);
	assert_true(pl_str_eq(pl_buf_view(&got), want));
}

static void each_decodes_what_its_tool_made(void **state)
{
	static const char *names[] = {"one", "two", "empty", "zeros"};

	(void)state;
	for (size_t i = 0; i < N_TOOLS; i++) {
		if (!have(tools[i].name))
			continue;
		for (size_t k = 0; k < 4; k++) {
			pl_auto_buf packed = {0}, plain = {0};
			char name[32];
			enum pl_codec codec;
			pl_auto_stream *s = NULL;

			snprintf(name, sizeof(name), "%s.%s", names[k], tools[i].suffix);
			slurp(name, &packed);
			slurp(names[k], &plain);
			s = pl_stream_open_mem(pl_buf_view(&packed));
			assert_int_equal(pl_stream_codec(s, &codec, NULL), 0);
			assert_int_equal(codec, tools[i].codec);
			expect_same(&tools[i], pl_buf_view(&packed), 0, pl_buf_view(&plain));
			expect_same(&tools[i], pl_buf_view(&packed), 997, pl_buf_view(&plain));
			if (k == 1)
				expect_same(&tools[i], pl_buf_view(&packed), 1,
					    pl_buf_view(&plain));
		}
	}
}

static void members_one_after_another(void **state)
{
	pl_auto_buf want = {0};

	(void)state;
	slurp("both", &want);
	for (size_t i = 0; i < N_TOOLS; i++) {
		pl_auto_buf packed = {0};
		char name[32];

		pl_buf_init(&packed, 0);
		if (!have(tools[i].name))
			continue;
		sh("cat empty.%1$s one.%1$s empty.%1$s two.%1$s empty.%1$s > cat.%1$s",
		   tools[i].suffix);
		snprintf(name, sizeof(name), "cat.%s", tools[i].suffix);
		slurp(name, &packed);
		for (size_t step = 7; step < 100000; step = step * 11 + 3)
			expect_same(&tools[i], pl_buf_view(&packed), step, pl_buf_view(&want));
	}
}

static void a_cut_anywhere_is_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_TOOLS; i++) {
		pl_auto_buf packed = {0};
		char name[32];

		if (!have(tools[i].name))
			continue;
		snprintf(name, sizeof(name), "two.%s", tools[i].suffix);
		slurp(name, &packed);
		for (size_t len = 0; len < packed.len;
		     len += len < 40 || len + 40 > packed.len ? 1 : 37) {
			pl_auto_free char *copy = pl_xmalloc(len + 1);
			struct pl_err err = {0};
			int rc;

			memcpy(copy, packed.ptr, len);
			rc = decode(pl_stream_open_mem(pl_str_n(copy, len)), &tools[i], NULL, &err);
			/* no bytes are no frames, and no frames are valid zstd */
			if (tools[i].codec == PL_CODEC_ZSTD && len == 0)
				assert_int_equal(rc, 0);
			else if (rc != -PL_E_TRUNCATED)
				fail_msg("%s cut at %zu: %d %s", tools[i].name, len, rc, err.text);
		}
	}
}

static void a_flipped_byte_is_noticed(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_TOOLS; i++) {
		pl_auto_buf packed = {0}, plain = {0};
		char name[32];

		if (!have(tools[i].name))
			continue;
		snprintf(name, sizeof(name), "two.%s", tools[i].suffix);
		slurp(name, &packed);
		slurp("two", &plain);
		for (size_t at = 0; at < packed.len; at += at < 60 ? 1 : 31) {
			pl_auto_buf got = {0};
			struct pl_err err = {0};
			int rc;

			pl_buf_init(&got, PL_MiB(64));
			packed.ptr[at] = (char)(packed.ptr[at] ^ 0x55);
			rc = decode(pl_stream_open_mem(pl_buf_view(&packed)), &tools[i], &got,
				    &err);
			/* a flip in the time or name of a header changes nothing */
			if (rc >= 0)
				assert_true(pl_str_eq(pl_buf_view(&got), pl_buf_view(&plain)));
			packed.ptr[at] = (char)(packed.ptr[at] ^ 0x55);
		}
	}
}

static void what_may_follow(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_TOOLS; i++) {
		pl_auto_buf packed = {0}, plain = {0};
		struct pl_err err = {0};
		char name[32];

		if (!have(tools[i].name))
			continue;
		snprintf(name, sizeof(name), "two.%s", tools[i].suffix);
		slurp(name, &packed);
		slurp("two", &plain);
		pl_buf_add(&packed, "\0\0\0\0\0\0\0\0", 8);
		if (tools[i].codec != PL_CODEC_ZSTD) /* xz: stream padding */
			expect_same(&tools[i], pl_buf_view(&packed), 0, pl_buf_view(&plain));
		pl_buf_c(&packed, "garbage garbage!");
		if (decode(pl_stream_open_mem(pl_buf_view(&packed)), &tools[i], NULL, &err) !=
		    -PL_E_FORMAT)
			fail_msg("%s: %s", tools[i].name, err.text);
		assert_non_null(strstr(err.text, tools[i].name));
	}
}

static void zstd_skippable_frames(void **state)
{
	pl_auto_buf packed = {0}, plain = {0}, all = {0};

	(void)state;
	if (!have("zstd"))
		skip();
	slurp("two.zst", &packed);
	slurp("two", &plain);
	pl_buf_init(&all, PL_MiB(1));
	pl_buf_add(&all, "\x50\x2a\x4d\x18\x05\0\0\0hello", 13);
	pl_buf_str(&all, pl_buf_view(&packed));
	pl_buf_add(&all, "\x5f\x2a\x4d\x18\0\0\0\0", 8);
	expect_same(&tools[2], pl_buf_view(&all), 0, pl_buf_view(&plain));
	expect_same(&tools[2], pl_buf_view(&all), 1, pl_buf_view(&plain));
}

static void gzip_header_with_every_field(void **state)
{
	/* RFC 1952: FEXTRA, FNAME, FCOMMENT, FHCRC; stored block "hi"; sums by zlib's crc32 */
	static const char head[] = "\x1f\x8b\x08\x1e\0\0\0\0\0\xff"
				   "\x04\0ab\0\0"
				   "name\0"
				   "comment\0";
	static const char body[] = "\x01\x02\0\xfd\xffhi";
	pl_auto_buf b = {0};
	uint32_t sum = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(head) - 1; i++) {
		sum = i ? sum : 0xffffffff;
		sum ^= (uint8_t)head[i];
		for (int k = 0; k < 8; k++)
			sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
	}
	sum = ~sum;
	pl_buf_init(&b, 1000);
	pl_buf_add(&b, head, sizeof(head) - 1);
	pl_buf_ch(&b, (char)sum);
	pl_buf_ch(&b, (char)(sum >> 8));
	pl_buf_add(&b, body, sizeof(body) - 1);
	pl_buf_add(&b, "\xac\x2a\x93\xd8\x02\0\0\0", 8); /* crc32("hi") = d8932aac */
	for (size_t i = 0; i < 2; i++) {
		expect_same(&tools[i], pl_buf_view(&b), 0, PL_STR("hi"));
		expect_same(&tools[i], pl_buf_view(&b), 1, PL_STR("hi"));
	}
	b.ptr[sizeof(head) - 1] ^= 1;
	assert_int_equal(decode(pl_stream_open_mem(pl_buf_view(&b)), &tools[0], NULL, NULL),
			 -PL_E_FORMAT);
}

static void bombs_meet_a_limit(void **state)
{
	pl_auto_buf packed = {0};
	struct pl_err err = {0};

	(void)state;
	assert_int_equal(pl_limit_set(PL_STR("layer-bytes=2M"), NULL), 0);
	for (size_t i = 0; i < N_TOOLS; i++) {
		char name[32];

		if (!have(tools[i].name))
			continue;
		snprintf(name, sizeof(name), "zeros.%s", tools[i].suffix);
		slurp(name, &packed);
		assert_int_equal(
			decode(pl_stream_open_mem(pl_buf_view(&packed)), &tools[i], NULL, &err),
			-PL_E_LIMIT);
		assert_non_null(strstr(err.text, "layer-bytes"));
		assert_int_equal(pl_limit_set(PL_STR("layer-bytes=256G"), NULL), 0);
		assert_int_equal(pl_limit_set(PL_STR("bomb-floor=1M"), NULL), 0);
		assert_int_equal(pl_limit_set(PL_STR("layer-ratio=100"), NULL), 0);
		assert_int_equal(
			decode(pl_stream_open_mem(pl_buf_view(&packed)), &tools[i], NULL, &err),
			-PL_E_LIMIT);
		assert_non_null(strstr(err.text, "layer-ratio"));
		assert_int_equal(pl_limit_set(PL_STR("layer-bytes=2M"), NULL), 0);
		assert_int_equal(pl_limit_set(PL_STR("bomb-floor=4G"), NULL), 0);
		pl_buf_release(&packed);
	}
	assert_int_equal(pl_limit_set(PL_STR("layer-bytes=256G"), NULL), 0);
	pl_buf_init(&packed, 0);
}

static void windows_meet_a_limit(void **state)
{
	pl_auto_buf big = {0};
	struct pl_err err = {0};

	(void)state;
	if (!have("zstd") || !have("xz"))
		skip();
	sh("zstd -q --long=27 --zstd=wlog=27 < zeros > wide.zst; xz --lzma2=dict=64MiB < zeros > "
	   "wide.xz");
	assert_int_equal(pl_limit_set(PL_STR("window-bytes=8M"), NULL), 0);
	slurp("wide.zst", &big);
	assert_int_equal(decode(pl_stream_open_mem(pl_buf_view(&big)), &tools[2], NULL, &err),
			 -PL_E_LIMIT);
	assert_non_null(strstr(err.text, "window-bytes"));
	pl_buf_release(&big);
	slurp("wide.xz", &big);
	assert_int_equal(decode(pl_stream_open_mem(pl_buf_view(&big)), &tools[3], NULL, &err),
			 -PL_E_LIMIT);
	assert_int_equal(pl_limit_set(PL_STR("window-bytes=128M"), NULL), 0);
}

static void plain_bytes_are_no_codec(void **state)
{
	struct pl_stream *m = pl_stream_open_mem(PL_STR("BZh9 is not enough")), *same = m;
	enum pl_codec codec = PL_CODEC_XZ;

	(void)state;
	assert_int_equal(pl_stream_codec(m, &codec, NULL), 0);
	assert_int_equal(codec, PL_CODEC_NONE);
	assert_ptr_equal(pl_stream_open_codec(&m, PL_CODEC_NONE), same);
	assert_null(m);
	assert_string_equal(pl_codec_name(PL_CODEC_ZSTD), "zstd");
	pl_stream_close(same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_decodes_what_its_tool_made),
		cmocka_unit_test(members_one_after_another),
		cmocka_unit_test(a_cut_anywhere_is_truncated),
		cmocka_unit_test(a_flipped_byte_is_noticed),
		cmocka_unit_test(what_may_follow),
		cmocka_unit_test(zstd_skippable_frames),
		cmocka_unit_test(gzip_header_with_every_field),
		cmocka_unit_test(bombs_meet_a_limit),
		cmocka_unit_test(windows_meet_a_limit),
		cmocka_unit_test(plain_bytes_are_no_codec),
	};

	return cmocka_run_group_tests(tests, make_inputs, remove_work_dir);
}
