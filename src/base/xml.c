/* SPDX-License-Identifier: Apache-2.0 */
#include "base/xml.h"

#include <expat.h>
#include <stdio.h>

#include "base/limits.h"

struct frame {
	struct pl_xml *e, *last_child;
	size_t text; /* where its text begins in the buffer */
};
struct reader {
	XML_Parser parser;
	struct pl_arena *arena;
	struct pl_xml *root;
	PL_VEC(struct frame) open;
	struct pl_buf text; /* of all open elements, one behind the other */
	uint64_t count;
	struct pl_err *err;
	int rc; /* the first failure of a callback */
};

/* Expat may call once more after the stop; the first failure counts. */
static void stop(struct reader *r, int rc)
{
	if (r->rc == 0)
		r->rc = rc;
	XML_StopParser(r->parser, XML_FALSE);
}

static struct pl_str local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return pl_str_c(colon ? colon + 1 : name);
}

static const struct pl_xml_attr *copy_attrs(struct reader *r, const char **atts, size_t *n)
{
	struct pl_xml_attr *to;

	for (*n = 0; atts[*n * 2]; (*n)++)
		;
	if (*n == 0)
		return NULL;
	to = pl_arena_array(r->arena, struct pl_xml_attr, *n);
	for (size_t i = 0; i < *n; i++) {
		to[i].name = pl_arena_str(r->arena, local_name(atts[2 * i]));
		to[i].value = pl_arena_str(r->arena, pl_str_c(atts[2 * i + 1]));
	}
	return to;
}

static void XMLCALL on_start(void *arg, const char *name, const char **atts)
{
	struct reader *r = arg;
	struct frame *parent = r->open.len ? &r->open.at[r->open.len - 1] : NULL;
	struct pl_xml *e;

	if (r->rc)
		return;
	if (r->open.len >= pl_limit(PL_LIM_JSON_DEPTH)) {
		stop(r, pl_fail_limit(r->err, PL_LIM_JSON_DEPTH, "XML nesting"));
		return;
	}
	e = pl_arena_new(r->arena, struct pl_xml);
	e->name = pl_arena_str(r->arena, local_name(name));
	e->attrs = copy_attrs(r, atts, &e->n_attrs);
	r->count += 1 + e->n_attrs;
	if (r->count > pl_limit(PL_LIM_TREE_NODES)) {
		stop(r, pl_fail_limit(r->err, PL_LIM_TREE_NODES, "XML elements and attributes"));
		return;
	}
	if (!parent)
		r->root = e;
	else if (parent->last_child)
		parent->last_child->next = e;
	else
		parent->e->child = e;
	if (parent)
		parent->last_child = e;
	pl_vec_push(&r->open, (struct frame){.e = e, .text = r->text.len});
}

static void XMLCALL on_end(void *arg, const char *name)
{
	struct reader *r = arg;
	struct frame f;

	(void)name;
	if (r->rc || r->open.len == 0)
		return;
	f = r->open.at[--r->open.len];
	f.e->text = pl_arena_str(
		r->arena, pl_str_trim(pl_str_sub(pl_buf_view(&r->text), f.text, r->text.len)));
	r->text.len = f.text;
}

static void XMLCALL on_text(void *arg, const char *s, int len)
{
	struct reader *r = arg;

	if (!r->rc && len > 0)
		pl_buf_add(&r->text, s, (size_t)len);
}

/* A general or parameter entity that the document declares itself (XML 1.0, 4.2). */
static void XMLCALL on_entity(void *arg, const char *name, int is_parameter, const char *value,
			      int value_len, const char *base, const char *system_id,
			      const char *public_id, const char *notation)
{
	struct reader *r = arg;

	(void)name, (void)is_parameter, (void)value, (void)value_len, (void)base;
	(void)system_id, (void)public_id, (void)notation;
	stop(r, pl_fail(r->err, PL_E_UNSUPPORTED, "XML line %lu: a declared entity is refused",
			(unsigned long)XML_GetCurrentLineNumber(r->parser)));
}

/* Gives an empty text in place of every external subset, after which unknown entities are skipped
 * instead of being faults. Other external entities cannot have been declared. */
static int XMLCALL on_external(XML_Parser parser, const char *context, const char *base,
			       const char *system_id, const char *public_id)
{
	XML_Parser sub;

	(void)base, (void)system_id, (void)public_id;
	if (context)
		return XML_STATUS_OK;
	sub = XML_ExternalEntityParserCreate(parser, NULL, NULL);
	if (!sub)
		return XML_STATUS_ERROR;
	XML_Parse(sub, "", 0, XML_TRUE);
	XML_ParserFree(sub);
	return XML_STATUS_OK;
}

/* Any encoding that expat does not know is read as ASCII; other bytes become U+FFFD. */
static int XMLCALL on_encoding(void *arg, const char *name, XML_Encoding *info)
{
	(void)arg, (void)name;
	for (int i = 0; i < 256; i++)
		info->map[i] = i < 128 ? i : 0xfffd;
	info->data = NULL;
	info->convert = NULL;
	info->release = NULL;
	return XML_STATUS_OK;
}

static int run(struct reader *r, struct pl_str text)
{
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetEntityDeclHandler(r->parser, on_entity);
	XML_SetUnknownEncodingHandler(r->parser, on_encoding, NULL);
	XML_SetParamEntityParsing(r->parser, XML_PARAM_ENTITY_PARSING_ALWAYS);
	XML_SetExternalEntityRefHandler(r->parser, on_external);
	XML_UseForeignDTD(r->parser, XML_TRUE);
	/* in pieces, because lengths are int */
	do {
		struct pl_str part = pl_str_sub(text, 0, 1 << 20);
		bool last = part.len == text.len;

		if (XML_Parse(r->parser, part.ptr ? part.ptr : "", (int)part.len, last) ==
			    XML_STATUS_ERROR ||
		    r->rc)
			break;
		text = pl_str_sub(text, part.len, text.len);
		if (last)
			return 0;
	} while (true);
	if (r->rc)
		return r->rc;
	return pl_fail(r->err, PL_E_FORMAT, "XML line %lu: %s",
		       (unsigned long)XML_GetCurrentLineNumber(r->parser),
		       XML_ErrorString(XML_GetErrorCode(r->parser)));
}

int pl_xml_parse(struct pl_str text, uint64_t max, struct pl_arena *arena,
		 const struct pl_xml **out, struct pl_err *err)
{
	struct reader r = {.arena = arena, .err = err};
	int rc;

	if (text.len > max)
		return pl_fail(err, PL_E_LIMIT, "XML of %zu bytes: over the limit of %llu",
			       text.len, (unsigned long long)max);
	r.parser = XML_ParserCreate(NULL);
	if (!r.parser)
		return pl_fail(err, PL_E_INTERNAL, "no memory for XML");
	pl_buf_init(&r.text, 3 * text.len + 1); /* one byte of Latin-1 may become three */
	rc = run(&r, text);
	XML_ParserFree(r.parser);
	pl_buf_release(&r.text);
	pl_vec_release(&r.open);
	if (rc == 0 && !r.root)
		rc = pl_fail(err, PL_E_FORMAT, "XML without an element");
	if (rc == 0)
		*out = r.root;
	return rc;
}

static const struct pl_xml *named(const struct pl_xml *e, struct pl_str name)
{
	while (e && !pl_str_eq(e->name, name))
		e = e->next;
	return e;
}

const struct pl_xml *pl_xml_get(const struct pl_xml *e, const char *name)
{
	return e ? named(e->child, pl_str_c(name)) : NULL;
}

const struct pl_xml *pl_xml_more(const struct pl_xml *e)
{
	return e ? named(e->next, e->name) : NULL;
}

struct pl_str pl_xml_str(const struct pl_xml *e, const char *name)
{
	const struct pl_xml *child = pl_xml_get(e, name);

	return child ? child->text : (struct pl_str){0};
}

struct pl_str pl_xml_attr(const struct pl_xml *e, const char *name)
{
	for (size_t i = 0; e && i < e->n_attrs; i++) {
		if (pl_str_eq_c(e->attrs[i].name, name))
			return e->attrs[i].value;
	}
	return (struct pl_str){0};
}
