/* SPDX-License-Identifier: Apache-2.0 */
/* The text manifest of distroless images. */
#include "../unit/fake_facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fake_fuzz(&pl_cataloger_rpm, "var/lib/rpmmanifest/container-manifest-2", data, size);
}
