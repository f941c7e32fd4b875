/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The tables of data/licenses, private to license.c; rows are sorted by key. */
#include "catalog/catalog.h"

/* What the text of a file is, to out: "MIT", "Apache-2.0 AND MIT", or nothing. */
void pl_license_recognise(struct pl_str text, struct pl_buf *out);

struct pl_license_row {
	const char *key, *spdx;
};
extern const struct pl_license_row pl_license_names[], pl_license_exceptions[];
/* Phrases of a licence text: all of `has` and none of `lacks`; one row of a family counts. */
struct pl_license_mark {
	const char *family, *spdx;
	const char *has[4], *lacks[4];
};
extern const struct pl_license_mark pl_license_marks[];
extern const size_t pl_license_marks_len;
extern const size_t pl_license_names_len, pl_license_exceptions_len;
