/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the Node.js readers share. A module is known by its directory: that is its key. */
#include "catalog/cataloger.h"

/* Is a package.json at that path the root of an installed module? */
bool pl_node_is_installed(struct pl_str path);
/* Reports what a package.json says; `inner` is empty or where it lies in an archive. */
int pl_node_report(struct pl_facts_writer *w, struct pl_str path, struct pl_str inner,
		   struct pl_str text, struct pl_err *err);
