/* SPDX-License-Identifier: Apache-2.0 */
/* Sources, on layouts and archives that the test builds in a directory of its own. */
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <bzlib.h>
#include <zlib.h>

#include "image/image.h"

#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define INDEX_TYPE    "application/vnd.oci.image.index.v1+json"
#define CONFIG_TYPE   "application/vnd.oci.image.config.v1+json"
#define LAYER_TYPE    "application/vnd.oci.image.layer.v1.tar"

static char room[] = "/tmp/plimsoll-source-XXXXXX";

/* --- building ------------------------------------------------------------------------------- */

static char *at(const char *name)
{
	static char path[4][600];
	static unsigned turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", room, name);
	return path[turn];
}

static void put(const char *name, struct pl_str bytes)
{
	char *path = at(name);
	int fd;

	for (char *p = strchr(path + strlen(room) + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = 0;
		mkdir(path, 0755);
		*p = '/';
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(pl_write_fd(fd, bytes, NULL), 0);
	close(fd);
}

static char *hex_of(struct pl_str bytes)
{
	static char hex[8][65];
	static unsigned turn;
	uint8_t sum[32];

	turn = (turn + 1) % 8;
	pl_sha256(bytes, sum);
	pl_hex(sum, 32, hex[turn]);
	return hex[turn];
}

/* Stores a blob in the layout `dir` and returns its hex digest. */
static char *blob(const char *dir, struct pl_str bytes)
{
	char name[200], *hex = hex_of(bytes);

	snprintf(name, sizeof(name), "%s/blobs/sha256/%s", dir, hex);
	put(name, bytes);
	return hex;
}

static int to_buf(void *arg, struct pl_str data, struct pl_err *err)
{
	(void)err;
	pl_buf_str(arg, data);
	return 0;
}

static void tar_add(struct pl_buf *tar, const char *path, struct pl_str bytes, const char *link)
{
	struct pl_tar_sink sink = {to_buf, tar};
	struct pl_tar_entry e = {.path = pl_str_c(path),
				 .link = pl_str_c(link),
				 .mode = 0644,
				 .type = link ? PL_FT_SYMLINK : PL_FT_FILE,
				 .size = bytes.len};

	if (pl_str_ends(e.path, PL_STR("/")))
		e.type = PL_FT_DIR;
	assert_int_equal(pl_tar_write_header(&sink, &e, NULL), 0);
	pl_buf_str(tar, bytes);
	assert_int_equal(pl_tar_write_pad(&sink, bytes.len, NULL), 0);
}

static void tar_end(struct pl_buf *tar)
{
	struct pl_tar_sink sink = {to_buf, tar};

	pl_tar_write_end(&sink, NULL);
}

/* A layer with one file, the same bytes for the same name. */
static struct pl_str layer_tar(const char *file)
{
	static struct pl_buf b;

	pl_buf_release(&b);
	pl_buf_init(&b, PL_MiB(1));
	tar_add(&b, file, pl_str_c(file), NULL);
	tar_end(&b);
	return pl_buf_view(&b);
}

static char *text(const char *fmt, ...)
{
	static char buf[8][4096];
	static unsigned turn;
	va_list ap;

	turn = (turn + 1) % 8;
	va_start(ap, fmt);
	vsnprintf(buf[turn], sizeof(buf[turn]), fmt, ap);
	va_end(ap);
	return buf[turn];
}

/* One image of one layer for linux/ARCH in the layout; the hex digest of its manifest. */
static char *oci_image(const char *dir, const char *arch, const char *history)
{
	struct pl_str layer = layer_tar(arch), config;
	char *layer_hex = blob(dir, layer), *config_hex;

	config = pl_str_c(text(
		"{\"os\":\"linux\",\"architecture\":\"%s\",\"config\":{\"User\":\"7\"},"
		"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:%s\"]},\"history\":[%s]}",
		arch, layer_hex, history));
	config_hex = blob(dir, config);
	return blob(dir, pl_str_c(text("{\"config\":{\"mediaType\":\"" CONFIG_TYPE
				       "\",\"digest\":\"sha256:%s\","
				       "\"size\":%zu},\"layers\":[{\"mediaType\":\"" LAYER_TYPE
				       "\",\"digest\":\"sha256:%s\",\"size\":%zu}]}",
				       config_hex, config.len, layer_hex, layer.len)));
}

static char *row(const char *type, const char *hex, const char *more)
{
	return text("{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":1%s}", type, hex,
		    more);
}

static void oci_index(const char *dir, const char *rows)
{
	char name[200];

	snprintf(name, sizeof(name), "%s/index.json", dir);
	put(name, pl_str_c(text("{\"schemaVersion\":2,\"manifests\":[%s]}", rows)));
	snprintf(name, sizeof(name), "%s/oci-layout", dir);
	put(name, PL_STR("{\"imageLayoutVersion\": \"1.0.0\"}"));
}

/* --- opening -------------------------------------------------------------------------------- */

struct opened {
	struct pl_arena arena;
	struct pl_diags diags;
	struct pl_source *s;
	struct pl_err err;
	int rc;
	/* what the hooks saw: "name size sha;" */
	struct pl_buf seen;
	struct pl_buf bytes; /* of the last candidate */
	int pipe_fd;
};

static int on_layer(void *arg, struct pl_str member, uint64_t size, struct pl_err *err)
{
	struct opened *o = arg;

	(void)err;
	pl_buf_fmt(&o->seen, "%.*s %lld ", PL_FMT(member), (long long)size);
	o->pipe_fd = open(at("candidate"), O_RDWR | O_CREAT | O_TRUNC, 0600);
	return o->pipe_fd;
}

static int on_layer_end(void *arg, struct pl_str member, const uint8_t sum[32], struct pl_err *err)
{
	struct opened *o = arg;
	char hex[65];

	(void)member;
	pl_hex(sum, 32, hex);
	pl_buf_fmt(&o->seen, "%s;", hex);
	lseek(o->pipe_fd, 0, SEEK_SET);
	pl_buf_reset(&o->bytes);
	assert_int_equal(pl_read_fd(o->pipe_fd, &o->bytes, err), 0);
	close(o->pipe_fd);
	return 0;
}

static void open_it(struct opened *o, const char *target, const char *platform, const char *tag)
{
	struct pl_source_opts opts = {.platform = pl_str_c(platform), .tag = pl_str_c(tag)};
	struct pl_stream_hooks hooks = {o, on_layer, on_layer_end};

	memset(o, 0, sizeof(*o));
	pl_arena_init(&o->arena);
	pl_diags_init(&o->diags, &o->arena);
	pl_buf_init(&o->seen, 4096);
	pl_buf_init(&o->bytes, PL_MiB(4));
	o->rc = pl_source_open(pl_str_c(target), &opts, &hooks, &o->arena, &o->diags, &o->s,
			       &o->err);
}

static void done(struct opened *o)
{
	pl_source_close(o->s);
	pl_diags_release(&o->diags);
	pl_buf_release(&o->seen);
	pl_buf_release(&o->bytes);
	pl_arena_release(&o->arena);
}

static void expect_ok(const struct opened *o, size_t images)
{
	if (o->rc < 0)
		fail_msg("%s", o->err.text);
	for (size_t i = 0; i < o->diags.rows.len && o->s->images.len != images; i++)
		print_error("%.*s\n", PL_FMT(o->diags.rows.at[i].what));
	assert_int_equal(o->s->images.len, images);
}

static const struct pl_diag *diag(const struct opened *o, const char *code)
{
	for (size_t i = 0; i < o->diags.rows.len; i++)
		if (pl_str_eq_c(o->diags.rows.at[i].code, code))
			return &o->diags.rows.at[i];
	return NULL;
}

static void expect_error(const char *target, int rc, const char *part)
{
	struct opened o;

	open_it(&o, target, "", "");
	if (o.rc != rc || !strstr(o.err.text, part))
		fail_msg("%s: %d, \"%s\" (\"%s\" expected)", target, o.rc, o.err.text, part);
	done(&o);
}

static void layer_is(const struct pl_layer *l, struct pl_str bytes)
{
	pl_auto_stream *s = pl_stream_open_fd(l->fd, true, l->offset, l->size, NULL);
	struct pl_digest want = {.known = true};
	uint8_t sum[32];

	pl_sha256(bytes, want.sha256);
	assert_int_equal(l->size, bytes.len);
	assert_true(l->fd >= 0);
	s = pl_stream_open_sha256(&(struct pl_stream *){pl_steal(s)});
	assert_int_equal(pl_stream_sha256(s, sum, NULL), 0);
	assert_memory_equal(sum, want.sha256, 32);
	assert_memory_equal(l->diff_id.sha256, want.sha256, 32);
}

/* --- oci ------------------------------------------------------------------------------------ */

static void opens_layout(void **state)
{
	char *hex =
		oci_image("plain", "amd64", "{\"created_by\":\"ADD x\"},{\"empty_layer\":true}");
	struct opened o;

	(void)state;
	oci_index("plain", row(MANIFEST_TYPE, hex,
			       ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"v1\"}"));
	open_it(&o, at("plain"), "", "");
	expect_ok(&o, 1);
	assert_string_equal(o.s->transport, "oci");
	assert_str(o.s->images.at[0].name, "v1");
	assert_str(o.s->images.at[0].platform, "linux/amd64");
	assert_str(o.s->images.at[0].config.user, "7");
	assert_str(pl_digest_text(&o.arena, &o.s->images.at[0].digest), text("sha256:%s", hex));
	assert_str(o.s->images.at[0].layers.at[0].created_by, "ADD x");
	assert_str(o.s->images.at[0].layers.at[0].media_type, LAYER_TYPE);
	layer_is(&o.s->images.at[0].layers.at[0], layer_tar("amd64"));
	assert_int_equal(o.diags.rows.len, 0);
	done(&o);
	open_it(&o, text("oci:%s:v1", at("plain")), "", "");
	expect_ok(&o, 1);
	done(&o);
	open_it(&o, text("oci:%s:v2", at("plain")), "", "");
	assert_int_equal(o.rc, -PL_E_NOT_FOUND);
	assert_non_null(strstr(o.err.text, "v1"));
	done(&o);
	open_it(&o, at("plain"), "linux/s390x", "");
	assert_int_equal(o.rc, -PL_E_NOT_FOUND);
	done(&o);
}

static void platforms_in(const char *dir, char *rows, size_t len)
{
	char *amd = strdup(oci_image(dir, "amd64", "")), *arm = strdup(oci_image(dir, "arm64", ""));

	snprintf(rows, len, "%s,%s,%s",
		 row(MANIFEST_TYPE, amd,
		     ",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}"),
		 row(MANIFEST_TYPE, arm,
		     ",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":"
		     "\"v8\"}"),
		 row(MANIFEST_TYPE, amd,
		     ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}"));
	free(amd);
	free(arm);
}

static void chooses_platform(void **state)
{
	char rows[2000], *inner;
	struct opened o;

	(void)state;
	platforms_in("multi", rows, sizeof(rows));
	inner = blob("multi", pl_str_c(text("{\"manifests\":[%s]}", rows)));
	oci_index("multi", row(INDEX_TYPE, inner,
			       ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"m\"}"));
	open_it(&o, at("multi"), "linux/arm64", "");
	expect_ok(&o, 1);
	assert_str(o.s->images.at[0].platform, "linux/arm64");
	assert_str(o.s->images.at[0].name, "m");
	assert_int_equal(diag(&o, "attestation")->weight, PL_W_NOTE);
	done(&o);
	open_it(&o, at("multi"), "linux/riscv64", "");
	assert_int_equal(o.rc, -PL_E_NOT_FOUND);
	assert_non_null(strstr(o.err.text, "linux/amd64, linux/arm64/v8"));
	done(&o);
	open_it(&o, at("multi"), "arm64", "");
	assert_int_equal(o.rc, -PL_E_USAGE);
	done(&o);
#if defined(__x86_64__) || defined(__aarch64__)
	open_it(&o, at("multi"), "", "m");
	expect_ok(&o, 1);
	done(&o);
#endif
}

static void bounds_nesting(void **state)
{
	char rows[2000], *inner;
	struct opened o;

	(void)state;
	platforms_in("deep", rows, sizeof(rows));
	for (unsigned i = 0; i < 6; i++) {
		inner = blob("deep", pl_str_c(text("{\"manifests\":[%s]}", rows)));
		snprintf(rows, sizeof(rows), "%s", row(INDEX_TYPE, inner, ""));
	}
	oci_index("deep", rows);
	open_it(&o, at("deep"), "", "");
	assert_true(o.rc < 0);
	assert_int_equal(diag(&o, "index-depth")->weight, PL_W_FATAL);
	done(&o);
}

static void several_images(void **state)
{
	char *a = oci_image("tags", "amd64", ""), *b = oci_image("tags", "arm64", "");
	struct opened o;

	(void)state;
	oci_index(
		"tags",
		text("%s,%s",
		     row(MANIFEST_TYPE, a,
			 ",\"annotations\":{\"io.containerd.image.name\":"
			 "\"docker.io/library/x:1\",\"org.opencontainers.image.ref.name\":\"1\"}"),
		     row(MANIFEST_TYPE, b,
			 ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"2\"}")));
	open_it(&o, at("tags"), "", "");
	expect_ok(&o, 2);
	done(&o);
	open_it(&o, at("tags"), "", "x:1");
	expect_ok(&o, 1);
	assert_str(o.s->images.at[0].name, "docker.io/library/x:1");
	done(&o);
	open_it(&o, at("tags"), "", "2");
	expect_ok(&o, 1);
	assert_str(o.s->images.at[0].platform, "linux/arm64");
	done(&o);
	open_it(&o, at("tags"), "linux/arm64", "");
	expect_ok(&o, 1);
	done(&o);
}

/* Digests that lie are named, both of them, and what can be read is. */
static void finds_lies(void **state)
{
	char *hex = strdup(oci_image("lies", "amd64", "{},{}")), name[200], *other;
	const struct pl_diag *d;
	struct opened o;
	pl_auto_buf b = {0};

	(void)state;
	oci_index("lies", row(MANIFEST_TYPE, hex, ""));
	snprintf(name, sizeof(name), "lies/blobs/sha256/%s", hex);
	pl_buf_init(&b, 4096);
	assert_int_equal(pl_read_path(at(name), &b, NULL), 0);
	pl_buf_ch(&b, ' ');
	put(name, pl_buf_view(&b));
	other = hex_of(pl_buf_view(&b));
	open_it(&o, at("lies"), "", "");
	expect_ok(&o, 1);
	d = diag(&o, "digest-mismatch");
	assert_non_null(d);
	assert_int_equal(d->weight, PL_W_FATAL);
	assert_true(pl_str_find(d->what, pl_str_c(hex)) >= 0);
	assert_true(pl_str_find(d->what, pl_str_c(other)) >= 0);
	/* two instructions in the history, one layer */
	assert_int_equal(diag(&o, "history")->weight, PL_W_WARN);
	layer_is(&o.s->images.at[0].layers.at[0], layer_tar("amd64"));
	done(&o);
	free(hex);
}

static void survives_what_is_missing(void **state)
{
	char *hex = oci_image("gaps", "amd64", ""), name[200], config[65];
	struct opened o;

	(void)state;
	oci_index("gaps", text("%s,%s", row(MANIFEST_TYPE, hex, ""),
			       row(MANIFEST_TYPE, hex_of(PL_STR("nowhere")), "")));
	snprintf(name, sizeof(name), "gaps/blobs/sha256/%s", hex_of(layer_tar("amd64")));
	unlink(at(name));
	open_it(&o, at("gaps"), "", "");
	expect_ok(&o, 1);
	assert_true(o.s->images.at[0].layers.at[0].missing.len > 0);
	assert_int_equal(o.s->images.at[0].layers.at[0].fd, -1);
	assert_int_equal(diag(&o, "layer-missing")->weight, PL_W_FAILED);
	assert_int_equal(diag(&o, "image-unreadable")->weight, PL_W_FATAL);
	done(&o);
	/* a configuration that names no layer, in a layout without oci-layout */
	snprintf(config, sizeof(config), "%s",
		 blob("gaps2", PL_STR("{\"rootfs\":{\"diff_ids\":[]}}")));
	hex = blob("gaps2", pl_str_c(text("{\"config\":{\"digest\":\"sha256:%s\"},\"layers\":[{"
					  "\"digest\":\"sha512:ab\"},{}]}",
					  config)));
	oci_index("gaps2", row(MANIFEST_TYPE, hex, ""));
	unlink(at("gaps2/oci-layout"));
	open_it(&o, text("oci:%s", at("gaps2")), "", "");
	expect_ok(&o, 1);
	assert_int_equal(diag(&o, "diff-ids")->weight, PL_W_FAILED);
	assert_int_equal(diag(&o, "oci-layout")->weight, PL_W_WARN);
	done(&o);
}

static void stays_in_its_directory(void **state)
{
	char *hex = oci_image("escape", "amd64", ""), name[200];
	struct opened o;

	(void)state;
	oci_index("escape", row(MANIFEST_TYPE, hex, ""));
	snprintf(name, sizeof(name), "escape/blobs/sha256/%s", hex_of(layer_tar("amd64")));
	unlink(at(name));
	assert_int_equal(symlink("/etc/passwd", at(name)), 0);
	open_it(&o, at("escape"), "", "");
	expect_ok(&o, 1);
	assert_true(o.s->images.at[0].layers.at[0].missing.len > 0);
	done(&o);
	unlink(at(name));
	assert_int_equal(mkfifo(at(name), 0600), 0);
	open_it(&o, at("escape"), "", "");
	expect_ok(&o, 1);
	assert_true(o.s->images.at[0].layers.at[0].missing.len > 0);
	done(&o);
	unlink(at(name));
}

static void leaves_artifacts(void **state)
{
	char *hex;
	struct opened o;

	(void)state;
	hex = blob("artifact",
		   PL_STR("{\"config\":{\"mediaType\":\"application/"
			  "vnd.oci.empty.v1+json\",\"digest\":"
			  "\"sha256:"
			  "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\"},"
			  "\"layers\":[{\"mediaType\":\"application/spdx+json\"}]}"));
	oci_index("artifact", row(MANIFEST_TYPE, hex, ""));
	open_it(&o, at("artifact"), "", "");
	assert_int_equal(o.rc, -PL_E_UNSUPPORTED);
	assert_non_null(diag(&o, "artifact"));
	done(&o);
}

/* --- archives ------------------------------------------------------------------------------- */

/* What docker save wrote before version 25: a layer, and a symbolic link to it from another one. */
static void build_docker(struct pl_buf *tar)
{
	static char id[] = "1111111111111111111111111111111111111111111111111111111111111111";
	static char id2[] = "2222222222222222222222222222222222222222222222222222222222222222";
	struct pl_str layer = layer_tar("file");
	struct pl_str config =
		pl_str_c(text("{\"os\":\"linux\",\"architecture\":\"arm64\",\"rootfs\":{\"diff_"
			      "ids\":[\"sha256:%s\",\"sha256:%s\"]},"
			      "\"history\":[{\"created_by\":\"one\"},{\"created_by\":\"two\"}]}",
			      hex_of(layer), hex_of(layer)));
	char *c = hex_of(config);

	pl_buf_init(tar, PL_MiB(4));
	tar_add(tar, text("%s/", id), PL_STR(""), NULL);
	tar_add(tar, text("%s/VERSION", id), PL_STR("1.0"), NULL);
	tar_add(tar, text("%s/json", id), PL_STR("{}"), NULL);
	tar_add(tar, text("%s/layer.tar", id), layer, NULL);
	tar_add(tar, text("%s/layer.tar", id2), PL_STR(""), text("../%s/layer.tar", id));
	tar_add(tar, text("%s.json", c), config, NULL);
	tar_add(tar, "manifest.json",
		pl_str_c(text("[{\"Config\":\"%s.json\",\"RepoTags\":[\"reg/"
			      "a:1\"],\"Layers\":[\"%s/layer.tar\",\"%s/layer.tar\"]},"
			      "{\"Config\":\"%s.json\",\"RepoTags\":[\"b:2\"],\"Layers\":[\"%s/"
			      "layer.tar\",\"nowhere\"]}]",
			      c, id, id2, c, id)),
		NULL);
	tar_add(tar, "repositories", PL_STR("{}"), NULL);
	tar_end(tar);
}

static void opens_docker_archive(void **state)
{
	pl_auto_buf tar = {0};
	struct opened o;

	(void)state;
	build_docker(&tar);
	put("docker.tar", pl_buf_view(&tar));
	open_it(&o, at("docker.tar"), "", "");
	expect_ok(&o, 2);
	assert_string_equal(o.s->transport, "docker-archive");
	assert_str(o.s->images.at[0].name, "reg/a:1");
	assert_str(o.s->images.at[0].platform, "linux/arm64");
	assert_int_equal(o.s->images.at[0].layers.len, 2);
	for (unsigned i = 0; i < 2; i++)
		layer_is(&o.s->images.at[0].layers.at[i], layer_tar("file"));
	assert_str(o.s->images.at[0].layers.at[1].created_by, "two");
	assert_true(o.s->images.at[1].layers.at[1].missing.len > 0);
	assert_int_equal(diag(&o, "layer-missing")->weight, PL_W_FAILED);
	assert_int_equal(o.seen.len, 0);
	done(&o);
	open_it(&o, text("docker-archive:%s", at("docker.tar")), "", "a:1");
	expect_ok(&o, 1);
	assert_int_equal(o.diags.rows.len, 0);
	done(&o);
	open_it(&o, at("docker.tar"), "", "c");
	assert_int_equal(o.rc, -PL_E_NOT_FOUND);
	assert_non_null(strstr(o.err.text, "reg/a:1, b:2"));
	done(&o);
	open_it(&o, at("docker.tar"), "linux/amd64", "");
	assert_int_equal(o.rc, -PL_E_NOT_FOUND);
	done(&o);
	/* cut behind the manifest: told, and read */
	put("cut.tar", pl_str_n(tar.ptr, tar.len - 1900));
	open_it(&o, at("cut.tar"), "", "a:1");
	expect_ok(&o, 1);
	assert_int_equal(diag(&o, "archive-damaged")->weight, PL_W_FATAL);
	done(&o);
}

static void put_gzip(const char *name, struct pl_str bytes)
{
	gzFile f = gzopen(at(name), "wb");

	assert_int_equal(gzwrite(f, bytes.ptr, (unsigned)bytes.len), (int)bytes.len);
	gzclose(f);
}

static void check_streamed(struct opened *o)
{
	struct pl_str layer = layer_tar("file");
	char *want = text("%064d/layer.tar %zu %s;", 0, layer.len, hex_of(layer));

	memset(want, '1', 64);
	expect_ok(o, 1);
	assert_string_equal(o->s->transport, "docker-archive");
	assert_str(pl_buf_view(&o->seen), want);
	assert_true(pl_str_eq(pl_buf_view(&o->bytes), layer));
	for (unsigned i = 0; i < 2; i++) {
		const struct pl_layer *l = &o->s->images.at[0].layers.at[i];

		assert_true(l->streamed);
		assert_int_equal(l->fd, -1);
		assert_true(pl_str_starts(pl_str_c(want), pl_layer_member(o->s, l)));
		assert_int_equal(l->size, layer.len);
	}
	done(o);
}

/* Runs open_it with bytes on standard input, as a pipe that another process fills. */
static void open_piped(struct opened *o, struct pl_str bytes, const char *target, const char *tag)
{
	int fds[2], saved = dup(0);
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		pl_write_fd(fds[1], bytes, NULL);
		_exit(0);
	}
	close(fds[1]);
	dup2(fds[0], 0);
	close(fds[0]);
	open_it(o, target, "", tag);
	dup2(saved, 0);
	close(saved);
}

static void streams_archives(void **state)
{
	pl_auto_buf tar = {0}, zipped = {0};
	struct opened o;

	(void)state;
	build_docker(&tar);
	put_gzip("docker.tar.gz", pl_buf_view(&tar));
	open_it(&o, at("docker.tar.gz"), "", "a:1");
	check_streamed(&o);
	open_piped(&o, pl_buf_view(&tar), "-", "a:1");
	check_streamed(&o);
	pl_buf_init(&zipped, PL_MiB(4));
	assert_int_equal(pl_read_path(at("docker.tar.gz"), &zipped, NULL), 0);
	open_piped(&o, pl_buf_view(&zipped), "docker-archive:-", "a:1");
	check_streamed(&o);
	/* cut in the middle: an error that says so, no hang */
	open_piped(&o, pl_str_n(tar.ptr, 2000), "-", "");
	assert_int_equal(o.rc, -PL_E_TRUNCATED);
	assert_non_null(strstr(o.err.text, "archive ends"));
	assert_non_null(diag(&o, "archive-damaged"));
	done(&o);
}

static void streams_roots(void **state)
{
	struct pl_str root = layer_tar("etc/os-release");
	pl_auto_buf zipped = {0};
	struct opened o;

	(void)state;
	put_gzip("root.tar.gz", root);
	pl_buf_init(&zipped, PL_MiB(1));
	assert_int_equal(pl_read_path(at("root.tar.gz"), &zipped, NULL), 0);
	for (unsigned i = 0; i < 2; i++) {
		struct pl_str bytes = i ? root : pl_buf_view(&zipped);

		open_piped(&o, bytes, "-", "");
		expect_ok(&o, 1);
		assert_string_equal(o.s->transport, "tar");
		/* as it came, compressed */
		assert_true(pl_str_eq(pl_buf_view(&o.bytes), bytes));
		assert_str(pl_buf_view(&o.seen), text(" -1 %s;", hex_of(bytes)));
		assert_true(o.s->images.at[0].layers.at[0].streamed);
		assert_int_equal(o.s->images.at[0].layers.at[0].size, bytes.len);
		done(&o);
	}
	open_it(&o, at("root.tar.gz"), "", "");
	expect_ok(&o, 1);
	assert_string_equal(o.s->transport, "tar");
	assert_true(o.s->images.at[0].layers.at[0].fd >= 0);
	assert_int_equal(o.s->images.at[0].layers.at[0].size, zipped.len);
	done(&o);
}

/* bzip2 shows nothing of a long block: no guess, but an error that names the way out. */
static void does_not_guess(void **state)
{
	enum { SIZE = 300000 };
	char *noise = pl_xmalloc(SIZE), *packed = pl_xmalloc(SIZE * 2);
	unsigned len = SIZE * 2, x = 1;
	pl_auto_buf tar = {0};
	struct opened o;

	(void)state;
	for (unsigned i = 0; i < SIZE; i++)
		noise[i] = (char)((x = x * 1103515245 + 12345) >> 16);
	pl_buf_init(&tar, PL_MiB(1));
	tar_add(&tar, "usr/noise", pl_str_n(noise, SIZE), NULL);
	tar_end(&tar);
	assert_int_equal(
		BZ2_bzBuffToBuffCompress(packed, &len, tar.ptr, (unsigned)tar.len, 9, 0, 0), BZ_OK);
	open_piped(&o, pl_str_n(packed, len), "-", "");
	assert_int_equal(o.rc, -PL_E_UNSUPPORTED);
	assert_non_null(strstr(o.err.text, "tar:-"));
	done(&o);
	open_piped(&o, pl_str_n(packed, len), "tar:-", "");
	expect_ok(&o, 1);
	assert_true(o.s->images.at[0].layers.at[0].streamed);
	done(&o);
	free(noise);
	free(packed);
}

/* A layer that begins like JSON is kept in memory, and served from there. */
static void serves_kept_layers(void **state)
{
	struct pl_str layer = layer_tar("{file");
	pl_auto_buf tar = {0};
	struct opened o;

	(void)state;
	pl_buf_init(&tar, PL_MiB(1));
	tar_add(&tar, "repositories", PL_STR("{}"), NULL);
	tar_add(&tar, "l", layer, NULL);
	tar_add(&tar, "c.json",
		pl_str_c(text("{\"rootfs\":{\"diff_ids\":[\"sha256:%s\"]}}", hex_of(layer))), NULL);
	tar_add(&tar, "manifest.json", PL_STR("[{\"Config\":\"c.json\",\"Layers\":[\"l\"]}]"),
		NULL);
	tar_end(&tar);
	open_piped(&o, pl_buf_view(&tar), "-", "");
	expect_ok(&o, 1);
	assert_false(o.s->images.at[0].layers.at[0].streamed);
	layer_is(&o.s->images.at[0].layers.at[0], layer);
	done(&o);
}

static void opens_oci_archive(void **state)
{
	char *hex = oci_image("packed", "amd64", "");
	pl_auto_buf tar = {0};
	struct opened o;
	int rc;

	(void)state;
	oci_index("packed", row(MANIFEST_TYPE, hex,
				",\"annotations\":{\"org.opencontainers.image.ref.name\":\"v1\"}"));
	rc = system(text("tar -C %s -cf %s .", at("packed"), at("packed.tar")));
	assert_int_equal(rc, 0);
	open_it(&o, at("packed.tar"), "", "");
	expect_ok(&o, 1);
	assert_string_equal(o.s->transport, "oci-archive");
	layer_is(&o.s->images.at[0].layers.at[0], layer_tar("amd64"));
	done(&o);
	open_it(&o, text("oci-archive:%s:v1", at("packed.tar")), "", "");
	expect_ok(&o, 1);
	done(&o);
	pl_buf_init(&tar, PL_MiB(4));
	assert_int_equal(pl_read_path(at("packed.tar"), &tar, NULL), 0);
	open_piped(&o, pl_buf_view(&tar), "-", "");
	expect_ok(&o, 1);
	assert_true(o.s->images.at[0].layers.at[0].streamed);
	done(&o);
}

static void a_root_may_have_such_names(void **state)
{
	pl_auto_buf tar = {0};
	struct opened o;

	(void)state;
	pl_buf_init(&tar, PL_MiB(1));
	tar_add(&tar, "etc/", PL_STR(""), NULL);
	tar_add(&tar, "manifest.json", PL_STR("{\"name\":\"a web page\"}"), NULL);
	tar_end(&tar);
	put("web.tar", pl_buf_view(&tar));
	open_it(&o, at("web.tar"), "", "");
	expect_ok(&o, 1);
	assert_string_equal(o.s->transport, "tar");
	done(&o);
}

static void says_what_is_wrong(void **state)
{
	(void)state;
	put("empty", PL_STR(""));
	put("text", PL_STR("no archive, but text of some length"));
	put("report.json", PL_STR(" {\"schema\":\"plimsoll.report/1\"}"));
	mkdir(at("root"), 0755);
	expect_error(at("empty"), -PL_E_TRUNCATED, "empty");
	expect_error(at("text"), -PL_E_FORMAT, "no tar archive");
	expect_error(at("report.json"), -PL_E_USAGE, "sbom:");
	expect_error("C:\\images\\x.tar", -PL_E_USAGE, "Windows");
	expect_error("alpine:3.19", -PL_E_NOT_FOUND, "docker save alpine:3.19");
	expect_error("docker://alpine", -PL_E_UNSUPPORTED, "docker save");
	expect_error("/no/such/file", -PL_E_NOT_FOUND, "docker-archive:FILE");
	expect_error("docker-archive:", -PL_E_USAGE, "docker-archive:FILE");
	expect_error("oci:/no/such/dir", -PL_E_SYS, "/no/such/dir");
	expect_error(text("docker-archive:%s", at("root")), -PL_E_USAGE, "directory");
	expect_error(text("oci:%s", at("root")), -PL_E_NOT_FOUND, "index.json");
	expect_error("", -PL_E_USAGE, "target");
}

static void opens_directories(void **state)
{
	struct opened o;

	(void)state;
	mkdir(at("root"), 0755);
	open_it(&o, at("root"), "", "");
	expect_ok(&o, 1);
	assert_string_equal(o.s->transport, "dir");
	assert_str(o.s->images.at[0].layers.at[0].dir, at("root"));
	assert_int_equal(o.s->images.at[0].layers.at[0].fd, -1);
	done(&o);
}

/* --- the group ------------------------------------------------------------------------------ */

static int setup(void **state)
{
	(void)state;
	return mkdtemp(room) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return system(text("rm -rf %s", room)) == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_layout),
		cmocka_unit_test(chooses_platform),
		cmocka_unit_test(bounds_nesting),
		cmocka_unit_test(several_images),
		cmocka_unit_test(finds_lies),
		cmocka_unit_test(survives_what_is_missing),
		cmocka_unit_test(stays_in_its_directory),
		cmocka_unit_test(leaves_artifacts),
		cmocka_unit_test(opens_docker_archive),
		cmocka_unit_test(streams_archives),
		cmocka_unit_test(streams_roots),
		cmocka_unit_test(does_not_guess),
		cmocka_unit_test(serves_kept_layers),
		cmocka_unit_test(opens_oci_archive),
		cmocka_unit_test(a_root_may_have_such_names),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(opens_directories),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
