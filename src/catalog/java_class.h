/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Classes that tell whose code it is: the table is data/java-classes.tsv. A build that merges
 * ("shades") other artifacts into its own and leaves their pom.properties out still has to bring
 * their classes, if under another package. Private to the room.
 */
#include "base/base.h"

struct java_class_row {
	const char *path; /* org/yaml/snakeyaml/Yaml */
	const char *name; /* its last part: Yaml */
	const char *group, *artifact;
	const char *others; /* blank-separated: artifacts that carry the class by right */
};
/* Sorted by name. */
extern const struct java_class_row pl_java_class_table[];
extern const size_t pl_java_class_table_len;

enum { JAVA_CLASS_ROWS_MAX = 256 };

struct java_classes {
	struct pl_str at[JAVA_CLASS_ROWS_MAX]; /* where the class of each row was found, or empty */
	bool any;
};
/* Looks at the path of a class file; found paths are copied into arena. */
void pl_java_class_see(struct java_classes *c, struct pl_str path, struct pl_arena *arena);
/* Whether an artifact of that name brings the class of the row itself. */
bool pl_java_class_by_right(const struct java_class_row *row, struct pl_str artifact);
