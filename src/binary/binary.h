/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * binary: what an executable says of itself. Files pass by as a stream; a capture keeps only
 * the parts that matter (headers, first writable segment, tail with the sections that are not
 * loaded) as a sparse memory image of the whole file, which the readers then ask.
 *
 * Limits: elf-keep-bytes for each file. Every read goes through the list of kept parts.
 *
 * Programs without build information are recognised by version strings while the bytes pass.
 */
#include "base/base.h"

enum pl_binary_format { PL_BIN_ELF, PL_BIN_PE, PL_BIN_MACHO };

struct pl_capture;
/* `size` is the size of the file. NULL when the first bytes (at least 64 when the file has them)
 * are not an executable or library of ELF, PE or Mach-O. */
struct pl_capture *pl_capture_new(struct pl_str head, uint64_t size);
/* The next bytes of the file in order (the head again included). */
void pl_capture_add(struct pl_capture *c, struct pl_str data);
void pl_capture_free(struct pl_capture *c);
/* An ELF program that a dynamic linker starts: it needs libraries beside it. */
bool pl_capture_is_dynamic(const struct pl_capture *c);

struct pl_elf_facts {
	enum pl_binary_format format;
	bool is_go, is_rust;
	struct pl_str go_version; /* "go1.21.3", empty when there is no build info */
	struct pl_str go_modinfo; /* the text of the build info: path, mod, dep, =>, build lines */
	struct pl_str rust_json;  /* the inflated .dep-v0 section */
	/* "NAME\tVERSION" a line: crates of which panic messages name a source file; and the
	 * compiler, "1.75.0", as the comment section tells it */
	struct pl_str rust_crates, rustc;
	bool bundle;		 /* a .NET single-file bundle */
	struct pl_str deps_json; /* the deps.json in it */
	struct pl_str sbom;	 /* the CycloneDX document in a GraalVM native image */
	bool is_clr;		 /* a PE file that holds a .NET assembly; what it tells: */
	struct pl_str clr_name, clr_culture, clr_version; /* "Newtonsoft.Json", "", "13.0.0.0" */
	struct pl_str product_version, file_version;	  /* of the version resource */
	bool packed;					  /* by UPX: nothing inside can be seen */
	const char *lost; /* why something could not be read, or NULL */
};
/* Views live in `arena`. 0, or a negative error when the file cannot be read at all. */
int pl_capture_read(struct pl_capture *c, struct pl_arena *arena, struct pl_elf_facts *out,
		    struct pl_err *err);

/* --- programs by their version strings (strings.c, data/programs) --------------------------- */

#define PL_VERSION_STRING_MAX 48

struct pl_program {
	const char *name; /* "nginx" */
	const char *purl; /* "pkg:generic/nginx", the version to be added */
	const char *cpes; /* "vendor:product", separated by '\n'; may be empty */
};
struct pl_program_hit {
	const struct pl_program *program;
	struct pl_str version;
	const char *how; /* what the version was read from */
};

/* Compiles the patterns, once for each process; false where the processor has not what that needs.
 * Called by the others; before a fork it spares the children the work. */
bool pl_strings_prepare(void);
/* NULL when no pattern asks for such a file: `head` its first bytes (4 when it has them). */
struct pl_strings;
struct pl_strings *pl_strings_new(struct pl_str path, struct pl_str head);
/* The next bytes of the file in order (the head again included), pieces of any size. */
void pl_strings_add(struct pl_strings *s, struct pl_str data);
/* At the end of the file: the programs found, at most one version for each; *lost says why some may
 * be missing, or NULL. Views live as long as `s`. */
size_t pl_strings_end(struct pl_strings *s, const struct pl_program_hit **out, const char **lost);
void pl_strings_free(struct pl_strings *s);
const struct pl_program *pl_program_rows(size_t *n);
/* The descriptor of a note in the program's PT_NOTE segments; owner with its NUL. False when there
 * is none, or it lies where nothing was kept. The view lives as long as the capture. */
bool pl_capture_note(const struct pl_capture *c, struct pl_str owner, uint32_t type,
		     struct pl_str *desc);
/* A section of an ELF file that is in memory as a whole. */
bool pl_elf_section(struct pl_str file, struct pl_str name, struct pl_str *out);
