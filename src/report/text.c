/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text out of an image on its way to a terminal: nothing in it may move the cursor, change
 * colours, turn the direction of writing or hide. Widths follow East Asian Width (UAX #11) in the
 * blocks where every character is wide.
 */
#include "report/report_int.h"

struct glyph {
	size_t bytes;	/* taken from the input */
	unsigned width; /* columns */
	bool bad;	/* shown as U+FFFD */
};

static uint32_t decode(const unsigned char *p, size_t len)
{
	if (len == 1)
		return p[0];
	if (len == 2)
		return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
	if (len == 3)
		return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
	       (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
}

static bool within(uint32_t c, const uint32_t (*ranges)[2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

static struct glyph next_glyph(struct pl_str s)
{
	static const uint32_t hostile[][2] = {
		{0x00, 0x1f},	  {0x7f, 0x9f},	    {0x200b, 0x200f}, {0x2028, 0x202e},
		{0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff},
	};
	static const uint32_t none[][2] = {
		{0x300, 0x36f}, {0x1ab0, 0x1aff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}};
	static const uint32_t wide[][2] = {
		{0x1100, 0x115f}, {0x2e80, 0x303e},   {0x3041, 0xa4cf},
		{0xac00, 0xd7a3}, {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
		{0xff00, 0xff60}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd},
	};
	unsigned char head = (unsigned char)s.ptr[0];
	size_t len = head < 0x80 ? 1 : head < 0xe0 ? 2 : head < 0xf0 ? 3 : 4;
	struct glyph g = {.bytes = len, .width = 1};
	uint32_t c;

	if (len > s.len || pl_utf8_prefix(pl_str_sub(s, 0, len)) != len)
		return (struct glyph){1, 1, true};
	c = decode((const unsigned char *)s.ptr, len);
	if (within(c, hostile, sizeof(hostile) / sizeof(hostile[0])))
		g.bad = true;
	else if (within(c, none, sizeof(none) / sizeof(none[0])))
		g.width = 0;
	else if (within(c, wide, sizeof(wide) / sizeof(wide[0])))
		g.width = 2;
	return g;
}

size_t pl_text_width(struct pl_str s)
{
	size_t width = 0;

	while (s.len) {
		struct glyph g = next_glyph(s);

		width += g.width;
		s = pl_str_sub(s, g.bytes, s.len);
	}
	return width;
}

size_t pl_text_put(struct pl_buf *out, struct pl_str s, size_t columns)
{
	bool cut = pl_text_width(s) > columns;
	size_t used = 0;

	if (cut && columns == 0)
		return 0;
	while (s.len) {
		struct glyph g = next_glyph(s);

		if (used + g.width + (cut ? 1 : 0) > columns)
			break;
		if (g.bad)
			pl_buf_c(out, s.ptr[0] == '\t' || s.ptr[0] == '\n' ? " " : "\xef\xbf\xbd");
		else
			pl_buf_add(out, s.ptr, g.bytes);
		used += g.width;
		s = pl_str_sub(s, g.bytes, s.len);
	}
	if (cut) {
		pl_buf_c(out, "…");
		used++;
	}
	return used;
}
