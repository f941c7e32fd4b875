/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Binary encodings. Writing: unsigned LEB128 numbers and length-prefixed strings into a pl_buf,
 * the form of layer facts. Reading: a bounded cursor with a sticky error, which returns zeros and
 * empty views once it has failed, so that a parser checks `bad` once for each record. The fixed
 * width readers serve foreign formats.
 */
#include "base/mem.h"

void pl_put_u64(struct pl_buf *b, uint64_t v);
void pl_put_str(struct pl_buf *b, struct pl_str s);

struct pl_rd {
	const uint8_t *at, *end;
	bool bad;
};
static inline struct pl_rd pl_rd_init(struct pl_str s)
{
	const uint8_t *at = (const uint8_t *)(s.ptr ? s.ptr : ""); /* NULL + 0 is not defined */

	return (struct pl_rd){at, at + s.len, false};
}
static inline size_t pl_rd_left(const struct pl_rd *r)
{
	return r->bad ? 0 : (size_t)(r->end - r->at);
}
uint64_t pl_rd_u64(struct pl_rd *r);			       /* LEB128 */
struct pl_str pl_rd_str(struct pl_rd *r);		       /* LEB128 length + bytes; borrowed */
struct pl_str pl_rd_copy(struct pl_rd *r, struct pl_arena *a); /* as pl_rd_str, kept in the arena */
/* A LEB128 count of elements: every one takes at least a byte, so more than is left is bad. */
size_t pl_rd_count(struct pl_rd *r);
struct pl_str pl_rd_bytes(struct pl_rd *r, size_t n);
void pl_rd_skip(struct pl_rd *r, size_t n);
uint8_t pl_rd_u8(struct pl_rd *r);
uint16_t pl_rd_le16(struct pl_rd *r);
uint32_t pl_rd_le32(struct pl_rd *r);
uint64_t pl_rd_le64(struct pl_rd *r);
uint16_t pl_rd_be16(struct pl_rd *r);
uint32_t pl_rd_be32(struct pl_rd *r);
uint64_t pl_rd_be64(struct pl_rd *r);
