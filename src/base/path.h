/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Paths inside an image: relative to its root, '/' between components, no leading '/', no empty,
 * "." or ".." components. Names are bytes.
 */
#include "base/mem.h"

enum {
	PL_PATH_ABSOLUTE = 1 << 0, /* began with '/' */
	PL_PATH_DOTDOT = 1 << 1,   /* had ".." components, resolved; never above the root */
	PL_PATH_ESCAPES = 1 << 2,  /* ".." went above the root, clipped there */
	PL_PATH_NUL = 1 << 3,	   /* contained NUL; cut there */
};

/* Writes the clean form of a raw path to `out` (at least raw.len bytes) and returns its length;
 * *flags says what was odd. "." and "/" become the empty path, the root. */
size_t pl_path_clean(struct pl_str raw, char *out, unsigned *flags);
/* The last component, and all before it without the slash. */
struct pl_str pl_path_base(struct pl_str path);
struct pl_str pl_path_dir(struct pl_str path);
/* True when path is dir or lies under it; the root "" contains all. */
bool pl_path_under(struct pl_str path, struct pl_str dir);
/* What remains of a path under dir without dir and the slash; the path itself otherwise. */
struct pl_str pl_path_below(struct pl_str path, struct pl_str dir);
/* Shell pattern over a whole path: '*' and '?' stop at '/', "**" spans any number of components
 * (a leading double star with a slash matches none too), [abc] and [!abc] sets. Linear time. */
bool pl_glob(struct pl_str pattern, struct pl_str path);
