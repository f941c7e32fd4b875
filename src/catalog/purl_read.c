/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package URLs back into parts (purl specification: "How to parse a purl string in its
 * components"), and parts into what our readers would have reported.
 */
#include "catalog/sbom_read.h"

#define PURL_MAX 65536

static int nibble(char c)
{
	if (pl_is_digit(c))
		return c - '0';
	c = pl_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes percent-encoding; a '%' that begins none stays, as careless writers leave it. */
static struct pl_str decoded(struct pl_arena *a, struct pl_str s)
{
	char *out;
	size_t n = 0;

	if (pl_str_chr(s, '%') < 0)
		return s;
	out = pl_arena_alloc(a, s.len + 1);
	for (size_t i = 0; i < s.len; i++) {
		int hi = -1, lo = -1;

		if (s.ptr[i] == '%' && i + 2 < s.len) {
			hi = nibble(s.ptr[i + 1]);
			lo = nibble(s.ptr[i + 2]);
		}
		if (hi >= 0 && lo >= 0 && (hi || lo)) {
			out[n++] = (char)(hi * 16 + lo);
			i += 2;
		} else {
			out[n++] = s.ptr[i];
		}
	}
	return pl_str_n(out, n);
}

static struct pl_str lowered(struct pl_arena *a, struct pl_str s)
{
	char *out = pl_arena_alloc(a, s.len + 1);

	for (size_t i = 0; i < s.len; i++)
		out[i] = pl_lower(s.ptr[i]);
	return pl_str_n(out, s.len);
}

/* Cuts *s before the last `c` and returns what stood after it; empty and uncut when there is none.
 */
static struct pl_str cut_last(struct pl_str *s, char c)
{
	ptrdiff_t at = pl_str_rchr(*s, c);
	struct pl_str tail;

	if (at < 0)
		return (struct pl_str){0};
	tail = pl_str_sub(*s, (size_t)at + 1, s->len);
	s->len = (size_t)at;
	return tail;
}

static struct pl_str without_slashes(struct pl_str s)
{
	while (s.len && s.ptr[0] == '/')
		s = pl_str_sub(s, 1, s.len);
	while (s.len && s.ptr[s.len - 1] == '/')
		s.len--;
	return s;
}

int pl_purl_read(struct pl_arena *a, struct pl_str purl, struct pl_purl_parts *out,
		 struct pl_err *err)
{
	struct pl_str rest = pl_str_trim(purl), slash, version = {0};
	struct pl_purl_parts p = {0};
	ptrdiff_t at, last;

	if (rest.len > PURL_MAX || !pl_str_istarts(rest, PL_STR("pkg:")))
		return pl_fail(err, PL_E_FORMAT, "\"%.*s\" is no package URL", PL_FMT(purl));
	rest = pl_str_sub(rest, 4, rest.len);
	p.subpath = decoded(a, without_slashes(cut_last(&rest, '#')));
	at = pl_str_chr(rest, '?');
	if (at >= 0) {
		p.qualifiers = pl_str_sub(rest, (size_t)at + 1, rest.len);
		rest.len = (size_t)at;
	}
	rest = without_slashes(rest);
	at = pl_str_chr(rest, '/');
	if (at <= 0)
		return pl_fail(err, PL_E_FORMAT, "\"%.*s\" has no name", PL_FMT(purl));
	p.type = lowered(a, pl_str_sub(rest, 0, (size_t)at));
	rest = without_slashes(pl_str_sub(rest, (size_t)at, rest.len));
	/* an '@' before the last '/' is the scope of npm, left as it is by careless writers */
	at = pl_str_rchr(rest, '@');
	last = pl_str_rchr(rest, '/');
	if (at > 0 && at > last + 1)
		version = cut_last(&rest, '@');
	slash = rest;
	p.name = cut_last(&slash, '/');
	if (pl_str_rchr(rest, '/') < 0)
		p.name = rest;
	else
		p.space = decoded(a, without_slashes(slash));
	p.name = decoded(a, p.name);
	p.version = decoded(a, version);
	if (!p.name.len)
		return pl_fail(err, PL_E_FORMAT, "\"%.*s\" has no name", PL_FMT(purl));
	*out = p;
	return 0;
}

struct pl_str pl_purl_qualifier(struct pl_arena *a, const struct pl_purl_parts *p, const char *key)
{
	struct pl_str rest = p->qualifiers, one, name;

	while (rest.len && pl_str_split(&rest, '&', &one)) {
		if (pl_str_split(&one, '=', &name) && pl_str_ieq(name, pl_str_c(key)))
			return decoded(a, one);
	}
	return (struct pl_str){0};
}

/* Types of the specification, and of tools, that carry another name here. */
static const struct {
	const char *theirs, *ours;
} aliases[] = {
	{"arch", "alpm"},
	{"bioconductor", "cran"},
	{"ebuild", "portage"},
	{"githubactions", "github"},
	{"homebrew", "brew"},
	{"huggingface", "mlmodel"},
	{"swiplpack", "swipl"},
	{"vscode-extension", "vscode"},
	{"wordpress-plugin", "wordpress"},
	{"wordpress-theme", "wordpress"},
};

static bool find_type(struct pl_str theirs, enum pl_pkg_type *out)
{
	if (pl_pkg_type_find(theirs, out))
		return true;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (pl_str_eq_c(theirs, aliases[i].theirs))
			return pl_pkg_type_find(pl_str_c(aliases[i].ours), out);
	return false;
}

/* The namespace of these is the distribution (or nothing), not a part of the name. */
static bool space_is_not_name(enum pl_pkg_type type)
{
	return pl_pkg_type_is_os(type) || type == PL_PKG_CPAN || type == PL_PKG_CONDA ||
	       type == PL_PKG_BREW || type == PL_PKG_JULIA || type == PL_PKG_BITNAMI ||
	       type == PL_PKG_CRAN;
}

static struct pl_str full_name(struct pl_arena *a, enum pl_pkg_type type,
			       const struct pl_purl_parts *p)
{
	const char *sep = "/";

	if (!p->space.len || space_is_not_name(type))
		return p->name;
	if (type == PL_PKG_MAVEN)
		sep = ":";
	else if (type == PL_PKG_VSCODE)
		sep = ".";
	return pl_arena_fmt(a, "%.*s%s%.*s", PL_FMT(p->space), sep, PL_FMT(p->name));
}

/* Syft's "upstream": the source package, "openssl@3.0.1" or "bash-5.1.8-6.el9.src.rpm". */
static void take_upstream(struct pl_arena *a, const struct pl_purl_parts *p,
			  struct pl_pkg_fact *out)
{
	struct pl_str up = pl_purl_qualifier(a, p, "upstream"), version;

	if (!up.len || out->source_name.len)
		return;
	if (pl_str_ends(up, PL_STR(".rpm"))) {
		struct pl_str release;

		cut_last(&up, '.');
		cut_last(&up, '.');
		release = cut_last(&up, '-');
		version = cut_last(&up, '-');
		version = pl_arena_fmt(a, "%.*s-%.*s", PL_FMT(version), PL_FMT(release));
	} else {
		version = cut_last(&up, '@');
	}
	out->source_name = up;
	out->source_version = version;
}

bool pl_purl_fact(struct pl_arena *a, const struct pl_purl_parts *p, struct pl_pkg_fact *out)
{
	struct pl_str epoch, value;
	bool known = find_type(p->type, &out->type);

	if (!known)
		out->type = PL_PKG_GENERIC;
	out->name = full_name(a, out->type, p);
	out->version = p->version;
	if (!pl_pkg_type_is_os(out->type))
		return known;
	epoch = pl_purl_qualifier(a, p, "epoch");
	if (epoch.len && pl_str_chr(p->version, ':') < 0)
		out->version = pl_arena_fmt(a, "%.*s:%.*s", PL_FMT(epoch), PL_FMT(p->version));
	value = pl_purl_qualifier(a, p, "arch");
	if (value.len)
		out->arch = value;
	value = pl_purl_qualifier(a, p, "modularitylabel");
	value = value.len ? value : pl_purl_qualifier(a, p, "rpmmod");
	if (value.len)
		out->module = value;
	take_upstream(a, p, out);
	return known;
}
