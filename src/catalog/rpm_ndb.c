/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndb, rpm's own store (SUSE): a head, then slots that point to blobs by blocks of 16 bytes. All
 * numbers little-endian. After rpm's lib/backend/ndb/rpmpkg.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <zlib.h>

#include "catalog/rpm.h"

enum {
	BLOCK = 16,
	PAGE = 4096,
	FILE_HEAD = 32, /* takes the place of the first two slots */
	BLOB_HEAD = 16,
	BLOB_TAIL = 12,
	SLOT_MAGIC = 0x746f6c53, /* "Slot" */
	HEAD_MAGIC = 0x53626c42, /* "BlbS" */
	TAIL_MAGIC = 0x45626c42, /* "BlbE" */
};

struct slot {
	uint32_t magic, index, block, blocks;
	size_t at; /* its own offset */
};

static struct slot read_slot(struct pl_rpm *r, size_t at)
{
	struct pl_rd rd = pl_rd_init(pl_str_sub(r->bytes, at, BLOCK));
	struct slot s = {.at = at};

	s.magic = pl_rd_le32(&rd);
	s.index = pl_rd_le32(&rd);
	s.block = pl_rd_le32(&rd);
	s.blocks = pl_rd_le32(&rd);
	return s;
}

/* The header in the blob, checked as rpm does before it writes beside one: both ends agree, and the
 * Adler-32 sum (RFC 1950) of all before the tail. */
static bool open_blob(struct pl_str blob, uint32_t index, struct pl_str *out)
{
	struct pl_rd head = pl_rd_init(blob), tail;
	size_t body = blob.len - BLOB_TAIL;
	uint32_t magic = pl_rd_le32(&head), owner = pl_rd_le32(&head), sum, len;

	pl_rd_skip(&head, 4); /* generation */
	len = pl_rd_le32(&head);
	if (magic != HEAD_MAGIC || owner != index || len > body - BLOB_HEAD)
		return false;
	tail = pl_rd_init(pl_str_sub(blob, body, BLOB_TAIL));
	sum = pl_rd_le32(&tail);
	if (pl_rd_le32(&tail) != len || pl_rd_le32(&tail) != TAIL_MAGIC ||
	    adler32_z(1, (const Bytef *)blob.ptr, body) != sum)
		return false;
	*out = pl_str_sub(blob, BLOB_HEAD, len);
	return true;
}

static void read_blob(struct pl_rpm *r, const struct slot *s)
{
	uint64_t from = (uint64_t)s->block * BLOCK, len = (uint64_t)s->blocks * BLOCK;
	char where[64];
	struct pl_str header;

	snprintf(where, sizeof(where), "offset %" PRIu64, from);
	if (len < BLOB_HEAD + BLOB_TAIL || from > r->bytes.len || len > r->bytes.len - from)
		pl_rpm_fault(r, "offset %zu: the slot points outside of the file", s->at);
	else if (!open_blob(pl_str_sub(r->bytes, (size_t)from, (size_t)len), s->index, &header))
		pl_rpm_fault(r, "%s: the package of slot %" PRIu32 " is damaged", where, s->index);
	else
		pl_rpm_header(r, header, where);
}

void pl_rpm_read_ndb(struct pl_rpm *r)
{
	struct pl_rd rd = pl_rd_init(r->bytes);
	uint64_t end, left = r->bytes.len / BLOCK;
	uint32_t version, pages;

	pl_rd_skip(&rd, 4); /* "RpmP" */
	version = pl_rd_le32(&rd);
	pl_rd_skip(&rd, 4); /* generation */
	pages = pl_rd_le32(&rd);
	end = (uint64_t)pages * PAGE;
	if (rd.bad || version != 0 || pages == 0) {
		pl_rpm_fault(r, "offset 0: not a head of ndb version 0");
		return;
	}
	if (end > r->bytes.len) {
		pl_rpm_fault(r, "the file ends inside its %" PRIu32 " slot pages", pages);
		end = r->bytes.len;
	}
	for (size_t at = FILE_HEAD; at + BLOCK <= end; at += BLOCK) {
		struct slot s = read_slot(r, at);

		if (s.magic != SLOT_MAGIC) {
			pl_rpm_fault(r, "offset %zu: not a slot", at);
			continue;
		}
		if (s.block == 0)
			continue;      /* free */
		if (s.blocks > left) { /* blobs do not overlap */
			pl_rpm_fault(r, "offset %zu: more packages than the file has room for", at);
			return;
		}
		left -= s.blocks;
		read_blob(r, &s);
	}
}
