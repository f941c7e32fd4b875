/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Memory: small trusted allocations that abort when there is none (pl_x…), an arena for results
 * that live as long as one scan, cleanup attributes, and a typed vector.
 *
 * Sizes that come from input must be compared with a named limit before they reach these.
 */
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"

void *pl_xmalloc(size_t n);
void *pl_xcalloc(size_t n, size_t size);
void *pl_xrealloc(void *p, size_t n);
char *pl_xstrdup(struct pl_str s); /* NUL-terminated copy, free() it */

static inline void pl_free_ptr(void *p)
{
	free(*(void **)p);
}
static inline void pl_close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define pl_auto_free __attribute__((cleanup(pl_free_ptr)))
#define pl_auto_fd   __attribute__((cleanup(pl_close_fd))) int
/* Hands over what an auto variable holds: `return pl_steal(p);` */
#define pl_steal(p) \
	({ \
		__typeof__(p) stolen_ = (p); \
		(p) = NULL; \
		stolen_; \
	})
#define pl_steal_fd(fd) \
	({ \
		int stolen_ = (fd); \
		(fd) = -1; \
		stolen_; \
	})

/* An arena: many small allocations, released together. Never fails (aborts). */
struct pl_arena {
	struct pl_arena_chunk *chunks;
	size_t total; /* bytes asked for so far, so that callers can enforce a limit */
};
void pl_arena_init(struct pl_arena *a);
void pl_arena_release(struct pl_arena *a);
/* Zeroed, aligned to 16 bytes. */
void *pl_arena_alloc(struct pl_arena *a, size_t n);
/* Copies bytes (a NUL follows them in memory) and returns the view of the copy. */
struct pl_str pl_arena_str(struct pl_arena *a, struct pl_str s);
struct pl_str pl_arena_fmt(struct pl_arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
#define pl_arena_new(arena, type) ((type *)pl_arena_alloc((arena), sizeof(type)))
#define pl_arena_array(arena, type, n) \
	((type *)pl_arena_alloc((arena), pl_array_size((n), sizeof(type))))
/* n * size, aborts on overflow */
size_t pl_array_size(size_t n, size_t size);
#define pl_auto_arena __attribute__((cleanup(pl_arena_release))) struct pl_arena

/* A typed vector: PL_VEC(struct foo) foos; zero-initialised is empty; pl_vec_push(&foos, x). */
#define PL_VEC(type) \
	struct { \
		type *at; \
		size_t len; \
		size_t cap; \
	}
#define pl_vec_push(v, ...) \
	do { \
		if ((v)->len == (v)->cap) \
			(v)->at = pl_vec_grow((v)->at, &(v)->cap, sizeof(*(v)->at)); \
		(v)->at[(v)->len++] = (__VA_ARGS__); \
	} while (0)
#define pl_vec_release(v) \
	do { \
		free((v)->at); \
		(v)->at = NULL; \
		(v)->len = (v)->cap = 0; \
	} while (0)
void *pl_vec_grow(void *at, size_t *cap, size_t size);
