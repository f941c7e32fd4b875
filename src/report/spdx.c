/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX 2.3 (clauses 6 to 12), as JSON and as tag-value: the same fields under two names. */
#include "report/sbom.h"

#define TOOL "Tool: plimsoll-" PL_VERSION
#define ID   "SPDXRef-"

struct spdx {
	const struct pl_sbom *s;
	bool tags; /* tag-value, else JSON */
	struct pl_buf *out;
	struct pl_jw jw;
	struct pl_str date;
	struct pl_str about; /* identifier of the package that is written */
};

/* --- the two notations ---------------------------------------------------------------------- */

/* No control characters, and no end of a <text> within one. */
static void clean(struct pl_buf *out, struct pl_str s, bool lines)
{
	while (s.len) {
		size_t valid = pl_utf8_prefix(s);

		for (size_t i = 0; i < valid; i++) {
			bool end = pl_str_starts(pl_str_sub(s, i, valid), PL_STR("</text>"));
			unsigned char c = (unsigned char)s.ptr[i];

			if (end || (c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
				pl_buf_c(out, "\xef\xbf\xbd");
			else
				pl_buf_ch(out, c < ' ' && !lines ? ' ' : (char)c);
		}
		if (valid < s.len) {
			pl_buf_c(out, "\xef\xbf\xbd");
			valid++;
		}
		s = pl_str_sub(s, valid, s.len);
	}
}

/* One line, under its name in JSON and its tag. Nothing when it is empty. */
static void field(struct spdx *x, const char *key, const char *tag, struct pl_str value)
{
	if (!value.len)
		return;
	if (!x->tags) {
		pl_jw_kstr(&x->jw, key, value);
		return;
	}
	pl_buf_fmt(x->out, "%s: ", tag);
	clean(x->out, value, false);
	pl_buf_ch(x->out, '\n');
}

/* May have lines. */
static void text(struct spdx *x, const char *key, const char *tag, struct pl_str value)
{
	if (!x->tags || !value.len) {
		field(x, key, tag, value);
		return;
	}
	pl_buf_fmt(x->out, "%s: <text>", tag);
	clean(x->out, value, true);
	pl_buf_c(x->out, "</text>\n");
}

static void list(struct spdx *x, const char *key)
{
	if (x->tags)
		return;
	pl_jw_key(&x->jw, key);
	pl_jw_arr(&x->jw);
}

static void list_end(struct spdx *x)
{
	if (!x->tags)
		pl_jw_arr_end(&x->jw);
}

static void item(struct spdx *x)
{
	if (!x->tags)
		pl_jw_obj(&x->jw);
}

static void item_end(struct spdx *x)
{
	if (!x->tags)
		pl_jw_obj_end(&x->jw);
}

static struct pl_str id_of(const struct spdx *x, struct pl_str ref)
{
	return pl_arena_fmt(x->s->arena, ID "%.*s", PL_FMT(ref));
}

/* --- packages ------------------------------------------------------------------------------- */

/* A property is an annotation "NAME: VALUE" (clause 12). */
static void annotation(void *arg, struct pl_str name, struct pl_str value)
{
	struct spdx *x = arg;
	pl_auto_buf comment;

	pl_buf_init(&comment, PL_MiB(64));
	pl_buf_str(&comment, name);
	pl_buf_c(&comment, ": ");
	pl_buf_str(&comment, value);
	item(x);
	field(x, "annotator", "Annotator", PL_STR(TOOL));
	field(x, "annotationDate", "AnnotationDate", x->date);
	field(x, "annotationType", "AnnotationType", PL_STR("OTHER"));
	if (x->tags)
		field(x, NULL, "SPDXREF", x->about);
	text(x, "comment", "AnnotationComment", pl_buf_view(&comment));
	item_end(x);
}

static void checksum(struct spdx *x, const struct pl_pkg *p)
{
	char sha1[41];

	if (p->sha1.len != 20)
		return;
	pl_hex((const uint8_t *)p->sha1.ptr, 20, sha1);
	if (x->tags) {
		pl_buf_fmt(x->out, "PackageChecksum: SHA1: %s\n", sha1);
		return;
	}
	list(x, "checksums");
	item(x);
	pl_jw_kstr(&x->jw, "algorithm", PL_STR("SHA1"));
	pl_jw_kstr(&x->jw, "checksumValue", pl_str_c(sha1));
	item_end(x);
	list_end(x);
}

/* Parentheses hold the mail address (clause 7.5). */
static struct pl_str supplier(struct spdx *x, const struct pl_pkg *p)
{
	pl_auto_buf b = {0};
	struct pl_str name = p->vendor, mail = {0};
	ptrdiff_t at = pl_str_chr(name, '<');

	if (!name.len)
		return PL_STR("NOASSERTION");
	if (at > 0 && pl_str_ends(name, PL_STR(">"))) {
		mail = pl_str_sub(name, (size_t)at + 1, name.len - (size_t)at - 2);
		name = pl_str_trim(pl_str_sub(name, 0, (size_t)at));
	}
	pl_buf_init(&b, 65536);
	pl_buf_c(&b, "Organization: ");
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		pl_buf_ch(&b, c == '(' ? '[' : c == ')' ? ']' : (unsigned char)c < ' ' ? ' ' : c);
	}
	if (mail.len && pl_str_chr(mail, '(') < 0 && pl_str_chr(mail, ')') < 0)
		pl_buf_fmt(&b, " (%.*s)", PL_FMT(mail));
	return pl_arena_str(x->s->arena, pl_buf_view(&b));
}

static void reference(struct spdx *x, const char *category, const char *type, struct pl_str locator,
		      struct pl_str comment)
{
	if (!locator.len)
		return;
	if (x->tags) {
		pl_buf_fmt(x->out, "ExternalRef: %s %s ", category, type);
		clean(x->out, locator, false);
		pl_buf_ch(x->out, '\n');
		text(x, NULL, "ExternalRefComment", comment);
		return;
	}
	item(x);
	pl_jw_kstr(&x->jw, "referenceCategory", pl_str_c(category));
	pl_jw_kstr(&x->jw, "referenceType", pl_str_c(type));
	pl_jw_kstr(&x->jw, "referenceLocator", locator);
	field(x, "comment", NULL, comment);
	item_end(x);
}

/* What a scan found; `first` is the first finding of each package, `next` the next one. */
struct advice {
	uint32_t *first, *next;
};

static void references(struct spdx *x, uint32_t pkg, const struct advice *advice)
{
	const struct pl_pkg *p = &x->s->r->inv->packages.at[pkg];
	const struct pl_findings *f = x->s->r->findings;

	list(x, "externalRefs");
	reference(x, "PACKAGE-MANAGER", "purl", p->purl, PL_STR(""));
	for (size_t i = 0; i < p->cpes.len; i++)
		reference(x, "SECURITY", "cpe23Type",
			  pl_sbom_cpe(x->s->arena, p->cpes.at[i], p->version), PL_STR(""));
	for (uint32_t i = advice->first[pkg]; i != UINT32_MAX; i = advice->next[i])
		reference(x, "SECURITY", "advisory",
			  pl_arena_fmt(x->s->arena, "https://osv.dev/vulnerability/%.*s",
				       PL_FMT(f->rows.at[i].id)),
			  f->rows.at[i].why);
	list_end(x);
}

static void head(struct spdx *x, struct pl_str ref, struct pl_str name, struct pl_str version)
{
	x->about = id_of(x, ref);
	if (x->tags)
		pl_buf_ch(x->out, '\n');
	item(x);
	field(x, "name", "PackageName", name.len ? name : PL_STR("unknown"));
	field(x, "SPDXID", "SPDXID", x->about);
	field(x, "versionInfo", "PackageVersion", version);
}

static void tail(struct spdx *x, struct pl_str license)
{
	field(x, "downloadLocation", "PackageDownloadLocation", PL_STR("NOASSERTION"));
	if (x->tags)
		pl_buf_c(x->out, "FilesAnalyzed: false\n");
	else
		pl_jw_kbool(&x->jw, "filesAnalyzed", false);
	field(x, "licenseConcluded", "PackageLicenseConcluded", PL_STR("NOASSERTION"));
	field(x, "licenseDeclared", "PackageLicenseDeclared",
	      license.len ? license : PL_STR("NOASSERTION"));
	field(x, "copyrightText", "PackageCopyrightText", PL_STR("NOASSERTION"));
}

static void package(struct spdx *x, uint32_t i, const struct advice *advice)
{
	const struct pl_pkg *p = &x->s->r->inv->packages.at[i];
	bool program = p->type == PL_PKG_GENERIC || p->type == PL_PKG_BITNAMI;

	head(x, x->s->refs[i], p->name, p->version);
	field(x, "supplier", "PackageSupplier", supplier(x, p));
	checksum(x, p);
	text(x, "sourceInfo", "PackageSourceInfo", pl_sbom_origin(x->s, p));
	field(x, "primaryPackagePurpose", "PrimaryPackagePurpose",
	      program ? PL_STR("APPLICATION") : PL_STR("LIBRARY"));
	tail(x, p->license);
	references(x, i, advice);
	list(x, "annotations");
	pl_sbom_package_props(x->s, i, false, annotation, x);
	list_end(x);
	item_end(x);
}

static void image(struct spdx *x)
{
	bool container = x->s->r->image->config.has_config || x->s->r->image->digest.known;

	head(x, PL_STR(PL_SBOM_ROOT), pl_sbom_subject(x->s), pl_sbom_digest(x->s));
	field(x, "primaryPackagePurpose", "PrimaryPackagePurpose",
	      container ? PL_STR("CONTAINER") : PL_STR("OTHER"));
	tail(x, PL_STR(""));
	list(x, "annotations");
	pl_sbom_root_props(x->s, annotation, x);
	pl_sbom_document_props(x->s, annotation, x);
	list_end(x);
	item_end(x);
}

static void distribution(struct spdx *x)
{
	const struct pl_os *o = &x->s->r->inv->os;

	if (!o->found)
		return;
	head(x, PL_STR(PL_SBOM_OS), o->id, o->version_id);
	field(x, "summary", "PackageSummary", o->pretty_name);
	field(x, "primaryPackagePurpose", "PrimaryPackagePurpose",
	      x->tags ? PL_STR("OPERATING-SYSTEM") : PL_STR("OPERATING_SYSTEM"));
	tail(x, PL_STR(""));
	item_end(x);
}

/* --- the document --------------------------------------------------------------------------- */

static void relation(struct spdx *x, struct pl_str from, const char *kind, struct pl_str to,
		     const char *comment)
{
	struct pl_str a = id_of(x, from), b = id_of(x, to);

	if (x->tags) {
		pl_buf_fmt(x->out, "Relationship: %.*s %s %.*s\n", PL_FMT(a), kind, PL_FMT(b));
		text(x, NULL, "RelationshipComment", pl_str_c(comment));
		return;
	}
	item(x);
	pl_jw_kstr(&x->jw, "spdxElementId", a);
	pl_jw_kstr(&x->jw, "relationshipType", pl_str_c(kind));
	pl_jw_kstr(&x->jw, "relatedSpdxElement", b);
	field(x, "comment", NULL, pl_str_c(comment));
	item_end(x);
}

static void relations(void *arg, struct pl_str from, enum pl_sbom_relation kind,
		      const struct pl_str *to, size_t n)
{
	static const struct {
		const char *word, *comment;
	} words[] = {
		[PL_SBOM_CONTAINS] = {"CONTAINS", NULL},
		[PL_SBOM_DEPENDS] = {"DEPENDS_ON", NULL},
		[PL_SBOM_REMOVED] = {"OTHER",
				     "a later layer removed it: only a lower layer has it"},
	};

	for (size_t i = 0; i < n; i++)
		relation(arg, from, words[kind].word, to[i], words[kind].comment);
}

static void licenses(struct spdx *x)
{
	struct pl_sbom_licenses l;

	pl_sbom_licenses(x->s, &l);
	if (l.texts.len)
		list(x, "hasExtractedLicensingInfos");
	for (size_t i = 0; i < l.refs.len; i++) {
		if (x->tags)
			pl_buf_ch(x->out, '\n');
		item(x);
		field(x, "licenseId", "LicenseID", l.refs.at[i]);
		text(x, "extractedText", "ExtractedText", l.texts.at[i]);
		field(x, "name", "LicenseName",
		      pl_str_sub(l.refs.at[i], strlen("LicenseRef-"), l.refs.at[i].len));
		item_end(x);
	}
	if (l.texts.len)
		list_end(x);
	pl_sbom_licenses_release(&l);
}

static void creation(struct spdx *x)
{
	if (x->tags) {
		field(x, NULL, "Creator", PL_STR(TOOL));
		field(x, NULL, "Created", x->date);
		return;
	}
	pl_jw_key(&x->jw, "creationInfo");
	item(x);
	pl_jw_kstr(&x->jw, "created", x->date);
	list(x, "creators");
	pl_jw_str(&x->jw, PL_STR(TOOL));
	list_end(x);
	item_end(x);
}

static void index_findings(const struct pl_report *r, struct advice *a)
{
	size_t n = r->findings ? r->findings->rows.len : 0;

	a->first = pl_xcalloc(r->inv->packages.len + 1, sizeof(*a->first));
	a->next = pl_xcalloc(n + 1, sizeof(*a->next));
	for (size_t i = 0; i < r->inv->packages.len; i++)
		a->first[i] = UINT32_MAX;
	for (size_t i = n; i-- > 0;) {
		const struct pl_finding *f = &r->findings->rows.at[i];

		if (f->kind != PL_FIND_VULNERABILITY || f->suppressed.len ||
		    f->pkg >= r->inv->packages.len)
			continue;
		a->next[i] = a->first[f->pkg];
		a->first[f->pkg] = (uint32_t)i;
	}
}

static void packages(struct spdx *x)
{
	struct advice advice;

	index_findings(x->s->r, &advice);
	list(x, "packages");
	image(x);
	distribution(x);
	for (uint32_t i = 0; i < x->s->r->inv->packages.len; i++)
		package(x, i, &advice);
	list_end(x);
	free(advice.first);
	free(advice.next);
}

static void document(const struct pl_sbom *s, struct pl_buf *out, bool tags)
{
	struct spdx x = {.s = s, .tags = tags, .out = out, .date = pl_sbom_date(s)};

	pl_jw_init(&x.jw, out, true);
	item(&x);
	field(&x, "spdxVersion", "SPDXVersion", PL_STR("SPDX-2.3"));
	field(&x, "dataLicense", "DataLicense", PL_STR("CC0-1.0"));
	field(&x, "SPDXID", "SPDXID", PL_STR(ID "DOCUMENT"));
	field(&x, "name", "DocumentName", pl_sbom_subject(s));
	field(&x, "documentNamespace", "DocumentNamespace",
	      pl_arena_fmt(s->arena, "https://spdx.org/spdxdocs/plimsoll-%s", s->uuid));
	creation(&x);
	packages(&x);
	list(&x, "relationships");
	if (tags)
		pl_buf_ch(out, '\n');
	relation(&x, PL_STR("DOCUMENT"), "DESCRIBES", PL_STR(PL_SBOM_ROOT), NULL);
	pl_sbom_relations(s, relations, &x);
	list_end(&x);
	licenses(&x);
	item_end(&x);
}

static void json(const struct pl_sbom *s, struct pl_buf *out)
{
	document(s, out, false);
}

static void tag_value(const struct pl_sbom *s, struct pl_buf *out)
{
	document(s, out, true);
}

int pl_report_write_spdx(const struct pl_report *const *reports, size_t n,
			 const struct pl_report_style *style, struct pl_buf *out,
			 struct pl_err *err)
{
	(void)style;
	return pl_sbom_write(reports, n, "SPDX", json, out, err);
}

int pl_report_write_spdx_tag_value(const struct pl_report *const *reports, size_t n,
				   const struct pl_report_style *style, struct pl_buf *out,
				   struct pl_err *err)
{
	(void)style;
	return pl_sbom_write(reports, n, "SPDX", tag_value, out, err);
}
