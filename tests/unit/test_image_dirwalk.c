/* SPDX-License-Identifier: Apache-2.0 */
/* A directory as a tar: what GNU tar lists of it is what was in the directory. */
#include "check.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "image/image.h"

static char room[] = "/tmp/plimsoll-walk-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", room, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0640);
	assert_true(fd >= 0);
	assert_int_equal(pl_write_fd(fd, pl_str_c(text), NULL), 0);
	close(fd);
}

static const char *in(const char *name)
{
	static char path[2][300];
	static unsigned turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", room, name);
	return path[turn];
}

struct job {
	int dir, out;
	uint64_t lost;
	char first[256];
};

static int walk_job(void *arg, struct pl_buf *answer, struct pl_err *err)
{
	struct job *j = arg;
	int rc = pl_dir_to_tar(j->dir, j->out, NULL, &j->lost, j->first, err);

	pl_put_u64(answer, j->lost);
	return rc;
}

/* The way the layer worker walks: locked down, but allowed to open files below; into a pipe,
 * because a worker may not write files. */
static void walk(const char *dir, const char *out, uint64_t *lost)
{
	char cat[400];
	FILE *file = snprintf(cat, sizeof(cat), "cat > %s", out) > 0 ? popen(cat, "w") : NULL;
	struct job j = {.dir = open(dir, O_RDONLY | O_DIRECTORY), .out = fileno(file)};
	const int keep[] = {j.dir, j.out};
	struct pl_worker_spec spec = {.name = "walker",
				      .run = walk_job,
				      .arg = &j,
				      .keep = keep,
				      .keep_len = 2,
				      .plain_walk = true};
	pl_auto_buf answer = {0};
	struct pl_err err = {0};
	struct pl_rd r;

	pl_buf_init(&answer, 4096);
	if (pl_sandbox_call(&spec, &answer, &err) < 0)
		fail_msg("%s", err.text);
	r = pl_rd_init(pl_buf_view(&answer));
	*lost = pl_rd_u64(&r);
	close(j.dir);
	pclose(file);
}

static int setup(void **state)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	if (!mkdtemp(room) || mkdir(in("tree"), 0755) < 0 || mkdir(in("tree/etc"), 0700) < 0)
		return -1;
	put("tree/etc/b", "second");
	put("tree/etc/a", "first");
	put("tree/Z", "");
	chmod(in("tree/Z"), 04755);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/tree/socket", room);
	bind(fd, (struct sockaddr *)&sun, sizeof(sun));
	close(fd);
	return link(in("tree/etc/a"), in("tree/hard")) ||
	       symlink("../../etc/passwd", in("tree/out")) || mkfifo(in("tree/pipe"), 0600) ||
	       mkdir(in("tree/proc"), 0755);
}

static int teardown(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", room);
	return system(command) == 0 ? 0 : -1;
}

static void writes_what_is_there(void **state)
{
	static const char want[] =
		"-rwsr-xr-x Z\ndrwx------ etc\n-rw-r----- etc/a first\n"
		"-rw-r----- etc/b second\nhrw-r----- hard -> etc/a\n"
		"lrwxrwxrwx out -> ../../etc/passwd\nprw------- pipe\ndrwxr-xr-x proc\n";
	char got[2000] = "", command[900];
	uint64_t lost;
	FILE *p;
	size_t n;

	(void)state;
	walk(in("tree"), in("out.tar"), &lost);
	assert_int_equal(lost, 0);
	snprintf(command, sizeof(command),
		 "tar -tvf %s/out.tar --numeric-owner | sed -E 's/^([^ ]+) .* [0-9:]+ /\\1 /; s| "
		 "link to | -> |; "
		 "s|/$||' | while read -r m f r; do c=; case $m in -*) c=$(tar -xOf %s/out.tar "
		 "$f);; esac; "
		 "echo $m $f $r $c; done",
		 room, room);
	p = popen(command, "r");
	n = fread(got, 1, sizeof(got) - 1, p);
	got[n] = 0;
	pclose(p);
	assert_string_equal(got, want);
}

static void keeps_capabilities(void **state)
{
	/* vfs_cap_data revision 2, cap_net_raw permitted and effective */
	static const uint8_t caps[20] = {1, 0, 0, 2, 0, 0x20};
	struct pl_tar_entry e;
	struct pl_tar *t;
	struct pl_stream *s;
	bool found = false;
	uint64_t lost;
	int fd;

	(void)state;
	if (setxattr(in("tree/Z"), "security.capability", caps, sizeof(caps), 0) < 0) {
		skip();
		return;
	}
	walk(in("tree"), in("caps.tar"), &lost);
	fd = open(in("caps.tar"), O_RDONLY);
	s = pl_stream_open_fd(fd, true, 0, UINT64_MAX, NULL);
	t = pl_tar_open(s);
	while (pl_tar_next(t, &e, NULL) > 0)
		if (pl_str_eq_c(e.path, "Z"))
			found = e.has_caps;
	assert_true(found);
	pl_tar_close(t);
	pl_stream_close(s);
	close(fd);
	removexattr(in("tree/Z"), "security.capability");
}

/* The real /proc as a root: its directory is there, nothing of it is read. */
static void leaves_pseudo_file_systems(void **state)
{
	struct stat st;
	uint64_t lost;

	(void)state;
	if (stat("/proc/self", &st) < 0) {
		skip();
		return;
	}
	walk("/proc", in("proc.tar"), &lost);
	assert_int_equal(stat(in("proc.tar"), &st), 0);
	assert_int_equal(st.st_size, 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_what_is_there),
		cmocka_unit_test(keeps_capabilities),
		cmocka_unit_test(leaves_pseudo_file_systems),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
