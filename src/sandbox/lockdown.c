/* SPDX-License-Identifier: Apache-2.0 */
/* Rlimits and Landlock (Documentation/userspace-api/landlock.rst), by raw system calls: the C
 * library of the oldest supported system has no wrappers. */
#include "sandbox_int.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

int pl_landlock_abi(void)
{
	long v = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return v > 0 ? (int)v : 0;
}

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

int pl_landlock_apply(bool plain_walk, struct pl_err *err)
{
	int abi = pl_landlock_abi();
	uint64_t writes, reads = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
	struct landlock_ruleset_attr attr = {0};
	pl_auto_fd fd = -1;

	if (abi == 0)
		return 0;
	writes = ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1) & ~reads;
	if (abi >= 2)
		writes |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		writes |= LANDLOCK_ACCESS_FS_TRUNCATE;
	/* handled and without a rule means forbidden everywhere */
	attr.handled_access_fs = plain_walk ? writes : writes | reads;
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd < 0)
		return pl_fail_errno(err, "landlock_create_ruleset");
	if (syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		return pl_fail_errno(err, "landlock_restrict_self");
	return 0;
}

static int set_limit(__rlimit_resource_t which, uint64_t value, struct pl_err *err)
{
	struct rlimit old, want = {value, value};

	if (getrlimit(which, &old) == 0 && old.rlim_max < want.rlim_max)
		want.rlim_cur = want.rlim_max = old.rlim_max;
	if (setrlimit(which, &want) < 0)
		return pl_fail_errno(err, "setrlimit %d", (int)which);
	return 0;
}

static int apply_limits(struct pl_err *err)
{
	/* Address space is only the back-stop (sparse mappings count in full); the parent watches
	 * the resident size. A sanitizer reserves terabytes, so it goes without. */
	uint64_t space = pl_limit(PL_LIM_WORKER_BYTES) + PL_GiB(8);
	int rc = set_limit(RLIMIT_CORE, 0, err);

	if (rc == 0)
		rc = set_limit(RLIMIT_CPU, pl_limit(PL_LIM_WORKER_CPU), err);
	if (rc == 0)
		rc = set_limit(RLIMIT_FSIZE, 0, err);
	if (rc == 0)
		rc = set_limit(RLIMIT_NOFILE, 64, err);
	if (rc == 0 && !PL_SANITIZED)
		rc = set_limit(RLIMIT_AS, space, err);
	return rc;
}

int pl_lockdown(bool plain_walk, struct pl_err *err)
{
	int rc = apply_limits(err);

	if (rc < 0)
		return rc;
	if (prctl(PR_SET_DUMPABLE, PL_SANITIZED, 0, 0, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return pl_fail_errno(err, "prctl");
	rc = pl_landlock_apply(plain_walk, err);
	return rc < 0 ? rc : pl_seccomp_apply(plain_walk, err);
}

void pl_sandbox_describe(struct pl_diags *diags)
{
	struct pl_str where = PL_STR("sandbox");
	int abi = pl_landlock_abi();

	if (abi == 0)
		pl_diag_add(
			diags, PL_W_NOTE, "no-landlock", where,
			PL_STR("this kernel has no Landlock: workers are held by seccomp alone"),
			PL_STR("Linux 5.13 or newer, with landlock in lsm="));
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
		pl_diag_add(diags, PL_W_NOTE, "no-seccomp", where,
			    PL_STR("this kernel has no seccomp: workers are held by rlimits alone"),
			    PL_STR(""));
}
