/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest of chiselled Ubuntu images: zstd, and in it a "jsonwall", an object a line with a
 * `kind`: package, slice ("libc6_libs"), path with its slices, content. It names binary packages
 * without their source packages.
 */
#include "catalog/lines.h"

/* A slice is PACKAGE_NAME, and package names have no underline. */
static struct pl_str package_of(struct pl_str slice)
{
	ptrdiff_t at = pl_str_rchr(slice, '_');

	return pl_str_sub(slice, 0, at < 0 ? slice.len : (size_t)at);
}

static void read_path(struct pl_lines *l, const cJSON *o)
{
	struct pl_str path = pl_json_str(o, "path");
	const cJSON *slice;

	if (pl_str_ends(path, PL_STR("/"))) /* a directory */
		return;
	slice = pl_json_get(o, "slices");
	cJSON_ArrayForEach(slice, slice)
	{
		pl_fact_owns(l->w, package_of(pl_json_text(slice)), path);
	}
}

static bool read_package(struct pl_lines *l, const cJSON *o)
{
	struct pl_pkg_fact p = {
		.type = PL_PKG_DEB,
		.name = pl_json_str(o, "name"),
		.version = pl_json_str(o, "version"),
		.arch = pl_json_str(o, "arch"),
		.how = PL_STR("chisel manifest"),
	};

	if (!p.name.len) {
		pl_lines_complain(l, l->number, PL_W_FAILED, "the entry names no package");
		return false;
	}
	p.key = p.name;
	pl_fact_package(l->w, &p);
	return true;
}

static size_t read_wall(struct pl_lines *l)
{
	size_t packages = 0;
	struct pl_str line;

	while (pl_lines_next(l, &line)) {
		pl_auto_json *o = NULL;
		struct pl_err err = {0};
		struct pl_str kind;

		if (!line.len)
			continue;
		if (pl_json_parse(line, pl_limit(PL_LIM_LINE_BYTES), &o, &err) < 0) {
			pl_lines_complain(l, l->number, PL_W_FAILED, "%s", err.text);
			continue;
		}
		kind = pl_json_str(o, "kind");
		if (pl_str_eq_c(kind, "package"))
			packages += read_package(l, o);
		else if (pl_str_eq_c(kind, "path"))
			read_path(l, o);
	}
	return packages;
}

static int expand(struct pl_str bytes, struct pl_buf *out, struct pl_err *err)
{
	struct pl_stream *s = pl_stream_open_mem(bytes);
	struct pl_str piece;
	int rc;

	s = pl_stream_open_codec(&s, PL_CODEC_ZSTD);
	while ((rc = pl_stream_peek(s, 1, &piece, err)) == 0 && piece.len) {
		pl_buf_str(out, piece);
		if (out->failed) {
			rc = pl_fail_limit(err, PL_LIM_DB_FILE_BYTES, "the expanded manifest");
			break;
		}
		pl_stream_skip(s, piece.len);
	}
	pl_stream_close(s);
	return rc;
}

static int read_manifest(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_lines l;
	pl_auto_buf text;
	size_t packages;
	int rc;

	pl_buf_init(&text, (size_t)pl_limit(PL_LIM_DB_FILE_BYTES));
	rc = expand(f->bytes, &text, err);
	if (rc < 0)
		return rc;
	pl_lines_init(&l, w, "chisel-malformed", pl_buf_view(&text));
	packages = read_wall(&l);
	pl_lines_end(&l);
	if (packages)
		pl_fact_diag(w, PL_W_NOTE, "chisel-no-sources",
			     "%zu packages are known by their own names only: the manifest does "
			     "not say what sources they were built from",
			     packages);
	return 0;
}

static const char *const globs[] = {"var/lib/chisel/manifest.wall", NULL};

const struct pl_cataloger pl_cataloger_chisel = {
	.name = "chisel",
	.what = "chiselled Ubuntu images: the manifest of chisel",
	.globs = globs,
	.rooted = true,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_DB_FILE_BYTES,
	.read = read_manifest,
};
