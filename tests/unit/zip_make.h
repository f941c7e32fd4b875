/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Makes small zip archives of stored members (APPNOTE 4.3), for tests. */
#include <zlib.h>

#include "check.h"

struct zip {
	struct pl_buf out, directory;
	unsigned count;
	bool encrypt; /* marks members as encrypted */
};

static inline void zip_le(struct pl_buf *b, uint32_t v, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		pl_buf_ch(b, (char)(v >> 8 * i));
}

static inline void zip_begin(struct zip *z)
{
	*z = (struct zip){0};
	pl_buf_init(&z->out, PL_MiB(16));
	pl_buf_init(&z->directory, PL_MiB(1));
}

/* flags, method, time, date, crc, two sizes, name length, extra length */
static inline void zip_fields(struct pl_buf *b, bool encrypt, struct pl_str name,
			      struct pl_str content)
{
	uint32_t crc = (uint32_t)crc32(0, (const Bytef *)content.ptr, (uInt)content.len);

	zip_le(b, encrypt, 2);
	zip_le(b, 0, 2);
	zip_le(b, 0x5a210000, 4);
	zip_le(b, crc, 4);
	zip_le(b, (uint32_t)content.len, 4);
	zip_le(b, (uint32_t)content.len, 4);
	zip_le(b, (uint32_t)name.len, 2);
	zip_le(b, 0, 2);
}

static inline void zip_add(struct zip *z, const char *path, struct pl_str content)
{
	struct pl_str name = pl_str_c(path);
	size_t at = z->out.len;

	zip_le(&z->out, 0x04034b50, 4);
	zip_le(&z->out, 20, 2);
	zip_fields(&z->out, z->encrypt, name, content);
	pl_buf_str(&z->out, name);
	pl_buf_str(&z->out, content);
	zip_le(&z->directory, 0x02014b50, 4);
	zip_le(&z->directory, 20, 2);
	zip_le(&z->directory, 20, 2);
	zip_fields(&z->directory, z->encrypt, name, content);
	zip_le(&z->directory, 0, 2);
	zip_le(&z->directory, 0, 4);
	zip_le(&z->directory, 0, 4);
	zip_le(&z->directory, (uint32_t)at, 4);
	pl_buf_str(&z->directory, name);
	z->count++;
}

/* The archive; its bytes live until zip_release. */
static inline struct pl_str zip_end(struct zip *z)
{
	size_t at = z->out.len;

	pl_buf_str(&z->out, pl_buf_view(&z->directory));
	zip_le(&z->out, 0x06054b50, 4);
	zip_le(&z->out, 0, 4);
	zip_le(&z->out, z->count, 2);
	zip_le(&z->out, z->count, 2);
	zip_le(&z->out, (uint32_t)z->directory.len, 4);
	zip_le(&z->out, (uint32_t)at, 4);
	zip_le(&z->out, 0, 2);
	return pl_buf_view(&z->out);
}

static inline void zip_release(struct zip *z)
{
	pl_buf_release(&z->out);
	pl_buf_release(&z->directory);
}
#define auto_zip __attribute__((cleanup(zip_release))) struct zip
