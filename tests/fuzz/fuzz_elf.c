/* SPDX-License-Identifier: Apache-2.0 */
/* An ELF file in pieces of a size that its last byte says. */
#include "lang_sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_facts_writer w = {0};
	struct pl_str file = pl_str_n(data, size);
	struct pl_cat_file f = {.path = PL_STR("usr/bin/prog"), .size = size};
	size_t step = size ? (size_t)data[size - 1] + 1 : 1;

	f.elf = pl_capture_new(pl_str_sub(file, 0, 64), size);
	if (!f.elf)
		return 0;
	for (size_t at = 0; at < size; at += step)
		pl_capture_add(f.elf, pl_str_sub(file, at, step));
	pl_cataloger_go.read(&w, &f, NULL);
	pl_cataloger_rust.read(&w, &f, NULL);
	pl_capture_free(f.elf);
	return 0;
}
