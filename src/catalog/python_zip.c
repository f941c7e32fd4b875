/* SPDX-License-Identifier: Apache-2.0 */
/*
 * python_zip: distributions that Python imports from an archive: zipped eggs, and the programs that
 * zipapp, pex and shiv make. A wheel that lies about is what an installer would read: it is told,
 * and not listed.
 */
#include "catalog/python.h"
#include "stream/stream.h"

static const char *const globs[] = {
	"**/*.egg", "**/*.pex", "**/*.pyz", "**/*.whl", NULL,
};

static void close_zip(struct pl_zip **z)
{
	pl_zip_close(*z);
}

static bool is_metadata(struct pl_str path)
{
	static const char *const names[] = {"EGG-INFO/PKG-INFO", "**/*.dist-info/METADATA",
					    "**/*.egg-info/PKG-INFO"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (pl_glob(pl_str_c(names[i]), path))
			return true;
	return false;
}

static int take(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_zip *zip,
		struct pl_str inner, uint64_t *left, struct pl_err *err)
{
	uint64_t max = pl_limit(PL_LIM_META_FILE_BYTES);
	pl_auto_buf text;
	int rc;

	pl_buf_init(&text, (size_t)(max < *left ? max : *left));
	rc = pl_zip_read(zip, &text, err);
	if (rc < 0)
		return rc;
	*left -= text.len;
	if (text.failed)
		return pl_fail_limit(err, max < *left ? PL_LIM_META_FILE_BYTES : PL_LIM_ZIP_BYTES,
				     "metadata in the archive");
	pl_python_report(w, f->path, inner, pl_buf_view(&text));
	return 0;
}

static int read_zip(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	__attribute__((cleanup(close_zip))) struct pl_zip *zip = NULL;
	uint64_t left = pl_limit(PL_LIM_ZIP_BYTES);
	struct pl_zip_entry e;
	pl_auto_buf inner;
	int rc;

	pl_buf_init(&inner, 65536);
	if (pl_str_ends(f->path, PL_STR(".whl"))) {
		pl_fact_diag(w, PL_W_NOTE, "python-wheel",
			     "a wheel that is not installed: its packages are not listed");
		return 0;
	}
	rc = pl_zip_open(f->bytes, &zip, err);
	while (rc >= 0 && (rc = pl_zip_next(zip, &e, err)) > 0) {
		if (e.is_dir || e.encrypted || !is_metadata(e.path))
			continue;
		pl_buf_reset(&inner);
		pl_buf_str(&inner, e.path);
		rc = take(w, f, zip, pl_buf_view(&inner), &left, err);
	}
	return rc;
}

const struct pl_cataloger pl_cataloger_python_zip = {
	.name = "python_zip",
	.what = "Python distributions in archives: .egg, .pex, .pyz",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_ARCHIVE_FILE_BYTES,
	.read = read_zip,
};
