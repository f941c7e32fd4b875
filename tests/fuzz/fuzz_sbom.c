/* SPDX-License-Identifier: Apache-2.0 */
/* Bills of materials of every format; whatever is told must be readable. */
#include "catalog/sbom_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sum;

static void sink(struct pl_str s)
{
	for (size_t i = 0; i < s.len; i++)
		sum += (uint8_t)s.ptr[i];
}

static int on_package(void *arg, const struct pl_sbom_pkg *p, struct pl_err *err)
{
	(void)arg, (void)err;
	sink(p->fact.name);
	sink(p->fact.version);
	sink(p->fact.source_name);
	sink(p->fact.source_version);
	sink(p->fact.licenses);
	sink(p->fact.cpes);
	sink(p->fact.sha1);
	sink(p->paths);
	sink(p->supplier);
	sink(pl_sbom_prop(p, "plimsoll:layer"));
	return 0;
}

static void on_head(void *arg, const struct pl_sbom_head *h)
{
	(void)arg;
	sink(h->tool);
	sink(h->subject);
	sink(h->os.id);
	sink(h->os.version_id);
}

static void on_edge(void *arg, struct pl_str from, struct pl_str to)
{
	(void)arg;
	sink(from);
	sink(to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct pl_sbom_sink s = {NULL, on_head, on_package, on_edge};
	struct pl_err err = {0};
	struct pl_str text = pl_str_n(data, size);
	int rc;

	pl_sbom_sniff(text);
	rc = pl_sbom_read(text, PL_MiB(1), &s, &err);
	if (rc < 0 && err.code != (enum pl_ecode) - rc)
		abort();
	return 0;
}
