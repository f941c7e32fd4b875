/* SPDX-License-Identifier: Apache-2.0 */
/* The zip reader on what Info-ZIP and Python write. */
#include "stream_help.h"

static int make_zip(void **state)
{
	if (make_work_dir(state) < 0)
		return -1;
	if (!have("zip"))
		return 0;
	sh("mkdir -p META-INF/maven && printf 'Manifest-Version: 1.0\\n' > META-INF/MANIFEST.MF &&"
	   "printf 'version=1.2\\n' > META-INF/maven/pom.properties && head -c 300000 /dev/zero > "
	   "zeros &&"
	   "printf stored > plain && zip -q -r a.zip META-INF zeros && zip -q -0 a.zip plain &&"
	   "zip -q -P secret a.zip -j plain && cp a.zip clean.zip");
	sh("zip -q -d clean.zip plain && { printf '#!/bin/sh\\nexec java -jar $0\\n'; cat "
	   "clean.zip; } > sfx.zip"
	   " && zip -q -P secret locked.zip plain");
	return 0;
}

static int list(struct pl_str bytes, struct pl_buf *out, struct pl_err *err)
{
	struct pl_zip *z = NULL;
	struct pl_zip_entry e;
	int rc = pl_zip_open(bytes, &z, err);

	if (rc < 0)
		return rc;
	while ((rc = pl_zip_next(z, &e, err)) == 1) {
		pl_auto_buf b = {0};

		pl_buf_fmt(out, "%.*s%s", PL_FMT(e.path), e.encrypted ? " locked" : "");
		pl_buf_init(&b, PL_MiB(1));
		rc = e.is_dir || e.encrypted ? 0 : pl_zip_read(z, &b, err);
		if (rc < 0)
			break;
		pl_buf_fmt(out, " %zu\n", b.len);
	}
	pl_zip_close(z);
	return rc;
}

static const char listing[] = "META-INF/ 0\nMETA-INF/maven/ 0\nMETA-INF/maven/pom.properties 12\n"
			      "META-INF/MANIFEST.MF 22\nzeros 300000\n";

static void sorted_lines(const char *text, char *out)
{
	const char *lines[32];
	size_t n = 0;

	for (const char *p = text; *p; p = strchr(p, '\n') + 1)
		lines[n++] = p;
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			if (strcmp(lines[k], lines[i]) < 0) {
				const char *t = lines[i];

				lines[i] = lines[k];
				lines[k] = t;
			}
	for (size_t i = 0; i < n; i++)
		out = mempcpy(out, lines[i], (size_t)(strchr(lines[i], '\n') + 1 - lines[i]));
	*out = 0;
}

static void expect(const char *name, const char *want)
{
	pl_auto_buf data = {0}, out = {0};
	struct pl_err err = {0};
	char a[1000], b[1000];

	slurp(name, &data);
	pl_buf_init(&out, 900);
	if (list(pl_buf_view(&data), &out, &err) < 0)
		fail_msg("%s: %s", name, err.text);
	sorted_lines(out.ptr, a);
	sorted_lines(want, b);
	assert_string_equal(a, b);
}

static void members_and_a_shell_prefix(void **state)
{
	(void)state;
	if (!have("zip"))
		skip();
	expect("clean.zip", listing);
	expect("sfx.zip", listing);
	expect("locked.zip", "plain locked 0\n");
}

static void names_are_bytes(void **state)
{
	(void)state;
	if (!have("zip"))
		skip();
	sh("printf x > 'm\xc3\xbcll' && zip -q u.zip 'm\xc3\xbcll'");
	expect("u.zip", "m\xc3\xbcll 1\n");
}

static void limits_hold(void **state)
{
	pl_auto_buf data = {0}, b = {0};
	struct pl_zip *z = NULL;
	struct pl_zip_entry e;
	struct pl_err err = {0};

	(void)state;
	if (!have("zip"))
		skip();
	slurp("clean.zip", &data);
	pl_buf_init(&b, 100000);
	assert_int_equal(pl_zip_open(pl_buf_view(&data), &z, &err), 0);
	do
		assert_int_equal(pl_zip_next(z, &e, &err), 1);
	while (!pl_str_eq_c(e.path, "zeros"));
	assert_int_equal(e.size, 300000);
	assert_int_equal(pl_zip_read(z, &b, &err), -PL_E_LIMIT);
	pl_zip_close(z);
	assert_int_equal(pl_limit_set(PL_STR("zip-entries=3"), NULL), 0);
	assert_int_equal(pl_zip_open(pl_buf_view(&data), &z, &err), -PL_E_LIMIT);
	assert_int_equal(pl_limit_set(PL_STR("zip-entries=200000"), NULL), 0);
}

static void damage_is_no_crash(void **state)
{
	pl_auto_buf data = {0};
	struct pl_err err = {0};

	(void)state;
	if (!have("zip"))
		skip();
	assert_true(list(PL_STR("no zip at all"), NULL, &err) < 0);
	assert_true(list((struct pl_str){0}, NULL, &err) < 0);
	slurp("clean.zip", &data);
	for (size_t len = 0; len < data.len; len += 13) {
		pl_auto_free char *copy = pl_xmalloc(len + 1);
		pl_auto_buf out = {0};

		memcpy(copy, data.ptr, len);
		pl_buf_init(&out, PL_MiB(1));
		assert_true(list(pl_str_n(copy, len), &out, &err) < 0);
	}
	for (size_t at = 0; at < data.len; at += 7) {
		pl_auto_buf out = {0};

		pl_buf_init(&out, PL_MiB(1));
		data.ptr[at] = (char)(data.ptr[at] ^ 0xff);
		list(pl_buf_view(&data), &out, &err);
		data.ptr[at] = (char)(data.ptr[at] ^ 0xff);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_and_a_shell_prefix),
		cmocka_unit_test(names_are_bytes),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(damage_is_no_crash),
	};

	return cmocka_run_group_tests(tests, make_zip, remove_work_dir);
}
