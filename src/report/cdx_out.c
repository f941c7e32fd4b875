/* SPDX-License-Identifier: Apache-2.0 */
/* The two notations of CycloneDX. */
#include "report/cdx_out.h"

#include <stdio.h>

/* U+FFFE and U+FFFF are no characters of XML (XML 1.0 §2.2). */
static bool is_noncharacter(struct pl_str s, size_t i)
{
	return i + 2 < s.len && memcmp(s.ptr + i, "\xef\xbf", 2) == 0 &&
	       (uint8_t)s.ptr[i + 2] >= 0xbe;
}

static void xml_valid(struct pl_buf *out, struct pl_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c == '<')
			pl_buf_c(out, "&lt;");
		else if (c == '>')
			pl_buf_c(out, "&gt;");
		else if (c == '&')
			pl_buf_c(out, "&amp;");
		else if (c == '"')
			pl_buf_c(out, "&quot;");
		else if (c == '\t' || c == '\n' || c == '\r')
			pl_buf_fmt(out, "&#%u;", c);
		else if (c < ' ')
			pl_buf_c(out, "\xef\xbf\xbd");
		else if (is_noncharacter(s, i)) {
			pl_buf_c(out, "\xef\xbf\xbd");
			i += 2;
		} else {
			pl_buf_ch(out, (char)c);
		}
	}
}

void pl_xml_text(struct pl_buf *out, struct pl_str s)
{
	while (s.len) {
		size_t valid = pl_utf8_prefix(s);

		xml_valid(out, pl_str_sub(s, 0, valid));
		if (valid < s.len) {
			pl_buf_c(out, "\xef\xbf\xbd");
			valid++;
		}
		s = pl_str_sub(s, valid, s.len);
	}
}

static void close_tag(struct pl_cdx *c)
{
	if (c->tag_open)
		pl_buf_ch(c->out, '>');
	c->tag_open = false;
}

static void line(struct pl_cdx *c)
{
	pl_buf_ch(c->out, '\n');
	for (unsigned i = 0; i < c->depth; i++)
		pl_buf_add(c->out, "  ", 2);
}

static void open_element(struct pl_cdx *c, const char *name)
{
	close_tag(c);
	line(c);
	pl_buf_fmt(c->out, "<%s", name);
	c->tag_open = true;
	c->depth++;
}

static void end_element(struct pl_cdx *c, const char *name)
{
	c->depth--;
	if (c->tag_open) {
		pl_buf_c(c->out, "/>");
		c->tag_open = false;
		return;
	}
	line(c);
	pl_buf_fmt(c->out, "</%s>", name);
}

static void text_element(struct pl_cdx *c, const char *name, struct pl_str value)
{
	open_element(c, name);
	close_tag(c);
	pl_xml_text(c->out, value);
	pl_buf_fmt(c->out, "</%s>", name);
	c->depth--;
}

void pl_cdx_begin_document(struct pl_cdx *c, struct pl_buf *out, bool xml, const char *serial)
{
	struct pl_str urn;
	char text[64];

	snprintf(text, sizeof(text), "urn:uuid:%s", serial);
	urn = pl_str_c(text);
	*c = (struct pl_cdx){.xml = xml, .out = out};
	if (xml) {
		pl_buf_c(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
		open_element(c, "bom");
		pl_cdx_attr(c, "xmlns", PL_STR("http://cyclonedx.org/schema/bom/1.6"));
		pl_cdx_attr(c, "serialNumber", urn);
		pl_cdx_attr(c, "version", PL_STR("1"));
		return;
	}
	pl_jw_init(&c->jw, out, true);
	pl_jw_obj(&c->jw);
	pl_cdx_text(c, "$schema", PL_STR("http://cyclonedx.org/schema/bom-1.6.schema.json"));
	pl_cdx_text(c, "bomFormat", PL_STR("CycloneDX"));
	pl_cdx_text(c, "specVersion", PL_STR("1.6"));
	pl_cdx_text(c, "serialNumber", urn);
	pl_jw_ku64(&c->jw, "version", 1);
}

void pl_cdx_end_document(struct pl_cdx *c)
{
	if (!c->xml) {
		pl_jw_obj_end(&c->jw);
		return;
	}
	end_element(c, "bom");
	pl_buf_ch(c->out, '\n');
}

void pl_cdx_list(struct pl_cdx *c, const char *name)
{
	if (c->xml) {
		open_element(c, name);
		return;
	}
	pl_jw_key(&c->jw, name);
	pl_jw_arr(&c->jw);
}

void pl_cdx_list_end(struct pl_cdx *c, const char *name)
{
	if (c->xml)
		end_element(c, name);
	else
		pl_jw_arr_end(&c->jw);
}

void pl_cdx_item(struct pl_cdx *c, const char *element)
{
	if (c->xml)
		open_element(c, element);
	else
		pl_jw_obj(&c->jw);
}

void pl_cdx_item_end(struct pl_cdx *c, const char *element)
{
	if (c->xml)
		end_element(c, element);
	else
		pl_jw_obj_end(&c->jw);
}

void pl_cdx_member(struct pl_cdx *c, const char *name)
{
	if (!c->xml)
		pl_jw_key(&c->jw, name);
	pl_cdx_item(c, name);
}

void pl_cdx_member_end(struct pl_cdx *c, const char *name)
{
	pl_cdx_item_end(c, name);
}

void pl_cdx_attr(struct pl_cdx *c, const char *name, struct pl_str value)
{
	if (!c->xml) {
		pl_jw_kstr(&c->jw, name, value);
		return;
	}
	pl_buf_fmt(c->out, " %s=\"", name);
	pl_xml_text(c->out, value);
	pl_buf_ch(c->out, '"');
}

void pl_cdx_text(struct pl_cdx *c, const char *name, struct pl_str value)
{
	if (!value.len)
		return;
	if (c->xml)
		text_element(c, name, value);
	else
		pl_jw_kstr(&c->jw, name, value);
}

void pl_cdx_tenths(struct pl_cdx *c, const char *name, unsigned tenths)
{
	pl_auto_buf b;

	pl_buf_init(&b, 32);
	pl_buf_fmt(&b, "%u.%u", tenths / 10, tenths % 10);
	if (c->xml) {
		text_element(c, name, pl_buf_view(&b));
		return;
	}
	pl_jw_key(&c->jw, name);
	pl_jw_tenths(&c->jw, tenths);
}

void pl_cdx_value(struct pl_cdx *c, const char *element, struct pl_str value)
{
	if (c->xml)
		text_element(c, element, value);
	else
		pl_jw_str(&c->jw, value);
}

void pl_cdx_ref(struct pl_cdx *c, const char *element, struct pl_str ref)
{
	if (!c->xml) {
		pl_jw_str(&c->jw, ref);
		return;
	}
	open_element(c, element);
	pl_cdx_attr(c, "ref", ref);
	end_element(c, element);
}

void pl_cdx_pair(struct pl_cdx *c, const char *element, const char *key, struct pl_str key_value,
		 const char *value_key, struct pl_str value)
{
	if (!c->xml) {
		pl_jw_obj(&c->jw);
		pl_jw_kstr(&c->jw, key, key_value);
		pl_jw_kstr(&c->jw, value_key, value);
		pl_jw_obj_end(&c->jw);
		return;
	}
	open_element(c, element);
	pl_cdx_attr(c, key, key_value);
	close_tag(c);
	pl_xml_text(c->out, value);
	pl_buf_fmt(c->out, "</%s>", element);
	c->depth--;
}
