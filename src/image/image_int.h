/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Private to the image room: the documents of an image as read, the members of an outer archive,
 * and what the transports share while a source is opened.
 */
#include "image/image.h"

/* --- documents (manifest.c, config.c) -------------------------------------------------------
 * JSON is turned into the wire form where it is parsed (a worker), and read from it in the parent:
 * pl_X_to_wire is all that touches cJSON. Views of a read document live in the arena.
 */
struct pl_desc {
	struct pl_str media_type;
	struct pl_str digest;	 /* as written, "sha256:…" */
	uint64_t size;		 /* UINT64_MAX when not stated */
	struct pl_str platform;	 /* "os/arch[/variant]", empty when not stated */
	struct pl_str ref_name;	 /* org.opencontainers.image.ref.name */
	struct pl_str full_name; /* io.containerd.image.name */
	struct pl_str artifact_type;
	struct pl_str subject;	 /* vnd.docker.reference.digest: the manifest it speaks of */
	struct pl_str predicate; /* in-toto.io/predicate-type */
	bool attestation;	 /* vnd.docker.reference.type, or platform unknown/unknown */
};
/* An index or a manifest: which one it is shows only inside. */
struct pl_doc {
	bool is_index;
	struct pl_str media_type;
	struct pl_desc config;	     /* of a manifest */
	struct pl_str subject;	     /* digest of the manifest that it speaks of, may be empty */
	PL_VEC(struct pl_desc) rows; /* manifests of an index, layers of a manifest */
};
/* One image of docker-archive's manifest.json. */
struct pl_docker_row {
	struct pl_str config;
	PL_VEC(struct pl_str) tags, layers;
	PL_VEC(struct pl_str) media_types; /* as long as layers, by LayerSources, else empty */
};
struct pl_docker_doc {
	PL_VEC(struct pl_docker_row) rows;
};
struct pl_history {
	struct pl_str created_by;
	bool empty_layer;
};
struct pl_config_doc {
	struct pl_config config;
	PL_VEC(struct pl_history) history;
	PL_VEC(struct pl_str) diff_ids;
};

typedef int pl_to_wire_fn(struct pl_str json, struct pl_buf *out, struct pl_err *err);
pl_to_wire_fn pl_doc_to_wire, pl_docker_to_wire, pl_config_to_wire;
int pl_doc_read(struct pl_str wire, struct pl_arena *a, struct pl_doc *out, struct pl_err *err);
int pl_docker_read(struct pl_str wire, struct pl_arena *a, struct pl_docker_doc *out,
		   struct pl_err *err);
int pl_config_read(struct pl_str wire, struct pl_arena *a, struct pl_config_doc *out,
		   struct pl_err *err);

/* A vector of n elements in the arena: results outlive the source that made them. */
#define pl_vec_in_arena(v, arena, n) \
	do { \
		size_t len_ = (n); \
		(v)->at = pl_arena_alloc((arena), pl_array_size(len_, sizeof(*(v)->at))); \
		(v)->len = (v)->cap = len_; \
	} while (0)

/* --- platforms (platform.c) ----------------------------------------------------------------- */

/* "linux/amd64" for this machine. */
struct pl_str pl_platform_here(struct pl_arena *a);
/* os/arch[/variant] from its parts; empty when both are. */
struct pl_str pl_platform_make(struct pl_arena *a, struct pl_str os, struct pl_str arch,
			       struct pl_str variant);
/* Whether `have` is what `want` asks for: a part that is not said fits any, arm64 is arm64/v8. */
bool pl_platform_fits(struct pl_str want, struct pl_str have);
/* PL_E_USAGE when it is not OS/ARCH or OS/ARCH/VARIANT. */
int pl_platform_check(struct pl_str want, struct pl_err *err);

/* --- members of an outer archive (archive.c) ------------------------------------------------ */

enum pl_member_kind {
	PL_MEMBER_RANGE,  /* bytes [offset, offset + size) of the archive's descriptor */
	PL_MEMBER_MEMORY, /* kept: bytes */
	PL_MEMBER_PASSED, /* went by to the hooks: sha256 */
	PL_MEMBER_LINK,	  /* symbolic or hard: link, a clean member name */
	PL_MEMBER_OTHER,  /* directory, device, sparse file */
};
struct pl_member {
	struct pl_str name; /* clean */
	enum pl_member_kind kind;
	uint64_t offset, size;
	struct pl_str link, bytes;
	uint8_t sha256[32];
};
struct pl_members {
	struct pl_arena *arena; /* not owned */
	PL_VEC(struct pl_member) rows;
	struct pl_map by_name;
};
void pl_members_init(struct pl_members *m, struct pl_arena *arena);
void pl_members_release(struct pl_members *m);
/* Adds or replaces (the last of one name counts, as when the archive is unpacked); the strings are
 * copied. PL_E_LIMIT over archive-entries. */
int pl_members_add(struct pl_members *m, const struct pl_member *row, struct pl_err *err);
/* By name, through links (limit symlinks); NULL when there is none. */
const struct pl_member *pl_members_find(const struct pl_members *m, struct pl_str name);

/* What the head of a tar looks like: names of entries that stand in the first bytes. */
enum pl_head { PL_HEAD_UNKNOWN, PL_HEAD_ARCHIVE, PL_HEAD_ROOTFS };
/* bytes: the head of an uncompressed tar, cut anywhere. */
enum pl_head pl_archive_head(struct pl_str bytes);
/* Whether a member of that name makes an image archive (manifest.json, blobs/…, <64 hex>/…). */
bool pl_archive_name(struct pl_str clean);

/* One entry to the wire and back; views live as long as the wire. */
void pl_archive_put_member(struct pl_buf *out, const struct pl_tar_entry *e);
void pl_archive_get_member(struct pl_rd *r, struct pl_member *row);
/* Walks the tar in s with seeks and writes its members to the wire; damage ends the walk and is
 * part of the answer. looking: give up with "no image archive" once that is clear. */
int pl_archive_index_to_wire(struct pl_stream *s, bool looking, struct pl_buf *out,
			     struct pl_err *err);
/* What the index said besides members. */
struct pl_archive_note {
	bool rootfs;	      /* no image archive (only when looking) */
	struct pl_str damage; /* empty: read to the end */
	uint64_t doubled;     /* names that came more than once */
};
int pl_archive_index_read(struct pl_str wire, struct pl_members *m, struct pl_archive_note *note,
			  struct pl_err *err);

/* --- opening (source.c) --------------------------------------------------------------------- */

struct pl_open {
	const struct pl_source_opts *opts;
	const struct pl_stream_hooks *hooks; /* may be NULL */
	struct pl_arena *arena;
	struct pl_diags *diags;
	struct pl_source *source;
	struct pl_str file; /* the path, "standard input" for "-" */
	struct pl_str tag;  /* of the target, or opts->tag */
	int fd;		    /* archive or directory; owned by the source */
	uint64_t file_size;
	struct pl_str damage;	   /* where reading the archive ended too early, else empty */
	struct pl_members members; /* of an archive */
	bool is_dir;		   /* blobs are files below fd */
	PL_VEC(struct pl_image) images;
};
struct pl_source_priv {
	PL_VEC(int) fds;	       /* closed with the source */
	PL_VEC(struct pl_str) members; /* names for streamed layers: layer.offset is the index */
	PL_VEC(struct pl_str) opened;  /* blob files already open, fds beside */
	PL_VEC(int) opened_fds;
};

/* Where something stands, for diagnostics: "FILE: MEMBER". */
struct pl_str pl_open_where(const struct pl_open *o, struct pl_str member);
/* The bytes of a small member by its clean name, at most json-bytes; PL_E_NOT_FOUND without. */
int pl_open_read(struct pl_open *o, struct pl_str name, struct pl_buf *out, struct pl_err *err);
/* Parses in a worker. `answer` receives the wire form. */
int pl_open_parse(struct pl_open *o, struct pl_str name, struct pl_str json, pl_to_wire_fn *fn,
		  struct pl_buf *answer, struct pl_err *err);
/* Fills how the bytes of a layer are to be had (fd, streamed or missing) and its size. */
void pl_open_layer(struct pl_open *o, struct pl_str name, struct pl_layer *l);
/* Config into image: fields, platform, diff ids and instructions of layers; oddities as
 * diagnostics. */
void pl_open_apply_config(struct pl_open *o, struct pl_str name, const struct pl_config_doc *doc,
			  struct pl_image *img);
/* Reads, checks against `want` (NULL: nothing stated), parses and applies; false after a diagnostic
 * when it cannot be had. *got is the digest of its bytes. */
bool pl_open_config(struct pl_open *o, struct pl_str name, const struct pl_digest *want,
		    struct pl_image *img, struct pl_digest *got);
/* FATAL diagnostic naming both when bytes do not have the digest. */
void pl_open_verify(struct pl_open *o, struct pl_str name, const struct pl_digest *want,
		    const struct pl_digest *got);
/* Remembers the damage and tells it. */
void pl_open_damaged(struct pl_open *o, struct pl_str what);
/* Whether one of an image's names is asked for by tag: the full name, or its last part. */
bool pl_tag_fits(struct pl_str tag, struct pl_str name);
int pl_own_fd(struct pl_open *o, int fd);

/* --- transports ----------------------------------------------------------------------------- */

int pl_docker_archive_open(struct pl_open *o, struct pl_err *err);
int pl_oci_open(struct pl_open *o, struct pl_err *err);
/* Whether a blob of that media type is a bill of materials; predicate: of an in-toto statement. */
bool pl_oci_is_sbom(struct pl_str type, struct pl_str predicate);
int pl_tarfs_open(struct pl_open *o, struct pl_err *err);
int pl_dir_open(struct pl_open *o, struct pl_err *err);

/* One pass over o->fd (unpack.c): fills o->members, feeds the hooks. *rootfs: it was no image
 * archive, the one member "" has passed. as: what the target said it is. */
enum pl_expect { PL_EXPECT_ANY, PL_EXPECT_ARCHIVE, PL_EXPECT_ROOTFS };
int pl_unpack(struct pl_open *o, enum pl_expect as, bool *rootfs, struct pl_err *err);
