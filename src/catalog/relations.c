/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Needs to packages. Each package stands under a few keys, from the nearest to the widest: the file
 * that tells it (lock files, build information), the place it is installed in, the whole system.
 * A need asks them in that order. npm has rules of its own: the directories upwards.
 */
#include "catalog/relations.h"

enum {
	CANDIDATES = 16, /* of one key that are looked at; more would be a list made to cost time */
	LEVELS = 64,	 /* directories upwards; npm nests less than 10 deep */
	WORK = 20000000, /* look-ups in all: some seconds */
};

struct entry { /* of the chain of one key */
	uint32_t pkg, next;
};
struct finder {
	const struct pl_relations *r;
	struct pl_arena scratch;
	struct pl_map heads; /* key to its first entry */
	PL_VEC(struct entry) entries;
	PL_VEC(uint32_t) tails; /* by entry that heads a chain: its last */
	PL_VEC(uint32_t) found; /* of the package that is looked at */
	struct pl_buf key;
	uint64_t work;
	size_t asked, missing, lacking; /* needs, unanswered ones, packages with such */
};

/* --- keys ----------------------------------------------------------------------------------- */

/* PEP 503: "Foo._Bar" is foo-bar */
static void add_name(struct pl_buf *b, enum pl_pkg_type type, struct pl_str name)
{
	bool dash = false;

	if (type != PL_PKG_PYPI) {
		pl_buf_str(b, name);
		return;
	}
	for (size_t i = 0; i < name.len; i++) {
		bool mark = strchr("-_.", name.ptr[i]) && name.ptr[i];

		if (!mark)
			pl_buf_ch(b, pl_lower(name.ptr[i]));
		else if (!dash)
			pl_buf_ch(b, '-');
		dash = mark;
	}
}

/* NUL ends no member of a key, so members cannot run into each other. */
static struct pl_str key_of(struct finder *f, enum pl_pkg_type type, char scope,
			    struct pl_str where, struct pl_str name, struct pl_str version)
{
	pl_buf_reset(&f->key);
	pl_buf_fmt(&f->key, "%u%c", type, scope);
	pl_buf_str(&f->key, where);
	pl_buf_ch(&f->key, '\0');
	add_name(&f->key, type, name);
	pl_buf_ch(&f->key, '\0');
	pl_buf_str(&f->key, version);
	return pl_buf_view(&f->key);
}

static void put(struct finder *f, struct pl_str key, uint32_t pkg)
{
	uint32_t head = pl_map_get(&f->heads, key), at = (uint32_t)f->entries.len;

	pl_vec_push(&f->entries, (struct entry){pkg, PL_MAP_NONE});
	pl_vec_push(&f->tails, at);
	if (head == PL_MAP_NONE) {
		pl_map_put(&f->heads, pl_arena_str(&f->scratch, key), at);
		return;
	}
	f->entries.at[f->tails.at[head]].next = at;
	f->tails.at[head] = at;
}

static struct pl_str path_of(const struct pl_pkg *p)
{
	return p->locations.len ? p->locations.at[0].path : PL_STR("");
}

/* Where its neighbours are: the directory of site-packages, the archive around a jar. */
static struct pl_str place_of(const struct pl_pkg *p)
{
	struct pl_str path = path_of(p);
	ptrdiff_t inner = pl_str_find(path, PL_STR("!/"));

	if (inner >= 0)
		return pl_str_sub(path, 0, (size_t)inner);
	if (p->type == PL_PKG_NPM)
		return pl_path_dir(path);
	if (p->type == PL_PKG_MAVEN)
		return pl_path_dir(path);
	return pl_path_dir(pl_path_dir(path));
}

static void index_provides(struct finder *f, uint32_t i)
{
	const struct pl_pkg *p = &f->r->inv->packages.at[i];
	struct pl_str rest = p->provides, line;

	while (rest.len && pl_str_split(&rest, '\n', &line))
		if (line.len && f->work++ < WORK)
			put(f, key_of(f, p->type, 'v', p->root, line, PL_STR("")), i);
}

static void index_package(struct finder *f, uint32_t i)
{
	const struct pl_pkg *p = &f->r->inv->packages.at[i];
	struct pl_str path = path_of(p), place = place_of(p), none = PL_STR("");

	if (p->removed_in != UINT32_MAX)
		return;
	if (pl_pkg_type_is_os(p->type)) {
		put(f, key_of(f, p->type, 'r', p->root, p->name, none), i);
		index_provides(f, i);
		return;
	}
	put(f, key_of(f, p->type, 'f', path, p->name, p->version), i);
	put(f, key_of(f, p->type, 'f', path, p->name, none), i);
	if (p->type == PL_PKG_NPM) {
		put(f, key_of(f, p->type, 'd', place, none, none), i);
		return;
	}
	put(f, key_of(f, p->type, 'd', place, p->name, none), i);
	put(f, key_of(f, p->type, 's', none, p->name, p->version), i);
	put(f, key_of(f, p->type, 's', none, p->name, none), i);
}

/* --- answers -------------------------------------------------------------------------------- */

/* Of a chain the first that is not the package itself; of its own architecture, or of all, before
 * others (Debian's multiarch, 32-bit libraries of rpm systems). */
static uint32_t choose(struct finder *f, struct pl_str key, uint32_t self)
{
	const struct pl_pkg *all = f->r->inv->packages.at;
	uint32_t at = pl_map_get(&f->heads, key), any = PL_NO_PKG;

	f->work++;
	for (unsigned n = 0; at != PL_MAP_NONE && n < CANDIDATES;
	     n++, at = f->entries.at[at].next) {
		uint32_t k = f->entries.at[at].pkg;
		struct pl_str arch = all[k].arch;

		if (k == self)
			continue;
		if (!arch.len || pl_str_eq(arch, all[self].arch) || pl_str_eq_c(arch, "all") ||
		    pl_str_eq_c(arch, "noarch"))
			return k;
		any = any == PL_NO_PKG ? k : any;
	}
	return any;
}

static bool is_self(struct finder *f, uint32_t self, char scope, struct pl_str name)
{
	const struct pl_pkg *p = &f->r->inv->packages.at[self];
	uint32_t at = pl_map_get(&f->heads, key_of(f, p->type, scope, p->root, name, PL_STR("")));

	for (unsigned n = 0; at != PL_MAP_NONE && n < CANDIDATES; n++, at = f->entries.at[at].next)
		if (f->entries.at[at].pkg == self)
			return true;
	return false;
}

/* False: nothing in the image answers. An answer that is the package itself is none to keep. */
static bool answer_os(struct finder *f, uint32_t self, struct pl_str name)
{
	const struct pl_pkg *p = &f->r->inv->packages.at[self];
	uint32_t k;

	if (is_self(f, self, 'r', name) || is_self(f, self, 'v', name))
		return true;
	k = choose(f, key_of(f, p->type, 'r', p->root, name, PL_STR("")), self);
	if (k == PL_NO_PKG)
		k = choose(f, key_of(f, p->type, 'v', p->root, name, PL_STR("")), self);
	if (k == PL_NO_PKG && pl_str_starts(name, PL_STR("/"))) {
		if (!f->r->owner_of || p->root.len)
			return true; /* a file: whose it is cannot be asked */
		k = f->r->owner_of(f->r->arg, pl_str_sub(name, 1, name.len));
	}
	if (k == PL_NO_PKG)
		return false;
	if (k != self)
		pl_vec_push(&f->found, k);
	return true;
}

/* node_modules/NAME of a directory, links followed (pnpm has nothing but links). */
static uint32_t node_at(struct finder *f, struct pl_str dir, const char *between,
			struct pl_str name, uint32_t self)
{
	const struct pl_node *node;
	uint32_t k;
	pl_auto_buf path;

	pl_buf_init(&path, 65536);
	pl_buf_str(&path, dir);
	pl_buf_c(&path, dir.len ? between : between + 1);
	pl_buf_str(&path, name);
	k = choose(f, key_of(f, PL_PKG_NPM, 'd', pl_buf_view(&path), PL_STR(""), PL_STR("")), self);
	if (k != PL_NO_PKG || !f->r->inv->tree || path.failed)
		return k;
	node = pl_tree_find(f->r->inv->tree, pl_buf_view(&path), true);
	if (!node || node->type != PL_FT_DIR || pl_str_eq(node->path, pl_buf_view(&path)))
		return PL_NO_PKG;
	return choose(f, key_of(f, PL_PKG_NPM, 'd', node->path, PL_STR(""), PL_STR("")), self);
}

/* Node's own order (nodejs.org/api/modules.html, "Loading from node_modules folders"): upwards; and
 * beside it, where a distribution has all its modules in one directory. */
static bool answer_npm(struct finder *f, uint32_t self, struct pl_str name)
{
	const struct pl_pkg *p = &f->r->inv->packages.at[self];
	struct pl_str own = place_of(p), dir = own, beside = pl_path_dir(own);
	uint32_t k = PL_NO_PKG;

	for (unsigned n = 0; n < LEVELS && k == PL_NO_PKG && f->work < WORK; n++) {
		if (!pl_str_eq_c(pl_path_base(dir), "node_modules"))
			k = node_at(f, dir, "/node_modules/", name, self);
		if (!dir.len)
			break;
		dir = pl_path_dir(dir);
	}
	if (pl_str_starts(p->name, PL_STR("@")))
		beside = pl_path_dir(beside);
	if (k == PL_NO_PKG)
		k = node_at(f, beside, "/", name, self);
	if (k == PL_NO_PKG)
		return false;
	pl_vec_push(&f->found, k);
	return true;
}

static bool answer_other(struct finder *f, uint32_t self, struct pl_str name, struct pl_str version)
{
	const struct pl_pkg *p = &f->r->inv->packages.at[self];
	struct pl_str path = path_of(p), none = PL_STR("");
	uint32_t k = PL_NO_PKG;

	if (version.len)
		k = choose(f, key_of(f, p->type, 'f', path, name, version), self);
	if (k == PL_NO_PKG)
		k = choose(f, key_of(f, p->type, 'f', path, name, none), self);
	/* a lock file and a binary tell all they are made of */
	if (k == PL_NO_PKG &&
	    (p->evidence == PL_EV_LOCK_FILE || p->type == PL_PKG_GOLANG || p->type == PL_PKG_CARGO))
		return false;
	if (k == PL_NO_PKG && p->type == PL_PKG_NPM)
		return answer_npm(f, self, name);
	if (k == PL_NO_PKG) /* in the archive that it is itself */
		k = choose(f, key_of(f, p->type, 'd', path, name, none), self);
	if (k == PL_NO_PKG)
		k = choose(f, key_of(f, p->type, 'd', place_of(p), name, none), self);
	if (k == PL_NO_PKG && version.len)
		k = choose(f, key_of(f, p->type, 's', none, name, version), self);
	if (k == PL_NO_PKG)
		k = choose(f, key_of(f, p->type, 's', none, name, none), self);
	if (k == PL_NO_PKG)
		return false;
	pl_vec_push(&f->found, k);
	return true;
}

/* One line of needs: "a|b" is answered by the first that is there. */
static bool answer(struct finder *f, uint32_t self, struct pl_str need)
{
	const struct pl_pkg *p = &f->r->inv->packages.at[self];
	struct pl_str rest = need, name, version = {0};
	ptrdiff_t tab = pl_str_chr(need, '\t');

	if (tab >= 0) {
		version = pl_str_sub(need, (size_t)tab + 1, need.len);
		rest = pl_str_sub(need, 0, (size_t)tab);
	}
	if (!pl_pkg_type_is_os(p->type))
		return answer_other(f, self, rest, version);
	while (pl_str_split(&rest, '|', &name))
		if (pl_str_trim(name).len && answer_os(f, self, pl_str_trim(name)))
			return true;
	return false;
}

/* --- all of them ---------------------------------------------------------------------------- */

static int number_order(const void *pa, const void *pb)
{
	uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

	return (a > b) - (a < b);
}

static size_t sorted_once(uint32_t *at, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(at, n, sizeof(*at), number_order);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || at[kept - 1] != at[i])
			at[kept++] = at[i];
	return kept;
}

static void needs_of(struct finder *f, uint32_t i)
{
	struct pl_pkg *p = &f->r->inv->packages.at[i];
	struct pl_str rest = p->needs, line;
	size_t missing = 0;

	f->found.len = 0;
	while (rest.len && f->work < WORK && pl_str_split(&rest, '\n', &line)) {
		if (!line.len)
			continue;
		f->asked++;
		missing += !answer(f, i, line);
	}
	f->missing += missing;
	f->lacking += missing > 0;
	if (!f->found.len)
		return;
	p->depends.len = p->depends.cap = sorted_once(f->found.at, f->found.len);
	p->depends.at = pl_arena_array(f->r->inv->arena, uint32_t, p->depends.len);
	memcpy(p->depends.at, f->found.at, p->depends.len * sizeof(uint32_t));
}

static void tell(const struct finder *f)
{
	if (f->work >= WORK)
		pl_diag_fmt(f->r->diags, PL_W_WARN, "relations-cut", PL_STR(""),
			    "what packages need of each other is not told of all: it would take "
			    "more than %d look-ups",
			    WORK);
	if (f->missing)
		pl_diag_fmt(f->r->diags, PL_W_NOTE, "needs-unanswered", PL_STR(""),
			    "%zu of %zu things that packages say they need are not in the image "
			    "(of %zu package%s)",
			    f->missing, f->asked, f->lacking, f->lacking == 1 ? "" : "s");
}

void pl_relations_find(const struct pl_relations *r)
{
	struct finder f = {.r = r};

	pl_arena_init(&f.scratch);
	pl_map_init(&f.heads);
	pl_buf_init(&f.key, PL_MiB(16));
	for (uint32_t i = 0; i < r->inv->packages.len; i++)
		index_package(&f, i);
	for (uint32_t i = 0; i < r->inv->packages.len; i++)
		if (r->inv->packages.at[i].removed_in == UINT32_MAX)
			needs_of(&f, i);
	tell(&f);
	pl_vec_release(&f.entries);
	pl_vec_release(&f.tails);
	pl_vec_release(&f.found);
	pl_buf_release(&f.key);
	pl_map_release(&f.heads);
	pl_arena_release(&f.scratch);
}

void pl_relations_join(struct pl_arena *arena, const struct pl_pkg *all, const uint32_t *by,
		       size_t n, struct pl_pkg *out)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += all[by[i]].depends.len;
	if (n < 2 || !total)
		return;
	out->depends.at = pl_arena_array(arena, uint32_t, total);
	out->depends.len = out->depends.cap = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < all[by[i]].depends.len; k++)
			out->depends.at[out->depends.len++] = all[by[i]].depends.at[k];
	out->depends.cap = total;
}

void pl_relations_moved(struct pl_pkg *packages, size_t len, const uint32_t *now, size_t n)
{
	for (uint32_t i = 0; i < len; i++) {
		struct pl_pkg *p = &packages[i];
		size_t kept = 0;

		for (size_t k = 0; k < p->depends.len; k++) {
			uint32_t to = p->depends.at[k] < n ? now[p->depends.at[k]] : i;

			if (to != i)
				p->depends.at[kept++] = to;
		}
		p->depends.len = sorted_once(p->depends.at, kept);
	}
}
