/* SPDX-License-Identifier: Apache-2.0 */
#include "version/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* First byte: the scheme; the rest: two versions, parted by a newline. The order of any two must
 * be antisymmetric. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n;
	const struct pl_scheme *const *rows = pl_schemes(&n);
	struct pl_str rest = pl_str_n(data, size), a, b = {0};
	int ab, ba;

	if (size < 1)
		return 0;
	rest = pl_str_sub(rest, 1, rest.len);
	if (!pl_str_split(&rest, '\n', &a))
		return 0;
	b = rest;
	if (pl_version_compare(rows[data[0] % n], a, b, &ab, NULL) < 0)
		return 0;
	if (pl_version_compare(rows[data[0] % n], b, a, &ba, NULL) < 0 || ab != -ba)
		abort();
	if (rows[data[0] % n]->compare(a, a) != 0)
		abort();
	return 0;
}
