/* SPDX-License-Identifier: Apache-2.0 */
#include "stream_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_zip *z = NULL;
	struct pl_zip_entry e;

	small_limits();
	if (pl_zip_open(pl_str_n(data, size), &z, NULL) < 0)
		return 0;
	while (pl_zip_next(z, &e, NULL) == 1) {
		pl_auto_buf b = {0};

		pl_buf_init(&b, PL_MiB(1));
		pl_zip_read(z, &b, NULL);
	}
	pl_zip_close(z);
	return 0;
}
