/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"

static const struct pl_limit_row rows[PL_LIM__COUNT] = {
#define X(sym, name, def, unit, why) [PL_LIM_##sym] = {name, unit, why, def},
	PL_LIMITS(X)
#undef X
};

/* 0 means "the default"; set before any worker or thread starts, only read afterwards */
static uint64_t chosen[PL_LIM__COUNT];

uint64_t pl_limit(enum pl_limit which)
{
	return chosen[which] ? chosen[which] : rows[which].def;
}

const struct pl_limit_row *pl_limit_row(enum pl_limit which)
{
	return &rows[which];
}

static bool parse_size(struct pl_str s, uint64_t *out)
{
	unsigned shift = 0;
	uint64_t v;

	if (s.len) {
		char c = pl_lower(s.ptr[s.len - 1]);

		shift = c == 'k' ? 10 : c == 'm' ? 20 : c == 'g' ? 30 : 0;
		if (shift)
			s.len--;
	}
	if (!pl_str_u64(s, &v) || v == 0 || v > UINT64_MAX >> shift)
		return false;
	*out = v << shift;
	return true;
}

int pl_limit_set(struct pl_str assignment, struct pl_err *err)
{
	ptrdiff_t at = pl_str_chr(assignment, '=');
	struct pl_str name = pl_str_sub(assignment, 0, at < 0 ? assignment.len : (size_t)at);
	uint64_t v;

	if (at < 0)
		return pl_fail(err, PL_E_USAGE, "\"%.*s\": expected NAME=VALUE",
			       PL_FMT(assignment));
	for (int i = 0; i < PL_LIM__COUNT; i++) {
		if (!pl_str_eq_c(name, rows[i].name))
			continue;
		if (!parse_size(pl_str_sub(assignment, (size_t)at + 1, assignment.len), &v))
			return pl_fail(err, PL_E_USAGE,
				       "\"%.*s\": expected a number above 0, with K, M or G",
				       PL_FMT(assignment));
		chosen[i] = v;
		return 0;
	}
	return pl_fail(err, PL_E_USAGE, "no limit is called \"%.*s\"; see `plimsoll limits`",
		       PL_FMT(name));
}

int pl_fail_limit(struct pl_err *err, enum pl_limit which, const char *what)
{
	return pl_fail(err, PL_E_LIMIT,
		       "%s: over the limit %s of %llu %s (raise it with --set %s=…)", what,
		       rows[which].name, (unsigned long long)pl_limit(which), rows[which].unit,
		       rows[which].name);
}
