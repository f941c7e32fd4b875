/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docker-archive: what `docker save`, `podman save` and `skopeo copy … docker-archive:` write.
 * manifest.json names configuration and layers by member; old layouts (<id>/layer.tar, some of them
 * symbolic links to another one) and new ones (blobs/sha256/…) differ only in those names.
 */
#include "image/image_int.h"

#define SHORT(s) (int)((s).len > 200 ? 200 : (s).len), (s).ptr ? (s).ptr : ""

static struct pl_str clean(struct pl_open *o, struct pl_str raw)
{
	char *p = pl_arena_alloc(o->arena, raw.len + 1);
	unsigned flags;

	return pl_str_n(p, pl_path_clean(raw, p, &flags));
}

/* The digest that a member's name states: blobs/sha256/HEX, and with `any` also HEX.json and
 * sha256:HEX, as configurations are named. */
static bool named_digest(struct pl_str name, bool any, struct pl_digest *out)
{
	struct pl_str base = pl_path_base(name), hex = pl_str_sub(base, 0, 64);

	if (any && pl_str_starts(base, PL_STR("sha256:")))
		base = pl_str_sub(base, 7, base.len);
	else if (any && pl_str_ends(base, PL_STR(".json")))
		base = pl_str_sub(base, 0, base.len - 5);
	else if (!pl_str_eq_c(pl_path_dir(name), "blobs/sha256"))
		return false;
	hex = base;
	out->known = hex.len == 64 && pl_unhex(hex, out->sha256, sizeof(out->sha256));
	return out->known;
}

static bool wanted(const struct pl_open *o, const struct pl_docker_row *row)
{
	if (o->tag.len == 0)
		return true;
	for (size_t i = 0; i < row->tags.len; i++)
		if (pl_tag_fits(o->tag, row->tags.at[i]))
			return true;
	return false;
}

/* The name an image goes by: the tag that was asked for, else its first. */
static struct pl_str name_of(const struct pl_open *o, const struct pl_docker_row *row)
{
	for (size_t i = 0; i < row->tags.len; i++)
		if (o->tag.len == 0 || pl_tag_fits(o->tag, row->tags.at[i]))
			return row->tags.at[i];
	return PL_STR("");
}

static void add_layers(struct pl_open *o, const struct pl_docker_row *row, struct pl_image *img)
{
	pl_vec_in_arena(&img->layers, o->arena, row->layers.len);
	for (size_t i = 0; i < row->layers.len; i++) {
		struct pl_layer *l = &img->layers.at[i];
		struct pl_str name = clean(o, row->layers.at[i]);

		l->index = (uint32_t)i;
		l->size = UINT64_MAX;
		l->media_type = row->media_types.at[i];
		named_digest(name, false, &l->blob);
		pl_open_layer(o, name, l);
	}
}

static bool platform_fits(const struct pl_open *o, const struct pl_image *img)
{
	return o->opts->platform.len == 0 || img->platform.len == 0 ||
	       pl_platform_fits(o->opts->platform, img->platform);
}

static void add_image(struct pl_open *o, const struct pl_docker_row *row, struct pl_buf *others)
{
	struct pl_image img = {.name = name_of(o, row)};
	struct pl_str config = clean(o, row->config);
	struct pl_digest want = {0}, got;

	add_layers(o, row, &img);
	named_digest(config, true, &want);
	pl_open_config(o, config, want.known ? &want : NULL, &img, &got);
	img.digest = img.config_digest = got.known ? got : want;
	if (platform_fits(o, &img))
		pl_vec_push(&o->images, img);
	else
		pl_buf_fmt(others, "%s%.*s", others->len ? ", " : "", PL_FMT(img.platform));
}

static int none_chosen(const struct pl_open *o, const struct pl_docker_doc *doc,
		       const struct pl_buf *platforms, struct pl_err *err)
{
	pl_auto_buf names = {0};

	pl_buf_init(&names, 300);
	for (size_t i = 0; i < doc->rows.len; i++)
		for (size_t k = 0; k < doc->rows.at[i].tags.len && !names.failed; k++)
			pl_buf_fmt(&names, "%s%.*s", names.len ? ", " : "",
				   PL_FMT(doc->rows.at[i].tags.at[k]));
	if (doc->rows.len == 0)
		return pl_fail(err, PL_E_NOT_FOUND, "%.*s: manifest.json names no image",
			       SHORT(o->file));
	if (platforms->len)
		return pl_fail(err, PL_E_NOT_FOUND,
			       "%.*s: no image for platform %.*s; there is %.*s", SHORT(o->file),
			       SHORT(o->opts->platform), SHORT(pl_buf_view(platforms)));
	return pl_fail(err, PL_E_NOT_FOUND, "%.*s: no image is tagged \"%.*s\"; there is %s",
		       SHORT(o->file), SHORT(o->tag), names.len ? names.ptr : "no tag at all");
}

static int read_manifest(struct pl_open *o, struct pl_docker_doc *doc, struct pl_err *err)
{
	struct pl_str name = PL_STR("manifest.json");
	pl_auto_buf json = {0};
	pl_auto_buf answer = {0};
	int rc;

	pl_buf_init(&json, (size_t)pl_limit(PL_LIM_JSON_BYTES));
	pl_buf_init(&answer, (size_t)pl_limit(PL_LIM_FACTS_BYTES));
	if (o->damage.len && !pl_members_find(&o->members, name))
		return pl_fail(err, PL_E_TRUNCATED, "%.*s: damaged before its manifest.json: %.*s",
			       SHORT(o->file), SHORT(o->damage));
	if (!pl_members_find(&o->members, name))
		return pl_fail(err, PL_E_NOT_FOUND, "%.*s: no manifest.json in it; %s",
			       SHORT(o->file),
			       pl_members_find(&o->members, PL_STR("index.json"))
				       ? "it has an index.json: say oci-archive:FILE"
				       : "write it again with docker save, or say tar:FILE for a "
					 "root file system");
	rc = pl_open_read(o, name, &json, err);
	if (rc == 0)
		rc = pl_open_parse(o, name, pl_buf_view(&json), pl_docker_to_wire, &answer, err);
	return rc < 0 ? rc : pl_docker_read(pl_buf_view(&answer), o->arena, doc, err);
}

int pl_docker_archive_open(struct pl_open *o, struct pl_err *err)
{
	struct pl_docker_doc doc;
	pl_auto_buf others = {0};
	int rc = read_manifest(o, &doc, err);

	if (rc < 0)
		return rc;
	pl_buf_init(&others, 300);
	for (size_t i = 0; i < doc.rows.len; i++)
		if (wanted(o, &doc.rows.at[i]))
			add_image(o, &doc.rows.at[i], &others);
	return o->images.len ? 0 : none_chosen(o, &doc, &others, err);
}
