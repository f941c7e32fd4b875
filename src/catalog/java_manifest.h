/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The two text files that say what a Java archive is. Private to the room. */
#include "base/base.h"

/* clang-format off */
#define JAVA_FIELDS(X) \
	X(TITLE, "Implementation-Title") X(VERSION, "Implementation-Version") \
	X(VENDOR_ID, "Implementation-Vendor-Id") X(SPEC_TITLE, "Specification-Title") \
	X(SPEC_VERSION, "Specification-Version") X(BUNDLE, "Bundle-SymbolicName") \
	X(BUNDLE_VERSION, "Bundle-Version") X(EXTENSION, "Extension-Name") \
	X(PLUGIN, "Short-Name") X(PLUGIN_GROUP, "Group-Id") X(PLUGIN_VERSION, "Plugin-Version") \
	X(NAR, "Nar-Id") X(NAR_GROUP, "Nar-Group") X(NAR_VERSION, "Nar-Version") \
	X(LICENSE, "Bundle-License") X(WEAVE, "Weave-Classes")
enum java_field {
#define X(sym, name) JAVA_##sym,
	JAVA_FIELDS(X)
#undef X
	JAVA_FIELD__COUNT
};
/* clang-format on */
struct java_manifest {
	struct pl_str at[JAVA_FIELD__COUNT];
};
/* The main section of META-INF/MANIFEST.MF. Values live in arena. */
void pl_java_manifest_read(struct pl_str text, struct pl_arena *arena, struct java_manifest *out);

struct java_pom {
	struct pl_str group, artifact, version;
	struct pl_str path; /* inside its archive */
};
/* META-INF/maven/GROUP/ARTIFACT/pom.properties; what it does not say its path does. False when it
 * names no package. Values live in arena. */
bool pl_java_pom_read(struct pl_str text, struct pl_str path, struct pl_arena *arena,
		      struct java_pom *out);
