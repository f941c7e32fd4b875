/* SPDX-License-Identifier: Apache-2.0 */
/*
 * go: the modules of a Go program, from its build information (Go source, runtime/debug.BuildInfo):
 *
 *	path	PACKAGE
 *	mod	MODULE	VERSION	SUM
 *	dep	MODULE	VERSION	SUM
 *	=>	MODULE	VERSION	SUM	(replaces the dep or mod before it)
 *	build	KEY=VALUE		(quoted as a Go string where it has blanks or quotes)
 *
 * One package for each module, and "stdlib" for the toolchain. Versions are given as Go prints
 * them, with their "v".
 */
#include "catalog/cataloger.h"
#include "catalog/go_version.h"
#include "catalog/program.h"

struct module {
	struct pl_str path, version;
	bool is_main, replaced_by_dir;
	bool summed; /* it has a checksum: it came as a module, not from a working tree */
};

struct go_info {
	struct module pending; /* the last mod or dep: a "=>" may follow */
	struct module main;
	struct pl_go_settings settings;
};

static void report(struct pl_facts_writer *w, const struct go_info *g, const struct module *m)
{
	struct pl_pkg_fact p = {.type = PL_PKG_GOLANG, .name = m->path, .version = m->version};

	/* very old linkers list a nameless (devel) module */
	if (pl_str_empty(m->path) || m->is_main || pl_str_eq(m->path, g->main.path))
		return;
	p.how = PL_STR("build info");
	if (m->replaced_by_dir || pl_str_eq_c(m->version, "(devel)")) {
		p.version = PL_STR("");
		p.how = PL_STR("build info: replaced by a local directory");
	}
	pl_fact_package(w, &p);
}

static void take_module(struct go_info *g, struct pl_str key, struct pl_str rest)
{
	struct module m = {0};

	pl_str_split(&rest, '\t', &m.path);
	pl_str_split(&rest, '\t', &m.version);
	m.summed = rest.len > 0;
	if (!pl_str_eq_c(key, "=>")) {
		m.is_main = pl_str_eq_c(key, "mod");
		g->pending = m;
		if (m.is_main)
			g->main = m;
		return;
	}
	if (pl_str_empty(g->pending.path))
		return; /* replaces nothing */
	/* older linkers leave the version of a directory out */
	if (pl_str_empty(m.version) || pl_str_eq_c(m.version, "(devel)")) {
		g->pending.replaced_by_dir = true;
	} else {
		g->pending.path = m.path;
		g->pending.version = m.version;
	}
}

static void read_modules(struct pl_facts_writer *w, struct pl_str text, struct go_info *g)
{
	struct pl_str line, key;

	while (pl_str_line(&text, &line)) {
		if (!pl_str_split(&line, '\t', &key))
			continue;
		if (pl_str_eq_c(key, "=>")) {
			take_module(g, key, line);
			continue;
		}
		report(w, g, &g->pending);
		g->pending = (struct module){0};
		if (pl_str_eq_c(key, "mod") || pl_str_eq_c(key, "dep"))
			take_module(g, key, line);
		else if (pl_str_eq_c(key, "build"))
			pl_go_settings_add(&g->settings, line);
	}
	report(w, g, &g->pending);
}

static void report_main(struct pl_facts_writer *w, struct go_info *g)
{
	struct pl_pkg_fact p = {.type = PL_PKG_GOLANG, .name = g->main.path};
	pl_auto_buf b;

	pl_buf_init(&b, 4096);
	if (pl_str_empty(g->main.path))
		return; /* the tools of the toolchain itself */
	p.how = pl_go_main_version(g->main.version, g->main.summed, g->main.path, &g->settings, &b,
				   &p.uncertain);
	p.version = pl_buf_view(&b);
	pl_fact_package(w, &p);
}

static void report_stdlib(struct pl_facts_writer *w, struct pl_str toolchain)
{
	struct pl_pkg_fact p = {.type = PL_PKG_GOLANG, .name = PL_STR("stdlib")};

	p.version = pl_go_stdlib_version(toolchain, &p.uncertain);
	p.how = PL_STR("toolchain version");
	if (pl_str_empty(p.version))
		pl_fact_diag(
			w, PL_W_WARN, "go-toolchain",
			"toolchain \"%.*s\" is no release: its standard library is not matched",
			PL_FMT(toolchain));
	pl_fact_package(w, &p);
}

void pl_go_facts(struct pl_facts_writer *w, const struct pl_elf_facts *x)
{
	struct go_info g = {0};
	pl_auto_arena arena;

	pl_arena_init(&arena);
	if (!pl_str_empty(x->go_version))
		report_stdlib(w, x->go_version);
	pl_go_settings_init(&g.settings, &arena);
	read_modules(w, x->go_modinfo, &g);
	report_main(w, &g);
}

static int read_go(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_elf_facts elf = {0};
	pl_auto_arena arena;
	int rc;

	pl_arena_init(&arena);
	rc = pl_capture_read(f->elf, &arena, &elf, err);
	if (rc < 0)
		return rc;
	/* what is no Rust program either is told here, once */
	if (elf.lost && !elf.is_rust)
		pl_fact_diag(w, elf.is_go || elf.packed ? PL_W_FAILED : PL_W_WARN, "elf-lost", "%s",
			     elf.lost);
	if (elf.is_go)
		pl_go_facts(w, &elf);
	return 0;
}

const struct pl_cataloger pl_cataloger_go = {
	.name = "go",
	.what = "Go programs: modules and toolchain of the build information",
	.elf = true,
	.evidence = PL_EV_BUILD_INFO,
	.max = PL_LIM_ELF_KEEP_BYTES,
	.read = read_go,
};
