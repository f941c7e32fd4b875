/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Lines of a text database with their numbers, and complaints about them: a file full of rubbish
 * gives a few diagnostics and a count, not a million.
 */
#include "catalog/cataloger.h"

struct pl_lines {
	struct pl_facts_writer *w;
	const char *code; /* of every complaint, such as "dpkg-malformed" */
	struct pl_str rest;
	size_t number; /* of the line last returned, from 1 */
	unsigned told;
	size_t untold;
	enum pl_weight untold_weight; /* the worst of them */
};
enum { PL_LINES_TOLD_MAX = 20 };

void pl_lines_init(struct pl_lines *l, struct pl_facts_writer *w, const char *code,
		   struct pl_str text);
/* Lines over line-bytes are passed over, with a complaint. */
bool pl_lines_next(struct pl_lines *l, struct pl_str *line);
/* About the line of that number, or what begins there. */
void pl_lines_complain(struct pl_lines *l, size_t line, enum pl_weight weight, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Says how many complaints were left out. */
void pl_lines_end(struct pl_lines *l);
