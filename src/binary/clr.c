/* SPDX-License-Identifier: Apache-2.0 */
/*
 * .NET assemblies (ECMA-335, partition II, 24 and 25): the CLR header leads to the metadata root,
 * that to the table stream, and there the Assembly table has name, version and culture. What stands
 * before that table must be measured, as rows have no fixed width. The version resource (Win32
 * VS_VERSIONINFO) is asked for the product's and the file's version.
 */
#include "binary/capture.h"

enum { ASSEMBLY = 0x20, STREAMS_MAX = 16, ROWS_MAX = 1 << 24 };

/* Columns of a row: a number of 2 or 4 bytes, an index into a heap, into a table, or a coded
 * index, which tells one of several tables. */
enum column {
	END,
	N2,
	N4,
	STRING,
	GUID,
	BLOB,
	TABLE = 0x100, /* + number of the table */
	CODED = 0x200, /* + enum coded */
};
enum coded {
	TYPE_DEF_OR_REF,
	HAS_CONSTANT,
	HAS_ATTRIBUTE,
	HAS_MARSHAL,
	HAS_SECURITY,
	MEMBER_PARENT,
	HAS_SEMANTICS,
	METHOD_DEF_OR_REF,
	MEMBER_FORWARDED,
	ATTRIBUTE_TYPE,
	RESOLUTION_SCOPE,
	CODED_COUNT
};
/* II.24.2.6: bits of the tag, then the tables; 0xff for a tag that is not used */
static const struct {
	uint8_t bits, n, tables[22];
} codes[CODED_COUNT] = {
	[TYPE_DEF_OR_REF] = {2, 3, {0x02, 0x01, 0x1b}},
	[HAS_CONSTANT] = {2, 3, {0x04, 0x08, 0x17}},
	[HAS_ATTRIBUTE] = {5, 22, {0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00,
				   0x0e, 0x17, 0x14, 0x11, 0x1a, 0x1b, 0x20, 0x23,
				   0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b}},
	[HAS_MARSHAL] = {1, 2, {0x04, 0x08}},
	[HAS_SECURITY] = {2, 3, {0x02, 0x06, 0x20}},
	[MEMBER_PARENT] = {3, 5, {0x02, 0x01, 0x1a, 0x06, 0x1b}},
	[HAS_SEMANTICS] = {1, 2, {0x14, 0x17}},
	[METHOD_DEF_OR_REF] = {1, 2, {0x06, 0x0a}},
	[MEMBER_FORWARDED] = {1, 2, {0x04, 0x06}},
	[ATTRIBUTE_TYPE] = {3, 2, {0x06, 0x0a}},
	[RESOLUTION_SCOPE] = {2, 4, {0x00, 0x1a, 0x23, 0x01}},
};
/* II.22, and the pointer and edit tables of unoptimised metadata */
static const uint16_t layout[ASSEMBLY][7] = {
	[0x00] = {N2, STRING, GUID, GUID, GUID},
	[0x01] = {CODED | RESOLUTION_SCOPE, STRING, STRING},
	[0x02] = {N4, STRING, STRING, CODED | TYPE_DEF_OR_REF, TABLE | 0x04, TABLE | 0x06},
	[0x03] = {TABLE | 0x04},
	[0x04] = {N2, STRING, BLOB},
	[0x05] = {TABLE | 0x06},
	[0x06] = {N4, N2, N2, STRING, BLOB, TABLE | 0x08},
	[0x07] = {TABLE | 0x08},
	[0x08] = {N2, N2, STRING},
	[0x09] = {TABLE | 0x02, CODED | TYPE_DEF_OR_REF},
	[0x0a] = {CODED | MEMBER_PARENT, STRING, BLOB},
	[0x0b] = {N2, CODED | HAS_CONSTANT, BLOB},
	[0x0c] = {CODED | HAS_ATTRIBUTE, CODED | ATTRIBUTE_TYPE, BLOB},
	[0x0d] = {CODED | HAS_MARSHAL, BLOB},
	[0x0e] = {N2, CODED | HAS_SECURITY, BLOB},
	[0x0f] = {N2, N4, TABLE | 0x02},
	[0x10] = {N4, TABLE | 0x04},
	[0x11] = {BLOB},
	[0x12] = {TABLE | 0x02, TABLE | 0x14},
	[0x13] = {TABLE | 0x14},
	[0x14] = {N2, STRING, CODED | TYPE_DEF_OR_REF},
	[0x15] = {TABLE | 0x02, TABLE | 0x17},
	[0x16] = {TABLE | 0x17},
	[0x17] = {N2, STRING, BLOB},
	[0x18] = {N2, TABLE | 0x06, CODED | HAS_SEMANTICS},
	[0x19] = {TABLE | 0x02, CODED | METHOD_DEF_OR_REF, CODED | METHOD_DEF_OR_REF},
	[0x1a] = {STRING},
	[0x1b] = {BLOB},
	[0x1c] = {N2, CODED | MEMBER_FORWARDED, STRING, TABLE | 0x1a},
	[0x1d] = {N4, TABLE | 0x04},
	[0x1e] = {N4, N4},
	[0x1f] = {N4},
};

struct metadata {
	struct pl_str root, tables, strings;
	uint8_t heaps;
	uint64_t valid;
	uint32_t rows[64];
};

static struct pl_rd at(struct pl_str s, size_t from)
{
	return pl_rd_init(pl_str_sub(s, from, s.len));
}

/* II.24.2.1 and 24.2.2: the root and its streams. */
static bool open_streams(struct metadata *m)
{
	struct pl_rd r = at(m->root, 12);
	uint32_t version = pl_rd_le32(&r);
	unsigned n;
	size_t pos = 16 + (size_t)version;

	if (!pl_str_starts(m->root, PL_STR("BSJB")) || version > 256)
		return false;
	r = at(m->root, pos + 2);
	n = pl_rd_le16(&r);
	pos += 4;
	for (unsigned i = 0; i < n && i < STREAMS_MAX; i++) {
		struct pl_str name = pl_str_sub(m->root, pos + 8, 32), bytes;
		uint32_t off, size;

		r = at(m->root, pos);
		off = pl_rd_le32(&r);
		size = pl_rd_le32(&r);
		if (r.bad || !name.len)
			return false;
		name.len = strnlen(name.ptr, name.len);
		bytes = pl_str_sub(m->root, off, size);
		if (pl_str_eq_c(name, "#~") || pl_str_eq_c(name, "#-"))
			m->tables = bytes;
		else if (pl_str_eq_c(name, "#Strings"))
			m->strings = bytes;
		pos += 8 + ((name.len + 4) & ~(size_t)3);
	}
	return m->tables.len && m->strings.len;
}

static unsigned coded_width(const struct metadata *m, unsigned kind)
{
	uint32_t most = 0;

	for (unsigned i = 0; i < codes[kind].n; i++) {
		uint32_t rows = m->rows[codes[kind].tables[i]];

		most = rows > most ? rows : most;
	}
	return most < 1u << (16 - codes[kind].bits) ? 2 : 4;
}

static unsigned width(const struct metadata *m, unsigned column)
{
	if (column & CODED)
		return coded_width(m, column & 0xff);
	if (column & TABLE)
		return m->rows[column & 0xff] < 1u << 16 ? 2 : 4;
	switch (column) {
	case N2:
		return 2;
	case N4:
		return 4;
	case STRING:
		return m->heaps & 1 ? 4 : 2;
	case GUID:
		return m->heaps & 2 ? 4 : 2;
	default:
		return m->heaps & 4 ? 4 : 2;
	}
}

/* II.24.2.6: where the Assembly table begins; 0 when the file has none (a module). */
static uint64_t assembly_at(struct metadata *m)
{
	struct pl_rd r = at(m->tables, 6);
	uint64_t pos;

	m->heaps = pl_rd_u8(&r);
	pl_rd_u8(&r);
	m->valid = pl_rd_le64(&r);
	pl_rd_le64(&r);
	for (unsigned t = 0; t < 64; t++) {
		m->rows[t] = m->valid >> t & 1 ? pl_rd_le32(&r) : 0;
		if (m->rows[t] > ROWS_MAX)
			return 0;
	}
	if (r.bad || !m->rows[ASSEMBLY])
		return 0;
	pos = m->tables.len - pl_rd_left(&r);
	/* extra data of some obfuscators' edits */
	pos += m->heaps & 0x40 ? 4 : 0;
	for (unsigned t = 0; t < ASSEMBLY; t++) {
		unsigned bytes = 0;

		for (unsigned i = 0; i < 7 && layout[t][i] != END; i++)
			bytes += width(m, layout[t][i]);
		pos += (uint64_t)bytes * m->rows[t];
	}
	return pos < m->tables.len ? pos : 0;
}

static struct pl_str heap_string(const struct metadata *m, struct pl_rd *r)
{
	uint32_t index = m->heaps & 1 ? pl_rd_le32(r) : pl_rd_le16(r);
	struct pl_str s = pl_str_sub(m->strings, index, 1024);

	s.len = s.len ? strnlen(s.ptr, s.len) : 0;
	return s;
}

static bool read_assembly(struct metadata *m, struct pl_arena *arena, struct pl_elf_facts *out)
{
	uint64_t pos = assembly_at(m);
	struct pl_rd r = at(m->tables, (size_t)pos);
	unsigned v[4];

	if (!pos)
		return false;
	pl_rd_le32(&r); /* hash algorithm */
	for (unsigned i = 0; i < 4; i++)
		v[i] = pl_rd_le16(&r);
	pl_rd_le32(&r); /* flags */
	pl_rd_bytes(&r, width(m, BLOB));
	out->clr_name = pl_arena_str(arena, heap_string(m, &r));
	out->clr_culture = pl_arena_str(arena, heap_string(m, &r));
	out->clr_version = pl_arena_fmt(arena, "%u.%u.%u.%u", v[0], v[1], v[2], v[3]);
	return !r.bad && out->clr_name.len;
}

/* A value of a StringTable: the key in UTF-16 with its NUL, padding to four bytes, the value. What
 * is not ASCII is no part of a version. */
static struct pl_str resource_value(struct pl_str rsrc, const char *key, struct pl_arena *arena)
{
	char wide[64] = {0}, *out;
	size_t n = strlen(key), len = 0, from;
	ptrdiff_t found;

	for (size_t i = 0; i < n; i++)
		wide[2 * i] = key[i];
	found = pl_str_find(rsrc, pl_str_n(wide, 2 * n + 2));
	if (found < 6)
		return (struct pl_str){0};
	from = (size_t)found + 2 * n + 2;
	from += (4 - (from - (size_t)found + 6) % 4) % 4;
	out = pl_arena_alloc(arena, 128);
	for (; from + 1 < rsrc.len && len < 127 && rsrc.ptr[from]; from += 2)
		out[len++] = rsrc.ptr[from + 1] || rsrc.ptr[from] < ' ' ? '?' : rsrc.ptr[from];
	return pl_str_trim(pl_str_n(out, len));
}

void pl_clr_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out)
{
	struct pl_str header, rsrc;
	struct metadata m = {0};
	struct pl_rd r;
	uint32_t rva, size;

	if (!c->clr_rva)
		return;
	out->is_clr = true;
	header = pl_pe_view(c, c->clr_rva, 24);
	r = at(header, 8);
	rva = pl_rd_le32(&r);
	size = pl_rd_le32(&r);
	m.root = r.bad ? (struct pl_str){0} : pl_pe_view(c, rva, size);
	if (!m.root.ptr || !open_streams(&m)) {
		out->lost = "the metadata of the .NET assembly cannot be read";
		return;
	}
	read_assembly(&m, arena, out);
	rsrc = pl_pe_view(c, c->rsrc_rva, c->rsrc_size);
	if (c->rsrc_rva && rsrc.ptr) {
		out->product_version = resource_value(rsrc, "ProductVersion", arena);
		out->file_version = resource_value(rsrc, "FileVersion", arena);
	}
}
