/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives that can be read only once: standard input, and compressed files. A worker decodes and
 * untars and writes frames to a pipe; the parent only counts bytes, keeps what begins like JSON and
 * hands the rest to the hooks. A frame is a tag, a length of eight bytes (little endian), a
 * payload.
 *
 * Whether it is an image archive at all is judged by the names in its head, decoded from bytes that
 * are peeked and not consumed: a root file system is passed on as it came, still compressed, and
 * its digest is the one a registry would state.
 */
#include "image/image_int.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <signal.h>

enum tag { TAG_ROOTFS = 1, TAG_MEMBER, TAG_DATA, TAG_MEMBER_END, TAG_DONE };
enum { HEAD = 9 };

/* --- the worker ----------------------------------------------------------------------------- */

struct job {
	int in, out;
	bool seekable;
	enum pl_expect as;
	_Atomic uint64_t *progress;
};

static int frame(int fd, enum tag tag, struct pl_str payload, struct pl_err *err)
{
	uint8_t head[HEAD] = {(uint8_t)tag};
	int rc;

	for (unsigned i = 0; i < 8; i++)
		head[1 + i] = (uint8_t)((uint64_t)payload.len >> (8 * i));
	rc = pl_write_fd(fd, pl_str_n(head, HEAD), err);
	return rc < 0 ? rc : pl_write_fd(fd, payload, err);
}

static int send_rootfs(const struct job *j, struct pl_stream *raw, struct pl_err *err)
{
	struct pl_str piece;
	int rc = frame(j->out, TAG_ROOTFS, PL_STR(""), err);

	while (rc == 0) {
		rc = pl_stream_peek(raw, 1, &piece, err);
		if (rc < 0 || piece.len == 0)
			break;
		rc = frame(j->out, TAG_DATA, piece, err);
		pl_stream_skip(raw, piece.len);
	}
	return rc < 0 ? rc : frame(j->out, TAG_DONE, PL_STR(""), err);
}

static int send_member(const struct job *j, struct pl_tar *t, const struct pl_tar_entry *e,
		       struct pl_err *err)
{
	struct pl_str piece;
	pl_auto_buf head = {0};
	int rc;

	pl_buf_init(&head, PL_MiB(8));
	pl_archive_put_member(&head, e);
	if (head.failed)
		return pl_fail(err, PL_E_LIMIT, "the name of a member is too long");
	rc = frame(j->out, TAG_MEMBER, pl_buf_view(&head), err);
	while (rc == 0 && (rc = pl_tar_data(t, &piece, err)) > 0)
		rc = frame(j->out, TAG_DATA, piece, err);
	return rc < 0 ? rc : frame(j->out, TAG_MEMBER_END, PL_STR(""), err);
}

/* Damage of the archive ends the walk and is told; an error here is one of the pipe. */
static int send_members(const struct job *j, struct pl_stream *s, struct pl_err *err)
{
	struct pl_tar *t = pl_tar_open(s);
	struct pl_err damage = {0};
	struct pl_tar_entry e;
	uint64_t n = 0;
	int rc;

	while ((rc = pl_tar_next(t, &e, &damage)) > 0) {
		if (++n > pl_limit(PL_LIM_ARCHIVE_ENTRIES))
			rc = pl_fail_limit(&damage, PL_LIM_ARCHIVE_ENTRIES, "the archive");
		else
			rc = send_member(j, t, &e, &damage);
		if (rc < 0)
			break;
	}
	pl_tar_close(t);
	return frame(j->out, TAG_DONE, rc < 0 ? pl_str_c(damage.text) : PL_STR(""), err);
}

/* The names at the head, decoded from what a peek shows. */
static int judge(struct pl_stream *raw, enum pl_codec codec, enum pl_head *head, struct pl_err *err)
{
	struct pl_str view, plain;
	struct pl_stream *mem;
	pl_auto_stream *s = NULL;
	int rc = pl_stream_peek(raw, PL_PEEK_MAX, &view, err);

	if (rc < 0)
		return rc;
	mem = pl_stream_open_mem(view);
	s = pl_stream_open_codec(&mem, codec);
	*head = PL_HEAD_UNKNOWN;
	/* the cut makes the decoder fail at last; what it gave before is enough */
	if (pl_stream_peek(s, 512, &plain, NULL) == 0)
		*head = pl_archive_head(plain);
	if (*head != PL_HEAD_UNKNOWN)
		return 0;
	/* bzip2 decodes nothing before a whole block, which is longer than a peek */
	if (codec != PL_CODEC_NONE)
		return pl_fail(err, PL_E_UNSUPPORTED,
			       "the head of this %s stream does not tell what it is; say "
			       "docker-archive:-, oci-archive:- or tar:-",
			       pl_codec_name(codec));
	view = pl_str_trim(view);
	if (view.len && (view.ptr[0] == '{' || view.ptr[0] == '['))
		return pl_fail(err, PL_E_USAGE,
			       "JSON, not an image; an inventory is scanned as sbom:FILE");
	return view.len ? pl_fail(err, PL_E_FORMAT, "not an image: no tar archive")
			: pl_fail(err, PL_E_TRUNCATED, "nothing came");
}

static int unpack_job(void *arg, struct pl_buf *out, struct pl_err *err)
{
	const struct job *j = arg;
	struct pl_stream *raw = pl_stream_open_fd(j->in, j->seekable, 0, UINT64_MAX, j->progress);
	enum pl_head head = j->as == PL_EXPECT_ROOTFS ? PL_HEAD_ROOTFS : PL_HEAD_ARCHIVE;
	enum pl_codec codec = PL_CODEC_NONE;
	int rc = pl_stream_codec(raw, &codec, err);

	(void)out;
	if (rc == 0 && j->as == PL_EXPECT_ANY)
		rc = judge(raw, codec, &head, err);
	if (rc == 0 && head != PL_HEAD_ARCHIVE) {
		rc = send_rootfs(j, raw, err);
	} else if (rc == 0) {
		raw = pl_stream_open_codec(&raw, codec);
		rc = send_members(j, raw, err);
	}
	pl_stream_close(raw);
	return rc;
}

/* --- the parent ----------------------------------------------------------------------------- */

enum fate { FATE_NONE, FATE_UNDECIDED, FATE_KEEP, FATE_PASS, FATE_DROP };

struct receiver {
	struct pl_open *o;
	struct pl_member member; /* the current one, its strings in `names` */
	struct pl_buf names, kept;
	enum fate fate;
	uint64_t seen, kept_total;
	int sink; /* of the hook, -1 when it lets pass or has gone away */
	EVP_MD_CTX *sha;
	bool rootfs, done;
};

/* Kept documents together may be this many times json-bytes. */
enum { KEPT_TIMES = 4 };

static int begin_pass(struct receiver *r, struct pl_err *err)
{
	const struct pl_stream_hooks *h = r->o->hooks;
	int fd = -1;

	r->fate = FATE_PASS;
	EVP_DigestInit_ex(r->sha, EVP_sha256(), NULL);
	if (h && h->layer)
		fd = h->layer(h->arg, r->member.name, r->member.size, err);
	r->sink = fd < -1 ? -1 : fd;
	return fd < -1 ? fd : 0;
}

static int decide(struct receiver *r, struct pl_str first, struct pl_err *err)
{
	uint64_t max = pl_limit(PL_LIM_JSON_BYTES);
	bool json = first.ptr[0] == '{' || first.ptr[0] == '[';

	if (!r->rootfs && json && r->member.size <= max &&
	    r->kept_total + r->member.size <= max * KEPT_TIMES) {
		r->fate = FATE_KEEP;
		pl_buf_reset(&r->kept);
		return 0;
	}
	/* the old layout has one beside each layer */
	if (!r->rootfs && pl_str_eq_c(pl_path_base(r->member.name), "VERSION") &&
	    r->member.size < 16) {
		r->fate = FATE_DROP;
		return 0;
	}
	return begin_pass(r, err);
}

static int on_data(struct receiver *r, struct pl_str piece, struct pl_err *err)
{
	int rc = r->fate == FATE_UNDECIDED ? decide(r, piece, err) : 0;

	if (rc < 0)
		return rc;
	r->seen += piece.len;
	if (r->fate == FATE_KEEP)
		pl_buf_str(&r->kept, piece);
	if (r->fate != FATE_PASS)
		return 0;
	EVP_DigestUpdate(r->sha, piece.ptr, piece.len);
	/* a reader that has gone knows why; the rest passes */
	if (r->sink >= 0 && pl_write_fd(r->sink, piece, NULL) < 0)
		r->sink = -1;
	return 0;
}

static int on_member_end(struct receiver *r, struct pl_err *err)
{
	const struct pl_stream_hooks *h = r->o->hooks;
	struct pl_member *m = &r->member;
	int rc = 0;

	if (r->fate == FATE_KEEP || r->fate == FATE_UNDECIDED) {
		m->kind = PL_MEMBER_MEMORY;
		m->bytes = r->fate == FATE_KEEP ? pl_buf_view(&r->kept) : PL_STR("");
		r->kept_total += m->bytes.len;
	} else if (r->fate == FATE_PASS) {
		m->kind = PL_MEMBER_PASSED;
		m->size = r->seen;
		EVP_DigestFinal_ex(r->sha, m->sha256, NULL);
		if (h && h->layer_end)
			rc = h->layer_end(h->arg, m->name, m->sha256, err);
		r->sink = -1;
	}
	r->fate = FATE_NONE;
	return rc < 0 ? rc : pl_members_add(&r->o->members, m, err);
}

static int on_member(struct receiver *r, struct pl_str payload, struct pl_err *err)
{
	struct pl_rd rd;

	pl_buf_reset(&r->names);
	pl_buf_str(&r->names, payload);
	rd = pl_rd_init(pl_buf_view(&r->names));
	r->member = (struct pl_member){0};
	pl_archive_get_member(&rd, &r->member);
	if (rd.bad)
		return pl_fail(err, PL_E_WORKER, "the answer of the worker is damaged");
	r->seen = 0;
	r->fate = r->member.kind == PL_MEMBER_RANGE ? FATE_UNDECIDED : FATE_DROP;
	return 0;
}

static int on_rootfs(struct receiver *r)
{
	r->rootfs = true;
	r->member = (struct pl_member){.name = PL_STR(""), .size = UINT64_MAX};
	r->fate = FATE_UNDECIDED;
	return 0;
}

static int on_done(struct receiver *r, struct pl_str damage, struct pl_err *err)
{
	r->done = true;
	if (damage.len)
		pl_open_damaged(r->o, damage);
	/* what had begun to pass is a layer that ends too early: its reader will say so */
	return r->rootfs || r->fate == FATE_PASS ? on_member_end(r, err) : 0;
}

static int take_small(struct pl_stream *s, uint64_t len, struct pl_buf *buf, struct pl_err *err)
{
	pl_buf_reset(buf);
	while (buf->len < len) {
		struct pl_str v;
		int rc = pl_stream_peek(s, 1, &v, err);

		if (rc < 0)
			return rc;
		if (v.len == 0)
			return pl_fail(err, PL_E_WORKER, "the answer of the worker ends early");
		v = pl_str_sub(v, 0, (size_t)(len - buf->len));
		pl_buf_str(buf, v);
		if (buf->failed)
			return pl_fail(err, PL_E_WORKER, "the answer of the worker is damaged");
		pl_stream_skip(s, v.len);
	}
	return 0;
}

static int take_data(struct receiver *r, struct pl_stream *s, uint64_t len, struct pl_err *err)
{
	while (len) {
		struct pl_str v;
		int rc = pl_stream_peek(s, 1, &v, err);

		if (rc < 0)
			return rc;
		if (v.len == 0)
			return pl_fail(err, PL_E_WORKER, "the answer of the worker ends early");
		v = pl_str_sub(v, 0, len < v.len ? (size_t)len : v.len);
		rc = on_data(r, v, err);
		if (rc < 0)
			return rc;
		pl_stream_skip(s, v.len);
		len -= v.len;
	}
	return 0;
}

static int on_frame(struct receiver *r, struct pl_stream *s, uint8_t tag, uint64_t len,
		    struct pl_buf *buf, struct pl_err *err)
{
	int rc;

	if (tag == TAG_DATA)
		return take_data(r, s, len, err);
	rc = take_small(s, len, buf, err);
	if (rc < 0)
		return rc;
	switch (tag) {
	case TAG_ROOTFS:
		return on_rootfs(r);
	case TAG_MEMBER:
		return on_member(r, pl_buf_view(buf), err);
	case TAG_MEMBER_END:
		return on_member_end(r, err);
	case TAG_DONE:
		return on_done(r, pl_buf_view(buf), err);
	default:
		return pl_fail(err, PL_E_WORKER, "the answer of the worker is damaged");
	}
}

/* Frames until the last one; 0 without `done` when the pipe ends before. */
static int receive(struct receiver *r, int fd, struct pl_err *err)
{
	pl_auto_stream *s = pl_stream_open_fd(fd, false, 0, UINT64_MAX, NULL);
	pl_auto_buf buf = {0};
	int rc = 0;

	pl_buf_init(&buf, PL_MiB(8));
	while (rc == 0 && !r->done) {
		struct pl_str head;
		struct pl_rd rd;
		uint8_t tag;

		rc = pl_stream_peek(s, HEAD, &head, err);
		if (rc < 0 || head.len < HEAD)
			break;
		rd = pl_rd_init(pl_str_sub(head, 0, HEAD));
		tag = pl_rd_u8(&rd);
		pl_stream_skip(s, HEAD);
		rc = on_frame(r, s, tag, pl_rd_le64(&rd), &buf, err);
	}
	return rc;
}

/* Writing into the pipe of a worker that has died must not kill the scan. */
static int receive_quietly(struct receiver *r, int fd, struct pl_err *err)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	int rc;

	sigaction(SIGPIPE, &ignore, &before);
	rc = receive(r, fd, err);
	sigaction(SIGPIPE, &before, NULL);
	return rc;
}

static int finish(struct pl_open *o, struct pl_worker *w, bool done, int rc, struct pl_err *err)
{
	struct pl_err died = {0};
	struct pl_str answer;

	/* an error of the worker explains a pipe that ended */
	if (!done && (rc == 0 || rc == -PL_E_WORKER)) {
		while (!pl_worker_done(w))
			pl_workers_wait(&w, 1, -1);
		rc = pl_worker_result(w, &answer, &died);
		if (rc == 0)
			rc = pl_fail(&died, PL_E_WORKER, "the worker said nothing");
		if (err)
			*err = died;
	}
	pl_worker_free(w);
	return rc < 0 ? pl_wrap(err, "%.*s", PL_FMT(o->file)) : 0;
}

static int run(struct pl_open *o, struct job *j, int from, struct receiver *r, struct pl_err *err)
{
	const int keep[] = {j->in, j->out};
	struct pl_worker_spec spec = {.name = "the archive reader",
				      .run = unpack_job,
				      .arg = j,
				      .keep = keep,
				      .keep_len = 2,
				      .progress = j->progress};
	struct pl_worker *w = NULL;
	int rc = pl_worker_start(&spec, &w, err);

	close(j->out);
	if (rc < 0)
		return rc;
	rc = receive_quietly(r, from, err);
	return finish(o, w, r->done, rc, err);
}

int pl_unpack(struct pl_open *o, enum pl_expect as, bool *rootfs, struct pl_err *err)
{
	struct receiver r = {.o = o, .sink = -1};
	struct job j = {.in = o->fd, .as = as};
	int fds[2], rc;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return pl_fail_errno(err, "pipe");
	fcntl(fds[1], F_SETPIPE_SZ, 1 << 20);
	j.out = fds[1];
	j.seekable = lseek(o->fd, 0, SEEK_CUR) == 0;
	j.progress = pl_progress_new();
	r.sha = EVP_MD_CTX_new();
	pl_buf_init(&r.names, PL_MiB(8));
	pl_buf_init(&r.kept, (size_t)pl_limit(PL_LIM_JSON_BYTES));
	rc = run(o, &j, fds[0], &r, err);
	close(fds[0]);
	pl_progress_free(j.progress);
	EVP_MD_CTX_free(r.sha);
	pl_buf_release(&r.names);
	pl_buf_release(&r.kept);
	if (rc == 0)
		*rootfs = r.rootfs;
	return rc;
}
