/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pear: packages of PEAR and PECL. The registry has a file for each, in the form of PHP's
 * serialize() (PHP manual; PEAR_Registry): only the few members that name the package are taken.
 */
#include "catalog/cataloger.h"

static const char *const globs[] = {"**/.registry/*.reg", "**/.registry/.channel.*/*.reg", NULL};

enum { DEPTH = 32 }; /* of arrays; real registries have ten */

struct reg {
	struct pl_str name, channel, release, version, license;
};
struct cursor {
	struct pl_str rest;
	struct reg *reg;
	unsigned depth;
	bool bad;
	struct pl_str keys[DEPTH]; /* of the arrays around */
};

/* Digits up to `end`, which is stepped over. */
static uint64_t take_number(struct cursor *c, char end)
{
	ptrdiff_t at = pl_str_chr(pl_str_sub(c->rest, 0, 24), end);
	uint64_t n = 0;

	if (at < 0 || !pl_str_u64(pl_str_sub(c->rest, 0, (size_t)at), &n))
		c->bad = true;
	c->rest = pl_str_sub(c->rest, (size_t)(at + 1), c->rest.len);
	return n;
}

/* `5:"hello";` */
static struct pl_str take_text(struct cursor *c)
{
	uint64_t n = take_number(c, ':');
	struct pl_str s;

	if (c->bad || n > c->rest.len || c->rest.len - n < 3 || c->rest.ptr[0] != '"' ||
	    c->rest.ptr[n + 1] != '"' || c->rest.ptr[n + 2] != ';') {
		c->bad = true;
		return (struct pl_str){0};
	}
	s = pl_str_sub(c->rest, 1, n);
	c->rest = pl_str_sub(c->rest, n + 3, c->rest.len);
	return s;
}

static void set(struct pl_str *field, struct pl_str value)
{
	if (!field->len)
		*field = value;
}

/* A text and the keys that lead to it. Package 2.0: version → release, license → _content; in 1.0
 * all of them are texts at the top. */
static void take_member(struct cursor *c, struct pl_str key, struct pl_str value)
{
	struct reg *r = c->reg;
	struct pl_str above = c->depth == 2 ? c->keys[1] : (struct pl_str){0};

	if (c->depth == 1 && (pl_str_eq_c(key, "name") || pl_str_eq_c(key, "package")))
		set(&r->name, value);
	else if (c->depth == 1 && pl_str_eq_c(key, "channel"))
		set(&r->channel, value);
	else if (c->depth == 1 && pl_str_eq_c(key, "version"))
		set(&r->version, value);
	else if (pl_str_eq_c(above, "version") && pl_str_eq_c(key, "release"))
		set(&r->release, value);
	else if ((c->depth == 1 && pl_str_eq_c(key, "license")) ||
		 (pl_str_eq_c(above, "license") && pl_str_eq_c(key, "_content")))
		set(&r->license, value);
}

/* Goes over one value: texts are members, arrays are walked, all else is stepped over. */
static void take_value(struct cursor *c, struct pl_str key, uint64_t left[DEPTH])
{
	char type = c->rest.len ? c->rest.ptr[0] : '\0';
	ptrdiff_t end;

	if (type == 'N') {
		c->bad |= !pl_str_starts(c->rest, PL_STR("N;"));
		c->rest = pl_str_sub(c->rest, 2, c->rest.len);
		return;
	}
	if (c->rest.len < 2 || c->rest.ptr[1] != ':' || !strchr("sabid", type)) {
		c->bad = true;
		return;
	}
	c->rest = pl_str_sub(c->rest, 2, c->rest.len);
	if (type == 's') {
		take_member(c, key, take_text(c));
	} else if (type == 'a') {
		uint64_t n = take_number(c, ':');

		if (c->depth + 1 >= DEPTH || !c->rest.len || c->rest.ptr[0] != '{')
			c->bad = true;
		if (c->bad)
			return;
		c->rest = pl_str_sub(c->rest, 1, c->rest.len);
		c->keys[c->depth] = key;
		left[++c->depth] = n;
	} else {
		end = pl_str_chr(c->rest, ';');
		c->bad |= end < 0;
		c->rest = pl_str_sub(c->rest, (size_t)(end + 1), c->rest.len);
	}
}

static struct pl_str take_key(struct cursor *c)
{
	bool text = pl_str_starts(c->rest, PL_STR("s:"));

	if (!text && !pl_str_starts(c->rest, PL_STR("i:"))) {
		c->bad = true;
		return (struct pl_str){0};
	}
	c->rest = pl_str_sub(c->rest, 2, c->rest.len);
	if (text)
		return take_text(c);
	take_number(c, ';');
	return (struct pl_str){0};
}

static void walk(struct cursor *c)
{
	uint64_t left[DEPTH] = {0};

	take_value(c, (struct pl_str){0}, left);
	while (!c->bad && c->depth > 0) {
		if (left[c->depth] == 0) {
			c->bad = !c->rest.len || c->rest.ptr[0] != '}';
			c->rest = pl_str_sub(c->rest, 1, c->rest.len);
			c->depth--;
			continue;
		}
		left[c->depth]--;
		take_value(c, take_key(c), left);
	}
}

static int read_pear(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_PEAR, .how = PL_STR("registry")};
	struct reg reg = {0};
	struct cursor c = {.rest = f->bytes, .reg = &reg};
	pl_auto_buf name = {0};

	walk(&c);
	if (!reg.name.len)
		return pl_fail(err, PL_E_FORMAT, "no serialized PHP array with a package's name");
	if (c.bad)
		pl_fact_diag(w, PL_W_WARN, "pear-registry", "damaged: what stands before is kept");
	pl_buf_init(&name, 65536);
	if (reg.channel.len) {
		pl_buf_str(&name, reg.channel);
		pl_buf_ch(&name, '/');
	}
	pl_buf_str(&name, reg.name);
	p.name = pl_buf_view(&name);
	p.version = reg.release.len ? reg.release : reg.version;
	p.licenses = reg.license;
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_pear = {
	.name = "pear",
	.what = "PEAR and PECL packages: .registry/*.reg",
	.globs = globs,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_pear,
};
