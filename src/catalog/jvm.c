/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Java runtimes: the file `release` in the root of each, lines KEY="VALUE" (JEP 223 and 229 for
 * the keys). Who made it decides what advisories call it (CPE names); a compiler in MODULES or
 * a file in bin/ would tell a JDK from a JRE, of which only the first is in this file.
 */
#include "catalog/cataloger.h"

static const char *const globs[] = {"**/release", NULL};

enum key {
	IMPLEMENTOR,
	JAVA_VERSION,
	JAVA_RUNTIME_VERSION,
	FULL_VERSION,
	SEMANTIC_VERSION,
	IMAGE_TYPE,
	MODULES,
	GRAALVM_VERSION,
	KEY_COUNT
};
static const char *const keys[KEY_COUNT] = {
	"IMPLEMENTOR", "JAVA_VERSION", "JAVA_RUNTIME_VERSION", "FULL_VERSION", "SEMANTIC_VERSION",
	"IMAGE_TYPE",  "MODULES",      "GRAALVM_VERSION",
};

static void read_keys(struct pl_str text, struct pl_str out[KEY_COUNT])
{
	struct pl_str line, key;

	while (pl_str_line(&text, &line)) {
		if (!pl_str_split(&line, '=', &key) || !line.ptr)
			continue;
		line = pl_str_trim(line);
		if (line.len >= 2 && line.ptr[0] == '"' && line.ptr[line.len - 1] == '"')
			line = pl_str_sub(line, 1, line.len - 2);
		for (unsigned i = 0; i < KEY_COUNT; i++)
			if (pl_str_eq_c(pl_str_trim(key), keys[i]))
				out[i] = line;
	}
}

static bool has(struct pl_str text, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= text.len; i++)
		if (pl_str_ieq(pl_str_sub(text, i, n), pl_str_c(word)))
			return true;
	return false;
}

/* The first row whose word stands in IMPLEMENTOR counts; the last fits all. `jdk`, `jre`: the
 * product of each; NAME in the purl is vendor/product. */
static const struct vendor {
	const char *word, *vendor, *jdk, *jre;
} vendors[] = {
	{"azul", "azul", "zulu", "zulu"},   {"sun", "oracle", "jdk", "jre"},
	{"ibm", "ibm", "java_sdk", "java"}, {"international business", "ibm", "java_sdk", "java"},
	{"oracle", "oracle", "jdk", "jre"}, {"", "oracle", "openjdk", "openjdk"},
};

static const struct vendor *find_vendor(struct pl_str implementor)
{
	const struct vendor *v = vendors;

	/* builds of OpenJDK by the company say so in no other way than by their version */
	while (v->word[0] && !has(implementor, v->word))
		v++;
	return v;
}

static bool is_jdk(struct pl_str k[KEY_COUNT])
{
	if (k[IMAGE_TYPE].len)
		return pl_str_ieq(k[IMAGE_TYPE], PL_STR("JDK"));
	return pl_str_find(k[MODULES], PL_STR("jdk.compiler")) >= 0;
}

/* "17.0.15+6" of 17.0.15+6-Debian-1deb12u1, "1.8.0_412" as it is. */
static struct pl_str find_version(struct pl_str k[KEY_COUNT])
{
	static const enum key order[] = {SEMANTIC_VERSION, JAVA_RUNTIME_VERSION, FULL_VERSION,
					 JAVA_VERSION};
	struct pl_str java = k[JAVA_VERSION];

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		struct pl_str v = k[order[i]], first;

		/* the more exact keys must tell the same release */
		if (!v.len || !pl_str_starts(v, java))
			continue;
		pl_str_split(&v, '-', &first);
		pl_str_split(&first, ' ', &v);
		return v;
	}
	return java;
}

static void report(struct pl_facts_writer *w, struct pl_str k[KEY_COUNT])
{
	const struct vendor *v = find_vendor(k[IMPLEMENTOR]);
	const char *product = is_jdk(k) ? v->jdk : v->jre;
	struct pl_pkg_fact p = {.type = PL_PKG_GENERIC,
				.version = find_version(k),
				.vendor = k[IMPLEMENTOR],
				.how = PL_STR("release file")};
	pl_auto_arena arena;
	pl_auto_buf purl;

	pl_arena_init(&arena);
	pl_buf_init(&purl, 1024);
	pl_buf_fmt(&purl, "pkg:generic/%s/%s@", v->vendor, product);
	for (size_t i = 0; i < p.version.len; i++) {
		char c = p.version.ptr[i];

		if (pl_is_alpha(c) || pl_is_digit(c) || strchr("._-", c))
			pl_buf_ch(&purl, c);
		else
			pl_buf_fmt(&purl, "%%%02X", (unsigned char)c);
	}
	p.name = pl_str_c(product);
	p.purl = pl_buf_view(&purl);
	p.cpes = pl_arena_fmt(&arena, "%s:%s", v->vendor, product);
	/* GRAALVM_VERSION stands in Oracle's and the community's builds */
	if (k[GRAALVM_VERSION].len && strcmp(v->vendor, "oracle") == 0)
		p.cpes = pl_arena_fmt(&arena, "%.*s\noracle:graalvm_for_jdk", PL_FMT(p.cpes));
	pl_fact_package(w, &p);
}

static int read_jvm(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str k[KEY_COUNT] = {{0}};

	(void)err;
	read_keys(f->bytes, k);
	/* many things are called "release" */
	if (k[JAVA_VERSION].len && pl_is_digit(k[JAVA_VERSION].ptr[0]))
		report(w, k);
	return 0;
}

const struct pl_cataloger pl_cataloger_jvm = {
	.name = "jvm",
	.what = "Java runtimes: the release file",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_jvm,
};
