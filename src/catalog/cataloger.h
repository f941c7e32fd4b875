/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What one package format is: a row with path patterns and a reader, private to this room. A new
 * format is one file with one `const struct pl_cataloger` and one name in PL_CATALOGERS.
 * Readers run in the worker, see one file of one layer at a time, and must not assume that files
 * come in any order. What belongs together across files is joined when layers are merged.
 */
#include "binary/binary.h"
#include "catalog/catalog.h"

struct pl_facts_writer; /* facts.h */

struct pl_cat_file {
	struct pl_str path;  /* clean path in the image */
	struct pl_str root;  /* rooted rows: the root that the path lies in, "" for the image's */
	struct pl_str bytes; /* whole content; empty for captures and streams */
	uint64_t size;
	uint32_t mode;
	struct pl_str beside; /* rows with `beside`: the other file, where the layer has it */
	struct pl_capture *elf; /* set for ELF catalogers */
};

enum { PL_CAT_HEAD = 512 }; /* how many first bytes `sniff` and `open` see, of longer files */

/* A reader that sees all bytes of a file pass by. */
struct pl_cat_stream {
	/* NULL: not interested. Asked for every regular file that is not empty, so it must be
	 * quick to say no. */
	void *(*open)(struct pl_str path, struct pl_str head, uint64_t size, uint32_t mode);
	void (*feed)(void *state, struct pl_str piece); /* the head included */
	/* Frees the state; w is NULL when the file broke off. Otherwise as `read`. */
	int (*close)(void *state, struct pl_facts_writer *w, const struct pl_cat_file *f,
		     struct pl_err *err);
};

struct pl_cataloger {
	const char *name;	  /* "dpkg" */
	const char *what;	  /* one line */
	const char *const *globs; /* NULL-terminated pl_glob patterns; NULL: chosen by content */
	bool rooted;		  /* globs are relative to any directory that may be a root */
	bool elf;		  /* wants every ELF file, as a capture */
	bool declared;		  /* tells what is declared (a lock file), not what is there */
	bool licenses;		  /* asked only when licence files are to be recognised */
	bool dirs;		  /* wants directories that match, and no files */
	/* "-wal": the file of that name with this behind it is read together with it, in the end of
	 * the layer; one that has no partner there is read alone. */
	const char *beside;
	/* True for a file that is wanted whatever its name; a magic number is asked first. */
	bool (*sniff)(struct pl_str path, struct pl_str head);
	const struct pl_cat_stream *stream;
	enum pl_evidence evidence; /* of packages that do not say it themselves */
	enum pl_limit max;	   /* the limit for the size of its files */
	/* Returns 0; a negative error becomes a diagnostic FAILED of the file ("lost"), what was
	 * added before it stays. */
	int (*read)(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err);
};

/* A package whose evidence is the current file. */
void pl_fact_package(struct pl_facts_writer *w, const struct pl_pkg_fact *p);
/* The package called `key` owns `path` (clean or with leading slash); with a slash behind it all
 * that is in that directory and no other package's. */
void pl_fact_owns(struct pl_facts_writer *w, struct pl_str key, struct pl_str path);
/* A licence that the current file tells, an SPDX expression or what pl_license_spdx understands; of
 * the package called `key`, or with an empty key of the package whose directory the file is in. It
 * counts where the package's own metadata tells none. */
void pl_fact_license(struct pl_facts_writer *w, struct pl_str key, struct pl_str license);
/* The distribution fields read from the current file (os-release and fall-backs); rank orders
 * sources when several are there, lower wins. Others of the same id fill in what it lacks; of
 * PL_OS_OVERRIDES and more they take the place of what it says, and are no distribution alone. */
enum { PL_OS_OVERRIDES = 1000 };
void pl_fact_os(struct pl_facts_writer *w, const struct pl_os *os, unsigned rank);
/* The current file was recognised by its content only: it may be something else, too. */
bool pl_fact_is_sniffed(const struct pl_facts_writer *w);
/* Something about the current file. */
void pl_fact_diag(struct pl_facts_writer *w, enum pl_weight weight, const char *code,
		  const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* For readers that write a package URL themselves: percent-encoded as its specification says, and
 * "?key=value" or "&key=value"; *sep is '?' before the first, an empty value writes nothing. */
void pl_purl_put(struct pl_buf *b, struct pl_str s);
void pl_purl_put_qualifier(struct pl_buf *b, const char *key, struct pl_str value, char *sep);

/* One name a line, in the groups of docs/internals. */
#define PL_CATALOGERS(X) \
	/* operating systems */ \
	X(os_release) \
	X(dpkg) \
	X(dpkg_list) \
	X(apk) \
	X(rpm) \
	X(pacman) \
	X(portage) \
	X(opkg) \
	X(nix) \
	X(xbps) \
	X(chisel) \
	X(bottlerocket) \
	X(cos) \
	X(bitnami) \
	X(snap) \
	X(flatpak) \
	X(homebrew) \
	X(spack) \
	X(nix_store) \
	X(kernel) \
	X(kernel_module) \
	X(elf_note) \
	X(installer) \
	X(dpkg_copyright) \
	/* languages */ \
	X(python) \
	X(python_files) \
	X(python_origin) \
	X(python_vendor) \
	X(python_zip) \
	X(conda) \
	X(node) \
	X(node_list) \
	X(yarn_pnp) \
	X(yarn_cache) \
	X(js_bundle) \
	X(ruby) \
	X(ruby_git) \
	X(composer) \
	X(composer_php) \
	X(pear) \
	X(java) \
	X(jvm) \
	X(native_image) \
	X(dotnet_deps) \
	X(dotnet_bundle) \
	X(foreign) \
	X(go) \
	X(rust) \
	/* without a package */ \
	X(programs) \
	X(erlang) \
	X(cran) \
	X(hackage) \
	X(opam) \
	X(findlib) \
	X(luarocks) \
	X(cpan) \
	X(cpan_local) \
	X(cpan_meta) \
	X(julia) \
	X(pub) \
	X(pub_config) \
	X(nim) \
	X(swipl) \
	X(conan) \
	X(conan_cache) \
	X(swift) \
	X(wordpress) \
	X(wordpress_plugins) \
	X(webapps) \
	X(vscode) \
	X(chrome) \
	X(mlmodel) \
	X(bitnami_spdx) \
	X(sbom) \
	/* across languages */ \
	X(license_file) \
	/* lock files and manifests */ \
	X(npm_lock) \
	X(yarn_lock) \
	X(pnpm_lock) \
	X(bun_lock) \
	X(deno_lock) \
	X(requirements) \
	X(pyproject) \
	X(setup_cfg) \
	X(pipfile_lock) \
	X(poetry_lock) \
	X(uv_lock) \
	X(pdm_lock) \
	X(pylock) \
	X(conda_environment) \
	X(gem_lock) \
	X(composer_lock) \
	X(go_mod) \
	X(go_vendor) \
	X(cargo_lock) \
	X(pub_lock) \
	X(mix_lock) \
	X(rebar_lock) \
	X(gleam_manifest) \
	X(pom) \
	X(gradle_lock) \
	X(gradle_verification) \
	X(gradle_catalog) \
	X(sbt_lock) \
	X(bazel_maven) \
	X(nuget_lock) \
	X(nuget_assets) \
	X(nuget_config) \
	X(nuget_project) \
	X(paket) \
	X(conan_lock) \
	X(conanfile) \
	X(vcpkg) \
	X(stack_lock) \
	X(cabal_freeze) \
	X(swift_resolved) \
	X(podfile_lock) \
	X(renv_lock) \
	X(julia_manifest) \
	X(opam_file) \
	X(rockspec) \
	X(terraform_lock) \
	X(github_actions) \
	X(tool_versions)
#define X(name) extern const struct pl_cataloger pl_cataloger_##name;
PL_CATALOGERS(X)
#undef X
