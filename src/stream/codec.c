/* SPDX-License-Identifier: Apache-2.0 */
/* Which compression it is, and the frame around every decoder: the limits against bombs. */
#include "stream/stream_int.h"

static const struct {
	const char *name;
	const struct pl_codec_ops *ops;
} codecs[PL_CODEC__COUNT] = {
	[PL_CODEC_NONE] = {"none", NULL},
	[PL_CODEC_GZIP] = {"gzip", &pl_codec_gzip},
	[PL_CODEC_ZSTD] = {"zstd", &pl_codec_zstd},
	[PL_CODEC_XZ] = {"xz", &pl_codec_xz},
	[PL_CODEC_BZIP2] = {"bzip2", &pl_codec_bzip2},
};

const char *pl_codec_name(enum pl_codec c)
{
	return (unsigned)c < PL_CODEC__COUNT ? codecs[c].name : "?";
}

/* RFC 1952 §2.3.1; RFC 8878 §3.1.1 and §3.1.2; xz file format §2.1.1.1; bzip2 has the digits of
 * pi before a block and of its square root at the end of an empty stream. */
static enum pl_codec judge(struct pl_str h)
{
	const uint8_t *p = (const uint8_t *)h.ptr;

	if (h.len >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8)
		return PL_CODEC_GZIP;
	if (h.len >= 4 && !memcmp(p, "\x28\xb5\x2f\xfd", 4))
		return PL_CODEC_ZSTD;
	if (h.len >= 4 && (p[0] & 0xf0) == 0x50 && !memcmp(p + 1, "\x2a\x4d\x18", 3))
		return PL_CODEC_ZSTD;
	if (h.len >= 6 && !memcmp(p,
				  "\xfd"
				  "7zXZ\0",
				  6))
		return PL_CODEC_XZ;
	if (h.len >= 10 && !memcmp(p, "BZh", 3) && p[3] >= '1' && p[3] <= '9' &&
	    (!memcmp(p + 4, "\x31\x41\x59\x26\x53\x59", 6) ||
	     !memcmp(p + 4, "\x17\x72\x45\x38\x50\x90", 6)))
		return PL_CODEC_BZIP2;
	return PL_CODEC_NONE;
}

int pl_stream_codec(struct pl_stream *s, enum pl_codec *out, struct pl_err *err)
{
	struct pl_str head;
	int rc = pl_stream_peek(s, 10, &head, err);

	if (rc < 0)
		return rc;
	*out = judge(head);
	return 0;
}

struct codec_stream {
	struct pl_stream base;
	const struct pl_codec_ops *ops;
	void *state;
	uint64_t made;
};

static int check_bomb(const struct codec_stream *c, struct pl_err *err)
{
	uint64_t in = c->base.up->offset, most;

	if (c->made > pl_limit(PL_LIM_LAYER_BYTES))
		return pl_fail_limit(err, PL_LIM_LAYER_BYTES, c->ops->name);
	if (c->made <= pl_limit(PL_LIM_BOMB_FLOOR))
		return 0;
	if (!__builtin_mul_overflow(in, pl_limit(PL_LIM_LAYER_RATIO), &most) && c->made > most)
		return pl_fail_limit(err, PL_LIM_LAYER_RATIO, c->ops->name);
	return 0;
}

static int codec_read(struct pl_stream *s, char *dst, size_t cap, size_t *n, struct pl_err *err)
{
	struct codec_stream *c = (struct codec_stream *)s;
	size_t got = 0;
	int rc = c->ops->decode(c->state, s->up, dst, cap, &got, err);

	if (rc < 0)
		return rc;
	c->made += got;
	rc = check_bomb(c, err);
	if (rc < 0)
		return rc;
	*n = got;
	return 0;
}

static void codec_close(struct pl_stream *s)
{
	struct codec_stream *c = (struct codec_stream *)s;

	c->ops->close(c->state);
}

static const struct pl_stream_ops codec_ops = {.read = codec_read, .close = codec_close};

struct pl_stream *pl_stream_open_decoder(struct pl_stream **up, const struct pl_codec_ops *ops)
{
	struct codec_stream *c = pl_xcalloc(1, sizeof(*c));

	pl_stream_init(&c->base, &codec_ops, pl_steal(*up));
	c->ops = ops;
	c->state = ops->open();
	return &c->base;
}

struct pl_stream *pl_stream_open_codec(struct pl_stream **up, enum pl_codec codec)
{
	if ((unsigned)codec >= PL_CODEC__COUNT || !codecs[codec].ops)
		return pl_steal(*up);
	return pl_stream_open_decoder(up, codecs[codec].ops);
}

int pl_codec_more(struct pl_stream *up, struct pl_str magic, const char *name, struct pl_err *err)
{
	struct pl_str view;
	int rc = pl_stream_peek(up, magic.len, &view, err);

	if (rc < 0)
		return rc;
	if (view.len && view.len < magic.len && !memcmp(view.ptr, magic.ptr, view.len))
		return pl_fail(err, PL_E_TRUNCATED, "%s: input ends within a header", name);
	if (pl_str_starts(view, magic))
		return 1;
	while (view.len) {
		for (size_t i = 0; i < view.len; i++)
			if (view.ptr[i])
				return pl_fail(err, PL_E_FORMAT, "%s: garbage at offset %llu", name,
					       (unsigned long long)pl_stream_offset(up) + i);
		pl_stream_skip(up, view.len);
		rc = pl_stream_peek(up, 1, &view, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}
