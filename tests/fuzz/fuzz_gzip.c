/* SPDX-License-Identifier: Apache-2.0 */
/* What zlib accepts igzip has to accept with the same bytes. igzip alone also takes sets of codes
 * that zlib calls incomplete; their bytes still have to have the checksum of the trailer. Input
 * without gzip's magic is taken as deflate data and framed with the sums that belong to it. */
#include <zlib.h>

#include "stream_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(struct pl_str in)
{
	pl_auto_buf a = {0}, b = {0};
	int ra = decode_all(in, &pl_codec_gzip, &a), rb = decode_all(in, &pl_codec_gzip_zlib, &b);

	if (rb >= 0 && (ra < 0 || !pl_str_eq(pl_buf_view(&a), pl_buf_view(&b))))
		abort();
}

static void frame(struct pl_str deflated)
{
	static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\xff";
	static Bytef plain[1 << 20];
	z_stream z = {.next_in = (Bytef *)(uintptr_t)deflated.ptr,
		      .avail_in = (uInt)deflated.len,
		      .next_out = plain,
		      .avail_out = sizeof(plain)};
	pl_auto_buf b = {0};
	int rc;

	if (inflateInit2(&z, -15) != Z_OK)
		return;
	rc = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	if (rc != Z_STREAM_END)
		return;
	pl_buf_init(&b, PL_MiB(2));
	pl_buf_add(&b, head, sizeof(head) - 1);
	pl_buf_add(&b, deflated.ptr, z.total_in);
	for (int i = 0; i < 4; i++)
		pl_buf_ch(&b, (char)(crc32(0, plain, (uInt)z.total_out) >> 8 * i));
	for (int i = 0; i < 4; i++)
		pl_buf_ch(&b, (char)(z.total_out >> 8 * i));
	compare(pl_buf_view(&b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2 || data[0] == 0x1f)
		compare(pl_str_n(data, size));
	else
		frame(pl_str_n(data, size));
	return 0;
}
