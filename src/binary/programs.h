/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The patterns of data/programs as tables, made by gen-programs.py. A pattern is a row of elements
 * one of which, the anchor, is a literal that is searched in all bytes; the others are compared
 * around each place where the anchor stands. Private to the room.
 */
#include "binary/binary.h"

enum pattern_el_kind {
	EL_LITERAL, /* `text`, `max` bytes */
	EL_GAP,	    /* up to `max` bytes of any kind, as few as possible */
	EL_TEXT,    /* up to `max` bytes without a NUL, as few as possible */
	EL_NULS,    /* one NUL or more, at most `max` */
	EL_DIGITS,  /* a number that is not kept */
	EL_VERSION, /* what is kept: `form` */
};

enum version_form {
	VF_DOTTED,  /* 1.22.1: two numbers or more */
	VF_THREE,   /* 1.22.1: three numbers or more */
	VF_NUMBER,  /* 252 */
	VF_LETTER,  /* 1.1.1n: perhaps with one or two letters */
	VF_PATCH,   /* 9.2p1: perhaps with p and a number */
	VF_PATCHED, /* 9.2p1: certainly with it */
	VF_JAVA,    /* 17.0.9+9, 21+35: perhaps with the number of a build */
	VF_PRE,	    /* 2.0.0-rc1, 3.12.0b4: perhaps with the mark of a version before the release */
};

struct pattern_el {
	uint8_t kind, form;
	uint16_t max;
	const char *text;
};

enum pattern_where {
	IN_PROGRAM, /* ELF and PE files */
	IN_TEXT,    /* other files, by their names only */
	BY_NAME,    /* programs: the elements are compared with the name, the anchor proves it */
};

#define NO_ANCHOR UINT16_MAX

struct pattern {
	const struct pattern_el *els;
	const char *const *names; /* globs of base names, NULL-terminated; NULL: any name */
	const char *how;
	uint16_t program;		/* index into pl_programs */
	uint16_t anchor;		/* index into pl_anchors */
	uint16_t with;			/* anchor that must stand in the file too, or NO_ANCHOR */
	uint16_t before_max, after_max; /* bytes around the anchor */
	uint16_t before_min;
	uint8_t n_els, anchor_el, where;
	bool without; /* `with` must not stand in the file */
};

struct anchor {
	const char *text;
	uint16_t len;
	uint16_t first, n;  /* its patterns: pl_patterns_by_anchor[first …] */
	uint16_t after_max; /* the longest reach of these behind it */
};

extern const struct pl_program pl_programs[];
extern const struct pattern pl_patterns[];
extern const struct anchor pl_anchors[];
extern const uint16_t pl_patterns_by_anchor[];
extern const size_t pl_programs_len, pl_patterns_len, pl_anchors_len;

/* The longest reach of a pattern around its anchor, the anchor included. gen-programs.py holds
 * every pattern to it. */
#define PATTERN_REACH 1024

/* pattern.c: whether the pattern stands in `bytes` with its anchor at `at`; the version on 1. */
bool pl_pattern_match(const struct pattern *p, struct pl_str bytes, size_t at,
		      struct pl_str *version);
