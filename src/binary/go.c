/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Build information of Go programs (Go source, debug/buildinfo). A blob of 32 bytes or more, at a
 * multiple of 16, in the section .go.buildinfo or else in the data segment:
 *
 *   0   "\xff Go buildinf:"
 *   14  pointer size   15  flags: 1 big endian, 2 inline
 *   16  since Go 1.18 (inline): zeros, and from 32 on two strings, each a varint length and bytes
 *       before: two pointers to string headers (address, length)
 *
 * The strings are the toolchain's version and the module list, which stands between two marks of
 * 16 bytes (cmd/go/internal/modload). In the old form they lie in the read-only data, which passes
 * before the pointers do: so everything that begins like a version or a list is kept on the way,
 * and the pointers choose.
 */
#include "binary/capture.h"

#define MAGIC	  "\xff Go buildinf:"
#define MAGIC_LEN 14
#define INFO_HEAD 32
#define INFO_MAX  PL_MiB(1) /* the largest known programs list 1,500 modules in 150 KiB */

static const char list_mark[] = "\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6";
#define MARK_LEN 16

static void follow_pointers(struct pl_capture *c);

/* Blocks of 16 bytes; one that spans two calls is put together in c->block. */
static void scan_magic(struct pl_capture *c, struct pl_str data)
{
	size_t used = (size_t)(c->pos % 16), i = 0;

	if (used) {
		i = data.len < 16 - used ? data.len : 16 - used;
		memcpy(c->block + used, data.ptr, i);
		if (used + i == 16 && memcmp(c->block, MAGIC, MAGIC_LEN) == 0)
			pl_capture_found(c, PART_INFO, c->pos - used, INFO_MAX,
					 pl_str_n(c->block, 16), pl_str_sub(data, i, data.len));
	}
	for (; data.len - i >= 16; i += 16) {
		if (data.ptr[i] == MAGIC[0] && memcmp(data.ptr + i, MAGIC, MAGIC_LEN) == 0)
			pl_capture_found(c, PART_INFO, c->pos + i, INFO_MAX, (struct pl_str){0},
					 pl_str_sub(data, i, data.len));
	}
	if (used + i >= 16 || !used)
		memcpy(c->block, data.ptr + i, data.len - i);
}

void pl_go_scan(struct pl_capture *c, struct pl_str data)
{
	/* first what the pointers of the same piece may lead to */
	if (c->go_note && !c->counts[PART_INFO]) {
		pl_capture_scan(c, data, pl_str_n(list_mark, MARK_LEN), PART_MODINFO, 0, INFO_MAX);
		pl_capture_scan(c, data, PL_STR("go1."), PART_VERSION, 0, PART_SMALL);
	}
	scan_magic(c, data);
	if (c->counts[PART_INFO])
		follow_pointers(c);
}

static unsigned pointer_size(struct pl_str info)
{
	unsigned n = (uint8_t)info.ptr[14];

	return n == 4 || n == 8 ? n : 0;
}

/* A number in the form the blob says, which need not be that of the ELF header. */
static uint64_t number(struct pl_str info, const char *p, unsigned width)
{
	struct elf_head order = {.big = info.ptr[15] & 1};

	return pl_elf_number(&order, p, width);
}

/* The string headers of the old form come later in the file: they are wanted as soon as the
 * pointers to them have passed. */
static void follow_pointers(struct pl_capture *c)
{
	for (size_t i = 0; i < c->parts.len; i++) {
		struct part *p = c->parts.at[i];
		struct pl_str info = pl_capture_view(c, p->from, INFO_HEAD);
		unsigned n;

		if (p->kind != PART_INFO || p->looked || p->have < INFO_HEAD)
			continue;
		p->looked = true;
		n = pointer_size(info);
		for (unsigned k = 0; n && k < 2 && !(info.ptr[15] & 2); k++) {
			uint64_t off;

			if (pl_capture_offset(c, number(info, info.ptr + 16 + k * n, n), &off))
				pl_capture_want(c, off, 2 * n);
		}
	}
}

/* A string of the old form: pointer → header → bytes. */
static bool old_string(const struct pl_capture *c, struct pl_str info, unsigned k,
		       struct pl_str *out)
{
	unsigned n = pointer_size(info);
	uint64_t off, len;
	struct pl_str header;

	if (!n || !pl_capture_offset(c, number(info, info.ptr + 16 + k * n, n), &off))
		return false;
	header = pl_capture_view(c, off, 2 * n);
	if (!header.ptr)
		return false;
	len = number(info, header.ptr + n, n);
	if (len == 0) {
		*out = PL_STR("");
		return true;
	}
	if (!pl_capture_offset(c, number(info, header.ptr, n), &off))
		return false;
	*out = pl_capture_view(c, off, len);
	return out->ptr != NULL;
}

/* A string of the inline form at *at of the part that holds `info`. */
static bool inline_string(const struct pl_capture *c, uint64_t *at, struct pl_str *out)
{
	uint64_t len = 0;

	for (unsigned shift = 0; shift < 35; shift += 7) { /* binary.Uvarint; sizes are small */
		struct pl_str byte = pl_capture_view(c, (*at)++, 1);

		if (!byte.ptr)
			return false;
		len |= (uint64_t)(byte.ptr[0] & 0x7f) << shift;
		if (!(byte.ptr[0] & 0x80)) {
			*out = pl_capture_view(c, *at, len);
			*at += len;
			return out->ptr != NULL;
		}
	}
	return false;
}

static bool in_data_segment(const struct pl_capture *c, uint64_t off)
{
	for (size_t i = 0; i < c->n_segs; i++) {
		const struct elf_seg *s = &c->segs[i];

		if (off >= s->off && off - s->off < s->filesz)
			return (s->flags & (ELF_PF_W | ELF_PF_X)) == ELF_PF_W;
	}
	return false;
}

/* The blob: the first in .go.buildinfo, or without that section the first in the data. A program
 * that reads Go programs has the magic among its constants, too. */
static const struct part *find_info(const struct pl_capture *c)
{
	struct elf_sect s = {0};
	const char *lost;
	struct pl_str name =
		c->format == PL_BIN_MACHO ? PL_STR("__go_buildinfo") : PL_STR(".go.buildinfo");
	bool section = pl_capture_section(c, name, &s, &lost) > 0;
	const struct part *best = NULL;

	for (size_t i = 0; i < c->parts.len; i++) {
		const struct part *p = c->parts.at[i];
		bool fits = section	? p->from >= s.off && p->from - s.off < s.size
			    : c->n_segs ? in_data_segment(c, p->from)
					: true; /* several processors: parts are not told apart */

		if (p->kind == PART_INFO && fits && (!best || p->from < best->from))
			best = p;
	}
	return best;
}

/* Without the marks around it; a list that is too short to have them counts as none, as in Go. */
static struct pl_str unframe(struct pl_str list)
{
	if (list.len < 2 * MARK_LEN + 1 || list.ptr[list.len - MARK_LEN - 1] != '\n')
		return (struct pl_str){0};
	return pl_str_sub(list, MARK_LEN, list.len - 2 * MARK_LEN);
}

void pl_go_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out)
{
	const struct part *p = find_info(c);
	struct pl_str info, version = {0}, list = {0};
	uint64_t at;
	bool ok;

	out->is_go = c->go_note || p;
	if (!p) {
		if (c->go_note)
			out->lost = "a Go program without build information";
		return;
	}
	info = pl_capture_view(c, p->from, INFO_HEAD);
	at = p->from + INFO_HEAD;
	if (!info.ptr)
		ok = false;
	else if (info.ptr[15] & 2)
		ok = inline_string(c, &at, &version) && inline_string(c, &at, &list);
	else
		ok = old_string(c, info, 0, &version) && old_string(c, info, 1, &list);
	if (!ok)
		out->lost = "the Go build information cannot be read";
	out->go_version = pl_arena_str(arena, version);
	out->go_modinfo = pl_arena_str(arena, unframe(list));
}
