/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/go_version.h"

void pl_go_settings_init(struct pl_go_settings *s, struct pl_arena *arena)
{
	*s = (struct pl_go_settings){.arena = arena};
}

/* A Go string literal ("…" with escapes, or `…`), as strconv.Quote writes it; other text is as it
 * stands. Escapes that no version holds lose their backslash only. */
static struct pl_str unquote(struct pl_arena *a, struct pl_str s)
{
	char *out;
	size_t n = 0;

	if (s.len >= 2 && s.ptr[0] == '`' && s.ptr[s.len - 1] == '`')
		return pl_str_sub(s, 1, s.len - 2);
	if (s.len < 2 || s.ptr[0] != '"' || s.ptr[s.len - 1] != '"')
		return s;
	out = pl_arena_alloc(a, s.len);
	for (size_t i = 1; i + 1 < s.len; i++) {
		char c = s.ptr[i];

		if (c == '\\' && i + 2 < s.len) {
			c = s.ptr[++i];
			c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
		}
		out[n++] = c;
	}
	return pl_str_n(out, n);
}

void pl_go_settings_add(struct pl_go_settings *s, struct pl_str setting)
{
	struct pl_str key;

	if (!pl_str_split(&setting, '=', &key))
		return;
	if (pl_str_eq_c(key, "-ldflags"))
		s->ldflags = unquote(s->arena, setting);
	else if (pl_str_eq_c(key, "vcs.revision"))
		s->revision = setting;
	else if (pl_str_eq_c(key, "vcs.time"))
		s->time = setting;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next word of a flag string, split as cmd/internal/quoted does: blanks separate, a word that
 * begins with ' or " ends at the next one. */
static bool next_word(struct pl_str *rest, struct pl_str *word)
{
	size_t i = 0, from;

	while (i < rest->len && is_blank(rest->ptr[i]))
		i++;
	if (i == rest->len)
		return false;
	from = i;
	if (rest->ptr[i] == '\'' || rest->ptr[i] == '"') {
		char quote = rest->ptr[i];

		for (i++; i < rest->len && rest->ptr[i] != quote;)
			i++;
		*word = pl_str_sub(*rest, from + 1, i - from - 1);
		i += i < rest->len;
	} else {
		while (i < rest->len && !is_blank(rest->ptr[i]))
			i++;
		*word = pl_str_sub(*rest, from, i - from);
	}
	*rest = pl_str_sub(*rest, i, rest->len);
	return true;
}

static bool is_version_name(struct pl_str name)
{
	static const char *const names[] = {"version",
					    "ver",
					    "tag",
					    "gitversion",
					    "gittag",
					    "appversion",
					    "buildversion",
					    "semver",
					    "releaseversion",
					    "release",
					    "currentversion",
					    "programversion",
					    "serverversion"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (pl_str_ieq(name, pl_str_c(names[i])))
			return true;
	}
	return false;
}

/* [v]N.N…, with no blanks: what a release is called */
static bool is_version(struct pl_str v)
{
	size_t i = v.len && v.ptr[0] == 'v', digits = i;

	while (i < v.len && pl_is_digit(v.ptr[i]))
		i++;
	if (i == digits || i + 1 >= v.len || v.ptr[i] != '.' || !pl_is_digit(v.ptr[i + 1]))
		return false;
	for (; i < v.len; i++) {
		if (is_blank(v.ptr[i]) || (uint8_t)v.ptr[i] < ' ' || (uint8_t)v.ptr[i] > '~')
			return false;
	}
	return true;
}

/* Lower is better: 0 package main or the module's own, 1 another package, -1 no version at all. */
static int judge(struct pl_str assignment, struct pl_str module, struct pl_str *value)
{
	struct pl_str name, package;
	ptrdiff_t dot;

	if (!pl_str_split(&assignment, '=', &name))
		return -1;
	dot = pl_str_rchr(name, '.');
	if (dot <= 0 || !is_version_name(pl_str_sub(name, (size_t)dot + 1, name.len)) ||
	    !is_version(assignment))
		return -1;
	*value = assignment;
	package = pl_str_sub(name, 0, (size_t)dot);
	return pl_str_eq_c(package, "main") || pl_path_under(package, module) ? 0 : 1;
}

static bool from_ldflags(struct pl_str flags, struct pl_str module, struct pl_str *best)
{
	struct pl_str word;
	int rank = 2;

	while (next_word(&flags, &word)) {
		struct pl_str value;
		int r;

		if (pl_str_eq_c(word, "-X") || pl_str_eq_c(word, "--X")) {
			if (!next_word(&flags, &word))
				break;
		} else if (pl_str_starts(word, PL_STR("-X="))) {
			word = pl_str_sub(word, 3, word.len);
		} else {
			continue;
		}
		r = judge(word, module, &value);
		if (r >= 0 && r < rank) {
			rank = r;
			*best = value;
		}
	}
	return rank < 2;
}

/* v0.0.0-20230102150405-abcdef123456 of the commit's time and name (Go modules reference). */
static bool pseudo_version(const struct pl_go_settings *s, struct pl_buf *out)
{
	char digits[14];
	size_t n = 0;

	for (size_t i = 0; i < s->time.len && n < sizeof(digits); i++) {
		if (pl_is_digit(s->time.ptr[i]))
			digits[n++] = s->time.ptr[i];
	}
	if (n < sizeof(digits) || s->revision.len < 12)
		return false;
	pl_buf_c(out, "v0.0.0-");
	pl_buf_add(out, digits, n);
	pl_buf_ch(out, '-');
	pl_buf_str(out, pl_str_sub(s->revision, 0, 12));
	return true;
}

/* vN.0.0-20230102150405-abcdef123456: of a tree in which no tag was seen (Go modules reference);
 * one that derives from a tag has "0." before the time. */
static bool is_stamp(struct pl_str v)
{
	size_t n = 0, digits = 0;

	while (n < v.len && (n == 0 ? v.ptr[n] == 'v' : pl_is_digit(v.ptr[n])))
		n++;
	if (n < 2 || !pl_str_starts(pl_str_sub(v, n, v.len), PL_STR(".0.0-")))
		return false;
	for (n += 5; n < v.len && pl_is_digit(v.ptr[n]); n++)
		digits++;
	return digits == 14;
}

struct pl_str pl_go_main_version(struct pl_str told, bool summed, struct pl_str module,
				 const struct pl_go_settings *s, struct pl_buf *out,
				 bool *uncertain)
{
	bool stamp = !summed && is_stamp(told);
	struct pl_str value;

	if (!pl_str_empty(told) && !pl_str_eq_c(told, "(devel)") && !stamp) {
		pl_buf_str(out, told);
		return PL_STR("build info");
	}
	*uncertain = true;
	if (from_ldflags(s->ldflags, module, &value)) {
		if (value.ptr[0] != 'v')
			pl_buf_ch(out, 'v');
		pl_buf_str(out, value);
		return PL_STR("build info: linker flag");
	}
	if (stamp)
		pl_buf_str(out, told);
	if (stamp || pseudo_version(s, out))
		return PL_STR("build info: version control stamp");
	*uncertain = false;
	return PL_STR("build info: no version was recorded");
}

struct pl_str pl_go_stdlib_version(struct pl_str toolchain, bool *uncertain)
{
	ptrdiff_t at = pl_str_find(toolchain, PL_STR("go1"));
	struct pl_str v;
	size_t n = 0;

	*uncertain = at > 0; /* "devel go1.22-0123456 …": on the way to that release */
	if (at < 0)
		return PL_STR("");
	v = pl_str_sub(toolchain, (size_t)at + 2, toolchain.len);
	/* the vendor's or experiments' suffix begins with ' ', '-', '+' or '(' */
	while (n < v.len &&
	       (pl_is_digit(v.ptr[n]) || v.ptr[n] == '.' || (v.ptr[n] >= 'a' && v.ptr[n] <= 'z')))
		n++;
	return pl_str_sub(v, 0, n);
}
