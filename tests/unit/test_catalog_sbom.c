/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bills of materials and package URLs. The documents in tests/fuzz/corpus/sbom were written by hand
 * from the specifications (CycloneDX 1.4 and 1.5, SPDX 2.2, 2.3 and 3.0.1) and from the schemas of
 * the tools that they name; the expectations are what the documents say.
 */
#include "catalog/sbom_read.h"
#include "check.h"

struct heard {
	struct pl_arena arena;
	struct pl_sbom_head head;
	PL_VEC(struct pl_sbom_pkg) packages; /* copied where asserted */
	PL_VEC(struct pl_str) edges;
};

static struct pl_str kept(struct heard *h, struct pl_str s)
{
	return pl_arena_str(&h->arena, s);
}

static void on_head(void *arg, const struct pl_sbom_head *head)
{
	struct heard *h = arg;

	h->head = *head;
	h->head.version = kept(h, head->version);
	h->head.tool = kept(h, head->tool);
	h->head.subject = kept(h, head->subject);
	h->head.subject_version = kept(h, head->subject_version);
	h->head.os.id = kept(h, head->os.id);
	h->head.os.version_id = kept(h, head->os.version_id);
	h->head.os.id_like = kept(h, head->os.id_like);
	h->head.os.pretty_name = kept(h, head->os.pretty_name);
	h->head.os.codename = kept(h, head->os.codename);
}

static int on_package(void *arg, const struct pl_sbom_pkg *p, struct pl_err *err)
{
	struct heard *h = arg;
	struct pl_sbom_pkg c = *p;
	struct pl_str *members[] = {&c.fact.name,
				    &c.fact.version,
				    &c.fact.arch,
				    &c.fact.source_name,
				    &c.fact.source_version,
				    &c.fact.licenses,
				    &c.fact.module,
				    &c.fact.vendor,
				    &c.fact.sha1,
				    &c.fact.purl,
				    &c.fact.cpes,
				    &c.ref,
				    &c.kind,
				    &c.supplier,
				    &c.paths,
				    &c.layer,
				    &c.diff_id};

	(void)err;
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		*members[i] = kept(h, *members[i]);
	/* a property that the documents of the tests have, in place of all */
	c.fact.how = kept(h, pl_sbom_prop(p, "plimsoll:how"));
	c.fact.key = kept(h, pl_sbom_prop(p, "plimsoll:layer"));
	pl_vec_push(&h->packages, c);
	return 0;
}

static void on_edge(void *arg, struct pl_str from, struct pl_str to)
{
	struct heard *h = arg;

	pl_vec_push(&h->edges, pl_arena_fmt(&h->arena, "%.*s > %.*s", PL_FMT(from), PL_FMT(to)));
}

static int hear(struct heard *h, struct pl_str text, struct pl_err *err)
{
	const struct pl_sbom_sink s = {h, on_head, on_package, on_edge};

	pl_arena_init(&h->arena);
	return pl_sbom_read(text, PL_MiB(1), &s, err);
}

static void release(struct heard *h)
{
	pl_vec_release(&h->packages);
	pl_vec_release(&h->edges);
	pl_arena_release(&h->arena);
}

static void hear_file(struct heard *h, const char *name, const char *format)
{
	pl_auto_free char *path = NULL;
	pl_auto_buf b;
	struct pl_err err = {0};

	assert_true(asprintf(&path, "%s/tests/fuzz/corpus/sbom/%s", getenv("PLIMSOLL_SOURCE"),
			     name) > 0);
	pl_buf_init(&b, PL_MiB(1));
	assert_int_equal(pl_read_path(path, &b, &err), 0);
	assert_string_equal(pl_sbom_sniff(pl_buf_view(&b)), format);
	if (hear(h, pl_buf_view(&b), &err) < 0)
		fail_msg("%s: %s", name, err.text);
	assert_string_equal(h->head.format, format);
}

static const struct pl_sbom_pkg *package(const struct heard *h, const char *name)
{
	for (size_t i = 0; i < h->packages.len; i++)
		if (pl_str_eq_c(h->packages.at[i].fact.name, name))
			return &h->packages.at[i];
	fail_msg("no package %s", name);
	return NULL;
}

static bool edge(const struct heard *h, const char *text)
{
	for (size_t i = 0; i < h->edges.len; i++)
		if (pl_str_eq_c(h->edges.at[i], text))
			return true;
	return false;
}

/* --- package URLs --------------------------------------------------------------------------- */

static const struct {
	const char *purl, *type, *name, *version, *arch, *source, *source_version;
} purls[] = {
	/* examples of the specification */
	{"pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie", "deb", "curl", "7.50.3-1", "i386",
	 "", ""},
	{"pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25", "rpm", "curl",
	 "7.50.3-1.fc25", "i386", "", ""},
	{"pkg:npm/%40angular/animation@12.3.1", "npm", "@angular/animation", "12.3.1", "", "", ""},
	{"pkg:npm/foobar@12.3.1", "npm", "foobar", "12.3.1", "", "", ""},
	{"pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?packaging=sources", "maven",
	 "org.apache.xmlgraphics:batik-anim", "1.9.1", "", "", ""},
	{"pkg:golang/google.golang.org/genproto#googleapis/api/annotations", "golang",
	 "google.golang.org/genproto", "", "", "", ""},
	{"pkg:gem/ruby-advisory-db-check@0.12.4", "gem", "ruby-advisory-db-check", "0.12.4", "", "",
	 ""},
	{"pkg:pypi/django@1.11.1", "pypi", "django", "1.11.1", "", "", ""},
	{"pkg:swift/github.com/RxSwiftCommunity/RxFlow@2.12.4", "swift",
	 "github.com/RxSwiftCommunity/RxFlow", "2.12.4", "", "", ""},
	{"pkg:composer/laravel/laravel@5.5.0", "composer", "laravel/laravel", "5.5.0", "", "", ""},
	{"pkg:cpan/DROLSKY/DateTime@1.55", "cpan", "DateTime", "1.55", "", "", ""},
	{"pkg:GEM/jruby-launcher@1.1.2?Platform=java", "gem", "jruby-launcher", "1.1.2", "", "",
	 ""},
	{"pkg://npm//foobar@1", "npm", "foobar", "1", "", "", ""},
	/* of tools */
	{"pkg:deb/debian/vim@9.0.1378-2?arch=amd64&epoch=2&upstream=vim%402%3A9", "deb", "vim",
	 "2:9.0.1378-2", "amd64", "vim", "2:9"},
	{"pkg:rpm/rhel/a-b@1-2.el9?arch=x86_64&upstream=c-d-1-2.el9.src.rpm", "rpm", "a-b",
	 "1-2.el9", "x86_64", "c-d", "1-2.el9"},
	{"pkg:npm/@babel/core@7.9.0", "npm", "@babel/core", "7.9.0", "", "", ""},
	{"pkg:npm/@babel/core", "npm", "@babel/core", "", "", "", ""},
	{"pkg:vscode-extension/ms-python/python@2023.1.0", "vscode", "ms-python.python", "2023.1.0",
	 "", "", ""},
};

static void package_urls(void **state)
{
	pl_auto_arena a;
	struct pl_purl_parts p;
	struct pl_err err = {0};
	static const char *const wrong[] = {"", "pkg:", "pkg:npm", "pkg:/x", "npm/x@1", "pkg:npm/"};

	(void)state;
	pl_arena_init(&a);
	for (size_t i = 0; i < sizeof(purls) / sizeof(*purls); i++) {
		struct pl_pkg_fact f = {0};

		assert_int_equal(pl_purl_read(&a, pl_str_c(purls[i].purl), &p, &err), 0);
		assert_true(pl_purl_fact(&a, &p, &f));
		assert_string_equal(pl_pkg_type_name(f.type), purls[i].type);
		assert_str(f.name, purls[i].name);
		assert_str(f.version, purls[i].version);
		assert_str(f.arch, purls[i].arch);
		assert_str(f.source_name, purls[i].source);
		assert_str(f.source_version, purls[i].source_version);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(pl_purl_read(&a, pl_str_c(wrong[i]), &p, &err), -PL_E_FORMAT);
	assert_int_equal(pl_purl_read(&a, PL_STR("pkg:klingon/x@1"), &p, &err), 0);
	assert_false(pl_purl_fact(&a, &p, &(struct pl_pkg_fact){0}));
}

/* --- documents ------------------------------------------------------------------------------ */

static void cyclonedx_of_trivy(void **state)
{
	struct heard h = {0};
	const struct pl_sbom_pkg *p;

	(void)state;
	hear_file(&h, "trivy.cdx.json", "cyclonedx-json");
	assert_str(h.head.version, "1.5");
	assert_str(h.head.tool, "trivy 0.50.0");
	assert_str(h.head.subject, "example:1");
	assert_str(h.head.os.id, "debian");
	assert_str(h.head.os.version_id, "12.5");
	assert_int_equal(h.packages.len, 4);
	assert_true(h.packages.at[0].root);
	assert_false(h.packages.at[0].known);
	p = package(&h, "libssl3");
	assert_true(p->known);
	assert_int_equal(p->fact.type, PL_PKG_DEB);
	assert_str(p->fact.version, "3.0.11-1~deb12u2");
	assert_str(p->fact.source_name, "openssl");
	assert_str(p->fact.source_version, "3.0.11-1~deb12u2");
	assert_str(p->fact.arch, "amd64");
	assert_str(p->fact.licenses, "Apache-2.0\nGPL-1.0-or-later");
	assert_str(p->layer, "sha256:b1");
	assert_str(p->diff_id, "sha256:d1");
	p = package(&h, "git");
	assert_str(p->fact.version, "1:2.39.2-1.1");
	assert_str(p->fact.source_version, "1:2.39.2-1.1");
	p = package(&h, "@babel/core");
	assert_str(p->paths, "app/node_modules/@babel/core/package.json");
	assert_true(edge(&h, "app > npm"));
	assert_int_equal(h.edges.len, 4);
	release(&h);
}

static void cyclonedx_xml_of_syft(void **state)
{
	struct heard h = {0};
	const struct pl_sbom_pkg *p;

	(void)state;
	hear_file(&h, "syft.cdx.xml", "cyclonedx-xml");
	assert_str(h.head.version, "1.4");
	assert_str(h.head.tool, "syft 0.80.0");
	assert_str(h.head.subject_version, "sha256:0123");
	assert_str(h.head.os.id, "centos");
	assert_str(h.head.os.id_like, "rhel");
	assert_str(h.head.os.pretty_name, "CentOS Linux 8");
	assert_int_equal(h.packages.len, 5);
	p = package(&h, "bash");
	assert_str(p->fact.version, "0:4.4.20-1.el8_4");
	assert_str(p->fact.source_name, "bash");
	assert_str(p->fact.source_version, "4.4.20-1.el8_4");
	assert_str(p->fact.licenses, "GPLv3+\nMIT OR Apache-2.0");
	assert_str(p->paths, "var/lib/rpm/Packages");
	assert_str(p->diff_id, "sha256:d1");
	assert_str(p->supplier, "CentOS");
	p = package(&h, "org.springframework:spring-core");
	assert_int_equal(p->fact.sha1.len, 20);
	assert_memory_equal(p->fact.sha1.ptr, "\xda\x39\xa3\xee", 4);
	assert_str(package(&h, "org.ow2.asm:asm")->fact.version, "9.1");
	p = package(&h, "homemade");
	assert_false(p->known);
	assert_int_equal(p->fact.type, PL_PKG_GENERIC);
	assert_true(edge(&h, "jar > bash"));
	assert_true(edge(&h, "jar > shaded"));
	release(&h);
}

static void spdx_json_of_trivy(void **state)
{
	struct heard h = {0};
	const struct pl_sbom_pkg *p;

	(void)state;
	hear_file(&h, "trivy.spdx.json", "spdx-json");
	assert_str(h.head.version, "SPDX-2.3");
	assert_str(h.head.tool, "trivy-0.50.0");
	assert_str(h.head.subject, "alpine:3.19");
	assert_str(h.head.os.id, "alpine");
	assert_str(h.head.os.version_id, "3.19.1");
	assert_int_equal(h.packages.len, 3);
	p = package(&h, "libcrypto3");
	assert_int_equal(p->fact.type, PL_PKG_APK);
	assert_str(p->fact.source_name, "openssl");
	assert_str(p->fact.source_version, "3.1.4-r5");
	assert_str(p->supplier, "Ariadne Conill <ariadne@dereferenced.org>");
	assert_str(p->diff_id, "sha256:d4fc04");
	assert_memory_equal(p->fact.sha1.ptr, "\xa9\x99\x3e\x36", 4);
	p = package(&h, "nothing known");
	assert_str(p->fact.version, "");
	assert_str(p->fact.licenses, "");
	assert_true(edge(&h, "SPDXRef-Package-3 > SPDXRef-Package-4"));
	release(&h);
}

static void spdx_tag_value_of_syft(void **state)
{
	struct heard h = {0};
	const struct pl_sbom_pkg *p;

	(void)state;
	hear_file(&h, "syft.spdx", "spdx");
	assert_str(h.head.version, "SPDX-2.2");
	assert_str(h.head.tool, "syft-0.70.0");
	assert_str(h.head.os.id, "debian");
	assert_str(h.head.os.version_id, "11");
	assert_int_equal(h.packages.len, 2);
	p = package(&h, "adduser");
	assert_str(p->fact.version, "3.118+deb11u1");
	assert_str(p->fact.licenses, "GPL-2.0-only");
	assert_str(p->paths, "usr/share/doc/adduser/copyright\nvar/lib/dpkg/status");
	assert_str(p->fact.key, "sha256:d1");
	assert_str(package(&h, "libpam-modules")->fact.source_name, "pam");
	assert_int_equal(h.edges.len, 1);
	assert_true(edge(&h, "SPDXRef-Package-deb-adduser-1 > "
			     "SPDXRef-Package-deb-libpam-modules-2"));
	release(&h);
}

static void spdx_3(void **state)
{
	struct heard h = {0};
	const struct pl_sbom_pkg *p;

	(void)state;
	hear_file(&h, "spdx3.json", "spdx3-json");
	assert_str(h.head.version, "3.0.1");
	assert_str(h.head.tool, "maker 1.0");
	assert_str(h.head.subject, "example");
	assert_str(h.head.os.id, "ubuntu");
	assert_str(h.head.os.version_id, "22.04");
	assert_int_equal(h.packages.len, 3);
	p = package(&h, "requests");
	assert_int_equal(p->fact.type, PL_PKG_PYPI);
	assert_str(p->fact.licenses, "Apache-2.0");
	assert_str(p->supplier, "Example, Inc.");
	assert_str(p->fact.how, "metadata");
	assert_true(p->fact.dev);
	assert_str(package(&h, "nginx")->fact.cpes, "f5:nginx");
	assert_true(edge(&h, "https://e.org/p1 > https://e.org/p2"));
	release(&h);
}

static void syft_json(void **state)
{
	struct heard h = {0};
	const struct pl_sbom_pkg *p;

	(void)state;
	hear_file(&h, "syft.json", "syft-json");
	assert_str(h.head.tool, "syft 1.0.0");
	assert_str(h.head.os.id, "debian");
	assert_str(h.head.os.version_id, "11");
	assert_str(h.head.os.codename, "bullseye");
	assert_int_equal(h.packages.len, 4);
	p = package(&h, "libssl1.1");
	assert_str(p->fact.version, "1.1.1n-0+deb11u4");
	assert_str(p->fact.source_name, "openssl");
	assert_str(p->fact.arch, "amd64");
	assert_str(p->diff_id, "sha256:d1");
	assert_str(p->fact.cpes, "");
	p = package(&h, "bash");
	assert_str(p->fact.version, "0:5.1.8-6.el9");
	assert_str(p->fact.source_name, "bash");
	assert_str(p->fact.source_version, "5.1.8-6.el9");
	assert_str(p->fact.module, "m:1");
	assert_str(package(&h, "redis")->fact.cpes, "redislabs:redis\nredis:redis");
	p = package(&h, "mystery");
	assert_int_equal(p->fact.type, PL_PKG_HEX);
	assert_str(p->fact.version, "");
	assert_int_equal(h.edges.len, 1);
	assert_true(edge(&h, "a3 > a1"));
	release(&h);
}

static void refuses(const char *text, int code)
{
	struct heard h = {0};
	struct pl_err err = {0};

	if (hear(&h, pl_str_c(text), &err) != code)
		fail_msg("\"%.40s\": %s", text, err.text);
	assert_int_equal(h.packages.len, 0);
	release(&h);
}

static void broken_documents(void **state)
{
	(void)state;
	refuses("", -PL_E_UNSUPPORTED);
	refuses("hello", -PL_E_UNSUPPORTED);
	refuses("{\"bomFormat\": \"CycloneDX\"", -PL_E_FORMAT);
	refuses("{\"name\": \"x\"}", -PL_E_UNSUPPORTED);
	refuses("<html xmlns='http://www.w3.org/1999/xhtml'/>", -PL_E_UNSUPPORTED);
	refuses("<bom xmlns='http://cyclonedx.org/schema/bom/1.4'><components>", -PL_E_FORMAT);
	refuses("<!DOCTYPE x [<!ENTITY a \"b\">]><bom xmlns='http://cyclonedx.org/schema/bom/1.4'>"
		"<components><component><name>&a;</name></component></components></bom>",
		-PL_E_FORMAT);
}

/* Deep nesting is an error, not a crash; a text that never closes hides nothing after it. */
static void hostile_documents(void **state)
{
	pl_auto_buf b;
	struct heard h = {0};
	struct pl_err err = {0};

	(void)state;
	pl_buf_init(&b, PL_MiB(1));
	pl_buf_c(&b, "<bom xmlns='http://cyclonedx.org/schema/bom/1.4'>");
	for (int i = 0; i < 10000; i++)
		pl_buf_c(&b, "<components><component>");
	refuses(b.ptr, -PL_E_FORMAT);
	pl_buf_reset(&b);
	pl_buf_c(&b, "SPDXVersion: SPDX-2.3\n");
	for (int i = 0; i < 1000; i++)
		pl_buf_fmt(&b, "PackageName: p%d\nPackageComment: <text>never closed\n", i);
	assert_int_equal(hear(&h, pl_buf_view(&b), &err), 0);
	assert_int_equal(h.packages.len, 1000);
	release(&h);
}

static int no_more(void *arg, const struct pl_sbom_pkg *p, struct pl_err *err)
{
	(void)p;
	++*(int *)arg;
	return pl_fail(err, PL_E_LIMIT, "enough");
}

static void the_sink_can_stop(void **state)
{
	int calls = 0;
	struct pl_err err = {0};
	const struct pl_sbom_sink s = {&calls, NULL, no_more, NULL};

	(void)state;
	assert_int_equal(pl_sbom_read(PL_STR("{\"bomFormat\":\"CycloneDX\",\"components\":["
					     "{\"type\":\"library\",\"name\":\"a\"},"
					     "{\"type\":\"library\",\"name\":\"b\"}]}"),
				      1000, &s, &err),
			 -PL_E_LIMIT);
	assert_int_equal(calls, 1);
	assert_int_equal(pl_sbom_read(PL_STR("{}"), 1, &s, &err), -PL_E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(package_urls),
		cmocka_unit_test(cyclonedx_of_trivy),
		cmocka_unit_test(cyclonedx_xml_of_syft),
		cmocka_unit_test(spdx_json_of_trivy),
		cmocka_unit_test(spdx_tag_value_of_syft),
		cmocka_unit_test(spdx_3),
		cmocka_unit_test(syft_json),
		cmocka_unit_test(broken_documents),
		cmocka_unit_test(hostile_documents),
		cmocka_unit_test(the_sink_can_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
