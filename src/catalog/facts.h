/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Layer facts: what a worker learned of one layer, as bytes (base/wire.h), and read back in the
 * parent, which trusts them no more than the layer itself. They depend on the layer's bytes only.
 */
#include "catalog/cataloger.h"

/* Change it when the form or the meaning changes: facts may be kept. */
enum { PL_FACTS_VERSION = 4 };

struct pl_facts_writer {
	struct pl_buf *out;
	uint64_t entry;		   /* the file that catalogers read now */
	struct pl_str root;	   /* in which it lies, of rooted catalogers */
	enum pl_evidence evidence; /* what its packages are known by */
	bool sniffed;		   /* it was recognised by content, no pattern asked for it */
	uint64_t packages, owned, licenses, systems, texts, diags;
	bool full; /* a limit was reached and told */
};
void pl_facts_begin(struct pl_facts_writer *w, struct pl_buf *out);
/* An entry of the archive; it gets the next number from 0. Links of hard links are clean paths. */
void pl_facts_entry(struct pl_facts_writer *w, struct pl_str path, struct pl_str link,
		    const struct pl_tar_entry *e);
/* The current file is an executable or a library. */
void pl_facts_program(struct pl_facts_writer *w, bool dynamic);
void pl_facts_text(struct pl_facts_writer *w, struct pl_str text);
/* As pl_fact_diag, about the layer and not about a file. */
void pl_facts_layer_diag(struct pl_facts_writer *w, enum pl_weight weight, const char *code,
			 struct pl_str what);
struct pl_facts_end {
	struct pl_digest blob, diff_id; /* known only when everything was read */
	enum pl_codec codec;
	uint64_t size, expanded;
};
void pl_facts_finish(struct pl_facts_writer *w, const struct pl_facts_end *end);

#define PL_NO_ENTRY UINT32_MAX
struct pl_fact_pkg_row {
	uint32_t entry;
	struct pl_str root;
	struct pl_pkg_fact fact;
	bool sniffed; /* its evidence was recognised by content, under a name no pattern has */
};
struct pl_fact_owned_row {
	uint32_t entry;
	struct pl_str root, key, path; /* the path is relative to the root */
};
struct pl_fact_program_row {
	uint32_t entry;
	bool dynamic;
};
struct pl_fact_license_row {
	uint32_t entry;
	struct pl_str root, key, license;
};
struct pl_fact_os_row {
	uint32_t entry;
	struct pl_str root;
	uint64_t rank;
	struct pl_os os;
};
struct pl_fact_text_row {
	uint32_t entry;
	struct pl_str text;
};
struct pl_fact_diag_row {
	uint32_t entry; /* or PL_NO_ENTRY */
	enum pl_weight weight;
	struct pl_str code, what;
};
/* Views are into the bytes that were read. */
struct pl_facts {
	PL_VEC(struct pl_node) entries; /* origin: the number of the entry */
	PL_VEC(struct pl_fact_pkg_row) packages;
	PL_VEC(struct pl_fact_owned_row) owned;
	PL_VEC(struct pl_fact_program_row) programs;
	PL_VEC(struct pl_fact_license_row) licenses;
	PL_VEC(struct pl_fact_os_row) systems;
	PL_VEC(struct pl_fact_text_row) texts;
	PL_VEC(struct pl_fact_diag_row) diags;
	struct pl_facts_end end;
};
/* PL_E_WORKER when they are damaged. */
int pl_facts_read(struct pl_str bytes, struct pl_facts *out, struct pl_err *err);
void pl_facts_release(struct pl_facts *f);

/* --- the worker (layer.c) ------------------------------------------------------------------- */

struct pl_layer_job {
	int fd;
	bool seekable;
	uint64_t offset, size; /* UINT64_MAX: to the end */
	_Atomic uint64_t *progress;
	bool declared;	  /* ask the catalogers of lock files, too */
	bool licenses;	  /* and those of licence files */
	const char *only; /* ask this cataloger alone */
	unsigned number;  /* of an attached bill of materials */
};
/* A pl_worker_fn over a struct pl_layer_job: decodes, hashes, untars and catalogs. */
int pl_layer_run(void *job, struct pl_buf *out, struct pl_err *err);
/* The same over a bill of materials that is attached to the image: a document, or the in-toto
 * statement around one. Its facts are those of a layer with one file. */
int pl_attached_run(void *job, struct pl_buf *out, struct pl_err *err);
/* The path of that file, with its number after it; it is in no layer. */
#define PL_ATTACHED_PATH "attached bill of materials "
const struct pl_cataloger *const *pl_catalogers(size_t *n);

/* --- the parent (merge.c) ------------------------------------------------------------------- */

/* facts[i] belongs to layer i, NULL when that layer was lost. Fills inv and diags. */
void pl_facts_merge(const struct pl_facts *const *facts, size_t n, bool all_layers,
		    struct pl_inventory *inv, struct pl_diags *diags);
