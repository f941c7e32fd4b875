/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Diagnostics: what could not be read, identified or matched, as data. They stand in every
 * report and decide the exit status; libraries add them, only the command line prints them.
 */
#include "base/err.h"
#include "base/mem.h"

enum pl_weight {
	PL_W_NOTE,   /* worth knowing; nothing was lost */
	PL_W_WARN,   /* odd input, but the item was kept */
	PL_W_FAILED, /* a file or database was lost: the scan is not complete (status 3) */
	PL_W_FATAL,  /* a layer or image was lost: the scan is not complete (status 3) */
	PL_W__COUNT
};

struct pl_diag {
	enum pl_weight weight;
	struct pl_str code;  /* stable, such as "rpm-db-corrupt" or "no-advisories" */
	struct pl_str where; /* layer and path: "layer 2: var/lib/rpm/rpmdb.sqlite" */
	struct pl_str what;  /* one sentence */
	struct pl_str hint;  /* the way out, may be empty */
};

struct pl_diags {
	struct pl_arena *arena; /* not owned; strings are copied into it */
	PL_VEC(struct pl_diag) rows;
	size_t dropped; /* over PL_DIAGS_MAX: only the worst weight is kept */
	enum pl_weight worst;
};
#define PL_DIAGS_MAX 10000

void pl_diags_init(struct pl_diags *d, struct pl_arena *arena);
void pl_diags_release(struct pl_diags *d);
void pl_diag_add(struct pl_diags *d, enum pl_weight weight, const char *code, struct pl_str where,
		 struct pl_str what, struct pl_str hint);
/* As pl_diag_add with formatted what and no hint. */
void pl_diag_fmt(struct pl_diags *d, enum pl_weight weight, const char *code, struct pl_str where,
		 const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Sorted by weight (worst first), where, code, what; equal rows once. */
void pl_diags_sort(struct pl_diags *d);
const char *pl_weight_name(enum pl_weight w); /* "note" "warn" "failed" "fatal" */
