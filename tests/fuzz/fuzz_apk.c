/* SPDX-License-Identifier: Apache-2.0 */
/* The apk database. */
#include "../unit/fake_facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fake_fuzz(&pl_cataloger_apk, "lib/apk/db/installed", data, size);
}
