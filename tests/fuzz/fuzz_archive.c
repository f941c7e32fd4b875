/* SPDX-License-Identifier: Apache-2.0 */
/* The index of an outer archive, over memory, and its wire form from nowhere. */
#include "image/image_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void members(struct pl_str wire)
{
	pl_auto_arena a = {0};
	struct pl_archive_note note;
	struct pl_members m;

	pl_arena_init(&a);
	pl_members_init(&m, &a);
	if (pl_archive_index_read(wire, &m, &note, NULL) == 0)
		for (size_t i = 0; i < m.rows.len; i++)
			pl_members_find(&m, m.rows.at[i].name);
	pl_members_release(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_str bytes = pl_str_n(data, size);

	members(bytes);
	pl_archive_head(bytes);
	for (int looking = 0; looking < 2; looking++) {
		pl_auto_stream *s = pl_stream_open_mem(bytes);
		pl_auto_buf wire = {0};

		pl_buf_init(&wire, PL_MiB(16));
		if (pl_archive_index_to_wire(s, looking, &wire, NULL) == 0)
			members(pl_buf_view(&wire));
	}
	return 0;
}
