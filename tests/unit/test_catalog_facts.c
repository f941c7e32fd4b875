/* SPDX-License-Identifier: Apache-2.0 */
/* Facts as bytes: what was written is read, and nothing else is. */
#include "facts_make.h"

static const struct pl_pkg_fact jar = {
	.type = PL_PKG_MAVEN,
	.name = {"org.x:y", 7},
	.version = {"1.0", 3},
	.arch = {"a", 1},
	.source_name = {"sn", 2},
	.source_version = {"sv", 2},
	.licenses = {"MIT\nBSD", 7},
	.module = {"mo", 2},
	.vendor = {"ve", 2},
	.sha1 = {"\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23", 20},
	.inner = {"lib/y.jar", 9},
	.key = {"k", 1},
	.how = {"pom", 3},
	.uncertain = true};

static struct pl_facts_end sample_end(void)
{
	struct pl_facts_end end = {.codec = PL_CODEC_ZSTD, .size = 77, .expanded = UINT64_MAX};

	end.blob.known = true;
	memset(end.blob.sha256, 0xab, sizeof(end.blob.sha256));
	return end;
}

static struct pl_str sample(struct layer_make *l)
{
	struct pl_tar_entry file = {.type = PL_FT_FILE,
				    .mode = 0104755,
				    .uid = UINT64_C(1) << 40,
				    .gid = 5,
				    .size = UINT64_C(1) << 50,
				    .has_caps = true};
	struct pl_os os = {.id = PL_STR("debian"), .version_id = PL_STR("12")};
	struct pl_facts_end end = sample_end();

	make_begin(l);
	pl_facts_entry(&l->w, PL_STR("app/x.jar"), PL_STR(""), &file);
	pl_fact_package(&l->w, &jar);
	make_entry(l, PL_FT_SYMLINK, "lib", "/usr/../lib//");
	l->w.entry = 1;
	make_entry(l, PL_FT_HARDLINK, "b", "app/x.jar");
	l->w.entry = 0;
	pl_fact_owns(&l->w, PL_STR("libc6:amd64"), PL_STR("/bin/sh"));
	pl_fact_os(&l->w, &os, 3);
	pl_facts_text(&l->w, PL_STR("root:x:0:0\n"));
	pl_fact_diag(&l->w, PL_W_FAILED, "file-lost", "%s: %d", "why", 7);
	pl_facts_layer_diag(&l->w, PL_W_FATAL, "layer-damaged", PL_STR("at 512"));
	return make_end(l, &end);
}

static void test_entries_come_back(void **state)
{
	struct layer_make l;
	struct pl_facts f;

	(void)state;
	assert_int_equal(pl_facts_read(sample(&l), &f, NULL), 0);
	assert_int_equal(f.entries.len, 3);
	assert_str(f.entries.at[0].path, "app/x.jar");
	assert_int_equal(f.entries.at[0].type, PL_FT_FILE);
	assert_int_equal(f.entries.at[0].mode, 04755);
	assert_true(f.entries.at[0].uid == UINT64_C(1) << 40 && f.entries.at[0].gid == 5);
	assert_true(f.entries.at[0].size == UINT64_C(1) << 50 && f.entries.at[0].has_caps);
	assert_str(f.entries.at[1].link, "/usr/../lib//"); /* a symbolic link stays as written */
	assert_str(f.entries.at[2].link, "app/x.jar");
	assert_int_equal(f.entries.at[2].origin, 2);
	assert_int_equal(f.end.codec, PL_CODEC_ZSTD);
	assert_true(f.end.size == 77 && f.end.expanded == UINT64_MAX);
	assert_true(f.end.blob.known && !f.end.diff_id.known);
	assert_int_equal(f.end.blob.sha256[31], 0xab);
	pl_facts_release(&f);
	pl_buf_release(&l.bytes);
}

static void test_facts_come_back(void **state)
{
	struct layer_make l;
	struct pl_facts f;
	const struct pl_pkg_fact *p;

	(void)state;
	assert_int_equal(pl_facts_read(sample(&l), &f, NULL), 0);
	assert_int_equal(f.packages.len, 1);
	p = &f.packages.at[0].fact;
	assert_int_equal(p->type, PL_PKG_MAVEN);
	assert_str(p->name, "org.x:y");
	assert_str(p->version, "1.0");
	assert_str(p->arch, "a");
	assert_str(p->source_name, "sn");
	assert_str(p->source_version, "sv");
	assert_str(p->licenses, "MIT\nBSD");
	assert_str(p->module, "mo");
	assert_str(p->vendor, "ve");
	assert_true(pl_str_eq(p->sha1, jar.sha1));
	assert_str(p->inner, "lib/y.jar");
	assert_str(p->key, "k");
	assert_str(p->how, "pom");
	assert_true(p->uncertain);
	assert_str(f.owned.at[0].key, "libc6:amd64");
	assert_str(f.owned.at[0].path, "/bin/sh");
	assert_true(f.systems.at[0].rank == 3 && f.systems.at[0].os.found);
	assert_str(f.systems.at[0].os.version_id, "12");
	assert_str(f.texts.at[0].text, "root:x:0:0\n");
	assert_int_equal(f.diags.len, 2);
	assert_int_equal(f.diags.at[0].entry, 0);
	assert_str(f.diags.at[0].what, "why: 7");
	assert_true(f.diags.at[1].entry == PL_NO_ENTRY && f.diags.at[1].weight == PL_W_FATAL);
	pl_facts_release(&f);
	pl_buf_release(&l.bytes);
}

static void refused(struct pl_str bytes)
{
	/* memory of exactly that size, so that reading past it is seen */
	char *copy = pl_xmalloc(bytes.len ? bytes.len : 1);
	struct pl_facts f;
	struct pl_err err = {0};

	if (bytes.len)
		memcpy(copy, bytes.ptr, bytes.len);
	assert_int_equal(pl_facts_read(pl_str_n(copy, bytes.len), &f, &err), -PL_E_WORKER);
	assert_int_equal(err.code, PL_E_WORKER);
	free(copy);
}

static void test_cut_anywhere_is_refused(void **state)
{
	struct layer_make l;
	struct pl_str whole = sample(&l);

	(void)state;
	for (size_t n = 0; n < whole.len; n++)
		refused(pl_str_sub(whole, 0, n));
	pl_buf_ch(&l.bytes, 'E'); /* and so is more after the end */
	refused(pl_buf_view(&l.bytes));
	pl_buf_release(&l.bytes);
}

static void test_other_version_is_refused(void **state)
{
	struct layer_make l;

	(void)state;
	sample(&l);
	l.bytes.ptr[0]++; /* the first number */
	refused(pl_buf_view(&l.bytes));
	pl_buf_release(&l.bytes);
}

static void test_paths_must_be_clean(void **state)
{
	static const char *const bad[] = {"", "/a", "a/", "a//b", "a/./b", "a/../b", "..", "."};
	struct layer_make l;
	char *longer = pl_xcalloc(1, 4098);

	(void)state;
	memset(longer, 'a', 4097);
	for (size_t i = 0; i <= sizeof(bad) / sizeof(bad[0]); i++) {
		const char *path = i < sizeof(bad) / sizeof(bad[0]) ? bad[i] : longer;

		make_begin(&l);
		make_entry(&l, PL_FT_FILE, path, "");
		refused(make_end(&l, NULL));
		pl_buf_release(&l.bytes);
		if (!*path)
			continue; /* a hard link to nothing is one to a file that is not there */
		make_begin(&l);
		make_entry(&l, PL_FT_HARDLINK, "x", path);
		refused(make_end(&l, NULL));
		pl_buf_release(&l.bytes);
	}
	free(longer);
}

static void test_facts_need_their_entry(void **state)
{
	struct layer_make l;

	(void)state;
	for (int what = 0; what < 5; what++) {
		make_begin(&l);
		make_entry(&l, PL_FT_FILE, "a", "");
		l.w.entry = 1; /* there is only entry 0 */
		if (what == 0)
			make_package(&l, PL_PKG_DEB, "a", "1");
		else if (what == 1)
			pl_fact_owns(&l.w, PL_STR("a"), PL_STR("/a"));
		else if (what == 2)
			pl_fact_os(&l.w, &(struct pl_os){0}, 0);
		else if (what == 3)
			pl_facts_text(&l.w, PL_STR(""));
		else
			pl_fact_diag(&l.w, PL_W_NOTE, "x", "y");
		refused(make_end(&l, NULL));
		pl_buf_release(&l.bytes);
	}
}

static void test_numbers_have_bounds(void **state)
{
	struct layer_make l;

	(void)state;
	make_begin(&l);
	make_entry(&l, PL_FT_OTHER + 1, "a", "");
	refused(make_end(&l, NULL));
	pl_buf_release(&l.bytes);
	make_begin(&l);
	make_entry(&l, PL_FT_FILE, "a", "");
	make_package(&l, PL_PKG__COUNT, "a", "1");
	refused(make_end(&l, NULL));
	pl_buf_release(&l.bytes);
	make_begin(&l);
	pl_facts_layer_diag(&l.w, PL_W__COUNT, "x", PL_STR("y"));
	refused(make_end(&l, NULL));
	pl_buf_release(&l.bytes);
}

static void test_package_limit_is_told_once(void **state)
{
	struct layer_make l;
	struct pl_facts f;

	(void)state;
	assert_int_equal(pl_limit_set(PL_STR("packages=2"), NULL), 0);
	make_begin(&l);
	make_entry(&l, PL_FT_FILE, "a", "");
	for (int i = 0; i < 5; i++)
		make_package(&l, PL_PKG_DEB, "a", "1");
	assert_int_equal(pl_facts_read(make_end(&l, NULL), &f, NULL), 0);
	assert_int_equal(f.packages.len, 2);
	assert_int_equal(f.diags.len, 1);
	assert_str(f.diags.at[0].code, "limit");
	assert_true(pl_str_find(f.diags.at[0].what, PL_STR("packages")) >= 0);
	assert_int_equal(f.diags.at[0].weight, PL_W_FATAL);
	pl_facts_release(&f);
	pl_buf_release(&l.bytes);
	assert_int_equal(pl_limit_set(PL_STR("packages=500000"), NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries_come_back),
		cmocka_unit_test(test_facts_come_back),
		cmocka_unit_test(test_cut_anywhere_is_refused),
		cmocka_unit_test(test_other_version_is_refused),
		cmocka_unit_test(test_paths_must_be_clean),
		cmocka_unit_test(test_facts_need_their_entry),
		cmocka_unit_test(test_numbers_have_bounds),
		cmocka_unit_test(test_package_limit_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
