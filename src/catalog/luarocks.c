/* SPDX-License-Identifier: Apache-2.0 */
/*
 * luarocks: installed rocks. A tree of rocks keeps the rockspec of each in
 * lib/luarocks/rocks-X.Y/NAME/VERSION/NAME-VERSION.rockspec (luarocks.org, "Rocks repositories"); a
 * rockspec elsewhere is source code. It is a Lua program that only assigns: it is read, never run.
 */
#include "catalog/scrape.h"

static const char *const globs[] = {
	"**/rocks-*/*/*/*.rockspec",
	"**/rocks/*/*/*.rockspec",
	NULL,
};

/* dependencies = { "lua >= 5.1", "luasocket ~> 3.0" }: quoted, each with a bound after its name. */
static void take_depends(struct pl_buf *out, struct pl_str text)
{
	ptrdiff_t at = pl_str_find(text, PL_STR("\ndependencies")), end;

	if (at < 0)
		return;
	text = pl_str_sub(text, (size_t)at, text.len);
	end = pl_str_chr(text, '}');
	text = pl_str_sub(text, 0, end < 0 ? text.len : (size_t)end);
	for (size_t i = 0; i < text.len; i++) {
		struct pl_str quoted, word;

		if (text.ptr[i] != '"' && text.ptr[i] != '\'')
			continue;
		quoted = pl_scrape_quoted(pl_str_sub(text, i, text.len));
		word = pl_scrape_word(quoted, "<>=~");
		if (!pl_str_eq_c(word, "lua"))
			pl_scrape_add(out, word);
		i += quoted.len + 1;
	}
}

static int read_luarocks(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str dir_version = pl_scrape_component(f->path, 1);
	struct pl_pkg_fact p = {.type = PL_PKG_LUAROCKS, .how = PL_STR("rockspec")};
	pl_auto_buf depends;

	(void)err;
	pl_buf_init(&depends, PL_KiB(64));
	p.name = pl_scrape_assigned(f->bytes, "package", '=');
	p.version = pl_scrape_assigned(f->bytes, "version", '=');
	p.licenses = pl_scrape_assigned(f->bytes, "license", '=');
	take_depends(&depends, f->bytes);
	p.depends = pl_buf_view(&depends);
	if (!p.name.len || !pl_str_eq(p.version, dir_version)) {
		/* computed by the program ("package = pkg_name"): the directories say it too */
		p.name = pl_scrape_component(f->path, 2);
		p.version = dir_version;
		p.how = PL_STR("directory name");
	}
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_luarocks = {
	.name = "luarocks",
	.what = "Lua: rocks installed by LuaRocks",
	.globs = globs,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_luarocks,
};
