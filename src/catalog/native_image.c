/* SPDX-License-Identifier: Apache-2.0 */
/* GraalVM native images: the CycloneDX document that --enable-sbom puts in (binary/native.c). */
#include "catalog/program.h"
#include "catalog/sbom_read.h"

struct reading {
	struct pl_facts_writer *w;
};

static int take(void *arg, const struct pl_sbom_pkg *p, struct pl_err *err)
{
	struct reading *r = arg;
	struct pl_pkg_fact fact = p->fact;

	(void)err;
	if (!p->known || p->root)
		return 0;
	fact.how = PL_STR("SBOM in the native image");
	fact.evidence = PL_EV_SBOM;
	fact.inner = PL_STR("sbom");
	pl_fact_package(r->w, &fact);
	return 0;
}

int pl_native_facts(struct pl_facts_writer *w, const struct pl_elf_facts *x, struct pl_err *err)
{
	struct reading r = {w};
	struct pl_sbom_sink sink = {.arg = &r, .package = take};

	if (!x->sbom.len)
		return 0;
	return pl_sbom_read(x->sbom, pl_limit(PL_LIM_META_FILE_BYTES), &sink, err);
}

static int read_native(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_elf_facts x = {0};
	pl_auto_arena arena;

	pl_arena_init(&arena);
	/* an unreadable file is told by the Go cataloger */
	if (pl_capture_read(f->elf, &arena, &x, NULL) < 0)
		return 0;
	return pl_native_facts(w, &x, err);
}

const struct pl_cataloger pl_cataloger_native_image = {
	.name = "native_image",
	.what = "GraalVM native images: the SBOM in them",
	.elf = true,
	.evidence = PL_EV_SBOM,
	.max = PL_LIM_ELF_KEEP_BYTES,
	.read = read_native,
};
