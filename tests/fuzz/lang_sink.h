/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A facts writer for fuzz targets of catalogers: reads every byte of what it is told. */
#include "catalog/cataloger.h"

struct pl_facts_writer {
	uint64_t sum;
};

static inline void sink(struct pl_facts_writer *w, struct pl_str s)
{
	for (size_t i = 0; i < s.len; i++)
		w->sum += (uint8_t)s.ptr[i];
}

void pl_fact_package(struct pl_facts_writer *w, const struct pl_pkg_fact *p)
{
	sink(w, p->name);
	sink(w, p->version);
	sink(w, p->licenses);
	sink(w, p->sha1);
	sink(w, p->inner);
	sink(w, p->how);
}

void pl_fact_owns(struct pl_facts_writer *w, struct pl_str key, struct pl_str path)
{
	sink(w, key);
	sink(w, path);
}

void pl_fact_license(struct pl_facts_writer *w, struct pl_str key, struct pl_str license)
{
	sink(w, key);
	sink(w, license);
}

void pl_fact_os(struct pl_facts_writer *w, const struct pl_os *os, unsigned rank)
{
	sink(w, os->id);
	w->sum += rank;
}

void pl_fact_diag(struct pl_facts_writer *w, enum pl_weight weight, const char *code,
		  const char *fmt, ...)
{
	(void)fmt;
	w->sum += weight;
	sink(w, pl_str_c(code));
}
