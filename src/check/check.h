/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * check: findings that need no advisory: who the image runs as, what lies in it that an attacker
 * would like, secrets in its environment, caches left behind. A check is a row: id, severity,
 * title, remedy, function.
 */
#include "match/match.h"

struct pl_check {
	const char *id; /* "PL-ROOT-USER" */
	enum pl_severity severity;
	const char *title, *remedy;
	void (*run)(const struct pl_check *self, const struct pl_image *img,
		    const struct pl_inventory *inv, struct pl_findings *out);
};
const struct pl_check *pl_checks(size_t *n);
/* Runs all of them. An inventory without files (read from an SBOM) runs only those it can. */
void pl_check_run(const struct pl_image *img, const struct pl_inventory *inv,
		  struct pl_findings *out);
