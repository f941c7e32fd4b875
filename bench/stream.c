/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long reading a layer takes: bench_stream [-t] [-b] FILE…
 * Decodes (by magic), hashes and walks the tar, touching no content; -t decodes or reads in a
 * thread of its own, -b also hashes the compressed bytes. Prints megabytes of tar for each second.
 */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#include "stream/stream.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int walk(struct pl_stream *s, uint64_t *files, struct pl_err *err)
{
	struct pl_tar *t = pl_tar_open(s);
	struct pl_tar_entry e;
	struct pl_str v;
	int rc;

	while ((rc = pl_tar_next(t, &e, err)) == 1) {
		++*files;
		while ((rc = pl_tar_data(t, &v, err)) == 1)
			;
		if (rc < 0)
			break;
	}
	pl_tar_close(t);
	return rc;
}

static int run(const char *path, bool thread, bool blob, struct pl_err *err)
{
	pl_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	pl_auto_stream *s = NULL;
	enum pl_codec codec = PL_CODEC_NONE;
	uint64_t files = 0;
	uint8_t digest[32];
	char hex[65];
	double start = now();
	int rc;

	if (fd < 0)
		return pl_fail_errno(err, "%s", path);
	s = pl_stream_open_fd(fd, true, 0, UINT64_MAX, NULL);
	rc = pl_stream_codec(s, &codec, err);
	if (rc < 0)
		return rc;
	if (blob && codec != PL_CODEC_NONE)
		s = pl_stream_open_sha256(&s);
	s = pl_stream_open_codec(&s, codec);
	if (thread)
		s = pl_stream_open_thread(&s);
	s = pl_stream_open_sha256(&s);
	rc = walk(s, &files, err);
	if (rc >= 0)
		rc = pl_stream_sha256(s, digest, err);
	if (rc < 0)
		return rc;
	pl_hex(digest, 32, hex);
	printf("%s  %s: %s, %llu entries, %.0f MB/s, %.3f s\n", hex, path, pl_codec_name(codec),
	       (unsigned long long)files, (double)pl_stream_offset(s) / 1e6 / (now() - start),
	       now() - start);
	return 0;
}

int main(int argc, char **argv)
{
	bool thread = false, blob = false;
	int opt, failed = 0;

	while ((opt = getopt(argc, argv, "tb")) != -1) {
		thread |= opt == 't';
		blob |= opt == 'b';
	}
	for (int i = optind; i < argc; i++) {
		struct pl_err err = {0};

		if (run(argv[i], thread, blob, &err) < 0) {
			fprintf(stderr, "%s: %s\n", argv[i], err.text);
			failed = 1;
		}
	}
	return failed;
}
