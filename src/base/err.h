/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Errors. A function that can explain its failure takes a `struct pl_err *` as its last
 * parameter (may be NULL), fills it and returns the negative code in one statement:
 *
 *	return pl_fail(err, PL_E_FORMAT, "%s: not a tar archive", name);
 *
 * The caller owns the object; on success it is untouched, outputs are untouched on failure.
 */
#define PL_ERRORS(X) \
	X(SYS, 1, "system call failed") \
	X(USAGE, 2, "wrong usage") \
	X(FORMAT, 3, "malformed input") \
	X(TRUNCATED, 4, "input ends too early") \
	X(LIMIT, 5, "a limit was reached") \
	X(NOT_FOUND, 6, "not found") \
	X(DIGEST, 7, "digest does not match") \
	X(UNSUPPORTED, 8, "not supported") \
	X(WORKER, 9, "the worker process was lost") \
	X(DB, 10, "advisory database unusable") \
	X(INTERNAL, 11, "internal error") \
	X(COMPARE, 12, "versions are not comparable") \
	X(NET, 13, "the network failed")

enum pl_ecode {
#define X(name, number, text) PL_E_##name = number,
	PL_ERRORS(X)
#undef X
};

struct pl_err {
	enum pl_ecode code; /* 0 when nothing was reported */
	char text[512]; /* one line, no newline, may hold bytes of the input: escape on output */
};

/* Sets err (when not NULL) and returns -code. */
int pl_fail(struct pl_err *err, enum pl_ecode code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* pl_fail with ": strerror(errno)" appended; code is PL_E_SYS. */
int pl_fail_errno(struct pl_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "context: " before the text that is there already; returns -err->code. */
int pl_wrap(struct pl_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The symbolic name of a code, such as "FORMAT". */
const char *pl_ecode_name(enum pl_ecode code);
/* What the code means in general, such as "malformed input". */
const char *pl_ecode_text(enum pl_ecode code);
