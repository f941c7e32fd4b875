/* SPDX-License-Identifier: Apache-2.0 */
/* Python: PEP 440 with its normal forms (appendix B). [N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]
 */
#include "version/version_int.h"

struct parts {
	struct pl_str epoch, release, pre, post, dev, local; /* numbers of pre, post, dev */
	int phase;					     /* 0 a, 1 b, 2 rc; 3 none */
	bool has_post, has_dev, has_local;
};

struct label {
	const char *text;
	int phase;
};
/* longest first where one begins another */
static const struct label pre_labels[] = {{"alpha", 0}, {"a", 0},	{"beta", 1},
					  {"b", 1},	{"preview", 2}, {"pre", 2},
					  {"c", 2},	{"rc", 2},	{NULL, 0}};
static const struct label post_labels[] = {{"post", 0}, {"rev", 0}, {"r", 0}, {NULL, 0}};
static const struct label dev_labels[] = {{"dev", 0}, {NULL, 0}};

static bool is_sep(char c)
{
	return c == '.' || c == '-' || c == '_';
}

/* [sep] label [sep] [number] at the front of *v; the row, or NULL with *v untouched. */
static const struct label *take(struct pl_str *v, const struct label *rows, struct pl_str *number)
{
	struct pl_str rest = *v;

	if (is_sep(pl_at(rest, 0)))
		pl_skip(&rest, 1);
	for (; rows->text; rows++) {
		if (!pl_str_istarts(rest, pl_str_c(rows->text)))
			continue;
		pl_skip(&rest, strlen(rows->text));
		if (is_sep(pl_at(rest, 0)))
			pl_skip(&rest, 1);
		*number = pl_num_take(&rest);
		*v = rest;
		return rows;
	}
	return NULL;
}

static void take_post(struct pl_str *v, struct parts *p)
{
	if (pl_at(*v, 0) == '-' && pl_is_digit(pl_at(*v, 1))) {
		pl_skip(v, 1);
		p->post = pl_num_take(v);
		p->has_post = true;
	} else {
		p->has_post = take(v, post_labels, &p->post) != NULL;
	}
}

static bool local_ok(struct pl_str local)
{
	for (size_t i = 0; i < local.len; i++)
		if (is_sep(local.ptr[i]) &&
		    (i == 0 || i + 1 == local.len || is_sep(local.ptr[i - 1])))
			return false;
	return local.len > 0 && pl_version_chars(local, ".-_");
}

static bool cut(struct pl_str v, struct parts *p)
{
	const struct label *l;
	struct pl_str rest;
	size_t n = 0;

	*p = (struct parts){.phase = 3};
	if (pl_lower(pl_at(v, 0)) == 'v')
		pl_skip(&v, 1);
	rest = v;
	p->epoch = pl_num_take(&rest);
	if (p->epoch.len > 0 && pl_at(rest, 0) == '!')
		v = pl_str_sub(rest, 1, rest.len);
	else
		p->epoch.len = 0;
	while (pl_is_digit(pl_at(v, n)) ||
	       (n > 0 && pl_at(v, n) == '.' && pl_is_digit(pl_at(v, n + 1))))
		n++;
	p->release = pl_str_sub(v, 0, n);
	pl_skip(&v, n);
	l = take(&v, pre_labels, &p->pre);
	if (l)
		p->phase = l->phase;
	take_post(&v, p);
	p->has_dev = take(&v, dev_labels, &p->dev) != NULL;
	if (pl_at(v, 0) == '+') {
		p->local = pl_str_sub(v, 1, v.len);
		p->has_local = true;
		return n > 0 && local_ok(p->local);
	}
	return n > 0 && v.len == 0;
}

static bool valid(struct pl_str v)
{
	struct parts p;

	return pl_version_plain(v) && cut(v, &p);
}

/* Trailing zeros do not count, so missing fields are zeros. */
static int cmp_release(struct pl_str a, struct pl_str b)
{
	bool ha = true, hb = true;

	while (ha || hb) {
		struct pl_str fa = {0}, fb = {0};
		int c;

		ha = ha && pl_str_split(&a, '.', &fa);
		hb = hb && pl_str_split(&b, '.', &fb);
		c = pl_num_cmp(fa, fb);
		if (c)
			return c;
	}
	return 0;
}

/* A version with only a dev part stands before every prerelease. */
static int phase(const struct parts *p)
{
	return p->phase == 3 && !p->has_post && p->has_dev ? -1 : p->phase;
}

static struct pl_str local_field(struct pl_str *rest)
{
	size_t n = 0;
	struct pl_str f;

	while (n < rest->len && !is_sep(rest->ptr[n]))
		n++;
	f = pl_str_sub(*rest, 0, n);
	pl_skip(rest, n + 1);
	return f;
}

static int cmp_text(struct pl_str a, struct pl_str b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++)
		if (pl_lower(a.ptr[i]) != pl_lower(b.ptr[i]))
			return pl_lower(a.ptr[i]) < pl_lower(b.ptr[i]) ? -1 : 1;
	return (a.len > b.len) - (a.len < b.len);
}

static int cmp_local(struct pl_str a, struct pl_str b)
{
	while (a.len > 0 && b.len > 0) {
		struct pl_str fa = local_field(&a), fb = local_field(&b), ra = fa, rb = fb;
		bool na, nb;
		int c;

		pl_num_take(&ra);
		pl_num_take(&rb);
		na = ra.len == 0;
		nb = rb.len == 0;
		if (na != nb)
			return na ? 1 : -1;
		c = na ? pl_num_cmp(fa, fb) : cmp_text(fa, fb);
		if (c)
			return c;
	}
	return (a.len > 0) - (b.len > 0);
}

static int compare(struct pl_str va, struct pl_str vb)
{
	struct parts a, b;
	int c;

	cut(va, &a);
	cut(vb, &b);
	if ((c = pl_num_cmp(a.epoch, b.epoch)) || (c = cmp_release(a.release, b.release)))
		return c;
	if (phase(&a) != phase(&b))
		return phase(&a) < phase(&b) ? -1 : 1;
	if ((c = pl_num_cmp(a.pre, b.pre)))
		return c;
	if (a.has_post != b.has_post)
		return a.has_post ? 1 : -1;
	if ((c = pl_num_cmp(a.post, b.post)))
		return c;
	if (a.has_dev != b.has_dev)
		return a.has_dev ? -1 : 1;
	if ((c = pl_num_cmp(a.dev, b.dev)))
		return c;
	if (a.has_local != b.has_local)
		return a.has_local ? 1 : -1;
	return cmp_local(a.local, b.local);
}

const struct pl_scheme pl_scheme_pep440 = {"pep440", "Python: PEP 440", valid, compare};
