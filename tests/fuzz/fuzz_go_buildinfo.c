/* SPDX-License-Identifier: Apache-2.0 */
/* The first line is a toolchain, the rest a module list; both in a program of the inline form. */
#include "lang_sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_varint(struct pl_buf *b, size_t v)
{
	for (; v >= 0x80; v >>= 7)
		pl_buf_ch(b, (char)(v | 0x80));
	pl_buf_ch(b, (char)v);
}

static void make(struct pl_buf *b, struct pl_str version, struct pl_str list)
{
	/* 64 bits, little endian, one writable segment at 128 */
	char head[160] = "\177ELF\2\1\1";

	head[16] = 2;  /* ET_EXEC */
	head[32] = 64; /* phoff */
	head[54] = 56; /* phentsize */
	head[56] = 1;  /* phnum */
	head[64] = 1;  /* PT_LOAD */
	head[68] = 6;  /* read, write */
	head[64 + 8] = (char)128;
	head[64 + 33] = 1;
	head[64 + 34] = 127;
	memcpy(head + 128, "\xff Go buildinf:\x08\x02", 16);
	pl_buf_add(b, head, sizeof(head));
	put_varint(b, version.len);
	pl_buf_str(b, version);
	put_varint(b, list.len + 33);
	pl_buf_add(b, "0123456789abcdef", 16);
	pl_buf_str(b, list);
	pl_buf_add(b, "\n0123456789abcdef", 17);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_facts_writer w = {0};
	struct pl_str rest = pl_str_n(data, size), version = {0};
	struct pl_cat_file f = {.path = PL_STR("usr/bin/prog"), .size = size};
	pl_auto_buf b;

	pl_buf_init(&b, PL_MiB(8));
	if (size > PL_MiB(1))
		return 0;
	pl_str_line(&rest, &version);
	make(&b, version, rest);
	f.elf = pl_capture_new(pl_buf_view(&b), b.len);
	if (!f.elf)
		__builtin_trap();
	pl_capture_add(f.elf, pl_buf_view(&b));
	pl_cataloger_go.read(&w, &f, NULL);
	pl_capture_free(f.elf);
	return 0;
}
