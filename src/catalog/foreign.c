/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Executables of other systems, which lie in images for their sake (installers, cross builds) or
 * run there all the same (.NET assemblies are PE files everywhere): what Go, Rust, .NET and
 * GraalVM left in PE and Mach-O files. A file passes once; see binary/capture.c for what is kept.
 */
#include "catalog/program.h"

static void *open_foreign(struct pl_str path, struct pl_str head, uint64_t size, uint32_t mode)
{
	(void)path, (void)mode;
	if (head.len < 64 || pl_str_starts(head, PL_STR("\177ELF")))
		return NULL;
	return pl_capture_new(head, size);
}

static void feed_foreign(void *state, struct pl_str piece)
{
	pl_capture_add(state, piece);
}

static int tell(struct pl_facts_writer *w, const struct pl_cat_file *f,
		const struct pl_elf_facts *x, struct pl_err *err)
{
	int rc;

	if (x->lost && (x->is_go || x->is_clr || x->packed))
		pl_fact_diag(w, x->is_clr ? PL_W_WARN : PL_W_FAILED, "program-lost", "%s", x->lost);
	if (x->is_go)
		pl_go_facts(w, x);
	pl_assembly_facts(w, f->path, x);
	pl_bundle_facts(w, f->path, x);
	rc = pl_rust_facts(w, f->path, x, err);
	return rc < 0 ? rc : pl_native_facts(w, x, err);
}

static int close_foreign(void *state, struct pl_facts_writer *w, const struct pl_cat_file *f,
			 struct pl_err *err)
{
	struct pl_elf_facts x = {0};
	pl_auto_arena arena;
	int rc = 0;

	pl_arena_init(&arena);
	if (w) {
		rc = pl_capture_read(state, &arena, &x, err);
		rc = rc < 0 ? rc : tell(w, f, &x, err);
	}
	pl_capture_free(state);
	return rc;
}

static const struct pl_cat_stream stream = {
	.open = open_foreign,
	.feed = feed_foreign,
	.close = close_foreign,
};

const struct pl_cataloger pl_cataloger_foreign = {
	.name = "foreign",
	.what = "Programs of Windows and macOS: .NET assemblies, Go, Rust, GraalVM",
	.stream = &stream,
	.evidence = PL_EV_BUILD_INFO,
	.max = PL_LIM_ELF_KEEP_BYTES,
};
