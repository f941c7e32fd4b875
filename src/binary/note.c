/* SPDX-License-Identifier: Apache-2.0 */
/* Notes of executables: the segments of type PT_NOTE (System V ABI, chapter 5). */
#include "binary/capture.h"

/* namesz, descsz, type, then name and descriptor, each padded to four bytes */
static bool find_note(const struct elf_head *h, struct pl_str notes, struct pl_str owner,
		      uint32_t type, struct pl_str *desc)
{
	while (notes.len >= 12) {
		uint64_t namesz = pl_elf_number(h, notes.ptr, 4);
		uint64_t descsz = pl_elf_number(h, notes.ptr + 4, 4);
		uint64_t at = 12 + ((namesz + 3) & ~UINT64_C(3));
		uint64_t step = at + ((descsz + 3) & ~UINT64_C(3));

		if (pl_elf_number(h, notes.ptr + 8, 4) == type &&
		    pl_str_eq(pl_str_sub(notes, 12, (size_t)namesz), owner) &&
		    at + descsz <= notes.len) {
			*desc = pl_str_sub(notes, (size_t)at, (size_t)descsz);
			return true;
		}
		if (step >= notes.len)
			return false;
		notes = pl_str_sub(notes, (size_t)step, notes.len);
	}
	return false;
}

bool pl_capture_note(const struct pl_capture *c, struct pl_str owner, uint32_t type,
		     struct pl_str *desc)
{
	const struct elf_head *h = &c->head;

	for (unsigned i = 0; i < h->phnum && i < SEGS_MAX; i++) {
		struct elf_seg s;
		uint64_t at;

		if (__builtin_add_overflow(h->phoff, (uint64_t)i * h->phentsize, &at) ||
		    !pl_elf_seg_read(h, pl_capture_view(c, at, h->phentsize), &s))
			return false;
		if (s.type == ELF_PT_NOTE &&
		    find_note(h, pl_capture_view(c, s.off, s.filesz), owner, type, desc))
			return true;
	}
	return false;
}
