/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/sbom_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pl_auto_arena arena;
	struct pl_purl_parts p;
	struct pl_pkg_fact fact = {0};

	pl_arena_init(&arena);
	if (pl_purl_read(&arena, pl_str_n(data, size), &p, NULL) == 0) {
		pl_purl_fact(&arena, &p, &fact);
		if (!fact.name.len || fact.name.len > 2 * size)
			abort();
	}
	return 0;
}
