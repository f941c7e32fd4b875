/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "check.h"
#include "sandbox/sandbox.h"

static int call(pl_worker_fn *fn, void *arg, const int *keep, size_t n, struct pl_buf *b,
		struct pl_err *err)
{
	struct pl_worker_spec spec = {
		.name = "test job", .run = fn, .arg = arg, .keep = keep, .keep_len = n};

	return pl_sandbox_call(&spec, b, err);
}

static int echo_job(void *arg, struct pl_buf *out, struct pl_err *err)
{
	char tmp[16];
	ssize_t n = read(*(int *)arg, tmp, sizeof(tmp));

	if (n < 0)
		return pl_fail_errno(err, "read");
	pl_buf_add(out, tmp, (size_t)n);
	return 0;
}

static void answers_and_keeps_its_input(void **state)
{
	pl_auto_buf b;
	struct pl_err err = {0};
	int fds[2];

	(void)state;
	pl_buf_init(&b, 100);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "plimsoll", 8), 8);
	assert_int_equal(call(echo_job, &fds[0], fds, 1, &b, &err), 0);
	assert_str(pl_buf_view(&b), "plimsoll");
	close(fds[0]);
	close(fds[1]);
}

static int leaked_job(void *arg, struct pl_buf *out, struct pl_err *err)
{
	(void)err;
	pl_buf_ch(out, write(*(int *)arg, "x", 1) < 0 && errno == EBADF ? 'y' : 'n');
	return 0;
}

static void other_descriptors_are_closed(void **state)
{
	pl_auto_buf b;
	struct pl_err err = {0};
	int fds[2];

	(void)state;
	pl_buf_init(&b, 100);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(call(leaked_job, &fds[1], fds, 1, &b, &err), 0);
	assert_str(pl_buf_view(&b), "y");
	close(fds[0]);
	close(fds[1]);
}

static int error_job(void *arg, struct pl_buf *out, struct pl_err *err)
{
	(void)arg, (void)out;
	return pl_fail(err, PL_E_FORMAT, "entry %d is bad", 7);
}

static void errors_travel_back(void **state)
{
	pl_auto_buf b;
	struct pl_err err = {0};

	(void)state;
	pl_buf_init(&b, 100);
	assert_int_equal(call(error_job, NULL, NULL, 0, &b, &err), -PL_E_FORMAT);
	assert_string_equal(err.text, "entry 7 is bad");
}

static int open_job(void *arg, struct pl_buf *out, struct pl_err *err)
{
	(void)arg, (void)err;
	pl_buf_ch(out, open("/etc/passwd", O_RDONLY) < 0 ? 'y' : 'n');
	pl_buf_ch(out, open("/tmp/plimsoll-test", O_RDWR | O_CREAT, 0600) < 0 ? 'y' : 'n');
	pl_buf_ch(out, fork() < 0 ? 'y' : 'n');
	return 0;
}

static void no_files_no_processes(void **state)
{
	pl_auto_buf b;
	struct pl_err err = {0};

	(void)state;
	pl_buf_init(&b, 100);
	assert_int_equal(call(open_job, NULL, NULL, 0, &b, &err), 0);
	assert_str(pl_buf_view(&b), "yyy");
}

static int socket_job(void *arg, struct pl_buf *out, struct pl_err *err)
{
	(void)arg, (void)out, (void)err;
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int crash_job(void *arg, struct pl_buf *out, struct pl_err *err)
{
	(void)arg, (void)out, (void)err;
	signal(SIGSEGV, SIG_DFL);
	raise(SIGKILL);
	return 0;
}

static int spin_job(void *arg, struct pl_buf *out, struct pl_err *err)
{
	volatile uint64_t n = 0;

	(void)arg, (void)out, (void)err;
	for (;;)
		n++;
	return 0;
}

static int flood_job(void *arg, struct pl_buf *out, struct pl_err *err)
{
	(void)arg, (void)err;
	for (int i = 0; i < 3000; i++)
		pl_buf_fmt(out, "%01000d", i);
	return 0;
}

static void deaths_are_explained(void **state)
{
	static const struct {
		pl_worker_fn *fn;
		const char *says;
	} rows[] = {
		{socket_job, "forbidden system call"},
		{crash_job, "died"},
		{spin_job, "worker-stall"},
		{flood_job, "facts-bytes"},
	};

	(void)state;
	assert_int_equal(pl_limit_set(PL_STR("worker-stall=1"), NULL), 0);
	assert_int_equal(pl_limit_set(PL_STR("facts-bytes=1M"), NULL), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pl_auto_buf b;
		struct pl_err err = {0};

		pl_buf_init(&b, PL_MiB(8));
		assert_true(call(rows[i].fn, NULL, NULL, 0, &b, &err) < 0);
		if (!strstr(err.text, rows[i].says))
			fail_msg("\"%s\" does not say \"%s\"", err.text, rows[i].says);
	}
}

static int sleep_job(void *arg, struct pl_buf *out, struct pl_err *err)
{
	(void)arg, (void)err;
	usleep(300000);
	pl_buf_ch(out, 'z');
	return 0;
}

static void several_at_once(void **state)
{
	struct pl_worker *w[4];
	struct pl_worker_spec spec = {.name = "sleeper", .run = sleep_job};
	struct pl_str answer;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pl_worker_start(&spec, &w[i], NULL), 0);
	while (pl_workers_wait(w, 4, -1) < 4)
		;
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pl_worker_result(w[i], &answer, NULL), 0);
		assert_str(answer, "z");
		pl_worker_free(w[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_and_keeps_its_input),
		cmocka_unit_test(other_descriptors_are_closed),
		cmocka_unit_test(errors_travel_back),
		cmocka_unit_test(no_files_no_processes),
		cmocka_unit_test(several_at_once),
		cmocka_unit_test(deaths_are_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
