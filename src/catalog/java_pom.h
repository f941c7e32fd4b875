/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The project file that Maven puts beside pom.properties. Private to the room. */
#include "base/base.h"

/* A project file: its element, and what properties are looked up in. */
struct pl_pom {
	struct pl_arena *arena;
	const struct pl_xml *project, *parent, *properties;
};
/* A coordinate of the project itself, which it may take from its parent. */
struct pl_str pl_pom_own(const struct pl_pom *r, const char *name);
/* "a-${b}" with every property filled in; empty when one is not known. */
struct pl_str pl_pom_filled(const struct pl_pom *r, struct pl_str text);
/* "[1.2]" is exactly 1.2; another range is no version (Maven, dependency version requirements). */
struct pl_str pl_pom_exact(struct pl_str v);

struct java_project {
	struct pl_str group, artifact, version; /* empty where only the parent's file knows */
	struct pl_str depends;	/* a line each: "group:artifact" or "group:artifact\tversion" */
	struct pl_str licenses; /* a line each, as named */
};
/* POM reference 4.0.0. Values live in arena. False when it is no project file. */
bool pl_java_project_read(struct pl_str text, struct pl_arena *arena, struct java_project *out);
