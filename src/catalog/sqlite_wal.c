/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The write-ahead log of SQLite: a head, then frames, each a head and a page. A frame counts when
 * its salts are those of the head and the running sum agrees, and when a frame that ends a
 * transaction follows (fileformat2.html §4.1, §4.2).
 */
#include "catalog/sqlite_mem.h"

enum { MAGIC = 0x377f0682, FORMAT = 3007000, PAGE_MIN = 512, PAGE_MAX = 65536 };

struct wal {
	struct pl_str bytes, salt;
	size_t page, step; /* bytes of a page; of a frame */
	bool big;	   /* the sums are over big-endian words */
	uint32_t sum[2];   /* after the frame last looked at */
	size_t frames;	   /* up to the last that ends a transaction */
	uint32_t pages;	   /* of the database after it */
};

static uint32_t be32(struct pl_str s, size_t at)
{
	struct pl_rd rd = pl_rd_init(pl_str_sub(s, at, 4));

	return pl_rd_be32(&rd);
}

static void add_sum(struct wal *w, struct pl_str s)
{
	struct pl_rd rd = pl_rd_init(s);

	while (pl_rd_left(&rd) >= 8) {
		w->sum[0] += (w->big ? pl_rd_be32(&rd) : pl_rd_le32(&rd)) + w->sum[1];
		w->sum[1] += (w->big ? pl_rd_be32(&rd) : pl_rd_le32(&rd)) + w->sum[0];
	}
}

static bool sum_is(const struct wal *w, struct pl_str s, size_t at)
{
	return w->sum[0] == be32(s, at) && w->sum[1] == be32(s, at + 4);
}

bool pl_wal_is(struct pl_str bytes)
{
	return bytes.len >= 4 && (be32(bytes, 0) & ~1u) == MAGIC;
}

static bool open_wal(struct wal *w, struct pl_str bytes)
{
	*w = (struct wal){.bytes = bytes};
	if (bytes.len < PL_WAL_HEAD || !pl_wal_is(bytes) || be32(bytes, 4) != FORMAT)
		return false;
	w->big = be32(bytes, 0) & 1;
	w->page = be32(bytes, 8);
	if (w->page < PAGE_MIN || w->page > PAGE_MAX || (w->page & (w->page - 1)))
		return false;
	w->step = PL_WAL_FRAME_HEAD + w->page;
	w->salt = pl_str_sub(bytes, 16, 8);
	add_sum(w, pl_str_sub(bytes, 0, 24));
	return sum_is(w, bytes, 24);
}

static struct pl_str frame_at(const struct wal *w, size_t i)
{
	return pl_str_sub(w->bytes, PL_WAL_HEAD + i * w->step, w->step);
}

static void find_commits(struct wal *w)
{
	for (size_t i = 0;; i++) {
		struct pl_str f = frame_at(w, i);

		if (f.len < w->step || be32(f, 0) == 0 || !pl_str_eq(pl_str_sub(f, 8, 8), w->salt))
			return;
		add_sum(w, pl_str_sub(f, 0, 8));
		add_sum(w, pl_str_sub(f, PL_WAL_FRAME_HEAD, w->page));
		if (!sum_is(w, f, 16))
			return;
		if (be32(f, 4)) {
			w->frames = i + 1;
			w->pages = be32(f, 4);
		}
	}
}

size_t pl_wal_committed(struct pl_str bytes)
{
	struct wal w;

	if (!open_wal(&w, bytes))
		return 0;
	find_commits(&w);
	return w.frames;
}

/* The page size in the head of a database; 1 stands for 65536. */
static size_t page_size(const unsigned char *copy)
{
	size_t n = (size_t)copy[16] << 8 | copy[17];

	return n == 1 ? PAGE_MAX : n;
}

static void put_be32(unsigned char *at, uint32_t v)
{
	for (int i = 3; i >= 0; i--, v >>= 8)
		at[i] = (unsigned char)v;
}

size_t pl_wal_apply(struct pl_str bytes, unsigned char **copy, size_t *len)
{
	struct wal w;
	uint64_t total;

	if (*len < 100 || !open_wal(&w, bytes) || w.page != page_size(*copy))
		return 0;
	find_commits(&w);
	total = (uint64_t)w.pages * w.page;
	/* no more can be there than the file and the log brought, but for pages that are free */
	if (!w.frames || total > 2 * ((uint64_t)*len + bytes.len))
		return 0;
	*copy = pl_xrealloc(*copy, (size_t)total);
	if (total > *len)
		memset(*copy + *len, 0, (size_t)total - *len);
	*len = (size_t)total;
	for (size_t i = 0; i < w.frames; i++) {
		struct pl_str f = frame_at(&w, i);
		uint32_t page = be32(f, 0);

		if (page <= w.pages) /* else cut off by a later transaction */
			memcpy(*copy + (size_t)(page - 1) * w.page, f.ptr + PL_WAL_FRAME_HEAD,
			       w.page);
	}
	/* the count in the head is valid when the two change counters agree (§1.3.7) */
	put_be32(*copy + 28, w.pages);
	memcpy(*copy + 92, *copy + 24, 4);
	return w.frames;
}
