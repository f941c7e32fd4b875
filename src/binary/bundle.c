/* SPDX-License-Identifier: Apache-2.0 */
/*
 * .NET single-file bundles (dotnet/designs, single-file bundle design; bundle_marker.cpp of the
 * host). The host program holds a mark of 32 bytes, the SHA-256 of ".net core bundle", and before
 * it the place of the bundle's header, which is 0 in a program that is no bundle. The embedded
 * files stand between, so a deps.json has passed before the header tells where it was: it is found
 * by how it begins, and the header says where it ends.
 *
 *   uint32 major, minor; int32 files; string id (7-bit length);
 *   since 2.0: int64 deps offset, deps size, runtimeconfig offset, size; uint64 flags
 *   each file: int64 offset, size, (since 6.0: compressed size), byte type, string path
 */
#include "binary/capture.h"

static const char mark[] = "\x8b\x12\x02\xb9\x6a\x61\x20\x38\x72\x7b\x93\x02\x14\xd7\xa0\x32"
			   "\x13\xf5\xb9\xe6\xef\xae\x33\x18\xee\x3b\x2d\xce\x24\xb3\x6a\xae";
#define MARK_LEN   32
#define DEPS_BEGIN "\"runtimeTarget\""
enum { TYPE_DEPS_JSON = 3, FILES_MAX = 20000, HEADER_MAX = 4 << 20, DEPS_MAX = 8 << 20 };

static uint64_t le64(const char *p)
{
	struct pl_rd r = pl_rd_init(pl_str_n(p, 8));

	return pl_rd_le64(&r);
}

/* Where the header is, 0 for none. */
static uint64_t header_at(const struct part *p)
{
	struct pl_str s = pl_str_n(p->bytes, p->have);

	if (s.len < 8 + MARK_LEN || memcmp(s.ptr + 8, mark, MARK_LEN) != 0)
		return 0;
	return le64(s.ptr);
}

static void follow(struct pl_capture *c)
{
	for (size_t i = 0; i < c->parts.len; i++) {
		struct part *p = c->parts.at[i];
		uint64_t at;

		if (p->kind != PART_BUNDLE || p->looked || p->have < 8 + MARK_LEN)
			continue;
		p->looked = true;
		at = header_at(p);
		if (at == 0 || at >= c->size)
			continue;
		c->bundle = true;
		pl_capture_want(c, at, c->size - at < HEADER_MAX ? c->size - at : HEADER_MAX);
	}
}

void pl_bundle_scan(struct pl_capture *c, struct pl_str data)
{
	pl_capture_scan(c, data, pl_str_n(mark, 16), PART_BUNDLE, 8, 8 + MARK_LEN);
	if (c->counts[PART_BUNDLE])
		follow(c);
	if (c->bundle)
		pl_capture_scan(c, data, PL_STR(DEPS_BEGIN), PART_DEPS, 0, DEPS_MAX);
}

/* A string with a length of seven bits a byte (BinaryWriter.Write). */
static struct pl_str text(struct pl_rd *r)
{
	uint64_t len = 0;

	for (unsigned shift = 0; shift < 28; shift += 7) {
		uint8_t b = pl_rd_u8(r);

		len |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			break;
	}
	return pl_rd_bytes(r, (size_t)len);
}

/* Offset and size of the deps.json that the header tells; false when it tells none. */
static bool find_deps(struct pl_str header, uint64_t *off, uint64_t *size)
{
	struct pl_rd r = pl_rd_init(header);
	uint32_t major = pl_rd_le32(&r), files;

	pl_rd_le32(&r);
	files = pl_rd_le32(&r);
	text(&r);
	if (r.bad || major < 1 || major > 99 || files > FILES_MAX)
		return false;
	if (major >= 2) {
		*off = pl_rd_le64(&r);
		*size = pl_rd_le64(&r);
		return !r.bad && *size;
	}
	for (uint32_t i = 0; i < files && !r.bad; i++) {
		uint64_t at = pl_rd_le64(&r), len = pl_rd_le64(&r);
		uint8_t type = pl_rd_u8(&r);

		text(&r);
		if (type == TYPE_DEPS_JSON && !r.bad) {
			*off = at;
			*size = len;
			return len > 0;
		}
	}
	return false;
}

/* The part in which a deps.json that lies at [off, off+size) was kept from its first member on. */
static struct pl_str kept_deps(const struct pl_capture *c, uint64_t off, uint64_t size)
{
	for (size_t i = 0; i < c->parts.len; i++) {
		const struct part *p = c->parts.at[i];
		uint64_t left;

		if (p->kind != PART_DEPS || p->from < off || p->from - off >= size)
			continue;
		left = size - (p->from - off);
		if (left <= p->have)
			return pl_str_n(p->bytes, (size_t)left);
	}
	return (struct pl_str){0};
}

void pl_bundle_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out)
{
	out->bundle = c->bundle;
	for (size_t i = 0; i < c->parts.len && c->bundle; i++) {
		const struct part *p = c->parts.at[i];
		uint64_t at = p->kind == PART_BUNDLE ? header_at(p) : 0, off, size;
		uint64_t left = at && at < c->size ? c->size - at : 0;
		struct pl_str header, rest;
		char *copy;

		header = left ? pl_capture_view(c, at, left < HEADER_MAX ? left : HEADER_MAX)
			      : (struct pl_str){0};
		if (!header.ptr || !find_deps(header, &off, &size))
			continue;
		rest = kept_deps(c, off, size);
		if (!rest.ptr)
			continue;
		copy = pl_arena_alloc(arena, rest.len + 1);
		copy[0] = '{';
		memcpy(copy + 1, rest.ptr, rest.len);
		out->deps_json = pl_str_n(copy, rest.len + 1);
		return;
	}
}
