/* SPDX-License-Identifier: Apache-2.0 */
/*
 * .dep-v0: the dependency list that cargo-auditable links into Rust programs, JSON compressed
 * with zlib (cargo-auditable, PARSING.md).
 *
 * Other Rust programs tell some of their crates: a panic message names the source file, and cargo
 * keeps the sources of a registry in .cargo/registry/src/INDEX/CRATE-VERSION/. A crate that cannot
 * panic, or whose paths were remapped, is not seen.
 */
#include <zlib.h>

#include "binary/capture.h"

static const char *inflate_all(struct pl_str in, struct pl_buf *out)
{
	z_stream z = {0};
	const char *lost = NULL;
	int rc = Z_OK;

	if (in.len > UINT32_MAX || inflateInit(&z) != Z_OK)
		return "the dependency list is too large";
	z.next_in = (Bytef *)(uintptr_t)in.ptr;
	z.avail_in = (uInt)in.len;
	while (rc == Z_OK && !lost) {
		uInt room = 16384;
		char *to = pl_buf_reserve(out, room);

		if (!to) {
			lost = "the dependency list is larger than meta-file-bytes";
			break;
		}
		z.next_out = (Bytef *)to;
		z.avail_out = room;
		rc = inflate(&z, Z_NO_FLUSH);
		out->len += room - z.avail_out;
	}
	inflateEnd(&z);
	if (!lost && rc != Z_STREAM_END)
		lost = "the dependency list is damaged";
	return lost;
}

#define CRATES_MAX 4096
#define UNIX_PATH  "registry/src/"
#define WIN_PATH   "registry\\src\\"

void pl_crates_release(struct crates *k)
{
	pl_map_release(&k->known);
	pl_vec_release(&k->names);
	pl_arena_release(&k->arena);
}

static bool is_crate_char(char c)
{
	return pl_is_alpha(c) || pl_is_digit(c) || c == '-' || c == '_' || c == '.' || c == '+';
}

/* "md-5-0.10.6": a name, '-', three numbers and perhaps more (Semantic Versioning). Returns where
 * the '-' before the version is, 0 when it is no such thing. */
static size_t version_at(struct pl_str s)
{
	for (size_t i = 1; i + 1 < s.len; i++) {
		unsigned dots = 0;
		size_t k = i + 1;

		if (s.ptr[i] != '-' || !pl_is_digit(s.ptr[k]))
			continue;
		for (; k < s.len && (pl_is_digit(s.ptr[k]) || s.ptr[k] == '.'); k++)
			dots += s.ptr[k] == '.';
		if (dots == 2 && s.ptr[k - 1] != '.' &&
		    (k == s.len || s.ptr[k] == '-' || s.ptr[k] == '+'))
			return i;
	}
	return 0;
}

/* What follows "registry/src/": INDEX/CRATE/… */
static void take_crate(struct crates *k, struct pl_str path)
{
	struct pl_str index, crate, kept;
	char sep = 0;
	size_t n = 0;

	while (n < path.len && is_crate_char(path.ptr[n]))
		n++;
	if (n == 0 || n == path.len)
		return;
	sep = path.ptr[n];
	if ((sep != '/' && sep != '\\') || !pl_str_split(&path, sep, &index))
		return;
	for (n = 0; n < path.len && is_crate_char(path.ptr[n]);)
		n++;
	crate = pl_str_sub(path, 0, n);
	if (n == path.len || path.ptr[n] != sep || !version_at(crate) ||
	    k->names.len == CRATES_MAX || pl_map_get(&k->known, crate) != PL_MAP_NONE)
		return;
	kept = pl_arena_str(&k->arena, crate);
	pl_map_put(&k->known, kept, 1);
	pl_vec_push(&k->names, kept);
}

/* Paths that begin before `until` of the bytes. */
static void scan_paths(struct crates *k, struct pl_str bytes, size_t until, const char *needle)
{
	size_t n = strlen(needle);
	const char *at = bytes.ptr, *end = bytes.ptr + bytes.len;

	while (at && (at = memmem(at, (size_t)(end - at), needle, n))) {
		if ((size_t)(at - bytes.ptr) >= until)
			return;
		at += n;
		take_crate(k, pl_str_n(at, (size_t)(end - at) < CRATE_TAIL ? (size_t)(end - at)
									   : CRATE_TAIL));
	}
}

static void scan_both(struct pl_capture *c, struct pl_str bytes, size_t until)
{
	scan_paths(&c->crates, bytes, until, UNIX_PATH);
	if (c->format == PL_BIN_PE)
		scan_paths(&c->crates, bytes, until, WIN_PATH);
}

void pl_crates_scan(struct pl_capture *c, struct pl_str data)
{
	struct crates *k = &c->crates;
	char joint[2 * CRATE_TAIL];
	size_t head = data.len < CRATE_TAIL ? data.len : CRATE_TAIL, n;

	memcpy(joint, k->tail, k->tail_len);
	memcpy(joint + k->tail_len, data.ptr, head);
	scan_both(c, pl_str_n(joint, k->tail_len + head), k->tail_len);
	if (data.len > CRATE_TAIL)
		scan_both(c, data, data.len - CRATE_TAIL);
	/* the last bytes wait for what follows them */
	if (data.len >= CRATE_TAIL) {
		memcpy(k->tail, data.ptr + data.len - CRATE_TAIL, CRATE_TAIL);
		k->tail_len = CRATE_TAIL;
		return;
	}
	n = k->tail_len + head;
	k->tail_len = n < CRATE_TAIL ? n : CRATE_TAIL;
	memcpy(k->tail, joint + n - k->tail_len, k->tail_len);
}

static int by_name(const void *a, const void *b)
{
	return pl_str_cmp(*(const struct pl_str *)a, *(const struct pl_str *)b);
}

static void list_crates(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out)
{
	struct crates *k = &c->crates;
	pl_auto_buf b;

	pl_buf_init(&b, PL_MiB(1));
	scan_both(c, pl_str_n(k->tail, k->tail_len), k->tail_len);
	if (k->names.len)
		qsort(k->names.at, k->names.len, sizeof(*k->names.at), by_name);
	for (size_t i = 0; i < k->names.len; i++) {
		struct pl_str crate = k->names.at[i];
		size_t at = version_at(crate);

		pl_buf_fmt(&b, "%s%.*s\t%.*s", i ? "\n" : "", (int)at, crate.ptr,
			   PL_FMT(pl_str_sub(crate, at + 1, crate.len)));
	}
	out->rust_crates = pl_arena_str(arena, pl_buf_view(&b));
}

/* .comment, a string of each compiler that had a hand in it: "rustc version 1.75.0 (82e1608df …)"
 */
static void read_comment(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out)
{
	const char *lost;
	struct elf_sect s;
	struct pl_str text, word;
	ptrdiff_t at;

	if (pl_capture_section(c, PL_STR(".comment"), &s, &lost) <= 0 || s.size > PL_KiB(64))
		return;
	text = pl_capture_view(c, s.off, s.size);
	at = pl_str_find(text, PL_STR("rustc version "));
	if (at < 0)
		return;
	text = pl_str_sub(text, (size_t)at + 14, 64);
	text.len = strnlen(text.ptr, text.len);
	if (pl_str_split(&text, ' ', &word))
		out->rustc = pl_arena_str(arena, word);
}

void pl_rust_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out)
{
	const char *lost = NULL;
	struct elf_sect s;
	pl_auto_buf json;
	struct pl_str packed;
	int rc = pl_capture_section(c, PL_STR(".dep-v0"), &s, &lost);

	pl_buf_init(&json, pl_limit(PL_LIM_META_FILE_BYTES));
	list_crates(c, arena, out);
	read_comment(c, arena, out);
	if (rc <= 0) {
		if (rc < 0 && !out->is_go)
			out->lost = lost;
		return;
	}
	out->is_rust = true;
	packed = pl_capture_view(c, s.off, s.size);
	if (!packed.ptr) {
		out->lost = "the dependency list lies where nothing was kept";
		return;
	}
	lost = inflate_all(packed, &json);
	if (lost)
		out->lost = lost;
	else
		out->rust_json = pl_arena_str(arena, pl_buf_view(&json));
}
