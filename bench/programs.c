/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the search for version strings takes: bench_programs [-v] [-e] FILE…
 * Prints how long compiling the patterns takes, then gigabytes a second of reading alone and of
 * reading with the search. -v also prints what is found, as path, program, version, how; -e passes
 * every file off as a program.
 */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#include "binary/binary.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void tell(const char *path, struct pl_strings *s)
{
	const struct pl_program_hit *hits;
	const char *lost;
	size_t n = pl_strings_end(s, &hits, &lost);

	for (size_t i = 0; i < n; i++)
		printf("%s\t%s\t%.*s\t%s\n", path, hits[i].program->name, PL_FMT(hits[i].version),
		       hits[i].how);
	if (lost)
		printf("%s\t-\t-\t%s\n", path, lost);
}

/* Bytes read, or -1. */
static ssize_t pass(const char *path, bool search, bool verbose, bool every)
{
	static char piece[1 << 16];
	pl_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct pl_strings *s = NULL;
	ssize_t n, total = 0;

	if (fd < 0)
		return -1;
	while ((n = read(fd, piece, sizeof(piece))) > 0) {
		struct pl_str head = every ? PL_STR("\177ELF") : pl_str_n(piece, (size_t)n);

		if (search && total == 0)
			s = pl_strings_new(pl_str_c(path), head);
		if (s)
			pl_strings_add(s, pl_str_n(piece, (size_t)n));
		total += n;
	}
	if (s && verbose)
		tell(path, s);
	pl_strings_free(s);
	return n < 0 ? -1 : total;
}

static double all(int n, char **paths, bool search, bool verbose, bool every, double *bytes)
{
	double start = now();

	*bytes = 0;
	for (int i = 0; i < n; i++) {
		ssize_t read_bytes = pass(paths[i], search, verbose, every);

		*bytes += read_bytes > 0 ? (double)read_bytes : 0;
	}
	return now() - start;
}

int main(int argc, char **argv)
{
	bool verbose = false, every = false;
	double start, bytes, plain, searched;
	int opt;

	while ((opt = getopt(argc, argv, "ve")) != -1) {
		verbose |= opt == 'v';
		every |= opt == 'e';
	}
	start = now();
	if (!pl_strings_prepare()) {
		fprintf(stderr, "this processor cannot search\n");
		return 1;
	}
	fprintf(stderr, "compiled in %.1f ms\n", 1e3 * (now() - start));
	argc -= optind;
	argv += optind;
	all(argc, argv, false, false, false, &bytes); /* into the page cache */
	plain = all(argc, argv, false, false, false, &bytes);
	searched = all(argc, argv, true, verbose, every, &bytes);
	fprintf(stderr, "%.0f MB: read %.2f GB/s, with the search %.2f GB/s\n", bytes / 1e6,
		bytes / 1e9 / plain, bytes / 1e9 / searched);
	return 0;
}
