/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll catalogers: which package formats are read, and from which files. */
#include "catalog/catalog.h"
#include "cli/cli.h"

static int run(struct pl_cli *c)
{
	size_t n;
	const struct pl_cataloger_row *rows = pl_cataloger_rows(&n);
	pl_auto_buf out;

	(void)c;
	pl_buf_init(&out, PL_MiB(1));
	for (size_t i = 0; i < n; i++) {
		pl_buf_fmt(&out, "%-12s %s\n", rows[i].name, rows[i].what);
		if (!rows[i].globs)
			pl_buf_fmt(&out, "%-12s   every ELF file\n", "");
		for (const char *const *g = rows[i].globs; g && *g; g++)
			pl_buf_fmt(&out, "%-12s   %s\n", "", *g);
	}
	return pl_cli_write(NULL, &out);
}

const struct pl_command pl_command_catalogers = {
	.name = "catalogers",
	.what = "which package formats are read, and from which files",
	.run = run,
};
