/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * catalog: from layers to the inventory. One file for each package format (a cataloger) reads the
 * files of one layer in the worker and writes layer facts; the parent merges the facts of all
 * layers into packages with evidence, owner and layer. Facts depend on the bytes of the layer only.
 */
#include "base/base.h"
#include "image/image.h"

/* --- packages, as every later room sees them ------------------------------------------------ */

#define PL_PKG_TYPES(X) \
	X(DEB, "deb") \
	X(APK, "apk") \
	X(RPM, "rpm") X(NPM, "npm") X(PYPI, "pypi") X(MAVEN, "maven") X(GOLANG, "golang") \
		X(CARGO, "cargo") X(GEM, "gem") X(GENERIC, "generic")
enum pl_pkg_type {
#define X(sym, name) PL_PKG_##sym,
	PL_PKG_TYPES(X)
#undef X
		PL_PKG__COUNT
};
const char *pl_pkg_type_name(enum pl_pkg_type t); /* also the purl type */
bool pl_pkg_type_find(struct pl_str name, enum pl_pkg_type *out);
bool pl_pkg_type_is_os(enum pl_pkg_type t);

/* What a cataloger reports. Views need to live only during the call that adds it. */
struct pl_pkg_fact {
	enum pl_pkg_type type;
	struct pl_str
		name; /* as OSV names it: npm "@scope/x", Maven "group:artifact", PyPI as written */
	struct pl_str version; /* deb/rpm with epoch where it has one ("1:2.3-4"); may be empty:
				  unmatchable */
	struct pl_str arch;
	struct pl_str source_name, source_version; /* empty: the package itself */
	struct pl_str licenses;			   /* as told, alternatives separated by '\n' */
	struct pl_str module;			   /* rpm modularity label */
	struct pl_str vendor;			   /* rpm vendor, deb maintainer */
	struct pl_str sha1;			   /* jar: 20 raw bytes */
	struct pl_str inner; /* path inside an archive file: "BOOT-INF/lib/x.jar", else empty */
	struct pl_str key;   /* how file lists name it, "libc6:amd64"; empty: its name */
	struct pl_str
		how; /* how the version was read: "pom.properties", "file name" … static text */
	bool uncertain; /* identity guessed (file name, manifest title) */
};

struct pl_location {
	struct pl_str path; /* evidence file; with '!' + inner path for archives */
	uint32_t layer;
};
struct pl_pkg {
	enum pl_pkg_type type;
	struct pl_str name, version, arch, purl;
	struct pl_str source_name, source_version; /* filled: never empty for OS packages */
	struct pl_str module, vendor, sha1, how;
	PL_VEC(struct pl_str) licenses;
	PL_VEC(struct pl_location) locations; /* at least one, sorted */
	uint32_t layer;	     /* that brought it, by index; UINT32_MAX when unknown (sbom without) */
	uint32_t owner;	     /* index of the OS package that owns its evidence, or PL_NO_PKG */
	uint32_t removed_in; /* layer that removed it, or UINT32_MAX: it is in the image */
	bool uncertain;
};
#define PL_NO_PKG UINT32_MAX

struct pl_os {
	struct pl_str id, id_like, version_id, codename, name, pretty_name, variant_id, evidence;
	bool found;
};

/* A file that the check room asked for (setuid, tools by name, caches, accounts …). */
struct pl_file {
	struct pl_str path, link;
	enum pl_ftype type;
	uint32_t mode;
	uint64_t uid, gid, size;
	uint32_t layer;
	uint32_t owner; /* OS package index or PL_NO_PKG */
	bool has_caps;
};
/* Small text files whose content the checks need (etc/passwd, etc/group, etc/shadow presence…). */
struct pl_text_file {
	struct pl_str path, text;
	uint32_t layer;
};

struct pl_inventory {
	struct pl_arena *arena; /* not owned */
	struct pl_os os;
	PL_VEC(struct pl_pkg) packages; /* sorted by type, name, version, arch, owner */
	PL_VEC(struct pl_file) files;	/* sorted by path: what the checks look at */
	PL_VEC(struct pl_text_file) texts;
	PL_VEC(struct pl_layer_sum) layers; /* what was verified */
	struct pl_tree *tree;		    /* owned; NULL for an inventory read from a file */
	uint64_t entries;		    /* files in the merged image */
};
struct pl_layer_sum {
	uint32_t index;
	struct pl_digest blob, diff_id;
	struct pl_str media_type, created_by;
	uint64_t size;	   /* blob bytes */
	uint64_t expanded; /* tar bytes */
	uint64_t entries;
};

struct pl_scan_opts {
	unsigned jobs;	 /* workers at once; 0: the cores */
	bool all_layers; /* packages of lower layers that are not in the image any more, too */
	/* progress for a terminal: called from the parent, may be NULL */
	void (*progress)(void *arg, const char *what, uint64_t done, uint64_t total);
	void *progress_arg;
};

/* Opens target, catalogs every chosen image. One result for each image. Errors only when nothing
 * can be said at all (no such file, not an image); all else is a diagnostic in the result. */
struct pl_scanned {
	struct pl_image image; /* config, name, digest */
	const char *transport;
	struct pl_inventory inv;
	struct pl_diags diags;
};
int pl_catalog_target(struct pl_str target, const struct pl_source_opts *sopts,
		      const struct pl_scan_opts *opts, struct pl_arena *arena,
		      struct pl_scanned **out, size_t *n, struct pl_err *err);
void pl_scanned_release(struct pl_scanned *s, size_t n);

/* Builds the purl (package-url specification) of a package for this distribution. */
struct pl_str pl_purl(struct pl_arena *a, const struct pl_pkg *p, const struct pl_os *os);
/* Sorts, joins equal packages into one with all their places, fills purl; used by the SBOM reader
 * too. Equal: type, name, version, arch, owner, and whether it was removed. */
void pl_inventory_finish(struct pl_inventory *inv);

/* The table of catalogers, for docs and tests. */
struct pl_cataloger_row {
	const char *name, *what;
	const char *const *globs;
};
const struct pl_cataloger_row *pl_cataloger_rows(size_t *n);
