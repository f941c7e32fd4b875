/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RubyGems: Gem::Version. Segments are runs of digits and runs of letters; "-" means ".pre.".
 * Zeros at the end, and before the first letters, do not count.
 */
#include "version/version_int.h"

static bool valid(struct pl_str v)
{
	if (!pl_version_plain(v) || !pl_is_digit(v.ptr[0]) || !pl_version_chars(v, ".-"))
		return false;
	if (pl_str_find(v, PL_STR("..")) >= 0 || v.ptr[v.len - 1] == '.' || v.ptr[v.len - 1] == '-')
		return false;
	return true;
}

struct list {
	struct pl_str at[PL_VERSION_MAX * 2];
	size_t n;
};

static bool is_number(struct pl_str s)
{
	return pl_is_digit(pl_at(s, 0));
}

static bool is_zero(struct pl_str s)
{
	return is_number(s) && pl_num_cmp(s, (struct pl_str){0}) == 0;
}

static void trim_zeros(struct list *l, size_t from)
{
	while (l->n > from && is_zero(l->at[l->n - 1]))
		l->n--;
}

/* The next segment of *v, empty for a separator. */
static struct pl_str take(struct pl_str *v)
{
	size_t n = 0;
	struct pl_str seg;

	if (is_number(*v))
		return pl_num_take(v);
	if (v->ptr[0] == '-') {
		pl_skip(v, 1);
		return PL_STR("pre");
	}
	while (pl_is_alpha(pl_at(*v, n)))
		n++;
	seg = pl_str_sub(*v, 0, n);
	pl_skip(v, n ? n : 1);
	return seg;
}

static void cut(struct pl_str v, struct list *l)
{
	size_t text = 0; /* index behind the numbers, once letters came */
	bool letters = false;

	l->n = 0;
	while (v.len > 0) {
		struct pl_str seg = take(&v);

		if (seg.len == 0)
			continue;
		if (!letters && !is_number(seg)) {
			letters = true;
			trim_zeros(l, 0);
			text = l->n;
		}
		l->at[l->n++] = seg;
	}
	trim_zeros(l, text);
}

static int compare(struct pl_str va, struct pl_str vb)
{
	struct list a, b;

	cut(va, &a);
	cut(vb, &b);
	for (size_t i = 0; i < a.n || i < b.n; i++) {
		struct pl_str sa = i < a.n ? a.at[i] : PL_STR("0");
		struct pl_str sb = i < b.n ? b.at[i] : PL_STR("0");
		int c;

		if (is_number(sa) != is_number(sb))
			return is_number(sa) ? 1 : -1;
		c = is_number(sa) ? pl_num_cmp(sa, sb) : pl_str_cmp(sa, sb);
		if (c)
			return c;
	}
	return 0;
}

const struct pl_scheme pl_scheme_gem = {"gem", "RubyGems: Gem::Version", valid, compare};
