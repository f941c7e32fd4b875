/* SPDX-License-Identifier: Apache-2.0 */
/* What touches the terminal: errors, output, width, colours, progress. */
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static bool progress_shown;

/* Error texts may hold names out of an image: no control byte reaches the terminal. */
static void print_clean(struct pl_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		/* C1 controls arrive as 0xc2 0x80 … 0xc2 0x9f in UTF-8 */
		bool c1 = c == 0xc2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xa0;

		if (c1)
			fprintf(stderr, "\\x%02x", (unsigned char)text.ptr[++i]);
		else if ((c < 0x20 && c != '\n') || c == 0x7f)
			fprintf(stderr, "\\x%02x", c);
		else
			fputc(c, stderr);
	}
}

int pl_cli_error(int status, const char *fmt, ...)
{
	pl_auto_free char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	pl_cli_progress_end();
	fputs("plimsoll: ", stderr);
	if (n > 0)
		print_clean(pl_str_c(text));
	fputc('\n', stderr);
	return status;
}

static int status_of(enum pl_ecode code)
{
	switch (code) {
	case PL_E_USAGE:
		return PL_EXIT_USAGE;
	case PL_E_DB:
		return PL_EXIT_ADVISORIES;
	case PL_E_INTERNAL:
		return PL_EXIT_INTERNAL;
	default:
		return PL_EXIT_INCOMPLETE;
	}
}

int pl_cli_fail(const char *context, const struct pl_err *err)
{
	bool named = context && strncmp(err->text, context, strlen(context)) == 0;

	if (context && !named)
		return pl_cli_error(status_of(err->code), "%s: %s", context, err->text);
	return pl_cli_error(status_of(err->code), "%s", err->text);
}

static int write_stdout(struct pl_str text)
{
	while (text.len) {
		ssize_t n = write(STDOUT_FILENO, text.ptr, text.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE) /* `plimsoll … | head` */
			return 0;
		if (n < 0)
			return pl_cli_error(PL_EXIT_INTERNAL, "standard output: %s",
					    strerror(errno));
		text = pl_str_sub(text, (size_t)n, text.len);
	}
	return 0;
}

int pl_cli_write(const char *path, const struct pl_buf *text)
{
	sigset_t held, before;
	struct pl_err err;
	int rc;

	if (text->failed)
		return pl_cli_error(PL_EXIT_INTERNAL, "the output is larger than %zu bytes",
				    text->max);
	pl_cli_progress_end();
	if (!path || strcmp(path, "-") == 0)
		return write_stdout(pl_buf_view(text));
	/* Ctrl-C waits until the file has taken its place, so that no half is left behind */
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, &before);
	rc = pl_replace_path(path, pl_buf_view(text), &err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc < 0 ? pl_cli_error(PL_EXIT_INTERNAL, "%s", err.text) : 0;
}

unsigned pl_cli_width(int fd)
{
	const char *env = getenv("COLUMNS");
	struct winsize w;
	uint64_t n;

	if (!isatty(fd))
		return 0;
	if (env && pl_str_u64(pl_str_c(env), &n) && n >= 20 && n < 1000)
		return (unsigned)n;
	if (ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col >= 20)
		return w.ws_col;
	return 80;
}

bool pl_cli_colors(enum pl_cli_color wish, const char *output)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (wish != PL_COLOR_AUTO)
		return wish == PL_COLOR_ALWAYS;
	if ((no && *no) || (output && strcmp(output, "-") != 0))
		return false;
	return isatty(STDOUT_FILENO) && !(term && strcmp(term, "dumb") == 0);
}

void pl_cli_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	static struct timespec last;
	struct timespec now;

	(void)arg;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (progress_shown &&
	    (now.tv_sec - last.tv_sec) * 1000 + (now.tv_nsec - last.tv_nsec) / 1000000 < 100)
		return;
	last = now;
	progress_shown = true;
	fputs("\r\033[K", stderr);
	print_clean(pl_str_sub(pl_str_c(what), 0, 50));
	if (total)
		fprintf(stderr, "  %llu of %llu", (unsigned long long)done,
			(unsigned long long)total);
	fflush(stderr);
}

void pl_cli_progress_end(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
}
