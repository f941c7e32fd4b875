/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Private to the report room: CycloneDX is one model in two notations, which differ by rule. These
 * calls write either. Members come in the order of the XML schema, which JSON does not mind; an
 * attribute has to come before anything else of its element. Empty texts are left out.
 */
#include "base/base.h"

struct pl_cdx {
	bool xml;
	struct pl_buf *out;
	struct pl_jw jw;
	unsigned depth; /* of XML elements */
	bool tag_open;	/* "<name" stands there without its ">" */
};
/* The element of the document; its end is pl_cdx_end_document. */
void pl_cdx_begin_document(struct pl_cdx *c, struct pl_buf *out, bool xml, const char *serial);
void pl_cdx_end_document(struct pl_cdx *c);
/* "components": [ … ] and <components> … </components> */
void pl_cdx_list(struct pl_cdx *c, const char *name);
void pl_cdx_list_end(struct pl_cdx *c, const char *name);
/* an object of a list, and <component> */
void pl_cdx_item(struct pl_cdx *c, const char *element);
void pl_cdx_item_end(struct pl_cdx *c, const char *element);
/* "evidence": { … } and <evidence> … </evidence> */
void pl_cdx_member(struct pl_cdx *c, const char *name);
void pl_cdx_member_end(struct pl_cdx *c, const char *name);
void pl_cdx_attr(struct pl_cdx *c, const char *name, struct pl_str value);
void pl_cdx_text(struct pl_cdx *c, const char *name, struct pl_str value);
void pl_cdx_tenths(struct pl_cdx *c, const char *name, unsigned tenths);
/* A string of a list, and <element>value</element>. */
void pl_cdx_value(struct pl_cdx *c, const char *element, struct pl_str value);
/* "ref" in a list, and <element ref="…"/> */
void pl_cdx_ref(struct pl_cdx *c, const char *element, struct pl_str ref);
/* {"alg": "SHA-1", "content": "…"} and <hash alg="SHA-1">…</hash> */
void pl_cdx_pair(struct pl_cdx *c, const char *element, const char *key, struct pl_str key_value,
		 const char *value_key, struct pl_str value);

/* Text of XML 1.0: markup quoted, blanks other than ' ' as references, what XML has no character
 * for (and broken UTF-8) as U+FFFD. */
void pl_xml_text(struct pl_buf *out, struct pl_str s);
