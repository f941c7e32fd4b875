/* SPDX-License-Identifier: Apache-2.0 */
/* The dpkg status database and the file lists, told apart by the first byte. */
#include "../unit/fake_facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size && data[0] == '/')
		return fake_fuzz(&pl_cataloger_dpkg_list, "var/lib/dpkg/info/a:b.list", data, size);
	if (size && pl_is_digit((char)data[0]))
		return fake_fuzz(&pl_cataloger_dpkg_list, "var/lib/dpkg/status.d/a.md5sums", data,
				 size);
	return fake_fuzz(&pl_cataloger_dpkg, "var/lib/dpkg/status", data, size);
}
