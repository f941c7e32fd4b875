/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mlmodel: model files. GGUF (ggml, docs/gguf.md) begins with typed keys, of which general.* name
 * the model; safetensors (its README, "Format") with the length of a JSON header, where
 * __metadata__ may. Models have gigabytes: only the beginning is kept as the bytes pass.
 */
#include "catalog/scrape.h"

#define GGUF_KEEP	 PL_KiB(256) /* general.* come before the vocabulary */
#define SAFETENSORS_KEEP PL_MiB(8)   /* the header of a model with 100,000 tensors */
#define TEXT_MAX	 4096

enum gguf_type { U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64, GGUF_TYPES };

struct model {
	struct pl_buf kept;
	bool gguf;
};

static void *open_model(struct pl_str path, struct pl_str head, uint64_t size, uint32_t mode)
{
	struct pl_rd r = pl_rd_init(head);
	bool gguf = pl_str_starts(head, PL_STR("GGUF"));
	uint64_t header = gguf ? 0 : pl_rd_le64(&r);
	struct model *m;

	(void)mode;
	if (!gguf && (header < 2 || header > size || head.len < 9 || head.ptr[8] != '{' ||
		      !pl_str_ends(path, PL_STR(".safetensors"))))
		return NULL;
	m = pl_xcalloc(1, sizeof(*m));
	m->gguf = gguf;
	pl_buf_init(&m->kept, gguf ? GGUF_KEEP : SAFETENSORS_KEEP);
	return m;
}

static void feed_model(void *state, struct pl_str piece)
{
	struct model *m = state;

	pl_buf_str(&m->kept, pl_str_sub(piece, 0, m->kept.max - m->kept.len));
}

/* --- GGUF ----------------------------------------------------------------------------------- */

static struct pl_str gguf_string(struct pl_rd *r)
{
	uint64_t len = pl_rd_le64(r);

	if (len > pl_rd_left(r)) {
		r->bad = true;
		return (struct pl_str){0};
	}
	return pl_rd_bytes(r, (size_t)len);
}

static const uint8_t widths[GGUF_TYPES] = {
	[U8] = 1,  [I8] = 1,   [U16] = 2, [I16] = 2, [U32] = 4, [I32] = 4,
	[F32] = 4, [BOOL] = 1, [U64] = 8, [I64] = 8, [F64] = 8};

/* Steps over the items of an array; arrays of arrays are not worth following. */
static void skip_array(struct pl_rd *r)
{
	uint32_t type = pl_rd_le32(r);
	uint64_t n = pl_rd_le64(r);

	if (type >= GGUF_TYPES || type == ARRAY) {
		r->bad = true;
	} else if (type == STRING) {
		while (n-- && !r->bad)
			gguf_string(r);
	} else if (n > pl_rd_left(r) / widths[type]) {
		r->bad = true;
	} else {
		pl_rd_skip(r, (size_t)n * widths[type]);
	}
}

struct general {
	struct pl_str name, version, license, architecture, basename, size_label;
};

static void take_string(struct general *g, struct pl_str key, struct pl_str value)
{
	if (value.len > TEXT_MAX)
		return;
	if (pl_str_eq_c(key, "general.name"))
		g->name = value;
	else if (pl_str_eq_c(key, "general.version"))
		g->version = value;
	else if (pl_str_eq_c(key, "general.license"))
		g->license = value;
	else if (pl_str_eq_c(key, "general.architecture"))
		g->architecture = value;
	else if (pl_str_eq_c(key, "general.basename"))
		g->basename = value;
}

static void read_keys(struct pl_rd *r, uint64_t n, struct general *g)
{
	while (n-- && !r->bad) {
		struct pl_str key = gguf_string(r);
		uint32_t type = pl_rd_le32(r);

		if (type >= GGUF_TYPES)
			r->bad = true;
		else if (type == STRING)
			take_string(g, key, gguf_string(r));
		else if (type == ARRAY)
			skip_array(r);
		else
			pl_rd_skip(r, widths[type]);
	}
}

/* Without its extension. */
static struct pl_str stem(struct pl_str path)
{
	struct pl_str base = pl_path_base(path);
	ptrdiff_t dot = pl_str_rchr(base, '.');

	return dot > 0 ? pl_str_sub(base, 0, (size_t)dot) : base;
}

static void tell(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_str name,
		 struct pl_str version, struct pl_str license)
{
	struct pl_pkg_fact p = {
		.type = PL_PKG_MLMODEL,
		.name = name.len ? name : stem(f->path),
		.version = version,
		.licenses = license,
		.how = name.len ? PL_STR("model header") : PL_STR("file name"),
		.evidence = name.len ? PL_EV_METADATA : PL_EV_FILE_NAME,
		.uncertain = !name.len,
	};

	pl_fact_package(w, &p);
}

static int read_gguf(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_str bytes,
		     struct pl_err *err)
{
	struct pl_rd r = pl_rd_init(bytes);
	struct general g = {0};
	uint32_t version;
	uint64_t keys;

	pl_rd_skip(&r, 4);
	version = pl_rd_le32(&r);
	pl_rd_le64(&r); /* tensors */
	keys = pl_rd_le64(&r);
	if (r.bad || version < 2 || version > 0xffff)
		return pl_fail(err, PL_E_UNSUPPORTED, "GGUF version %u", version);
	read_keys(&r, keys, &g); /* as far as the kept beginning goes */
	tell(w, f, g.name.len ? g.name : g.basename, g.version, g.license);
	return 0;
}

/* --- safetensors ---------------------------------------------------------------------------- */

static int read_safetensors(struct pl_facts_writer *w, const struct pl_cat_file *f,
			    struct pl_str bytes, struct pl_err *err)
{
	struct pl_rd r = pl_rd_init(bytes);
	uint64_t len = pl_rd_le64(&r);
	pl_auto_json *doc = NULL;
	const cJSON *meta;
	struct pl_str name;
	int rc;

	if (len > pl_rd_left(&r)) {
		tell(w, f, (struct pl_str){0}, (struct pl_str){0}, (struct pl_str){0});
		return 0; /* a header that is longer than what is kept: the name of the file */
	}
	rc = pl_json_parse(pl_rd_bytes(&r, (size_t)len), SAFETENSORS_KEEP, &doc, err);
	if (rc < 0)
		return rc;
	meta = pl_json_get(doc, "__metadata__");
	name = pl_json_str(meta, "modelspec.title");
	if (!name.len)
		name = pl_json_str(meta, "name");
	tell(w, f, name, pl_json_str(meta, "version"),
	     pl_json_str(meta, pl_json_get(meta, "license") ? "license" : "modelspec.license"));
	return 0;
}

static int close_model(void *state, struct pl_facts_writer *w, const struct pl_cat_file *f,
		       struct pl_err *err)
{
	struct model *m = state;
	int rc = 0;

	if (w && m->gguf)
		rc = read_gguf(w, f, pl_buf_view(&m->kept), err);
	else if (w)
		rc = read_safetensors(w, f, pl_buf_view(&m->kept), err);
	pl_buf_release(&m->kept);
	free(m);
	return rc;
}

static const struct pl_cat_stream stream = {open_model, feed_model, close_model};

const struct pl_cataloger pl_cataloger_mlmodel = {
	.name = "mlmodel",
	.what = "model files: GGUF, safetensors",
	.stream = &stream,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
};
