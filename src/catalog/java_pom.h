/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The project file that Maven puts beside pom.properties. Private to the room. */
#include "base/base.h"

struct java_project {
	struct pl_str group, artifact, version; /* empty where only the parent's file knows */
	struct pl_str depends;	/* a line each: "group:artifact" or "group:artifact\tversion" */
	struct pl_str licenses; /* a line each, as named */
};
/* POM reference 4.0.0. Values live in arena. False when it is no project file. */
bool pl_java_project_read(struct pl_str text, struct pl_arena *arena, struct java_project *out);
