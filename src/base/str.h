/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * String views and bounded buffers. A view does not own its bytes, knows its length and need not
 * end with NUL; bytes are bytes, not characters of a locale. A buffer owns its bytes, has a
 * maximum, and turns "failed" (sticky) when it would grow past it: check once at the end.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct pl_str {
	const char *ptr; /* may be NULL when len is 0 */
	size_t len;
};

#define PL_STR(literal) ((struct pl_str){(literal), sizeof(literal) - 1})
/* for printf: "%.*s", PL_FMT(s) */
#define PL_FMT(s) (int)((s).len > 4096 ? 4096 : (s).len), (s).ptr ? (s).ptr : ""

static inline struct pl_str pl_str_c(const char *c)
{
	return (struct pl_str){c, c ? strlen(c) : 0};
}
static inline struct pl_str pl_str_n(const void *p, size_t n)
{
	return (struct pl_str){(const char *)p, n};
}
static inline bool pl_str_empty(struct pl_str s)
{
	return s.len == 0;
}
bool pl_str_eq(struct pl_str a, struct pl_str b);
bool pl_str_eq_c(struct pl_str a, const char *b);
bool pl_str_ieq(struct pl_str a, struct pl_str b); /* ASCII case folded */
/* bytewise order, shorter first on equal prefix; -1, 0, 1 */
int pl_str_cmp(struct pl_str a, struct pl_str b);
bool pl_str_starts(struct pl_str s, struct pl_str prefix);
bool pl_str_ends(struct pl_str s, struct pl_str suffix);
bool pl_str_istarts(struct pl_str s, struct pl_str prefix);
/* index of the first/last c, or -1 */
ptrdiff_t pl_str_chr(struct pl_str s, char c);
ptrdiff_t pl_str_rchr(struct pl_str s, char c);
/* index of the first occurrence of needle, or -1 */
ptrdiff_t pl_str_find(struct pl_str s, struct pl_str needle);
/* the part [from, from+len), clipped to s */
struct pl_str pl_str_sub(struct pl_str s, size_t from, size_t len);
/* without leading and trailing blanks, tabs, CR, LF */
struct pl_str pl_str_trim(struct pl_str s);
/* Cuts *rest at the first sep: true with the piece before it in *piece, false when *rest was
 * exhausted. "a,b" gives a, b; "a," gives a and ""; "" gives one empty piece, a NULL view none. */
bool pl_str_split(struct pl_str *rest, char sep, struct pl_str *piece);
/* Next line of *rest without its LF or CRLF; false at the end. */
bool pl_str_line(struct pl_str *rest, struct pl_str *line);
/* Unsigned decimal, whole string, no sign, no blanks; false on overflow or anything else. */
bool pl_str_u64(struct pl_str s, uint64_t *out);
/* 64-bit hash with a per-process random seed (keys may be chosen by an attacker). */
uint64_t pl_str_hash(struct pl_str s);
static inline bool pl_is_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool pl_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline char pl_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

struct pl_buf {
	char *ptr; /* always NUL-terminated once anything was added */
	size_t len;
	size_t cap;
	size_t max;  /* bytes it may hold; set by pl_buf_init */
	bool failed; /* something did not fit: contents are incomplete */
};

void pl_buf_init(struct pl_buf *b, size_t max);
void pl_buf_release(struct pl_buf *b);
void pl_buf_reset(struct pl_buf *b); /* empty again, memory kept, failed cleared */
void pl_buf_add(struct pl_buf *b, const void *data, size_t len);
void pl_buf_str(struct pl_buf *b, struct pl_str s);
void pl_buf_c(struct pl_buf *b, const char *s);
void pl_buf_ch(struct pl_buf *b, char c);
void pl_buf_fmt(struct pl_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Room for len more bytes, not yet counted; NULL when past the maximum. */
char *pl_buf_reserve(struct pl_buf *b, size_t len);
static inline struct pl_str pl_buf_view(const struct pl_buf *b)
{
	return (struct pl_str){b->ptr, b->len};
}
#define pl_auto_buf __attribute__((cleanup(pl_buf_release))) struct pl_buf

/* Lower-case hexadecimal; out holds 2*len+1 bytes. */
void pl_hex(const uint8_t *in, size_t len, char *out);
/* 2*len hex digits (either case) to len bytes; false when not hex. */
bool pl_unhex(struct pl_str in, uint8_t *out, size_t len);
/* Length of the longest valid UTF-8 prefix (no surrogates, no overlong forms; RFC 3629). */
size_t pl_utf8_prefix(struct pl_str s);
