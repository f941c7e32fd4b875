/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GraalVM native images made with --enable-sbom hold a CycloneDX document, JSON packed by Java's
 * GZIPOutputStream (Native Image reference manual, "Embedding SBOM"), at the symbol `sbom`. It is
 * found by the header that this class writes (no flags, no time, no extra flags), so stripped
 * images and all formats are alike; only a CycloneDX document counts.
 */
#include <zlib.h>

#include "binary/capture.h"

enum { PACKED_MAX = 4 << 20, LOOK = 1024 };

void pl_native_scan(struct pl_capture *c, struct pl_str data)
{
	pl_capture_scan(c, data, pl_str_n("\x1f\x8b\x08\0\0\0\0\0\0", 9), PART_GZIP, 0, PACKED_MAX);
}

/* Inflates until the end, `max` bytes or damage; false for the last two. */
static bool inflate_part(struct pl_str in, struct pl_buf *out, size_t max)
{
	z_stream z = {0};
	int rc = Z_OK;

	if (in.len > UINT32_MAX || inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return false;
	z.next_in = (Bytef *)(uintptr_t)in.ptr;
	z.avail_in = (uInt)in.len;
	while (rc == Z_OK && out->len < max) {
		uInt room = 16384;
		char *to = pl_buf_reserve(out, room);

		if (!to)
			break;
		z.next_out = (Bytef *)to;
		z.avail_out = room;
		rc = inflate(&z, Z_NO_FLUSH);
		out->len += room - z.avail_out;
	}
	inflateEnd(&z);
	return rc == Z_STREAM_END;
}

void pl_native_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out)
{
	pl_auto_buf buf;

	pl_buf_init(&buf, pl_limit(PL_LIM_META_FILE_BYTES));
	for (size_t i = 0; i < c->parts.len; i++) {
		const struct part *p = c->parts.at[i];
		struct pl_str in = pl_str_n(p->bytes, p->have), first;

		if (p->kind != PART_GZIP)
			continue;
		pl_buf_reset(&buf);
		inflate_part(in, &buf, LOOK);
		first = pl_str_sub(pl_buf_view(&buf), 0, LOOK);
		if (!first.len || first.ptr[0] != '{' ||
		    pl_str_find(first, PL_STR("\"CycloneDX\"")) < 0)
			continue;
		pl_buf_reset(&buf);
		if (inflate_part(in, &buf, SIZE_MAX)) {
			out->sbom = pl_arena_str(arena, pl_buf_view(&buf));
			return;
		}
		out->lost = "a CycloneDX document in it is damaged or too large";
	}
}
