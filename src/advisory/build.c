/* SPDX-License-Identifier: Apache-2.0 */
/* Building: inputs → records → a new file beside the output, flushed, renamed over it. */
#include "advisory/advisory_int.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/stat.h>
#include <stdio.h>

/* A feed of garbage should not fill the report. */
enum { DIAGS_MAX = 100 };

struct build {
	struct pl_store *store;
	struct pl_diags *diags;
	struct pl_build_stats *stats;
	struct pl_osv_row row;
	unsigned told;
};

static void tell(struct build *b, enum pl_weight weight, const char *code, const char *where,
		 const struct pl_err *why)
{
	if (b->told++ < DIAGS_MAX)
		pl_diag_fmt(b->diags, weight, code, pl_str_c(where), "%s", why->text);
}

/* A lost record is a lost flaw: FAILED, so that the exit status says so. */
static void skip(struct build *b, const char *where, const struct pl_err *why)
{
	b->stats->skipped++;
	tell(b, PL_W_FAILED, "advisory-skipped", where, why);
}

static int add_record(struct build *b, const char *where, const cJSON *j, struct pl_err *err)
{
	struct pl_err bad = {0};

	if (pl_osv_read(j, &b->row, &bad) < 0) {
		skip(b, where, &bad);
		return 0;
	}
	return pl_store_stage(b->store, &b->row, err);
}

/* CISA's list of known exploited vulnerabilities. */
static void add_kev(struct build *b, const cJSON *list)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, list)
	{
		struct pl_str cve = pl_json_str(v, "cveID");

		if (cve.len)
			pl_store_exploited(b->store, cve);
	}
}

static int add_document(struct build *b, const char *where, const cJSON *j, struct pl_err *err)
{
	const cJSON *kev = pl_json_get(j, "vulnerabilities"), *item;
	int rc = 0;

	if (cJSON_IsArray(j)) {
		cJSON_ArrayForEach(item, j)
		{
			if (rc == 0)
				rc = add_record(b, where, item, err);
		}
		return rc;
	}
	if (kev && pl_json_get(j, "catalogVersion")) {
		add_kev(b, kev);
		return 0;
	}
	return add_record(b, where, j, err);
}

/* A published record (CVE-2013-4314) quotes a NUL byte, which the JSON reader refuses for good
 * reason; in advisory text it may as well be U+FFFD. */
static void replace_escaped_nul(char *text, size_t len)
{
	for (size_t i = 0; i + 6 <= len; i++) {
		if (text[i] != '\\')
			continue;
		if (memcmp(text + i, "\\u0000", 6) == 0)
			memcpy(text + i, "\\ufffd", 6);
		i++; /* the escaped character is not an escape itself */
	}
}

static int add_item(struct build *b, const struct pl_feed_item *it, struct pl_err *err)
{
	pl_auto_json *j = NULL;
	struct pl_err bad = {0};

	if (!it->bytes) {
		tell(b, PL_W_FAILED, "advisory-input", it->name, &it->failed);
		return 0;
	}
	replace_escaped_nul(it->bytes, it->len);
	if (pl_json_parse(pl_str_n(it->bytes, it->len), pl_limit(PL_LIM_RECORD_BYTES), &j, &bad) <
	    0) {
		skip(b, it->name, &bad);
		return 0;
	}
	return add_document(b, it->name, j, err);
}

static int read_inputs(struct build *b, const char *const *inputs, size_t n, struct pl_err *err)
{
	struct pl_feed *feed = pl_feed_start(inputs, n);
	struct pl_feed_item it = {0};
	int rc = 0;

	while (rc == 0 && pl_feed_next(feed, &it)) {
		rc = add_item(b, &it, err);
		pl_feed_item_release(&it);
	}
	pl_feed_stop(feed);
	return rc;
}

static int flush(const char *path, int flags, struct pl_err *err)
{
	pl_auto_fd fd = open(path, flags | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return pl_fail_errno(err, "%s", path);
	return 0;
}

/* Puts the finished file in place: readers see the old one or the new one. */
static int publish(const char *temp, const char *output, struct pl_err *err)
{
	pl_auto_free char *copy = pl_xstrdup(pl_str_c(output));
	int rc = flush(temp, O_RDWR, err);

	if (rc < 0)
		return rc;
	if (rename(temp, output) < 0)
		return pl_fail_errno(err, "%s", output);
	return flush(dirname(copy), O_RDONLY | O_DIRECTORY, err);
}

static int check_inputs(const char *const *inputs, size_t n, struct pl_err *err)
{
	for (size_t i = 0; i < n; i++)
		if (access(inputs[i], R_OK) < 0)
			return pl_fail_errno(err, "%s", inputs[i]);
	return n ? 0 : pl_fail(err, PL_E_USAGE, "no advisories to build from");
}

static int fill(struct build *b, const char *const *inputs, size_t n, struct pl_err *err)
{
	int rc = read_inputs(b, inputs, n, err);

	if (rc == 0)
		rc = pl_store_finish(b->store, b->stats, err);
	if (rc == 0 && b->stats->records == 0)
		rc = pl_fail(err, PL_E_NOT_FOUND, "%s%s: no OSV records there", inputs[0],
			     n > 1 ? " and others" : "");
	return rc;
}

/* mkstemp gives 0600; a database is for every reader, as umask allows. */
static void open_to_readers(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	if (fchmod(fd, 0666 & ~mask) < 0)
		return; /* stays private: readable to its owner */
}

int pl_db_build(const char *const *inputs, size_t n, const char *output, struct pl_diags *diags,
		struct pl_build_stats *stats, struct pl_err *err)
{
	struct build b = {.diags = diags};
	struct pl_build_stats counted = {0};
	pl_auto_free char *temp = NULL;
	pl_auto_fd fd = -1;
	int rc = check_inputs(inputs, n, err);

	if (rc < 0)
		return rc;
	if (asprintf(&temp, "%s.XXXXXX", output) < 0)
		abort();
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return pl_fail_errno(err, "%s", output);
	open_to_readers(fd);
	b.stats = &counted;
	pl_osv_row_init(&b.row);
	rc = pl_store_open(temp, &b.store, err);
	if (rc == 0)
		rc = fill(&b, inputs, n, err);
	pl_store_close(b.store);
	pl_osv_row_release(&b.row);
	if (rc == 0)
		rc = publish(temp, output, err);
	if (rc < 0)
		unlink(temp);
	else
		*stats = counted;
	return rc;
}
