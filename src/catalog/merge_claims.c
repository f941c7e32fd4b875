/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bills of materials in the image claim. Direct evidence wins: a claim of the same type, name
 * and version says nothing new, and of the distribution's packages its own database says which
 * version is there. The document of an installed package tells what that package was made of, and
 * not what else is installed. What is left is kept, as a claim.
 */
#include "catalog/merge_int.h"

struct claims {
	struct pl_merge *m;
	struct pl_map direct;	 /* keys of packages that are there by evidence */
	struct pl_map documents; /* path to index into told */
	PL_VEC(struct pl_str) paths;
	PL_VEC(uint32_t) owners, counts;
};

/* Names as the ecosystem compares them, roughly: without regard to case and to [-_.]. */
static struct pl_str key_of(struct pl_merge *m, const struct pl_pkg *p)
{
	struct pl_str version = pl_pkg_type_is_os(p->type) ? PL_STR("") : p->version;
	struct pl_str key = pl_arena_fmt(&m->scratch, "%u\n%.*s\n%.*s", p->type, PL_FMT(p->name),
					 PL_FMT(version));
	char *at = (char *)(uintptr_t)key.ptr;

	for (size_t i = 0; i < key.len; i++) {
		at[i] = pl_lower(at[i]);
		if (p->type == PL_PKG_PYPI && (at[i] == '_' || at[i] == '.') &&
		    i < key.len - version.len)
			at[i] = '-';
	}
	return key;
}

static bool is_claim(const struct pl_pkg *p)
{
	return p->evidence == PL_EV_SBOM && p->removed_in == UINT32_MAX;
}

static void count_owned(struct claims *c, const struct pl_pkg *p)
{
	struct pl_str path = p->locations.at[0].path;
	uint32_t i = pl_map_get(&c->documents, path);

	if (i == PL_MAP_NONE) {
		i = (uint32_t)c->paths.len;
		pl_map_put(&c->documents, path, i);
		pl_vec_push(&c->paths, path);
		pl_vec_push(&c->owners, p->owner);
		pl_vec_push(&c->counts, 0);
	}
	c->counts.at[i]++;
}

static void tell_owned(struct claims *c)
{
	struct pl_merge *m = c->m;

	for (size_t i = 0; i < c->paths.len; i++) {
		const struct pl_pkg *owner = &m->inv->packages.at[c->owners.at[i]];

		pl_diag_fmt(m->diags, PL_W_NOTE, "sbom-of-package",
			    pl_arena_fmt(&m->scratch, "/%.*s", PL_FMT(c->paths.at[i])),
			    "a bill of materials of the package %.*s: the %u packages in it are "
			    "parts of that, and not listed",
			    PL_FMT(owner->name), c->counts.at[i]);
	}
}

static bool is_dropped(struct claims *c, const struct pl_pkg *p)
{
	if (!is_claim(p))
		return false;
	if (p->owner != PL_NO_PKG) {
		count_owned(c, p);
		return true;
	}
	return pl_map_get(&c->direct, key_of(c->m, p)) != PL_MAP_NONE;
}

/* Takes the dropped ones out; every index into the packages follows. */
static void compact(struct pl_merge *m, const bool *drop)
{
	struct pl_inventory *inv = m->inv;
	size_t n = inv->packages.len, kept = 0;
	pl_auto_free uint32_t *now = pl_xcalloc(n + 1, sizeof(*now));

	for (size_t i = 0; i < n; i++) {
		now[i] = drop[i] ? PL_NO_PKG : (uint32_t)kept;
		if (!drop[i])
			inv->packages.at[kept++] = inv->packages.at[i];
	}
	inv->packages.len = kept;
	for (size_t i = 0; i < kept; i++)
		if (inv->packages.at[i].owner != PL_NO_PKG)
			inv->packages.at[i].owner = now[inv->packages.at[i].owner];
	for (size_t i = 0; i < inv->files.len; i++)
		if (inv->files.at[i].owner != PL_NO_PKG)
			inv->files.at[i].owner = now[inv->files.at[i].owner];
}

void pl_merge_claims(struct pl_merge *m)
{
	struct claims c = {.m = m};
	size_t n = m->inv->packages.len, dropped = 0;
	pl_auto_free bool *drop = pl_xcalloc(n + 1, sizeof(*drop));

	pl_map_init(&c.direct);
	pl_map_init(&c.documents);
	for (size_t i = 0; i < n; i++) {
		const struct pl_pkg *p = &m->inv->packages.at[i];

		if (p->removed_in == UINT32_MAX && p->evidence != PL_EV_SBOM &&
		    p->evidence != PL_EV_LOCK_FILE)
			pl_map_put(&c.direct, key_of(m, p), 0);
	}
	for (size_t i = 0; i < n; i++)
		dropped += drop[i] = is_dropped(&c, &m->inv->packages.at[i]);
	tell_owned(&c);
	if (dropped)
		compact(m, drop);
	pl_map_release(&c.direct);
	pl_map_release(&c.documents);
	pl_vec_release(&c.paths);
	pl_vec_release(&c.owners);
	pl_vec_release(&c.counts);
}
