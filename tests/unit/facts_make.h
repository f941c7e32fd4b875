/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Layers of facts for tests, written with the real writer. */
#include "catalog/facts.h"
#include "check.h"

struct layer_make {
	struct pl_buf bytes;
	struct pl_facts_writer w;
	uint64_t entries;
};

static inline void make_begin(struct layer_make *l)
{
	*l = (struct layer_make){0};
	pl_buf_init(&l->bytes, PL_MiB(16));
	pl_facts_begin(&l->w, &l->bytes);
}

/* The entry that what follows is about. */
static inline void make_entry(struct layer_make *l, enum pl_ftype type, const char *path,
			      const char *link)
{
	struct pl_tar_entry e = {.type = type, .mode = type == PL_FT_DIR ? 0755 : 0644, .size = 7};

	l->w.entry = l->entries++;
	pl_facts_entry(&l->w, pl_str_c(path), pl_str_c(link), &e);
}

static inline void make_package(struct layer_make *l, enum pl_pkg_type type, const char *name,
				const char *version)
{
	struct pl_pkg_fact p = {.type = type,
				.name = pl_str_c(name),
				.version = pl_str_c(version),
				.how = PL_STR("test")};

	pl_fact_package(&l->w, &p);
}

static inline struct pl_str make_end(struct layer_make *l, const struct pl_facts_end *end)
{
	static const struct pl_facts_end none;

	pl_facts_finish(&l->w, end ? end : &none);
	assert_false(l->bytes.failed);
	return pl_buf_view(&l->bytes);
}
