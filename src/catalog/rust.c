/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rust: the standard library by its file's name and compiler; and of programs the crates that
 * panic messages name (binary/rust.c), or all that cargo-auditable recorded: {"packages":[{"name",
 * "version", "source", "kind"?: "build" or "runtime", "dependencies"?, "root"?}]} (cargo-auditable,
 * format of version 0). Crates that only ran in the build are not in the program.
 */
#include "catalog/program.h"

static bool is_runtime(const cJSON *package)
{
	struct pl_str kind = pl_json_str(package, "kind");

	return pl_str_empty(kind) || pl_str_eq_c(kind, "runtime");
}

/* "dependencies" are indices into the list. */
static void list_needs(const cJSON *const *all, size_t n, const cJSON *package, struct pl_buf *out)
{
	const cJSON *d = pl_json_get(package, "dependencies");

	for (d = cJSON_IsArray(d) ? d->child : NULL; d; d = d->next) {
		const cJSON *to;

		if (!cJSON_IsNumber(d) || d->valuedouble < 0 || d->valuedouble >= (double)n)
			continue;
		to = all[(size_t)d->valuedouble];
		if (is_runtime(to))
			pl_buf_fmt(out, "%s%.*s\t%.*s", out->len ? "\n" : "",
				   PL_FMT(pl_json_str(to, "name")),
				   PL_FMT(pl_json_str(to, "version")));
	}
}

static void report(struct pl_facts_writer *w, const cJSON *const *all, size_t n,
		   const cJSON *package)
{
	struct pl_pkg_fact p = {.type = PL_PKG_CARGO, .how = PL_STR("cargo-auditable")};
	pl_auto_buf needs;

	pl_buf_init(&needs, PL_MiB(1));
	p.name = pl_json_str(package, "name");
	p.version = pl_json_str(package, "version");
	if (pl_str_empty(p.name) || !is_runtime(package))
		return;
	list_needs(all, n, package, &needs);
	if (!needs.failed)
		p.depends = pl_buf_view(&needs);
	pl_fact_package(w, &p);
}

static int report_audit(struct pl_facts_writer *w, struct pl_str json, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	const cJSON *packages, *package;
	pl_auto_free const cJSON **all = NULL;
	size_t n = 0;
	int rc = pl_json_parse(json, pl_limit(PL_LIM_META_FILE_BYTES), &root, err);

	if (rc < 0)
		return pl_wrap(err, ".dep-v0");
	packages = pl_json_get(root, "packages");
	if (!cJSON_IsArray(packages))
		return pl_fail(err, PL_E_FORMAT, ".dep-v0: no list of packages");
	all = pl_xcalloc((size_t)cJSON_GetArraySize(packages) + 1, sizeof(*all));
	for (package = packages->child; package; package = package->next)
		all[n++] = package;
	for (size_t i = 0; i < n; i++)
		report(w, all, n, all[i]);
	return 0;
}

static void report_paths(struct pl_facts_writer *w, struct pl_str crates)
{
	struct pl_str line;

	while (pl_str_line(&crates, &line)) {
		struct pl_pkg_fact p = {.type = PL_PKG_CARGO,
					.how = PL_STR("panic path"),
					.evidence = PL_EV_VERSION_STRING};

		pl_str_split(&line, '\t', &p.name);
		p.version = line;
		pl_fact_package(w, &p);
	}
}

/* lib/libstd-0123456789abcdef.so of the toolchain, and of programs that link it. */
static void report_std(struct pl_facts_writer *w, struct pl_str path, struct pl_str rustc)
{
	struct pl_pkg_fact p = {.type = PL_PKG_GENERIC,
				.name = PL_STR("rust"),
				.version = rustc,
				.how = PL_STR("compiler in the comment section"),
				.cpes = PL_STR("rust-lang:rust"),
				.evidence = PL_EV_VERSION_STRING};

	if (rustc.len && pl_glob(PL_STR("**/libstd-????????????????.so"), path))
		pl_fact_package(w, &p);
}

int pl_rust_facts(struct pl_facts_writer *w, struct pl_str path, const struct pl_elf_facts *x,
		  struct pl_err *err)
{
	report_std(w, path, x->rustc);
	if (!x->is_rust) {
		report_paths(w, x->rust_crates);
		return 0;
	}
	if (x->lost)
		return pl_fail(err, PL_E_FORMAT, ".dep-v0: %s", x->lost);
	return report_audit(w, x->rust_json, err);
}

static int read_rust(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_elf_facts elf = {0};
	pl_auto_arena arena;

	pl_arena_init(&arena);
	/* an unreadable file is told by the Go cataloger */
	if (pl_capture_read(f->elf, &arena, &elf, NULL) < 0)
		return 0;
	return pl_rust_facts(w, f->path, &elf, err);
}

const struct pl_cataloger pl_cataloger_rust = {
	.name = "rust",
	.what = "Rust programs: crates of cargo-auditable or of panic paths; the standard library",
	.elf = true,
	.evidence = PL_EV_BUILD_INFO,
	.max = PL_LIM_ELF_KEEP_BYTES,
	.read = read_rust,
};
