/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "fake_facts.h"

#define STATUS "var/lib/dpkg/status"

/* What is expected of it was printed by dpkg-query 1.21.22 --admindir=… -W -f …
 * (Package, Version, Architecture, source:Package, source:Version, db:Status-Status). */
static const char status[] =
	"Package: libc6\nStatus: install ok installed\nPriority: optional\nSection: libs\n"
	"Installed-Size: 12986\n"
	"Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>\n"
	"Architecture: amd64\nMulti-Arch: same\nSource: glibc\nVersion: 2.36-9+deb12u4\n"
	"Description: GNU C Library: Shared libraries\n"
	" Contains the standard libraries that are used by nearly all programs on\n .\n"
	" Version: 1\n\n"
	"Package: vim-tiny\nStatus: install ok installed\n"
	"Maintainer: Debian Vim Maintainers <team+vim@tracker.debian.org>\nArchitecture: amd64\n"
	"Source: vim (2:9.0.1378-2)\nVersion: 2:9.0.1378-2+b1\nDescription: Vi IMproved\n\n"
	"Package: gone\nStatus: deinstall ok config-files\n"
	"Maintainer: nobody <nobody@example.org>\nArchitecture: all\nVersion: 1.0-1\n"
	"Description: removed, its configuration stays\n\n"
	"Package: never\nStatus: purge ok not-installed\nArchitecture: amd64\n\n"
	"Package: half\nStatus: install ok half-configured\n"
	"Maintainer: nobody <nobody@example.org>\nArchitecture: all\nVersion: 3.0\n"
	"Description: its postinst failed\n\n"
	"package: lower\nSTATUS:install ok triggers-pending\n"
	"maintainer: nobody <nobody@example.org>\narchitecture: arm64\nversion:  0.1~rc1-1 \n"
	"Triggers-Pending: ldconfig\ndescription: field names in other case";

static void reads_status(void **state)
{
	static const struct {
		const char *name, *version, *arch, *source, *source_version, *key;
	} rows[] = {
		{"libc6", "2.36-9+deb12u4", "amd64", "glibc", "", "libc6:amd64"},
		{"vim-tiny", "2:9.0.1378-2+b1", "amd64", "vim", "2:9.0.1378-2", "vim-tiny:amd64"},
		{"half", "3.0", "all", "", "", "half:all"},
		{"lower", "0.1~rc1-1", "arm64", "", "", "lower:arm64"},
	};
	struct pl_facts_writer w;

	(void)state;
	fake_init(&w);
	assert_int_equal(fake_read(&w, &pl_cataloger_dpkg, STATUS, PL_STR(status)), 0);
	assert_int_equal(w.packages.len, sizeof(rows) / sizeof(rows[0]));
	for (size_t i = 0; i < w.packages.len; i++) {
		assert_int_equal(w.packages.at[i].type, PL_PKG_DEB);
		assert_str(w.packages.at[i].name, rows[i].name);
		assert_str(w.packages.at[i].version, rows[i].version);
		assert_str(w.packages.at[i].arch, rows[i].arch);
		assert_str(w.packages.at[i].source_name, rows[i].source);
		assert_str(w.packages.at[i].source_version, rows[i].source_version);
		assert_str(w.packages.at[i].key, rows[i].key);
	}
	assert_str(w.packages.at[0].vendor, "GNU Libc Maintainers <debian-glibc@lists.debian.org>");
	/* the half-configured one is kept, and said */
	assert_int_equal(w.diags.len, 1);
	assert_str(w.diags.at[0].what,
		   "line 35: package half has the state \"install ok half-configured\"");
	fake_release(&w);
}

static void malformed_goes_on(void **state)
{
	static const char text[] = "rubbish\nPackage: a\nStatus: install ok installed\n"
				   "Version: 1\nVersion: 2\n\n\n\n"
				   "Status: install ok installed\nVersion: 7\n\n"
				   "Package: b\r\nStatus: install ok installed\r\n\r\n"
				   "Package: a\nStatus: installed\nVersion: 3\n\n"
				   "Package: c\nVersion: 4\n";
	struct pl_facts_writer w;

	(void)state;
	fake_init(&w);
	assert_int_equal(fake_read(&w, &pl_cataloger_dpkg, STATUS, PL_STR(text)), 0);
	assert_int_equal(w.packages.len, 4);
	assert_str(w.packages.at[0].version, "1");
	assert_str(w.packages.at[1].name, "b");
	assert_str(w.packages.at[1].version, "");
	assert_str(w.packages.at[3].name, "c");
	assert_str(w.diags.at[0].what, "line 1: not a \"Field: value\" line");
	assert_str(w.diags.at[1].what, "line 5: field Version twice in one stanza");
	assert_str(w.diags.at[2].what, "line 9: the stanza names no package");
	assert_int_equal(w.diags.at[2].weight, PL_W_FAILED);
	assert_str(w.diags.at[3].what, "line 12: package b has no version");
	assert_str(w.diags.at[4].what, "line 15: package a has the state \"installed\"");
	assert_str(w.diags.at[5].what, "line 15: package a is there twice");
	assert_str(w.diags.at[6].what, "line 19: package c has no Status");
	assert_int_equal(w.diags.len, 7);
	fake_release(&w);
}

static void rubbish_is_counted(void **state)
{
	struct pl_facts_writer w;
	pl_auto_buf b;

	(void)state;
	pl_buf_init(&b, PL_MiB(1));
	for (int i = 0; i < 1000; i++)
		pl_buf_c(&b, "x\n");
	fake_init(&w);
	assert_int_equal(fake_read(&w, &pl_cataloger_dpkg, STATUS, pl_buf_view(&b)), 0);
	assert_int_equal(w.diags.len, 21);
	assert_str(w.diags.at[20].what, "981 more lines with such faults up to line 1000");
	assert_int_equal(w.diags.at[20].weight, PL_W_FAILED); /* no package */
	fake_release(&w);
}

/* gcr.io/distroless: one stanza in a file, no Status */
static void reads_status_d(void **state)
{
	static const char one[] = "Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all\n"
				  "Maintainer: GNU Libc Maintainers\n";
	struct pl_facts_writer w;

	(void)state;
	fake_init(&w);
	assert_int_equal(
		fake_read(&w, &pl_cataloger_dpkg, "var/lib/dpkg/status.d/tzdata", PL_STR(one)), 0);
	assert_int_equal(fake_read(&w, &pl_cataloger_dpkg, "var/lib/dpkg/status.d/tzdata.md5sums",
				   PL_STR("0123456789abcdef0123456789abcdef  etc/x\n")),
			 0);
	assert_int_equal(w.packages.len, 1);
	assert_str(w.packages.at[0].key, "tzdata:all");
	assert_int_equal(w.diags.len, 0);
	fake_release(&w);
}

static void reads_lists(void **state)
{
	struct pl_facts_writer w;

	(void)state;
	fake_init(&w);
	assert_int_equal(fake_read(&w, &pl_cataloger_dpkg_list,
				   "var/lib/dpkg/info/libc6:amd64.list",
				   PL_STR("/.\n/lib\n/lib/x86_64-linux-gnu\n"
					  "/lib/x86_64-linux-gnu/libc.so.6\n/lib64\nodd\n/a b")),
			 0);
	assert_int_equal(fake_read(&w, &pl_cataloger_dpkg_list,
				   "var/lib/dpkg/status.d/libssl3.md5sums",
				   PL_STR("0123456789abcdef0123456789abcdef  usr/lib/libssl.so.3\n"
					  "0123456789abcdef0123456789abcdef *usr/lib/b\nodd\n")),
			 0);
	assert_int_equal(w.owned.len, 5);
	assert_true(fake_owns(&w, "libc6:amd64", "/lib/x86_64-linux-gnu/libc.so.6"));
	assert_true(fake_owns(&w, "libc6:amd64", "/lib64"));
	assert_true(fake_owns(&w, "libc6:amd64", "/a b"));
	assert_true(fake_owns(&w, "libssl3", "usr/lib/libssl.so.3"));
	assert_true(fake_owns(&w, "libssl3", "usr/lib/b"));
	assert_int_equal(fake_diags(&w, PL_W_WARN, "dpkg-list-malformed"), 2);
	fake_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_status),	      cmocka_unit_test(malformed_goes_on),
		cmocka_unit_test(rubbish_is_counted), cmocka_unit_test(reads_status_d),
		cmocka_unit_test(reads_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
