/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the Python readers share. A distribution is known by the directory of its metadata
 * ("…/NAME-VERSION.dist-info", the egg-info directory or file): that is its key.
 */
#include "catalog/cataloger.h"

struct python_metadata {
	struct pl_str name, version, expression, license;
	struct pl_str classifiers[16];
	size_t n_classifiers;
	bool license_is_text;
	struct pl_buf depends; /* for pl_pkg_fact.depends */
};

/* Reports what METADATA or PKG-INFO holds; inner is empty or where it lies in an archive. */
void pl_python_report(struct pl_facts_writer *w, struct pl_str path, struct pl_str inner,
		      struct pl_str text);
/* NAME and VERSION of the metadata directory in that path, as it is escaped there; false when the
 * directory is not called so. */
bool pl_python_guess(struct pl_str path, struct pl_str *name, struct pl_str *version);
/* The key of the distribution that the path of its metadata file belongs to. */
struct pl_str pl_python_key(struct pl_str path);
