/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The merge, private to the merge_*.c files: what they share, in the order in which they run. The
 * tree first, then packages, owners, hidden packages, the system.
 */
#include "catalog/addenda.h"
#include "catalog/removed.h"

struct pl_version { /* of an evidence file: one layer's copy of it */
	uint32_t layer, entry;
	uint32_t older;	     /* index of the copy below, or PL_MAP_NONE */
	uint32_t first;	     /* of its packages, which follow each other */
	uint32_t gone;	     /* layer that took it away, UINT32_MAX when none did */
	struct pl_map names; /* of packages in it, by identity */
};

/* A package whose evidence is no longer seen, and that the next version of it has not got. */
struct pl_gone {
	uint32_t version; /* in which it stands */
	uint32_t row;	  /* of that layer's packages */
	uint32_t layer;	  /* that took it away */
	bool whole;	  /* the file is gone, there is no next version of it */
	bool copy;	  /* it is seen, in a copy beside the database, which does not have it */
	bool kept;	  /* its database stands elsewhere now and has it */
	bool hidden;	  /* only its evidence was taken away */
};

enum {
	PL_SEEN_ASKED = 1,
	PL_SEEN_SNIFFED = 2,
	PL_SEEN_REGULAR = 4,
	PL_SEEN_PROGRAM = 8,
	PL_SEEN_DYNAMIC = 16,
	PL_SEEN_LISTED = 32 /* in the file list of a language package */
};

struct pl_merge {
	const struct pl_facts **facts; /* NULL where a layer is lost */
	size_t n;
	struct pl_inventory *inv;
	struct pl_diags *diags;
	struct pl_arena scratch;
	uint32_t *base;		    /* origin of the first entry of each layer */
	struct pl_str *seen;	    /* by origin: the path under which it is in the image */
	uint8_t *flags;		    /* by origin: PL_SEEN_… */
	struct pl_globs *databases; /* where the databases of operating systems stand */
	struct pl_map newest;	    /* path of evidence to its newest version */
	PL_VEC(struct pl_version) versions;
	struct pl_addenda addenda;
	bool no_declared;  /* what lock files declare does not count */
	uint64_t left_out; /* packages for that reason */
	PL_VEC(struct pl_gone) gone;
	PL_VEC(uint32_t) moved; /* versions that are databases under another name */
	struct pl_map present;	/* packages in the image by identity, to their index */
	struct pl_map named;	/* the same by type, root and name */
	struct pl_map keys;	/* root and name of OS packages in file lists to their index */
	struct pl_buf path;	/* scratch */
	struct pl_str last_key, last_root; /* of the row of a file list before this one */
	uint32_t last_owner;
	struct pl_map trees;	/* directories that belong to a package with all in them */
	uint32_t *owner_of;	/* by origin: the OS package whose list names it, or PL_NO_PKG */
	struct pl_map interest; /* paths whose owner is asked for, to an index of owners */
	PL_VEC(uint32_t) owners;
	PL_VEC(const struct pl_fact_owned_row *) strays; /* programs in lists of no package */
};

static inline uint32_t pl_merge_origin(const struct pl_merge *m, size_t layer, uint32_t entry)
{
	return m->base[layer] + entry;
}
static inline bool pl_merge_is_seen(const struct pl_merge *m, size_t layer, uint32_t entry)
{
	return m->seen[pl_merge_origin(m, layer, entry)].ptr != NULL;
}
static inline struct pl_str pl_merge_keep(struct pl_merge *m, struct pl_str s)
{
	return s.len ? pl_arena_str(m->inv->arena, s) : PL_STR("");
}

/* The layer as a diagnostic calls it: "layer 3", with the instruction that made it. */
struct pl_str pl_merge_layer_name(struct pl_merge *m, uint32_t layer);

/* merge_packages.c */
void pl_merge_packages(struct pl_merge *m);
struct pl_str pl_merge_identity(struct pl_merge *m, const struct pl_fact_pkg_row *row);
/* "type root name", by which one version of a package takes the place of another. */
struct pl_str pl_merge_name(struct pl_merge *m, const struct pl_fact_pkg_row *row);
static inline const struct pl_fact_pkg_row *pl_merge_row(const struct pl_merge *m,
							 const struct pl_gone *g)
{
	return &m->facts[m->versions.at[g->version].layer]->packages.at[g->row];
}
/* The path that its evidence had. */
static inline struct pl_str pl_merge_evidence(const struct pl_merge *m, uint32_t version)
{
	const struct pl_version *v = &m->versions.at[version];

	return m->facts[v->layer]->entries.at[v->entry].path;
}
/* As a package of the image. */
void pl_merge_add_hidden(struct pl_merge *m, const struct pl_gone *g);
/* Packages of lower layers that no later version of their evidence has. */
void pl_merge_removed(struct pl_merge *m);

/* merge_owners.c */
void pl_merge_owners(struct pl_merge *m);
/* The file of a row of a file list; NULL when it is not in the image. */
const struct pl_node *pl_merge_owned_node(struct pl_merge *m, const struct pl_fact_owned_row *row);
uint32_t pl_merge_tree_owner(const struct pl_merge *m, struct pl_str path);
struct pl_str pl_merge_key(struct pl_merge *m, struct pl_str root, struct pl_str key);

/* merge_hidden.c: adds the packages that only their evidence says to be gone, and tells who hid
 * them. Asks owner_of, so it comes after the owners of what is plainly there. */
void pl_merge_hidden(struct pl_merge *m);

/* merge_licenses.c */
void pl_merge_licenses(struct pl_merge *m);

/* merge_unowned.c: after all packages are known */
void pl_merge_unowned(struct pl_merge *m);

/* merge_claims.c: after owners and licences, which know packages by index */
void pl_merge_claims(struct pl_merge *m);

/* merge_system.c */
void pl_merge_system(struct pl_merge *m);
