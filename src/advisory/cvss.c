/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS base scores from vectors: the guide of version 2.0 (3.2.1), the specifications of 3.0 and
 * 3.1 (7.1, appendix A) and of 4.0 (section 8: equivalence sets and interpolation).
 */
#include "advisory/advisory.h"

/* A vector's metrics, by the letters of its keys. */
struct metric {
	const char *key;
	const char *values; /* one letter each: "NALP" */
	int n[4];	    /* weight in thousandths */
};

static const struct metric v2[] = {
	{"AV", "LAN", {395, 646, 1000}}, {"AC", "HML", {350, 610, 710}},
	{"Au", "MSN", {450, 560, 704}},	 {"C", "NPC", {0, 275, 660}},
	{"I", "NPC", {0, 275, 660}},	 {"A", "NPC", {0, 275, 660}},
};
static const struct metric v3[] = {
	{"AV", "NALP", {850, 620, 550, 200}},
	{"AC", "LH", {770, 440}},
	{"PR", "NLH", {850, 620, 270}},
	{"UI", "NR", {850, 620}},
	{"S", "UC", {0, 1}},
	{"C", "NLH", {0, 220, 560}},
	{"I", "NLH", {0, 220, 560}},
	{"A", "NLH", {0, 220, 560}},
};
/* 4.0 counts steps down from the worst value. */
static const struct metric v4[] = {
	{"AV", "NALP", {0, 1, 2, 3}}, {"AC", "LH", {0, 1}},	{"AT", "NP", {0, 1}},
	{"PR", "NLH", {0, 1, 2}},     {"UI", "NPA", {0, 1, 2}}, {"VC", "HLN", {0, 1, 2}},
	{"VI", "HLN", {0, 1, 2}},     {"VA", "HLN", {0, 1, 2}}, {"SC", "HLN", {1, 2, 3}},
	{"SI", "HLN", {1, 2, 3}},     {"SA", "HLN", {1, 2, 3}},
};
enum { METRICS_MAX = sizeof(v4) / sizeof(*v4) };
enum { AV, AC, AU, C2, I2, A2 };
enum { PR = 2, UI, SCOPE, C3, I3, A3 };
enum { AT = 2, PR4, UI4, VC, VI, VA, SC, SI, SA };

/* Each base metric once, other metrics (temporal, environmental) pass. False when one is missing,
 * repeated or has no such value. */
static bool read_metrics(struct pl_str vector, const struct metric *m, size_t n,
			 int out[METRICS_MAX])
{
	struct pl_str part, key;

	for (size_t i = 0; i < n; i++)
		out[i] = -1;
	while (pl_str_split(&vector, '/', &part)) {
		if (!pl_str_split(&part, ':', &key) || part.len == 0)
			return false;
		for (size_t i = 0; i < n; i++) {
			const char *at;

			if (!pl_str_eq_c(key, m[i].key))
				continue;
			at = part.len == 1 ? strchr(m[i].values, part.ptr[0]) : NULL;
			if (!at || *at == '\0' || out[i] >= 0)
				return false;
			out[i] = m[i].n[at - m[i].values];
		}
	}
	for (size_t i = 0; i < n; i++)
		if (out[i] < 0)
			return false;
	return true;
}

/* In integers: 1 is 10^15 at the end, and the score is rounded half up to tenths. */
static int score_v2(struct pl_str vector)
{
	int w[METRICS_MAX];
	int64_t spared, impact, exploit, sum;

	if (!read_metrics(vector, v2, sizeof(v2) / sizeof(*v2), w))
		return -1;
	spared = (int64_t)(1000 - w[C2]) * (1000 - w[I2]) * (1000 - w[A2]);
	impact = 6 * 1041 * (1000000000 - spared);	     /* 0.6 * 10.41: 10^12 */
	exploit = (int64_t)8 * w[AV] * w[AC] * w[AU] * 1000; /* 0.4 * 20: 10^12 */
	if (impact == 0)
		return 0;
	sum = (impact + exploit - 1500000000000) * 1176;
	return sum <= 0 ? 0 : (int)((sum + 50000000000000) / 100000000000000);
}

/* Appendix A of 3.1: up to the next tenth, after rounding off what floating point added. */
static int roundup(double x)
{
	int64_t n = (int64_t)(x * 100000 + 0.5);

	return (int)(n % 10000 == 0 ? n / 10000 : n / 10000 + 1);
}

static double power15(double x)
{
	double x3 = x * x * x, x6 = x3 * x3;

	return x6 * x6 * x3;
}

static int score_v3(struct pl_str vector)
{
	int w[METRICS_MAX];
	double iss, impact, exploit, sum;

	if (!read_metrics(vector, v3, sizeof(v3) / sizeof(*v3), w))
		return -1;
	if (w[SCOPE] && w[PR] == 620)
		w[PR] = 680;
	else if (w[SCOPE] && w[PR] == 270)
		w[PR] = 500;
	iss = 1 - (1 - w[C3] / 1e3) * (1 - w[I3] / 1e3) * (1 - w[A3] / 1e3);
	impact = w[SCOPE] ? 7.52 * (iss - 0.029) - 3.25 * power15(iss - 0.02) : 6.42 * iss;
	if (impact <= 0)
		return 0;
	exploit = 8.22 * (w[AV] / 1e3) * (w[AC] / 1e3) * (w[PR] / 1e3) * (w[UI] / 1e3);
	sum = w[SCOPE] ? 1.08 * (impact + exploit) : impact + exploit;
	return roundup(sum > 10 ? 10 : sum);
}

/*
 * 4.0, base metrics only: exploit maturity counts as attacked (EQ5 = 0) and the requirements as
 * high, so that EQ6 follows from the impact. Scores of the macro vectors in tenths, by EQ1, EQ2,
 * the pair EQ3 EQ6 (00, 01, 10, 11, 21) and EQ4 (1, 2; 0 needs an environmental metric).
 */
static const int macro[3][2][5][2] = {
	{{{100, 93}, {96, 90}, {93, 88}, {92, 80}, {79, 69}},
	 {{95, 92}, {91, 81}, {92, 84}, {82, 70}, {71, 63}}},
	{{{94, 87}, {89, 75}, {86, 72}, {76, 57}, {65, 53}},
	 {{90, 77}, {77, 66}, {74, 61}, {59, 52}, {58, 23}}},
	{{{86, 70}, {74, 54}, {72, 53}, {57, 36}, {47, 24}},
	 {{73, 54}, {55, 43}, {61, 46}, {51, 18}, {24, 10}}},
};
enum { PAIR_00, PAIR_01, PAIR_10, PAIR_11, PAIR_21 };

struct eq {
	int lower; /* score of the next lower macro vector, -1 when there is none */
	int steps; /* from the worst vector of this set */
	int depth; /* steps that the set has */
};

static int eq1_of(const int *w)
{
	int none = (w[AV] == 0) + (w[PR4] == 0) + (w[UI4] == 0);

	if (none == 3)
		return 0;
	return none > 0 && w[AV] != 3 ? 1 : 2;
}

static int pair_of(const int *w)
{
	if (w[VC] == 0 && w[VI] == 0)
		return PAIR_00;
	return w[VC] == 0 || w[VI] == 0 || w[VA] == 0 ? PAIR_10 : PAIR_21;
}

static int lower_pair(const int scores[5][2], int pair, int q4)
{
	if (pair == PAIR_00)
		return scores[PAIR_01][q4] > scores[PAIR_10][q4] ? scores[PAIR_01][q4]
								 : scores[PAIR_10][q4];
	return pair == PAIR_10 ? scores[PAIR_11][q4] : -1;
}

/* The score of the macro vector less the mean of what each set gives away, rounded half up, in
 * integers: 280 is divisible by every depth. */
static int interpolate(int value, const struct eq *eq, int n)
{
	int64_t given = 0, sets = 1; /* EQ5 has a lower vector always, and gives nothing */

	for (int i = 0; i < n; i++) {
		if (eq[i].lower < 0 || eq[i].lower > value)
			continue;
		given += (int64_t)(value - eq[i].lower) * eq[i].steps * (280 / eq[i].depth);
		sets++;
	}
	given = 2 * (value * 280 * sets - given) + 280 * sets;
	return given < 0 ? 0 : (int)(given / (2 * 280 * sets));
}

static int score_v4(struct pl_str vector)
{
	static const int depth1[] = {1, 4, 5}, worst1[] = {0, 1, 3};
	static const int depth36[] = {7, 6, 8, 8, 10}, worst36[] = {0, 0, 1, 1, 3};
	int w[METRICS_MAX], q1, q2, pair, q4;

	if (!read_metrics(vector, v4, METRICS_MAX, w))
		return -1;
	if (w[VC] + w[VI] + w[VA] == 6 && w[SC] + w[SI] + w[SA] == 9)
		return 0;
	q1 = eq1_of(w);
	q2 = w[AC] || w[AT];
	pair = pair_of(w);
	q4 = w[SC] != 1 && w[SI] != 1 && w[SA] != 1; /* 0 is EQ4 = 1 */
	return interpolate(
		macro[q1][q2][pair][q4],
		(const struct eq[]){
			{q1 < 2 ? macro[q1 + 1][q2][pair][q4] : -1,
			 w[AV] + w[PR4] + w[UI4] - worst1[q1], depth1[q1]},
			{q2 < 1 ? macro[q1][1][pair][q4] : -1, w[AC] + w[AT] - q2, q2 + 1},
			{lower_pair(macro[q1][q2], pair, q4), w[VC] + w[VI] + w[VA] - worst36[pair],
			 depth36[pair]},
			{q4 < 1 ? macro[q1][q2][pair][1] : -1, w[SC] + w[SI] + w[SA] - (q4 ? 6 : 3),
			 q4 ? 4 : 5},
		},
		4);
}

static int version_of(struct pl_str *vector)
{
	static const struct {
		struct pl_str prefix;
		int version;
	} rows[] = {{PL_STR("CVSS:3.0/"), 3}, {PL_STR("CVSS:3.1/"), 3}, {PL_STR("CVSS:4.0/"), 4}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (pl_str_starts(*vector, rows[i].prefix)) {
			*vector = pl_str_sub(*vector, rows[i].prefix.len, vector->len);
			return rows[i].version;
		}
	}
	if (pl_str_starts(*vector, PL_STR("CVSS:")))
		return -1;
	if (vector->len > 2 && vector->ptr[0] == '(' && vector->ptr[vector->len - 1] == ')')
		*vector = pl_str_sub(*vector, 1,
				     vector->len - 2); /* as the guide of 2.0 prints them */
	return 2;
}

int pl_cvss_tenths(struct pl_str vector)
{
	switch (version_of(&vector)) {
	case 2:
		return score_v2(vector);
	case 3:
		return score_v3(vector);
	case 4:
		return score_v4(vector);
	default:
		return -1;
	}
}

enum pl_severity pl_cvss_band(struct pl_str vector)
{
	int tenths = pl_cvss_tenths(vector), version = version_of(&vector);

	if (tenths < 0)
		return PL_SEV_UNKNOWN;
	if (tenths == 0)
		return version == 2 ? PL_SEV_NEGLIGIBLE : PL_SEV_NONE;
	if (tenths < 40)
		return PL_SEV_LOW;
	if (tenths < 70)
		return PL_SEV_MEDIUM;
	return version == 2 || tenths < 90 ? PL_SEV_HIGH : PL_SEV_CRITICAL;
}
