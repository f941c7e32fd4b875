/* SPDX-License-Identifier: Apache-2.0 */
/* Captures of real programs, which `go build`, gcc and objcopy make here, and of programs in the
 * forms of old Go linkers, which `go version -m` reads as well. */
#include "elf_make.h"
#include "lang_truth.h"

/* Feeds the file in pieces of `step` bytes, as a layer would. */
static int read_elf(struct pl_str file, size_t step, struct pl_arena *arena,
		    struct pl_elf_facts *out)
{
	struct pl_capture *c = pl_capture_new(pl_str_sub(file, 0, 64), file.len);
	struct pl_err err = {0};
	int rc;

	if (!c)
		return 1;
	for (size_t at = 0; at < file.len; at += step) {
		/* an exact copy: a sanitizer sees whoever keeps a pointer or reads on */
		struct pl_str piece = pl_str_sub(file, at, step);
		char *copy = pl_xmalloc(piece.len);

		memcpy(copy, piece.ptr, piece.len);
		pl_capture_add(c, pl_str_n(copy, piece.len));
		free(copy);
	}
	rc = pl_capture_read(c, arena, out, &err);
	pl_capture_free(c);
	return rc;
}

/* What `go version -m` says of a file, in the form of the build information itself. */
static bool ask_go(const char *path, struct pl_buf *version, struct pl_buf *list)
{
	char *command = NULL, *line = NULL;
	size_t cap = 0;
	ssize_t n;
	FILE *f;

	assert_true(asprintf(&command, "go version -m %s 2>/dev/null", path) > 0);
	f = popen(command, "r");
	free(command);
	while (f && (n = getline(&line, &cap, f)) > 0) {
		if (line[0] == '\t') {
			pl_buf_add(list, line + 1, (size_t)n - 1);
		} else if (strstr(line, ": ")) {
			pl_buf_c(version, strstr(line, ": ") + 2);
			version->ptr[--version->len] = '\0'; /* newline */
		}
	}
	free(line);
	return f && pclose(f) == 0 && version->len;
}

static bool have(const char *command)
{
	pl_auto_free char *text = NULL;

	return asprintf(&text, "command -v %s >/dev/null 2>&1", command) > 0 && system(text) == 0;
}

static void same_as_go(const char *path, size_t step)
{
	pl_auto_buf version, list, file;
	pl_auto_arena arena;
	struct pl_elf_facts f = {0};

	pl_arena_init(&arena);
	pl_buf_init(&version, 4096);
	pl_buf_init(&list, PL_MiB(1));
	pl_buf_init(&file, PL_MiB(256));
	assert_int_equal(pl_read_path(path, &file, NULL), 0);
	if (!ask_go(path, &version, &list)) {
		print_error("go cannot read %s\n", path);
		fail();
	}
	if (read_elf(pl_buf_view(&file), step, &arena, &f) != 0 || f.lost)
		print_error("%s: %s\n", path, f.lost ? f.lost : "not read");
	assert_true(f.is_go);
	assert_null(f.lost);
	assert_str(f.go_version, version.ptr);
	assert_str(f.go_modinfo, list.len ? list.ptr : "");
}

/* `form` is "[VARIABLE=VALUE] ; FLAGS". */
static void build_and_compare(const char *dir, const char *form)
{
	pl_auto_free char *command = NULL, *path = NULL;
	struct pl_str flags = pl_str_c(form), env;

	pl_str_split(&flags, ';', &env);
	assert_true(asprintf(&command, "cd %s && env %.*s go build -o prog %.*s . >log 2>&1", dir,
			     PL_FMT(env), PL_FMT(flags)) > 0);
	assert_true(asprintf(&path, "%s/prog", dir) > 0);
	unlink(path);
	if (system(command) != 0) {
		print_message("cannot build here: %s\n", form);
		return;
	}
	same_as_go(path, 65536);
	same_as_go(path, 4093);
}

static void go_builds(void **state)
{
	static const char *const forms[] = {";",
					    ";-buildmode=pie",
					    ";-ldflags=-buildid=",
					    ";-ldflags='-s -w -X main.version=1.2.3'",
					    ";-trimpath -tags=a,b",
					    ";-ldflags=-linkmode=external",
					    "GOARCH=386;",
					    "GOARCH=s390x;",
					    "GOARCH=mips;"};
	char dir[] = "/tmp/plimsoll-go-XXXXXX";
	pl_auto_free char *make = NULL, *rm = NULL;

	(void)state;
	if (!have("go"))
		skip();
	assert_non_null(mkdtemp(dir));
	assert_true(asprintf(&rm, "rm -rf %s", dir) > 0);
	assert_true(
		asprintf(&make,
			 "cd %s && mkdir dep && printf 'module example.org/app\\ngo 1.20\\n"
			 "require example.org/dep v1.4.0\\n"
			 "replace example.org/dep => ./dep\\n' >go.mod && "
			 "printf 'module example.org/dep\\ngo 1.20\\n' >dep/go.mod && "
			 "printf 'package dep\\nfunc F() {}\\n' >dep/dep.go && "
			 "printf 'package main\\nimport \"example.org/dep\"\\nvar version string\\n"
			 "func main() { dep.F(); println(version) }\\n' >main.go",
			 dir) > 0);
	assert_int_equal(system(make), 0);
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		build_and_compare(dir, forms[i]);
	assert_int_equal(system(rm), 0);
}

/* The tools of the toolchain are programs with dependencies. */
static void go_tools(void **state)
{
	auto_lines root = {0};
	pl_auto_free char *path = NULL;

	(void)state;
	if (!lines_run(&root, "go env GOROOT 2>/dev/null"))
		skip();
	assert_true(asprintf(&path, "%s/bin/go", root.at.at[0].ptr) > 0);
	same_as_go(path, 65536);
	same_as_go(path, 10007);
}

#define LIST \
	"path\texample.org/old\nmod\texample.org/old\tv1.0.0\th1:x=\n" \
	"dep\texample.org/a\tv0.1.0\th1:y=\n"

static void old_go(void **state)
{
	static const struct elf_form forms[] = {
		{true, false}, {true, true}, {false, false}, {false, true}};
	static const size_t steps[] = {65536, 1, 7, 4096, 16, 1000003};
	bool go = have("go");

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		size_t pad = i < 4 ? 100 : 3000001; /* small files are kept whole */
		char path[] = "/tmp/plimsoll-elf-XXXXXX";
		pl_auto_buf b;
		pl_auto_fd fd = mkstemp(path);

		pl_buf_init(&b, PL_MiB(16));
		elf_old_go(&b, forms[i % 4], pad, i < 4 ? 0 : 2000000, "go1.16.5", LIST);
		assert_int_equal(pl_write_fd(fd, pl_buf_view(&b), NULL), 0);
		fchmod(fd, 0755);
		for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++) {
			pl_auto_arena arena;
			struct pl_elf_facts f = {0};

			if (steps[k] < 16 && pad > 1000)
				continue;
			pl_arena_init(&arena);
			assert_int_equal(read_elf(pl_buf_view(&b), steps[k], &arena, &f), 0);
			assert_null(f.lost);
			assert_str(f.go_version, "go1.16.5");
			assert_str(f.go_modinfo, LIST);
		}
		if (go)
			same_as_go(path, 65536);
		unlink(path);
	}
}

/* A program that only holds the magic among its constants is no Go program. */
static void magic_alone(void **state)
{
	struct pl_elf_facts f = {0};
	pl_auto_arena arena;
	pl_auto_buf b;

	(void)state;
	pl_arena_init(&arena);
	pl_buf_init(&b, PL_MiB(1));
	elf_begin(&b, (struct elf_form){true, false}, 1);
	pl_buf_add(&b, "\xff Go buildinf:\x08\x02", 16);
	elf_zeros(&b, 1024);
	elf_segment(&b, (struct elf_form){true, false}, 0, 1, 4, 0, GO_RODATA, 1024);
	assert_int_equal(read_elf(pl_buf_view(&b), 64, &arena, &f), 0);
	assert_false(f.is_go);
	assert_null(f.lost);
}

/* `grow` is done to the program before the section is added. */
static void rust_program(const char *grow)
{
	static const char json[] = "{\"packages\":[{\"name\":\"a\",\"version\":\"1.0.0\"}]}";
	char dir[] = "/tmp/plimsoll-rust-XXXXXX";
	pl_auto_free char *make = NULL, *path = NULL, *rm = NULL;
	size_t steps[] = {65536, 1009};

	if (!have("gcc") || !have("objcopy") || !have("python3"))
		skip();
	assert_non_null(mkdtemp(dir));
	assert_true(
		asprintf(
			&make,
			"cd %s && python3 -c 'import sys,zlib; open(\"z\",\"wb\").write("
			"zlib.compress(sys.argv[1].encode()))' '%s' && "
			"echo 'char big[3000000] = {1}; int main(void) { return big[7]; }' >m.c && "
			"gcc -g -o plain m.c && %s && head -c 1000000 /dev/zero >y && "
			"objcopy --add-section .symbols=y --add-section .dep-v0=z plain prog",
			dir, json, grow) > 0);
	assert_true(asprintf(&path, "%s/prog", dir) > 0);
	assert_true(asprintf(&rm, "rm -rf %s", dir) > 0);
	assert_int_equal(system(make), 0);
	for (size_t i = 0; i < 2; i++) {
		struct pl_elf_facts f = {0};
		pl_auto_arena arena;
		pl_auto_buf b;

		pl_arena_init(&arena);
		pl_buf_init(&b, PL_MiB(64));
		assert_int_equal(pl_read_path(path, &b, NULL), 0);
		assert_int_equal(read_elf(pl_buf_view(&b), steps[i], &arena, &f), 0);
		assert_true(f.is_rust);
		assert_false(f.is_go);
		assert_null(f.lost);
		assert_str(f.rust_json, json);
	}
	assert_int_equal(system(rm), 0);
}

static void rust_section(void **state)
{
	(void)state;
	rust_program("true");
	rust_program("strip plain");
}

/* .dep-v0 comes after the debug sections: more of them than are kept */
static void rust_much_debug(void **state)
{
	(void)state;
	rust_program("head -c 24000000 /dev/urandom >d && objcopy --add-section .debug_x=d plain");
}

static void not_elf(void **state)
{
	char head[64] = "\177ELF\2\1\1";

	(void)state;
	assert_null(pl_capture_new(PL_STR("#!/bin/sh\n"), 10));
	assert_null(pl_capture_new(PL_STR(""), 0));
	assert_null(pl_capture_new(PL_STR("\177ELF"), 1000));
	assert_null(pl_capture_new(pl_str_n(head, 64), 64)); /* type 0 */
}

static void cut_short(void **state)
{
	struct pl_elf_facts f = {0};
	struct pl_err err = {0};
	struct pl_capture *c;
	pl_auto_arena arena;
	pl_auto_buf b;

	(void)state;
	pl_arena_init(&arena);
	pl_buf_init(&b, PL_MiB(16));
	elf_old_go(&b, (struct elf_form){true, false}, 9000, 0, "go1.16.5", LIST);
	c = pl_capture_new(pl_buf_view(&b), b.len);
	pl_capture_add(c, pl_str_sub(pl_buf_view(&b), 0, 100));
	assert_int_equal(pl_capture_read(c, &arena, &f, &err), -PL_E_TRUNCATED);
	pl_capture_add(c, pl_str_sub(pl_buf_view(&b), 100, 8000));
	assert_int_equal(pl_capture_read(c, &arena, &f, &err), 0);
	assert_true(f.is_go);
	assert_non_null(f.lost);
	pl_capture_free(c);
}

/* Every ELF file of the machine's libraries is read without loss; none is a Go or Rust program
 * unless its file says so. */
static void libraries(void **state)
{
	auto_lines paths = {0};

	(void)state;
	if (!lines_run(&paths, "find /usr/lib/x86_64-linux-gnu -maxdepth 1 -name '*.so*' -type f "
			       "-size -20M 2>/dev/null | head -60"))
		skip();
	for (size_t i = 0; i < paths.at.len; i++) {
		struct pl_elf_facts f = {0};
		pl_auto_arena arena;
		pl_auto_buf b;

		pl_arena_init(&arena);
		pl_buf_init(&b, PL_MiB(64));
		assert_int_equal(pl_read_path(paths.at.at[i].ptr, &b, NULL), 0);
		if (read_elf(pl_buf_view(&b), 65536, &arena, &f) == 0 && f.lost)
			print_error("%s: %s\n", paths.at.at[i].ptr, f.lost);
		assert_null(f.lost);
		assert_false(f.is_go);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(go_builds),	cmocka_unit_test(go_tools),
		cmocka_unit_test(old_go),	cmocka_unit_test(magic_alone),
		cmocka_unit_test(rust_section), cmocka_unit_test(rust_much_debug),
		cmocka_unit_test(not_elf),	cmocka_unit_test(cut_short),
		cmocka_unit_test(libraries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
