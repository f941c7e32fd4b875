/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Which layer took a path away. Paths are watched first; then the layers are shown from the top
 * down, and a path is asked for when all layers above the one that has it were shown. All of it is
 * linear in the bytes of the paths.
 */
#include "catalog/facts.h"

struct pl_removed;
struct pl_removed *pl_removed_new(void);
void pl_removed_free(struct pl_removed *r);
/* The number of a path, for pl_removed_by. */
uint32_t pl_removed_watch(struct pl_removed *r, struct pl_str path);
void pl_removed_layer(struct pl_removed *r, const struct pl_facts *f, uint32_t layer);
/* The lowest layer shown that took it away, UINT32_MAX when none did. */
uint32_t pl_removed_by(const struct pl_removed *r, uint32_t path);
