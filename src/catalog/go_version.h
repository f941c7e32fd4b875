/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What version a Go program's main module has, when "go build" wrote "(devel)" only. Private to
 * the room. */
#include "base/base.h"

struct pl_go_settings {
	struct pl_arena *arena; /* not owned */
	struct pl_str ldflags, revision, time;
};
void pl_go_settings_init(struct pl_go_settings *s, struct pl_arena *arena);
/* One KEY=VALUE of a build line. */
void pl_go_settings_add(struct pl_go_settings *s, struct pl_str setting);

/*
 * Writes the version to `out` and returns how it was found: as told by the module line, if it is
 * not the linker's own stamp of a working tree without a tag (v0.0.0-…, no checksum); else from
 * a linker flag -X of a variable that is called like a version, of package main or of the module
 * itself; else from the version control stamp as Go's pseudo-version; else nothing is written.
 */
struct pl_str pl_go_main_version(struct pl_str told, bool summed, struct pl_str module,
				 const struct pl_go_settings *s, struct pl_buf *out,
				 bool *uncertain);
/* "go1.21.3 X:boringcrypto" → "1.21.3"; empty when it is no release. */
struct pl_str pl_go_stdlib_version(struct pl_str toolchain, bool *uncertain);
