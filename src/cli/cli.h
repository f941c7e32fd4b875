/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * cli: the command line. Commands and options are rows of constant tables, from which parsing,
 * --help and shell completion are made. This room wires the others together; it alone prints,
 * asks for the terminal, and ends the process.
 */
#include "base/base.h"
#include "policy/policy.h"

enum pl_cli_color { PL_COLOR_AUTO, PL_COLOR_ALWAYS, PL_COLOR_NEVER };

/* What the options and arguments of one command line said. */
struct pl_cli {
	const struct pl_command *command;
	PL_VEC(const char *) args; /* what is no option, in order */
	PL_VEC(const char *) from;
	const char *db, *format, *output, *platform, *tag;
	uint64_t jobs; /* 0: not said */
	enum pl_severity fail_on;
	enum pl_cli_color color;
	bool declared;
	bool never, only_fixed, all_layers, licenses, unowned, quiet, batch, help;
};

/* An option: `arg` is the name of its value in help, NULL for a switch. */
struct pl_opt {
	const char *name;
	char letter; /* short form, or 0 */
	const char *arg, *what;
	const char *const *choices; /* NULL-terminated: the only values, for completion too */
	bool file;		    /* the value is a file name (completion) */
	int (*set)(struct pl_cli *c, const char *value, struct pl_err *err);
};
extern const struct pl_opt pl_opt_declared;
extern const struct pl_opt pl_opt_explain_format, pl_opt_licenses, pl_opt_unowned;
extern const struct pl_opt pl_opt_all_layers, pl_opt_batch, pl_opt_color, pl_opt_db, pl_opt_fail_on,
	pl_opt_format, pl_opt_from, pl_opt_help, pl_opt_jobs, pl_opt_only_fixed, pl_opt_output,
	pl_opt_platform, pl_opt_quiet, pl_opt_sbom_format, pl_opt_set, pl_opt_tag;

struct pl_command {
	const char *name, *sub; /* "db" "build"; sub is NULL for one word */
	const char *args;	/* how arguments are shown: "TARGET…" */
	const char *what;	/* one line */
	unsigned min_args, max_args;
	const struct pl_opt *const *opts; /* NULL-terminated; --help is added to all */
	int (*run)(struct pl_cli *c);	  /* returns the exit status */
	const char *more;		  /* more paragraphs of --help, or NULL */
};
const struct pl_command *const *pl_commands(size_t *n);

/* Parses argv behind the command words. 0, or PL_E_USAGE. */
int pl_cli_parse(struct pl_cli *c, int argc, char **argv, struct pl_err *err);
void pl_cli_release(struct pl_cli *c);
/* The nearest of n names to a mistyped one, or NULL when none is near. */
const char *pl_cli_nearest(const char *given, const char *const *names, size_t n);

/* help.c: the text of --help, of all commands or of one. */
void pl_cli_help(struct pl_buf *out, const struct pl_command *command);
void pl_cli_completion(struct pl_buf *out);

/* term.c */
/* "plimsoll: TEXT" on standard error, control bytes escaped. Returns `status`. */
int pl_cli_error(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* For an error of a library: its text, and the status that fits it. */
int pl_cli_fail(const char *context, const struct pl_err *err);
/* Writes to path ("-", NULL: standard output). 0, or the exit status after an error was printed. A
 * reader that went away is no error. */
int pl_cli_write(const char *path, const struct pl_buf *text);
unsigned pl_cli_width(int fd); /* columns of a terminal, 0 when fd is none */
bool pl_cli_colors(enum pl_cli_color wish, const char *output);
/* One line on a terminal's standard error that overwrites itself; nothing elsewhere. */
void pl_cli_progress(void *arg, const char *what, uint64_t done, uint64_t total);
void pl_cli_progress_end(void);

#define PL_COMMANDS(X) \
	X(scan) \
	X(sbom) \
	X(explain) \
	X(db_build) X(db_status) X(version_compare) X(limits) X(catalogers) X(help) X(completion)
#define X(name) extern const struct pl_command pl_command_##name;
PL_COMMANDS(X)
#undef X
