/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The few structures of the Executable and Linkable Format that the room needs (System V ABI,
 * chapters 4 and 5; LSB for notes), for both classes and byte orders. Private to the room.
 * Every reader takes a view and never looks outside of it.
 */
#include "base/base.h"

enum { ELF_ET_EXEC = 2, ELF_ET_DYN = 3 };
enum { ELF_PT_LOAD = 1, ELF_PT_INTERP = 3, ELF_PT_NOTE = 4 };
enum { ELF_PF_X = 1, ELF_PF_W = 2 };
enum { ELF_SHT_NOBITS = 8, ELF_SHN_XINDEX = 0xffff };

struct elf_head {
	bool is64, big;
	unsigned type, phentsize, phnum, shentsize, shnum, shstrndx;
	uint64_t phoff, shoff;
};
struct elf_seg {
	uint32_t type, flags;
	uint64_t off, vaddr, filesz;
};
struct elf_sect {
	uint32_t name, type, link;
	uint64_t flags, addr, off, size;
};

/* False when the bytes are no ELF header of a known class and byte order. */
bool pl_elf_head_read(struct pl_str bytes, struct elf_head *out);
/* One entry of the program or section header table; false when the view is too short. */
bool pl_elf_seg_read(const struct elf_head *h, struct pl_str bytes, struct elf_seg *out);
bool pl_elf_sect_read(const struct elf_head *h, struct pl_str bytes, struct elf_sect *out);
/* An unsigned number of 2, 4 or 8 bytes in the byte order of the file. */
uint64_t pl_elf_number(const struct elf_head *h, const void *p, unsigned width);
/* Whether one of the notes has this owner name (with its NUL) and type. */
bool pl_elf_note_has(const struct elf_head *h, struct pl_str notes, struct pl_str owner,
		     uint32_t type);
