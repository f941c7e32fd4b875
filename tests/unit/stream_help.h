/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the tests of the stream room share: commands of the system in a directory of their own,
 * a stream that gives a few bytes at a time, and reading to the end. */
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "check.h"
#include "stream/stream_int.h"

static char work_dir[64];

static inline int make_work_dir(void **state)
{
	(void)state;
	strcpy(work_dir, "/tmp/pl-stream-XXXXXX");
	return mkdtemp(work_dir) ? 0 : -1;
}

static inline int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline int remove_work_dir(void **state)
{
	(void)state;
	return nftw(work_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline bool have(const char *tool)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "command -v %s >/dev/null 2>&1", tool);
	return system(cmd) == 0;
}

/* A shell command in the work directory; it has to succeed. */
static inline void sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static inline void sh(const char *fmt, ...)
{
	char text[2048], cmd[2304];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(cmd, sizeof(cmd), "cd %s && { %s\n}", work_dir, text);
	if (system(cmd) != 0)
		fail_msg("command failed: %s", text);
}

static inline void slurp(const char *name, struct pl_buf *b)
{
	char path[256];
	struct pl_err err = {0};

	snprintf(path, sizeof(path), "%s/%s", work_dir, name);
	pl_buf_init(b, PL_MiB(256));
	if (pl_read_path(path, b, &err) < 0)
		fail_msg("%s: %s", name, err.text);
}

static inline void spill(const char *name, struct pl_str data)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", work_dir, name);
	assert_int_equal(pl_replace_path(path, data, NULL), 0);
}

/* Gives at most `step` bytes with each read. */
struct drip {
	struct pl_stream base;
	struct pl_str rest;
	size_t step;
};

static inline int drip_read(struct pl_stream *s, char *dst, size_t cap, size_t *n,
			    struct pl_err *err)
{
	struct drip *d = (struct drip *)s;

	(void)err;
	*n = d->rest.len < d->step ? d->rest.len : d->step;
	*n = *n < cap ? *n : cap;
	if (*n)
		memcpy(dst, d->rest.ptr, *n);
	d->rest = pl_str_sub(d->rest, *n, d->rest.len);
	return 0;
}

static const struct pl_stream_ops drip_ops = {.read = drip_read};

static inline struct pl_stream *open_drip(struct pl_str bytes, size_t step)
{
	struct drip *d = pl_xcalloc(1, sizeof(*d));

	pl_stream_init(&d->base, &drip_ops, NULL);
	d->rest = bytes;
	d->step = step;
	return &d->base;
}

/* Everything to the end, appended to out (may be NULL); 0 or the error. */
static inline int drain(struct pl_stream *s, struct pl_buf *out, struct pl_err *err)
{
	struct pl_str v;
	int rc;

	while ((rc = pl_stream_peek(s, 1, &v, err)) >= 0 && v.len) {
		if (out)
			pl_buf_str(out, v);
		pl_stream_skip(s, v.len);
	}
	return rc;
}

/* Bytes that compress a little and repeat nothing. */
static inline void noise(struct pl_buf *b, size_t n, uint32_t seed)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		pl_buf_ch(b, (char)('a' + (seed >> 24) % 23));
	}
}
