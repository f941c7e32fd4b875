/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flatpak applications: the AppStream description that each exports (freedesktop.org AppStream
 * specification, 2.1 "Component Metadata"). Releases stand newest first; the version is that of the
 * newest which is not a development release.
 */
#include "catalog/cataloger.h"

static struct pl_str newest_release(const struct pl_xml *root)
{
	const struct pl_xml *one = pl_xml_get(pl_xml_get(root, "releases"), "release");

	for (; one; one = pl_xml_more(one)) {
		struct pl_str version = pl_xml_attr(one, "version");

		if (version.len && !pl_str_eq_c(pl_xml_attr(one, "type"), "development"))
			return version;
	}
	return (struct pl_str){0};
}

static void report(struct pl_facts_writer *w, const struct pl_xml *root)
{
	struct pl_pkg_fact p = {.type = PL_PKG_FLATPAK,
				.name = pl_xml_str(root, "id"),
				.version = newest_release(root),
				.licenses = pl_xml_str(root, "project_license"),
				.vendor = pl_xml_str(root, "developer_name"),
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
	const struct pl_xml *root = NULL;
	pl_auto_arena arena;
	int rc;

	pl_arena_init(&arena);
	rc = pl_xml_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &arena, &root, err);
	if (rc < 0)
		return rc;
	if (!pl_str_eq_c(root->name, "component") && !pl_str_eq_c(root->name, "application"))
		return pl_fail(err, PL_E_FORMAT, "not AppStream metadata");
	report(w, root);
	return 0;
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
