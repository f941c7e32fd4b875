/* SPDX-License-Identifier: Apache-2.0 */
/* What a capture tells of a file must not depend on the pieces in which the file passes: the
 * fixtures of PE, Mach-O, bundles, native images and Rust programs, in pieces of many sizes. */
#include "binary/binary.h"
#include "check.h"

static const char *const files[] = {
	"foreign/root/app/ClrLoader.dll",   "foreign/root/opt/win/tug.exe",
	"foreign/root/opt/win/audited.exe", "foreign/root/opt/win/plain.exe",
	"foreign/root/opt/mac/tug",	    "dotnet_bundle/root/app/shop",
	"dotnet_bundle/root/app/shop31",    "native_image/root/app/tug",
	"rust/root/usr/bin/audited",	    "rust/root/usr/bin/plain",
	"go/root/usr/local/bin/plain",
};

/* All that is told, as one text. */
static struct pl_str told(struct pl_arena *arena, struct pl_str bytes, size_t piece)
{
	struct pl_capture *c = pl_capture_new(pl_str_sub(bytes, 0, 512), bytes.len);
	struct pl_elf_facts x = {0};
	struct pl_err err = {0};

	assert_non_null(c);
	for (size_t i = 0; i < bytes.len; i += piece)
		pl_capture_add(c, pl_str_sub(bytes, i, piece));
	assert_int_equal(pl_capture_read(c, arena, &x, &err), 0);
	pl_capture_free(c);
	return pl_arena_fmt(arena, "%d%d%d%d|%s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s",
			    x.is_go, x.is_rust, x.bundle, x.is_clr, x.lost ? x.lost : "",
			    PL_FMT(x.go_version), PL_FMT(x.go_modinfo), PL_FMT(x.rust_json),
			    PL_FMT(x.rust_crates), PL_FMT(x.rustc), PL_FMT(x.deps_json),
			    PL_FMT(x.sbom), PL_FMT(x.clr_name), PL_FMT(x.clr_version),
			    PL_FMT(x.product_version));
}

static void pieces(void **state)
{
	static const size_t sizes[] = {1, 3, 7, 16, 40, 63, 192, 193, 512, 4095, 65536};
	const char *root = getenv("PLIMSOLL_SOURCE");

	(void)state;
	assert_non_null(root);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		pl_auto_arena arena;
		pl_auto_buf b;
		struct pl_str path, whole;

		pl_arena_init(&arena);
		pl_buf_init(&b, PL_MiB(1));
		path = pl_arena_fmt(&arena, "%s/tests/data/catalog/%s", root, files[i]);
		assert_int_equal(pl_read_path(path.ptr, &b, NULL), 0);
		whole = told(&arena, pl_buf_view(&b), b.len);
		for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
			struct pl_str is = told(&arena, pl_buf_view(&b), sizes[k]);

			if (!pl_str_eq(is, whole))
				fail_msg("%s in pieces of %zu:\n%.*s\nwhole:\n%.*s", files[i],
					 sizes[k], PL_FMT(is), PL_FMT(whole));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
