/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/evp.h>
#include <pthread.h>

#include "stream/stream_int.h"

/* Fetched once: OpenSSL 3 searches its providers under a lock at every implicit fetch. */
static EVP_MD *md_sha256, *md_sha1;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void fetch(void)
{
	md_sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	md_sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	if (!md_sha256 || !md_sha1)
		abort(); /* no provider: like being out of memory at start */
}

struct sha_stream {
	struct pl_stream base;
	struct pl_str view;
	EVP_MD_CTX *ctx;
	bool final;
	uint8_t digest[32];
};

static void update(struct sha_stream *h, const char *p, size_t n)
{
	if (n && EVP_DigestUpdate(h->ctx, p, n) != 1)
		abort(); /* cannot fail on an initialised context */
}

static int sha_peek(struct pl_stream *s, size_t want, struct pl_str *out, struct pl_err *err)
{
	struct sha_stream *h = (struct sha_stream *)s;
	int rc = pl_stream_peek(s->up, want, &h->view, err);

	if (rc >= 0)
		*out = h->view;
	return rc;
}

static void sha_skip(struct pl_stream *s, size_t n)
{
	struct sha_stream *h = (struct sha_stream *)s;

	update(h, h->view.ptr, n);
	h->view = pl_str_sub(h->view, n, h->view.len);
	pl_stream_skip(s->up, n);
}

static int sha_read(struct pl_stream *s, char *dst, size_t cap, size_t *n, struct pl_err *err)
{
	int rc = pl_stream_read(s->up, dst, cap, n, err);

	if (rc >= 0)
		update((struct sha_stream *)s, dst, *n);
	return rc;
}

static void sha_close(struct pl_stream *s)
{
	EVP_MD_CTX_free(((struct sha_stream *)s)->ctx);
}

static const struct pl_stream_ops sha_ops = {
	.read = sha_read, .peek = sha_peek, .skip = sha_skip, .close = sha_close};

struct pl_stream *pl_stream_open_sha256(struct pl_stream **up)
{
	struct sha_stream *h = pl_xcalloc(1, sizeof(*h));

	pthread_once(&fetched, fetch);
	pl_stream_init(&h->base, &sha_ops, pl_steal(*up));
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx || EVP_DigestInit_ex2(h->ctx, md_sha256, NULL) != 1)
		abort();
	return &h->base;
}

int pl_stream_sha256(struct pl_stream *s, uint8_t out[32], struct pl_err *err)
{
	struct sha_stream *h = (struct sha_stream *)s;
	struct pl_str view;
	int rc;

	if (s->ops != &sha_ops)
		return pl_fail(err, PL_E_INTERNAL, "not a digest stream");
	while (!h->final) {
		rc = pl_stream_peek(s, 1, &view, err);
		if (rc < 0)
			return rc;
		if (view.len) {
			pl_stream_skip(s, view.len);
			continue;
		}
		if (EVP_DigestFinal_ex(h->ctx, h->digest, NULL) != 1)
			return pl_fail(err, PL_E_INTERNAL, "sha256 failed");
		h->final = true;
	}
	memcpy(out, h->digest, 32);
	return 0;
}

static void digest(struct pl_str data, const EVP_MD *md, uint8_t *out)
{
	if (EVP_Digest(data.len ? data.ptr : "", data.len, out, NULL, md, NULL) != 1)
		abort();
}

void pl_sha256(struct pl_str data, uint8_t out[32])
{
	pthread_once(&fetched, fetch);
	digest(data, md_sha256, out);
}

void pl_sha1(struct pl_str data, uint8_t out[20])
{
	pthread_once(&fetched, fetch);
	digest(data, md_sha1, out);
}
