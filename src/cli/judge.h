/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Private to the cli room: targets to reports, for `scan` and `sbom`. */
#include "cli/cli.h"
#include "report/report.h"

/* Everything that is held while targets are read and judged. */
struct pl_job {
	struct pl_cli *cli;
	struct pl_arena arena;
	struct pl_db *db; /* NULL: `sbom` */
	struct pl_db_info info;
	struct pl_policy policy;
	PL_VEC(struct pl_report *) reports; /* in order of targets and images */
	PL_VEC(struct pl_loaded) loaded;
	struct pl_str date; /* SOURCE_DATE_EPOCH as RFC 3339, for documents that bear one */
	int status;	    /* the worst so far */
};
struct pl_loaded {
	struct pl_scanned *all;
	size_t n;
};
void pl_job_init(struct pl_job *job, struct pl_cli *cli);
void pl_job_release(struct pl_job *job);
/* Reads one target, judges its images when there is a database, and keeps the reports. What goes
 * wrong is said on standard error and counts in job->status. */
void pl_job_target(struct pl_job *job, const char *target);
/* Renders all reports and writes them; the exit status. */
int pl_job_finish(struct pl_job *job);
/* The more serious of two exit statuses: 70, 2, 3, 4, 1, 0. */
int pl_job_worse(int a, int b);

/* db.c: the database that the options, the environment or the home directory name; NULL means the
 * starter set. 0, or the exit status when it cannot be used. */
int pl_cli_db_open(const struct pl_cli *c, struct pl_db **out);
