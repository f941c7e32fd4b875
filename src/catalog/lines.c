/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/lines.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void pl_lines_init(struct pl_lines *l, struct pl_facts_writer *w, const char *code,
		   struct pl_str text)
{
	*l = (struct pl_lines){.w = w, .code = code, .rest = text};
}

bool pl_lines_next(struct pl_lines *l, struct pl_str *line)
{
	uint64_t max = pl_limit(PL_LIM_LINE_BYTES);

	while (pl_str_line(&l->rest, line)) {
		l->number++;
		if (line->len <= max)
			return true;
		pl_lines_complain(l, l->number, PL_W_FAILED,
				  "over the limit line-bytes of %" PRIu64
				  " bytes, passed over (raise it with --set line-bytes=…)",
				  max);
	}
	return false;
}

void pl_lines_complain(struct pl_lines *l, size_t line, enum pl_weight weight, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	if (l->told == PL_LINES_TOLD_MAX) {
		l->untold++;
		if (weight > l->untold_weight)
			l->untold_weight = weight;
		return;
	}
	l->told++;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pl_fact_diag(l->w, weight, l->code, "line %zu: %s", line, text);
}

void pl_lines_end(struct pl_lines *l)
{
	if (l->untold)
		pl_fact_diag(l->w, l->untold_weight, l->code,
			     "%zu more lines with such faults up to line %zu", l->untold,
			     l->number);
}
