/* SPDX-License-Identifier: Apache-2.0 */
/* The entry point: finds the command, parses its options, runs it. */
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>

static bool group_known(const char *name)
{
	size_t n;
	const struct pl_command *const *all = pl_commands(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i]->name, name) == 0)
			return true;
	return false;
}

/* The row for argv[1] (and argv[2]); *words is how many words name it. */
static const struct pl_command *find_command(int argc, char **argv, int *words)
{
	size_t n;
	const struct pl_command *const *all = pl_commands(&n);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(all[i]->name, argv[1]) != 0)
			continue;
		if (all[i]->sub && (argc < 3 || strcmp(all[i]->sub, argv[2]) != 0))
			continue;
		*words = all[i]->sub ? 2 : 1;
		return all[i];
	}
	return NULL;
}

/* `plimsoll db`, `plimsoll db buid`: says what there is. */
static int wrong_sub(int argc, char **argv)
{
	const char *names[16], *near;
	pl_auto_buf list;
	size_t n, k = 0;
	const struct pl_command *const *all = pl_commands(&n);

	pl_buf_init(&list, 1024);
	for (size_t i = 0; i < n && k < 16; i++)
		if (strcmp(all[i]->name, argv[1]) == 0) {
			names[k++] = all[i]->sub;
			pl_buf_fmt(&list, "%s%s", k > 1 ? ", " : "", all[i]->sub);
		}
	near = argc > 2 ? pl_cli_nearest(argv[2], names, k) : NULL;
	if (near)
		return pl_cli_error(PL_EXIT_USAGE,
				    "%s: unknown command %s; did you mean `plimsoll %s %s`?",
				    argv[1], argv[2], argv[1], near);
	return pl_cli_error(PL_EXIT_USAGE, "%s: expected one of: %s", argv[1], list.ptr);
}

static int wrong_command(int argc, char **argv)
{
	const char *names[64], *near;
	size_t n;
	const struct pl_command *const *all = pl_commands(&n);

	if (group_known(argv[1]))
		return wrong_sub(argc, argv);
	for (size_t i = 0; i < n && i < 64; i++)
		names[i] = all[i]->name;
	near = pl_cli_nearest(argv[1], names, n < 64 ? n : 64);
	if (near)
		return pl_cli_error(PL_EXIT_USAGE,
				    "unknown command %s; did you mean `plimsoll %s`?", argv[1],
				    near);
	if (access(argv[1], F_OK) == 0)
		return pl_cli_error(PL_EXIT_USAGE,
				    "unknown command %s; did you mean `plimsoll scan %s`?", argv[1],
				    argv[1]);
	return pl_cli_error(PL_EXIT_USAGE, "unknown command %s; `plimsoll help` lists them",
			    argv[1]);
}

static int print_help(const struct pl_command *command)
{
	pl_auto_buf out;

	pl_buf_init(&out, PL_MiB(1));
	pl_cli_help(&out, command);
	return pl_cli_write(NULL, &out);
}

static int run(struct pl_cli *c, int argc, char **argv)
{
	const struct pl_command *cmd = c->command;
	struct pl_err err;
	int rc = pl_cli_parse(c, argc, argv, &err);

	if (rc < 0)
		return pl_cli_error(PL_EXIT_USAGE, "%s%s%s: %s\nTry `plimsoll %s%s%s --help`.",
				    cmd->name, cmd->sub ? " " : "", cmd->sub ? cmd->sub : "",
				    err.text, cmd->name, cmd->sub ? " " : "",
				    cmd->sub ? cmd->sub : "");
	if (c->help)
		return print_help(cmd);
	return cmd->run(c);
}

static bool is_one_of(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

int main(int argc, char **argv)
{
	struct pl_cli cli = {.fail_on = PL_SEV_HIGH};
	int words = 0, status;

	/* a reader that goes away is seen as EPIPE where we write */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		print_help(NULL);
		return PL_EXIT_USAGE;
	}
	if (is_one_of(argv[1], "--help", "-h"))
		return print_help(NULL);
	if (is_one_of(argv[1], "--version", "-V")) {
		puts("plimsoll " PL_VERSION);
		return 0;
	}
	cli.command = find_command(argc, argv, &words);
	if (!cli.command)
		return wrong_command(argc, argv);
	status = run(&cli, argc - 1 - words, argv + 1 + words);
	pl_cli_release(&cli);
	return status;
}
