/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * net: HTTP over libcurl (RFC 9110), in the parent process only and for nobody but the commands
 * that fetch. A client has a budget of bytes and of tries; what breaks off is taken up again where
 * it broke; what a server asks to wait is waited, up to a limit. Proxies by the usual variables
 * (http_proxy, https_proxy, no_proxy). Certificates are always verified.
 *
 * Limits: net-bytes, net-tries, net-wait, net-stall, net-redirects.
 */
#include "base/base.h"

struct pl_net;
struct pl_net_opts {
	const char *ca_file;	 /* certificates to trust instead of the system's, or NULL */
	const char *unix_socket; /* connect there whatever the URL's host, or NULL */
	unsigned pause_ms;	 /* before the second try, doubled for each further; 0: 500 */
};
int pl_net_new(const struct pl_net_opts *opts, struct pl_net **out, struct pl_err *err);
void pl_net_free(struct pl_net *net);

struct pl_http_get {
	const char *url;	    /* http or https */
	const char *const *headers; /* "Name: value", NULL-terminated; or NULL */
	/* Validators of the copy that the caller has; with one of them the answer may be 304. */
	const char *etag, *last_modified;
	uint64_t max; /* bytes of the body; 0: net-bytes */
	/* The body of a 200, in order. A negative result ends the transfer with that error. */
	int (*sink)(void *arg, struct pl_str data, struct pl_err *err);
	/* The body begins anew, after a break that could not be mended; NULL: that is an error. */
	int (*restart)(void *arg, struct pl_err *err);
	void (*progress)(void *arg, uint64_t done,
			 uint64_t total); /* total 0: not known; may be NULL */
	void *arg;
};
struct pl_http_answer {
	long status; /* 200, 304, 404 …; never one that was tried again in vain */
	struct pl_str etag, last_modified, content_type;
	uint64_t bytes; /* of the body, given to the sink */
	uint64_t wire;	/* bytes received, headers and broken tries included */
	unsigned tries;
};
/* PL_E_NET when the server cannot be reached, does not keep to the protocol or asks for more
 * patience than there is; the text says which and what to do. Views live in the arena. */
int pl_http_get(struct pl_net *net, const struct pl_http_get *get, struct pl_arena *arena,
		struct pl_http_answer *out, struct pl_err *err);
/* Seconds that a Retry-After header asks for at the time `now` (RFC 9110 §10.2.3), -1 when it is
 * malformed. */
int64_t pl_http_retry_after(struct pl_str value, time_t now);
