/* SPDX-License-Identifier: Apache-2.0 */
/* .dep-v0: the dependency list that cargo-auditable links into Rust programs, JSON compressed
 * with zlib (cargo-auditable, PARSING.md). */
#include <zlib.h>

#include "binary/capture.h"

static const char *inflate_all(struct pl_str in, struct pl_buf *out)
{
	z_stream z = {0};
	const char *lost = NULL;
	int rc = Z_OK;

	if (in.len > UINT32_MAX || inflateInit(&z) != Z_OK)
		return "the dependency list is too large";
	z.next_in = (Bytef *)(uintptr_t)in.ptr;
	z.avail_in = (uInt)in.len;
	while (rc == Z_OK && !lost) {
		uInt room = 16384;
		char *to = pl_buf_reserve(out, room);

		if (!to) {
			lost = "the dependency list is larger than meta-file-bytes";
			break;
		}
		z.next_out = (Bytef *)to;
		z.avail_out = room;
		rc = inflate(&z, Z_NO_FLUSH);
		out->len += room - z.avail_out;
	}
	inflateEnd(&z);
	if (!lost && rc != Z_STREAM_END)
		lost = "the dependency list is damaged";
	return lost;
}

void pl_rust_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out)
{
	const char *lost = NULL;
	struct elf_sect s;
	pl_auto_buf json;
	struct pl_str packed;
	int rc = pl_capture_section(c, PL_STR(".dep-v0"), &s, &lost);

	pl_buf_init(&json, pl_limit(PL_LIM_META_FILE_BYTES));
	if (rc <= 0) {
		if (rc < 0 && !out->is_go)
			out->lost = lost;
		return;
	}
	out->is_rust = true;
	packed = pl_capture_view(c, s.off, s.size);
	if (!packed.ptr) {
		out->lost = "the dependency list lies where nothing was kept";
		return;
	}
	lost = inflate_all(packed, &json);
	if (lost)
		out->lost = lost;
	else
		out->rust_json = pl_arena_str(arena, pl_buf_view(&json));
}
