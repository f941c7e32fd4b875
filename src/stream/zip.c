/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zip by libarchive's seeking reader, which goes by the central directory at the end; the
 * streaming reader, which believes local headers, is not enabled.
 */
#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <pthread.h>

#include "stream/stream_int.h"

struct pl_zip {
	struct archive *a;
	struct pl_str bytes; /* borrowed */
	uint64_t entries, made;
	struct pl_str peeked; /* the piece that was shown, not yet given */
};

/* libarchive turns names marked as UTF-8 into the charset of the locale, "?" where it has none. */
static locale_t utf8;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void find_locale(void)
{
	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static locale_t enter_utf8(void)
{
	pthread_once(&once, find_locale);
	return utf8 ? uselocale(utf8) : (locale_t)0;
}

static void leave_utf8(locale_t before)
{
	if (before)
		uselocale(before);
}

static int zip_error(const struct pl_zip *z, struct pl_err *err)
{
	const char *text = archive_error_string(z->a);

	return pl_fail(err, PL_E_FORMAT, "zip: %s", text ? text : "damaged archive");
}

/* libarchive reads the whole directory into memory at once: look at its size before. Headers of
 * archives stored inside count too, which errs on the safe side. */
static int check_entries(struct pl_str bytes, struct pl_err *err)
{
	const char *p = bytes.ptr, *end = bytes.ptr + bytes.len;

	for (uint64_t n = 0; p && (p = memmem(p, (size_t)(end - p), "PK\1\2", 4)); p += 4)
		if (++n > pl_limit(PL_LIM_ZIP_ENTRIES))
			return pl_fail_limit(err, PL_LIM_ZIP_ENTRIES, "zip");
	return 0;
}

int pl_zip_open(struct pl_str bytes, struct pl_zip **out, struct pl_err *err)
{
	struct pl_zip *z;
	int rc = check_entries(bytes, err);

	if (rc < 0)
		return rc;
	z = pl_xcalloc(1, sizeof(*z));
	z->bytes = bytes;
	z->a = archive_read_new();
	if (!z->a)
		abort(); /* out of memory */
	if (archive_read_support_format_zip_seekable(z->a) < ARCHIVE_WARN ||
	    archive_read_open_memory(z->a, bytes.len ? bytes.ptr : "", bytes.len) < ARCHIVE_WARN) {
		rc = zip_error(z, err);
		pl_zip_close(z);
		return rc;
	}
	*out = z;
	return 0;
}

void pl_zip_close(struct pl_zip *z)
{
	if (!z)
		return;
	archive_read_free(z->a);
	free(z);
}

int pl_zip_next(struct pl_zip *z, struct pl_zip_entry *out, struct pl_err *err)
{
	struct archive_entry *e;
	locale_t before = enter_utf8();
	const char *path;
	int rc = archive_read_next_header(z->a, &e);

	z->peeked = (struct pl_str){0};
	path = rc >= ARCHIVE_WARN && rc != ARCHIVE_EOF ? archive_entry_pathname(e) : NULL;
	leave_utf8(before);
	if (rc == ARCHIVE_EOF)
		return 0;
	if (rc < ARCHIVE_WARN)
		return zip_error(z, err);
	if (++z->entries > pl_limit(PL_LIM_ZIP_ENTRIES))
		return pl_fail_limit(err, PL_LIM_ZIP_ENTRIES, "zip");
	*out = (struct pl_zip_entry){
		.path = pl_str_c(path),
		.size = archive_entry_size(e) > 0 ? (uint64_t)archive_entry_size(e) : 0,
		.is_dir = archive_entry_filetype(e) == AE_IFDIR,
		.encrypted = archive_entry_is_encrypted(e) > 0,
	};
	return 1;
}

/* 1 with the next piece of the current entry, 0 at its end. */
static int next_piece(struct pl_zip *z, struct pl_str *out, struct pl_err *err)
{
	const void *piece;
	size_t len;
	la_int64_t offset;
	int rc;

	if (z->peeked.len) {
		*out = z->peeked;
		z->peeked = (struct pl_str){0};
		return 1;
	}
	rc = archive_read_data_block(z->a, &piece, &len, &offset);
	if (rc == ARCHIVE_EOF)
		return 0;
	if (rc < ARCHIVE_WARN)
		return zip_error(z, err);
	z->made += len;
	if (z->made > pl_limit(PL_LIM_ZIP_BYTES))
		return pl_fail_limit(err, PL_LIM_ZIP_BYTES, "zip");
	*out = pl_str_n(piece, len);
	return 1;
}

int pl_zip_peek(struct pl_zip *z, struct pl_str *out, struct pl_err *err)
{
	struct pl_str piece = {0};
	int rc = 1;

	while (rc > 0 && !piece.len)
		rc = next_piece(z, &piece, err);
	if (rc < 0)
		return rc;
	*out = z->peeked = piece;
	return 0;
}

int pl_zip_read(struct pl_zip *z, struct pl_buf *buf, struct pl_err *err)
{
	struct pl_str piece;
	int rc;

	while ((rc = next_piece(z, &piece, err)) > 0) {
		pl_buf_str(buf, piece);
		if (buf->failed)
			return pl_fail(err, PL_E_LIMIT, "zip: member is larger than %zu bytes",
				       buf->max);
	}
	return rc;
}
