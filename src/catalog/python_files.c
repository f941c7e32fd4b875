/* SPDX-License-Identifier: Apache-2.0 */
/*
 * python_files: which files belong to a Python distribution. RECORD of wheels (PyPA, recording
 * installed projects) is CSV of path, hash and size; installed-files.txt of eggs has a path a line.
 * Where METADATA was taken away, the name of the directory still says what is installed.
 */
#include "catalog/python.h"

static const char *const globs[] = {
	"**/*.dist-info/RECORD",
	"**/*.egg-info/installed-files.txt",
	NULL,
};

/* The first field; a quoted one may hold commas, and quotes written twice. False: an empty line. */
static bool first_field(struct pl_str line, struct pl_buf *out)
{
	size_t i = 1;

	pl_buf_reset(out);
	if (!line.len || line.ptr[0] != '"') {
		ptrdiff_t comma = pl_str_chr(line, ',');

		pl_buf_str(out, pl_str_sub(line, 0, comma < 0 ? line.len : (size_t)comma));
		return out->len > 0;
	}
	for (; i < line.len; i++) {
		if (line.ptr[i] == '"' && (i + 1 == line.len || line.ptr[++i] != '"'))
			break;
		pl_buf_ch(out, line.ptr[i]);
	}
	return out->len > 0;
}

/* Paths are relative to `base`, or absolute; those that lead out of the root own nothing. */
static void own(struct pl_facts_writer *w, struct pl_str key, struct pl_str base,
		struct pl_buf *path, struct pl_buf *scratch)
{
	unsigned flags = 0;
	char *clean;
	size_t len;

	pl_buf_reset(scratch);
	if (path->ptr[0] != '/') {
		pl_buf_str(scratch, base);
		pl_buf_ch(scratch, '/');
	}
	pl_buf_str(scratch, pl_buf_view(path));
	if (scratch->failed || scratch->len > pl_limit(PL_LIM_PATH_BYTES))
		return;
	pl_buf_reset(path);
	clean = pl_buf_reserve(path, scratch->len + 1);
	if (!clean)
		return;
	len = pl_path_clean(pl_buf_view(scratch), clean, &flags);
	if (len && !(flags & (PL_PATH_ESCAPES | PL_PATH_NUL)))
		pl_fact_owns(w, key, pl_str_n(clean, len));
}

static int read_files(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str key = pl_path_dir(f->path), rest = f->bytes, line;
	bool wheel = pl_str_ends(key, PL_STR(".dist-info"));
	struct pl_pkg_fact p = {.type = PL_PKG_PYPI,
				.how = wheel ? PL_STR("directory name, beside RECORD")
					     : PL_STR("directory name"),
				.adds = true,
				.key = key,
				.where = key,
				.uncertain = true};
	pl_auto_buf path;
	pl_auto_buf scratch;

	(void)err;
	pl_buf_init(&path, PL_MiB(16));
	pl_buf_init(&scratch, PL_MiB(16));
	if (pl_python_guess(f->path, &p.name, &p.version))
		pl_fact_package(w, &p);
	while (pl_str_line(&rest, &line))
		if (line.len <= 2 * pl_limit(PL_LIM_PATH_BYTES) && first_field(line, &path))
			own(w, key, wheel ? pl_path_dir(key) : key, &path, &scratch);
	return 0;
}

const struct pl_cataloger pl_cataloger_python_files = {
	.name = "python_files",
	.what = "files of Python distributions: RECORD, installed-files.txt",
	.globs = globs,
	.evidence = PL_EV_FILE_NAME,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_files,
};
