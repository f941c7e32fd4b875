/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erlang: applications of Erlang and Elixir, as they lie in an installation of OTP, in a release or
 * below _build: lib/NAME-VSN/ebin/NAME.app, an Erlang term (erlang.org, "app"):
 *	{application, NAME, [{vsn, "1.2.3"}, {applications, [kernel, stdlib]}, …]}.
 * Applications of OTP and Elixir themselves are no packages of Hex and do not claim to be.
 */
#include "catalog/scrape.h"

static const char *const globs[] = {
	"**/ebin/*.app",
	NULL,
};

/* The applications of the OTP repository, removed ones too, and those of Elixir. */
static const char *const own[] = {
	"asn1",
	"common_test",
	"compiler",
	"cosEvent",
	"cosEventDomain",
	"cosFileTransfer",
	"cosNotification",
	"cosProperty",
	"cosTime",
	"cosTransactions",
	"crypto",
	"debugger",
	"dialyzer",
	"diameter",
	"edoc",
	"eldap",
	"erl_docgen",
	"erl_interface",
	"erts",
	"et",
	"eunit",
	"ftp",
	"gs",
	"hipe",
	"ic",
	"inets",
	"jinterface",
	"kernel",
	"megaco",
	"mnesia",
	"observer",
	"odbc",
	"orber",
	"os_mon",
	"ose",
	"otp_mibs",
	"parsetools",
	"percept",
	"public_key",
	"reltool",
	"runtime_tools",
	"sasl",
	"snmp",
	"ssh",
	"ssl",
	"stdlib",
	"syntax_tools",
	"test_server",
	"tftp",
	"tools",
	"typer",
	"webtool",
	"wx",
	"xmerl",
	"elixir",
	"eex",
	"ex_unit",
	"iex",
	"logger",
	"mix",
};

static bool is_own(struct pl_str name)
{
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (pl_str_eq_c(name, own[i]))
			return true;
	return false;
}

/* One token of a term: punctuation by itself, a quoted string or atom with its quotes, a word. */
static bool token(struct pl_str *rest, struct pl_str *out)
{
	size_t n = 0;

	for (;;) {
		*rest = pl_str_trim(*rest);
		if (!rest->len)
			return false;
		if (rest->ptr[0] != '%')
			break;
		pl_str_line(rest, out); /* a comment */
	}
	if (rest->ptr[0] == '"' || rest->ptr[0] == '\'') {
		for (n = 1; n < rest->len && rest->ptr[n] != rest->ptr[0]; n++)
			n += rest->ptr[n] == '\\';
		n = n < rest->len ? n + 1 : rest->len;
	} else if (strchr("{}[](),.=#|", rest->ptr[0])) {
		n = 1;
	} else {
		while (n < rest->len && (unsigned char)rest->ptr[n] > ' ' &&
		       !strchr("{}[](),%\"'", rest->ptr[n]))
			n++;
	}
	n = n ? n : 1;
	*out = pl_str_sub(*rest, 0, n);
	*rest = pl_str_sub(*rest, n, rest->len);
	return true;
}

static struct pl_str unquoted(struct pl_str t)
{
	if (t.len >= 2 && (t.ptr[0] == '"' || t.ptr[0] == '\''))
		return pl_str_sub(t, 1, t.len - 2);
	return t;
}

/* The names of a list that begins at *rest. */
static void take_names(struct pl_str *rest, struct pl_buf *depends)
{
	struct pl_str t;

	if (!token(rest, &t) || !pl_str_eq_c(t, "["))
		return;
	while (token(rest, &t) && !pl_str_eq_c(t, "]"))
		if (t.ptr[0] != ',' && t.ptr[0] != '{' && t.ptr[0] != '}')
			pl_scrape_add(depends, unquoted(t));
}

/* A member is a tuple on level 2 of the brackets: the second '{' after the list's '['. */
static void read_members(struct pl_str text, struct pl_str *vsn, struct pl_buf *depends)
{
	struct pl_str t, before = {0}, after;
	unsigned level = 1; /* inside of the outer '{' */

	while (token(&text, &t)) {
		char c = t.ptr[0];
		bool key = level == 3 && pl_str_eq_c(before, "{");

		if (c == '{' || c == '[') {
			level++;
		} else if (c == '}' || c == ']') {
			level -= level > 0;
		} else if (key && pl_str_eq_c(t, "vsn") && token(&text, &after) &&
			   token(&text, &after) && after.ptr[0] == '"') {
			*vsn = unquoted(after);
		} else if (key && (pl_str_eq_c(t, "applications") ||
				   pl_str_eq_c(t, "included_applications"))) {
			token(&text, &after);
			take_names(&text, depends);
		}
		before = t;
	}
}

static int read_erlang(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_HEX, .how = PL_STR("application file")};
	struct pl_str rest = f->bytes, t[3] = {{0}};
	pl_auto_buf depends;
	pl_auto_buf purl;

	pl_buf_init(&depends, PL_KiB(64));
	pl_buf_init(&purl, PL_KiB(4));
	for (size_t i = 0; i < 3; i++)
		if (!token(&rest, &t[i]))
			break;
	if (!pl_str_eq_c(t[1], "application") || !token(&rest, &t[0]))
		return pl_fail(err, PL_E_FORMAT, "no application term");
	p.name = unquoted(t[0]);
	read_members(rest, &p.version, &depends);
	p.depends = pl_buf_view(&depends);
	if (pl_str_chr(p.version, '%') >= 0)
		p.version = (struct pl_str){0}; /* a template that was not filled in */
	if (is_own(p.name)) {
		p.type = PL_PKG_GENERIC;
		pl_buf_fmt(&purl, "pkg:otp/%.*s%s%.*s", PL_FMT(p.name), p.version.len ? "@" : "",
			   PL_FMT(p.version));
		p.purl = pl_buf_view(&purl);
	}
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_erlang = {
	.name = "erlang",
	.what = "Erlang and Elixir applications: NAME.app in ebin",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_erlang,
};
