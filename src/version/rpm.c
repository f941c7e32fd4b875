/* SPDX-License-Identifier: Apache-2.0 */
/* rpm: rpm-version(7), and the walk of rpm's rpmvercmp. [epoch:]version[-release] */
#include "version/version_int.h"

struct evr {
	struct pl_str epoch, version, release;
	bool has_release;
};

static struct evr cut(struct pl_str v)
{
	struct evr e = {0};
	struct pl_str rest = v, digits = pl_num_take(&rest);
	ptrdiff_t dash;

	if (pl_at(rest, 0) == ':') {
		e.epoch = digits;
		v = pl_str_sub(rest, 1, rest.len);
	}
	dash = pl_str_rchr(v, '-');
	e.version = v;
	if (dash >= 0) {
		e.version = pl_str_sub(v, 0, (size_t)dash);
		e.release = pl_str_sub(v, (size_t)dash + 1, v.len);
		e.has_release = true;
	}
	return e;
}

static bool valid(struct pl_str v)
{
	return pl_version_plain(v) && cut(v).version.len > 0;
}

static bool is_mark(struct pl_str s, char mark)
{
	return pl_at(s, 0) == mark;
}

static void skip_separators(struct pl_str *s)
{
	while (s->len > 0 && !pl_is_digit(s->ptr[0]) && !pl_is_alpha(s->ptr[0]) &&
	       s->ptr[0] != '~' && s->ptr[0] != '^')
		pl_skip(s, 1);
}

static struct pl_str take_letters(struct pl_str *s)
{
	size_t n = 0;
	struct pl_str run;

	while (n < s->len && pl_is_alpha(s->ptr[n]))
		n++;
	run = pl_str_sub(*s, 0, n);
	pl_skip(s, n);
	return run;
}

/* Tilde and caret at the front: 2 when neither side has one, 0 when both were stepped over, else
 * the answer as -1 or 1. */
static int marks(struct pl_str *a, struct pl_str *b)
{
	for (const char *m = "~^"; *m; m++) {
		bool in_a = is_mark(*a, *m), in_b = is_mark(*b, *m);

		if (!in_a && !in_b)
			continue;
		if (in_a && in_b) {
			pl_skip(a, 1);
			pl_skip(b, 1);
			return 0;
		}
		if (*m == '~')
			return in_a ? -1 : 1;
		/* a caret is newer than the end, older than all else */
		if (in_a)
			return b->len == 0 ? 1 : -1;
		return a->len == 0 ? -1 : 1;
	}
	return 2;
}

static int segments(struct pl_str *a, struct pl_str *b)
{
	bool number = pl_is_digit(a->ptr[0]);
	struct pl_str sa = number ? pl_num_take(a) : take_letters(a);
	struct pl_str sb = number ? pl_num_take(b) : take_letters(b);

	if (sb.len == 0)
		return number ? 1 : -1;
	return number ? pl_num_cmp(sa, sb) : pl_str_cmp(sa, sb);
}

static int walk(struct pl_str a, struct pl_str b)
{
	int c;

	while (a.len > 0 || b.len > 0) {
		skip_separators(&a);
		skip_separators(&b);
		c = marks(&a, &b);
		if (c == 0)
			continue;
		if (c != 2)
			return c;
		if (a.len == 0 || b.len == 0)
			break;
		c = segments(&a, &b);
		if (c)
			return c;
	}
	return (a.len > 0) - (b.len > 0);
}

/* A version without release is older than one with (rpm-version(7)); advisories whose bound has
 * none are the matcher's business. */
static int compare(struct pl_str a, struct pl_str b)
{
	struct evr ea = cut(a), eb = cut(b);
	int c = pl_num_cmp(ea.epoch, eb.epoch);

	if (!c)
		c = walk(ea.version, eb.version);
	if (c || !ea.has_release || !eb.has_release)
		return c ? c : ea.has_release - eb.has_release;
	return walk(ea.release, eb.release);
}

const struct pl_scheme pl_scheme_rpm = {"rpm", "rpm: rpm-version(7)", valid, compare};
