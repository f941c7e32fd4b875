/* SPDX-License-Identifier: Apache-2.0 */
#include "elf_make.h"
#include "lang_facts.h"

/* A program with this toolchain and module list, given to the Go cataloger. */
static void read_list(struct pl_facts_writer *w, const char *version, const char *list)
{
	struct pl_cat_file f = {.path = PL_STR("usr/bin/prog")};
	pl_auto_buf b;

	pl_buf_init(&b, PL_MiB(1));
	elf_old_go(&b, (struct elf_form){true, false}, 0, 0, version, list);
	f.elf = pl_capture_new(pl_buf_view(&b), b.len);
	pl_capture_add(f.elf, pl_buf_view(&b));
	assert_int_equal(pl_cataloger_go.read(w, &f, NULL), 0);
	pl_capture_free(f.elf);
}

static void expect(const char *version, const char *list, const char *const *lines)
{
	lang_auto_facts w = {0};
	size_t n = 0;

	read_list(&w, version, list);
	while (lines[n]) {
		assert_true(n < w.packages.len);
		assert_str(w.packages.at[n], lines[n]);
		n++;
	}
	assert_int_equal(w.packages.len, n);
}

#define EXPECT(version, list, ...) expect(version, list, (const char *const[]){__VA_ARGS__, NULL})

static void modules(void **state)
{
	(void)state;
	EXPECT("go1.21.3",
	       "path\texample.org/app/cmd\nmod\texample.org/app\tv1.2.3\th1:x=\n"
	       "dep\tgolang.org/x/net\tv0.17.0\th1:y=\n"
	       "dep\texample.org/old\tv1.0.0\n=>\texample.org/fork\tv1.0.1\th1:z=\n"
	       "dep\texample.org/local\tv0.0.0\n=>\t./local\t\t\n"
	       "dep\texample.org/app\tv9\n"
	       "dep\t\t(devel)\n"
	       "build\t-compiler=gc\n",
	       "golang stdlib 1.21.3 (toolchain version)",
	       "golang golang.org/x/net v0.17.0 (build info)",
	       "golang example.org/fork v1.0.1 (build info)",
	       "golang example.org/local  (build info: replaced by a local directory)",
	       "golang example.org/app v1.2.3 (build info)");
	/* the tools of the toolchain have no main module */
	EXPECT("go1.20", "path\tcmd/gofmt\nbuild\tGOOS=linux\n",
	       "golang stdlib 1.20 (toolchain version)");
}

#define APP "path\te.org/app\nmod\te.org/app\t(devel)\t\n"

static void main_version(void **state)
{
	const char *std = "golang stdlib 1.21 (toolchain version)";

	(void)state;
	EXPECT("go1.21", APP "build\t-ldflags=\"-s -w -X main.commit=abc -X main.version=1.2.3\"\n",
	       std, "golang e.org/app v1.2.3 (build info: linker flag)?");
	EXPECT("go1.21",
	       APP "build\t-ldflags=\"-X 'e.org/dep.Version=v9.9.9' -X "
		   "'e.org/app/internal/build.Version=v2.0.0-rc.1' -extldflags '-static'\"\n",
	       std, "golang e.org/app v2.0.0-rc.1 (build info: linker flag)?");
	EXPECT("go1.21", APP "build\t-ldflags=-X=k8s.io/base/version.gitVersion=v1.29.0\n", std,
	       "golang e.org/app v1.29.0 (build info: linker flag)?");
	/* other variables, and values that are no version, do not count */
	EXPECT("go1.21",
	       APP "build\t-ldflags=\"-X main.goVersion=1.21.0 -X main.version=dev\"\n"
		   "build\tvcs.revision=0123456789abcdef0123456789abcdef01234567\n"
		   "build\tvcs.time=2023-10-10T11:12:13Z\n",
	       std,
	       "golang e.org/app v0.0.0-20231010111213-0123456789ab (build info: version control "
	       "stamp)?");
	EXPECT("go1.21", APP "build\tvcs.revision=0123\n", std,
	       "golang e.org/app  (build info: no version was recorded)");
	EXPECT("go1.24.1", "mod\te.org/app\tv0.0.0-20250101000000-0123456789ab+dirty\n",
	       "golang stdlib 1.24.1 (toolchain version)",
	       "golang e.org/app v0.0.0-20250101000000-0123456789ab+dirty (build info: version "
	       "control stamp)?");
}

static void toolchains(void **state)
{
	(void)state;
	EXPECT("go1.22rc1", "path\tx\n", "golang stdlib 1.22rc1 (toolchain version)");
	EXPECT("go1.20.4 X:boringcrypto", "path\tx\n", "golang stdlib 1.20.4 (toolchain version)");
	EXPECT("go1.26.1-X:jsonv2", "path\tx\n", "golang stdlib 1.26.1 (toolchain version)");
	EXPECT("go1.19.6 (Red Hat 1.19.6-1.el9)", "path\tx\n",
	       "golang stdlib 1.19.6 (toolchain version)");
}

/* Text that no linker writes is read without harm. */
static void odd_lists(void **state)
{
	(void)state;
	EXPECT("go1.21",
	       "=>\ta\tb\n=>\n\n\t\t\ndep\nmod\nbuild\nbuild\t-ldflags=\"-X\"\n"
	       "build\t-ldflags=\"'-X 'a\\\"\n",
	       "golang stdlib 1.21 (toolchain version)");
}

static void says_what_is_missing(void **state)
{
	struct pl_cat_file f = {.path = PL_STR("usr/bin/prog")};
	lang_auto_facts w = {0};
	pl_auto_buf b;

	(void)state;
	pl_buf_init(&b, PL_MiB(1));
	elf_old_go(&b, (struct elf_form){true, false}, 0, 0, "go1.16", APP);
	/* the pointers lead nowhere: a Go program whose build information is lost */
	memset((char *)memmem(b.ptr, b.len, "\xff Go buildinf:", 14) + 16, 1, 16);
	f.elf = pl_capture_new(pl_buf_view(&b), b.len);
	pl_capture_add(f.elf, pl_buf_view(&b));
	assert_int_equal(pl_cataloger_go.read(&w, &f, NULL), 0);
	assert_int_equal(w.packages.len, 0);
	assert_int_equal(w.diags.len, 1);
	assert_str(w.diags.at[0], "2 elf-lost");
	pl_capture_free(f.elf);
}

static void packed(void **state)
{
	struct pl_cat_file f = {.path = PL_STR("usr/bin/prog")};
	lang_auto_facts w = {0};
	pl_auto_buf b;

	(void)state;
	pl_buf_init(&b, PL_MiB(1));
	elf_begin(&b, (struct elf_form){true, false}, 0);
	memcpy(b.ptr + 236, "UPX!", 4);
	f.elf = pl_capture_new(pl_buf_view(&b), b.len);
	pl_capture_add(f.elf, pl_buf_view(&b));
	assert_int_equal(pl_cataloger_go.read(&w, &f, NULL), 0);
	assert_int_equal(pl_cataloger_rust.read(&w, &f, NULL), 0);
	assert_int_equal(w.diags.len, 1);
	assert_str(w.diags.at[0], "2 elf-lost");
	pl_capture_free(f.elf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modules),
		cmocka_unit_test(main_version),
		cmocka_unit_test(toolchains),
		cmocka_unit_test(odd_lists),
		cmocka_unit_test(says_what_is_missing),
		cmocka_unit_test(packed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
