/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Private to the room: what the child does to itself before it runs the job. */
#include "sandbox/sandbox.h"

/* Rlimits, no_new_privs, Landlock, seccomp, in this order. What the kernel lacks is skipped: the
 * layers are independent. PL_E_SYS when one that exists cannot be applied. */
int pl_lockdown(bool plain_walk, struct pl_err *err);
/* Landlock ABI of the kernel, 0 when there is none. */
int pl_landlock_abi(void);
int pl_landlock_apply(bool plain_walk, struct pl_err *err);
int pl_seccomp_apply(bool plain_walk, struct pl_err *err);

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PL_SANITIZED 1
#else
#define PL_SANITIZED 0
#endif
