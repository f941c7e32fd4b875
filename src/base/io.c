/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

int pl_read_fd(int fd, struct pl_buf *buf, struct pl_err *err)
{
	for (;;) {
		size_t room = buf->max - buf->len < 65536 ? buf->max - buf->len + 1 : 65536;
		char tmp[65537];
		ssize_t n = read(fd, tmp, room);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return pl_fail_errno(err, "read");
		if (n == 0)
			return 0;
		pl_buf_add(buf, tmp, (size_t)n);
		if (buf->failed)
			return pl_fail(err, PL_E_LIMIT, "more than %zu bytes", buf->max);
	}
}

int pl_read_path(const char *path, struct pl_buf *buf, struct pl_err *err)
{
	pl_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return pl_fail_errno(err, "%s", path);
	rc = pl_read_fd(fd, buf, err);
	return rc < 0 ? pl_wrap(err, "%s", path) : 0;
}

int pl_write_fd(int fd, struct pl_str data, struct pl_err *err)
{
	while (data.len) {
		ssize_t n = write(fd, data.ptr, data.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return pl_fail_errno(err, "write");
		data = pl_str_sub(data, (size_t)n, data.len);
	}
	return 0;
}

/* A device, a pipe or a terminal is written to, never renamed over: root would lose /dev/null. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static int write_special(const char *path, struct pl_str data, struct pl_err *err)
{
	pl_auto_fd fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return pl_fail_errno(err, "%s", path);
	rc = pl_write_fd(fd, data, err);
	return rc < 0 ? pl_wrap(err, "%s", path) : 0;
}

static int write_and_rename(const char *path, struct pl_str data, struct pl_err *err)
{
	pl_auto_free char *tmp = NULL;
	pl_auto_fd fd = -1;
	int rc;

	if (asprintf(&tmp, "%s.tmp.%ld", path, (long)getpid()) < 0)
		return pl_fail(err, PL_E_SYS, "out of memory");
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return pl_fail_errno(err, "%s", tmp);
	rc = pl_write_fd(fd, data, err);
	if (rc == 0 && (fsync(fd) < 0 || rename(tmp, path) < 0))
		rc = pl_fail_errno(err, "%s", path);
	if (rc < 0)
		unlink(tmp);
	return rc;
}

int pl_replace_path(const char *path, struct pl_str data, struct pl_err *err)
{
	pl_auto_free char *real = NULL;

	if (strcmp(path, "-") == 0)
		return pl_write_fd(STDOUT_FILENO, data, err);
	if (is_special(path))
		return write_special(path, data, err);
	real = realpath(path, NULL); /* the file behind a link is replaced, not the link */
	return write_and_rename(real ? real : path, data, err);
}
