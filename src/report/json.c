/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plimsoll.report/1 as docs/report-schema.md says it: the keys in that order, one object for one
 * image, an array for several. Everything comes sorted from the rooms before.
 */
#include "report/report_int.h"

static void digest(struct pl_jw *w, const char *key, const struct pl_digest *d)
{
	char text[80] = "sha256:";

	pl_jw_key(w, key);
	if (!d->known) {
		pl_jw_null(w);
		return;
	}
	pl_hex(d->sha256, sizeof(d->sha256), text + strlen(text));
	pl_jw_str(w, pl_str_c(text));
}

static void strings(struct pl_jw *w, const char *key, const struct pl_str *at, size_t n)
{
	pl_jw_key(w, key);
	pl_jw_arr(w);
	for (size_t i = 0; i < n; i++)
		pl_jw_str(w, at[i]);
	pl_jw_arr_end(w);
}
#define STRINGS(w, key, vec) strings((w), (key), (vec).at, (vec).len)

/* UINT32_MAX means that there is none */
static void index_or_null(struct pl_jw *w, const char *key, uint32_t v)
{
	pl_jw_key(w, key);
	if (v == UINT32_MAX)
		pl_jw_null(w);
	else
		pl_jw_u64(w, v);
}

/* for keys that are absent when there is nothing to say */
static void optional(struct pl_jw *w, const char *key, struct pl_str s)
{
	if (s.len)
		pl_jw_kstr(w, key, s);
}

/* Paths are shown from the root of the image. */
static void path(struct pl_jw *w, struct pl_str p)
{
	pl_auto_buf text;

	pl_buf_init(&text, 1 << 20);
	if (p.len)
		pl_buf_ch(&text, '/');
	pl_buf_str(&text, p);
	pl_jw_kstr(w, "path", pl_buf_view(&text));
}

/* The part of "name=value" before (or after) the first '='. */
static struct pl_str before_eq(struct pl_str s)
{
	ptrdiff_t eq = pl_str_chr(s, '=');

	return pl_str_sub(s, 0, eq < 0 ? s.len : (size_t)eq);
}

static struct pl_str after_eq(struct pl_str s)
{
	ptrdiff_t eq = pl_str_chr(s, '=');

	return eq < 0 ? PL_STR("") : pl_str_sub(s, (size_t)eq + 1, s.len);
}

void pl_report_json_config(struct pl_jw *w, const struct pl_config *c)
{
	if (!c->has_config) {
		pl_jw_null(w);
		return;
	}
	pl_jw_obj(w);
	pl_jw_kstr(w, "user", c->user);
	STRINGS(w, "entrypoint", c->entrypoint);
	STRINGS(w, "cmd", c->cmd);
	pl_jw_key(w, "env_names");
	pl_jw_arr(w);
	for (size_t i = 0; i < c->env.len; i++)
		pl_jw_str(w, before_eq(c->env.at[i]));
	pl_jw_arr_end(w);
	STRINGS(w, "exposed_ports", c->exposed_ports);
	STRINGS(w, "volumes", c->volumes);
	pl_jw_kstr(w, "working_dir", c->working_dir);
	pl_jw_key(w, "labels");
	pl_jw_obj(w);
	for (size_t i = 0; i < c->labels.len; i++) {
		pl_jw_key_str(w, before_eq(c->labels.at[i]));
		pl_jw_str(w, after_eq(c->labels.at[i]));
	}
	pl_jw_obj_end(w);
	pl_jw_kstr(w, "created", c->created);
	pl_jw_kstr(w, "os", c->os);
	pl_jw_kstr(w, "architecture", c->architecture);
	pl_jw_kstr(w, "variant", c->variant);
	pl_jw_kstr(w, "stop_signal", c->stop_signal);
	pl_jw_kbool(w, "healthcheck", c->has_healthcheck);
	pl_jw_obj_end(w);
}

static void image(struct pl_jw *w, const struct pl_report *r)
{
	size_t n = pl_report_layers(r);

	pl_jw_key(w, "image");
	pl_jw_obj(w);
	digest(w, "digest", &r->image->digest);
	digest(w, "config_digest", &r->image->config_digest);
	pl_jw_key(w, "config");
	pl_report_json_config(w, &r->image->config);
	pl_jw_key(w, "layers");
	pl_jw_arr(w);
	for (size_t i = 0; i < n; i++) {
		struct pl_layer_sum l = pl_report_layer(r, (uint32_t)i);

		pl_jw_obj(w);
		pl_jw_ku64(w, "index", i);
		digest(w, "digest", &l.blob);
		digest(w, "diff_id", &l.diff_id);
		pl_jw_kstr(w, "media_type", l.media_type);
		pl_jw_ku64(w, "size", l.size);
		pl_jw_kstr(w, "created_by", l.created_by);
		pl_jw_kbool(w, "empty_layer", false);
		pl_jw_obj_end(w);
	}
	pl_jw_arr_end(w);
	pl_jw_obj_end(w);
}

static void system_of(struct pl_jw *w, const struct pl_os *o)
{
	if (!o->found) {
		pl_jw_null(w);
		return;
	}
	pl_jw_obj(w);
	pl_jw_kstr(w, "id", o->id);
	pl_jw_kstr(w, "version_id", o->version_id);
	pl_jw_kstr(w, "name", o->name);
	pl_jw_kstr(w, "pretty_name", o->pretty_name);
	pl_jw_kstr(w, "codename", o->codename);
	optional(w, "id_like", o->id_like);
	optional(w, "variant_id", o->variant_id);
	pl_jw_kstr(w, "evidence", o->evidence);
	pl_jw_obj_end(w);
}

static void systems(struct pl_jw *w, const struct pl_inventory *inv)
{
	pl_jw_key(w, "os");
	system_of(w, &inv->os);
	if (!inv->roots.len)
		return;
	pl_jw_key(w, "roots");
	pl_jw_arr(w);
	for (size_t i = 0; i < inv->roots.len; i++) {
		pl_jw_obj(w);
		path(w, inv->roots.at[i].root);
		pl_jw_key(w, "os");
		system_of(w, &inv->roots.at[i].os);
		pl_jw_obj_end(w);
	}
	pl_jw_arr_end(w);
}

static void advisories(struct pl_jw *w, const struct pl_db_info *db)
{
	pl_jw_key(w, "advisories");
	pl_jw_obj(w);
	pl_jw_kstr(w, "name", db->name);
	pl_jw_kbool(w, "starter", db->starter);
	pl_jw_ku64(w, "records", db->records);
	pl_jw_kstr(w, "modified", db->modified);
	pl_jw_kstr(w, "sha256", db->sha256);
	pl_jw_key(w, "ecosystems");
	pl_jw_arr(w);
	for (size_t i = 0; i < db->ecosystems.len; i++) {
		pl_jw_obj(w);
		pl_jw_kstr(w, "name", db->ecosystems.at[i].name);
		pl_jw_ku64(w, "records", db->ecosystems.at[i].records);
		pl_jw_obj_end(w);
	}
	pl_jw_arr_end(w);
	pl_jw_obj_end(w);
}

static void name_version(struct pl_jw *w, struct pl_str name, struct pl_str version)
{
	pl_jw_kstr(w, "name", name);
	pl_jw_kstr(w, "version", version);
}

static void source(struct pl_jw *w, const struct pl_pkg *p)
{
	pl_jw_key(w, "source");
	if (!p || !p->source_name.len) {
		pl_jw_null(w);
		return;
	}
	pl_jw_obj(w);
	name_version(w, p->source_name, p->source_version);
	pl_jw_obj_end(w);
}

static void owner(struct pl_jw *w, const struct pl_inventory *inv, uint32_t index)
{
	const struct pl_pkg *p;

	pl_jw_key(w, "owner");
	if (index >= inv->packages.len) {
		pl_jw_null(w);
		return;
	}
	p = &inv->packages.at[index];
	pl_jw_obj(w);
	name_version(w, p->name, p->version);
	pl_jw_kstr(w, "type", pl_str_c(pl_pkg_type_name(p->type)));
	pl_jw_kstr(w, "arch", p->arch);
	pl_jw_obj_end(w);
}

static void depends(struct pl_jw *w, const struct pl_pkg *p)
{
	if (!p->depends.len)
		return;
	pl_jw_key(w, "depends");
	pl_jw_arr(w);
	for (size_t i = 0; i < p->depends.len; i++)
		pl_jw_u64(w, p->depends.at[i]);
	pl_jw_arr_end(w);
}

void pl_report_json_package(struct pl_jw *w, const struct pl_inventory *inv, const struct pl_pkg *p)
{
	char sha1[41];

	pl_jw_obj(w);
	name_version(w, p->name, p->version);
	pl_jw_kstr(w, "type", pl_str_c(pl_pkg_type_name(p->type)));
	pl_jw_kstr(w, "purl", p->purl);
	pl_jw_kstr(w, "arch", p->arch);
	source(w, p);
	STRINGS(w, "licenses", p->licenses);
	pl_jw_kstr(w, "license", p->license);
	pl_jw_key(w, "locations");
	pl_jw_arr(w);
	for (size_t i = 0; i < p->locations.len; i++) {
		pl_jw_obj(w);
		path(w, p->locations.at[i].path);
		index_or_null(w, "layer", p->locations.at[i].layer);
		pl_jw_obj_end(w);
	}
	pl_jw_arr_end(w);
	owner(w, inv, p->owner);
	index_or_null(w, "layer", p->layer);
	optional(w, "module", p->module);
	optional(w, "vendor", p->vendor);
	optional(w, "how", p->how);
	if (p->evidence)
		pl_jw_kstr(w, "evidence", pl_str_c(pl_evidence_name(p->evidence)));
	optional(w, "root", p->root);
	if (p->cpes.len)
		STRINGS(w, "cpes", p->cpes);
	if (p->dev)
		pl_jw_kbool(w, "dev", true);
	depends(w, p);
	if (p->sha1.len == 20) {
		pl_hex((const uint8_t *)p->sha1.ptr, 20, sha1);
		pl_jw_kstr(w, "sha1", pl_str_c(sha1));
	}
	if (p->uncertain)
		pl_jw_kbool(w, "uncertain", true);
	if (p->removed_in != UINT32_MAX)
		pl_jw_ku64(w, "removed_in_layer", p->removed_in);
	if (p->hidden_in != UINT32_MAX)
		pl_jw_ku64(w, "hidden_in_layer", p->hidden_in);
	optional(w, "root", p->root);
	pl_jw_obj_end(w);
}

static void finding_package(struct pl_jw *w, const struct pl_pkg *p)
{
	pl_jw_key(w, "package");
	if (!p) {
		pl_jw_null(w);
		return;
	}
	pl_jw_obj(w);
	name_version(w, p->name, p->version);
	pl_jw_kstr(w, "type", pl_str_c(pl_pkg_type_name(p->type)));
	pl_jw_kstr(w, "purl", p->purl);
	pl_jw_obj_end(w);
}

static void finding_fix(struct pl_jw *w, const struct pl_finding *f)
{
	pl_jw_key(w, "fix");
	if (f->kind == PL_FIND_CHECK) {
		pl_jw_null(w);
		return;
	}
	pl_jw_obj(w);
	pl_jw_kstr(w, "state", pl_str_c(pl_fix_state_name(f->fix)));
	STRINGS(w, "versions", f->fix_versions);
	pl_jw_obj_end(w);
}

static void finding_cvss(struct pl_jw *w, const struct pl_finding *f)
{
	pl_jw_key(w, "cvss");
	pl_jw_arr(w);
	if (f->cvss_vector.len) {
		pl_jw_obj(w);
		pl_jw_kstr(w, "type", f->cvss_type);
		pl_jw_kstr(w, "vector", f->cvss_vector);
		pl_jw_key(w, "score");
		if (f->cvss_tenths < 0)
			pl_jw_null(w);
		else
			pl_jw_tenths(w, (unsigned)f->cvss_tenths);
		pl_jw_obj_end(w);
	}
	pl_jw_arr_end(w);
}

static void finding_match(struct pl_jw *w, const struct pl_finding *f)
{
	pl_jw_key(w, "match");
	if (f->kind == PL_FIND_CHECK) {
		pl_jw_null(w);
		return;
	}
	pl_jw_obj(w);
	pl_jw_kstr(w, "ecosystem", f->eco);
	name_version(w, f->matched_name, f->matched_version);
	pl_jw_kstr(w, "scheme", f->scheme);
	pl_jw_kstr(w, "range", f->range);
	pl_jw_obj_end(w);
}

void pl_report_json_finding(struct pl_jw *w, const struct pl_report *r, const struct pl_finding *f)
{
	const struct pl_pkg *p =
		f->pkg < r->inv->packages.len ? &r->inv->packages.at[f->pkg] : NULL;

	pl_jw_obj(w);
	pl_jw_kstr(w, "kind", f->kind == PL_FIND_CHECK ? PL_STR("check") : PL_STR("vulnerability"));
	pl_jw_kstr(w, "id", f->id);
	STRINGS(w, "aliases", f->aliases);
	STRINGS(w, "advisories", f->advisories);
	finding_package(w, p);
	source(w, p);
	finding_fix(w, f);
	pl_jw_kstr(w, "severity", pl_str_c(pl_report_severity(f->severity)));
	pl_jw_kstr(w, "severity_source", f->severity_source);
	finding_cvss(w, f);
	pl_jw_kbool(w, "known_exploited", f->known_exploited);
	pl_jw_kstr(w, "title", f->title);
	pl_jw_kstr(w, "url", f->url);
	index_or_null(w, "layer", pl_report_finding_layer(r, f));
	path(w, pl_report_finding_path(r, f));
	owner(w, r->inv, pl_report_finding_owner(r, f));
	finding_match(w, f);
	pl_jw_kstr(w, "why", f->why);
	pl_jw_kstr(w, "remedy", f->remedy);
	optional(w, "reason", f->suppressed);
	pl_jw_obj_end(w);
}

static void findings(struct pl_jw *w, const struct pl_report *r, const char *key, bool suppressed)
{
	pl_jw_key(w, key);
	pl_jw_arr(w);
	for (size_t i = 0; i < r->findings->rows.len; i++)
		if ((r->findings->rows.at[i].suppressed.len > 0) == suppressed)
			pl_report_json_finding(w, r, &r->findings->rows.at[i]);
	pl_jw_arr_end(w);
}

void pl_report_json_diagnostic(struct pl_jw *w, const struct pl_diag *d)
{
	pl_jw_obj(w);
	pl_jw_kstr(w, "weight", pl_str_c(pl_weight_name(d->weight)));
	pl_jw_kstr(w, "code", d->code);
	pl_jw_kstr(w, "where", d->where);
	pl_jw_kstr(w, "what", d->what);
	pl_jw_kstr(w, "hint", d->hint);
	pl_jw_obj_end(w);
}

static void diagnostics(struct pl_jw *w, const struct pl_diags *d)
{
	pl_auto_buf text;

	pl_buf_init(&text, 128);
	pl_jw_key(w, "diagnostics");
	pl_jw_arr(w);
	for (size_t i = 0; i < d->rows.len; i++)
		pl_report_json_diagnostic(w, &d->rows.at[i]);
	if (d->dropped) {
		pl_buf_fmt(&text, "%zu more diagnostics are not listed", d->dropped);
		pl_report_json_diagnostic(
			w, &(struct pl_diag){d->worst, PL_STR("diagnostics-dropped"), PL_STR(""),
					     pl_buf_view(&text), PL_STR("")});
	}
	pl_jw_arr_end(w);
}

static void add_reason(void *arg, struct pl_str reason)
{
	pl_jw_str(arg, reason);
}

static void verdict(struct pl_jw *w, const struct pl_report *r)
{
	const struct pl_verdict *v = r->verdict;

	pl_jw_key(w, "verdict");
	pl_jw_obj(w);
	pl_jw_kbool(w, "pass", v->status == PL_EXIT_OK);
	pl_jw_kstr(w, "threshold",
		   r->policy->never ? PL_STR("never")
				    : pl_str_c(pl_report_severity(r->policy->fail_on)));
	pl_jw_kbool(w, "complete", v->complete);
	pl_jw_key(w, "reasons");
	pl_jw_arr(w);
	pl_report_reasons(r, add_reason, w);
	pl_jw_arr_end(w);
	pl_jw_key(w, "counts");
	pl_jw_obj(w);
	for (int s = PL_SEV_CRITICAL; s >= PL_SEV_NEGLIGIBLE; s--)
		pl_jw_ku64(w, pl_report_severity((enum pl_severity)s), v->counts[s]);
	pl_jw_ku64(w, "unknown", v->counts[PL_SEV_UNKNOWN]);
	pl_jw_obj_end(w);
	pl_jw_ku64(w, "exit_status", v->status);
	pl_jw_obj_end(w);
}

static void unowned(struct pl_jw *w, const struct pl_inventory *inv)
{
	pl_jw_key(w, "unowned");
	pl_jw_arr(w);
	for (size_t i = 0; i < inv->unowned.len; i++) {
		const struct pl_unowned *f = &inv->unowned.at[i];

		pl_jw_obj(w);
		path(w, f->path);
		index_or_null(w, "layer", f->layer);
		pl_jw_ku64(w, "size", f->size);
		pl_jw_kbool(w, "program", f->program);
		pl_jw_obj_end(w);
	}
	pl_jw_arr_end(w);
}

static void license_files(struct pl_jw *w, const struct pl_inventory *inv)
{
	pl_jw_key(w, "license_files");
	pl_jw_arr(w);
	for (size_t i = 0; i < inv->license_files.len; i++) {
		const struct pl_license_file *f = &inv->license_files.at[i];

		pl_jw_obj(w);
		path(w, f->path);
		index_or_null(w, "layer", f->layer);
		pl_jw_kstr(w, "license", f->license);
		pl_jw_obj_end(w);
	}
	pl_jw_arr_end(w);
}

static void report(struct pl_jw *w, const struct pl_report *r)
{
	pl_jw_obj(w);
	pl_jw_kstr(w, "schema", PL_STR("plimsoll.report/1"));
	pl_jw_key(w, "tool");
	pl_jw_obj(w);
	name_version(w, PL_STR("plimsoll"), PL_STR(PL_VERSION));
	pl_jw_obj_end(w);
	pl_jw_key(w, "target");
	pl_jw_obj(w);
	pl_jw_kstr(w, "given", r->target);
	pl_jw_kstr(w, "transport", pl_str_c(r->transport));
	pl_jw_kstr(w, "tag", r->image->name);
	pl_jw_kstr(w, "platform", r->image->platform);
	pl_jw_obj_end(w);
	image(w, r);
	systems(w, r->inv);
	if (r->db)
		advisories(w, r->db);
	pl_jw_key(w, "packages");
	pl_jw_arr(w);
	for (size_t i = 0; i < r->inv->packages.len; i++)
		pl_report_json_package(w, r->inv, &r->inv->packages.at[i]);
	pl_jw_arr_end(w);
	if (r->inv->tree)
		pl_jw_ku64(w, "unowned_programs", r->inv->unowned_programs);
	if (r->inv->unowned.len)
		unowned(w, r->inv);
	if (r->inv->license_files.len)
		license_files(w, r->inv);
	if (r->findings) {
		findings(w, r, "findings", false);
		findings(w, r, "suppressed", true);
	}
	diagnostics(w, r->diags);
	if (r->verdict)
		verdict(w, r);
	pl_jw_obj_end(w);
}

int pl_report_write_json(const struct pl_report *const *reports, size_t n,
			 const struct pl_report_style *style, struct pl_buf *out,
			 struct pl_err *err)
{
	struct pl_jw w;

	(void)style;
	pl_jw_init(&w, out, true);
	if (n != 1)
		pl_jw_arr(&w);
	for (size_t i = 0; i < n; i++)
		report(&w, reports[i]);
	if (n != 1)
		pl_jw_arr_end(&w);
	return out->failed
		       ? pl_fail(err, PL_E_LIMIT, "the report is larger than %zu bytes", out->max)
		       : 0;
}
