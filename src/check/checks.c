/* SPDX-License-Identifier: Apache-2.0 */
/* The table of checks, and what they share. */
#include "check/check_int.h"

static const struct pl_check table[] = {
	{"PL-ROOT-USER", PL_SEV_MEDIUM, "runs as root",
	 "create a user in the Dockerfile and end it with USER NAME or, better, USER UID",
	 pl_check_root},
	{"PL-UNKNOWN-USER", PL_SEV_MEDIUM, "runs as a user that does not exist",
	 "create the user before USER, or name it by number", pl_check_unknown_user},
	{"PL-ENV-SECRET", PL_SEV_HIGH, "secret in the environment of the image",
	 "change the secret, as everyone with the image has it; give it at run time, by a mounted "
	 "file",
	 pl_check_env},
	{"PL-PRIVILEGE-TOOL", PL_SEV_MEDIUM, "tool that changes the user", "remove it",
	 pl_check_privilege},
	{"PL-SETUID", PL_SEV_LOW, "set-user-id file",
	 "remove it, or its bit with chmod u-s; run with no_new_privileges", pl_check_setuid},
	{"PL-SETGID", PL_SEV_LOW, "set-group-id file",
	 "remove it, or its bit with chmod g-s; run with no_new_privileges", pl_check_setgid},
	{"PL-FILE-CAPABILITIES", PL_SEV_LOW, "file with capabilities",
	 "remove them with setcap -r, or give the container what it needs when it runs",
	 pl_check_caps},
	{"PL-NETWORK-TOOL", PL_SEV_MEDIUM, "network tool", "remove it", pl_check_network},
	{"PL-PACKAGE-MANAGER", PL_SEV_LOW, "package manager",
	 "build in one stage, and copy what runs into a base without package manager",
	 pl_check_packages},
	{"PL-BUILD-TOOL", PL_SEV_LOW, "compiler or debugger",
	 "build in one stage, and copy only the result into the last", pl_check_build},
	{"PL-CACHE", PL_SEV_LOW, "package cache left behind",
	 "delete it in the instruction that fills it", pl_check_caches},
};

const struct pl_check *pl_checks(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

void pl_check_run(const struct pl_image *img, const struct pl_inventory *inv,
		  struct pl_findings *out)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		table[i].run(&table[i], img, inv, out);
}

struct pl_finding *pl_check_add(const struct pl_check *self, struct pl_findings *out)
{
	struct pl_finding f = {
		.kind = PL_FIND_CHECK,
		.id = pl_str_c(self->id),
		.pkg = PL_NO_PKG,
		.severity = self->severity,
		.severity_source = PL_STR("plimsoll"),
		.cvss_tenths = -1,
		.title = pl_str_c(self->title),
		.layer = UINT32_MAX,
		.owner = PL_NO_PKG,
		.remedy = pl_str_c(self->remedy),
	};

	pl_vec_push(&out->rows, f);
	return &out->rows.at[out->rows.len - 1];
}

struct pl_finding *pl_check_add_file(const struct pl_check *self, const struct pl_file *f,
				     struct pl_findings *out)
{
	struct pl_finding *row = pl_check_add(self, out);

	row->path = pl_arena_str(out->arena, f->path);
	row->layer = f->layer;
	row->owner = f->owner;
	return row;
}

struct pl_str pl_check_remove(struct pl_arena *a, const struct pl_inventory *inv, uint32_t owner,
			      const char *otherwise)
{
	const struct pl_pkg *p;

	if (owner >= inv->packages.len)
		return pl_str_c(otherwise);
	p = &inv->packages.at[owner];
	switch (p->type) {
	case PL_PKG_DEB:
		return pl_arena_fmt(a, "apt-get purge %.*s, or a base without it", PL_FMT(p->name));
	case PL_PKG_APK:
		return pl_arena_fmt(a, "apk del %.*s, or a base without it", PL_FMT(p->name));
	case PL_PKG_RPM:
		return pl_arena_fmt(a, "dnf remove %.*s, or a base without it", PL_FMT(p->name));
	default:
		return pl_arena_fmt(a, "remove the package %.*s", PL_FMT(p->name));
	}
}
