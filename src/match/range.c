/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a version affected by one entry of a record? (OSV schema, "Evaluation".) Events are a
 * timeline in the order of versions: the last event at or before the version decides.
 */
#include "match/match_int.h"

void pl_judged_release(struct pl_judged *j)
{
	pl_vec_release(&j->fixes);
}

static struct pl_str without_epoch(struct pl_str v)
{
	ptrdiff_t colon = pl_str_chr(v, ':');

	return colon < 0 ? v : pl_str_sub(v, (size_t)colon + 1, v.len);
}

static struct pl_str before_char(struct pl_str v, ptrdiff_t at)
{
	return at < 0 ? v : pl_str_sub(v, 0, (size_t)at);
}

/* "42.0.jre8" is 42.0, built for Java 8: SQL Server's driver and others. */
static struct pl_str without_jre(struct pl_str v)
{
	size_t n = v.len;

	while (n > 0 && pl_is_digit(v.ptr[n - 1]))
		n--;
	if (n == v.len || n < 5)
		return v;
	if (pl_str_ends(pl_str_sub(v, 0, n), PL_STR(".jre")) ||
	    pl_str_ends(pl_str_sub(v, 0, n), PL_STR(".jdk")))
		return pl_str_sub(v, 0, n - 4);
	return v;
}

/*
 * What is compared, by scheme: a bound without local part (PEP 440) or without release (rpm)
 * speaks of the public version; the epoch of a source rpm is not recorded.
 */
static int compare(const struct pl_subject *s, struct pl_str bound, int *out)
{
	struct pl_str v = s->version;

	if (strcmp(s->scheme->name, "pep440") == 0 && pl_str_chr(bound, '+') < 0) {
		v = before_char(v, pl_str_chr(v, '+'));
	} else if (strcmp(s->scheme->name, "maven") == 0) {
		v = without_jre(v);
		bound = without_jre(bound);
	} else if (strcmp(s->scheme->name, "rpm") == 0) {
		if (s->no_epoch) {
			v = without_epoch(v);
			bound = without_epoch(bound);
		}
		if (pl_str_chr(bound, '-') < 0)
			v = before_char(v, pl_str_rchr(v, '-'));
	}
	return pl_version_compare(s->scheme, v, bound, out, NULL);
}

static bool is_start(const struct pl_event *e)
{
	return e->kind == PL_EV_INTRODUCED && pl_str_eq_c(e->version, "0");
}

/* Module builds (rpm) and others of the same name are different streams: a bound of one says
 * nothing of the other. The records carry no label, only the release text tells. */
static bool other_stream(const struct pl_subject *s, const struct pl_range *r)
{
	if (strcmp(s->scheme->name, "rpm") != 0)
		return false;
	for (size_t i = 0; i < r->events.len; i++) {
		const struct pl_event *e = &r->events.at[i];

		if (e->kind != PL_EV_INTRODUCED || !is_start(e))
			return s->modular != (pl_str_find(e->version, PL_STR(".module")) >= 0);
	}
	return false;
}

struct walk {
	const struct pl_subject *s;
	const struct pl_event *last; /* at or before the version */
	const struct pl_event *next; /* closing event after it, smallest */
	bool limited, within;	     /* there are limits; below one of them */
	bool cannot;
};

/* Later than the best so far, or as late and written after it; a last affected version ends
 * behind what begins at it. */
static bool is_later(struct walk *w, const struct pl_event *e, const struct pl_event *best)
{
	struct pl_subject other = *w->s;
	int c;

	if (!best || is_start(best))
		return true;
	if (is_start(e))
		return false;
	other.version = best->version;
	if (compare(&other, e->version, &c) < 0) {
		w->cannot = true;
		return false;
	}
	return c < 0 || (c == 0 && best->kind != PL_EV_LAST_AFFECTED);
}

static bool is_sooner(struct walk *w, const struct pl_event *e, const struct pl_event *best)
{
	struct pl_subject other = *w->s;
	int c;

	if (!best)
		return true;
	other.version = best->version;
	return compare(&other, e->version, &c) == 0 && c > 0;
}

static void take_event(struct walk *w, const struct pl_event *e)
{
	int c;

	if (is_start(e)) {
		if (is_later(w, e, w->last))
			w->last = e;
		return;
	}
	if (e->kind == PL_EV_LIMIT && pl_str_eq_c(e->version, "*"))
		return;
	if (e->kind == PL_EV_FIXED && pl_str_eq_c(e->version, "0")) {
		if (is_later(w, e, w->last)) /* secdb: never affected */
			w->last = e;
		return;
	}
	if (compare(w->s, e->version, &c) < 0) {
		w->cannot = true;
		return;
	}
	if (e->kind == PL_EV_LIMIT) {
		w->limited = true;
		w->within |= c < 0;
		return;
	}
	if (c > 0 || (c == 0 && e->kind != PL_EV_LAST_AFFECTED)) {
		if (is_later(w, e, w->last))
			w->last = e;
	} else if (e->kind != PL_EV_INTRODUCED && is_sooner(w, e, w->next)) {
		w->next = e;
	}
}

static enum pl_answer judge_range(const struct pl_subject *s, const struct pl_range *r,
				  struct pl_judged *out)
{
	struct walk w = {.s = s};

	if (other_stream(s, r))
		return PL_ANSWER_NO;
	for (size_t i = 0; i < r->events.len; i++)
		take_event(&w, &r->events.at[i]);
	if (w.cannot)
		return PL_ANSWER_CANNOT;
	if (!w.last || w.last->kind != PL_EV_INTRODUCED || (w.limited && !w.within))
		return PL_ANSWER_NO;
	if (out->answer != PL_ANSWER_YES) {
		out->from = is_start(w.last) ? (struct pl_str){0} : w.last->version;
		out->to = w.next ? w.next->version : (struct pl_str){0};
		out->inclusive = w.next && w.next->kind == PL_EV_LAST_AFFECTED;
	}
	return PL_ANSWER_YES;
}

static bool is_listed(const struct pl_subject *s, const struct pl_affected *a)
{
	for (size_t i = 0; i < a->versions.len; i++)
		if (pl_str_eq(a->versions.at[i], s->version))
			return true;
	for (size_t i = 0; i < a->versions.len; i++) {
		int c;

		if (compare(s, a->versions.at[i], &c) == 0 && c == 0)
			return true;
	}
	return false;
}

static int by_version(const void *pa, const void *pb, void *arg)
{
	const struct pl_str *a = pa, *b = pb;
	const struct pl_scheme *scheme = arg;
	int c = 0;

	if (pl_version_compare(scheme, *a, *b, &c, NULL) < 0)
		c = 0;
	return c ? c : pl_str_cmp(*a, *b);
}

void pl_sort_versions(const struct pl_scheme *scheme, struct pl_str *at, size_t n)
{
	if (n > 1)
		qsort_r(at, n, sizeof(*at), by_version, (void *)(uintptr_t)scheme);
}

static void add_fixes(const struct pl_subject *s, const struct pl_range *r, struct pl_judged *out)
{
	for (size_t i = 0; i < r->events.len; i++) {
		const struct pl_event *e = &r->events.at[i];
		int c;

		if (e->kind == PL_EV_FIXED && !pl_str_eq_c(e->version, "0") &&
		    compare(s, e->version, &c) == 0 && c < 0)
			pl_vec_push(&out->fixes, e->version);
	}
}

void pl_judge_entry(const struct pl_subject *s, const struct pl_affected *a, struct pl_judged *out)
{
	*out = (struct pl_judged){0};
	for (size_t i = 0; i < a->ranges.len; i++) {
		enum pl_answer one = judge_range(s, &a->ranges.at[i], out);

		if (one == PL_ANSWER_YES)
			add_fixes(s, &a->ranges.at[i], out);
		if (out->answer != PL_ANSWER_YES && one != PL_ANSWER_NO)
			out->answer = one;
	}
	if (out->answer != PL_ANSWER_YES && is_listed(s, a)) {
		out->answer = PL_ANSWER_YES;
		out->listed = true;
		for (size_t i = 0; i < a->ranges.len; i++)
			add_fixes(s, &a->ranges.at[i], out);
	}
	pl_sort_versions(s->scheme, out->fixes.at, out->fixes.len);
}
