/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/advisory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int tenths = pl_cvss_tenths(pl_str_n(data, size));

	if (tenths < -1 || tenths > 100)
		abort();
	if (pl_cvss_band(pl_str_n(data, size)) >= PL_SEV__COUNT)
		abort();
	return 0;
}
