/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Private to the table reporter: a page with a width and perhaps colours, and its sections. */
#include "report/report_int.h"

enum pl_ink { PL_INK_PLAIN, PL_INK_BOLD, PL_INK_DIM, PL_INK_GREEN, PL_INK_RED, PL_INK_ALARM };

struct pl_page {
	struct pl_buf *out;
	size_t width;
	bool color;
	const struct pl_report *r;
};
#define PL_ALL SIZE_MAX /* no cut */

/* Clean text in a colour, cut to `columns`; returns the columns used. */
size_t pl_page_put(struct pl_page *p, enum pl_ink ink, struct pl_str s, size_t columns);
size_t pl_page_c(struct pl_page *p, enum pl_ink ink, const char *s);
void pl_page_pad(struct pl_page *p, size_t n);
void pl_page_end(struct pl_page *p); /* of the line */
/* Words wrapped between column `indent` and the width; the first line is already indented to
 * `at`. Ends the line. */
void pl_page_wrap(struct pl_page *p, enum pl_ink ink, struct pl_str s, size_t at, size_t indent);
/* The severity word in its colour, padded to ten columns. */
void pl_page_severity(struct pl_page *p, enum pl_severity s);
/* "VULNERABILITIES  60 in 38 packages" */
void pl_page_heading(struct pl_page *p, const char *title, const char *more);
/* "layer 2: RUN apt-get …" */
void pl_page_layer(struct pl_page *p, uint32_t layer, size_t columns);

void pl_table_vulnerabilities(struct pl_page *p);
void pl_table_checks(struct pl_page *p);
