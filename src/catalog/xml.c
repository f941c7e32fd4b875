/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/xml.h"

#include <expat.h>

struct reader {
	XML_Parser parser;
	const struct pl_xml_fn *fn;
	void *arg;
	struct pl_buf text;
	unsigned depth;
	const char *why; /* our own reason to stop */
};

static void stop(struct reader *r, const char *why)
{
	if (!r->why)
		r->why = why;
	XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL on_begin(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *r = arg;

	pl_buf_reset(&r->text);
	if (r->depth >= pl_limit(PL_LIM_JSON_DEPTH))
		stop(r, "elements nest too deep");
	else if (r->fn->begin)
		r->fn->begin(r->arg, r->depth, pl_str_c(name), attributes);
	r->depth++;
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
	struct reader *r = arg;

	r->depth--;
	if (r->fn->end)
		r->fn->end(r->arg, r->depth, pl_str_c(name), pl_str_trim(pl_buf_view(&r->text)));
	pl_buf_reset(&r->text);
}

static void XMLCALL on_text(void *arg, const XML_Char *s, int len)
{
	pl_buf_add(&((struct reader *)arg)->text, s, (size_t)len);
}

static void XMLCALL on_entity(void *arg, const XML_Char *name, int parameter, const XML_Char *value,
			      int len, const XML_Char *base, const XML_Char *system,
			      const XML_Char *public, const XML_Char *notation)
{
	(void)name, (void)parameter, (void)value, (void)len, (void)base, (void)system;
	(void)public, (void)notation;
	stop(arg, "it declares entities");
}

/* expat takes an int for a length. */
static bool feed(struct reader *r, struct pl_str bytes)
{
	enum { PIECE = 1 << 20 };

	while (bytes.len > PIECE) {
		if (XML_Parse(r->parser, bytes.ptr, PIECE, 0) != XML_STATUS_OK)
			return false;
		bytes = pl_str_sub(bytes, PIECE, bytes.len);
	}
	return XML_Parse(r->parser, bytes.ptr ? bytes.ptr : "", (int)bytes.len, 1) == XML_STATUS_OK;
}

int pl_xml_read(struct pl_str bytes, const struct pl_xml_fn *fn, void *arg, struct pl_err *err)
{
	struct reader r = {.fn = fn, .arg = arg, .parser = XML_ParserCreate(NULL)};
	int rc = 0;

	if (!r.parser)
		return pl_fail(err, PL_E_SYS, "no memory for an XML parser");
	pl_buf_init(&r.text, bytes.len + 64);
	/* a salt of ours: expat would ask the system for one */
	XML_SetHashSalt(r.parser, (unsigned long)pl_str_hash(PL_STR("xml")) | 1);
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_begin, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetEntityDeclHandler(r.parser, on_entity);
	if (!feed(&r, bytes))
		rc = pl_fail(err, PL_E_FORMAT, "XML, line %lu: %s",
			     (unsigned long)XML_GetCurrentLineNumber(r.parser),
			     r.why ? r.why : XML_ErrorString(XML_GetErrorCode(r.parser)));
	XML_ParserFree(r.parser);
	pl_buf_release(&r.text);
	return rc;
}

struct pl_str pl_xml_attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (strcmp(*attributes, name) == 0)
			return pl_str_c(attributes[1]);
	return (struct pl_str){0};
}
