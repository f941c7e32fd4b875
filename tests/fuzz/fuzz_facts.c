/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of some layers, each after its length, as workers that were taken over might send them;
 * what can be read is merged. */
#include "catalog/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LAYERS = 8 };

static void check(const struct pl_inventory *inv)
{
	for (size_t i = 0; i < inv->packages.len; i++) {
		const struct pl_pkg *p = &inv->packages.at[i];

		if (p->owner != PL_NO_PKG && (p->owner >= inv->packages.len ||
					      !pl_pkg_type_is_os(inv->packages.at[p->owner].type)))
			abort();
		if (!p->locations.len || !p->purl.len)
			abort();
	}
	for (size_t i = 0; i < inv->files.len; i++)
		if (inv->files.at[i].owner != PL_NO_PKG &&
		    inv->files.at[i].owner >= inv->packages.len)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_rd r = pl_rd_init(pl_str_n(data, size));
	struct pl_facts facts[LAYERS] = {0};
	const struct pl_facts *layers[LAYERS] = {0};
	struct pl_scanned s = {0};
	struct pl_arena arena;
	size_t n = 0;

	pl_arena_init(&arena);
	pl_diags_init(&s.diags, &arena);
	s.inv.arena = &arena;
	for (; n < LAYERS && pl_rd_left(&r); n++)
		if (pl_facts_read(pl_rd_str(&r), &facts[n], NULL) == 0)
			layers[n] = &facts[n];
	pl_facts_merge(layers, n, true, &s.inv, &s.diags);
	check(&s.inv);
	pl_scanned_release(&s, 1);
	for (size_t i = 0; i < n; i++)
		pl_facts_release(&facts[i]);
	pl_arena_release(&arena);
	return 0;
}
