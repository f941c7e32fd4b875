/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What executables tell, as packages: one function for each kind of evidence, for rows that see ELF
 * files and the one that sees PE and Mach-O. Private to the room.
 */
#include "catalog/cataloger.h"

void pl_go_facts(struct pl_facts_writer *w, const struct pl_elf_facts *x);
int pl_rust_facts(struct pl_facts_writer *w, struct pl_str path, const struct pl_elf_facts *x,
		  struct pl_err *err);
/* A deps.json; `dir` is where the assemblies lie that it lists, `inner` its path in a bundle. */
int pl_deps_facts(struct pl_facts_writer *w, struct pl_str text, struct pl_str dir,
		  struct pl_str inner, struct pl_err *err);
void pl_bundle_facts(struct pl_facts_writer *w, struct pl_str path, const struct pl_elf_facts *x);
void pl_assembly_facts(struct pl_facts_writer *w, struct pl_str path, const struct pl_elf_facts *x);
int pl_native_facts(struct pl_facts_writer *w, const struct pl_elf_facts *x, struct pl_err *err);
