/* SPDX-License-Identifier: Apache-2.0 */
/*
 * java: archives of classes, and the archives inside of them, whatever packs them: zip in all its
 * names, tar, and the codecs around them. Everything is read in memory, in bounds that hold for the
 * outer file and all that is in it: zip-depth levels, zip-bytes expanded, archive-file-bytes at the
 * same time. What an archive is, says java_identity.c.
 */
#include "catalog/java_archive.h"
#include "catalog/java_name.h"
#include "stream/stream.h"

static const char *const globs[] = {
	"**/*.jar",    "**/*.war",    "**/*.ear",     "**/*.par",  "**/*.sar",	   "**/*.nar",
	"**/*.jpi",    "**/*.hpi",    "**/*.kar",     "**/*.far",  "**/*.lpkg",	   "**/*.rar",
	"**/*.zap",    "**/*.jmod",   "**/*.zip",     "**/*.tar",  "**/*.tar.gz",  "**/*.tgz",
	"**/*.tar.xz", "**/*.txz",    "**/*.tar.bz2", "**/*.tbz2", "**/*.tar.zst", "**/*.tzst",
	"**/*.jar.gz", "**/*.war.gz", NULL,
};

/* --- telling by the first bytes ------------------------------------------------------------- */

static bool is_zip(struct pl_str head)
{
	return pl_str_starts(head, PL_STR("PK\3\4")) || pl_str_starts(head, PL_STR("PK\5\6")) ||
	       pl_str_starts(head, pl_str_n("JM\1\0PK\3\4", 8)); /* JDK, jmod(1) */
}

/* A script that runs the archive behind it (spring-boot, "executable" jars). */
static bool is_script(struct pl_str head)
{
	if (!pl_str_starts(head, PL_STR("#!")))
		return false;
	return pl_str_find(head, PL_STR("PK\3\4")) > 0 ||
	       pl_str_find(head, PL_STR("Spring Boot Startup Script")) > 0 ||
	       (pl_str_find(head, PL_STR("-jar")) > 0 && pl_str_find(head, PL_STR("$0")) > 0);
}

static bool is_tar(struct pl_str head)
{
	return head.len >= 262 && memcmp(head.ptr + 257, "ustar", 5) == 0;
}

static enum pl_codec codec_of(struct pl_str head)
{
	static const struct {
		struct pl_str magic;
		enum pl_codec codec;
	} known[] = {
		{{"\x1f\x8b\x08", 3}, PL_CODEC_GZIP},
		{{"\x28\xb5\x2f\xfd", 4}, PL_CODEC_ZSTD},
		{{"\xfd\x37zXZ", 5}, PL_CODEC_XZ},
		{{"BZh", 3}, PL_CODEC_BZIP2},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (pl_str_starts(head, known[i].magic))
			return known[i].codec;
	return PL_CODEC_NONE;
}

static bool ends_in(struct pl_str name, const char *const *endings)
{
	for (; *endings; endings++) {
		size_t n = strlen(*endings);

		if (name.len > n &&
		    pl_str_ieq(pl_str_sub(name, name.len - n, n), pl_str_c(*endings)))
			return true;
	}
	return false;
}

/* Compressed files that say so in their name hold one file each: documentation, logs, pages. */
static bool is_plain_compressed(struct pl_str path)
{
	static const char *const endings[] = {".gz",   ".xz", ".bz2", ".zst", ".z",   ".dz",
					      ".svgz", ".lz", ".tgz", ".wmz", ".emz", NULL};

	return ends_in(path, endings);
}

static bool sniff_java(struct pl_str path, struct pl_str head)
{
	if (head.len < 4)
		return false;
	return is_zip(head) || is_tar(head) || is_script(head) ||
	       (codec_of(head) != PL_CODEC_NONE && !is_plain_compressed(path));
}

/* What is common in archives and never an archive itself: its first bytes are not asked. */
static bool is_inert(struct pl_str path)
{
	static const char *const endings[] = {
		".class",  ".java",	     ".properties", ".xml",  ".html", ".htm",
		".txt",	   ".css",	     ".js",	    ".json", ".md",   ".png",
		".gif",	   ".jpg",	     ".svg",	    ".mf",   ".sf",   ".rsa",
		".dsa",	   ".tld",	     ".xsd",	    ".dtd",  ".yml",  ".yaml",
		".so",	   ".dll",	     ".dylib",	    ".h",    ".kt",   ".scala",
		".proto",  ".ttf",	     ".woff",	    ".map",  ".ts",   ".jsp",
		".groovy", ".kotlin_module", ".py",	    NULL};

	return ends_in(path, endings);
}

/* --- one archive in another ----------------------------------------------------------------- */

static int read_any(struct java_archive *a, struct pl_err *err);

struct pl_str pl_java_inner(struct java_archive *a, struct pl_str path)
{
	if (pl_str_empty(a->chain))
		return path;
	if (pl_str_empty(path))
		return a->chain;
	return pl_arena_fmt(&a->arena, "%.*s!%.*s", PL_FMT(a->chain), PL_FMT(path));
}

static void archive_release(struct java_archive *a)
{
	pl_vec_release(&a->poms);
	pl_vec_release(&a->projects);
	pl_map_release(&a->project_dirs);
	pl_arena_release(&a->arena);
}

/* Damaged files of other formats that only begin like an archive are nothing that was lost. */
static enum pl_weight weight(struct pl_str name, const struct pl_err *err)
{
	return pl_java_is_own_name(name) || err->code == PL_E_LIMIT ? PL_W_FAILED : PL_W_WARN;
}

static void lost_by(struct java_archive *a, struct pl_str path, const struct pl_err *err)
{
	struct pl_str inner = pl_java_inner(a, path);

	pl_fact_diag(a->outer->w, weight(inner, err), "java-lost", "%.*s: %s", PL_FMT(inner),
		     err->text);
}

static void lost(struct java_archive *a, struct pl_str path, enum pl_ecode code, const char *why)
{
	struct pl_err err = {0};

	pl_fail(&err, code, "%s", why);
	lost_by(a, path, &err);
}

static size_t least(uint64_t a, uint64_t b, uint64_t c)
{
	a = a < b ? a : b;
	return (size_t)(a < c ? a : c);
}

/* The content of the current entry, at most `which`; false when lost, which is then told. */
static bool take(struct java_archive *a, struct pl_zip *zip, const struct pl_zip_entry *e,
		 struct pl_buf *buf, enum pl_limit which)
{
	struct pl_err err = {0};

	if (e->encrypted) {
		lost(a, e->path, PL_E_LIMIT, "is encrypted");
		return false;
	}
	pl_buf_init(buf, least(pl_limit(which), a->outer->left, a->outer->room));
	if (pl_zip_read(zip, buf, &err) < 0) {
		lost_by(a, e->path, &err);
		a->outer->left -= buf->len;
		return false;
	}
	a->outer->left -= buf->len;
	return true;
}

/* `bytes` were found at `path` in the archive. */
static void read_nested(struct java_archive *a, struct pl_str path, struct pl_str bytes)
{
	struct java_archive *inner = pl_xcalloc(1, sizeof(*inner));
	struct pl_err err = {0};

	inner->outer = a->outer;
	inner->depth = a->depth + 1;
	pl_arena_init(&inner->arena);
	pl_map_init(&inner->project_dirs);
	inner->chain = pl_arena_str(&inner->arena, pl_java_inner(a, path));
	inner->name = pl_arena_str(&inner->arena, pl_path_base(path));
	inner->bytes = bytes;
	a->outer->room -= bytes.len;
	if (inner->depth >= pl_limit(PL_LIM_ZIP_DEPTH))
		lost(inner, PL_STR(""), PL_E_LIMIT, "lies deeper than zip-depth allows");
	else if (read_any(inner, &err) < 0)
		lost_by(inner, PL_STR(""), &err);
	a->outer->room += bytes.len;
	archive_release(inner);
	free(inner);
}

/* Archives by their name, and what has an odd name but begins like one. */
static bool is_nested(struct java_archive *a, struct pl_zip *zip, const struct pl_zip_entry *e)
{
	struct pl_err err = {0};
	struct pl_str head;

	if (pl_java_is_archive(e->path))
		return true;
	if (e->encrypted || e->size < 22 || is_inert(e->path))
		return false;
	if (pl_zip_peek(zip, &head, &err) < 0) {
		lost_by(a, e->path, &err);
		return false;
	}
	return sniff_java(e->path, head);
}

static bool is_pom(struct pl_str path, const char *file)
{
	return pl_str_eq_c(pl_path_base(path), file) &&
	       pl_glob(PL_STR("**/META-INF/maven/*/*/*"), path);
}

static void take_pom(struct java_archive *a, struct pl_str text, struct pl_str path)
{
	struct java_pom pom;

	if (pl_java_pom_read(text, path, &a->arena, &pom))
		pl_vec_push(&a->poms, pom);
}

static void take_project(struct java_archive *a, struct pl_str text, struct pl_str path)
{
	struct java_project_at p = {.path = pl_arena_str(&a->arena, path)};

	if (!pl_java_project_read(text, &a->arena, &p.project))
		return;
	pl_map_put(&a->project_dirs, pl_path_dir(p.path), (uint32_t)a->projects.len);
	pl_vec_push(&a->projects, p);
}

static void take_manifest(struct java_archive *a, struct pl_str text, struct pl_str path)
{
	(void)path;
	a->has_manifest = true;
	pl_java_manifest_read(text, &a->arena, &a->manifest);
}

static void take_text(struct java_archive *a, struct pl_zip *zip, const struct pl_zip_entry *e)
{
	void (*reader)(struct java_archive *, struct pl_str, struct pl_str) = NULL;
	struct pl_str path;
	pl_auto_buf buf;

	pl_buf_init(&buf, 0);
	if (pl_str_ieq(e->path, PL_STR("META-INF/MANIFEST.MF")))
		reader = take_manifest;
	else if (is_pom(e->path, "pom.properties"))
		reader = take_pom;
	else if (is_pom(e->path, "pom.xml"))
		reader = take_project;
	if (!reader)
		return;
	path = pl_arena_str(&a->arena, e->path);
	if (take(a, zip, e, &buf, PL_LIM_META_FILE_BYTES))
		reader(a, pl_buf_view(&buf), path);
}

static void take_entry(struct java_archive *a, struct pl_zip *zip, const struct pl_zip_entry *e)
{
	pl_auto_buf buf;

	pl_buf_init(&buf, 0);
	if (e->is_dir)
		return;
	if (pl_str_ends(e->path, PL_STR(".class"))) {
		a->classes = true;
		pl_java_class_see(&a->found, e->path, &a->arena);
	} else if (is_nested(a, zip, e)) {
		struct pl_str path = pl_arena_str(&a->arena, e->path);

		if (take(a, zip, e, &buf, PL_LIM_ARCHIVE_FILE_BYTES))
			read_nested(a, path, pl_buf_view(&buf));
	} else {
		take_text(a, zip, e);
	}
}

static void close_zip(struct pl_zip **z)
{
	pl_zip_close(*z);
}

static int read_zip(struct java_archive *a, struct pl_err *err)
{
	__attribute__((cleanup(close_zip))) struct pl_zip *zip = NULL;
	struct pl_zip_entry e;
	int rc = pl_zip_open(a->bytes, &zip, err);

	if (rc < 0)
		return rc;
	while ((rc = pl_zip_next(zip, &e, err)) > 0)
		take_entry(a, zip, &e);
	/* what was read of a damaged archive counts */
	if (rc == 0 || a->poms.len)
		pl_java_report(a);
	return rc;
}

/* --- tar and codecs ------------------------------------------------------------------------- */

/* Reads the current file of the archive; what nobody wants still counts against zip-bytes. */
static int take_member(struct java_archive *a, struct pl_tar *tar, const struct pl_tar_entry *e,
		       struct pl_err *err)
{
	struct pl_str path = pl_arena_str(&a->arena, e->path), piece;
	bool wanted = pl_java_is_archive(path), first = true;
	pl_auto_buf buf;
	int rc;

	pl_buf_init(&buf,
		    least(pl_limit(PL_LIM_ARCHIVE_FILE_BYTES), a->outer->left, a->outer->room));
	while ((rc = pl_tar_data(tar, &piece, err)) > 0) {
		if (first && !wanted && !is_inert(path))
			wanted = sniff_java(path, piece);
		first = false;
		if (piece.len > a->outer->left)
			return pl_fail_limit(err, PL_LIM_ZIP_BYTES, "tar");
		a->outer->left -= piece.len;
		if (wanted)
			pl_buf_str(&buf, piece);
	}
	if (rc < 0 || !wanted)
		return rc;
	if (buf.failed || e->sparse)
		lost(a, path, PL_E_LIMIT,
		     e->sparse ? "is a sparse file" : "is larger than a limit allows");
	else
		read_nested(a, path, pl_buf_view(&buf));
	return 0;
}

static int read_tar(struct java_archive *a, struct pl_stream *s, struct pl_err *err)
{
	struct pl_tar *tar = pl_tar_open(s);
	struct pl_tar_entry e;
	uint64_t n = 0;
	int rc;

	while ((rc = pl_tar_next(tar, &e, err)) > 0) {
		if (++n > pl_limit(PL_LIM_ZIP_ENTRIES))
			rc = pl_fail_limit(err, PL_LIM_ZIP_ENTRIES, "tar");
		else if (e.type == PL_FT_FILE)
			rc = take_member(a, tar, &e, err);
		if (rc < 0)
			break;
	}
	pl_tar_close(tar);
	return rc;
}

/* One compressed file that is no tar: perhaps it is an archive. */
static int read_single(struct java_archive *a, struct pl_stream *s, struct pl_err *err)
{
	struct pl_str piece;
	pl_auto_buf buf;
	int rc = pl_stream_peek(s, 4, &piece, err);

	pl_buf_init(&buf,
		    least(pl_limit(PL_LIM_ARCHIVE_FILE_BYTES), a->outer->left, a->outer->room));
	if (rc < 0 || !is_zip(piece))
		return rc;
	while ((rc = pl_stream_peek(s, 1, &piece, err)) == 0 && piece.len && !buf.failed) {
		pl_buf_str(&buf, piece);
		pl_stream_skip(s, piece.len);
	}
	if (rc < 0)
		return rc;
	if (buf.failed)
		return pl_fail(err, PL_E_LIMIT, "is larger than a limit allows");
	a->outer->left -= buf.len;
	read_nested(a, PL_STR("content"), pl_buf_view(&buf));
	return 0;
}

static int read_stream(struct java_archive *a, struct pl_err *err)
{
	pl_auto_stream *s = pl_stream_open_mem(a->bytes);
	bool tar = false;
	int rc;

	s = pl_stream_open_codec(&s, codec_of(a->bytes));
	rc = pl_tar_probe(s, &tar, err);
	if (rc < 0)
		return rc;
	return tar ? read_tar(a, s, err) : read_single(a, s, err);
}

static int read_any(struct java_archive *a, struct pl_err *err)
{
	struct pl_str head = pl_str_sub(a->bytes, 0, PL_CAT_HEAD);

	if (is_zip(head) || is_script(head))
		return read_zip(a, err);
	if (codec_of(head) != PL_CODEC_NONE || is_tar(head))
		return read_stream(a, err);
	/* names that other formats have, too: only an archive is read */
	return pl_java_is_own_name(a->name) ? read_zip(a, err) : 0;
}

static int read_java(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct java_outer outer = {.w = w,
				   .left = pl_limit(PL_LIM_ZIP_BYTES),
				   .room = pl_limit(PL_LIM_ARCHIVE_FILE_BYTES)};
	struct pl_err bad = {0};
	struct java_archive *a;
	bool told;
	int rc;

	if (pl_str_empty(f->bytes)) {
		if (pl_java_is_own_name(f->path))
			pl_fact_diag(w, PL_W_WARN, "java-empty", "an empty file, no archive");
		return 0;
	}
	a = pl_xcalloc(1, sizeof(*a));
	a->outer = &outer;
	a->bytes = f->bytes;
	a->name = pl_path_base(f->path);
	pl_arena_init(&a->arena);
	pl_map_init(&a->project_dirs);
	rc = read_any(a, &bad);
	told = rc < 0 && weight(f->path, &bad) == PL_W_WARN;
	if (told)
		pl_fact_diag(w, PL_W_WARN, "java-lost", "%s", bad.text);
	archive_release(a);
	free(a);
	return rc < 0 && !told ? pl_fail(err, bad.code, "%s", bad.text) : 0;
}

const struct pl_cataloger pl_cataloger_java = {
	.name = "java",
	.what = "Java archives, nested and disguised ones too: pom.properties, manifest, file "
		"name, "
		"classes",
	.globs = globs,
	.sniff = sniff_java,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_ARCHIVE_FILE_BYTES,
	.read = read_java,
};
