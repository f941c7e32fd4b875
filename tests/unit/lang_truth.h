/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What another program says, as sorted lines, and the files below a directory: for tests that
 * compare catalogers with the package managers themselves. */
#include <ftw.h>
#include <sys/wait.h>

#include "lang_facts.h"

struct lines {
	struct pl_arena arena;
	PL_VEC(struct pl_str) at;
};

static inline void lines_release(struct lines *l)
{
	pl_vec_release(&l->at);
	pl_arena_release(&l->arena);
}
#define auto_lines __attribute__((cleanup(lines_release))) struct lines

static int lines_cmp(const void *a, const void *b)
{
	return pl_str_cmp(*(const struct pl_str *)a, *(const struct pl_str *)b);
}

/* Sorted, equal lines once. */
static inline void lines_sort(struct lines *l)
{
	size_t n = 0;

	if (l->at.len)
		qsort(l->at.at, l->at.len, sizeof(*l->at.at), lines_cmp);
	for (size_t i = 0; i < l->at.len; i++) {
		if (n == 0 || !pl_str_eq(l->at.at[n - 1], l->at.at[i]))
			l->at.at[n++] = l->at.at[i];
	}
	l->at.len = n;
}

/* The lines a shell command prints; false when it failed or printed nothing (then skip). */
static inline bool lines_run(struct lines *l, const char *command)
{
	FILE *f = popen(command, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	if (!f)
		return false;
	while ((n = getline(&line, &cap, f)) > 0)
		pl_vec_push(&l->at,
			    pl_arena_str(&l->arena, pl_str_trim(pl_str_n(line, (size_t)n))));
	free(line);
	lines_sort(l);
	if (pclose(f) == 0 && l->at.len > 0)
		return true;
	lines_release(l); /* skip() leaves by longjmp: no cleanup attribute runs */
	return false;
}

/* Both must hold the same lines; prints the differences. */
static inline void lines_equal(const struct lines *got, const struct lines *truth)
{
	size_t i = 0, j = 0, bad = 0;

	while (i < got->at.len || j < truth->at.len) {
		int c = i == got->at.len     ? 1
			: j == truth->at.len ? -1
					     : pl_str_cmp(got->at.at[i], truth->at.at[j]);

		if (c < 0)
			print_error("invented: %.*s\n", PL_FMT(got->at.at[i]));
		if (c > 0)
			print_error("missing: %.*s\n", PL_FMT(truth->at.at[j]));
		bad += c != 0;
		i += c <= 0;
		j += c >= 0;
	}
	assert_int_equal(bad, 0);
}

/* nftw has no argument for the caller */
static struct {
	const struct pl_cataloger *cataloger;
	struct pl_facts_writer *w;
	size_t root;
	struct lines *out; /* "name\tversion\tpath" */
} lang_walk;

static int lang_visit(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	const char *rel = path + lang_walk.root;
	size_t before = lang_walk.w->facts.len;
	pl_auto_buf b;

	(void)ftw;
	pl_buf_init(&b, PL_MiB(256));
	if (flag != FTW_F || !S_ISREG(st->st_mode) || !lang_wants(lang_walk.cataloger, rel))
		return 0;
	assert_int_equal(pl_read_path(path, &b, NULL), 0);
	if (lang_read(lang_walk.w, lang_walk.cataloger, rel, pl_buf_view(&b)) < 0)
		print_message("not readable: %s\n", rel);
	for (size_t i = before; i < lang_walk.w->facts.len; i++) {
		const struct pl_pkg_fact *p = &lang_walk.w->facts.at[i];

		pl_vec_push(&lang_walk.out->at,
			    pl_arena_fmt(&lang_walk.out->arena, "%.*s\t%.*s\t%s", PL_FMT(p->name),
					 PL_FMT(p->version), rel));
	}
	return 0;
}

/* Reads every file below root that the cataloger wants; symbolic links are not followed. */
static inline void lang_tree(const struct pl_cataloger *c, struct pl_facts_writer *w,
			     const char *root, struct lines *out)
{
	lang_walk.cataloger = c;
	lang_walk.w = w;
	lang_walk.root = strlen(root) + 1;
	lang_walk.out = out;
	nftw(root, lang_visit, 32, FTW_PHYS);
	lines_sort(out);
}
