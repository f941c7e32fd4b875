/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Private to the report room: what the documents CycloneDX and SPDX have in common. Whatever their
 * formats have no place for is a property `plimsoll:…`, the same in all of them (docs/internals
 * names them), so that sbom_read.c can make the same inventory of any.
 */
#include "report/report_int.h"

struct pl_sbom {
	const struct pl_report *r;
	struct pl_arena *arena;
	char uuid[37];	     /* of the content; zeros while that is written for the first time */
	struct pl_str *refs; /* one for each package: letters, digits, '-' and '.' */
	bool complete;	     /* no diagnostic of weight */
};
#define PL_SBOM_ROOT "image"
#define PL_SBOM_OS   "os"

/* Writes the one document of `reports` into out. Its identifier is made of its own bytes: `write`
 * is called twice. PL_E_USAGE when there are more images than one. */
int pl_sbom_write(const struct pl_report *const *reports, size_t n, const char *format,
		  void (*write)(const struct pl_sbom *s, struct pl_buf *out), struct pl_buf *out,
		  struct pl_err *err);

typedef void (*pl_sbom_prop_fn)(void *arg, struct pl_str name, struct pl_str value);
/* `has_places`: the format has evidence.occurrences. */
void pl_sbom_package_props(const struct pl_sbom *s, uint32_t pkg, bool has_places,
			   pl_sbom_prop_fn add, void *arg);
/* Of the image: digest, configuration, layers, distribution, checks, diagnostics. */
void pl_sbom_root_props(const struct pl_sbom *s, pl_sbom_prop_fn add, void *arg);
/* Of the document: advisories and verdict of a scan. */
void pl_sbom_document_props(const struct pl_sbom *s, pl_sbom_prop_fn add, void *arg);

/* "group" and "name" of CycloneDX: npm scopes and Maven groups; else the group is empty. */
void pl_sbom_split_name(const struct pl_pkg *p, struct pl_str *group, struct pl_str *name);
/* "cpe:2.3:a:vendor:product:version:…" of a "vendor:product" of the package. */
struct pl_str pl_sbom_cpe(struct pl_arena *a, struct pl_str vendor_product, struct pl_str version);
/* The name of the root: of the image, or the target as given. */
struct pl_str pl_sbom_subject(const struct pl_sbom *s);
/* "sha256:…" or empty */
struct pl_str pl_sbom_digest(const struct pl_sbom *s);
/* SOURCE_DATE_EPOCH, else the date of the image, else the beginning of the epoch (RFC 3339). */
struct pl_str pl_sbom_date(const struct pl_sbom *s);
/* "1.2-3 of source openssl, read from the package database, layer 2": one line for people. */
struct pl_str pl_sbom_origin(const struct pl_sbom *s, const struct pl_pkg *p);
/* 1.0, or less when the identity was guessed; for CycloneDX. */
unsigned pl_sbom_confidence_tenths(const struct pl_pkg *p);
/* Appends a dash and the hash of `key` to a cleaned word: an identifier for all formats. */
struct pl_str pl_sbom_id(struct pl_arena *a, const char *head, struct pl_str word,
			 struct pl_str key);

/* spdx_ids.c: the licence list (data/spdx). */
bool pl_spdx_is_license(struct pl_str id); /* in the spelling of the list */
/* A licence expression (SPDX 2.3 annex D) of listed identifiers; one with a LicenseRef is none,
 * as nothing here says what it refers to. */
bool pl_spdx_is_expression(struct pl_str s);

/* sbom_links.c: the document describes the image, the image contains what is in it, an OS
 * package contains what lies in its files, a package depends on another. */
enum pl_sbom_relation { PL_SBOM_CONTAINS, PL_SBOM_DEPENDS, PL_SBOM_REMOVED };
/* Calls `add` once for each thing that has any, with all of one kind. */
void pl_sbom_relations(const struct pl_sbom *s,
		       void (*add)(void *arg, struct pl_str from, enum pl_sbom_relation kind,
				   const struct pl_str *to, size_t n),
		       void *arg);

/* What a licence expression refers to outside of the list, of all packages, each once. */
struct pl_sbom_licenses {
	struct pl_map seen;
	PL_VEC(struct pl_str) refs;  /* "LicenseRef-…" */
	PL_VEC(struct pl_str) texts; /* what the package says */
};
void pl_sbom_licenses(const struct pl_sbom *s, struct pl_sbom_licenses *out);
void pl_sbom_licenses_release(struct pl_sbom_licenses *l);
