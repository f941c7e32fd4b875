/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX, SPDX and Syft's JSON as an inventory. catalog/sbom_read.h tells what a document says;
 * here its packages get layers, owners and relations. Documents of plimsoll have all in properties
 * (sbom.c) and give the same inventory again; what others do not tell is not known.
 */

#include "report/report_int.h"

struct in {
	struct pl_arena *arena;
	struct pl_scanned *s;
	struct pl_map refs;		 /* of the document to packages */
	struct pl_map layers;		 /* digest or diff id to index */
	PL_VEC(struct pl_str) owner_ref; /* for each package, may be empty */
	size_t unknown;			 /* packages that no type of ours fits */
	bool own;			 /* plimsoll wrote it */
};

static struct pl_str kept(struct in *in, struct pl_str s)
{
	return s.len ? pl_arena_str(in->arena, s) : (struct pl_str){0};
}

static uint32_t number(struct pl_str s)
{
	uint64_t v;

	return pl_str_u64(s, &v) && v < UINT32_MAX ? (uint32_t)v : UINT32_MAX;
}

static void digest(struct pl_str s, struct pl_digest *out)
{
	struct pl_err ignored = {0};

	pl_digest_parse(s, out, &ignored);
}

/* Our own identifiers are the same in all formats but for what SPDX puts before them. */
static struct pl_str ref_of(const struct in *in, struct pl_str ref)
{
	struct pl_str prefix = PL_STR("SPDXRef-");
	ptrdiff_t hash = in->own ? pl_str_rchr(ref, '#') : -1;

	ref = pl_str_sub(ref, (size_t)(hash + 1), ref.len);
	return in->own && pl_str_starts(ref, prefix) ? pl_str_sub(ref, prefix.len, ref.len) : ref;
}

static bool is_prop(const struct pl_sbom_prop *p, const char *name)
{
	return pl_str_eq_c(p->name, name);
}

/* --- the image ------------------------------------------------------------------------------ */

static struct pl_layer_sum *layer_at(struct in *in, uint32_t index)
{
	if (index >= pl_limit(PL_LIM_LAYERS))
		return NULL;
	while (in->s->inv.layers.len <= index) {
		struct pl_layer_sum l = {.index = (uint32_t)in->s->inv.layers.len};

		pl_vec_push(&in->s->inv.layers, l);
	}
	return &in->s->inv.layers.at[index];
}

/* "plimsoll:layer:2:diff-id" */
static void layer_prop(struct in *in, struct pl_str rest, struct pl_str value)
{
	struct pl_str index;
	struct pl_layer_sum *l;
	uint64_t size;

	if (!pl_str_split(&rest, ':', &index) || !(l = layer_at(in, number(index))))
		return;
	if (pl_str_eq_c(rest, "digest"))
		digest(value, &l->blob);
	else if (pl_str_eq_c(rest, "diff-id"))
		digest(value, &l->diff_id);
	else if (pl_str_eq_c(rest, "media-type"))
		l->media_type = kept(in, value);
	else if (pl_str_eq_c(rest, "created-by"))
		l->created_by = kept(in, value);
	else if (pl_str_eq_c(rest, "size") && pl_str_u64(value, &size))
		l->size = size;
}

static void image_prop(struct in *in, struct pl_str key, struct pl_str value)
{
	struct pl_image *img = &in->s->image;
	pl_auto_json *j = NULL;

	if (pl_str_eq_c(key, "name"))
		img->name = kept(in, value);
	else if (pl_str_eq_c(key, "digest"))
		digest(value, &img->digest);
	else if (pl_str_eq_c(key, "config-digest"))
		digest(value, &img->config_digest);
	else if (pl_str_eq_c(key, "platform"))
		img->platform = kept(in, value);
	else if (pl_str_eq_c(key, "config") &&
		 pl_json_parse(value, pl_limit(PL_LIM_JSON_BYTES), &j, NULL) == 0)
		pl_report_read_config(in->arena, j, &img->config);
}

static void os_prop(struct in *in, struct pl_str key, struct pl_str value)
{
	struct pl_os *o = &in->s->inv.os;
	struct {
		const char *key;
		struct pl_str *member;
	} rows[] = {
		{"id", &o->id},
		{"version-id", &o->version_id},
		{"id-like", &o->id_like},
		{"codename", &o->codename},
		{"name", &o->name},
		{"pretty-name", &o->pretty_name},
		{"evidence", &o->evidence},
		{"variant-id", &o->variant_id},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (pl_str_eq_c(key, rows[i].key)) {
			*rows[i].member = kept(in, value);
			o->found = true;
		}
}

static void own_prop(struct in *in, struct pl_str key, struct pl_str value)
{
	static const struct {
		const char *head;
		void (*take)(struct in *in, struct pl_str key, struct pl_str value);
	} rows[] = {{"image:", image_prop}, {"layer:", layer_prop}, {"os:", os_prop}};
	pl_auto_json *j = NULL;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (pl_str_starts(key, pl_str_c(rows[i].head)))
			rows[i].take(in, pl_str_sub(key, strlen(rows[i].head), key.len), value);
	if (pl_str_eq_c(key, "diagnostic") &&
	    pl_json_parse(value, pl_limit(PL_LIM_JSON_BYTES), &j, NULL) == 0)
		pl_report_read_diagnostic(in->arena, j, &in->s->diags);
}

/* SUSE's advisories go by the name for people, which other tools do not tell. */
static void name_suse(struct in *in)
{
	struct pl_os *o = &in->s->inv.os;
	struct pl_str major = o->version_id, minor;

	if (o->pretty_name.len || !o->version_id.len)
		return;
	if (pl_str_eq_c(o->id, "opensuse-tumbleweed"))
		o->pretty_name = PL_STR("openSUSE Tumbleweed");
	if (pl_str_eq_c(o->id, "opensuse-leap"))
		o->pretty_name =
			pl_arena_fmt(in->arena, "openSUSE Leap %.*s", PL_FMT(o->version_id));
	if (!pl_str_eq_c(o->id, "sles") || !pl_str_split(&major, '.', &minor))
		return;
	o->pretty_name = pl_arena_fmt(in->arena, "SUSE Linux Enterprise Server %.*s%s%.*s",
				      PL_FMT(minor), major.len ? " SP" : "", PL_FMT(major));
}

static void foreign(struct in *in, const struct pl_sbom_head *h)
{
	struct pl_scanned *s = in->s;
	struct pl_os *o = &s->inv.os;

	*o = h->os;
	o->id = kept(in, o->id);
	o->id_like = kept(in, o->id_like);
	o->version_id = kept(in, o->version_id);
	o->codename = kept(in, o->codename);
	o->name = kept(in, o->name);
	o->pretty_name = kept(in, o->pretty_name);
	o->variant_id = kept(in, o->variant_id);
	o->evidence = PL_STR("");
	name_suse(in);
	s->image.name = kept(in, h->subject);
	digest(h->subject_version, &s->image.digest);
	for (size_t i = 0; i < h->n_props; i++) {
		struct pl_layer_sum *l;

		if (!is_prop(&h->props[i], "aquasecurity:trivy:DiffID") &&
		    !is_prop(&h->props[i], "DiffID") && !is_prop(&h->props[i], "syft:layer"))
			continue;
		l = layer_at(in, (uint32_t)s->inv.layers.len);
		if (l)
			digest(h->props[i].value, &l->diff_id);
	}
	pl_diag_fmt(&s->diags, PL_W_NOTE, "sbom-document", PL_STR(""),
		    "read from a document (%s %.*s) of %.*s: what it does not tell is not known",
		    h->format, PL_FMT(h->version),
		    PL_FMT(h->tool.len ? h->tool : PL_STR("an unnamed tool")));
}

static void index_layers(struct in *in)
{
	for (size_t i = 0; i < in->s->inv.layers.len; i++) {
		const struct pl_layer_sum *l = &in->s->inv.layers.at[i];

		if (l->diff_id.known)
			pl_map_put(&in->layers, pl_digest_text(in->arena, &l->diff_id),
				   (uint32_t)i);
		if (l->blob.known)
			pl_map_put(&in->layers, pl_digest_text(in->arena, &l->blob), (uint32_t)i);
	}
}

static void take_head(void *arg, const struct pl_sbom_head *h)
{
	struct in *in = arg;
	struct pl_str mark = PL_STR("plimsoll:");

	for (size_t i = 0; i < h->n_props; i++)
		in->own |= pl_str_starts(h->props[i].name, mark);
	if (!in->own)
		foreign(in, h);
	for (size_t i = 0; i < h->n_props; i++)
		if (pl_str_starts(h->props[i].name, mark))
			own_prop(in, pl_str_sub(h->props[i].name, mark.len, h->props[i].name.len),
				 h->props[i].value);
	index_layers(in);
}

/* --- packages ------------------------------------------------------------------------------- */

static void take_lines(struct in *in, struct pl_str text, struct pl_pkg *p)
{
	struct pl_str line;

	while (text.len && pl_str_split(&text, '\n', &line))
		if (line.len)
			pl_vec_push(&p->licenses, kept(in, line));
}

/* "2 /usr/lib/x" and "- /usr/lib/x" */
static void take_place(struct in *in, struct pl_str value, struct pl_pkg *p)
{
	struct pl_str layer;

	if (!pl_str_split(&value, ' ', &layer) || !value.len)
		return;
	if (value.ptr[0] == '/')
		value = pl_str_sub(value, 1, value.len);
	pl_vec_push(&p->locations, (struct pl_location){kept(in, value), number(layer)});
}

static void take_places(struct in *in, const struct pl_sbom_pkg *from, struct pl_pkg *p)
{
	struct pl_str rest = from->paths, path;

	for (size_t i = 0; i < from->n_props; i++)
		if (is_prop(&from->props[i], "plimsoll:location"))
			take_place(in, from->props[i].value, p);
	if (p->locations.len)
		return;
	while (rest.len && pl_str_split(&rest, '\n', &path))
		pl_vec_push(&p->locations, (struct pl_location){kept(in, path), p->layer});
}

/* What the properties of plimsoll say, over what was made of the package URL. */
static void own_package(struct in *in, const struct pl_sbom_pkg *from, struct pl_pkg *p)
{
	const struct {
		const char *key;
		struct pl_str *member;
	} texts[] = {
		{"plimsoll:name", &p->name},
		{"plimsoll:version", &p->version},
		{"plimsoll:arch", &p->arch},
		{"plimsoll:source:name", &p->source_name},
		{"plimsoll:source:version", &p->source_version},
		{"plimsoll:module", &p->module},
		{"plimsoll:vendor", &p->vendor},
		{"plimsoll:how", &p->how},
		{"plimsoll:root", &p->root},
	};
	bool told = false;

	pl_pkg_type_find(pl_sbom_prop(from, "plimsoll:type"), &p->type);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i].member = kept(in, pl_sbom_prop(from, texts[i].key));
	p->evidence = PL_EV_NONE;
	pl_evidence_find(pl_sbom_prop(from, "plimsoll:evidence"), &p->evidence);
	p->layer = number(pl_sbom_prop(from, "plimsoll:layer"));
	p->removed_in = number(pl_sbom_prop(from, "plimsoll:removed-in"));
	p->hidden_in = number(pl_sbom_prop(from, "plimsoll:hidden-in"));
	p->uncertain = pl_str_eq_c(pl_sbom_prop(from, "plimsoll:uncertain"), "true");
	p->dev = pl_str_eq_c(pl_sbom_prop(from, "plimsoll:dev"), "true");
	p->license = kept(in, from->fact.licenses);
	if (pl_str_eq_c(pl_sbom_prop(from, "plimsoll:license:untold"), "true"))
		p->licenses.len = 0;
	p->cpes.len = 0;
	for (size_t i = 0; i < from->n_props; i++) {
		const struct pl_sbom_prop *x = &from->props[i];

		if (is_prop(x, "plimsoll:cpe"))
			pl_vec_push(&p->cpes, kept(in, x->value));
		if (is_prop(x, "plimsoll:license")) {
			p->licenses.len = told ? p->licenses.len : 0;
			told = true;
			pl_vec_push(&p->licenses, kept(in, x->value));
		}
	}
}

static void foreign_package(struct in *in, const struct pl_sbom_pkg *from, struct pl_pkg *p)
{
	uint32_t layer = pl_map_get(&in->layers, from->diff_id);

	if (layer == PL_MAP_NONE)
		layer = pl_map_get(&in->layers, from->layer);
	p->layer = layer == PL_MAP_NONE ? UINT32_MAX : layer;
	in->unknown += !from->known;
	if (!pl_pkg_type_is_os(p->type))
		return;
	p->source_name = p->source_name.len ? p->source_name : p->name;
	p->source_version = p->source_version.len ? p->source_version : p->version;
}

static int take_package(void *arg, const struct pl_sbom_pkg *from, struct pl_err *err)
{
	struct in *in = arg;
	const struct pl_pkg_fact *f = &from->fact;
	struct pl_str cpes = f->cpes, line;
	struct pl_pkg p = {.type = f->type, .owner = PL_NO_PKG, .layer = UINT32_MAX};

	(void)err;
	if (from->root || !f->name.len)
		return 0;
	p.removed_in = p.hidden_in = UINT32_MAX;
	p.name = kept(in, f->name);
	p.version = kept(in, f->version);
	p.arch = kept(in, f->arch);
	p.purl = kept(in, f->purl);
	p.source_name = kept(in, f->source_name);
	p.source_version = kept(in, f->source_version);
	p.module = kept(in, f->module);
	p.vendor = kept(in, f->vendor.len ? f->vendor : from->supplier);
	p.sha1 = kept(in, f->sha1);
	p.dev = f->dev;
	p.evidence = PL_EV_SBOM;
	take_lines(in, f->licenses, &p);
	while (cpes.len && pl_str_split(&cpes, '\n', &line))
		pl_vec_push(&p.cpes, kept(in, line));
	if (in->own)
		own_package(in, from, &p);
	else
		foreign_package(in, from, &p);
	take_places(in, from, &p);
	if (from->ref.len)
		pl_map_put(&in->refs, kept(in, ref_of(in, from->ref)),
			   (uint32_t)in->s->inv.packages.len);
	pl_vec_push(&in->owner_ref, kept(in, pl_sbom_prop(from, "plimsoll:owner")));
	pl_vec_push(&in->s->inv.packages, p);
	return 0;
}

static void take_relation(void *arg, struct pl_str from, struct pl_str to)
{
	struct in *in = arg;
	uint32_t a = pl_map_get(&in->refs, ref_of(in, from));
	uint32_t b = pl_map_get(&in->refs, ref_of(in, to));

	if (a != PL_MAP_NONE && b != PL_MAP_NONE && a != b)
		pl_vec_push(&in->s->inv.packages.at[a].depends, b);
}

/* --- all ------------------------------------------------------------------------------------ */

static void settle(struct in *in)
{
	struct pl_inventory *inv = &in->s->inv;

	for (size_t i = 0; i < inv->packages.len; i++) {
		struct pl_str ref = in->owner_ref.at[i];
		uint32_t owner = ref.len ? pl_map_get(&in->refs, ref) : PL_MAP_NONE;

		inv->packages.at[i].owner = owner == PL_MAP_NONE ? PL_NO_PKG : owner;
	}
	if (!inv->packages.len)
		pl_diag_add(&in->s->diags, PL_W_FAILED, "sbom-empty", PL_STR(""),
			    PL_STR("the document names no package: there is nothing to judge"),
			    PL_STR("look at the tool that wrote it"));
	if (in->unknown)
		pl_diag_fmt(&in->s->diags, PL_W_WARN, "sbom-unknown-packages", PL_STR(""),
			    "%zu package%s without a package URL of a known type: no advisories "
			    "can be found for them",
			    in->unknown, in->unknown == 1 ? "" : "s");
	pl_report_settle(in->s, in->arena);
	pl_inventory_finish(inv);
}

int pl_report_parse_document(struct pl_str text, struct pl_arena *arena, struct pl_scanned **out,
			     size_t *n, struct pl_err *err)
{
	struct in in = {.arena = arena, .s = pl_arena_array(arena, struct pl_scanned, 2)};
	struct pl_sbom_sink sink = {&in, take_head, take_package, take_relation};
	int rc;

	in.s->inv.arena = arena;
	pl_diags_init(&in.s->diags, arena);
	pl_map_init(&in.refs);
	pl_map_init(&in.layers);
	rc = pl_sbom_read(text, pl_limit(PL_LIM_SBOM_BYTES), &sink, err);
	settle(&in);
	pl_map_release(&in.refs);
	pl_map_release(&in.layers);
	pl_vec_release(&in.owner_ref);
	if (rc < 0) {
		pl_scanned_release(in.s, 1);
		return rc;
	}
	*out = in.s;
	*n = 1;
	return 0;
}
