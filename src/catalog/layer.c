/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker of one layer: one pass over its bytes, decoded in a thread beside, hashed twice (as
 * stored and as decoded), untarred, and every file that a cataloger asks for read whole.
 */
#include "catalog/facts.h"
#include "catalog/globs.h"
#include "catalog/held.h"

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

/* One regular file and who wants it. */
struct intake {
	struct pl_cat_file f;
	bool sparse, text;
	struct {
		const struct pl_cataloger *row;
		struct pl_str root;
		bool sniffed;
	} whole[CATALOGERS];
	struct {
		const struct pl_cataloger *row;
		void *state;
	} streams[CATALOGERS];
	size_t n_whole, n_streams;
	uint64_t max; /* the largest limit of those who want it whole */
};

struct walk {
	const struct pl_layer_job *job;
	struct pl_tar *tar;
	struct pl_facts_writer w;
	uint64_t entries;
	struct pl_buf path, link, content;
	struct intake now; /* large, and most of it unused: made anew by its counts only */
	struct pl_globs *globs;
	struct pl_held held;
	const struct pl_cataloger *content_rows[CATALOGERS], *elf_rows[CATALOGERS];
	size_t n_content, n_elf;
};

/* Accounts are small; a larger file is no account file that a libc would read either. */
static bool is_text(struct pl_str path, uint64_t size)
{
	return size <= PL_MiB(4) &&
	       (pl_str_eq_c(path, "etc/passwd") || pl_str_eq_c(path, "etc/group"));
}

static bool is_asked(const struct walk *k, const struct pl_cataloger *c)
{
	if (k->job->only && strcmp(k->job->only, c->name) != 0)
		return false;
	if (k->job->only)
		return true;
	return (!c->declared || k->job->declared) && (!c->licenses || k->job->licenses);
}

/* Finds out once who is to be asked by what. */
static void gather_rows(struct walk *k)
{
	struct pl_globs_row rows[CATALOGERS] = {0};

	for (size_t i = 0; i < CATALOGERS; i++) {
		const struct pl_cataloger *c = table[i];

		if (!is_asked(k, c))
			continue;
		rows[i] = (struct pl_globs_row){c->globs, c->rooted};
		if (c->sniff || c->stream)
			k->content_rows[k->n_content++] = c;
		if (c->elf)
			k->elf_rows[k->n_elf++] = c;
	}
	k->globs = pl_globs_new(rows, CATALOGERS);
}

static void want_whole(struct intake *t, const struct pl_cataloger *c, struct pl_str root,
		       bool sniffed)
{
	uint64_t max = pl_limit(c->max);

	t->whole[t->n_whole].row = c;
	t->whole[t->n_whole].root = root;
	t->whole[t->n_whole++].sniffed = sniffed;
	t->max = max > t->max ? max : t->max;
}

static void choose_by_name(struct walk *k, struct intake *t)
{
	struct pl_globs_hit hits[CATALOGERS];
	size_t n = pl_globs_ask(k->globs, t->f.path, hits);

	for (size_t i = 0; i < n; i++)
		if (!table[hits[i].row]->dirs)
			want_whole(t, table[hits[i].row], hits[i].root, false);
	t->text = is_text(t->f.path, t->f.size);
	if (t->text && t->max < PL_MiB(4))
		t->max = PL_MiB(4);
}

static bool is_chosen(const struct intake *t, const struct pl_cataloger *c)
{
	for (size_t i = 0; i < t->n_whole; i++)
		if (t->whole[i].row == c)
			return true;
	return false;
}

static void choose_by_content(const struct walk *k, struct intake *t, struct pl_str piece)
{
	struct pl_str head = pl_str_sub(piece, 0, PL_CAT_HEAD);

	for (size_t i = 0; i < k->n_content; i++) {
		const struct pl_cataloger *c = k->content_rows[i];
		void *state;

		if (c->sniff && !is_chosen(t, c) && c->sniff(t->f.path, head))
			want_whole(t, c, PL_STR(""), true);
		state = c->stream ? c->stream->open(t->f.path, head, t->f.size, t->f.mode) : NULL;
		if (state) {
			t->streams[t->n_streams].row = c;
			t->streams[t->n_streams++].state = state;
		}
	}
	if (piece.len >= ELF_HEAD && memcmp(piece.ptr, "\177ELF", 4) == 0)
		t->f.elf = pl_capture_new(piece, t->f.size);
}

static void tell_lost(struct walk *k, const struct pl_cataloger *c, const struct pl_err *err)
{
	pl_fact_diag(&k->w, PL_W_FAILED, "file-lost", "%s: %s", c->name, err->text);
}

static void run_cataloger(struct walk *k, const struct pl_cataloger *c, const struct pl_cat_file *f)
{
	struct pl_err err = {0};

	k->w.root = f->root;
	k->w.evidence = c->evidence;
	if (c->read(&k->w, f, &err) < 0)
		tell_lost(k, c, &err);
}

/* The first bytes of the file in one piece: PL_CAT_HEAD, or all when there are fewer. */
static int read_head(struct walk *k, const struct intake *t, struct pl_str *head,
		     struct pl_err *err)
{
	uint64_t enough = t->f.size < PL_CAT_HEAD ? t->f.size : PL_CAT_HEAD;
	struct pl_str piece;
	int rc = pl_tar_data(k->tar, head, err);

	if (rc <= 0 || head->len >= enough)
		return rc;
	k->content.max = PL_MiB(4);
	pl_buf_str(&k->content, *head);
	while (k->content.len < enough && (rc = pl_tar_data(k->tar, &piece, err)) > 0)
		pl_buf_str(&k->content, piece);
	*head = pl_buf_view(&k->content);
	return rc;
}

static void give(struct walk *k, const struct intake *t, struct pl_str piece, bool keep)
{
	if (keep)
		pl_buf_str(&k->content, piece);
	if (t->f.elf)
		pl_capture_add(t->f.elf, piece);
	for (size_t i = 0; i < t->n_streams; i++)
		t->streams[i].row->stream->feed(t->streams[i].state, piece);
}

/* The rest of the file to all who want it; *whole says whether `content` has all of it. */
static int pass(struct walk *k, struct intake *t, struct pl_str head, bool *whole,
		struct pl_err *err)
{
	bool in_content = k->content.len > 0;
	struct pl_str piece;
	int rc;

	*whole = (t->n_whole || t->text) && t->f.size <= t->max;
	if (!*whole && !t->f.elf && !t->n_streams)
		return 0;
	k->content.max = (size_t)(t->max > PL_MiB(4) ? t->max : PL_MiB(4));
	give(k, t, head, *whole && !in_content);
	while ((rc = pl_tar_data(k->tar, &piece, err)) > 0)
		give(k, t, piece, *whole);
	*whole = *whole && !k->content.failed && k->content.len == t->f.size;
	return rc;
}

static void run_whole(struct walk *k, const struct intake *t, bool whole)
{
	struct pl_cat_file f = t->f;

	f.elf = NULL;
	f.bytes = pl_buf_view(&k->content);
	for (size_t i = 0; i < t->n_whole; i++) {
		const struct pl_cataloger *c = t->whole[i].row;

		f.root = t->whole[i].root;
		k->w.sniffed = t->whole[i].sniffed;
		if (whole && f.size <= pl_limit(c->max) && c->beside && t->n_whole == 1 &&
		    pl_held_take(&k->held, c, &f, k->w.entry, &k->content)) {
			pl_held_last(&k->held)->sniffed = k->w.sniffed;
			k->w.root = PL_STR("");
			k->w.sniffed = false;
			return;
		}
		if (whole && f.size <= pl_limit(c->max))
			run_cataloger(k, c, &f);
		else
			pl_fact_diag(&k->w, t->whole[i].sniffed ? PL_W_WARN : PL_W_FAILED,
				     "file-not-read",
				     t->sparse ? "a sparse file of %llu bytes (limit %s)"
					       : "%llu bytes, over the limit %s",
				     (unsigned long long)f.size, pl_limit_row(c->max)->name);
	}
	k->w.root = PL_STR("");
	k->w.sniffed = false;
	if (whole && t->text)
		pl_facts_text(&k->w, f.bytes);
}

/* Ends what was begun; broken: without reading anything out of it. */
static void run_passed(struct walk *k, struct intake *t, bool broken)
{
	struct pl_err err = {0};

	for (size_t i = 0; t->f.elf && !broken && i < k->n_elf; i++)
		run_cataloger(k, k->elf_rows[i], &t->f);
	if (t->f.elf && !broken)
		pl_facts_program(&k->w, pl_capture_is_dynamic(t->f.elf));
	pl_capture_free(t->f.elf);
	t->f.elf = NULL;
	for (size_t i = 0; i < t->n_streams; i++) {
		const struct pl_cataloger *c = t->streams[i].row;

		k->w.evidence = c->evidence;
		if (c->stream->close(t->streams[i].state, broken ? NULL : &k->w, &t->f, &err) < 0 &&
		    !broken)
			tell_lost(k, c, &err);
	}
}

static void run_held(struct walk *k)
{
	pl_held_pair(&k->held);
	for (size_t i = 0; i < k->held.files.len; i++) {
		const struct pl_held_file *h = &k->held.files.at[i];
		struct pl_cat_file f = {.path = h->path,
					.root = h->root,
					.bytes = pl_buf_view(&h->bytes),
					.beside = pl_held_beside(&k->held, h),
					.size = h->size,
					.mode = h->mode};

		k->w.entry = h->entry;
		k->w.sniffed = h->sniffed;
		if (!h->used)
			run_cataloger(k, h->row, &f);
	}
	k->w.sniffed = false;
	k->w.root = PL_STR("");
}

static void catalog_dir(struct walk *k, const struct pl_cat_file *dir)
{
	struct pl_globs_hit hits[CATALOGERS];
	size_t n = pl_globs_ask(k->globs, dir->path, hits);
	struct pl_cat_file f = *dir;

	for (size_t i = 0; i < n; i++) {
		f.root = hits[i].root;
		if (table[hits[i].row]->dirs)
			run_cataloger(k, table[hits[i].row], &f);
	}
	k->w.root = PL_STR("");
}

static int catalog_file(struct walk *k, struct intake *t, struct pl_err *err)
{
	struct pl_str head = {0};
	bool whole = false;
	int rc = 0;

	k->content.len = 0;
	k->content.failed = false;
	choose_by_name(k, t);
	if (t->f.size && !t->sparse) {
		rc = read_head(k, t, &head, err);
		if (rc < 0)
			return rc;
		choose_by_content(k, t, head);
		rc = pass(k, t, head, &whole, err);
	} else {
		whole = !t->sparse;
	}
	if (rc >= 0)
		run_whole(k, t, whole);
	run_passed(k, t, rc < 0);
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
	struct intake *t = &k->now;
	unsigned flags = 0, link_flags = 0;
	struct pl_str path = clean(&k->path, e->path, &flags), link = e->link;

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
	t->f = (struct pl_cat_file){.path = path, .size = e->size, .mode = e->mode};
	if (e->type == PL_FT_DIR)
		catalog_dir(k, &t->f);
	if (e->type != PL_FT_FILE)
		return 0;
	t->sparse = e->sparse;
	t->n_whole = t->n_streams = 0;
	t->max = 0;
	return catalog_file(k, t, err);
}

static int walk_tar(struct walk *k, struct pl_stream *s, struct pl_err *err)
{
	struct pl_tar_entry e;
	int rc;

	gather_rows(k);
	pl_held_init(&k->held);
	k->tar = pl_tar_open(s);
	pl_buf_init(&k->path, PL_MiB(16));
	pl_buf_init(&k->link, PL_MiB(16));
	pl_buf_init(&k->content, PL_MiB(4));
	while ((rc = pl_tar_next(k->tar, &e, err)) > 0) {
		rc = add_entry(k, &e, err);
		if (rc < 0)
			break;
	}
	run_held(k);
	pl_held_release(&k->held);
	pl_tar_close(k->tar);
	pl_globs_free(k->globs);
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
	struct walk k = {.job = j};
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
