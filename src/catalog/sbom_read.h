/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Reading bills of materials: CycloneDX (JSON, XML), SPDX 2 (JSON, tag-value), SPDX 3 (JSON-LD) and
 * Syft's own JSON, each into the same calls. Used for documents that lie in an image and for
 * `sbom:` targets. Also package URLs, from text into parts. The text may be hostile: call these
 * where the input is (in the worker).
 */
#include "catalog/catalog.h"

/* A package URL (purl specification 1.0), percent-encoding undone; qualifiers still as written. */
struct pl_purl_parts {
	struct pl_str type;  /* lower case */
	struct pl_str space; /* namespace: "debian", "org.apache.commons", "github.com/a" */
	struct pl_str name, version, qualifiers, subpath;
};
/* Views live in the arena or in `purl`. PL_E_FORMAT when it is none. */
int pl_purl_read(struct pl_arena *a, struct pl_str purl, struct pl_purl_parts *out,
		 struct pl_err *err);
/* The decoded value of a qualifier, empty when it is not there. */
struct pl_str pl_purl_qualifier(struct pl_arena *a, const struct pl_purl_parts *p, const char *key);
/* Fills type, name, version, arch and source of `out` as our own readers report them ("@scope/x",
 * "group:artifact", epoch in the version); members that the URL does not tell stay. False when
 * no type of ours fits: then `out->type` is PL_PKG_GENERIC. */
bool pl_purl_fact(struct pl_arena *a, const struct pl_purl_parts *p, struct pl_pkg_fact *out);

struct pl_sbom_prop {
	struct pl_str name, value;
};

/* One package of a document. Views live until pl_sbom_read returns. */
struct pl_sbom_pkg {
	struct pl_pkg_fact fact; /* with source, module, licences, purl, cpes as far as told */
	struct pl_str ref;	 /* bom-ref, SPDXID, spdxId, Syft's id: what relations name */
	struct pl_str kind;	 /* as told: "library", "application", "file"… may be empty */
	struct pl_str supplier;
	struct pl_str paths;		  /* '\n'-separated evidence files, clean; may be empty */
	struct pl_str layer, diff_id;	  /* digests "sha256:…" of the layer, may be empty */
	const struct pl_sbom_prop *props; /* properties and "Key: value" annotations, in order */
	size_t n_props;
	bool known; /* its type is one of ours: else the document names it in no way we can match */
	bool root;  /* what the document is about, not something in it */
};
struct pl_str pl_sbom_prop(const struct pl_sbom_pkg *p, const char *name);

struct pl_sbom_head {
	const char *format;    /* "cyclonedx-json" "cyclonedx-xml" "spdx-json" "spdx" "spdx3-json"
				  "syft-json" */
	struct pl_str version; /* of the format: "1.6", "SPDX-2.3" */
	struct pl_str tool;    /* that made it: "trivy 0.50.0" */
	struct pl_str subject; /* what it is about: "alpine:3.19" */
	struct pl_str subject_version;	  /* often a digest */
	struct pl_os os;		  /* as the document tells it; evidence is empty */
	const struct pl_sbom_prop *props; /* of metadata and subject */
	size_t n_props;
};

/* Who hears of a document: head first, then every package, then every relation. NULL members are
 * not called. A negative answer of `package` ends the reading with it. */
struct pl_sbom_sink {
	void *arg;
	void (*head)(void *arg, const struct pl_sbom_head *h);
	int (*package)(void *arg, const struct pl_sbom_pkg *p, struct pl_err *err);
	/* `from` needs `to`; both are refs, maybe of nothing that was told */
	void (*depends)(void *arg, struct pl_str from, struct pl_str to);
};

/* Which format this is, by its first bytes; NULL when none of ours. At most PL_SBOM_SNIFF bytes
 * are looked at. */
const char *pl_sbom_sniff(struct pl_str head);
#define PL_SBOM_SNIFF 4096

/* Reads a document of at most `max` bytes. PL_E_UNSUPPORTED when it is of no known format,
 * PL_E_FORMAT when it is broken. Documents name thousands of packages: the count is limited by
 * `packages`. */
int pl_sbom_read(struct pl_str text, uint64_t max, const struct pl_sbom_sink *sink,
		 struct pl_err *err);

/* The packages of a document as claims of the file at hand (sbom.c). */
struct pl_facts_writer;
int pl_sbom_claims(struct pl_facts_writer *w, struct pl_str text, uint64_t *packages,
		   struct pl_err *err);
