/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Private to the check room: the rows' functions, the tables of tools, and how a finding begins. */
#include "check/check.h"

enum pl_tool_group { PL_TOOL_BUILD, PL_TOOL_NETWORK, PL_TOOL_PACKAGES, PL_TOOL_PRIVILEGE };
struct pl_tool {
	const char *name, *family;
	enum pl_severity severity;
	const char *what;
	enum pl_tool_group group;
};
extern const struct pl_tool pl_tools[]; /* sorted by name; from data/tools */
extern const size_t pl_tools_len;
/* The row for a program called `base`, version numbers and machine prefixes aside, or NULL. */
const struct pl_tool *pl_tool_find(struct pl_str base);

/* A new finding with all that the row says; the check fills in the rest. Lives until the next. */
struct pl_finding *pl_check_add(const struct pl_check *self, struct pl_findings *out);
/* As above, about one file of the image: path, layer, owner are set. */
struct pl_finding *pl_check_add_file(const struct pl_check *self, const struct pl_file *f,
				     struct pl_findings *out);
/* "remove the package NAME" in the words of its manager, or `otherwise` for what nobody owns. */
struct pl_str pl_check_remove(struct pl_arena *a, const struct pl_inventory *inv, uint32_t owner,
			      const char *otherwise);

#define PL_CHECK_FN(name) \
	void name(const struct pl_check *self, const struct pl_image *img, \
		  const struct pl_inventory *inv, struct pl_findings *out)
PL_CHECK_FN(pl_check_root);
PL_CHECK_FN(pl_check_unknown_user);
PL_CHECK_FN(pl_check_env);
PL_CHECK_FN(pl_check_setuid);
PL_CHECK_FN(pl_check_setgid);
PL_CHECK_FN(pl_check_caps);
PL_CHECK_FN(pl_check_privilege);
PL_CHECK_FN(pl_check_network);
PL_CHECK_FN(pl_check_packages);
PL_CHECK_FN(pl_check_build);
PL_CHECK_FN(pl_check_caches);
