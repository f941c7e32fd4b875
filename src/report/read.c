/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plimsoll.report/1 read back (docs/report-schema.md): what it says of the image and its packages,
 * not what was judged then. Unknown keys are passed over, as the schema promises to add some;
 * of the keys we need, a wrong type is an error that says where.
 */
#include <fcntl.h>

#include "report/report_int.h"

/* What the match room said of the advisories of that day is not carried into a new judgement. */
static const char *const judged[] = {"no-advisories", "no-ecosystem", "not-comparable",
				     "unknown-distribution", "derived-distribution"};

struct reader {
	struct pl_arena *arena;
	struct pl_map owners; /* "type name version arch" of OS packages to their index */
};

static struct pl_str str(struct reader *r, const cJSON *obj, const char *key)
{
	return pl_arena_str(r->arena, pl_json_str(obj, key));
}

/* a layer number or null */
static uint32_t layer_of(const cJSON *obj, const char *key)
{
	uint64_t v;

	return pl_json_u64(obj, key, &v) && v < UINT32_MAX ? (uint32_t)v : UINT32_MAX;
}

static void digest(const cJSON *obj, const char *key, struct pl_digest *out)
{
	struct pl_str s = pl_json_str(obj, key), head = PL_STR("sha256:");

	out->known = pl_str_starts(s, head) &&
		     pl_unhex(pl_str_sub(s, head.len, s.len), out->sha256, sizeof(out->sha256));
}

#define STRINGS(r, obj, key, vec) \
	do { \
		const cJSON *item_; \
		cJSON_ArrayForEach(item_, pl_json_get((obj), (key))) if (cJSON_IsString(item_)) \
			pl_vec_push((vec), pl_arena_str((r)->arena, pl_json_text(item_))); \
	} while (0)

void pl_report_read_config(struct pl_arena *arena, const cJSON *j, struct pl_config *c)
{
	struct reader reader = {.arena = arena}, *r = &reader;
	const cJSON *item;

	c->has_config = cJSON_IsObject(j);
	c->has_healthcheck = cJSON_IsTrue(pl_json_get(j, "healthcheck")) ||
			     cJSON_IsArray(pl_json_get(j, "healthcheck"));
	c->os = str(r, j, "os");
	c->architecture = str(r, j, "architecture");
	c->variant = str(r, j, "variant");
	c->created = str(r, j, "created");
	c->user = str(r, j, "user");
	c->working_dir = str(r, j, "working_dir");
	c->stop_signal = str(r, j, "stop_signal");
	STRINGS(r, j, "entrypoint", &c->entrypoint);
	STRINGS(r, j, "cmd", &c->cmd);
	STRINGS(r, j, "exposed_ports", &c->exposed_ports);
	STRINGS(r, j, "volumes", &c->volumes);
	STRINGS(r, j, "env_names", &c->env);
	cJSON_ArrayForEach(item, pl_json_get(j, "labels")) if (item->string && cJSON_IsString(item))
		pl_vec_push(&c->labels,
			    pl_arena_fmt(r->arena, "%s=%s", item->string, item->valuestring));
}

static int image(struct reader *r, const cJSON *j, struct pl_scanned *s, struct pl_err *err)
{
	const cJSON *target = pl_json_get(j, "target"), *img = pl_json_get(j, "image"), *item;

	s->image.name = str(r, target, "tag");
	s->image.platform = str(r, target, "platform");
	digest(img, "digest", &s->image.digest);
	digest(img, "config_digest", &s->image.config_digest);
	pl_report_read_config(r->arena, pl_json_get(img, "config"), &s->image.config);
	cJSON_ArrayForEach(item, pl_json_get(img, "layers"))
	{
		struct pl_layer_sum l = {.index = (uint32_t)s->inv.layers.len};

		if (s->inv.layers.len >= pl_limit(PL_LIM_LAYERS))
			return pl_fail_limit(err, PL_LIM_LAYERS, "image.layers");
		digest(item, "digest", &l.blob);
		digest(item, "diff_id", &l.diff_id);
		l.media_type = str(r, item, "media_type");
		l.created_by = str(r, item, "created_by");
		pl_json_u64(item, "size", &l.size);
		pl_vec_push(&s->inv.layers, l);
	}
	return 0;
}

static void os(struct reader *r, const cJSON *j, struct pl_os *o)
{
	o->found = cJSON_IsObject(j);
	o->id = str(r, j, "id");
	o->id_like = str(r, j, "id_like");
	o->version_id = str(r, j, "version_id");
	o->codename = str(r, j, "codename");
	o->name = str(r, j, "name");
	o->pretty_name = str(r, j, "pretty_name");
	o->variant_id = str(r, j, "variant_id");
	o->evidence = str(r, j, "evidence");
}

static struct pl_str owner_key(struct reader *r, const cJSON *j)
{
	struct pl_str type = pl_json_str(j, "type"), name = pl_json_str(j, "name");
	struct pl_str version = pl_json_str(j, "version"), arch = pl_json_str(j, "arch");

	return pl_arena_fmt(r->arena, "%.*s %.*s %.*s %.*s", PL_FMT(type), PL_FMT(name),
			    PL_FMT(version), PL_FMT(arch));
}

/* Paths are written from the root; inside they have no leading slash. */
static struct pl_str path_of(struct reader *r, const cJSON *j)
{
	struct pl_str p = pl_json_str(j, "path");

	return pl_arena_str(r->arena, pl_str_starts(p, PL_STR("/")) ? pl_str_sub(p, 1, p.len) : p);
}

static void depends(const cJSON *j, struct pl_pkg *p)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, j) if (cJSON_IsNumber(item) && item->valuedouble >= 0 &&
					item->valuedouble < PL_NO_PKG)
		pl_vec_push(&p->depends, (uint32_t)item->valuedouble);
}

static int package(struct reader *r, const cJSON *j, struct pl_scanned *s, struct pl_err *err)
{
	const cJSON *source = pl_json_get(j, "source"), *item;
	struct pl_pkg p = {.owner = PL_NO_PKG, .evidence = PL_EV_NONE};
	struct pl_str sha1 = pl_json_str(j, "sha1");
	size_t number = s->inv.packages.len;
	uint8_t raw[20];

	if (!pl_pkg_type_find(pl_json_str(j, "type"), &p.type) || !pl_json_str(j, "name").len)
		return pl_fail(err, PL_E_FORMAT,
			       "packages[%zu]: a name and a known type are needed", number);
	p.name = str(r, j, "name");
	p.version = str(r, j, "version");
	p.arch = str(r, j, "arch");
	p.purl = str(r, j, "purl");
	p.source_name = str(r, source, "name");
	p.source_version = str(r, source, "version");
	p.module = str(r, j, "module");
	p.vendor = str(r, j, "vendor");
	p.how = str(r, j, "how");
	depends(pl_json_get(j, "depends"), &p);
	if (sha1.len && pl_unhex(sha1, raw, sizeof(raw)))
		p.sha1 = pl_arena_str(r->arena, pl_str_n(raw, sizeof(raw)));
	STRINGS(r, j, "licenses", &p.licenses);
	p.license = str(r, j, "license");
	(void)pl_evidence_find(pl_json_str(j, "evidence"), &p.evidence);
	p.root = str(r, j, "root");
	STRINGS(r, j, "cpes", &p.cpes);
	p.dev = cJSON_IsTrue(pl_json_get(j, "dev"));
	cJSON_ArrayForEach(item, pl_json_get(j, "locations"))
	{
		struct pl_location l = {path_of(r, item), layer_of(item, "layer")};

		pl_vec_push(&p.locations, l);
	}
	p.layer = layer_of(j, "layer");
	if (p.layer == UINT32_MAX && p.locations.len)
		p.layer = p.locations.at[0].layer;
	p.removed_in = layer_of(j, "removed_in_layer");
	p.hidden_in = layer_of(j, "hidden_in_layer");
	p.root = str(r, j, "root");
	p.uncertain = cJSON_IsTrue(pl_json_get(j, "uncertain"));
	if (pl_pkg_type_is_os(p.type))
		pl_map_put(&r->owners, owner_key(r, j), (uint32_t)number);
	pl_vec_push(&s->inv.packages, p);
	return 0;
}

static int packages(struct reader *r, const cJSON *j, struct pl_scanned *s, struct pl_err *err)
{
	const cJSON *item;
	size_t i = 0;
	int rc;

	if (!cJSON_IsArray(j))
		return pl_fail(err, PL_E_FORMAT, "it has no list \"packages\"");
	cJSON_ArrayForEach(item, j)
	{
		if (s->inv.packages.len >= pl_limit(PL_LIM_PACKAGES))
			return pl_fail_limit(err, PL_LIM_PACKAGES, "packages");
		rc = package(r, item, s, err);
		if (rc < 0)
			return rc;
	}
	cJSON_ArrayForEach(item, j)
	{
		const cJSON *o = pl_json_get(item, "owner");

		if (cJSON_IsObject(o))
			s->inv.packages.at[i].owner = pl_map_get(&r->owners, owner_key(r, o));
		i++;
	}
	return 0;
}

static bool is_judgement(struct pl_str code)
{
	for (size_t i = 0; i < sizeof(judged) / sizeof(judged[0]); i++)
		if (pl_str_eq_c(code, judged[i]))
			return true;
	return false;
}

void pl_report_read_diagnostic(struct pl_arena *arena, const cJSON *j, struct pl_diags *diags)
{
	struct pl_str weight = pl_json_str(j, "weight");
	struct pl_str code = pl_arena_str(arena, pl_json_str(j, "code"));
	unsigned w = 0;

	while (w < PL_W_FATAL && !pl_str_eq_c(weight, pl_weight_name(w)))
		w++;
	if (!is_judgement(code))
		pl_diag_add(diags, w, code.ptr, pl_json_str(j, "where"), pl_json_str(j, "what"),
			    pl_json_str(j, "hint"));
}

static void diagnostics(struct reader *r, const cJSON *j, struct pl_scanned *s)
{
	const cJSON *item;

	pl_diags_init(&s->diags, r->arena);
	cJSON_ArrayForEach(item, j) pl_report_read_diagnostic(r->arena, item, &s->diags);
}

static int roots(struct reader *r, const cJSON *j, struct pl_scanned *s, struct pl_err *err)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, j)
	{
		struct pl_root root = {.root = path_of(r, item)};

		if (s->inv.roots.len >= pl_limit(PL_LIM_PACKAGES))
			return pl_fail_limit(err, PL_LIM_PACKAGES, "roots");
		os(r, pl_json_get(item, "os"), &root.os);
		pl_vec_push(&s->inv.roots, root);
	}
	return 0;
}

static int one(struct reader *r, const cJSON *j, struct pl_scanned *s, struct pl_err *err)
{
	struct pl_str schema = pl_json_str(j, "schema");
	int rc;

	if (!pl_str_eq_c(schema, "plimsoll.report/1"))
		return pl_fail(err, PL_E_FORMAT, "not a plimsoll.report/1%s%.*s",
			       schema.len ? ", its schema is " : ": it names no schema",
			       PL_FMT(schema));
	rc = image(r, j, s, err);
	if (rc < 0)
		return rc;
	os(r, pl_json_get(j, "os"), &s->inv.os);
	rc = roots(r, pl_json_get(j, "roots"), s, err);
	if (rc < 0)
		return rc;
	diagnostics(r, pl_json_get(j, "diagnostics"), s);
	pl_map_init(&r->owners);
	rc = packages(r, pl_json_get(j, "packages"), s, err);
	pl_map_release(&r->owners);
	return rc;
}

/* A list of reports, or one whose schema stands first as it has to; what is not JSON at all is for
 * the other readers to name. */
static bool is_ours(struct pl_str text)
{
	struct pl_str head = pl_str_trim(pl_str_sub(text, 0, PL_SBOM_SNIFF));

	if (pl_str_starts(head, PL_STR("[")))
		return true;
	return pl_str_starts(head, PL_STR("{")) && pl_str_find(head, PL_STR("\"@graph\"")) < 0 &&
	       pl_str_find(head, PL_STR("\"artifacts\"")) < 0;
}

int pl_report_parse(struct pl_str text, struct pl_arena *arena, struct pl_scanned **out, size_t *n,
		    struct pl_err *err)
{
	struct reader r = {.arena = arena};
	struct pl_scanned *all;
	pl_auto_json *j = NULL;
	size_t count = 1, i = 0;
	const cJSON *item;
	int rc;

	if (pl_sbom_sniff(text) || !is_ours(text))
		return pl_report_parse_document(text, arena, out, n, err);
	rc = pl_json_parse(text, pl_limit(PL_LIM_SBOM_BYTES), &j, err);
	if (rc < 0)
		return rc;
	if (cJSON_IsArray(j))
		count = (size_t)cJSON_GetArraySize(j);
	if (count == 0)
		return pl_fail(err, PL_E_FORMAT, "a list without any report in it");
	if (count > pl_limit(PL_LIM_IMAGES))
		return pl_fail_limit(err, PL_LIM_IMAGES, "reports in the file");
	all = pl_arena_array(arena, struct pl_scanned, count + 1);
	if (!cJSON_IsArray(j))
		rc = one(&r, j, &all[i++], err);
	else
		cJSON_ArrayForEach(item, j) if (rc == 0) rc = one(&r, item, &all[i++], err);
	while (i > 0)
		pl_report_settle(&all[--i], arena);
	if (rc < 0) {
		pl_scanned_release(all, count);
		return rc;
	}
	*out = all;
	*n = count;
	return 0;
}

static int work(void *arg, struct pl_buf *out, struct pl_err *err)
{
	const int *fd = arg;
	struct pl_scanned *all = NULL;
	struct pl_arena arena;
	struct pl_buf text;
	size_t n = 0;
	int rc;

	pl_arena_init(&arena);
	pl_buf_init(&text, pl_limit(PL_LIM_SBOM_BYTES));
	rc = pl_read_fd(*fd, &text, err);
	if (rc == 0)
		rc = pl_report_parse(pl_buf_view(&text), &arena, &all, &n, err);
	if (rc == 0) {
		pl_report_pack(all, n, out);
		pl_scanned_release(all, n);
	}
	pl_buf_release(&text);
	pl_arena_release(&arena);
	return rc;
}

int pl_report_read(struct pl_str path, struct pl_arena *arena, struct pl_scanned **out, size_t *n,
		   struct pl_err *err)
{
	pl_auto_free char *name = pl_xstrdup(path);
	pl_auto_fd opened = -1;
	int fd = STDIN_FILENO, rc;
	pl_auto_buf answer;

	pl_buf_init(&answer, pl_limit(PL_LIM_SBOM_BYTES));
	if (strcmp(name, "-") != 0) {
		opened = open(name, O_RDONLY | O_CLOEXEC);
		fd = opened;
		if (fd < 0)
			return pl_fail_errno(err, "%s", name);
	}
	rc = pl_sandbox_call(&(struct pl_worker_spec){.name = "report reader",
						      .run = work,
						      .arg = &fd,
						      .keep = &fd,
						      .keep_len = 1},
			     &answer, err);
	if (rc == 0)
		rc = pl_report_unpack(pl_buf_view(&answer), arena, out, n, err);
	return rc < 0 ? pl_wrap(err, "%s", name) : 0;
}
