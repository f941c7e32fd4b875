/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip (RFC 1952), member after member. Headers and trailers are read here; the engine below only
 * inflates raw deflate data and sums it, so that ISA-L and zlib behave alike. ISA-L has to be reset
 * for each member and takes up to eight bytes more into its bit buffer than it used; a trailer is
 * eight bytes long, so what it kept is always part of that.
 */
#include <zlib.h>
#ifdef PL_HAVE_ISAL
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#endif

#include "stream/stream_int.h"

struct step {
	const uint8_t *in;
	size_t in_len; /* in: bytes there; out: bytes not taken */
	uint8_t *out;
	size_t out_len; /* in: room; out: room left */
	bool done;
	uint8_t kept[8]; /* when done: bytes taken beyond the end */
	size_t kept_len;
};

struct engine {
	void *(*open)(void);
	void (*reset)(void *e);
	bool (*run)(void *e, struct step *st); /* false: damaged data */
	uint32_t (*crc)(uint32_t sum, const uint8_t *p, size_t n);
	void (*close)(void *e);
};

enum state { AT_HEADER, IN_DATA, AT_TRAILER, AT_NEXT, AT_END };

struct gzip {
	const struct engine *engine;
	void *e;
	enum state state;
	uint32_t crc, size; /* of this member, size modulo 2^32 */
	uint32_t head_crc;
	uint8_t kept[8];
	size_t kept_len;
};

enum { FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16, FRESERVED = 0xe0 };

static int damaged(const struct pl_stream *up, const char *what, struct pl_err *err)
{
	return pl_fail(err, PL_E_FORMAT, "gzip: %s at offset %llu", what,
		       (unsigned long long)pl_stream_offset(up));
}

static int take_head(struct gzip *z, struct pl_stream *up, uint8_t *dst, size_t n,
		     struct pl_err *err)
{
	int rc = pl_stream_take(up, dst, n, "gzip", err);

	if (rc >= 0)
		z->head_crc = z->engine->crc(z->head_crc, dst, n);
	return rc;
}

/* Over n bytes, or with n == 0 over a text and its NUL. */
static int skip_head(struct gzip *z, struct pl_stream *up, size_t n, struct pl_err *err)
{
	bool text = n == 0, more = true;

	while (more) {
		struct pl_str v;
		const char *nul;
		int rc = pl_stream_peek(up, 1, &v, err);

		if (rc < 0)
			return rc;
		if (!v.len)
			return pl_fail(err, PL_E_TRUNCATED, "gzip: input ends within a header");
		if (text) {
			nul = memchr(v.ptr, 0, v.len);
			v.len = nul ? (size_t)(nul - v.ptr) + 1 : v.len;
			more = !nul;
		} else {
			v.len = v.len < n ? v.len : n;
			n -= v.len;
			more = n > 0;
		}
		z->head_crc = z->engine->crc(z->head_crc, (const uint8_t *)v.ptr, v.len);
		pl_stream_skip(up, v.len);
	}
	return 0;
}

static int read_header(struct gzip *z, struct pl_stream *up, struct pl_err *err)
{
	uint8_t h[10], b[2];
	uint32_t sum;
	int rc;

	z->head_crc = 0;
	rc = take_head(z, up, h, sizeof(h), err);
	if (rc < 0)
		return rc;
	if (h[0] != 0x1f || h[1] != 0x8b || h[2] != 8 || h[3] & FRESERVED)
		return damaged(up, "no gzip header", err);
	if (h[3] & FEXTRA) {
		rc = take_head(z, up, b, 2, err);
		if (rc >= 0 && (b[0] || b[1]))
			rc = skip_head(z, up, (size_t)b[0] | (size_t)b[1] << 8, err);
	}
	if (rc >= 0 && h[3] & FNAME)
		rc = skip_head(z, up, 0, err);
	if (rc >= 0 && h[3] & FCOMMENT)
		rc = skip_head(z, up, 0, err);
	if (rc < 0 || !(h[3] & FHCRC))
		return rc;
	sum = z->head_crc & 0xffff;
	rc = take_head(z, up, b, 2, err);
	if (rc >= 0 && sum != ((uint32_t)b[0] | (uint32_t)b[1] << 8))
		return damaged(up, "header checksum wrong", err);
	return rc;
}

static int read_trailer(struct gzip *z, struct pl_stream *up, struct pl_err *err)
{
	uint8_t t[8];
	struct pl_rd r;
	int rc;

	memcpy(t, z->kept, z->kept_len);
	rc = pl_stream_take(up, t + z->kept_len, 8 - z->kept_len, "gzip", err);
	if (rc < 0)
		return rc;
	r = pl_rd_init(pl_str_n(t, 8));
	if (pl_rd_le32(&r) != z->crc)
		return damaged(up, "checksum of the data wrong", err);
	if (pl_rd_le32(&r) != z->size)
		return damaged(up, "length of the data wrong", err);
	return 0;
}

static int inflate_some(struct gzip *z, struct pl_stream *up, char *dst, size_t cap, size_t *n,
			struct pl_err *err)
{
	struct pl_str in;
	struct step st;
	int rc = pl_stream_peek(up, 1, &in, err);

	if (rc < 0)
		return rc;
	/* one piece at most 1 GiB: the engines count in 32 bits */
	if (in.len > PL_GiB(1))
		in.len = PL_GiB(1);
	st = (struct step){(const uint8_t *)in.ptr, in.len, (uint8_t *)dst, cap, false, {0}, 0};
	if (!z->engine->run(z->e, &st))
		return damaged(up, "damaged data", err);
	pl_stream_skip(up, in.len - st.in_len);
	*n = cap - st.out_len;
	z->crc = z->engine->crc(z->crc, (const uint8_t *)dst, *n);
	z->size += (uint32_t)*n;
	if (st.done) {
		z->state = AT_TRAILER;
		memcpy(z->kept, st.kept, sizeof(st.kept));
		z->kept_len = st.kept_len;
	} else if (!in.len && !*n) {
		return pl_fail(err, PL_E_TRUNCATED, "gzip: input ends at offset %llu",
			       (unsigned long long)pl_stream_offset(up));
	}
	return 0;
}

static int next_state(struct gzip *z, struct pl_stream *up, struct pl_err *err)
{
	int rc = 0;

	switch (z->state) {
	case AT_HEADER:
		rc = read_header(z, up, err);
		z->engine->reset(z->e);
		z->crc = z->size = 0;
		z->state = IN_DATA;
		break;
	case AT_TRAILER:
		rc = read_trailer(z, up, err);
		z->state = AT_NEXT;
		break;
	case AT_NEXT:
		rc = pl_codec_more(up, PL_STR("\x1f\x8b"), "gzip", err);
		z->state = rc ? AT_HEADER : AT_END;
		break;
	case IN_DATA:
	case AT_END:
		break;
	}
	return rc;
}

static int gzip_decode(void *state, struct pl_stream *up, char *dst, size_t cap, size_t *n,
		       struct pl_err *err)
{
	struct gzip *z = state;
	int rc = 0;

	*n = 0;
	if (cap > PL_GiB(1))
		cap = PL_GiB(1);
	while (rc >= 0 && !*n && z->state != AT_END)
		rc = z->state == IN_DATA ? inflate_some(z, up, dst, cap, n, err)
					 : next_state(z, up, err);
	return rc < 0 ? rc : 0;
}

static struct gzip *gzip_open_with(const struct engine *engine)
{
	struct gzip *z = pl_xcalloc(1, sizeof(*z));

	z->engine = engine;
	z->e = engine->open();
	return z;
}

static void gzip_close(void *state)
{
	struct gzip *z = state;

	z->engine->close(z->e);
	free(z);
}

static void *zlib_open(void)
{
	z_stream *s = pl_xcalloc(1, sizeof(*s));

	if (inflateInit2(s, -15) != Z_OK)
		abort(); /* out of memory */
	return s;
}

static void zlib_reset(void *e)
{
	inflateReset(e);
}

static bool zlib_run(void *e, struct step *st)
{
	z_stream *s = e;
	int rc;

	s->next_in = (Bytef *)(uintptr_t)st->in;
	s->avail_in = (uInt)st->in_len;
	s->next_out = st->out;
	s->avail_out = (uInt)st->out_len;
	rc = inflate(s, Z_NO_FLUSH);
	st->in_len = s->avail_in;
	st->out_len = s->avail_out;
	st->done = rc == Z_STREAM_END;
	return rc == Z_OK || rc == Z_STREAM_END || rc == Z_BUF_ERROR;
}

static uint32_t zlib_crc(uint32_t sum, const uint8_t *p, size_t n)
{
	return (uint32_t)crc32_z(sum, p, n);
}

static void zlib_close(void *e)
{
	inflateEnd(e);
	free(e);
}

static const struct engine zlib_engine = {zlib_open, zlib_reset, zlib_run, zlib_crc, zlib_close};

static void *gzip_open_zlib(void)
{
	return gzip_open_with(&zlib_engine);
}

const struct pl_codec_ops pl_codec_gzip_zlib = {"gzip", gzip_open_zlib, gzip_decode, gzip_close};

#ifdef PL_HAVE_ISAL
static void *isal_open(void)
{
	struct inflate_state *s = pl_xcalloc(1, sizeof(*s));

	isal_inflate_init(s);
	return s;
}

static void isal_reset(void *e)
{
	isal_inflate_reset(e);
}

static bool isal_run(void *e, struct step *st)
{
	struct inflate_state *s = e;
	uint64_t bits;
	int rc;

	s->next_in = (uint8_t *)(uintptr_t)st->in;
	s->avail_in = (uint32_t)st->in_len;
	s->next_out = st->out;
	s->avail_out = (uint32_t)st->out_len;
	rc = isal_inflate(s);
	st->in_len = s->avail_in;
	st->out_len = s->avail_out;
	if (rc != ISAL_DECOMP_OK && rc != ISAL_END_INPUT && rc != ISAL_OUT_OVERFLOW)
		return false;
	st->done = s->block_state == ISAL_BLOCK_FINISH;
	if (!st->done || s->read_in_length <= 0)
		return true;
	/* the bits up to the next byte border are padding, then come whole bytes */
	bits = s->read_in >> (s->read_in_length % 8);
	st->kept_len = (size_t)s->read_in_length / 8;
	for (size_t i = 0; i < st->kept_len; i++)
		st->kept[i] = (uint8_t)(bits >> 8 * i);
	return true;
}

static uint32_t isal_crc(uint32_t sum, const uint8_t *p, size_t n)
{
	return crc32_gzip_refl(sum, p, n);
}

static const struct engine isal_engine = {isal_open, isal_reset, isal_run, isal_crc, free};

static void *gzip_open(void)
{
	return gzip_open_with(&isal_engine);
}
#else
#define gzip_open gzip_open_zlib
#endif

const struct pl_codec_ops pl_codec_gzip = {"gzip", gzip_open, gzip_decode, gzip_close};
