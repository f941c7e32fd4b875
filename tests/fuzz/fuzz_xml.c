/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct pl_xml *e = NULL;
	pl_auto_arena a;

	pl_arena_init(&a);
	if (pl_xml_parse(pl_str_n(data, size), PL_MiB(1), &a, &e, NULL) == 0)
		(void)pl_xml_attr(pl_xml_more(pl_xml_get(e, "a")), "b");
	return 0;
}
