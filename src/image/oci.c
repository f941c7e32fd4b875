/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The OCI image layout (image-spec v1.1 image-layout.md), as a directory or in a tar: index.json
 * names manifests or further indexes by digest, blobs/ALGORITHM/HEX holds them.
 */
#include "image/image_int.h"

#include <stdio.h>

#define SHORT(s) (int)((s).len > 200 ? 200 : (s).len), (s).ptr ? (s).ptr : ""

/* A manifest that an index names, with the name it inherits. */
struct candidate {
	struct pl_desc desc;
	struct pl_str name, full_name;
	uint32_t index; /* number of the index document that lists it */
	bool dropped;
};

struct oci {
	struct pl_open *o;
	PL_VEC(struct candidate) found;
	PL_VEC(struct pl_desc) beside; /* artifacts and attestations: what is said of images */
	uint32_t indexes;
	uint64_t artifacts;
};

/* "sha256:HEX" as a path; empty when it is no digest that could name a file. */
static struct pl_str blob_path(struct pl_open *o, struct pl_str digest)
{
	ptrdiff_t colon = pl_str_chr(digest, ':');

	if (colon <= 0 || digest.len > 200)
		return PL_STR("");
	for (size_t i = 0; i < digest.len; i++)
		if (!pl_is_alpha(digest.ptr[i]) && !pl_is_digit(digest.ptr[i]) &&
		    (ptrdiff_t)i != colon)
			return PL_STR("");
	return pl_arena_fmt(o->arena, "blobs/%.*s/%.*s", (int)colon, digest.ptr,
			    (int)(digest.len - (size_t)colon - 1), digest.ptr + colon + 1);
}

static void note(struct pl_open *o, enum pl_weight w, const char *code, struct pl_str where,
		 const char *what, struct pl_str more)
{
	pl_diag_fmt(o->diags, w, code, pl_open_where(o, where), "%s%.*s", what, SHORT(more));
}

/* Reads and parses an index or manifest; checks it against its descriptor (not for index.json). */
static int read_doc(struct pl_open *o, struct pl_str name, const struct pl_desc *d,
		    struct pl_doc *doc, struct pl_digest *got, struct pl_err *err)
{
	struct pl_digest want = {0};
	pl_auto_buf json = {0};
	pl_auto_buf answer = {0};
	int rc;

	pl_buf_init(&json, (size_t)pl_limit(PL_LIM_JSON_BYTES));
	pl_buf_init(&answer, (size_t)pl_limit(PL_LIM_FACTS_BYTES));
	rc = pl_open_read(o, name, &json, err);
	if (rc < 0)
		return rc;
	got->known = true;
	pl_sha256(pl_buf_view(&json), got->sha256);
	if (d && pl_digest_parse(d->digest, &want, NULL) < 0)
		note(o, PL_W_WARN, "digest-unverified", name,
		     "not verified, only sha256 is: ", d->digest);
	pl_open_verify(o, name, &want, got);
	rc = pl_open_parse(o, name, pl_buf_view(&json), pl_doc_to_wire, &answer, err);
	return rc < 0 ? rc : pl_doc_read(pl_buf_view(&answer), o->arena, doc, err);
}

/* --- which manifests there are -------------------------------------------------------------- */

struct level {
	struct pl_doc doc;
	struct pl_str name, full_name; /* inherited by what has none */
	size_t next;
	uint32_t index;
};

static bool is_index_type(struct pl_str media_type)
{
	return pl_str_eq_c(media_type, "application/vnd.oci.image.index.v1+json") ||
	       pl_str_eq_c(media_type, "application/vnd.docker.distribution.manifest.list.v2+json");
}

/* An index inside an index. true with *down filled when it is to be entered. */
static bool enter_index(struct oci *c, const struct level *up, const struct pl_desc *d,
			struct level *down)
{
	struct pl_str path = blob_path(c->o, d->digest);
	struct pl_digest got;
	struct pl_err err = {0};

	*down = (struct level){.name = d->ref_name.len ? d->ref_name : up->name,
			       .full_name = d->full_name.len ? d->full_name : up->full_name,
			       .index = ++c->indexes};
	if (c->indexes > pl_limit(PL_LIM_IMAGES)) {
		pl_fail_limit(&err, PL_LIM_IMAGES, "nested indexes");
		note(c->o, PL_W_FATAL, "index-unreadable", path, err.text, PL_STR(""));
		return false;
	}
	if (read_doc(c->o, path, d, &down->doc, &got, &err) == 0)
		return true;
	note(c->o, PL_W_FATAL, "index-unreadable", path, err.text, PL_STR(""));
	return false;
}

static int add_candidate(struct oci *c, const struct level *l, const struct pl_desc *d,
			 struct pl_err *err)
{
	struct candidate row = {.desc = *d,
				.name = d->ref_name.len ? d->ref_name : l->name,
				.full_name = d->full_name.len ? d->full_name : l->full_name,
				.index = l->index};

	if (c->found.len >= pl_limit(PL_LIM_IMAGES))
		return pl_fail_limit(err, PL_LIM_IMAGES, "the image layout");
	pl_vec_push(&c->found, row);
	return 0;
}

/* Walks index.json and the indexes inside, index-depth deep, without recursion. */
static int collect(struct oci *c, const struct pl_doc *top, struct pl_err *err)
{
	uint64_t max = pl_limit(PL_LIM_INDEX_DEPTH);
	struct level *levels;
	size_t depth = 1;
	int rc = 0;

	max = max < 64 ? max : 64;
	levels = pl_xcalloc((size_t)max + 1, sizeof(*levels));
	levels[0].doc = *top;
	while (depth && rc == 0) {
		struct level *l = &levels[depth - 1];
		const struct pl_desc *d;

		if (l->next >= l->doc.rows.len) {
			depth--;
			continue;
		}
		d = &l->doc.rows.at[l->next++];
		if (d->attestation || pl_oci_is_sbom(d->artifact_type, d->predicate))
			pl_vec_push(&c->beside, *d);
		else if (!is_index_type(d->media_type))
			rc = add_candidate(c, l, d, err);
		else if (depth > max)
			note(c->o, PL_W_FATAL, "index-depth", blob_path(c->o, d->digest),
			     "left out: indexes nest deeper than the limit index-depth",
			     PL_STR(""));
		else if (enter_index(c, l, d, &levels[depth]))
			depth++;
	}
	free(levels);
	return rc;
}

/* --- which of them are wanted --------------------------------------------------------------- */

static bool tag_fits(struct pl_str tag, const struct candidate *k)
{
	return tag.len == 0 || pl_tag_fits(tag, k->name) || pl_tag_fits(tag, k->full_name);
}

static void list_names(const struct oci *c, struct pl_buf *out)
{
	for (size_t i = 0; i < c->found.len && !out->failed; i++) {
		struct pl_str n = c->found.at[i].full_name.len ? c->found.at[i].full_name
							       : c->found.at[i].name;

		if (n.len)
			pl_buf_fmt(out, "%s%.*s", out->len ? ", " : "", PL_FMT(n));
	}
}

static void list_platforms(const struct oci *c, const struct candidate *like, struct pl_buf *out)
{
	for (size_t i = 0; i < c->found.len && !out->failed; i++) {
		const struct candidate *k = &c->found.at[i];

		if (tag_fits(c->o->tag, k) && k->desc.platform.len &&
		    (!like || (k->index == like->index && pl_str_eq(k->name, like->name))))
			pl_buf_fmt(out, "%s%.*s", out->len ? ", " : "", PL_FMT(k->desc.platform));
	}
}

/* Manifests of one index under one name are one image for several platforms. */
static bool same_image(const struct candidate *a, const struct candidate *b)
{
	return a->index == b->index && pl_str_eq(a->name, b->name) && a->desc.platform.len &&
	       b->desc.platform.len && !pl_str_eq(a->desc.platform, b->desc.platform);
}

/* No --platform: where one image has several, that of this machine. The candidates of one index
 * stand in a row apart from others of it, so looking at all pairs is bounded by limit images. */
static int default_platform(struct oci *c, struct pl_err *err)
{
	struct pl_str here = pl_platform_here(c->o->arena);

	for (size_t i = 0; i < c->found.len; i++) {
		struct candidate *k = &c->found.at[i];
		bool choice = false, other_fits = false;

		if (k->dropped)
			continue;
		for (size_t j = 0; j < c->found.len; j++)
			if (same_image(k, &c->found.at[j])) {
				choice = true;
				other_fits |= pl_platform_fits(here, c->found.at[j].desc.platform);
			}
		if (!choice || pl_platform_fits(here, k->desc.platform))
			continue;
		if (!other_fits) {
			pl_auto_buf have = {0};

			pl_buf_init(&have, 250);
			list_platforms(c, k, &have);
			return pl_fail(
				err, PL_E_NOT_FOUND,
				"%.*s: the image is not for %.*s; choose with --platform: %s",
				SHORT(c->o->file), SHORT(here), have.ptr ? have.ptr : "");
		}
		k->dropped = true;
	}
	return 0;
}

static int choose(struct oci *c, struct pl_err *err)
{
	struct pl_str want = c->o->opts->platform;
	size_t tagged = 0, left = 0;
	pl_auto_buf have = {0};

	pl_buf_init(&have, 250);
	for (size_t i = 0; i < c->found.len; i++) {
		struct candidate *k = &c->found.at[i];

		k->dropped = !tag_fits(c->o->tag, k);
		tagged += !k->dropped;
		if (!k->dropped && want.len && k->desc.platform.len)
			k->dropped = !pl_platform_fits(want, k->desc.platform);
		left += !k->dropped;
	}
	if (tagged == 0) {
		list_names(c, &have);
		return pl_fail(err, PL_E_NOT_FOUND, "%.*s: no image named \"%.*s\"; there is %s",
			       SHORT(c->o->file), SHORT(c->o->tag),
			       have.len	      ? have.ptr
			       : c->found.len ? "no name at all"
					      : "no image");
	}
	if (left == 0) {
		list_platforms(c, NULL, &have);
		return pl_fail(err, PL_E_NOT_FOUND, "%.*s: no image for platform %.*s; there is %s",
			       SHORT(c->o->file), SHORT(want), have.ptr ? have.ptr : "");
	}
	return want.len ? 0 : default_platform(c, err);
}

/* --- images --------------------------------------------------------------------------------- */

/* Signatures, bills of materials, charts and models are kept in the same layouts. */
static bool is_artifact(const struct pl_doc *doc)
{
	struct pl_str type = doc->config.media_type;
	bool tar = doc->rows.len == 0;

	if (type.len && !pl_str_eq_c(type, "application/vnd.oci.image.config.v1+json") &&
	    !pl_str_eq_c(type, "application/vnd.docker.container.image.v1+json"))
		return true;
	for (size_t i = 0; i < doc->rows.len; i++)
		tar |= doc->rows.at[i].media_type.len == 0 ||
		       pl_str_find(doc->rows.at[i].media_type, PL_STR("tar")) >= 0;
	return !tar;
}

static void add_layer(struct pl_open *o, const struct pl_desc *d, struct pl_layer *l)
{
	struct pl_str path = blob_path(o, d->digest);
	char where[64];
	struct pl_err err = {0};

	l->size = d->size;
	l->fd = -1;
	l->media_type = d->media_type;
	snprintf(where, sizeof(where), "layer %u", l->index);
	if (pl_digest_parse(d->digest, &l->blob, &err) < 0)
		pl_diag_fmt(o->diags, PL_W_FAILED, "digest-unverified", pl_str_c(where), "%s",
			    err.text);
	if (path.len == 0) {
		l->missing = pl_arena_fmt(o->arena, "the manifest states no digest for it");
		pl_diag_add(o->diags, PL_W_FAILED, "layer-missing", pl_str_c(where), l->missing,
			    PL_STR(""));
		return;
	}
	pl_open_layer(o, path, l);
	if (l->missing.len == 0 && d->size != UINT64_MAX && l->size != d->size)
		pl_diag_fmt(o->diags, PL_W_WARN, "layer-size", pl_str_c(where),
			    "%llu bytes, the manifest says %llu", (unsigned long long)l->size,
			    (unsigned long long)d->size);
}

static void add_layers(struct pl_open *o, const struct pl_doc *doc, struct pl_image *img)
{
	pl_vec_in_arena(&img->layers, o->arena, doc->rows.len);
	for (size_t i = 0; i < doc->rows.len; i++) {
		img->layers.at[i].index = (uint32_t)i;
		add_layer(o, &doc->rows.at[i], &img->layers.at[i]);
	}
}

static void add_config(struct pl_open *o, const struct pl_doc *doc, struct pl_image *img)
{
	struct pl_str path = blob_path(o, doc->config.digest);
	struct pl_digest want = {0}, got;

	if (path.len == 0) {
		note(o, PL_W_FATAL, "config-unreadable", o->file,
		     "the manifest states no digest of a configuration", PL_STR(""));
		return;
	}
	if (pl_digest_parse(doc->config.digest, &want, NULL) < 0)
		note(o, PL_W_WARN, "digest-unverified", path,
		     "not verified, only sha256 is: ", doc->config.digest);
	pl_open_config(o, path, &want, img, &got);
	img->config_digest = got.known ? got : want;
}

static int add_image(struct oci *c, const struct candidate *k, struct pl_err *err)
{
	struct pl_open *o = c->o;
	struct pl_image img = {.name = k->full_name.len ? k->full_name : k->name};
	struct pl_str path = blob_path(o, k->desc.digest);
	struct pl_str want = o->opts->platform;
	struct pl_doc doc;
	int rc;

	if (path.len == 0)
		return pl_fail(err, PL_E_FORMAT, "%.*s: index.json: \"%.*s\" is no digest",
			       SHORT(o->file), SHORT(k->desc.digest));
	rc = read_doc(o, path, &k->desc, &doc, &img.digest, err);
	if (rc < 0)
		return rc;
	if (doc.is_index)
		return pl_fail(err, PL_E_FORMAT,
			       "%.*s: an index where its descriptor says a manifest",
			       SHORT(pl_open_where(o, path)));
	if (is_artifact(&doc)) {
		c->artifacts++;
		pl_vec_push(&c->beside, k->desc);
		return 0;
	}
	add_layers(o, &doc, &img);
	add_config(o, &doc, &img);
	if (img.platform.len == 0)
		img.platform = k->desc.platform;
	/* what the descriptor did not say the configuration does */
	if (want.len && img.platform.len && !pl_platform_fits(want, img.platform))
		return pl_fail(err, PL_E_NOT_FOUND, "%.*s: an image for %.*s, not for %.*s",
			       SHORT(o->file), SHORT(img.platform), SHORT(want));
	pl_vec_push(&o->images, img);
	return 0;
}

/* One image that cannot be read is a diagnostic beside others, and an error alone. */
static int add_images(struct oci *c, struct pl_err *err)
{
	struct pl_err first = {0}, one;

	for (size_t i = 0; i < c->found.len; i++) {
		const struct candidate *k = &c->found.at[i];

		one = (struct pl_err){0};
		if (k->dropped || add_image(c, k, &one) == 0)
			continue;
		if (!first.code)
			first = one;
		if (one.code != PL_E_NOT_FOUND || c->o->opts->platform.len == 0)
			pl_diag_add(c->o->diags, PL_W_FATAL, "image-unreadable",
				    pl_open_where(c->o, k->desc.digest), pl_str_c(one.text),
				    PL_STR(""));
	}
	if (c->o->images.len)
		return 0;
	if (first.code)
		return pl_fail(err, first.code, "%s", first.text);
	return pl_fail(err, PL_E_UNSUPPORTED,
		       "%.*s: only artifacts in it (signatures, charts …), no image",
		       SHORT(c->o->file));
}

/* --- what is said of images ----------------------------------------------------------------- */

enum {
	ATTACHED_MAX = 16, /* bills of materials of one image */
	BESIDE_MAX = 256
}; /* manifests of artifacts that are looked at */

bool pl_oci_is_sbom(struct pl_str type, struct pl_str predicate)
{
	static const char *const types[] = {"application/vnd.cyclonedx+json",
					    "application/vnd.cyclonedx+xml",
					    "application/vnd.cyclonedx",
					    "application/spdx+json",
					    "application/vnd.syft+json",
					    "text/spdx+json",
					    "text/spdx"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (pl_str_eq_c(type, types[i]))
			return true;
	return pl_str_eq_c(type, "application/vnd.in-toto+json") &&
	       (pl_str_find(predicate, PL_STR("spdx.dev/")) >= 0 ||
		pl_str_find(predicate, PL_STR("cyclonedx.org/")) >= 0);
}

static bool attach_to(struct oci *c, struct pl_image *img, const struct pl_doc *doc)
{
	bool any = false;

	for (size_t i = 0; i < doc->rows.len; i++) {
		const struct pl_desc *d = &doc->rows.at[i];
		struct pl_str path = blob_path(c->o, d->digest);
		struct pl_layer *l;

		if (!pl_oci_is_sbom(d->media_type, d->predicate) || !path.len)
			continue;
		if (!img->attached.at)
			img->attached.at =
				pl_arena_array(c->o->arena, struct pl_layer, ATTACHED_MAX);
		if (img->attached.len == ATTACHED_MAX)
			break;
		l = &img->attached.at[img->attached.len++];
		*l = (struct pl_layer){.index = UINT32_MAX, .fd = -1, .size = d->size};
		l->media_type = d->media_type;
		pl_digest_parse(d->digest, &l->blob, NULL);
		pl_open_layer(c->o, path, l);
		any = true;
	}
	return any;
}

/* Referrers name their subject in the manifest, BuildKit's attestations in the index. */
static void attach(struct oci *c, const struct pl_desc *d)
{
	struct pl_str path = blob_path(c->o, d->digest), of = d->subject;
	struct pl_err err = {0};
	struct pl_digest got;
	struct pl_doc doc = {0};
	bool used = false;

	if (!path.len || read_doc(c->o, path, d, &doc, &got, &err) < 0) {
		note(c->o, PL_W_WARN, "artifact-unreadable", path, err.text, PL_STR(""));
		return;
	}
	of = of.len ? of : doc.subject;
	for (size_t i = 0; of.len && i < c->o->images.len; i++) {
		struct pl_image *img = &c->o->images.at[i];

		if (pl_str_eq(pl_digest_text(c->o->arena, &img->digest), of))
			used |= attach_to(c, img, &doc);
	}
	if (!used && d->attestation)
		note(c->o, PL_W_NOTE, "attestation", path, "an attestation, not an image; left out",
		     PL_STR(""));
	else if (!used)
		note(c->o, PL_W_NOTE, "artifact", path, "an artifact, not an image; left out: ",
		     d->artifact_type.len ? d->artifact_type : doc.config.media_type);
}

static void check_layout(struct pl_open *o)
{
	struct pl_err err = {0};
	pl_auto_buf b = {0};

	pl_buf_init(&b, 4096);
	if (pl_open_read(o, PL_STR("oci-layout"), &b, &err) < 0)
		note(o, PL_W_WARN, "oci-layout", PL_STR("oci-layout"),
		     "cannot be read; every image layout has this file", PL_STR(""));
}

int pl_oci_open(struct pl_open *o, struct pl_err *err)
{
	struct oci c = {.o = o};
	struct pl_digest got;
	struct pl_doc top;
	int rc;

	rc = read_doc(o, PL_STR("index.json"), NULL, &top, &got, err);
	if (rc < 0)
		return rc;
	check_layout(o);
	if (!top.is_index)
		return pl_fail(err, PL_E_FORMAT, "%.*s: index.json is no image index",
			       SHORT(o->file));
	rc = collect(&c, &top, err);
	if (rc == 0)
		rc = choose(&c, err);
	if (rc == 0)
		rc = add_images(&c, err);
	for (size_t i = 0; i < c.beside.len && i < BESIDE_MAX; i++)
		attach(&c, &c.beside.at[i]);
	if (c.beside.len > BESIDE_MAX)
		pl_diag_fmt(o->diags, PL_W_WARN, "artifacts", o->file,
			    "%zu artifacts beside the images; only the first %d were looked at",
			    c.beside.len, BESIDE_MAX);
	pl_vec_release(&c.beside);
	pl_vec_release(&c.found);
	return rc;
}
