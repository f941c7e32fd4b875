/* SPDX-License-Identifier: Apache-2.0 */
/* Values of TOML: strings, numbers, dates, arrays, inline tables. */
#include <stdio.h>

#include "base/limits.h"
#include "base/toml_int.h"

/* --- strings -------------------------------------------------------------------------------- */

static bool is_control(char c)
{
	return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

static void add_utf8(struct pl_buf *b, uint32_t c)
{
	static const uint32_t tops[] = {0x80, 0x800, 0x10000};
	static const uint8_t marks[] = {0, 0xc0, 0xe0, 0xf0};
	unsigned more = 0;

	while (more < 3 && c >= tops[more])
		more++;
	pl_buf_ch(b, (char)(marks[more] | (c >> (6 * more))));
	while (more--)
		pl_buf_ch(b, (char)(0x80 | ((c >> (6 * more)) & 0x3f)));
}

static int unicode(struct pl_toml *t, size_t digits)
{
	uint32_t c = 0;

	for (size_t i = 0; i < digits; i++) {
		char d = pl_lower(pl_toml_peek(t, i));

		if (!pl_is_digit(d) && !(d >= 'a' && d <= 'f'))
			return pl_toml_fail(t, "an escape needs hexadecimal digits");
		c = c << 4 | (uint32_t)(pl_is_digit(d) ? d - '0' : d - 'a' + 10);
	}
	t->at += digits;
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return pl_toml_fail(t, "an escape that is no character");
	add_utf8(&t->scratch, c);
	return 0;
}

/* A backslash at the end of a line takes the line end and all blanks after it away. */
static int joined_lines(struct pl_toml *t)
{
	char c;

	pl_toml_blanks(t);
	if (pl_toml_peek(t, 0) != '\n' && pl_toml_peek(t, 0) != '\r')
		return pl_toml_fail(t, "an escape that is not known");
	while ((c = pl_toml_peek(t, 0)) == ' ' || c == '\t' || c == '\n' ||
	       (c == '\r' && pl_toml_peek(t, 1) == '\n'))
		t->at++;
	return 0;
}

static int escape(struct pl_toml *t, bool lines)
{
	static const char letters[] = "btnfr\"\\", bytes[] = "\b\t\n\f\r\"\\";
	char c = pl_toml_peek(t, 1);
	const char *at = c ? strchr(letters, c) : NULL;

	t->at++;
	if (at) {
		t->at++;
		pl_buf_ch(&t->scratch, bytes[at - letters]);
		return 0;
	}
	if (c == 'u' || c == 'U') {
		t->at++;
		return unicode(t, c == 'u' ? 4 : 8);
	}
	return lines ? joined_lines(t) : pl_toml_fail(t, "an escape that is not known");
}

/* One piece of a string that is not its end. */
static int piece(struct pl_toml *t, char quote, bool lines)
{
	char c = pl_toml_peek(t, 0);

	if (!c)
		return pl_toml_fail(t, "a string is not closed");
	if (c == '\\' && quote == '"')
		return escape(t, lines);
	if (lines && c == '\r' && pl_toml_peek(t, 1) == '\n') {
		t->at++;
		c = '\n';
	}
	if (is_control(c) && !(lines && c == '\n'))
		return pl_toml_fail(t, "a control character in a string");
	pl_buf_ch(&t->scratch, c);
	t->at++;
	return 0;
}

/* Up to two quotes may stand directly before the three that close. */
static int long_string(struct pl_toml *t, char quote)
{
	if (pl_toml_peek(t, 0) == '\r' && pl_toml_peek(t, 1) == '\n')
		t->at++;
	if (pl_toml_peek(t, 0) == '\n')
		t->at++;
	for (;;) {
		size_t run = 0;
		int rc;

		while (run < 6 && pl_toml_peek(t, run) == quote)
			run++;
		if (run > 5)
			return pl_toml_fail(t, "too many quotes at the end of a string");
		for (size_t i = run >= 3 ? 3 : 0; i < run; i++)
			pl_buf_ch(&t->scratch, quote);
		t->at += run;
		if (run >= 3)
			return 0;
		if (run)
			continue;
		rc = piece(t, quote, true);
		if (rc < 0)
			return rc;
	}
}

int pl_toml_string(struct pl_toml *t, bool lines)
{
	char quote = pl_toml_peek(t, 0);

	pl_buf_reset(&t->scratch);
	pl_buf_str(&t->scratch, PL_STR(""));
	if (pl_toml_peek(t, 1) == quote && pl_toml_peek(t, 2) == quote) {
		if (!lines)
			return pl_toml_fail(t, "a string of several lines as a key");
		t->at += 3;
		return long_string(t, quote);
	}
	t->at++;
	while (pl_toml_peek(t, 0) != quote) {
		int rc = piece(t, quote, false);

		if (rc < 0)
			return rc;
	}
	t->at++;
	return 0;
}

/* --- numbers and dates ---------------------------------------------------------------------- */

/* Digits of a base, with single underscores between them. */
static bool digits(struct pl_str s, unsigned base, uint64_t *value)
{
	bool after_digit = false;

	*value = 0;
	for (size_t i = 0; i < s.len; i++) {
		char c = pl_lower(s.ptr[i]);
		unsigned d = pl_is_digit(c) ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;

		if (c == '_' && after_digit) {
			after_digit = false;
			continue;
		}
		if ((!pl_is_digit(c) && !(c >= 'a' && c <= 'f')) || d >= base ||
		    __builtin_mul_overflow(*value, (uint64_t)base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)d, value))
			return false;
		after_digit = true;
	}
	return after_digit;
}

static bool no_leading_zero(struct pl_str s)
{
	return s.len < 2 || s.ptr[0] != '0';
}

static struct pl_str unsign(struct pl_str s)
{
	return s.len && (s.ptr[0] == '+' || s.ptr[0] == '-') ? pl_str_sub(s, 1, s.len) : s;
}

static bool integer(struct pl_str s, double *out)
{
	static const struct {
		const char *prefix;
		unsigned base;
	} bases[] = {{"0x", 16}, {"0o", 8}, {"0b", 2}};
	bool negative = s.len && s.ptr[0] == '-';
	struct pl_str plain = unsign(s);
	uint64_t v;

	for (size_t i = 0; i < 3; i++) {
		if (!pl_str_starts(s, pl_str_c(bases[i].prefix)))
			continue;
		*out = 0;
		if (!digits(pl_str_sub(s, 2, s.len), bases[i].base, &v) || v > INT64_MAX)
			return false;
		*out = (double)v;
		return true;
	}
	if (!no_leading_zero(plain) || !digits(plain, 10, &v) ||
	    v > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return false;
	*out = negative ? -(double)v : (double)v;
	return true;
}

/* As digits, of any length. */
static bool all_digits(struct pl_str s)
{
	bool after_digit = false;

	for (size_t i = 0; i < s.len; i++) {
		if (!pl_is_digit(s.ptr[i]) && !(s.ptr[i] == '_' && after_digit))
			return false;
		after_digit = s.ptr[i] != '_';
	}
	return after_digit;
}

static bool is_float(struct pl_str s)
{
	struct pl_str plain = unsign(s);
	ptrdiff_t e = pl_str_chr(plain, 'e'), point;

	if (pl_str_eq_c(plain, "inf") || pl_str_eq_c(plain, "nan"))
		return true;
	if (e < 0)
		e = pl_str_chr(plain, 'E');
	if (e >= 0 && !all_digits(unsign(pl_str_sub(plain, (size_t)e + 1, plain.len))))
		return false;
	plain = e >= 0 ? pl_str_sub(plain, 0, (size_t)e) : plain;
	point = pl_str_chr(plain, '.');
	if (point >= 0 && !all_digits(pl_str_sub(plain, (size_t)point + 1, plain.len)))
		return false;
	if (point < 0 && e < 0)
		return false;
	plain = point >= 0 ? pl_str_sub(plain, 0, (size_t)point) : plain;
	return all_digits(plain) && no_leading_zero(plain);
}

/* Cuts a number of exactly n digits, in a range, from the front. */
static bool field(struct pl_str *s, size_t n, uint64_t low, uint64_t high, uint64_t *v)
{
	if (s->len < n || !pl_str_u64(pl_str_sub(*s, 0, n), v) || *v < low || *v > high)
		return false;
	*s = pl_str_sub(*s, n, s->len);
	return true;
}

static bool mark(struct pl_str *s, const char *any)
{
	if (pl_str_empty(*s) || !strchr(any, s->ptr[0]))
		return false;
	*s = pl_str_sub(*s, 1, s->len);
	return true;
}

static bool date(struct pl_str *s)
{
	static const uint8_t lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	uint64_t y, m, d;

	if (!field(s, 4, 0, 9999, &y) || !mark(s, "-") || !field(s, 2, 1, 12, &m) ||
	    !mark(s, "-") || !field(s, 2, 1, lengths[m - 1], &d))
		return false;
	return m != 2 || d != 29 || (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0));
}

static bool clock_time(struct pl_str *s)
{
	uint64_t v;

	if (!field(s, 2, 0, 23, &v) || !mark(s, ":") || !field(s, 2, 0, 59, &v) || !mark(s, ":") ||
	    !field(s, 2, 0, 60, &v))
		return false;
	if (!mark(s, "."))
		return true;
	if (s->len == 0 || !pl_is_digit(s->ptr[0]))
		return false;
	while (s->len && pl_is_digit(s->ptr[0]))
		*s = pl_str_sub(*s, 1, s->len);
	return true;
}

/* RFC 3339, or a date or a time alone. */
static bool is_date(struct pl_str s)
{
	struct pl_str rest = s;
	uint64_t v;

	if (clock_time(&rest))
		return rest.len == 0;
	rest = s;
	if (!date(&rest))
		return false;
	if (rest.len == 0)
		return true;
	if (!mark(&rest, "Tt ") || !clock_time(&rest))
		return false;
	if (rest.len == 0 || (rest.len == 1 && pl_lower(rest.ptr[0]) == 'z'))
		return true;
	return mark(&rest, "+-") && field(&rest, 2, 0, 23, &v) && mark(&rest, ":") &&
	       field(&rest, 2, 0, 59, &v) && rest.len == 0;
}

static struct pl_str word(struct pl_toml *t)
{
	static const char more[] = "+-_.:";
	size_t from = t->at;
	char c;

	while ((c = pl_toml_peek(t, 0)) && (pl_is_alpha(c) || pl_is_digit(c) || strchr(more, c))) {
		t->at++;
		/* a blank may stand between date and time */
		if (t->at - from == 10 && pl_toml_peek(t, 0) == ' ' &&
		    pl_is_digit(pl_toml_peek(t, 1)) && t->text.ptr[from + 4] == '-')
			t->at++;
	}
	return pl_str_sub(t->text, from, t->at - from);
}

static cJSON *new_string(struct pl_str s)
{
	pl_auto_free char *copy = pl_xstrdup(s);

	return cJSON_CreateString(copy);
}

static int plain(struct pl_toml *t, cJSON **out)
{
	struct pl_str s = word(t);
	double number;

	if (pl_str_eq_c(s, "true") || pl_str_eq_c(s, "false"))
		*out = cJSON_CreateBool(s.ptr[0] == 't');
	else if (integer(s, &number))
		*out = cJSON_CreateNumber(number);
	else if (is_float(s) || is_date(s))
		*out = new_string(s);
	else
		return pl_toml_fail(t, "a value was expected");
	return 0;
}

/* --- what holds values ---------------------------------------------------------------------- */

static int array(struct pl_toml *t, uint32_t depth, cJSON **out)
{
	pl_auto_json *list = cJSON_CreateArray();
	int rc;

	t->at++;
	for (;;) {
		cJSON *item = NULL;

		rc = pl_toml_gap(t);
		if (rc < 0)
			return rc;
		if (pl_toml_peek(t, 0) == ']')
			break;
		rc = pl_toml_value(t, depth + 1, &item);
		if (rc < 0)
			return rc;
		cJSON_AddItemToArray(list, item);
		rc = pl_toml_gap(t);
		if (rc < 0)
			return rc;
		if (pl_toml_peek(t, 0) == ']')
			break;
		if (pl_toml_peek(t, 0) != ',')
			return pl_toml_fail(t, "\",\" or \"]\" was expected in an array");
		t->at++;
	}
	t->at++;
	*out = pl_steal(list);
	return 0;
}

/* On one line, without a comma at the end. */
static int inline_table(struct pl_toml *t, uint32_t depth, cJSON **out)
{
	pl_auto_json *table = cJSON_CreateObject();
	uint32_t id;
	int rc = pl_toml_node(t, table, PL_TOML_DOTTED, depth, &id);

	if (rc < 0)
		return rc;
	t->at++;
	pl_toml_blanks(t);
	while (pl_toml_peek(t, 0) != '}') {
		rc = pl_toml_pair(t, id);
		if (rc < 0)
			return rc;
		pl_toml_blanks(t);
		if (pl_toml_peek(t, 0) == '}')
			break;
		if (pl_toml_peek(t, 0) != ',')
			return pl_toml_fail(t, "\",\" or \"}\" was expected in an inline table");
		t->at++;
		pl_toml_blanks(t);
		if (pl_toml_peek(t, 0) == '}')
			return pl_toml_fail(t, "a comma before \"}\"");
	}
	t->at++;
	*out = pl_steal(table);
	return 0;
}

int pl_toml_value(struct pl_toml *t, uint32_t depth, cJSON **out)
{
	char c = pl_toml_peek(t, 0);
	int rc;

	if (depth > pl_limit(PL_LIM_JSON_DEPTH))
		return pl_fail_limit(t->err, PL_LIM_JSON_DEPTH, "TOML nesting");
	if (++t->count > pl_limit(PL_LIM_TREE_NODES))
		return pl_fail_limit(t->err, PL_LIM_TREE_NODES, "TOML values");
	if (c == '[')
		return array(t, depth, out);
	if (c == '{')
		return inline_table(t, depth, out);
	if (c != '"' && c != '\'')
		return plain(t, out);
	rc = pl_toml_string(t, true);
	if (rc < 0)
		return rc;
	*out = new_string(pl_buf_view(&t->scratch));
	return 0;
}
