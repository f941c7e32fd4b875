/* SPDX-License-Identifier: Apache-2.0 */
/* What is common to the formats of SPDX: relations and licences that are not of the list. */
#include "report/sbom.h"

/* --- relations ------------------------------------------------------------------------------ */

struct links {
	const struct pl_sbom *s;
	void (*add)(void *arg, struct pl_str from, enum pl_sbom_relation kind,
		    const struct pl_str *to, size_t n);
	void *arg;
	struct pl_str *to; /* as many as packages, and one */
};

static void of_image(struct links *l)
{
	const struct pl_inventory *inv = l->s->r->inv;
	size_t n = 0;

	if (inv->os.found)
		l->to[n++] = PL_STR(PL_SBOM_OS);
	for (size_t i = 0; i < inv->packages.len; i++)
		if (inv->packages.at[i].removed_in == UINT32_MAX)
			l->to[n++] = l->s->refs[i];
	if (n)
		l->add(l->arg, PL_STR(PL_SBOM_ROOT), PL_SBOM_CONTAINS, l->to, n);
	n = 0;
	for (size_t i = 0; i < inv->packages.len; i++)
		if (inv->packages.at[i].removed_in != UINT32_MAX)
			l->to[n++] = l->s->refs[i];
	if (n)
		l->add(l->arg, PL_STR(PL_SBOM_ROOT), PL_SBOM_REMOVED, l->to, n);
}

/* `next` chains the packages of one owner, in order. */
static void of_owners(struct links *l)
{
	const struct pl_inventory *inv = l->s->r->inv;
	size_t count = inv->packages.len;
	pl_auto_free uint32_t *first = pl_xcalloc(count + 1, sizeof(*first));
	pl_auto_free uint32_t *next = pl_xcalloc(count + 1, sizeof(*next));

	for (size_t i = 0; i < count; i++)
		first[i] = next[i] = PL_NO_PKG;
	for (size_t i = count; i-- > 0;) {
		uint32_t owner = inv->packages.at[i].owner;

		if (owner >= count)
			continue;
		next[i] = first[owner];
		first[owner] = (uint32_t)i;
	}
	for (size_t i = 0; i < count; i++) {
		size_t n = 0;

		for (uint32_t k = first[i]; k != PL_NO_PKG; k = next[k])
			l->to[n++] = l->s->refs[k];
		if (n)
			l->add(l->arg, l->s->refs[i], PL_SBOM_CONTAINS, l->to, n);
	}
}

static void of_packages(struct links *l)
{
	const struct pl_inventory *inv = l->s->r->inv;

	for (size_t i = 0; i < inv->packages.len; i++) {
		const struct pl_pkg *p = &inv->packages.at[i];

		for (size_t k = 0; k < p->depends.len; k++)
			l->to[k] = l->s->refs[p->depends.at[k]];
		if (p->depends.len)
			l->add(l->arg, l->s->refs[i], PL_SBOM_DEPENDS, l->to, p->depends.len);
	}
}

void pl_sbom_relations(const struct pl_sbom *s,
		       void (*add)(void *arg, struct pl_str from, enum pl_sbom_relation kind,
				   const struct pl_str *to, size_t n),
		       void *arg)
{
	struct links l = {s, add, arg, NULL};

	l.to = pl_xcalloc(s->r->inv->packages.len + 1, sizeof(*l.to));
	of_image(&l);
	of_owners(&l);
	of_packages(&l);
	free(l.to);
}

/* --- licences ------------------------------------------------------------------------------- */

static bool in_ref(char c)
{
	return pl_is_alpha(c) || pl_is_digit(c) || c == '.' || c == '-';
}

static struct pl_str told(struct pl_arena *a, const struct pl_pkg *p)
{
	pl_auto_buf b;

	pl_buf_init(&b, PL_MiB(1));
	for (size_t i = 0; i < p->licenses.len; i++)
		pl_buf_fmt(&b, "%s%.*s", i ? "\n" : "", PL_FMT(p->licenses.at[i]));
	return pl_arena_str(a, b.len ? pl_buf_view(&b) : p->license);
}

static void refs_of(const struct pl_sbom *s, const struct pl_pkg *p, struct pl_sbom_licenses *out)
{
	struct pl_str rest = p->license, head = PL_STR("LicenseRef-"), ref;
	ptrdiff_t at;

	while ((at = pl_str_find(rest, head)) >= 0) {
		size_t n = head.len;

		rest = pl_str_sub(rest, (size_t)at, rest.len);
		while (n < rest.len && in_ref(rest.ptr[n]))
			n++;
		ref = pl_str_sub(rest, 0, n);
		rest = pl_str_sub(rest, n, rest.len);
		if (!pl_map_put(&out->seen, ref, 0))
			continue;
		pl_vec_push(&out->refs, ref);
		pl_vec_push(&out->texts, told(s->arena, p));
	}
}

void pl_sbom_licenses(const struct pl_sbom *s, struct pl_sbom_licenses *out)
{
	*out = (struct pl_sbom_licenses){0};
	pl_map_init(&out->seen);
	for (size_t i = 0; i < s->r->inv->packages.len; i++)
		refs_of(s, &s->r->inv->packages.at[i], out);
}

void pl_sbom_licenses_release(struct pl_sbom_licenses *l)
{
	pl_map_release(&l->seen);
	pl_vec_release(&l->refs);
	pl_vec_release(&l->texts);
}
