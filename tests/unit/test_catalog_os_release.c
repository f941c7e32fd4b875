/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "fake_facts.h"

static const struct {
	const char *path, *text;
	const char *id, *version_id, *codename, *name;
} rows[] = {
	{"etc/os-release",
	 "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n"
	 "VERSION_ID=\"12\"\nVERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n",
	 "debian", "12", "bookworm", "Debian GNU/Linux"},
	{"usr/lib/os-release", "ID=\"opensuse-leap\"\nVERSION_ID='15.6'\n# x\n\n  NAME=Leap # y\n",
	 "opensuse-leap", "15.6", "", "Leap"},
	{"etc/os-release", "ID=Foo\nNAME=\"a \\\"b\\\" \\$c \\d\"\nVERSION_ID=1\\.2'3'\"4\"\n",
	 "foo", "1.234", "", "a \"b\" $c \\d"},
	{"etc/os-release", "ID=a\nID=b\nVERSION_ID=$(reboot)\n", "b", "$(reboot)", "", ""},
	{"etc/lsb-release",
	 "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\nDISTRIB_CODENAME=jammy\n"
	 "DISTRIB_DESCRIPTION=\"Ubuntu 22.04.3 LTS\"\n",
	 "ubuntu", "22.04", "jammy", ""},
	{"etc/alpine-release", "3.19.4\n", "alpine", "3.19.4", "", ""},
	{"etc/debian_version", "12.5\n", "debian", "12", "", ""},
	{"etc/debian_version", "trixie/sid\n", "debian", "", "trixie", ""},
	{"etc/redhat-release", "Rocky Linux release 9.3 (Blue Onyx)\n", "rocky", "9.3", "Blue Onyx",
	 "Rocky Linux"},
	{"etc/redhat-release", "Red Hat Enterprise Linux Server release 7.9 (Maipo)\n", "rhel",
	 "7.9", "Maipo", "Red Hat Enterprise Linux Server"},
	{"etc/centos-release", "CentOS Linux release 7.9.2009 (Core)\n", "centos", "7", "Core",
	 "CentOS Linux"},
	{"etc/centos-release", "CentOS Stream release 9\n", "centos", "9", "", "CentOS Stream"},
	{"etc/fedora-release", "Fedora release 39 (Thirty Nine)\n", "fedora", "39", "Thirty Nine",
	 "Fedora"},
	{"etc/system-release", "Amazon Linux release 2023.4.20240416 (Amazon Linux)\n", "amzn",
	 "2023", "Amazon Linux", "Amazon Linux"},
	{"etc/system-release", "Amazon Linux AMI release 2018.03\n", "amzn", "2018.03", "",
	 "Amazon Linux AMI"},
	{"etc/system-release-cpe", "cpe:/o:redhat:enterprise_linux:8::baseos\n", "rhel", "8", "",
	 ""},
	{"etc/system-release-cpe", "cpe:2.3:o:amazon:amazon_linux:2\n", "amzn", "2", "", ""},
	{"etc/redhat-release", "Other Thing release 5 (x)\n", "", "", "x", "Other Thing"},
};

static void reads_each(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pl_facts_writer w;

		fake_init(&w);
		assert_int_equal(fake_read(&w, &pl_cataloger_os_release, rows[i].path,
					   pl_str_c(rows[i].text)),
				 0);
		assert_int_equal(w.systems.len, 1);
		assert_str(w.systems.at[0].os.id, rows[i].id);
		assert_str(w.systems.at[0].os.version_id, rows[i].version_id);
		assert_str(w.systems.at[0].os.codename, rows[i].codename);
		assert_str(w.systems.at[0].os.name, rows[i].name);
		assert_str(w.systems.at[0].os.evidence, rows[i].path);
		assert_true(w.systems.at[0].os.found);
		assert_int_equal(w.diags.len, pl_str_eq_c(w.systems.at[0].os.id, ""));
		fake_release(&w);
	}
}

static unsigned rank_of(const char *path, const char *text)
{
	struct pl_facts_writer w;
	unsigned rank;

	fake_init(&w);
	fake_read(&w, &pl_cataloger_os_release, path, pl_str_c(text));
	rank = w.systems.len == 1 ? w.systems.at[0].rank : 999;
	fake_release(&w);
	return rank;
}

static void ranks(void **state)
{
	(void)state;
	assert_int_equal(rank_of("etc/os-release", "ID=x\n"), 0);
	assert_true(rank_of("etc/os-release", "ID=x\n") < rank_of("usr/lib/os-release", "ID=x\n"));
	/* Ubuntu's debian_version says "bookworm/sid" */
	assert_true(rank_of("etc/lsb-release", "DISTRIB_ID=Ubuntu\n") <
		    rank_of("etc/debian_version", "bookworm/sid\n"));
	/* Oracle's redhat-release says "Red Hat Enterprise Linux release 8.9 (Ootpa)" */
	assert_true(
		rank_of("etc/oracle-release", "Oracle Linux Server release 8.9\n") <
		rank_of("etc/redhat-release", "Red Hat Enterprise Linux release 8.9 (Ootpa)\n"));
}

static void odd_input_is_said(void **state)
{
	struct pl_facts_writer w;

	(void)state;
	fake_init(&w);
	fake_read(&w, &pl_cataloger_os_release, "etc/os-release", PL_STR(""));
	fake_read(&w, &pl_cataloger_os_release, "etc/debian_version", PL_STR("\n\n"));
	assert_int_equal(fake_diags(&w, PL_W_WARN, "os-release-empty"), 2);
	fake_read(&w, &pl_cataloger_os_release, "etc/os-release",
		  PL_STR("odd\nID=\"x\nNAME=a b\nVERSION_ID=\\"));
	assert_int_equal(fake_diags(&w, PL_W_WARN, "os-release-malformed"), 3);
	assert_int_equal(w.systems.len, 1);
	assert_str(w.systems.at[0].os.id, "x");
	fake_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each),
		cmocka_unit_test(ranks),
		cmocka_unit_test(odd_input_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
