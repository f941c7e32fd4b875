/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Elixir, Erlang, Gleam. mix.lock is a map of Elixir, one entry a line, rebar.lock a term of
 * Erlang, manifest.toml a list of TOML. They are read as text by their shape and not evaluated. An
 * entry from git has a commit and no version.
 */
#include "catalog/lock.h"

/* What stands between the next two quotes of *rest. */
static bool next_quoted(struct pl_str *rest, struct pl_str *out)
{
	ptrdiff_t from = pl_str_chr(*rest, '"'), to;
	struct pl_str tail;

	if (from < 0)
		return false;
	tail = pl_str_sub(*rest, (size_t)from + 1, rest->len);
	to = pl_str_chr(tail, '"');
	if (to < 0)
		return false;
	*out = pl_str_sub(tail, 0, (size_t)to);
	*rest = pl_str_sub(tail, (size_t)to + 1, tail.len);
	return true;
}

/* ":name," or ":\"na me\"," at the front. */
static bool atom(struct pl_str *rest, struct pl_str *out)
{
	struct pl_str s = pl_str_trim(*rest);
	size_t n = 1;

	if (s.len < 2 || s.ptr[0] != ':')
		return false;
	while (n < s.len && !strchr(",]} \t", s.ptr[n]))
		n++;
	*out = pl_lock_unquote(pl_str_sub(s, 1, n - 1));
	*rest = pl_str_sub(s, n + 1, s.len);
	return true;
}

/* {:hex, :name, "1.0", "hash", [:mix], [{:need, "~> 1.0", […]}, …], …} */
static void mix_entry(struct pl_lock *l, struct pl_str line)
{
	struct pl_str key, rest = line, kind, name, version = {0};
	ptrdiff_t open;
	uint32_t item;

	if (!next_quoted(&rest, &key) || (open = pl_str_chr(rest, '{')) < 0)
		return;
	rest = pl_str_sub(rest, (size_t)open + 1, rest.len);
	if (!atom(&rest, &kind))
		return;
	if (!pl_str_eq_c(kind, "hex")) {
		pl_lock_add(l, key, PL_STR(""), false);
		return;
	}
	if (!atom(&rest, &name) || !next_quoted(&rest, &version))
		return;
	item = pl_lock_add(l, name, version, false);
	while ((open = pl_str_find(rest, PL_STR("{:"))) >= 0) {
		rest = pl_str_sub(rest, (size_t)open + 1, rest.len);
		if (atom(&rest, &name))
			pl_lock_needs(l, item, name, PL_STR(""));
	}
}

static int read_mix(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str text = f->bytes, line;
	pl_auto_lock l;

	pl_lock_init(&l, w, PL_PKG_HEX, PL_STR("mix.lock"));
	if (!pl_str_starts(pl_str_trim(text), PL_STR("%{")))
		return pl_fail(err, PL_E_FORMAT, "not a map of Elixir");
	while (pl_str_line(&text, &line)) {
		line = pl_str_trim(line);
		if (pl_str_starts(line, PL_STR("%{")))
			line = pl_str_trim(pl_str_sub(line, 2, line.len));
		if (pl_str_starts(line, PL_STR("\"")))
			mix_entry(&l, line);
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const mix_globs[] = {"**/mix.lock", NULL};
const struct pl_cataloger pl_cataloger_mix_lock = {
	.name = "mix_lock",
	.what = "Elixir: mix.lock",
	.globs = mix_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_mix,
};

static void without_blanks(struct pl_str text, struct pl_buf *out)
{
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		quoted ^= text.ptr[i] == '"';
		if (quoted || !strchr(" \t\r\n", text.ptr[i]) || text.ptr[i] == 0)
			pl_buf_ch(out, text.ptr[i]);
	}
}

/* [{<<"key">>,{pkg,<<"name">>,<<"1.0">>…},0},{<<"key">>,{git,"…",{ref,"…"}},0}] */
static int read_rebar(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str rest, key, name, version;
	ptrdiff_t at;
	pl_auto_buf plain;
	pl_auto_lock l;

	pl_lock_init(&l, w, PL_PKG_HEX, PL_STR("rebar.lock"));
	pl_buf_init(&plain, f->bytes.len + 1);
	without_blanks(f->bytes, &plain);
	rest = pl_buf_view(&plain);
	if (pl_str_empty(rest) || !strchr("{[", rest.ptr[0]))
		return pl_fail(err, PL_E_FORMAT, "not a term of Erlang");
	while ((at = pl_str_find(rest, PL_STR("{<<\""))) >= 0) {
		rest = pl_str_sub(rest, (size_t)at, rest.len);
		if (!next_quoted(&rest, &key))
			break;
		if (pl_str_starts(rest, PL_STR(">>,{pkg,"))) {
			if (!next_quoted(&rest, &name) || !next_quoted(&rest, &version))
				break;
			pl_lock_add(&l, name, version, false);
		} else if (pl_str_starts(rest, PL_STR(">>,{"))) {
			pl_lock_add(&l, key, PL_STR(""), false);
		}
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const rebar_globs[] = {"**/rebar.lock", NULL};
const struct pl_cataloger pl_cataloger_rebar_lock = {
	.name = "rebar_lock",
	.what = "Erlang: rebar.lock",
	.globs = rebar_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_LOCK_BYTES,
	.read = read_rebar,
};

static int read_gleam(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	pl_auto_json *root = NULL;
	pl_auto_lock l;
	int rc;

	pl_lock_init(&l, w, PL_PKG_HEX, PL_STR("manifest.toml"));
	if (pl_str_find(f->bytes, PL_STR("build_tools")) < 0)
		return 0; /* the name is a common one */
	rc = pl_toml_parse(f->bytes, pl_limit(PL_LIM_LOCK_BYTES), &root, err);
	if (rc < 0)
		return rc;
	pl_json_each(p, pl_json_get(root, "packages"))
	{
		uint32_t item;

		if (pl_str_eq_c(pl_json_str(p, "source"), "local"))
			continue;
		item = pl_lock_add(&l, pl_json_str(p, "name"), pl_json_str(p, "version"), false);
		pl_json_each(need, pl_json_get(p, "requirements"))
			pl_lock_needs(&l, item, pl_json_text(need), PL_STR(""));
	}
	pl_lock_end(&l);
	return 0;
}

static const char *const gleam_globs[] = {"**/manifest.toml", NULL};
const struct pl_cataloger pl_cataloger_gleam_manifest = {
	.name = "gleam_manifest",
	.what = "Gleam: manifest.toml",
	.globs = gleam_globs,
	.declared = true,
	.evidence = PL_EV_LOCK_FILE,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_gleam,
};
