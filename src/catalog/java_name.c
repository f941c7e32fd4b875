/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/java_name.h"

static bool ends_in(struct pl_str name, const char *const *endings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct pl_str e = pl_str_c(endings[i]);

		if (name.len > e.len && pl_str_ieq(pl_str_sub(name, name.len - e.len, e.len), e))
			return true;
	}
	return false;
}

bool pl_java_is_own_name(struct pl_str name)
{
	static const char *const endings[] = {".jar", ".war", ".ear", ".jpi", ".hpi", ".jmod"};

	return ends_in(name, endings, sizeof(endings) / sizeof(*endings));
}

bool pl_java_is_artifact_name(struct pl_str name)
{
	static const char *const endings[] = {".jar", ".war", ".ear", ".par", ".sar", ".nar",
					      ".jpi", ".hpi", ".kar", ".far", ".rar", ".zap"};

	return ends_in(name, endings, sizeof(endings) / sizeof(*endings));
}

bool pl_java_is_archive(struct pl_str name)
{
	static const char *const endings[] = {
		".jmod", ".lpkg",   ".zip",    ".tar",	  ".tgz",    ".txz",	 ".tbz2",
		".tzst", ".tar.gz", ".tar.xz", ".jar.gz", ".war.gz", ".tar.bz2", ".tar.zst"};

	return pl_java_is_artifact_name(name) ||
	       ends_in(name, endings, sizeof(endings) / sizeof(*endings));
}

/* What follows a '-' inside a version: "31.1-jre", "1.0-beta-2", "2.0-M1", "1-SNAPSHOT". */
static bool is_qualifier(struct pl_str part)
{
	static const char *const known[] = {
		"alpha",     "beta",	     "rc",	"cr",	   "m",
		"milestone", "snapshot",     "release", "final",   "ga",
		"sp",	     "jre",	     "jdk",	"android", "incubating",
		"pre",	     "preview",	     "build",	"b",	   "r",
		"v",	     "redhat",	     "patch",	"hotfix",  "java",
		"jakarta",   "all",	     "shaded",	"uber",	   "jar",
		"with",	     "dependencies", "sources", "javadoc", "tests",
		"no",	     "no_aop",	     "lgpl"};
	size_t n = 0;

	while (n < part.len && pl_is_alpha(part.ptr[n]))
		n++;
	if (n == 0)
		return part.len > 0; /* digits */
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (pl_str_ieq(pl_str_sub(part, 0, n), pl_str_c(known[i])))
			return true;
	}
	return false;
}

static bool is_version(struct pl_str text)
{
	struct pl_str part;

	while (pl_str_split(&text, '-', &part)) {
		if (!is_qualifier(part))
			return false;
	}
	return true;
}

/* "4.2.1-no_aop" is 4.2.1, packed in another way. */
static struct pl_str without_classifier(struct pl_str version)
{
	static const char *const known[] = {"-jar-with-dependencies",
					    "-shaded",
					    "-all",
					    "-uber",
					    "-no_aop",
					    "-sources",
					    "-javadoc",
					    "-tests"};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct pl_str c = pl_str_c(known[i]);

		if (version.len > c.len && pl_str_ends(version, c))
			return pl_str_sub(version, 0, version.len - c.len);
	}
	return version;
}

void pl_java_split(struct pl_str name, struct pl_str *artifact, struct pl_str *version)
{
	ptrdiff_t dot = pl_str_rchr(name, '.');
	struct pl_str stem = dot > 0 ? pl_str_sub(name, 0, (size_t)dot) : name;
	size_t cut = 0;
	bool sure = false;

	/* the first place where all that follows looks like a version, or the last that could be */
	for (size_t i = 1; i + 1 < stem.len && i < 256 && !sure; i++) {
		if (stem.ptr[i] != '-' || !pl_is_digit(stem.ptr[i + 1]))
			continue;
		cut = i;
		sure = is_version(pl_str_sub(stem, i + 1, stem.len));
	}
	*artifact = cut ? pl_str_sub(stem, 0, cut) : stem;
	*version =
		cut ? without_classifier(pl_str_sub(stem, cut + 1, stem.len)) : (struct pl_str){0};
}

bool pl_java_is_id(struct pl_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!pl_is_alpha(c) && !pl_is_digit(c) && c != '.' && c != '-' && c != '_')
			return false;
	}
	return text.len > 0 && pl_is_alpha(text.ptr[0]);
}

/* Artifacts of old or non-Maven builds. A name that ends in '-' stands for all that begin so, the
 * group "=" for the artifact's own name. The first row that fits counts. */
static const struct {
	const char *artifact, *group;
} groups[] = {
	{"log4j", "="},
	{"log4j-", "org.apache.logging.log4j"},
	{"logback-", "ch.qos.logback"},
	{"slf4j-", "org.slf4j"},
	{"commons-collections4", "org.apache.commons"},
	{"commons-compress", "org.apache.commons"},
	{"commons-configuration2", "org.apache.commons"},
	{"commons-csv", "org.apache.commons"},
	{"commons-dbcp2", "org.apache.commons"},
	{"commons-email", "org.apache.commons"},
	{"commons-exec", "org.apache.commons"},
	{"commons-lang3", "org.apache.commons"},
	{"commons-math3", "org.apache.commons"},
	{"commons-pool2", "org.apache.commons"},
	{"commons-text", "org.apache.commons"},
	{"commons-", "="},
	{"spring-boot", "org.springframework.boot"},
	{"spring-boot-", "org.springframework.boot"},
	{"spring-cloud-", "org.springframework.cloud"},
	{"spring-security-", "org.springframework.security"},
	{"spring-aop", "org.springframework"},
	{"spring-aspects", "org.springframework"},
	{"spring-beans", "org.springframework"},
	{"spring-context", "org.springframework"},
	{"spring-context-support", "org.springframework"},
	{"spring-core", "org.springframework"},
	{"spring-expression", "org.springframework"},
	{"spring-instrument", "org.springframework"},
	{"spring-jcl", "org.springframework"},
	{"spring-jdbc", "org.springframework"},
	{"spring-jms", "org.springframework"},
	{"spring-messaging", "org.springframework"},
	{"spring-orm", "org.springframework"},
	{"spring-oxm", "org.springframework"},
	{"spring-test", "org.springframework"},
	{"spring-tx", "org.springframework"},
	{"spring-web", "org.springframework"},
	{"spring-webflux", "org.springframework"},
	{"spring-webmvc", "org.springframework"},
	{"spring-websocket", "org.springframework"},
	{"jackson-annotations", "com.fasterxml.jackson.core"},
	{"jackson-core", "com.fasterxml.jackson.core"},
	{"jackson-databind", "com.fasterxml.jackson.core"},
	{"jackson-dataformat-", "com.fasterxml.jackson.dataformat"},
	{"jackson-mapper-asl", "org.codehaus.jackson"},
	{"jackson-core-asl", "org.codehaus.jackson"},
	{"tomcat-embed-", "org.apache.tomcat.embed"},
	{"tomcat-", "org.apache.tomcat"},
	{"catalina", "org.apache.tomcat"},
	{"jetty-", "org.eclipse.jetty"},
	{"netty-", "io.netty"},
	{"struts2-", "org.apache.struts"},
	{"xstream", "com.thoughtworks.xstream"},
	{"fastjson", "com.alibaba"},
	{"gson", "com.google.code.gson"},
	{"guava", "com.google.guava"},
	{"guice", "com.google.inject"},
	{"guice-", "com.google.inject.extensions"},
	{"jsr305", "com.google.code.findbugs"},
	{"protobuf-java", "com.google.protobuf"},
	{"h2", "com.h2database"},
	{"hsqldb", "org.hsqldb"},
	{"postgresql", "org.postgresql"},
	{"mysql-connector-java", "mysql"},
	{"snakeyaml", "org.yaml"},
	{"shiro-", "org.apache.shiro"},
	{"velocity", "org.apache.velocity"},
	{"bcprov-", "org.bouncycastle"},
	{"bcpkix-", "org.bouncycastle"},
	{"jsoup", "org.jsoup"},
	{"httpclient", "org.apache.httpcomponents"},
	{"httpcore", "org.apache.httpcomponents"},
	{"groovy", "org.codehaus.groovy"},
	{"groovy-", "org.codehaus.groovy"},
	{"xercesimpl", "xerces"},
	{"xalan", "="},
	{"xml-apis", "="},
	{"oro", "="},
	{"dom4j", "="},
	{"aopalliance", "="},
	{"javax.inject", "="},
	{"classworlds", "="},
	{"jsr250-api", "javax.annotation"},
	{"asm", "org.ow2.asm"},
	{"asm-", "org.ow2.asm"},
	{"bsh", "org.apache-extras.beanshell"},
	{"jython-standalone", "org.python"},
	{"junit", "="},
	{"junit-jupiter-", "org.junit.jupiter"},
	{"junit-platform-", "org.junit.platform"},
	{"junit-vintage-", "org.junit.vintage"},
	{"hamcrest-", "org.hamcrest"},
	{"mockito-", "org.mockito"},
	{"powermock-", "org.powermock"},
	{"objenesis", "org.objenesis"},
	{"okhttp", "com.squareup.okhttp3"},
	{"okio", "com.squareup.okio"},
	{"kotlin-stdlib", "org.jetbrains.kotlin"},
	{"scala-library", "org.scala-lang"},
	{"checker-qual", "org.checkerframework"},
	{"wiremock", "com.github.tomakehurst"},
};

struct pl_str pl_java_group(struct pl_str artifact)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		struct pl_str row = pl_str_c(groups[i].artifact);

		if (!pl_str_ieq(artifact, row) &&
		    (row.ptr[row.len - 1] != '-' || !pl_str_istarts(artifact, row)))
			continue;
		return groups[i].group[0] == '=' ? artifact : pl_str_c(groups[i].group);
	}
	return (struct pl_str){0};
}
