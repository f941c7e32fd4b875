/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll db build, plimsoll db status, and which database a scan uses. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/judge.h"

enum { DIAGS_SHOWN = 20 };

/* --db, else $PLIMSOLL_DB, else the place of users' data when it is there. */
static char *db_path(const struct pl_cli *c)
{
	const char *env = getenv("PLIMSOLL_DB"), *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	char *path = NULL;

	if (c->db || (env && *env))
		return pl_xstrdup(pl_str_c(c->db ? c->db : env));
	if (data && *data == '/' && asprintf(&path, "%s/plimsoll/advisories.db", data) > 0) {
		if (access(path, F_OK) == 0)
			return path;
		free(path);
		return NULL;
	}
	if (!home || *home != '/' ||
	    asprintf(&path, "%s/.local/share/plimsoll/advisories.db", home) < 0)
		return NULL;
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

int pl_cli_db_open(const struct pl_cli *c, struct pl_db **out)
{
	pl_auto_free char *path = db_path(c);
	struct pl_err err = {0};

	if (path && access(path, R_OK) < 0)
		return pl_cli_error(
			PL_EXIT_ADVISORIES,
			"%s: %s\nMake a database with `plimsoll db build --from OSV-MIRROR "
			"--output FILE`, or leave --db out for the starter advisories.",
			path, strerror(errno));
	if (pl_db_open(path, out, &err) < 0)
		return pl_cli_error(
			PL_EXIT_ADVISORIES,
			"%s\nMake it anew with `plimsoll db build --from OSV-MIRROR --output "
			"FILE`.",
			err.text);
	return 0;
}

static int run_status(struct pl_cli *c)
{
	struct pl_db *db = NULL;
	struct pl_db_info info = {0};
	struct pl_err err = {0};
	pl_auto_arena arena;
	pl_auto_buf out;
	int status = pl_cli_db_open(c, &db);

	pl_arena_init(&arena);
	pl_buf_init(&out, PL_MiB(64));
	if (status)
		return status;
	if (pl_db_info(db, &arena, &info, &err) < 0) {
		pl_db_close(db);
		return pl_cli_fail(c->db, &err);
	}
	pl_buf_fmt(&out, "advisories  %.*s\n", PL_FMT(info.name));
	pl_buf_fmt(&out, "records     %llu, of them %llu withdrawn\n",
		   (unsigned long long)info.records, (unsigned long long)info.withdrawn);
	pl_buf_fmt(&out, "packages    %llu\n", (unsigned long long)info.packages);
	pl_buf_fmt(&out, "newest      %.*s\n", PL_FMT(info.modified));
	pl_buf_fmt(&out, "sha256      %.*s\n\n", PL_FMT(info.sha256));
	for (size_t i = 0; i < info.ecosystems.len; i++)
		pl_buf_fmt(&out, "%8llu  %.*s\n", (unsigned long long)info.ecosystems.at[i].records,
			   PL_FMT(info.ecosystems.at[i].name));
	pl_db_close(db);
	return pl_cli_write(NULL, &out);
}

static const struct pl_opt *const status_opts[] = {&pl_opt_db, NULL};
const struct pl_command pl_command_db_status = {
	.name = "db",
	.sub = "status",
	.what = "which advisories there are, and of what date",
	.opts = status_opts,
	.run = run_status,
};

/* Removes the directory in which the database is made, and what is in it. */
static void sweep(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	rmdir(dir);
}

/* Ctrl-C: the unfinished database goes away before the process does. */
static void *wait_for_signal(void *dir)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1); /* the end of the build */
	if (sigwait(&set, &sig) != 0 || sig == SIGUSR1)
		return NULL;
	sweep(dir);
	_exit(128 + sig);
}

static int watched_build(struct pl_cli *c, const char *dir, struct pl_diags *diags,
			 struct pl_build_stats *stats, struct pl_err *err)
{
	pl_auto_free char *temp = NULL;
	pthread_t watcher;
	sigset_t set, before;
	int rc;

	if (asprintf(&temp, "%s/advisories.db", dir) < 0)
		return pl_fail(err, PL_E_SYS, "out of memory");
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, &before);
	rc = pthread_create(&watcher, NULL, wait_for_signal, (void *)(uintptr_t)dir);
	if (rc)
		return pl_fail(err, PL_E_SYS, "no thread: %s", strerror(rc));
	rc = pl_db_build(c->from.at, c->from.len, temp, diags, stats, err);
	if (rc == 0 && rename(temp, c->output) < 0)
		rc = pl_fail_errno(err, "%s", c->output);
	sweep(dir);
	pthread_kill(watcher, SIGUSR1);
	pthread_join(watcher, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static int build(struct pl_cli *c, struct pl_diags *diags, struct pl_build_stats *stats,
		 struct pl_err *err)
{
	pl_auto_free char *copy = pl_xstrdup(pl_str_c(c->output)), *dir = NULL;
	struct stat st;

	if (stat(c->output, &st) == 0 && !S_ISREG(st.st_mode))
		return pl_fail(err, PL_E_UNSUPPORTED, "%s: not a regular file", c->output);
	if (asprintf(&dir, "%s/.plimsoll-XXXXXX", dirname(copy)) < 0)
		return pl_fail(err, PL_E_SYS, "out of memory");
	if (!mkdtemp(dir))
		return pl_fail_errno(err, "%s", c->output);
	return watched_build(c, dir, diags, stats, err);
}

static void tell_diags(const struct pl_diags *d)
{
	for (size_t i = 0; i < d->rows.len && i < DIAGS_SHOWN; i++)
		pl_cli_error(0, "%s: %.*s: %.*s", pl_weight_name(d->rows.at[i].weight),
			     PL_FMT(d->rows.at[i].where), PL_FMT(d->rows.at[i].what));
	if (d->rows.len > DIAGS_SHOWN)
		pl_cli_error(0, "and %zu more", d->rows.len - DIAGS_SHOWN);
}

static int run_build(struct pl_cli *c)
{
	struct pl_build_stats stats = {0};
	struct pl_err err = {0};
	struct pl_diags diags;
	struct pl_arena arena;
	int status;

	if (!c->from.len || !c->output || strcmp(c->output, "-") == 0)
		return pl_cli_error(PL_EXIT_USAGE,
				    "db build: expected --from PATH and --output FILE\n"
				    "Try `plimsoll db build --help`.");
	pl_arena_init(&arena);
	pl_diags_init(&diags, &arena);
	if (build(c, &diags, &stats, &err) < 0) {
		status = pl_cli_fail(NULL, &err);
	} else {
		pl_diags_sort(&diags);
		tell_diags(&diags);
		printf("%s: %llu records of %llu affected packages, %llu withdrawn, %llu skipped\n",
		       c->output, (unsigned long long)stats.records,
		       (unsigned long long)stats.affected, (unsigned long long)stats.withdrawn,
		       (unsigned long long)stats.skipped);
		status = diags.worst >= PL_W_FAILED ? PL_EXIT_INCOMPLETE : PL_EXIT_OK;
	}
	pl_diags_release(&diags);
	pl_arena_release(&arena);
	return status;
}

static const struct pl_opt *const build_opts[] = {&pl_opt_from, &pl_opt_output, &pl_opt_set, NULL};
const struct pl_command pl_command_db_build = {
	.name = "db",
	.sub = "build",
	.what = "make an advisory database of OSV records",
	.opts = build_opts,
	.run = run_build,
	.more = "PATH is a mirror of the OSV export (ECOSYSTEM/all.zip), a directory of JSON "
		"records, an\n"
		"all.zip or one record. The new database takes the old one's place when it is "
		"whole.\n",
};
