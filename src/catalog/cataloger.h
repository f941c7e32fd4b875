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
	struct pl_str bytes; /* whole content (by_content: the capture is used instead) */
	uint64_t size;
	uint32_t mode;
	struct pl_capture *elf; /* set for ELF catalogers, then bytes is empty */
};

struct pl_cataloger {
	const char *name;	  /* "dpkg" */
	const char *what;	  /* one line */
	const char *const *globs; /* NULL-terminated pl_glob patterns; NULL with elf = true */
	bool elf;		  /* wants every ELF file, as a capture */
	enum pl_limit max;	  /* the limit for the size of its files */
	/* Returns 0; a negative error becomes a diagnostic FAILED of the file ("lost"), what was
	 * added before it stays. */
	int (*read)(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err);
};

/* A package whose evidence is the current file. */
void pl_fact_package(struct pl_facts_writer *w, const struct pl_pkg_fact *p);
/* The package called `key` owns `path` (clean or with leading slash). */
void pl_fact_owns(struct pl_facts_writer *w, struct pl_str key, struct pl_str path);
/* The distribution fields read from the current file (os-release and fall-backs); rank orders
 * sources when several are there, lower wins. */
void pl_fact_os(struct pl_facts_writer *w, const struct pl_os *os, unsigned rank);
/* Something about the current file. */
void pl_fact_diag(struct pl_facts_writer *w, enum pl_weight weight, const char *code,
		  const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#define PL_CATALOGERS(X) \
	X(os_release) X(dpkg) X(dpkg_list) X(apk) X(rpm) X(python) X(node) X(java) X(go) X(rust)
#define X(name) extern const struct pl_cataloger pl_cataloger_##name;
PL_CATALOGERS(X)
#undef X
