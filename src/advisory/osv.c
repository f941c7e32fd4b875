/* SPDX-License-Identifier: Apache-2.0 */
/* One OSV record (ossf.github.io/osv-schema, 1.7): JSON to columns, and a stored entry back. */
#include "advisory/advisory_int.h"

/* What is kept of the text: a summary, or this much of the details. */
enum { SUMMARY_MAX = 200, ID_MAX = 256 };

static struct pl_buf *const *columns(struct pl_osv_row *r, size_t *n)
{
	static _Thread_local struct pl_buf *list[11];

	*n = 0;
	list[(*n)++] = &r->id;
	list[(*n)++] = &r->modified;
	list[(*n)++] = &r->withdrawn;
	list[(*n)++] = &r->summary;
	list[(*n)++] = &r->url;
	list[(*n)++] = &r->word;
	list[(*n)++] = &r->aliases;
	list[(*n)++] = &r->upstream;
	list[(*n)++] = &r->related;
	list[(*n)++] = &r->severities;
	list[(*n)++] = &r->affected;
	return list;
}

void pl_osv_row_init(struct pl_osv_row *r)
{
	size_t n;
	struct pl_buf *const *c;

	*r = (struct pl_osv_row){0};
	c = columns(r, &n);
	for (size_t i = 0; i < n; i++)
		pl_buf_init(c[i], pl_limit(PL_LIM_RECORD_BYTES));
}

void pl_osv_row_release(struct pl_osv_row *r)
{
	size_t n;
	struct pl_buf *const *c = columns(r, &n);

	for (size_t i = 0; i < n; i++)
		pl_buf_release(c[i]);
}

/* PEP 503: runs of "-", "_", "." are one "-", lower case. */
static void pypi_name(struct pl_str name, struct pl_buf *out)
{
	bool dash = false;

	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (c == '-' || c == '_' || c == '.') {
			dash = true;
			continue;
		}
		if (dash)
			pl_buf_ch(out, '-');
		dash = false;
		pl_buf_ch(out, pl_lower(c));
	}
	if (dash)
		pl_buf_ch(out, '-');
}

void pl_db_name(struct pl_str ecosystem, struct pl_str name, struct pl_buf *out)
{
	static const char *const folded[] = {"NuGet", "Packagist", "Hex"};
	ptrdiff_t colon = pl_str_chr(ecosystem, ':');
	struct pl_str base = pl_str_sub(ecosystem, 0, colon < 0 ? ecosystem.len : (size_t)colon);

	if (pl_str_eq_c(base, "PyPI")) {
		pypi_name(name, out);
		return;
	}
	for (size_t i = 0; i < sizeof(folded) / sizeof(*folded); i++) {
		if (!pl_str_eq_c(base, folded[i]))
			continue;
		for (size_t k = 0; k < name.len; k++)
			pl_buf_ch(out, pl_lower(name.ptr[k]));
		return;
	}
	pl_buf_str(out, name);
}

/* --- from JSON ------------------------------------------------------------------------------ */

static bool is_clean(struct pl_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= ' ')
			return false;
	return s.len > 0;
}

static void add_text(struct pl_buf *out, struct pl_str s)
{
	for (size_t i = 0; i < s.len; i++)
		pl_buf_ch(out, (unsigned char)s.ptr[i] < ' ' ? ' ' : s.ptr[i]);
}

static void read_list(const cJSON *record, const char *key, struct pl_buf *out)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, pl_json_get(record, key))
	{
		struct pl_str id = pl_json_text(item);

		if (id.len == 0 || id.len > ID_MAX || pl_str_chr(id, '\n') >= 0)
			continue;
		if (out->len)
			pl_buf_ch(out, '\n');
		pl_buf_str(out, id);
	}
}

static void read_summary(const cJSON *record, struct pl_buf *out)
{
	struct pl_str s = pl_str_trim(pl_json_str(record, "summary"));

	if (s.len == 0)
		s = pl_str_trim(pl_json_str(record, "details"));
	if (s.len > SUMMARY_MAX) {
		s.len = SUMMARY_MAX;
		s.len = pl_utf8_prefix(s);
	}
	add_text(out, s);
}

/* The advisory itself where one is named, else the first reference. */
static void read_url(const cJSON *record, struct pl_buf *out)
{
	struct pl_str best = {0};
	const cJSON *ref;

	cJSON_ArrayForEach(ref, pl_json_get(record, "references"))
	{
		struct pl_str url = pl_json_str(ref, "url");
		bool advisory = pl_str_eq_c(pl_json_str(ref, "type"), "ADVISORY");

		if (!is_clean(url) || !pl_str_starts(url, PL_STR("http")))
			continue;
		if (best.len == 0 || advisory)
			best = url;
		if (advisory)
			break;
	}
	pl_buf_str(out, best);
}

static void read_severities(const cJSON *node, struct pl_buf *out)
{
	const cJSON *s;

	cJSON_ArrayForEach(s, pl_json_get(node, "severity"))
	{
		struct pl_str type = pl_json_str(s, "type"), score = pl_json_str(s, "score");

		if (!is_clean(type) || !is_clean(score))
			continue;
		if (out->len)
			pl_buf_ch(out, '\n');
		pl_buf_str(out, type);
		pl_buf_ch(out, ' ');
		pl_buf_str(out, score);
	}
}

static bool read_event(const cJSON *event, struct pl_buf *out)
{
	static const char *const kinds[] = {"introduced", "fixed", "last_affected", "limit"};

	for (unsigned k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		struct pl_str v = pl_str_trim(pl_json_str(event, kinds[k]));

		if (v.len == 0)
			continue;
		pl_put_u64(out, k);
		pl_put_str(out, v);
		return true;
	}
	return false;
}

static int read_range(const cJSON *range, struct pl_buf *out, uint64_t *count, struct pl_err *err)
{
	struct pl_str type = pl_json_str(range, "type");
	pl_auto_buf events;
	uint64_t n = 0;
	const cJSON *e;

	pl_buf_init(&events, pl_limit(PL_LIM_RECORD_BYTES));
	if (!pl_str_eq_c(type, "SEMVER") && !pl_str_eq_c(type, "ECOSYSTEM"))
		return 0;
	cJSON_ArrayForEach(e, pl_json_get(range, "events"))
	{
		if (read_event(e, &events))
			n++;
		if (n > pl_limit(PL_LIM_RANGE_EVENTS))
			return pl_fail_limit(err, PL_LIM_RANGE_EVENTS, "a range");
	}
	if (n == 0)
		return 0;
	(*count)++;
	pl_put_u64(out, n);
	pl_buf_str(out, pl_buf_view(&events));
	return 0;
}

static struct pl_str affected_word(const cJSON *affected)
{
	struct pl_str w = pl_json_str(pl_json_get(affected, "ecosystem_specific"), "urgency");

	return w.len ? w : pl_json_str(pl_json_get(affected, "database_specific"), "severity");
}

/* RustSec says "unmaintained", "unsound", "notice" of crates that have no flaw of their own. */
static struct pl_str affected_kind(const cJSON *affected)
{
	struct pl_str k = pl_json_str(pl_json_get(affected, "ecosystem_specific"), "kind");

	return k.len ? k : pl_json_str(pl_json_get(affected, "database_specific"), "informational");
}

static int read_body(const cJSON *affected, struct pl_buf *out, struct pl_err *err)
{
	pl_auto_buf part;
	uint64_t n = 0;
	const cJSON *item;

	pl_buf_init(&part, pl_limit(PL_LIM_RECORD_BYTES));
	read_severities(affected, &part);
	pl_put_str(out, pl_buf_view(&part));
	pl_put_str(out, affected_word(affected));
	pl_put_str(out, affected_kind(affected));
	pl_buf_reset(&part);
	cJSON_ArrayForEach(item, pl_json_get(affected, "ranges"))
	{
		int rc = read_range(item, &part, &n, err);

		if (rc < 0)
			return rc;
	}
	pl_put_u64(out, n);
	pl_buf_str(out, pl_buf_view(&part));
	pl_buf_reset(&part);
	n = 0;
	cJSON_ArrayForEach(item, pl_json_get(affected, "versions"))
	{
		struct pl_str v = pl_str_trim(pl_json_text(item));

		if (v.len == 0)
			continue;
		pl_put_str(&part, v);
		n++;
	}
	pl_put_u64(out, n);
	pl_buf_str(out, pl_buf_view(&part));
	return 0;
}

static int read_affected(const cJSON *affected, struct pl_osv_row *r, struct pl_err *err)
{
	const cJSON *package = pl_json_get(affected, "package");
	struct pl_str eco = pl_json_str(package, "ecosystem"), name = pl_json_str(package, "name");
	pl_auto_buf body, normal;
	int rc;

	pl_buf_init(&normal, pl_limit(PL_LIM_RECORD_BYTES));
	pl_buf_init(&body, pl_limit(PL_LIM_RECORD_BYTES));
	if (eco.len == 0 || name.len == 0) /* commits only */
		return 0;
	rc = read_body(affected, &body, err);
	if (rc < 0)
		return rc;
	pl_db_name(eco, name, &normal);
	pl_put_str(&r->affected, eco);
	pl_put_str(&r->affected, pl_buf_view(&normal));
	pl_put_str(&r->affected, pl_buf_view(&body));
	r->n_affected++;
	return 0;
}

static void reset(struct pl_osv_row *r)
{
	size_t n;
	struct pl_buf *const *c = columns(r, &n);

	for (size_t i = 0; i < n; i++)
		pl_buf_reset(c[i]);
	r->n_affected = 0;
	r->exploited = false;
}

int pl_osv_read(const cJSON *record, struct pl_osv_row *r, struct pl_err *err)
{
	struct pl_str id = pl_json_str(record, "id"), modified = pl_json_str(record, "modified");
	const cJSON *specific = pl_json_get(record, "database_specific"), *item;

	if (!is_clean(id) || id.len > ID_MAX)
		return pl_fail(err, PL_E_FORMAT, "not an OSV record: no id");
	if (!is_clean(modified) || modified.len < 10 || modified.len > 64)
		return pl_fail(err, PL_E_FORMAT, "%.*s: no date of modification", PL_FMT(id));
	reset(r);
	pl_buf_str(&r->id, id);
	pl_buf_str(&r->modified, modified);
	pl_buf_str(&r->withdrawn, pl_json_str(record, "withdrawn"));
	pl_buf_str(&r->word, pl_json_str(specific, "severity"));
	r->exploited = cJSON_IsTrue(pl_json_get(specific, "known_exploited"));
	read_summary(record, &r->summary);
	read_url(record, &r->url);
	read_list(record, "aliases", &r->aliases);
	read_list(record, "upstream", &r->upstream);
	read_list(record, "related", &r->related);
	read_severities(record, &r->severities);
	cJSON_ArrayForEach(item, pl_json_get(record, "affected"))
	{
		int rc = read_affected(item, r, err);

		if (rc < 0)
			return pl_wrap(err, "%.*s", PL_FMT(id));
	}
	if (r->affected.failed)
		return pl_fail_limit(err, PL_LIM_RECORD_BYTES, "an advisory record");
	return 0;
}

/* --- and back ------------------------------------------------------------------------------- */

static bool body_severities(struct pl_str text, struct pl_arena *a, struct pl_affected *out)
{
	struct pl_str rest = text, line;
	size_t n = 1;

	if (text.len == 0)
		return true;
	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n';
	out->severities.at = pl_arena_alloc(a, pl_array_size(n, sizeof(*out->severities.at)));
	out->severities.len = 0;
	while (pl_str_split(&rest, '\n', &line)) {
		struct pl_rating *to = &out->severities.at[out->severities.len++];

		if (!pl_str_split(&line, ' ', &to->type))
			return false;
		to->vector = line;
	}
	return true;
}

/* A count that the bytes left can hold, so that arrays are no larger than what was read. */
static size_t count(struct pl_rd *r)
{
	uint64_t n = pl_rd_u64(r);

	if (n > pl_rd_left(r))
		r->bad = true;
	return r->bad ? 0 : (size_t)n;
}

static void body_range(struct pl_rd *r, struct pl_arena *a, struct pl_range *out)
{
	size_t n = count(r);

	out->events.at = pl_arena_alloc(a, pl_array_size(n, sizeof(*out->events.at)));
	for (size_t i = 0; i < n && !r->bad; i++) {
		uint64_t kind = pl_rd_u64(r);

		if (kind > PL_EV_LIMIT)
			r->bad = true;
		out->events.at[i].kind = kind & 3;
		out->events.at[i].version = pl_rd_str(r);
		out->events.len = i + 1;
	}
}

int pl_osv_body(struct pl_str body, struct pl_arena *a, struct pl_affected *out, struct pl_err *err)
{
	struct pl_rd r = pl_rd_init(body);
	struct pl_str severities = pl_rd_str(&r), word = pl_rd_str(&r);
	size_t n;

	if (!body_severities(severities, a, out))
		r.bad = true;
	if (word.len)
		out->word = word;
	out->arch_or_kind = pl_rd_str(&r);
	n = count(&r);
	out->ranges.at = pl_arena_alloc(a, pl_array_size(n, sizeof(*out->ranges.at)));
	for (size_t i = 0; i < n && !r.bad; i++) {
		body_range(&r, a, &out->ranges.at[i]);
		out->ranges.len = i + 1;
	}
	n = count(&r);
	out->versions.at = pl_arena_alloc(a, pl_array_size(n, sizeof(*out->versions.at)));
	for (size_t i = 0; i < n && !r.bad; i++) {
		out->versions.at[i] = pl_rd_str(&r);
		out->versions.len = i + 1;
	}
	if (r.bad || pl_rd_left(&r))
		return pl_fail(err, PL_E_DB, "advisory %.*s: stored entry is damaged",
			       PL_FMT(out->id));
	return 0;
}
