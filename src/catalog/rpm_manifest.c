/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text manifest that distroless images of CBL-Mariner and Azure Linux have instead of a
 * database: what rpm -qa printed when they were built, ten fields between tabs.
 */
#include "catalog/lines.h"
#include "catalog/rpm.h"

#define FIELDS(X) \
	X(NAME) \
	X(VERSION_RELEASE) \
	X(INSTALLTIME) X(BUILDTIME) X(VENDOR) X(EPOCH) X(SIZE) X(ARCH) X(EPOCHNUM) X(SOURCERPM)
enum field {
#define X(sym) F_##sym,
	FIELDS(X)
#undef X
		F__COUNT
};

static bool split_fields(struct pl_str line, struct pl_str *fields)
{
	for (unsigned i = 0; i < F__COUNT; i++) {
		if (!pl_str_split(&line, '\t', &fields[i]))
			return false;
		if (pl_str_eq_c(fields[i], "(none)")) /* rpm's word for a tag that is not there */
			fields[i] = (struct pl_str){0};
	}
	return fields[F_NAME].len && fields[F_VERSION_RELEASE].len;
}

static struct pl_str with_epoch(struct pl_buf *b, struct pl_str epoch, struct pl_str rest)
{
	if (epoch.len == 0 || rest.len == 0)
		return rest;
	pl_buf_str(b, epoch);
	pl_buf_ch(b, ':');
	pl_buf_str(b, rest);
	return pl_buf_view(b);
}

static void report(struct pl_rpm *r, const struct pl_str *fields)
{
	struct pl_pkg_fact p = {
		.type = PL_PKG_RPM,
		.name = fields[F_NAME],
		.arch = fields[F_ARCH],
		.vendor = fields[F_VENDOR],
		.how = PL_STR("rpm manifest"),
	};
	pl_auto_buf version, source;

	pl_buf_init(&version, r->bytes.len + 1);
	pl_buf_init(&source, r->bytes.len + 1);
	p.version = with_epoch(&version, fields[F_EPOCH], fields[F_VERSION_RELEASE]);
	if (pl_rpm_split_source(fields[F_SOURCERPM], &p.source_name, &p.source_version))
		p.source_version = with_epoch(&source, fields[F_EPOCH], p.source_version);
	pl_fact_package(r->w, &p);
	r->packages++;
}

void pl_rpm_read_manifest(struct pl_rpm *r)
{
	struct pl_str fields[F__COUNT], line;
	struct pl_lines l;

	pl_lines_init(&l, r->w, "rpm-manifest-malformed", r->bytes);
	while (pl_lines_next(&l, &line)) {
		if (line.len == 0)
			continue;
		if (!split_fields(line, fields))
			pl_lines_complain(&l, l.number, PL_W_FAILED, "not a line of the manifest");
		else if (!pl_str_eq_c(fields[F_NAME], "gpg-pubkey"))
			report(r, fields);
	}
	pl_lines_end(&l);
}
