/* SPDX-License-Identifier: Apache-2.0 */
#include "check_fixture.h"

/* made-up values in the published forms of each kind */
#define A16 "ABCDEFGH23456789"
#define X36 "abcdefghijklmnopqrstuvwxyz0123456789"

static void judges_values(void **state)
{
	static const struct {
		const char *entry, *kind; /* NULL: no finding */
	} rows[] = {
		{"KEY=AKIA" A16, "AWS access key"},
		{"KEY=xAKIA" A16, NULL},
		{"KEY=AKIAshort", NULL},
		{"X=ghp_" X36, "GitHub personal"},
		{"X=glpat-abcdefghij_-ABCDEFGH", "GitLab"},
		{"X=xoxb-1234567890-abc", "Slack bot"},
		{"HOOK=https://hooks.slack.com/services/T000/B000/abcdefghijk", "Slack webhook"},
		{"X=sk_live_abcdefghij0123456789", "Stripe"},
		{"X=sk_test_abcdefghij0123456789", NULL},
		{"X=-----BEGIN RSA PRIVATE KEY-----\nMII", "private key"},
		{"X=-----BEGIN CERTIFICATE-----\nMII", NULL},
		{"X=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "JSON web token"},
		{"X=eyJhbGciOiJIUzI1NiJ9.x.y", NULL},
		{"DATABASE_URL=postgres://app:hunter22@db/app", "URL with a password"},
		{"DATABASE_URL=postgres://app:${PW}@db/app", NULL},
		{"DATABASE_URL=postgres://app@db/app", NULL},
		{"PROXY=http://proxy:3128/a:b@c", NULL},
		{"DB_PASSWORD=correct horse", "name promises"},
		{"MYSQL_ROOT_PASSWORD=letmein", "name promises"},
		{"apiToken=abcd1234efgh", "name promises"},
		{"DB_PASSWORD_FILE=/run/secrets/db", NULL},
		{"DB_PASSWORD=/run/secrets/db", NULL},
		{"DB_PASSWORD=${PASSWORD}", NULL},
		{"DB_PASSWORD=", NULL},
		{"DB_PASSWORD=changeme", NULL},
		{"TOKEN=12345678", NULL},
		{"PWD=/app", NULL},
		{"PWD=somewhere", NULL},
		{"COMPASS=northwest", NULL},
		{"GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568", NULL},
		{"PATH=/usr/bin:/bin", NULL},
		{"PYTHON_SHA256=85cd12e9cf1d6d5a45f17f7afe1cebe7ee628d3282281c492e86adf636defa3f",
		 NULL},
		{"NOTHING", NULL},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n;

		f->img.config.env.len = 0;
		pl_vec_push(&f->img.config.env, pl_str_c(rows[i].entry));
		n = run_check(f, "PL-ENV-SECRET");
		if (n != (rows[i].kind != NULL))
			fail_msg("%s: %zu findings", rows[i].entry, n);
		if (n && !contains(f->found.rows.at[0].why, rows[i].kind))
			fail_msg("%s: %.*s", rows[i].entry, PL_FMT(f->found.rows.at[0].why));
	}
}

/* the report goes to tickets and logs: the secret must not */
static void never_tells_the_value(void **state)
{
	struct fixture *f = *state;

	pl_vec_push(&f->img.config.env, PL_STR("X_TOKEN=ghp_" X36));
	pl_vec_push(&f->img.config.env, PL_STR("DB_PASSWORD=hunter22"));
	pl_vec_push(&f->img.config.env, PL_STR("DB_URL=mysql://root:hunter22@db"));
	assert_int_equal(run_check(f, "PL-ENV-SECRET"), 3);
	for (size_t i = 0; i < 3; i++) {
		const struct pl_finding *row = &f->found.rows.at[i];

		assert_false(contains(row->why, "abcdef"));
		assert_false(contains(row->why, "hunter"));
		assert_false(contains(row->title, "hunter"));
		assert_int_equal(row->severity, PL_SEV_HIGH);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(judges_values),
		fixture_test(never_tells_the_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
