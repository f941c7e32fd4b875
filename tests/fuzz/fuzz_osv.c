/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/advisory_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A record to columns, and what was stored back: it must be readable. Other bytes as a stored
 * entry: must not be trusted. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_osv_row row;
	pl_auto_json *j = NULL;
	pl_auto_arena arena;
	struct pl_affected back = {0};

	pl_arena_init(&arena);
	pl_osv_row_init(&row);
	if (pl_json_parse(pl_str_n(data, size), PL_MiB(1), &j, NULL) == 0 &&
	    pl_osv_read(j, &row, NULL) == 0) {
		struct pl_rd r = pl_rd_init(pl_buf_view(&row.affected));

		while (pl_rd_left(&r) > 0) {
			pl_rd_str(&r);
			pl_rd_str(&r);
			back = (struct pl_affected){0};
			if (pl_osv_body(pl_rd_str(&r), &arena, &back, NULL) < 0 || r.bad)
				abort();
		}
	}
	back = (struct pl_affected){0};
	pl_osv_body(pl_str_n(data, size), &arena, &back, NULL);
	pl_osv_row_release(&row);
	return 0;
}
