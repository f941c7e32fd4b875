/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/cataloger.h"

void pl_purl_put(struct pl_buf *b, struct pl_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (pl_is_alpha(c) || pl_is_digit(c) || (c && strchr(".-_~:", c)))
			pl_buf_ch(b, c);
		else
			pl_buf_fmt(b, "%%%02X", (unsigned char)c);
	}
}

void pl_purl_put_qualifier(struct pl_buf *b, const char *key, struct pl_str value, char *sep)
{
	if (!value.len)
		return;
	pl_buf_fmt(b, "%c%s=", *sep, key);
	pl_purl_put(b, value);
	*sep = '&';
}
