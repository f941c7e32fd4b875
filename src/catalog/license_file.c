/* SPDX-License-Identifier: Apache-2.0 */
/*
 * license_file: LICENSE, COPYING and their kin, recognised by phrases of data/licenses/marks.tsv in
 * their text. A file may hold several licences; all of them count.
 */
#include "catalog/cataloger.h"
#include "catalog/license.h"

#include <stdio.h>

static const char *const globs[] = {
	"**/LICENSE",	"**/LICENSE.*",	     "**/LICENSE-*",
	"**/LICENCE",	"**/LICENCE.*",	     "**/license",
	"**/license.*", "**/License.*",	     "**/COPYING",
	"**/COPYING.*", "**/COPYING-*",	     "**/COPYRIGHT",
	"**/*.LICENSE", "**/LICENSES/*.txt", "**/*.dist-info/licenses/*",
	NULL,
};

/* Words in lower case with one blank between them, and one before and after. */
static void words_of(struct pl_str text, struct pl_buf *out)
{
	pl_buf_ch(out, ' ');
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (pl_is_alpha(c) || pl_is_digit(c))
			pl_buf_ch(out, pl_lower(c));
		else if (out->ptr[out->len - 1] != ' ')
			pl_buf_ch(out, ' ');
	}
	if (out->ptr[out->len - 1] != ' ')
		pl_buf_ch(out, ' ');
}

static bool has_phrase(struct pl_str words, const char *phrase)
{
	char text[256];

	snprintf(text, sizeof(text), " %s ", phrase);
	return pl_str_find(words, pl_str_c(text)) >= 0;
}

static bool fits(struct pl_str words, const struct pl_license_mark *m)
{
	for (size_t i = 0; i < 4 && m->has[i]; i++)
		if (!has_phrase(words, m->has[i]))
			return false;
	for (size_t i = 0; i < 4 && m->lacks[i]; i++)
		if (has_phrase(words, m->lacks[i]))
			return false;
	return true;
}

void pl_license_recognise(struct pl_str text, struct pl_buf *out)
{
	const char *family = "";
	pl_auto_buf words;

	pl_buf_init(&words, text.len + 2);
	words_of(text, &words);
	for (size_t i = 0; i < pl_license_marks_len; i++) {
		const struct pl_license_mark *m = &pl_license_marks[i];

		if (strcmp(family, m->family) == 0 || !fits(pl_buf_view(&words), m))
			continue;
		family = m->family;
		pl_buf_fmt(out, "%s%s", out->len ? " AND " : "", m->spdx);
	}
}

static int read_license(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_buf spdx;

	(void)err;
	pl_buf_init(&spdx, 4096);
	pl_license_recognise(f->bytes, &spdx);
	if (spdx.len)
		pl_fact_license(w, PL_STR(""), pl_buf_view(&spdx));
	else
		pl_fact_diag(w, PL_W_NOTE, "license-unknown",
			     "the text is no licence that is known");
	return 0;
}

const struct pl_cataloger pl_cataloger_license_file = {
	.name = "license_file",
	.what = "licence files, recognised by their text (with --licenses)",
	.globs = globs,
	.licenses = true,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_license,
};
