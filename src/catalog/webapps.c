/* SPDX-License-Identifier: Apache-2.0 */
/*
 * webapps: other programs for web sites that tell their version in one file: Drupal 8 and later,
 * Drupal 7, modules that drupal.org packed, Joomla, Magento 1, MediaWiki. Later ones of Magento are
 * Composer packages (magento/product-community-edition) and found as such.
 */
#include "catalog/scrape.h"

static const char *const globs[] = {
	"**/core/lib/Drupal.php",
	"**/includes/bootstrap.inc",
	"**/modules/**/*.info.yml",
	"**/themes/**/*.info.yml",
	"**/administrator/manifests/files/joomla.xml",
	"**/app/Mage.php",
	"**/includes/Defines.php",
	NULL,
};

/* The quoted value after a text that stands somewhere: `const VERSION = '10.1.2'`. */
static struct pl_str value_after(struct pl_str text, const char *before)
{
	ptrdiff_t at = pl_str_find(text, pl_str_c(before));

	if (at < 0)
		return (struct pl_str){0};
	return pl_scrape_quoted(pl_str_sub(text, (size_t)at + strlen(before), text.len));
}

static void drupal(const struct pl_cat_file *f, struct pl_pkg_fact *p, struct pl_buf *scratch)
{
	(void)scratch;
	p->type = PL_PKG_COMPOSER; /* drupal/core is what it is on Packagist, however it came */
	p->name = PL_STR("drupal/core");
	p->version = value_after(f->bytes, "const VERSION =");
}

static void drupal7(const struct pl_cat_file *f, struct pl_pkg_fact *p, struct pl_buf *scratch)
{
	(void)scratch;
	p->name = PL_STR("drupal");
	p->cpes = PL_STR("drupal:drupal");
	if (pl_str_find(f->bytes, PL_STR("DRUPAL_ROOT")) >= 0)
		p->version = value_after(f->bytes, "define('VERSION',");
}

/* Added by the packaging script of drupal.org: version: '8.x-1.11', project: 'token'. Composer's
 * version is that without the core's. */
static void drupal_module(const struct pl_cat_file *f, struct pl_pkg_fact *p,
			  struct pl_buf *scratch)
{
	struct pl_str project = pl_scrape_assigned(f->bytes, "project", ':'),
		      version = pl_scrape_assigned(f->bytes, "version", ':');
	ptrdiff_t x = pl_str_find(version, PL_STR(".x-"));

	if (!project.len || pl_str_eq_c(project, "drupal"))
		return;
	pl_buf_fmt(scratch, "drupal/%.*s", PL_FMT(project));
	p->type = PL_PKG_COMPOSER;
	p->name = pl_buf_view(scratch);
	p->version = x == 1 ? pl_str_sub(version, 4, version.len) : version;
}

static void joomla(const struct pl_cat_file *f, struct pl_pkg_fact *p, struct pl_buf *scratch)
{
	ptrdiff_t at = pl_str_find(f->bytes, PL_STR("<version>"));

	(void)scratch;
	p->name = PL_STR("joomla");
	p->cpes = PL_STR("joomla:joomla\\!");
	if (at >= 0)
		p->version = pl_scrape_word(pl_str_sub(f->bytes, (size_t)at + 9, 64), "<");
}

/* 'major' => '1', 'minor' => '9', 'revision' => '4', 'patch' => '5' */
static void magento(const struct pl_cat_file *f, struct pl_pkg_fact *p, struct pl_buf *scratch)
{
	static const char *const parts[] = {"'major'", "'minor'", "'revision'", "'patch'"};
	ptrdiff_t at = pl_str_find(f->bytes, PL_STR("function getVersionInfo"));
	struct pl_str text = pl_str_sub(f->bytes, at < 0 ? f->bytes.len : (size_t)at, 1000);

	p->name = PL_STR("magento");
	p->cpes = PL_STR("magento:magento");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		ptrdiff_t part = pl_str_find(text, pl_str_c(parts[i])), arrow;
		struct pl_str rest = pl_str_sub(text, part < 0 ? text.len : (size_t)part, 100);

		arrow = pl_str_find(rest, PL_STR("=>"));
		if (arrow < 0)
			return;
		rest = pl_scrape_quoted(pl_str_sub(rest, (size_t)arrow + 2, rest.len));
		pl_buf_fmt(scratch, "%s%.*s", i ? "." : "", PL_FMT(rest));
	}
	p->version = pl_buf_view(scratch);
}

static void mediawiki(const struct pl_cat_file *f, struct pl_pkg_fact *p, struct pl_buf *scratch)
{
	(void)scratch;
	p->name = PL_STR("mediawiki");
	p->cpes = PL_STR("mediawiki:mediawiki");
	p->version = value_after(f->bytes, "'MW_VERSION',");
}

static const struct {
	const char *end; /* of the path */
	void (*read)(const struct pl_cat_file *f, struct pl_pkg_fact *p, struct pl_buf *scratch);
} apps[] = {
	{"core/lib/Drupal.php", drupal}, {"includes/bootstrap.inc", drupal7},
	{".info.yml", drupal_module},	 {"administrator/manifests/files/joomla.xml", joomla},
	{"app/Mage.php", magento},	 {"includes/Defines.php", mediawiki},
};

static int read_webapps(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.type = PL_PKG_GENERIC, .how = PL_STR("version file")};
	pl_auto_buf scratch;

	(void)err;
	pl_buf_init(&scratch, PL_KiB(4));
	for (size_t i = 0; i < sizeof(apps) / sizeof(*apps); i++) {
		if (pl_str_ends(f->path, pl_str_c(apps[i].end))) {
			apps[i].read(f, &p, &scratch);
			break;
		}
	}
	if (p.version.len) /* else another program's file of that name */
		pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_webapps = {
	.name = "webapps",
	.what = "Drupal and its modules, Joomla, Magento 1, MediaWiki",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_webapps,
};
