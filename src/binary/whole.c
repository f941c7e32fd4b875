/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files that are there as a whole: small ones, or such as came out of a decoder. */
#include "binary/binary.h"
#include "binary/elf.h"

/* More than kernel modules have, of which each function may be a section of its own. */
enum { SECTIONS_MAX = 100000 };

struct table {
	struct elf_head head;
	struct pl_str file, bytes, names;
	uint64_t count;
};

static bool section_at(const struct table *t, uint64_t i, struct elf_sect *out)
{
	return pl_elf_sect_read(
		&t->head, pl_str_sub(t->bytes, (size_t)(i * t->head.shentsize), t->head.shentsize),
		out);
}

static struct pl_str content(const struct table *t, const struct elf_sect *s)
{
	if (s->type == ELF_SHT_NOBITS || s->off > t->file.len || s->size > t->file.len - s->off)
		return (struct pl_str){0};
	return pl_str_sub(t->file, (size_t)s->off, (size_t)s->size);
}

/* Over 65,279 sections their number and that of their names stand in section 0. */
static bool open_table(struct table *t)
{
	struct elf_sect zero, names;
	uint64_t index = t->head.shstrndx;

	if (t->head.shoff == 0 || t->head.shoff >= t->file.len)
		return false;
	t->bytes = pl_str_sub(t->file, (size_t)t->head.shoff, t->file.len);
	if (!section_at(t, 0, &zero))
		return false;
	t->count = t->head.shnum ? t->head.shnum : zero.size;
	if (index == ELF_SHN_XINDEX)
		index = zero.link;
	if (t->count > SECTIONS_MAX || index >= t->count || !section_at(t, index, &names))
		return false;
	t->names = content(t, &names);
	return t->names.len > 0;
}

bool pl_elf_section(struct pl_str file, struct pl_str name, struct pl_str *out)
{
	struct table t = {.file = file};
	struct elf_sect s;

	if (!pl_elf_head_read(file, &t.head) || !open_table(&t))
		return false;
	for (uint64_t i = 1; i < t.count; i++) {
		struct pl_str at;

		if (!section_at(&t, i, &s))
			return false;
		at = pl_str_sub(t.names, s.name, name.len + 1);
		if (at.len != name.len + 1 || at.ptr[name.len] ||
		    memcmp(at.ptr, name.ptr, name.len) != 0)
			continue;
		*out = content(&t, &s);
		return out->ptr != NULL;
	}
	return false;
}
