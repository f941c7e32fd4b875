/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Which rows ask for a path, found by what a pattern says for certain of a name: its last
 * component, the end of it behind the last dot, or the directory it is in. Only the patterns that
 * agree with the path in one of these are tried, so that an entry costs three look-ups however many
 * patterns there are.
 */
#include "base/base.h"

/* The patterns of a row. Rooted ones are relative to any directory. */
struct pl_globs_row {
	const char *const *globs; /* NULL-terminated, may be NULL */
	bool rooted;
};
struct pl_globs_hit {
	uint32_t row;
	struct pl_str root; /* a part of the path; "" unless the row is rooted */
};
struct pl_globs;
/* The rows must outlive it. */
struct pl_globs *pl_globs_new(const struct pl_globs_row *rows, size_t n);
void pl_globs_free(struct pl_globs *g);
/* The rows that ask for a clean path, each once, in their order, with the shortest root that a
 * pattern of the row leaves. hits: room for all rows. */
size_t pl_globs_ask(struct pl_globs *g, struct pl_str path, struct pl_globs_hit *hits);
/* One pattern, as pl_globs_ask understands it. */
bool pl_globs_match(struct pl_str glob, bool rooted, struct pl_str path, struct pl_str *root);
