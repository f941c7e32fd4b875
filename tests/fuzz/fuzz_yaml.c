/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cJSON *j = NULL;

	if (pl_yaml_documents(pl_str_n(data, size), PL_MiB(1), &j, NULL) == 0)
		cJSON_Delete(j);
	return 0;
}
