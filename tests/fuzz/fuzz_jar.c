/* SPDX-License-Identifier: Apache-2.0 */
#include "lang_sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_facts_writer w = {0};
	struct pl_cat_file f = {
		.path = PL_STR("app/lib/core-1.0.jar"),
		.bytes = pl_str_n(data, size),
		.size = size,
	};

	pl_limit_set(PL_STR("zip-bytes=4M"), NULL);
	pl_cataloger_java.read(&w, &f, NULL);
	return 0;
}
