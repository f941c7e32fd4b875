/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Makes small ELF files of every class and byte order, for tests of the binary room. */
#include "check.h"

struct elf_form {
	bool is64, big;
};

static inline void elf_put(struct pl_buf *b, size_t at, uint64_t v, unsigned width, bool big)
{
	for (unsigned i = 0; i < width; i++)
		b->ptr[at + (big ? width - 1 - i : i)] = (char)(v >> 8 * i);
}

static inline void elf_zeros(struct pl_buf *b, size_t upto)
{
	while (b->len < upto)
		pl_buf_add(b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", upto - b->len < 16 ? 1 : 16);
}

/* The file header with room for three program headers, zeros up to 512. */
static inline void elf_begin(struct pl_buf *b, struct elf_form f, unsigned phnum)
{
	unsigned w = f.is64 ? 8 : 4;

	elf_zeros(b, 512);
	memcpy(b->ptr, "\177ELF", 4);
	b->ptr[4] = f.is64 ? 2 : 1;
	b->ptr[5] = f.big ? 2 : 1;
	b->ptr[6] = 1;
	elf_put(b, 16, 2, 2, f.big);
	/* the machines that have this form: x86-64, s390x, 386, mips */
	elf_put(b, 18, f.is64 ? f.big ? 22 : 62 : f.big ? 8 : 3, 2, f.big);
	elf_put(b, 20, 1, 4, f.big);
	elf_put(b, f.is64 ? 32 : 28, f.is64 ? 64 : 52, w, f.big); /* phoff */
	elf_put(b, f.is64 ? 52 : 40, f.is64 ? 64 : 52, 2, f.big); /* ehsize */
	elf_put(b, f.is64 ? 54 : 42, f.is64 ? 56 : 32, 2, f.big); /* phentsize */
	elf_put(b, f.is64 ? 56 : 44, phnum, 2, f.big);
	elf_put(b, f.is64 ? 58 : 46, f.is64 ? 64 : 40, 2, f.big); /* shentsize */
}

static inline void elf_segment(struct pl_buf *b, struct elf_form f, unsigned i, uint32_t type,
			       uint32_t flags, uint64_t off, uint64_t vaddr, uint64_t size)
{
	unsigned w = f.is64 ? 8 : 4;
	size_t at = f.is64 ? 64 + 56 * i : 52 + 32 * i;

	elf_put(b, at, type, 4, f.big);
	elf_put(b, at + (f.is64 ? 4 : 24), flags, 4, f.big);
	elf_put(b, at + (f.is64 ? 8 : 4), off, w, f.big);
	elf_put(b, at + (f.is64 ? 16 : 8), vaddr, w, f.big);
	elf_put(b, at + (f.is64 ? 32 : 16), size, w, f.big);
	elf_put(b, at + (f.is64 ? 40 : 20), size, w, f.big);
	elf_put(b, at + (f.is64 ? 48 : 28), 1, w, f.big);
}

#define GO_MARK_1 "\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6"
#define GO_MARK_2 "\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2"
#define GO_RODATA 0x400000u
#define GO_DATA	  0x900000u

/*
 * A program as Go 1.13 to 1.17 linked it: note, read-only data of `pad` bytes with the strings at
 * their end, data with the pointers at its beginning and the string headers `gap` bytes later.
 */
static inline void elf_old_go(struct pl_buf *b, struct elf_form f, size_t pad, size_t gap,
			      const char *version, const char *list)
{
	unsigned w = f.is64 ? 8 : 4;
	size_t version_at, list_at, list_len, data, headers;

	elf_begin(b, f, 3);
	/* namesz 4, descsz 4, type 4 */
	elf_put(b, 400, 4, 4, f.big);
	elf_put(b, 404, 4, 4, f.big);
	elf_put(b, 408, 4, 4, f.big);
	memcpy(b->ptr + 412, "Go\0\0abcd", 8);
	elf_zeros(b, 512 + pad);
	version_at = b->len;
	pl_buf_c(b, version);
	pl_buf_c(b, "go1.99 is no version");
	list_at = b->len;
	pl_buf_add(b, GO_MARK_1, 16);
	pl_buf_c(b, list);
	pl_buf_add(b, GO_MARK_2, 16);
	list_len = b->len - list_at;
	data = (b->len + 63) & ~(size_t)63;
	elf_zeros(b, data);
	pl_buf_add(b, "\xff Go buildinf:", 14);
	pl_buf_ch(b, (char)w);
	pl_buf_ch(b, (char)f.big);
	headers = data + 64 + gap;
	elf_zeros(b, headers + 64);
	elf_put(b, data + 16, GO_DATA + headers - data, w, f.big);
	elf_put(b, data + 16 + w, GO_DATA + headers - data + 2 * w, w, f.big);
	elf_put(b, headers, GO_RODATA + version_at, w, f.big);
	elf_put(b, headers + w, strlen(version), w, f.big);
	elf_put(b, headers + 2 * w, GO_RODATA + list_at, w, f.big);
	elf_put(b, headers + 3 * w, list_len, w, f.big);
	elf_segment(b, f, 0, 4, 4, 400, GO_RODATA + 400, 20);
	elf_segment(b, f, 1, 1, 4, 0, GO_RODATA, data);
	elf_segment(b, f, 2, 1, 6, data, GO_DATA, b->len - data);
}
