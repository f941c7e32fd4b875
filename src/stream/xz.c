/* SPDX-License-Identifier: Apache-2.0 */
/* xz (file format 1.1.0): concatenated streams and stream padding by liblzma, bounded memory. */
#include <lzma.h>

#include "stream/stream_int.h"

struct xz {
	lzma_stream s;
	bool end;
};

static void *xz_open(void)
{
	struct xz *z = pl_xcalloc(1, sizeof(*z));
	/* the dictionary, and the little a decoder needs beside it */
	uint64_t memory = pl_limit(PL_LIM_WINDOW_BYTES) + PL_MiB(1);

	z->s = (lzma_stream)LZMA_STREAM_INIT;
	if (lzma_stream_decoder(&z->s, memory, LZMA_CONCATENATED) != LZMA_OK)
		abort(); /* out of memory */
	return z;
}

static int xz_error(const struct pl_stream *up, lzma_ret ret, struct pl_err *err)
{
	unsigned long long at = pl_stream_offset(up);

	switch (ret) {
	case LZMA_MEMLIMIT_ERROR:
		return pl_fail_limit(err, PL_LIM_WINDOW_BYTES, "xz");
	case LZMA_BUF_ERROR:
		return pl_fail(err, PL_E_TRUNCATED, "xz: input ends at offset %llu", at);
	case LZMA_OPTIONS_ERROR:
		return pl_fail(err, PL_E_UNSUPPORTED, "xz: unknown filter or option at offset %llu",
			       at);
	case LZMA_FORMAT_ERROR:
		return pl_fail(err, PL_E_FORMAT, "xz: no xz header at offset %llu", at);
	default:
		return pl_fail(err, PL_E_FORMAT, "xz: damaged data at offset %llu", at);
	}
}

static int xz_decode(void *state, struct pl_stream *up, char *dst, size_t cap, size_t *n,
		     struct pl_err *err)
{
	struct xz *z = state;

	*n = 0;
	z->s.next_out = (uint8_t *)dst;
	z->s.avail_out = cap;
	while (z->s.avail_out == cap && !z->end) {
		struct pl_str v;
		lzma_ret ret;
		int rc = pl_stream_peek(up, 1, &v, err);

		if (rc < 0)
			return rc;
		z->s.next_in = (const uint8_t *)v.ptr;
		z->s.avail_in = v.len;
		ret = lzma_code(&z->s, v.len ? LZMA_RUN : LZMA_FINISH);
		pl_stream_skip(up, v.len - z->s.avail_in);
		z->end = ret == LZMA_STREAM_END;
		/* without input liblzma says OK once before it says that nothing moves */
		if (ret != LZMA_OK && ret != LZMA_STREAM_END)
			return xz_error(up, ret, err);
	}
	*n = cap - z->s.avail_out;
	return 0;
}

static void xz_close(void *state)
{
	struct xz *z = state;

	lzma_end(&z->s);
	free(z);
}

const struct pl_codec_ops pl_codec_xz = {"xz", xz_open, xz_decode, xz_close};
