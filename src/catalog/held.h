/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Files that wait for another of the same layer: a database for its write-ahead log. A row with
 * `beside` gets them at the end of the layer, the database with the log in hand.
 */
#include "catalog/facts.h"

struct pl_held_file {
	const struct pl_cataloger *row;
	uint64_t entry;
	struct pl_str path, root; /* in the arena */
	uint64_t size;
	uint32_t mode;
	struct pl_buf bytes;
	bool sniffed; /* recognised by its content only */
	bool used;    /* as the other's `beside` */
};
struct pl_held {
	struct pl_arena arena;
	PL_VEC(struct pl_held_file) files;
	uint64_t total;
};
void pl_held_init(struct pl_held *h);
void pl_held_release(struct pl_held *h);
/* Takes the bytes out of `content`; false when too much is held already: it is to be read at once.
 */
bool pl_held_take(struct pl_held *h, const struct pl_cataloger *row, const struct pl_cat_file *f,
		  uint64_t entry, struct pl_buf *content);
/* The one that was taken last. */
static inline struct pl_held_file *pl_held_last(struct pl_held *h)
{
	return &h->files.at[h->files.len - 1];
}
/* Pairs them; then every file that is not another's `beside` is to be read. */
void pl_held_pair(struct pl_held *h);
/* The partner's bytes, or empty. */
struct pl_str pl_held_beside(const struct pl_held *h, const struct pl_held_file *one);
