/* SPDX-License-Identifier: Apache-2.0 */
/* bzip2: stream after stream; the block size (at most 900 kB) bounds its memory. */
#include <bzlib.h>

#include "stream/stream_int.h"

struct bzip2 {
	bz_stream s;
	bool within, end;
	bool any; /* one stream was read: what follows may be zeros */
};

static void *bzip2_open(void)
{
	return pl_xcalloc(1, sizeof(struct bzip2));
}

static int begin_stream(struct bzip2 *z, struct pl_stream *up, struct pl_err *err)
{
	struct pl_str v;
	int rc;

	if (z->any) {
		rc = pl_codec_more(up, PL_STR("BZh"), "bzip2", err);
		if (rc <= 0) {
			z->end = true;
			return rc;
		}
	}
	rc = pl_stream_peek(up, 1, &v, err);
	if (rc < 0)
		return rc;
	if (!v.len)
		return pl_fail(err, PL_E_TRUNCATED, "bzip2: empty input");
	z->s = (bz_stream){0};
	if (BZ2_bzDecompressInit(&z->s, 0, 0) != BZ_OK)
		abort(); /* out of memory */
	z->within = z->any = true;
	return 0;
}

static int bzip2_step(struct bzip2 *z, struct pl_stream *up, char *dst, size_t cap, size_t *n,
		      struct pl_err *err)
{
	struct pl_str v;
	int rc = pl_stream_peek(up, 1, &v, err), ret;

	if (rc < 0)
		return rc;
	if (v.len > PL_GiB(1))
		v.len = PL_GiB(1);
	z->s.next_in = (char *)(uintptr_t)v.ptr;
	z->s.avail_in = (unsigned)v.len;
	z->s.next_out = dst;
	z->s.avail_out = (unsigned)cap;
	ret = BZ2_bzDecompress(&z->s);
	if (ret != BZ_OK && ret != BZ_STREAM_END)
		return pl_fail(err, PL_E_FORMAT, "bzip2: %s at offset %llu",
			       ret == BZ_DATA_ERROR_MAGIC ? "no bzip2 header" : "damaged data",
			       (unsigned long long)pl_stream_offset(up));
	pl_stream_skip(up, v.len - z->s.avail_in);
	*n = cap - z->s.avail_out;
	if (ret == BZ_STREAM_END) {
		BZ2_bzDecompressEnd(&z->s);
		z->within = false;
	} else if (!v.len && !*n) {
		return pl_fail(err, PL_E_TRUNCATED, "bzip2: input ends at offset %llu",
			       (unsigned long long)pl_stream_offset(up));
	}
	return 0;
}

static int bzip2_decode(void *state, struct pl_stream *up, char *dst, size_t cap, size_t *n,
			struct pl_err *err)
{
	struct bzip2 *z = state;
	int rc = 0;

	*n = 0;
	if (cap > PL_GiB(1))
		cap = PL_GiB(1);
	while (rc >= 0 && !*n && !z->end)
		rc = z->within ? bzip2_step(z, up, dst, cap, n, err) : begin_stream(z, up, err);
	return rc;
}

static void bzip2_close(void *state)
{
	struct bzip2 *z = state;

	if (z->within)
		BZ2_bzDecompressEnd(&z->s);
	free(z);
}

const struct pl_codec_ops pl_codec_bzip2 = {"bzip2", bzip2_open, bzip2_decode, bzip2_close};
