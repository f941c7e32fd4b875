/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package archives that were left in the image. What they hold is not installed: they are pointed
 * out, and nothing more.
 */
#include "catalog/cataloger.h"

struct kind {
	const char *suffix, *magic;
	size_t magic_len;
	const char *what;
};
static const struct kind kinds[] = {
	{".deb", "!<arch>\ndebian", 14, "Debian package"},
	{".rpm", "\xed\xab\xee\xdb", 4, "RPM package"},
	{".apk", "\x1f\x8b", 2, "Alpine package"},
	{".apk", "ADB", 3, "Alpine package"},
};

static void *open_archive(struct pl_str path, struct pl_str head, uint64_t size, uint32_t mode)
{
	(void)size, (void)mode;
	if (path.len < 4 || path.ptr[path.len - 4] != '.')
		return NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (pl_str_ends(path, pl_str_c(kinds[i].suffix)) &&
		    pl_str_starts(head, pl_str_n(kinds[i].magic, kinds[i].magic_len)))
			return (void *)(uintptr_t)&kinds[i];
	return NULL;
}

static void feed_archive(void *state, struct pl_str piece)
{
	(void)state, (void)piece;
}

static int close_archive(void *state, struct pl_facts_writer *w, const struct pl_cat_file *f,
			 struct pl_err *err)
{
	const struct kind *k = state;

	(void)err;
	if (w)
		pl_fact_diag(w, PL_W_NOTE, "installer-left",
			     "a %s of %llu bytes: left over, what is in it is not installed",
			     k->what, (unsigned long long)f->size);
	return 0;
}

static const struct pl_cat_stream stream = {open_archive, feed_archive, close_archive};

const struct pl_cataloger pl_cataloger_installer = {
	.name = "installer",
	.what = "package archives left in the image (.deb, .rpm, .apk): pointed out, not packages",
	.stream = &stream,
	.evidence = PL_EV_FILE_NAME,
	.max = PL_LIM_META_FILE_BYTES,
};
