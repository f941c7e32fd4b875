/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * image: where an image comes from and what it is made of. A source is opened from a target
 * ("docker-archive:FILE", "oci:DIR[:TAG]", "oci-archive:FILE[:TAG]", "tar:FILE", "dir:PATH", "-",
 * or a path that is looked at) and gives images: manifest, config, layers. Layer bytes are not read
 * here: each layer says how its bytes are to be had. Also here: the merged tree.
 *
 * OCI image-spec v1.1, Docker image spec v1.2, docker-archive of `docker save` (old and new).
 * JSON from the image is parsed in a sandboxed worker.
 */
#include "base/base.h"
#include "sandbox/sandbox.h"
#include "stream/stream.h"

struct pl_digest {
	bool known; /* false: the source does not state one */
	uint8_t sha256[32];
};
/* "sha256:hex" */
struct pl_str pl_digest_text(struct pl_arena *a, const struct pl_digest *d);
int pl_digest_parse(struct pl_str text, struct pl_digest *out, struct pl_err *err);

struct pl_layer {
	uint32_t index;		  /* 0 is the base; history entries without a layer do not count */
	struct pl_digest blob;	  /* as the manifest states it (compressed bytes) */
	struct pl_digest diff_id; /* as the config states it */
	struct pl_str media_type; /* empty when not stated */
	struct pl_str created_by; /* the history instruction, empty when not told */
	uint64_t size;		  /* of the blob; UINT64_MAX when not known before reading */
	/* how to have the bytes: exactly one of */
	int fd; /* >= 0: bytes [offset, offset+size) of this descriptor */
	uint64_t offset;
	struct pl_str dir;     /* non-empty: walk this directory (`dir:`) */
	struct pl_str missing; /* non-empty: cannot be had, the reason */
	bool streamed;	       /* comes once, through pl_image_stream, not by fd */
};

struct pl_config {
	struct pl_str os, architecture, variant, created, user, working_dir, stop_signal;
	PL_VEC(struct pl_str) entrypoint, cmd, env, exposed_ports, volumes, labels; /* labels k=v */
	bool has_healthcheck, has_config;
};

struct pl_image {
	struct pl_str name;	 /* tag or reference name, may be empty */
	struct pl_digest digest; /* of the manifest, or of the config for docker-archive */
	struct pl_digest config_digest;
	struct pl_str platform;	 /* "linux/amd64" */
	struct pl_config config;
	PL_VEC(struct pl_layer) layers;
	/* Bills of materials that name this image as what they are about (OCI referrers and
	 * attestations of a layout): blobs as layers are, without index. */
	PL_VEC(struct pl_layer) attached;
};

struct pl_source_opts {
	struct pl_str
		platform; /* "OS/ARCH[/VARIANT]", empty: linux of this machine, else the only one */
	struct pl_str tag; /* --tag: only images of this tag or name */
};

/*
 * Bytes that can be had only once (standard input, a compressed outer archive) are offered to the
 * caller as they pass: members that look like layers go to `layer` before the manifest is known.
 */
struct pl_stream_hooks {
	void *arg;
	/* A candidate layer named `member`: write its bytes into the descriptor that this returns
	 * (owned by the callback's owner), or -1 to let it pass. size is the member's. */
	int (*layer)(void *arg, struct pl_str member, uint64_t size, struct pl_err *err);
	/* The member has passed: close, collect. blob: sha256 of its bytes. */
	int (*layer_end)(void *arg, struct pl_str member, const uint8_t blob[32],
			 struct pl_err *err);
};

struct pl_source {
	struct pl_str given;	/* the target as typed */
	const char *transport;	/* "docker-archive" … what it turned out to be */
	struct pl_arena *arena; /* not owned */
	PL_VEC(struct pl_image) images;
	struct pl_source_priv *priv;
};
/* Opens the target and describes its images (chosen by opts). Diagnostics for what is odd. With a
 * streamed source the hooks see every candidate layer during this call, and layers carry
 * streamed = true with `stream_member` kept in media order (match them by blob or member name). */
int pl_source_open(struct pl_str target, const struct pl_source_opts *opts,
		   const struct pl_stream_hooks *hooks, struct pl_arena *arena,
		   struct pl_diags *diags, struct pl_source **out, struct pl_err *err);
void pl_source_close(struct pl_source *s); /* closes the layers' descriptors; NULL-safe */
/* For a streamed layer: the member name the hooks saw. */
struct pl_str pl_layer_member(const struct pl_source *s, const struct pl_layer *l);

/* Writes a tar of the directory to fd (used inside the walker worker of `dir:`): sorted, without
 * /proc, /sys, /dev content and other pseudo file systems; unreadable files are counted in *lost
 * and their first path copied to first_lost. */
int pl_dir_to_tar(int dirfd, int out_fd, _Atomic uint64_t *progress, uint64_t *lost,
		  char first_lost[256], struct pl_err *err);

/* The transports, for --help and completion: name, form, one line. */
struct pl_transport {
	const char *name, *form, *what;
};
const struct pl_transport *pl_transports(size_t *n);

/*
 * The merged tree: entries of layers applied bottom to top as engines on overlayfs do: whiteouts,
 * opaque directories, replaced files, hard links to lower layers. Symbolic links lead on entries of
 * their own layer; below a link of a lower layer an entry makes a directory that hides the link.
 */
struct pl_node {
	struct pl_str path; /* where it stands in the tree, clean */
	struct pl_str link; /* symlink target as written */
	enum pl_ftype type; /* hard links are resolved: FILE with the target's `origin` */
	uint32_t mode;
	uint64_t uid, gid, size;
	bool has_caps;
	uint32_t layer;	 /* that brought it in this form */
	uint32_t origin; /* the id of the file content (caller's number), PL_ORIGIN_NONE if none */
};
#define PL_ORIGIN_NONE UINT32_MAX
struct pl_tree;
struct pl_tree *pl_tree_new(void);
void pl_tree_free(struct pl_tree *t);
/* Begins layer `index`: entries added then hide what lower layers have. */
void pl_tree_layer(struct pl_tree *t, uint32_t index);
/* One tar entry in order (path clean; whiteouts recognised by name). `origin` is the caller's id
 * of its content. Oddities go to diags. */
void pl_tree_add(struct pl_tree *t, const struct pl_node *entry, struct pl_diags *diags);
/* The node at a path with symlinks in directories (and, with follow, at the end) resolved inside
 * the image; NULL when there is none, or a loop. Lives until the next find. Reading ends the layer:
 * what is added after it comes as if from a layer of its own. */
const struct pl_node *pl_tree_find(const struct pl_tree *t, struct pl_str path, bool follow);
/* Every node in path order (component by component: a, a/z, a-b); return non-zero from fn to stop.
 * Full paths are built in a scratch buffer: node->path lives during the call. */
int pl_tree_each(const struct pl_tree *t, int (*fn)(void *arg, const struct pl_node *n), void *arg);
