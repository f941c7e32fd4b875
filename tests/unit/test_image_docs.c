/* SPDX-License-Identifier: Apache-2.0 */
/* Digests, platforms, and the JSON documents of an image. */
#include "check.h"

#include "image/image_int.h"

#define EMPTY_SHA "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct parsed {
	struct pl_arena arena;
	struct pl_buf wire;
	struct pl_err err;
	int rc;
};

static void parse(struct parsed *p, pl_to_wire_fn *fn, const char *json)
{
	*p = (struct parsed){0};
	pl_arena_init(&p->arena);
	pl_buf_init(&p->wire, PL_MiB(64));
	p->rc = fn(pl_str_c(json), &p->wire, &p->err);
}

static void done(struct parsed *p)
{
	pl_buf_release(&p->wire);
	pl_arena_release(&p->arena);
}

static void digests(void **state)
{
	static const char *const bad[] = {
		"",
		"sha256:",
		"sha256:abc",
		"e3b0c4",
		EMPTY_SHA "0",
		"sha256:zz"
		"b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"};
	struct pl_digest d = {0};
	uint8_t empty[32];
	pl_auto_arena a = {0};

	(void)state;
	pl_arena_init(&a);
	assert_int_equal(pl_digest_parse(PL_STR(EMPTY_SHA), &d, NULL), 0);
	pl_sha256(PL_STR(""), empty);
	assert_memory_equal(d.sha256, empty, 32);
	assert_str(pl_digest_text(&a, &d), EMPTY_SHA);
	assert_str(pl_digest_text(&a, &(struct pl_digest){0}), "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(pl_digest_parse(pl_str_c(bad[i]), &d, NULL), -PL_E_FORMAT);
	assert_int_equal(pl_digest_parse(PL_STR("sha512:00"), &d, NULL), -PL_E_UNSUPPORTED);
}

static void platforms(void **state)
{
	static const struct {
		const char *want, *have;
		bool fits;
	} rows[] = {
		{"linux/amd64", "linux/amd64", true},	 {"linux/amd64", "linux/arm64", false},
		{"linux/amd64", "windows/amd64", false}, {"linux/arm64", "linux/arm64/v8", true},
		{"linux/arm64/v8", "linux/arm64", true}, {"linux/arm/v7", "linux/arm/v6", false},
		{"linux/arm/v7", "linux/arm", false},	 {"linux/arm", "linux/arm/v7", true},
		{"linux/amd64", "linux", false},
	};
	static const char *const bad[] = {"linux", "linux/", "/amd64", "a/b/c/d", "a//c"};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (pl_platform_fits(pl_str_c(rows[i].want), pl_str_c(rows[i].have)) !=
		    rows[i].fits)
			fail_msg("%s wanted, %s there", rows[i].want, rows[i].have);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(pl_platform_check(pl_str_c(bad[i]), NULL), -PL_E_USAGE);
	assert_int_equal(pl_platform_check(PL_STR("linux/arm/v7"), NULL), 0);
}

/* The example of image-spec v1.1 image-index.md, and what BuildKit adds. */
static void reads_index(void **state)
{
	struct parsed p;
	struct pl_doc d;

	(void)state;
	parse(&p, pl_doc_to_wire,
	      "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
	      "\"manifests\":[{\"mediaType\":\"application/"
	      "vnd.oci.image.manifest.v1+json\",\"size\":7143,"
	      "\"digest\":\"sha256:"
	      "e692418e4cbaf90ca69d05a66403747baa33ee08806650b51fab815ad7fc331f\","
	      "\"platform\":{\"architecture\":\"ppc64le\",\"os\":\"linux\"}},"
	      "{\"digest\":\"" EMPTY_SHA
	      "\",\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"},"
	      "\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}},"
	      "{\"size\":-1,\"annotations\":{\"org.opencontainers.image.ref.name\":\"v1\","
	      "\"io.containerd.image.name\":\"docker.io/library/"
	      "x:v1\"},\"platform\":{\"os\":\"linux\","
	      "\"architecture\":\"arm\",\"variant\":\"v7\"}}]}");
	assert_int_equal(p.rc, 0);
	assert_int_equal(pl_doc_read(pl_buf_view(&p.wire), &p.arena, &d, NULL), 0);
	assert_true(d.is_index);
	assert_int_equal(d.rows.len, 3);
	assert_int_equal(d.rows.at[0].size, 7143);
	assert_str(d.rows.at[0].platform, "linux/ppc64le");
	assert_false(d.rows.at[0].attestation);
	assert_true(d.rows.at[1].attestation);
	assert_true(d.rows.at[1].size == UINT64_MAX);
	assert_str(d.rows.at[2].ref_name, "v1");
	assert_str(d.rows.at[2].full_name, "docker.io/library/x:v1");
	assert_str(d.rows.at[2].platform, "linux/arm/v7");
	assert_true(d.rows.at[2].size == UINT64_MAX);
	for (size_t n = 0; n < p.wire.len; n++)
		assert_int_equal(pl_doc_read(pl_str_n(p.wire.ptr, n), &p.arena, &d, NULL),
				 -PL_E_WORKER);
	done(&p);
}

static void reads_manifest(void **state)
{
	struct parsed p;
	struct pl_doc d;

	(void)state;
	parse(&p, pl_doc_to_wire,
	      "{\"config\":{\"mediaType\":\"application/"
	      "vnd.oci.image.config.v1+json\",\"digest\":\"" EMPTY_SHA
	      "\",\"size\":7023},\"layers\":[{\"mediaType\":\"application/"
	      "vnd.oci.image.layer.v1.tar+gzip\","
	      "\"digest\":\"sha256:"
	      "9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0\","
	      "\"size\":32654},7]}");
	assert_int_equal(p.rc, 0);
	assert_int_equal(pl_doc_read(pl_buf_view(&p.wire), &p.arena, &d, NULL), 0);
	assert_false(d.is_index);
	assert_str(d.config.digest, EMPTY_SHA);
	assert_int_equal(d.rows.len, 2);
	assert_int_equal(d.rows.at[0].size, 32654);
	assert_str(d.rows.at[1].digest, "");
	done(&p);
}

static void reads_docker_manifest(void **state)
{
	struct parsed p;
	struct pl_docker_doc d;

	(void)state;
	parse(&p, pl_docker_to_wire,
	      "[{\"Config\":\"blobs/sha256/c\",\"RepoTags\":null,\"Layers\":[\"blobs/sha256/"
	      "aa\",\"b/layer.tar\"],"
	      "\"LayerSources\":{\"sha256:d\":{\"mediaType\":\"application/"
	      "vnd.oci.image.layer.v1.tar\",\"size\":2,"
	      "\"digest\":\"sha256:aa\"}}},{\"Config\":\"c.json\",\"RepoTags\":[\"a:1\",\"a:2\"],"
	      "\"Layers\":[]}]");
	assert_int_equal(p.rc, 0);
	assert_int_equal(pl_docker_read(pl_buf_view(&p.wire), &p.arena, &d, NULL), 0);
	assert_int_equal(d.rows.len, 2);
	assert_int_equal(d.rows.at[0].tags.len, 0);
	assert_int_equal(d.rows.at[0].layers.len, 2);
	assert_str(d.rows.at[0].media_types.at[0], "application/vnd.oci.image.layer.v1.tar");
	assert_str(d.rows.at[0].media_types.at[1], "");
	assert_str(d.rows.at[1].tags.at[1], "a:2");
	done(&p);
}

/* The example of image-spec v1.1 config.md, shortened. */
static void reads_config(void **state)
{
	struct parsed p;
	struct pl_config_doc d;

	(void)state;
	parse(&p, pl_config_to_wire,
	      "{\"created\":\"2015-10-31T22:22:56.015925234Z\",\"architecture\":\"amd64\",\"os\":"
	      "\"linux\","
	      "\"config\":{\"User\":\"alice\",\"ExposedPorts\":{\"8080/tcp\":{}},\"Env\":[\"PATH=/"
	      "usr/bin\",\"FOO=x\"],"
	      "\"Entrypoint\":[\"/bin/my-app-binary\"],\"Cmd\":\"--foreground\",\"Volumes\":{\"/"
	      "var/job-result-data\":{}},"
	      "\"WorkingDir\":\"/home/"
	      "alice\",\"Labels\":{\"com.example.project.git.commit\":\"45a939b2\"},"
	      "\"Healthcheck\":{\"Test\":[\"CMD\",\"true\"]},\"StopSignal\":\"SIGTERM\"},"
	      "\"rootfs\":{\"diff_ids\":[\"" EMPTY_SHA "\"],\"type\":\"layers\"},"
	      "\"history\":[{\"created_by\":\"/bin/sh -c #(nop) ADD file:a3 in /\"},"
	      "{\"created_by\":\"CMD [\\\"sh\\\"]\",\"empty_layer\":true}]}");
	assert_int_equal(p.rc, 0);
	assert_int_equal(pl_config_read(pl_buf_view(&p.wire), &p.arena, &d, NULL), 0);
	assert_true(d.config.has_config);
	assert_str(d.config.user, "alice");
	assert_str(d.config.architecture, "amd64");
	assert_int_equal(d.config.env.len, 2);
	assert_str(d.config.cmd.at[0], "--foreground");
	assert_str(d.config.exposed_ports.at[0], "8080/tcp");
	assert_str(d.config.volumes.at[0], "/var/job-result-data");
	assert_str(d.config.labels.at[0], "com.example.project.git.commit=45a939b2");
	assert_str(d.config.stop_signal, "SIGTERM");
	assert_true(d.config.has_healthcheck);
	assert_int_equal(d.history.len, 2);
	assert_true(d.history.at[1].empty_layer);
	assert_str(d.diff_ids.at[0], EMPTY_SHA);
	done(&p);
	parse(&p, pl_config_to_wire,
	      "{\"config\":{\"Healthcheck\":{\"Test\":[\"NONE\"]},\"User\":5},\"history\":7}");
	assert_int_equal(p.rc, 0);
	assert_int_equal(pl_config_read(pl_buf_view(&p.wire), &p.arena, &d, NULL), 0);
	assert_false(d.config.has_healthcheck);
	assert_str(d.config.user, "");
	done(&p);
}

static void refuses(void **state)
{
	static const struct {
		pl_to_wire_fn *fn;
		const char *json;
		int rc;
	} rows[] = {
		{pl_doc_to_wire, "[]", -PL_E_FORMAT},
		{pl_doc_to_wire, "{}", -PL_E_FORMAT},
		{pl_doc_to_wire, "{\"layers\":{}}", -PL_E_FORMAT},
		{pl_doc_to_wire, "{\"schemaVersion\":1,\"fsLayers\":[]}", -PL_E_UNSUPPORTED},
		{pl_doc_to_wire, "", -PL_E_TRUNCATED},
		{pl_docker_to_wire, "{}", -PL_E_FORMAT},
		{pl_docker_to_wire, "[7]", -PL_E_FORMAT},
		{pl_config_to_wire, "[]", -PL_E_FORMAT},
		{pl_config_to_wire, "{\"config\"", -PL_E_FORMAT},
	};
	pl_auto_buf many = {0};
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		parse(&p, rows[i].fn, rows[i].json);
		assert_int_equal(p.rc, rows[i].rc);
		done(&p);
	}
	pl_buf_init(&many, PL_MiB(1));
	pl_buf_c(&many, "{\"layers\":[");
	for (unsigned i = 0; i < 1025; i++)
		pl_buf_c(&many, i ? ",{}" : "{}");
	pl_buf_c(&many, "]}");
	parse(&p, pl_doc_to_wire, many.ptr);
	assert_int_equal(p.rc, -PL_E_LIMIT);
	done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests),
		cmocka_unit_test(platforms),
		cmocka_unit_test(reads_index),
		cmocka_unit_test(reads_manifest),
		cmocka_unit_test(reads_docker_manifest),
		cmocka_unit_test(reads_config),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
