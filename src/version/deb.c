/* SPDX-License-Identifier: Apache-2.0 */
/* Debian: deb-version(7), Debian policy 5.6.12. [epoch:]upstream[-revision] */
#include "version/version_int.h"

struct parts {
	struct pl_str epoch, upstream, revision;
};

static bool cut(struct pl_str v, struct parts *p)
{
	ptrdiff_t colon = pl_str_chr(v, ':'), dash;

	*p = (struct parts){0};
	if (colon >= 0) {
		p->epoch = pl_num_take(&v);
		if (p->epoch.len == 0 || p->epoch.len != (size_t)colon)
			return false;
		pl_skip(&v, 1);
	}
	dash = pl_str_rchr(v, '-');
	p->upstream = v;
	if (dash >= 0) {
		p->upstream = pl_str_sub(v, 0, (size_t)dash);
		p->revision = pl_str_sub(v, (size_t)dash + 1, v.len);
		if (p->revision.len == 0)
			return false;
	}
	return p->upstream.len > 0;
}

/* "_" is not in policy, but dpkg takes it with a warning and archives outside Debian use it. */
static bool valid(struct pl_str v)
{
	struct parts p;

	return pl_version_plain(v) && cut(v, &p) && pl_version_chars(p.upstream, ".+-~:_") &&
	       pl_version_chars(p.revision, ".+~_");
}

/* "~" before the end, the end (and digits) before letters, letters before all else. */
static int order(char c)
{
	if (c == '~')
		return -1;
	if (c == '\0' || pl_is_digit(c))
		return 0;
	return pl_is_alpha(c) ? c : c + 256;
}

static bool in_text(struct pl_str s)
{
	return s.len > 0 && !pl_is_digit(s.ptr[0]);
}

static int walk(struct pl_str a, struct pl_str b)
{
	int c;

	while (a.len > 0 || b.len > 0) {
		while (in_text(a) || in_text(b)) {
			c = order(pl_at(a, 0)) - order(pl_at(b, 0));
			if (c)
				return pl_sign(c);
			pl_skip(&a, 1);
			pl_skip(&b, 1);
		}
		c = pl_num_cmp(pl_num_take(&a), pl_num_take(&b));
		if (c)
			return c;
	}
	return 0;
}

static int compare(struct pl_str a, struct pl_str b)
{
	struct parts pa, pb;
	int c;

	cut(a, &pa);
	cut(b, &pb);
	c = pl_num_cmp(pa.epoch, pb.epoch);
	if (!c)
		c = walk(pa.upstream, pb.upstream);
	return c ? c : walk(pa.revision, pb.revision);
}

const struct pl_scheme pl_scheme_deb = {"deb", "Debian, Ubuntu: deb-version(7)", valid, compare};
