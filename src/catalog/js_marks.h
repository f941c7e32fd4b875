/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* data/js-marks.tsv as a table. Private to the room. */
#include <stddef.h>

struct js_mark {
	const char *package;
	const char *gate; /* must stand before it in the file; may be empty */
	const char *before, *after;
};
extern const struct js_mark pl_js_marks[];
extern const size_t pl_js_marks_len;
