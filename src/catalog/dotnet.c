/* SPDX-License-Identifier: Apache-2.0 */
/*
 * .NET: the packages of a published application stand in NAME.deps.json beside it, or in the
 * single-file bundle that it was packed into (dotnet/sdk, runtime-configuration-file.md):
 *
 *   "libraries": {"NAME/VERSION": {"type": "package" | "project" | "reference" | "runtimepack"}}
 *   "targets": {TARGET: {"NAME/VERSION": {"dependencies": {NAME: VERSION},
 *     "runtime": {PATH: …}, "runtimeTargets": {…}, "native": {…}, "resources": {…}}}}
 *
 * A project is the application's own code. A package without files is a reference only: nothing of
 * it was published. Assemblies without a deps.json that lists them are told by their own metadata:
 * what product they belong to may not be the package's version, so that is uncertain.
 */
#include "catalog/program.h"

static const char *const deps_globs[] = {"**/*.deps.json", NULL};

struct deps {
	struct pl_facts_writer *w;
	struct pl_str dir, inner;
	struct pl_map packages; /* libraries of type package */
};

static bool is_there(const cJSON *target, struct pl_buf *files, struct pl_str dir)
{
	static const char *const kinds[] = {"runtime", "runtimeTargets", "native", "resources"};
	bool any = false;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const cJSON *list = pl_json_get(target, kinds[i]);

		for (const cJSON *f = cJSON_IsObject(list) ? list->child : NULL; f; f = f->next) {
			struct pl_str path = pl_str_c(f->string);

			any = true;
			/* published: lib/net8.0/A.dll as A.dll, what depends on the system as is */
			if (i != 1)
				path = pl_path_base(path);
			if (pl_str_ends(path, PL_STR(".dll")))
				pl_buf_fmt(files, "%s%.*s%s%.*s", files->len ? "\n" : "",
					   PL_FMT(dir), dir.len ? "/" : "", PL_FMT(path));
		}
	}
	return any;
}

static void list_needs(const cJSON *target, struct pl_buf *out)
{
	const cJSON *d = pl_json_get(target, "dependencies");

	for (d = cJSON_IsObject(d) ? d->child : NULL; d; d = d->next)
		pl_buf_fmt(out, "%s%s\t%.*s", out->len ? "\n" : "", d->string,
			   PL_FMT(pl_json_text(d)));
}

static void report(const struct deps *d, const cJSON *target)
{
	struct pl_pkg_fact p = {.type = PL_PKG_NUGET, .how = PL_STR("deps.json")};
	struct pl_str version = pl_str_c(target->string);
	pl_auto_buf files;
	pl_auto_buf needs;

	pl_buf_init(&files, PL_MiB(1));
	pl_buf_init(&needs, PL_MiB(1));
	if (!pl_str_split(&version, '/', &p.name) || !p.name.len)
		return;
	if (pl_str_starts(p.name, PL_STR("runtimepack.")))
		p.name = pl_str_sub(p.name, 12, p.name.len);
	else if (pl_map_get(&d->packages, pl_str_c(target->string)) == PL_MAP_NONE)
		return;
	if (!is_there(target, &files, d->dir))
		return;
	list_needs(target, &needs);
	p.version = version;
	p.inner = d->inner;
	/* assemblies are found by their path, see pl_assembly_facts */
	p.key = files.failed ? (struct pl_str){0} : pl_buf_view(&files);
	p.depends = needs.failed ? (struct pl_str){0} : pl_buf_view(&needs);
	pl_fact_package(d->w, &p);
}

/* The target that runs, or for want of its name the last: it is the most specific. */
static const cJSON *find_target(const cJSON *root)
{
	const cJSON *targets = pl_json_get(root, "targets"), *target = NULL;
	struct pl_str name = pl_json_str(pl_json_get(root, "runtimeTarget"), "name");

	if (name.ptr)
		return pl_json_get(targets, name.ptr);
	for (const cJSON *t = targets ? targets->child : NULL; t; t = t->next)
		target = t;
	return target;
}

int pl_deps_facts(struct pl_facts_writer *w, struct pl_str text, struct pl_str dir,
		  struct pl_str inner, struct pl_err *err)
{
	struct deps d = {.w = w, .dir = dir, .inner = inner};
	pl_auto_json *root = NULL;
	const cJSON *libraries, *target;
	int rc = pl_json_parse(text, pl_limit(PL_LIM_JSON_BYTES), &root, err);

	if (rc < 0)
		return rc;
	libraries = pl_json_get(root, "libraries");
	if (!cJSON_IsObject(pl_json_get(root, "targets")) || !cJSON_IsObject(libraries))
		return pl_fail(err, PL_E_FORMAT, "no targets or libraries in a deps.json");
	pl_map_init(&d.packages);
	for (const cJSON *l = libraries->child; l; l = l->next)
		if (pl_str_eq_c(pl_json_str(l, "type"), "package"))
			pl_map_put(&d.packages, pl_str_c(l->string), 0);
	target = find_target(root);
	for (target = cJSON_IsObject(target) ? target->child : NULL; target; target = target->next)
		report(&d, target);
	pl_map_release(&d.packages);
	return 0;
}

static int read_deps(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	return pl_deps_facts(w, f->bytes, pl_path_dir(f->path), (struct pl_str){0}, err);
}

const struct pl_cataloger pl_cataloger_dotnet_deps = {
	.name = "dotnet_deps",
	.what = ".NET applications and runtimes: packages of NAME.deps.json",
	.globs = deps_globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_JSON_BYTES,
	.read = read_deps,
};

/* --- single-file bundles -------------------------------------------------------------------- */

void pl_bundle_facts(struct pl_facts_writer *w, struct pl_str path, const struct pl_elf_facts *x)
{
	struct pl_err err = {0};

	(void)path;
	if (!x->bundle)
		return;
	if (!x->deps_json.len)
		pl_fact_diag(w, PL_W_WARN, "dotnet-bundle",
			     "a .NET single-file bundle without a readable deps.json: the packages "
			     "in it are not known");
	else if (pl_deps_facts(w, x->deps_json, PL_STR(""), PL_STR("deps.json"), &err) < 0)
		pl_fact_diag(w, PL_W_FAILED, "dotnet-bundle", "deps.json in the bundle: %s",
			     err.text);
}

static int read_bundle(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_elf_facts x = {0};
	pl_auto_arena arena;

	(void)err;
	pl_arena_init(&arena);
	/* an unreadable file is told by the Go cataloger */
	if (pl_capture_read(f->elf, &arena, &x, NULL) == 0)
		pl_bundle_facts(w, f->path, &x);
	return 0;
}

const struct pl_cataloger pl_cataloger_dotnet_bundle = {
	.name = "dotnet_bundle",
	.what = ".NET single-file programs: the deps.json that is packed into them",
	.elf = true,
	.evidence = PL_EV_BUILD_INFO,
	.max = PL_LIM_ELF_KEEP_BYTES,
	.read = read_bundle,
};

/* --- assemblies ----------------------------------------------------------------------------- */

/* "13.0.1+abcdef", "8.0.0-rc.1 (commit)": a number with dots, and a release name after '-'. */
static struct pl_str version_in(struct pl_str text)
{
	size_t n = 0, dots = 0;

	while (n < text.len && (pl_is_digit(text.ptr[n]) || text.ptr[n] == '.'))
		dots += text.ptr[n++] == '.';
	if (!dots || !pl_is_digit(text.ptr[0]) || text.ptr[n - 1] == '.')
		return (struct pl_str){0};
	if (n < text.len && text.ptr[n] == '-')
		while (n < text.len && (pl_is_alpha(text.ptr[n]) || pl_is_digit(text.ptr[n]) ||
					text.ptr[n] == '.' || text.ptr[n] == '-'))
			n++;
	else if (n < text.len && text.ptr[n] != '+' && text.ptr[n] != ' ')
		return (struct pl_str){0};
	return pl_str_sub(text, 0, n);
}

void pl_assembly_facts(struct pl_facts_writer *w, struct pl_str path, const struct pl_elf_facts *x)
{
	struct pl_pkg_fact p = {.type = PL_PKG_NUGET,
				.name = x->clr_name,
				.how = PL_STR("product version of the assembly"),
				.evidence = PL_EV_METADATA,
				.uncertain = true,
				.adds = true,
				.key = path,
				.where = path};

	/* satellites hold translations, modules are parts of an assembly */
	if (!x->is_clr || !x->clr_name.len ||
	    (x->clr_culture.len && !pl_str_eq_c(x->clr_culture, "neutral")) ||
	    pl_str_ends(x->clr_name, PL_STR(".resources")))
		return;
	p.version = version_in(x->product_version);
	if (!p.version.len) {
		p.version = version_in(x->file_version);
		p.how = PL_STR("file version of the assembly");
	}
	if (!p.version.len) {
		p.version = x->clr_version;
		p.how = PL_STR("version of the assembly");
	}
	pl_fact_package(w, &p);
}
