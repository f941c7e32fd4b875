/* SPDX-License-Identifier: Apache-2.0 */
/* Names, properties and identifiers that all formats of inventories share. */
#include "report/sbom.h"

#include "stream/stream.h"

#include <stdio.h>

/* --- identifiers ---------------------------------------------------------------------------- */

struct pl_str pl_sbom_id(struct pl_arena *a, const char *head, struct pl_str word,
			 struct pl_str key)
{
	uint8_t sum[32];
	char hex[17], clean[49];
	size_t n = 0;

	for (size_t i = 0; i < word.len && n < sizeof(clean) - 1; i++) {
		char c = word.ptr[i];

		clean[n++] = pl_is_alpha(c) || pl_is_digit(c) || c == '.' ? c : '-';
	}
	clean[n] = '\0';
	pl_sha256(key, sum);
	pl_hex(sum, 8, hex);
	return pl_arena_fmt(a, "%s%s-%s", head, clean, hex);
}

/* What tells a package from any other of the inventory. */
static struct pl_str package_key(struct pl_buf *b, const struct pl_inventory *inv, uint32_t i)
{
	const struct pl_pkg *p = &inv->packages.at[i], *owner = NULL;

	if (p->owner < inv->packages.len)
		owner = &inv->packages.at[p->owner];
	pl_buf_reset(b);
	pl_buf_fmt(b, "%s\n", pl_pkg_type_name(p->type));
	pl_buf_str(b, p->name);
	pl_buf_ch(b, '\n');
	pl_buf_str(b, p->version);
	pl_buf_ch(b, '\n');
	pl_buf_str(b, p->arch);
	pl_buf_fmt(b, "\n%u\n", p->removed_in);
	if (p->locations.len)
		pl_buf_str(b, p->locations.at[0].path);
	pl_buf_ch(b, '\n');
	if (owner)
		pl_buf_str(b, owner->name);
	return pl_buf_view(b);
}

static void make_refs(struct pl_sbom *s)
{
	const struct pl_inventory *inv = s->r->inv;
	pl_auto_map seen;
	pl_auto_buf key;
	char head[32];

	pl_map_init(&seen);
	pl_buf_init(&key, PL_MiB(1));
	s->refs = pl_arena_array(s->arena, struct pl_str, inv->packages.len + 1);
	for (uint32_t i = 0; i < inv->packages.len; i++) {
		const struct pl_pkg *p = &inv->packages.at[i];
		struct pl_str id;

		snprintf(head, sizeof(head), "%s-", pl_pkg_type_name(p->type));
		id = pl_sbom_id(s->arena, head, p->name, package_key(&key, inv, i));
		if (pl_map_get(&seen, id) != PL_MAP_NONE)
			id = pl_arena_fmt(s->arena, "%.*s-%u", PL_FMT(id), i);
		pl_map_put(&seen, id, i);
		s->refs[i] = id;
	}
}

/* A UUID of version 8 (RFC 9562): its bits are those of a SHA-256 of the document. */
static void uuid_of(struct pl_str text, char out[37])
{
	uint8_t d[32];
	char hex[33];

	pl_sha256(text, d);
	d[6] = (uint8_t)(0x80 | (d[6] & 0x0f));
	d[8] = (uint8_t)(0x80 | (d[8] & 0x3f));
	pl_hex(d, 16, hex);
	snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

int pl_sbom_write(const struct pl_report *const *reports, size_t n, const char *format,
		  void (*write)(const struct pl_sbom *s, struct pl_buf *out), struct pl_buf *out,
		  struct pl_err *err)
{
	struct pl_sbom s = {.complete = true};
	struct pl_arena arena;

	if (n != 1)
		return pl_fail(err, PL_E_USAGE,
			       "a document of %s describes one image, these are %zu: choose with "
			       "--tag or --platform, or name one target",
			       format, n);
	pl_arena_init(&arena);
	s.r = reports[0];
	s.arena = &arena;
	for (size_t i = 0; i < s.r->diags->rows.len; i++)
		s.complete &= s.r->diags->rows.at[i].weight < PL_W_FAILED;
	make_refs(&s);
	snprintf(s.uuid, sizeof(s.uuid), "00000000-0000-8000-8000-000000000000");
	write(&s, out);
	if (!out->failed) {
		uuid_of(pl_buf_view(out), s.uuid);
		pl_buf_reset(out);
		write(&s, out);
	}
	pl_arena_release(&arena);
	return out->failed
		       ? pl_fail(err, PL_E_LIMIT, "the document is larger than %zu bytes", out->max)
		       : 0;
}

/* --- words ---------------------------------------------------------------------------------- */

void pl_sbom_split_name(const struct pl_pkg *p, struct pl_str *group, struct pl_str *name)
{
	ptrdiff_t at = -1;

	if (p->type == PL_PKG_MAVEN)
		at = pl_str_chr(p->name, ':');
	else if (p->type == PL_PKG_NPM && pl_str_starts(p->name, PL_STR("@")))
		at = pl_str_chr(p->name, '/');
	*group = at > 0 ? pl_str_sub(p->name, 0, (size_t)at) : PL_STR("");
	*name = at > 0 ? pl_str_sub(p->name, (size_t)at + 1, p->name.len) : p->name;
	if (!name->len) { /* "group:" is a name of its own */
		*group = PL_STR("");
		*name = p->name;
	}
}

/* CPE 2.3 formatted string (NISTIR 7695 §6.2): what is no letter, digit, '_', '-' or '.' is quoted.
 * '-' alone means "not applicable", so it is quoted too. */
static void cpe_word(struct pl_buf *b, struct pl_str s)
{
	if (!s.len)
		pl_buf_ch(b, '*');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c <= ' ' || c >= 0x7f) {
			pl_buf_ch(b, '_');
			continue;
		}
		if (!pl_is_alpha((char)c) && !pl_is_digit((char)c) && c != '_' && c != '.' &&
		    (c != '-' || s.len == 1))
			pl_buf_ch(b, '\\');
		pl_buf_ch(b, (char)c);
	}
}

struct pl_str pl_sbom_cpe(struct pl_arena *a, struct pl_str vendor_product, struct pl_str version)
{
	ptrdiff_t colon = pl_str_chr(vendor_product, ':');
	pl_auto_buf b;

	pl_buf_init(&b, 65536);
	if (colon <= 0)
		return PL_STR("");
	pl_buf_c(&b, "cpe:2.3:a:");
	cpe_word(&b, pl_str_sub(vendor_product, 0, (size_t)colon));
	pl_buf_ch(&b, ':');
	cpe_word(&b, pl_str_sub(vendor_product, (size_t)colon + 1, vendor_product.len));
	pl_buf_ch(&b, ':');
	cpe_word(&b, version);
	pl_buf_c(&b, ":*:*:*:*:*:*:*");
	return pl_arena_str(a, pl_buf_view(&b));
}

/* A tag alone ("latest") names nothing: then the target does, without the way to it. */
struct pl_str pl_sbom_subject(const struct pl_sbom *s)
{
	const struct pl_image *image = s->r->image;
	bool is_image = image->config.has_config || image->digest.known;
	struct pl_str name = image->name, file = s->r->target;
	ptrdiff_t colon = pl_str_chr(file, ':');

	if (is_image && (pl_str_chr(name, '/') >= 0 || pl_str_chr(name, ':') >= 0))
		return name;
	if (!is_image && name.len) /* a directory */
		file = name;
	else if (colon >= 0 && pl_str_chr(pl_str_sub(file, 0, (size_t)colon), '/') < 0)
		file = pl_str_sub(file, (size_t)colon + 1, file.len);
	while (file.len > 1 && pl_str_ends(file, PL_STR("/")))
		file.len--;
	file = pl_path_base(file);
	return file.len ? file : PL_STR("image");
}

struct pl_str pl_sbom_digest(const struct pl_sbom *s)
{
	return s->r->image->digest.known ? pl_digest_text(s->arena, &s->r->image->digest)
					 : PL_STR("");
}

/* "2024-05-01T10:20:30.5+02:00" is cut to what SPDX allows; only UTC is taken. */
static bool is_utc_date(struct pl_str s)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";

	if (s.len < sizeof(form) || s.ptr[s.len - 1] != 'Z')
		return false;
	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == 'd' ? !pl_is_digit(s.ptr[i]) : s.ptr[i] != form[i])
			return false;
	return true;
}

struct pl_str pl_sbom_date(const struct pl_sbom *s)
{
	struct pl_str created = s->r->image->config.created;

	if (s->r->date.len)
		return s->r->date;
	if (is_utc_date(created))
		return pl_arena_fmt(s->arena, "%.19sZ", created.ptr);
	return PL_STR("1970-01-01T00:00:00Z");
}

unsigned pl_sbom_confidence_tenths(const struct pl_pkg *p)
{
	return p->uncertain ? 5 : 10;
}

struct pl_str pl_sbom_origin(const struct pl_sbom *s, const struct pl_pkg *p)
{
	pl_auto_buf b;

	pl_buf_init(&b, 65536);
	if (p->evidence)
		pl_buf_fmt(&b, "known by its %s", pl_evidence_name(p->evidence));
	if (p->locations.len)
		pl_buf_fmt(&b, "%s/%.*s", b.len ? " at " : "found at ",
			   PL_FMT(p->locations.at[0].path));
	if (p->layer != UINT32_MAX)
		pl_buf_fmt(&b, "%slayer %u", b.len ? ", " : "", p->layer);
	if (p->source_name.len &&
	    (!pl_str_eq(p->source_name, p->name) || !pl_str_eq(p->source_version, p->version)))
		pl_buf_fmt(&b, "%sbuilt from source package %.*s %.*s", b.len ? "; " : "",
			   PL_FMT(p->source_name), PL_FMT(p->source_version));
	return pl_arena_str(s->arena, pl_buf_view(&b));
}

/* --- properties ----------------------------------------------------------------------------- */

struct adder {
	const struct pl_sbom *s;
	pl_sbom_prop_fn add;
	void *arg;
};

static void text(const struct adder *a, const char *name, struct pl_str value)
{
	if (value.len)
		a->add(a->arg, pl_str_c(name), value);
}

static void number(const struct adder *a, const char *name, uint64_t v)
{
	text(a, name, pl_arena_fmt(a->s->arena, "%llu", (unsigned long long)v));
}

static void flag(const struct adder *a, const char *name, bool v)
{
	if (v)
		text(a, name, PL_STR("true"));
}

static void places(const struct adder *a, const struct pl_pkg *p, bool has_places)
{
	bool moved = !has_places;

	for (size_t i = 0; i < p->locations.len; i++)
		moved |= p->locations.at[i].layer != p->layer;
	for (size_t i = 0; i < p->locations.len && moved; i++) {
		const struct pl_location *l = &p->locations.at[i];

		if (l->layer == UINT32_MAX)
			text(a, "plimsoll:location",
			     pl_arena_fmt(a->s->arena, "- /%.*s", PL_FMT(l->path)));
		else
			text(a, "plimsoll:location",
			     pl_arena_fmt(a->s->arena, "%u /%.*s", l->layer, PL_FMT(l->path)));
	}
}

/* The formats have the expression that was made of it. */
static void licenses_as_told(const struct adder *a, const struct pl_pkg *p)
{
	if (p->licenses.len == 1 && pl_str_eq(p->licenses.at[0], p->license))
		return;
	for (size_t i = 0; i < p->licenses.len; i++)
		text(a, "plimsoll:license", p->licenses.at[i]);
	flag(a, "plimsoll:license:untold", !p->licenses.len && p->license.len);
}

static void layer_of_package(const struct adder *a, const struct pl_pkg *p)
{
	struct pl_layer_sum l;

	if (p->layer == UINT32_MAX)
		return;
	number(a, "plimsoll:layer", p->layer);
	l = pl_report_layer(a->s->r, p->layer);
	if (l.blob.known)
		text(a, "plimsoll:layer:digest", pl_digest_text(a->s->arena, &l.blob));
	if (l.diff_id.known)
		text(a, "plimsoll:layer:diff-id", pl_digest_text(a->s->arena, &l.diff_id));
}

void pl_sbom_package_props(const struct pl_sbom *s, uint32_t pkg, bool has_places,
			   pl_sbom_prop_fn add, void *arg)
{
	const struct pl_pkg *p = &s->r->inv->packages.at[pkg];
	const struct adder a = {s, add, arg};

	text(&a, "plimsoll:type", pl_str_c(pl_pkg_type_name(p->type)));
	text(&a, "plimsoll:name", p->name);
	text(&a, "plimsoll:version", p->version);
	text(&a, "plimsoll:arch", p->arch);
	text(&a, "plimsoll:source:name", p->source_name);
	text(&a, "plimsoll:source:version", p->source_version);
	text(&a, "plimsoll:module", p->module);
	text(&a, "plimsoll:vendor", p->vendor);
	if (p->evidence)
		text(&a, "plimsoll:evidence", pl_str_c(pl_evidence_name(p->evidence)));
	text(&a, "plimsoll:how", p->how);
	text(&a, "plimsoll:root", p->root);
	layer_of_package(&a, p);
	places(&a, p, has_places);
	if (p->owner < s->r->inv->packages.len)
		text(&a, "plimsoll:owner", s->refs[p->owner]);
	if (p->removed_in != UINT32_MAX)
		number(&a, "plimsoll:removed-in", p->removed_in);
	if (p->hidden_in != UINT32_MAX)
		number(&a, "plimsoll:hidden-in", p->hidden_in);
	flag(&a, "plimsoll:uncertain", p->uncertain);
	flag(&a, "plimsoll:dev", p->dev);
	for (size_t i = 0; i < p->cpes.len; i++)
		text(&a, "plimsoll:cpe", p->cpes.at[i]);
	licenses_as_told(&a, p);
}

/* One value as JSON on one line, for what has members of its own. */
static struct pl_jw json_begin(struct pl_buf *b)
{
	struct pl_jw w;

	pl_buf_init(b, PL_MiB(64));
	pl_jw_init(&w, b, false);
	return w;
}

static void layer_props(const struct adder *a, uint32_t i)
{
	struct pl_layer_sum l = pl_report_layer(a->s->r, i);
	struct pl_str n[5];
	static const char *const keys[] = {"digest", "diff-id", "media-type", "size", "created-by"};

	for (size_t k = 0; k < 5; k++)
		n[k] = pl_arena_fmt(a->s->arena, "plimsoll:layer:%u:%s", i, keys[k]);
	text(a, n[0].ptr, l.blob.known ? pl_digest_text(a->s->arena, &l.blob) : PL_STR(""));
	text(a, n[1].ptr, l.diff_id.known ? pl_digest_text(a->s->arena, &l.diff_id) : PL_STR(""));
	text(a, n[2].ptr, l.media_type);
	number(a, n[3].ptr, l.size);
	text(a, n[4].ptr, l.created_by);
}

static void diagnostic_props(const struct adder *a)
{
	const struct pl_diags *d = a->s->r->diags;

	for (size_t i = 0; i < d->rows.len; i++) {
		pl_auto_buf b;
		struct pl_jw w = json_begin(&b);

		pl_report_json_diagnostic(&w, &d->rows.at[i]);
		text(a, "plimsoll:diagnostic", pl_buf_view(&b));
	}
}

/* CycloneDX and SPDX have no place for what no advisory says. */
static void check_props(const struct adder *a)
{
	const struct pl_findings *f = a->s->r->findings;

	for (size_t i = 0; f && i < f->rows.len; i++) {
		const struct pl_finding *row = &f->rows.at[i];
		pl_auto_buf b;
		struct pl_jw w;

		if (row->kind != PL_FIND_CHECK || row->suppressed.len)
			continue;
		w = json_begin(&b);
		pl_jw_obj(&w);
		pl_jw_kstr(&w, "id", row->id);
		pl_jw_kstr(&w, "severity", pl_str_c(pl_report_severity(row->severity)));
		pl_jw_kstr(&w, "title", row->title);
		pl_jw_kstr(&w, "path", pl_report_finding_path(a->s->r, row));
		pl_jw_kstr(&w, "remedy", row->remedy);
		pl_jw_obj_end(&w);
		text(a, "plimsoll:check", pl_buf_view(&b));
	}
}

static void os_props(const struct adder *a)
{
	const struct pl_os *o = &a->s->r->inv->os;

	text(a, "plimsoll:os:id", o->id);
	text(a, "plimsoll:os:version-id", o->version_id);
	text(a, "plimsoll:os:id-like", o->id_like);
	text(a, "plimsoll:os:codename", o->codename);
	text(a, "plimsoll:os:name", o->name);
	text(a, "plimsoll:os:pretty-name", o->pretty_name);
	text(a, "plimsoll:os:variant-id", o->variant_id);
	text(a, "plimsoll:os:evidence", o->evidence);
}

void pl_sbom_root_props(const struct pl_sbom *s, pl_sbom_prop_fn add, void *arg)
{
	const struct adder a = {s, add, arg};
	size_t layers = pl_report_layers(s->r);

	text(&a, "plimsoll:image:name", s->r->image->name);
	text(&a, "plimsoll:image:digest", pl_sbom_digest(s));
	if (s->r->image->config_digest.known)
		text(&a, "plimsoll:image:config-digest",
		     pl_digest_text(s->arena, &s->r->image->config_digest));
	text(&a, "plimsoll:image:platform", s->r->image->platform);
	text(&a, "plimsoll:image:transport", pl_str_c(s->r->transport));
	if (s->r->image->config.has_config) {
		pl_auto_buf b;
		struct pl_jw w = json_begin(&b);

		pl_report_json_config(&w, &s->r->image->config);
		text(&a, "plimsoll:image:config", pl_buf_view(&b));
	}
	for (uint32_t i = 0; i < layers; i++)
		layer_props(&a, i);
	os_props(&a);
	check_props(&a);
	diagnostic_props(&a);
}

void pl_sbom_document_props(const struct pl_sbom *s, pl_sbom_prop_fn add, void *arg)
{
	const struct adder a = {s, add, arg};
	const struct pl_report *r = s->r;

	if (r->db) {
		text(&a, "plimsoll:advisories:name", r->db->name);
		text(&a, "plimsoll:advisories:modified", r->db->modified);
		text(&a, "plimsoll:advisories:sha256", r->db->sha256);
	}
	if (r->verdict)
		text(&a, "plimsoll:verdict",
		     r->verdict->status == PL_EXIT_OK ? PL_STR("pass") : PL_STR("fail"));
	text(&a, "plimsoll:complete", s->complete ? PL_STR("true") : PL_STR("false"));
}
