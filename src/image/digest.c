/* SPDX-License-Identifier: Apache-2.0 */
/* Digests, as the OCI image-spec descriptor.md writes them: algorithm ":" lower-case hex. */
#include "image/image.h"

struct pl_str pl_digest_text(struct pl_arena *a, const struct pl_digest *d)
{
	char text[7 + 64 + 1] = "sha256:";

	if (!d->known)
		return PL_STR("");
	pl_hex(d->sha256, sizeof(d->sha256), text + 7);
	return pl_arena_str(a, pl_str_c(text));
}

int pl_digest_parse(struct pl_str text, struct pl_digest *out, struct pl_err *err)
{
	struct pl_digest d = {.known = true};
	struct pl_str hex = pl_str_sub(text, 7, text.len);

	if (!pl_str_starts(text, PL_STR("sha256:"))) {
		if (pl_str_chr(text, ':') > 0)
			return pl_fail(err, PL_E_UNSUPPORTED,
				       "digest \"%.*s\": only sha256 is verified",
				       (int)(text.len > 150 ? 150 : text.len), text.ptr);
		return pl_fail(err, PL_E_FORMAT, "\"%.*s\" is no digest",
			       (int)(text.len > 150 ? 150 : text.len), text.ptr ? text.ptr : "");
	}
	if (hex.len != 64 || !pl_unhex(hex, d.sha256, sizeof(d.sha256)))
		return pl_fail(err, PL_E_FORMAT,
			       "\"%.*s\" is no digest: 64 hexadecimal digits expected",
			       (int)(text.len > 150 ? 150 : text.len), text.ptr);
	*out = d;
	return 0;
}
