/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of packages that vendors leave in their images as JSON: Container-Optimized OS,
 * Bottlerocket, Bitnami.
 */
#include "catalog/cataloger.h"

static int parse(const struct pl_cat_file *f, cJSON **doc, struct pl_err *err)
{
	return pl_json_parse(f->bytes, pl_limit(PL_LIM_JSON_BYTES), doc, err);
}

static void no_name(struct pl_facts_writer *w, const char *code, size_t n)
{
	if (n)
		pl_fact_diag(w, PL_W_FAILED, code, "%zu entries name no package", n);
}

static void no_list(struct pl_facts_writer *w, const char *code, const char *name)
{
	pl_fact_diag(w, PL_W_FAILED, code, "no list \"%s\"", name);
}

/* --- Container-Optimized OS: built of Gentoo's ebuilds; its `version` is that of the image ---- */

static bool cos_package(struct pl_facts_writer *w, const cJSON *item)
{
	struct pl_str category = pl_json_str(item, "category"), name = pl_json_str(item, "name");
	struct pl_pkg_fact p = {
		.type = PL_PKG_PORTAGE,
		.version = pl_json_str(item, "ebuild_version"),
		.how = PL_STR("cos-package-info ebuild_version"),
	};
	pl_auto_buf full = {0};

	if (!name.len)
		return false;
	if (!p.version.len) {
		p.version = pl_json_str(item, "version");
		p.how = PL_STR("cos-package-info version");
	}
	pl_buf_init(&full, category.len + name.len + 2);
	pl_buf_str(&full, category);
	if (category.len)
		pl_buf_ch(&full, '/');
	pl_buf_str(&full, name);
	p.name = pl_buf_view(&full);
	pl_fact_package(w, &p);
	return true;
}

/* buildTimePackages are not in the image. */
static int read_cos(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *doc = NULL;
	const cJSON *list, *item;
	size_t nameless = 0;
	int rc = parse(f, &doc, err);

	if (rc < 0)
		return rc;
	list = pl_json_get(doc, "installedPackages");
	if (!cJSON_IsArray(list))
		no_list(w, "cos-malformed", "installedPackages");
	cJSON_ArrayForEach(item, list)
	{
		nameless += !cos_package(w, item);
	}
	no_name(w, "cos-malformed", nameless);
	return 0;
}

static const char *const cos_globs[] = {"etc/cos-package-info.json", NULL};

const struct pl_cataloger pl_cataloger_cos = {
	.name = "cos",
	.what = "Container-Optimized OS: its list of packages",
	.globs = cos_globs,
	.rooted = true,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_JSON_BYTES,
	.read = read_cos,
};

/* --- Bottlerocket: rpm packages without a database ---------------------------------------------
 */

static bool bottlerocket_package(struct pl_facts_writer *w, const cJSON *item)
{
	struct pl_str version = pl_json_str(item, "Version"),
		      release = pl_json_str(item, "Release");
	struct pl_str epoch = pl_json_str(item, "Epoch");
	struct pl_pkg_fact p = {
		.type = PL_PKG_RPM,
		.name = pl_json_str(item, "Name"),
		.arch = pl_json_str(item, "Architecture"),
		.vendor = pl_json_str(item, "Publisher"),
		.how = PL_STR("application inventory"),
	};
	pl_auto_buf full = {0};

	if (!p.name.len)
		return false;
	pl_buf_init(&full, version.len + release.len + epoch.len + 3);
	if (epoch.len && !pl_str_eq_c(epoch, "0"))
		pl_buf_fmt(&full, "%.*s:", PL_FMT(epoch));
	pl_buf_str(&full, version);
	if (version.len && release.len)
		pl_buf_fmt(&full, "-%.*s", PL_FMT(release));
	p.version = version.len ? pl_buf_view(&full) : version;
	pl_fact_package(w, &p);
	return true;
}

static int read_bottlerocket(struct pl_facts_writer *w, const struct pl_cat_file *f,
			     struct pl_err *err)
{
	pl_auto_json *doc = NULL;
	const cJSON *list, *item;
	size_t nameless = 0;
	int rc = parse(f, &doc, err);

	if (rc < 0)
		return rc;
	list = pl_json_get(doc, "Content");
	if (!cJSON_IsArray(list))
		no_list(w, "bottlerocket-malformed", "Content");
	cJSON_ArrayForEach(item, list)
	{
		nameless += !bottlerocket_package(w, item);
	}
	no_name(w, "bottlerocket-malformed", nameless);
	return 0;
}

static const char *const bottlerocket_globs[] = {
	"usr/share/bottlerocket/application-inventory.json", NULL};

const struct pl_cataloger pl_cataloger_bottlerocket = {
	.name = "bottlerocket",
	.what = "Bottlerocket packages: the application inventory",
	.globs = bottlerocket_globs,
	.rooted = true,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_JSON_BYTES,
	.read = read_bottlerocket,
};

/* --- Bitnami: {"redis": {"version": "7.2.4-0", "arch": …, "type": "NAMI"}} ---------------------
 */

static int read_bitnami(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *doc = NULL;
	const cJSON *item;
	int rc = parse(f, &doc, err);

	if (rc < 0)
		return rc;
	if (!cJSON_IsObject(doc))
		return pl_fail(err, PL_E_FORMAT, "not an object of components");
	cJSON_ArrayForEach(item, doc)
	{
		struct pl_pkg_fact p = {
			.type = PL_PKG_BITNAMI,
			.name = pl_str_c(item->string),
			.version = pl_json_str(item, "version"),
			.arch = pl_json_str(item, "arch"),
			.how = PL_STR("Bitnami component list"),
		};

		if (!p.name.len || !cJSON_IsObject(item))
			pl_fact_diag(w, PL_W_WARN, "bitnami-malformed", "\"%.*s\" is no component",
				     PL_FMT(p.name));
		else
			pl_fact_package(w, &p);
	}
	return 0;
}

static const char *const bitnami_globs[] = {"**/.bitnami_components.json", NULL};

const struct pl_cataloger pl_cataloger_bitnami = {
	.name = "bitnami",
	.what = "Bitnami components: .bitnami_components.json",
	.globs = bitnami_globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_JSON_BYTES,
	.read = read_bitnami,
};
