/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/held.h"

void pl_held_init(struct pl_held *h)
{
	*h = (struct pl_held){0};
	pl_arena_init(&h->arena);
}

void pl_held_release(struct pl_held *h)
{
	for (size_t i = 0; i < h->files.len; i++)
		pl_buf_release(&h->files.at[i].bytes);
	pl_vec_release(&h->files);
	pl_arena_release(&h->arena);
}

bool pl_held_take(struct pl_held *h, const struct pl_cataloger *row, const struct pl_cat_file *f,
		  uint64_t entry, struct pl_buf *content)
{
	/* there is one database to a root; more are an attack on memory */
	enum { FILES_MAX = 64 };
	struct pl_held_file one = {.row = row, .entry = entry, .size = f->size, .mode = f->mode};

	if (h->files.len == FILES_MAX || content->len > pl_limit(PL_LIM_DB_FILE_BYTES) - h->total)
		return false;
	h->total += content->len;
	one.path = pl_arena_str(&h->arena, f->path);
	one.root = pl_arena_str(&h->arena, f->root);
	one.bytes = *content;
	pl_buf_init(content, content->max);
	pl_vec_push(&h->files, one);
	return true;
}

static const struct pl_held_file *partner(const struct pl_held *h, const struct pl_held_file *one)
{
	struct pl_str tail = pl_str_c(one->row->beside);

	for (size_t i = 0; i < h->files.len; i++) {
		const struct pl_held_file *other = &h->files.at[i];

		if (other->row == one->row && other->path.len == one->path.len + tail.len &&
		    pl_str_starts(other->path, one->path) && pl_str_ends(other->path, tail))
			return other;
	}
	return NULL;
}

void pl_held_pair(struct pl_held *h)
{
	for (size_t i = 0; i < h->files.len; i++) {
		const struct pl_held_file *other = partner(h, &h->files.at[i]);

		if (other)
			h->files.at[other - h->files.at].used = true;
	}
}

struct pl_str pl_held_beside(const struct pl_held *h, const struct pl_held_file *one)
{
	const struct pl_held_file *other = partner(h, one);

	return other ? pl_buf_view(&other->bytes) : (struct pl_str){0};
}
