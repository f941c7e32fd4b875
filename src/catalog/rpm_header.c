/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of an installed package: two big-endian numbers (index entries, bytes of data), the
 * index (tag, type, offset, count) and the data. rpm's docs/manual/format_v4.md and tags.md.
 */
#include <inttypes.h>

#include "catalog/deps.h"
#include "catalog/rpm.h"

/* as rpm itself refuses more: lib/header.c, hdrchkTags and hdrchkData */
enum { TAGS_MAX = 0xffff, DATA_MAX = 0x0fffffff, ENTRY_BYTES = 16, HEAD_BYTES = 8 };

enum type { T_INT32 = 4, T_STRING = 6, T_STRING_ARRAY = 8, T_I18NSTRING = 9 };

#define TAGS(X) \
	X(NAME, 1000) \
	X(VERSION, 1001) \
	X(RELEASE, 1002) \
	X(EPOCH, 1003) \
	X(VENDOR, 1011) \
	X(LICENSE, 1014) \
	X(ARCH, 1022) \
	X(OLDFILENAMES, 1027) \
	X(SOURCERPM, 1044) \
	X(PROVIDENAME, 1047) \
	X(REQUIRENAME, 1049) \
	X(DIRINDEXES, 1116) \
	X(BASENAMES, 1117) \
	X(DIRNAMES, 1118) \
	X(MODULARITYLABEL, 5096)
enum tag {
#define X(sym, number) TAG_##sym,
	TAGS(X)
#undef X
		TAG__COUNT
};

struct entry {
	uint32_t type, offset, count; /* count 0: the tag is not there */
};

struct header {
	struct pl_rpm *r;
	const char *where;
	struct pl_str data;
	struct entry tags[TAG__COUNT];
};

static void take_entry(struct header *h, uint32_t tag, struct entry e)
{
	static const uint32_t numbers[TAG__COUNT] = {
#define X(sym, number) [TAG_##sym] = number,
		TAGS(X)
#undef X
	};

	for (unsigned i = 0; i < TAG__COUNT; i++)
		if (numbers[i] == tag && h->tags[i].count == 0)
			h->tags[i] = e;
}

static bool parse_index(struct header *h, struct pl_str blob)
{
	struct pl_rd rd = pl_rd_init(blob.len < HEAD_BYTES ? PL_STR("") : blob);
	uint32_t entries = pl_rd_be32(&rd), bytes = pl_rd_be32(&rd);

	if (rd.bad || entries == 0 || entries > TAGS_MAX || bytes > DATA_MAX ||
	    (uint64_t)entries * ENTRY_BYTES + bytes > blob.len - HEAD_BYTES)
		return false;
	h->data = pl_str_sub(blob, HEAD_BYTES + (size_t)entries * ENTRY_BYTES, bytes);
	for (uint32_t i = 0; i < entries; i++) {
		uint32_t tag = pl_rd_be32(&rd), type = pl_rd_be32(&rd);
		uint32_t offset = pl_rd_be32(&rd), count = pl_rd_be32(&rd);

		take_entry(h, tag, (struct entry){type, offset, count});
	}
	return !rd.bad;
}

/* The string at *at of the data, which ends with NUL; moves *at behind it. */
static bool next_string(const struct header *h, size_t *at, struct pl_str *out)
{
	struct pl_str rest = pl_str_sub(h->data, *at, h->data.len);
	ptrdiff_t end = pl_str_chr(rest, 0);

	if (end < 0)
		return false;
	*out = pl_str_sub(rest, 0, (size_t)end);
	*at += (size_t)end + 1;
	return true;
}

/* Empty when the tag is not there; a fault when it is and cannot be read. */
static struct pl_str string(const struct header *h, enum tag tag)
{
	const struct entry *e = &h->tags[tag];
	struct pl_str s = {0};
	size_t at = e->offset;

	if (e->count == 0)
		return s;
	if ((e->type != T_STRING && e->type != T_STRING_ARRAY && e->type != T_I18NSTRING) ||
	    !next_string(h, &at, &s))
		pl_rpm_fault(h->r, "%s: a string of the header lies outside of it", h->where);
	return s;
}

static bool number(const struct header *h, enum tag tag, uint32_t index, uint32_t *out)
{
	const struct entry *e = &h->tags[tag];
	struct pl_rd rd = pl_rd_init(h->data);

	if (e->type != T_INT32 || index >= e->count)
		return false;
	pl_rd_skip(&rd, e->offset);
	pl_rd_skip(&rd, (size_t)index * 4);
	*out = pl_rd_be32(&rd);
	return !rd.bad;
}

/* From the right: the name may have any of these signs. */
bool pl_rpm_split_source(struct pl_str file, struct pl_str *name, struct pl_str *vr)
{
	ptrdiff_t dot, release, version;

	if (!pl_str_ends(file, PL_STR(".rpm")))
		return false;
	file.len -= 4;
	dot = pl_str_rchr(file, '.');
	if (dot < 0)
		return false;
	file.len = (size_t)dot;
	release = pl_str_rchr(file, '-');
	if (release < 0)
		return false;
	version = pl_str_rchr(pl_str_sub(file, 0, (size_t)release), '-');
	if (version <= 0)
		return false;
	*name = pl_str_sub(file, 0, (size_t)version);
	*vr = pl_str_sub(file, (size_t)version + 1, file.len);
	return true;
}

/* Directory name + base name for each file; old packages have whole names (OLDFILENAMES). A header
 * may repeat one long directory for many names, so what is reported is held to its size. */
enum { PATHS_PER_BYTE = 64 };

struct paths {
	struct pl_str key;
	struct pl_str *dirs;
	size_t dirs_len;
	uint64_t budget;
	struct pl_buf path;
};

static bool own_path(struct header *h, struct paths *p, struct pl_str dir, struct pl_str base)
{
	pl_buf_reset(&p->path);
	pl_buf_str(&p->path, dir);
	pl_buf_str(&p->path, base);
	if (p->path.failed || p->path.len > p->budget)
		return false;
	p->budget -= p->path.len;
	pl_fact_owns(h->r->w, p->key, pl_buf_view(&p->path));
	return true;
}

static bool own_files(struct header *h, struct paths *p)
{
	bool old = h->tags[TAG_BASENAMES].count == 0;
	const struct entry *names = &h->tags[old ? TAG_OLDFILENAMES : TAG_BASENAMES];
	size_t at = names->offset;

	if (names->count && names->type != T_STRING_ARRAY)
		return false;
	for (uint32_t i = 0; i < names->count; i++) {
		struct pl_str base, dir = {0};
		uint32_t index;

		if (!next_string(h, &at, &base))
			return false;
		if (!old) {
			if (!number(h, TAG_DIRINDEXES, i, &index) || index >= p->dirs_len)
				return false;
			dir = p->dirs[index];
		}
		if (!own_path(h, p, dir, base))
			return false;
	}
	return true;
}

static bool read_dirs(struct header *h, struct paths *p)
{
	const struct entry *e = &h->tags[TAG_DIRNAMES];
	size_t at = e->offset;

	if (e->count == 0)
		return true;
	/* each ends with NUL, so there cannot be more of them than bytes */
	if (e->type != T_STRING_ARRAY || e->count > h->data.len)
		return false;
	p->dirs = pl_xcalloc(e->count, sizeof(*p->dirs));
	for (p->dirs_len = 0; p->dirs_len < e->count; p->dirs_len++)
		if (!next_string(h, &at, &p->dirs[p->dirs_len]))
			return false;
	return true;
}

static void files(struct header *h, struct pl_str key)
{
	struct paths p = {.key = key, .budget = PATHS_PER_BYTE * (uint64_t)h->data.len};

	pl_buf_init(&p.path, (size_t)pl_limit(PL_LIM_PATH_BYTES));
	if (!read_dirs(h, &p) || !own_files(h, &p))
		pl_rpm_fault(h->r, "%s: the file list of %.*s is damaged", h->where, PL_FMT(key));
	free(p.dirs);
	pl_buf_release(&p.path);
}

static void evr(struct pl_buf *b, const struct header *h, struct pl_str version_release)
{
	uint32_t epoch;

	if (number(h, TAG_EPOCH, 0, &epoch))
		pl_buf_fmt(b, "%" PRIu32 ":", epoch);
	pl_buf_str(b, version_release);
}

/* Capabilities: packages, files and "libc.so.6(GLIBC_2.34)(64bit)". rpmlib(…) is met by rpm itself,
 * config(…) by the package. The same name with several versions stands together. */
static void names(struct header *h, enum tag tag, struct pl_buf *out)
{
	const struct entry *e = &h->tags[tag];
	struct pl_str name, last = {0};
	size_t at = e->offset;

	pl_buf_init(out, h->data.len + 1);
	if (e->type != T_STRING_ARRAY)
		return;
	for (uint32_t i = 0; i < e->count; i++, last = name) {
		if (!next_string(h, &at, &name)) {
			pl_rpm_fault(h->r, "%s: the list of what it needs is damaged", h->where);
			return;
		}
		if (!pl_str_eq(name, last) && !pl_str_starts(name, PL_STR("rpmlib(")) &&
		    !pl_str_starts(name, PL_STR("config(")))
			pl_deps_add(out, name);
	}
}

static void package(struct header *h, struct pl_str name)
{
	struct pl_str version = string(h, TAG_VERSION), release = string(h, TAG_RELEASE);
	struct pl_str source_vr = {0};
	struct pl_pkg_fact p = {
		.type = PL_PKG_RPM,
		.name = name,
		.arch = string(h, TAG_ARCH),
		.licenses = string(h, TAG_LICENSE),
		.module = string(h, TAG_MODULARITYLABEL),
		.vendor = string(h, TAG_VENDOR),
		.how = PL_STR("rpm database"),
	};
	pl_auto_buf vr, full, source, key, depends, provides;

	pl_buf_init(&vr, DATA_MAX);
	pl_buf_init(&full, DATA_MAX);
	pl_buf_init(&source, DATA_MAX);
	pl_buf_init(&key, DATA_MAX);
	names(h, TAG_REQUIRENAME, &depends);
	names(h, TAG_PROVIDENAME, &provides);
	p.depends = pl_buf_view(&depends);
	p.provides = pl_buf_view(&provides);
	pl_buf_str(&vr, version);
	if (release.len)
		pl_buf_fmt(&vr, "-");
	pl_buf_str(&vr, release);
	evr(&full, h, pl_buf_view(&vr));
	p.version = pl_buf_view(&full);
	if (pl_rpm_split_source(string(h, TAG_SOURCERPM), &p.source_name, &source_vr)) {
		evr(&source, h, source_vr);
		p.source_version = pl_buf_view(&source);
	}
	/* several versions and architectures of one name may be installed */
	pl_buf_str(&key, name);
	pl_buf_ch(&key, '-');
	pl_buf_str(&key, pl_buf_view(&vr));
	pl_buf_ch(&key, '.');
	pl_buf_str(&key, p.arch);
	p.key = pl_buf_view(&key);
	if (version.len == 0)
		pl_rpm_fault(h->r, "%s: package %.*s has no version", h->where, PL_FMT(name));
	pl_fact_package(h->r->w, &p);
	h->r->packages++;
	files(h, p.key);
}

void pl_rpm_header(struct pl_rpm *r, struct pl_str blob, const char *where)
{
	struct header h = {.r = r, .where = where};
	struct pl_str name;

	r->headers++;
	if (!parse_index(&h, blob)) {
		pl_rpm_fault(r, "%s: not a package header", where);
		return;
	}
	name = string(&h, TAG_NAME);
	if (name.len == 0)
		pl_rpm_fault(r, "%s: the header names no package", where);
	else if (!pl_str_eq_c(name, "gpg-pubkey")) /* an imported key, not software */
		package(&h, name);
}
