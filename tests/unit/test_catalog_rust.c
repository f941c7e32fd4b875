/* SPDX-License-Identifier: Apache-2.0 */
#include <zlib.h>

#include "elf_make.h"
#include "lang_facts.h"

/* A program whose section .dep-v0 holds these bytes: null section, names, .dep-v0. */
static void make(struct pl_buf *b, struct elf_form f, struct pl_str content)
{
	static const char names[] = "\0.shstrtab\0.dep-v0";
	unsigned w = f.is64 ? 8 : 4, step = f.is64 ? 64 : 40;
	size_t names_at, content_at, table;

	elf_begin(b, f, 0);
	names_at = b->len;
	pl_buf_add(b, names, sizeof(names));
	content_at = b->len;
	pl_buf_str(b, content);
	table = (b->len + 7) & ~(size_t)7;
	elf_zeros(b, table + 3 * step);
	elf_put(b, f.is64 ? 40 : 32, table, w, f.big);
	elf_put(b, f.is64 ? 60 : 48, 3, 2, f.big);
	elf_put(b, f.is64 ? 62 : 50, 1, 2, f.big);
	for (unsigned i = 1; i < 3; i++) {
		size_t at = table + i * step;

		elf_put(b, at, i == 1 ? 1 : 11, 4, f.big);
		elf_put(b, at + 4, i == 1 ? 3 : 1, 4, f.big);
		elf_put(b, at + (f.is64 ? 24 : 16), i == 1 ? names_at : content_at, w, f.big);
		elf_put(b, at + (f.is64 ? 32 : 20), i == 1 ? sizeof(names) : content.len, w, f.big);
	}
}

static int read_section(struct pl_facts_writer *w, struct elf_form form, struct pl_str content)
{
	struct pl_cat_file f = {.path = PL_STR("usr/bin/prog")};
	struct pl_err err = {0};
	pl_auto_buf b;
	int rc;

	pl_buf_init(&b, PL_MiB(64));
	make(&b, form, content);
	f.elf = pl_capture_new(pl_buf_view(&b), b.len);
	pl_capture_add(f.elf, pl_buf_view(&b));
	rc = pl_cataloger_rust.read(w, &f, &err);
	pl_capture_free(f.elf);
	return rc;
}

static struct pl_str packed(const char *json, uint8_t *out, size_t room)
{
	uLongf n = room;

	assert_int_equal(compress(out, &n, (const Bytef *)json, strlen(json)), Z_OK);
	return pl_str_n(out, n);
}

/* The example of cargo-auditable's description of the format, with a build dependency. */
static const char example[] =
	"{\"packages\":["
	"{\"name\":\"adler\",\"version\":\"0.2.3\",\"source\":\"registry\"},"
	"{\"name\":\"cc\",\"version\":\"1.0.0\",\"source\":\"crates.io\",\"kind\":\"build\"},"
	"{\"name\":\"hello\",\"version\":\"0.1.0\",\"source\":\"local\",\"kind\":\"runtime\","
	"\"dependencies\":[0],\"root\":true}]}";

static void crates(void **state)
{
	static const struct elf_form forms[] = {
		{true, false}, {true, true}, {false, false}, {false, true}};
	uint8_t room[4096];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		lang_auto_facts w = {0};

		assert_int_equal(read_section(&w, forms[i], packed(example, room, sizeof(room))),
				 0);
		assert_int_equal(w.packages.len, 2);
		assert_str(w.packages.at[0], "cargo adler 0.2.3 (cargo-auditable)");
		assert_str(w.packages.at[1], "cargo hello 0.1.0 (cargo-auditable)");
	}
}

static void damaged(void **state)
{
	struct elf_form form = {true, false};
	lang_auto_facts w = {0};
	uint8_t room[4096];
	struct pl_str z = packed(example, room, sizeof(room));

	(void)state;
	assert_int_equal(read_section(&w, form, pl_str_sub(z, 0, z.len / 2)), -PL_E_FORMAT);
	assert_int_equal(read_section(&w, form, PL_STR("not zlib")), -PL_E_FORMAT);
	assert_int_equal(read_section(&w, form, PL_STR("")), -PL_E_FORMAT);
	assert_true(read_section(&w, form, packed("[1]", room, sizeof(room))) < 0);
	assert_true(read_section(&w, form, packed("{\"packages\":", room, sizeof(room))) < 0);
	assert_int_equal(w.packages.len, 0);
}

/* 64 MiB of blanks in 64 KiB */
static void bomb(void **state)
{
	size_t n = 64 << 20;
	uLongf len = 1 << 20;
	char *blanks = pl_xmalloc(n);
	uint8_t *z = pl_xmalloc(len);
	lang_auto_facts w = {0};

	(void)state;
	memset(blanks, ' ', n);
	assert_int_equal(compress(z, &len, (Bytef *)blanks, n), Z_OK);
	assert_int_equal(read_section(&w, (struct elf_form){true, false}, pl_str_n(z, len)),
			 -PL_E_FORMAT);
	free(blanks);
	free(z);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crates),
		cmocka_unit_test(damaged),
		cmocka_unit_test(bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
