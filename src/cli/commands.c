/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands, and the small ones that only speak of plimsoll itself. */
#include "cli/cli.h"

#include <stdio.h>

static const struct pl_command *const table[] = {
#define X(name) &pl_command_##name,
	PL_COMMANDS(X)
#undef X
};

const struct pl_command *const *pl_commands(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

static int print(const struct pl_buf *out)
{
	return pl_cli_write(NULL, out);
}

static int run_limits(struct pl_cli *c)
{
	pl_auto_buf out;

	(void)c;
	pl_buf_init(&out, PL_MiB(1));
	for (unsigned i = 0; i < PL_LIM__COUNT; i++) {
		const struct pl_limit_row *r = pl_limit_row(i);
		uint64_t v = pl_limit(i);
		char value[32];

		if (v >= PL_GiB(1) && v % PL_GiB(1) == 0)
			snprintf(value, sizeof(value), "%lluG", (unsigned long long)(v >> 30));
		else if (v >= PL_MiB(1) && v % PL_MiB(1) == 0)
			snprintf(value, sizeof(value), "%lluM", (unsigned long long)(v >> 20));
		else
			snprintf(value, sizeof(value), "%llu", (unsigned long long)v);
		pl_buf_fmt(&out, "%-20s %9s %-9s %s\n", r->name, value, r->unit, r->why);
	}
	return print(&out);
}

static const struct pl_opt *const limits_opts[] = {&pl_opt_set, NULL};
const struct pl_command pl_command_limits = {
	.name = "limits",
	.what = "the limits that protect from hostile input",
	.opts = limits_opts,
	.run = run_limits,
	.more = "K, M and G are powers of 1024. Raise one with --set LIMIT=VALUE of `plimsoll "
		"scan`.\n",
};

static const struct pl_command *find(const char *name, const char *sub)
{
	size_t n;
	const struct pl_command *const *all = pl_commands(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i]->name, name) == 0 &&
		    (!sub || !all[i]->sub || strcmp(all[i]->sub, sub) == 0))
			return all[i];
	return NULL;
}

static int run_help(struct pl_cli *c)
{
	const struct pl_command *about = NULL;
	pl_auto_buf out;

	pl_buf_init(&out, PL_MiB(1));
	if (c->args.len) {
		about = find(c->args.at[0], c->args.len > 1 ? c->args.at[1] : NULL);
		if (!about)
			return pl_cli_error(PL_EXIT_USAGE,
					    "help: no command %s; `plimsoll help` lists them",
					    c->args.at[0]);
	}
	pl_cli_help(&out, about);
	return print(&out);
}

const struct pl_command pl_command_help = {
	.name = "help",
	.args = "[COMMAND]",
	.what = "what each command does",
	.max_args = 2,
	.run = run_help,
};

static int run_completion(struct pl_cli *c)
{
	pl_auto_buf out;

	pl_buf_init(&out, PL_MiB(1));
	if (strcmp(c->args.at[0], "bash") != 0)
		return pl_cli_error(PL_EXIT_USAGE, "completion: no shell %s; only bash so far",
				    c->args.at[0]);
	pl_cli_completion(&out);
	return print(&out);
}

const struct pl_command pl_command_completion = {
	.name = "completion",
	.args = "bash",
	.what = "completion for the shell, to be sourced",
	.min_args = 1,
	.max_args = 1,
	.run = run_completion,
};
