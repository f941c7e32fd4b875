/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sandbox: the worker process in which bytes from outside are parsed. A worker is forked, keeps
 * only the descriptors it is given, and before it touches input sets rlimits, no_new_privs,
 * Landlock (nothing of the file system) and a seccomp filter (no open, no network, no exec). It
 * answers over a pipe; whatever happens to it, the parent only loses that answer and knows why.
 *
 * The parent must be single-threaded when it starts a worker.
 */
#include "base/base.h"

/* Runs in the worker; writes its answer to `out` (limit facts-bytes). Returns 0 or an error, which
 * travels back too. */
typedef int pl_worker_fn(void *arg, struct pl_buf *out, struct pl_err *err);

struct pl_worker_spec {
	const char *name; /* for messages: "layer 3" */
	pl_worker_fn *run;
	void *arg;	 /* seen by the child through fork; never changed for the parent */
	const int *keep; /* descriptors the child keeps besides its answer pipe */
	size_t keep_len;
	_Atomic uint64_t
		*progress; /* from pl_progress_new, or NULL: then only worker-cpu bounds it */
	bool plain_walk; /* the one worker that may open files: the walker of `dir:` (read-only) */
};
struct pl_worker;

/* A counter shared between parent and children. */
_Atomic uint64_t *pl_progress_new(void);
void pl_progress_free(_Atomic uint64_t *p);

int pl_worker_start(const struct pl_worker_spec *spec, struct pl_worker **out, struct pl_err *err);
/* Waits until at least one of the n running workers has something for us, feeds what came into
 * their answers, kills those that stalled (worker-stall) or answered too much; timeout in ms, -1
 * for none. Returns how many of them are finished now. */
int pl_workers_wait(struct pl_worker *const *workers, size_t n, int timeout_ms);
bool pl_worker_done(const struct pl_worker *w);
/* Once done: 0 with *answer (borrowed until free), or the worker's own error, or PL_E_WORKER saying
 * how it died (signal, limit, stall) and what it was doing (spec name). */
int pl_worker_result(struct pl_worker *w, struct pl_str *answer, struct pl_err *err);
/* Kills it when it still runs. NULL-safe. */
void pl_worker_free(struct pl_worker *w);

/* The short form: start, wait, result; the answer is appended to `answer`. */
int pl_sandbox_call(const struct pl_worker_spec *spec, struct pl_buf *answer, struct pl_err *err);

/* Which protections this kernel gives, one line each for `plimsoll limits` and diagnostics; a
 * missing one is a diagnostic of weight note. */
void pl_sandbox_describe(struct pl_diags *diags);
