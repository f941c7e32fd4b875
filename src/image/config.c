/* SPDX-License-Identifier: Apache-2.0 */
/* The image configuration (OCI image-spec v1.1 config.md, Docker image-spec v1.2). */
#include "image/image_int.h"

/* --- JSON to wire (in the worker) ----------------------------------------------------------- */

/* The number of elements comes first; over the limit nothing else is written. */
static int put_count(struct pl_buf *out, const cJSON *list, struct pl_err *err)
{
	uint64_t n = 0;
	const cJSON *e;

	cJSON_ArrayForEach(e, list) n++;
	if (n > pl_limit(PL_LIM_CONFIG_ITEMS))
		return pl_fail_limit(err, PL_LIM_CONFIG_ITEMS, "an image configuration");
	pl_put_u64(out, n);
	return 0;
}

/* A list of strings; one string alone counts as a list of one (old builders). */
static int put_list(struct pl_buf *out, const cJSON *list, struct pl_err *err)
{
	const cJSON *e;
	int rc;

	if (cJSON_IsString(list)) {
		pl_put_u64(out, 1);
		pl_put_str(out, pl_json_text(list));
		return 0;
	}
	if (!cJSON_IsArray(list))
		list = NULL;
	rc = put_count(out, list, err);
	if (rc < 0)
		return rc;
	cJSON_ArrayForEach(e, list) pl_put_str(out, pl_json_text(e));
	return 0;
}

/* The names of an object's members (sets are written as objects with empty values), or
 * "name=value" of each. */
static int put_members(struct pl_buf *out, const cJSON *obj, bool values, struct pl_err *err)
{
	const cJSON *e;
	int rc;

	if (!cJSON_IsObject(obj))
		obj = NULL;
	rc = put_count(out, obj, err);
	if (rc < 0)
		return rc;
	cJSON_ArrayForEach(e, obj)
	{
		struct pl_str k = pl_str_c(e->string), v = pl_json_text(e);

		pl_put_u64(out, k.len + (values ? 1 + v.len : 0));
		pl_buf_str(out, k);
		if (!values)
			continue;
		pl_buf_ch(out, '=');
		pl_buf_str(out, v);
	}
	return 0;
}

/* HEALTHCHECK NONE is written as ["NONE"] and means that there is none. */
static bool has_healthcheck(const cJSON *config)
{
	const cJSON *test = pl_json_get(pl_json_get(config, "Healthcheck"), "Test");
	const cJSON *first = cJSON_IsArray(test) ? test->child : NULL;

	return first && !pl_str_eq_c(pl_json_text(first), "NONE");
}

static int put_lists(struct pl_buf *out, const cJSON *c, struct pl_err *err)
{
	static const char *const lists[] = {"Entrypoint", "Cmd", "Env"};
	static const char *const sets[] = {"ExposedPorts", "Volumes"};
	int rc = 0;

	for (size_t i = 0; i < 3 && rc == 0; i++)
		rc = put_list(out, pl_json_get(c, lists[i]), err);
	for (size_t i = 0; i < 2 && rc == 0; i++)
		rc = put_members(out, pl_json_get(c, sets[i]), false, err);
	return rc == 0 ? put_members(out, pl_json_get(c, "Labels"), true, err) : rc;
}

static int put_config(struct pl_buf *out, const cJSON *j, struct pl_err *err)
{
	static const char *const outer[] = {"os", "architecture", "variant", "created"};
	static const char *const inner[] = {"User", "WorkingDir", "StopSignal"};
	const cJSON *c = pl_json_get(j, "config");
	int rc;

	for (size_t i = 0; i < 4; i++)
		pl_put_str(out, pl_json_str(j, outer[i]));
	for (size_t i = 0; i < 3; i++)
		pl_put_str(out, pl_json_str(c, inner[i]));
	rc = put_lists(out, c, err);
	pl_put_u64(out, has_healthcheck(c));
	return rc;
}

int pl_config_to_wire(struct pl_str json, struct pl_buf *out, struct pl_err *err)
{
	pl_auto_json *j = NULL;
	const cJSON *history, *e;
	int rc = pl_json_parse(json, pl_limit(PL_LIM_JSON_BYTES), &j, err);

	if (rc < 0)
		return rc;
	if (!cJSON_IsObject(j))
		return pl_fail(err, PL_E_FORMAT,
			       "no JSON object where an image configuration should be");
	history = pl_json_get(j, "history");
	rc = put_config(out, j, err);
	if (rc == 0)
		rc = put_count(out, history, err);
	if (rc < 0)
		return rc;
	cJSON_ArrayForEach(e, history)
	{
		pl_put_str(out, pl_json_str(e, "created_by"));
		pl_put_u64(out, cJSON_IsTrue(pl_json_get(e, "empty_layer")) != 0);
	}
	return put_list(out, pl_json_get(pl_json_get(j, "rootfs"), "diff_ids"), err);
}

/* --- wire to structures (in the parent) ----------------------------------------------------- */

#define get_list(r, a, v) \
	do { \
		pl_vec_in_arena((v), (a), pl_rd_count(r)); \
		for (size_t i_ = 0; i_ < (v)->len && !(r)->bad; i_++) \
			(v)->at[i_] = pl_rd_copy((r), (a)); \
	} while (0)

static void get_config(struct pl_rd *r, struct pl_arena *a, struct pl_config *c)
{
	c->os = pl_rd_copy(r, a);
	c->architecture = pl_rd_copy(r, a);
	c->variant = pl_rd_copy(r, a);
	c->created = pl_rd_copy(r, a);
	c->user = pl_rd_copy(r, a);
	c->working_dir = pl_rd_copy(r, a);
	c->stop_signal = pl_rd_copy(r, a);
	get_list(r, a, &c->entrypoint);
	get_list(r, a, &c->cmd);
	get_list(r, a, &c->env);
	get_list(r, a, &c->exposed_ports);
	get_list(r, a, &c->volumes);
	get_list(r, a, &c->labels);
	c->has_healthcheck = pl_rd_u64(r) != 0;
	c->has_config = true;
}

int pl_config_read(struct pl_str wire, struct pl_arena *a, struct pl_config_doc *out,
		   struct pl_err *err)
{
	struct pl_rd r = pl_rd_init(wire);
	struct pl_config_doc d = {0};

	get_config(&r, a, &d.config);
	pl_vec_in_arena(&d.history, a, pl_rd_count(&r));
	for (size_t i = 0; i < d.history.len && !r.bad; i++) {
		d.history.at[i].created_by = pl_rd_copy(&r, a);
		d.history.at[i].empty_layer = pl_rd_u64(&r) != 0;
	}
	get_list(&r, a, &d.diff_ids);
	if (r.bad)
		return pl_fail(err, PL_E_WORKER, "the answer of the worker is damaged");
	*out = d;
	return 0;
}
