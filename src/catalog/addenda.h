/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Facts that tell more of a package which another file of the same installation shows: the origin
 * beside a wheel's METADATA, the list of a package manager that knows which modules are only for
 * development. They find their package by type and key when layers are merged.
 */
#include "catalog/facts.h"

struct pl_addendum {
	const struct pl_fact_pkg_row *row;
	struct pl_str path; /* of its evidence in the image */
	uint32_t layer;
};
struct pl_addenda {
	struct pl_arena *scratch; /* not owned */
	struct pl_map keys;	  /* type and key to the index of a package */
	PL_VEC(struct pl_addendum) rows;
};
void pl_addenda_init(struct pl_addenda *a, struct pl_arena *scratch);
void pl_addenda_release(struct pl_addenda *a);
/* The package at that index is called so. */
void pl_addenda_key(struct pl_addenda *a, const struct pl_pkg_fact *p, uint32_t index);
/* Keeps a fact that `adds`, until all packages are known. */
void pl_addenda_later(struct pl_addenda *a, const struct pl_fact_pkg_row *row, struct pl_str path,
		      uint32_t layer);
/* Gives it to its package; false when there is none. */
bool pl_addenda_give(const struct pl_addenda *a, const struct pl_addendum *one,
		     struct pl_inventory *inv);
