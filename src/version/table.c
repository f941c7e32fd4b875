/* SPDX-License-Identifier: Apache-2.0 */
#include "version/version_int.h"

static const struct pl_scheme *const rows[] = {
	&pl_scheme_deb,	   &pl_scheme_rpm,	&pl_scheme_apk,	    &pl_scheme_semver,
	&pl_scheme_pep440, &pl_scheme_maven,	&pl_scheme_go,	    &pl_scheme_gem,
	&pl_scheme_nuget,  &pl_scheme_composer, &pl_scheme_hackage, &pl_scheme_cran,
	&pl_scheme_pub,	   &pl_scheme_bitnami,
};

/* Package managers and OSV ecosystems that share a scheme. */
static const struct {
	const char *alias;
	const struct pl_scheme *scheme;
} aliases[] = {
	{"dpkg", &pl_scheme_deb},	   {"debian", &pl_scheme_deb},
	{"ubuntu", &pl_scheme_deb},	   {"opam", &pl_scheme_deb},
	{"alpine", &pl_scheme_apk},	   {"wolfi", &pl_scheme_apk},
	{"redhat", &pl_scheme_rpm},	   {"npm", &pl_scheme_semver},
	{"cargo", &pl_scheme_semver},	   {"crates.io", &pl_scheme_semver},
	{"hex", &pl_scheme_semver},	   {"swift", &pl_scheme_semver},
	{"pypi", &pl_scheme_pep440},	   {"python", &pl_scheme_pep440},
	{"golang", &pl_scheme_go},	   {"rubygems", &pl_scheme_gem},
	{"ruby", &pl_scheme_gem},	   {"packagist", &pl_scheme_composer},
	{"php", &pl_scheme_composer},	   {"dart", &pl_scheme_pub},
	{"bioconductor", &pl_scheme_cran}, {"haskell", &pl_scheme_hackage},
	{"julia", &pl_scheme_semver},	   {"erlang", &pl_scheme_semver},
	{"conan", &pl_scheme_semver},	   {"vscode", &pl_scheme_semver},
	{"swifturl", &pl_scheme_semver},
};

const struct pl_scheme *const *pl_schemes(size_t *n)
{
	*n = sizeof(rows) / sizeof(*rows);
	return rows;
}

const struct pl_scheme *pl_scheme_find(struct pl_str name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (pl_str_ieq(name, pl_str_c(rows[i]->name)))
			return rows[i];
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (pl_str_ieq(name, pl_str_c(aliases[i].alias)))
			return aliases[i].scheme;
	return NULL;
}

int pl_version_compare(const struct pl_scheme *s, struct pl_str a, struct pl_str b, int *out,
		       struct pl_err *err)
{
	a = pl_str_trim(a);
	b = pl_str_trim(b);
	if (!s->valid(a))
		return pl_fail(err, PL_E_COMPARE, "\"%.*s\" is not a version of scheme %s",
			       PL_FMT(a), s->name);
	if (!s->valid(b))
		return pl_fail(err, PL_E_COMPARE, "\"%.*s\" is not a version of scheme %s",
			       PL_FMT(b), s->name);
	*out = s->compare(a, b);
	return 0;
}

struct pl_str pl_num_take(struct pl_str *s)
{
	size_t n = 0;
	struct pl_str run;

	while (n < s->len && pl_is_digit(s->ptr[n]))
		n++;
	run = pl_str_sub(*s, 0, n);
	pl_skip(s, n);
	return run;
}

int pl_num_cmp(struct pl_str a, struct pl_str b)
{
	while (a.len > 0 && a.ptr[0] == '0')
		pl_skip(&a, 1);
	while (b.len > 0 && b.ptr[0] == '0')
		pl_skip(&b, 1);
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len ? pl_sign(memcmp(a.ptr, b.ptr, a.len)) : 0;
}

bool pl_version_plain(struct pl_str v)
{
	if (v.len == 0 || v.len > PL_VERSION_MAX)
		return false;
	for (size_t i = 0; i < v.len; i++)
		if (v.ptr[i] <= ' ' || v.ptr[i] > '~')
			return false;
	return true;
}

bool pl_version_chars(struct pl_str v, const char *also)
{
	for (size_t i = 0; i < v.len; i++) {
		char c = v.ptr[i];

		if (!pl_is_digit(c) && !pl_is_alpha(c) && (c == '\0' || !strchr(also, c)))
			return false;
	}
	return true;
}
