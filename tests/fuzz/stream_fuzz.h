/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Small limits for the targets of the stream room, and decoding to the end. */
#include "stream/stream_int.h"

static inline void small_limits(void)
{
	static bool set;

	if (set)
		return;
	pl_limit_set(PL_STR("layer-bytes=4M"), NULL);
	pl_limit_set(PL_STR("window-bytes=8M"), NULL);
	pl_limit_set(PL_STR("zip-bytes=4M"), NULL);
	set = true;
}

/* Everything that came out before the end or the error, and its code. */
static inline int decode_all(struct pl_str in, const struct pl_codec_ops *ops, struct pl_buf *out)
{
	struct pl_stream *up = pl_stream_open_mem(in);
	pl_auto_stream *s = NULL;
	struct pl_err err = {0};
	struct pl_str v;
	int rc;

	small_limits();
	pl_buf_init(out, PL_MiB(8));
	s = pl_stream_open_decoder(&up, ops);
	while ((rc = pl_stream_peek(s, 1, &v, &err)) >= 0 && v.len) {
		pl_buf_str(out, v);
		pl_stream_skip(s, v.len);
	}
	if ((rc < 0) != (err.code != 0) || out->failed)
		abort(); /* an error without words, or more than the limit */
	return rc;
}
