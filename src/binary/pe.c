/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Portable Executable (Microsoft PE and COFF specification): the DOS header says where the COFF
 * header stands; optional header, data directories and the section table follow it. Sections are
 * segments, too: their address is that in memory, with the image's base.
 */
#include "binary/capture.h"

enum { DIR_RESOURCES = 2, DIR_CLR = 14, SECTION_BYTES = 40, MAGIC_32 = 0x10b, MAGIC_64 = 0x20b };

struct optional {
	struct pl_str bytes;
	bool wide;
	uint64_t base;
};

static uint32_t le32(struct pl_str s, size_t at)
{
	struct pl_rd r = pl_rd_init(pl_str_sub(s, at, 4));

	return pl_rd_le32(&r);
}

static uint16_t le16(struct pl_str s, size_t at)
{
	struct pl_rd r = pl_rd_init(pl_str_sub(s, at, 2));

	return pl_rd_le16(&r);
}

static bool read_optional(struct pl_str bytes, struct optional *out)
{
	uint16_t magic = le16(bytes, 0);

	if (bytes.len < 96 || (magic != MAGIC_32 && magic != MAGIC_64))
		return false;
	out->bytes = bytes;
	out->wide = magic == MAGIC_64;
	out->base = out->wide ? (uint64_t)le32(bytes, 28) << 32 | le32(bytes, 24) : le32(bytes, 28);
	return true;
}

/* Address and size of a data directory; zeros when the file has not that many. */
static void directory(const struct optional *o, unsigned index, uint32_t *rva, uint32_t *size)
{
	size_t count_at = o->wide ? 108 : 92, at = count_at + 4 + 8 * index;

	*rva = *size = 0;
	if (index < le32(o->bytes, count_at) && at + 8 <= o->bytes.len) {
		*rva = le32(o->bytes, at);
		*size = le32(o->bytes, at + 4);
	}
}

static void read_section(struct pl_capture *c, const struct optional *o, struct pl_str row)
{
	size_t n = strnlen(row.ptr, 8);
	uint32_t flags = le32(row, 36);
	struct elf_seg s = {.type = ELF_PT_LOAD,
			    .off = le32(row, 20),
			    .vaddr = o->base + le32(row, 12),
			    .filesz = le32(row, 16)};

	s.flags = (flags & 0x80000000 ? ELF_PF_W : 0) | (flags & 0x20000000 ? ELF_PF_X : 0);
	pl_capture_seg(c, &s);
	pl_capture_named(c, pl_str_sub(row, 0, n), s.off, s.filesz);
}

bool pl_pe_plan(struct pl_capture *c)
{
	struct pl_str head = pl_capture_view(c, 0, c->pos), coff;
	uint32_t at = le32(head, 60);
	struct optional o;
	size_t table, n;

	coff = pl_str_sub(head, at, head.len);
	if (at >= head.len || !pl_str_starts(coff, pl_str_n("PE\0\0", 4)) || coff.len < 24 ||
	    !read_optional(pl_str_sub(coff, 24, le16(coff, 20)), &o))
		return false;
	table = 24 + le16(coff, 20);
	n = le16(coff, 6);
	for (size_t i = 0; i < n && table + (i + 1) * SECTION_BYTES <= coff.len; i++)
		read_section(c, &o, pl_str_sub(coff, table + i * SECTION_BYTES, SECTION_BYTES));
	directory(&o, DIR_CLR, &c->clr_rva, &c->clr_size);
	directory(&o, DIR_RESOURCES, &c->rsrc_rva, &c->rsrc_size);
	c->image_base = o.base;
	if (c->clr_rva) /* tables of an assembly lie anywhere: all of it */
		pl_capture_want(c, 0, c->size);
	for (size_t i = 0; i < c->n_named; i++)
		if (strcmp(c->named[i].name, ".dep-v0") == 0)
			pl_capture_want(c, c->named[i].off, c->named[i].size);
	return true;
}

struct pl_str pl_pe_view(const struct pl_capture *c, uint64_t rva, uint64_t len)
{
	uint64_t off;

	if (!pl_capture_offset(c, c->image_base + rva, &off))
		return (struct pl_str){0};
	return pl_capture_view(c, off, len);
}
