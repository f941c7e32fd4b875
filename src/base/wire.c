/* SPDX-License-Identifier: Apache-2.0 */
#include "base/wire.h"

void pl_put_u64(struct pl_buf *b, uint64_t v)
{
	uint8_t tmp[10];
	size_t n = 0;

	do {
		tmp[n] = (uint8_t)(v & 0x7f);
		v >>= 7;
		if (v)
			tmp[n] |= 0x80;
		n++;
	} while (v);
	pl_buf_add(b, tmp, n);
}

void pl_put_str(struct pl_buf *b, struct pl_str s)
{
	pl_put_u64(b, s.len);
	pl_buf_add(b, s.ptr, s.len);
}

struct pl_str pl_rd_bytes(struct pl_rd *r, size_t n)
{
	struct pl_str s;

	if (n > pl_rd_left(r)) {
		r->bad = true;
		return (struct pl_str){"", 0};
	}
	s = pl_str_n(r->at, n);
	r->at += n;
	return s;
}

void pl_rd_skip(struct pl_rd *r, size_t n)
{
	(void)pl_rd_bytes(r, n);
}

uint8_t pl_rd_u8(struct pl_rd *r)
{
	if (pl_rd_left(r) == 0) {
		r->bad = true;
		return 0;
	}
	return *r->at++;
}

uint64_t pl_rd_u64(struct pl_rd *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t c = pl_rd_u8(r);

		if (shift == 63 && c > 1)
			break;
		v |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			return r->bad ? 0 : v;
	}
	r->bad = true;
	return 0;
}

struct pl_str pl_rd_str(struct pl_rd *r)
{
	uint64_t n = pl_rd_u64(r);

	if (n > pl_rd_left(r)) {
		r->bad = true;
		return (struct pl_str){"", 0};
	}
	return pl_rd_bytes(r, (size_t)n);
}

struct pl_str pl_rd_copy(struct pl_rd *r, struct pl_arena *a)
{
	struct pl_str s = pl_rd_str(r);

	return s.len ? pl_arena_str(a, s) : PL_STR("");
}

size_t pl_rd_count(struct pl_rd *r)
{
	uint64_t n = pl_rd_u64(r);

	if (n > pl_rd_left(r)) {
		r->bad = true;
		return 0;
	}
	return (size_t)n;
}

/* n bytes as a number, the most significant first (big) or last */
static uint64_t fixed(struct pl_rd *r, size_t n, bool big)
{
	struct pl_str s = pl_rd_bytes(r, n);
	uint64_t v = 0;

	for (size_t i = 0; i < s.len; i++)
		v = v << 8 | (uint8_t)s.ptr[big ? i : s.len - 1 - i];
	return v;
}

uint16_t pl_rd_le16(struct pl_rd *r)
{
	return (uint16_t)fixed(r, 2, false);
}
uint32_t pl_rd_le32(struct pl_rd *r)
{
	return (uint32_t)fixed(r, 4, false);
}
uint64_t pl_rd_le64(struct pl_rd *r)
{
	return fixed(r, 8, false);
}
uint16_t pl_rd_be16(struct pl_rd *r)
{
	return (uint16_t)fixed(r, 2, true);
}
uint32_t pl_rd_be32(struct pl_rd *r)
{
	return (uint32_t)fixed(r, 4, true);
}
uint64_t pl_rd_be64(struct pl_rd *r)
{
	return fixed(r, 8, true);
}
