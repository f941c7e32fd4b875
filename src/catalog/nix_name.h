/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/base.h"

/* "DIGEST-hello-2.12.1-dev", the last component of a store path, with the name of its derivation
 * ("DIGEST-hello-2.12.1.drv") or nothing: hello and 2.12.1. False when it names no package: no
 * digest in front, a derivation, or no version in it. */
bool pl_nix_split(struct pl_str base, struct pl_str deriver, struct pl_str *name,
		  struct pl_str *version);
/* True when it begins with the 32 letters of a digest in Nix's base 32 and a dash. */
bool pl_nix_is_store_name(struct pl_str base);
