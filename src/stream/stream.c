/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/stream_int.h"

void pl_stream_init(struct pl_stream *s, const struct pl_stream_ops *ops, struct pl_stream *up)
{
	*s = (struct pl_stream){.ops = ops, .up = up, .wake_fd = -1, .blocks = up && up->blocks};
}

static int fail_again(const struct pl_stream *s, struct pl_err *err)
{
	if (err)
		*err = s->fault;
	return -(int)s->fault.code;
}

/* Remembers what went wrong; a callee that forgot to say is an internal error. */
static int stick(struct pl_stream *s, struct pl_err *err)
{
	if (!s->fault.code)
		pl_fail(&s->fault, PL_E_INTERNAL, "stream failed without a reason");
	return fail_again(s, err);
}

/* Moves the leftover to the front and reads behind it until `want` bytes are there. */
static int fill(struct pl_stream *s, size_t want)
{
	if (!s->buf)
		s->buf = pl_xmalloc(PL_STREAM_BUF);
	if (s->avail)
		memmove(s->buf, s->at, s->avail);
	s->at = s->buf;
	while (s->avail < want && !s->ended) {
		size_t n = 0;
		int rc =
			s->ops->read(s, s->buf + s->avail, PL_STREAM_BUF - s->avail, &n, &s->fault);

		if (rc < 0)
			return rc;
		s->ended = n == 0;
		s->avail += n;
	}
	return 0;
}

int pl_stream_peek(struct pl_stream *s, size_t want, struct pl_str *out, struct pl_err *err)
{
	if (s->fault.code)
		return fail_again(s, err);
	if (want > PL_PEEK_MAX)
		return pl_fail(err, PL_E_INTERNAL, "peek of %zu bytes", want);
	if (s->ops->peek) {
		struct pl_str view;

		if (s->ops->peek(s, want, &view, &s->fault) < 0)
			return stick(s, err);
		*out = view;
		return 0;
	}
	if (s->avail < (want ? want : 1) && !s->ended && fill(s, want ? want : 1) < 0)
		return stick(s, err);
	*out = pl_str_n(s->at, s->avail);
	return 0;
}

void pl_stream_skip(struct pl_stream *s, size_t n)
{
	s->offset += n;
	if (s->ops->skip) {
		s->ops->skip(s, n);
		return;
	}
	s->at += n;
	s->avail -= n;
}

int pl_stream_discard(struct pl_stream *s, uint64_t n, struct pl_err *err)
{
	if (s->fault.code)
		return fail_again(s, err);
	if (s->ops->discard && n > s->avail) {
		n -= s->avail;
		pl_stream_skip(s, s->avail);
		if (s->ops->discard(s, n, &s->fault) < 0)
			return stick(s, err);
		s->offset += n;
		return 0;
	}
	while (n) {
		struct pl_str view;
		int rc = pl_stream_peek(s, 1, &view, err);

		if (rc < 0)
			return rc;
		if (!view.len)
			return pl_fail(err, PL_E_TRUNCATED,
				       "input ends at offset %llu, %llu bytes too early",
				       (unsigned long long)s->offset, (unsigned long long)n);
		if (view.len > n)
			view.len = (size_t)n;
		pl_stream_skip(s, view.len);
		n -= view.len;
	}
	return 0;
}

int pl_stream_read(struct pl_stream *s, char *dst, size_t cap, size_t *n, struct pl_err *err)
{
	struct pl_str view;
	int rc;

	if (s->fault.code)
		return fail_again(s, err);
	if (s->ops->read && !s->avail) {
		size_t got = 0;

		if (!s->ended && s->ops->read(s, dst, cap, &got, &s->fault) < 0)
			return stick(s, err);
		s->ended = got == 0;
		s->offset += got;
		*n = got;
		return 0;
	}
	rc = pl_stream_peek(s, 1, &view, err);
	if (rc < 0)
		return rc;
	*n = view.len < cap ? view.len : cap;
	if (*n)
		memcpy(dst, view.ptr, *n);
	pl_stream_skip(s, *n);
	return 0;
}

int pl_stream_take(struct pl_stream *s, void *dst, size_t n, const char *what, struct pl_err *err)
{
	struct pl_str view;
	int rc = pl_stream_peek(s, n, &view, err);

	if (rc < 0)
		return rc;
	if (view.len < n)
		return pl_fail(err, PL_E_TRUNCATED, "%s: input ends at offset %llu", what,
			       (unsigned long long)(s->offset + view.len));
	if (n)
		memcpy(dst, view.ptr, n);
	pl_stream_skip(s, n);
	return 0;
}

uint64_t pl_stream_offset(const struct pl_stream *s)
{
	return s->offset;
}

void pl_stream_close(struct pl_stream *s)
{
	while (s) {
		struct pl_stream *up;

		if (s->ops->close)
			s->ops->close(s);
		up = s->up;
		free(s->buf);
		free(s);
		s = up;
	}
}
