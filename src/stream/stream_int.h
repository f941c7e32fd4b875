/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Private to the stream room (and its tests): what a stream is made of.
 *
 * There are two kinds. A buffered stream has a `read` that fills a buffer it is given; the core
 * keeps that buffer and serves peeks from it. A view stream has `peek` and `skip` of its own and
 * shows bytes that lie somewhere already (memory, the stream below, a block of the ring).
 */
#include "stream/stream.h"

/* A multiple of the page size that stays within the second level cache together with the tables
 * of a decoder; a leftover of less than PL_PEEK_MAX is moved to the front before each fill. */
#define PL_STREAM_BUF (PL_KiB(256) + PL_PEEK_MAX)

struct pl_stream_ops {
	/* At most cap bytes (cap > 0); *n is 0 only at the end. */
	int (*read)(struct pl_stream *s, char *dst, size_t cap, size_t *n, struct pl_err *err);
	int (*peek)(struct pl_stream *s, size_t want, struct pl_str *out, struct pl_err *err);
	void (*skip)(struct pl_stream *s, size_t n);
	/* Steps over n bytes that lie behind the window; NULL: by peek and skip. */
	int (*discard)(struct pl_stream *s, uint64_t n, struct pl_err *err);
	/* From another thread: whoever waits in s gives up. Only streams with a thread have it. */
	void (*interrupt)(struct pl_stream *s);
	void (*close)(struct pl_stream *s); /* not the stream below, not s itself */
};

struct pl_stream {
	const struct pl_stream_ops *ops;
	struct pl_stream *up;
	uint64_t offset; /* consumed */
	const char *at;	 /* the window of a buffered stream */
	size_t avail;
	char *buf;
	bool ended;
	struct pl_err fault; /* sticky */
	/* Readable when a blocking read is to be given up: set by the thread stream on the stream
	 * at the bottom, -1 when there is none. `blocks` is said by streams that may wait for
	 * others. */
	int wake_fd;
	bool blocks;
};

void pl_stream_init(struct pl_stream *s, const struct pl_stream_ops *ops, struct pl_stream *up);
/* As read, but what lies in the window comes first; counts as consumed. */
int pl_stream_read(struct pl_stream *s, char *dst, size_t cap, size_t *n, struct pl_err *err);
/* Peeks and skips what it gets: exactly n bytes into dst, or PL_E_TRUNCATED naming `what`. */
int pl_stream_take(struct pl_stream *s, void *dst, size_t n, const char *what, struct pl_err *err);

/* A decoder: one row of the codec table. */
struct pl_codec_ops {
	const char *name;
	void *(*open)(void);
	/* Up to cap bytes into dst; *n is 0 only at the end of all members, and `up` is at its end.
	 */
	int (*decode)(void *state, struct pl_stream *up, char *dst, size_t cap, size_t *n,
		      struct pl_err *err);
	void (*close)(void *state);
};
extern const struct pl_codec_ops pl_codec_gzip, pl_codec_gzip_zlib, pl_codec_zstd, pl_codec_xz,
	pl_codec_bzip2;
struct pl_stream *pl_stream_open_decoder(struct pl_stream **up, const struct pl_codec_ops *ops);
/* After a member: 1 when another one follows (magic at the head), 0 at the end or after nothing
 * but zeros, PL_E_FORMAT for anything else. */
int pl_codec_more(struct pl_stream *up, struct pl_str magic, const char *name, struct pl_err *err);

enum pl_tar_sparse { PL_TAR_SPARSE_NO, PL_TAR_SPARSE_0_X, PL_TAR_SPARSE_1_0 };

/* The pax records of one extended header that matter to us (tar_pax.c). */
struct pl_tar_pax {
	struct pl_str path, link, sparse_name;
	bool has_path, has_link, has_size, has_uid, has_gid, has_mtime, has_sparse_size;
	bool has_caps, sparse_map, negative_uid, negative_gid;
	struct pl_str bad; /* a key whose value is no number; an error once the header is applied */
	struct pl_str sparse_major, sparse_minor;
	enum pl_tar_sparse sparse; /* found from all of them */
	uint64_t size, uid, gid, sparse_size;
	int64_t mtime;
};
/* Views point into `records`. offset names the header in errors. */
int pl_tar_pax_parse(struct pl_str records, uint64_t offset, struct pl_tar_pax *out,
		     struct pl_err *err);
/* A number field: octal, or base-256 (GNU). False when it is neither; empty is 0. */
bool pl_tar_number(const uint8_t *field, size_t len, int64_t *out);
#define PL_TAR_BLOCK 512
bool pl_tar_checksum_ok(const uint8_t *header);
