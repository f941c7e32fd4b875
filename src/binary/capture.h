/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The capture as its readers see it: a file of which some parts were kept. Private to the room.
 */
#include "binary/binary.h"
#include "binary/elf.h"

/* What a part was kept for. */
enum part_kind {
	PART_RANGE,   /* planned by its offset */
	PART_INFO,    /* begins with the magic of Go's build information */
	PART_MODINFO, /* begins with the mark that stands before a Go module list */
	PART_VERSION, /* begins with "go1.": perhaps the toolchain's version */
	PART_BUNDLE,  /* the mark of a .NET single-file bundle and the 8 bytes before it */
	PART_DEPS,    /* begins with "runtimeTarget": of a deps.json in a bundle */
	PART_GZIP,    /* begins like what Java's GZIPOutputStream writes */
	PART__COUNT
};

#define PART_SMALL 64 /* what is kept of a PART_VERSION, or of a string header */

struct part {
	enum part_kind kind;
	uint64_t from;
	size_t want, have;
	bool mapped; /* bytes is a mapping of its own, not what follows here */
	bool looked; /* PART_INFO: its pointers were followed */
	uint8_t *bytes;
	uint8_t small[];
};

/* Program headers that are looked at; a linker makes about a dozen. */
#define SEGS_MAX 64
/* Named sections of PE and Mach-O files; PE allows 96. */
#define NAMED_MAX 96
/* The last bytes that passed, for marks that lie across two pieces. */
#define CARRY_MAX 64

/* A section of a PE or Mach-O file. */
struct named {
	char name[17];
	uint64_t off, size;
};

/* Crates that panic messages name (rust.c). */
#define CRATE_TAIL 192
struct crates {
	struct pl_arena arena;
	struct pl_map known;
	PL_VEC(struct pl_str) names;
	char tail[CRATE_TAIL]; /* bytes in which a path may begin that is not complete */
	size_t tail_len;
};

struct pl_capture {
	enum pl_binary_format format;
	uint64_t size, pos;
	uint64_t budget;  /* bytes that parts may still ask for */
	uint64_t plan_at; /* how many first bytes the plan needs */
	struct elf_head head;
	struct elf_seg segs[SEGS_MAX];
	size_t n_segs;
	struct named named[NAMED_MAX];
	size_t n_named;
	uint64_t image_base;	      /* PE: added to relative addresses */
	uint32_t clr_rva, clr_size;   /* PE: the header of the .NET runtime */
	uint32_t rsrc_rva, rsrc_size; /* PE: resources */
	struct crates crates;
	bool bundle;  /* a single-file bundle: its deps.json is looked for */
	bool foreign; /* no file of this format after all: nothing is read */
	bool planned;
	bool interpreter; /* it names a dynamic linker */
	bool go_note; /* the note of the Go linker is there: old forms are looked for, too */
	PL_VEC(struct part *) parts;
	PL_VEC(struct part *) open;   /* those that still want bytes */
	unsigned counts[PART__COUNT]; /* parts of each kind */
	uint8_t block[16];	      /* the bytes since the last multiple of 16 */
	uint8_t carry[CARRY_MAX];     /* the last bytes that passed */
	size_t carry_len;
	const char *lost;
};

/* The bytes [off, off+len) when one part holds them all; else a NULL view. */
struct pl_str pl_capture_view(const struct pl_capture *c, uint64_t off, uint64_t len);
/* The offset in the file of a virtual address; false when no segment loads it from there. */
bool pl_capture_offset(const struct pl_capture *c, uint64_t vaddr, uint64_t *out);
/* The section of that name. 1, 0 when there is none, negative when one cannot know (*lost says
 * why). */
int pl_capture_section(const struct pl_capture *c, struct pl_str name, struct elf_sect *out,
		       const char **lost);
/* Keeps [from, from+want) when it is still to come. */
void pl_capture_want(struct pl_capture *c, uint64_t from, uint64_t want);

/* capture.c: keeps `want` bytes of every place where the needle (2 to CARRY_MAX bytes) stands in
 * the bytes that pass, from `back` bytes before it on. */
void pl_capture_scan(struct pl_capture *c, struct pl_str data, struct pl_str needle,
		     enum part_kind kind, size_t back, size_t want);
/* Each: searches the bytes that pass, `data` standing at c->pos. */
void pl_go_scan(struct pl_capture *c, struct pl_str data);
void pl_bundle_scan(struct pl_capture *c, struct pl_str data);
void pl_crates_scan(struct pl_capture *c, struct pl_str data);
void pl_native_scan(struct pl_capture *c, struct pl_str data);
/* pe.c, macho.c: reads the headers (c->plan_at bytes are there); false when it is none. */
bool pl_pe_plan(struct pl_capture *c);
bool pl_macho_plan(struct pl_capture *c);
/* pe.c: the bytes at a relative virtual address, as far as one part holds them. */
struct pl_str pl_pe_view(const struct pl_capture *c, uint64_t rva, uint64_t len);
/* Adds a segment or a named section while planning. */
void pl_capture_seg(struct pl_capture *c, const struct elf_seg *s);
void pl_capture_named(struct pl_capture *c, struct pl_str name, uint64_t off, uint64_t size);
/* capture.c: a part that begins at `from`: `lead` bytes seen before, then `data`. */
void pl_capture_found(struct pl_capture *c, enum part_kind kind, uint64_t from, size_t want,
		      struct pl_str lead, struct pl_str data);
/* go.c: fills the go_ fields. */
void pl_go_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out);
/* bundle.c, native.c, clr.c: fill the fields of single-file bundles, native images, assemblies. */
void pl_bundle_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out);
void pl_native_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out);
void pl_clr_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out);
/* rust.c: fills the rust_ fields. */
void pl_crates_release(struct crates *k);
void pl_rust_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out);
