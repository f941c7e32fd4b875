/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Private to sbom_*.c. Every format is brought into the tree that its JSON form has (cJSON); a
 * reader for each family walks the tree and fills packages and relations; sbom_read.c tells them.
 */
#include "catalog/sbom_read.h"

struct pl_sbom_edge {
	struct pl_str from, to;
};

struct pl_sbom_in {
	struct pl_arena *arena;
	struct pl_sbom_head head;
	PL_VEC(struct pl_sbom_pkg) packages;
	PL_VEC(struct pl_sbom_edge) edges;
	PL_VEC(struct pl_sbom_prop) props; /* of the package that is being read */
	struct pl_err *err;
	int rc; /* the first error; nothing is added after it */
};

/* Readers of trees. */
int pl_sbom_cdx(struct pl_sbom_in *in, const cJSON *doc);
int pl_sbom_spdx2(struct pl_sbom_in *in, const cJSON *doc);
int pl_sbom_spdx3(struct pl_sbom_in *in, const cJSON *doc);
int pl_sbom_syft(struct pl_sbom_in *in, const cJSON *doc);
/* Other notations into the tree of the JSON notation; the caller frees it. */
int pl_sbom_xml(struct pl_str text, cJSON **out, struct pl_err *err);
int pl_sbom_tag_value(struct pl_str text, cJSON **out, struct pl_err *err);

/* A property of the package at hand; "" names are left out. */
void pl_sbom_put_prop(struct pl_sbom_in *in, struct pl_str name, struct pl_str value);
/* "Key: value" or "key=value" as a property. */
void pl_sbom_put_note(struct pl_sbom_in *in, struct pl_str text);
/* Fills the identity from the package URL, else leaves name and version as they are. */
void pl_sbom_identify(struct pl_sbom_in *in, struct pl_sbom_pkg *p, struct pl_str purl);
/* Adds the vendor and product of a CPE (2.2 or 2.3 form). */
void pl_sbom_put_cpe(struct pl_sbom_in *in, struct pl_sbom_pkg *p, struct pl_str cpe);
/* list + '\n' + one */
struct pl_str pl_sbom_joined(struct pl_sbom_in *in, struct pl_str list, struct pl_str one);
/* Takes the properties collected, understands those of known tools, keeps the package. */
void pl_sbom_keep(struct pl_sbom_in *in, struct pl_sbom_pkg *p);
void pl_sbom_edge(struct pl_sbom_in *in, struct pl_str from, struct pl_str to);
/* The distribution as a document names it: "redhat" is "rhel". */
void pl_sbom_os(struct pl_sbom_in *in, struct pl_str name, struct pl_str version);
/* Moves the collected properties to the head, with those of roots that are kept already. */
void pl_sbom_head_props(struct pl_sbom_in *in);
/* "Organization: Debian" → "Debian"; "NOASSERTION" and "NONE" → "" */
struct pl_str pl_sbom_party(struct pl_str s);
struct pl_str pl_sbom_told(struct pl_str s);
