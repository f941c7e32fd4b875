/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream that runs ahead in a thread: a ring of blocks, filled by the thread, shown by the
 * reader without copying. Before each block lies room for what the reader has not yet consumed of
 * the block before, so that a peek across the border is contiguous after one small copy. Only a
 * last block may be short, therefore a peek crosses at most one border.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>

#include "stream/stream_int.h"

struct block {
	char *mem; /* PL_PEEK_MAX of room, then PL_THREAD_BLOCK bytes */
	size_t len;
};

struct thread_stream {
	struct pl_stream base;
	pthread_t id;
	pthread_mutex_t lock; /* guards from here … */
	pthread_cond_t changed;
	unsigned filled, freed; /* blocks so far; filled - freed are in use */
	bool done, stop;
	struct pl_err err; /* … to here */
	struct block ring[PL_THREAD_BLOCKS];
	int wake; /* an eventfd, or -1 when nothing below can block */
	/* the reader's own */
	const char *at;
	size_t avail;
	bool holding; /* ring[freed] is what `at` points into */
};

static bool wait_for_room(struct thread_stream *t)
{
	bool stop;

	pthread_mutex_lock(&t->lock);
	while (!t->stop && t->filled - t->freed == PL_THREAD_BLOCKS)
		pthread_cond_wait(&t->changed, &t->lock);
	stop = t->stop;
	pthread_mutex_unlock(&t->lock);
	return !stop;
}

static void publish(struct thread_stream *t, size_t len, bool done, const struct pl_err *err)
{
	pthread_mutex_lock(&t->lock);
	if (len)
		t->ring[t->filled++ % PL_THREAD_BLOCKS].len = len;
	t->done = done;
	t->err = *err;
	pthread_cond_signal(&t->changed);
	pthread_mutex_unlock(&t->lock);
}

static void *produce(void *arg)
{
	struct thread_stream *t = arg;
	struct pl_err err = {0};
	bool done = false;

	while (!done && wait_for_room(t)) {
		/* only this thread writes `filled`; the block is not in use */
		struct block *b = &t->ring[t->filled % PL_THREAD_BLOCKS];
		size_t len = 0;

		if (!b->mem)
			b->mem = pl_xmalloc(PL_PEEK_MAX + PL_THREAD_BLOCK);
		while (!done && len < PL_THREAD_BLOCK) {
			size_t n = 0;

			done = pl_stream_read(t->base.up, b->mem + PL_PEEK_MAX + len,
					      PL_THREAD_BLOCK - len, &n, &err) < 0 ||
			       n == 0;
			len += n;
		}
		publish(t, len, done, &err);
	}
	return NULL;
}

/* 1 when a block lies behind the one that is held, 0 at the end, negative error. */
static int wait_for_block(struct thread_stream *t, struct pl_err *err)
{
	int rc = 1;

	pthread_mutex_lock(&t->lock);
	while (t->filled - t->freed == (unsigned)t->holding && !t->done && !t->stop)
		pthread_cond_wait(&t->changed, &t->lock);
	if (t->filled - t->freed == (unsigned)t->holding) {
		rc = -(int)t->err.code;
		if (rc && err)
			*err = t->err;
		if (!rc && !t->done)
			rc = pl_fail(err, PL_E_SYS, "read given up: the stream is being closed");
	}
	pthread_mutex_unlock(&t->lock);
	return rc;
}

static void free_block(struct thread_stream *t)
{
	pthread_mutex_lock(&t->lock);
	t->freed++;
	pthread_cond_signal(&t->changed);
	pthread_mutex_unlock(&t->lock);
	t->holding = false;
}

static int thread_peek(struct pl_stream *s, size_t want, struct pl_str *out, struct pl_err *err)
{
	struct thread_stream *t = (struct thread_stream *)s;

	while (t->avail < (want ? want : 1)) {
		struct block *next;
		int rc = wait_for_block(t, err);

		if (rc < 0)
			return rc;
		if (!rc)
			break;
		next = &t->ring[(t->freed + t->holding) % PL_THREAD_BLOCKS];
		if (t->avail)
			memcpy(next->mem + PL_PEEK_MAX - t->avail, t->at, t->avail);
		t->at = next->mem + PL_PEEK_MAX - t->avail;
		t->avail += next->len;
		if (t->holding)
			free_block(t);
		t->holding = true;
	}
	*out = pl_str_n(t->at, t->avail);
	return 0;
}

static void thread_skip(struct pl_stream *s, size_t n)
{
	struct thread_stream *t = (struct thread_stream *)s;

	t->at += n;
	t->avail -= n;
}

/* Safe from any thread: touches nothing but what the lock guards, and the eventfd. */
static void thread_interrupt(struct pl_stream *s)
{
	struct thread_stream *t = (struct thread_stream *)s;

	pthread_mutex_lock(&t->lock);
	t->stop = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	if (t->wake >= 0)
		(void)eventfd_write(t->wake, 1);
	for (struct pl_stream *b = s->up; b; b = b->up)
		if (b->ops->interrupt) {
			b->ops->interrupt(b);
			break;
		}
}

static void release(struct thread_stream *t)
{
	for (size_t i = 0; i < PL_THREAD_BLOCKS; i++)
		free(t->ring[i].mem);
	pthread_cond_destroy(&t->changed);
	pthread_mutex_destroy(&t->lock);
	if (t->wake >= 0)
		close(t->wake);
}

static void thread_close(struct pl_stream *s)
{
	struct thread_stream *t = (struct thread_stream *)s;

	thread_interrupt(s);
	pthread_join(t->id, NULL);
	release(t);
}

static const struct pl_stream_ops thread_ops = {.peek = thread_peek,
						.skip = thread_skip,
						.interrupt = thread_interrupt,
						.close = thread_close};

/* Signals are for the thread that asked for them. */
static int start(struct thread_stream *t)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&t->id, NULL, produce, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static void set_wake(struct pl_stream *up, int fd)
{
	for (; up && !up->ops->interrupt; up = up->up)
		up->wake_fd = fd;
}

struct pl_stream *pl_stream_open_thread(struct pl_stream **up)
{
	struct thread_stream *t = pl_xcalloc(1, sizeof(*t));
	struct pl_stream *same;

	pl_stream_init(&t->base, &thread_ops, pl_steal(*up));
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->changed, NULL);
	t->wake = t->base.blocks ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
	set_wake(t->base.up, t->wake);
	if ((!t->base.blocks || t->wake >= 0) && start(t) == 0)
		return &t->base;
	set_wake(t->base.up, -1);
	release(t);
	same = t->base.up;
	free(t);
	return same;
}
