/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll explain: why a package or an advisory is there. */
#include "cli/judge.h"

#include <stdlib.h>
#include <string.h>

static bool wants_json(const struct pl_cli *c)
{
	return c->format && strcmp(c->format, "json") == 0;
}

/* The nearest name of a package, for one that was mistyped. */
static const char *nearest(const struct pl_job *job, const char *what)
{
	PL_VEC(const char *) names = {0};
	const char *near;

	for (size_t i = 0; i < job->reports.len; i++) {
		const struct pl_inventory *inv = job->reports.at[i]->inv;

		for (size_t k = 0; k < inv->packages.len; k++) {
			struct pl_str name = inv->packages.at[k].name;
			ptrdiff_t colon = pl_str_rchr(name, ':'); /* group:artifact of Maven */
			char *copy = pl_arena_alloc(inv->arena, name.len + 1);

			name = pl_str_sub(name, (size_t)(colon + 1), name.len);
			memcpy(copy, name.ptr, name.len);
			copy[name.len] = 0;
			pl_vec_push(&names, copy);
		}
	}
	near = pl_cli_nearest(what, names.at, names.len);
	pl_vec_release(&names);
	return near;
}

static size_t explain_all(struct pl_job *job, struct pl_str what, struct pl_buf *out)
{
	struct pl_report_style style = {.color = pl_cli_colors(job->cli->color, NULL),
					.width = pl_cli_width(STDOUT_FILENO)};
	size_t told = 0;
	struct pl_jw w;

	pl_jw_init(&w, out, true);
	if (wants_json(job->cli))
		pl_jw_arr(&w);
	for (size_t i = 0; i < job->reports.len; i++) {
		if (wants_json(job->cli))
			told += pl_report_explain_json(job->reports.at[i], what, &w);
		else
			told += pl_report_explain(job->reports.at[i], what, &style, out);
	}
	if (wants_json(job->cli)) {
		pl_jw_arr_end(&w);
		pl_buf_ch(out, '\n');
	}
	return told;
}

static int tell_unknown(const struct pl_job *job, const char *what)
{
	const char *near = nearest(job, what);

	if (near)
		return pl_cli_error(PL_EXIT_NO,
				    "no package and no finding is called \"%s\"; is it \"%s\"?",
				    what, near);
	return pl_cli_error(
		PL_EXIT_NO,
		"no package and no finding is called \"%s\"; `plimsoll sbom` lists all packages",
		what);
}

static int run(struct pl_cli *c)
{
	const char *what = c->args.at[1];
	struct pl_err err = {0};
	struct pl_job job;
	pl_auto_buf out;
	int status;

	pl_buf_init(&out, PL_GiB(1));
	pl_job_init(&job, c);
	status = pl_cli_db_open(c, &job.db);
	if (status == 0 && pl_db_info(job.db, &job.arena, &job.info, &err) < 0)
		status = pl_cli_fail(c->db, &err);
	if (status == 0) {
		job.policy.never = true; /* an explanation is no verdict */
		pl_job_target(&job, c->args.at[0]);
		status = job.reports.len ? 0 : job.status;
	}
	if (status == 0)
		status = explain_all(&job, pl_str_c(what), &out) ? pl_cli_write(NULL, &out)
								 : tell_unknown(&job, what);
	pl_job_release(&job);
	return status;
}

static const struct pl_opt *const opts[] = {
	&pl_opt_db,    &pl_opt_explain_format, &pl_opt_platform, &pl_opt_tag,
	&pl_opt_jobs,  &pl_opt_all_layers,     &pl_opt_declared, &pl_opt_licenses,
	&pl_opt_color, &pl_opt_quiet,	       &pl_opt_set,	 NULL};
const struct pl_command pl_command_explain = {
	.name = "explain",
	.args = "TARGET WHAT",
	.what = "why a package or an advisory is there",
	.min_args = 2,
	.max_args = 2,
	.opts = opts,
	.run = run,
	.more = "WHAT is the name of a package (openssl), a name with its version "
		"(openssl@3.0.11), a\n"
		"package URL, the path of a file that shows it, or the id of an advisory "
		"(CVE-2021-44228).\n"
		"\n"
		"The status is 1 when the image has nothing of that name.\n",
};
