/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * report: one file for each format, in and out. Everything that is said of one image is one
 * struct; formats only render it, in sorted order and without a clock.
 */
#include "check/check.h"
#include "policy/policy.h"

struct pl_report {
	struct pl_str target; /* as typed */
	const char *transport;
	const struct pl_image *image;
	const struct pl_inventory *inv;
	const struct pl_findings *findings; /* NULL: `sbom` */
	const struct pl_db_info *db;	    /* NULL: `sbom` */
	const struct pl_diags *diags;
	const struct pl_policy *policy;
	const struct pl_verdict *verdict;
	struct pl_str
		date; /* SOURCE_DATE_EPOCH as RFC 3339; empty: documents bear no date of now */
};
struct pl_report_style {
	bool color;
	unsigned width; /* columns; 0: not a terminal, 100 */
	bool quiet;
};
struct pl_reporter {
	const char *name; /* "table" "json" */
	const char *what;
	/* all reports of one target; several images in JSON are an array */
	int (*write)(const struct pl_report *const *reports, size_t n,
		     const struct pl_report_style *style, struct pl_buf *out, struct pl_err *err);
};
const struct pl_reporter *pl_reporters(size_t *n);
const struct pl_reporter *pl_reporter_find(struct pl_str name);

/* Why something is there: packages by name, name@version, package URL or path of evidence, findings
 * by any of their ids. The number of things that were told of. */
size_t pl_report_explain(const struct pl_report *r, struct pl_str what,
			 const struct pl_report_style *style, struct pl_buf *out);
size_t pl_report_explain_json(const struct pl_report *r, struct pl_str what, struct pl_jw *w);

/* Reads a plimsoll.report/1 file back (`sbom:FILE`); parsed in the sandbox. Arena holds all. */
int pl_report_read(struct pl_str path, struct pl_arena *arena, struct pl_scanned **out, size_t *n,
		   struct pl_err *err);
