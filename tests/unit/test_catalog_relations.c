/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Needs to packages, by the rules of the package managers: deb-control(5), Node's "Loading from
 * node_modules folders", PEP 503 names, and what is nearest for all others.
 */
#include "catalog/relations.h"
#include "check.h"

struct row {
	enum pl_pkg_type type;
	const char *name, *version, *arch, *path, *needs, *provides;
	const char *expected; /* "NAME VERSION,…" of what it depends on */
};

static void build(struct pl_inventory *inv, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct pl_pkg p = {.type = rows[i].type,
				   .owner = PL_NO_PKG,
				   .removed_in = UINT32_MAX,
				   .name = pl_str_c(rows[i].name),
				   .version = pl_str_c(rows[i].version),
				   .arch = pl_str_c(rows[i].arch),
				   .needs = pl_str_c(rows[i].needs),
				   .provides = pl_str_c(rows[i].provides)};

		p.locations.at = pl_arena_new(inv->arena, struct pl_location);
		p.locations.len = 1;
		p.locations.at[0].path = pl_str_c(rows[i].path);
		if (strstr(rows[i].path, ".lock"))
			p.evidence = PL_EV_LOCK_FILE;
		pl_vec_push(&inv->packages, p);
	}
}

static void expect(const struct row *rows, size_t n, const char *note)
{
	struct pl_arena arena;
	struct pl_inventory inv = {.arena = &arena};
	struct pl_diags diags;

	pl_arena_init(&arena);
	pl_diags_init(&diags, &arena);
	build(&inv, rows, n);
	pl_relations_find(&(struct pl_relations){.inv = &inv, .diags = &diags});
	for (size_t i = 0; i < n; i++) {
		const struct pl_pkg *p = &inv.packages.at[i];
		pl_auto_buf got;

		pl_buf_init(&got, 4096);
		pl_buf_c(&got, "");
		for (size_t k = 0; k < p->depends.len; k++) {
			const struct pl_pkg *q = &inv.packages.at[p->depends.at[k]];

			pl_buf_fmt(&got, "%s%.*s %.*s", k ? "," : "", PL_FMT(q->name),
				   PL_FMT(q->version));
		}
		assert_str(pl_buf_view(&got), rows[i].expected ? rows[i].expected : "");
	}
	if (note) {
		assert_int_equal(diags.rows.len, 1);
		assert_non_null(strstr(diags.rows.at[0].what.ptr, note));
	} else {
		assert_int_equal(diags.rows.len, 0);
	}
	pl_vec_release(&inv.packages);
	pl_diags_release(&diags);
	pl_arena_release(&arena);
}
#define EXPECT(rows, note) expect(rows, sizeof(rows) / sizeof((rows)[0]), note)

static void operating_systems(void **state)
{
	static const struct row rows[] = {
		{PL_PKG_DEB, "bash", "5", "amd64", "s", "libc6\ndebconf|debconf-2.0\nawk", "",
		 "cdebconf 1,libc6 2,mawk 1"},
		{PL_PKG_DEB, "cdebconf", "1", "amd64", "s", "", "debconf-2.0", NULL},
		{PL_PKG_DEB, "libc6", "2", "i386", "s", "", "", NULL},
		{PL_PKG_DEB, "libc6", "2", "amd64", "s", "libc6", "", NULL},
		{PL_PKG_DEB, "mawk", "1", "amd64", "s", "gone|also-gone\nnothing", "awk", NULL},
		{PL_PKG_APK, "libc6", "9", "", "s", "", "so:x", NULL},
	};

	(void)state;
	/* libc6 of its own architecture stands after another one; itself is no dependency */
	EXPECT(rows, "2 of 6 things");
}

static void chooses_the_architecture(void **state)
{
	static const struct row rows[] = {
		{PL_PKG_RPM, "glibc", "1", "i686", "s", "", "libc.so.6", NULL},
		{PL_PKG_RPM, "glibc", "2", "x86_64", "s", "", "libc.so.6", NULL},
		{PL_PKG_RPM, "a", "1", "x86_64", "s", "libc.so.6", "", "glibc 2"},
		{PL_PKG_RPM, "b", "1", "i686", "s", "libc.so.6\n/usr/bin/sh", "", "glibc 1"},
	};

	(void)state;
	EXPECT(rows, NULL);
}

static void node_modules(void **state)
{
#define M "app/node_modules/"
	static const struct row rows[] = {
		{PL_PKG_NPM, "a", "1", "", M "a/package.json", "c\n@s/d", "", "c 2,@s/d 1"},
		{PL_PKG_NPM, "c", "1", "", M "c/package.json", "", "", NULL},
		{PL_PKG_NPM, "c", "2", "", M "a/node_modules/c/package.json", "@s/d", "", "@s/d 1"},
		{PL_PKG_NPM, "@s/d", "1", "", M "@s/d/package.json", "c", "", "c 1"},
		{PL_PKG_NPM, "x", "1", "", "usr/share/nodejs/x/package.json", "y", "", "y 1"},
		{PL_PKG_NPM, "y", "1", "", "usr/share/nodejs/y/package.json", "c", "", NULL},
	};

	(void)state;
	EXPECT(rows, "1 of 6 things");
}

static void languages(void **state)
{
#define S "usr/lib/python3/site-packages/"
	static const struct row rows[] = {
		{PL_PKG_PYPI, "requests", "2", "", S "requests-2.dist-info/METADATA",
		 "charset.normalizer\nidna", "", "Charset_Normalizer 3,idna 1"},
		{PL_PKG_PYPI, "Charset_Normalizer", "3", "", S "c-3.dist-info/METADATA", "", "",
		 NULL},
		{PL_PKG_PYPI, "idna", "9", "", "venv/lib/idna-9.dist-info/METADATA", "", "", NULL},
		{PL_PKG_PYPI, "idna", "1", "", S "idna-1.dist-info/METADATA", "", "", NULL},
		{PL_PKG_MAVEN, "g:app", "1", "", "a.jar", "g:lib\t2", "", "g:lib 1"},
		{PL_PKG_MAVEN, "g:lib", "1", "", "a.jar!/BOOT-INF/lib/lib.jar", "", "", NULL},
		{PL_PKG_MAVEN, "g:lib", "2", "", "b.jar!/BOOT-INF/lib/lib.jar", "", "", NULL},
		{PL_PKG_GOLANG, "m", "1", "", "bin/m", "x\tv2\ny", "", "x v2"},
		{PL_PKG_GOLANG, "x", "v1", "", "bin/m", "", "", NULL},
		{PL_PKG_GOLANG, "x", "v2", "", "bin/m", "", "", NULL},
		{PL_PKG_GOLANG, "y", "v1", "", "bin/other", "", "", NULL},
		{PL_PKG_NPM, "l", "1", "", "package-lock.json.lock", "k\t2", "", "k 2"},
		{PL_PKG_NPM, "k", "1", "", "package-lock.json.lock", "", "", NULL},
		{PL_PKG_NPM, "k", "2", "", "package-lock.json.lock", "", "", NULL},
	};

	(void)state;
	EXPECT(rows, "1 of 6 things");
}

/* What is joined keeps what each copy needs, by the new numbers. */
static void survives_the_sorting(void **state)
{
	struct pl_arena arena;
	struct pl_inventory inv = {.arena = &arena};
	static const struct row rows[] = {
		{PL_PKG_NPM, "z", "1", "", "b/node_modules/z/package.json", "", "", NULL},
		{PL_PKG_NPM, "a", "1", "", "b/node_modules/a/package.json", "z", "", NULL},
		{PL_PKG_NPM, "z", "2", "", "c/node_modules/z/package.json", "", "", NULL},
		{PL_PKG_NPM, "a", "1", "", "c/node_modules/a/package.json", "z", "", NULL},
	};
	struct pl_diags diags;

	(void)state;
	pl_arena_init(&arena);
	pl_diags_init(&diags, &arena);
	build(&inv, rows, 4);
	pl_relations_find(&(struct pl_relations){.inv = &inv, .diags = &diags});
	pl_inventory_finish(&inv);
	assert_int_equal(inv.packages.len, 3);
	assert_int_equal(inv.packages.at[0].depends.len, 2);
	assert_int_equal(inv.packages.at[0].depends.at[0], 1);
	assert_int_equal(inv.packages.at[0].depends.at[1], 2);
	pl_vec_release(&inv.packages);
	pl_diags_release(&diags);
	pl_arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operating_systems),	    cmocka_unit_test(node_modules),
		cmocka_unit_test(chooses_the_architecture), cmocka_unit_test(languages),
		cmocka_unit_test(survives_the_sorting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
