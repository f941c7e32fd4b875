/* SPDX-License-Identifier: Apache-2.0 */
/* Which distribution it is. */
#include "catalog/merge_int.h"

static void supply(struct pl_merge *m, struct pl_str *member, struct pl_str value, bool over)
{
	if (value.len && (over || !member->len))
		*member = pl_merge_keep(m, value);
}

/* What other files of the same distribution know: a debian_version where os-release has no number,
 * and what is decided elsewhere, such as repositories of edge. */
static void complete(struct pl_merge *m, struct pl_os *o)
{
	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->systems.len; k++) {
			const struct pl_fact_os_row *row = &m->facts[i]->systems.at[k];
			bool over = row->rank >= PL_OS_OVERRIDES;

			if (row->root.len || !pl_merge_is_seen(m, i, row->entry) ||
			    !pl_str_ieq(row->os.id, o->id))
				continue;
			supply(m, &o->version_id, row->os.version_id, over);
			supply(m, &o->codename, row->os.codename, over);
			supply(m, &o->variant_id, row->os.variant_id, over);
		}
}

void pl_merge_system(struct pl_merge *m)
{
	const struct pl_fact_os_row *best = NULL;
	struct pl_str best_path = {0};
	struct pl_os *o = &m->inv->os;

	for (size_t i = 0; i < m->n; i++)
		for (size_t k = 0; m->facts[i] && k < m->facts[i]->systems.len; k++) {
			const struct pl_fact_os_row *row = &m->facts[i]->systems.at[k];
			struct pl_str path = m->seen[pl_merge_origin(m, i, row->entry)];

			if (!path.ptr || row->root.len || row->rank >= PL_OS_OVERRIDES ||
			    (best &&
			     (row->rank > best->rank ||
			      (row->rank == best->rank && pl_str_cmp(path, best_path) >= 0))))
				continue;
			best = row;
			best_path = path;
		}
	if (!best)
		return;
	*o = (struct pl_os){.found = true, .evidence = best_path};
	o->id = pl_merge_keep(m, best->os.id);
	o->id_like = pl_merge_keep(m, best->os.id_like);
	o->version_id = pl_merge_keep(m, best->os.version_id);
	o->codename = pl_merge_keep(m, best->os.codename);
	o->name = pl_merge_keep(m, best->os.name);
	o->pretty_name = pl_merge_keep(m, best->os.pretty_name);
	o->variant_id = pl_merge_keep(m, best->os.variant_id);
	complete(m, o);
}
