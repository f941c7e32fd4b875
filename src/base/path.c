/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"

static size_t drop_last(const char *out, size_t len)
{
	while (len && out[len - 1] != '/')
		len--;
	return len ? len - 1 : 0;
}

size_t pl_path_clean(struct pl_str raw, char *out, unsigned *flags)
{
	ptrdiff_t nul = pl_str_chr(raw, 0);
	struct pl_str piece, rest;
	size_t len = 0;

	*flags = 0;
	if (nul >= 0) {
		raw.len = (size_t)nul;
		*flags |= PL_PATH_NUL;
	}
	if (raw.len && raw.ptr[0] == '/')
		*flags |= PL_PATH_ABSOLUTE;
	rest = raw;
	while (pl_str_split(&rest, '/', &piece)) {
		if (piece.len == 0 || pl_str_eq_c(piece, "."))
			continue;
		if (pl_str_eq_c(piece, "..")) {
			*flags |= PL_PATH_DOTDOT | (len ? 0u : (unsigned)PL_PATH_ESCAPES);
			len = drop_last(out, len);
			continue;
		}
		if (len)
			out[len++] = '/';
		memmove(out + len, piece.ptr, piece.len);
		len += piece.len;
	}
	return len;
}

struct pl_str pl_path_base(struct pl_str path)
{
	return pl_str_sub(path, (size_t)(pl_str_rchr(path, '/') + 1), path.len);
}

struct pl_str pl_path_dir(struct pl_str path)
{
	ptrdiff_t at = pl_str_rchr(path, '/');

	return pl_str_sub(path, 0, at < 0 ? 0 : (size_t)at);
}

bool pl_path_under(struct pl_str path, struct pl_str dir)
{
	if (dir.len == 0)
		return true;
	return pl_str_starts(path, dir) && (path.len == dir.len || path.ptr[dir.len] == '/');
}

struct pl_str pl_path_below(struct pl_str path, struct pl_str dir)
{
	if (!dir.len || !pl_path_under(path, dir))
		return path;
	return pl_str_sub(path, dir.len + 1, path.len);
}

/* Matches one [set] at p (past '['); *next is past ']'. A set that does not end is literal. */
static bool set_match(const char *p, const char *end, char c, const char **next)
{
	bool negate = p < end && *p == '!', hit = false;
	const char *q = p + negate;

	for (; q < end && (*q != ']' || q == p + negate); q++) {
		if (q + 2 < end && q[1] == '-' && q[2] != ']') {
			hit |= c >= q[0] && c <= q[2];
			q += 2;
		} else {
			hit |= *q == c;
		}
	}
	if (q >= end) {
		*next = p;
		return c == '[';
	}
	*next = q + 1;
	return c != '/' && hit != negate;
}

/*
 * Two backtrack points, one for the last '*' and one for the last "**": taking more for an earlier
 * star never helps once a later one of the same reach was met, so this is O(pattern × path).
 */
bool pl_glob(struct pl_str pattern, struct pl_str path)
{
	const char *p = pattern.ptr, *pe = p + pattern.len, *s = path.ptr, *se = s + path.len;
	const char *star_p = NULL, *star_s = NULL, *deep_p = NULL, *deep_s = NULL;

	for (;;) {
		const char *next = p + 1;

		if (p + 1 < pe && p[0] == '*' && p[1] == '*') {
			p += 2;
			if (p < pe && *p == '/')
				p++;
			deep_p = p;
			deep_s = s;
			star_p = NULL;
			continue;
		}
		if (p < pe && *p == '*') {
			star_p = ++p;
			star_s = s;
			continue;
		}
		if (s == se && p == pe)
			return true;
		if (s < se && p < pe &&
		    ((*p == '?' && *s != '/') ||
		     (*p == '[' ? set_match(p + 1, pe, *s, &next) : *p != '?' && *p == *s))) {
			p = next;
			s++;
			continue;
		}
		if (star_p && star_s < se && *star_s != '/') {
			s = ++star_s;
			p = star_p;
			continue;
		}
		if (!deep_p || deep_s >= se)
			return false;
		/* "**" gives up one more component (or byte, at the end of a pattern) */
		while (deep_s < se && *deep_s != '/' && deep_p < pe)
			deep_s++;
		deep_s += deep_s < se;
		s = deep_s;
		p = deep_p;
		star_p = NULL;
	}
}
