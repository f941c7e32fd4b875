/* SPDX-License-Identifier: Apache-2.0 */
/* The way of the data, wired: target → inventory → findings → verdict → report. */
#include "cli/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* reproducible-builds.org/specs/source-date-epoch: what is malformed must not be passed over */
static void read_source_date(struct pl_job *job)
{
	static const uint64_t year_9999 = 253402300799;
	const char *env = getenv("SOURCE_DATE_EPOCH");
	char text[32];
	struct tm tm;
	uint64_t n;
	time_t t;

	if (!env || !*env)
		return;
	if (!pl_str_u64(pl_str_c(env), &n) || n > year_9999) {
		job->status = pl_cli_error(
			PL_EXIT_USAGE, "SOURCE_DATE_EPOCH: \"%s\" is no number of seconds", env);
		return;
	}
	t = (time_t)n;
	if (gmtime_r(&t, &tm) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		job->date = pl_arena_str(&job->arena, pl_str_c(text));
}

void pl_job_init(struct pl_job *job, struct pl_cli *cli)
{
	*job = (struct pl_job){.cli = cli};
	pl_arena_init(&job->arena);
	job->policy = (struct pl_policy){
		.fail_on = cli->fail_on, .never = cli->never, .only_fixed = cli->only_fixed};
	read_source_date(job);
}

static void release_findings(const struct pl_report *r)
{
	if (r->findings)
		pl_findings_release((struct pl_findings *)(uintptr_t)r->findings);
}

void pl_job_release(struct pl_job *job)
{
	for (size_t i = 0; i < job->reports.len; i++)
		release_findings(job->reports.at[i]);
	for (size_t i = 0; i < job->loaded.len; i++)
		pl_scanned_release(job->loaded.at[i].all, job->loaded.at[i].n);
	pl_vec_release(&job->reports);
	pl_vec_release(&job->loaded);
	pl_db_close(job->db);
	pl_arena_release(&job->arena);
}

int pl_job_worse(int a, int b)
{
	static const int order[] = {PL_EXIT_INTERNAL, PL_EXIT_USAGE, PL_EXIT_INCOMPLETE,
				    PL_EXIT_ADVISORIES, PL_EXIT_NO};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return PL_EXIT_OK;
}

static int load(struct pl_job *job, const char *target, struct pl_loaded *out, struct pl_err *err)
{
	struct pl_cli *c = job->cli;
	struct pl_str t = pl_str_c(target), sbom = PL_STR("sbom:");
	struct pl_source_opts sopts = {pl_str_c(c->platform), pl_str_c(c->tag)};
	struct pl_scan_opts opts = {.jobs = (unsigned)c->jobs,
				    .all_layers = c->all_layers,
				    .declared = c->declared,
				    .licenses = c->licenses,
				    .unowned = c->unowned};

	if (!c->quiet && isatty(STDERR_FILENO))
		opts.progress = pl_cli_progress;
	if (pl_str_starts(t, sbom))
		return pl_report_read(pl_str_sub(t, sbom.len, t.len), &job->arena, &out->all,
				      &out->n, err);
	return pl_catalog_target(t, &sopts, &opts, &job->arena, &out->all, &out->n, err);
}

/* Matches, checks and decides; on an error of the database nothing is said of the image. */
static int judge(struct pl_job *job, struct pl_scanned *s, struct pl_report *r, struct pl_err *err)
{
	struct pl_findings *f = pl_arena_new(&job->arena, struct pl_findings);
	struct pl_verdict *v = pl_arena_new(&job->arena, struct pl_verdict);
	int rc;

	f->arena = &job->arena;
	r->findings = f;
	rc = pl_match(&s->inv, job->db, f, &s->diags, err);
	if (rc < 0)
		return rc;
	pl_check_run(&s->image, &s->inv, f);
	pl_findings_sort(f, &s->inv);
	pl_diags_sort(&s->diags);
	pl_policy_judge(&job->policy, f, &s->diags, v);
	r->db = &job->info;
	r->policy = &job->policy;
	r->verdict = v;
	return 0;
}

static int keep_report(struct pl_job *job, const char *target, struct pl_scanned *s,
		       struct pl_err *err)
{
	struct pl_report *r = pl_arena_new(&job->arena, struct pl_report);
	int rc = 0;

	*r = (struct pl_report){.target = pl_str_c(target),
				.transport = s->transport,
				.image = &s->image,
				.inv = &s->inv,
				.diags = &s->diags,
				.date = job->date};
	if (job->db)
		rc = judge(job, s, r, err);
	else
		pl_diags_sort(&s->diags);
	if (rc < 0) {
		release_findings(r);
		return rc;
	}
	pl_vec_push(&job->reports, r);
	job->status = pl_job_worse(job->status, r->verdict ? (int)r->verdict->status
						: s->diags.worst >= PL_W_FAILED ? PL_EXIT_INCOMPLETE
										: PL_EXIT_OK);
	return 0;
}

void pl_job_target(struct pl_job *job, const char *target)
{
	struct pl_loaded got = {0};
	struct pl_err err = {0};

	if (load(job, target, &got, &err) < 0) {
		job->status = pl_job_worse(job->status, pl_cli_fail(target, &err));
		return;
	}
	pl_cli_progress_end();
	pl_vec_push(&job->loaded, got);
	for (size_t i = 0; i < got.n; i++)
		if (keep_report(job, target, &got.all[i], &err) < 0)
			job->status = pl_job_worse(job->status, pl_cli_fail(target, &err));
}

/* Statuses 3 and 4 are easily taken for findings: one line says what they mean. */
static void say_weight(const struct pl_job *job)
{
	for (size_t i = 0; i < job->reports.len && !job->cli->quiet; i++) {
		const struct pl_report *r = job->reports.at[i];
		size_t n = 0;

		for (size_t k = 0; k < r->diags->rows.len; k++)
			n += r->diags->rows.at[k].weight >= PL_W_FAILED;
		if (n)
			pl_cli_error(0,
				     "%.*s: the scan is not complete, %zu diagnostic%s of weight",
				     PL_FMT(r->target), n, n == 1 ? "" : "s");
		else if (r->verdict && r->verdict->status == PL_EXIT_ADVISORIES)
			pl_cli_error(0, "%.*s: advisories are missing, see the report",
				     PL_FMT(r->target));
	}
}

int pl_job_finish(struct pl_job *job)
{
	const struct pl_cli *c = job->cli;
	const char *format = c->format ? c->format : job->db ? "table" : "json";
	const struct pl_reporter *reporter = pl_reporter_find(pl_str_c(format));
	bool to_stdout = !c->output || strcmp(c->output, "-") == 0;
	struct pl_report_style style = {.color = pl_cli_colors(c->color, c->output),
					.width = to_stdout ? pl_cli_width(STDOUT_FILENO) : 0,
					.quiet = c->quiet};
	struct pl_err err = {0};
	pl_auto_buf out;
	int rc;

	pl_buf_init(&out, PL_GiB(2));
	if (job->reports.len == 0)
		return job->status;
	if (reporter->write((const struct pl_report *const *)job->reports.at, job->reports.len,
			    &style, &out, &err) < 0)
		return pl_job_worse(job->status, pl_cli_fail(NULL, &err));
	rc = pl_cli_write(c->output, &out);
	say_weight(job);
	return pl_job_worse(job->status, rc);
}
