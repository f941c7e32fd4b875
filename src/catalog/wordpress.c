/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wordpress: the core (wp-includes/version.php), plugins and themes, which tell name and version in
 * a comment at the head of a file (WordPress developer handbook, "Header requirements" and "Main
 * stylesheet"). WordPress itself reads the first 8 KiB of a file for it, and so do we.
 */
#include "catalog/scrape.h"

#define HEADER_BYTES PL_KiB(8)

static const char *const core_globs[] = {
	"**/wp-includes/version.php",
	NULL,
};
static const char *const plugin_globs[] = {
	"**/wp-content/plugins/*.php",
	"**/wp-content/plugins/*/*.php",
	"**/wp-content/mu-plugins/*.php",
	"**/wp-content/themes/*/style.css",
	NULL,
};

static int read_core(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {
		.type = PL_PKG_WORDPRESS,
		.name = PL_STR("wordpress"),
		.cpes = PL_STR("wordpress:wordpress"),
		.how = PL_STR("version.php"),
	};

	p.version = pl_scrape_assigned(f->bytes, "$wp_version", '=');
	if (!p.version.len)
		return pl_fail(err, PL_E_FORMAT, "$wp_version is not set");
	pl_fact_package(w, &p);
	return 0;
}

/* " * Version: 1.2" in a comment; the key as WordPress has it, without regard to case. */
static struct pl_str header(struct pl_str text, const char *key)
{
	struct pl_str line, name = pl_str_c(key);

	text = pl_str_sub(text, 0, HEADER_BYTES);
	while (pl_str_line(&text, &line)) {
		while (line.len && strchr(" \t/*#@<?ph", line.ptr[0]) &&
		       !pl_str_istarts(line, name))
			line = pl_str_sub(line, 1, line.len);
		if (!pl_str_istarts(line, name))
			continue;
		line = pl_str_sub(line, name.len, line.len);
		if (!line.len || line.ptr[0] != ':')
			continue;
		line = pl_str_trim(pl_str_sub(line, 1, line.len));
		if (pl_str_ends(line, PL_STR("*/")))
			line.len -= 2;
		return pl_str_trim(line);
	}
	return (struct pl_str){0};
}

/* Plugins and themes are known by their directory, a plugin of one file by that. */
static struct pl_str slug(struct pl_str path)
{
	struct pl_str dir = pl_scrape_component(path, 1);

	if (!pl_str_eq_c(dir, "plugins") && !pl_str_eq_c(dir, "mu-plugins"))
		return dir;
	dir = pl_path_base(path);
	return pl_str_sub(dir, 0, dir.len - strlen(".php"));
}

static int read_plugin(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	bool theme = pl_str_ends(f->path, PL_STR("/style.css"));
	struct pl_pkg_fact p = {.type = PL_PKG_WORDPRESS, .how = PL_STR("file header")};
	pl_auto_buf name;

	(void)err;
	pl_buf_init(&name, PL_KiB(4));
	if (!header(f->bytes, theme ? "Theme Name" : "Plugin Name").len)
		return 0; /* one of its other files */
	pl_buf_c(&name, theme ? "theme/" : "plugin/");
	pl_buf_str(&name, slug(f->path));
	p.name = pl_buf_view(&name);
	p.version = header(f->bytes, "Version");
	p.licenses = header(f->bytes, "License");
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_wordpress = {
	.name = "wordpress",
	.what = "WordPress itself: version.php",
	.globs = core_globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_core,
};

const struct pl_cataloger pl_cataloger_wordpress_plugins = {
	.name = "wordpress_plugins",
	.what = "plugins and themes of WordPress: the head of their main file",
	.globs = plugin_globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_plugin,
};
