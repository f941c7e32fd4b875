/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets in the environment of the image: values that have the form of a known kind of token,
 * and names that promise a secret with a value that is one. Values are never told: of a token
 * its public beginning, of anything else only its length.
 */
#include "check/check_int.h"

enum charset { ALNUM, UPPER, TOKEN, ANY };

/* A value that holds `prefix` followed by at least `len` characters of the set. */
static const struct form {
	const char *prefix;
	enum charset set;
	size_t len;
	const char *what;
} forms[] = {
	{"AKIA", UPPER, 16, "an AWS access key id"},
	{"ASIA", UPPER, 16, "a temporary AWS access key id"},
	{"ghp_", ALNUM, 36, "a GitHub personal access token"},
	{"gho_", ALNUM, 36, "a GitHub OAuth token"},
	{"ghu_", ALNUM, 36, "a GitHub user token"},
	{"ghs_", ALNUM, 36, "a GitHub server token"},
	{"ghr_", ALNUM, 36, "a GitHub refresh token"},
	{"github_pat_", TOKEN, 22, "a GitHub personal access token"},
	{"glpat-", TOKEN, 20, "a GitLab personal access token"},
	{"gldt-", TOKEN, 20, "a GitLab deploy token"},
	{"xoxb-", TOKEN, 10, "a Slack bot token"},
	{"xoxp-", TOKEN, 10, "a Slack user token"},
	{"xoxa-", TOKEN, 10, "a Slack app token"},
	{"xoxr-", TOKEN, 10, "a Slack refresh token"},
	{"xapp-", TOKEN, 10, "a Slack app token"},
	{"https://hooks.slack.com/services/", ANY, 20, "a Slack webhook"},
	{"sk_live_", ALNUM, 16, "a Stripe secret key"},
	{"rk_live_", ALNUM, 16, "a Stripe restricted key"},
	{"npm_", ALNUM, 36, "an npm access token"},
	{"pypi-AgE", TOKEN, 50, "a PyPI upload token"},
	{"AIza", TOKEN, 35, "a Google API key"},
	{"SG.", TOKEN, 60, "a SendGrid API key"},
	{"dop_v1_", ALNUM, 64, "a DigitalOcean access token"},
	{"hvs.", TOKEN, 24, "a Vault token"},
};

static bool in_set(char c, enum charset set)
{
	bool alnum = pl_is_alpha(c) || pl_is_digit(c);

	switch (set) {
	case ALNUM:
		return alnum;
	case UPPER:
		return (c >= 'A' && c <= 'Z') || pl_is_digit(c);
	case TOKEN:
		return alnum || c == '_' || c == '-' || c == '.';
	case ANY:
		break;
	}
	return c > ' ' && c != '"' && c != '\'';
}

static bool has_form(struct pl_str value, const struct form *f)
{
	struct pl_str prefix = pl_str_c(f->prefix);
	ptrdiff_t at;

	while ((at = pl_str_find(value, prefix)) >= 0) {
		struct pl_str rest = pl_str_sub(value, (size_t)at + prefix.len, value.len);
		size_t n = 0;

		while (n < f->len && n < rest.len && in_set(rest.ptr[n], f->set))
			n++;
		if (n == f->len && (at == 0 || !in_set(value.ptr[at - 1], ALNUM)))
			return true;
		value = rest;
	}
	return false;
}

/* RFC 7519: three base64url parts, the first two JSON objects, which begin with {" */
static bool is_jwt(struct pl_str v)
{
	struct pl_str part;
	unsigned n = 0;

	if (!pl_str_starts(v, PL_STR("eyJ")))
		return false;
	while (pl_str_split(&v, '.', &part)) {
		for (size_t i = 0; i < part.len; i++)
			if (!in_set(part.ptr[i], TOKEN) && part.ptr[i] != '=')
				return false;
		if (n < 2 && (part.len < 10 || !pl_str_starts(part, PL_STR("eyJ"))))
			return false;
		n++;
	}
	return n == 3;
}

/* RFC 3986: scheme://user:password@host, where the password is no variable */
static bool url_with_password(struct pl_str v)
{
	ptrdiff_t at = pl_str_find(v, PL_STR("://")), colon, end;
	struct pl_str rest;

	if (at <= 0)
		return false;
	rest = pl_str_sub(v, (size_t)at + 3, v.len);
	end = pl_str_chr(rest, '/');
	rest = pl_str_sub(rest, 0, end < 0 ? rest.len : (size_t)end);
	end = pl_str_rchr(rest, '@');
	if (end <= 0 || (size_t)end + 1 == rest.len)
		return false;
	rest = pl_str_sub(rest, 0, (size_t)end);
	colon = pl_str_chr(rest, ':');
	if (colon < 0)
		return false;
	rest = pl_str_sub(rest, (size_t)colon + 1, rest.len);
	return rest.len > 0 && pl_str_chr(rest, '$') < 0 && pl_str_chr(rest, '<') < 0 &&
	       pl_str_chr(rest, '*') < 0 && pl_str_chr(rest, '{') < 0;
}

static const char *kind_of_value(struct pl_str v, const char **shown)
{
	*shown = "";
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (has_form(v, &forms[i])) {
			*shown = forms[i].prefix;
			return forms[i].what;
		}
	if (pl_str_find(v, PL_STR("-----BEGIN ")) >= 0 &&
	    pl_str_find(v, PL_STR("PRIVATE KEY")) >= 0)
		return "a private key";
	if (is_jwt(v))
		return "a JSON web token";
	if (url_with_password(v))
		return "a URL with a password in it";
	return NULL;
}

/* Names are words between underscores; the last one or two say what the value is. */
static bool name_promises(struct pl_str name)
{
	static const char *const ends[] = {
		"PASSWORD",	  "PASSWD",	 "PASSPHRASE",	    "PWD",	  "PASS",
		"TOKEN",	  "SECRET",	 "SECRETS",	    "CREDENTIAL", "CREDENTIALS",
		"APIKEY",	  "API_KEY",	 "ACCESS_KEY",	    "SECRET_KEY", "PRIVATE_KEY",
		"ENCRYPTION_KEY", "SIGNING_KEY", "SECRET_KEY_BASE", "AUTH_KEY"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct pl_str end = pl_str_c(ends[i]);
		size_t at = name.len - end.len;

		if (name.len < end.len || !pl_str_ieq(pl_str_sub(name, at, end.len), end))
			continue;
		/* the shells' own PWD, OLDPWD and a mere PASS are no secrets */
		if (at == 0)
			return end.len > 4;
		if (name.ptr[at - 1] == '_' || name.ptr[at - 1] == '-' || end.len > 4)
			return true;
	}
	return false;
}

static bool is_number(struct pl_str v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!pl_is_digit(v.ptr[i]) && v.ptr[i] != '.')
			return false;
	return true;
}

/* What stands where a secret will come: nothing, a variable, a path, a word that says so. */
static bool is_placeholder(struct pl_str v)
{
	static const char *const words[] = {"true",	 "false",	"yes",	    "no",
					    "none",	 "null",	"changeme", "change-me",
					    "change_me", "placeholder", "redacted", "undefined",
					    "unset",	 "dummy",	"todo"};
	static const char *const starts[] = {"/",     "./",	"$",	 "<",	  "{{",
					     "file:", "%",	"your-", "your_", "xxx",
					     "***",   "vault:", "arn:",	 "op://"};

	if (v.len < 4 || is_number(v))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (pl_str_ieq(v, pl_str_c(words[i])))
			return true;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (pl_str_istarts(v, pl_str_c(starts[i])))
			return true;
	return false;
}

static void look_at(const struct pl_check *self, struct pl_str entry, struct pl_findings *out)
{
	ptrdiff_t eq = pl_str_chr(entry, '=');
	struct pl_str name, value;
	const char *kind, *shown;
	struct pl_finding *row;

	if (eq < 0)
		return;
	name = pl_str_sub(entry, 0, (size_t)eq);
	value = pl_str_trim(pl_str_sub(entry, (size_t)eq + 1, entry.len));
	kind = kind_of_value(value, &shown);
	if (!kind && (!name_promises(name) || is_placeholder(value)))
		return;
	row = pl_check_add(self, out);
	row->title = pl_arena_fmt(out->arena, "%s: %.*s", self->title, PL_FMT(name));
	if (!kind)
		row->why = pl_arena_fmt(
			out->arena,
			"ENV %.*s: the name promises a secret, the value has %zu bytes "
			"and is no placeholder",
			PL_FMT(name), value.len);
	else if (*shown)
		row->why = pl_arena_fmt(out->arena, "ENV %.*s looks like %s (%s…, %zu bytes)",
					PL_FMT(name), kind, shown, value.len);
	else
		row->why = pl_arena_fmt(out->arena, "ENV %.*s looks like %s (%zu bytes)",
					PL_FMT(name), kind, value.len);
}

PL_CHECK_FN(pl_check_env)
{
	(void)inv;
	for (size_t i = 0; i < img->config.env.len; i++)
		look_at(self, img->config.env.at[i], out);
}
