/* SPDX-License-Identifier: Apache-2.0 */
/* The databases are those of the fuzz corpora: written by rpm 4.18 (headers, SQLite), by
 * libdb 5.3's db5.3_load and by rpm's own rpmpkg.c, each with the same four packages. What is
 * expected of them was printed by rpm -qa --qf
 * '%{NAME}|%{EVR}|%{ARCH}|%{SOURCERPM}|%{MODULARITYLABEL}|%{VENDOR}|
 * %{LICENSE}\n' and rpm -ql; the fourth package is called gpg-pubkey. */
#include "catalog/rpm.h"
#include "check.h"
#include "fake_facts.h"

#define DB "var/lib/rpm/Packages"

static const char *const fixtures[] = {"rpm_sqlite/four", "rpm_ndb/four", "rpm_bdb/little",
				       "rpm_bdb/big", "rpm_bdb/inline"};
enum { FIXTURES = sizeof(fixtures) / sizeof(fixtures[0]) };

static void load(const char *name, struct pl_buf *b)
{
	pl_auto_free char *path = NULL;
	struct pl_err err = {0};

	pl_buf_init(b, PL_MiB(16));
	assert_true(asprintf(&path, "%s/tests/fuzz/corpus/%s", getenv("PLIMSOLL_SOURCE"), name) >
		    0);
	if (pl_read_path(path, b, &err))
		fail_msg("%s", err.text);
}

static void reads_all_stores(void **state)
{
	static const struct {
		const char *name, *version, *arch, *source, *source_version, *module, *vendor;
		const char *license, *key;
	} rows[] = {
		{"small", "1:3.0.1-41.el9_0", "x86_64", "small", "1:3.0.1-41.el9_0",
		 "small:18:9010020230118163554:rhel9", "AlmaLinux", "MIT",
		 "small-3.0.1-41.el9_0.x86_64"},
		{"small-libs+2", "1:3.0.1-41.el9_0", "x86_64", "small", "1:3.0.1-41.el9_0",
		 "small:18:9010020230118163554:rhel9", "AlmaLinux", "MIT",
		 "small-libs+2-3.0.1-41.el9_0.x86_64"},
		{"zero-epoch", "0:1.0~rc1^git20230101-1.el9", "noarch", "zero-epoch",
		 "0:1.0~rc1^git20230101-1.el9", "", "", "GPL-2.0-or-later AND MIT",
		 "zero-epoch-1.0~rc1^git20230101-1.el9.noarch"},
	};

	(void)state;
	for (size_t f = 0; f < FIXTURES; f++) {
		struct pl_facts_writer w;
		pl_auto_buf b;

		load(fixtures[f], &b);
		fake_init(&w);
		assert_int_equal(fake_read(&w, &pl_cataloger_rpm, DB, pl_buf_view(&b)), 0);
		assert_int_equal(w.packages.len, 3);
		assert_int_equal(w.diags.len, 0);
		for (size_t i = 0; i < 3; i++) {
			const struct pl_pkg_fact *p = fake_find(&w, rows[i].name);

			assert_non_null(p);
			assert_int_equal(p->type, PL_PKG_RPM);
			assert_str(p->version, rows[i].version);
			assert_str(p->arch, rows[i].arch);
			assert_str(p->source_name, rows[i].source);
			assert_str(p->source_version, rows[i].source_version);
			assert_str(p->module, rows[i].module);
			assert_str(p->vendor, rows[i].vendor);
			assert_str(p->licenses, rows[i].license);
			assert_str(p->key, rows[i].key);
		}
		assert_int_equal(w.owned.len, 4);
		assert_true(fake_owns(&w, rows[0].key, "/usr/bin/small"));
		assert_true(fake_owns(&w, rows[0].key, "/usr/share/small"));
		assert_true(fake_owns(&w, rows[0].key, "/usr/share/small/a"));
		assert_true(fake_owns(&w, rows[0].key, "/usr/share/small/b"));
		fake_release(&w);
	}
}

/* Every package is there, or the loss is said. */
static void never_loses_in_silence(const char *what, size_t at, struct pl_str bytes)
{
	struct pl_facts_writer w;

	fake_init(&w);
	assert_int_equal(fake_read(&w, &pl_cataloger_rpm, DB, bytes), 0);
	if (w.packages.len < 3 && fake_diags(&w, PL_W_FAILED, "rpm-db-corrupt") == 0)
		fail_msg("%s at %zu: %zu packages and no diagnostic", what, at, w.packages.len);
	fake_release(&w);
}

static void cut_short(void **state)
{
	(void)state;
	for (size_t f = 0; f < FIXTURES; f++) {
		pl_auto_buf b;

		load(fixtures[f], &b);
		for (size_t n = 0; n < b.len; n += n < 600 ? 13 : 509)
			never_loses_in_silence(fixtures[f], n, pl_str_sub(pl_buf_view(&b), 0, n));
	}
}

static void flipped(void **state)
{
	(void)state;
	for (size_t f = 0; f < FIXTURES; f++) {
		pl_auto_buf b;

		load(fixtures[f], &b);
		for (size_t at = 0; at < b.len; at += at < 1024 ? 3 : 41) {
			b.ptr[at] ^= (char)(1 << at % 8);
			never_loses_in_silence(fixtures[f], at, pl_buf_view(&b));
			b.ptr[at] ^= (char)(1 << at % 8);
		}
	}
}

static void tells_stores_apart(void **state)
{
	static const struct {
		struct pl_str bytes;
		const char *what;
	} rows[] = {
		{{"", 0}, "the file is empty"},
		{{"rubbish", 7}, "neither SQLite nor ndb nor Berkeley DB"},
		{{"\0\0\0\0\0\0\0\0\0\0\0\0\x62\x31\x05\0", 16},
		 "a Berkeley DB B-tree, where rpm has a hash"},
		{{"RpmP", 4}, "offset 0: not a head of ndb version 0"},
		{{"SQLite format 3\0", 16}, "the file ends in its head"},
		{{"\0\0\0\0\0\0\0\0\0\0\0\0\x61\x15\x06\0", 16}, "page 0: the file ends in it"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pl_facts_writer w;

		fake_init(&w);
		assert_int_equal(fake_read(&w, &pl_cataloger_rpm, DB, rows[i].bytes), 0);
		assert_int_equal(w.diags.len, 1);
		assert_int_equal(w.diags.at[0].weight, PL_W_FAILED);
		assert_str(w.diags.at[0].code, "rpm-db-corrupt");
		assert_str(w.diags.at[0].what, rows[i].what);
		fake_release(&w);
	}
}

/* Zeroed pages look like pages never used; the head still counts the items. */
static void zeroed_pages_are_said(void **state)
{
	(void)state;
	for (size_t f = 0; f < FIXTURES; f++) {
		struct pl_facts_writer w;
		pl_auto_buf b;

		if (!strstr(fixtures[f], "bdb"))
			continue;
		load(fixtures[f], &b);
		memset(b.ptr + 512, 0, b.len - 512);
		fake_init(&w);
		assert_int_equal(fake_read(&w, &pl_cataloger_rpm, DB, pl_buf_view(&b)), 0);
		assert_int_equal(w.packages.len, 0);
		assert_true(w.diags.len > 0);
		assert_int_equal(w.diags.at[0].weight, PL_W_FAILED);
		fake_release(&w);
	}
}

static void empty_is_said(void **state)
{
	struct pl_facts_writer w;
	pl_auto_buf b;

	(void)state;
	pl_buf_init(&b, 8192);
	pl_buf_add(&b, "RpmP\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32);
	while (b.len < 4096)
		pl_buf_add(&b, "Slot\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	fake_init(&w);
	assert_int_equal(fake_read(&w, &pl_cataloger_rpm, DB, pl_buf_view(&b)), 0);
	assert_int_equal(w.diags.len, 1);
	assert_str(w.diags.at[0].code, "rpm-db-empty");
	fake_release(&w);
}

/* Logs that belong to no database here; the first by SQLite, of two transactions, the second
 * spoilt. */
static void log_is_said(void **state)
{
	const char *source = getenv("PLIMSOLL_SOURCE");
	struct pl_facts_writer w;
	char path[4096];
	pl_auto_buf b;

	(void)state;
	pl_buf_init(&b, 65536);
	snprintf(path, sizeof(path), "%s/tests/data/catalog/rpm/root/var/lib/rpm/rpmdb.sqlite-wal",
		 source ? source : ".");
	assert_int_equal(pl_read_path(path, &b, NULL), 0);
	fake_init(&w);
	fake_read(&w, &pl_cataloger_rpm, "var/lib/rpm/rpmdb.sqlite-wal", PL_STR(""));
	assert_int_equal(w.diags.len, 0);
	fake_read(&w, &pl_cataloger_rpm, "var/lib/rpm/rpmdb.sqlite-wal", pl_buf_view(&b));
	assert_int_equal(fake_diags(&w, PL_W_FAILED, "rpm-wal"), 1);
	b.ptr[32 + 8] ^= 1; /* the first frame is of an earlier round */
	fake_read(&w, &pl_cataloger_rpm, "var/lib/rpm/rpmdb.sqlite-wal", pl_buf_view(&b));
	assert_int_equal(w.diags.len, 1);
	fake_release(&w);
}

/* printed by rpm -qa --qf of the same database with the ten tags, a line apart; the fifth is odd */
static void reads_manifest(void **state)
{
	static const char text[] =
		"small\t3.0.1-41.el9_0\t1795467866\t1795467866\tAlmaLinux\t1\t0\tx86_64\t1\t"
		"small-3.0.1-41.el9_0.src.rpm\n"
		"small-libs+2\t3.0.1-41.el9_0\t1795467866\t1795467866\tAlmaLinux\t1\t0\tx86_64\t1\t"
		"small-3.0.1-41.el9_0.src.rpm\n"
		"zero-epoch\t1.0~rc1^git20230101-1.el9\t1795467866\t1795467866\t(none)"
		"\t0\t0\tnoarch\t0\t"
		"zero-epoch-1.0~rc1^git20230101-1.el9.src.rpm\n"
		"gpg-pubkey\t0000-1\t1795467866\t1795467866\t(none)\t(none)\t0\tnoarch\t0\t"
		"gpg-pubkey-0000-1.src.rpm\n"
		"odd\t1\n";
	struct pl_facts_writer w;

	(void)state;
	fake_init(&w);
	fake_read(&w, &pl_cataloger_rpm, "var/lib/rpmmanifest/container-manifest-2", PL_STR(text));
	assert_int_equal(w.packages.len, 3);
	assert_str(w.packages.at[1].name, "small-libs+2");
	assert_str(w.packages.at[1].version, "1:3.0.1-41.el9_0");
	assert_str(w.packages.at[1].source_name, "small");
	assert_str(w.packages.at[1].source_version, "1:3.0.1-41.el9_0");
	assert_str(w.packages.at[1].arch, "x86_64");
	assert_str(w.packages.at[1].vendor, "AlmaLinux");
	assert_str(w.packages.at[2].version, "0:1.0~rc1^git20230101-1.el9");
	assert_str(w.packages.at[2].vendor, "");
	assert_int_equal(fake_diags(&w, PL_W_FAILED, "rpm-manifest-malformed"), 1);
	assert_int_equal(w.diags.len, 1);
	fake_release(&w);
}

/* --- headers made here, for what rpm does not write any more or never should ----------------- */

struct maker {
	struct pl_buf index, data;
	uint32_t entries;
};

static void put32(struct pl_buf *b, uint32_t v)
{
	const char bytes[] = {(char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v};

	pl_buf_add(b, bytes, 4);
}

static void tag(struct maker *m, uint32_t number, uint32_t type, uint32_t count, struct pl_str data)
{
	put32(&m->index, number);
	put32(&m->index, type);
	put32(&m->index, (uint32_t)m->data.len);
	put32(&m->index, count);
	pl_buf_str(&m->data, data);
	m->entries++;
}

static void read_header(struct maker *m, struct pl_facts_writer *w)
{
	struct pl_rpm r = {.w = w};
	pl_auto_buf b;

	pl_buf_init(&b, PL_MiB(16));
	put32(&b, m->entries);
	put32(&b, (uint32_t)m->data.len);
	pl_buf_str(&b, pl_buf_view(&m->index));
	pl_buf_str(&b, pl_buf_view(&m->data));
	pl_rpm_header(&r, pl_buf_view(&b), "here");
	pl_buf_release(&m->index);
	pl_buf_release(&m->data);
}

static struct maker maker(void)
{
	struct maker m = {0};

	pl_buf_init(&m.index, PL_MiB(16));
	pl_buf_init(&m.data, PL_MiB(16));
	tag(&m, 1000, 6, 1, PL_STR("pkg\0"));
	tag(&m, 1001, 6, 1, PL_STR("1.0\0"));
	tag(&m, 1002, 6, 1, PL_STR("2\0"));
	tag(&m, 1022, 6, 1, PL_STR("i386\0"));
	return m;
}

static void old_file_names(void **state)
{
	struct pl_facts_writer w;
	struct maker m = maker();

	(void)state;
	tag(&m, 1027, 8, 2, PL_STR("/bin/a\0/bin/b\0"));
	tag(&m, 1044, 6, 1, PL_STR("odd-name-1.0-2.nosrc.rpm\0"));
	fake_init(&w);
	read_header(&m, &w);
	assert_int_equal(w.diags.len, 0);
	assert_true(fake_owns(&w, "pkg-1.0-2.i386", "/bin/a"));
	assert_true(fake_owns(&w, "pkg-1.0-2.i386", "/bin/b"));
	assert_str(w.packages.at[0].version, "1.0-2");
	assert_str(w.packages.at[0].source_name, "odd-name");
	assert_str(w.packages.at[0].source_version, "1.0-2");
	fake_release(&w);
}

static void damaged_headers(void **state)
{
	static const struct {
		uint32_t number, type, count;
		struct pl_str data;
		const char *what;
	} rows[] = {
		{1011, 6, 1, PL_STR("no end"), "here: a string of the header lies outside of it"},
		{1014, 4, 1, PL_STR("\0\0\0\1"), "here: a string of the header lies outside of it"},
		{1117, 8, 1, PL_STR("a\0"), "here: the file list of pkg-1.0-2.i386 is damaged"},
		{1117, 8, 0xffffffff, PL_STR("a\0"),
		 "here: the file list of pkg-1.0-2.i386 is damaged"},
		{1118, 8, 0xffffffff, PL_STR("a\0"),
		 "here: the file list of pkg-1.0-2.i386 is damaged"},
		{1027, 8, 2, PL_STR("/a\0"), "here: the file list of pkg-1.0-2.i386 is damaged"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pl_facts_writer w;
		struct maker m = maker();

		tag(&m, rows[i].number, rows[i].type, rows[i].count, rows[i].data);
		fake_init(&w);
		read_header(&m, &w);
		assert_int_equal(w.packages.len, 1); /* kept */
		assert_int_equal(w.diags.len, 1);
		assert_str(w.diags.at[0].what, rows[i].what);
		fake_release(&w);
	}
}

/* one directory of 4000 bytes for 10,000 names of no byte */
static void repeated_directory(void **state)
{
	struct pl_facts_writer w;
	struct maker m = maker();
	pl_auto_buf dir, names, indexes;
	uint64_t bytes = 0;

	(void)state;
	pl_buf_init(&dir, 8192);
	pl_buf_init(&names, 10000);
	pl_buf_init(&indexes, 40000);
	for (int i = 0; i < 4000; i++)
		pl_buf_ch(&dir, 'd');
	pl_buf_ch(&dir, 0);
	for (int i = 0; i < 10000; i++) {
		pl_buf_ch(&names, 0);
		put32(&indexes, 0);
	}
	tag(&m, 1116, 4, 10000, pl_buf_view(&indexes));
	tag(&m, 1117, 8, 10000, pl_buf_view(&names));
	tag(&m, 1118, 8, 1, pl_buf_view(&dir));
	fake_init(&w);
	read_header(&m, &w);
	for (size_t i = 0; i < w.owned.len; i++)
		bytes += w.owned.at[i].path.len;
	assert_true(bytes < UINT64_C(64) * 54100);
	assert_int_equal(fake_diags(&w, PL_W_FAILED, "rpm-db-corrupt"), 1);
	fake_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_all_stores),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(flipped),
		cmocka_unit_test(tells_stores_apart),
		cmocka_unit_test(zeroed_pages_are_said),
		cmocka_unit_test(empty_is_said),
		cmocka_unit_test(log_is_said),
		cmocka_unit_test(old_file_names),
		cmocka_unit_test(damaged_headers),
		cmocka_unit_test(repeated_directory),
		cmocka_unit_test(reads_manifest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
