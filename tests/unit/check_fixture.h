/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* An image and an inventory by hand, and the findings of one check over them. */
#include "check.h"
#include "check/check.h"

struct fixture {
	struct pl_arena arena;
	struct pl_image img;
	struct pl_inventory inv;
	struct pl_findings found;
};

static inline int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	pl_arena_init(&f->arena);
	f->img.config.has_config = true;
	f->inv.arena = f->found.arena = &f->arena;
	*state = f;
	return 0;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	pl_vec_release(&f->img.config.env);
	pl_vec_release(&f->inv.files);
	pl_vec_release(&f->inv.texts);
	pl_vec_release(&f->inv.packages);
	pl_vec_release(&f->found.rows);
	pl_tree_free(f->inv.tree);
	pl_arena_release(&f->arena);
	free(f);
	return 0;
}

static inline struct pl_file *add_file(struct fixture *f, const char *path, uint32_t mode,
				       uint64_t size, uint32_t layer)
{
	struct pl_file row = {.path = pl_str_c(path),
			      .type = PL_FT_FILE,
			      .mode = mode,
			      .size = size,
			      .layer = layer,
			      .owner = PL_NO_PKG};

	pl_vec_push(&f->inv.files, row);
	return &f->inv.files.at[f->inv.files.len - 1];
}

static inline uint32_t add_package(struct fixture *f, enum pl_pkg_type type, const char *name)
{
	struct pl_pkg p = {.type = type,
			   .name = pl_str_c(name),
			   .version = PL_STR("1"),
			   .owner = PL_NO_PKG,
			   .removed_in = UINT32_MAX};

	pl_vec_push(&f->inv.packages, p);
	return (uint32_t)f->inv.packages.len - 1;
}

/* Runs the check `id` alone; the number of its findings. */
static inline size_t run_check(struct fixture *f, const char *id)
{
	size_t n;
	const struct pl_check *all = pl_checks(&n);

	f->found.rows.len = 0;
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].id, id) == 0)
			all[i].run(&all[i], &f->img, &f->inv, &f->found);
	return f->found.rows.len;
}

static inline bool contains(struct pl_str s, const char *part)
{
	return pl_str_find(s, pl_str_c(part)) >= 0;
}

#define fixture_test(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)
