/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Every limit that protects plimsoll from its input, with its default and the reason, in one
 * table: printed by `plimsoll limits`, changed by `--set NAME=VALUE`. Reaching one is a
 * PL_E_LIMIT error or a diagnostic that names it.
 */
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define PL_KiB(n) (UINT64_C(n) << 10)
#define PL_MiB(n) (UINT64_C(n) << 20)
#define PL_GiB(n) (UINT64_C(n) << 30)

/*	X(symbol, "name", default, "unit", "reason") */
#define PL_LIMITS(X) \
	X(JSON_BYTES, "json-bytes", PL_MiB(32), "bytes", \
	  "a manifest, config or package.json; the registry limit for manifests is 4 MiB") \
	X(JSON_DEPTH, "json-depth", 256, "levels", "real documents nest less than 30 deep") \
	X(TREE_NODES, "tree-nodes", 3000000, "nodes", \
	  "values of a TOML or YAML document, elements of an XML one; aliases count each time") \
	X(LOCK_BYTES, "lock-bytes", PL_MiB(32), "bytes", \
	  "a lock file or manifest; those of the largest repositories have 5 MiB") \
	X(SBOM_BYTES, "sbom-bytes", PL_GiB(1), "bytes", "an inventory read back") \
	X(LAYERS, "layers", 1024, "layers", "overlayfs stops at 500 lower directories") \
	X(IMAGES, "images", 1024, "images", "images in one archive or index") \
	X(INDEX_DEPTH, "index-depth", 4, "levels", "an image index inside an image index") \
	X(ARCHIVE_ENTRIES, "archive-entries", 100000, "entries", \
	  "members of an outer archive: a few for each layer") \
	X(CONFIG_ITEMS, "config-items", 20000, "items", \
	  "one list of an image configuration: environment, labels, history; real ones have tens") \
	X(LAYER_BYTES, "layer-bytes", PL_GiB(256), "bytes", "expanded size of one layer") \
	X(LAYER_RATIO, "layer-ratio", 1000, "times", \
	  "expanded to compressed size, once over bomb-floor: gzip reaches 1032 on zeros only") \
	X(BOMB_FLOOR, "bomb-floor", PL_GiB(4), "bytes", \
	  "expanded size below which layer-ratio is not asked") \
	X(LAYER_ENTRIES, "layer-entries", 2000000, "entries", \
	  "files of one layer that are remembered; real images have been seen with 3 million") \
	X(FACTS_BYTES, "facts-bytes", PL_MiB(256), "bytes", \
	  "what a worker may report of one layer") \
	X(PATH_BYTES, "path-bytes", 4096, "bytes", "PATH_MAX of Linux") \
	X(PAX_BYTES, "pax-bytes", PL_MiB(1), "bytes", \
	  "one extended tar header; attributes and long names need a few KiB") \
	X(PAX_HEADERS, "pax-headers", 64, "headers", \
	  "extended headers before one tar entry; writers use at most three") \
	X(SYMLINKS, "symlinks", 40, "links", "links followed in one path, as Linux does") \
	X(DB_FILE_BYTES, "db-file-bytes", PL_MiB(256), "bytes", \
	  "a package database held in memory; full desktop systems have 200 MiB") \
	X(META_FILE_BYTES, "meta-file-bytes", PL_MiB(8), "bytes", \
	  "a package metadata file (METADATA, package.json, file list)") \
	X(ARCHIVE_FILE_BYTES, "archive-file-bytes", PL_MiB(256), "bytes", \
	  "a jar or wheel held in memory") \
	X(ELF_KEEP_BYTES, "elf-keep-bytes", PL_MiB(64), "bytes", \
	  "what is kept of one executable to read its build information") \
	X(ZIP_ENTRIES, "zip-entries", 200000, "entries", "members of one zip archive") \
	X(ZIP_DEPTH, "zip-depth", 6, "levels", "archive inside archive") \
	X(ZIP_BYTES, "zip-bytes", PL_GiB(1), "bytes", \
	  "expanded bytes read from one outer archive") \
	X(LINE_BYTES, "line-bytes", PL_MiB(8), "bytes", "one line of a text database") \
	X(PACKAGES, "packages", 500000, "packages", "packages of one layer") \
	X(OWNED_FILES, "owned-files", 4000000, "paths", "paths in the file lists of one layer") \
	X(LAYER_REMARKS, "layer-remarks", 100000, "rows", \
	  "diagnostics of one layer; and files in it that tell the system or the accounts") \
	X(WORKER_BYTES, "worker-bytes", PL_GiB(1), "bytes", "memory of one worker process") \
	X(WORKER_CPU, "worker-cpu", 3600, "seconds", "processor time of one worker process") \
	X(WORKER_STALL, "worker-stall", 60, "seconds", "without any progress of a worker") \
	X(WINDOW_BYTES, "window-bytes", PL_MiB(128), "bytes", \
	  "decoder window; zstd --ultra uses at most 128 MiB by default") \
	X(RECORD_BYTES, "record-bytes", PL_MiB(64), "bytes", "one advisory record") \
	X(RANGE_EVENTS, "range-events", 100000, "events", "events of one affected range") \
	X(NET_BYTES, "net-bytes", PL_GiB(4), "bytes", "the body of one answer of a server") \
	X(NET_TRIES, "net-tries", 5, "tries", "of one request, before a server is given up") \
	X(NET_WAIT, "net-wait", 120, "seconds", "that a server may ask to wait before a try") \
	X(NET_STALL, "net-stall", 30, "seconds", "without a byte of a transfer") \
	X(NET_REDIRECTS, "net-redirects", 5, "redirects", "followed in one request") \
	X(FEED_BYTES, "feed-bytes", PL_GiB(64), "bytes", "expanded size of one advisory archive")

enum pl_limit {
#define X(sym, name, def, unit, why) PL_LIM_##sym,
	PL_LIMITS(X)
#undef X
		PL_LIM__COUNT
};

struct pl_limit_row {
	const char *name, *unit, *why;
	uint64_t def;
};

/* The value in force. Workers inherit it at fork. */
uint64_t pl_limit(enum pl_limit which);
const struct pl_limit_row *pl_limit_row(enum pl_limit which);
/* "NAME=VALUE" with an optional suffix K, M or G (powers of 1024). PL_E_USAGE when wrong. */
int pl_limit_set(struct pl_str assignment, struct pl_err *err);
/* pl_fail with the limit's name, value, and how to raise it; `what` says what reached it. */
int pl_fail_limit(struct pl_err *err, enum pl_limit which, const char *what);
