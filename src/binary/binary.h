/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * binary: what an executable says of itself. ELF files pass by as a stream; a capture keeps only
 * the parts that matter (headers, first writable segment, tail with the sections that are not
 * loaded) as a sparse memory image of the whole file, which the readers then ask.
 *
 * Limits: elf-keep-bytes for each file. Every read goes through the list of kept parts.
 */
#include "base/base.h"

struct pl_capture;
/* `size` is the size of the file. NULL when the first bytes (at least 64 when the file has them)
 * are not an ELF executable or library. */
struct pl_capture *pl_capture_new(struct pl_str head, uint64_t size);
/* The next bytes of the file in order (the head again included). */
void pl_capture_add(struct pl_capture *c, struct pl_str data);
void pl_capture_free(struct pl_capture *c);

struct pl_elf_facts {
	bool is_go, is_rust;
	struct pl_str go_version; /* "go1.21.3", empty when there is no build info */
	struct pl_str go_modinfo; /* the text of the build info: path, mod, dep, =>, build lines */
	struct pl_str rust_json;  /* the inflated .dep-v0 section */
	bool packed;		  /* by UPX: nothing inside can be seen */
	const char *lost;	  /* why something could not be read, or NULL */
};
/* Views live in `arena`. 0, or a negative error when the file is no readable ELF. */
int pl_capture_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out,
		    struct pl_err *err);
