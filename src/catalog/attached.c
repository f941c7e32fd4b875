/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker of a bill of materials that is attached to an image: an OCI referrer, or BuildKit's
 * attestation (github.com/in-toto/attestation, spec/v1/statement.md). What it tells are claims, as
 * of a document that lies in the image.
 */
#include <stdio.h>

#include "catalog/facts.h"
#include "catalog/sbom_read.h"

static int read_all(struct pl_stream *s, struct pl_buf *out, struct pl_err *err)
{
	struct pl_str piece;
	int rc;

	while ((rc = pl_stream_peek(s, PL_PEEK_MAX, &piece, err)) == 0 && piece.len) {
		pl_buf_str(out, piece);
		pl_stream_skip(s, piece.len);
		if (out->failed)
			return pl_fail_limit(err, PL_LIM_JSON_BYTES,
					     "an attached bill of materials");
	}
	return rc;
}

/* A statement has its document as `predicate`. */
static int claims(struct pl_facts_writer *w, struct pl_str text, uint64_t *packages,
		  struct pl_err *err)
{
	pl_auto_json *j = NULL;
	pl_auto_free char *inner = NULL;
	const cJSON *predicate;

	if (pl_str_find(pl_str_sub(text, 0, PL_SBOM_SNIFF), PL_STR("\"predicateType\"")) < 0 ||
	    pl_json_parse(text, pl_limit(PL_LIM_JSON_BYTES), &j, NULL) < 0)
		return pl_sbom_claims(w, text, packages, err);
	predicate = pl_json_get(j, "predicate");
	inner = cJSON_IsObject(predicate) ? cJSON_PrintUnformatted(predicate) : NULL;
	return pl_sbom_claims(w, inner ? pl_str_c(inner) : text, packages, err);
}

static void tell(struct pl_facts_writer *w, int rc, uint64_t packages, const struct pl_err *err)
{
	if (rc < 0)
		pl_fact_diag(w, PL_W_WARN, "sbom-attached-lost", "%s", err->text);
	else
		pl_fact_diag(w, PL_W_NOTE, "sbom-attached",
			     "%llu packages in it, used where nothing in the image itself tells "
			     "them",
			     (unsigned long long)packages);
}

int pl_attached_run(void *arg, struct pl_buf *out, struct pl_err *err)
{
	const struct pl_layer_job *j = arg;
	struct pl_tar_entry entry = {.type = PL_FT_FILE, .mode = 0444, .size = j->size};
	struct pl_facts_end end = {.blob = {.known = true}};
	struct pl_facts_writer w;
	struct pl_err bad = {0};
	uint64_t packages = 0;
	pl_auto_stream *s = NULL;
	pl_auto_buf text;
	char path[64];
	int rc;

	(void)err;
	snprintf(path, sizeof(path), PL_ATTACHED_PATH "%u", j->number);
	pl_buf_init(&text, pl_limit(PL_LIM_JSON_BYTES));
	pl_facts_begin(&w, out);
	pl_facts_entry(&w, pl_str_c(path), PL_STR(""), &entry);
	w.evidence = PL_EV_SBOM;
	s = pl_stream_open_fd(j->fd, j->seekable, j->offset, j->size, j->progress);
	rc = read_all(s, &text, &bad);
	if (rc == 0)
		rc = claims(&w, pl_buf_view(&text), &packages, &bad);
	tell(&w, rc, packages, &bad);
	pl_sha256(pl_buf_view(&text), end.blob.sha256);
	end.blob.known = rc == 0;
	end.size = end.expanded = text.len;
	pl_facts_finish(&w, &end);
	return 0;
}
