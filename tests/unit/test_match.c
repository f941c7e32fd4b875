/* SPDX-License-Identifier: Apache-2.0 */
/* Packages made by hand against records made by hand: who is affected, by what, and why not. */
#include "check.h"
#include "match/match.h"

struct fixture {
	struct pl_arena arena;
	struct pl_diags diags;
	struct pl_inventory inv;
	struct pl_findings out;
	struct pl_buf records;
	struct pl_db *db;
};

static int setup(void **state)
{
	struct fixture *f = pl_xcalloc(1, sizeof(*f));

	pl_arena_init(&f->arena);
	pl_diags_init(&f->diags, &f->arena);
	pl_buf_init(&f->records, PL_MiB(4));
	f->out.arena = f->inv.arena = &f->arena;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pl_db_close(f->db);
	pl_findings_release(&f->out);
	pl_vec_release(&f->inv.packages);
	pl_diags_release(&f->diags);
	pl_buf_release(&f->records);
	pl_arena_release(&f->arena);
	free(f);
	return 0;
}

static void os(struct fixture *f, const char *id, const char *version)
{
	f->inv.os = (struct pl_os){.id = pl_str_c(id),
				   .version_id = pl_str_c(version),
				   .name = pl_str_c(id),
				   .evidence = PL_STR("etc/os-release"),
				   .found = true};
}

static struct pl_pkg *package(struct fixture *f, enum pl_pkg_type type, const char *name,
			      const char *version, const char *source, const char *source_version)
{
	struct pl_pkg p = {
		.type = type,
		.name = pl_str_c(name),
		.version = pl_str_c(version),
		.source_name = pl_str_c(source ? source : name),
		.source_version = pl_str_c(source_version ? source_version : version),
		.how = PL_STR("test"),
		.owner = PL_NO_PKG,
		.removed_in = UINT32_MAX,
	};

	pl_vec_push(&f->inv.packages, p);
	return &f->inv.packages.at[f->inv.packages.len - 1];
}

/* head: members after id and date, each with a comma behind it. */
static void record(struct fixture *f, const char *id, const char *head, const char *eco,
		   const char *name, const char *body)
{
	pl_buf_fmt(&f->records,
		   "%s{\"id\":\"%s\",\"modified\":\"2024-01-01T00:00:00Z\",%s\"affected\":[{"
		   "\"package\":{"
		   "\"ecosystem\":\"%s\",\"name\":\"%s\"},%s}]}",
		   f->records.len ? "," : "[", id, head, eco, name, body);
}

#define EVENTS(list) "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[" list "]}]"
#define FROM0	     "{\"introduced\":\"0\"}"
#define FIXED(v)     EVENTS(FROM0 ",{\"fixed\":\"" v "\"}")
#define UP(cve)	     "\"upstream\":[\"" cve "\"],"
#define ALIAS(list)  "\"aliases\":[" list "],"

static void run(struct fixture *f)
{
	char dir[] = "/tmp/plimsoll-match-XXXXXX";
	pl_auto_free char *in = NULL;
	pl_auto_free char *db = NULL;
	struct pl_build_stats stats;
	struct pl_err err = {0};

	assert_non_null(mkdtemp(dir));
	assert_true(asprintf(&in, "%s/in.json", dir) > 0 && asprintf(&db, "%s/db", dir) > 0);
	pl_buf_c(&f->records, "]");
	if (pl_replace_path(in, pl_buf_view(&f->records), &err) < 0 ||
	    pl_db_build((const char *const[]){in}, 1, db, &f->diags, &stats, &err) < 0 ||
	    pl_db_open(db, &f->db, &err) < 0 ||
	    pl_match(&f->inv, f->db, &f->out, &f->diags, &err) < 0)
		fail_msg("%s", err.text);
	pl_findings_sort(&f->out, &f->inv);
	unlink(in);
	unlink(db);
	rmdir(dir);
}

/* "ID PACKAGE [fix,…]" for each finding that counts, by id; "(ID PACKAGE)" for suppressed. */
static int by_text(const void *a, const void *b)
{
	return pl_str_cmp(*(const struct pl_str *)a, *(const struct pl_str *)b);
}

static void expect(struct fixture *f, const char *want)
{
	PL_VEC(struct pl_str) lines = {0};
	pl_auto_buf got;

	run(f);
	pl_buf_init(&got, PL_MiB(1));
	for (size_t i = 0; i < f->out.rows.len; i++) {
		const struct pl_finding *row = &f->out.rows.at[i];
		pl_auto_buf line;

		pl_buf_init(&line, PL_KiB(4));
		pl_buf_fmt(&line, "%s%.*s %.*s", row->suppressed.len ? "(" : "", PL_FMT(row->id),
			   PL_FMT(f->inv.packages.at[row->pkg].name));
		for (size_t k = 0; k < row->fix_versions.len; k++)
			pl_buf_fmt(&line, "%c%.*s", k ? ',' : ' ', PL_FMT(row->fix_versions.at[k]));
		pl_buf_fmt(&line, "%s", row->suppressed.len ? ")" : "");
		pl_vec_push(&lines, pl_arena_str(&f->arena, pl_buf_view(&line)));
	}
	if (lines.len)
		qsort(lines.at, lines.len, sizeof(*lines.at), by_text);
	for (size_t i = 0; i < lines.len; i++) {
		pl_buf_str(&got, lines.at[i]);
		pl_buf_c(&got, ";");
	}
	pl_vec_release(&lines);
	if (!got.ptr)
		pl_buf_c(&got, "");
	assert_str(pl_buf_view(&got), want);
}

static const struct pl_diag *diag(struct fixture *f, const char *code)
{
	for (size_t i = 0; i < f->diags.rows.len; i++)
		if (pl_str_eq_c(f->diags.rows.at[i].code, code))
			return &f->diags.rows.at[i];
	return NULL;
}

/* --- operating systems ---------------------------------------------------------------------- */

static void debian_by_source_package_and_its_version(void **state)
{
	struct fixture *f = *state;

	os(f, "debian", "12");
	package(f, PL_PKG_DEB, "libssl3", "3.0.11-1+b1", "openssl", "3.0.11-1");
	package(f, PL_PKG_DEB, "openssl", "3.0.11-1", NULL, NULL);
	package(f, PL_PKG_DEB, "zlib1g", "1:1.2.13.dfsg-1", "zlib", NULL);
	record(f, "DEBIAN-CVE-2024-1", UP("CVE-2024-1"), "Debian:12", "openssl", FIXED("3.0.14-1"));
	record(f, "DSA-5764-1", "\"upstream\":[\"CVE-2024-1\",\"CVE-2024-2\"],", "Debian:12",
	       "openssl", FIXED("3.0.14-1"));
	record(f, "DEBIAN-CVE-2024-3", UP("CVE-2024-3"), "Debian:12", "openssl", FIXED("3.0.11-1"));
	record(f, "DEBIAN-CVE-2024-4", UP("CVE-2024-4"), "Debian:12", "zlib", EVENTS(FROM0));
	record(f, "DEBIAN-CVE-2024-5", UP("CVE-2024-5"), "Debian:12", "libssl3", EVENTS(FROM0));
	record(f, "DEBIAN-CVE-2024-6", UP("CVE-2024-6"), "Debian:13", "openssl", EVENTS(FROM0));
	expect(f, "CVE-2024-1 libssl3 3.0.14-1;CVE-2024-1 openssl 3.0.14-1;CVE-2024-2 libssl3 "
		  "3.0.14-1;"
		  "CVE-2024-2 openssl 3.0.14-1;CVE-2024-4 zlib1g;");
	assert_int_equal(f->out.matchable, 3);
	assert_int_equal(f->out.unmatchable, 0);
	for (size_t i = 0; i < f->out.rows.len; i++) {
		const struct pl_finding *row = &f->out.rows.at[i];

		if (!pl_str_eq_c(row->id, "CVE-2024-1"))
			continue;
		assert_int_equal(row->advisories.len, 2);
		assert_int_equal(row->fix, PL_FIX_FIXED);
		assert_str(row->eco, "Debian:12");
		assert_str(row->range, "< 3.0.14-1");
		if (pl_str_eq_c(f->inv.packages.at[row->pkg].name, "openssl"))
			assert_str(row->why,
				   "openssl 3.0.11-1 < 3.0.14-1 (deb), Debian:12 openssl, "
				   "DEBIAN-CVE-2024-1");
		else
			assert_str(row->why,
				   "openssl 3.0.11-1 < 3.0.14-1 (deb), Debian:12 openssl, "
				   "source of libssl3, DEBIAN-CVE-2024-1");
	}
}

static void alpine_zero_is_not_affected(void **state)
{
	struct fixture *f = *state;

	os(f, "alpine", "3.19.4");
	package(f, PL_PKG_APK, "libcrypto3", "3.1.4-r5", "openssl", "3.1.4-r5");
	record(f, "ALPINE-CVE-1", UP("CVE-2023-1"), "Alpine:v3.19", "openssl", FIXED("0"));
	record(f, "ALPINE-CVE-2", UP("CVE-2023-2"), "Alpine:v3.19", "openssl", FIXED("3.1.4-r6"));
	record(f, "ALPINE-CVE-3", UP("CVE-2023-3"), "Alpine:v3.19", "openssl", FIXED("3.1.4-r5"));
	record(f, "ALPINE-CVE-4", UP("CVE-2023-4"), "Alpine:v3.18", "openssl", FIXED("3.1.9-r0"));
	expect(f, "CVE-2023-2 libcrypto3 3.1.4-r6;");
}

static void wolfi_by_its_own_name_and_origin(void **state)
{
	struct fixture *f = *state;

	os(f, "wolfi", "20230201");
	package(f, PL_PKG_APK, "glibc-locale-posix", "2.38-r1", "glibc", "2.38-r1");
	record(f, "CGA-1", UP("CVE-2024-1"), "Wolfi", "glibc-locale-posix", FIXED("2.38-r2"));
	record(f, "CGA-2", UP("CVE-2024-2"), "Wolfi", "glibc", FIXED("2.38-r3"));
	expect(f, "CVE-2024-1 glibc-locale-posix 2.38-r2;CVE-2024-2 glibc-locale-posix 2.38-r3;");
}

static void alma_reads_related_and_module_builds(void **state)
{
	struct fixture *f = *state;

	os(f, "almalinux", "9.4");
	package(f, PL_PKG_RPM, "openssl-libs", "1:3.0.7-27.el9", "openssl", "1:3.0.7-27.el9");
	package(f, PL_PKG_RPM, "openssl-doc", "1:3.0.7-27.el9", "openssl", "1:3.0.7-27.el9");
	package(f, PL_PKG_RPM, "nodejs", "1:16.20.2-4.el9_3", "nodejs", NULL);
	package(f, PL_PKG_RPM, "npm", "1:10.1.0-1.18.1.module_el9+7", "nodejs",
		"1:18.20.2-2.module_el9+9")
		->module = PL_STR("nodejs:18:9030020230921:rhel9");
	record(f, "ALSA-1", "\"related\":[\"CVE-2024-1\"],", "AlmaLinux:9", "openssl-libs",
	       FIXED("1:3.0.7-28.el9"));
	record(f, "ALSA-2", "\"related\":[\"CVE-2024-2\"],", "AlmaLinux:9", "nodejs",
	       FIXED("1:18.20.2-2.module_el9+9"));
	record(f, "ALSA-3", "\"related\":[\"CVE-2024-3\"],", "AlmaLinux:9", "npm",
	       FIXED("1:10.2.0-1.18.2.module_el9+9"));
	record(f, "ALSA-4", "\"related\":[\"CVE-2024-4\"],", "AlmaLinux:9", "npm",
	       FIXED("1:99-1.el9"));
	record(f, "ALSA-6", "\"related\":[\"CVE-2024-1\"],", "AlmaLinux:9", "openssl",
	       FIXED("1:3.0.7-28.el9"));
	record(f, "ALSA-5", "\"related\":[\"CVE-2024-5\"],", "AlmaLinux:9", "openssl-libs",
	       FIXED("0:9.0-1.el9"));
	expect(f, "CVE-2024-1 openssl-libs 1:3.0.7-28.el9;CVE-2024-3 npm "
		  "1:10.2.0-1.18.2.module_el9+9;");
}

/* The source rpm's name carries no epoch: that of the sub-package must not decide. */
static void rpm_source_names_without_epochs(void **state)
{
	struct fixture *f = *state;

	os(f, "rocky", "9.3");
	package(f, PL_PKG_RPM, "perl-Errno", "0:1.30-481.el9", "perl", "0:5.32.1-481.el9");
	package(f, PL_PKG_RPM, "perl-IO", "0:1.43-480.el9", "perl", "0:5.32.1-480.el9");
	package(f, PL_PKG_RPM, "bare", "2.0-5.el9", NULL, NULL);
	record(f, "RLSA-1", "\"related\":[\"CVE-2024-1\"],", "Rocky Linux:9", "perl",
	       FIXED("4:5.32.1-481.el9"));
	record(f, "RLSA-3", "\"related\":[\"CVE-2024-3\"],", "Rocky Linux:9", "perl",
	       FIXED("4:9-1.el9") ",\"ecosystem_specific\":{\"kind\":\"binary\"}");
	record(f, "RLSA-2", "\"related\":[\"CVE-2024-2\"],", "Rocky Linux:9", "bare",
	       EVENTS(FROM0 ",{\"last_affected\":\"2.0\"}"));
	expect(f, "CVE-2024-1 perl-IO 4:5.32.1-481.el9;CVE-2024-2 bare;");
}

static void red_hat_asks_every_repository(void **state)
{
	struct fixture *f = *state;

	os(f, "rhel", "9.2");
	package(f, PL_PKG_RPM, "a", "0:1-1.el9", NULL, NULL);
	record(f, "RHSA-1", UP("CVE-1-1"), "Red Hat:enterprise_linux:9::baseos", "a",
	       FIXED("0:1-2.el9"));
	record(f, "RHSA-2", UP("CVE-1-2"), "Red Hat:enterprise_linux:9::appstream", "a",
	       FIXED("0:1-3.el9"));
	record(f, "RHSA-3", UP("CVE-1-3"), "Red Hat:enterprise_linux:8::baseos", "a",
	       FIXED("0:1-4.el8"));
	expect(f, "CVE-1-1 a 0:1-2.el9;CVE-1-2 a 0:1-3.el9;");
}

static void kernel_headers_do_not_count(void **state)
{
	struct fixture *f = *state;

	os(f, "debian", "12");
	package(f, PL_PKG_DEB, "linux-libc-dev", "6.1.55-1", "linux", NULL);
	package(f, PL_PKG_DEB, "linux-image-6.1.0-13-amd64", "6.1.55-1", "linux", NULL);
	record(f, "DEBIAN-CVE-1", UP("CVE-2024-1"), "Debian:12", "linux", FIXED("6.1.99-1"));
	expect(f, "(CVE-2024-1 linux-libc-dev 6.1.99-1);CVE-2024-1 linux-image-6.1.0-13-amd64 "
		  "6.1.99-1;");
}

static void ecosystems_of_distributions(void **state)
{
	static const struct {
		const char *id, *version, *like, *code, *pretty;
		enum pl_pkg_type type;
		const char *eco; /* NULL: none */
	} rows[] = {
		{"debian", "12", "", "bookworm", "", PL_PKG_DEB, "Debian:12"},
		{"debian", "", "", "forky", "", PL_PKG_DEB, "Debian:forky"},
		{"debian", "12", "", "bookworm", "", PL_PKG_RPM, NULL},
		{"ubuntu", "22.04", "debian", "jammy", "", PL_PKG_DEB, "Ubuntu:22.04:LTS"},
		{"ubuntu", "23.04", "debian", "lunar", "", PL_PKG_DEB, "Ubuntu:23.04"},
		{"ubuntu", "22.10", "debian", "kinetic", "", PL_PKG_DEB, "Ubuntu:22.10"},
		{"alpine", "3.19.4", "", "", "", PL_PKG_APK, "Alpine:v3.19"},
		{"alpine", "3.22_alpha20250108", "", "", "", PL_PKG_APK, "Alpine:vedge"},
		{"alpine", "edge", "", "", "", PL_PKG_APK, "Alpine:vedge"},
		{"postmarketos", "v23.12", "alpine", "", "", PL_PKG_APK, "Alpine:v3.19"},
		{"postmarketos", "v19.01", "alpine", "", "", PL_PKG_APK, NULL},
		{"openeuler", "24.03", "", "", "openEuler 24.03 (LTS-SP1)", PL_PKG_RPM,
		 "openEuler:24.03-LTS-SP1"},
		{"openeuler", "23.09", "", "", "openEuler 23.09", PL_PKG_RPM, "openEuler:23.09"},
		{"raspbian", "12", "debian", "bookworm", "", PL_PKG_DEB, "Debian:12"},
		{"photon", "5.0", "", "", "", PL_PKG_RPM, "Photon OS:5.0"},
		{"echo", "1", "debian", "", "", PL_PKG_DEB, "Echo"},
		{"bellsoft-hardened-containers", "23", "", "", "", PL_PKG_APK,
		 "BellSoft Hardened Containers:23"},
		{"secureos", "1", "", "", "", PL_PKG_APK, NULL},
		{"arch", "", "", "", "", PL_PKG_ALPM, NULL},
		{"nixos", "24.05", "", "", "", PL_PKG_NIX, NULL},
		{"bottlerocket", "1.20", "", "", "", PL_PKG_RPM, NULL},
		{"wolfi", "20230201", "", "", "", PL_PKG_APK, "Wolfi"},
		{"chainguard", "20230214", "", "", "", PL_PKG_APK, "Chainguard"},
		{"almalinux", "9.4", "rhel centos fedora", "", "", PL_PKG_RPM, "AlmaLinux:9"},
		{"rocky", "8.9", "rhel centos fedora", "", "", PL_PKG_RPM, "Rocky Linux:8"},
		{"rhel", "9.2", "fedora", "", "", PL_PKG_RPM, "Red Hat:enterprise_linux:9::baseos"},
		{"opensuse-leap", "15.6", "suse opensuse", "", "openSUSE Leap 15.6", PL_PKG_RPM,
		 "openSUSE:Leap 15.6"},
		{"sles", "15.5", "suse", "", "SUSE Linux Enterprise Server 15 SP5", PL_PKG_RPM,
		 "SUSE:Linux Enterprise Server 15 SP5"},
		{"amzn", "2023", "fedora", "", "", PL_PKG_RPM, NULL},
		{"ol", "9.3", "fedora", "", "", PL_PKG_RPM, NULL},
		{"fedora", "40", "", "", "", PL_PKG_RPM, NULL},
		{"parrot", "6", "debian", "bookworm", "", PL_PKG_DEB, "Debian:12"},
		{"kali", "2024.1", "debian", "kali-rolling", "", PL_PKG_DEB, NULL},
		{"gentoo", "2.14", "", "", "", PL_PKG_RPM, NULL},
		{"debian", "12", "", "", "", PL_PKG_NPM, "npm"},
		{"", "", "", "", "", PL_PKG_MAVEN, "Maven"},
		{"debian", "12", "", "", "", PL_PKG_GENERIC, NULL},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct pl_os o = {.id = pl_str_c(rows[i].id),
				  .version_id = pl_str_c(rows[i].version),
				  .id_like = pl_str_c(rows[i].like),
				  .codename = pl_str_c(rows[i].code),
				  .pretty_name = pl_str_c(rows[i].pretty),
				  .found = rows[i].id[0] != 0};
		struct pl_pkg p = {.type = rows[i].type};
		const char *why = NULL;
		struct pl_str eco = pl_ecosystem_of(&f->arena, &p, &o, &why);

		if (rows[i].eco)
			assert_str(eco, rows[i].eco);
		else if (eco.len || !why)
			fail_msg("%s: %.*s", rows[i].id, PL_FMT(eco));
	}
}

/* Names as in the OSV schema. */
static void ecosystems_of_languages(void **state)
{
	static const struct {
		enum pl_pkg_type type;
		const char *purl, *eco;
	} rows[] = {
		{PL_PKG_HEX, "", "Hex"},
		{PL_PKG_PUB, "", "Pub"},
		{PL_PKG_CRAN, "pkg:cran/a@1", "CRAN"},
		{PL_PKG_CRAN, "pkg:bioconductor/a@1", "Bioconductor"},
		{PL_PKG_HACKAGE, "", "Hackage"},
		{PL_PKG_OPAM, "", "opam"},
		{PL_PKG_JULIA, "", "Julia"},
		{PL_PKG_SWIFT, "", "SwiftURL"},
		{PL_PKG_CONAN, "", "ConanCenter"},
		{PL_PKG_BITNAMI, "", "Bitnami"},
		{PL_PKG_VSCODE, "", "VSCode"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct pl_pkg p = {.type = rows[i].type, .purl = pl_str_c(rows[i].purl)};
		struct pl_os none = {0};
		const char *why = NULL;

		assert_str(pl_ecosystem_of(&f->arena, &p, &none, &why), rows[i].eco);
	}
}

static void unknown_distribution_is_told_once(void **state)
{
	struct fixture *f = *state;

	os(f, "temple", "1");
	package(f, PL_PKG_DEB, "a", "1", NULL, NULL);
	package(f, PL_PKG_DEB, "b", "1", NULL, NULL);
	package(f, PL_PKG_NPM, "c", "1.0.0", NULL, NULL);
	record(f, "GHSA-1", "", "npm", "c", FIXED("2.0.0"));
	expect(f, "GHSA-1 c 2.0.0;");
	assert_int_equal(f->diags.rows.len, 1);
	assert_int_equal(diag(f, "unknown-distribution")->weight, PL_W_FAILED);
	assert_int_equal(f->out.matchable, 1);
	assert_int_equal(f->out.unmatchable, 2);
}

static void ecosystem_without_advisories_is_told(void **state)
{
	struct fixture *f = *state;

	os(f, "debian", "9");
	package(f, PL_PKG_DEB, "a", "1", NULL, NULL);
	package(f, PL_PKG_GEM, "rack", "1.0", NULL, NULL);
	package(f, PL_PKG_NPM, "c", "1.0.0", NULL, NULL);
	record(f, "GHSA-1", "", "npm", "d", FIXED("2.0.0"));
	expect(f, "");
	assert_int_equal(f->diags.rows.len, 2);
	assert_int_equal(diag(f, "no-advisories")->weight, PL_W_WARN);
	assert_str(f->diags.rows.at[0].where, "Debian:9");
	assert_str(f->diags.rows.at[1].where, "RubyGems");
}

static void distribution_without_feed_is_told(void **state)
{
	struct fixture *f = *state;

	os(f, "amzn", "2023");
	package(f, PL_PKG_RPM, "a", "1-1", NULL, NULL);
	record(f, "GHSA-1", "", "npm", "d", FIXED("2.0.0"));
	expect(f, "");
	assert_int_equal(diag(f, "no-advisories")->weight, PL_W_WARN);
}

/* --- libraries ------------------------------------------------------------------------------ */

static void aliases_become_one_finding(void **state)
{
	struct fixture *f = *state;

	package(f, PL_PKG_PYPI, "Jinja2", "3.0.0", NULL, NULL);
	record(f, "GHSA-aaaa", ALIAS("\"CVE-2024-1\",\"PYSEC-1\"") "\"summary\":\"one\",", "PyPI",
	       "jinja2", FIXED("3.1.3"));
	record(f, "PYSEC-1", ALIAS("\"GHSA-aaaa\""), "PyPI", "jinja2", FIXED("3.1.4"));
	record(f, "PYSEC-2", ALIAS("\"GHSA-bbbb\""), "PyPI", "jinja2", FIXED("3.1.5"));
	record(f, "GHSA-bbbb", "", "PyPI", "jinja2", FIXED("3.1.5"));
	record(f, "GHSA-cccc", ALIAS("\"CVE-2024-8\",\"CVE-2024-9\""), "PyPI", "jinja2",
	       FIXED("2.0"));
	record(f, "PYSEC-4", ALIAS("\"GHSA-cccc\""), "PyPI", "jinja2", FIXED("3.2"));
	record(f, "PYSEC-3", "", "PyPI", "jinja2", FIXED("3.1.6"));
	expect(f, "CVE-2024-1 Jinja2 3.1.3,3.1.4;CVE-2024-8 Jinja2 3.2;CVE-2024-9 Jinja2 "
		  "3.2;GHSA-bbbb Jinja2 3.1.5;PYSEC-3 Jinja2 3.1.6;");
	for (size_t i = 0; i < f->out.rows.len; i++) {
		const struct pl_finding *row = &f->out.rows.at[i];

		if (!pl_str_eq_c(row->id, "CVE-2024-1"))
			continue;
		assert_int_equal(row->aliases.len, 2);
		assert_str(row->aliases.at[0], "GHSA-aaaa");
		assert_str(row->aliases.at[1], "PYSEC-1");
		assert_str(row->title, "one");
	}
}

static void ranges_in_every_shape(void **state)
{
	static const struct {
		const char *body;
		bool hit; /* of 1.5.0 */
	} rows[] = {
		{EVENTS("{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.5.0\"}"), false},
		{EVENTS("{\"introduced\":\"1.5.0\"},{\"fixed\":\"1.6.0\"}"), true},
		{EVENTS("{\"fixed\":\"1.6.0\"},{\"introduced\":\"1.0.0\"}"), true},
		{EVENTS("{\"introduced\":\"1.0.0\"},{\"last_affected\":\"1.5.0\"}"), true},
		{EVENTS("{\"introduced\":\"1.0.0\"},{\"last_affected\":\"1.4.9\"}"), false},
		{EVENTS("{\"introduced\":\"2.0.0\"},{\"fixed\":\"2.1.0\"},{\"introduced\":\"1.0."
			"0\"},"
			"{\"fixed\":\"1.4.0\"}"),
		 false},
		{EVENTS("{\"introduced\":\"2.0.0\"},{\"fixed\":\"2.1.0\"},{\"introduced\":\"1.4."
			"0\"},"
			"{\"fixed\":\"1.9.0\"}"),
		 true},
		{EVENTS("{\"introduced\":\"1.5.0\"},{\"fixed\":\"1.5.0\"}"), false},
		{EVENTS("{\"introduced\":\"1.0.0\"},{\"fixed\":\"1.5.0\"},{\"introduced\":\"1.5."
			"0\"}"),
		 true},
		{EVENTS(FROM0), true},
		{EVENTS(FROM0 ",{\"limit\":\"*\"}"), true},
		{EVENTS(FROM0 ",{\"limit\":\"1.5.0\"}"), false},
		{EVENTS(FROM0 ",{\"limit\":\"1.2.0\"},{\"limit\":\"1.6.0\"}"), true},
		{EVENTS("{\"introduced\":\"1.5.0\"},{\"last_affected\":\"1.5.0\"}"), true},
		{"\"versions\":[\"1.4.0\",\"1.5.0\"]", true},
		{"\"versions\":[\"1.5\"]", true},
		{"\"versions\":[\"1.5.1\"]", false},
		{"\"ranges\":[{\"type\":\"GIT\",\"events\":[{\"introduced\":\"0\"}]}]", false},
		{"\"versions\":[\"1.5.0\"]," FIXED("1.0.0"), true},
	};
	struct fixture *f = *state;
	pl_auto_buf want;

	pl_buf_init(&want, PL_KiB(64));
	package(f, PL_PKG_NPM, "a", "1.5.0", NULL, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct pl_str id = pl_arena_fmt(&f->arena, "CVE-%03zu", i);

		record(f, id.ptr, "", "npm", "a", rows[i].body);
		if (rows[i].hit)
			pl_buf_fmt(&want, "%.*s;", PL_FMT(id));
	}
	run(f);
	pl_buf_reset(&f->records);
	for (size_t i = 0; i < f->out.rows.len; i++)
		pl_buf_fmt(&f->records, "%.*s;", PL_FMT(f->out.rows.at[i].id));
	assert_str(pl_buf_view(&f->records), want.ptr);
}

static void local_versions_and_java_builds(void **state)
{
	struct fixture *f = *state;

	package(f, PL_PKG_PYPI, "torch", "1.0+cu118", NULL, NULL);
	package(f, PL_PKG_MAVEN, "g:mssql-jdbc", "10.2.0.jre8", NULL, NULL);
	package(f, PL_PKG_GOLANG, "stdlib", "1.22rc1", NULL, NULL);
	record(f, "CVE-1", "", "PyPI", "torch",
	       EVENTS("{\"introduced\":\"0.9\"},{\"last_affected\":\"1.0\"}"));
	record(f, "CVE-2", "", "PyPI", "torch", FIXED("1.0"));
	record(f, "CVE-3", "", "Maven", "g:mssql-jdbc", FIXED("10.2.0"));
	record(f, "CVE-4", "", "Maven", "g:mssql-jdbc", FIXED("10.2.1.jre11"));
	record(f, "CVE-5", "", "Go", "stdlib",
	       EVENTS("{\"introduced\":\"1.22.0-0\"},{\"fixed\":\"1.22.1\"}"));
	expect(f, "CVE-1 torch;CVE-4 g:mssql-jdbc 10.2.1.jre11;CVE-5 stdlib 1.22.1;");
}

static void what_does_not_compare_is_told(void **state)
{
	struct fixture *f = *state;

	package(f, PL_PKG_GOLANG, "example.org/app", "(devel)", NULL, NULL);
	package(f, PL_PKG_GOLANG, "example.org/local", "v0.0.0-00010101000000-000000000000", NULL,
		NULL);
	package(f, PL_PKG_GOLANG, "example.org/quiet", "(devel)", NULL, NULL);
	/* a working tree without a tag: grype#1416, grype#1894 */
	package(f, PL_PKG_GOLANG, "example.org/stamp", "v0.0.0-20260101000000-0123456789ab", NULL,
		NULL)
		->uncertain = true;
	package(f, PL_PKG_NPM, "b", "1.0.0", NULL, NULL);
	record(f, "GO-1", "", "Go", "example.org/app", FIXED("1.2.3"));
	record(f, "GO-2", "", "Go", "example.org/local", FIXED("1.2.3"));
	record(f, "GO-4", "", "Go", "example.org/stamp", FIXED("1.2.3"));
	record(f, "GHSA-3", "", "npm", "b", FIXED("2-dev at home"));
	expect(f, "");
	assert_int_equal(f->diags.rows.len, 4);
	assert_non_null(diag(f, "not-comparable"));
	assert_int_equal(f->out.unmatchable, 3);
}

static void library_of_the_distribution(void **state)
{
	struct fixture *f = *state;

	os(f, "debian", "12");
	package(f, PL_PKG_DEB, "python3-requests", "2.28.1", "requests", NULL);
	package(f, PL_PKG_PYPI, "requests", "2.28.1", NULL, NULL)->owner = 0;
	package(f, PL_PKG_PYPI, "requests", "2.28.1", NULL, NULL);
	record(f, "PYSEC-1", ALIAS("\"CVE-2023-1\""), "PyPI", "requests", FIXED("2.31.0"));
	record(f, "DEBIAN-CVE-2", UP("CVE-2023-2"), "Debian:12", "other", EVENTS(FROM0));
	expect(f, "(CVE-2023-1 requests 2.31.0);CVE-2023-1 requests 2.31.0;");
	for (size_t i = 0; i < f->out.rows.len; i++)
		if (f->out.rows.at[i].suppressed.len)
			assert_str(f->out.rows.at[i].suppressed,
				   "owned by OS package python3-requests: judged by its "
				   "distribution's "
				   "advisories");
}

static void library_of_a_distribution_without_advisories_counts(void **state)
{
	struct fixture *f = *state;

	os(f, "amzn", "2023");
	package(f, PL_PKG_RPM, "python3-requests", "2.28.1-1", "requests", NULL);
	package(f, PL_PKG_PYPI, "requests", "2.28.1", NULL, NULL)->owner = 0;
	record(f, "PYSEC-1", ALIAS("\"CVE-2023-1\""), "PyPI", "requests", FIXED("2.31.0"));
	expect(f, "CVE-2023-1 requests 2.31.0;");
}

/* --- severity ------------------------------------------------------------------------------- */

static void severity_and_where_it_is_from(void **state)
{
	static const struct {
		const char *id, *head, *severity, *source;
		int tenths;
	} rows[] = {
		{"CVE-01",
		 "\"severity\":[{\"type\":\"CVSS_V3\",\"score\":"
		 "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"}],",
		 "critical", "CVSS_V3 of CVE-01", 98},
		{"CVE-02",
		 "\"database_specific\":{\"severity\":\"MODERATE\"},\"severity\":[{\"type\":"
		 "\"CVSS_V3\",\"score\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"}],",
		 "medium", "word of CVE-02", 98},
		{"CVE-03",
		 "\"severity\":[{\"type\":\"CVSS_V2\",\"score\":\"AV:N/AC:L/Au:N/C:P/I:N/A:N\"},"
		 "{\"type\":\"Ubuntu\",\"score\":\"low\"}],",
		 "low", "Ubuntu word of CVE-03", 50},
		{"CVE-04", "\"severity\":[{\"type\":\"CVSS_V4\",\"score\":\"CVSS:4.0/AV:N\"}],",
		 "unknown", "", -1},
		{"CVE-05", "", "unknown", "", -1},
		{"CVE-06",
		 "\"database_specific\":{\"severity\":\"not yet "
		 "assigned\",\"known_exploited\":true},",
		 "unknown", "", -1},
	};
	struct fixture *f = *state;

	package(f, PL_PKG_NPM, "a", "1.0.0", NULL, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		record(f, rows[i].id, rows[i].head, "npm", "a", FIXED("2.0.0"));
	run(f);
	assert_int_equal(f->out.rows.len, sizeof(rows) / sizeof(*rows));
	for (size_t i = 0; i < f->out.rows.len; i++) {
		const struct pl_finding *row = &f->out.rows.at[i];
		size_t k = (size_t)(row->id.ptr[5] - '1');

		assert_string_equal(pl_severity_name(row->severity), rows[k].severity);
		assert_str(row->severity_source, rows[k].source);
		assert_int_equal(row->cvss_tenths, rows[k].tenths);
		assert_int_equal(row->known_exploited, k == 5);
	}
	assert_str(f->out.rows.at[0].id, "CVE-01");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(debian_by_source_package_and_its_version),
		T(alpine_zero_is_not_affected),
		T(wolfi_by_its_own_name_and_origin),
		T(alma_reads_related_and_module_builds),
		T(rpm_source_names_without_epochs),
		T(red_hat_asks_every_repository),
		T(kernel_headers_do_not_count),
		T(ecosystems_of_distributions),
		T(ecosystems_of_languages),
		T(unknown_distribution_is_told_once),
		T(ecosystem_without_advisories_is_told),
		T(distribution_without_feed_is_told),
		T(aliases_become_one_finding),
		T(ranges_in_every_shape),
		T(local_versions_and_java_builds),
		T(what_does_not_compare_is_told),
		T(library_of_the_distribution),
		T(library_of_a_distribution_without_advisories_counts),
		T(severity_and_where_it_is_from),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
