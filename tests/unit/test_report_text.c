/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "report/report_int.h"

static void puts_text(void **state)
{
	static const struct {
		const char *in;
		size_t columns;
		const char *out;
		size_t used;
	} rows[] = {
		{"plain", 10, "plain", 5},
		{"too long for it", 8, "too lon…", 8},
		{"exactly8", 8, "exactly8", 8},
		{"", 5, "", 0},
		{"x", 0, "", 0},
		/* no escape sequence, bell, C1 control or direction override gets through */
		{"a\033[31mb", 20, "a\xef\xbf\xbd[31mb", 7},
		{"a\007b", 20,
		 "a\xef\xbf\xbd"
		 "b",
		 3},
		{"a\xc2\x9b"
		 "31m",
		 20,
		 "a\xef\xbf\xbd"
		 "31m",
		 5},
		{"a\xe2\x80\xae"
		 "b",
		 20,
		 "a\xef\xbf\xbd"
		 "b",
		 3},
		{"two\nlines\tand", 20, "two lines and", 13},
		/* broken UTF-8, one mark for each byte */
		{"\xff\xc3", 20, "\xef\xbf\xbd\xef\xbf\xbd", 2},
		{"\xed\xa0\x80", 20, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 3},
		/* East Asian Wide is two columns, a combining accent none (UAX #11) */
		{"\xe6\x97\xa5\xe6\x9c\xac", 10, "\xe6\x97\xa5\xe6\x9c\xac", 4},
		{"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 4, "\xe6\x97\xa5…", 3},
		{"e\xcc\x81", 5, "e\xcc\x81", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pl_auto_buf b;
		size_t used;

		pl_buf_init(&b, 1024);
		pl_buf_c(&b, "");
		used = pl_text_put(&b, pl_str_c(rows[i].in), rows[i].columns);
		assert_str(pl_buf_view(&b), rows[i].out);
		assert_int_equal(used, rows[i].used);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(puts_text)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
