/* SPDX-License-Identifier: Apache-2.0 */
#include <cjson/cJSON.h>

#include "check.h"
#include "report/report_int.h"

/* the corpus of the fuzz target holds one with everything in it */
static int corpus(const char *name, struct pl_arena *a, struct pl_scanned **all, size_t *n,
		  struct pl_err *err)
{
	pl_auto_free char *path = NULL;
	pl_auto_buf text;
	int rc;

	pl_buf_init(&text, PL_MiB(1));
	assert_true(asprintf(&path, "%s/tests/fuzz/corpus/report_read/%s",
			     getenv("PLIMSOLL_SOURCE"), name) > 0);
	assert_int_equal(pl_read_path(path, &text, NULL), 0);
	rc = pl_report_parse(pl_buf_view(&text), a, all, n, err);
	return rc;
}

/* through the packed form, as between worker and parent */
static void carry(struct pl_arena *a, struct pl_scanned **all, size_t *n)
{
	struct pl_scanned *copy;
	pl_auto_buf packed;
	size_t m;

	pl_buf_init(&packed, PL_MiB(1));
	pl_report_pack(*all, *n, &packed);
	assert_int_equal(pl_report_unpack(pl_buf_view(&packed), a, &copy, &m, NULL), 0);
	assert_int_equal(m, *n);
	pl_scanned_release(*all, *n);
	*all = copy;
}

static void reads_everything(void **state)
{
	struct pl_scanned *s;
	pl_auto_arena a;
	size_t n;

	(void)state;
	pl_arena_init(&a);
	assert_int_equal(corpus("debian.json", &a, &s, &n, NULL), 0);
	assert_int_equal(n, 1);
	carry(&a, &s, &n);
	assert_string_equal(s->transport, "sbom");
	assert_str(s->image.name, "app:1");
	assert_str(s->image.platform, "linux/amd64");
	assert_true(s->image.digest.known);
	assert_int_equal(s->image.digest.sha256[0], 0xb5);
	assert_true(s->image.config.has_config && s->image.config.has_healthcheck);
	assert_str(s->image.config.user, "app");
	assert_str(s->image.config.labels.at[0], "k=v");
	assert_str(s->image.config.env.at[0], "PATH");
	assert_int_equal(s->inv.layers.len, 1);
	assert_false(s->inv.layers.at[0].blob.known);
	assert_int_equal(s->inv.layers.at[0].diff_id.sha256[0], 0x7d);
	assert_int_equal(s->inv.layers.at[0].size, 17);
	assert_str(s->inv.os.codename, "bookworm");
	assert_int_equal(s->inv.packages.len, 2);
	assert_str(s->inv.packages.at[0].source_name, "glibc");
	assert_int_equal(s->inv.packages.at[0].removed_in, UINT32_MAX);
	assert_str(s->inv.packages.at[0].locations.at[0].path, "var/lib/dpkg/status");
	assert_int_equal(s->inv.packages.at[0].layer, 0);
	assert_int_equal(s->inv.packages.at[1].owner, 0);
	assert_int_equal(s->inv.packages.at[1].layer, UINT32_MAX);
	assert_int_equal(s->inv.packages.at[1].removed_in, 0);
	assert_int_equal(s->inv.packages.at[1].sha1.len, 20);
	assert_true(s->inv.packages.at[1].uncertain);
	assert_int_equal(s->diags.worst, PL_W_FAILED);
	pl_scanned_release(s, n);
}

/* what is written of what was read is what was read: nothing is lost on the way round */
static void writes_what_it_read(void **state)
{
	struct pl_str first = {0};
	struct pl_buf out[2];
	pl_auto_arena a;

	(void)state;
	pl_arena_init(&a);
	pl_buf_init(&out[0], PL_MiB(1));
	pl_buf_init(&out[1], PL_MiB(1));
	for (int round = 0; round < 2; round++) {
		struct pl_scanned *s;
		struct pl_report r;
		const struct pl_report *list = &r;
		struct pl_report_style style = {0};
		size_t n;

		if (round == 0)
			assert_int_equal(corpus("debian.json", &a, &s, &n, NULL), 0);
		else
			assert_int_equal(pl_report_parse(first, &a, &s, &n, NULL), 0);
		r = (struct pl_report){.target = PL_STR("x"),
				       .transport = "sbom",
				       .image = &s->image,
				       .inv = &s->inv,
				       .diags = &s->diags};
		assert_int_equal(pl_reporter_find(PL_STR("json"))
					 ->write(&list, 1, &style, &out[round], NULL),
				 0);
		first = pl_buf_view(&out[round]);
		pl_scanned_release(s, n);
	}
	assert_int_equal(out[0].len, out[1].len);
	assert_memory_equal(out[0].ptr, out[1].ptr, out[0].len);
	pl_buf_release(&out[0]);
	pl_buf_release(&out[1]);
}

static void refuses(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"{}", "it names no schema"},
		{"{\"schema\":\"plimsoll.report/2\"}", "its schema is plimsoll.report/2"},
		{"{\"schema\":\"plimsoll.report/1\"}", "no list \"packages\""},
		{"{\"schema\":\"plimsoll.report/"
		 "1\",\"packages\":[{\"name\":\"x\",\"type\":\"y\"}]}",
		 "packages[0]"},
		{"{\"schema\":", "not JSON"},
		{"[1]", "it names no schema"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pl_scanned *s;
		struct pl_err err = {0};
		pl_auto_arena a;
		size_t n;

		pl_arena_init(&a);
		assert_true(pl_report_parse(pl_str_c(rows[i].text), &a, &s, &n, &err) < 0);
		if (!strstr(err.text, rows[i].why))
			fail_msg("%s: %s", rows[i].text, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_everything),
		cmocka_unit_test(writes_what_it_read),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
