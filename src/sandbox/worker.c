/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workers: fork, lock down, run, answer. The answer is one tag byte and then either the bytes of
 * the job, or an error code and its text.
 */
#include "sandbox_int.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

enum { TAG_OK = 'o', TAG_ERROR = 'e', EXIT_STALLED = 71 };
/* how often the parent looks at progress and memory */
enum { TICK_MS = 100 };

struct pl_worker {
	pid_t pid; /* 0: reaped */
	int fd;	   /* answer pipe, -1 once closed */
	struct pl_buf answer;
	_Atomic uint64_t *progress;
	uint64_t last_progress, last_len;
	uint64_t idle_ms;   /* time waited for it without progress */
	int status;	    /* from waitpid */
	const char *killed; /* why we killed it */
	char name[128];
};

_Atomic uint64_t *pl_progress_new(void)
{
	void *p = mmap(NULL, sizeof(_Atomic uint64_t), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void pl_progress_free(_Atomic uint64_t *p)
{
	if (p)
		munmap((void *)(uintptr_t)p, sizeof(*p));
}

/* --- the child ------------------------------------------------------------------------------ */

static _Atomic uint64_t *child_progress;
static uint64_t child_seen;

/* Fires after worker-stall seconds of processor time: a job that computes without reading on is
 * stuck, however slowly its input may come. */
static void on_profile(int sig)
{
	(void)sig;
	if (child_progress && *child_progress != child_seen)
		child_seen = *child_progress;
	else
		_exit(EXIT_STALLED);
}

static void arm_stall_timer(_Atomic uint64_t *progress)
{
	time_t s = (time_t)pl_limit(PL_LIM_WORKER_STALL);
	struct itimerval every = {{s, 0}, {s, 0}};
	struct sigaction sa = {.sa_handler = on_profile, .sa_flags = SA_RESTART};

	child_progress = progress;
	child_seen = progress ? *progress : 0;
	sigaction(SIGPROF, &sa, NULL);
	setitimer(ITIMER_PROF, &every, NULL);
}

static int int_cmp(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Closes all but the descriptors to keep. 0, 1 and 2 become /dev/null; a sanitizer keeps 2. */
static void close_others(const int *keep, size_t n, int answer)
{
	int fds[64], null = open("/dev/null", O_RDWR | O_CLOEXEC);
	unsigned next = 3;
	size_t len = 0;

	for (size_t i = 0; i < n && len < 62; i++)
		fds[len++] = keep[i];
	fds[len++] = answer;
	qsort(fds, len, sizeof(fds[0]), int_cmp);
	for (int fd = 0; fd < (PL_SANITIZED ? 2 : 3); fd++)
		if (!bsearch(&fd, fds, len, sizeof(fds[0]), int_cmp))
			dup2(null, fd);
	for (size_t i = 0; i < len; i++) {
		if (fds[i] >= (int)next && fds[i] > (int)next)
			syscall(SYS_close_range, next, (unsigned)fds[i] - 1, 0);
		if (fds[i] >= (int)next)
			next = (unsigned)fds[i] + 1;
	}
	syscall(SYS_close_range, next, ~0U, 0);
}

static void send_error(int fd, const struct pl_err *err)
{
	pl_auto_buf b;

	pl_buf_init(&b, 4096);
	pl_buf_ch(&b, TAG_ERROR);
	pl_put_u64(&b, (uint64_t)err->code);
	pl_put_str(&b, pl_str_c(err->text));
	pl_write_fd(fd, pl_buf_view(&b), NULL);
}

static _Noreturn void child_main(const struct pl_worker_spec *spec, int fd)
{
	static const char ok = TAG_OK;
	struct pl_err err = {0};
	struct pl_buf out;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN); /* the parent decides */
	close_others(spec->keep, spec->keep_len, fd);
	arm_stall_timer(spec->progress);
	pl_buf_init(&out, pl_limit(PL_LIM_FACTS_BYTES));
	if (pl_lockdown(spec->plain_walk, &err) < 0 || spec->run(spec->arg, &out, &err) < 0)
		send_error(fd, &err);
	else if (out.failed && pl_fail_limit(&err, PL_LIM_FACTS_BYTES, "the worker's answer") < 0)
		send_error(fd, &err);
	else if (pl_write_fd(fd, pl_str_n(&ok, 1), &err) == 0)
		pl_write_fd(fd, pl_buf_view(&out), &err);
	_exit(0);
}

/* --- the parent ----------------------------------------------------------------------------- */

int pl_worker_start(const struct pl_worker_spec *spec, struct pl_worker **out, struct pl_err *err)
{
	struct pl_worker *w;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return pl_fail_errno(err, "pipe for %s", spec->name);
	pid = fork();
	if (pid < 0) {
		close(fds[0]);
		close(fds[1]);
		return pl_fail_errno(err, "fork for %s", spec->name);
	}
	if (pid == 0) {
		close(fds[0]);
		child_main(spec, fds[1]);
	}
	close(fds[1]);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	w = pl_xcalloc(1, sizeof(*w));
	w->pid = pid;
	w->fd = fds[0];
	w->progress = spec->progress;
	pl_buf_init(&w->answer, pl_limit(PL_LIM_FACTS_BYTES) + 4096);
	snprintf(w->name, sizeof(w->name), "%s", spec->name);
	*out = w;
	return 0;
}

static void reap(struct pl_worker *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	while (w->pid && waitpid(w->pid, &w->status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
}

static void kill_worker(struct pl_worker *w, const char *why)
{
	if (!w->pid)
		return;
	w->killed = why;
	kill(w->pid, SIGKILL);
	reap(w);
}

static void read_answer(struct pl_worker *w)
{
	for (;;) {
		char *at = pl_buf_reserve(&w->answer, 65536);
		ssize_t n;

		if (!at) {
			kill_worker(w, "it answered more than the limit facts-bytes");
			return;
		}
		n = read(w->fd, at, 65536);
		if (n > 0) {
			w->answer.len += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0 || errno != EAGAIN)
			reap(w);
		return;
	}
}

/* Resident bytes by /proc/PID/statm, 0 when not to be had. */
static uint64_t resident(pid_t pid)
{
	char path[64], text[128];
	unsigned long long pages = 0;
	struct pl_str rest, word;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/statm", (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text));
	close(fd);
	rest = pl_str_n(text, n > 0 ? (size_t)n : 0);
	if (pl_str_split(&rest, ' ', &word) && pl_str_split(&rest, ' ', &word)) {
		uint64_t v;

		pages = pl_str_u64(word, &v) ? v : 0;
	}
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void watch(struct pl_worker *w, uint64_t waited_ms)
{
	uint64_t now = w->progress ? *w->progress : 0;

	if (!w->pid)
		return;
	if (now != w->last_progress || w->answer.len != w->last_len) {
		w->last_progress = now;
		w->last_len = w->answer.len;
		w->idle_ms = 0;
	} else {
		w->idle_ms += waited_ms;
	}
	if (w->idle_ms > pl_limit(PL_LIM_WORKER_STALL) * 1000)
		kill_worker(w, "it made no progress for the time of the limit worker-stall");
	else if (!PL_SANITIZED && resident(w->pid) > pl_limit(PL_LIM_WORKER_BYTES))
		kill_worker(w, "it used more memory than the limit worker-bytes");
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* One poll of at most tick ms over the running ones, then the watchdog. */
static void wait_tick(struct pl_worker *const *workers, size_t n, int tick)
{
	struct pollfd *p = pl_xcalloc(n, sizeof(*p));
	uint64_t before = now_ms();

	for (size_t i = 0; i < n; i++)
		p[i] = (struct pollfd){.fd = workers[i]->fd, .events = POLLIN};
	if (poll(p, n, tick) > 0)
		for (size_t i = 0; i < n; i++)
			if (p[i].fd >= 0 && p[i].revents)
				read_answer(workers[i]);
	for (size_t i = 0; i < n; i++)
		watch(workers[i], now_ms() - before);
	free(p);
}

static int count_done(struct pl_worker *const *workers, size_t n)
{
	int done = 0;

	for (size_t i = 0; i < n; i++)
		done += workers[i]->pid == 0;
	return done;
}

int pl_workers_wait(struct pl_worker *const *workers, size_t n, int timeout_ms)
{
	uint64_t start = now_ms();
	int already = count_done(workers, n), done = already;

	if (done == (int)n)
		return done;
	for (;;) {
		uint64_t spent = now_ms() - start;
		int left = timeout_ms < 0 ? TICK_MS : timeout_ms - (int)spent;

		wait_tick(workers, n, left < 0 ? 0 : left > TICK_MS ? TICK_MS : left);
		done = count_done(workers, n);
		if (done > already || (timeout_ms >= 0 && (int)(now_ms() - start) >= timeout_ms))
			return done;
	}
}

bool pl_worker_done(const struct pl_worker *w)
{
	return w->pid == 0;
}

static int explain_death(const struct pl_worker *w, struct pl_err *err)
{
	if (w->killed)
		return pl_fail(err, PL_E_WORKER, "%s: the worker was ended: %s", w->name,
			       w->killed);
	if (WIFSIGNALED(w->status)) {
		int sig = WTERMSIG(w->status);
		const char *what = sig == SIGSYS    ? "it tried a forbidden system call"
				   : sig == SIGXCPU ? "it reached the limit worker-cpu"
				   : sig == SIGABRT ? "it ran out of memory or failed an assertion"
						    : strsignal(sig);

		return pl_fail(err, PL_E_WORKER, "%s: the worker died: %s (signal %d)", w->name,
			       what, sig);
	}
	if (WIFEXITED(w->status) && WEXITSTATUS(w->status) == EXIT_STALLED)
		return pl_fail(err, PL_E_WORKER,
			       "%s: the worker was stuck (limit worker-stall of %llu s)", w->name,
			       (unsigned long long)pl_limit(PL_LIM_WORKER_STALL));
	return pl_fail(err, PL_E_WORKER, "%s: the worker ended without an answer (status %d)",
		       w->name, WEXITSTATUS(w->status));
}

int pl_worker_result(struct pl_worker *w, struct pl_str *answer, struct pl_err *err)
{
	struct pl_str all = pl_buf_view(&w->answer);
	struct pl_rd r = pl_rd_init(pl_str_sub(all, 1, all.len));
	struct pl_str text;
	uint64_t code;

	if (w->killed || !WIFEXITED(w->status) || WEXITSTATUS(w->status) != 0 || all.len == 0)
		return explain_death(w, err);
	if (all.ptr[0] == TAG_OK) {
		*answer = pl_str_sub(all, 1, all.len);
		return 0;
	}
	code = pl_rd_u64(&r);
	text = pl_rd_str(&r);
	if (r.bad || code == 0 || code > PL_E_COMPARE)
		return pl_fail(err, PL_E_WORKER, "%s: the worker's answer is damaged", w->name);
	return pl_fail(err, (enum pl_ecode)code, "%.*s", PL_FMT(text));
}

void pl_worker_free(struct pl_worker *w)
{
	if (!w)
		return;
	kill_worker(w, "no longer needed");
	reap(w);
	pl_buf_release(&w->answer);
	free(w);
}

int pl_sandbox_call(const struct pl_worker_spec *spec, struct pl_buf *answer, struct pl_err *err)
{
	struct pl_worker *w = NULL;
	struct pl_str got;
	int rc = pl_worker_start(spec, &w, err);

	if (rc < 0)
		return rc;
	while (!pl_worker_done(w))
		pl_workers_wait(&w, 1, -1);
	rc = pl_worker_result(w, &got, err);
	if (rc == 0) {
		pl_buf_str(answer, got);
		if (answer->failed)
			rc = pl_fail(err, PL_E_LIMIT, "%s: answer of %zu bytes", spec->name,
				     got.len);
	}
	pl_worker_free(w);
	return rc;
}
