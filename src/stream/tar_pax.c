/* SPDX-License-Identifier: Apache-2.0 */
/* The small grammars of tar: number fields, the checksum, pax records (POSIX.1-2017, pax). */
#include "stream/stream_int.h"

static bool base256(const uint8_t *f, size_t len, int64_t *out)
{
	/* two's complement, big-endian; the top bit of the first byte only marks the form */
	bool negative = f[0] & 0x40;
	uint64_t v = negative ? UINT64_MAX : 0;

	for (size_t i = 0; i < len; i++) {
		uint8_t c = i ? f[i] : (uint8_t)(negative ? f[0] : f[0] & 0x7f);

		/* what leaves at the top must be nothing but sign */
		if (v >> 55 != (negative ? 0x1ff : 0))
			return false;
		v = v << 8 | c;
	}
	*out = (int64_t)v;
	return true;
}

/* As Go's parser: blanks and NULs at both ends, then octal digits up to a NUL. A leading NUL is
 * zero to other readers, so taking it differently here would show other entries than the engines.
 */
bool pl_tar_number(const uint8_t *f, size_t len, int64_t *out)
{
	uint64_t v = 0;

	if (f[0] & 0x80)
		return base256(f, len, out);
	for (; len && (*f == ' ' || !*f); len--)
		f++;
	while (len && (f[len - 1] == ' ' || !f[len - 1]))
		len--;
	for (size_t i = 0; i < len && f[i]; i++) {
		if (f[i] < '0' || f[i] > '7' || v >> 60)
			return false;
		v = v << 3 | (uint64_t)(f[i] - '0');
	}
	*out = (int64_t)v;
	return true;
}

/* The sum takes the field itself as blanks; historic writers summed signed characters. */
bool pl_tar_checksum_ok(const uint8_t *h)
{
	uint32_t sum = 0, high = 0;
	int64_t want;

	if (!pl_tar_number(h + 148, 8, &want) || h[148] & 0x80)
		return false;
	for (size_t i = 0; i < PL_TAR_BLOCK; i++) {
		sum += h[i];
		high += h[i] >> 7;
	}
	for (size_t i = 148; i < 156; i++) {
		sum += 32u - h[i];
		high -= h[i] >> 7;
	}
	return want == (int64_t)sum || want == (int64_t)sum - 256 * (int64_t)high;
}

/* Seconds with an optional sign and fraction; the fraction is dropped, rounding down. */
static bool pax_time(struct pl_str v, int64_t *out)
{
	bool negative = v.len && v.ptr[0] == '-', fraction = false;
	ptrdiff_t dot;
	uint64_t n;

	if (negative)
		v = pl_str_sub(v, 1, v.len);
	dot = pl_str_chr(v, '.');
	if (dot >= 0) {
		struct pl_str digits = pl_str_sub(v, (size_t)dot + 1, v.len);

		for (size_t i = 0; i < digits.len; i++) {
			if (!pl_is_digit(digits.ptr[i]))
				return false;
			fraction |= digits.ptr[i] != '0';
		}
		v = pl_str_sub(v, 0, (size_t)dot);
	}
	if (!pl_str_u64(v, &n) || n >= INT64_MAX)
		return false;
	*out = negative ? -(int64_t)n - fraction : (int64_t)n;
	return true;
}

static void pax_text(struct pl_str v, struct pl_str *out, bool *has)
{
	*out = v;
	*has = v.len > 0; /* an empty value takes the record back */
}

/* Zero and positive numbers that fit a signed 64-bit integer. */
static bool pax_number(struct pl_str v, uint64_t *out, bool *has)
{
	uint64_t n = 0;

	*has = v.len > 0;
	if (v.len > 1 && v.ptr[0] == '+' && v.ptr[1] != '+')
		v = pl_str_sub(v, 1, v.len);
	if (v.len && (!pl_str_u64(v, &n) || n > INT64_MAX))
		return false;
	*out = n;
	return true;
}

/* Owners below zero are odd, but the engines take them: they stand for "leave it". */
static bool pax_owner(struct pl_str v, uint64_t *out, bool *has, bool *negative)
{
	*negative = v.len && v.ptr[0] == '-';
	return pax_number(*negative ? pl_str_sub(v, 1, v.len) : v, out, has);
}

/* What stands in the records; pax_sparse_form says what it makes together. */
static bool pax_sparse(struct pl_str key, struct pl_str v, struct pl_tar_pax *p)
{
	bool ignored;

	if (pl_str_eq_c(key, "major"))
		p->sparse_major = v;
	else if (pl_str_eq_c(key, "minor"))
		p->sparse_minor = v;
	else if (pl_str_eq_c(key, "name"))
		pax_text(v, &p->sparse_name, &ignored);
	else if (pl_str_eq_c(key, "map") || pl_str_eq_c(key, "offset") ||
		 pl_str_eq_c(key, "numbytes"))
		p->sparse_map = v.len > 0;
	else if (pl_str_eq_c(key, "size") || pl_str_eq_c(key, "realsize"))
		return pax_number(v, &p->sparse_size, &p->has_sparse_size);
	return true;
}

/* Forms 0.0 and 0.1 came without a version; records of an unknown one mean nothing. */
static enum pl_tar_sparse pax_sparse_form(const struct pl_tar_pax *p)
{
	struct pl_str major = p->sparse_major, minor = p->sparse_minor;

	if (pl_str_eq_c(major, "1") && pl_str_eq_c(minor, "0"))
		return PL_TAR_SPARSE_1_0;
	if (pl_str_eq_c(major, "0") && (pl_str_eq_c(minor, "0") || pl_str_eq_c(minor, "1")))
		return PL_TAR_SPARSE_0_X;
	if (major.len || minor.len || !p->sparse_map)
		return PL_TAR_SPARSE_NO;
	return PL_TAR_SPARSE_0_X;
}

static bool pax_record(struct pl_str key, struct pl_str v, struct pl_tar_pax *p)
{
	struct pl_str sparse = PL_STR("GNU.sparse.");

	if (pl_str_eq_c(key, "path"))
		pax_text(v, &p->path, &p->has_path);
	else if (pl_str_eq_c(key, "linkpath"))
		pax_text(v, &p->link, &p->has_link);
	else if (pl_str_eq_c(key, "size"))
		return pax_number(v, &p->size, &p->has_size);
	else if (pl_str_eq_c(key, "uid"))
		return pax_owner(v, &p->uid, &p->has_uid, &p->negative_uid);
	else if (pl_str_eq_c(key, "gid"))
		return pax_owner(v, &p->gid, &p->has_gid, &p->negative_gid);
	else if (pl_str_eq_c(key, "mtime")) {
		p->has_mtime = pax_time(v, &p->mtime);
	} else if (pl_str_starts(key, sparse))
		return pax_sparse(pl_str_sub(key, sparse.len, key.len), v, p);
	else if (pl_str_eq_c(key, "SCHILY.xattr.security.capability") ||
		 pl_str_eq_c(key, "LIBARCHIVE.xattr.security.capability"))
		p->has_caps = true;
	return true;
}

/* "LENGTH KEY=VALUE\n", LENGTH counting the whole record. */
static bool next_record(struct pl_str *rest, struct pl_str *key, struct pl_str *value)
{
	ptrdiff_t blank = pl_str_chr(pl_str_sub(*rest, 0, 20), ' '), eq;
	struct pl_str rec;
	uint64_t len;

	if (blank <= 0 || !pl_str_u64(pl_str_sub(*rest, 0, (size_t)blank), &len) ||
	    len > rest->len || len < (uint64_t)blank + 3)
		return false;
	rec = pl_str_sub(*rest, (size_t)blank + 1, (size_t)len - (size_t)blank - 1);
	*rest = pl_str_sub(*rest, (size_t)len, rest->len);
	eq = pl_str_chr(rec, '=');
	if (eq <= 0 || rec.ptr[rec.len - 1] != '\n')
		return false;
	*key = pl_str_sub(rec, 0, (size_t)eq);
	*value = pl_str_sub(rec, (size_t)eq + 1, rec.len - (size_t)eq - 2);
	return true;
}

int pl_tar_pax_parse(struct pl_str records, uint64_t offset, struct pl_tar_pax *out,
		     struct pl_err *err)
{
	struct pl_tar_pax p = {0};
	struct pl_str rest = records, key, value;

	while (rest.len) {
		if (!next_record(&rest, &key, &value))
			return pl_fail(err, PL_E_FORMAT, "tar: malformed pax record at offset %llu",
				       (unsigned long long)offset);
		if (!pax_record(key, value, &p))
			p.bad = key;
		else if (pl_str_eq(p.bad, key)) /* the later of two records counts */
			p.bad = (struct pl_str){0};
	}
	p.sparse = pax_sparse_form(&p);
	*out = p;
	return 0;
}
