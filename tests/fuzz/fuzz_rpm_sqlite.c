/* SPDX-License-Identifier: Apache-2.0 */
/* The rpm database in its sqlite form, whatever its first bytes say. */
#include "../unit/fake_facts.h"
#include "catalog/rpm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_facts_writer w;
	struct pl_rpm r = {.w = &w, .bytes = pl_str_n(data, size)};

	fake_init(&w);
	pl_rpm_read_sqlite(&r);
	fake_release(&w);
	return 0;
}
