/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * XML 1.0 over expat, as a tree in an arena. Names are local names: a prefix is cut off and
 * namespaces are not looked at, for readers that know their documents. Nothing outside the
 * document is ever read; entities that the document declares are refused, those that only a DTD
 * could declare (&oslash; in old POMs) are passed over. The text of an element is what stands in
 * it directly, the text of its children not included, trimmed.
 */
#include "base/err.h"
#include "base/mem.h"

struct pl_xml_attr {
	struct pl_str name, value;
};
struct pl_xml {
	struct pl_str name, text;
	const struct pl_xml_attr *attrs;
	size_t n_attrs;
	const struct pl_xml *child, *next; /* first child, next sibling; in order */
};

/* Parses a document of at most `max` bytes; the tree lives in the arena, views of it end with NUL.
 * Depth is limited by json-depth, elements and attributes by tree-nodes. */
int pl_xml_parse(struct pl_str text, uint64_t max, struct pl_arena *arena,
		 const struct pl_xml **out, struct pl_err *err);
/* The first child of that name, or NULL; e may be NULL. */
const struct pl_xml *pl_xml_get(const struct pl_xml *e, const char *name);
/* The next sibling of the same name, or NULL. */
const struct pl_xml *pl_xml_more(const struct pl_xml *e);
/* The text of the first child of that name, or an empty view. */
struct pl_str pl_xml_str(const struct pl_xml *e, const char *name);
/* The value of an attribute, or an empty view with NULL ptr. */
struct pl_str pl_xml_attr(const struct pl_xml *e, const char *name);
