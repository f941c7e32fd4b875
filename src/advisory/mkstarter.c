/* SPDX-License-Identifier: Apache-2.0 */
/*
 * At build time: the starter advisories (data/starter) to a database, with the code that
 * `plimsoll db build` uses, and a C file that takes it into the program.
 *
 *	mkstarter RECORDS-DIR OUT.db OUT.c OUT.d
 */
#include <dirent.h>
#include <err.h>
#include <stdio.h>

#include "advisory/advisory.h"

static int complain(const char *what)
{
	warnx("%s", what);
	return 1;
}

static int write_source(const char *path, const char *db)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return complain(path);
	fprintf(f,
		"__asm__(\".pushsection .rodata\\n.balign 16\\n\"\n"
		"\".globl pl_starter\\n.hidden pl_starter\\npl_starter:\\n\"\n"
		"\".incbin \\\"%s\\\"\\n\"\n"
		"\".globl pl_starter_end\\n.hidden pl_starter_end\\npl_starter_end:\\n\"\n"
		"\".popsection\\n\");\n",
		db);
	return fclose(f) ? complain(path) : 0;
}

/* So that a changed or new record makes a new database. */
static int write_depends(const char *path, const char *target, const char *dir)
{
	FILE *f = fopen(path, "we");
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!f || !d)
		return complain(path);
	fprintf(f, "%s: %s", target, dir);
	while ((e = readdir(d)))
		if (pl_str_ends(pl_str_c(e->d_name), PL_STR(".json")))
			fprintf(f, " \\\n %s/%s", dir, e->d_name);
	fprintf(f, "\n");
	closedir(d);
	return fclose(f) ? complain(path) : 0;
}

int main(int argc, char **argv)
{
	pl_auto_arena arena;
	struct pl_diags diags;
	struct pl_build_stats stats;
	struct pl_err err = {0};
	int rc;

	pl_arena_init(&arena);
	if (argc != 5)
		return complain("RECORDS-DIR OUT.db OUT.c OUT.d");
	pl_diags_init(&diags, &arena);
	rc = pl_db_build((const char *const *)&argv[1], 1, argv[2], &diags, &stats, &err);
	if (rc < 0)
		complain(err.text);
	for (size_t i = 0; i < diags.rows.len; i++)
		warnx("%.*s: %.*s", PL_FMT(diags.rows.at[i].where), PL_FMT(diags.rows.at[i].what));
	if (rc == 0 && diags.rows.len)
		rc = complain("bad records in the starter set");
	if (rc == 0)
		rc = write_source(argv[3], argv[2]) || write_depends(argv[4], argv[2], argv[1]);
	pl_diags_release(&diags);
	return rc != 0;
}
