/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the net room: one GET, told as lines. get URL [--ca FILE] [--etag E] [--max N]
 * [--socket PATH] [--no-restart] */
#include <stdio.h>
#include <stdlib.h>

#include "net/net.h"
#include "stream/stream.h"

static int to_buf(void *arg, struct pl_str data, struct pl_err *err)
{
	(void)err;
	pl_buf_str(arg, data);
	return 0;
}

static int anew(void *arg, struct pl_err *err)
{
	(void)err;
	pl_buf_reset(arg);
	puts("restart");
	return 0;
}

int main(int argc, char **argv)
{
	struct pl_net_opts opts = {.pause_ms = 10};
	struct pl_http_get get = {.sink = to_buf, .restart = anew};
	struct pl_http_answer a;
	struct pl_err err = {0};
	struct pl_net *net;
	pl_auto_arena arena;
	pl_auto_buf body;
	uint8_t sum[32];
	char hex[65];
	int rc;

	pl_arena_init(&arena);
	pl_buf_init(&body, PL_MiB(64));
	get.arg = &body;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--no-restart") == 0)
			get.restart = NULL;
		else if (argv[i][0] != '-')
			get.url = argv[i];
		else if (i + 1 == argc)
			return 2;
		else if (strcmp(argv[i], "--ca") == 0)
			opts.ca_file = argv[++i];
		else if (strcmp(argv[i], "--etag") == 0)
			get.etag = argv[++i];
		else if (strcmp(argv[i], "--socket") == 0)
			opts.unix_socket = argv[++i];
		else if (strcmp(argv[i], "--max") == 0)
			get.max = strtoull(argv[++i], NULL, 10);
	}
	if (pl_limit_set(PL_STR("net-stall=2"), &err) < 0 || pl_net_new(&opts, &net, &err) < 0)
		return 2;
	rc = pl_http_get(net, &get, &arena, &a, &err);
	pl_net_free(net);
	if (rc < 0) {
		printf("error %s: %s\n", pl_ecode_name(err.code), err.text);
		return 1;
	}
	pl_sha256(pl_buf_view(&body), sum);
	pl_hex(sum, sizeof(sum), hex);
	printf("status %ld\nbytes %zu\nsha256 %s\netag %.*s\ntries %u\n", a.status, body.len, hex,
	       PL_FMT(a.etag), a.tries);
	return 0;
}
