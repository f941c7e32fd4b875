/* SPDX-License-Identifier: Apache-2.0 */
/* The section table of a captured file. */
#include "binary/capture.h"

/* More than real files have (a kernel built with a section for each function: 60,000). */
#define SECTIONS_MAX 100000

struct table {
	struct pl_str bytes;
	uint64_t count, names;
	unsigned step;
};

static bool section_at(const struct pl_capture *c, const struct table *t, uint64_t index,
		       struct elf_sect *out)
{
	return pl_elf_sect_read(&c->head, pl_str_sub(t->bytes, (size_t)(index * t->step), t->step),
				out);
}

/* The number of sections and the section of names: over 65,279 they stand in section 0. */
static bool open_table(const struct pl_capture *c, struct table *t)
{
	const struct elf_head *h = &c->head;
	struct elf_sect zero;

	t->step = h->shentsize;
	t->count = h->shnum;
	t->names = h->shstrndx;
	t->bytes = pl_capture_view(c, h->shoff, t->step);
	if (!section_at(c, t, 0, &zero))
		return false;
	if (t->count == 0)
		t->count = zero.size;
	if (t->names == ELF_SHN_XINDEX)
		t->names = zero.link;
	if (t->count > SECTIONS_MAX)
		return false;
	t->bytes = pl_capture_view(c, h->shoff, t->count * t->step);
	return t->bytes.ptr != NULL;
}

static bool has_name(struct pl_str names, const struct elf_sect *s, struct pl_str name)
{
	struct pl_str n = pl_str_sub(names, s->name, name.len + 1);

	return n.len == name.len + 1 && memcmp(n.ptr, name.ptr, name.len) == 0 &&
	       n.ptr[name.len] == '\0';
}

int pl_capture_section(const struct pl_capture *c, struct pl_str name, struct elf_sect *out,
		       const char **lost)
{
	struct table t;
	struct elf_sect s;
	struct pl_str names;

	for (size_t i = 0; i < c->n_named; i++)
		if (pl_str_eq_c(name, c->named[i].name)) {
			*out = (struct elf_sect){.off = c->named[i].off, .size = c->named[i].size};
			return 1;
		}
	if (c->head.shoff == 0)
		return 0;
	*lost = "the section table cannot be read";
	if (!open_table(c, &t))
		return -PL_E_FORMAT;
	if (t.count == 0 || t.names == 0) /* SHN_UNDEF: the sections have no names */
		return 0;
	if (t.names >= t.count || !section_at(c, &t, t.names, &s))
		return -PL_E_FORMAT;
	names = pl_capture_view(c, s.off, s.size);
	*lost = "the section names cannot be read";
	if (!names.ptr)
		return -PL_E_FORMAT;
	for (uint64_t i = 1; i < t.count; i++) {
		if (section_at(c, &t, i, &s) && s.type != ELF_SHT_NOBITS &&
		    has_name(names, &s, name)) {
			*out = s;
			return 1;
		}
	}
	return 0;
}
