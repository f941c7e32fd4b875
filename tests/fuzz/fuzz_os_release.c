/* SPDX-License-Identifier: Apache-2.0 */
/* os-release and its fall-backs: the first byte chooses the file. */
#include "../unit/fake_facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *const *globs = pl_cataloger_os_release.globs;
	size_t n = 0;

	while (globs[n])
		n++;
	if (size == 0)
		return 0;
	return fake_fuzz(&pl_cataloger_os_release, globs[data[0] % n], data + 1, size - 1);
}
