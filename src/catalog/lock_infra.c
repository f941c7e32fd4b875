/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What builds and deploys name: providers of .terraform.lock.hcl, the actions that workflows of
 * GitHub use, and the tools that version managers are told to install.
 */
#include "catalog/lock.h"
#include "catalog/scrape.h"

/* provider "registry.terraform.io/hashicorp/aws" {  and  version = "4.67.0"  below it */
static int read_terraform(struct pl_facts_writer *w, const struct pl_cat_file *f,
			  struct pl_err *err)
{
	struct pl_str rest = f->bytes, line, name = {0};
	pl_auto_lock l;

	(void)err;
	pl_lock_init(&l, w, PL_PKG_TERRAFORM, PL_STR(".terraform.lock.hcl"));
	while (pl_str_line(&rest, &line)) {
		struct pl_str word = pl_scrape_word(line, "=");

		if (pl_str_eq_c(word, "provider"))
			name = pl_scrape_quoted(pl_str_sub(pl_str_trim(line), word.len, line.len));
		else if (pl_str_eq_c(word, "version") && name.len)
			pl_lock_add(&l, name, pl_scrape_quoted(pl_lock_after(line, '=')), false);
	}
	pl_lock_end(&l);
	return 0;
}

/* owner/repository[/path]@reference; a directory of the same repository and an image are none */
static void add_action(struct pl_lock *l, struct pl_str uses)
{
	struct pl_str name = pl_lock_before(uses, '@'), owner, repository;

	if (pl_str_starts(uses, PL_STR(".")) || pl_str_find(uses, PL_STR("://")) >= 0 ||
	    pl_str_chr(uses, '@') < 0 || !pl_str_split(&name, '/', &owner))
		return;
	repository = pl_lock_before(name, '/');
	if (repository.len)
		pl_lock_add(l,
			    pl_arena_fmt(&l->arena, "%.*s/%.*s", PL_FMT(owner), PL_FMT(repository)),
			    pl_lock_after(uses, '@'), false);
}

static void add_steps(struct pl_lock *l, const cJSON *steps)
{
	pl_json_each(step, steps) add_action(l, pl_json_str(step, "uses"));
}

static int read_actions(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l = {0};
	int rc = pl_yaml_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);

	if (rc < 0)
		return rc;
	pl_lock_init(&l, w, PL_PKG_GITHUB, PL_STR("workflow"));
	pl_json_each(job, pl_json_get(root, "jobs"))
	{
		add_action(&l, pl_json_str(job, "uses"));
		add_steps(&l, pl_json_get(job, "steps"));
	}
	add_steps(&l, pl_json_get(pl_json_get(root, "runs"), "steps"));
	pl_lock_end(&l);
	return 0;
}

/* Node.js has three names among version managers; a range or a channel is no version. */
static void add_tool(struct pl_lock *l, struct pl_str name, struct pl_str version)
{
	if (pl_str_eq_c(name, "nodejs"))
		name = PL_STR("node");
	if (version.len > 1 && version.ptr[0] == 'v' && pl_is_digit(version.ptr[1]))
		version = pl_str_sub(version, 1, version.len);
	if (version.len && !pl_is_digit(version.ptr[0]))
		version = PL_STR("");
	pl_lock_add(l, name, version, false);
}

static void read_lines(struct pl_lock *l, struct pl_str rest)
{
	struct pl_str line, name = {0}, version = {0};

	while (pl_str_line(&rest, &line)) {
		line = pl_lock_before(line, '#');
		if (pl_lock_word(&line, &name) && pl_lock_word(&line, &version))
			add_tool(l, name, version);
	}
}

static void read_mise(struct pl_lock *l, const cJSON *root)
{
	pl_json_each(tool, pl_json_get(root, "tools"))
	{
		const cJSON *one = cJSON_IsArray(tool) ? tool->child : tool;
		struct pl_str version =
			cJSON_IsObject(one) ? pl_json_str(one, "version") : pl_json_text(one);

		add_tool(l, pl_json_key(tool), version);
	}
}

static int read_tools(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str rest = f->bytes, line = {0};
	pl_auto_json *root = NULL;
	pl_auto_lock l;
	int rc = 0;

	pl_lock_init(&l, w, PL_PKG_GENERIC, pl_path_base(f->path));
	if (pl_lock_is(f, ".tool-versions")) {
		read_lines(&l, rest);
	} else if (pl_str_ends(f->path, PL_STR(".toml"))) {
		rc = pl_toml_parse(rest, pl_limit(PL_LIM_LOCK_BYTES), &root, err);
		read_mise(&l, root);
	} else { /* .nvmrc, .node-version: one line */
		(void)pl_str_line(&rest, &line);
		add_tool(&l, PL_STR("node"), pl_str_trim(line));
	}
	pl_lock_end(&l);
	return rc;
}

static const char *const terraform_globs[] = {"**/.terraform.lock.hcl", NULL};
const struct pl_cataloger pl_cataloger_terraform_lock = {
	.name = "terraform_lock",
	.what = "Terraform: .terraform.lock.hcl",
	.globs = terraform_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_terraform,
};
static const char *const action_globs[] = {
	"**/.github/workflows/*.yml", "**/.github/workflows/*.yaml",
	"**/.github/actions/*/action.yml", "**/.github/actions/*/action.yaml", NULL};
const struct pl_cataloger pl_cataloger_github_actions = {
	.name = "github_actions",
	.what = "GitHub: actions that workflows use",
	.globs = action_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_actions,
};
static const char *const tool_globs[] = {"**/.tool-versions", "**/mise.toml",	  "**/.mise.toml",
					 "**/.nvmrc",	      "**/.node-version", NULL};
const struct pl_cataloger pl_cataloger_tool_versions = {
	.name = "tool_versions",
	.what = "version managers: .tool-versions, mise.toml, .nvmrc, .node-version",
	.globs = tool_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_tools,
};
