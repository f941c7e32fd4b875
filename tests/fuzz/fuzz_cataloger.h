/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "catalog/cataloger.h"

extern const struct pl_cataloger *fuzz_row; /* the row under test */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
