/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flatpak applications: the AppStream description that each exports (freedesktop.org AppStream
 * specification, 2.1 "Component Metadata"). Releases stand newest first; the version is that of the
 * newest which is not a development release.
 */
#include "catalog/deps.h"
#include "catalog/xml.h"
#include "catalog/cataloger.h"

struct reader {
	struct pl_arena arena;
	struct pl_str id, version, license, developer;
	bool component;
};

static void keep(struct reader *r, struct pl_str *member, struct pl_str value)
{
	if (!member->len && value.len)
		*member = pl_arena_str(&r->arena, value);
}

static void on_begin(void *arg, unsigned depth, struct pl_str name, const char **attributes)
{
	struct reader *r = arg;

	if (depth == 0)
		r->component = pl_str_eq_c(name, "component") || pl_str_eq_c(name, "application");
	if (depth == 2 && pl_str_eq_c(name, "release") &&
	    !pl_str_eq_c(pl_xml_attribute(attributes, "type"), "development"))
		keep(r, &r->version, pl_xml_attribute(attributes, "version"));
}

static void on_end(void *arg, unsigned depth, struct pl_str name, struct pl_str text)
{
	struct reader *r = arg;

	if (depth != 1)
		return;
	if (pl_str_eq_c(name, "id"))
		keep(r, &r->id, text);
	else if (pl_str_eq_c(name, "project_license"))
		keep(r, &r->license, text);
	else if (pl_str_eq_c(name, "developer_name"))
		keep(r, &r->developer, text);
}

static void report(struct pl_facts_writer *w, const struct reader *r)
{
	struct pl_pkg_fact p = {.type = PL_PKG_FLATPAK,
				.name = r->id,
				.version = r->version,
				.licenses = r->license,
				.vendor = r->developer,
				.how = PL_STR("newest release of the AppStream metadata")};

	/* older ids end in the name of the menu entry */
	if (pl_str_ends(p.name, PL_STR(".desktop")))
		p.name.len -= 8;
	if (p.name.len)
		pl_fact_package(w, &p);
	else
		pl_fact_diag(w, PL_W_FAILED, "flatpak-malformed",
			     "the metadata names no component");
}

static int read_metainfo(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	static const struct pl_xml_fn fn = {on_begin, on_end};
	struct reader r = {0};
	int rc;

	pl_arena_init(&r.arena);
	rc = pl_xml_read(f->bytes, &fn, &r, err);
	if (rc == 0 && !r.component)
		rc = pl_fail(err, PL_E_FORMAT, "not AppStream metadata");
	if (rc == 0)
		report(w, &r);
	pl_arena_release(&r.arena);
	return rc;
}

#define IN "**/flatpak/app/**/export/share/"
static const char *const globs[] = {IN "metainfo/*.xml", IN "appdata/*.xml", NULL};

const struct pl_cataloger pl_cataloger_flatpak = {
	.name = "flatpak",
	.what = "Flatpak applications: their AppStream metadata",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_metainfo,
};
