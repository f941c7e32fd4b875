/* SPDX-License-Identifier: Apache-2.0 */
/* Licence identifiers and expressions (SPDX 2.3, annex D) in the spelling of the list. */
#include "report/spdx_ids.h"

#include "report/sbom.h"

static bool listed(struct pl_str s, const char *const *rows, size_t n)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int c = pl_str_cmp(s, pl_str_c(rows[mid]));

		if (c == 0)
			return true;
		if (c < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return false;
}

bool pl_spdx_is_license(struct pl_str id)
{
	return listed(id, pl_spdx_licenses, pl_spdx_licenses_len);
}

/* "+" after an identifier: or any later version */
static bool is_operand(struct pl_str word)
{
	if (pl_str_ends(word, PL_STR("+")) && pl_spdx_is_license(pl_str_sub(word, 0, word.len - 1)))
		return true;
	return pl_spdx_is_license(word);
}

/* The next word or parenthesis; an empty one at the end. */
static struct pl_str next_word(struct pl_str *rest)
{
	struct pl_str word;
	size_t n = 0;

	while (rest->len && rest->ptr[0] == ' ')
		*rest = pl_str_sub(*rest, 1, rest->len);
	while (n < rest->len && !strchr(" ()", rest->ptr[n]))
		n++;
	if (n == 0 && rest->len)
		n = 1;
	word = pl_str_sub(*rest, 0, n);
	*rest = pl_str_sub(*rest, n, rest->len);
	return word;
}

bool pl_spdx_is_expression(struct pl_str s)
{
	enum { OPERAND, WITH, AFTER_ID, AFTER } state = OPERAND;
	size_t depth = 0;
	struct pl_str word;

	if (memchr(s.len ? s.ptr : "", 0, s.len))
		return false;
	while (word = next_word(&s), word.len) {
		bool and_or = pl_str_eq_c(word, "AND") || pl_str_eq_c(word, "OR");

		if (state == OPERAND && pl_str_eq_c(word, "("))
			depth++;
		else if (state == OPERAND && is_operand(word))
			state = AFTER_ID;
		else if (state == WITH && listed(word, pl_spdx_exceptions, pl_spdx_exceptions_len))
			state = AFTER;
		else if (state == AFTER_ID && pl_str_eq_c(word, "WITH"))
			state = WITH;
		else if (state >= AFTER_ID && and_or)
			state = OPERAND;
		else if (state >= AFTER_ID && depth && pl_str_eq_c(word, ")") && depth--)
			state = AFTER;
		else
			return false;
	}
	return state >= AFTER_ID && depth == 0;
}
