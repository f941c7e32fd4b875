/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Private to the report room: the tables made of data/spdx, in byte order. */
#include <stddef.h>

extern const char *const pl_spdx_licenses[], *const pl_spdx_exceptions[];
extern const size_t pl_spdx_licenses_len, pl_spdx_exceptions_len;
