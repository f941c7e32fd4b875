/* SPDX-License-Identifier: Apache-2.0 */
/* The documents of an image: JSON to the wire form and back, and the wire form from nowhere. */
#include "image/image_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void readers(struct pl_str wire)
{
	pl_auto_arena a = {0};
	struct pl_docker_doc docker;
	struct pl_config_doc config;
	struct pl_doc doc;

	pl_arena_init(&a);
	pl_doc_read(wire, &a, &doc, NULL);
	pl_docker_read(wire, &a, &docker, NULL);
	pl_config_read(wire, &a, &config, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static pl_to_wire_fn *const fns[] = {pl_doc_to_wire, pl_docker_to_wire, pl_config_to_wire};
	struct pl_str bytes = pl_str_n(data, size);

	readers(bytes);
	for (size_t i = 0; i < 3; i++) {
		pl_auto_buf wire = {0};

		pl_buf_init(&wire, PL_MiB(16));
		if (fns[i](bytes, &wire, NULL) == 0)
			readers(pl_buf_view(&wire));
	}
	return 0;
}
