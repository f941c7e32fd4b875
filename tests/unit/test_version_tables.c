/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Order of versions: tables of our own (tests/data/versions), the package managers' own comparers
 * where the machine has them, and that the order is one: antisymmetric and transitive.
 */
#include "check.h"
#include "version/version.h"

static const struct pl_scheme *scheme(const char *name)
{
	const struct pl_scheme *s = pl_scheme_find(pl_str_c(name));

	if (!s)
		fail_msg("no scheme %s", name);
	return s;
}

static void expect(const struct pl_scheme *s, struct pl_str a, struct pl_str b, int want,
		   const char *who)
{
	struct pl_err err = {0};
	int got = 9, back = 9;

	if (pl_version_compare(s, a, b, &got, &err) < 0)
		fail_msg("%s: %s", who, err.text);
	assert_int_equal(pl_version_compare(s, b, a, &back, &err), 0);
	if (got != want || back != -want)
		fail_msg("%s: %s: %.*s vs %.*s is %d (reverse %d), should be %d", who, s->name,
			 PL_FMT(a), PL_FMT(b), got, back, want);
}

static char *slurp(const char *path)
{
	pl_auto_buf b;
	char part[4096];
	size_t n;
	FILE *f = fopen(path, "re");

	if (!f)
		return NULL;
	pl_buf_init(&b, PL_MiB(16));
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		pl_buf_add(&b, part, n);
	fclose(f);
	return pl_xstrdup(pl_buf_view(&b));
}

/* "A < B < C = D", blanks around the signs: every pair of the line follows. A line that begins
 * with "!" is one version that is not valid. */
static void check_line(const struct pl_scheme *s, struct pl_str line)
{
	struct pl_str word, v[64];
	int rank[64], n = 0, now = 0;

	if (line.len == 0 || line.ptr[0] == '#')
		return;
	if (line.ptr[0] == '!') {
		if (s->valid(pl_str_sub(line, 2, line.len)))
			fail_msg("%s: %.*s should not be valid", s->name, PL_FMT(line));
		return;
	}
	while (pl_str_split(&line, ' ', &word)) {
		if (pl_str_eq_c(word, "<")) {
			now++;
		} else if (!pl_str_eq_c(word, "=")) {
			assert_true(n < 64);
			v[n] = word;
			rank[n++] = now;
		}
	}
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			expect(s, v[i], v[j], (rank[i] > rank[j]) - (rank[i] < rank[j]), "table");
}

static void tables_hold(void **state)
{
	size_t n;
	const struct pl_scheme *const *rows = pl_schemes(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		pl_auto_free char *path = NULL;
		pl_auto_free char *text = NULL;
		struct pl_str rest, line;

		assert_true(asprintf(&path, "%s/tests/data/versions/%s.txt",
				     getenv("PLIMSOLL_SOURCE"), rows[i]->name) > 0);
		text = slurp(path);
		if (!text)
			fail_msg("%s: every scheme has a table", path);
		rest = pl_str_c(text);
		while (pl_str_line(&rest, &line))
			check_line(rows[i], line);
	}
}

/* --- generated versions --------------------------------------------------------------------- */

static uint32_t seed = 20261;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)seed * below) >> 32);
}

static const struct {
	const char *scheme, *pieces; /* blank separated */
} kits[] = {
	{"deb", "0 1 2 10 09 . . - ~ + : a b rc1 ~rc +deb12u1 99999999999999999999 1: A z dfsg"},
	{"rpm", "0 1 2 10 010 . . - ~ ^ + : a b rc A xyz el8 1: 99999999999999999999 _ git"},
	{"apk", "0 1 2 10 01 . . . a b z _alpha _rc _p _git -r -r1 ~abc 99999999999999999999"},
	{"semver", "1.2.3 1.2.3 1.0.0 1.10.0 1.0.2 - -a -rc -b.1 -1 .1 .10 .a + b 0"},
	{"pep440",
	 "0 1 2 10 . . a b rc .post .dev - 1! +loc +1 _ 1.0 .1 v c pre rev 99999999999999999999"},
	{"maven",
	 "0 1 2 10 . . - alpha a b m rc cr ga final sp snapshot xyz SNAPSHOT 99999999999999999999"},
	{"go", "v1. v2. 0 1 2. . -rc -0. 20230101120000- +incompatible go1. beta"},
	{"gem", "0 1 2 10 . . . a b rc pre - A 99999999999999999999"},
	{"nuget", "0 1 2 10 . . . - -a -RC .1 1.0.0.0 + b"},
	{"composer",
	 "0 1 2 10 01 . . . - _ v1.0 1.2.3 alpha a beta b RC rc p pl patch stable -dev dev .x-dev "
	 "2020 20200101 .01 -01 +b @dev 99999"},
	{"hackage", "0 1 2 10 01 . . . 99999999999999999999"},
	{"cran", "0 1 2 10 01 . . . - 99999999999999999999"},
	{"pub", "1.2.3 1.0.0 1.10.0 - -a -rc .1 .10 .a + +1 +b +10 b 0"},
	{"bitnami", "1.2.3 1.0.0 1.10.0 2 -1 -0 -12 -rc .1 .10 + +b"},
};

static bool make(const struct pl_scheme *s, const char *pieces, char out[128])
{
	for (int attempt = 0; attempt < 1000; attempt++) {
		uint32_t parts = 1 + rnd(6);
		size_t len = 0;

		for (uint32_t p = 0; p < parts; p++) {
			struct pl_str rest = pl_str_c(pieces), word = {0}, pick = {0};
			uint32_t seen = 0;

			while (pl_str_split(&rest, ' ', &word))
				if (rnd(++seen) == 0)
					pick = word;
			memcpy(out + len, pick.ptr, pick.len);
			len += pick.len;
		}
		out[len] = '\0';
		if (s->valid(pl_str_n(out, len)))
			return true;
	}
	return false;
}

/* Sign of comparison for all triples of 40 versions of each scheme, made at random. */
static void order_is_one(void **state)
{
	enum { N = 40 };

	(void)state;
	for (size_t k = 0; k < sizeof(kits) / sizeof(*kits); k++) {
		const struct pl_scheme *s = scheme(kits[k].scheme);
		static char v[N][128];
		static int c[N][N];

		for (int i = 0; i < N; i++)
			assert_true(make(s, kits[k].pieces, v[i]));
		for (int i = 0; i < N; i++)
			for (int j = 0; j < N; j++)
				c[i][j] = s->compare(pl_str_c(v[i]), pl_str_c(v[j]));
		for (int i = 0; i < N; i++) {
			assert_int_equal(c[i][i], 0);
			for (int j = 0; j < N; j++) {
				if (c[i][j] != -c[j][i])
					fail_msg("%s: %s, %s not antisymmetric", s->name, v[i],
						 v[j]);
				for (int l = 0; l < N; l++)
					if (c[i][j] <= 0 && c[j][l] <= 0 && c[i][l] > 0)
						fail_msg("%s: %s <= %s <= %s not transitive",
							 s->name, v[i], v[j], v[l]);
			}
		}
	}
}

/* --- the package managers' own comparers ---------------------------------------------------- */

enum { PAIRS = 1500 };
static char left[PAIRS][128], right[PAIRS][128];

static const char *kit(const char *name)
{
	for (size_t k = 0; k < sizeof(kits) / sizeof(*kits); k++)
		if (strcmp(kits[k].scheme, name) == 0)
			return kits[k].pieces;
	return "";
}

/* Runs command with @ replaced by a file of "A TAB B" lines; it prints -1, 0, 1 or x (not a
 * version) for each. The number of pairs that were compared. */
static int against(const char *name, const char *command)
{
	const struct pl_scheme *s = scheme(name);
	char path[] = "/tmp/plimsoll-versions-XXXXXX", line[64];
	pl_auto_buf cmd;
	int fd = mkstemp(path), compared = 0;
	FILE *f = fdopen(fd, "w");

	assert_non_null(f);
	for (int i = 0; i < PAIRS; i++) {
		assert_true(make(s, kit(name), left[i]));
		assert_true(make(s, kit(name), right[i]));
		if (rnd(3) == 0) /* near neighbours tell more than strangers */
			snprintf(right[i], sizeof(right[i]), "%.100s%c", left[i], "0a.-1~"[rnd(6)]);
		if (!s->valid(pl_str_c(right[i])))
			assert_true(make(s, kit(name), right[i]));
		fprintf(f, "%s\t%s\n", left[i], right[i]);
	}
	fclose(f);
	pl_buf_init(&cmd, 4096);
	for (const char *c = command; *c; c++)
		*c == '@' ? pl_buf_c(&cmd, path) : pl_buf_ch(&cmd, *c);
	f = popen(cmd.ptr, "re");
	assert_non_null(f);
	for (int i = 0; i < PAIRS && fgets(line, sizeof(line), f); i++) {
		struct pl_str word = pl_str_trim(pl_str_c(line));

		if (word.len == 0 || pl_str_eq_c(word, "x"))
			continue;
		expect(s, pl_str_c(left[i]), pl_str_c(right[i]),
		       word.ptr[0] == '-' ? -1 : word.ptr[0] - '0', "authority");
		compared++;
	}
	pclose(f);
	unlink(path);
	print_message("%s: %d pairs compared\n", name, compared);
	return compared;
}

static void need(const char *probe)
{
	if (system(probe) != 0)
		skip();
}

static void deb_as_dpkg(void **state)
{
	(void)state;
	need("command -v dpkg >/dev/null 2>&1");
	assert_true(against("deb", "head -n 400 @ | while IFS='\t' read -r a b; do"
				   " r=x; for o in lt:-1 eq:0 gt:1; do"
				   " dpkg --compare-versions \"$a\" ${o%:*} \"$b\" 2>/dev/null &&"
				   " r=${o#*:} && break; done; echo $r; done") > 100);
}

static void rpm_as_rpm(void **state)
{
	(void)state;
	need("rpm --eval '%{lua: print(rpm.vercmp(\"1\",\"2\"))}' 2>/dev/null | grep -q -- -1");
	assert_true(against("rpm", "rpm --eval '%{lua: for l in io.lines(\"@\") do"
				   " local a, b = l:match(\"^(.-)\\t(.*)$\")"
				   " print(rpm.vercmp(a, b), \"\\n\") end}'") > 100);
}

#define PACKAGING \
	"try:\n from packaging.version import Version\nexcept ImportError:\n" \
	" from pip._vendor.packaging.version import Version\n"

static void pep440_as_packaging(void **state)
{
	(void)state;
	need("python3 -c '" PACKAGING "' >/dev/null 2>&1");
	assert_true(against("pep440", "python3 -c '" PACKAGING "for l in open(\"@\"):\n"
				      " a, b = map(Version, l.rstrip(\"\\n\").split(\"\\t\"))\n"
				      " print((a > b) - (a < b))'") == PAIRS);
}

static void semver_as_node(void **state)
{
	(void)state;
	need("node -e 'require(\"/usr/lib/node_modules/npm/node_modules/semver\")' 2>/dev/null");
	assert_true(against("semver",
			    "node -e 'const s = "
			    "require(\"/usr/lib/node_modules/npm/node_modules/semver\");"
			    "for (const l of require(\"fs\").readFileSync(\"@\", "
			    "\"utf8\").split(\"\\n\")) {"
			    "const [a, b] = l.split(\"\\t\");"
			    "console.log(s.valid(a) && s.valid(b) ? s.compare(a, b) : \"x\") }'") >
		    100);
}

static void gem_as_ruby(void **state)
{
	(void)state;
	need("ruby -e 1 2>/dev/null");
	assert_true(against("gem",
			    "ruby -e 'File.foreach(\"@\") { |l| a, b = l.chomp.split(\"\\t\");"
			    "puts(Gem::Version.correct?(a) && Gem::Version.correct?(b) ?"
			    "Gem::Version.new(a) <=> Gem::Version.new(b) : \"x\") }'") > 100);
}

#define MAVEN_JAR "/usr/share/maven/lib/maven-artifact-3.x.jar"

/* Its main compares neighbours, so every second answer is about one of our pairs. */
static void maven_as_maven(void **state)
{
	(void)state;
	need("command -v java >/dev/null 2>&1 && test -r " MAVEN_JAR);
	assert_true(
		against("maven",
			"tr '\\t' '\\n' <@ | xargs java -cp '" MAVEN_JAR ":/usr/share/maven/lib/*'"
			" org.apache.maven.artifact.versioning.ComparableVersion |"
			" awk '/^   / { n++; if (n % 2) print $2 == \"<\" ? -1 : $2 == \">\"; }'") >
		100);
}

#define SEMVER_PHP "/usr/share/php/Composer/Semver/autoload.php"

static void composer_as_composer(void **state)
{
	(void)state;
	need("command -v php >/dev/null 2>&1 && test -r " SEMVER_PHP);
	assert_true(against("composer", "php -r 'require \"" SEMVER_PHP
					"\"; $p = new Composer\\Semver\\VersionParser;"
					"foreach (file(\"@\", FILE_IGNORE_NEW_LINES) as $l) {"
					"list($a, $b) = explode(\"\\t\", $l);"
					"try { echo version_compare($p->normalize($a), "
					"$p->normalize($b)), \"\\n\"; }"
					"catch (Exception $e) { echo \"x\\n\"; } }'") > 100);
}

static void cran_as_r(void **state)
{
	(void)state;
	need("command -v Rscript >/dev/null 2>&1");
	assert_true(against("cran",
			    "Rscript -e 'd <- read.delim(\"@\", header = FALSE, colClasses = "
			    "\"character\"); for (i in seq_len(nrow(d))) cat(tryCatch("
			    "compareVersion(d[i, 1], d[i, 2]), error = function(e) \"x\", "
			    "warning = function(e) \"x\"), \"\\n\")'") > 100);
}

static void errors_name_the_version(void **state)
{
	struct pl_err err = {0};
	int out = 7;

	(void)state;
	assert_int_equal(
		pl_version_compare(scheme("npm"), PL_STR("1.0.0"), PL_STR("latest"), &out, &err),
		-PL_E_COMPARE);
	assert_non_null(strstr(err.text, "latest"));
	assert_int_equal(out, 7);
	assert_int_equal(
		pl_version_compare(scheme("deb"), PL_STR(" 1.0\n"), PL_STR("1.0"), &out, &err), 0);
	assert_int_equal(out, 0);
	assert_null(pl_scheme_find(PL_STR("klingon")));
	assert_ptr_equal(scheme("PyPI"), scheme("pep440"));
	assert_ptr_equal(scheme("cargo"), scheme("npm"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_hold),
		cmocka_unit_test(order_is_one),
		cmocka_unit_test(deb_as_dpkg),
		cmocka_unit_test(rpm_as_rpm),
		cmocka_unit_test(pep440_as_packaging),
		cmocka_unit_test(semver_as_node),
		cmocka_unit_test(gem_as_ruby),
		cmocka_unit_test(maven_as_maven),
		cmocka_unit_test(composer_as_composer),
		cmocka_unit_test(cran_as_r),
		cmocka_unit_test(errors_name_the_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
