/* SPDX-License-Identifier: Apache-2.0 */
/* The outer archive: which members it has and where they lie. */
#include "image/image_int.h"

/* How many members are looked at before a tar without a known name counts as a root file system:
 * an image archive names its parts within the first few. */
enum { LOOK_MEMBERS = 4096 };

/* --- members -------------------------------------------------------------------------------- */

void pl_members_init(struct pl_members *m, struct pl_arena *arena)
{
	*m = (struct pl_members){.arena = arena};
	pl_map_init(&m->by_name);
}

void pl_members_release(struct pl_members *m)
{
	pl_vec_release(&m->rows);
	pl_map_release(&m->by_name);
}

int pl_members_add(struct pl_members *m, const struct pl_member *row, struct pl_err *err)
{
	struct pl_member copy = *row;
	uint32_t id = pl_map_get(&m->by_name, row->name);

	copy.link = pl_arena_str(m->arena, row->link);
	copy.bytes = row->bytes.len ? pl_arena_str(m->arena, row->bytes) : PL_STR("");
	if (id != PL_MAP_NONE) {
		copy.name = m->rows.at[id].name;
		m->rows.at[id] = copy;
		return 0;
	}
	if (m->rows.len >= pl_limit(PL_LIM_ARCHIVE_ENTRIES))
		return pl_fail_limit(err, PL_LIM_ARCHIVE_ENTRIES, "the archive");
	copy.name = pl_arena_str(m->arena, row->name);
	pl_map_put(&m->by_name, copy.name, (uint32_t)m->rows.len);
	pl_vec_push(&m->rows, copy);
	return 0;
}

const struct pl_member *pl_members_find(const struct pl_members *m, struct pl_str name)
{
	for (uint64_t links = 0; links <= pl_limit(PL_LIM_SYMLINKS); links++) {
		uint32_t id = pl_map_get(&m->by_name, name);

		if (id == PL_MAP_NONE)
			return NULL;
		if (m->rows.at[id].kind != PL_MEMBER_LINK)
			return &m->rows.at[id];
		name = m->rows.at[id].link;
	}
	return NULL;
}

/* --- names ---------------------------------------------------------------------------------- */

static bool starts_with_hex(struct pl_str s)
{
	uint8_t raw[32];

	return s.len >= 64 && pl_unhex(pl_str_sub(s, 0, 64), raw, sizeof(raw));
}

bool pl_archive_name(struct pl_str name)
{
	static const char *const known[] = {"manifest.json", "index.json", "oci-layout",
					    "repositories", "blobs"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (pl_str_eq_c(name, known[i]))
			return true;
	if (pl_path_under(name, PL_STR("blobs/sha256")) ||
	    pl_path_under(name, PL_STR("blobs/sha512")))
		return true;
	/* docker save: <id>/layer.tar, <id>.json; others: sha256:<id>, <id>.tar.gz */
	if (pl_str_starts(name, PL_STR("sha256:")))
		name = pl_str_sub(name, 7, name.len);
	return starts_with_hex(name);
}

/* The clean name of an entry, in buf (at least as long as the raw name). */
static struct pl_str clean_name(const struct pl_tar_entry *e, struct pl_buf *buf)
{
	unsigned flags;
	char *p;

	pl_buf_reset(buf);
	p = pl_buf_reserve(buf, e->path.len + 1);
	if (!p)
		return PL_STR("");
	buf->len = pl_path_clean(e->path, p, &flags);
	return pl_buf_view(buf);
}

enum pl_head pl_archive_head(struct pl_str bytes)
{
	pl_auto_stream *s = pl_stream_open_mem(bytes);
	struct pl_tar *t = pl_tar_open(s);
	enum pl_head head = PL_HEAD_UNKNOWN;
	struct pl_tar_entry e;
	pl_auto_buf buf = {0};

	pl_buf_init(&buf, PL_MiB(2));
	while (head != PL_HEAD_ARCHIVE && pl_tar_next(t, &e, NULL) > 0)
		head = pl_archive_name(clean_name(&e, &buf)) ? PL_HEAD_ARCHIVE : PL_HEAD_ROOTFS;
	pl_tar_close(t);
	return head;
}

/* --- the index ------------------------------------------------------------------------------ */

enum { TAG_END, TAG_MEMBER, TAG_ROOTFS };

static void put_member(struct pl_buf *out, const struct pl_tar_entry *e, struct pl_str name)
{
	pl_auto_buf joined = {0};
	bool link = e->type == PL_FT_SYMLINK || e->type == PL_FT_HARDLINK;
	enum pl_member_kind kind = link					? PL_MEMBER_LINK
				   : e->type != PL_FT_FILE || e->sparse ? PL_MEMBER_OTHER
									: PL_MEMBER_RANGE;
	unsigned flags;
	char *p;

	pl_put_str(out, name);
	pl_put_u64(out, kind);
	pl_put_u64(out, e->offset);
	pl_put_u64(out, e->size);
	pl_buf_init(&joined, PL_MiB(4));
	/* a relative symbolic link starts at its directory, a hard link at the root */
	if (e->type == PL_FT_SYMLINK && !pl_str_starts(e->link, PL_STR("/"))) {
		pl_buf_str(&joined, pl_path_dir(name));
		pl_buf_ch(&joined, '/');
	}
	pl_buf_str(&joined, e->link);
	p = pl_xmalloc(joined.len + 1);
	pl_put_str(out, pl_str_n(p, link ? pl_path_clean(pl_buf_view(&joined), p, &flags) : 0));
	free(p);
}

void pl_archive_put_member(struct pl_buf *out, const struct pl_tar_entry *e)
{
	pl_auto_buf buf = {0};

	pl_buf_init(&buf, PL_MiB(2));
	put_member(out, e, clean_name(e, &buf));
}

int pl_archive_index_to_wire(struct pl_stream *s, bool looking, struct pl_buf *out,
			     struct pl_err *err)
{
	struct pl_tar *t = pl_tar_open(s);
	struct pl_err damage = {0};
	struct pl_tar_entry e;
	uint64_t n = 0;
	pl_auto_buf buf = {0};
	bool known = false;
	int rc;

	pl_buf_init(&buf, PL_MiB(2));
	while ((rc = pl_tar_next(t, &e, &damage)) > 0) {
		struct pl_str name = clean_name(&e, &buf);

		if (++n > pl_limit(PL_LIM_ARCHIVE_ENTRIES) ||
		    (n > LOOK_MEMBERS && looking && !known))
			break;
		known |= pl_archive_name(name);
		pl_put_u64(out, TAG_MEMBER);
		put_member(out, &e, name);
	}
	pl_tar_close(t);
	if (rc > 0 && !(looking && !known))
		return pl_fail_limit(err, PL_LIM_ARCHIVE_ENTRIES, "the archive");
	pl_put_u64(out, looking && !known ? TAG_ROOTFS : TAG_END);
	pl_put_str(out, rc < 0 ? pl_str_c(damage.text) : PL_STR(""));
	return 0;
}

void pl_archive_get_member(struct pl_rd *r, struct pl_member *row)
{
	uint64_t kind;

	row->name = pl_rd_str(r);
	kind = pl_rd_u64(r);
	row->kind = kind == PL_MEMBER_RANGE || kind == PL_MEMBER_LINK ? (enum pl_member_kind)kind
								      : PL_MEMBER_OTHER;
	row->offset = pl_rd_u64(r);
	row->size = pl_rd_u64(r);
	row->link = pl_rd_str(r);
	/* the range is used as file offsets: it must be one */
	if (row->offset > INT64_MAX || row->size > INT64_MAX - row->offset)
		row->kind = PL_MEMBER_OTHER;
}

static int read_member(struct pl_rd *r, struct pl_members *m, struct pl_archive_note *note,
		       struct pl_err *err)
{
	struct pl_member row = {0};

	pl_archive_get_member(r, &row);
	if (r->bad)
		return 0;
	if (row.kind != PL_MEMBER_OTHER && pl_map_get(&m->by_name, row.name) != PL_MAP_NONE)
		note->doubled++;
	return pl_members_add(m, &row, err);
}

int pl_archive_index_read(struct pl_str wire, struct pl_members *m, struct pl_archive_note *note,
			  struct pl_err *err)
{
	struct pl_rd r = pl_rd_init(wire);
	uint64_t tag;

	*note = (struct pl_archive_note){0};
	while ((tag = pl_rd_u64(&r)) == TAG_MEMBER && !r.bad) {
		int rc = read_member(&r, m, note, err);

		if (rc < 0)
			return rc;
	}
	note->rootfs = tag == TAG_ROOTFS;
	note->damage = pl_arena_str(m->arena, pl_rd_str(&r));
	if (r.bad)
		return pl_fail(err, PL_E_WORKER, "the answer of the worker is damaged");
	return 0;
}
