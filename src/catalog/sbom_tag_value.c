/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPDX 2 tag-value (SPDX 2.3, clause 6 and after: "Tag: value", multi-line values in <text>),
 * brought into the tree of the JSON notation. Tags that nobody asks for are left out.
 */
#include "catalog/sbom_int.h"

enum where { DOCUMENT, PACKAGE, ELSEWHERE };

struct tv {
	cJSON *doc, *creators, *packages, *relations;
	cJSON *now;				   /* the package at hand */
	cJSON *refs, *sums, *notes, *attributions; /* its lists */
	cJSON *doc_notes;
	struct pl_map ids; /* SPDXID → index into all_notes, for annotations that stand apart */
	PL_VEC(cJSON *) all_notes;
	cJSON *subject; /* notes of what the annotation at hand is about */
	bool unclosed;	/* no "</text>" follows any more */
	enum where where;
	uint64_t packages_left;
};

static void put(cJSON *object, const char *key, struct pl_str value)
{
	pl_auto_free char *copy = pl_xstrdup(value);

	cJSON_AddItemToObject(object, key, cJSON_CreateString(copy));
}

static void put_item(cJSON *list, struct pl_str value)
{
	pl_auto_free char *copy = pl_xstrdup(value);

	cJSON_AddItemToArray(list, cJSON_CreateString(copy));
}

static cJSON *item(cJSON *list)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddItemToArray(list, o);
	return o;
}

/* The next word of *rest. */
static struct pl_str word(struct pl_str *rest)
{
	struct pl_str w = {0};

	*rest = pl_str_trim(*rest);
	if (rest->len)
		pl_str_split(rest, ' ', &w);
	return w;
}

static void open_package(struct tv *t, struct pl_str name)
{
	t->where = PACKAGE;
	t->now = item(t->packages);
	put(t->now, "name", name);
	t->refs = cJSON_AddArrayToObject(t->now, "externalRefs");
	t->sums = cJSON_AddArrayToObject(t->now, "checksums");
	t->notes = cJSON_AddArrayToObject(t->now, "annotations");
	t->attributions = cJSON_AddArrayToObject(t->now, "attributionTexts");
}

/* ExternalRef: PACKAGE-MANAGER purl pkg:deb/… */
static void put_reference(struct tv *t, struct pl_str value)
{
	cJSON *o = item(t->refs);

	put(o, "referenceCategory", word(&value));
	put(o, "referenceType", word(&value));
	put(o, "referenceLocator", word(&value));
}

/* PackageChecksum: SHA1: 85ed0817af83a24ad8da68c2b5094de69833983c */
static void put_checksum(struct tv *t, struct pl_str value)
{
	cJSON *o = item(t->sums);
	struct pl_str algorithm = {0};

	pl_str_split(&value, ':', &algorithm);
	put(o, "algorithm", pl_str_trim(algorithm));
	put(o, "checksumValue", pl_str_trim(value));
}

static void put_relation(struct tv *t, struct pl_str value)
{
	cJSON *o = item(t->relations);

	put(o, "spdxElementId", word(&value));
	put(o, "relationshipType", word(&value));
	put(o, "relatedSpdxElement", word(&value));
}

static const struct {
	const char *tag, *member;
} of_package[] = {
	{"SPDXID", "SPDXID"},
	{"PackageVersion", "versionInfo"},
	{"PackageSupplier", "supplier"},
	{"PackageLicenseConcluded", "licenseConcluded"},
	{"PackageLicenseDeclared", "licenseDeclared"},
	{"PackageSourceInfo", "sourceInfo"},
	{"PrimaryPackagePurpose", "primaryPackagePurpose"},
};

static void package_tag(struct tv *t, struct pl_str tag, struct pl_str value)
{
	for (size_t i = 0; i < sizeof(of_package) / sizeof(*of_package); i++)
		if (pl_str_eq_c(tag, of_package[i].tag))
			put(t->now, of_package[i].member, value);
	if (pl_str_eq_c(tag, "ExternalRef"))
		put_reference(t, value);
	else if (pl_str_eq_c(tag, "PackageChecksum"))
		put_checksum(t, value);
	else if (pl_str_eq_c(tag, "PackageAttributionText"))
		put_item(t->attributions, value);
	else if (pl_str_eq_c(tag, "SPDXID") && pl_map_get(&t->ids, value) == PL_MAP_NONE) {
		pl_map_put(&t->ids, value, (uint32_t)t->all_notes.len);
		pl_vec_push(&t->all_notes, t->notes);
	}
}

/* Annotator, date, type, SPDXREF, comment; without SPDXREF about the package that it follows. */
static void annotation_tag(struct tv *t, struct pl_str tag, struct pl_str value)
{
	if (pl_str_eq_c(tag, "SPDXREF")) {
		uint32_t at = pl_map_get(&t->ids, value);

		t->subject = at == PL_MAP_NONE ? NULL : t->all_notes.at[at];
	} else if (pl_str_eq_c(tag, "Annotator")) {
		t->subject = t->where == PACKAGE ? t->notes : t->doc_notes;
	} else if (pl_str_eq_c(tag, "AnnotationComment") && t->subject) {
		put(item(t->subject), "comment", value);
	}
}

static void document_tag(struct tv *t, struct pl_str tag, struct pl_str value)
{
	if (pl_str_eq_c(tag, "SPDXVersion"))
		put(t->doc, "spdxVersion", value);
	else if (pl_str_eq_c(tag, "DocumentName"))
		put(t->doc, "name", value);
	else if (pl_str_eq_c(tag, "Creator"))
		put_item(t->creators, value);
}

static int take(struct tv *t, struct pl_str tag, struct pl_str value, struct pl_err *err)
{
	if (pl_str_eq_c(tag, "PackageName")) {
		if (t->packages_left-- == 0)
			return pl_fail_limit(err, PL_LIM_PACKAGES, "packages of a document");
		open_package(t, value);
	} else if (pl_str_eq_c(tag, "FileName") || pl_str_eq_c(tag, "SnippetSPDXID") ||
		   pl_str_eq_c(tag, "LicenseID") || pl_str_eq_c(tag, "Reviewer")) {
		t->where = ELSEWHERE;
	} else if (pl_str_eq_c(tag, "Relationship")) {
		put_relation(t, value);
	} else if (pl_str_starts(tag, PL_STR("Annot")) || pl_str_eq_c(tag, "SPDXREF")) {
		annotation_tag(t, tag, value);
	} else if (t->where == PACKAGE) {
		package_tag(t, tag, value);
	} else if (t->where == DOCUMENT) {
		document_tag(t, tag, value);
	}
	return 0;
}

/* The value of the line at hand; "<text>" goes on to "</text>", over lines. */
static struct pl_str value_of(struct tv *t, struct pl_str line, struct pl_str *rest)
{
	struct pl_str open = PL_STR("<text>"), close = PL_STR("</text>"), value = pl_str_trim(line);
	ptrdiff_t end;

	if (!pl_str_starts(value, open))
		return value;
	value = pl_str_sub(value, open.len, value.len);
	end = pl_str_find(value, close);
	if (end >= 0)
		return pl_str_sub(value, 0, (size_t)end);
	if (t->unclosed)
		return value;
	value = pl_str_n(value.ptr, (size_t)(rest->ptr + rest->len - value.ptr));
	end = pl_str_find(value, close);
	t->unclosed = end < 0;
	if (t->unclosed)
		return pl_str_sub(pl_str_trim(line), open.len, line.len); /* this line only */
	*rest = pl_str_sub(value, (size_t)end + close.len, value.len);
	pl_str_line(rest, &line);
	return pl_str_sub(value, 0, (size_t)end);
}

static int walk(struct tv *t, struct pl_str text, struct pl_err *err)
{
	struct pl_str line, tag;
	int rc = 0;

	while (rc == 0 && pl_str_line(&text, &line)) {
		if (!line.len || line.ptr[0] == '#' || pl_str_chr(line, ':') < 0)
			continue;
		pl_str_split(&line, ':', &tag);
		rc = take(t, pl_str_trim(tag), value_of(t, line, &text), err);
	}
	return rc;
}

int pl_sbom_tag_value(struct pl_str text, cJSON **out, struct pl_err *err)
{
	pl_auto_json *doc = cJSON_CreateObject();
	struct tv t = {.doc = doc, .packages_left = pl_limit(PL_LIM_PACKAGES)};
	int rc;

	pl_map_init(&t.ids);
	t.creators =
		cJSON_AddArrayToObject(cJSON_AddObjectToObject(doc, "creationInfo"), "creators");
	t.doc_notes = cJSON_AddArrayToObject(doc, "annotations");
	t.packages = cJSON_AddArrayToObject(doc, "packages");
	t.relations = cJSON_AddArrayToObject(doc, "relationships");
	rc = walk(&t, text, err);
	pl_map_release(&t.ids);
	pl_vec_release(&t.all_notes);
	if (rc == 0)
		*out = pl_steal(doc);
	return rc;
}
