/* SPDX-License-Identifier: Apache-2.0 */
#include "binary/elf.h"

uint64_t pl_elf_number(const struct elf_head *h, const void *p, unsigned width)
{
	struct pl_rd r = pl_rd_init(pl_str_n(p, width));

	if (width == 2)
		return h->big ? pl_rd_be16(&r) : pl_rd_le16(&r);
	if (width == 4)
		return h->big ? pl_rd_be32(&r) : pl_rd_le32(&r);
	return h->big ? pl_rd_be64(&r) : pl_rd_le64(&r);
}

/* Where the fields of one table entry lie: offset in 32-bit files, in 64-bit files, and whether
 * the field is as wide as an address. */
struct field {
	unsigned at32, at64;
	bool wide;
};

static uint64_t get(const struct elf_head *h, struct pl_str bytes, struct field f)
{
	return pl_elf_number(h, bytes.ptr + (h->is64 ? f.at64 : f.at32), f.wide && h->is64 ? 8 : 4);
}

static unsigned get16(const struct elf_head *h, struct pl_str bytes, unsigned at32, unsigned at64)
{
	return (unsigned)pl_elf_number(h, bytes.ptr + (h->is64 ? at64 : at32), 2);
}

bool pl_elf_head_read(struct pl_str bytes, struct elf_head *out)
{
	struct elf_head h = {0};

	if (bytes.len < 52 || memcmp(bytes.ptr, "\177ELF", 4) != 0)
		return false;
	h.is64 = bytes.ptr[4] == 2;
	h.big = bytes.ptr[5] == 2;
	if ((!h.is64 && bytes.ptr[4] != 1) || (!h.big && bytes.ptr[5] != 1) ||
	    (h.is64 && bytes.len < 64))
		return false;
	h.type = get16(&h, bytes, 16, 16);
	h.phoff = get(&h, bytes, (struct field){28, 32, true});
	h.shoff = get(&h, bytes, (struct field){32, 40, true});
	h.phentsize = get16(&h, bytes, 42, 54);
	h.phnum = get16(&h, bytes, 44, 56);
	h.shentsize = get16(&h, bytes, 46, 58);
	h.shnum = get16(&h, bytes, 48, 60);
	h.shstrndx = get16(&h, bytes, 50, 62);
	*out = h;
	return true;
}

bool pl_elf_seg_read(const struct elf_head *h, struct pl_str bytes, struct elf_seg *out)
{
	if (bytes.len < (h->is64 ? 56u : 32u))
		return false;
	out->type = (uint32_t)get(h, bytes, (struct field){0, 0, false});
	out->flags = (uint32_t)get(h, bytes, (struct field){24, 4, false});
	out->off = get(h, bytes, (struct field){4, 8, true});
	out->vaddr = get(h, bytes, (struct field){8, 16, true});
	out->filesz = get(h, bytes, (struct field){16, 32, true});
	return true;
}

bool pl_elf_sect_read(const struct elf_head *h, struct pl_str bytes, struct elf_sect *out)
{
	if (bytes.len < (h->is64 ? 64u : 40u))
		return false;
	out->name = (uint32_t)get(h, bytes, (struct field){0, 0, false});
	out->type = (uint32_t)get(h, bytes, (struct field){4, 4, false});
	out->flags = get(h, bytes, (struct field){8, 8, true});
	out->addr = get(h, bytes, (struct field){12, 16, true});
	out->off = get(h, bytes, (struct field){16, 24, true});
	out->size = get(h, bytes, (struct field){20, 32, true});
	out->link = (uint32_t)get(h, bytes, (struct field){24, 40, false});
	return true;
}

bool pl_elf_note_has(const struct elf_head *h, struct pl_str notes, struct pl_str owner,
		     uint32_t type)
{
	/* namesz, descsz, type, then name and descriptor, each padded to four bytes */
	while (notes.len >= 12) {
		uint64_t namesz = pl_elf_number(h, notes.ptr, 4);
		uint64_t descsz = pl_elf_number(h, notes.ptr + 4, 4);
		uint64_t step = 12 + ((namesz + 3) & ~UINT64_C(3)) + ((descsz + 3) & ~UINT64_C(3));

		if (pl_elf_number(h, notes.ptr + 8, 4) == type &&
		    pl_str_eq(pl_str_sub(notes, 12, (size_t)namesz), owner))
			return true;
		if (step >= notes.len)
			return false;
		notes = pl_str_sub(notes, (size_t)step, notes.len);
	}
	return false;
}
