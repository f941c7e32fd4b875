/* SPDX-License-Identifier: Apache-2.0 */
/* Building a database from records of every input form, and asking it. */
#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include "advisory/advisory.h"
#include "check.h"

static char dir[] = "/tmp/plimsoll-db-XXXXXX";

struct fixture {
	struct pl_arena arena;
	struct pl_diags diags;
	struct pl_build_stats stats;
	struct pl_err err;
};

static char *in_dir(const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	return path;
}

static void write_file(const char *name, const char *text)
{
	pl_auto_free char *path = in_dir(name);
	struct pl_err err = {0};

	for (char *c = path + strlen(dir) + 1; (c = strchr(c, '/')); c++) {
		*c = '\0';
		mkdir(path, 0755);
		*c = '/';
	}
	if (pl_replace_path(path, pl_str_c(text), &err) < 0)
		fail_msg("%s", err.text);
}

static void write_zip(const char *name, const char *const members[][2], size_t n)
{
	pl_auto_free char *path = in_dir(name);
	struct archive *z = archive_write_new();

	archive_write_set_format_zip(z);
	assert_int_equal(archive_write_open_filename(z, path), ARCHIVE_OK);
	for (size_t i = 0; i < n; i++) {
		struct archive_entry *e = archive_entry_new();

		archive_entry_set_pathname(e, members[i][0]);
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_perm(e, 0644);
		archive_entry_set_size(e, (la_int64_t)strlen(members[i][1]));
		assert_int_equal(archive_write_header(z, e), ARCHIVE_OK);
		archive_write_data(z, members[i][1], strlen(members[i][1]));
		archive_entry_free(e);
	}
	archive_write_close(z);
	archive_write_free(z);
}

static int setup(void **state)
{
	struct fixture *f = pl_xcalloc(1, sizeof(*f));

	strcpy(dir, "/tmp/plimsoll-db-XXXXXX");
	assert_non_null(mkdtemp(dir));
	pl_arena_init(&f->arena);
	pl_diags_init(&f->diags, &f->arena);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	pl_auto_free char *cmd = NULL;

	assert_true(asprintf(&cmd, "rm -rf %s", dir) > 0);
	assert_int_equal(system(cmd), 0);
	pl_diags_release(&f->diags);
	pl_arena_release(&f->arena);
	free(f);
	return 0;
}

static struct pl_db *built(struct fixture *f, const char *const *inputs, size_t n)
{
	pl_auto_free char *out = in_dir("out.db");
	struct pl_db *db = NULL;

	if (pl_db_build(inputs, n, out, &f->diags, &f->stats, &f->err) < 0)
		fail_msg("%s", f->err.text);
	if (pl_db_open(out, &db, &f->err) < 0)
		fail_msg("%s", f->err.text);
	return db;
}

static struct pl_db *build_dir(struct fixture *f, const char *name)
{
	pl_auto_free char *in = in_dir(name);
	const char *inputs[] = {in};

	return built(f, inputs, 1);
}

/* What a look-up gave, as text: "id introduced:0 fixed:1 …;". */
static int tell(void *arg, const struct pl_affected *a)
{
	static const char *const kinds[] = {"introduced", "fixed", "last_affected", "limit"};
	struct pl_buf *out = arg;

	pl_buf_str(out, a->id);
	for (size_t r = 0; r < a->ranges.len; r++)
		for (size_t e = 0; e < a->ranges.at[r].events.len; e++)
			pl_buf_fmt(out, " %s:%.*s", kinds[a->ranges.at[r].events.at[e].kind],
				   PL_FMT(a->ranges.at[r].events.at[e].version));
	for (size_t v = 0; v < a->versions.len; v++)
		pl_buf_fmt(out, " =%.*s", PL_FMT(a->versions.at[v]));
	for (size_t i = 0; i < a->aliases.len; i++)
		pl_buf_fmt(out, " alias %.*s", PL_FMT(a->aliases.at[i]));
	for (size_t i = 0; i < a->severities.len; i++)
		pl_buf_fmt(out, " %.*s %.*s", PL_FMT(a->severities.at[i].type),
			   PL_FMT(a->severities.at[i].vector));
	if (a->word.len)
		pl_buf_fmt(out, " word %.*s", PL_FMT(a->word));
	for (size_t i = 0; i < a->exploited.len; i++)
		pl_buf_fmt(out, " exploited %.*s", PL_FMT(a->exploited.at[i]));
	pl_buf_c(out, ";");
	return 0;
}

static void expect(struct pl_db *db, const char *eco, const char *name, const char *want)
{
	pl_auto_buf out;
	struct pl_err err = {0};

	pl_buf_init(&out, PL_KiB(64));
	if (pl_db_each(db, pl_str_c(eco), pl_str_c(name), tell, &out, &err) < 0)
		fail_msg("%s", err.text);
	assert_str(pl_buf_view(&out), want);
}

#define RECORD(id, modified, more, eco, name, body) \
	"{\"id\":\"" id "\",\"modified\":\"" modified "\"," more \
	"\"affected\":[{\"package\":{\"ecosystem\":\"" eco "\",\"name\":\"" name "\"}," body "}]}"
#define FIXED(v) \
	"\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"" v \
	"\"}]}]"

static void every_form_of_input(void **state)
{
	static const char *const members[][2] = {
		{"A-1.json",
		 RECORD("A-1", "2024-01-01T00:00:00Z", "", "Debian:12", "zip", FIXED("1"))},
		{"notes.txt", "not a record"},
		{"sub/A-2.json",
		 RECORD("A-2", "2024-02-01T00:00:00Z", "", "Debian:12", "zip", FIXED("2"))},
	};
	struct fixture *f = *state;
	pl_auto_free char *in = NULL;
	pl_auto_free char *one = NULL;
	struct pl_db_info info;
	struct pl_db *db;

	write_file("tree/Debian/A-3.json",
		   RECORD("A-3", "2024-03-01T00:00:00Z", "", "Debian:12", "zip", FIXED("3")));
	write_file("tree/Debian/README.md", "text");
	write_zip("tree/Debian/all.zip", members, 3);
	write_file("single", "[" RECORD("A-4", "2023-01-01T00:00:00Z", "", "Debian:13", "zip",
					FIXED("4")) "]");
	in = in_dir("tree");
	one = in_dir("single");
	db = built(f, (const char *const[]){in, one}, 2);
	expect(db, "Debian:12", "zip",
	       "A-1 introduced:0 fixed:1;A-2 introduced:0 fixed:2;A-3 introduced:0 fixed:3;");
	expect(db, "Debian:13", "zip", "A-4 introduced:0 fixed:4;");
	expect(db, "Debian", "zip", "");
	expect(db, "Debian:12", "zi", "");
	assert_int_equal(pl_db_ecosystem_records(db, PL_STR("Debian:12")), 3);
	assert_int_equal(pl_db_ecosystem_records(db, PL_STR("Debian:11")), 0);
	assert_int_equal(pl_db_info(db, &f->arena, &info, &f->err), 0);
	assert_int_equal(info.records, 4);
	assert_int_equal(info.packages, 2);
	assert_str(info.modified, "2024-03-01T00:00:00Z");
	assert_int_equal(info.sha256.len, 64);
	assert_false(info.starter);
	assert_int_equal(f->diags.rows.len, 0);
	pl_db_close(db);
}

static void newest_copy_wins_and_equal_dates_add_up(void **state)
{
	struct fixture *f = *state;
	struct pl_db *db;

	write_file("in/a.json", RECORD("X-1", "2024-01-01T00:00:00Z", "\"aliases\":[\"CVE-1-1\"],",
				       "npm", "old", FIXED("1")));
	write_file("in/b.json", RECORD("X-1", "2024-05-01T00:00:00Z", "\"aliases\":[\"CVE-1-2\"],",
				       "npm", "new", FIXED("2")));
	write_file("in/c.json", RECORD("X-1", "2024-05-01T00:00:00Z", "\"aliases\":[\"CVE-1-2\"],",
				       "Maven", "g:new", FIXED("3")));
	write_file("in/d.json", RECORD("X-1", "2024-05-01T00:00:00Z", "\"aliases\":[\"CVE-1-2\"],",
				       "npm", "new", FIXED("2")));
	db = build_dir(f, "in");
	expect(db, "npm", "old", "");
	expect(db, "npm", "new", "X-1 introduced:0 fixed:2 alias CVE-1-2;");
	expect(db, "Maven", "g:new", "X-1 introduced:0 fixed:3 alias CVE-1-2;");
	assert_int_equal(f->stats.records, 1);
	assert_int_equal(f->stats.duplicates, 3);
	pl_db_close(db);
}

static void withdrawn_is_not_found_but_counted(void **state)
{
	struct fixture *f = *state;
	struct pl_db_info info;
	struct pl_db *db;

	write_file("in/a.json",
		   RECORD("X-1", "2024-01-01T00:00:00Z", "\"withdrawn\":\"2024-02-01T00:00:00Z\",",
			  "npm", "a", FIXED("1")));
	write_file("in/b.json", RECORD("X-2", "2024-01-01T00:00:00Z", "", "npm", "a", FIXED("2")));
	db = build_dir(f, "in");
	expect(db, "npm", "a", "X-2 introduced:0 fixed:2;");
	assert_int_equal(pl_db_info(db, &f->arena, &info, &f->err), 0);
	assert_int_equal(info.records, 2);
	assert_int_equal(info.withdrawn, 1);
	assert_int_equal(pl_db_ecosystem_records(db, PL_STR("npm")), 1);
	pl_db_close(db);
}

static void names_as_the_ecosystem_compares_them(void **state)
{
	struct fixture *f = *state;
	struct pl_db *db;

	write_file("in/a.json", RECORD("P", "2024-01-01T00:00:00Z", "", "PyPI", "Zope.Interface__X",
				       FIXED("1")));
	write_file("in/b.json",
		   RECORD("N", "2024-01-01T00:00:00Z", "", "NuGet", "Newtonsoft.Json", FIXED("1")));
	write_file("in/c.json", RECORD("D", "2024-01-01T00:00:00Z", "", "npm", "Case", FIXED("1")));
	db = build_dir(f, "in");
	expect(db, "PyPI", "zope-interface-x", "P introduced:0 fixed:1;");
	expect(db, "PyPI", "ZOPE_interface.x", "P introduced:0 fixed:1;");
	expect(db, "NuGet", "NEWTONSOFT.json", "N introduced:0 fixed:1;");
	expect(db, "npm", "case", "");
	pl_db_close(db);
}

static void all_that_a_record_says(void **state)
{
	struct fixture *f = *state;
	struct pl_db *db;

	write_file(
		"in/a.json",
		RECORD("X-1", "2024-01-01T00:00:00Z",
		       "\"aliases\":[\"CVE-2024-1\",\"CVE-2024-2\"],"
		       "\"severity\":[{\"type\":\"CVSS_V3\",\"score\":\"CVSS:3.1/AV:N\"}],"
		       "\"database_specific\":{\"severity\":\"HIGH\"},"
		       "\"details\":\"a \\u0000 byte\",",
		       "npm", "a",
		       "\"versions\":[\"1.0\",\"1.1\"],\"ranges\":[{\"type\":\"GIT\",\"events\":[{"
		       "\"introduced\":\"abc\"}]},{\"type\":\"SEMVER\",\"events\":[{\"introduced\":"
		       "\"1\"},"
		       "{\"last_affected\":\"2\"},{\"limit\":\"*\"}]}]"));
	write_file("in/kev/known_exploited_vulnerabilities.json",
		   "{\"catalogVersion\":\"1\",\"vulnerabilities\":[{\"cveID\":\"CVE-2024-2\"}]}");
	db = build_dir(f, "in");
	expect(db, "npm", "a",
	       "X-1 introduced:1 last_affected:2 limit:* =1.0 =1.1 alias CVE-2024-1 alias "
	       "CVE-2024-2"
	       " CVSS_V3 CVSS:3.1/AV:N word HIGH exploited CVE-2024-2;");
	assert_int_equal(f->diags.rows.len, 0);
	pl_db_close(db);
}

static void bad_records_are_counted_and_told(void **state)
{
	static const char *const half[][2] = {{"Z.json", "{\"id\":\"Z\"}"}};
	struct fixture *f = *state;
	struct pl_db *db;

	write_file("in/a.json", "{\"id\":");
	write_file("in/b.json", "{\"name\":\"package\"}");
	write_file("in/c.json", "{\"id\":\"NODATE\"}");
	write_file("in/d.json", "[]");
	write_file("in/e.zip", "PK this is no archive");
	write_zip("in/f.zip", half, 1);
	write_file("in/good.json",
		   RECORD("X-1", "2024-01-01T00:00:00Z", "", "npm", "a", FIXED("1")));
	db = build_dir(f, "in");
	assert_int_equal(f->stats.records, 1);
	assert_int_equal(f->stats.skipped, 4);
	assert_int_equal(f->diags.rows.len, 5);
	assert_int_equal(f->diags.worst, PL_W_FAILED);
	pl_db_close(db);
}

/* The content hash does not depend on the order of arrival, nor on how the records are packed. */
static void same_records_same_content(void **state)
{
	static const char a[] = RECORD("X-1", "2024-01-01T00:00:00Z", "", "npm", "a", FIXED("1"));
	static const char b[] = RECORD("X-2", "2024-01-01T00:00:00Z", "", "npm", "a", FIXED("2"));
	static const char *const zipped[][2] = {{"2.json", b}, {"1.json", a}};
	struct fixture *f = *state;
	struct pl_db_info first, second;
	struct pl_db *db;

	write_file("one/1.json", a);
	write_file("one/2.json", b);
	db = build_dir(f, "one");
	assert_int_equal(pl_db_info(db, &f->arena, &first, &f->err), 0);
	pl_db_close(db);
	write_zip("two.zip", zipped, 2);
	db = build_dir(f, "two.zip");
	assert_int_equal(pl_db_info(db, &f->arena, &second, &f->err), 0);
	pl_db_close(db);
	assert_true(pl_str_eq(first.sha256, second.sha256));
}

static void a_failed_build_leaves_the_old_file(void **state)
{
	struct fixture *f = *state;
	pl_auto_free char *in = in_dir("in");
	pl_auto_free char *out = in_dir("out.db");
	pl_auto_free char *cmd = NULL;
	const char *inputs[] = {in};

	write_file("out.db", "the old one");
	write_file("in/nothing.txt", "");
	assert_int_equal(pl_db_build(inputs, 1, out, &f->diags, &f->stats, &f->err),
			 -PL_E_NOT_FOUND);
	inputs[0] = "/nonexistent/feed";
	assert_int_equal(pl_db_build(inputs, 1, out, &f->diags, &f->stats, &f->err), -PL_E_SYS);
	assert_true(asprintf(&cmd,
			     "test \"$(cat %s)\" = 'the old one' && test $(ls %s | wc -l) = 2", out,
			     dir) > 0);
	assert_int_equal(system(cmd), 0);
}

static void refused(struct fixture *f, const char *name, const char *word)
{
	pl_auto_free char *path = in_dir(name);
	struct pl_db *db = NULL;
	struct pl_err err = {0};

	(void)f;
	assert_int_equal(pl_db_open(path, &db, &err), -PL_E_DB);
	if (!strstr(err.text, word) || !strstr(err.text, "plimsoll db build"))
		fail_msg("%s: %s", name, err.text);
	assert_null(db);
}

static void foreign_and_damaged_files(void **state)
{
	struct fixture *f = *state;
	struct pl_err err = {0};
	struct pl_db *db = NULL;
	pl_auto_free char *cmd = NULL;

	write_file("in/a.json", RECORD("X-1", "2024-01-01T00:00:00Z", "", "npm", "a", FIXED("1")));
	pl_db_close(build_dir(f, "in"));
	assert_true(
		asprintf(&cmd,
			 "cd %s && head -c 5000 out.db >short && : >empty && echo hello >text &&"
			 " cp out.db other && printf '\\0\\0\\0\\377' | dd of=other bs=1 seek=60"
			 " conv=notrunc 2>/dev/null && cp out.db foreign && printf 'JUNK' |"
			 " dd of=foreign bs=1 seek=68 conv=notrunc 2>/dev/null",
			 dir) > 0);
	assert_int_equal(system(cmd), 0);
	refused(f, "short", "damaged");
	refused(f, "empty", "not an advisory database");
	refused(f, "text", "not an advisory database");
	refused(f, "other", "schema 255");
	refused(f, "foreign", "not an advisory database");
	assert_int_equal(pl_db_open("/nonexistent/db", &db, &err), -PL_E_SYS);
}

/* Every byte of the file overwritten once, a stretch at a time: an answer or PL_E_DB, no crash. */
static void damaged_pages_are_errors(void **state)
{
	struct fixture *f = *state;
	pl_auto_free char *path = in_dir("out.db");
	pl_auto_free char *bad = in_dir("bad.db");
	pl_auto_buf bytes;

	write_file("in/a.json", RECORD("X-1", "2024-01-01T00:00:00Z", "", "npm", "a", FIXED("1")));
	pl_db_close(build_dir(f, "in"));
	pl_buf_init(&bytes, PL_MiB(1));
	assert_int_equal(pl_read_path(path, &bytes, &f->err), 0);
	for (size_t at = 0; at + 64 <= bytes.len; at += 509) {
		char saved[64];
		struct pl_db *db = NULL;
		struct pl_err err = {0};

		memcpy(saved, bytes.ptr + at, 64);
		memset(bytes.ptr + at, 0xa5, 64);
		assert_int_equal(pl_replace_path(bad, pl_buf_view(&bytes), &err), 0);
		memcpy(bytes.ptr + at, saved, 64);
		if (pl_db_open(bad, &db, &err) < 0) {
			assert_int_equal(err.code, PL_E_DB);
		} else {
			pl_auto_buf out;

			pl_buf_init(&out, PL_MiB(1));
			if (pl_db_each(db, PL_STR("npm"), PL_STR("a"), tell, &out, &err) < 0)
				assert_int_equal(err.code, PL_E_DB);
			pl_db_close(db);
		}
	}
}

static void starter_set_is_inside(void **state)
{
	struct fixture *f = *state;
	struct pl_db *db = NULL;
	struct pl_db_info info;
	pl_auto_buf out;

	assert_int_equal(pl_db_open(NULL, &db, &f->err), 0);
	assert_int_equal(pl_db_info(db, &f->arena, &info, &f->err), 0);
	assert_true(info.starter);
	assert_true(info.records >= 60);
	assert_true(pl_db_ecosystem_records(db, PL_STR("Debian:12")) > 0);
	pl_buf_init(&out, PL_MiB(1));
	assert_int_equal(pl_db_each(db, PL_STR("Maven"),
				    PL_STR("org.apache.logging.log4j:log4j-core"), tell, &out,
				    &f->err),
			 0);
	assert_non_null(strstr(out.ptr, "exploited CVE-2021-44228"));
	pl_db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_form_of_input, setup, teardown),
		cmocka_unit_test_setup_teardown(newest_copy_wins_and_equal_dates_add_up, setup,
						teardown),
		cmocka_unit_test_setup_teardown(withdrawn_is_not_found_but_counted, setup,
						teardown),
		cmocka_unit_test_setup_teardown(names_as_the_ecosystem_compares_them, setup,
						teardown),
		cmocka_unit_test_setup_teardown(all_that_a_record_says, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_records_are_counted_and_told, setup, teardown),
		cmocka_unit_test_setup_teardown(same_records_same_content, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failed_build_leaves_the_old_file, setup,
						teardown),
		cmocka_unit_test_setup_teardown(foreign_and_damaged_files, setup, teardown),
		cmocka_unit_test_setup_teardown(damaged_pages_are_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(starter_set_is_inside, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
