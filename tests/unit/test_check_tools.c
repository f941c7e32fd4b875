/* SPDX-License-Identifier: Apache-2.0 */
#include "check_fixture.h"

#include "check/check_int.h"

/* adds to the tree and to the list of files, as the catalog room would */
static struct pl_file *put(struct fixture *f, const char *path, const char *link, uint32_t origin,
			   uint32_t layer)
{
	struct pl_file *row = add_file(f, path, 0755, 100, layer);
	struct pl_node n = {.path = pl_str_c(path),
			    .type = PL_FT_FILE,
			    .mode = 0755,
			    .size = 100,
			    .layer = layer,
			    .origin = origin};
	struct pl_diags d;

	if (link) {
		row->type = n.type = PL_FT_SYMLINK;
		row->link = n.link = pl_str_c(link);
	}
	pl_diags_init(&d, &f->arena);
	if (!f->inv.tree) {
		f->inv.tree = pl_tree_new();
		pl_tree_layer(f->inv.tree, 0);
	}
	pl_tree_add(f->inv.tree, &n, &d);
	pl_diags_release(&d);
	return row;
}

static void knows_names(void **state)
{
	static const struct {
		const char *name, *family;
	} rows[] = {
		{"nc", "netcat"},
		{"nc.openbsd", "netcat"},
		{"pip3", "pip"},
		{"pip3.11", "pip"},
		{"gcc-12", "gcc"},
		{"x86_64-linux-gnu-gcc-12", "gcc"},
		{"x86_64-linux-gnu-g++", "gcc"},
		{"apt-get", "apt"},
		{"ncat", "ncat"},
		{"sudo", "sudo"},
		{"clang-14", "clang"},
	};
	static const char *const others[] = {"ls", "ncdu", "bash", "dockerd",
					     "",   "12",   "subs", "pipe"};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct pl_tool *t = pl_tool_find(pl_str_c(rows[i].name));

		if (!t || strcmp(t->family, rows[i].family) != 0)
			fail_msg("%s: expected %s", rows[i].name, rows[i].family);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (pl_tool_find(pl_str_c(others[i])))
			fail_msg("%s is taken for a tool", others[i]);
}

static void follows_links(void **state)
{
	struct fixture *f = *state;
	uint32_t owner = add_package(f, PL_PKG_DEB, "netcat-openbsd");

	put(f, "etc/alternatives/nc", "/bin/nc.openbsd", PL_ORIGIN_NONE, 1);
	f->inv.files.len = 0; /* not below bin: the catalog does not keep it */
	put(f, "bin/nc", "/etc/alternatives/nc", PL_ORIGIN_NONE, 1);
	put(f, "bin/nc.openbsd", NULL, 7, 1)->owner = owner;
	put(f, "bin/telnet", "gone", PL_ORIGIN_NONE, 1);
	put(f, "bin/helper", "nc.openbsd", PL_ORIGIN_NONE, 1);

	assert_int_equal(run_check(f, "PL-NETWORK-TOOL"), 1);
	assert_str(f->found.rows.at[0].path, "bin/nc.openbsd");
	assert_int_equal(f->found.rows.at[0].owner, owner);
	assert_str(f->found.rows.at[0].title, "network tool: netcat");
	assert_true(contains(f->found.rows.at[0].why, "/bin/helper, /bin/nc"));
	assert_true(contains(f->found.rows.at[0].remedy, "apt-get purge netcat-openbsd"));
}

static void knows_applets(void **state)
{
	struct fixture *f = *state;
	uint32_t owner = add_package(f, PL_PKG_APK, "busybox");

	put(f, "bin/busybox", NULL, 3, 0)->owner = owner;
	put(f, "bin/ls", "/bin/busybox", PL_ORIGIN_NONE, 0);
	put(f, "bin/su", "/bin/busybox", PL_ORIGIN_NONE, 0);
	put(f, "usr/bin/nc", NULL, 3, 0); /* a hard link: the same content */
	put(f, "usr/bin/wget", "/bin/busybox", PL_ORIGIN_NONE, 0);

	assert_int_equal(run_check(f, "PL-NETWORK-TOOL"), 1);
	assert_str(f->found.rows.at[0].path, "bin/busybox");
	assert_str(f->found.rows.at[0].title, "network tool: applets of busybox");
	assert_str(f->found.rows.at[0].why, "/bin/busybox also answers to nc, wget");
	assert_int_equal(f->found.rows.at[0].severity, PL_SEV_MEDIUM);
	assert_int_equal(f->found.rows.at[0].owner, owner);
	assert_int_equal(run_check(f, "PL-PRIVILEGE-TOOL"), 1);
	assert_int_equal(f->found.rows.at[0].severity, PL_SEV_LOW);
}

static void names_of_one_family_are_one(void **state)
{
	struct fixture *f = *state;
	uint32_t apt = add_package(f, PL_PKG_DEB, "apt"), dpkg = add_package(f, PL_PKG_DEB, "dpkg");

	put(f, "opt/venv/bin/pip", NULL, 1, 2);
	put(f, "opt/venv/bin/pip3.11", NULL, 2, 2);
	put(f, "usr/bin/apt", NULL, 3, 0)->owner = apt;
	put(f, "usr/bin/apt-get", NULL, 4, 0)->owner = apt;
	put(f, "usr/bin/dpkg", NULL, 5, 0)->owner = dpkg;
	put(f, "usr/lib/apt/dpkg", NULL, 6, 0); /* not where programs are looked for */

	assert_int_equal(run_check(f, "PL-PACKAGE-MANAGER"), 3);
	assert_true(contains(f->found.rows.at[0].why, "; also /opt/venv/bin/pip3.11"));
	assert_int_equal(f->found.rows.at[0].owner, PL_NO_PKG);
	assert_true(contains(f->found.rows.at[1].why, "; also /usr/bin/apt-get"));
	assert_str(f->found.rows.at[2].path, "usr/bin/dpkg");
	assert_int_equal(run_check(f, "PL-BUILD-TOOL"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_names),
		fixture_test(follows_links),
		fixture_test(knows_applets),
		fixture_test(names_of_one_family_are_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
