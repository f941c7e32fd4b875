/* SPDX-License-Identifier: Apache-2.0 */
/* Files that give more rights than their caller has: set-user-id, set-group-id, capabilities. */
#include "check/check_int.h"

#include <stdio.h>

static void add(const struct pl_check *self, const struct pl_file *f,
		const struct pl_inventory *inv, struct pl_findings *out, const char *gives)
{
	struct pl_finding *row = pl_check_add_file(self, f, out);
	bool owned = f->owner < inv->packages.len;
	struct pl_str owner = owned ? inv->packages.at[f->owner].name : PL_STR("");

	/* what no package brought was put there by hand */
	if (!owned)
		row->severity = PL_SEV_MEDIUM;
	row->why = pl_arena_fmt(
		out->arena, "/%.*s (mode %04o) %s%s%.*s", PL_FMT(f->path), f->mode & 07777, gives,
		owned ? ", of the package " : ", and belongs to no package", PL_FMT(owner));
}

PL_CHECK_FN(pl_check_setuid)
{
	(void)img;
	for (size_t i = 0; i < inv->files.len; i++) {
		const struct pl_file *f = &inv->files.at[i];
		char gives[64];

		if (f->type != PL_FT_FILE || !(f->mode & 04000))
			continue;
		snprintf(gives, sizeof(gives), "runs as uid %llu whoever starts it",
			 (unsigned long long)f->uid);
		add(self, f, inv, out, gives);
	}
}

PL_CHECK_FN(pl_check_setgid)
{
	(void)img;
	for (size_t i = 0; i < inv->files.len; i++) {
		const struct pl_file *f = &inv->files.at[i];
		char gives[64];

		/* set-group-id without group execution was mandatory locking, no program */
		if (f->type != PL_FT_FILE || (f->mode & 02010) != 02010)
			continue;
		snprintf(gives, sizeof(gives), "runs with gid %llu whoever starts it",
			 (unsigned long long)f->gid);
		add(self, f, inv, out, gives);
	}
}

PL_CHECK_FN(pl_check_caps)
{
	(void)img;
	for (size_t i = 0; i < inv->files.len; i++)
		if (inv->files.at[i].type == PL_FT_FILE && inv->files.at[i].has_caps)
			add(self, &inv->files.at[i], inv, out,
			    "gives capabilities to whoever starts it");
}
