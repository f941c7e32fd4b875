/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One GET: tries until there is an answer, waits as asked, and takes a broken body up again with
 * Range and If-Range (RFC 9110 §13.1.5, §14) when the server gave a strong validator.
 */
#include "net/net.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { CONNECT_SECONDS = 20, HEADER_MAX = 16384 };

struct pl_net {
	CURL *curl;
	struct pl_net_opts opts;
};

struct transfer {
	struct pl_net *net;
	const struct pl_http_get *get;
	struct pl_arena *arena;
	struct pl_http_answer answer; /* of this try */
	uint64_t total;		      /* of the body as the server states it; 0: not known */
	uint64_t asked_from;	      /* this try began there */
	uint64_t given_from;	      /* and the server says that it did there */
	int64_t retry_after;
	struct pl_str etag, last_modified; /* of the body that was begun */
	int sink_rc;
	struct pl_err sink_err;
	char message[CURL_ERROR_SIZE];
};

/* --- headers -------------------------------------------------------------------------------- */

static bool header_is(struct pl_str line, const char *name, struct pl_str *value)
{
	ptrdiff_t colon = pl_str_chr(line, ':');

	if (colon < 0 || !pl_str_ieq(pl_str_sub(line, 0, (size_t)colon), pl_str_c(name)))
		return false;
	*value = pl_str_trim(pl_str_sub(line, (size_t)colon + 1, line.len));
	return true;
}

int64_t pl_http_retry_after(struct pl_str value, time_t now)
{
	uint64_t seconds;
	pl_auto_free char *text = pl_xstrdup(value);
	time_t at;

	if (pl_str_u64(value, &seconds))
		return seconds > INT64_MAX ? INT64_MAX : (int64_t)seconds;
	at = curl_getdate(text, NULL);
	if (at == -1)
		return -1;
	return at > now ? at - now : 0;
}

/* "bytes 100-199/200" */
static void read_range(struct transfer *t, struct pl_str value)
{
	struct pl_str unit, from;

	if (pl_str_split(&value, ' ', &unit) && pl_str_ieq(unit, PL_STR("bytes")) &&
	    pl_str_split(&value, '-', &from) && !pl_str_u64(from, &t->given_from))
		t->given_from = UINT64_MAX;
}

/* Each response of a chain of redirections begins with its status line. */
static size_t on_header(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	struct pl_str line = pl_str_trim(pl_str_n(data, size * n)), value;

	if (line.len > HEADER_MAX)
		return 0;
	if (pl_str_starts(line, PL_STR("HTTP/"))) {
		t->answer.etag = t->answer.last_modified = t->answer.content_type = PL_STR("");
		t->retry_after = -1;
		t->given_from = UINT64_MAX;
	} else if (header_is(line, "content-range", &value)) {
		read_range(t, value);
	} else if (header_is(line, "etag", &value)) {
		t->answer.etag = pl_arena_str(t->arena, value);
	} else if (header_is(line, "last-modified", &value)) {
		t->answer.last_modified = pl_arena_str(t->arena, value);
	} else if (header_is(line, "content-type", &value)) {
		t->answer.content_type = pl_arena_str(t->arena, value);
	} else if (header_is(line, "retry-after", &value)) {
		t->retry_after = pl_http_retry_after(value, time(NULL));
	}
	return size * n;
}

/* --- the body ------------------------------------------------------------------------------- */

static uint64_t max_of(const struct transfer *t)
{
	return t->get->max ? t->get->max : pl_limit(PL_LIM_NET_BYTES);
}

/* The first bytes of a body: whether they go on where the last try broke off. */
static int begin_body(struct transfer *t, long status)
{
	curl_off_t length = -1;

	curl_easy_getinfo(t->net->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	if (status == 206 && t->asked_from && t->given_from == t->asked_from) {
		t->total = length >= 0 ? t->asked_from + (uint64_t)length : 0;
		return 0;
	}
	if (status == 206)
		return pl_fail(&t->sink_err, PL_E_NET, "a part of the body that was not asked for");
	t->total = length >= 0 ? (uint64_t)length : 0;
	if (!t->answer.bytes)
		return 0;
	t->answer.bytes = 0;
	if (!t->get->restart)
		return pl_fail(&t->sink_err, PL_E_NET,
			       "the transfer broke off and the server cannot resume it");
	return t->get->restart(t->get->arg, &t->sink_err);
}

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t len = size * n;
	long status = 0;

	curl_easy_getinfo(t->net->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200 && status != 206)
		return len; /* the page of an error is not the thing */
	if (!t->etag.ptr) {
		t->etag = t->answer.etag;
		t->last_modified = t->answer.last_modified;
		t->sink_rc = begin_body(t, status);
	}
	if (t->sink_rc == 0 && t->answer.bytes + len > max_of(t))
		t->sink_rc = pl_fail(&t->sink_err, PL_E_LIMIT,
				     "the body is larger than %llu bytes (limit net-bytes)",
				     (unsigned long long)max_of(t));
	if (t->sink_rc == 0)
		t->sink_rc = t->get->sink(t->get->arg, pl_str_n(data, len), &t->sink_err);
	if (t->sink_rc < 0)
		return 0;
	t->answer.bytes += len;
	if (t->get->progress)
		t->get->progress(t->get->arg, t->answer.bytes, t->total);
	return len;
}

/* --- one try -------------------------------------------------------------------------------- */

static void add_header(struct curl_slist **list, const char *name, struct pl_str value)
{
	pl_auto_free char *line = NULL;

	if (value.len && asprintf(&line, "%s: %.*s", name, PL_FMT(value)) > 0)
		*list = curl_slist_append(*list, line);
}

/* A weak validator says that two bodies mean the same, not that their bytes are. */
static struct pl_str strong_validator(const struct transfer *t)
{
	if (t->etag.len && !pl_str_starts(t->etag, PL_STR("W/")))
		return t->etag;
	return t->etag.len ? PL_STR("") : t->last_modified;
}

static struct curl_slist *request_headers(struct transfer *t)
{
	const struct pl_http_get *g = t->get;
	struct curl_slist *list = NULL;
	struct pl_str validator = strong_validator(t);
	char range[64];

	for (const char *const *h = g->headers; h && *h; h++)
		list = curl_slist_append(list, *h);
	t->asked_from = 0;
	if (t->answer.bytes && validator.len) {
		t->asked_from = t->answer.bytes;
		snprintf(range, sizeof(range), "bytes=%llu-", (unsigned long long)t->asked_from);
		add_header(&list, "Range", pl_str_c(range));
		add_header(&list, "If-Range", validator);
	} else if (!t->answer.bytes) {
		add_header(&list, "If-None-Match", pl_str_c(g->etag));
		add_header(&list, "If-Modified-Since", pl_str_c(g->last_modified));
	}
	return list;
}

static void set_options(struct transfer *t, struct curl_slist *headers)
{
	CURL *c = t->net->curl;
	const char *schemes = strncmp(t->get->url, "https:", 6) == 0 ? "https" : "http,https";

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, t->get->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, schemes);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)pl_limit(PL_LIM_NET_REDIRECTS));
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)pl_limit(PL_LIM_NET_STALL));
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "plimsoll/" PL_VERSION);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->message);
	if (t->net->opts.ca_file)
		curl_easy_setopt(c, CURLOPT_CAINFO, t->net->opts.ca_file);
	if (t->net->opts.unix_socket)
		curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, t->net->opts.unix_socket);
}

static CURLcode one_try(struct transfer *t)
{
	struct curl_slist *headers = request_headers(t);
	curl_off_t wire = 0;
	long head = 0;
	CURLcode rc;

	t->message[0] = 0;
	t->etag.ptr = NULL; /* the first bytes of this try's body set it */
	t->retry_after = -1;
	set_options(t, headers);
	rc = curl_easy_perform(t->net->curl);
	curl_easy_getinfo(t->net->curl, CURLINFO_RESPONSE_CODE, &t->answer.status);
	curl_easy_getinfo(t->net->curl, CURLINFO_SIZE_DOWNLOAD_T, &wire);
	curl_easy_getinfo(t->net->curl, CURLINFO_HEADER_SIZE, &head);
	t->answer.wire += (uint64_t)wire + (uint64_t)head;
	curl_slist_free_all(headers);
	return rc;
}

/* --- what became of it ---------------------------------------------------------------------- */

enum verdict { DONE, AGAIN, LOST };

static enum verdict judge_status(long status)
{
	switch (status) {
	case 408:
	case 429:
	case 500:
	case 502:
	case 503:
	case 504:
		return AGAIN;
	default:
		return DONE;
	}
}

static enum verdict judge(const struct transfer *t, CURLcode rc)
{
	if (t->sink_rc < 0)
		return LOST;
	switch (rc) {
	case CURLE_OK:
		return judge_status(t->answer.status);
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return AGAIN;
	default:
		return LOST;
	}
}

static int tell(const struct transfer *t, CURLcode rc, struct pl_err *err)
{
	const char *why = t->message[0] ? t->message : curl_easy_strerror(rc);

	if (t->sink_rc < 0) {
		*err = t->sink_err;
		return pl_wrap(err, "%s", t->get->url);
	}
	if (rc == CURLE_PEER_FAILED_VERIFICATION)
		return pl_fail(err, PL_E_NET,
			       "%s: the server's certificate does not verify: %s; if it is yours, "
			       "name its authority with --ca-file",
			       t->get->url, why);
	if (rc == CURLE_TOO_MANY_REDIRECTS)
		return pl_fail(err, PL_E_NET, "%s: redirected more than %llu times", t->get->url,
			       (unsigned long long)pl_limit(PL_LIM_NET_REDIRECTS));
	if (rc != CURLE_OK)
		return pl_fail(err, PL_E_NET, "%s: %s%s", t->get->url, why,
			       t->answer.tries > 1 ? ", also when tried again" : "");
	return pl_fail(err, PL_E_NET, "%s: the server answers %ld, also when tried %u times",
		       t->get->url, t->answer.status, t->answer.tries);
}

/* Milliseconds before the next try, negative when the server asks for more than there is. */
static int64_t pause_before(const struct transfer *t)
{
	uint64_t ms = t->net->opts.pause_ms ? t->net->opts.pause_ms : 500;
	int64_t max = (int64_t)pl_limit(PL_LIM_NET_WAIT);

	if (t->retry_after > max)
		return -1;
	if (t->retry_after >= 0)
		return t->retry_after * 1000;
	ms <<= t->answer.tries < 8 ? t->answer.tries - 1 : 7;
	return (int64_t)ms < max * 1000 ? (int64_t)ms : max * 1000;
}

static void sleep_ms(int64_t ms)
{
	struct timespec left = {ms / 1000, ms % 1000 * 1000000};

	while (nanosleep(&left, &left) < 0)
		;
}

int pl_http_get(struct pl_net *net, const struct pl_http_get *get, struct pl_arena *arena,
		struct pl_http_answer *out, struct pl_err *err)
{
	struct transfer t = {.net = net, .get = get, .arena = arena};
	struct pl_str etag = {0}, last_modified = {0};

	for (;;) {
		enum verdict v;
		int64_t pause;
		CURLcode rc;

		t.answer.tries++;
		t.etag = etag;
		t.last_modified = last_modified;
		rc = one_try(&t);
		v = judge(&t, rc);
		if (v == DONE)
			break;
		if (v == LOST || t.answer.tries >= pl_limit(PL_LIM_NET_TRIES))
			return tell(&t, rc, err);
		if (t.etag.ptr) {
			etag = t.etag;
			last_modified = t.last_modified;
		}
		pause = pause_before(&t);
		if (pause < 0)
			return pl_fail(err, PL_E_NET,
				       "%s: the server answers %ld and asks to wait %lld seconds "
				       "(limit net-wait); try again later",
				       get->url, t.answer.status, (long long)t.retry_after);
		sleep_ms(pause);
	}
	if (t.answer.status == 206)
		t.answer.status = 200;
	*out = t.answer;
	return 0;
}

/* --- the client ----------------------------------------------------------------------------- */

int pl_net_new(const struct pl_net_opts *opts, struct pl_net **out, struct pl_err *err)
{
	struct pl_net *net;
	CURL *curl;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return pl_fail(err, PL_E_NET, "libcurl cannot be used");
	curl = curl_easy_init();
	if (!curl)
		return pl_fail(err, PL_E_NET, "libcurl cannot be used");
	net = pl_xcalloc(1, sizeof(*net));
	net->curl = curl;
	if (opts)
		net->opts = *opts;
	*out = net;
	return 0;
}

void pl_net_free(struct pl_net *net)
{
	if (!net)
		return;
	curl_easy_cleanup(net->curl);
	free(net);
}
