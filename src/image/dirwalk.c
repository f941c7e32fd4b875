/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory as a tar, so that `dir:` goes the way of every layer: sorted by name, hard links as
 * such, nothing of pseudo file systems, no way out through symbolic links even when somebody
 * changes the tree meanwhile (openat2 below the root).
 */
#include "image/image.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

enum { PIECE = 256 * 1024 };

/* What the kernel makes up; reading it may have effects or no end. */
static const unsigned long pseudo[] = {
	PROC_SUPER_MAGIC,
	SYSFS_MAGIC,
	DEVPTS_SUPER_MAGIC,
	CGROUP_SUPER_MAGIC,
	CGROUP2_SUPER_MAGIC,
	DEBUGFS_MAGIC,
	TRACEFS_MAGIC,
	SECURITYFS_MAGIC,
	BPF_FS_MAGIC,
	PSTOREFS_MAGIC,
	HUGETLBFS_MAGIC,
	EFIVARFS_MAGIC,
	BINFMTFS_MAGIC,
	NSFS_MAGIC,
	SELINUX_MAGIC,
	SMACK_MAGIC,
	0x19800202 /* mqueue */,
	0x62656570 /* configfs */,
	0x65735543 /* fusectl */,
};

struct walker {
	int root, out;
	dev_t root_dev;
	struct pl_tar_sink sink;
	char *buf;
	size_t used;
	_Atomic uint64_t *progress;
	uint64_t lost;
	char first_lost[256];
	struct pl_arena arena; /* paths of files with several links */
	struct pl_map inodes;  /* "dev ino" as bytes: index into first_paths */
	PL_VEC(struct pl_str) first_paths;
	PL_VEC(char *) todo; /* paths still to visit, the next one last */
};

static void lose(struct walker *w, const char *path)
{
	if (w->lost++ == 0)
		snprintf(w->first_lost, sizeof(w->first_lost), "%s", path);
}

static int open_below(const struct walker *w, const char *path, int flags)
{
	struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW),
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
					  RESOLVE_NO_MAGICLINKS};
	int fd = (int)syscall(SYS_openat2, w->root, *path ? path : ".", &how, sizeof(how));

	if (fd < 0 && errno == ENOSYS)
		fd = openat(w->root, *path ? path : ".", flags | O_CLOEXEC | O_NOFOLLOW);
	return fd;
}

/* --- writing -------------------------------------------------------------------------------- */

static int flush(struct walker *w, struct pl_err *err)
{
	int rc = pl_write_fd(w->out, pl_str_n(w->buf, w->used), err);

	w->used = 0;
	return rc;
}

static int emit(void *arg, struct pl_str data, struct pl_err *err)
{
	struct walker *w = arg;

	while (data.len) {
		size_t n = data.len < PIECE - w->used ? data.len : PIECE - w->used;

		memcpy(w->buf + w->used, data.ptr, n);
		w->used += n;
		data = pl_str_sub(data, n, data.len);
		if (w->used == PIECE) {
			int rc = flush(w, err);

			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

/* Exactly size bytes, as the header has promised; zeros when the file is shorter by now. */
static int emit_content(struct walker *w, int fd, uint64_t size, const char *path,
			struct pl_err *err)
{
	bool whole = true;

	while (size) {
		size_t room = PIECE - w->used, want = size < room ? (size_t)size : room;
		ssize_t n = whole ? read(fd, w->buf + w->used, want) : 0;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (whole)
				lose(w, path);
			whole = false;
			memset(w->buf + w->used, 0, want);
			n = (ssize_t)want;
		}
		w->used += (size_t)n;
		size -= (uint64_t)n;
		if (w->progress)
			atomic_fetch_add_explicit(w->progress, (uint64_t)n, memory_order_relaxed);
		if (w->used == PIECE) {
			int rc = flush(w, err);

			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

/* --- entries -------------------------------------------------------------------------------- */

static bool entry_type(mode_t mode, enum pl_ftype *type)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		*type = PL_FT_FILE;
		return true;
	case S_IFLNK:
		*type = PL_FT_SYMLINK;
		return true;
	case S_IFDIR:
		*type = PL_FT_DIR;
		return true;
	case S_IFCHR:
		*type = PL_FT_CHAR;
		return true;
	case S_IFBLK:
		*type = PL_FT_BLOCK;
		return true;
	case S_IFIFO:
		*type = PL_FT_FIFO;
		return true;
	default:
		return false; /* a socket: tar has no form for it */
	}
}

/* True with e->link set when the file was written under another name before. */
static bool seen_before(struct walker *w, const struct stat *st, struct pl_tar_entry *e)
{
	uint64_t key[2] = {(uint64_t)st->st_dev, (uint64_t)st->st_ino};
	struct pl_str k = pl_str_n(key, sizeof(key));
	uint32_t at;

	if (st->st_nlink < 2)
		return false;
	at = pl_map_get(&w->inodes, k);
	if (at != PL_MAP_NONE) {
		e->link = w->first_paths.at[at];
		return true;
	}
	pl_map_put(&w->inodes, pl_arena_str(&w->arena, k), (uint32_t)w->first_paths.len);
	pl_vec_push(&w->first_paths, pl_arena_str(&w->arena, e->path));
	return false;
}

static int emit_file(struct walker *w, struct pl_tar_entry *e, const struct stat *st,
		     const char *path, struct pl_err *err)
{
	char caps[64];
	pl_auto_fd fd = -1;
	ssize_t n;
	int rc;

	if (seen_before(w, st, e)) {
		e->type = PL_FT_HARDLINK;
		return pl_tar_write_header(&w->sink, e, err);
	}
	fd = open_below(w, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		lose(w, path);
		return pl_tar_write_header(&w->sink, e, err);
	}
	n = fgetxattr(fd, "security.capability", caps, sizeof(caps));
	if (n > 0)
		e->caps = pl_str_n(caps, (size_t)n);
	e->size = st->st_size > 0 ? (uint64_t)st->st_size : 0;
	rc = pl_tar_write_header(&w->sink, e, err);
	if (rc >= 0)
		rc = emit_content(w, fd, e->size, path, err);
	return rc < 0 ? rc : pl_tar_write_pad(&w->sink, e->size, err);
}

static int by_name_down(const void *a, const void *b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

static bool is_pseudo(const struct walker *w, int fd, const char *path, const struct stat *st)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	for (size_t i = 0; i < sizeof(pseudo) / sizeof(pseudo[0]); i++)
		if ((unsigned long)fs.f_type == pseudo[i])
			return true;
	/* devtmpfs calls itself tmpfs */
	return !strcmp(path, "dev") && st->st_dev != w->root_dev;
}

/* Puts the names of a directory on the list, the first one last. */
static void list_dir(struct walker *w, const char *path, const struct stat *st)
{
	int fd = open_below(w, path, O_RDONLY | O_DIRECTORY);
	DIR *d = fd < 0 || is_pseudo(w, fd, path, st) ? NULL : fdopendir(fd);
	size_t from = w->todo.len;
	struct dirent *e;

	if (!d) {
		if (fd < 0)
			lose(w, path);
		else
			close(fd);
		return;
	}
	while ((errno = 0, e = readdir(d)) != NULL) {
		char *child;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (asprintf(&child, "%s%s%s", path, *path ? "/" : "", e->d_name) < 0)
			abort();
		pl_vec_push(&w->todo, child);
	}
	if (errno)
		lose(w, path);
	closedir(d);
	if (w->todo.len > from)
		qsort(w->todo.at + from, w->todo.len - from, sizeof(*w->todo.at), by_name_down);
}

static int visit(struct walker *w, const char *path, struct pl_err *err)
{
	struct pl_tar_entry e = {.path = pl_str_c(path)};
	pl_auto_fd fd = open_below(w, path, O_PATH);
	char link[4096];
	struct stat st;
	int rc;

	if (fd < 0 || fstat(fd, &st) < 0) {
		lose(w, path);
		return 0;
	}
	if (!entry_type(st.st_mode, &e.type))
		return 0;
	e.mode = st.st_mode & 07777;
	e.uid = st.st_uid;
	e.gid = st.st_gid;
	e.mtime = st.st_mtime;
	if (e.type == PL_FT_FILE)
		return emit_file(w, &e, &st, path, err);
	if (e.type == PL_FT_SYMLINK) {
		ssize_t n = readlinkat(fd, "", link, sizeof(link));

		e.link = pl_str_n(link, n > 0 ? (size_t)n : 0);
	}
	rc = pl_tar_write_header(&w->sink, &e, err);
	if (rc >= 0 && e.type == PL_FT_DIR)
		list_dir(w, path, &st);
	if (w->progress)
		atomic_fetch_add_explicit(w->progress, 1, memory_order_relaxed);
	return rc;
}

static int walk_all(struct walker *w, struct pl_err *err)
{
	struct stat st;
	int rc = 0;

	if (fstat(w->root, &st) < 0)
		return pl_fail_errno(err, "the directory");
	w->root_dev = st.st_dev;
	list_dir(w, "", &st);
	if (w->lost)
		return pl_fail_errno(err, "the directory cannot be read");
	while (w->todo.len && rc >= 0) {
		char *path = w->todo.at[--w->todo.len];

		rc = visit(w, path, err);
		free(path);
	}
	if (rc >= 0)
		rc = pl_tar_write_end(&w->sink, err);
	return rc < 0 ? rc : flush(w, err);
}

int pl_dir_to_tar(int dirfd, int out_fd, _Atomic uint64_t *progress, uint64_t *lost,
		  char first_lost[256], struct pl_err *err)
{
	struct walker w = {.root = dirfd, .out = out_fd, .progress = progress};
	int rc;

	w.sink = (struct pl_tar_sink){emit, &w};
	w.buf = pl_xmalloc(PIECE);
	pl_arena_init(&w.arena);
	pl_map_init(&w.inodes);
	rc = walk_all(&w, err);
	while (w.todo.len)
		free(w.todo.at[--w.todo.len]);
	pl_vec_release(&w.todo);
	pl_vec_release(&w.first_paths);
	pl_map_release(&w.inodes);
	pl_arena_release(&w.arena);
	free(w.buf);
	if (rc < 0)
		return rc;
	*lost = w.lost;
	memcpy(first_lost, w.first_lost, sizeof(w.first_lost));
	return 0;
}
