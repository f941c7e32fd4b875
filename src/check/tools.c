/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that an image can do without, by the names of data/tools: by the file's own name,
 * by the name of the file a link leads to, and as applets of busybox and toybox (links of either
 * kind). Several names of one thing in one place are one finding.
 */
#include "check/check_int.h"

#include <stdlib.h>

enum { NAMES_SHOWN = 12 };

struct hit {
	const struct pl_tool *tool; /* the worst of them */
	struct pl_str path;	    /* the file itself */
	uint32_t layer, owner;
	bool applets;
	PL_VEC(struct pl_str) also; /* paths; for applets the names */
};

struct hits {
	struct pl_arena *arena;
	struct pl_map by_key;
	PL_VEC(struct hit) rows;
};

static int by_name(const void *key, const void *row)
{
	return pl_str_cmp(*(const struct pl_str *)key,
			  pl_str_c(((const struct pl_tool *)row)->name));
}

static const struct pl_tool *lookup(struct pl_str name)
{
	return bsearch(&name, pl_tools, pl_tools_len, sizeof(pl_tools[0]), by_name);
}

/* "x86_64-linux-gnu-gcc-12" is called "gcc-12" by people: what follows the machine's name */
static struct pl_str without_machine(struct pl_str name)
{
	static const char *const systems[] = {"-linux-gnu-", "-linux-musl-", "-linux-gnueabihf-",
					      "-redhat-linux-", "-alpine-linux-musl-"};

	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		ptrdiff_t at = pl_str_find(name, pl_str_c(systems[i]));

		if (at > 0)
			return pl_str_sub(name, (size_t)at + strlen(systems[i]), name.len);
	}
	return name;
}

const struct pl_tool *pl_tool_find(struct pl_str base)
{
	const struct pl_tool *t = lookup(base);

	if (!t)
		t = lookup(base = without_machine(base));
	if (t)
		return t;
	while (base.len && (pl_is_digit(base.ptr[base.len - 1]) || base.ptr[base.len - 1] == '.' ||
			    base.ptr[base.len - 1] == '-'))
		base.len--;
	return base.len ? lookup(base) : NULL;
}

static bool in_bin_dir(struct pl_str path)
{
	struct pl_str dir = pl_path_base(pl_path_dir(path));

	return pl_str_eq_c(dir, "bin") || pl_str_eq_c(dir, "sbin");
}

static bool is_multicall(struct pl_str path)
{
	struct pl_str base = pl_path_base(path);

	return pl_str_starts(base, PL_STR("busybox")) || pl_str_eq_c(base, "toybox");
}

static int file_order(const void *key, const void *row)
{
	return pl_str_cmp(*(const struct pl_str *)key, ((const struct pl_file *)row)->path);
}

/* The file that `path` really is: links resolved, hard links of busybox told by their content. */
static bool resolve(const struct pl_inventory *inv, const struct pl_file *f, struct pl_arena *a,
		    const struct pl_file *busybox, struct pl_file *real)
{
	const struct pl_node *node = NULL;
	const struct pl_file *known;
	uint32_t origin;

	*real = *f;
	if (inv->tree)
		node = pl_tree_find(inv->tree, f->path, true);
	if (f->type == PL_FT_SYMLINK && inv->tree && (!node || node->type != PL_FT_FILE))
		return false; /* leads nowhere */
	if (!node)
		return true;
	origin = node->origin;
	real->path = pl_arena_str(a, node->path);
	real->layer = node->layer;
	known = inv->files.len ? bsearch(&real->path, inv->files.at, inv->files.len,
					 sizeof(*inv->files.at), file_order)
			       : NULL;
	real->owner = known ? known->owner : f->owner;
	if (busybox && origin != PL_ORIGIN_NONE && !is_multicall(real->path)) {
		node = pl_tree_find(inv->tree, busybox->path, true);
		if (node && node->origin == origin && node->size == f->size)
			*real = *busybox;
	}
	return true;
}

static struct hit *hit_of(struct hits *h, const struct pl_tool *tool, const struct pl_file *real,
			  bool applets)
{
	struct pl_str key = pl_arena_fmt(
		h->arena, "%s %.*s %u %u", applets ? "applets" : tool->family,
		PL_FMT(applets ? real->path : pl_path_dir(real->path)), real->layer, real->owner);
	uint32_t i = pl_map_get(&h->by_key, key);
	struct hit fresh = {.tool = tool,
			    .path = real->path,
			    .layer = real->layer,
			    .owner = real->owner,
			    .applets = applets};

	if (i != PL_MAP_NONE)
		return &h->rows.at[i];
	pl_map_put(&h->by_key, key, (uint32_t)h->rows.len);
	pl_vec_push(&h->rows, fresh);
	return &h->rows.at[h->rows.len - 1];
}

static void look_at(const struct pl_inventory *inv, const struct pl_file *f,
		    const struct pl_file *busybox, enum pl_tool_group group, struct hits *h)
{
	const struct pl_tool *tool = pl_tool_find(pl_path_base(f->path));
	struct pl_file real;
	struct hit *hit;
	bool applet;

	if (!tool && f->type == PL_FT_SYMLINK)
		tool = pl_tool_find(pl_path_base(f->link));
	if (!tool || tool->group != group || !resolve(inv, f, h->arena, busybox, &real))
		return;
	applet = is_multicall(real.path);
	hit = hit_of(h, tool, &real, applet);
	if (tool->severity > hit->tool->severity)
		hit->tool = tool;
	if (applet)
		pl_vec_push(&hit->also, pl_path_base(f->path));
	else if (!pl_str_eq(f->path, hit->path))
		pl_vec_push(&hit->also, f->path);
}

static int str_order(const void *a, const void *b)
{
	return pl_str_cmp(*(const struct pl_str *)a, *(const struct pl_str *)b);
}

/* "a, b, c and 3 more", each after `before` */
static void list_names(struct pl_buf *b, struct pl_str *names, size_t n, const char *before)
{
	size_t shown = 0;

	if (n)
		qsort(names, n, sizeof(*names), str_order);
	for (size_t i = 0; i < n; i++) {
		if (i && pl_str_eq(names[i], names[i - 1]))
			continue;
		if (shown == NAMES_SHOWN) {
			pl_buf_fmt(b, " and %zu more", n - i);
			return;
		}
		pl_buf_fmt(b, "%s%s%.*s", shown ? ", " : "", before, PL_FMT(names[i]));
		shown++;
	}
}

static void report(const struct pl_check *self, struct hit *hit, const struct pl_inventory *inv,
		   struct pl_findings *out)
{
	struct pl_finding *row = pl_check_add(self, out);
	const char *title = self->title;
	pl_auto_buf why;

	row->path = pl_arena_str(out->arena, hit->path);
	row->layer = hit->layer;
	row->owner = hit->owner;
	row->severity = hit->tool->severity;
	pl_buf_init(&why, 16384);
	if (hit->applets) {
		struct pl_str base = pl_path_base(hit->path);

		row->title = pl_arena_fmt(out->arena, "%s: applets of %.*s", title, PL_FMT(base));
		pl_buf_fmt(&why, "/%.*s also answers to ", PL_FMT(hit->path));
		list_names(&why, hit->also.at, hit->also.len, "");
	} else {
		row->title = pl_arena_fmt(out->arena, "%s: %s", title, hit->tool->family);
		pl_buf_fmt(&why, "/%.*s %s", PL_FMT(hit->path), hit->tool->what);
		if (hit->also.len)
			pl_buf_c(&why, "; also ");
		list_names(&why, hit->also.at, hit->also.len, "/");
	}
	row->why = pl_arena_str(out->arena, pl_buf_view(&why));
	row->remedy = pl_check_remove(out->arena, inv, hit->owner,
				      "delete it, or do not copy it into the image");
	/* su comes with packages that nothing works without */
	if (hit->tool->group == PL_TOOL_PRIVILEGE && hit->tool->severity < self->severity)
		row->remedy = PL_STR("delete the file, or take its set-user-id bit");
	/* package managers and compilers are not removed but left behind with their stage */
	if (hit->tool->group == PL_TOOL_PACKAGES || hit->tool->group == PL_TOOL_BUILD)
		row->remedy = pl_str_c(self->remedy);
}

static const struct pl_file *find_busybox(const struct pl_inventory *inv)
{
	for (size_t i = 0; i < inv->files.len; i++)
		if (inv->files.at[i].type == PL_FT_FILE && is_multicall(inv->files.at[i].path))
			return &inv->files.at[i];
	return NULL;
}

static void run(const struct pl_check *self, const struct pl_inventory *inv,
		struct pl_findings *out, enum pl_tool_group group)
{
	const struct pl_file *busybox = find_busybox(inv);
	struct hits h = {.arena = out->arena};

	pl_map_init(&h.by_key);
	for (size_t i = 0; i < inv->files.len; i++) {
		const struct pl_file *f = &inv->files.at[i];

		if ((f->type == PL_FT_FILE || f->type == PL_FT_SYMLINK) && in_bin_dir(f->path))
			look_at(inv, f, busybox, group, &h);
	}
	for (size_t i = 0; i < h.rows.len; i++) {
		report(self, &h.rows.at[i], inv, out);
		pl_vec_release(&h.rows.at[i].also);
	}
	pl_vec_release(&h.rows);
	pl_map_release(&h.by_key);
}

PL_CHECK_FN(pl_check_privilege)
{
	(void)img;
	run(self, inv, out, PL_TOOL_PRIVILEGE);
}

PL_CHECK_FN(pl_check_network)
{
	(void)img;
	run(self, inv, out, PL_TOOL_NETWORK);
}

PL_CHECK_FN(pl_check_packages)
{
	(void)img;
	run(self, inv, out, PL_TOOL_PACKAGES);
}

PL_CHECK_FN(pl_check_build)
{
	(void)img;
	run(self, inv, out, PL_TOOL_BUILD);
}
