/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/mem.h"

bool pl_str_eq(struct pl_str a, struct pl_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool pl_str_eq_c(struct pl_str a, const char *b)
{
	return pl_str_eq(a, pl_str_c(b));
}

static bool ieq_n(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (pl_lower(a[i]) != pl_lower(b[i]))
			return false;
	return true;
}

bool pl_str_ieq(struct pl_str a, struct pl_str b)
{
	return a.len == b.len && ieq_n(a.ptr, b.ptr, a.len);
}

int pl_str_cmp(struct pl_str a, struct pl_str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.ptr, b.ptr, n) : 0;

	if (c)
		return c < 0 ? -1 : 1;
	return a.len < b.len ? -1 : a.len > b.len;
}

bool pl_str_starts(struct pl_str s, struct pl_str prefix)
{
	return s.len >= prefix.len && pl_str_eq(pl_str_sub(s, 0, prefix.len), prefix);
}

bool pl_str_istarts(struct pl_str s, struct pl_str prefix)
{
	return s.len >= prefix.len && ieq_n(s.ptr, prefix.ptr, prefix.len);
}

bool pl_str_ends(struct pl_str s, struct pl_str suffix)
{
	return s.len >= suffix.len &&
	       pl_str_eq(pl_str_sub(s, s.len - suffix.len, suffix.len), suffix);
}

ptrdiff_t pl_str_chr(struct pl_str s, char c)
{
	const char *p = s.len ? memchr(s.ptr, c, s.len) : NULL;

	return p ? p - s.ptr : -1;
}

ptrdiff_t pl_str_rchr(struct pl_str s, char c)
{
	const char *p = s.len ? memrchr(s.ptr, c, s.len) : NULL;

	return p ? p - s.ptr : -1;
}

ptrdiff_t pl_str_find(struct pl_str s, struct pl_str needle)
{
	const char *p;

	if (needle.len == 0)
		return 0;
	p = s.len ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;
	return p ? p - s.ptr : -1;
}

struct pl_str pl_str_sub(struct pl_str s, size_t from, size_t len)
{
	if (from >= s.len)
		return (struct pl_str){s.ptr ? s.ptr + s.len : NULL, 0};
	if (len > s.len - from)
		len = s.len - from;
	return (struct pl_str){s.ptr + from, len};
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct pl_str pl_str_trim(struct pl_str s)
{
	while (s.len && is_blank(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	while (s.len && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

bool pl_str_split(struct pl_str *rest, char sep, struct pl_str *piece)
{
	ptrdiff_t at;

	if (!rest->ptr)
		return false;
	at = pl_str_chr(*rest, sep);
	if (at < 0) {
		*piece = *rest;
		*rest = (struct pl_str){NULL, 0};
		return true;
	}
	*piece = pl_str_sub(*rest, 0, (size_t)at);
	*rest = (struct pl_str){rest->ptr + at + 1, rest->len - (size_t)at - 1};
	return true;
}

bool pl_str_line(struct pl_str *rest, struct pl_str *line)
{
	ptrdiff_t at;
	struct pl_str l;

	if (rest->len == 0)
		return false;
	at = pl_str_chr(*rest, '\n');
	l = at < 0 ? *rest : pl_str_sub(*rest, 0, (size_t)at);
	*rest = pl_str_sub(*rest, at < 0 ? rest->len : (size_t)at + 1, rest->len);
	if (l.len && l.ptr[l.len - 1] == '\r')
		l.len--;
	*line = l;
	return true;
}

bool pl_str_u64(struct pl_str s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!pl_is_digit(s.ptr[i]) || __builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.ptr[i] - '0'), &v))
			return false;
	}
	*out = v;
	return true;
}

static uint64_t hash_seed(void)
{
	static uint64_t seed;

	if (seed == 0) {
		uint64_t s = 0;

		if (getrandom(&s, sizeof(s), GRND_NONBLOCK) != (ssize_t)sizeof(s))
			s = (uint64_t)(uintptr_t)&seed;
		__atomic_store_n(&seed, s | 1, __ATOMIC_RELAXED);
	}
	return __atomic_load_n(&seed, __ATOMIC_RELAXED);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	__uint128_t m = (__uint128_t)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

uint64_t pl_str_hash(struct pl_str s)
{
	uint64_t h = hash_seed() ^ s.len;
	size_t i = 0;

	for (; i + 8 <= s.len; i += 8) {
		uint64_t w;

		memcpy(&w, s.ptr + i, 8);
		h = mix(h ^ w, UINT64_C(0x9e3779b97f4a7c15));
	}
	if (i < s.len) {
		uint64_t w = 0;

		memcpy(&w, s.ptr + i, s.len - i);
		h = mix(h ^ w, UINT64_C(0xd1b54a32d192ed03));
	}
	return mix(h, UINT64_C(0xa0761d6478bd642f));
}

void pl_buf_init(struct pl_buf *b, size_t max)
{
	*b = (struct pl_buf){.max = max};
}

void pl_buf_release(struct pl_buf *b)
{
	free(b->ptr);
	*b = (struct pl_buf){.max = b->max};
}

void pl_buf_reset(struct pl_buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->ptr)
		b->ptr[0] = 0;
}

char *pl_buf_reserve(struct pl_buf *b, size_t len)
{
	size_t cap;

	if (b->failed || len > b->max - b->len) {
		b->failed = true;
		return NULL;
	}
	if (b->cap - b->len > len)
		return b->ptr + b->len;
	cap = b->cap ? b->cap : 64;
	while (cap - b->len <= len)
		cap *= 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	b->ptr = pl_xrealloc(b->ptr, cap);
	b->cap = cap;
	return b->ptr + b->len;
}

void pl_buf_add(struct pl_buf *b, const void *data, size_t len)
{
	char *at = pl_buf_reserve(b, len);

	if (!at)
		return;
	if (len)
		memcpy(at, data, len);
	b->len += len;
	b->ptr[b->len] = 0;
}

void pl_buf_str(struct pl_buf *b, struct pl_str s)
{
	pl_buf_add(b, s.ptr, s.len);
}

void pl_buf_c(struct pl_buf *b, const char *s)
{
	pl_buf_add(b, s, strlen(s));
}

void pl_buf_ch(struct pl_buf *b, char c)
{
	pl_buf_add(b, &c, 1);
}

void pl_buf_fmt(struct pl_buf *b, const char *fmt, ...)
{
	char small[256];
	va_list ap;
	int n;
	char *at;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->failed = true;
		return;
	}
	if ((size_t)n < sizeof(small)) {
		pl_buf_add(b, small, (size_t)n);
		return;
	}
	at = pl_buf_reserve(b, (size_t)n);
	if (!at)
		return;
	va_start(ap, fmt);
	vsnprintf(at, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void pl_hex(const uint8_t *in, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 15];
	}
	out[2 * len] = 0;
}

static int hex_digit(char c)
{
	if (pl_is_digit(c))
		return c - '0';
	c = pl_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool pl_unhex(struct pl_str in, uint8_t *out, size_t len)
{
	if (in.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int hi = hex_digit(in.ptr[2 * i]), lo = hex_digit(in.ptr[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

/* Length of the UTF-8 sequence at p (n bytes left), 0 when invalid: RFC 3629 §4. */
static size_t utf8_seq(const unsigned char *p, size_t n)
{
	unsigned char c = p[0];
	size_t len = c < 0x80 ? 1 : c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : 4;

	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4 || len > n)
		return 0;
	if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) ||
	    (c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f))
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

size_t pl_utf8_prefix(struct pl_str s)
{
	size_t i = 0;

	while (i < s.len) {
		size_t n = utf8_seq((const unsigned char *)s.ptr + i, s.len - i);

		if (n == 0)
			break;
		i += n;
	}
	return i;
}
