/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Private to the report room: words, layers, and the two reporters. */
#include "report/report.h"

int pl_report_write_json(const struct pl_report *const *reports, size_t n,
			 const struct pl_report_style *style, struct pl_buf *out,
			 struct pl_err *err);
int pl_report_write_cyclonedx(const struct pl_report *const *reports, size_t n,
			      const struct pl_report_style *style, struct pl_buf *out,
			      struct pl_err *err);
int pl_report_write_cyclonedx_xml(const struct pl_report *const *reports, size_t n,
				  const struct pl_report_style *style, struct pl_buf *out,
				  struct pl_err *err);
int pl_report_write_spdx(const struct pl_report *const *reports, size_t n,
			 const struct pl_report_style *style, struct pl_buf *out,
			 struct pl_err *err);
int pl_report_write_spdx_tag_value(const struct pl_report *const *reports, size_t n,
				   const struct pl_report_style *style, struct pl_buf *out,
				   struct pl_err *err);
int pl_report_write_spdx3(const struct pl_report *const *reports, size_t n,
			  const struct pl_report_style *style, struct pl_buf *out,
			  struct pl_err *err);
int pl_report_write_table(const struct pl_report *const *reports, size_t n,
			  const struct pl_report_style *style, struct pl_buf *out,
			  struct pl_err *err);
/* json.c: one object of the report, for other formats too */
void pl_report_json_config(struct pl_jw *w, const struct pl_config *c);
void pl_report_json_package(struct pl_jw *w, const struct pl_inventory *inv,
			    const struct pl_pkg *p);
void pl_report_json_finding(struct pl_jw *w, const struct pl_report *r,
			    const struct pl_finding *f);
void pl_report_json_diagnostic(struct pl_jw *w, const struct pl_diag *d);

/* Severities as reports write them: what a distribution calls "none" is negligible. */
const char *pl_report_severity(enum pl_severity s);
/* What is known of layer `index`: as stated by the image, else as verified while reading. */
struct pl_layer_sum pl_report_layer(const struct pl_report *r, uint32_t index);
size_t pl_report_layers(const struct pl_report *r);
/* The instruction without the shell around it: "RUN apt-get update", into `out`. */
void pl_report_instruction(struct pl_str created_by, struct pl_buf *out);
/* The layer of a finding, or UINT32_MAX; its path, may be empty. */
uint32_t pl_report_finding_layer(const struct pl_report *r, const struct pl_finding *f);
struct pl_str pl_report_finding_path(const struct pl_report *r, const struct pl_finding *f);
uint32_t pl_report_finding_owner(const struct pl_report *r, const struct pl_finding *f);
/* Calls add for each reason of the verdict. */
void pl_report_reasons(const struct pl_report *r, void (*add)(void *arg, struct pl_str reason),
		       void *arg);

/* text.c: what may reach a terminal. Control characters, escapes, text direction overrides and
 * broken UTF-8 become U+FFFD; the width is in columns. */
size_t pl_text_width(struct pl_str s);
/* Appends at most `columns` columns of s, clean; "…" at the end when something was cut. Returns
 * the columns used. */
size_t pl_text_put(struct pl_buf *out, struct pl_str s, size_t columns);

/* read.c: the JSON of a report or inventory, without the sandbox around it. */
int pl_report_parse(struct pl_str text, struct pl_arena *arena, struct pl_scanned **out, size_t *n,
		    struct pl_err *err);
void pl_report_read_config(struct pl_arena *arena, const cJSON *j, struct pl_config *c);
/* Left out when it is of the match room: packages are matched anew. */
void pl_report_read_diagnostic(struct pl_arena *arena, const cJSON *j, struct pl_diags *diags);
/* sbom_in.c: the same of CycloneDX, SPDX and Syft's JSON. */
int pl_report_parse_document(struct pl_str text, struct pl_arena *arena, struct pl_scanned **out,
			     size_t *n, struct pl_err *err);
/* carry.c: vectors into the arena, and what a source or a reader fills in. */
void pl_report_settle(struct pl_scanned *s, struct pl_arena *arena);
/* The same results as bytes, from the worker to the parent. */
void pl_report_pack(const struct pl_scanned *s, size_t n, struct pl_buf *out);
int pl_report_unpack(struct pl_str bytes, struct pl_arena *arena, struct pl_scanned **out,
		     size_t *n, struct pl_err *err);
