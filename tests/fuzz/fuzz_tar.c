/* SPDX-License-Identifier: Apache-2.0 */
/* The tar reader; what it accepts is written by the writer and has to read back the same. */
#include "stream_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int to_buf(void *arg, struct pl_str data, struct pl_err *err)
{
	(void)err;
	pl_buf_str(arg, data);
	return 0;
}

static void write_and_read(const struct pl_tar_entry *e)
{
	pl_auto_buf b = {0};
	struct pl_tar_sink sink = {to_buf, &b};
	struct pl_tar_entry again;
	pl_auto_stream *s = NULL;
	struct pl_tar *t;

	pl_buf_init(&b, PL_MiB(8));
	if (pl_tar_write_header(&sink, e, NULL) < 0)
		return;
	s = pl_stream_open_mem(pl_buf_view(&b));
	t = pl_tar_open(s);
	if (pl_tar_next(t, &again, NULL) != 1 || !pl_str_eq(again.path, e->path) ||
	    !pl_str_eq(again.link, e->link) || again.type != e->type || again.uid != e->uid ||
	    again.gid != e->gid || again.mode != e->mode)
		abort();
	pl_tar_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pl_auto_stream *s = pl_stream_open_mem(pl_str_n(data, size));
	struct pl_tar *t = pl_tar_open(s);
	struct pl_tar_entry e;
	struct pl_str v;
	bool is_tar;

	small_limits();
	if (pl_tar_probe(s, &is_tar, NULL) < 0)
		abort();
	while (pl_tar_next(t, &e, NULL) == 1) {
		uint64_t left = e.stored;
		int rc;

		write_and_read(&e);
		while ((rc = pl_tar_data(t, &v, NULL)) == 1)
			left -= v.len;
		if (rc == 0 && left)
			abort();
	}
	pl_tar_close(t);
	return 0;
}
