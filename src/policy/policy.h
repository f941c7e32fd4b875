/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * policy: the line. From findings and diagnostics to the verdict and the exit status.
 */
#include "match/match.h"

enum pl_exit {
	PL_EXIT_OK = 0,
	PL_EXIT_NO = 1,
	PL_EXIT_USAGE = 2,
	PL_EXIT_INCOMPLETE = 3,
	PL_EXIT_ADVISORIES = 4,
	PL_EXIT_INTERNAL = 70
};
struct pl_policy {
	enum pl_severity fail_on; /* findings of this severity or above fail */
	bool never;		  /* --fail-on never: report only */
	bool only_fixed;	  /* findings without a fix are not shown and do not count */
};
struct pl_verdict {
	bool pass;     /* no finding over the line */
	bool complete; /* no diagnostic of weight failed or fatal */
	bool advised;  /* advisories were there for every package that has an ecosystem */
	uint64_t counts[PL_SEV__COUNT]; /* findings not suppressed */
	uint64_t over;			/* findings over the line */
	enum pl_exit status;		/* incomplete before missing advisories before findings */
};
void pl_policy_judge(const struct pl_policy *p, struct pl_findings *f, const struct pl_diags *d,
		     struct pl_verdict *out);
