/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sbom, bitnami_spdx: bills of materials that lie in an image. What they tell are claims of whoever
 * wrote them: packages with the evidence SBOM, which give way to evidence of the thing itself when
 * layers are merged. A document inside of an installed Python distribution describes what that
 * distribution was made of and is only told. Bitnami's documents are the record that its own tool
 * keeps of what it installed (/opt/bitnami/NAME/.spdx-NAME.spdx), so they count as metadata.
 */
#include <stdio.h>

#include "catalog/sbom_read.h"
#include "catalog/scrape.h"

static const char *const sbom_globs[] = {
	"**/*.spdx",	   "**/*.spdx.json", "**/*.spdx.tag",
	"**/*.spdx3.json", "**/*.cdx",	     "**/*.cdx.json",
	"**/*.cdx.xml",	   "**/bom.json",    "**/bom.xml",
	"**/*.bom.json",   "**/*.bom.xml",   "**/sbom.json",
	"**/sbom.xml",	   "**/*.sbom",	     "**/*.sbom.json",
	"**/*.syft.json",  "**/sbom*.json",  NULL,
};
static const char *const bitnami_globs[] = {
	"**/bitnami/**/.spdx-*.spdx",
	NULL,
};

struct claims {
	struct pl_facts_writer *w;
	enum pl_evidence evidence;
	char how[160];
	uint64_t packages, unknown;
};

static void on_head(void *arg, const struct pl_sbom_head *h)
{
	struct claims *c = arg;

	snprintf(c->how, sizeof(c->how), "%s document%s%.*s", h->format, h->tool.len ? " by " : "",
		 (int)(h->tool.len > 80 ? 80 : h->tool.len), h->tool.len ? h->tool.ptr : "");
}

static int on_package(void *arg, const struct pl_sbom_pkg *p, struct pl_err *err)
{
	struct claims *c = arg;
	struct pl_pkg_fact fact = p->fact;

	(void)err;
	if (p->root && (!p->known || c->evidence == PL_EV_SBOM))
		return 0; /* the thing that the document lies in or beside */
	if (!fact.name.len)
		return 0;
	fact.evidence = c->evidence;
	fact.how = pl_str_c(c->how);
	c->packages++;
	c->unknown += !p->known;
	pl_fact_package(c->w, &fact);
	return 0;
}

int pl_sbom_claims(struct pl_facts_writer *w, struct pl_str text, uint64_t *packages,
		   struct pl_err *err)
{
	struct claims c = {.w = w, .evidence = PL_EV_SBOM};
	const struct pl_sbom_sink sink = {&c, on_head, on_package, NULL};
	int rc = pl_sbom_read(text, pl_limit(PL_LIM_JSON_BYTES), &sink, err);

	*packages = c.packages;
	return rc;
}

/* Below a Python distribution's metadata (PEP 770) or a vendored copy: the distribution's own. */
static bool belongs_to_package(struct pl_str path)
{
	return pl_str_find(path, PL_STR(".dist-info/")) >= 0 ||
	       pl_str_find(path, PL_STR(".egg-info/")) >= 0 ||
	       pl_str_find(path, PL_STR("/_vendor/")) >= 0;
}

/* Names that only bills of materials have: a document that cannot be read is lost then. */
static bool named_so(struct pl_str path)
{
	static const char *const ends[] = {".spdx",	 ".spdx.json", ".spdx.tag", ".spdx3.json",
					   ".cdx",	 ".cdx.json",  ".cdx.xml",  ".sbom",
					   ".sbom.json", ".syft.json"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (pl_str_ends(path, pl_str_c(ends[i])))
			return true;
	return false;
}

static int read_document(struct claims *c, const struct pl_cat_file *f, struct pl_err *err)
{
	const struct pl_sbom_sink sink = {c, on_head, on_package, NULL};
	struct pl_err why = {0};
	int rc = pl_sbom_read(f->bytes, pl_limit(PL_LIM_JSON_BYTES), &sink, &why);

	if (rc == -PL_E_UNSUPPORTED && !named_so(f->path))
		return 0;
	if (rc < 0)
		return pl_fail(err, why.code, "%s", why.text);
	return 0;
}

static int read_sbom(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct claims c = {.w = w, .evidence = PL_EV_SBOM};
	int rc;

	if (pl_str_starts(pl_path_base(f->path), PL_STR(".spdx-")) &&
	    pl_str_find(f->path, PL_STR("bitnami/")) >= 0)
		return 0; /* the other row's */
	if (belongs_to_package(f->path)) {
		pl_fact_diag(w, PL_W_NOTE, "sbom-of-package",
			     "a bill of materials of the package that it lies in; not read as a "
			     "list of what is installed");
		return 0;
	}
	rc = read_document(&c, f, err);
	if (c.packages)
		pl_fact_diag(w, PL_W_NOTE, "sbom-found",
			     "%s: %llu packages, used where nothing in the image itself tells them",
			     c.how, (unsigned long long)c.packages);
	return rc;
}

static int read_bitnami(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct claims c = {.w = w, .evidence = PL_EV_METADATA};

	return read_document(&c, f, err);
}

/* Only what begins like a document is looked at more closely. */
static bool sniff(struct pl_str path, struct pl_str head)
{
	(void)path;
	if (!head.len || (head.ptr[0] != '{' && head.ptr[0] != '<' && head.ptr[0] != 'S'))
		return false;
	return pl_sbom_sniff(head) != NULL;
}

const struct pl_cataloger pl_cataloger_sbom = {
	.name = "sbom",
	.what = "bills of materials in the image: CycloneDX, SPDX, Syft's",
	.globs = sbom_globs,
	.sniff = sniff,
	.evidence = PL_EV_SBOM,
	.max = PL_LIM_JSON_BYTES,
	.read = read_sbom,
};

const struct pl_cataloger pl_cataloger_bitnami_spdx = {
	.name = "bitnami_spdx",
	.what = "Bitnami's record of what it installed: .spdx-NAME.spdx",
	.globs = bitnami_globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_bitnami,
};
