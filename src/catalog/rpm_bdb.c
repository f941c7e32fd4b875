/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Berkeley DB hash, rpm's store until 4.16: pages of pairs of key and value; a value that does not
 * fit is a chain of overflow pages. After the layout in Berkeley DB's dbinc/db_page.h. Every page
 * is looked at once in the order of the file, so no pointer between buckets has to be believed.
 * The file may have either byte order.
 */
#include <inttypes.h>
#include <stdio.h>

#include "catalog/rpm.h"

enum {
	META_BYTES = 72,
	PAGE_HEAD = 26,
	PAGE_MIN = 512,
	PAGE_MAX = 65536,
	FLAG_CHECKSUM = 1,
};
enum page_type { P_INVALID = 0, P_HASH_UNSORTED = 2, P_OVERFLOW = 7, P_HASHMETA = 8, P_HASH = 13 };
enum item_type { H_KEYDATA = 1, H_OFFPAGE = 3, H_OFFPAGE_BYTES = 12 };

struct bdb {
	struct pl_rpm *r;
	bool big;
	size_t page_size;
	uint32_t pages;
	uint8_t *seen; /* overflow pages that belong to a value */
	uint32_t overflow;
	struct pl_buf value;
};

static uint32_t get16(const struct bdb *b, struct pl_str s, size_t at)
{
	struct pl_rd rd = pl_rd_init(pl_str_sub(s, at, 2));

	return b->big ? pl_rd_be16(&rd) : pl_rd_le16(&rd);
}

static uint32_t get32(const struct bdb *b, struct pl_str s, size_t at)
{
	struct pl_rd rd = pl_rd_init(pl_str_sub(s, at, 4));

	return b->big ? pl_rd_be32(&rd) : pl_rd_le32(&rd);
}

static struct pl_str page_at(const struct bdb *b, uint32_t n)
{
	return pl_str_sub(b->r->bytes, (size_t)n * b->page_size, b->page_size);
}

static unsigned page_type(struct pl_str page)
{
	return (uint8_t)page.ptr[25];
}

static bool open_meta(struct bdb *b)
{
	struct pl_str meta = pl_str_sub(b->r->bytes, 0, META_BYTES);
	uint64_t last;

	if (meta.len < META_BYTES) {
		pl_rpm_fault(b->r, "page 0: the file ends in it");
		return false;
	}
	b->big = get32(b, meta, 12) != 0x061561;
	b->page_size = get32(b, meta, 20);
	last = get32(b, meta, 32);
	if (b->page_size < PAGE_MIN || b->page_size > PAGE_MAX ||
	    (b->page_size & (b->page_size - 1)) || page_type(meta) != P_HASHMETA) {
		pl_rpm_fault(b->r, "page 0: not the head of a hash");
		return false;
	}
	if (meta.ptr[24] || (meta.ptr[26] & FLAG_CHECKSUM)) {
		pl_rpm_fault(b->r, "page 0: a database with encryption or checksums");
		return false;
	}
	if ((last + 1) * b->page_size > b->r->bytes.len)
		pl_rpm_fault(b->r, "the file ends before page %" PRIu64 ", its last", last);
	b->pages = (uint32_t)(b->r->bytes.len / b->page_size);
	if (b->pages > last + 1)
		b->pages = (uint32_t)(last + 1);
	return true;
}

/* Gathers the chain of overflow pages from n in b->value. A page belongs to one value only, which
 * bounds all chains together by the file. */
static bool read_chain(struct bdb *b, uint32_t n, uint32_t len)
{
	pl_buf_reset(&b->value);
	if (len > b->r->bytes.len)
		return false;
	while (b->value.len < len) {
		struct pl_str page;
		size_t part;

		if (n == 0 || n >= b->pages || b->seen[n])
			return false;
		page = page_at(b, n);
		part = get16(b, page, 22);
		if (page_type(page) != P_OVERFLOW || get32(b, page, 8) != n || part == 0 ||
		    part > b->page_size - PAGE_HEAD || part > len - b->value.len)
			return false;
		b->seen[n] = 1;
		pl_buf_str(&b->value, pl_str_sub(page, PAGE_HEAD, part));
		n = get32(b, page, 16);
	}
	return true;
}

/* rpm keeps the highest package number under the key 0; all else are headers. */
static bool is_header_key(struct pl_str key)
{
	return !pl_str_eq(key, (struct pl_str){"\1\0\0\0\0", 5});
}

static void read_pair(struct bdb *b, uint32_t n, struct pl_str key, struct pl_str item)
{
	char where[64];

	if (!is_header_key(key))
		return;
	snprintf(where, sizeof(where), "page %" PRIu32, n);
	if (item.ptr[0] == H_KEYDATA)
		pl_rpm_header(b->r, pl_str_sub(item, 1, item.len), where);
	else if (item.ptr[0] != H_OFFPAGE || item.len != H_OFFPAGE_BYTES)
		pl_rpm_fault(b->r, "%s: an item of an unknown kind", where);
	else if (!read_chain(b, get32(b, item, 4), get32(b, item, 8)))
		pl_rpm_fault(b->r, "%s: the overflow pages from %" PRIu32 " are damaged", where,
			     get32(b, item, 4));
	else
		pl_rpm_header(b->r, pl_buf_view(&b->value), where);
}

/* Items are stacked from the end of the page downwards; their offsets stand after the head. */
static void read_hash_page(struct bdb *b, uint32_t n, struct pl_str page)
{
	size_t items = get16(b, page, 20), low = PAGE_HEAD + 2 * items, end = page.len;

	if (items % 2 || low > page.len) {
		pl_rpm_fault(b->r, "page %" PRIu32 ": a wrong number of items", n);
		return;
	}
	for (size_t i = 0; i < items; i += 2) {
		size_t key = get16(b, page, PAGE_HEAD + 2 * i);
		size_t value = get16(b, page, PAGE_HEAD + 2 * i + 2);

		if (key >= end || value >= key || value < low) {
			pl_rpm_fault(b->r, "page %" PRIu32 ": items outside of it", n);
			return;
		}
		read_pair(b, n, pl_str_sub(page, key, end - key),
			  pl_str_sub(page, value, key - value));
		end = value;
	}
}

static void read_page(struct bdb *b, uint32_t n)
{
	struct pl_str page = page_at(b, n);
	unsigned type = page_type(page);

	if (type == P_INVALID)
		return; /* free, or not used yet: then all zero */
	if (get32(b, page, 8) != n) {
		pl_rpm_fault(b->r, "page %" PRIu32 ": says that it is page %" PRIu32, n,
			     get32(b, page, 8));
		return;
	}
	if (type == P_HASH || type == P_HASH_UNSORTED)
		read_hash_page(b, n, page);
	else if (type == P_OVERFLOW)
		b->overflow++;
	else if (type != P_HASHMETA)
		pl_rpm_fault(b->r, "page %" PRIu32 ": of the unknown type %u", n, type);
}

/* Overflow pages that no pair leads to are packages whose pair was lost. */
static void count_lost(struct bdb *b)
{
	uint32_t used = 0;

	for (uint32_t n = 0; n < b->pages; n++)
		used += b->seen[n];
	if (used < b->overflow)
		pl_rpm_fault(b->r, "%" PRIu32 " overflow pages belong to no package",
			     b->overflow - used);
}

/* Pages that were zeroed look like pages never used, but the head counts the items. The count is
 * not kept exact by every writer, so that it only tells an empty database from a lost one: the
 * one item of an empty database is the highest package number. */
static void check_count(struct bdb *b)
{
	enum { ITEMS_AT = 88 };
	uint32_t items = get32(b, b->r->bytes, ITEMS_AT);

	if (b->r->headers == 0 && items > 1)
		pl_rpm_fault(b->r, "page 0 tells of %" PRIu32 " items, but there is no package",
			     items);
}

void pl_rpm_read_bdb(struct pl_rpm *r)
{
	struct bdb b = {.r = r};

	if (!open_meta(&b))
		return;
	b.seen = pl_xcalloc(b.pages + 1u, 1);
	pl_buf_init(&b.value, r->bytes.len);
	for (uint32_t n = 1; n < b.pages; n++)
		read_page(&b, n);
	count_lost(&b);
	check_count(&b);
	pl_buf_release(&b.value);
	free(b.seen);
}
