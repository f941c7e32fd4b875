/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rust: the crates that cargo-auditable recorded in a program: {"packages":[{"name", "version",
 * "source", "kind"?: "build" or "runtime", "dependencies"?, "root"?}]} (cargo-auditable, format
 * of version 0). Crates that only ran in the build are not in the program.
 */
#include "catalog/cataloger.h"

static void report(struct pl_facts_writer *w, const cJSON *package)
{
	struct pl_pkg_fact p = {.type = PL_PKG_CARGO, .how = PL_STR("cargo-auditable")};
	struct pl_str kind = pl_json_str(package, "kind");

	p.name = pl_json_str(package, "name");
	p.version = pl_json_str(package, "version");
	if (pl_str_empty(p.name) || (!pl_str_empty(kind) && !pl_str_eq_c(kind, "runtime")))
		return;
	pl_fact_package(w, &p);
}

static int read_rust(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_elf_facts elf = {0};
	pl_auto_json *root = NULL;
	const cJSON *packages, *package;
	pl_auto_arena arena;
	int rc;

	pl_arena_init(&arena);
	rc = pl_capture_read(f->elf, &arena, &elf, err);
	if (rc < 0 || !elf.is_rust)
		return 0; /* an unreadable file is told by the Go cataloger */
	if (elf.lost)
		return pl_fail(err, PL_E_FORMAT, ".dep-v0: %s", elf.lost);
	rc = pl_json_parse(elf.rust_json, pl_limit(PL_LIM_META_FILE_BYTES), &root, err);
	if (rc < 0)
		return pl_wrap(err, ".dep-v0");
	packages = pl_json_get(root, "packages");
	if (!cJSON_IsArray(packages))
		return pl_fail(err, PL_E_FORMAT, ".dep-v0: no list of packages");
	for (package = packages->child; package; package = package->next)
		report(w, package);
	return 0;
}

const struct pl_cataloger pl_cataloger_rust = {
	.name = "rust",
	.what = "Rust programs: the crates that cargo-auditable recorded",
	.elf = true,
	.evidence = PL_EV_BUILD_INFO,
	.max = PL_LIM_ELF_KEEP_BYTES,
	.read = read_rust,
};
