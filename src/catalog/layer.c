/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker of one layer: one pass over its bytes, decoded in a thread beside, hashed twice (as
 * stored and as decoded), untarred, and every file that a cataloger asks for read whole.
 */
#include "catalog/facts.h"

#include <stdio.h>

static const struct pl_cataloger *const table[] = {
#define X(name) &pl_cataloger_##name,
	PL_CATALOGERS(X)
#undef X
};
enum { CATALOGERS = sizeof(table) / sizeof(table[0]), ELF_HEAD = 64 };

const struct pl_cataloger *const *pl_catalogers(size_t *n)
{
	*n = CATALOGERS;
	return table;
}

struct walk {
	struct pl_tar *tar;
	struct pl_facts_writer w;
	uint64_t entries;
	struct pl_buf path, link, content;
};

/* Accounts are small; a larger file is no account file that a libc would read either. */
static bool is_text(struct pl_str path, uint64_t size)
{
	return size <= PL_MiB(4) &&
	       (pl_str_eq_c(path, "etc/passwd") || pl_str_eq_c(path, "etc/group"));
}

static size_t wanted(struct pl_str path, const struct pl_cataloger **out)
{
	size_t n = 0;

	for (size_t i = 0; i < CATALOGERS; i++)
		for (const char *const *g = table[i]->globs; g && *g; g++)
			if (pl_glob(pl_str_c(*g), path)) {
				out[n++] = table[i];
				break;
			}
	return n;
}

static void run_cataloger(struct walk *k, const struct pl_cataloger *c, const struct pl_cat_file *f)
{
	struct pl_err err = {0};

	if (c->read(&k->w, f, &err) < 0)
		pl_fact_diag(&k->w, PL_W_FAILED, "file-lost", "%s: %s", c->name, err.text);
}

/* Reads the whole content up to the largest limit of those who want it. */
static int read_content(struct walk *k, const struct pl_cataloger *const *by, size_t n,
			const struct pl_tar_entry *e, bool *whole, struct pl_err *err)
{
	uint64_t max = PL_MiB(4);
	struct pl_str piece;
	int rc;

	for (size_t i = 0; i < n; i++)
		max = pl_limit(by[i]->max) > max ? pl_limit(by[i]->max) : max;
	*whole = e->size <= max && !e->sparse;
	k->content.len = 0;
	k->content.failed = false;
	k->content.max = (size_t)max;
	if (!*whole)
		return 0;
	while ((rc = pl_tar_data(k->tar, &piece, err)) > 0)
		pl_buf_str(&k->content, piece);
	return rc;
}

static int catalog_file(struct walk *k, struct pl_str path, const struct pl_cataloger *const *by,
			size_t n, const struct pl_tar_entry *e, struct pl_err *err)
{
	struct pl_cat_file f = {.path = path, .size = e->size, .mode = e->mode};
	bool whole;
	int rc = read_content(k, by, n, e, &whole, err);

	if (rc < 0)
		return rc;
	f.bytes = pl_buf_view(&k->content);
	for (size_t i = 0; i < n; i++) {
		if (whole && e->size <= pl_limit(by[i]->max))
			run_cataloger(k, by[i], &f);
		else
			pl_fact_diag(&k->w, PL_W_FAILED, "file-not-read",
				     e->sparse ? "a sparse file of %llu bytes (limit %s)"
					       : "%llu bytes, over the limit %s",
				     (unsigned long long)e->size, pl_limit_row(by[i]->max)->name);
	}
	if (whole && is_text(path, e->size))
		pl_facts_text(&k->w, f.bytes);
	return 0;
}

/* Executables pass by in pieces: only what matters of them is kept. */
static int catalog_elf(struct walk *k, struct pl_str path, const struct pl_tar_entry *e,
		       struct pl_err *err)
{
	struct pl_cat_file f = {.path = path, .size = e->size, .mode = e->mode};
	struct pl_str piece;
	int rc = 1;

	k->content.len = 0;
	k->content.failed = false;
	k->content.max = PL_MiB(4);
	while (k->content.len < ELF_HEAD && (rc = pl_tar_data(k->tar, &piece, err)) > 0) {
		pl_buf_str(&k->content, piece);
		if (k->content.len >= 4 && memcmp(k->content.ptr, "\177ELF", 4) != 0)
			return 0;
	}
	if (rc < 0 || k->content.len < ELF_HEAD)
		return rc;
	f.elf = pl_capture_new(pl_buf_view(&k->content), e->size);
	if (!f.elf)
		return 0;
	pl_capture_add(f.elf, pl_buf_view(&k->content));
	while ((rc = pl_tar_data(k->tar, &piece, err)) > 0)
		pl_capture_add(f.elf, piece);
	for (size_t i = 0; rc == 0 && i < CATALOGERS; i++)
		if (table[i]->elf)
			run_cataloger(k, table[i], &f);
	pl_capture_free(f.elf);
	return rc;
}

static struct pl_str clean(struct pl_buf *b, struct pl_str raw, unsigned *flags)
{
	char *at;

	pl_buf_reset(b);
	at = pl_buf_reserve(b, raw.len + 1);
	if (!at)
		return (struct pl_str){0};
	return pl_str_n(at, pl_path_clean(raw, at, flags));
}

static void tell_odd(struct walk *k, const struct pl_tar_entry *e, unsigned flags)
{
	if (e->odd)
		pl_fact_diag(&k->w, PL_W_NOTE, "tar-odd", "%s", e->odd);
	if (flags & (PL_PATH_DOTDOT | PL_PATH_NUL))
		pl_fact_diag(&k->w, PL_W_WARN, "path-odd", "its name in the archive, \"%.*s\", %s",
			     (int)(e->path.len > 200 ? 200 : e->path.len), e->path.ptr,
			     flags & PL_PATH_ESCAPES  ? "leads out of the root"
			     : flags & PL_PATH_DOTDOT ? "has \"..\" in it"
						      : "has a NUL in it");
}

static int add_entry(struct walk *k, const struct pl_tar_entry *e, struct pl_err *err)
{
	const struct pl_cataloger *by[CATALOGERS];
	unsigned flags = 0, link_flags = 0;
	struct pl_str path = clean(&k->path, e->path, &flags), link = e->link;
	size_t n;

	if (path.len == 0) /* the root itself */
		return 0;
	if (path.len > pl_limit(PL_LIM_PATH_BYTES)) {
		pl_facts_layer_diag(&k->w, PL_W_FAILED, "path-too-long",
				    PL_STR("an entry has a name over the limit path-bytes"));
		return 0;
	}
	if (k->entries >= pl_limit(PL_LIM_LAYER_ENTRIES))
		return pl_fail_limit(err, PL_LIM_LAYER_ENTRIES, "entries of the layer");
	if (e->type == PL_FT_HARDLINK)
		link = clean(&k->link, e->link, &link_flags);
	/* no file has such a name: the link leads nowhere, as one to "" does */
	if (e->type == PL_FT_HARDLINK && link.len > pl_limit(PL_LIM_PATH_BYTES))
		link = PL_STR("");
	k->w.entry = k->entries++;
	pl_facts_entry(&k->w, path, pl_str_sub(link, 0, pl_limit(PL_LIM_PATH_BYTES)), e);
	tell_odd(k, e, flags);
	if (e->type != PL_FT_FILE)
		return 0;
	n = wanted(path, by);
	if (n || is_text(path, e->size))
		return catalog_file(k, path, by, n, e, err);
	return e->size >= ELF_HEAD && !e->sparse ? catalog_elf(k, path, e, err) : 0;
}

static int walk_tar(struct walk *k, struct pl_stream *s, struct pl_err *err)
{
	struct pl_tar_entry e;
	int rc;

	k->tar = pl_tar_open(s);
	pl_buf_init(&k->path, PL_MiB(16));
	pl_buf_init(&k->link, PL_MiB(16));
	pl_buf_init(&k->content, PL_MiB(4));
	while ((rc = pl_tar_next(k->tar, &e, err)) > 0) {
		rc = add_entry(k, &e, err);
		if (rc < 0)
			break;
	}
	pl_tar_close(k->tar);
	pl_buf_release(&k->path);
	pl_buf_release(&k->link);
	pl_buf_release(&k->content);
	return rc;
}

/* What follows the archive's end mark counts for the digests. */
static int drain(struct pl_stream *s, struct pl_err *err)
{
	struct pl_str piece;
	int rc;

	while ((rc = pl_stream_peek(s, 1, &piece, err)) == 0 && piece.len)
		pl_stream_skip(s, piece.len);
	return rc;
}

static int digests(struct pl_stream *top, struct pl_stream *diff, struct pl_stream *blob,
		   struct pl_facts_end *end, struct pl_err *err)
{
	int rc = drain(top, err);

	if (rc == 0 && diff)
		rc = pl_stream_sha256(diff, end->diff_id.sha256, err);
	if (rc == 0)
		rc = pl_stream_sha256(blob, end->blob.sha256, err);
	if (rc < 0)
		return rc;
	if (!diff)
		end->diff_id = end->blob;
	end->diff_id.known = end->blob.known = true;
	return 0;
}

int pl_layer_run(void *arg, struct pl_buf *out, struct pl_err *err)
{
	const struct pl_layer_job *j = arg;
	struct pl_stream *blob, *diff = NULL, *s;
	struct pl_facts_end end = {0};
	struct walk k = {0};
	struct pl_err bad = {0};
	int rc;

	(void)err;
	pl_facts_begin(&k.w, out);
	s = pl_stream_open_fd(j->fd, j->seekable, j->offset, j->size, j->progress);
	rc = pl_stream_codec(s, &end.codec, &bad);
	s = blob = pl_stream_open_sha256(&s);
	if (rc == 0) {
		s = pl_stream_open_codec(&s, end.codec);
		s = pl_stream_open_thread(&s);
		if (end.codec != PL_CODEC_NONE)
			s = diff = pl_stream_open_sha256(&s);
		rc = walk_tar(&k, s, &bad);
		end.expanded = pl_stream_offset(s);
	}
	if (rc < 0) {
		pl_facts_layer_diag(&k.w, PL_W_FATAL, "layer-damaged", pl_str_c(bad.text));
		rc = 0;
	}
	if (digests(s, diff, blob, &end, &bad) == 0) {
		end.size = pl_stream_offset(blob);
		end.expanded = pl_stream_offset(s);
	} else {
		pl_facts_layer_diag(&k.w, PL_W_FATAL, "layer-damaged", pl_str_c(bad.text));
	}
	pl_facts_finish(&k.w, &end);
	pl_stream_close(s);
	return rc;
}
