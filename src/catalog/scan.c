/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A target to inventories: one worker for each layer, some at once, each layer once however many
 * images have it; then the facts of each image are merged. Layers that come by only once are
 * cataloged while the source is opened.
 */
#include "catalog/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

struct task {
	struct pl_str key; /* of the layer's bytes */
	char name[64];
	const struct pl_layer *layer; /* NULL: from a hook */
	struct pl_layer_job job;
	struct pl_worker *worker, *walker; /* walker: of `dir:` */
	_Atomic uint64_t *progress, *walked;
	bool started;
	unsigned attached; /* number of a bill of materials; 0: a layer */
	bool declared;	   /* what lock files declare is asked for */
	bool licenses;	   /* and licence files */
	struct pl_facts facts;
	bool have;
	struct pl_err err;   /* why not */
	struct pl_diag lost; /* of the walker */
};
struct walk_job {
	int dir, out;
	_Atomic uint64_t *progress;
};

struct scan {
	const struct pl_scan_opts *opts;
	struct pl_arena *arena;
	PL_VEC(struct task *) tasks; /* streamed ones first */
	struct pl_map by_key;
	int sink; /* write end of the pipe of the layer that passes now */
};

static unsigned jobs_of(const struct scan *sc)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return sc->opts->jobs ? sc->opts->jobs : cores > 0 ? (unsigned)cores : 1;
}

static struct task *task_new(struct scan *sc, struct pl_str key)
{
	struct task *t = pl_arena_new(sc->arena, struct task);

	t->key = pl_arena_str(sc->arena, key);
	t->declared = sc->opts->declared;
	t->licenses = sc->opts->licenses;
	t->progress = pl_progress_new();
	pl_map_put(&sc->by_key, t->key, (uint32_t)sc->tasks.len);
	pl_vec_push(&sc->tasks, t);
	return t;
}

static void task_free(struct task *t)
{
	pl_worker_free(t->worker);
	pl_worker_free(t->walker);
	pl_progress_free(t->progress);
	pl_progress_free(t->walked);
	if (t->have)
		pl_facts_release(&t->facts);
}

/* --- starting ------------------------------------------------------------------------------- */

static int start_worker(struct task *t, struct pl_err *err)
{
	struct pl_worker_spec spec = {.name = t->name,
				      .run = t->attached ? pl_attached_run : pl_layer_run,
				      .arg = &t->job,
				      .keep = &t->job.fd,
				      .keep_len = 1,
				      .progress = t->progress};

	t->job.progress = t->progress;
	t->job.declared = t->declared || t->walker;
	t->job.licenses = t->licenses;
	t->job.number = t->attached;
	t->started = true;
	return pl_worker_start(&spec, &t->worker, err);
}

static int walk_run(void *arg, struct pl_buf *out, struct pl_err *err)
{
	const struct walk_job *j = arg;
	uint64_t lost = 0;
	char first[256] = "";
	int rc = pl_dir_to_tar(j->dir, j->out, j->progress, &lost, first, err);

	pl_put_u64(out, lost);
	pl_put_str(out, pl_str_c(first));
	return rc;
}

static int start_walk(struct task *t, struct pl_err *err)
{
	pl_auto_free char *path = pl_xstrdup(t->layer->dir);
	pl_auto_fd dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct walk_job walk;
	int fds[2], keep[2], rc;

	if (dir < 0)
		return pl_fail_errno(err, "%s", path);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return pl_fail_errno(err, "pipe");
	t->walked = pl_progress_new();
	walk = (struct walk_job){dir, fds[1], t->walked};
	keep[0] = dir;
	keep[1] = fds[1];
	rc = pl_worker_start(&(struct pl_worker_spec){.name = "walker",
						      .run = walk_run,
						      .arg = &walk,
						      .keep = keep,
						      .keep_len = 2,
						      .progress = t->walked,
						      .plain_walk = true},
			     &t->walker, err);
	close(fds[1]);
	t->job = (struct pl_layer_job){.fd = fds[0], .size = UINT64_MAX};
	if (rc == 0)
		rc = start_worker(t, err);
	close(fds[0]);
	return rc;
}

static int start(struct task *t, struct pl_err *err)
{
	const struct pl_layer *l = t->layer;

	if (l->missing.len)
		return pl_fail(err, PL_E_NOT_FOUND, "%.*s", PL_FMT(l->missing));
	if (l->dir.len)
		return start_walk(t, err);
	if (l->fd < 0)
		return pl_fail(err, PL_E_INTERNAL, "its bytes did not pass");
	t->job = (struct pl_layer_job){
		.fd = l->fd, .seekable = true, .offset = l->offset, .size = l->size};
	if (lseek(l->fd, 0, SEEK_CUR) < 0) {
		t->job.seekable = false;
		t->job.offset = 0;
	}
	return start_worker(t, err);
}

/* --- collecting ----------------------------------------------------------------------------- */

static void collect_walk(struct scan *sc, struct task *t)
{
	struct pl_err err = {0};
	struct pl_str answer;
	struct pl_rd r;
	uint64_t lost;

	if (!t->walker)
		return;
	while (!pl_worker_done(t->walker))
		pl_workers_wait(&t->walker, 1, -1);
	if (pl_worker_result(t->walker, &answer, &err) < 0) {
		t->lost = (struct pl_diag){PL_W_FATAL,
					   PL_STR("dir-lost"),
					   t->layer->dir,
					   pl_arena_str(sc->arena, pl_str_c(err.text)),
					   {0}};
		return;
	}
	r = pl_rd_init(answer);
	lost = pl_rd_u64(&r);
	if (lost)
		t->lost = (struct pl_diag){
			PL_W_FAILED, PL_STR("dir-unreadable"), t->layer->dir,
			pl_arena_fmt(sc->arena, "%llu files could not be read, the first is %.*s",
				     (unsigned long long)lost, PL_FMT(pl_rd_str(&r))),
			PL_STR("run it as a user who may read them")};
}

static void collect(struct scan *sc, struct task *t)
{
	struct pl_str answer;

	collect_walk(sc, t);
	if (pl_worker_result(t->worker, &answer, &t->err) < 0)
		return;
	/* the worker, and the answer with it, lives as long as the task */
	t->have = pl_facts_read(answer, &t->facts, &t->err) == 0;
}

static void report_progress(const struct scan *sc, size_t done)
{
	if (sc->opts->progress)
		sc->opts->progress(sc->opts->progress_arg, "reading layers", done, sc->tasks.len);
}

/* Waits until fewer than `limit` of the started ones run. */
static void wait_below(struct scan *sc, unsigned limit)
{
	for (;;) {
		PL_VEC(struct pl_worker *) running = {0};
		size_t done = 0;

		for (size_t i = 0; i < sc->tasks.len; i++) {
			struct task *t = sc->tasks.at[i];

			if (t->worker && !pl_worker_done(t->worker))
				pl_vec_push(&running, t->worker);
			done += t->worker && pl_worker_done(t->worker);
		}
		report_progress(sc, done);
		if (running.len >= limit && running.len)
			pl_workers_wait(running.at, running.len, 200);
		if (running.len < limit || !running.len) {
			pl_vec_release(&running);
			return;
		}
		pl_vec_release(&running);
	}
}

static void run_all(struct scan *sc)
{
	for (size_t i = 0; i < sc->tasks.len; i++) {
		struct task *t = sc->tasks.at[i];

		if (t->started || !t->layer)
			continue;
		wait_below(sc, jobs_of(sc));
		if (start(t, &t->err) < 0) {
			pl_worker_free(t->worker);
			t->worker = NULL;
		}
	}
	wait_below(sc, 1);
	for (size_t i = 0; i < sc->tasks.len; i++)
		if (sc->tasks.at[i]->worker)
			collect(sc, sc->tasks.at[i]);
}

/* --- layers that pass by -------------------------------------------------------------------- */

static struct pl_str member_key(struct pl_arena *a, struct pl_str member)
{
	return pl_arena_fmt(a, "member %.*s", PL_FMT(member));
}

static int layer_passes(void *arg, struct pl_str member, uint64_t size, struct pl_err *err)
{
	struct scan *sc = arg;
	struct task *t;
	int fds[2], rc;

	(void)size;
	wait_below(sc, jobs_of(sc));
	if (pipe2(fds, O_CLOEXEC) < 0)
		return pl_fail_errno(err, "pipe");
	fcntl(fds[1], F_SETPIPE_SZ, 1 << 20);
	t = task_new(sc, member_key(sc->arena, member));
	snprintf(t->name, sizeof(t->name), "%.*s", PL_FMT(pl_str_sub(member, 0, 60)));
	t->job = (struct pl_layer_job){.fd = fds[0], .size = UINT64_MAX};
	rc = start_worker(t, err);
	close(fds[0]);
	if (rc < 0) {
		close(fds[1]);
		return rc;
	}
	sc->sink = fds[1];
	return fds[1];
}

static int layer_passed(void *arg, struct pl_str member, const uint8_t blob[32], struct pl_err *err)
{
	struct scan *sc = arg;

	(void)member;
	(void)blob;
	(void)err;
	if (sc->sink >= 0)
		close(sc->sink);
	sc->sink = -1;
	return 0;
}

/* --- images --------------------------------------------------------------------------------- */

static struct pl_str key_of(struct scan *sc, const struct pl_source *s, const struct pl_layer *l)
{
	if (l->streamed)
		return member_key(sc->arena, pl_layer_member(s, l));
	if (l->dir.len)
		return pl_arena_fmt(sc->arena, "dir %.*s", PL_FMT(l->dir));
	return pl_arena_fmt(sc->arena, "fd %d %llu %llu", l->fd, (unsigned long long)l->offset,
			    (unsigned long long)l->size);
}

static struct task *task_of(struct scan *sc, const struct pl_source *s, const struct pl_layer *l)
{
	struct pl_str key = key_of(sc, s, l);
	uint32_t i = pl_map_get(&sc->by_key, key);
	struct task *t;

	if (i != PL_MAP_NONE && !l->missing.len)
		return sc->tasks.at[i];
	t = task_new(sc, key);
	t->layer = l;
	snprintf(t->name, sizeof(t->name), "layer %u", l->index);
	return t;
}

static void verify(const struct pl_digest *said, const struct pl_digest *is, const char *what,
		   struct pl_str where, struct pl_arena *a, struct pl_diags *diags)
{
	if (!said->known || !is->known || memcmp(said->sha256, is->sha256, 32) == 0)
		return;
	pl_diag_add(diags, PL_W_FATAL, "digest-mismatch", where,
		    pl_arena_fmt(a, "its %s is %.*s, the image says %.*s", what,
				 PL_FMT(pl_digest_text(a, is)), PL_FMT(pl_digest_text(a, said))),
		    PL_STR("fetch the image again; it was damaged or changed on the way"));
}

static void compare_media_type(const struct pl_layer *l, enum pl_codec codec, struct pl_str where,
			       struct pl_diags *diags)
{
	static const char *const ends[] = {"gzip", "zstd", "xz", "bzip2", "tar"};
	static const enum pl_codec codecs[] = {PL_CODEC_GZIP, PL_CODEC_ZSTD, PL_CODEC_XZ,
					       PL_CODEC_BZIP2, PL_CODEC_NONE};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (pl_str_ends(l->media_type, pl_str_c(ends[i])) && codecs[i] != codec)
			pl_diag_fmt(
				diags, PL_W_WARN, "media-type", where,
				"its media type is %.*s, its bytes are %s", PL_FMT(l->media_type),
				codec == PL_CODEC_NONE ? "not compressed" : pl_codec_name(codec));
}

static void sum_layer(struct scan *sc, const struct pl_layer *l, const struct task *t,
		      struct pl_scanned *s)
{
	struct pl_str where = pl_arena_fmt(sc->arena, "layer %u", l->index);
	struct pl_layer_sum sum = {.index = l->index,
				   .blob = l->blob,
				   .diff_id = l->diff_id,
				   .media_type = l->media_type,
				   .created_by = l->created_by,
				   .size = l->size == UINT64_MAX ? 0 : l->size};

	if (t->lost.what.len) {
		pl_auto_free char *code = pl_xstrdup(t->lost.code);

		pl_diag_add(&s->diags, t->lost.weight, code, t->lost.where, t->lost.what,
			    t->lost.hint);
	}
	if (!t->have) {
		if (!l->missing.len)
			pl_diag_add(&s->diags, PL_W_FATAL, "layer-lost", where,
				    pl_str_c(t->err.text), PL_STR(""));
	} else if (!l->dir.len) {
		verify(&l->blob, &t->facts.end.blob, "digest", where, sc->arena, &s->diags);
		verify(&l->diff_id, &t->facts.end.diff_id, "diff id", where, sc->arena, &s->diags);
		compare_media_type(l, t->facts.end.codec, where, &s->diags);
		sum.blob = t->facts.end.blob.known ? t->facts.end.blob : sum.blob;
		sum.diff_id = t->facts.end.diff_id.known ? t->facts.end.diff_id : sum.diff_id;
		sum.size = t->facts.end.size ? t->facts.end.size : sum.size;
	}
	if (t->have) {
		sum.expanded = t->facts.end.expanded;
		sum.entries = t->facts.entries.len;
	}
	pl_vec_push(&s->inv.layers, sum);
}

/* An image archive named as `tar:` is a tree without a system in it: "nothing found" would be
 * true, and a lie. */
static int is_layer(void *arg, const struct pl_node *n)
{
	(void)arg;
	return pl_str_ends(n->path, PL_STR(".tar")) ||
	       pl_path_under(n->path, PL_STR("blobs/sha256"));
}

static void tell_archive(const struct pl_inventory *inv, struct pl_diags *diags)
{
	struct pl_tree *t = inv->tree;

	if (inv->os.found || pl_tree_find(t, PL_STR("etc"), false) ||
	    (!pl_tree_find(t, PL_STR("manifest.json"), false) &&
	     !pl_tree_find(t, PL_STR("oci-layout"), false)) ||
	    !pl_tree_each(t, is_layer, NULL))
		return;
	pl_diag_add(
		diags, PL_W_FAILED, "image-archive", PL_STR(""),
		PL_STR("this is an archive of images, not a root file system: its layers "
		       "were not read as such"),
		PL_STR("name it docker-archive:FILE or oci-archive:FILE, or give the path alone"));
}

/* Layers of Windows hold a Files and a Hives directory (OCI image-spec, layer.md). Their registry
 * is not read, so that "nothing found" would be a lie, too. */
static void tell_windows(const struct pl_inventory *inv, struct pl_diags *diags)
{
	if (pl_tree_find(inv->tree, PL_STR("Files/Windows/System32"), false))
		pl_diag_add(
			diags, PL_W_FAILED, "windows-image", PL_STR(""),
			PL_STR("an image of Windows: its packages and updates are not supported, "
			       "only language packages and programs in it are listed"),
			PL_STR("judge its base image by Microsoft's update guide"));
}

/* What has been read of bills of materials beside the image stands above its layers, so that it
 * hides nothing; the number of them. */
static size_t put_attached(struct scan *sc, const struct pl_source *src, const struct pl_image *img,
			   const struct pl_facts **facts, struct pl_diags *diags)
{
	size_t n = 0;

	for (size_t i = 0; i < img->attached.len; i++) {
		const struct pl_layer *l = &img->attached.at[i];
		struct pl_str where = pl_arena_fmt(sc->arena, "attached %.*s",
						   PL_FMT(pl_digest_text(sc->arena, &l->blob)));
		const struct task *t = l->fd >= 0 ? task_of(sc, src, l) : NULL;

		if (!t || !t->have) {
			pl_diag_add(diags, PL_W_WARN, "sbom-attached-lost", where,
				    l->missing.len     ? l->missing
				    : t && t->err.code ? pl_str_c(t->err.text)
						       : PL_STR("it came only once, and passed"),
				    PL_STR(""));
			continue;
		}
		verify(&l->blob, &t->facts.end.blob, "digest", where, sc->arena, diags);
		facts[n++] = &t->facts;
	}
	return n;
}

/* They are in no layer. */
static void unlayer(struct pl_scanned *s, size_t layers)
{
	struct pl_str mark = PL_STR(PL_ATTACHED_PATH);
	uint32_t top = layers ? (uint32_t)layers - 1 : 0;

	for (size_t i = 0; i < s->inv.packages.len; i++) {
		struct pl_pkg *p = &s->inv.packages.at[i];

		p->layer = p->layer < layers ? p->layer : UINT32_MAX;
		if (p->removed_in != UINT32_MAX && p->removed_in > top)
			p->removed_in = top;
		for (size_t k = 0; k < p->locations.len; k++)
			if (p->locations.at[k].layer >= layers)
				p->locations.at[k].layer = UINT32_MAX;
	}
	for (size_t i = 0; i < s->diags.rows.len; i++) {
		struct pl_str *where = &s->diags.rows.at[i].where;
		ptrdiff_t at = pl_str_find(*where, mark);

		if (at >= 0)
			*where = pl_str_sub(*where, (size_t)at, where->len);
	}
}

static void finish_image(struct scan *sc, const struct pl_source *src, const struct pl_image *img,
			 const struct pl_diags *common, struct pl_scanned *s)
{
	size_t n = img->layers.len, attached;
	const struct pl_facts **facts = pl_xcalloc(n + img->attached.len + 1, sizeof(*facts));

	s->image = *img;
	s->transport = src->transport;
	s->inv.arena = sc->arena;
	pl_diags_init(&s->diags, sc->arena);
	for (size_t i = 0; i < common->rows.len; i++) {
		const struct pl_diag *d = &common->rows.at[i];
		pl_auto_free char *code = pl_xstrdup(d->code);

		pl_diag_add(&s->diags, d->weight, code, d->where, d->what, d->hint);
	}
	for (size_t i = 0; i < n; i++) {
		const struct task *t = task_of(sc, src, &img->layers.at[i]);

		sum_layer(sc, &img->layers.at[i], t, s);
		facts[i] = t->have ? &t->facts : NULL;
	}
	s->inv.want_declared = sc->opts->declared;
	s->inv.want_unowned = sc->opts->unowned;
	s->inv.directory = strcmp(src->transport, "dir") == 0;
	attached = put_attached(sc, src, img, facts + n, &s->diags);
	pl_facts_merge(facts, n + attached, sc->opts->all_layers, &s->inv, &s->diags);
	if (attached)
		unlayer(s, n);
	s->inv.entries -= attached;
	tell_archive(&s->inv, &s->diags);
	tell_windows(&s->inv, &s->diags);
	if (!s->inv.os.found)
		pl_diag_add(&s->diags, PL_W_NOTE, "no-distribution", PL_STR(""),
			    PL_STR("nothing in the image says which distribution it is"),
			    PL_STR(""));
	pl_diags_sort(&s->diags);
	free(facts);
}

int pl_catalog_target(struct pl_str target, const struct pl_source_opts *sopts,
		      const struct pl_scan_opts *opts, struct pl_arena *arena,
		      struct pl_scanned **out, size_t *n, struct pl_err *err)
{
	struct scan sc = {.opts = opts, .arena = arena, .sink = -1};
	struct pl_stream_hooks hooks = {&sc, layer_passes, layer_passed};
	struct pl_source *src = NULL;
	struct pl_diags common;
	int rc;

	pl_map_init(&sc.by_key);
	pl_diags_init(&common, arena);
	rc = pl_source_open(target, sopts, &hooks, arena, &common, &src, err);
	if (rc == 0) {
		for (size_t i = 0; i < src->images.len; i++)
			for (size_t k = 0; k < src->images.at[i].layers.len; k++)
				task_of(&sc, src, &src->images.at[i].layers.at[k]);
		for (size_t i = 0; i < src->images.len; i++)
			for (size_t k = 0; k < src->images.at[i].attached.len; k++)
				if (src->images.at[i].attached.at[k].fd >= 0)
					task_of(&sc, src, &src->images.at[i].attached.at[k])
						->attached = (unsigned)k + 1;
		run_all(&sc);
		*n = src->images.len;
		*out = pl_arena_array(arena, struct pl_scanned, *n + 1);
		for (size_t i = 0; i < *n; i++)
			finish_image(&sc, src, &src->images.at[i], &common, &(*out)[i]);
	}
	layer_passed(&sc, PL_STR(""), NULL, NULL);
	for (size_t i = 0; i < sc.tasks.len; i++)
		task_free(sc.tasks.at[i]);
	pl_vec_release(&sc.tasks);
	pl_map_release(&sc.by_key);
	pl_diags_release(&common);
	pl_source_close(src);
	return rc;
}
