/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A writer of facts that only remembers: a cataloger is tested alone, by what it reports. */
#include "catalog/cataloger.h"

struct fake_owned {
	struct pl_str key, path;
};
struct fake_os {
	struct pl_os os;
	unsigned rank;
};
struct fake_diag {
	enum pl_weight weight;
	struct pl_str code, what;
};
struct pl_facts_writer {
	struct pl_arena arena;
	PL_VEC(struct pl_pkg_fact) packages;
	PL_VEC(struct fake_owned) owned;
	PL_VEC(struct fake_os) systems;
	PL_VEC(struct fake_diag) diags;
	struct pl_err err; /* of the last read that failed */
};

void fake_init(struct pl_facts_writer *w);
void fake_release(struct pl_facts_writer *w);
/* Gives one file to a cataloger, in memory of exactly its size. */
int fake_read(struct pl_facts_writer *w, const struct pl_cataloger *c, const char *path,
	      struct pl_str bytes);
/* The first package of that name, or NULL. */
const struct pl_pkg_fact *fake_find(const struct pl_facts_writer *w, const char *name);
bool fake_owns(const struct pl_facts_writer *w, const char *key, const char *path);
/* How many diagnostics have this code. */
size_t fake_diags(const struct pl_facts_writer *w, enum pl_weight weight, const char *code);
/* For fuzz targets: one file, nothing remembered. */
int fake_fuzz(const struct pl_cataloger *c, const char *path, const uint8_t *data, size_t size);
