/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mach-O (Apple, mach-o/loader.h), little-endian: a header and load commands, of which segments
 * with their sections matter. Of a file for several processors nothing is planned: what is found
 * by its marks is read all the same.
 */
#include "binary/capture.h"

enum { LC_SEGMENT_32 = 1, LC_SEGMENT_WIDE = 0x19 };

static uint64_t get(struct pl_str s, size_t at, bool wide)
{
	struct pl_rd r = pl_rd_init(pl_str_sub(s, at, wide ? 8 : 4));

	return wide ? pl_rd_le64(&r) : pl_rd_le32(&r);
}

static void read_sections(struct pl_capture *c, struct pl_str command, bool wide)
{
	size_t step = wide ? 80 : 68, at = wide ? 72 : 56;
	uint64_t n = get(command, wide ? 64 : 48, false);

	for (uint64_t i = 0; i < n && at + step <= command.len; i++, at += step) {
		struct pl_str row = pl_str_sub(command, at, step);

		pl_capture_named(c, pl_str_sub(row, 0, strnlen(row.ptr, 16)),
				 get(row, wide ? 48 : 40, false), get(row, wide ? 40 : 36, wide));
	}
}

static void read_segment(struct pl_capture *c, struct pl_str command, bool wide)
{
	uint64_t protection = get(command, wide ? 60 : 44, false); /* VM_PROT_: 2 write, 4 run */
	struct elf_seg s = {.type = ELF_PT_LOAD,
			    .vaddr = get(command, 24, wide),
			    .off = get(command, wide ? 40 : 32, wide),
			    .filesz = get(command, wide ? 48 : 36, wide)};

	s.flags = (protection & 2 ? ELF_PF_W : 0) | (protection & 4 ? ELF_PF_X : 0);
	pl_capture_seg(c, &s);
	read_sections(c, command, wide);
}

bool pl_macho_plan(struct pl_capture *c)
{
	struct pl_str head = pl_capture_view(c, 0, c->pos);
	uint32_t magic = (uint32_t)get(head, 0, false);
	bool wide = magic == 0xfeedfacf;
	uint64_t n = get(head, 16, false);
	size_t at = wide ? 32 : 28;

	if (!wide && magic != 0xfeedface)
		return true; /* several processors */
	for (uint64_t i = 0; i < n && at + 8 <= head.len; i++) {
		uint64_t kind = get(head, at, false), size = get(head, at + 4, false);
		struct pl_str command = pl_str_sub(head, at, (size_t)size);

		if (size < 8)
			return false;
		if (kind == LC_SEGMENT_WIDE && command.len >= 72)
			read_segment(c, command, true);
		else if (kind == LC_SEGMENT_32 && command.len >= 56)
			read_segment(c, command, false);
		at += (size_t)size;
	}
	for (size_t i = 0; i < c->n_named; i++)
		if (strcmp(c->named[i].name, ".dep-v0") == 0)
			pl_capture_want(c, c->named[i].off, c->named[i].size);
	return true;
}
