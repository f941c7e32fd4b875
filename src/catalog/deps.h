/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What databases say that a package needs, or is needed as, brought into the form of facts: a name
 * a line, without version constraints.
 */
#include "base/base.h"

/* "libc6 (>= 2.36), debconf | debconf-2.0, perl:any [amd64]" (deb-control(5), Depends):
 * "libc6\ndebconf|debconf-2.0\nperl". Appends. */
void pl_deps_deb(struct pl_buf *out, struct pl_str text);
/* "so:libc.musl-x86_64.so.1 busybox>=1.36 !conflict" (words between blanks; names end at an
 * operator or, for apk, a repository tag). Appends. */
void pl_deps_words(struct pl_buf *out, struct pl_str text);
/* One line, after a newline when there are lines already. */
void pl_deps_add(struct pl_buf *out, struct pl_str name);
