/* SPDX-License-Identifier: Apache-2.0 */
/* zstd (RFC 8878): concatenated frames, skippable frames between them, a bounded window. */
#include <zstd.h>
#include <zstd_errors.h>

#include "stream/stream_int.h"

struct zstd {
	ZSTD_DCtx *ctx;
	bool within; /* a frame has begun and not ended */
};

static int window_log(void)
{
	uint64_t limit = pl_limit(PL_LIM_WINDOW_BYTES);
	int log = 10; /* the smallest window of the format is 1 KiB */

	while (log < 31 && UINT64_C(2) << log <= limit)
		log++;
	return log;
}

static void *zstd_open(void)
{
	struct zstd *z = pl_xcalloc(1, sizeof(*z));

	z->ctx = ZSTD_createDCtx();
	if (!z->ctx ||
	    ZSTD_isError(ZSTD_DCtx_setParameter(z->ctx, ZSTD_d_windowLogMax, window_log())))
		abort(); /* out of memory */
	return z;
}

/* libzstd of a distribution may know frames of formats before RFC 8878: only ours are let in. */
static int begin_frame(struct pl_stream *up, struct pl_err *err)
{
	enum pl_codec codec;
	struct pl_str view;
	int rc = pl_stream_codec(up, &codec, err);

	if (rc < 0)
		return rc;
	if (codec == PL_CODEC_ZSTD)
		return 1;
	rc = pl_stream_peek(up, 1, &view, err);
	if (rc < 0 || !view.len)
		return rc;
	if (view.len < 4 &&
	    (!memcmp(view.ptr, "\x28\xb5\x2f", view.len) || (view.ptr[0] & 0xf0) == 0x50))
		return pl_fail(err, PL_E_TRUNCATED, "zstd: input ends within a frame header");
	return pl_fail(err, PL_E_FORMAT, "zstd: garbage at offset %llu",
		       (unsigned long long)pl_stream_offset(up));
}

static int frame_error(const struct pl_stream *up, size_t code, struct pl_err *err)
{
	if (ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge)
		return pl_fail_limit(err, PL_LIM_WINDOW_BYTES, "zstd");
	return pl_fail(err, PL_E_FORMAT, "zstd: %s at offset %llu", ZSTD_getErrorName(code),
		       (unsigned long long)pl_stream_offset(up));
}

static int zstd_decode(void *state, struct pl_stream *up, char *dst, size_t cap, size_t *n,
		       struct pl_err *err)
{
	struct zstd *z = state;
	ZSTD_outBuffer out = {dst, cap, 0};

	*n = 0;
	while (!out.pos) {
		ZSTD_inBuffer in;
		struct pl_str v;
		size_t hint;
		int rc = z->within ? 1 : begin_frame(up, err);

		if (rc <= 0)
			return rc;
		rc = pl_stream_peek(up, 1, &v, err);
		if (rc < 0)
			return rc;
		in = (ZSTD_inBuffer){v.ptr, v.len, 0};
		z->within = true;
		hint = ZSTD_decompressStream(z->ctx, &out, &in);
		if (ZSTD_isError(hint))
			return frame_error(up, hint, err);
		pl_stream_skip(up, in.pos);
		z->within = hint != 0;
		if (z->within && !v.len && !out.pos)
			return pl_fail(err, PL_E_TRUNCATED, "zstd: input ends at offset %llu",
				       (unsigned long long)pl_stream_offset(up));
	}
	*n = out.pos;
	return 0;
}

static void zstd_close(void *state)
{
	struct zstd *z = state;

	ZSTD_freeDCtx(z->ctx);
	free(z);
}

const struct pl_codec_ops pl_codec_zstd = {"zstd", zstd_open, zstd_decode, zstd_close};
