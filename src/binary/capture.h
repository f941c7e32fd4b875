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

struct pl_capture {
	uint64_t size, pos;
	uint64_t budget; /* bytes that parts may still ask for */
	struct elf_head head;
	struct elf_seg segs[SEGS_MAX];
	size_t n_segs;
	bool planned;
	bool go_note; /* the note of the Go linker is there: old forms are looked for, too */
	PL_VEC(struct part *) parts;
	PL_VEC(struct part *) open; /* those that still want bytes */
	unsigned counts[4];	    /* parts of each kind */
	uint8_t block[16];	    /* the bytes since the last multiple of 16 */
	uint8_t carry[16];	    /* the last bytes that passed */
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

/* go.c: searches the bytes that pass, `data` standing at c->pos. */
void pl_go_scan(struct pl_capture *c, struct pl_str data);
/* capture.c: a part that begins at `from`: `lead` bytes seen before, then `data`. */
void pl_capture_found(struct pl_capture *c, enum part_kind kind, uint64_t from, size_t want,
		      struct pl_str lead, struct pl_str data);
/* go.c: fills the go_ fields. */
void pl_go_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out);
/* rust.c: fills the rust_ fields. */
void pl_rust_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out);
