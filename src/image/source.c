/* SPDX-License-Identifier: Apache-2.0 */
/* From a target as typed to an open source: which transport it is, and which file. */
#include "image/image_int.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum transport { T_DOCKER_ARCHIVE, T_OCI, T_OCI_ARCHIVE, T_TAR, T_DIR, T_LOOK };

static const struct pl_transport transports[] = {
	[T_DOCKER_ARCHIVE] = {"docker-archive", "docker-archive:FILE",
			      "what docker save or podman save writes, also compressed"},
	[T_OCI] = {"oci", "oci:DIR[:TAG]", "a directory in the OCI image layout"},
	[T_OCI_ARCHIVE] = {"oci-archive", "oci-archive:FILE[:TAG]", "a tar of such a directory"},
	[T_TAR] = {"tar", "tar:FILE", "a tar of a root file system, also compressed"},
	[T_DIR] = {"dir", "dir:PATH", "a directory that is a root file system"},
	[T_LOOK] = {"-", "-", "standard input: an archive of any of these forms"},
};

#define FORMS \
	"docker-archive:FILE, oci:DIR[:TAG], oci-archive:FILE[:TAG], tar:FILE, dir:PATH, " \
	"sbom:FILE or -"

const struct pl_transport *pl_transports(size_t *n)
{
	*n = sizeof(transports) / sizeof(transports[0]);
	return transports;
}

/* Cut for messages: a target may be as long as the system lets it. */
#define SHORT(s) (int)((s).len > 200 ? 200 : (s).len), (s).ptr ? (s).ptr : ""

/* --- what no file is ------------------------------------------------------------------------ */

static int not_a_transport(struct pl_str target, struct pl_err *err)
{
	static const char *const engines[] = {"docker",	    "docker-daemon", "podman",
					      "containerd", "registry",	     "containers-storage",
					      "container"};
	ptrdiff_t colon = pl_str_chr(target, ':');
	struct pl_str name = pl_str_sub(target, 0, colon < 0 ? 0 : (size_t)colon);

	if (colon > 0 && pl_str_eq_c(name, "sbom"))
		return pl_fail(err, PL_E_USAGE, "%.*s: an inventory, not an image", SHORT(target));
	if (colon == 1 && pl_is_alpha(target.ptr[0]))
		return pl_fail(err, PL_E_USAGE, "%.*s: a Windows path; images are named by %s",
			       SHORT(target), FORMS);
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		if (pl_str_eq_c(name, engines[i]))
			return pl_fail(
				err, PL_E_UNSUPPORTED,
				"%.*s: images are not fetched; pipe \"docker save IMAGE\" into "
				"\"-\", or name one of %s",
				SHORT(target), FORMS);
	return 0;
}

static bool looks_like_reference(struct pl_str s)
{
	if (s.len == 0 || s.ptr[0] == '/' || s.ptr[0] == '.')
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!pl_is_alpha(s.ptr[i]) && !pl_is_digit(s.ptr[i]) && !strchr("._-/:@", s.ptr[i]))
			return false;
	return true;
}

static int no_such_file(struct pl_str target, struct pl_err *err)
{
	int rc = not_a_transport(target, err);

	if (rc < 0)
		return rc;
	if (looks_like_reference(target))
		return pl_fail(err, PL_E_NOT_FOUND,
			       "%.*s: no such file; if it is the name of an image, pipe "
			       "\"docker save %.*s\" into \"-\", or name one of %s",
			       SHORT(target), SHORT(target), FORMS);
	return pl_fail(err, PL_E_NOT_FOUND, "%.*s: no such file; images are named by %s",
		       SHORT(target), FORMS);
}

/* --- files ---------------------------------------------------------------------------------- */

int pl_own_fd(struct pl_open *o, int fd)
{
	pl_vec_push(&o->source->priv->fds, fd);
	return fd;
}

static int open_path(struct pl_open *o, struct pl_str path, int flags, struct stat *st,
		     struct pl_err *err)
{
	pl_auto_free char *c = pl_xstrdup(path);
	int fd = pl_str_eq_c(path, "-") ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
					: open(c, O_RDONLY | O_CLOEXEC | flags);

	if (fd < 0)
		return pl_fail_errno(err, "%.*s", SHORT(path));
	o->fd = pl_own_fd(o, fd);
	o->file = pl_str_eq_c(path, "-") ? PL_STR("standard input") : pl_arena_str(o->arena, path);
	if (fstat(fd, st) < 0)
		return pl_fail_errno(err, "%.*s", SHORT(path));
	o->file_size = st->st_size < 0 ? 0 : (uint64_t)st->st_size;
	return 0;
}

/* Whether bytes can be had by pread, from 0 on. */
static bool is_seekable(const struct pl_open *o, const struct stat *st)
{
	return S_ISREG(st->st_mode) && lseek(o->fd, 0, SEEK_CUR) == 0;
}

static int open_file(struct pl_open *o, struct pl_str path, bool *seekable, struct pl_err *err)
{
	struct stat st;
	int rc = open_path(o, path, 0, &st, err);

	if (rc < 0)
		return rc;
	if (S_ISDIR(st.st_mode))
		return pl_fail(err, PL_E_USAGE, "%.*s: a directory; say oci:DIR or dir:PATH",
			       SHORT(path));
	*seekable = is_seekable(o, &st);
	if (S_ISREG(st.st_mode) && st.st_size == 0)
		return pl_fail(err, PL_E_TRUNCATED, "%.*s: the file is empty", SHORT(path));
	return 0;
}

static int open_dir(struct pl_open *o, struct pl_str path, struct pl_err *err)
{
	struct stat st;
	int rc = open_path(o, path, O_DIRECTORY, &st, err);

	o->is_dir = rc == 0;
	return rc;
}

static bool exists(struct pl_str path)
{
	pl_auto_free char *c = pl_xstrdup(path);

	return access(c, F_OK) == 0;
}

/* PATH[:TAG]: the longest part before a colon that exists; a name with a colon is a name first. */
static struct pl_str cut_tag(struct pl_open *o, struct pl_str path)
{
	struct pl_str head = path;
	ptrdiff_t colon;

	if (exists(path) || pl_str_eq_c(path, "-"))
		return path;
	while ((colon = pl_str_rchr(head, ':')) > 0) {
		head = pl_str_sub(head, 0, (size_t)colon);
		if (!exists(head) && !pl_str_eq_c(head, "-"))
			continue;
		o->tag = pl_arena_str(o->arena, pl_str_sub(path, head.len + 1, path.len));
		return head;
	}
	return path;
}

/* --- looking into a file -------------------------------------------------------------------- */

struct look {
	int fd;
	bool looking;
};

static int index_job(void *arg, struct pl_buf *out, struct pl_err *err)
{
	const struct look *l = arg;
	pl_auto_stream *s = pl_stream_open_fd(l->fd, true, 0, UINT64_MAX, NULL);

	return pl_archive_index_to_wire(s, l->looking, out, err);
}

static int head_job(void *arg, struct pl_buf *out, struct pl_err *err)
{
	const struct look *l = arg;
	struct pl_stream *raw = pl_stream_open_fd(l->fd, true, 0, UINT64_MAX, NULL);
	enum pl_codec codec;
	struct pl_str head;
	pl_auto_stream *s = NULL;
	int rc = pl_stream_codec(raw, &codec, err);

	s = pl_stream_open_codec(&raw, rc < 0 ? PL_CODEC_NONE : codec);
	if (rc == 0)
		rc = pl_stream_peek(s, PL_PEEK_MAX, &head, err);
	if (rc == 0)
		pl_put_u64(out, pl_archive_head(head));
	return rc;
}

static int in_worker(struct pl_open *o, const char *what, pl_worker_fn *fn, bool looking,
		     struct pl_buf *answer, struct pl_err *err)
{
	struct look l = {o->fd, looking};
	struct pl_worker_spec spec = {
		.name = what, .run = fn, .arg = &l, .keep = &o->fd, .keep_len = 1};
	int rc = pl_sandbox_call(&spec, answer, err);

	return rc < 0 ? pl_wrap(err, "%.*s", SHORT(o->file)) : rc;
}

static int index_archive(struct pl_open *o, bool looking, bool *rootfs, struct pl_err *err)
{
	struct pl_archive_note note;
	pl_auto_buf answer = {0};
	int rc;

	pl_buf_init(&answer, (size_t)pl_limit(PL_LIM_FACTS_BYTES));
	rc = in_worker(o, "the archive's index", index_job, looking, &answer, err);
	if (rc == 0)
		rc = pl_archive_index_read(pl_buf_view(&answer), &o->members, &note, err);
	if (rc < 0)
		return rc;
	*rootfs = note.rootfs;
	if (o->members.rows.len == 0)
		return pl_fail(err, PL_E_FORMAT, "%.*s: not an image: no tar archive%s%.*s%s",
			       SHORT(o->file), note.damage.len ? " (" : "", SHORT(note.damage),
			       note.damage.len ? ")" : "");
	if (note.rootfs)
		return 0;
	if (note.damage.len)
		pl_open_damaged(o, note.damage);
	if (note.doubled)
		pl_diag_fmt(
			o->diags, PL_W_WARN, "archive-doubled", o->file,
			"%llu members have a name that came before; the last of each name counts",
			(unsigned long long)note.doubled);
	return 0;
}

static int codec_of(struct pl_open *o, enum pl_codec *codec, bool *json, struct pl_err *err)
{
	pl_auto_stream *s = pl_stream_open_fd(o->fd, true, 0, UINT64_MAX, NULL);
	struct pl_str head;
	int rc = pl_stream_codec(s, codec, err);

	if (rc == 0)
		rc = pl_stream_peek(s, 512, &head, err);
	if (rc < 0)
		return pl_wrap(err, "%.*s", SHORT(o->file));
	head = pl_str_trim(pl_str_sub(head, 0, 512));
	*json = head.len && (head.ptr[0] == '{' || head.ptr[0] == '[');
	return 0;
}

/* A tar that begins with a file named "{…" is one nevertheless. */
static bool is_tar(const struct pl_open *o)
{
	pl_auto_stream *s = pl_stream_open_fd(o->fd, true, 0, UINT64_MAX, NULL);
	bool yes = false;

	return pl_tar_probe(s, &yes, NULL) == 0 && yes;
}

/* Fills o->members of a file or a stream; *rootfs when it turned out to be a root file system. */
static int load_archive(struct pl_open *o, bool seekable, enum pl_expect as, bool *rootfs,
			struct pl_err *err)
{
	enum pl_codec codec;
	bool json;
	pl_auto_buf answer = {0};
	int rc;

	*rootfs = false;
	if (!seekable)
		return pl_unpack(o, as, rootfs, err);
	rc = codec_of(o, &codec, &json, err);
	if (rc < 0)
		return rc;
	if (json && !is_tar(o))
		return pl_fail(err, PL_E_USAGE,
			       "%.*s: a JSON file; an inventory is scanned again as sbom:%.*s",
			       SHORT(o->file), SHORT(o->file));
	if (codec == PL_CODEC_NONE)
		return index_archive(o, as == PL_EXPECT_ANY, rootfs, err);
	if (as == PL_EXPECT_ANY) {
		struct pl_rd r;

		pl_buf_init(&answer, 64);
		rc = in_worker(o, "the head of the archive", head_job, true, &answer, err);
		if (rc < 0)
			return rc;
		r = pl_rd_init(pl_buf_view(&answer));
		*rootfs = pl_rd_u64(&r) != PL_HEAD_ARCHIVE;
	}
	return *rootfs ? 0 : pl_unpack(o, PL_EXPECT_ARCHIVE, rootfs, err);
}

/* --- transports ----------------------------------------------------------------------------- */

static int set_transport(struct pl_open *o, enum transport t)
{
	o->source->transport = transports[t].name;
	return 0;
}

static bool has_member(const struct pl_open *o, const char *name)
{
	return pl_members_find(&o->members, pl_str_c(name)) != NULL;
}

/* Directories that a root file system has and an image archive does not. */
static bool has_root_dirs(const struct pl_open *o)
{
	return has_member(o, "etc") || has_member(o, "usr") || has_member(o, "bin");
}

static int open_tarfs(struct pl_open *o, struct pl_err *err)
{
	set_transport(o, T_TAR);
	return pl_tarfs_open(o, err);
}

/* docker save writes both layouts from version 25 on; its own manifest.json has the tags. */
static int open_loaded(struct pl_open *o, bool seekable, bool rootfs, struct pl_err *err)
{
	struct pl_err inner = {0};
	int rc;

	if (rootfs)
		return open_tarfs(o, err);
	if (has_member(o, "manifest.json")) {
		set_transport(o, T_DOCKER_ARCHIVE);
		rc = pl_docker_archive_open(o, &inner);
		if (rc == -PL_E_FORMAT && seekable && has_root_dirs(o))
			return open_tarfs(o, err);
		if (rc < 0 && err)
			*err = inner;
		return rc;
	}
	if (has_member(o, "index.json")) {
		set_transport(o, T_OCI_ARCHIVE);
		return pl_oci_open(o, err);
	}
	if (seekable && o->members.rows.len && has_root_dirs(o))
		return open_tarfs(o, err);
	if (o->damage.len)
		return pl_fail(err, PL_E_TRUNCATED, "%.*s: damaged before its manifest: %.*s",
			       SHORT(o->file), SHORT(o->damage));
	return pl_fail(
		err, PL_E_FORMAT,
		"%.*s: has parts of an image archive, but neither manifest.json nor index.json; "
		"if it is a root file system say tar:FILE",
		SHORT(o->file));
}

static int look_at_file(struct pl_open *o, struct pl_str path, struct pl_err *err)
{
	bool seekable, rootfs;
	int rc = open_file(o, path, &seekable, err);

	if (rc == 0)
		rc = load_archive(o, seekable, PL_EXPECT_ANY, &rootfs, err);
	return rc < 0 ? rc : open_loaded(o, seekable, rootfs, err);
}

static int look_at_dir(struct pl_open *o, struct pl_str path, struct pl_err *err)
{
	int rc = open_dir(o, path, err);

	if (rc < 0)
		return rc;
	if (faccessat(o->fd, "index.json", F_OK, 0) == 0 &&
	    faccessat(o->fd, "oci-layout", F_OK, 0) == 0) {
		set_transport(o, T_OCI);
		return pl_oci_open(o, err);
	}
	set_transport(o, T_DIR);
	return pl_dir_open(o, err);
}

static int look_at(struct pl_open *o, struct pl_str target, struct pl_err *err)
{
	pl_auto_free char *c = pl_xstrdup(target);
	struct stat st;

	if (pl_str_eq_c(target, "-"))
		return look_at_file(o, target, err);
	if (target.len == 0)
		return pl_fail(err, PL_E_USAGE, "no target; images are named by %s", FORMS);
	if (stat(c, &st) == 0)
		return S_ISDIR(st.st_mode) ? look_at_dir(o, target, err)
					   : look_at_file(o, target, err);
	if (errno == ENOENT || errno == ENOTDIR)
		return no_such_file(target, err);
	return pl_fail_errno(err, "%.*s", SHORT(target));
}

static int open_archive_as(struct pl_open *o, enum transport t, struct pl_str path,
			   struct pl_err *err)
{
	bool seekable, rootfs;
	int rc;

	if (t == T_OCI_ARCHIVE)
		path = cut_tag(o, path);
	rc = open_file(o, path, &seekable, err);
	if (rc == 0)
		rc = load_archive(o, seekable, PL_EXPECT_ARCHIVE, &rootfs, err);
	if (rc < 0)
		return rc;
	return t == T_OCI_ARCHIVE ? pl_oci_open(o, err) : pl_docker_archive_open(o, err);
}

static int open_tar_as(struct pl_open *o, struct pl_str path, struct pl_err *err)
{
	bool seekable, rootfs = true;
	int rc = open_file(o, path, &seekable, err);

	if (rc == 0 && !seekable)
		rc = pl_unpack(o, PL_EXPECT_ROOTFS, &rootfs, err);
	return rc < 0 ? rc : pl_tarfs_open(o, err);
}

static int open_dir_as(struct pl_open *o, enum transport t, struct pl_str path, struct pl_err *err)
{
	int rc;

	if (t == T_OCI)
		path = cut_tag(o, path);
	rc = open_dir(o, path, err);
	if (rc < 0)
		return rc;
	return t == T_OCI ? pl_oci_open(o, err) : pl_dir_open(o, err);
}

static int open_target(struct pl_open *o, struct pl_str target, struct pl_err *err)
{
	for (unsigned t = 0; t < T_LOOK; t++) {
		struct pl_str name = pl_str_c(transports[t].name), path;

		if (!pl_str_starts(target, name) || target.len == name.len ||
		    target.ptr[name.len] != ':')
			continue;
		path = pl_str_sub(target, name.len + 1, target.len);
		if (path.len == 0)
			return pl_fail(err, PL_E_USAGE, "%.*s: a path is missing; the form is %s",
				       SHORT(target), transports[t].form);
		set_transport(o, (enum transport)t);
		if (t == T_TAR)
			return open_tar_as(o, path, err);
		if (t == T_OCI || t == T_DIR)
			return open_dir_as(o, (enum transport)t, path, err);
		return open_archive_as(o, (enum transport)t, path, err);
	}
	return look_at(o, target, err);
}

/* --- the public part ------------------------------------------------------------------------ */

int pl_source_open(struct pl_str target, const struct pl_source_opts *opts,
		   const struct pl_stream_hooks *hooks, struct pl_arena *arena,
		   struct pl_diags *diags, struct pl_source **out, struct pl_err *err)
{
	static const struct pl_source_opts none;
	struct pl_source *s = pl_arena_new(arena, struct pl_source);
	struct pl_open o = {.opts = opts ? opts : &none,
			    .hooks = hooks,
			    .arena = arena,
			    .diags = diags,
			    .source = s,
			    .fd = -1};
	int rc = o.opts->platform.len ? pl_platform_check(o.opts->platform, err) : 0;

	s->given = pl_arena_str(arena, target);
	s->arena = arena;
	s->priv = pl_arena_new(arena, struct pl_source_priv);
	o.tag = o.opts->tag;
	pl_members_init(&o.members, arena);
	if (rc == 0)
		rc = open_target(&o, target, err);
	pl_members_release(&o.members);
	if (rc == 0 && o.images.len) {
		pl_vec_in_arena(&s->images, arena, o.images.len);
		memcpy(s->images.at, o.images.at, o.images.len * sizeof(*o.images.at));
	}
	pl_vec_release(&o.images);
	if (rc < 0) {
		pl_source_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

void pl_source_close(struct pl_source *s)
{
	struct pl_source_priv *p = s ? s->priv : NULL;

	if (!p)
		return;
	for (size_t i = 0; i < p->fds.len; i++)
		close(p->fds.at[i]);
	pl_vec_release(&p->fds);
	pl_vec_release(&p->members);
	pl_vec_release(&p->opened);
	pl_vec_release(&p->opened_fds);
	s->priv = NULL;
}

struct pl_str pl_layer_member(const struct pl_source *s, const struct pl_layer *l)
{
	if (!l->streamed || !s->priv || l->offset >= s->priv->members.len)
		return PL_STR("");
	return s->priv->members.at[l->offset];
}
