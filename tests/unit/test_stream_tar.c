/* SPDX-License-Identifier: Apache-2.0 */
/* The tar reader: what GNU tar wrote, compared with what libarchive and stat(2) say of it. */
#include <archive.h>
#include <archive_entry.h>

#include "stream_help.h"

static int make_tree(void **state)
{
	if (make_work_dir(state) < 0)
		return -1;
	sh("mkdir -p tree/d/e && cd tree && printf hello > d/hello && : > d/none &&"
	   "head -c 100000 /dev/urandom > d/e/big && ln d/hello d/same && ln -s ../d/hello d/link "
	   "&&"
	   "chmod 4755 d/none && chmod 1777 d/e && mkfifo d/fifo && touch -d @86400 d/hello &&"
	   "truncate -s 3M d/holes && printf x | dd of=d/holes bs=1 seek=1000000 conv=notrunc "
	   "status=none &&"
	   "printf y | dd of=d/holes bs=1 seek=2500000 conv=notrunc status=none");
	return 0;
}

/* One line for each entry, in an own buffer. */
static int list_ours(struct pl_stream *s, struct pl_buf *out, struct pl_err *err)
{
	struct pl_tar *t = pl_tar_open(s);
	struct pl_tar_entry e;
	int rc;

	while ((rc = pl_tar_next(t, &e, err)) == 1) {
		struct pl_str v;
		uint64_t bytes = 0, sum = 0;

		pl_buf_fmt(out, "%.*s|%.*s|%d|%o|%llu|%llu|%llu|%lld|", PL_FMT(e.path),
			   PL_FMT(e.link), e.type, e.mode, (unsigned long long)e.uid,
			   (unsigned long long)e.gid, (unsigned long long)e.size,
			   (long long)e.mtime);
		assert_int_equal(e.offset, pl_stream_offset(s));
		while ((rc = pl_tar_data(t, &v, err)) == 1) {
			for (size_t i = 0; i < v.len; i++)
				sum = sum * 31 + (uint8_t)v.ptr[i];
			bytes += v.len;
		}
		if (rc < 0)
			break;
		assert_int_equal(bytes, e.stored);
		pl_buf_fmt(out, "%llx\n", e.sparse ? 0ULL : (unsigned long long)sum);
	}
	pl_tar_close(t);
	return rc;
}

static enum pl_ftype type_of(struct archive_entry *e)
{
	if (archive_entry_hardlink(e))
		return PL_FT_HARDLINK;
	switch (archive_entry_filetype(e)) {
	case AE_IFREG:
		return PL_FT_FILE;
	case AE_IFLNK:
		return PL_FT_SYMLINK;
	case AE_IFDIR:
		return PL_FT_DIR;
	case AE_IFCHR:
		return PL_FT_CHAR;
	case AE_IFBLK:
		return PL_FT_BLOCK;
	case AE_IFIFO:
		return PL_FT_FIFO;
	default:
		return PL_FT_OTHER;
	}
}

static void list_theirs(struct pl_str data, struct pl_buf *out)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;

	archive_read_support_format_tar(a);
	assert_int_equal(archive_read_open_memory(a, data.ptr, data.len), ARCHIVE_OK);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		const char *link = archive_entry_hardlink(e);
		enum pl_ftype type = type_of(e);
		bool sparse = archive_entry_sparse_count(e) > 0;
		uint64_t sum = 0;
		char buf[8192];
		ssize_t n;

		link = link ? link : archive_entry_symlink(e);
		pl_buf_fmt(out, "%s|%s|%d|%o|%llu|%llu|%llu|%lld|", archive_entry_pathname(e),
			   link ? link : "", type, (unsigned)archive_entry_perm(e),
			   (unsigned long long)archive_entry_uid(e),
			   (unsigned long long)archive_entry_gid(e),
			   type == PL_FT_FILE ? (unsigned long long)archive_entry_size(e) : 0ULL,
			   (long long)archive_entry_mtime(e));
		while ((n = archive_read_data(a, buf, sizeof(buf))) > 0)
			for (ssize_t i = 0; i < n; i++)
				sum = sum * 31 + (uint8_t)buf[i];
		pl_buf_fmt(out, "%llx\n", sparse ? 0ULL : (unsigned long long)sum);
	}
	archive_read_free(a);
}

static void expect_like_libarchive(const char *name)
{
	pl_auto_buf data = {0}, ours = {0}, theirs = {0};
	struct pl_err err = {0};
	size_t steps[] = {0, 1000, 511};

	slurp(name, &data);
	pl_buf_init(&theirs, PL_MiB(1));
	list_theirs(pl_buf_view(&data), &theirs);
	for (size_t i = 0; i < 3; i++) {
		struct pl_str in = pl_buf_view(&data);
		pl_auto_stream *s = steps[i] ? open_drip(in, steps[i]) : pl_stream_open_mem(in);

		pl_buf_init(&ours, PL_MiB(1));
		if (list_ours(s, &ours, &err) < 0)
			fail_msg("%s: %s", name, err.text);
		assert_true(theirs.len > 0);
		assert_string_equal(ours.ptr, theirs.ptr);
		pl_buf_release(&ours);
	}
	pl_buf_init(&ours, 0);
}

static void every_format_of_gnu_tar(void **state)
{
	static const char *formats[] = {"v7", "ustar", "gnu", "oldgnu", "pax"};

	(void)state;
	if (!have("tar"))
		skip();
	for (size_t i = 0; i < 5; i++) {
		sh("tar --format=%s --sort=name --exclude=fifo -cf t.tar tree", formats[i]);
		expect_like_libarchive("t.tar");
	}
	sh("tar --format=gnu --sort=name -cf t.tar tree");
	expect_like_libarchive("t.tar");
}

static void long_names_and_odd_numbers(void **state)
{
	static const char *formats[] = {"gnu", "oldgnu", "pax"};

	(void)state;
	if (!have("tar"))
		skip();
	sh("mkdir -p long && cd long && p=$(printf 'component-%%030d/' 1 2 3 4 5) && mkdir -p $p &&"
	   "printf long > $p/$(printf 'file-%%0100d' 1) && ln $p/file-* hard && ln -s $p/file-* "
	   "soft");
	for (size_t i = 0; i < 3; i++) {
		sh("tar --format=%s --owner=:4000000000 --group=:3000000 --mtime=@-5 --sort=name "
		   "-cf t.tar long",
		   formats[i]);
		expect_like_libarchive("t.tar");
	}
	/* the prefix field of ustar */
	sh("tar --format=ustar --sort=name --no-recursion -cf t.tar $(find long -type d)");
	expect_like_libarchive("t.tar");
}

static void sparse_files(void **state)
{
	static const char *forms[] = {
		"--format=gnu", "--format=oldgnu", "--format=pax --sparse-version=0.0",
		"--format=pax --sparse-version=0.1", "--format=pax --sparse-version=1.0"};

	(void)state;
	if (!have("tar"))
		skip();
	/* many holes make extension blocks of the old map and several blocks of the new one */
	sh("truncate -s 8M many; for i in $(seq 1 60); do printf x | dd of=many bs=1 seek=$((i * "
	   "131072))"
	   " conv=notrunc status=none; done");
	for (size_t i = 0; i < 5; i++) {
		pl_auto_buf data = {0};
		struct pl_tar_entry e;
		struct pl_err err = {0};
		struct pl_tar *t;
		pl_auto_stream *s = NULL;

		sh("tar %s -S -cf t.tar many tree/d/holes tree/d/hello", forms[i]);
		expect_like_libarchive("t.tar");
		slurp("t.tar", &data);
		s = pl_stream_open_mem(pl_buf_view(&data));
		t = pl_tar_open(s);
		assert_int_equal(pl_tar_next(t, &e, &err), 1);
		assert_true(e.sparse);
		assert_str(e.path, "many");
		assert_int_equal(e.size, 8 << 20);
		assert_true(e.stored < 1 << 20);
		assert_int_equal(pl_tar_next(t, &e, &err), 1);
		assert_int_equal(e.size, 3 << 20);
		assert_true(e.sparse);
		assert_int_equal(pl_tar_next(t, &e, &err), 1);
		assert_false(e.sparse);
		assert_int_equal(e.size, 5);
		assert_int_equal(pl_tar_next(t, &e, &err), 0);
		assert_true(pl_tar_complete(t));
		pl_tar_close(t);
	}
}

static void a_cut_anywhere_is_an_error(void **state)
{
	pl_auto_buf data = {0};

	(void)state;
	if (!have("tar"))
		skip();
	sh("tar --format=pax -S --sort=name -b1 -cf t.tar tree/d/hello tree/d/holes tree/d/link "
	   "tree/d/none");
	slurp("t.tar", &data);
	for (size_t len = 0; len < data.len; len += len % 512 == 511 || len % 512 < 2 ? 1 : 509) {
		pl_auto_free char *copy = pl_xmalloc(len + 1);
		pl_auto_buf out = {0};
		struct pl_err err = {0};
		pl_auto_stream *s = NULL;
		int rc;

		memcpy(copy, data.ptr, len);
		pl_buf_init(&out, PL_MiB(1));
		s = pl_stream_open_mem(pl_str_n(copy, len));
		rc = list_ours(s, &out, &err);
		if (len % 512)
			assert_int_equal(rc, -PL_E_TRUNCATED);
		else if (rc) /* a border of entries is an end like any other */
			assert_int_equal(rc, -PL_E_TRUNCATED);
	}
}

/* A header by hand. */
static void header(struct pl_buf *b, const char *name, char type, const char *size,
		   const char *body)
{
	uint8_t h[PL_TAR_BLOCK] = {0};
	unsigned sum = 0;
	size_t len = body ? strlen(body) : 0;

	memcpy(h, name, strlen(name));
	memcpy(h + 100, "0000644", 8);
	memcpy(h + 108, "0000000", 8);
	memcpy(h + 116, "0000000", 8);
	if (size)
		memcpy(h + 124, size, 12);
	else
		snprintf((char *)h + 124, 12, "%011zo", len);
	memcpy(h + 136, "00000000000", 12);
	memset(h + 148, ' ', 8);
	h[156] = (uint8_t)type;
	memcpy(h + 257,
	       "ustar\0"
	       "00",
	       8);
	for (size_t i = 0; i < sizeof(h); i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
	pl_buf_add(b, h, sizeof(h));
	if (body)
		pl_buf_c(b, body);
	while (b->len % PL_TAR_BLOCK)
		pl_buf_ch(b, 0);
}

static void finish(struct pl_buf *b)
{
	static const char zeros[1024];

	pl_buf_add(b, zeros, sizeof(zeros));
}

static int list_buf(const struct pl_buf *b, struct pl_buf *out, struct pl_err *err)
{
	pl_auto_stream *s = pl_stream_open_mem(pl_buf_view(b));

	return list_ours(s, out, err);
}

static void expect_refused(const struct pl_buf *b, int code, const char *word)
{
	pl_auto_buf out = {0};
	struct pl_err err = {0};

	pl_buf_init(&out, PL_MiB(1));
	assert_int_equal(list_buf(b, &out, &err), -code);
	if (!strstr(err.text, word))
		fail_msg("\"%s\" lacks \"%s\"", err.text, word);
}

static void lies_are_refused(void **state)
{
	static const struct {
		const char *name, *size, *body, *word;
		char type;
		int code;
	} cases[] = {
		{"f", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", NULL, "negative size",
		 '0', PL_E_FORMAT},
		{"f", "zzzzzzzzzzz", NULL, "size is no number", '0', PL_E_FORMAT},
		{"f", "77777777777", NULL, "ends within the content", '0', PL_E_TRUNCATED},
		{"f", "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", NULL, "ends within the content",
		 '0', PL_E_TRUNCATED},
		{"x", NULL, "5 a\n", "malformed pax", 'x', PL_E_FORMAT},
		{"x", NULL, "99 path=a\n", "malformed pax", 'x', PL_E_FORMAT},
		{"x", NULL, "9 path=ab", "malformed pax", 'x', PL_E_FORMAT},
		{"x", NULL, "11 size=-5\n", "pax record size", 'x', PL_E_FORMAT},
		{"x", NULL, "28 size=9223372036854775808\n", "pax record size", 'x', PL_E_FORMAT},
		{"x", NULL, "11 uid=99x\n", "pax record uid", 'x', PL_E_FORMAT},
		{"x", "00040000001", NULL, "pax-bytes", 'x', PL_E_LIMIT},
		{"L", "00040000001", NULL, "pax-bytes", 'L', PL_E_LIMIT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		pl_auto_buf b = {0};

		pl_buf_init(&b, PL_MiB(1));
		header(&b, cases[i].name, cases[i].type, cases[i].size, cases[i].body);
		header(&b, "after", '0', NULL, "text");
		finish(&b);
		expect_refused(&b, cases[i].code, cases[i].word);
	}
}

static void endless_extended_headers_meet_a_limit(void **state)
{
	pl_auto_buf b = {0};

	(void)state;
	pl_buf_init(&b, PL_MiB(4));
	for (int i = 0; i < 1000; i++)
		header(&b, "x", i % 2 ? 'x' : 'L', NULL, i % 2 ? "9 path=a\n" : "name");
	header(&b, "f", '0', NULL, "text");
	finish(&b);
	expect_refused(&b, PL_E_LIMIT, "pax-headers");
}

static void what_go_does_with_extensions(void **state)
{
	pl_auto_buf b = {0};
	struct pl_err err = {0};
	struct pl_str v;
	pl_auto_stream *s = NULL;
	struct pl_tar *t;
	struct pl_tar_entry e;

	(void)state;
	pl_buf_init(&b, PL_MiB(1));
	header(&b, "g", 'g', NULL, "15 path=global\n");
	header(&b, "x", 'x', NULL, "12 path=one\n");
	header(&b, "x", 'x', NULL, "11 gid=700\n47 SCHILY.xattr.security.capability=0123456789\n");
	header(&b, "f", '0', NULL, "text");
	header(&b, "dir", '5', "00000000017", NULL);
	header(&b, "x", 'x', NULL, "12 path=pax\n");
	header(&b, "L", 'L', NULL, "gnu");
	header(&b, "f/", '\0', NULL, NULL);
	header(&b, "f/", '\0', NULL, NULL);
	header(&b, "q", 'Q', NULL, "payload");
	finish(&b);
	pl_buf_c(&b, "rest");
	s = pl_stream_open_mem(pl_buf_view(&b));
	t = pl_tar_open(s);
	if (pl_tar_next(t, &e, &err) != 1)
		fail_msg("%s", err.text);
	assert_str(e.path,
		   "f"); /* the later of two extended headers counts alone; global is ignored */
	assert_int_equal(e.gid, 700);
	assert_true(e.has_caps);
	assert_non_null(strstr(e.odd, "global"));
	assert_int_equal(pl_tar_next(t, &e, &err), 1);
	assert_str(e.path, "dir");
	assert_int_equal(e.stored, 0);
	assert_non_null(strstr(e.odd, "size"));
	assert_int_equal(pl_tar_next(t, &e, &err), 1);
	assert_str(e.path, "gnu"); /* over the pax path */
	assert_int_equal(e.type, PL_FT_FILE);
	assert_int_equal(pl_tar_next(t, &e, &err), 1);
	assert_int_equal(e.type, PL_FT_DIR);
	assert_null(e.odd);
	assert_int_equal(pl_tar_next(t, &e, &err), 1);
	assert_int_equal(e.type, PL_FT_OTHER);
	assert_int_equal(e.stored, 7);
	assert_int_equal(pl_tar_next(t, &e, &err), 0);
	assert_int_equal(pl_tar_next(t, &e, &err), 0);
	pl_tar_close(t);
	assert_int_equal(pl_stream_peek(s, 1, &v, NULL), 0);
	assert_str(v, "rest");
}

static void refresh_sum(uint8_t *h)
{
	unsigned sum = 0;

	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < PL_TAR_BLOCK; i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
}

static void expect_paths(const struct pl_buf *b, const char *const *want)
{
	pl_auto_stream *s = pl_stream_open_mem(pl_buf_view(b));
	struct pl_tar *t = pl_tar_open(s);
	struct pl_tar_entry e;

	for (; *want; want++) {
		assert_int_equal(pl_tar_next(t, &e, NULL), 1);
		assert_str(e.path, *want);
	}
	assert_int_equal(pl_tar_next(t, &e, NULL), 0);
	pl_tar_close(t);
}

/* Names and sizes that a lenient reader would take differently from the engines. */
static void names_as_the_engines_see_them(void **state)
{
	static const char *const want[] = {"f",	 "name",  "real",  "lib/os",
					   "os", "sized", "after", NULL};
	pl_auto_buf b = {0};
	uint8_t *h;

	(void)state;
	pl_buf_init(&b, PL_MiB(1));
	/* a sparse name without a sparse version or map; of an unknown version; of a known one */
	header(&b, "x", 'x', NULL, "24 GNU.sparse.name=fake\n");
	header(&b, "f", '0', NULL, "text");
	header(&b, "x", 'x', NULL,
	       "24 GNU.sparse.name=fake\n22 GNU.sparse.major=2\n22 GNU.sparse.minor=0\n");
	header(&b, "name", '0', NULL, "text");
	header(&b, "x", 'x', NULL,
	       "24 GNU.sparse.name=real\n22 GNU.sparse.major=0\n22 GNU.sparse.minor=1\n");
	header(&b, "f", '0', NULL, "text");
	/* GNU magic: a prefix that is no pair of times, then a pair of times */
	header(&b, "os", '0', NULL, NULL);
	h = (uint8_t *)b.ptr + b.len - PL_TAR_BLOCK;
	memcpy(h + 257, "ustar  ", 8);
	memcpy(h + 345, "lib", 3);
	refresh_sum(h);
	header(&b, "os", '0', NULL, NULL);
	h = (uint8_t *)b.ptr + b.len - PL_TAR_BLOCK;
	memcpy(h + 257, "ustar  ", 8);
	memcpy(h + 345,
	       "14000000000\0"
	       "14000000000",
	       24);
	refresh_sum(h);
	/* leading NULs in a size */
	header(&b, "sized", '0',
	       "\0\0\0\0\0\0\0\0"
	       "777",
	       "x");
	h = (uint8_t *)b.ptr + b.len - 2 * PL_TAR_BLOCK;
	refresh_sum(h);
	header(&b, "after", '0', NULL, NULL);
	finish(&b);
	expect_paths(&b, want);
}

/* A global header between an extended header and its entry makes Go's reader forget the latter;
 * owners below zero are odd and stand for "leave it". */
static void globals_forget_and_owners_may_be_negative(void **state)
{
	static const char *const want[] = {"seen", "own", NULL};
	pl_auto_buf b = {0};
	struct pl_tar_entry e;
	pl_auto_stream *s = NULL;
	struct pl_tar *t;

	(void)state;
	pl_buf_init(&b, PL_MiB(1));
	header(&b, "x", 'x', NULL, "15 path=hidden\n");
	header(&b, "g", 'g', NULL, "13 comment=c\n");
	header(&b, "seen", '0', NULL, "text");
	header(&b, "x", 'x', NULL, "10 uid=-2\n10 mtime=\n10 size=x\n10 size=3\n");
	header(&b, "own", '0', NULL, "abc");
	finish(&b);
	expect_paths(&b, want);
	s = pl_stream_open_mem(pl_buf_view(&b));
	t = pl_tar_open(s);
	assert_int_equal(pl_tar_next(t, &e, NULL), 1);
	assert_null(e.odd);
	assert_int_equal(pl_tar_next(t, &e, NULL), 1);
	assert_non_null(strstr(e.odd, "negative owner"));
	assert_int_equal(e.uid, 0);
	assert_int_equal(e.size, 3);
	pl_tar_close(t);
}

static void an_error_stays(void **state)
{
	pl_auto_buf b = {0};
	struct pl_err err = {0};
	pl_auto_stream *s = NULL;
	struct pl_tar *t;
	struct pl_tar_entry e;

	(void)state;
	pl_buf_init(&b, PL_MiB(1));
	header(&b, "damaged", '0', NULL, NULL);
	b.ptr[0] = 'x';
	header(&b, "f", '0', NULL, "text");
	finish(&b);
	s = pl_stream_open_mem(pl_buf_view(&b));
	t = pl_tar_open(s);
	for (int i = 0; i < 3; i++) {
		err.text[0] = 0;
		assert_int_equal(pl_tar_next(t, &e, &err), -PL_E_FORMAT);
		assert_non_null(strstr(err.text, "checksum"));
	}
	assert_false(pl_tar_complete(t));
	pl_tar_close(t);
}

static void ends(void **state)
{
	static const char zeros[512];
	pl_auto_buf b = {0}, out = {0};
	struct pl_err err = {0};

	(void)state;
	pl_buf_init(&b, PL_MiB(1));
	pl_buf_init(&out, PL_MiB(1));
	assert_int_equal(list_buf(&b, &out, &err), 0);
	header(&b, "f", '0', NULL, "text");
	assert_int_equal(list_buf(&b, &out, &err), 0);
	pl_buf_add(&b, zeros, 512);
	assert_int_equal(list_buf(&b, &out, &err), 0);
	header(&b, "hidden", '0', NULL, "text");
	expect_refused(&b, PL_E_FORMAT, "lone zero block");
}

static void checksums_both_ways(void **state)
{
	uint8_t h[PL_TAR_BLOCK] = {0};
	int sum = 8 * ' ';
	struct pl_stream *s;
	bool is = true;

	(void)state;
	memcpy(h, "\xe4\xf6\xfc", 3); /* historic writers summed signed characters */
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (int8_t)h[i];
	snprintf((char *)h + 148, 8, "%06o", (unsigned)sum);
	assert_true(pl_tar_checksum_ok(h));
	s = pl_stream_open_mem(pl_str_n(h, sizeof(h)));
	assert_int_equal(pl_tar_probe(s, &is, NULL), 0);
	assert_true(is);
	pl_stream_close(s);
	snprintf((char *)h + 148, 8, "%06o", (unsigned)sum + 3 * 256);
	assert_true(pl_tar_checksum_ok(h));
	snprintf((char *)h + 148, 8, "%06o", (unsigned)sum + 256);
	assert_false(pl_tar_checksum_ok(h));
	s = pl_stream_open_mem(pl_str_n(h, 511));
	assert_int_equal(pl_tar_probe(s, &is, NULL), 0);
	assert_false(is);
	pl_stream_close(s);
}

static void numbers(void **state)
{
	int64_t v = 0;

	(void)state;
	assert_true(pl_tar_number((const uint8_t *)"  644 \0", 8, &v) && v == 0644);
	assert_true(pl_tar_number((const uint8_t *)"\0\0\0\0\0\0\0\0", 8, &v) && v == 0);
	assert_true(pl_tar_number((const uint8_t *)"77777777", 8, &v) && v == 077777777);
	assert_false(pl_tar_number((const uint8_t *)"0000648", 8, &v));
	assert_true(pl_tar_number((const uint8_t *)"\0\0 0644", 8, &v) && v == 0644);
	assert_true(pl_tar_number((const uint8_t *)"12\0zz", 6, &v) && v == 012);
	assert_false(pl_tar_number((const uint8_t *)"12 \0zz", 6, &v));
	assert_false(pl_tar_number((const uint8_t *)"-1\0\0\0\0\0", 8, &v));
	assert_true(pl_tar_number((const uint8_t *)"\x80\0\0\0\0\x12\x34\x56", 8, &v) &&
		    v == 0x123456);
	assert_true(pl_tar_number((const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xfb", 8, &v) &&
		    v == -5);
	assert_false(pl_tar_number((const uint8_t *)"\x80\0\0\x01\0\0\0\0\0\0\0\0", 12, &v));
	assert_false(pl_tar_number((const uint8_t *)"\x80\0\0\0\xff\0\0\0\0\0\0\0", 12, &v));
	assert_true(pl_tar_number((const uint8_t *)"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12,
				  &v) &&
		    v == INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_of_gnu_tar),
		cmocka_unit_test(long_names_and_odd_numbers),
		cmocka_unit_test(sparse_files),
		cmocka_unit_test(a_cut_anywhere_is_an_error),
		cmocka_unit_test(lies_are_refused),
		cmocka_unit_test(endless_extended_headers_meet_a_limit),
		cmocka_unit_test(what_go_does_with_extensions),
		cmocka_unit_test(names_as_the_engines_see_them),
		cmocka_unit_test(globals_forget_and_owners_may_be_negative),
		cmocka_unit_test(an_error_stays),
		cmocka_unit_test(ends),
		cmocka_unit_test(checksums_both_ways),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_work_dir);
}
