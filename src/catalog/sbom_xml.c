/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX in XML, brought into the tree that the JSON notation has, so that one reader serves
 * both. Elements become objects, attributes their members, elements that are lists in JSON arrays,
 * elements with nothing but text strings. Document types are refused: no entity is ever expanded.
 */
#include "catalog/sbom_int.h"

#include <expat.h>
#include <stdio.h>

#define XML_DEPTH_MAX 64 /* components in components; real documents use two levels */

struct level {
	cJSON *node;	    /* object or array */
	cJSON *depends;	    /* its member dependsOn, once it has one */
	struct pl_str name; /* in the arena */
	bool list;
	bool inner; /* had a child element or attributes */
};

struct xml {
	XML_Parser parser;
	struct pl_arena arena;
	struct level at[XML_DEPTH_MAX];
	unsigned depth, skipped; /* levels inside of elements that are not kept */
	struct pl_buf text;
	uint64_t nodes;
	char version[16]; /* of the format, from the namespace */
	const char *why;  /* the first thing that was wrong */
	cJSON *root;
};

static void stop(struct xml *x, const char *why)
{
	if (!x->why)
		x->why = why;
	XML_StopParser(x->parser, XML_FALSE);
}

/* These are arrays in the JSON notation. */
static bool is_list(const char *name)
{
	static const char *const names[] = {"components", "licenses",	  "properties",
					    "hashes",	  "dependencies", "occurrences"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Texts that nobody asks for: descriptions, signatures, licence texts, vulnerabilities. */
static bool is_skipped(const char *name)
{
	static const char *const names[] = {
		"description",	   "text",     "Signature",	     "pedigree",    "copyright",
		"vulnerabilities", "services", "externalReferences", "annotations", "formulation",
		"declarations"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static const char *local(const char *name)
{
	const char *bar = strrchr(name, '|');

	return bar ? bar + 1 : name;
}

static void put_text(cJSON *object, const char *key, const char *value)
{
	cJSON_AddItemToObject(object, key, cJSON_CreateString(value));
}

static void open_level(struct xml *x, const char *name, const char **attributes)
{
	bool list = is_list(name);
	struct level l = {.name = pl_arena_str(&x->arena, pl_str_c(name)), .list = list};

	l.node = list ? cJSON_CreateArray() : cJSON_CreateObject();
	if (!l.node) {
		stop(x, "out of memory");
		return;
	}
	for (size_t i = 0; !list && attributes[i]; i += 2) {
		put_text(l.node, local(attributes[i]), attributes[i + 1]);
		l.inner = true;
	}
	if (x->depth)
		x->at[x->depth - 1].inner = true;
	x->at[x->depth++] = l;
	pl_buf_reset(&x->text);
}

static void XMLCALL on_start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct xml *x = arg;

	name = local(name);
	if (x->skipped || (x->depth && is_skipped(name))) {
		x->skipped++;
		return;
	}
	if (x->depth == XML_DEPTH_MAX)
		stop(x, "elements nest too deep");
	else if (++x->nodes > pl_limit(PL_LIM_TREE_NODES))
		stop(x, "too many elements");
	else
		open_level(x, name, attributes);
}

/* <property name="k">v</property> and <hash alg="SHA-1">…</hash> carry their text beside. */
static const char *text_member(struct pl_str name)
{
	if (pl_str_eq_c(name, "property"))
		return "value";
	return "content";
}

/* <dependency ref="a"><dependency ref="b"/></dependency> is {"ref": a, "dependsOn": [b]}. */
static void add_dependency(struct level *parent, cJSON *child)
{
	const char *ref = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(child, "ref"));

	if (!parent->depends)
		parent->depends = cJSON_AddArrayToObject(parent->node, "dependsOn");
	if (ref)
		cJSON_AddItemToArray(parent->depends, cJSON_CreateString(ref));
	cJSON_Delete(child);
}

static void add_to_list(const struct level *parent, const struct level *l, cJSON *node)
{
	cJSON *wrap;

	if (!pl_str_eq_c(parent->name, "licenses")) {
		cJSON_AddItemToArray(parent->node, node);
		return;
	}
	wrap = cJSON_CreateObject(); /* {"license": {…}} or {"expression": "…"} */
	cJSON_AddItemToObject(wrap, l->name.ptr, node);
	cJSON_AddItemToArray(parent->node, wrap);
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
	struct xml *x = arg;
	struct level l, *parent;
	struct pl_str text;

	(void)name;
	if (x->skipped) {
		x->skipped--;
		return;
	}
	if (x->depth == 0)
		return;
	l = x->at[--x->depth];
	text = pl_buf_view(&x->text);
	if (!pl_str_eq_c(l.name, "property")) /* a value is exact */
		text = pl_str_trim(text);
	if (!l.list && text.len) {
		pl_auto_free char *copy = pl_xstrdup(text);

		if (l.inner) {
			put_text(l.node, text_member(l.name), copy);
		} else {
			cJSON_Delete(l.node);
			l.node = cJSON_CreateString(copy);
		}
	}
	pl_buf_reset(&x->text);
	if (x->depth == 0) {
		x->root = l.node;
		return;
	}
	parent = &x->at[x->depth - 1];
	if (parent->list)
		add_to_list(parent, &l, l.node);
	else if (pl_str_eq_c(l.name, "dependency"))
		add_dependency(parent, l.node);
	else
		cJSON_AddItemToObject(parent->node, l.name.ptr, l.node);
}

static void XMLCALL on_text(void *arg, const XML_Char *s, int len)
{
	struct xml *x = arg;

	if (x->skipped)
		return;
	pl_buf_add(&x->text, s, (size_t)len);
	if (x->text.failed)
		stop(x, "a text is too long");
}

static void XMLCALL on_doctype(void *arg, const XML_Char *name, const XML_Char *sysid,
			       const XML_Char *pubid, int internal)
{
	(void)name, (void)sysid, (void)pubid, (void)internal;
	stop(arg, "it has a document type, which no bill of materials needs");
}

/* The version of the format stands in the namespace: "http://cyclonedx.org/schema/bom/1.5". */
static void XMLCALL on_namespace(void *arg, const XML_Char *prefix, const XML_Char *uri)
{
	struct xml *x = arg;
	struct pl_str text = pl_str_c(uri);
	ptrdiff_t at = pl_str_find(text, PL_STR("cyclonedx.org/schema/bom/"));

	(void)prefix;
	if (at >= 0 && !x->version[0])
		snprintf(x->version, sizeof(x->version), "%s", uri + at + 25);
}

static int finish(struct xml *x, enum XML_Status status, cJSON **out, struct pl_err *err)
{
	if (x->why)
		return pl_fail(err, PL_E_FORMAT, "XML: %s", x->why);
	if (status != XML_STATUS_OK)
		return pl_fail(err, PL_E_FORMAT, "XML, line %lu: %s",
			       (unsigned long)XML_GetCurrentLineNumber(x->parser),
			       XML_ErrorString(XML_GetErrorCode(x->parser)));
	if (!cJSON_IsObject(x->root) || !x->version[0])
		return pl_fail(err, PL_E_UNSUPPORTED, "XML, but not CycloneDX");
	put_text(x->root, "specVersion", x->version);
	*out = pl_steal(x->root);
	return 0;
}

/* Expat takes lengths of int. */
static enum XML_Status feed(XML_Parser parser, struct pl_str text)
{
	enum XML_Status status = XML_STATUS_OK;
	size_t step = PL_MiB(1);

	while (status == XML_STATUS_OK && text.len > step) {
		status = XML_Parse(parser, text.ptr, (int)step, 0);
		text = pl_str_sub(text, step, text.len);
	}
	if (status == XML_STATUS_OK)
		status = XML_Parse(parser, text.ptr, (int)text.len, 1);
	return status;
}

int pl_sbom_xml(struct pl_str text, cJSON **out, struct pl_err *err)
{
	struct xml x = {.parser = XML_ParserCreateNS(NULL, '|')};
	int rc;

	if (!x.parser)
		return pl_fail(err, PL_E_SYS, "XML parser: out of memory");
	pl_arena_init(&x.arena);
	pl_buf_init(&x.text, pl_limit(PL_LIM_META_FILE_BYTES));
	XML_SetUserData(x.parser, &x);
	XML_SetElementHandler(x.parser, on_start, on_end);
	XML_SetCharacterDataHandler(x.parser, on_text);
	XML_SetStartDoctypeDeclHandler(x.parser, on_doctype);
	XML_SetStartNamespaceDeclHandler(x.parser, on_namespace);
	rc = finish(&x, feed(x.parser, text), out, err);
	XML_ParserFree(x.parser);
	while (x.depth)
		cJSON_Delete(x.at[--x.depth].node);
	cJSON_Delete(x.root);
	pl_buf_release(&x.text);
	pl_arena_release(&x.arena);
	return rc;
}
