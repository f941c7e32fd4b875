/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll catalogers: which package formats are read, from which files, and what tests them. */
#include "catalog/catalog.h"
#include "cli/cli.h"

static void add_line(struct pl_buf *out, const char *text)
{
	pl_buf_fmt(out, "%-20s   %s\n", "", text);
}

static void add_row(struct pl_buf *out, const struct pl_cataloger_row *row)
{
	pl_buf_fmt(out, "%-20s %s\n", row->name, row->what);
	for (const char *const *g = row->globs; g && *g; g++)
		pl_buf_fmt(out, "%-20s   %s%s\n", "", row->rooted ? "[ROOT/]" : "", *g);
	if (row->elf)
		add_line(out, "every ELF file");
	if (row->sniff)
		add_line(out, "by content, whatever its name");
	if (row->stream)
		add_line(out, "by the bytes of programs as they pass");
	if (row->declared)
		add_line(out, "(declared: in source trees, and with --declared)");
	pl_buf_fmt(out, "%-20s   fixture: tests/data/catalog/%s\n", "", row->name);
}

static int run(struct pl_cli *c)
{
	size_t n;
	const struct pl_cataloger_row *rows = pl_cataloger_rows(&n);
	pl_auto_buf out;

	(void)c;
	pl_buf_init(&out, PL_MiB(1));
	for (size_t i = 0; i < n; i++)
		add_row(&out, &rows[i]);
	return pl_cli_write(NULL, &out);
}

const struct pl_command pl_command_catalogers = {
	.name = "catalogers",
	.what = "which package formats are read, and from which files",
	.run = run,
};
