/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of an image by name, wherever they are: files of a directory, ranges of an archive,
 * bytes that were kept, bytes that have passed. And what every transport does with a configuration.
 */
#include "image/image_int.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define SHORT(s) (int)((s).len > 200 ? 200 : (s).len), (s).ptr ? (s).ptr : ""

struct pl_str pl_open_where(const struct pl_open *o, struct pl_str member)
{
	if (member.len == 0)
		return o->file;
	return pl_arena_fmt(o->arena, "%.*s%s%.*s", PL_FMT(o->file), o->is_dir ? "/" : ": ",
			    PL_FMT(member));
}

void pl_open_damaged(struct pl_open *o, struct pl_str what)
{
	o->damage = pl_arena_str(o->arena, what);
	pl_diag_add(o->diags, PL_W_FATAL, "archive-damaged", o->file, what,
		    PL_STR("what stands before the damage was read; save the image again"));
}

/* --- files of a layout directory ------------------------------------------------------------ */

/* A file below the directory that no link leads out of; only regular files count. */
static int open_beneath(const struct pl_open *o, const char *name)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	int fd = (int)syscall(SYS_openat2, o->fd, name, &how, sizeof(how));
	struct stat st;

	/* before Linux 5.6: no links at all in the last component */
	if (fd < 0 && errno == ENOSYS)
		fd = openat(o->fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

/* A layout of many images needs more descriptors than the usual soft limit. */
static bool more_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0 || r.rlim_cur >= r.rlim_max)
		return false;
	r.rlim_cur = r.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &r) == 0;
}

/* Images share blobs: each file is opened once. -1 with errno. */
static int blob_file(struct pl_open *o, struct pl_str name)
{
	struct pl_source_priv *p = o->source->priv;
	pl_auto_free char *c = pl_xstrdup(name);
	int fd;

	for (size_t i = 0; i < p->opened.len; i++)
		if (pl_str_eq(p->opened.at[i], name))
			return p->opened_fds.at[i];
	fd = open_beneath(o, c);
	if (fd < 0 && errno == EMFILE && more_descriptors())
		fd = open_beneath(o, c);
	if (fd < 0)
		return -1;
	pl_vec_push(&p->opened, pl_arena_str(o->arena, name));
	pl_vec_push(&p->opened_fds, fd);
	return pl_own_fd(o, fd);
}

/* --- small documents ------------------------------------------------------------------------ */

static int read_range(int fd, uint64_t offset, uint64_t size, struct pl_buf *out,
		      struct pl_err *err)
{
	pl_auto_stream *s = pl_stream_open_fd(fd, true, offset, size, NULL);
	struct pl_str piece;
	int rc;

	while ((rc = pl_stream_peek(s, 1, &piece, err)) == 0 && piece.len) {
		pl_buf_str(out, piece);
		if (out->failed)
			return pl_fail_limit(err, PL_LIM_JSON_BYTES, "a JSON document");
		pl_stream_skip(s, piece.len);
	}
	return rc;
}

static int read_member(struct pl_open *o, const struct pl_member *m, struct pl_buf *out,
		       struct pl_err *err)
{
	switch (m->kind) {
	case PL_MEMBER_RANGE:
		return read_range(o->fd, m->offset, m->size, out, err);
	case PL_MEMBER_MEMORY:
		pl_buf_str(out, m->bytes);
		return 0;
	case PL_MEMBER_PASSED:
		return pl_fail(err, PL_E_FORMAT, "no JSON document, or over the limit json-bytes");
	default:
		return pl_fail(err, PL_E_FORMAT, "no regular file in the archive");
	}
}

int pl_open_read(struct pl_open *o, struct pl_str name, struct pl_buf *out, struct pl_err *err)
{
	struct pl_str where = pl_open_where(o, name);
	const struct pl_member *m;
	int fd, rc;

	if (o->is_dir) {
		fd = blob_file(o, name);
		if (fd < 0 && errno == ENOENT)
			return pl_fail(err, PL_E_NOT_FOUND, "%.*s: no such file", SHORT(where));
		if (fd < 0)
			return pl_fail_errno(err, "%.*s", SHORT(where));
		rc = read_range(fd, 0, UINT64_MAX, out, err);
	} else {
		m = pl_members_find(&o->members, name);
		if (!m)
			return pl_fail(err, PL_E_NOT_FOUND, "%.*s: no such member of the archive",
				       SHORT(where));
		rc = read_member(o, m, out, err);
	}
	return rc < 0 ? pl_wrap(err, "%.*s", SHORT(where)) : 0;
}

struct parse {
	pl_to_wire_fn *fn;
	struct pl_str json;
};

static int parse_job(void *arg, struct pl_buf *out, struct pl_err *err)
{
	const struct parse *p = arg;

	return p->fn(p->json, out, err);
}

int pl_open_parse(struct pl_open *o, struct pl_str name, struct pl_str json, pl_to_wire_fn *fn,
		  struct pl_buf *answer, struct pl_err *err)
{
	struct parse p = {fn, json};
	struct pl_worker_spec spec = {.name = "the JSON reader", .run = parse_job, .arg = &p};
	struct pl_str where = pl_open_where(o, name);
	int rc = pl_sandbox_call(&spec, answer, err);

	return rc < 0 ? pl_wrap(err, "%.*s", SHORT(where)) : 0;
}

void pl_open_verify(struct pl_open *o, struct pl_str name, const struct pl_digest *want,
		    const struct pl_digest *got)
{
	struct pl_str w, g;

	if (!want->known || !memcmp(want->sha256, got->sha256, sizeof(got->sha256)))
		return;
	w = pl_digest_text(o->arena, want);
	g = pl_digest_text(o->arena, got);
	pl_diag_add(o->diags, PL_W_FATAL, "digest-mismatch", pl_open_where(o, name),
		    pl_arena_fmt(o->arena, "its digest is %.*s, the image says %.*s", PL_FMT(g),
				 PL_FMT(w)),
		    PL_STR("the image was changed or damaged on its way; get it again"));
}

/* --- layers --------------------------------------------------------------------------------- */

static void layer_missing(struct pl_open *o, struct pl_str name, struct pl_layer *l,
			  const char *why)
{
	char where[600];

	l->missing = pl_arena_fmt(o->arena, "%.*s: %s", PL_FMT(pl_open_where(o, name)), why);
	snprintf(where, sizeof(where), "layer %u: %.*s", l->index, SHORT(name));
	pl_diag_add(o->diags, PL_W_FAILED, "layer-missing", pl_str_c(where), l->missing,
		    PL_STR("what this layer holds is unknown; get the whole image"));
}

/* What was kept because it began like JSON is served from memory when the manifest calls it a
 * layer. */
static int memory_file(struct pl_open *o, struct pl_str bytes)
{
	int fd = memfd_create("layer", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (pl_write_fd(fd, bytes, NULL) < 0) {
		close(fd);
		return -1;
	}
	return pl_own_fd(o, fd);
}

static void layer_of_member(struct pl_open *o, const struct pl_member *m, struct pl_str name,
			    struct pl_layer *l)
{
	struct pl_source_priv *p = o->source->priv;

	l->size = m->size;
	switch (m->kind) {
	case PL_MEMBER_RANGE:
		l->fd = o->fd;
		l->offset = m->offset;
		/* an archive that was cut: what is there can still be read */
		if (m->offset + m->size > o->file_size)
			l->size = m->offset < o->file_size ? o->file_size - m->offset : 0;
		return;
	case PL_MEMBER_MEMORY:
		l->fd = memory_file(o, m->bytes);
		if (l->fd < 0)
			layer_missing(o, name, l, "no memory file for it");
		return;
	case PL_MEMBER_PASSED:
		l->streamed = true;
		l->offset = p->members.len;
		pl_vec_push(&p->members, m->name);
		return;
	default:
		layer_missing(o, name, l, "no regular file in the archive");
	}
}

void pl_open_layer(struct pl_open *o, struct pl_str name, struct pl_layer *l)
{
	const struct pl_member *m;
	struct stat st;

	l->fd = -1;
	if (!o->is_dir) {
		m = pl_members_find(&o->members, name);
		if (m)
			layer_of_member(o, m, name, l);
		else
			layer_missing(o, name, l, "no such member of the archive");
		return;
	}
	l->fd = blob_file(o, name);
	if (l->fd < 0)
		layer_missing(o, name, l, errno == ENOENT ? "no such file" : strerror(errno));
	else if (fstat(l->fd, &st) == 0)
		l->size = (uint64_t)st.st_size;
}

/* --- the configuration ---------------------------------------------------------------------- */

static void apply_diff_ids(struct pl_open *o, struct pl_str where, const struct pl_config_doc *doc,
			   struct pl_image *img)
{
	if (doc->diff_ids.len != img->layers.len) {
		pl_diag_fmt(
			o->diags, PL_W_FAILED, "diff-ids", where,
			"names %zu layers, the manifest %zu: what was unpacked cannot be verified",
			doc->diff_ids.len, img->layers.len);
		return;
	}
	for (size_t i = 0; i < img->layers.len; i++) {
		struct pl_err err = {0};

		if (pl_digest_parse(doc->diff_ids.at[i], &img->layers.at[i].diff_id, &err) < 0)
			pl_diag_fmt(o->diags, PL_W_FAILED, "diff-ids", where, "layer %zu: %s", i,
				    err.text);
	}
}

static void apply_history(struct pl_open *o, struct pl_str where, const struct pl_config_doc *doc,
			  struct pl_image *img)
{
	size_t n = 0, at = 0;

	for (size_t i = 0; i < doc->history.len; i++)
		n += !doc->history.at[i].empty_layer;
	if (n != img->layers.len) {
		if (doc->history.len)
			pl_diag_fmt(o->diags, PL_W_WARN, "history", where,
				    "the history tells of %zu layers, the manifest of %zu: "
				    "instructions "
				    "are not shown",
				    n, img->layers.len);
		return;
	}
	for (size_t i = 0; i < doc->history.len; i++)
		if (!doc->history.at[i].empty_layer)
			img->layers.at[at++].created_by = doc->history.at[i].created_by;
}

void pl_open_apply_config(struct pl_open *o, struct pl_str name, const struct pl_config_doc *doc,
			  struct pl_image *img)
{
	struct pl_str where = pl_open_where(o, name);

	img->config = doc->config;
	img->platform = pl_platform_make(o->arena, doc->config.os, doc->config.architecture,
					 doc->config.variant);
	apply_diff_ids(o, where, doc, img);
	apply_history(o, where, doc, img);
}

bool pl_open_config(struct pl_open *o, struct pl_str name, const struct pl_digest *want,
		    struct pl_image *img, struct pl_digest *got)
{
	struct pl_config_doc doc;
	struct pl_err err = {0};
	pl_auto_buf json = {0};
	pl_auto_buf answer = {0};
	int rc;

	pl_buf_init(&json, (size_t)pl_limit(PL_LIM_JSON_BYTES));
	pl_buf_init(&answer, (size_t)pl_limit(PL_LIM_FACTS_BYTES));
	*got = (struct pl_digest){0};
	rc = pl_open_read(o, name, &json, &err);
	if (rc == 0) {
		got->known = true;
		pl_sha256(pl_buf_view(&json), got->sha256);
		if (want)
			pl_open_verify(o, name, want, got);
		rc = pl_open_parse(o, name, pl_buf_view(&json), pl_config_to_wire, &answer, &err);
	}
	if (rc == 0)
		rc = pl_config_read(pl_buf_view(&answer), o->arena, &doc, &err);
	if (rc == 0) {
		pl_open_apply_config(o, name, &doc, img);
		return true;
	}
	pl_diag_add(o->diags, PL_W_FATAL, "config-unreadable", pl_open_where(o, name),
		    pl_str_c(err.text),
		    PL_STR("user, environment and diff ids of the image are unknown"));
	return false;
}

bool pl_tag_fits(struct pl_str tag, struct pl_str name)
{
	struct pl_str base = pl_path_base(name);
	ptrdiff_t colon = pl_str_chr(base, ':');

	return pl_str_eq(tag, name) || pl_str_eq(tag, base) ||
	       (colon >= 0 && pl_str_eq(tag, pl_str_sub(base, (size_t)colon + 1, base.len))) ||
	       (name.len > tag.len && pl_str_ends(name, tag) &&
		name.ptr[name.len - tag.len - 1] == '/');
}
