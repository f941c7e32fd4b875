/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the name of a Java archive tells. Private to the room. */
#include "base/base.h"

/* Whether a file of this name is an archive of classes, by its ending. */
bool pl_java_is_archive(struct pl_str name);
/* "guava-31.1-jre.jar" → "guava", "31.1-jre"; without a version the whole stem is the artifact. */
void pl_java_split(struct pl_str name, struct pl_str *artifact, struct pl_str *version);
/* Whether text could be an artifact id: letters, digits, '.', '-', '_' and no blanks. */
bool pl_java_is_id(struct pl_str text);
/* The Maven group of a well-known artifact whose archives often lack a pom.properties; or empty. */
struct pl_str pl_java_group(struct pl_str artifact);
