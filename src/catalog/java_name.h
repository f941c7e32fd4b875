/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the name of a Java archive tells. Private to the room. */
#include "base/base.h"

/* By the ending of a file's name: whether it is for sure a Java archive, whether it could be an
 * artifact (names of other formats, too), whether it could hold archives. */
bool pl_java_is_own_name(struct pl_str name);
bool pl_java_is_artifact_name(struct pl_str name);
bool pl_java_is_archive(struct pl_str name);
/* "guava-31.1-jre.jar" → "guava", "31.1-jre"; without a version the whole stem is the artifact. */
void pl_java_split(struct pl_str name, struct pl_str *artifact, struct pl_str *version);
/* Whether text could be an artifact id: letters, digits, '.', '-', '_' and no blanks. */
bool pl_java_is_id(struct pl_str text);
/* The Maven group of a well-known artifact whose archives often lack a pom.properties; or empty. */
struct pl_str pl_java_group(struct pl_str artifact);
