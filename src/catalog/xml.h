/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * XML as two events: an element begins (with its attributes), an element ends (with the text that
 * stood directly in it since its last child). Document types that declare entities are refused, so
 * nothing is ever expanded; depth is limited by json-depth.
 */
#include "base/base.h"

struct pl_xml_fn {
	/* attributes: name, value, name, value, …, NULL. depth: 0 for the root element. */
	void (*begin)(void *arg, unsigned depth, struct pl_str name, const char **attributes);
	void (*end)(void *arg, unsigned depth, struct pl_str name, struct pl_str text);
};
/* PL_E_FORMAT with the line of the fault; what came before it was told. */
int pl_xml_read(struct pl_str bytes, const struct pl_xml_fn *fn, void *arg, struct pl_err *err);
/* The value of an attribute, or an empty view. */
struct pl_str pl_xml_attribute(const char **attributes, const char *name);
