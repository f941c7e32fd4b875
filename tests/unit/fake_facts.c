/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_facts.h"

#include <stdarg.h>
#include <stdio.h>

void fake_init(struct pl_facts_writer *w)
{
	*w = (struct pl_facts_writer){0};
	pl_arena_init(&w->arena);
}

void fake_release(struct pl_facts_writer *w)
{
	pl_vec_release(&w->packages);
	pl_vec_release(&w->owned);
	pl_vec_release(&w->systems);
	pl_vec_release(&w->diags);
	pl_arena_release(&w->arena);
}

static struct pl_str keep(struct pl_facts_writer *w, struct pl_str s)
{
	return s.ptr ? pl_arena_str(&w->arena, s) : s;
}

void pl_fact_package(struct pl_facts_writer *w, const struct pl_pkg_fact *p)
{
	struct pl_pkg_fact c = *p;
	struct pl_str *const views[] = {
		&c.name,	   &c.version,	&c.arch,    &c.source_name,
		&c.source_version, &c.licenses, &c.module,  &c.vendor,
		&c.sha1,	   &c.inner,	&c.key,	    &c.how,
		&c.purl,	   &c.cpes,	&c.depends, &c.provides,
	};

	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		*views[i] = keep(w, *views[i]);
	pl_vec_push(&w->packages, c);
}

void pl_fact_owns(struct pl_facts_writer *w, struct pl_str key, struct pl_str path)
{
	pl_vec_push(&w->owned, (struct fake_owned){keep(w, key), keep(w, path)});
}

void pl_fact_license(struct pl_facts_writer *w, struct pl_str key, struct pl_str license)
{
	(void)w, (void)key, (void)license;
}

bool pl_fact_is_sniffed(const struct pl_facts_writer *w)
{
	(void)w;
	return false;
}

void pl_fact_os(struct pl_facts_writer *w, const struct pl_os *os, unsigned rank)
{
	struct fake_os f = {*os, rank};
	struct pl_str *const views[] = {
		&f.os.id,   &f.os.id_like,     &f.os.version_id, &f.os.codename,
		&f.os.name, &f.os.pretty_name, &f.os.variant_id, &f.os.evidence,
	};

	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		*views[i] = keep(w, *views[i]);
	pl_vec_push(&w->systems, f);
}

void pl_fact_diag(struct pl_facts_writer *w, enum pl_weight weight, const char *code,
		  const char *fmt, ...)
{
	pl_auto_free char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	pl_vec_push(&w->diags,
		    (struct fake_diag){weight, keep(w, pl_str_c(code)), keep(w, pl_str_c(text))});
}

int fake_read(struct pl_facts_writer *w, const struct pl_cataloger *c, const char *path,
	      struct pl_str bytes)
{
	pl_auto_free char *copy = pl_xmalloc(bytes.len + !bytes.len);
	struct pl_cat_file f = {.path = pl_str_c(path),
				.bytes = {copy, bytes.len},
				.size = bytes.len,
				.mode = 0644};

	if (bytes.len)
		memcpy(copy, bytes.ptr, bytes.len);
	w->err = (struct pl_err){0};
	return c->read(w, &f, &w->err);
}

const struct pl_pkg_fact *fake_find(const struct pl_facts_writer *w, const char *name)
{
	for (size_t i = 0; i < w->packages.len; i++)
		if (pl_str_eq_c(w->packages.at[i].name, name))
			return &w->packages.at[i];
	return NULL;
}

bool fake_owns(const struct pl_facts_writer *w, const char *key, const char *path)
{
	for (size_t i = 0; i < w->owned.len; i++)
		if (pl_str_eq_c(w->owned.at[i].key, key) && pl_str_eq_c(w->owned.at[i].path, path))
			return true;
	return false;
}

size_t fake_diags(const struct pl_facts_writer *w, enum pl_weight weight, const char *code)
{
	size_t n = 0;

	for (size_t i = 0; i < w->diags.len; i++)
		n += w->diags.at[i].weight == weight && pl_str_eq_c(w->diags.at[i].code, code);
	return n;
}

int fake_fuzz(const struct pl_cataloger *c, const char *path, const uint8_t *data, size_t size)
{
	struct pl_facts_writer w;

	fake_init(&w);
	(void)fake_read(&w, c, path, pl_str_n(data, size));
	fake_release(&w);
	return 0;
}
