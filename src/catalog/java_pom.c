/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pom.xml as it lies in an archive: coordinates (or the parent's), licences, and the dependencies
 * that the archive needs when it runs (scopes compile and runtime, not optional). Properties of the
 * same file are filled in; what a parent on another machine says cannot be known, and a version
 * that needs it is left out.
 */
#include "catalog/java_pom.h"

struct pl_str pl_pom_own(const struct pl_pom *r, const char *name)
{
	struct pl_str own = pl_xml_str(r->project, name);

	return own.len ? own : pl_xml_str(r->parent, name);
}

static struct pl_str property(const struct pl_pom *r, struct pl_str name)
{
	for (const struct pl_xml *p = r->properties ? r->properties->child : NULL; p; p = p->next)
		if (pl_str_eq(p->name, name))
			return p->text;
	if (pl_str_starts(name, PL_STR("project.")))
		name = pl_str_sub(name, 8, name.len);
	else if (pl_str_starts(name, PL_STR("pom.")))
		name = pl_str_sub(name, 4, name.len);
	if (pl_str_eq_c(name, "version"))
		return pl_pom_own(r, "version");
	if (pl_str_eq_c(name, "groupId"))
		return pl_pom_own(r, "groupId");
	if (pl_str_eq_c(name, "artifactId"))
		return pl_xml_str(r->project, "artifactId");
	if (pl_str_eq_c(name, "parent.version"))
		return pl_xml_str(r->parent, "version");
	if (pl_str_eq_c(name, "parent.groupId"))
		return pl_xml_str(r->parent, "groupId");
	return (struct pl_str){0};
}

struct pl_str pl_pom_filled(const struct pl_pom *r, struct pl_str text)
{
	for (unsigned round = 0; round < 8; round++) {
		ptrdiff_t from = pl_str_find(text, PL_STR("${")), end;
		struct pl_str value, rest;

		if (from < 0)
			return text;
		rest = pl_str_sub(text, (size_t)from, text.len);
		end = pl_str_chr(rest, '}');
		if (end < 0 || text.len > 1024)
			break;
		value = property(r, pl_str_sub(rest, 2, (size_t)end - 2));
		if (!value.len)
			break;
		rest = pl_str_sub(rest, (size_t)end + 1, rest.len);
		text = pl_arena_fmt(r->arena, "%.*s%.*s%.*s", (int)from, text.ptr, PL_FMT(value),
				    PL_FMT(rest));
	}
	return (struct pl_str){0};
}

struct pl_str pl_pom_exact(struct pl_str v)
{
	if (v.len > 2 && v.ptr[0] == '[' && v.ptr[v.len - 1] == ']')
		v = pl_str_sub(v, 1, v.len - 2);
	for (size_t i = 0; i < v.len; i++)
		if (strchr("[](),", v.ptr[i]))
			return (struct pl_str){0};
	return v;
}

static bool is_needed(const struct pl_xml *dependency)
{
	struct pl_str scope = pl_xml_str(dependency, "scope");

	if (pl_str_eq_c(pl_xml_str(dependency, "optional"), "true"))
		return false;
	return !scope.len || pl_str_eq_c(scope, "compile") || pl_str_eq_c(scope, "runtime");
}

/* More would be a document made to cost time: the largest real one needs some hundreds. */
#define DEPENDS_MAX 5000

static struct pl_str depends(const struct pl_pom *r)
{
	const struct pl_xml *d = pl_xml_get(pl_xml_get(r->project, "dependencies"), "dependency");
	unsigned n = 0;
	pl_auto_buf b;

	pl_buf_init(&b, PL_MiB(1));
	for (; d && n < DEPENDS_MAX; d = pl_xml_more(d), n++) {
		struct pl_str group = pl_pom_filled(r, pl_xml_str(d, "groupId"));
		struct pl_str artifact = pl_pom_filled(r, pl_xml_str(d, "artifactId"));
		struct pl_str version = pl_pom_exact(pl_pom_filled(r, pl_xml_str(d, "version")));

		if (!group.len || !artifact.len || !is_needed(d))
			continue;
		pl_buf_fmt(&b, "%s%.*s:%.*s", b.len ? "\n" : "", PL_FMT(group), PL_FMT(artifact));
		if (version.len)
			pl_buf_fmt(&b, "\t%.*s", PL_FMT(version));
	}
	return b.failed ? (struct pl_str){0} : pl_arena_str(r->arena, pl_buf_view(&b));
}

static struct pl_str licenses(const struct pl_pom *r)
{
	const struct pl_xml *l = pl_xml_get(pl_xml_get(r->project, "licenses"), "license");
	pl_auto_buf b;

	pl_buf_init(&b, PL_KiB(16));
	for (; l; l = pl_xml_more(l)) {
		struct pl_str name = pl_xml_str(l, "name");

		if (name.len && pl_str_chr(name, '\n') < 0)
			pl_buf_fmt(&b, "%s%.*s", b.len ? "\n" : "", PL_FMT(name));
	}
	return b.failed ? (struct pl_str){0} : pl_arena_str(r->arena, pl_buf_view(&b));
}

bool pl_java_project_read(struct pl_str text, struct pl_arena *arena, struct java_project *out)
{
	struct pl_pom r = {.arena = arena};
	struct java_project p;

	if (pl_xml_parse(text, pl_limit(PL_LIM_META_FILE_BYTES), arena, &r.project, NULL) < 0 ||
	    !pl_str_eq_c(r.project->name, "project"))
		return false;
	r.parent = pl_xml_get(r.project, "parent");
	r.properties = pl_xml_get(r.project, "properties");
	p.group = pl_pom_filled(&r, pl_pom_own(&r, "groupId"));
	p.artifact = pl_pom_filled(&r, pl_xml_str(r.project, "artifactId"));
	p.version = pl_pom_filled(&r, pl_pom_own(&r, "version"));
	p.depends = depends(&r);
	p.licenses = licenses(&r);
	if (!p.artifact.len)
		return false;
	*out = p;
	return true;
}
