/* SPDX-License-Identifier: Apache-2.0 */
/* The bottom of most stacks: a descriptor, and memory. */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>

#include "stream/stream_int.h"

struct fd_stream {
	struct pl_stream base;
	int fd;
	bool seekable, exact; /* exact: an early end of the file is an error */
	uint64_t pos, left;
	_Atomic uint64_t *progress;
};

/* Waits for input or for the wish to stop; regular files never wait. */
static int wait_readable(const struct fd_stream *f, struct pl_err *err)
{
	struct pollfd p[2] = {{.fd = f->fd, .events = POLLIN},
			      {.fd = f->base.wake_fd, .events = POLLIN}};

	while (poll(p, 2, -1) < 0)
		if (errno != EINTR)
			return pl_fail_errno(err, "poll");
	if (p[1].revents)
		return pl_fail(err, PL_E_SYS, "read given up: the stream is being closed");
	return 0;
}

static int fd_read(struct pl_stream *s, char *dst, size_t cap, size_t *n, struct pl_err *err)
{
	struct fd_stream *f = (struct fd_stream *)s;
	ssize_t got;
	int rc;

	if (cap > f->left)
		cap = (size_t)f->left;
	if (!cap) {
		*n = 0;
		return 0;
	}
	do {
		if (f->seekable) {
			got = pread(f->fd, dst, cap, (off_t)f->pos);
			continue;
		}
		rc = s->wake_fd >= 0 ? wait_readable(f, err) : 0;
		if (rc < 0)
			return rc;
		got = read(f->fd, dst, cap);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return pl_fail_errno(err, "read at offset %llu", (unsigned long long)f->pos);
	if (got == 0 && f->exact)
		return pl_fail(err, PL_E_TRUNCATED,
			       "file ends at offset %llu, %llu bytes too early",
			       (unsigned long long)f->pos, (unsigned long long)f->left);
	f->pos += (size_t)got;
	f->left -= (size_t)got;
	if (f->progress)
		atomic_fetch_add_explicit(f->progress, (size_t)got, memory_order_relaxed);
	*n = (size_t)got;
	return 0;
}

/* Seeks, then looks at the last byte stepped over: a seek past the end succeeds silently. */
static int fd_discard(struct pl_stream *s, uint64_t n, struct pl_err *err)
{
	struct fd_stream *f = (struct fd_stream *)s;
	uint64_t pos;
	ssize_t got;
	char last;

	if (n > f->left || __builtin_add_overflow(f->pos, n, &pos) || pos > INT64_MAX)
		return pl_fail(err, PL_E_TRUNCATED, "a step of %llu bytes leads past the end",
			       (unsigned long long)n);
	do
		got = pread(f->fd, &last, 1, (off_t)(pos - 1));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return pl_fail_errno(err, "read at offset %llu", (unsigned long long)pos - 1);
	if (got == 0)
		return pl_fail(err, PL_E_TRUNCATED, "file ends before offset %llu",
			       (unsigned long long)pos);
	f->pos = pos;
	f->left -= n;
	if (f->progress)
		atomic_fetch_add_explicit(f->progress, n, memory_order_relaxed);
	return 0;
}

static const struct pl_stream_ops file_ops = {.read = fd_read, .discard = fd_discard};
static const struct pl_stream_ops pipe_ops = {.read = fd_read};

struct pl_stream *pl_stream_open_fd(int fd, bool seekable, uint64_t offset, uint64_t length,
				    _Atomic uint64_t *progress)
{
	struct fd_stream *f = pl_xcalloc(1, sizeof(*f));

	pl_stream_init(&f->base, seekable ? &file_ops : &pipe_ops, NULL);
	f->base.blocks = !seekable;
	f->fd = fd;
	f->seekable = seekable;
	f->exact = seekable && length != UINT64_MAX;
	f->pos = seekable ? offset : 0;
	f->left = length;
	f->progress = progress;
	return &f->base;
}

struct mem_stream {
	struct pl_stream base;
	struct pl_str rest;
};

static int mem_peek(struct pl_stream *s, size_t want, struct pl_str *out, struct pl_err *err)
{
	(void)want;
	(void)err;
	*out = ((struct mem_stream *)s)->rest;
	return 0;
}

static void mem_skip(struct pl_stream *s, size_t n)
{
	struct mem_stream *m = (struct mem_stream *)s;

	m->rest = pl_str_n(n ? m->rest.ptr + n : m->rest.ptr, m->rest.len - n);
}

static const struct pl_stream_ops mem_ops = {.peek = mem_peek, .skip = mem_skip};

struct pl_stream *pl_stream_open_mem(struct pl_str bytes)
{
	struct mem_stream *m = pl_xcalloc(1, sizeof(*m));

	pl_stream_init(&m->base, &mem_ops, NULL);
	m->rest = bytes;
	return &m->base;
}
