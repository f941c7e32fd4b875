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

/*	X(symbol, name and package URL type, package of an operating system) */
#define PL_PKG_TYPES(X) \
	X(DEB, "deb", true) \
	X(APK, "apk", true) \
	X(RPM, "rpm", true) \
	X(ALPM, "alpm", true) \
	X(PORTAGE, "portage", true) \
	X(NIX, "nix", true) \
	X(OPKG, "opkg", true) \
	X(XBPS, "xbps", true) \
	X(NPM, "npm", false) \
	X(PYPI, "pypi", false) \
	X(CONDA, "conda", false) \
	X(MAVEN, "maven", false) \
	X(GOLANG, "golang", false) \
	X(CARGO, "cargo", false) \
	X(GEM, "gem", false) \
	X(COMPOSER, "composer", false) \
	X(PEAR, "pear", false) \
	X(NUGET, "nuget", false) \
	X(HEX, "hex", false) \
	X(PUB, "pub", false) \
	X(LUAROCKS, "luarocks", false) \
	X(CPAN, "cpan", false) \
	X(CRAN, "cran", false) \
	X(HACKAGE, "hackage", false) \
	X(OPAM, "opam", false) \
	X(SWIFT, "swift", false) \
	X(COCOAPODS, "cocoapods", false) \
	X(CONAN, "conan", false) \
	X(JULIA, "julia", false) \
	X(NIM, "nim", false) \
	X(SWIPL, "swipl", false) \
	X(WORDPRESS, "wordpress", false) \
	X(VSCODE, "vscode", false) \
	X(MLMODEL, "mlmodel", false) \
	X(GITHUB, "github", false) \
	X(TERRAFORM, "terraform", false) \
	X(BITNAMI, "bitnami", false) \
	X(BREW, "brew", false) \
	X(SNAP, "snap", false) \
	X(FLATPAK, "flatpak", false) \
	X(GENERIC, "generic", false)
enum pl_pkg_type {
#define X(sym, name, os) PL_PKG_##sym,
	PL_PKG_TYPES(X)
#undef X
		PL_PKG__COUNT
};
const char *pl_pkg_type_name(enum pl_pkg_type t); /* also the purl type */
bool pl_pkg_type_find(struct pl_str name, enum pl_pkg_type *out);
bool pl_pkg_type_is_os(enum pl_pkg_type t);

/* What kind of thing says that a package is there. */
#define PL_EVIDENCES(X) \
	X(NONE, "unknown") \
	X(DATABASE, "package database") \
	X(METADATA, "metadata file") \
	X(BUILD_INFO, "build information") \
	X(VERSION_STRING, "version string") \
	X(FILE_NAME, "file name") \
	X(SBOM, "SBOM") \
	X(LOCK_FILE, "lock file")
enum pl_evidence {
#define X(sym, name) PL_EV_##sym,
	PL_EVIDENCES(X)
#undef X
		PL_EV__COUNT
};
const char *pl_evidence_name(enum pl_evidence e);
bool pl_evidence_find(struct pl_str name, enum pl_evidence *out);

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
	struct pl_str purl; /* verbatim, where it does not follow from type, name and version */
	struct pl_str
		cpes; /* "vendor:product" a line, of programs that no advisory names by purl */
	/* What it needs and what it is needed as, a line each: "name" or "name\tversion" when the
	 * exact version is told; alternatives of deb packages stay one line with '|' between them.
	 */
	struct pl_str depends, provides;
	enum pl_evidence evidence; /* PL_EV_NONE: what the cataloger's row says */
	bool uncertain;		   /* identity guessed (file name, manifest title) */
	bool dev;		   /* needed for development or tests only */
	/* Not a package but more of the one whose type and `key` these are: purl, how, dev, and a
	 * version where it has none. It is a package by itself only when no other has the key and
	 * one of the paths of `where`, a line each, is in the image. */
	bool adds;
	struct pl_str where;
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
	struct pl_str license; /* SPDX expression of `licenses`; unknown names are LicenseRef-… */
	struct pl_str root; /* it is installed in this directory, the root of a system of its own */
	PL_VEC(struct pl_str) licenses, cpes;
	PL_VEC(struct pl_location) locations; /* at least one, sorted */
	uint32_t layer;	     /* that brought it, by index; UINT32_MAX when unknown (sbom without) */
	uint32_t owner;	     /* index of the OS package that owns its evidence, or PL_NO_PKG */
	uint32_t removed_in; /* layer that removed it, or UINT32_MAX: it is in the image */
	struct pl_str needs, provides; /* as told, a line each; until `depends` is made of them */
	PL_VEC(uint32_t) depends;      /* indices of what it needs, sorted */
	uint32_t hidden_in; /* layer that hid it: it is in the image, and its database no longer
			       says so; UINT32_MAX: it does */
	enum pl_evidence evidence;
	bool uncertain, dev;
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

/* A licence file, and what its text is. */
struct pl_license_file {
	struct pl_str path, license; /* an SPDX expression */
	uint32_t layer;
};

/* A directory that is the root of a system of its own. */
struct pl_root {
	struct pl_str root;
	struct pl_os os; /* not `found` when nothing there says it */
};

/* A file that belongs to no package. */
struct pl_unowned {
	struct pl_str path;
	uint64_t size;
	uint32_t layer;
	bool program; /* an executable or a library */
};

struct pl_inventory {
	struct pl_arena *arena; /* not owned */
	struct pl_os os;
	PL_VEC(struct pl_pkg) packages; /* sorted by type, name, version, arch, owner */
	PL_VEC(struct pl_file) files;	/* sorted by path: what the checks look at */
	PL_VEC(struct pl_text_file) texts;
	bool want_declared; /* keep what lock files declare beside an installed system, too */
	PL_VEC(struct pl_root) roots;	   /* below the image's own, sorted */
	PL_VEC(struct pl_unowned) unowned; /* by path; filled when want_unowned was set */
	uint64_t unowned_programs;	   /* executables and libraries of no package */
	bool want_unowned;
	bool directory; /* of `dir:`: it may be somebody's sources and no system at all */
	PL_VEC(struct pl_license_file) license_files; /* by path; asked for by an option */
	PL_VEC(struct pl_layer_sum) layers;	      /* what was verified */
	struct pl_tree *tree; /* owned; NULL for an inventory read from a file */
	uint64_t entries;     /* files in the merged image */
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
	bool declared;	 /* what lock files and manifests declare, too */
	bool unowned;	 /* list the files that belong to no package */
	bool licenses;	 /* recognise licence files by their text */
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

/* A licence as metadata spells it, as an SPDX expression (annex D of SPDX 2.3). Names that are not
 * known, or that only name a family, become LicenseRef-… and *known false. Empty when nothing is
 * said. The result lives in the arena or for ever. */
struct pl_str pl_license_spdx(struct pl_arena *a, struct pl_str text, bool *known);
/* The same of `n` alternatives, as one expression. */
struct pl_str pl_license_of(struct pl_arena *a, const struct pl_str *told, size_t n);

/* Builds the purl (package-url specification) of a package for this distribution. */
struct pl_str pl_purl(struct pl_arena *a, const struct pl_pkg *p, const struct pl_os *os);
/* Sorts, joins equal packages into one with all their places, fills purl; used by the SBOM reader
 * too. Equal: type, name, version, arch, owner, and whether it was removed. */
void pl_inventory_finish(struct pl_inventory *inv);

/* The number of a package's root in `roots`, or UINT32_MAX for the image's own; and its system. */
uint32_t pl_root_of(const struct pl_inventory *inv, const struct pl_pkg *p);
const struct pl_os *pl_os_of(const struct pl_inventory *inv, const struct pl_pkg *p);

/* The table of catalogers, for docs and tests. */
struct pl_cataloger_row {
	const char *name, *what;
	const char *const *globs; /* may be NULL: chosen by content */
	bool elf, sniff, stream, declared, rooted;
};
const struct pl_cataloger_row *pl_cataloger_rows(size_t *n);

#include "catalog/sbom_read.h" /* documents of other tools, for the report room, too */
