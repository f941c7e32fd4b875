/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/base.h"

int main(void)
{
	for (int i = 0; i < PL_LIM__COUNT; i++)
		printf("%s\n", pl_limit_row(i)->name);
	return 0;
}
