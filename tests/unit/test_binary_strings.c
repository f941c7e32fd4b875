/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version strings in bytes that pass in pieces. The strings are those of real programs, named in
 * data/programs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "binary/programs.h"
#include <cmocka.h>

#define ELF "\177ELF\2\1\1"

/* What is found, "name version" in the order of the tables, when the bytes come in such pieces. */
static void found(const char *path, struct pl_str bytes, size_t piece, struct pl_buf *out,
		  const char **lost)
{
	struct pl_strings *s = pl_strings_new(pl_str_c(path), pl_str_sub(bytes, 0, 512));
	const struct pl_program_hit *hits;
	size_t n;

	pl_buf_init(out, PL_MiB(1));
	pl_buf_c(out, "");
	*lost = NULL;
	if (!s)
		return;
	for (size_t at = 0; at < bytes.len; at += piece) {
		/* a copy of its own, so that a look beyond it is seen */
		struct pl_str view = pl_str_sub(bytes, at, piece);
		char *copy = pl_xmalloc(view.len);

		memcpy(copy, view.ptr, view.len);
		pl_strings_add(s, pl_str_n(copy, view.len));
		free(copy);
	}
	n = pl_strings_end(s, &hits, lost);
	for (size_t i = 0; i < n; i++)
		pl_buf_fmt(out, "%s%s %.*s", i ? ", " : "", hits[i].program->name,
			   PL_FMT(hits[i].version));
	pl_strings_free(s);
}

static void same_at(const char *path, struct pl_str bytes, size_t piece, const char *want)
{
	const char *lost;
	pl_auto_buf out;

	found(path, bytes, piece, &out, &lost);
	if (strcmp(out.ptr, want) != 0)
		fail_msg("%s in pieces of %zu: found \"%s\", not \"%s\"", path, piece, out.ptr,
			 want);
	assert_null(lost);
}

static void same(const char *path, struct pl_str bytes, const char *want)
{
	static const size_t pieces[] = {1, 2, 7, 64, 1000, 1 << 20};

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		same_at(path, bytes, pieces[i], want);
}

#define SAME(path, bytes, want) same(path, PL_STR(ELF bytes), want)

static void test_found(void **state)
{
	(void)state;
	SAME("opt/x", "\0nginx version: nginx/1.22.1\n\0", "nginx 1.22.1");
	SAME("opt/x", "\0@(#)Bash version 5.2.15(1) release GNU\0", "bash 5.2.15");
	SAME("x", "\0OpenSSH_9.2p1\0", "openssh 9.2p1");
	SAME("x", "\0001.34\0%s-%s-%d\n\0%s: Deleting %s\n\0", "tar 1.34");
	SAME("bin/gzip", "file size changed while zipping\n\0001.12\0",
	     ""); /* not the whole string */
	SAME("bin/gzip", "%s: %s: file size changed while zipping\n\0001.12\0", "gzip 1.12");
	SAME("bin/other", "%s: %s: file size changed while zipping\n\0001.12\0", "");
	SAME("x", "nginx version: nginx/1.22.1\n deflate 1.2.13 Copyright 1995-2022",
	     "zlib 1.2.13, nginx 1.22.1");
}

static void test_not_found(void **state)
{
	(void)state;
	SAME("x", "", "");
	SAME("x", "nginx version: nginx/1.22\n", "");
	SAME("x", "nginx version: nginx/.1.22.1\n", "");
	SAME("x", "nginx version: nginx/1.22.1", ""); /* cut off */
	SAME("x", "nginx version: nginx/123456789.22.1\n", "");
	SAME("x", "nginx version: nginx/1.2.3.4.5.6.7\n", "");
	SAME("x", "nginx version: nginx/%s\n", "");
	/* no program */
	same("notes.txt", PL_STR("nginx version: nginx/1.22.1\n"), "");
}

/* A condition on the rest of the file, before or behind. */
static void test_condition(void **state)
{
	(void)state;
	SAME("x", "\0OpenSSL 3.0.20 7 Apr 2026\0", "");
	SAME("x", "\0OpenSSL 3.0.20 7 Apr 2026\0compiler: gcc\0", "openssl 3.0.20");
	SAME("x", "compiler: gcc\0OpenSSL 1.1.1w  11 Sep 2023\0", "openssl 1.1.1w");
	SAME("redis-cli", "\0007.0.15\0 (git:%s\0", "redis 7.0.15");
	SAME("redis-cli", "\0008.1.1\0 (git:%s\0 valkey", "");
}

/* The first of two versions, wherever pieces are cut. */
static void test_first(void **state)
{
	(void)state;
	SAME("x", "nginx version: nginx/1.22.1\nnginx version: nginx/1.24.0\n", "nginx 1.22.1");
}

/* Far more places than a program has cost little and are told. */
static void test_many(void **state)
{
	static const char one[] = "nginx version: nginx/1.1.1x";
	size_t n = 70000;
	const char *lost;
	pl_auto_buf bytes, out;

	(void)state;
	pl_buf_init(&bytes, PL_MiB(8));
	pl_buf_c(&bytes, ELF);
	for (size_t i = 0; i < n; i++)
		pl_buf_add(&bytes, one, sizeof(one) - 1);
	found("x", pl_buf_view(&bytes), 65536, &out, &lost);
	assert_string_equal(out.ptr, "");
	assert_non_null(lost);
}

/* Every anchor is found by a plain search, too: by vectorscan at any cut. */
static void test_anchors(void **state)
{
	(void)state;
	assert_true(pl_strings_prepare());
	for (size_t i = 0; i < pl_anchors_len; i++) {
		assert_true(pl_anchors[i].len >= 4 || pl_anchors[i].n == 0);
		assert_int_not_equal(pl_anchors[i].text[0], '\0');
	}
	for (size_t i = 0; i < pl_patterns_len; i++) {
		const struct pattern *p = &pl_patterns[i];

		assert_true(p->anchor < pl_anchors_len);
		assert_true(p->before_min <= p->before_max);
		assert_true(p->before_max + p->after_max + pl_anchors[p->anchor].len <=
			    PATTERN_REACH);
	}
}

static bool matches(const struct pattern_el *els, uint8_t n, uint8_t anchor, struct pl_str bytes,
		    size_t at, const char *want)
{
	struct pattern p = {.els = els, .n_els = n, .anchor_el = anchor, .before_max = 64};
	struct pl_str version = {0};

	if (!pl_pattern_match(&p, bytes, at, &version))
		return false;
	if (!pl_str_eq_c(version, want))
		fail_msg("version \"%.*s\", not \"%s\"", PL_FMT(version), want);
	return true;
}

/* One form after the text "v=". */
static bool form(enum version_form f, const char *text, const char *want)
{
	const struct pattern_el els[] = {{EL_LITERAL, 0, 2, "v="},
					 {EL_VERSION, (uint8_t)f, 48, NULL}};

	return matches(els, 2, 0, pl_str_c(text), 0, want);
}

static void test_forms(void **state)
{
	(void)state;
	assert_true(form(VF_DOTTED, "v=1.2", "1.2"));
	assert_true(form(VF_DOTTED, "v=1.2.", "1.2"));
	assert_false(form(VF_DOTTED, "v=1", ""));
	assert_false(form(VF_DOTTED, "v=1.2b", ""));
	assert_false(form(VF_THREE, "v=1.2", ""));
	assert_true(form(VF_NUMBER, "v=252", "252"));
	assert_true(form(VF_LETTER, "v=1.1.1n", "1.1.1n"));
	assert_true(form(VF_LETTER, "v=1.0.2zg ", "1.0.2zg"));
	assert_true(form(VF_LETTER, "v=3.0.1", "3.0.1"));
	assert_true(form(VF_PATCH, "v=9.2p1", "9.2p1"));
	assert_true(form(VF_PATCH, "v=9.2", "9.2"));
	assert_false(form(VF_PATCHED, "v=9.2", ""));
	assert_true(form(VF_PRE, "v=3.12.0b4", "3.12.0b4"));
	assert_true(form(VF_PRE, "v=2.0.0-rc.1", "2.0.0-rc.1"));
	assert_true(form(VF_PRE, "v=2.0.0-alpha", "2.0.0-alpha"));
	assert_true(form(VF_PRE, "v=2.0.0-debian", "2.0.0"));
}

/* A version before its anchor does not begin inside of a number. */
static void test_before(void **state)
{
	const struct pattern_el els[] = {{EL_VERSION, VF_DOTTED, 48, NULL},
					 {EL_GAP, 0, 8, NULL},
					 {EL_LITERAL, 0, 6, "anchor"}};

	(void)state;
	assert_true(matches(els, 3, 2, PL_STR("1.12 anchor"), 5, "1.12"));
	assert_true(matches(els, 3, 2, PL_STR("x12.3 anchor"), 6, "12.3"));
	assert_false(matches(els, 3, 2, PL_STR("1.12 too far, anchor"), 14, ""));
	assert_false(matches(els, 3, 2, PL_STR(".12 anchor"), 4, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),	  cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_condition), cmocka_unit_test(test_first),
		cmocka_unit_test(test_many),	  cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_forms),	  cmocka_unit_test(test_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
