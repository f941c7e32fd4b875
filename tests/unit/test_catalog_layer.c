/* SPDX-License-Identifier: Apache-2.0 */
/* The worker of a layer over small archives: digests, limits, damage. */
#include <sys/mman.h>
#include <zlib.h>

#include "facts_make.h"

#define STATUS_TEXT \
	"Package: bash\nStatus: install ok installed\nVersion: 5.2-1\nArchitecture: amd64\n\n"
#define OS_TEXT "ID=debian\nVERSION_ID=\"12\"\n"

static int to_buf(void *arg, struct pl_str data, struct pl_err *err)
{
	(void)err;
	pl_buf_str(arg, data);
	return 0;
}

static void put_entry(struct pl_buf *tar, struct pl_tar_entry e, struct pl_str content)
{
	struct pl_tar_sink sink = {to_buf, tar};

	e.mode = e.mode ? e.mode : 0644;
	e.size = content.len;
	assert_int_equal(pl_tar_write_header(&sink, &e, NULL), 0);
	pl_buf_str(tar, content);
	assert_int_equal(pl_tar_write_pad(&sink, content.len, NULL), 0);
}

static void put_file(struct pl_buf *tar, const char *path, struct pl_str content)
{
	put_entry(tar, (struct pl_tar_entry){.path = pl_str_c(path), .type = PL_FT_FILE}, content);
}

/* Where its third entry begins is returned: what came before it is whole. */
static size_t small_layer(struct pl_buf *tar)
{
	struct pl_tar_sink sink = {to_buf, tar};
	size_t third;

	pl_buf_init(tar, PL_MiB(16));
	put_file(tar, "./var/lib/dpkg/status", PL_STR(STATUS_TEXT));
	put_file(tar, "etc/passwd", PL_STR("root:x:0:0::/root:/bin/sh\n"));
	third = tar->len;
	put_file(tar, "usr/lib/os-release", PL_STR(OS_TEXT));
	assert_int_equal(pl_tar_write_end(&sink, NULL), 0);
	return third;
}

struct run {
	struct pl_buf answer;
	struct pl_facts f;
};

static int fd_with(struct pl_str bytes)
{
	int fd = memfd_create("layer", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.ptr, bytes.len), bytes.len);
	return fd;
}

static void run_job(struct run *r, const struct pl_layer_job *j)
{
	struct pl_err err = {0};

	pl_buf_init(&r->answer, PL_MiB(64));
	assert_int_equal(pl_layer_run((void *)(uintptr_t)j, &r->answer, &err), 0);
	assert_int_equal(pl_facts_read(pl_buf_view(&r->answer), &r->f, &err), 0);
}

static void run(struct run *r, struct pl_str bytes)
{
	int fd = fd_with(bytes);

	run_job(r, &(struct pl_layer_job){.fd = fd, .seekable = true, .size = bytes.len});
	close(fd);
}

static void run_end(struct run *r)
{
	pl_facts_release(&r->f);
	pl_buf_release(&r->answer);
}

static void gzipped(struct pl_str in, struct pl_buf *out)
{
	z_stream z = {0};
	char *room;

	pl_buf_init(out, PL_MiB(16));
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	room = pl_buf_reserve(out, deflateBound(&z, in.len));
	z.next_in = (Bytef *)(uintptr_t)in.ptr;
	z.avail_in = (uInt)in.len;
	z.next_out = (Bytef *)room;
	z.avail_out = (uInt)deflateBound(&z, in.len);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->len += z.total_out;
	deflateEnd(&z);
}

static void same_digest(const struct pl_digest *d, struct pl_str bytes)
{
	uint8_t want[32];

	pl_sha256(bytes, want);
	assert_true(d->known);
	assert_memory_equal(d->sha256, want, sizeof(want));
}

static const struct pl_fact_diag_row *diag_of(const struct pl_facts *f, const char *code)
{
	for (size_t i = 0; i < f->diags.len; i++)
		if (pl_str_eq_c(f->diags.at[i].code, code))
			return &f->diags.at[i];
	return NULL;
}

static void assert_whole(const struct pl_facts *f)
{
	assert_int_equal(f->entries.len, 3);
	assert_str(f->entries.at[0].path, "var/lib/dpkg/status");
	assert_int_equal(f->packages.len, 1);
	assert_int_equal(f->packages.at[0].entry, 0);
	assert_str(f->packages.at[0].fact.name, "bash");
	assert_str(f->packages.at[0].fact.version, "5.2-1");
	assert_int_equal(f->texts.len, 1);
	assert_int_equal(f->texts.at[0].entry, 1);
	assert_int_equal(f->systems.len, 1);
	assert_int_equal(f->systems.at[0].entry, 2);
	assert_str(f->systems.at[0].os.version_id, "12");
	assert_int_equal(f->diags.len, 0);
}

static void test_plain(void **state)
{
	struct pl_buf tar;
	struct run r;

	(void)state;
	small_layer(&tar);
	run(&r, pl_buf_view(&tar));
	assert_whole(&r.f);
	same_digest(&r.f.end.blob, pl_buf_view(&tar));
	same_digest(&r.f.end.diff_id, pl_buf_view(&tar));
	assert_int_equal(r.f.end.codec, PL_CODEC_NONE);
	assert_true(r.f.end.size == tar.len && r.f.end.expanded == tar.len);
	run_end(&r);
	pl_buf_release(&tar);
}

static void test_gzip(void **state)
{
	struct pl_buf tar, gz;
	struct run r;

	(void)state;
	small_layer(&tar);
	/* what stands behind the end mark counts for the diff id, too */
	for (int i = 0; i < 700000; i++)
		pl_buf_ch(&tar, (char)(i % 251));
	gzipped(pl_buf_view(&tar), &gz);
	run(&r, pl_buf_view(&gz));
	assert_whole(&r.f);
	same_digest(&r.f.end.blob, pl_buf_view(&gz));
	same_digest(&r.f.end.diff_id, pl_buf_view(&tar));
	assert_int_equal(r.f.end.codec, PL_CODEC_GZIP);
	assert_true(r.f.end.size == gz.len && r.f.end.expanded == tar.len);
	run_end(&r);
	pl_buf_release(&gz);
	pl_buf_release(&tar);
}

/* A range of a larger file, as layers of an archive are. */
static void test_range(void **state)
{
	struct pl_buf tar, all;
	struct run r;
	int fd;

	(void)state;
	small_layer(&tar);
	pl_buf_init(&all, PL_MiB(16));
	pl_buf_c(&all, "before");
	pl_buf_str(&all, pl_buf_view(&tar));
	pl_buf_c(&all, "after");
	fd = fd_with(pl_buf_view(&all));
	run_job(&r,
		&(struct pl_layer_job){.fd = fd, .seekable = true, .offset = 6, .size = tar.len});
	close(fd);
	assert_whole(&r.f);
	same_digest(&r.f.end.blob, pl_buf_view(&tar));
	run_end(&r);
	pl_buf_release(&all);
	pl_buf_release(&tar);
}

static void assert_damaged(const struct pl_facts *f)
{
	const struct pl_fact_diag_row *d = diag_of(f, "layer-damaged");

	assert_non_null(d);
	assert_int_equal(d->weight, PL_W_FATAL);
	assert_int_equal(d->entry, PL_NO_ENTRY);
	assert_true(d->what.len > 0);
}

static void test_cut(void **state)
{
	struct pl_buf tar;
	struct run r;
	size_t third;

	(void)state;
	third = small_layer(&tar);
	/* inside the third header, and inside its content */
	for (size_t more = 100; more <= 520; more += 420) {
		run(&r, pl_str_sub(pl_buf_view(&tar), 0, third + more));
		assert_damaged(&r.f);
		assert_true(r.f.entries.len >= 2);
		assert_int_equal(r.f.packages.len, 1);
		assert_int_equal(r.f.texts.len, 1);
		assert_int_equal(r.f.systems.len, 0);
		run_end(&r);
	}
	pl_buf_release(&tar);
}

static void test_cut_gzip(void **state)
{
	struct pl_buf tar, gz;
	struct run r;

	(void)state;
	small_layer(&tar);
	gzipped(pl_buf_view(&tar), &gz);
	run(&r,
	    pl_str_sub(pl_buf_view(&gz), 0, gz.len - 9)); /* RFC 1952: the last 8 are CRC, size */
	assert_damaged(&r.f);
	assert_false(r.f.end.blob.known || r.f.end.diff_id.known);
	run_end(&r);
	pl_buf_release(&gz);
	pl_buf_release(&tar);
}

static void test_no_archive(void **state)
{
	struct run r;

	(void)state;
	run(&r, PL_STR("this is no archive, however long one reads it"));
	assert_damaged(&r.f);
	assert_int_equal(r.f.entries.len, 0);
	run_end(&r);
}

static void set_limit(const char *text)
{
	assert_int_equal(pl_limit_set(pl_str_c(text), NULL), 0);
}

static void test_entries_limit(void **state)
{
	struct pl_buf tar;
	struct run r;

	(void)state;
	small_layer(&tar);
	set_limit("layer-entries=2");
	run(&r, pl_buf_view(&tar));
	assert_damaged(&r.f);
	assert_true(pl_str_find(diag_of(&r.f, "layer-damaged")->what, PL_STR("layer-entries")) >=
		    0);
	assert_int_equal(r.f.entries.len, 2);
	assert_int_equal(r.f.packages.len, 1);
	/* the digests are those of all bytes all the same */
	same_digest(&r.f.end.diff_id, pl_buf_view(&tar));
	run_end(&r);
	set_limit("layer-entries=2000000");
	pl_buf_release(&tar);
}

static void test_path_limit(void **state)
{
	char *name = pl_xcalloc(1, 5001);
	struct pl_buf tar;
	struct run r;

	(void)state;
	for (int i = 0; i < 5000; i++)
		name[i] = i % 100 == 99 ? '/' : 'n';
	name[4999] = 'n';
	pl_buf_init(&tar, PL_MiB(16));
	put_file(&tar, name, PL_STR("x"));
	put_entry(&tar,
		  (struct pl_tar_entry){
			  .path = PL_STR("hard"), .link = pl_str_c(name), .type = PL_FT_HARDLINK},
		  PL_STR(""));
	put_file(&tar, "usr/lib/os-release", PL_STR(OS_TEXT));
	run(&r, pl_buf_view(&tar));
	assert_non_null(diag_of(&r.f, "path-too-long"));
	assert_int_equal(diag_of(&r.f, "path-too-long")->weight, PL_W_FAILED);
	assert_int_equal(r.f.entries.len, 2);
	assert_str(r.f.entries.at[0].path, "hard");
	assert_str(r.f.entries.at[0].link, ""); /* leads nowhere, which the tree tells */
	assert_int_equal(r.f.systems.len, 1);
	assert_int_equal(r.f.systems.at[0].entry, 1);
	run_end(&r);
	pl_buf_release(&tar);
	free(name);
}

static void test_file_limit(void **state)
{
	const struct pl_fact_diag_row *d;
	char *junk = pl_xcalloc(1, PL_MiB(5));
	struct pl_buf tar;
	struct run r;

	(void)state;
	pl_buf_init(&tar, PL_MiB(16));
	memset(junk, '\n', PL_MiB(5));
	put_file(&tar, "var/lib/dpkg/status", pl_str_n(junk, PL_MiB(5)));
	put_file(&tar, "usr/lib/os-release", PL_STR(OS_TEXT));
	set_limit("db-file-bytes=4M");
	run(&r, pl_buf_view(&tar));
	d = diag_of(&r.f, "file-not-read");
	assert_non_null(d);
	assert_int_equal(d->weight, PL_W_FAILED);
	assert_int_equal(d->entry, 0);
	assert_true(pl_str_find(d->what, PL_STR("db-file-bytes")) >= 0);
	assert_int_equal(r.f.systems.len, 1);
	run_end(&r);
	set_limit("db-file-bytes=256M");
	pl_buf_release(&tar);
	free(junk);
}

static void test_odd_paths(void **state)
{
	struct pl_buf tar;
	struct run r;

	(void)state;
	pl_buf_init(&tar, PL_MiB(16));
	put_file(&tar, "../../usr//lib/./os-release", PL_STR(OS_TEXT));
	put_entry(&tar, (struct pl_tar_entry){.path = PL_STR("./"), .type = PL_FT_DIR}, PL_STR(""));
	put_entry(&tar,
		  (struct pl_tar_entry){.path = PL_STR("h"),
					.link = PL_STR("/usr/lib/../lib/os-release"),
					.type = PL_FT_HARDLINK},
		  PL_STR(""));
	run(&r, pl_buf_view(&tar));
	assert_int_equal(r.f.entries.len, 2); /* the root has no entry */
	assert_str(r.f.entries.at[0].path, "usr/lib/os-release");
	assert_str(r.f.entries.at[1].link, "usr/lib/os-release");
	assert_int_equal(r.f.systems.len, 1);
	assert_non_null(diag_of(&r.f, "path-odd"));
	assert_true(pl_str_find(diag_of(&r.f, "path-odd")->what, PL_STR("leads out of the root")) >=
		    0);
	run_end(&r);
	pl_buf_release(&tar);
}

static void test_every_cataloger_has_its_row(void **state)
{
	size_t n, rows;
	const struct pl_cataloger *const *all = pl_catalogers(&n);
	const struct pl_cataloger_row *row = pl_cataloger_rows(&rows);

	(void)state;
	assert_int_equal(n, rows);
	for (size_t i = 0; i < n; i++) {
		assert_true(all[i]->read || all[i]->stream);
		assert_true(all[i]->elf || all[i]->stream || (all[i]->globs && all[i]->globs[0]));
		assert_string_equal(all[i]->name, row[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_cut_gzip),
		cmocka_unit_test(test_no_archive),
		cmocka_unit_test(test_entries_limit),
		cmocka_unit_test(test_path_limit),
		cmocka_unit_test(test_file_limit),
		cmocka_unit_test(test_odd_paths),
		cmocka_unit_test(test_every_cataloger_has_its_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
