/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll scan and plimsoll sbom. */
#include "cli/judge.h"

static int run_scan(struct pl_cli *c)
{
	struct pl_err err = {0};
	struct pl_job job;
	int status;

	pl_job_init(&job, c);
	status = pl_cli_db_open(c, &job.db);
	if (status == 0 && pl_db_info(job.db, &job.arena, &job.info, &err) < 0)
		status = pl_cli_fail(c->db, &err);
	if (status == 0) {
		for (size_t i = 0; i < c->args.len; i++)
			pl_job_target(&job, c->args.at[i]);
		status = pl_job_finish(&job);
	}
	pl_job_release(&job);
	return status;
}

static int run_sbom(struct pl_cli *c)
{
	struct pl_job job;
	int status;

	pl_job_init(&job, c);
	for (size_t i = 0; i < c->args.len; i++)
		pl_job_target(&job, c->args.at[i]);
	status = pl_job_finish(&job);
	pl_job_release(&job);
	return status;
}

static const char targets_help[] =
	"TARGET is found out by looking, or said with a transport:\n"
	"  docker-archive:FILE      what `docker save` writes\n"
	"  oci:DIRECTORY[:TAG]      an OCI image layout\n"
	"  oci-archive:FILE[:TAG]   the same as one tar\n"
	"  tar:FILE, dir:DIRECTORY  a root file system\n"
	"  sbom:FILE                what plimsoll wrote, CycloneDX, SPDX or Syft's JSON, judged "
	"anew\n"
	"  -                        standard input, any of the archives\n";

static const struct pl_opt *const scan_opts[] = {
	&pl_opt_db,	  &pl_opt_format, &pl_opt_fail_on, &pl_opt_only_fixed, &pl_opt_output,
	&pl_opt_platform, &pl_opt_tag,	  &pl_opt_jobs,	   &pl_opt_all_layers, &pl_opt_declared,
	&pl_opt_licenses, &pl_opt_color,  &pl_opt_quiet,   &pl_opt_set,	       NULL};
const struct pl_command pl_command_scan = {
	.name = "scan",
	.args = "TARGET…",
	.what = "what is vulnerable or unneeded in an image, and the verdict",
	.min_args = 1,
	.max_args = 4096,
	.opts = scan_opts,
	.run = run_scan,
	.more = targets_help,
};

static const struct pl_opt *const sbom_opts[] = {
	&pl_opt_sbom_format, &pl_opt_output,	 &pl_opt_platform, &pl_opt_tag,
	&pl_opt_jobs,	     &pl_opt_all_layers, &pl_opt_declared, &pl_opt_licenses,
	&pl_opt_unowned,     &pl_opt_quiet,	 &pl_opt_set,	   NULL};
const struct pl_command pl_command_sbom = {
	.name = "sbom",
	.args = "TARGET…",
	.what = "the packages of an image, with where they come from",
	.min_args = 1,
	.max_args = 4096,
	.opts = sbom_opts,
	.run = run_sbom,
	.more = targets_help,
};
