/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What every unit test needs: cmocka's headers in its order, and string assertions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/base.h"

/* Compares a view with a C string, printing both. */
#define assert_str(view, text) \
	do { \
		struct pl_str v_ = (view); \
		char *c_ = pl_xstrdup(v_); \
		if (strlen(text) != v_.len) \
			print_error("length %zu of \"%s\" is not that of \"%s\"\n", v_.len, c_, \
				    text); \
		assert_string_equal(c_, text); \
		assert_int_equal(v_.len, strlen(text)); \
		free(c_); \
	} while (0)

/* A file below the shared data, or NULL: then skip(). */
static inline char *shared_path(const char *rel)
{
	const char *root = getenv("PLIMSOLL_SHARED");
	char *path = NULL;

	if (!root || asprintf(&path, "%s/%s", root, rel) < 0)
		return NULL;
	if (access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}
