/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pom.xml of a source tree (POM reference 4.0.0): what it needs, with the versions that the same
 * file gives: written out, by property, or by its dependencyManagement. A version that the parent's
 * dependencyManagement gives is joined when the parent's file is in the tree too: the parent adds
 * it under a key made of its coordinates and the package's name. Nothing is fetched.
 */
#include "catalog/java_pom.h"
#include "catalog/lock.h"

struct pom {
	struct pl_pom file;
	struct pl_lock lock;
	struct pl_map managed; /* "group:artifact": index of versions */
	PL_VEC(struct pl_str) versions;
	struct pl_str parent; /* "group:artifact:version" or empty */
};

static struct pl_str name_of(struct pom *p, const struct pl_xml *d)
{
	struct pl_str group = pl_pom_filled(&p->file, pl_xml_str(d, "groupId"));
	struct pl_str artifact = pl_pom_filled(&p->file, pl_xml_str(d, "artifactId"));

	if (pl_str_empty(group) || pl_str_empty(artifact))
		return PL_STR("");
	return pl_arena_fmt(&p->lock.arena, "%.*s:%.*s", PL_FMT(group), PL_FMT(artifact));
}

static struct pl_str version_of(struct pom *p, const struct pl_xml *d)
{
	return pl_pom_exact(pl_pom_filled(&p->file, pl_xml_str(d, "version")));
}

static const struct pl_xml *managed_of(const struct pl_xml *where)
{
	return pl_xml_get(pl_xml_get(pl_xml_get(where, "dependencyManagement"), "dependencies"),
			  "dependency");
}

/* What this file manages, for itself and for the files that have it as parent. */
static void manage(struct pom *p, struct pl_str self)
{
	for (const struct pl_xml *d = managed_of(p->file.project); d; d = pl_xml_more(d)) {
		struct pl_str name = name_of(p, d), version = version_of(p, d);
		struct pl_pkg_fact more = {.type = PL_PKG_MAVEN, .version = version, .adds = true};

		if (pl_str_empty(name) || pl_str_empty(version))
			continue;
		pl_map_put(&p->managed, name, (uint32_t)p->versions.len);
		pl_vec_push(&p->versions, version);
		more.how = PL_STR("dependencyManagement of the parent");
		more.name = name;
		more.key = pl_arena_fmt(&p->lock.arena, "%.*s|%.*s", PL_FMT(self), PL_FMT(name));
		pl_fact_package(p->lock.w, &more);
	}
}

static void add(struct pom *p, const struct pl_xml *d)
{
	struct pl_str name = name_of(p, d), version = version_of(p, d);
	bool test = pl_str_eq_c(pl_xml_str(d, "scope"), "test");
	uint32_t at = pl_map_get(&p->managed, name);
	struct pl_lock_item *item;

	if (pl_str_empty(version) && at != PL_MAP_NONE)
		version = p->versions.at[at];
	item = pl_lock_item(&p->lock, pl_lock_add(&p->lock, name, version, test));
	if (item && pl_str_empty(version) && !pl_str_empty(p->parent))
		item->key =
			pl_arena_fmt(&p->lock.arena, "%.*s|%.*s", PL_FMT(p->parent), PL_FMT(name));
}

static void add_all(struct pom *p, const struct pl_xml *where)
{
	const struct pl_xml *d = pl_xml_get(pl_xml_get(where, "dependencies"), "dependency");

	for (; d; d = pl_xml_more(d))
		add(p, d);
}

static struct pl_str coordinates(struct pom *p, struct pl_str group, struct pl_str artifact,
				 struct pl_str version)
{
	return pl_arena_fmt(&p->lock.arena, "%.*s:%.*s:%.*s", PL_FMT(group), PL_FMT(artifact),
			    PL_FMT(version));
}

static void tell(struct pom *p)
{
	const struct pl_pom *f = &p->file;
	const struct pl_xml *profile = pl_xml_get(pl_xml_get(f->project, "profiles"), "profile");

	if (f->parent)
		p->parent = coordinates(p, pl_xml_str(f->parent, "groupId"),
					pl_xml_str(f->parent, "artifactId"),
					pl_xml_str(f->parent, "version"));
	manage(p, coordinates(p, pl_pom_own(f, "groupId"), pl_xml_str(f->project, "artifactId"),
			      pl_pom_own(f, "version")));
	add_all(p, f->project);
	for (; profile; profile = pl_xml_more(profile))
		add_all(p, profile);
	pl_lock_end(&p->lock);
}

/* Properties are looked up one by one, so a file made of them would cost the square of its length;
 * the largest bill of materials has some 4,000 parts. */
enum { PARTS_MAX = 10000 };

static size_t children(const struct pl_xml *e)
{
	size_t n = 0;

	for (e = e ? e->child : NULL; e; e = e->next)
		n++;
	return n;
}

static bool is_too_large(const struct pl_pom *f)
{
	const struct pl_xml *managed = pl_xml_get(f->project, "dependencyManagement");
	const struct pl_xml *profile = pl_xml_get(pl_xml_get(f->project, "profiles"), "profile");
	size_t n = children(f->project) + children(f->properties) + children(f->parent);

	n += children(pl_xml_get(f->project, "dependencies"));
	n += children(pl_xml_get(managed, "dependencies"));
	for (; profile; profile = pl_xml_more(profile))
		n += children(pl_xml_get(profile, "dependencies"));
	return n > PARTS_MAX;
}

static int read_pom(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pom p = {0};
	pl_auto_arena arena;
	int rc;

	pl_arena_init(&arena);
	if (pl_str_find(f->path, PL_STR("META-INF/maven/")) >= 0)
		return 0; /* of an archive that was unpacked: `java` */
	rc = pl_xml_parse(f->bytes, pl_limit(PL_LIM_META_FILE_BYTES), &arena, &p.file.project, err);
	if (rc < 0)
		return rc;
	if (!pl_str_eq_c(p.file.project->name, "project"))
		return pl_fail(err, PL_E_FORMAT, "not a project");
	p.file.arena = &arena;
	p.file.parent = pl_xml_get(p.file.project, "parent");
	p.file.properties = pl_xml_get(p.file.project, "properties");
	if (is_too_large(&p.file))
		return pl_fail(err, PL_E_LIMIT, "more than %d properties and dependencies",
			       PARTS_MAX);
	pl_lock_init(&p.lock, w, PL_PKG_MAVEN, PL_STR("pom.xml"));
	pl_map_init(&p.managed);
	tell(&p);
	pl_map_release(&p.managed);
	pl_vec_release(&p.versions);
	pl_lock_release(&p.lock);
	return 0;
}

static const char *const globs[] = {"**/pom.xml", NULL};
const struct pl_cataloger pl_cataloger_pom = {
	.name = "pom",
	.what = "Maven: pom.xml of a source tree",
	.globs = globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_pom,
};
