/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * YAML 1.1/1.2 over the events of libyaml, as the same tree that pl_json_parse makes. Plain
 * null, true and false (core schema of 1.2) are null and booleans, every other scalar is a string
 * as it stands in the text: a version 1.10 must not become the number 1.1. Aliases are copies and
 * count as such. The merge key "<<" is a member like any other.
 */
#include "base/json.h"

/* Parses a stream of at most `max` bytes; the documents are the items of the array *out, which
 * the caller frees with cJSON_Delete. Depth is limited by json-depth, nodes after the expansion of
 * aliases by tree-nodes. Refused: a key given twice or not a scalar, an alias inside its own
 * anchor, NUL in a string. */
int pl_yaml_documents(struct pl_str text, uint64_t max, cJSON **out, struct pl_err *err);
/* The same for a stream of one document, which is *out; an empty stream is null. */
int pl_yaml_parse(struct pl_str text, uint64_t max, cJSON **out, struct pl_err *err);
