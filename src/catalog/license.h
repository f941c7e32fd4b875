/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The tables of data/licenses, private to license.c; rows are sorted by key. */
#include "catalog/catalog.h"

struct pl_license_row {
	const char *key, *spdx;
};
extern const struct pl_license_row pl_license_names[], pl_license_exceptions[];
extern const size_t pl_license_names_len, pl_license_exceptions_len;
