/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plug'n'Play installations of yarn 2 and later (yarnpkg's documentation, "PnP Specification").
 * There is no node_modules: .pnp.cjs says which module is in which zip of .yarn/cache, from where
 * it is run. yarn_pnp    the list itself, JSON inside of JavaScript or in .pnp.data.json yarn_cache
 * the package.json files in the zips of a project's cache
 */
#include "catalog/node.h"
#include "stream/stream.h"

static const char *const pnp_globs[] = {
	"**/.pnp.cjs",
	"**/.pnp.js",
	"**/.pnp.data.json",
	NULL,
};
static const char *const cache_globs[] = {"**/.yarn/cache/*.zip", NULL};

/* --- .pnp.cjs ------------------------------------------------------------------------------- */

/* The text of a JavaScript string in single quotes, as yarn writes it: a backslash before a line
 * end vanishes with it, before anything else it stands for that. */
static void unquote(struct pl_str s, struct pl_buf *out)
{
	for (size_t i = 0; i < s.len && s.ptr[i] != '\''; i++) {
		if (s.ptr[i] != '\\' || i + 1 == s.len)
			pl_buf_ch(out, s.ptr[i]);
		else if (s.ptr[++i] != '\n')
			pl_buf_ch(out, s.ptr[i]);
	}
}

/* The end of the JSON object that begins at s, or 0: strings may hold braces. */
static size_t object_end(struct pl_str s)
{
	bool text = false;
	size_t depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (text && c == '\\')
			i++;
		else if (c == '"')
			text = !text;
		else if (!text && (c == '{' || c == '['))
			depth++;
		else if (!text && (c == '}' || c == ']') && --depth == 0)
			return i + 1;
	}
	return 0;
}

/* RAW_RUNTIME_STATE = '{…}' today; hydrateRuntimeState({…} in yarn 2 */
static bool find_state(struct pl_str text, struct pl_buf *out)
{
	ptrdiff_t raw = pl_str_find(text, PL_STR("RAW_RUNTIME_STATE"));
	ptrdiff_t call = pl_str_find(text, PL_STR("hydrateRuntimeState({")), at;
	struct pl_str rest;

	if (raw >= 0) {
		rest = pl_str_sub(text, (size_t)raw, text.len);
		at = pl_str_chr(rest, '\'');
		if (at < 0)
			return false;
		unquote(pl_str_sub(rest, (size_t)at + 1, rest.len), out);
		return out->len > 0 && !out->failed;
	}
	if (call < 0)
		return false;
	rest = pl_str_sub(text, (size_t)call + strlen("hydrateRuntimeState("), text.len);
	pl_buf_str(out, pl_str_sub(rest, 0, object_end(rest)));
	return out->len > 0 && !out->failed;
}

/* "npm:1.2.3", "virtual:HASH#npm:1.2.3", "patch:name@npm%3A1.2.3#…": the version; workspaces are
 * the application's own, and addresses tell none. */
static bool version_of(struct pl_str reference, struct pl_str *out)
{
	static const char patched[] = "@npm%3A";
	ptrdiff_t hash = pl_str_chr(reference, '#'), at;

	if (pl_str_starts(reference, PL_STR("virtual:")) && hash >= 0)
		reference = pl_str_sub(reference, (size_t)hash + 1, reference.len);
	if (pl_str_starts(reference, PL_STR("patch:"))) {
		at = pl_str_find(reference, PL_STR(patched));
		if (at < 0)
			return false;
		reference = pl_str_sub(reference, (size_t)at + sizeof(patched) - 1, reference.len);
		hash = pl_str_chr(reference, '#');
		*out = pl_str_sub(reference, 0, hash < 0 ? reference.len : (size_t)hash);
		return out->len > 0;
	}
	if (!pl_str_starts(reference, PL_STR("npm:")))
		return false;
	reference = pl_str_sub(reference, 4, reference.len);
	at = pl_str_rchr(reference, '@');
	hash = pl_str_find(reference, PL_STR("::")); /* "::__archiveUrl=…" */
	if (hash >= 0)
		reference = pl_str_sub(reference, 0, (size_t)hash);
	*out = at > 0 && (size_t)at < reference.len
		       ? pl_str_sub(reference, (size_t)at + 1, reference.len)
		       : reference;
	return out->len > 0;
}

/* [name, reference], [alias, [name, reference]]; a null reference is a peer that is missing. */
static void take_depend(const cJSON *pair, struct pl_str self, struct pl_buf *out)
{
	const cJSON *name = cJSON_IsArray(pair) ? pair->child : NULL;
	const cJSON *reference = name ? name->next : NULL;
	struct pl_str version;

	if (cJSON_IsArray(reference)) {
		name = reference->child;
		reference = name ? name->next : NULL;
	}
	if (!pl_json_text(name).len || pl_str_eq(pl_json_text(name), self) ||
	    !version_of(pl_json_text(reference), &version))
		return;
	if (out->len)
		pl_buf_ch(out, '\n');
	pl_buf_str(out, pl_json_text(name));
	pl_buf_ch(out, '\t');
	pl_buf_str(out, version);
}

/* [reference, {packageLocation, packageDependencies, linkType}] of the module `name`. */
static void take_module(struct pl_facts_writer *w, struct pl_str name, const cJSON *pair)
{
	struct pl_pkg_fact p = {
		.type = PL_PKG_NPM, .name = name, .how = PL_STR("Plug'n'Play list")};
	const cJSON *reference = cJSON_IsArray(pair) ? pair->child : NULL;
	const cJSON *info = reference ? reference->next : NULL, *item;
	pl_auto_buf depends = {0};

	if (!name.len || !version_of(pl_json_text(reference), &p.version))
		return;
	pl_buf_init(&depends, PL_MiB(1));
	item = pl_json_get(info, "packageDependencies");
	for (item = cJSON_IsArray(item) ? item->child : NULL; item; item = item->next)
		take_depend(item, name, &depends);
	p.depends = pl_buf_view(&depends);
	pl_fact_package(w, &p);
}

static int read_pnp(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	uint64_t max = pl_limit(PL_LIM_JSON_BYTES);
	pl_auto_json *root = NULL;
	const cJSON *entry, *pair;
	pl_auto_buf text;
	int rc;

	pl_buf_init(&text, (size_t)max);
	if (pl_str_ends(f->path, PL_STR(".json")))
		pl_buf_str(&text, f->bytes);
	else if (!find_state(f->bytes, &text))
		/* with inlining switched off .pnp.data.json has it */
		return 0;
	rc = pl_json_parse(pl_buf_view(&text), max, &root, err);
	if (rc < 0)
		return rc;
	entry = pl_json_get(root, "packageRegistryData");
	for (entry = cJSON_IsArray(entry) ? entry->child : NULL; entry; entry = entry->next) {
		const cJSON *name = cJSON_IsArray(entry) ? entry->child : NULL;

		pair = name && cJSON_IsArray(name->next) ? name->next->child : NULL;
		for (; pair; pair = pair->next)
			take_module(w, pl_json_text(name), pair);
	}
	return 0;
}

const struct pl_cataloger pl_cataloger_yarn_pnp = {
	.name = "yarn_pnp",
	.what = "modules of yarn Plug'n'Play: .pnp.cjs, .pnp.data.json",
	.globs = pnp_globs,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_JSON_BYTES,
	.read = read_pnp,
};

/* --- .yarn/cache ---------------------------------------------------------------------------- */

static void close_zip(struct pl_zip **z)
{
	pl_zip_close(*z);
}

static int take_entry(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_zip *zip,
		      struct pl_str inner, uint64_t *left, struct pl_err *err)
{
	uint64_t max = pl_limit(PL_LIM_META_FILE_BYTES);
	pl_auto_buf path;
	pl_auto_buf text;
	int rc;

	pl_buf_init(&path, 65536);
	pl_buf_str(&path, inner);
	pl_buf_init(&text, (size_t)(max < *left ? max : *left));
	rc = pl_zip_read(zip, &text, err);
	if (rc < 0)
		return rc;
	*left -= text.len;
	if (text.failed)
		return pl_fail_limit(err, max < *left ? PL_LIM_META_FILE_BYTES : PL_LIM_ZIP_BYTES,
				     "a package.json in the archive");
	return pl_node_report(w, f->path, pl_buf_view(&path), pl_buf_view(&text), err);
}

static int read_cache(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	__attribute__((cleanup(close_zip))) struct pl_zip *zip = NULL;
	uint64_t left = pl_limit(PL_LIM_ZIP_BYTES);
	struct pl_zip_entry e;
	int rc = pl_zip_open(f->bytes, &zip, err);

	while (rc >= 0 && (rc = pl_zip_next(zip, &e, err)) > 0)
		if (!e.is_dir && !e.encrypted && pl_node_is_installed(e.path))
			rc = take_entry(w, f, zip, e.path, &left, err);
	return rc;
}

const struct pl_cataloger pl_cataloger_yarn_cache = {
	.name = "yarn_cache",
	.what = "modules in the zips of .yarn/cache",
	.globs = cache_globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_ARCHIVE_FILE_BYTES,
	.read = read_cache,
};
