/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One Java archive while it is read, and what it turns out to be: java.c walks archives,
 * java_identity.c says what they are. Private to the room.
 */
#include "catalog/cataloger.h"
#include "catalog/java_class.h"
#include "catalog/java_manifest.h"
#include "catalog/java_pom.h"

/* One outer file: what all its levels share. */
struct java_outer {
	struct pl_facts_writer *w;
	uint64_t left; /* of zip-bytes, for everything that is expanded */
	uint64_t room; /* of archive-file-bytes, for what is held at the same time */
};

/* A pom.xml and the directory it lies in: META-INF/maven/GROUP/ARTIFACT. */
struct java_project_at {
	struct pl_str path;
	struct java_project project;
};

struct java_archive {
	struct java_outer *outer;
	struct pl_str bytes;
	struct pl_str name;  /* of the file */
	struct pl_str chain; /* inner path of the archive itself, empty for the outer one */
	uint64_t depth;
	bool classes; /* it holds compiled classes */
	bool has_manifest;
	struct pl_arena arena;
	PL_VEC(struct java_pom) poms;
	PL_VEC(struct java_project_at) projects;
	struct pl_map project_dirs; /* the directory of each project to its index */
	struct java_manifest manifest;
	struct java_classes found;
};

/* The path from the outer file to something in this archive. */
struct pl_str pl_java_inner(struct java_archive *a, struct pl_str path);
/* Reports the archive and what was merged into it. */
void pl_java_report(struct java_archive *a);
