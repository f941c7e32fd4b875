/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row of PL_CATALOGERS, named by PLIMSOLL_ROW in the environment: the input is a path, a
 * newline and the content of the file. The seeds are the row's fixture,
 * tests/data/catalog/ROW/root, with the paths put before by tools/fuzz.sh; test_catalog_fixtures.c
 * replays them.
 */
#include <stdlib.h>

#include "catalog/facts.h"
#include "fuzz_cataloger.h"

const struct pl_cataloger *fuzz_row;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("PLIMSOLL_ROW");
	size_t n;
	const struct pl_cataloger *const *all = pl_catalogers(&n);

	(void)argc;
	(void)argv;
	for (size_t i = 0; name && i < n; i++)
		if (strcmp(all[i]->name, name) == 0)
			fuzz_row = all[i];
	if (!fuzz_row)
		abort(); /* PLIMSOLL_ROW names no row */
	return 0;
}

static void as_capture(struct pl_facts_writer *w, struct pl_cat_file *f, struct pl_str bytes)
{
	struct pl_err err = {0};

	f->elf = pl_capture_new(bytes, bytes.len);
	if (!f->elf)
		return;
	pl_capture_add(f->elf, bytes);
	(void)fuzz_row->read(w, f, &err);
	pl_capture_free(f->elf);
	f->elf = NULL;
}

/* In pieces of odd sizes, as a tar stream gives them. */
static void as_stream(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_str bytes)
{
	const struct pl_cat_stream *s = fuzz_row->stream;
	struct pl_str head = pl_str_sub(bytes, 0, PL_CAT_HEAD);
	struct pl_err err = {0};
	void *state = bytes.len ? s->open(f->path, head, bytes.len, f->mode) : NULL;
	size_t piece = 1000;

	for (size_t at = 0; state && at < bytes.len; at += piece, piece = piece % 7919 + 13)
		s->feed(state, pl_str_sub(bytes, at, piece));
	if (state)
		(void)s->close(state, w, f, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_str rest = pl_str_n(data, size), raw;
	struct pl_cat_file f = {.mode = 0755};
	struct pl_facts_writer w;
	struct pl_facts facts;
	struct pl_err err = {0};
	unsigned flags = 0;
	char path[512];
	pl_auto_buf out = {0};
	pl_auto_free char *copy = NULL;

	if (!pl_str_split(&rest, '\n', &raw) || raw.len > sizeof(path))
		return 0;
	copy = pl_xmalloc(rest.len + 1);
	if (rest.len)
		memcpy(copy, rest.ptr, rest.len);
	f.path = pl_str_n(path, pl_path_clean(raw, path, &flags));
	f.bytes = pl_str_n(copy, rest.len);
	f.size = rest.len;
	pl_buf_init(&out, PL_MiB(64));
	pl_facts_begin(&w, &out);
	pl_facts_entry(&w, PL_STR("file"), PL_STR(""), &(struct pl_tar_entry){.type = PL_FT_FILE});
	w.evidence = fuzz_row->evidence;
	if (fuzz_row->sniff)
		(void)fuzz_row->sniff(f.path, pl_str_sub(f.bytes, 0, PL_CAT_HEAD));
	if (fuzz_row->stream)
		as_stream(&w, &f, f.bytes);
	else if (fuzz_row->elf)
		as_capture(&w, &f, f.bytes);
	else
		(void)fuzz_row->read(&w, &f, &err);
	pl_facts_finish(&w, &(struct pl_facts_end){0});
	/* whatever a reader tells must come through, unless it told too much */
	if (!out.failed) {
		if (pl_facts_read(pl_buf_view(&out), &facts, &err) < 0)
			abort();
		pl_facts_release(&facts);
	}
	return 0;
}
