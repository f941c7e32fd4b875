/* SPDX-License-Identifier: Apache-2.0 */
/*
 * go.mod and vendor/modules.txt (Go Modules Reference). Since go 1.17 a go.mod names every module
 * of the build; an older one leaves those needed indirectly to go.sum, which also names modules
 * that are not part of the build, and is not read: that is told.
 */
#include "catalog/lock.h"

struct replace {
	struct pl_str version; /* of the left side; empty: all */
	struct pl_str name, with;
};
struct mod {
	struct pl_lock lock;
	PL_VEC(struct pl_str) names, versions; /* of require */
	PL_VEC(struct replace) replaces;
	struct pl_map replaced; /* "name" or "name version": index of replaces */
	struct pl_str go;
};

static struct pl_str word(struct pl_str *rest)
{
	struct pl_str w = {0};

	if (!pl_lock_word(rest, &w))
		return PL_STR("");
	if (w.len >= 2 && (w.ptr[0] == '"' || w.ptr[0] == '`') && w.ptr[w.len - 1] == w.ptr[0])
		return pl_str_sub(w, 1, w.len - 2);
	return w;
}

static struct pl_str pair(struct mod *m, struct pl_str name, struct pl_str version)
{
	if (pl_str_empty(version))
		return name;
	return pl_arena_fmt(&m->lock.arena, "%.*s %.*s", PL_FMT(name), PL_FMT(version));
}

/* `name [version] => name [version]`; a directory has no version. */
static void add_replace(struct mod *m, struct pl_str rest)
{
	struct pl_str name = word(&rest), version = word(&rest);
	struct replace r;

	if (pl_str_eq_c(version, "=>"))
		version = PL_STR("");
	else if (!pl_str_eq_c(word(&rest), "=>"))
		return;
	r.version = version;
	r.name = word(&rest);
	r.with = word(&rest);
	if (pl_str_empty(r.with))
		r.name = name;
	pl_map_put(&m->replaced, pair(m, name, version), (uint32_t)m->replaces.len);
	pl_vec_push(&m->replaces, r);
}

static void directive(struct mod *m, struct pl_str verb, struct pl_str rest)
{
	if (pl_str_eq_c(verb, "require")) {
		pl_vec_push(&m->names, word(&rest));
		pl_vec_push(&m->versions, word(&rest));
	} else if (pl_str_eq_c(verb, "replace")) {
		add_replace(m, rest);
	} else if (pl_str_eq_c(verb, "go")) {
		m->go = word(&rest);
	}
}

static void read_lines(struct mod *m, struct pl_str text)
{
	struct pl_str line, block = {0};

	while (pl_str_line(&text, &line)) {
		ptrdiff_t comment = pl_str_find(line, PL_STR("//"));
		struct pl_str rest, verb = {0};

		/* an address inside quotes is not seen: module paths have no "//" */
		rest = pl_str_trim(comment < 0 ? line : pl_str_sub(line, 0, (size_t)comment));
		if (pl_str_empty(rest))
			continue;
		if (block.len && rest.ptr[0] == ')') {
			block.len = 0;
		} else if (block.len) {
			directive(m, block, rest);
		} else if (pl_lock_word(&rest, &verb)) {
			rest = pl_str_trim(rest);
			if (pl_str_eq_c(rest, "("))
				block = verb;
			else
				directive(m, verb, rest);
		}
	}
}

static void tell(struct mod *m)
{
	for (size_t i = 0; i < m->names.len; i++) {
		struct pl_str name = m->names.at[i], version = m->versions.at[i];
		uint32_t at = pl_map_get(&m->replaced, pair(m, name, version));

		if (at == PL_MAP_NONE)
			at = pl_map_get(&m->replaced, name);
		if (at != PL_MAP_NONE) {
			name = m->replaces.at[at].name;
			version = m->replaces.at[at].with;
		}
		pl_lock_add(&m->lock, name, version, false);
	}
	pl_lock_end(&m->lock);
}

/* "1.16" and none are before 1.17, "1.21.0" is not. */
static bool names_all(struct pl_str go)
{
	struct pl_str major = {0}, minor = {0};
	uint64_t a = 0, b = 0;

	pl_str_split(&go, '.', &major);
	pl_str_split(&go, '.', &minor);
	minor = pl_lock_before(pl_lock_before(minor, 'r'), 'b');
	return pl_str_u64(major, &a) && (a > 1 || (pl_str_u64(minor, &b) && b >= 17));
}

static int read_mod(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct mod m = {0};

	(void)err;
	if (pl_str_starts(f->path, PL_STR("vendor/")) ||
	    pl_str_find(f->path, PL_STR("/vendor/")) >= 0)
		return 0;
	pl_lock_init(&m.lock, w, PL_PKG_GOLANG, PL_STR("go.mod"));
	pl_map_init(&m.replaced);
	read_lines(&m, f->bytes);
	tell(&m);
	if (m.names.len && !names_all(m.go))
		pl_fact_diag(w, PL_W_WARN, "go-indirect",
			     "before go 1.17 modules needed indirectly stand in go.sum only, "
			     "which is not read");
	pl_map_release(&m.replaced);
	pl_vec_release(&m.names);
	pl_vec_release(&m.versions);
	pl_vec_release(&m.replaces);
	pl_lock_release(&m.lock);
	return 0;
}

static const char *const mod_globs[] = {"**/go.mod", NULL};
const struct pl_cataloger pl_cataloger_go_mod = {
	.name = "go_mod",
	.what = "Go: go.mod",
	.globs = mod_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_mod,
};

/* "# path version [=> path [version]]", lines of "## …", then the packages that were copied; a
 * module without packages is not part of the build. */
static int read_vendor(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str text = f->bytes, line, name = {0}, version = {0};
	pl_auto_lock l;

	(void)err;
	pl_lock_init(&l, w, PL_PKG_GOLANG, PL_STR("vendor/modules.txt"));
	while (pl_str_line(&text, &line)) {
		struct pl_str rest = line, first = word(&rest);

		if (pl_str_empty(first) || pl_str_eq_c(first, "##"))
			continue;
		if (!pl_str_eq_c(first, "#")) {
			if (!pl_str_empty(name))
				pl_lock_add(&l, name, version, false);
			continue;
		}
		name = word(&rest);
		version = word(&rest);
		if (pl_str_eq_c(version, "=>")) {
			name = PL_STR(""); /* a replacement that is told again at the end */
		} else if (pl_str_eq_c(word(&rest), "=>")) {
			struct pl_str with = word(&rest);

			version = word(&rest);
			name = pl_str_empty(version) ? name : with;
		}
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const vendor_globs[] = {"**/vendor/modules.txt", NULL};
const struct pl_cataloger pl_cataloger_go_vendor = {
	.name = "go_vendor",
	.what = "Go: modules copied into vendor/",
	.globs = vendor_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_vendor,
};
