/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * stream: byte streams that stack. A stream is pulled with peek/skip (zero copy), owns the stream
 * it reads from, and hides where bytes come from: a file or pipe, memory, a decoder, another
 * thread. On top: the tar reader, and the zip reader for memory.
 *
 * Limits: the sizes of limits.h; decoders stop at layer-bytes and layer-ratio (bombs).
 * Errors are sticky: once a stream has failed every later peek returns the same error.
 */
#include "base/base.h"

struct pl_stream;

enum pl_codec {
	PL_CODEC_NONE,
	PL_CODEC_GZIP,
	PL_CODEC_ZSTD,
	PL_CODEC_XZ,
	PL_CODEC_BZIP2,
	PL_CODEC__COUNT
};

/*
 * peek: makes at least `want` bytes visible (fewer only at the end) and returns 0 with *out set;
 * out->len == 0 means the end. The view may be longer than `want`, and lives until the next call.
 * want is at most PL_PEEK_MAX. skip: steps over n bytes that were peeked (n <= out->len).
 */
#define PL_PEEK_MAX 65536
int pl_stream_peek(struct pl_stream *s, size_t want, struct pl_str *out, struct pl_err *err);
void pl_stream_skip(struct pl_stream *s, size_t n);
/* Steps over n bytes, seen or not; PL_E_TRUNCATED when there are fewer. Seeks where it can. */
int pl_stream_discard(struct pl_stream *s, uint64_t n, struct pl_err *err);
/* Bytes consumed so far. */
uint64_t pl_stream_offset(const struct pl_stream *s);
/* NULL-safe; closes all below. */
void pl_stream_close(struct pl_stream *s);
static inline void pl_stream_close_ptr(struct pl_stream **s)
{
	pl_stream_close(*s);
}
#define pl_auto_stream __attribute__((cleanup(pl_stream_close_ptr))) struct pl_stream

/* From a descriptor (borrowed, not closed): with seekable, bytes [offset, offset+length) by pread
 * (length UINT64_MAX: to the end; otherwise an earlier end is PL_E_TRUNCATED), which leaves the
 * file position alone; else from its current position by read, at most `length` bytes. *progress,
 * when given, is a shared counter that advances with every read (the watchdog of the parent looks
 * at it). */
struct pl_stream *pl_stream_open_fd(int fd, bool seekable, uint64_t offset, uint64_t length,
				    _Atomic uint64_t *progress);
struct pl_stream *pl_stream_open_mem(struct pl_str bytes); /* borrowed */

/* Judges by magic at the head of s; PL_CODEC_NONE when it is none of ours. */
int pl_stream_codec(struct pl_stream *s, enum pl_codec *out, struct pl_err *err);
/* Decoder on top of *up, which it takes over (sets NULL). Multi-member gzip, concatenated and
 * skippable zstd frames, concatenated xz (with padding) and bzip2. PL_CODEC_NONE is the identity.
 * Damaged input gives PL_E_FORMAT naming the codec and offset; an early end PL_E_TRUNCATED;
 * trailing bytes after gzip that are no member are ignored when zero, else PL_E_FORMAT. */
struct pl_stream *pl_stream_open_codec(struct pl_stream **up, enum pl_codec codec);
const char *pl_codec_name(enum pl_codec c); /* "none" "gzip" "zstd" "xz" "bzip2" */

/* SHA-256 of everything that passes (skipped or discarded bytes too). */
struct pl_stream *pl_stream_open_sha256(struct pl_stream **up);
/* Reads the rest of a sha256 stream to the end and writes the digest; for PL_CODEC_NONE layers the
 * caller uses one digest for both blob and diff id. */
int pl_stream_sha256(struct pl_stream *s, uint8_t out[32], struct pl_err *err);

/* Runs *up in a thread of its own, PL_THREAD_BLOCKS blocks of PL_THREAD_BLOCK bytes ahead.
 * Everything below belongs to that thread until this stream has shown its end or an error; then a
 * digest stream below may be asked for its digest. Close never waits for input: a read that blocks
 * on a pipe is woken. Without a thread to be had it is the identity. */
#define PL_THREAD_BLOCKS 8
#define PL_THREAD_BLOCK	 PL_KiB(256)
struct pl_stream *pl_stream_open_thread(struct pl_stream **up);

/* One-shot digests. */
void pl_sha256(struct pl_str data, uint8_t out[32]);
void pl_sha1(struct pl_str data, uint8_t out[20]);

/*
 * tar (POSIX.1-2017 ustar and pax, GNU long names, sparse and base-256 numbers, old V7).
 * Entries come in archive order. Damage to one header is an error with its offset, and stays.
 * Where readers disagree this one does as Docker, containerd and Podman do (Go's archive/tar):
 * global pax headers change nothing; links, directories and devices have no content.
 */
enum pl_ftype {
	PL_FT_FILE,
	PL_FT_HARDLINK,
	PL_FT_SYMLINK,
	PL_FT_CHAR,
	PL_FT_BLOCK,
	PL_FT_DIR,
	PL_FT_FIFO,
	PL_FT_OTHER
};
struct pl_tar_entry {
	struct pl_str path; /* as written, may be absolute, may contain ".."; see pl_path_clean */
	struct pl_str link; /* target of links */
	enum pl_ftype type;
	uint32_t mode; /* permission bits with setuid, setgid, sticky */
	uint64_t uid, gid;
	uint64_t size;	 /* of the file (sparse files: the real size) */
	uint64_t stored; /* bytes of content that follow in the archive */
	uint64_t offset; /* of the content in the stream */
	int64_t mtime;
	bool sparse;   /* content is packed: read gives the stored bytes unexpanded */
	bool has_caps; /* pax record SCHILY.xattr.security.capability */
	struct pl_str
		caps;	 /* for the writer: the value of security.capability; the reader has none */
	const char *odd; /* a short text when the header was odd but readable, else NULL */
};
struct pl_tar;
struct pl_tar *pl_tar_open(struct pl_stream *s); /* borrows s; never fails */
void pl_tar_close(struct pl_tar *t);
/* 1 and an entry (views live until the next call), 0 at the end, negative error. Content not read
 * of the entry before is skipped. After the end marker the rest of s is left unread. */
int pl_tar_next(struct pl_tar *t, struct pl_tar_entry *out, struct pl_err *err);
/* The next piece of the content: 1 with a view (lives until the next call), 0 at its end. */
int pl_tar_data(struct pl_tar *t, struct pl_str *out, struct pl_err *err);
/* After the end: true when it was the end marker, false when the input just stopped there. */
bool pl_tar_complete(const struct pl_tar *t);
/* True when the bytes at the head of s look like a tar header (checksum right). */
int pl_tar_probe(struct pl_stream *s, bool *is_tar, struct pl_err *err);

/* A tar writer into a callback (ustar + pax where needed), for `dir:` and tests. */
struct pl_tar_sink {
	int (*write)(void *arg, struct pl_str data, struct pl_err *err);
	void *arg;
};
/* Header for an entry (path, link, type, mode, uid, gid, size, mtime are used); the caller then
 * writes exactly size bytes itself and pl_tar_write_pad; pl_tar_write_end closes the archive. */
int pl_tar_write_header(struct pl_tar_sink *sink, const struct pl_tar_entry *e, struct pl_err *err);
int pl_tar_write_pad(struct pl_tar_sink *sink, uint64_t size, struct pl_err *err);
int pl_tar_write_end(struct pl_tar_sink *sink, struct pl_err *err);

/* zip in memory, by libarchive's seeking reader (a shell prefix of self-executing jars is fine).
 * Only inside the worker. */
struct pl_zip;
struct pl_zip_entry {
	struct pl_str path; /* as written */
	uint64_t size;	    /* claimed */
	bool is_dir, encrypted;
};
int pl_zip_open(struct pl_str bytes, struct pl_zip **out, struct pl_err *err); /* bytes borrowed */
void pl_zip_close(struct pl_zip *z);
/* 1, 0 at the end, negative error; at most zip-entries. Views live until the next call. */
int pl_zip_next(struct pl_zip *z, struct pl_zip_entry *out, struct pl_err *err);
/* The first bytes of the current entry (none when it is empty); pl_zip_read gives them again. */
int pl_zip_peek(struct pl_zip *z, struct pl_str *out, struct pl_err *err);
/* The whole content of the current entry appended to buf (buf->max holds). */
int pl_zip_read(struct pl_zip *z, struct pl_buf *buf, struct pl_err *err);
