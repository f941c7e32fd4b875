/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inputs of a database: directories are walked in order of names, zip archives inflated, JSON
 * files read, all in a thread of its own; documents are handed over through a bounded queue, so
 * that inflating and parsing overlap and the order is always the same.
 */
#include "advisory/advisory_int.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>

/* Documents and bytes that wait at most; a single larger document passes alone. */
enum { QUEUE = 512, WALK_DEPTH = 8 };
#define QUEUE_BYTES PL_MiB(16)

struct pl_feed {
	const char *const *inputs;
	size_t n_inputs;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct pl_feed_item items[QUEUE];
	size_t head, len, bytes;
	bool done, stop;
};

void pl_feed_item_release(struct pl_feed_item *it)
{
	free(it->name);
	free(it->bytes);
	*it = (struct pl_feed_item){0};
}

/* Takes the item; false when nobody wants more. */
static bool put(struct pl_feed *f, struct pl_feed_item *it)
{
	bool wanted;

	pthread_mutex_lock(&f->lock);
	while (!f->stop && (f->len == QUEUE || (f->len > 0 && f->bytes + it->len > QUEUE_BYTES)))
		pthread_cond_wait(&f->changed, &f->lock);
	wanted = !f->stop;
	if (wanted) {
		f->items[(f->head + f->len++) % QUEUE] = *it;
		f->bytes += it->len;
		*it = (struct pl_feed_item){0};
		pthread_cond_broadcast(&f->changed);
	}
	pthread_mutex_unlock(&f->lock);
	pl_feed_item_release(it);
	return wanted;
}

int pl_feed_next(struct pl_feed *f, struct pl_feed_item *out)
{
	int got = 0;

	pthread_mutex_lock(&f->lock);
	while (f->len == 0 && !f->done)
		pthread_cond_wait(&f->changed, &f->lock);
	if (f->len > 0) {
		*out = f->items[f->head];
		f->head = (f->head + 1) % QUEUE;
		f->len--;
		f->bytes -= out->len;
		got = 1;
		pthread_cond_broadcast(&f->changed);
	}
	pthread_mutex_unlock(&f->lock);
	return got;
}

static bool put_failure(struct pl_feed *f, const char *name, const struct pl_err *err)
{
	struct pl_feed_item it = {.name = pl_xstrdup(pl_str_c(name)), .failed = *err};

	return put(f, &it);
}

static bool ends(const char *name, const char *suffix)
{
	return pl_str_ends(pl_str_c(name), pl_str_c(suffix));
}

/* The data of the entry; the size in the archive is only a claim. */
static int entry_bytes(struct archive *z, struct pl_buf *out, uint64_t *total, struct pl_err *err)
{
	for (;;) {
		char *to = pl_buf_reserve(out, PL_KiB(16));
		ssize_t n;

		if (!to)
			return pl_fail_limit(err, PL_LIM_RECORD_BYTES, "an advisory record");
		n = archive_read_data(z, to, PL_KiB(16));
		if (n < 0)
			return pl_fail(err, PL_E_FORMAT, "%s", archive_error_string(z));
		if (n == 0)
			return 0;
		out->len += (size_t)n;
		*total += (uint64_t)n;
		if (*total > pl_limit(PL_LIM_FEED_BYTES))
			return pl_fail_limit(err, PL_LIM_FEED_BYTES, "an advisory archive");
	}
}

static bool put_bytes(struct pl_feed *f, char *name, const struct pl_buf *bytes)
{
	struct pl_feed_item it = {
		.name = name, .bytes = pl_xstrdup(pl_buf_view(bytes)), .len = bytes->len};

	return put(f, &it);
}

static char *member_name(const char *path, const char *member)
{
	char *name;

	if (asprintf(&name, "%s: %.1024s", path, member) < 0)
		abort();
	return name;
}

/* True to go on with the archive. */
static bool put_entry(struct pl_feed *f, const char *path, struct archive *z,
		      struct archive_entry *e, struct pl_buf *scratch, uint64_t *total)
{
	const char *member = archive_entry_pathname(e);
	struct pl_err err = {0};
	pl_auto_free char *name = NULL;

	if (!member || !ends(member, ".json") || archive_entry_filetype(e) != AE_IFREG)
		return true;
	name = member_name(path, member);
	pl_buf_reset(scratch);
	if (entry_bytes(z, scratch, total, &err) == 0)
		return put_bytes(f, pl_steal(name), scratch);
	return put_failure(f, name, &err) && *total <= pl_limit(PL_LIM_FEED_BYTES);
}

static bool read_zip(struct pl_feed *f, const char *path)
{
	struct archive *z = archive_read_new();
	struct archive_entry *e;
	pl_auto_buf scratch;
	struct pl_err err = {0};
	uint64_t total = 0;
	bool go_on = true;
	int rc = ARCHIVE_OK;

	if (!z)
		abort();
	pl_buf_init(&scratch, pl_limit(PL_LIM_RECORD_BYTES) + PL_KiB(32));
	archive_read_support_format_zip_seekable(z);
	if (archive_read_open_filename(z, path, PL_KiB(256)) != ARCHIVE_OK)
		rc = ARCHIVE_FATAL;
	while (go_on && rc == ARCHIVE_OK) {
		rc = archive_read_next_header(z, &e);
		if (rc == ARCHIVE_OK || rc == ARCHIVE_WARN) {
			go_on = put_entry(f, path, z, e, &scratch, &total);
			rc = ARCHIVE_OK;
		}
	}
	if (go_on && rc != ARCHIVE_EOF) {
		pl_fail(&err, PL_E_FORMAT, "%s", archive_error_string(z));
		go_on = put_failure(f, path, &err);
	}
	archive_read_free(z);
	return go_on;
}

static bool read_json(struct pl_feed *f, const char *path)
{
	pl_auto_buf bytes;
	struct pl_err err = {0};

	pl_buf_init(&bytes, pl_limit(PL_LIM_RECORD_BYTES));
	if (pl_read_path(path, &bytes, &err) < 0)
		return put_failure(f, path, &err);
	return put_bytes(f, pl_xstrdup(pl_str_c(path)), &bytes);
}

static bool walk(struct pl_feed *f, const char *path, unsigned depth);

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool walk_dir(struct pl_feed *f, const char *path, unsigned depth)
{
	struct dirent **names = NULL;
	struct pl_err err = {0};
	bool go_on = true;
	int n = scandir(path, &names, NULL, by_name);

	if (n < 0) {
		pl_fail_errno(&err, "cannot read the directory");
		return put_failure(f, path, &err);
	}
	for (int i = 0; i < n; i++) {
		pl_auto_free char *child = NULL;

		if (names[i]->d_name[0] != '.' && go_on) {
			if (asprintf(&child, "%s/%s", path, names[i]->d_name) < 0)
				abort();
			go_on = walk(f, child, depth + 1);
		}
		free(names[i]);
	}
	free(names);
	return go_on;
}

/* A named input is taken as what it is; inside directories only *.json and *.zip count. */
static bool walk(struct pl_feed *f, const char *path, unsigned depth)
{
	struct pl_err err = {0};
	struct stat st;

	if (stat(path, &st) < 0) {
		pl_fail_errno(&err, "cannot be read");
		return put_failure(f, path, &err);
	}
	if (S_ISDIR(st.st_mode))
		return depth > WALK_DEPTH ? true : walk_dir(f, path, depth);
	if (!S_ISREG(st.st_mode))
		return true;
	if (ends(path, ".zip"))
		return read_zip(f, path);
	if (ends(path, ".json") || depth == 0)
		return read_json(f, path);
	return true;
}

static void *run(void *arg)
{
	struct pl_feed *f = arg;
	bool go_on = true;

	for (size_t i = 0; i < f->n_inputs && go_on; i++)
		go_on = walk(f, f->inputs[i], 0);
	pthread_mutex_lock(&f->lock);
	f->done = true;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

struct pl_feed *pl_feed_start(const char *const *inputs, size_t n)
{
	struct pl_feed *f = pl_xcalloc(1, sizeof(*f));

	f->inputs = inputs;
	f->n_inputs = n;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	if (pthread_create(&f->thread, NULL, run, f) != 0)
		abort();
	return f;
}

void pl_feed_stop(struct pl_feed *f)
{
	struct pl_feed_item it;

	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->stop = true;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->thread, NULL);
	while (pl_feed_next(f, &it))
		pl_feed_item_release(&it);
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
	free(f);
}
