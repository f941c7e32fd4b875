/* SPDX-License-Identifier: Apache-2.0 */
/* A report or a document of another format, and what the worker would answer of it: as text, and
 * the packed form itself. */
#include "catalog/sbom_read.h"
#include "report/report_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void unpack(struct pl_str bytes)
{
	struct pl_scanned *all;
	pl_auto_arena arena;
	size_t n;

	pl_arena_init(&arena);
	if (pl_report_unpack(bytes, &arena, &all, &n, NULL) == 0)
		pl_scanned_release(all, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_str text = pl_str_n(data, size);
	struct pl_scanned *all;
	pl_auto_arena arena;
	pl_auto_buf packed;
	size_t n;

	pl_arena_init(&arena);
	pl_buf_init(&packed, PL_MiB(64));
	if (size && data[0] != '{' && data[0] != '[' && !pl_sbom_sniff(text)) {
		unpack(text);
	} else if (pl_report_parse(text, &arena, &all, &n, NULL) == 0) {
		pl_report_pack(all, n, &packed);
		pl_scanned_release(all, n);
		unpack(pl_buf_view(&packed));
	}
	return 0;
}
