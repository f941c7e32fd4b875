/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the readers of lock files share: packages are collected while the file is read, the same
 * name and version once, with what needs what, and are written at the end. A package that is for
 * development in one place and not in another is not for development.
 */
#include "catalog/cataloger.h"

#define PL_LOCK_NONE UINT32_MAX

struct pl_lock_need {
	struct pl_str name, version;
	uint32_t item; /* the package itself, or PL_LOCK_NONE when only its name is known */
	uint32_t next; /* of the same package */
};
struct pl_lock_item {
	struct pl_str name, version, licenses, purl, key;
	enum pl_pkg_type type;
	uint32_t first, last; /* needs */
	bool dev, uncertain, reached;
};
struct pl_lock {
	struct pl_facts_writer *w; /* not owned */
	enum pl_pkg_type type;
	struct pl_str how;
	struct pl_arena arena; /* for names that are put together */
	struct pl_map ids;     /* type, name and version: index of items */
	struct pl_map names;   /* name: index of the one item of that name, or PL_LOCK_NONE */
	PL_VEC(struct pl_lock_item) items;
	PL_VEC(struct pl_lock_need) needs;
	uint64_t too_long;	/* packages left out, which is told at the end */
	PL_VEC(uint32_t) roots; /* what the project itself needs to run */
};

/* `how` is the name of the file's format. Views that are handed in must live until the end. */
void pl_lock_init(struct pl_lock *l, struct pl_facts_writer *w, enum pl_pkg_type type,
		  struct pl_str how);
void pl_lock_release(struct pl_lock *l);
#define pl_auto_lock __attribute__((cleanup(pl_lock_release))) struct pl_lock
/* The index of the package; an empty version is one that the file does not tell. An empty name is
 * PL_LOCK_NONE, which every other function here takes and ignores. */
uint32_t pl_lock_add(struct pl_lock *l, struct pl_str name, struct pl_str version, bool dev);
/* The item for more to be said, or NULL. */
struct pl_lock_item *pl_lock_item(struct pl_lock *l, uint32_t item);
/* `from` needs what has that name. */
void pl_lock_needs(struct pl_lock *l, uint32_t from, struct pl_str name, struct pl_str version);
/* `from` needs the item `to`. */
void pl_lock_edge(struct pl_lock *l, uint32_t from, uint32_t to);
/* The only package of that name, or PL_LOCK_NONE. */
uint32_t pl_lock_named(const struct pl_lock *l, struct pl_str name);
uint32_t pl_lock_find(struct pl_lock *l, struct pl_str name, struct pl_str version);
/* The project itself needs the item when it runs. */
void pl_lock_root(struct pl_lock *l, uint32_t item);
/* Marks as for development whatever cannot be reached from the roots. */
void pl_lock_reach(struct pl_lock *l);
/* Writes them all. */
void pl_lock_end(struct pl_lock *l);

/* The end of a path, "package-lock.json". */
static inline bool pl_lock_is(const struct pl_cat_file *f, const char *base)
{
	return pl_str_eq_c(pl_path_base(f->path), base);
}
/* The members or items of a node; none for NULL. */
#define pl_json_each(item, node) \
	for (const cJSON *item = (node) ? (node)->child : NULL; item; item = item->next)
/* The name of a member. */
static inline struct pl_str pl_json_key(const cJSON *member)
{
	return pl_str_c(member->string);
}
/* Cuts at the first c: what stands before it, all of s when there is none. */
struct pl_str pl_lock_before(struct pl_str s, char c);
/* What stands behind the last c, all of s when there is none. */
struct pl_str pl_lock_after(struct pl_str s, char c);
/* Without one leading and trailing quote of the same kind. */
struct pl_str pl_lock_unquote(struct pl_str s);
/* Parts of a regular text line: cuts the next word of blanks from *rest. */
bool pl_lock_word(struct pl_str *rest, struct pl_str *word);
