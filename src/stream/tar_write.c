/* SPDX-License-Identifier: Apache-2.0 */
/* The tar writer: ustar headers, and a pax header before them for what does not fit. */
#include <stdio.h>

#include "stream/stream_int.h"

static int put(struct pl_tar_sink *sink, const void *p, size_t n, struct pl_err *err)
{
	return sink->write(sink->arg, pl_str_n(p, n), err);
}

int pl_tar_write_pad(struct pl_tar_sink *sink, uint64_t size, struct pl_err *err)
{
	static const char zeros[PL_TAR_BLOCK];
	size_t n = (size_t)(-size & (PL_TAR_BLOCK - 1));

	return n ? put(sink, zeros, n, err) : 0;
}

int pl_tar_write_end(struct pl_tar_sink *sink, struct pl_err *err)
{
	static const char zeros[2 * PL_TAR_BLOCK];

	return put(sink, zeros, sizeof(zeros), err);
}

/* Octal with a NUL; what does not fit stays 0 and stands in the pax header. */
static bool octal(uint8_t *field, size_t len, uint64_t v)
{
	bool fits = v >> 3 * (len - 1) == 0;

	v = fits ? v : 0;
	for (size_t i = len - 1; i-- > 0; v >>= 3)
		field[i] = (uint8_t)('0' + (v & 7));
	return fits;
}

/* POSIX: prefix (155) "/" name (100). */
static bool put_path(uint8_t *h, struct pl_str path)
{
	struct pl_str name = path;

	if (path.len > 100) {
		size_t from = path.len - 101;

		while (from < path.len && path.ptr[from] != '/')
			from++;
		if (from == 0 || from > 155 || from + 1 >= path.len) {
			memcpy(h, path.ptr, 100);
			return false;
		}
		memcpy(h + 345, path.ptr, from);
		name = pl_str_sub(path, from + 1, path.len);
	}
	memcpy(h, name.ptr, name.len);
	return true;
}

static bool put_link(uint8_t *h, struct pl_str link)
{
	if (link.len)
		memcpy(h + 157, link.ptr, link.len < 100 ? link.len : 100);
	return link.len <= 100;
}

static void seal(uint8_t *h)
{
	unsigned sum = 0;

	memcpy(h + 257,
	       "ustar\0"
	       "00",
	       8);
	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < PL_TAR_BLOCK; i++)
		sum += h[i];
	octal(h + 148, 7, sum);
}

static size_t digits(size_t n)
{
	return n < 10 ? 1 : 1 + digits(n / 10);
}

static void pax_add(struct pl_buf *b, const char *key, struct pl_str value)
{
	size_t rest = strlen(key) + value.len + strlen(" =\n"), len = rest;

	while (len != rest + digits(len)) /* the length counts itself */
		len = rest + digits(len);
	pl_buf_fmt(b, "%zu %s=", len, key);
	pl_buf_str(b, value);
	pl_buf_ch(b, '\n');
}

static void pax_add_number(struct pl_buf *b, const char *key, int64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%lld", (long long)v);

	pax_add(b, key, pl_str_n(text, (size_t)n));
}

static int write_pax(struct pl_tar_sink *sink, const struct pl_buf *b, struct pl_err *err)
{
	uint8_t h[PL_TAR_BLOCK] = {0};
	int rc;

	if (b->failed)
		return pl_fail_limit(err, PL_LIM_PAX_BYTES, "an extended tar header");
	memcpy(h, "PaxHeader", 9);
	octal(h + 100, 8, 0644);
	octal(h + 108, 8, 0);
	octal(h + 116, 8, 0);
	octal(h + 124, 12, b->len);
	octal(h + 136, 12, 0);
	h[156] = 'x';
	seal(h);
	rc = put(sink, h, sizeof(h), err);
	if (rc >= 0)
		rc = put(sink, b->ptr, b->len, err);
	return rc < 0 ? rc : pl_tar_write_pad(sink, b->len, err);
}

int pl_tar_write_header(struct pl_tar_sink *sink, const struct pl_tar_entry *e, struct pl_err *err)
{
	uint8_t h[PL_TAR_BLOCK] = {0};
	pl_auto_buf pax = {0};
	int rc;

	if ((unsigned)e->type >= PL_FT_OTHER)
		return pl_fail(err, PL_E_UNSUPPORTED,
			       "tar: entry of a type that cannot be written");
	if (!e->path.len || pl_str_chr(e->path, 0) >= 0 || pl_str_chr(e->link, 0) >= 0)
		return pl_fail(err, PL_E_FORMAT, "tar: a name is empty or contains NUL");
	if (e->size > INT64_MAX || e->uid > INT64_MAX || e->gid > INT64_MAX)
		return pl_fail(err, PL_E_FORMAT, "tar: a number is too large");
	pl_buf_init(&pax, (size_t)pl_limit(PL_LIM_PAX_BYTES));
	if (!put_path(h, e->path))
		pax_add(&pax, "path", e->path);
	if (!put_link(h, e->link))
		pax_add(&pax, "linkpath", e->link);
	octal(h + 100, 8, e->mode & 07777);
	if (!octal(h + 108, 8, e->uid))
		pax_add_number(&pax, "uid", (int64_t)e->uid);
	if (!octal(h + 116, 8, e->gid))
		pax_add_number(&pax, "gid", (int64_t)e->gid);
	if (!octal(h + 124, 12, e->size))
		pax_add_number(&pax, "size", (int64_t)e->size);
	if (!octal(h + 136, 12, (uint64_t)e->mtime))
		pax_add_number(&pax, "mtime", e->mtime);
	if (e->caps.len)
		pax_add(&pax, "SCHILY.xattr.security.capability", e->caps);
	h[156] = (uint8_t)('0' + e->type); /* enum pl_ftype is in the order of POSIX */
	seal(h);
	rc = pax.len ? write_pax(sink, &pax, err) : 0;
	return rc < 0 ? rc : put(sink, h, sizeof(h), err);
}
