/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/java_manifest.h"
#include "catalog/java_name.h"
#include "lang_truth.h"
#include "stream/stream.h"
#include "zip_make.h"

#define POM(g, a, v) PL_STR("#Generated\ngroupId=" g "\nartifactId=" a "\nversion=" v "\n")
#define POM_AT(g, a) "META-INF/maven/" g "/" a "/pom.properties"
#define MANIFEST     "META-INF/MANIFEST.MF"

static void file_names(void **state)
{
	static const char *const rows[][3] = {
		{"commons-io-2.11.0.jar", "commons-io", "2.11.0"},
		{"guava-31.1-jre.jar", "guava", "31.1-jre"},
		{"log4j-1.2-api-2.17.0.jar", "log4j-1.2-api", "2.17.0"},
		{"foo-1.0.0-beta-2.jar", "foo", "1.0.0-beta-2"},
		{"foo-1.0-20230101.120000-1.jar", "foo", "1.0-20230101.120000-1"},
		{"spring-core-5.3.20.RELEASE.war", "spring-core", "5.3.20.RELEASE"},
		{"guice-4.2.1-no_aop.jar", "guice", "4.2.1"},
		{"app-1.0-jar-with-dependencies.jar", "app", "1.0"},
		{"jrt-fs.jar", "jrt-fs", ""},
		{"h2.jar", "h2", ""},
		{"-1.jar", "-1", ""},
		{"a-1.jar", "a", "1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct pl_str artifact, version;

		pl_java_split(pl_str_c(rows[i][0]), &artifact, &version);
		assert_str(artifact, rows[i][1]);
		assert_str(version, rows[i][2]);
	}
	assert_true(pl_java_is_archive(PL_STR("BOOT-INF/lib/x.JAR")));
	assert_true(pl_java_is_archive(PL_STR("x.zip")));
	assert_false(pl_java_is_own_name(PL_STR("x.zip")));
	assert_false(pl_java_is_archive(PL_STR(".jar")));
}

/* JAR File Specification: lines of at most 72 bytes, continued by a blank */
static void manifest(void **state)
{
	struct java_manifest m;
	pl_auto_arena arena;

	(void)state;
	pl_arena_init(&arena);
	pl_java_manifest_read(
		PL_STR("Manifest-Version: 1.0\r\nBundle-SymbolicName: org.exa\r\n mple"
		       ".thing\r\nimplementation-title:  Thing\r\n\r\nName: x\r\n"
		       "Implementation-Version: 9\r\n"),
		&arena, &m);
	assert_str(m.at[JAVA_BUNDLE], "org.example.thing");
	assert_str(m.at[JAVA_TITLE], "Thing");
	assert_str(m.at[JAVA_VERSION], "");
	pl_java_manifest_read(PL_STR(" odd\n:\nImplementation-Version: 1"), &arena, &m);
	assert_str(m.at[JAVA_VERSION], "1");
	pl_java_manifest_read(PL_STR(""), &arena, &m);
	assert_str(m.at[JAVA_VERSION], "");
}

static void pom_properties(void **state)
{
	struct java_pom p;
	pl_auto_arena arena;
	struct pl_str path = PL_STR("META-INF/maven/g.h/art/pom.properties");

	(void)state;
	pl_arena_init(&arena);
	assert_true(pl_java_pom_read(
		PL_STR("! c\n  version : 1\\:0\r\ngroupId=a.b\nartifactId c\n"), path, &arena, &p));
	assert_str(p.version, "1:0");
	assert_str(p.group, "a.b");
	assert_str(p.artifact, "c");
	assert_true(pl_java_pom_read(PL_STR("version=${project.version}\n"), path, &arena, &p));
	assert_str(p.version, "");
	assert_str(p.group, "g.h");
	assert_str(p.artifact, "art");
	assert_false(pl_java_pom_read(PL_STR(""), PL_STR("pom.properties"), &arena, &p));
}

static void expect(struct pl_facts_writer *w, const char *const *lines)
{
	size_t n = 0;

	for (; lines[n]; n++) {
		assert_true(n < w->packages.len);
		assert_str(w->packages.at[n], lines[n]);
	}
	assert_int_equal(w->packages.len, n);
}
#define EXPECT(w, ...) expect(w, (const char *const[]){__VA_ARGS__, NULL})

static void one_pom(void **state)
{
	auto_zip z;
	lang_auto_facts w = {0};
	uint8_t sha1[20];

	(void)state;
	zip_begin(&z);
	zip_add(&z, MANIFEST, PL_STR("Implementation-Version: 7\nBundle-License: Apache-2.0\n"));
	zip_add(&z, POM_AT("org.e", "core"), POM("org.e", "core", "1.2"));
	/* renamed: the pom still knows */
	assert_int_equal(lang_read(&w, &pl_cataloger_java, "app/app.jar", zip_end(&z)), 0);
	EXPECT(&w, "maven org.e:core 1.2 #Apache-2.0 (pom.properties)");
	pl_sha1(pl_buf_view(&z.out), sha1);
	assert_memory_equal(w.facts.at[0].sha1.ptr, sha1, 20);
	assert_int_equal(w.diags.len, 0);
}

static void shaded(void **state)
{
	auto_zip z;
	lang_auto_facts w = {0};

	(void)state;
	zip_begin(&z);
	zip_add(&z, POM_AT("org.e", "core"), POM("org.e", "core", "1.2"));
	zip_add(&z, POM_AT("org.e", "core-api"), POM("org.e", "core-api", "1.3"));
	zip_add(&z, POM_AT("com.g", "guava"), POM("com.g", "guava", "20.0"));
	assert_int_equal(lang_read(&w, &pl_cataloger_java, "app/core-api-1.3.jar", zip_end(&z)), 0);
	EXPECT(&w,
	       "maven org.e:core 1.2 !META-INF/maven/org.e/core/pom.properties (pom.properties)",
	       "maven org.e:core-api 1.3 (pom.properties)",
	       "maven com.g:guava 20.0 !META-INF/maven/com.g/guava/pom.properties "
	       "(pom.properties)");
	assert_int_equal(w.facts.at[0].sha1.len, 0);
	assert_int_equal(w.facts.at[1].sha1.len, 20);
}

/* One pom, but of code that was merged in (as in hamcrest-all 1.3): both are told. */
static void merged_one(void **state)
{
	auto_zip z;
	lang_auto_facts w = {0};

	(void)state;
	zip_begin(&z);
	zip_add(&z, POM_AT("com.t", "qdox"), POM("com.t", "qdox", "1.12"));
	assert_int_equal(lang_read(&w, &pl_cataloger_java, "l/hamcrest-all-1.3.jar", zip_end(&z)),
			 0);
	EXPECT(&w, "maven org.hamcrest:hamcrest-all 1.3 (file name)?",
	       "maven com.t:qdox 1.12 !META-INF/maven/com.t/qdox/pom.properties (pom.properties)");
}

static void nested(void **state)
{
	auto_zip lib, war, ear;
	lang_auto_facts w = {0};

	(void)state;
	zip_begin(&lib);
	zip_add(&lib, POM_AT("log4j", "log4j"), POM("log4j", "log4j", "1.2.17"));
	zip_begin(&war);
	zip_add(&war, "WEB-INF/lib/log4j.jar", zip_end(&lib));
	zip_add(&war, "WEB-INF/lib/renamed-1.2.17.jar", pl_buf_view(&lib.out));
	zip_begin(&ear);
	zip_add(&ear, "web.war", zip_end(&war));
	zip_add(&ear, MANIFEST, PL_STR("Implementation-Title: shop\nImplementation-Version: 3\n"));
	assert_int_equal(lang_read(&w, &pl_cataloger_java, "opt/shop.ear", zip_end(&ear)), 0);
	EXPECT(&w, "maven log4j:log4j 1.2.17 !web.war!WEB-INF/lib/log4j.jar (pom.properties)",
	       "maven log4j:log4j 1.2.17 !web.war!WEB-INF/lib/renamed-1.2.17.jar (pom.properties)",
	       "maven web  !web.war (file name)?", "maven shop 3 (manifest)?");
	assert_int_equal(w.diags.len, 1);
	assert_str(w.diags.at[0], "0 java-unknown");
}

static void guess(const char *path, const char *text, const char *line)
{
	auto_zip z;
	lang_auto_facts w = {0};

	zip_begin(&z);
	zip_add(&z, "a/B.class", PL_STR("x"));
	if (text)
		zip_add(&z, MANIFEST, pl_str_c(text));
	assert_int_equal(lang_read(&w, &pl_cataloger_java, path, zip_end(&z)), 0);
	if (line)
		EXPECT(&w, line);
	else
		assert_int_equal(w.packages.len, 0);
}

static void guesses(void **state)
{
	(void)state;
	guess("lib/log4j-1.2.17.jar", NULL, "maven log4j:log4j 1.2.17 (file name)?");
	guess("lib/jackson-databind-2.9.8.jar",
	      "Bundle-SymbolicName: com.fasterxml.jackson.core.jackson-databind\n",
	      "maven com.fasterxml.jackson.core:jackson-databind 2.9.8 (file name)?");
	guess("lib/thing-2.0.jar", "Bundle-SymbolicName: org.e.thing;singleton:=true\n",
	      "maven org.e:thing 2.0 (file name)?");
	guess("lib/opentest4j-1.2.0.jar", "Bundle-SymbolicName: org.opentest4j\n",
	      "maven org.opentest4j:opentest4j 1.2.0 (file name)?");
	guess("lib/org.osgi.core-4.3.1.jar", "Bundle-SymbolicName: osgi.core\n",
	      "maven org.osgi:org.osgi.core 4.3.1 (file name)?");
	guess("lib/commons-cli-1.0.jar", "Implementation-Title: Commons CLI\n",
	      "maven commons-cli:commons-cli 1.0 (file name)?");
	guess("lib/jrt-fs.jar",
	      "Specification-Title: Java Platform API Specification\n"
	      "Implementation-Title: Java Runtime Environment\nImplementation-Version: 17.0.15\n",
	      "maven jrt-fs 17.0.15 (manifest)?");
	guess("p/git.hpi",
	      "Short-Name: git\nGroup-Id: org.jenkins-ci.plugins\nPlugin-Version: 4.8\n",
	      "maven org.jenkins-ci.plugins:git 4.8 (manifest of a plugin)");
	guess("lib/weave.jar", "Weave-Classes: x\nImplementation-Version: 1\n", NULL);
	guess("lib/x.jar", "Implementation-Version: ${version}\n", "maven x  (file name)?");
}

/* Also behind a shell script, as Spring Boot makes executables. */
static void self_executing(void **state)
{
	auto_zip z;
	lang_auto_facts w = {0};
	pl_auto_buf b;

	(void)state;
	zip_begin(&z);
	zip_add(&z, POM_AT("g", "a"), POM("g", "a", "1"));
	pl_buf_init(&b, PL_MiB(1));
	pl_buf_c(&b, "#!/bin/sh\nexec java -jar \"$0\" \"$@\"\n");
	pl_buf_str(&b, zip_end(&z));
	assert_int_equal(lang_read(&w, &pl_cataloger_java, "app/a.jar", pl_buf_view(&b)), 0);
	EXPECT(&w, "maven g:a 1 (pom.properties)");
}

static void deep(void **state)
{
	lang_auto_facts w = {0};
	struct zip z[9];
	struct pl_str bytes = PL_STR("no archive");

	(void)state;
	for (size_t i = 0; i < 9; i++) {
		zip_begin(&z[i]);
		zip_add(&z[i], POM_AT("g", "a"), POM("g", "a", "1"));
		zip_add(&z[i], "a.jar", bytes);
		bytes = zip_end(&z[i]);
	}
	assert_int_equal(lang_read(&w, &pl_cataloger_java, "a.jar", bytes), 0);
	assert_int_equal(w.packages.len, 6);
	assert_int_equal(w.diags.len, 1);
	assert_str(w.diags.at[0], "2 java-lost");
	for (size_t i = 0; i < 9; i++)
		zip_release(&z[i]);
}

static void damaged(void **state)
{
	auto_zip z, e;
	lang_auto_facts w = {0}, v = {0};

	(void)state;
	assert_true(lang_read(&w, &pl_cataloger_java, "a.jar", PL_STR("PK\3\4 no directory")) < 0);
	assert_int_equal(lang_read(&w, &pl_cataloger_java, "a.jar", PL_STR("")), 0);
	assert_int_equal(w.diags.len, 1);
	assert_str(w.diags.at[0], "1 java-empty");
	/* a damaged archive inside a good one */
	zip_begin(&z);
	zip_add(&z, "lib/b-1.jar", PL_STR("PK\3\4 no directory"));
	zip_add(&z, POM_AT("g", "a"), POM("g", "a", "1"));
	assert_int_equal(lang_read(&w, &pl_cataloger_java, "a.jar", zip_end(&z)), 0);
	EXPECT(&w, "maven g:a 1 (pom.properties)");
	assert_str(w.diags.at[1], "2 java-lost");
	/* members that nobody can read are told */
	zip_begin(&e);
	e.encrypt = true;
	zip_add(&e, POM_AT("g", "a"), PL_STR("0123456789ab secret"));
	assert_int_equal(lang_read(&v, &pl_cataloger_java, "a-1.jar", zip_end(&e)), 0);
	EXPECT(&v, "maven a 1 (file name)?");
	assert_str(v.diags.at[0], "2 java-lost");
}

/* Every pom.properties in the archives of this machine, as Python's zipfile and a split at '='
 * read them. */
#define ASK_PYTHON \
	"python3 -c '\n" \
	"import io, glob, sys, zipfile, re, os\n" \
	"def look(data, path):\n" \
	"    try: z = zipfile.ZipFile(data)\n" \
	"    except Exception: return\n" \
	"    for n in z.namelist():\n" \
	"        if re.search(r\"(^|/)META-INF/maven/[^/]+/[^/]+/pom.properties$\", n):\n" \
	"            d = dict(l.strip().split(\"=\", 1) for l in z.read(n).decode().splitlines() " \
	"if" \
	" \"=\" in l and not l.startswith(\"#\"))\n" \
	"            print(d[\"groupId\"] + \":\" + d[\"artifactId\"], d[\"version\"], path, " \
	"sep=\"\\t\")\n" \
	"        if n.endswith((\".jar\", \".war\")): look(io.BytesIO(z.read(n)), path)\n" \
	"for where, _, files in os.walk(\"/usr/share/java\"):\n" \
	"    for f in files:\n" \
	"        p = os.path.join(where, f)\n" \
	"        if f.endswith(\".jar\") and not os.path.islink(p): look(p, " \
	"p[len(\"/usr/share/\"):])\n" \
	"' 2>/dev/null"

static void archives_here(void **state)
{
	lang_auto_facts w = {0};
	auto_lines truth = {0}, all = {0}, got = {0};

	(void)state;
	if (!lines_run(&truth, ASK_PYTHON))
		skip();
	/* the walk below sees one directory of /usr/share only */
	lang_tree(&pl_cataloger_java, &w, "/usr/share/java", &all);
	for (size_t i = 0; i < w.facts.len; i++)
		assert_true(w.facts.at[i].name.len > 0);
	for (size_t i = 0; i < all.at.len; i++) {
		struct pl_str line = all.at.at[i];
		ptrdiff_t tab = pl_str_rchr(line, '\t');

		line = pl_arena_fmt(&got.arena, "%.*sjava/%s", (int)(tab + 1), line.ptr,
				    line.ptr + tab + 1);
		for (size_t k = 0; k < truth.at.len; k++) {
			if (pl_str_eq(truth.at.at[k], line)) {
				pl_vec_push(&got.at, line);
				break;
			}
		}
	}
	lines_equal(&got, &truth); /* none missing */
	for (size_t i = 0, n = 0; i < w.facts.len; i++) {
		n += pl_str_eq_c(w.facts.at[i].how, "pom.properties");
		if (i + 1 == w.facts.len)
			print_message("%zu from pom.properties, %zu packages in all\n", n, i + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_names),	  cmocka_unit_test(manifest),
		cmocka_unit_test(pom_properties), cmocka_unit_test(one_pom),
		cmocka_unit_test(shaded),	  cmocka_unit_test(merged_one),
		cmocka_unit_test(nested),	  cmocka_unit_test(guesses),
		cmocka_unit_test(self_executing), cmocka_unit_test(deep),
		cmocka_unit_test(damaged),	  cmocka_unit_test(archives_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
