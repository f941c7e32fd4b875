/* SPDX-License-Identifier: Apache-2.0 */
#include "stream_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pl_auto_buf out = {0};

	decode_all(pl_str_n(data, size), &pl_codec_bzip2, &out);
	return 0;
}
