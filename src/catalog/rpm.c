/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm: finds out by the first bytes which of its three stores a database file is.
 */
#include "catalog/rpm.h"
#include "catalog/sqlite_mem.h"

#include <stdarg.h>
#include <stdio.h>

void pl_rpm_fault(struct pl_rpm *r, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	if (r->faults++ >= PL_RPM_FAULTS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pl_fact_diag(r->w, PL_W_FAILED, "rpm-db-corrupt", "%s", text);
}

static uint32_t be32_at(struct pl_str s, size_t at)
{
	struct pl_rd rd = pl_rd_init(s);

	pl_rd_skip(&rd, at);
	return pl_rd_be32(&rd);
}

/* Packages may stand in the log only. Without the database, which is in another layer or gone, it
 * cannot be read. */
static void lone_wal(struct pl_rpm *r)
{
	size_t frames = pl_wal_committed(r->bytes);

	if (frames)
		pl_fact_diag(r->w, PL_W_FAILED, "rpm-wal",
			     "%zu pages of the rpm database are in its write-ahead log, and the "
			     "database is not in this layer; packages in them are not seen",
			     frames);
}

/* Berkeley DB has its magic at byte 12 in the order of the machine that wrote it. */
static bool has_bdb_magic(struct pl_str bytes, uint32_t magic)
{
	uint32_t is = be32_at(bytes, 12);

	return is == magic || is == __builtin_bswap32(magic);
}

static void read_store(struct pl_rpm *r)
{
	enum { BDB_HASH = 0x061561, BDB_BTREE = 0x053162 };

	if (pl_str_starts(r->bytes, PL_STR("SQLite format 3\0")))
		pl_rpm_read_sqlite(r);
	else if (pl_str_starts(r->bytes, PL_STR("RpmP")))
		pl_rpm_read_ndb(r);
	else if (has_bdb_magic(r->bytes, BDB_HASH))
		pl_rpm_read_bdb(r);
	else if (has_bdb_magic(r->bytes, BDB_BTREE))
		pl_rpm_fault(r, "a Berkeley DB B-tree, where rpm has a hash");
	else if (r->bytes.len == 0)
		pl_rpm_fault(r, "the file is empty");
	else
		pl_rpm_fault(r, "neither SQLite nor ndb nor Berkeley DB");
}

/* The names by which every store of rpm calls its tables; other programs use SQLite and Berkeley DB
 * as well. */
static bool looks_like_rpm(struct pl_str bytes)
{
	enum { SCHEMA_BYTES = 65536 };

	if (pl_str_starts(bytes, PL_STR("RpmP")))
		return true;
	if (!pl_str_starts(bytes, PL_STR("SQLite format 3\0")))
		return pl_str_find(bytes, PL_STR("\x8e\xad\xe8")) >= 0 ||
		       pl_str_find(bytes, PL_STR("SOURCERPM")) >= 0 ||
		       pl_str_find(bytes, PL_STR(".src.rpm")) >= 0;
	bytes = pl_str_sub(bytes, 0, SCHEMA_BYTES);
	return pl_str_find(bytes, PL_STR("Packages")) >= 0 &&
	       pl_str_find(bytes, PL_STR("Providename")) >= 0;
}

/* A database under any name; what it is, is seen when it was read. */
static bool sniff_rpm(struct pl_str path, struct pl_str head)
{
	enum { BDB_HASH = 0x061561, NDB_HEADER = 32 };

	(void)path;
	if (head.len < NDB_HEADER)
		return false;
	return memcmp(head.ptr, "RpmP", 4) == 0 || memcmp(head.ptr, "SQLite format 3", 16) == 0 ||
	       has_bdb_magic(head, BDB_HASH);
}

#define MANIFEST "var/lib/rpmmanifest/container-manifest-2"

static int read_rpm(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_rpm r = {.w = w, .bytes = f->bytes, .wal = f->beside};

	(void)err;
	if (pl_fact_is_sniffed(w) && !looks_like_rpm(f->bytes))
		return 0;
	if (pl_wal_is(f->bytes)) {
		lone_wal(&r);
		return 0;
	}
	if (pl_str_ends(f->path, PL_STR("-wal")) && f->bytes.len < PL_WAL_HEAD)
		return 0; /* a log without anything in it */
	if (pl_str_eq_c(pl_path_below(f->path, f->root), MANIFEST))
		pl_rpm_read_manifest(&r);
	else
		read_store(&r);
	if (r.faults > PL_RPM_FAULTS_MAX)
		pl_fact_diag(w, PL_W_FAILED, "rpm-db-corrupt", "%zu more faults",
			     r.faults - PL_RPM_FAULTS_MAX);
	if (r.packages == 0 && r.faults == 0 && !pl_fact_is_sniffed(w))
		pl_fact_diag(w, PL_W_WARN, "rpm-db-empty", "the database holds no package");
	return 0;
}

#define IN(dir) dir "/Packages", dir "/Packages.db", dir "/rpmdb.sqlite", dir "/rpmdb.sqlite-wal"
static const char *const globs[] = {
	IN("var/lib/rpm"), IN("usr/lib/sysimage/rpm"), IN("usr/share/rpm"), MANIFEST, NULL,
};
#undef IN

const struct pl_cataloger pl_cataloger_rpm = {
	.name = "rpm",
	.what = "RPM packages: the rpm database (SQLite, ndb, Berkeley DB) and the distroless "
		"manifest",
	.globs = globs,
	.sniff = sniff_rpm,
	.rooted = true,
	.beside = "-wal",
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_DB_FILE_BYTES,
	.read = read_rpm,
};
