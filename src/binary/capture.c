/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The capture keeps parts of a file that passes by. Where the parts lie is planned from the
 * program headers once the first page is there; Go's build information is found by its marks
 * while the bytes pass (go.c). What was not kept cannot be read: no hole is ever taken for zeros.
 *
 *   head            64 KiB, or the whole of a small file
 *   not loaded      what no PT_LOAD segment covers (symbols, .comment, .dep-v0), from the front
 *   section table   where the ELF header says, and what stands before it (.dep-v0, symbols, the
 *                   names of the sections)
 */
#include "binary/capture.h"

#include <sys/mman.h>

#define PLAN_BYTES   4096
#define HEAD_BYTES   PL_KiB(64)
#define SMALL_FILE   PL_MiB(1)
#define UNLOADED_MAX PL_MiB(16) /* debug sections, then .dep-v0, then symbols */
#define SYMBOLS_MAX  PL_MiB(8)	/* where the debug sections are larger: back from the end */
#define NAMES_BYTES  PL_KiB(256)

static const unsigned counts_max[] = {
	[PART_RANGE] = 256, [PART_INFO] = 8, [PART_MODINFO] = 4, [PART_VERSION] = 4096,
	[PART_BUNDLE] = 4,  [PART_DEPS] = 4, [PART_GZIP] = 8};

/* Copies what belongs to the part from data that stands at `at`. */
static void part_fill(struct part *p, uint64_t at, struct pl_str data)
{
	uint64_t next = p->from + p->have, skip;
	size_t n;

	if (at > next || next - at >= data.len)
		return;
	skip = next - at;
	n = data.len - (size_t)skip;
	if (n > p->want - p->have)
		n = p->want - p->have;
	memcpy(p->bytes + p->have, data.ptr + skip, n);
	p->have += n;
}

/* A part of `want` bytes; NULL when there is no memory. */
static struct part *part_new(size_t want)
{
	bool mapped = want > PART_SMALL;
	struct part *p = pl_xcalloc(1, sizeof(*p) + (mapped ? 0 : want));

	p->mapped = mapped;
	p->bytes = p->small;
	p->want = want;
	if (!mapped)
		return p;
	/* pages that no byte reaches cost nothing */
	p->bytes = mmap(NULL, want, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p->bytes != MAP_FAILED)
		return p;
	free(p);
	return NULL;
}

/* The new part, or NULL. `want` is clipped to the file and to what may still be kept. */
static struct part *part_add(struct pl_capture *c, enum part_kind kind, uint64_t from,
			     uint64_t want)
{
	struct part *p;

	if (from >= c->size || c->counts[kind] == counts_max[kind])
		return NULL;
	if (want > c->size - from)
		want = c->size - from;
	if (want > c->budget)
		want = c->budget;
	p = want ? part_new((size_t)want) : NULL;
	if (!p)
		return NULL;
	p->kind = kind;
	p->from = from;
	c->budget -= want;
	c->counts[kind]++;
	pl_vec_push(&c->parts, p);
	pl_vec_push(&c->open, p);
	return p;
}

void pl_capture_found(struct pl_capture *c, enum part_kind kind, uint64_t from, size_t want,
		      struct pl_str lead, struct pl_str data)
{
	struct part *p = part_add(c, kind, from, want);

	if (!p) {
		if (kind == PART_INFO || kind == PART_MODINFO)
			c->lost = "more marks of Go build information than are kept";
		return;
	}
	part_fill(p, from, lead);
	part_fill(p, from + lead.len, data);
}

void pl_capture_want(struct pl_capture *c, uint64_t from, uint64_t want)
{
	struct pl_str have = {0};

	if (want == 0 || from >= c->size || pl_capture_view(c, from, want).ptr)
		return;
	/* the beginning may have passed, but still stand in the head */
	if (from < c->pos) {
		have = pl_capture_view(c, from, c->pos - from);
		if (!have.ptr)
			return;
	}
	struct part *p = part_add(c, PART_RANGE, from, want);

	if (p)
		part_fill(p, from, have);
}

/* Where the needle stands at `at` of the file. */
static void keep_from(struct pl_capture *c, enum part_kind kind, uint64_t at, size_t back,
		      size_t want, struct pl_str data)
{
	uint64_t from = at > back ? at - back : 0;

	if (from + c->carry_len < c->pos)
		from = c->pos - c->carry_len;
	if (from >= c->pos) {
		pl_capture_found(c, kind, from, want, (struct pl_str){0},
				 pl_str_sub(data, (size_t)(from - c->pos), data.len));
	} else {
		size_t lead = (size_t)(c->pos - from);

		pl_capture_found(c, kind, from, want,
				 pl_str_n(c->carry + c->carry_len - lead, lead), data);
	}
}

/* How often a byte is met in programs, roughly: memmem stops at every run of zeros, memchr for a
 * byte that is rare does not. */
static unsigned frequency(unsigned char b)
{
	static const unsigned char common[] = {0x00, 0xff, 0x48, 0x8b, 0x89, 0x0f, 0xe8, 0x24,
					       0x4c, 0x8d, 0x41, 0x01, 0x20, 0x44, 0x83, 0xc0};

	if (memchr(common, b, sizeof(common)))
		return 2;
	return pl_is_alpha((char)b);
}

static const char *find(const char *at, size_t n, struct pl_str needle)
{
	const char *end = at + n, *hit;
	size_t rare = 0;

	for (size_t i = 1; i < needle.len; i++)
		if (frequency((unsigned char)needle.ptr[i]) <
		    frequency((unsigned char)needle.ptr[rare]))
			rare = i;
	while ((size_t)(end - at) >= needle.len) {
		hit = memchr(at + rare, needle.ptr[rare], (size_t)(end - at) - needle.len + 1);
		if (!hit)
			return NULL;
		if (memcmp(hit - rare, needle.ptr, needle.len) == 0)
			return hit - rare;
		at = hit - rare + 1;
	}
	return NULL;
}

void pl_capture_scan(struct pl_capture *c, struct pl_str data, struct pl_str needle,
		     enum part_kind kind, size_t back, size_t want)
{
	char joint[2 * CARRY_MAX];
	size_t most = needle.len - 1;
	size_t tail = c->carry_len < most ? c->carry_len : most;
	size_t head = data.len < most ? data.len : most;
	const char *at, *from = data.ptr;

	memcpy(joint, c->carry + c->carry_len - tail, tail);
	memcpy(joint + tail, data.ptr, head);
	at = find(joint, tail + head, needle);
	if (at && (size_t)(at - joint) < tail)
		keep_from(c, kind, c->pos - tail + (size_t)(at - joint), back, want, data);
	while (c->counts[kind] < counts_max[kind] &&
	       (at = find(from, data.len - (size_t)(from - data.ptr), needle))) {
		keep_from(c, kind, c->pos + (size_t)(at - data.ptr), back, want, data);
		from = at + needle.len;
	}
}

static void keep_carry(struct pl_capture *c, struct pl_str data)
{
	size_t n = data.len < CARRY_MAX ? data.len : CARRY_MAX;
	size_t old = c->carry_len < CARRY_MAX - n ? c->carry_len : CARRY_MAX - n;

	memmove(c->carry, c->carry + c->carry_len - old, old);
	memcpy(c->carry + old, data.ptr + data.len - n, n);
	c->carry_len = old + n;
}

static int by_offset(const void *a, const void *b)
{
	uint64_t x = ((const struct elf_seg *)a)->off, y = ((const struct elf_seg *)b)->off;

	return x < y ? -1 : x > y;
}

static void read_segments(struct pl_capture *c)
{
	const struct elf_head *h = &c->head;
	unsigned n = h->phnum > SEGS_MAX ? SEGS_MAX : h->phnum;

	for (unsigned i = 0; i < n; i++) {
		uint64_t at;
		struct elf_seg *s = &c->segs[c->n_segs];

		if (__builtin_add_overflow(h->phoff, (uint64_t)i * h->phentsize, &at) ||
		    !pl_elf_seg_read(h, pl_capture_view(c, at, h->phentsize), s))
			return;
		if (s->type == ELF_PT_NOTE) {
			uint64_t left = s->off < c->pos ? c->pos - s->off : 0;
			uint64_t len = s->filesz < left ? s->filesz : left;

			/* type 4 of owner "Go" is the build id (cmd/internal/buildid) */
			c->go_note |= pl_elf_note_has(h, pl_capture_view(c, s->off, len),
						      pl_str_n("Go\0", 4), 4);
		}
		c->interpreter |= s->type == ELF_PT_INTERP;
		if (s->type == ELF_PT_LOAD && s->filesz)
			c->n_segs++;
	}
	qsort(c->segs, c->n_segs, sizeof(*c->segs), by_offset);
}

/* Keeps what no segment loads, from the front of the file, at most UNLOADED_MAX. Returns where that
 * limit was reached, or the size of the file. */
static uint64_t want_unloaded(struct pl_capture *c)
{
	uint64_t at = 0, left = UNLOADED_MAX;

	for (size_t i = 0; i <= c->n_segs; i++) {
		uint64_t next = i < c->n_segs ? c->segs[i].off : c->size, end;

		if (next > c->size)
			next = c->size;
		if (next > at) {
			uint64_t n = next - at < left ? next - at : left;

			pl_capture_want(c, at, n);
			left -= n;
			if (left == 0)
				return at + n;
		}
		if (i < c->n_segs &&
		    !__builtin_add_overflow(c->segs[i].off, c->segs[i].filesz, &end) && end > at)
			at = end;
	}
	return c->size;
}

static void want_table(struct pl_capture *c, uint64_t kept_to)
{
	const struct elf_head *h = &c->head;
	uint64_t table = (uint64_t)h->shentsize * (h->shnum ? h->shnum : 1);
	uint64_t before = kept_to < h->shoff ? SYMBOLS_MAX : NAMES_BYTES;
	uint64_t from = h->shoff > before ? h->shoff - before : 0;

	if (h->shoff == 0 || h->shoff >= c->size)
		return;
	if (c->go_note && h->shoff > NAMES_BYTES)
		from = h->shoff - NAMES_BYTES;
	if (from < kept_to && kept_to < h->shoff)
		from = kept_to;
	if (from < c->pos)
		from = h->shoff;
	/* names before the table, names after it: linkers do either */
	pl_capture_want(c, from, h->shoff - from + table + NAMES_BYTES);
}

void pl_capture_seg(struct pl_capture *c, const struct elf_seg *s)
{
	if (c->n_segs < SEGS_MAX && s->filesz)
		c->segs[c->n_segs++] = *s;
}

void pl_capture_named(struct pl_capture *c, struct pl_str name, uint64_t off, uint64_t size)
{
	struct named *s = &c->named[c->n_named];

	if (c->n_named == NAMED_MAX || name.len >= sizeof(s->name))
		return;
	memcpy(s->name, name.ptr, name.len);
	s->name[name.len] = '\0';
	s->off = off;
	s->size = size;
	c->n_named++;
}

static void plan(struct pl_capture *c)
{
	c->planned = true;
	if (c->format != PL_BIN_ELF) {
		c->foreign = c->format == PL_BIN_PE ? !pl_pe_plan(c) : !pl_macho_plan(c);
		return;
	}
	read_segments(c);
	/* A Go program carries no .dep-v0, and much debug information. */
	if (c->size > SMALL_FILE)
		want_table(c, c->go_note ? 0 : want_unloaded(c));
}

/* Mach-O, also for several processors in one file: its magic is that of Java classes, too, where
 * the next number is the version of the format, 45 at least. */
static bool is_macho(struct pl_str head)
{
	struct pl_rd r = pl_rd_init(head);
	uint32_t magic = pl_rd_be32(&r), count = pl_rd_be32(&r);

	return magic == 0xcffaedfe || magic == 0xcefaedfe ||
	       (magic == 0xcafebabe && count >= 1 && count < 16);
}

static bool find_format(struct pl_str head, struct elf_head *h, enum pl_binary_format *out)
{
	if (pl_elf_head_read(head, h)) {
		*out = PL_BIN_ELF;
		return h->type == ELF_ET_EXEC || h->type == ELF_ET_DYN;
	}
	if (head.len < 64)
		return false;
	*out = pl_str_starts(head, PL_STR("MZ")) ? PL_BIN_PE : PL_BIN_MACHO;
	return *out == PL_BIN_PE || is_macho(head);
}

struct pl_capture *pl_capture_new(struct pl_str head, uint64_t size)
{
	enum pl_binary_format format;
	struct elf_head h = {0};
	struct pl_capture *c;

	if (!find_format(head, &h, &format))
		return NULL;
	c = pl_xcalloc(1, sizeof(*c));
	c->format = format;
	c->head = h;
	c->size = size;
	c->plan_at = format == PL_BIN_MACHO ? HEAD_BYTES : PLAN_BYTES;
	if (c->plan_at > size)
		c->plan_at = size;
	c->budget = pl_limit(PL_LIM_ELF_KEEP_BYTES);
	pl_arena_init(&c->crates.arena);
	pl_map_init(&c->crates.known);
	part_add(c, PART_RANGE, 0, size <= SMALL_FILE ? size : HEAD_BYTES);
	return c;
}

static void feed(struct pl_capture *c, struct pl_str data)
{
	for (size_t i = 0; i < c->open.len;) {
		struct part *p = c->open.at[i];

		part_fill(p, c->pos, data);
		if (p->have == p->want)
			c->open.at[i] = c->open.at[--c->open.len];
		else
			i++;
	}
	if (data.len && !c->foreign) {
		pl_go_scan(c, data);
		if (!c->go_note) {
			pl_bundle_scan(c, data);
			pl_crates_scan(c, data);
			pl_native_scan(c, data);
		}
		keep_carry(c, data);
	}
	c->pos += data.len;
}

void pl_capture_add(struct pl_capture *c, struct pl_str data)
{
	if (data.len > c->size - c->pos)
		data.len = (size_t)(c->size - c->pos);
	while (data.len) {
		size_t n = data.len;

		if (!c->planned && n > c->plan_at - c->pos)
			n = (size_t)(c->plan_at - c->pos);
		feed(c, pl_str_sub(data, 0, n));
		if (!c->planned && c->pos == c->plan_at)
			plan(c);
		data = pl_str_sub(data, n, data.len);
	}
}

void pl_capture_free(struct pl_capture *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->parts.len; i++) {
		struct part *p = c->parts.at[i];

		if (p->mapped)
			munmap(p->bytes, p->want);
		free(p);
	}
	pl_vec_release(&c->parts);
	pl_vec_release(&c->open);
	pl_crates_release(&c->crates);
	free(c);
}

struct pl_str pl_capture_view(const struct pl_capture *c, uint64_t off, uint64_t len)
{
	for (size_t i = 0; i < c->parts.len; i++) {
		const struct part *p = c->parts.at[i];

		if (off >= p->from && off - p->from <= p->have && len <= p->have - (off - p->from))
			return pl_str_n(p->bytes + (off - p->from), (size_t)len);
	}
	return (struct pl_str){0};
}

bool pl_capture_offset(const struct pl_capture *c, uint64_t vaddr, uint64_t *out)
{
	for (size_t i = 0; i < c->n_segs; i++) {
		const struct elf_seg *s = &c->segs[i];

		if (vaddr >= s->vaddr && vaddr - s->vaddr < s->filesz)
			return !__builtin_add_overflow(s->off, vaddr - s->vaddr, out);
	}
	return false;
}

int pl_capture_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out,
		    struct pl_err *err)
{
	struct pl_elf_facts f = {0};
	struct pl_str first = pl_capture_view(c, 0, c->pos < 1024 ? c->pos : 1024);

	f.format = c->format;
	if (!c->planned)
		return pl_fail(err, PL_E_TRUNCATED, "executable ends after %llu of %llu bytes",
			       (unsigned long long)c->pos, (unsigned long long)c->size);
	if (c->foreign) {
		*out = f;
		return 0;
	}
	pl_go_read(c, arena, &f);
	pl_rust_read(c, arena, &f);
	pl_bundle_read(c, arena, &f);
	pl_native_read(c, arena, &f);
	pl_clr_read(c, arena, &f);
	if (!f.lost && !f.is_go && c->format == PL_BIN_ELF)
		f.lost = c->lost;
	f.packed = !f.go_version.len && !f.is_rust && pl_str_find(first, PL_STR("UPX!")) >= 0;
	if (f.packed)
		f.lost = "packed with UPX, not analysed";
	if (c->pos < c->size)
		f.lost = "the file ended early";
	*out = f;
	return 0;
}

bool pl_capture_is_dynamic(const struct pl_capture *c)
{
	return c->interpreter;
}
