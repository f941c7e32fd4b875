/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image index and image manifest (OCI image-spec v1.1 image-index.md, manifest.md; Docker image
 * manifest v2 schema 2), and the manifest.json of `docker save` (Docker image-spec v1.2). Unknown
 * members are ignored, as the specifications want.
 */
#include "image/image_int.h"

#define REF_NAME  "org.opencontainers.image.ref.name"
#define FULL_NAME "io.containerd.image.name"
#define REF_TYPE  "vnd.docker.reference.type"
#define REF_OF	  "vnd.docker.reference.digest"
#define PREDICATE "in-toto.io/predicate-type"

enum { DOC_MANIFEST = 1, DOC_INDEX = 2 };

/* --- JSON to wire (in the worker) ----------------------------------------------------------- */

static void put_platform(struct pl_buf *out, const cJSON *p, bool *unknown)
{
	struct pl_str os = pl_json_str(p, "os"), arch = pl_json_str(p, "architecture");

	*unknown = pl_str_eq_c(os, "unknown") && pl_str_eq_c(arch, "unknown");
	pl_put_str(out, os);
	pl_put_str(out, arch);
	pl_put_str(out, pl_json_str(p, "variant"));
}

static void put_desc(struct pl_buf *out, const cJSON *d)
{
	const cJSON *notes = pl_json_get(d, "annotations");
	uint64_t size;
	bool unknown;

	pl_put_str(out, pl_json_str(d, "mediaType"));
	pl_put_str(out, pl_json_str(d, "digest"));
	pl_put_u64(out, pl_json_u64(d, "size", &size) ? size + 1 : 0);
	put_platform(out, pl_json_get(d, "platform"), &unknown);
	pl_put_str(out, pl_json_str(notes, REF_NAME));
	pl_put_str(out, pl_json_str(notes, FULL_NAME));
	pl_put_str(out, pl_json_str(d, "artifactType"));
	pl_put_str(out, pl_json_str(notes, REF_OF));
	pl_put_str(out, pl_json_str(notes, PREDICATE));
	pl_put_u64(out, unknown || pl_json_get(notes, REF_TYPE) != NULL);
}

/* Elements of a list, with the count before them. */
static int put_descs(struct pl_buf *out, const cJSON *list, enum pl_limit limit, const char *what,
		     struct pl_err *err)
{
	uint64_t n = 0;
	const cJSON *d;

	cJSON_ArrayForEach(d, list) n++;
	if (n > pl_limit(limit))
		return pl_fail_limit(err, limit, what);
	pl_put_u64(out, n);
	cJSON_ArrayForEach(d, list) put_desc(out, d);
	return 0;
}

int pl_doc_to_wire(struct pl_str json, struct pl_buf *out, struct pl_err *err)
{
	pl_auto_json *j = NULL;
	const cJSON *list;
	int rc = pl_json_parse(json, pl_limit(PL_LIM_JSON_BYTES), &j, err);

	if (rc < 0)
		return rc;
	if (!cJSON_IsObject(j))
		return pl_fail(err, PL_E_FORMAT, "no JSON object where a manifest should be");
	if (pl_json_get(j, "fsLayers"))
		return pl_fail(
			err, PL_E_UNSUPPORTED,
			"a manifest of schema version 1: copy the image with a current tool first");
	list = pl_json_get(j, "manifests");
	if (cJSON_IsArray(list)) {
		pl_put_u64(out, DOC_INDEX);
		pl_put_str(out, pl_json_str(j, "mediaType"));
		return put_descs(out, list, PL_LIM_IMAGES, "an image index", err);
	}
	list = pl_json_get(j, "layers");
	if (!cJSON_IsArray(list))
		return pl_fail(err, PL_E_FORMAT,
			       "neither a manifest (\"layers\") nor an index (\"manifests\")");
	pl_put_u64(out, DOC_MANIFEST);
	pl_put_str(out, pl_json_str(j, "mediaType"));
	put_desc(out, pl_json_get(j, "config"));
	pl_put_str(out, pl_json_str(pl_json_get(j, "subject"), "digest"));
	return put_descs(out, list, PL_LIM_LAYERS, "an image manifest", err);
}

static int put_strings(struct pl_buf *out, const cJSON *list, const char *what, struct pl_err *err)
{
	uint64_t n = 0;
	const cJSON *s;

	cJSON_ArrayForEach(s, list) n++;
	if (n > pl_limit(PL_LIM_LAYERS))
		return pl_fail_limit(err, PL_LIM_LAYERS, what);
	pl_put_u64(out, n);
	cJSON_ArrayForEach(s, list) pl_put_str(out, pl_json_text(s));
	return 0;
}

/* Docker 25 tells the descriptors: LayerSources has one for each diff id, whose blob a layer path
 * of the form blobs/sha256/HEX names. */
static struct pl_str media_of(const cJSON *sources, struct pl_str layer)
{
	struct pl_str hex = pl_path_base(layer);
	const cJSON *d;

	cJSON_ArrayForEach(d, sources)
	{
		struct pl_str digest = pl_json_str(d, "digest");

		if (pl_str_ends(digest, hex) && digest.len == hex.len + 7)
			return pl_json_str(d, "mediaType");
	}
	return PL_STR("");
}

static int put_docker_row(struct pl_buf *out, const cJSON *row, struct pl_err *err)
{
	const cJSON *layers = pl_json_get(row, "Layers"), *l;
	int rc;

	if (!cJSON_IsObject(row))
		return pl_fail(err, PL_E_FORMAT, "an element of manifest.json is no object");
	pl_put_str(out, pl_json_str(row, "Config"));
	rc = put_strings(out, pl_json_get(row, "RepoTags"), "the tags of an image", err);
	if (rc == 0)
		rc = put_strings(out, layers, "an image of manifest.json", err);
	if (rc < 0)
		return rc;
	cJSON_ArrayForEach(l, layers)
		pl_put_str(out, media_of(pl_json_get(row, "LayerSources"), pl_json_text(l)));
	return 0;
}

int pl_docker_to_wire(struct pl_str json, struct pl_buf *out, struct pl_err *err)
{
	pl_auto_json *j = NULL;
	const cJSON *row;
	uint64_t n = 0;
	int rc = pl_json_parse(json, pl_limit(PL_LIM_JSON_BYTES), &j, err);

	if (rc < 0)
		return rc;
	if (!cJSON_IsArray(j))
		return pl_fail(err, PL_E_FORMAT, "no JSON list where docker save writes one");
	cJSON_ArrayForEach(row, j) n++;
	if (n > pl_limit(PL_LIM_IMAGES))
		return pl_fail_limit(err, PL_LIM_IMAGES, "manifest.json");
	pl_put_u64(out, n);
	cJSON_ArrayForEach(row, j)
	{
		rc = put_docker_row(out, row, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* --- wire to structures (in the parent) ----------------------------------------------------- */

static void get_desc(struct pl_rd *r, struct pl_arena *a, struct pl_desc *d)
{
	struct pl_str os, arch, variant;

	d->media_type = pl_rd_copy(r, a);
	d->digest = pl_rd_copy(r, a);
	d->size = pl_rd_u64(r) - 1;
	os = pl_rd_str(r);
	arch = pl_rd_str(r);
	variant = pl_rd_str(r);
	d->platform = pl_platform_make(a, os, arch, variant);
	d->ref_name = pl_rd_copy(r, a);
	d->full_name = pl_rd_copy(r, a);
	d->artifact_type = pl_rd_copy(r, a);
	d->subject = pl_rd_copy(r, a);
	d->predicate = pl_rd_copy(r, a);
	d->attestation = pl_rd_u64(r) != 0;
}

static int bad_answer(struct pl_err *err)
{
	return pl_fail(err, PL_E_WORKER, "the answer of the worker is damaged");
}

int pl_doc_read(struct pl_str wire, struct pl_arena *a, struct pl_doc *out, struct pl_err *err)
{
	struct pl_rd r = pl_rd_init(wire);
	struct pl_doc d = {0};

	d.is_index = pl_rd_u64(&r) == DOC_INDEX;
	d.media_type = pl_rd_copy(&r, a);
	if (!d.is_index)
		get_desc(&r, a, &d.config);
	if (!d.is_index)
		d.subject = pl_rd_copy(&r, a);
	pl_vec_in_arena(&d.rows, a, pl_rd_count(&r));
	for (size_t i = 0; i < d.rows.len && !r.bad; i++)
		get_desc(&r, a, &d.rows.at[i]);
	if (r.bad)
		return bad_answer(err);
	*out = d;
	return 0;
}

static void get_docker_row(struct pl_rd *r, struct pl_arena *a, struct pl_docker_row *row)
{
	row->config = pl_rd_copy(r, a);
	pl_vec_in_arena(&row->tags, a, pl_rd_count(r));
	for (size_t i = 0; i < row->tags.len && !r->bad; i++)
		row->tags.at[i] = pl_rd_copy(r, a);
	pl_vec_in_arena(&row->layers, a, pl_rd_count(r));
	for (size_t i = 0; i < row->layers.len && !r->bad; i++)
		row->layers.at[i] = pl_rd_copy(r, a);
	pl_vec_in_arena(&row->media_types, a, row->layers.len);
	for (size_t i = 0; i < row->layers.len && !r->bad; i++)
		row->media_types.at[i] = pl_rd_copy(r, a);
}

int pl_docker_read(struct pl_str wire, struct pl_arena *a, struct pl_docker_doc *out,
		   struct pl_err *err)
{
	struct pl_rd r = pl_rd_init(wire);
	struct pl_docker_doc d = {0};

	pl_vec_in_arena(&d.rows, a, pl_rd_count(&r));
	for (size_t i = 0; i < d.rows.len && !r.bad; i++)
		get_docker_row(&r, a, &d.rows.at[i]);
	if (r.bad)
		return bad_answer(err);
	*out = d;
	return 0;
}
