/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Whole files: reading with a maximum, writing all of it, replacing atomically. For trusted
 * places (our own databases, reports, options), not for files inside images.
 */
#include "base/err.h"
#include "base/str.h"

/* Everything from fd to the end, at most buf->max (then PL_E_LIMIT). */
int pl_read_fd(int fd, struct pl_buf *buf, struct pl_err *err);
int pl_read_path(const char *path, struct pl_buf *buf, struct pl_err *err);
/* All of it, through EINTR and short writes. */
int pl_write_fd(int fd, struct pl_str data, struct pl_err *err);
/* Writes beside path, flushes to disk, renames over it; "-" is standard output. What is no regular
 * file (a device, a pipe) is written to; a link stays, the file behind it is replaced. */
int pl_replace_path(const char *path, struct pl_str data, struct pl_err *err);
