/* SPDX-License-Identifier: Apache-2.0 */
/* The package lists of real root file systems (tests/real makes them, $PLIMSOLL_REAL says where)
 * against what dpkg-query, apk and rpm printed inside them. Skipped without them. */
#include "check.h"
#include "fake_facts.h"

static struct pl_str part(struct pl_str *line)
{
	struct pl_str s = {0};

	return pl_str_split(line, '\t', &s) ? s : (struct pl_str){0};
}

static const struct pl_pkg_fact *find(const struct pl_facts_writer *w, struct pl_str name,
				      struct pl_str version, struct pl_str arch)
{
	for (size_t i = 0; i < w->packages.len; i++) {
		const struct pl_pkg_fact *p = &w->packages.at[i];

		if (pl_str_eq(p->name, name) && pl_str_eq(p->version, version) &&
		    pl_str_eq(p->arch, arch))
			return p;
	}
	return NULL;
}

/* the source package that the list tells, in the form of each package manager */
static bool same_source(const struct pl_pkg_fact *p, struct pl_str rest)
{
	struct pl_str source = part(&rest), more = part(&rest);

	if (p->type == PL_PKG_RPM) {
		pl_auto_buf b;

		/* name-version-release.src.rpm; the epoch is not in it */
		ptrdiff_t colon = pl_str_chr(p->source_version, ':');

		pl_buf_init(&b, 4096);
		pl_buf_fmt(&b, "%.*s-%.*s.src.rpm", PL_FMT(p->source_name),
			   PL_FMT(pl_str_sub(p->source_version, (size_t)(colon + 1), 4096)));
		return pl_str_eq(pl_buf_view(&b), source) && pl_str_eq(p->module, more);
	}
	return pl_str_eq(pl_str_empty(p->source_name) ? p->name : p->source_name, source) &&
	       (p->type != PL_PKG_DEB ||
		pl_str_eq(pl_str_empty(p->source_version) ? p->version : p->source_version, more));
}

static void compare(const char *root, const struct pl_cataloger *c, const char *image,
		    const char *kind, const char *db)
{
	struct pl_facts_writer w;
	pl_auto_free char *dbpath = NULL, *listpath = NULL;
	pl_auto_buf bytes, list;
	struct pl_str rest, line;
	size_t n = 0;

	assert_true(asprintf(&dbpath, "%s/%s/root/%s", root, image, db) > 0);
	assert_true(asprintf(&listpath, "%s/truth/%s.%s", root, image, kind) > 0);
	if (access(dbpath, R_OK) || access(listpath, R_OK))
		return;
	pl_buf_init(&bytes, PL_MiB(64));
	pl_buf_init(&list, PL_MiB(64));
	assert_int_equal(pl_read_path(dbpath, &bytes, NULL), 0);
	assert_int_equal(pl_read_path(listpath, &list, NULL), 0);
	fake_init(&w);
	assert_int_equal(fake_read(&w, c, db, pl_buf_view(&bytes)), 0);
	for (rest = pl_buf_view(&list); pl_str_line(&rest, &line); n++) {
		struct pl_str left = line, name = part(&left), version = part(&left);
		const struct pl_pkg_fact *p = find(&w, name, version, part(&left));

		if (!p || !same_source(p, left))
			fail_msg("%s: not as told: %.*s", image, PL_FMT(line));
	}
	print_message("%s: %zu packages, %zu owned files\n", image, n, w.owned.len);
	assert_int_equal(w.packages.len, n);
	assert_int_equal(w.diags.len, 0);
	fake_release(&w);
}

static void lists_are_equal(void **state)
{
	const char *root = getenv("PLIMSOLL_REAL");

	(void)state;
	if (!root)
		skip();
	compare(root, &pl_cataloger_dpkg, "debian-12", "deb", "var/lib/dpkg/status");
	compare(root, &pl_cataloger_apk, "alpine-3.12.12-x86_64", "apk", "lib/apk/db/installed");
	compare(root, &pl_cataloger_apk, "alpine-3.15.11-x86_64", "apk", "lib/apk/db/installed");
	compare(root, &pl_cataloger_apk, "alpine-3.17.10-x86_64", "apk", "lib/apk/db/installed");
	compare(root, &pl_cataloger_apk, "alpine-3.19.4-x86_64", "apk", "lib/apk/db/installed");
	compare(root, &pl_cataloger_apk, "alpine-3.19.4-aarch64", "apk", "lib/apk/db/installed");
	compare(root, &pl_cataloger_rpm, "rpm-sqlite", "rpm", "var/lib/rpm/rpmdb.sqlite");
	compare(root, &pl_cataloger_rpm, "rpm-ndb", "rpm", "usr/lib/sysimage/rpm/Packages.db");
	compare(root, &pl_cataloger_rpm, "rpm-bdb", "rpm", "var/lib/rpm/Packages");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
