/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>

struct pl_arena_chunk {
	struct pl_arena_chunk *next;
	size_t used, cap;
	_Alignas(16) char data[];
};

enum { CHUNK = 64 * 1024 };

static void no_memory(void)
{
	static const char text[] = "plimsoll: out of memory\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(70);
	abort();
}

void *pl_xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		no_memory();
	return p;
}

void *pl_xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		no_memory();
	return p;
}

void *pl_xrealloc(void *old, size_t n)
{
	void *p = realloc(old, n ? n : 1);

	if (!p)
		no_memory();
	return p;
}

char *pl_xstrdup(struct pl_str s)
{
	char *p = pl_xmalloc(s.len + 1);

	if (s.len)
		memcpy(p, s.ptr, s.len);
	p[s.len] = 0;
	return p;
}

size_t pl_array_size(size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		no_memory();
	return total;
}

void pl_arena_init(struct pl_arena *a)
{
	*a = (struct pl_arena){0};
}

void pl_arena_release(struct pl_arena *a)
{
	struct pl_arena_chunk *c = a->chunks, *next;

	for (; c; c = next) {
		next = c->next;
		free(c);
	}
	*a = (struct pl_arena){0};
}

static struct pl_arena_chunk *chunk_new(struct pl_arena *a, size_t n)
{
	size_t cap = n > CHUNK / 4 ? n : CHUNK;
	struct pl_arena_chunk *c;

	if (__builtin_add_overflow(cap, sizeof(*c), &cap))
		no_memory();
	c = pl_xmalloc(cap);
	c->used = 0;
	c->cap = cap - sizeof(*c);
	/* a chunk made for one large object must not displace the half-empty current one */
	if (a->chunks && n > CHUNK / 4) {
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		c->next = a->chunks;
		a->chunks = c;
	}
	return c;
}

void *pl_arena_alloc(struct pl_arena *a, size_t n)
{
	struct pl_arena_chunk *c = a->chunks;
	char *p;

	if (__builtin_add_overflow(n, (size_t)15, &n))
		no_memory();
	n &= ~(size_t)15;
	if (!c || c->cap - c->used < n)
		c = chunk_new(a, n);
	p = c->data + c->used;
	c->used += n;
	a->total += n;
	memset(p, 0, n);
	return p;
}

struct pl_str pl_arena_str(struct pl_arena *a, struct pl_str s)
{
	char *p = pl_arena_alloc(a, s.len + 1);

	if (s.len)
		memcpy(p, s.ptr, s.len);
	return (struct pl_str){p, s.len};
}

struct pl_str pl_arena_fmt(struct pl_arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return (struct pl_str){"", 0};
	p = pl_arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (struct pl_str){p, (size_t)n};
}

void *pl_vec_grow(void *at, size_t *cap, size_t size)
{
	size_t n = *cap ? *cap * 2 : 8;

	at = pl_xrealloc(at, pl_array_size(n, size));
	*cap = n;
	return at;
}
