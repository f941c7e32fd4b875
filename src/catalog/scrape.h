/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Small readers that several package formats of languages share: fields as in RFC 822, quoted
 * values in source code, lists of names. Everything is a view into the text.
 */
#include "catalog/cataloger.h"

/* Next "Key: value" field of *rest; the value keeps the lines that continue it (they begin with a
 * blank). Lines without colon are stepped over; false at the end of the text. */
bool pl_scrape_field(struct pl_str *rest, struct pl_str *key, struct pl_str *value);

/* The text between the quotes (either kind) that s begins with, after blanks; empty when it begins
 * with something else. No escapes are undone. */
struct pl_str pl_scrape_quoted(struct pl_str s);

/* The value of the first line `NAME SEP "value"` outside of comments, where NAME stands at the
 * beginning of a line after blanks: `version = "1.0"` for name "version" and separator '='. */
struct pl_str pl_scrape_assigned(struct pl_str text, const char *name, char sep);

/* Appends one line to a list with '\n' between. */
void pl_scrape_add(struct pl_buf *list, struct pl_str line);

/* The first word: up to a blank, tab, line end or one of `stops`. */
struct pl_str pl_scrape_word(struct pl_str s, const char *stops);

/* Cuts "NAME-VERSION" at the last '-' before a digit; false when there is none. */
bool pl_scrape_name_version(struct pl_str s, struct pl_str *name, struct pl_str *version);

/* The component of a path, counted from its end: 0 is the base name. */
struct pl_str pl_scrape_component(struct pl_str path, unsigned from_end);
