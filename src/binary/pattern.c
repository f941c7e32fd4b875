/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pattern at one place. Bytes around an anchor are few (PATTERN_REACH), a pattern has at most
 * two elements of open length (gen-programs.py), so the work at one place is bounded.
 */
#include "binary/programs.h"

struct match {
	const struct pattern *p;
	struct pl_str bytes, version;
	size_t anchor_at;
};

static size_t digits(struct pl_str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && pl_is_digit(s.ptr[at + n]))
		n++;
	return n;
}

static size_t letters(struct pl_str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && pl_is_alpha(s.ptr[at + n]))
		n++;
	return n;
}

/* The bytes of "-rc1", "b2", ".RC.1" at `at`, or 0. */
static size_t pre_release(struct pl_str s, size_t at)
{
	static const char *const marks[] = {"alpha", "beta", "rc", "RC", "pre", "dev", "a", "b"};
	size_t from = at;

	if (at < s.len && (s.ptr[at] == '-' || s.ptr[at] == '.' || s.ptr[at] == '~'))
		at++;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t n = strlen(marks[i]);

		if (letters(s, at) != n || memcmp(s.ptr + at, marks[i], n) != 0)
			continue;
		at += n;
		if (at + 1 < s.len && (s.ptr[at] == '.' || s.ptr[at] == '-') &&
		    pl_is_digit(s.ptr[at + 1]))
			at++;
		return at + digits(s, at) - from;
	}
	return 0;
}

/* "p1" of sudo and OpenSSH, or 0. */
static size_t patch_level(struct pl_str s, size_t at)
{
	size_t n = at < s.len && s.ptr[at] == 'p' ? digits(s, at + 1) : 0;

	return n ? n + 1 : 0;
}

/* "_412" or "+9" of a Java runtime, or 0. */
static size_t java_build(struct pl_str s, size_t at)
{
	bool mark = at < s.len && (s.ptr[at] == '_' || s.ptr[at] == '+');
	size_t n = mark ? digits(s, at + 1) : 0;

	return n ? n + 1 : 0;
}

/* Length of the version at `at`, 0 when there is none. */
static size_t version_len(struct pl_str s, size_t at, enum version_form form)
{
	unsigned numbers = 0, least = form == VF_THREE			     ? 3
				      : form == VF_NUMBER || form == VF_JAVA ? 1
									     : 2;
	size_t end = at;

	for (;;) {
		size_t n = digits(s, end);

		if (n == 0 || n > 8 || ++numbers > 5)
			return 0;
		end += n;
		if (form == VF_NUMBER || end + 1 >= s.len || s.ptr[end] != '.' ||
		    !pl_is_digit(s.ptr[end + 1]))
			break;
		end++;
	}
	if (numbers < least)
		return 0;
	if (form == VF_LETTER && letters(s, end) <= 2)
		end += letters(s, end);
	else if (form == VF_PATCH)
		end += patch_level(s, end);
	else if (form == VF_PATCHED && patch_level(s, end))
		end += patch_level(s, end);
	else if (form == VF_PATCHED)
		return 0;
	else if (form == VF_PRE)
		end += pre_release(s, end);
	else if (form == VF_JAVA && (numbers > 1 || java_build(s, end)))
		end += java_build(s, end);
	else if (form == VF_JAVA)
		return 0;
	return end - at;
}

static bool match_el(struct match *m, unsigned i, size_t at);

static bool match_open(struct match *m, unsigned i, size_t at, bool no_nul)
{
	const struct pattern_el *el = &m->p->els[i];

	for (size_t n = 0; n <= el->max && at + n <= m->bytes.len; n++) {
		if (match_el(m, i + 1, at + n))
			return true;
		if (no_nul && at + n < m->bytes.len && m->bytes.ptr[at + n] == '\0')
			break;
	}
	return false;
}

/* A version does not begin inside of a number. */
static bool match_version(struct match *m, unsigned i, size_t at)
{
	size_t n = version_len(m->bytes, at, m->p->els[i].form);

	if (n == 0)
		return false;
	if (at > 0 && (i == 0 || m->p->els[i - 1].kind != EL_LITERAL) &&
	    (pl_is_digit(m->bytes.ptr[at - 1]) || m->bytes.ptr[at - 1] == '.'))
		return false;
	/* nor does it end inside of a word where the pattern ends with it */
	if (i + 1U == m->p->n_els && at + n < m->bytes.len &&
	    (pl_is_digit(m->bytes.ptr[at + n]) || pl_is_alpha(m->bytes.ptr[at + n])))
		return false;
	if (!match_el(m, i + 1, at + n))
		return false;
	m->version = pl_str_sub(m->bytes, at, n);
	return true;
}

static size_t nuls(struct pl_str s, size_t at, size_t max)
{
	size_t n = 0;

	while (n < max && at + n < s.len && s.ptr[at + n] == '\0')
		n++;
	return n;
}

/* Whether the elements from i on stand at `at`. As deep as a pattern has elements. */
static bool match_el(struct match *m, unsigned i, size_t at)
{
	const struct pattern_el *el = &m->p->els[i];
	size_t n;

	if (i == m->p->n_els)
		return true;
	if (i == m->p->anchor_el && at != m->anchor_at)
		return false;
	switch ((enum pattern_el_kind)el->kind) {
	case EL_LITERAL:
		return at + el->max <= m->bytes.len &&
		       memcmp(m->bytes.ptr + at, el->text, el->max) == 0 &&
		       match_el(m, i + 1, at + el->max);
	case EL_GAP:
	case EL_TEXT:
		return match_open(m, i, at, el->kind == EL_TEXT);
	case EL_NULS:
		n = nuls(m->bytes, at, el->max);
		return n && match_el(m, i + 1, at + n);
	case EL_DIGITS:
		n = digits(m->bytes, at);
		return n && n <= el->max && match_el(m, i + 1, at + n);
	case EL_VERSION:
		return match_version(m, i, at);
	}
	return false;
}

bool pl_pattern_match(const struct pattern *p, struct pl_str bytes, size_t at,
		      struct pl_str *version)
{
	struct match m = {.p = p, .bytes = bytes, .anchor_at = at};

	/* the nearest beginning: what stands next to the anchor belongs to it */
	for (size_t back = p->before_min; back <= p->before_max && back <= at; back++)
		if (match_el(&m, 0, at - back)) {
			*version = m.version;
			return true;
		}
	return false;
}
