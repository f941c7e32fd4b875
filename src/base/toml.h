/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * TOML 1.0.0, as the same tree that pl_json_parse makes: tables are objects, arrays are arrays,
 * integers and booleans are themselves. Floats, dates and times are strings as they stand in the
 * text: nobody here calculates with them, and a double would not give the text back.
 */
#include "base/json.h"

/* Parses one document of at most `max` bytes. The caller frees *out with cJSON_Delete. Depth is
 * limited by json-depth, the number of nodes by tree-nodes. Errors name the line. A NUL in a
 * string, even an escaped one, is refused. */
int pl_toml_parse(struct pl_str text, uint64_t max, cJSON **out, struct pl_err *err);
