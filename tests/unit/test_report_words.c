/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "report/report_int.h"

/* as Docker's classic builder and BuildKit write them into the history */
static void shows_instructions(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"/bin/sh -c #(nop) ADD file:abc in / ", "ADD file:abc in /"},
		{"/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD [\"bash\"]"},
		{"/bin/sh -c apt-get update", "RUN apt-get update"},
		{"RUN /bin/sh -c npm ci # buildkit", "RUN npm ci"},
		{"COPY target/ /opt/ # buildkit", "COPY target/ /opt/"},
		{"RUN |1 TOKEN=hunter22 /bin/sh -c make # buildkit", "RUN make"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pl_auto_buf b;

		pl_buf_init(&b, 1024);
		pl_buf_c(&b, "");
		pl_report_instruction(pl_str_c(rows[i].in), &b);
		assert_str(pl_buf_view(&b), rows[i].out);
	}
}

static void finds_reporters(void **state)
{
	size_t n;
	const struct pl_reporter *rows = pl_reporters(&n);

	(void)state;
	for (size_t i = 0; i < n; i++)
		assert_ptr_equal(pl_reporter_find(pl_str_c(rows[i].name)), &rows[i]);
	assert_null(pl_reporter_find(PL_STR("yaml")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_instructions),
		cmocka_unit_test(finds_reporters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
