/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tar reader. Where writers and readers of tar disagree, this one does as Go's archive/tar
 * does, because that is what Docker, containerd and Podman unpack layers with: what they see is
 * what has to be scanned. So a global pax header ('g') changes nothing, of several extended
 * headers ('x') in a row the last one counts, a GNU long name stands over a pax path, and links,
 * directories and devices have no content whatever their size field says.
 */
#include "stream/stream_int.h"

struct pl_tar {
	struct pl_stream *s; /* borrowed */
	uint64_t left;	     /* content of the entry not yet shown */
	uint32_t pad;
	size_t shown; /* peeked, to be skipped by the next call */
	bool end, complete;
	bool has_name, has_link;
	const char *odd;
	struct pl_tar_pax pax;
	struct pl_buf records, name, link, joined;
	struct pl_err fault; /* sticky: nobody guesses where the next header might be */
	uint8_t h[PL_TAR_BLOCK];
};

struct pl_tar *pl_tar_open(struct pl_stream *s)
{
	struct pl_tar *t = pl_xcalloc(1, sizeof(*t));

	t->s = s;
	pl_buf_init(&t->records, (size_t)pl_limit(PL_LIM_PAX_BYTES));
	pl_buf_init(&t->name, (size_t)pl_limit(PL_LIM_PAX_BYTES));
	pl_buf_init(&t->link, (size_t)pl_limit(PL_LIM_PAX_BYTES));
	pl_buf_init(&t->joined, PL_TAR_BLOCK);
	return t;
}

void pl_tar_close(struct pl_tar *t)
{
	if (!t)
		return;
	pl_buf_release(&t->records);
	pl_buf_release(&t->name);
	pl_buf_release(&t->link);
	pl_buf_release(&t->joined);
	free(t);
}

bool pl_tar_complete(const struct pl_tar *t)
{
	return t->complete;
}

static unsigned long long here(const struct pl_tar *t)
{
	return pl_stream_offset(t->s);
}

static int cut_short(const struct pl_tar *t, const char *where, struct pl_err *err)
{
	return pl_fail(err, PL_E_TRUNCATED, "tar: archive ends within %s at offset %llu", where,
		       here(t));
}

static int damaged(const struct pl_tar *t, const char *what, struct pl_err *err)
{
	return pl_fail(err, PL_E_FORMAT, "tar: %s in the header before offset %llu", what, here(t));
}

static int step_over(struct pl_tar *t, uint64_t n, const char *where, struct pl_err *err)
{
	struct pl_err inner = {0};
	int rc = n ? pl_stream_discard(t->s, n, &inner) : 0;

	if (rc >= 0)
		return 0;
	if (inner.code == PL_E_TRUNCATED)
		return cut_short(t, where, err);
	if (err)
		*err = inner;
	return rc;
}

static bool all_zero(const uint8_t *p)
{
	return p[0] == 0 && !memcmp(p, p + 1, PL_TAR_BLOCK - 1);
}

/* 1 with the next block in t->h, 0 at the end of the input, negative error. */
static int read_block(struct pl_tar *t, struct pl_err *err)
{
	struct pl_str v;
	int rc = pl_stream_peek(t->s, PL_TAR_BLOCK, &v, err);

	if (rc < 0)
		return rc;
	if (!v.len)
		return 0;
	if (v.len < PL_TAR_BLOCK)
		return cut_short(t, "a header", err);
	memcpy(t->h, v.ptr, PL_TAR_BLOCK);
	pl_stream_skip(t->s, PL_TAR_BLOCK);
	return 1;
}

/* 1 with a header in t->h, 0 at the end (marker or input). */
static int read_header(struct pl_tar *t, struct pl_err *err)
{
	int rc = read_block(t, err);

	if (rc <= 0)
		return rc;
	if (all_zero(t->h)) {
		rc = read_block(t, err);
		if (rc < 0)
			return rc;
		/* Entries behind a lone zero block would be seen by some readers only. */
		if (rc && !all_zero(t->h))
			return damaged(t, "a lone zero block", err);
		t->complete = rc;
		return 0;
	}
	if (!pl_tar_checksum_ok(t->h))
		return damaged(t, "wrong checksum", err);
	return 1;
}

static uint32_t padding(uint64_t size)
{
	return (uint32_t)(-size & (PL_TAR_BLOCK - 1));
}

static struct pl_str field(const uint8_t *f, size_t len)
{
	return pl_str_n(f, strnlen((const char *)f, len));
}

static int read_size(struct pl_tar *t, int64_t *out, struct pl_err *err)
{
	int64_t v;

	if (!pl_tar_number(t->h + 124, 12, &v))
		return damaged(t, "size is no number", err);
	*out = v;
	return 0;
}

/* The content of an extended header, bounded by pax-bytes. */
static int read_extension(struct pl_tar *t, struct pl_buf *b, struct pl_err *err)
{
	int64_t number;
	uint64_t size;
	int rc = read_size(t, &number, err);

	if (rc < 0)
		return rc;
	if (number < 0)
		return damaged(t, "negative size", err);
	size = (uint64_t)number;
	if (size > pl_limit(PL_LIM_PAX_BYTES))
		return pl_fail_limit(err, PL_LIM_PAX_BYTES, "an extended tar header");
	pl_buf_reset(b);
	while (b->len < size) {
		struct pl_str v;

		rc = pl_stream_peek(t->s, 1, &v, err);
		if (rc < 0)
			return rc;
		if (!v.len)
			return cut_short(t, "an extended header", err);
		v = pl_str_sub(v, 0, (size_t)size - b->len);
		pl_buf_str(b, v);
		if (b->failed)
			return pl_fail_limit(err, PL_LIM_PAX_BYTES, "an extended tar header");
		pl_stream_skip(t->s, v.len);
	}
	return step_over(t, padding(size), "an extended header", err);
}

static int read_long(struct pl_tar *t, struct pl_buf *b, bool *has, struct pl_err *err)
{
	int rc = read_extension(t, b, err);

	if (rc < 0)
		return rc;
	if (b->len)
		b->len = strnlen(b->ptr, b->len);
	*has = b->len > 0;
	return 1;
}

static int read_pax(struct pl_tar *t, struct pl_err *err)
{
	uint64_t offset = pl_stream_offset(t->s);
	int rc = read_extension(t, &t->records, err);

	if (rc < 0)
		return rc;
	rc = pl_tar_pax_parse(pl_buf_view(&t->records), offset, &t->pax, err);
	if (rc < 0)
		return rc;
	return 1;
}

static int read_global(struct pl_tar *t, struct pl_err *err)
{
	struct pl_tar_pax p;
	uint64_t offset = pl_stream_offset(t->s);
	pl_auto_buf b;
	int rc;

	pl_buf_init(&b, (size_t)pl_limit(PL_LIM_PAX_BYTES));
	rc = read_extension(t, &b, err);
	if (rc >= 0)
		rc = pl_tar_pax_parse(pl_buf_view(&b), offset, &p, err);
	if (rc < 0)
		return rc;
	/* Go's reader hands a global header out, and what stood before it is forgotten. */
	t->pax = (struct pl_tar_pax){0};
	t->has_name = t->has_link = false;
	if (p.has_path || p.has_link || p.has_size || p.has_uid || p.has_gid || p.sparse)
		t->odd = "a global pax header gives a path, size or owner (ignored, as by the "
			 "engines)";
	return 1;
}

/* 1 when t->h was an extended header and was read, 0 when it is an entry. */
static int read_if_extended(struct pl_tar *t, struct pl_err *err)
{
	switch (t->h[156]) {
	case 'x':
	case 'X': /* Solaris, the draft form of pax */
		return read_pax(t, err);
	case 'g':
		return read_global(t, err);
	case 'L':
		return read_long(t, &t->name, &t->has_name, err);
	case 'K':
		return read_long(t, &t->link, &t->has_link, err);
	default:
		return 0;
	}
}

static bool gnu_time_ok(const uint8_t *field)
{
	int64_t v;

	return !field[0] || pl_tar_number(field, 12, &v);
}

/* What stands before the name. star's prefix is 131 bytes long. GNU keeps two times there; an old
 * writer in Go put a prefix there nevertheless, which Go's reader still takes when it is ASCII and
 * the times are no numbers. */
static struct pl_str header_prefix(const struct pl_tar *t)
{
	struct pl_str prefix = field(t->h + 345, 155);

	if (!memcmp(t->h + 257, "ustar\0", 6))
		return memcmp(t->h + 508, "tar", 4) ? prefix : field(t->h + 345, 131);
	if (memcmp(t->h + 257, "ustar  ", 8) ||
	    (gnu_time_ok(t->h + 345) && gnu_time_ok(t->h + 357)))
		return (struct pl_str){0};
	for (size_t i = 0; i < prefix.len; i++)
		if ((uint8_t)prefix.ptr[i] >= 0x80)
			return (struct pl_str){0};
	return prefix;
}

static struct pl_str header_path(struct pl_tar *t)
{
	struct pl_str name = field(t->h, 100), prefix = header_prefix(t);

	if (!prefix.len)
		return name;
	pl_buf_reset(&t->joined);
	pl_buf_str(&t->joined, prefix);
	pl_buf_ch(&t->joined, '/');
	pl_buf_str(&t->joined, name);
	return pl_buf_view(&t->joined);
}

static enum pl_ftype entry_type(struct pl_tar *t, struct pl_str path)
{
	switch (t->h[156]) {
	case '\0': /* before POSIX a slash at the end made a directory */
		return pl_str_ends(path, PL_STR("/")) ? PL_FT_DIR : PL_FT_FILE;
	case '0':
	case '7':
	case 'S':
		return PL_FT_FILE;
	case '1':
		return PL_FT_HARDLINK;
	case '2':
		return PL_FT_SYMLINK;
	case '3':
		return PL_FT_CHAR;
	case '4':
		return PL_FT_BLOCK;
	case '5':
		return PL_FT_DIR;
	case '6':
		return PL_FT_FIFO;
	default:
		t->odd = "unknown entry type";
		return PL_FT_OTHER;
	}
}

static uint64_t read_owner(struct pl_tar *t, size_t at, bool has, uint64_t from_pax, bool negative)
{
	int64_t v = (int64_t)from_pax;

	if (!has && !pl_tar_number(t->h + at, 8, &v)) {
		t->odd = "owner is no number";
		return 0;
	}
	if (v < 0 || (has && negative)) {
		t->odd = "negative owner";
		return 0;
	}
	return (uint64_t)v;
}

/* Old GNU form: the map goes on in blocks of 21 pairs and a flag that are not counted in size. */
static int read_old_sparse(struct pl_tar *t, struct pl_tar_entry *e, struct pl_err *err)
{
	int64_t real;
	bool more = t->h[482];
	int rc;

	if (!pl_tar_number(t->h + 483, 12, &real) || real < 0)
		return damaged(t, "size of a sparse file is no number", err);
	e->size = (uint64_t)real;
	e->sparse = true;
	while (more) {
		struct pl_str v;

		rc = pl_stream_peek(t->s, PL_TAR_BLOCK, &v, err);
		if (rc < 0)
			return rc;
		if (v.len < PL_TAR_BLOCK)
			return cut_short(t, "a sparse map", err);
		more = v.ptr[504];
		pl_stream_skip(t->s, PL_TAR_BLOCK);
	}
	return 0;
}

/* One block of a 1.0 map: counts lines down, the first number being the count of pairs. */
static bool map_block(const char *p, uint64_t *lines, uint64_t *count, bool *counted,
		      unsigned *digits)
{
	for (size_t i = 0; i < PL_TAR_BLOCK; i++) {
		if (*counted && !*lines)
			return true;
		if (pl_is_digit(p[i]) && *digits < 19) {
			++*digits;
			if (!*counted)
				*count = *count * 10 + (uint64_t)(p[i] - '0');
			continue;
		}
		if (p[i] != '\n' || !*digits)
			return false;
		*digits = 0;
		if (*counted)
			--*lines;
		else if (__builtin_mul_overflow(*count, UINT64_C(2), lines))
			return false;
		*counted = true;
	}
	return true;
}

/* pax form 1.0: the map stands before the content, as lines of decimal numbers, in whole blocks. */
static int skip_sparse_map(struct pl_tar *t, struct pl_err *err)
{
	uint64_t lines = 1, count = 0;
	bool counted = false;
	unsigned digits = 0;

	while (lines) {
		struct pl_str v;
		int rc = pl_stream_peek(t->s, PL_TAR_BLOCK, &v, err);

		if (rc < 0)
			return rc;
		if (t->left < PL_TAR_BLOCK)
			return damaged(t, "sparse map longer than its file", err);
		if (v.len < PL_TAR_BLOCK)
			return cut_short(t, "a sparse map", err);
		if (!map_block(v.ptr, &lines, &count, &counted, &digits))
			return damaged(t, "malformed sparse map", err);
		pl_stream_skip(t->s, PL_TAR_BLOCK);
		t->left -= PL_TAR_BLOCK;
	}
	return 0;
}

static int read_content(struct pl_tar *t, struct pl_tar_entry *e, struct pl_err *err)
{
	const struct pl_tar_pax *p = &t->pax;
	int64_t number;
	int rc = read_size(t, &number, err);

	if (rc < 0)
		return rc;
	if (p->has_size)
		number = (int64_t)p->size;
	if (e->type != PL_FT_FILE && e->type != PL_FT_OTHER) {
		if (number)
			t->odd = "a link, directory or device with a size";
		return 0;
	}
	if (number < 0)
		return damaged(t, "negative size", err);
	e->size = (uint64_t)number;
	t->left = e->size;
	t->pad = padding(e->size);
	if (t->h[156] == 'S') {
		rc = read_old_sparse(t, e, err);
		if (rc < 0)
			return rc;
	} else if (p->sparse) {
		e->sparse = true;
		e->size = p->has_sparse_size ? p->sparse_size : e->size;
		rc = p->sparse == PL_TAR_SPARSE_1_0 ? skip_sparse_map(t, err) : 0;
		if (rc < 0)
			return rc;
	}
	return 0;
}

static struct pl_str choose(bool has_long, const struct pl_buf *b, bool has_pax, struct pl_str pax,
			    struct pl_str header)
{
	if (has_long)
		return pl_buf_view(b);
	return has_pax ? pax : header;
}

static int read_entry(struct pl_tar *t, struct pl_tar_entry *out, struct pl_err *err)
{
	const struct pl_tar_pax *p = &t->pax;
	struct pl_tar_entry e = {0};
	int64_t v;
	int rc;

	if (p->bad.len)
		return pl_fail(err, PL_E_FORMAT,
			       "tar: pax record %.*s is no number before offset %llu",
			       (int)(p->bad.len < 64 ? p->bad.len : 64), p->bad.ptr, here(t));
	e.path = choose(t->has_name, &t->name, p->has_path, p->path, header_path(t));
	e.link = choose(t->has_link, &t->link, p->has_link, p->link, field(t->h + 157, 100));
	e.type = entry_type(t, e.path);
	if (p->sparse && p->sparse_name.len)
		e.path = p->sparse_name;
	if (!e.path.len)
		t->odd = "an entry without a name";
	if (!pl_tar_number(t->h + 100, 8, &v)) {
		t->odd = "mode is no number";
		v = 0;
	}
	e.mode = (uint32_t)v & 07777;
	if (!pl_tar_number(t->h + 136, 12, &v))
		v = 0;
	e.mtime = p->has_mtime ? p->mtime : v;
	e.uid = read_owner(t, 108, p->has_uid, p->uid, p->negative_uid);
	e.gid = read_owner(t, 116, p->has_gid, p->gid, p->negative_gid);
	rc = read_content(t, &e, err);
	if (rc < 0)
		return rc;
	e.stored = t->left;
	e.offset = pl_stream_offset(t->s);
	e.has_caps = p->has_caps;
	e.odd = t->odd;
	*out = e;
	return 1;
}

/* Over what is left of the entry before. */
static int finish_entry(struct pl_tar *t, struct pl_err *err)
{
	uint64_t n = t->left + t->pad;
	int rc;

	pl_stream_skip(t->s, t->shown);
	t->shown = 0;
	t->left = t->pad = 0;
	rc = step_over(t, n, "the content of a file", err);
	t->has_name = t->has_link = false;
	t->pax = (struct pl_tar_pax){0};
	t->odd = NULL;
	return rc;
}

static int next_entry(struct pl_tar *t, struct pl_tar_entry *out, struct pl_err *err)
{
	int rc = finish_entry(t, err);

	if (rc < 0)
		return rc;
	for (uint64_t i = 0; !t->end; i++) {
		if (i > pl_limit(PL_LIM_PAX_HEADERS))
			return pl_fail_limit(err, PL_LIM_PAX_HEADERS,
					     "the headers of one tar entry");
		rc = read_header(t, err);
		if (rc < 0)
			return rc;
		if (!rc)
			break;
		rc = read_if_extended(t, err);
		if (rc < 0)
			return rc;
		if (!rc)
			return read_entry(t, out, err);
	}
	t->end = true;
	return 0;
}

int pl_tar_next(struct pl_tar *t, struct pl_tar_entry *out, struct pl_err *err)
{
	int rc = t->fault.code ? -(int)t->fault.code : next_entry(t, out, &t->fault);

	if (rc < 0 && err)
		*err = t->fault;
	return rc;
}

int pl_tar_data(struct pl_tar *t, struct pl_str *out, struct pl_err *err)
{
	struct pl_str v;
	int rc;

	pl_stream_skip(t->s, t->shown);
	t->shown = 0;
	if (!t->left)
		return 0;
	rc = pl_stream_peek(t->s, 1, &v, err);
	if (rc < 0)
		return rc;
	if (!v.len)
		return cut_short(t, "the content of a file", err);
	if (v.len > t->left)
		v.len = (size_t)t->left;
	t->shown = v.len;
	t->left -= v.len;
	*out = v;
	return 1;
}

int pl_tar_probe(struct pl_stream *s, bool *is_tar, struct pl_err *err)
{
	struct pl_str v;
	int rc = pl_stream_peek(s, PL_TAR_BLOCK, &v, err);

	if (rc < 0)
		return rc;
	*is_tar = v.len >= PL_TAR_BLOCK && v.ptr[0] && pl_tar_checksum_ok((const uint8_t *)v.ptr);
	return 0;
}
