/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/advisory_int.h"
#include "match/match_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* First byte: the scheme; then a version, a newline, and a stored entry as the database has it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n;
	const struct pl_scheme *const *rows = pl_schemes(&n);
	struct pl_str rest = pl_str_n(data, size);
	struct pl_affected entry = {0};
	struct pl_subject subject = {0};
	struct pl_judged judged;
	struct pl_graded grade;
	pl_auto_arena arena;

	pl_arena_init(&arena);
	if (size < 1)
		return 0;
	subject.scheme = rows[data[0] % n];
	subject.no_epoch = data[0] & 0x40;
	subject.modular = data[0] & 0x80;
	rest = pl_str_sub(rest, 1, rest.len);
	if (!pl_str_split(&rest, '\n', &subject.version) ||
	    pl_osv_body(rest, &arena, &entry, NULL) < 0)
		return 0;
	pl_judge_entry(&subject, &entry, &judged);
	if (judged.answer != PL_ANSWER_YES && judged.fixes.len)
		abort();
	pl_grade(&arena, &entry, &grade);
	pl_judged_release(&judged);
	return 0;
}
