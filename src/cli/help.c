/* SPDX-License-Identifier: Apache-2.0 */
/* --help and shell completion, made from the tables. */
#include "cli/cli.h"

#include <stdio.h>

enum { INDENT = 28, WIDTH = 80 };

/* Words of `text` from column INDENT on, wrapped at WIDTH. */
static void wrapped(struct pl_buf *out, const char *text)
{
	struct pl_str rest = pl_str_c(text), word;
	size_t column = INDENT;

	while (pl_str_split(&rest, ' ', &word)) {
		if (column > INDENT && column + 1 + word.len > WIDTH) {
			pl_buf_fmt(out, "\n%*s", INDENT, "");
			column = INDENT;
		} else if (column > INDENT) {
			pl_buf_ch(out, ' ');
			column++;
		}
		pl_buf_str(out, word);
		column += word.len;
	}
	pl_buf_ch(out, '\n');
}

/* "  left      right", the right side on the next line when the left one is long */
static void row(struct pl_buf *out, const char *left, const char *right)
{
	size_t shown = 0;

	for (const char *c = left; *c; c++)
		shown += (*c & 0xc0) != 0x80;
	pl_buf_fmt(out, "  %s", left);
	if (shown + 4 > INDENT)
		pl_buf_fmt(out, "\n%*s", INDENT, "");
	else
		pl_buf_fmt(out, "%*s", (int)(INDENT - 2 - shown), "");
	wrapped(out, right);
}

static void option_row(struct pl_buf *out, const struct pl_opt *o)
{
	char left[64];

	if (o->letter)
		snprintf(left, sizeof(left), "-%c, --%s%s%s", o->letter, o->name, o->arg ? " " : "",
			 o->arg ? o->arg : "");
	else
		snprintf(left, sizeof(left), "    --%s%s%s", o->name, o->arg ? " " : "",
			 o->arg ? o->arg : "");
	row(out, left, o->what);
}

static void command_words(const struct pl_command *c, char *out, size_t size)
{
	snprintf(out, size, "%s%s%s%s%s", c->name, c->sub ? " " : "", c->sub ? c->sub : "",
		 c->args ? " " : "", c->args ? c->args : "");
}

static void help_all(struct pl_buf *out)
{
	size_t n;
	const struct pl_command *const *commands = pl_commands(&n);

	pl_buf_c(out, "plimsoll " PL_VERSION
		      " - what is in a container image, and what is vulnerable in it\n\n"
		      "usage: plimsoll COMMAND [OPTION…] [ARGUMENT…]\n\ncommands:\n");
	for (size_t i = 0; i < n; i++) {
		char left[128];

		command_words(commands[i], left, sizeof(left));
		row(out, left, commands[i]->what);
	}
	pl_buf_c(out, "\nexit status:\n"
		      "  0  nothing reaches the line      3   the scan is not complete\n"
		      "  1  the verdict is no             4   the advisories are missing\n"
		      "  2  wrong usage                   70  internal error\n\n"
		      "`plimsoll COMMAND --help` says more of each; plimsoll(1) all of it.\n");
}

void pl_cli_help(struct pl_buf *out, const struct pl_command *command)
{
	char words[128];

	if (!command) {
		help_all(out);
		return;
	}
	command_words(command, words, sizeof(words));
	pl_buf_fmt(out, "usage: plimsoll %s%s\n\n%s\n\noptions:\n", words,
		   command->opts && *command->opts ? " [OPTION…]" : "", command->what);
	for (const struct pl_opt *const *o = command->opts; o && *o; o++)
		option_row(out, *o);
	option_row(out, &pl_opt_help);
	if (command->more)
		pl_buf_fmt(out, "\n%s", command->more);
}

static void complete_values(struct pl_buf *out, const struct pl_opt *o)
{
	pl_buf_fmt(out, "\t--%s)\n\t\t", o->name);
	if (o->choices) {
		pl_buf_c(out, "COMPREPLY=($(compgen -W '");
		for (const char *const *c = o->choices; *c; c++)
			pl_buf_fmt(out, "%s%s", c == o->choices ? "" : " ", *c);
		pl_buf_c(out, "' -- \"$cur\"))");
	} else if (o->file) {
		pl_buf_c(out, "COMPREPLY=($(compgen -f -- \"$cur\"))");
	} else if (o == &pl_opt_set) {
		pl_buf_c(out, "compopt -o nospace; COMPREPLY=($(compgen -S = -W '");
		for (unsigned i = 0; i < PL_LIM__COUNT; i++)
			pl_buf_fmt(out, "%s%s", i ? " " : "", pl_limit_row(i)->name);
		pl_buf_c(out, "' -- \"$cur\"))");
	} else {
		pl_buf_c(out, "COMPREPLY=()");
	}
	pl_buf_c(out, "\n\t\treturn ;;\n");
}

/* Every option that takes a value, once, whichever commands have it. */
static void complete_options(struct pl_buf *out, const struct pl_command *const *commands, size_t n)
{
	const char *seen[64];
	size_t known = 0;

	for (size_t i = 0; i < n; i++)
		for (const struct pl_opt *const *o = commands[i]->opts; o && *o; o++) {
			size_t k = 0;

			while (k < known && strcmp(seen[k], (*o)->name) != 0)
				k++;
			if (!(*o)->arg || k < known || known == 64)
				continue;
			seen[known++] = (*o)->name;
			complete_values(out, *o);
		}
}

void pl_cli_completion(struct pl_buf *out)
{
	size_t n;
	const struct pl_command *const *commands = pl_commands(&n);
	const char *last = "";

	pl_buf_c(out,
		 "# bash completion for plimsoll, made by `plimsoll completion bash`\n"
		 "_plimsoll()\n{\n"
		 "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
		 "\tcase $prev in\n");
	complete_options(out, commands, n);
	pl_buf_c(out,
		 "\tesac\n\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tCOMPREPLY=($(compgen -W '");
	for (size_t i = 0; i < n; i++) {
		if (strcmp(last, commands[i]->name) != 0)
			pl_buf_fmt(out, "%s%s", i ? " " : "", commands[i]->name);
		last = commands[i]->name;
	}
	pl_buf_c(out, " --help --version' -- \"$cur\"))\n\t\treturn\n\tfi\n"
		      "\tcase \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n");
	for (size_t i = 0; i < n; i++) {
		pl_buf_fmt(out, "\t'%s %s'*) words='", commands[i]->name,
			   commands[i]->sub ? commands[i]->sub : "");
		for (const struct pl_opt *const *o = commands[i]->opts; o && *o; o++)
			pl_buf_fmt(out, "--%s ", (*o)->name);
		pl_buf_c(out, "--help' ;;\n");
	}
	pl_buf_c(out,
		 "\tesac\n\tif [ \"$COMP_CWORD\" -eq 2 ]; then\n\t\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; i < n; i++)
		if (commands[i]->sub)
			pl_buf_fmt(out, "\t\t%s) words+=' %s' ;;\n", commands[i]->name,
				   commands[i]->sub);
	pl_buf_c(out, "\t\tesac\n\tfi\n"
		      "\tif [[ $cur == -* ]]; then\n\t\tCOMPREPLY=($(compgen -W \"$words\" -- "
		      "\"$cur\"))\n"
		      "\telse\n\t\tCOMPREPLY=($(compgen -W \"${words//--[a-z-]*/}\" -- \"$cur\") "
		      "$(compgen -f -- \"$cur\"))\n\tfi\n}\n"
		      "complete -o filenames -F _plimsoll plimsoll\n");
}
