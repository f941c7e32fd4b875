/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

void pl_diags_init(struct pl_diags *d, struct pl_arena *arena)
{
	*d = (struct pl_diags){.arena = arena};
}

void pl_diags_release(struct pl_diags *d)
{
	pl_vec_release(&d->rows);
}

void pl_diag_add(struct pl_diags *d, enum pl_weight weight, const char *code, struct pl_str where,
		 struct pl_str what, struct pl_str hint)
{
	struct pl_diag row = {.weight = weight};

	if (weight > d->worst)
		d->worst = weight;
	if (d->rows.len >= PL_DIAGS_MAX) {
		d->dropped++;
		return;
	}
	row.code = pl_arena_str(d->arena, pl_str_c(code));
	row.where = pl_arena_str(d->arena, where);
	row.what = pl_arena_str(d->arena, what);
	row.hint = pl_arena_str(d->arena, hint);
	pl_vec_push(&d->rows, row);
}

void pl_diag_fmt(struct pl_diags *d, enum pl_weight weight, const char *code, struct pl_str where,
		 const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pl_diag_add(d, weight, code, where, pl_str_c(text), PL_STR(""));
}

static int diag_cmp(const void *pa, const void *pb)
{
	const struct pl_diag *a = pa, *b = pb;
	int c;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	c = pl_str_cmp(a->where, b->where);
	if (c == 0)
		c = pl_str_cmp(a->code, b->code);
	return c ? c : pl_str_cmp(a->what, b->what);
}

void pl_diags_sort(struct pl_diags *d)
{
	size_t n = 0;

	if (d->rows.len == 0)
		return;
	qsort(d->rows.at, d->rows.len, sizeof(*d->rows.at), diag_cmp);
	for (size_t i = 0; i < d->rows.len; i++)
		if (n == 0 || diag_cmp(&d->rows.at[n - 1], &d->rows.at[i]) != 0)
			d->rows.at[n++] = d->rows.at[i];
	d->rows.len = n;
}

const char *pl_weight_name(enum pl_weight w)
{
	static const char *const names[PL_W__COUNT] = {"note", "warn", "failed", "fatal"};

	return names[w];
}
