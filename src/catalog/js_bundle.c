/* SPDX-License-Identifier: Apache-2.0 */
/*
 * js_bundle: libraries inside of JavaScript that a bundler or a minifier made, by the comments that
 * such tools keep for the sake of licences (also in *.LICENSE.txt beside the bundle), and by the
 * paths of pnpm's store. The marks are data (data/js-marks.tsv). Always uncertain: a part of a
 * library keeps the mark of the whole. Files of installed modules are not looked at: what a module
 * has copied is its maintainers' affair, and advisories name the module.
 */
#include "catalog/cataloger.h"
#include "catalog/js_marks.h"

enum {
	KEPT = 16 << 20,     /* bytes of a file that are looked at; bundles have a few MiB */
	HITS = 256,	     /* packages of one file */
	GATE_REACH = 1 << 18 /* from a gate to its mark; react-dom has 120 KiB */
};

struct bundle {
	struct pl_buf text;
};
struct hit {
	struct pl_str name, version;
};
struct search {
	struct pl_facts_writer *w;
	struct hit hits[HITS];
	size_t n;
};

static bool is_script(struct pl_str path)
{
	return pl_str_ends(path, PL_STR(".js")) || pl_str_ends(path, PL_STR(".mjs")) ||
	       pl_str_ends(path, PL_STR(".cjs")) || pl_str_ends(path, PL_STR(".LICENSE.txt"));
}

static void *open_file(struct pl_str path, struct pl_str head, uint64_t size, uint32_t mode)
{
	struct bundle *b;

	(void)head;
	(void)size;
	(void)mode;
	if (!is_script(path) || pl_str_find(path, PL_STR("node_modules/")) >= 0 ||
	    pl_str_find(path, PL_STR("/nodejs/")) >= 0)
		return NULL;
	b = pl_xcalloc(1, sizeof(*b));
	pl_buf_init(&b->text, KEPT);
	return b;
}

static void feed_file(void *state, struct pl_str piece)
{
	struct bundle *b = state;

	pl_buf_str(&b->text, pl_str_sub(piece, 0, KEPT - b->text.len));
}

/* "3.6.0", "4.1.0-rc.0", "18.2.0" of "18.2.0-next-9e3b": two numbers at least. */
static size_t version_len(struct pl_str s)
{
	size_t n = 0, numbers = 0, end;

	while (numbers < 4 && n < s.len && pl_is_digit(s.ptr[n])) {
		for (end = n; end < s.len && end - n < 6 && pl_is_digit(s.ptr[end]);)
			end++;
		numbers++;
		n = end;
		if (n + 1 >= s.len || s.ptr[n] != '.' || !pl_is_digit(s.ptr[n + 1]))
			break;
		n++;
	}
	if (numbers < 2 || numbers > 3 ||
	    (n < s.len && (pl_is_alpha(s.ptr[n]) || pl_is_digit(s.ptr[n]))))
		return 0;
	if (n + 1 >= s.len || s.ptr[n] != '-' ||
	    pl_str_starts(pl_str_sub(s, n, s.len), PL_STR("-next")))
		return n;
	for (end = n + 1; end < s.len && end - n < 32; end++)
		if (!pl_is_alpha(s.ptr[end]) && !pl_is_digit(s.ptr[end]) && s.ptr[end] != '.')
			break;
	while (end > n + 1 && s.ptr[end - 1] == '.')
		end--;
	return end > n + 1 ? end : n;
}

static void found(struct search *s, struct pl_str name, struct pl_str version, const char *how)
{
	struct pl_pkg_fact p = {.type = PL_PKG_NPM,
				.name = name,
				.version = version,
				.how = pl_str_c(how),
				.evidence = PL_EV_VERSION_STRING,
				.uncertain = true};

	for (size_t i = 0; i < s->n; i++)
		if (pl_str_eq(s->hits[i].name, name) && pl_str_eq(s->hits[i].version, version))
			return;
	if (s->n == HITS)
		return;
	s->hits[s->n++] = (struct hit){name, version};
	pl_fact_package(s->w, &p);
}

static void find_mark(struct search *s, struct pl_str text, const struct js_mark *m)
{
	struct pl_str gate = pl_str_c(m->gate), before = pl_str_c(m->before);
	ptrdiff_t at;

	if (gate.len) {
		at = pl_str_find(text, gate);
		if (at < 0)
			return;
		text = pl_str_sub(text, (size_t)at + gate.len, GATE_REACH);
	}
	while ((at = pl_str_find(text, before)) >= 0) {
		struct pl_str rest = pl_str_sub(text, (size_t)at + before.len, text.len);
		size_t n = version_len(rest);

		text = rest;
		if (!n || !pl_str_starts(pl_str_sub(rest, n, rest.len), pl_str_c(m->after)))
			continue;
		found(s, pl_str_c(m->package), pl_str_sub(rest, 0, n), "mark in a bundle");
		if (gate.len)
			return; /* the first that looks like a version */
	}
}

static bool is_name(struct pl_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!pl_is_alpha(s.ptr[i]) && !pl_is_digit(s.ptr[i]) && !strchr("-_.", s.ptr[i]))
			return false;
	return s.len > 0 && s.len < 128;
}

/* "node_modules/.pnpm/@scope+name@1.2.3_peers/node_modules/@scope/name/…" */
static void find_pnpm(struct search *s, struct pl_str text)
{
	static const char store[] = "node_modules/.pnpm/", modules[] = "/node_modules/";
	ptrdiff_t at, end;

	while (s->n < HITS && (at = pl_str_find(text, PL_STR(store))) >= 0) {
		struct pl_str entry, name, rest, last;
		size_t n, slash;

		text = pl_str_sub(text, (size_t)at + sizeof(store) - 1, text.len);
		entry = pl_str_sub(text, 0, 512);
		end = pl_str_find(entry, PL_STR(modules));
		if (end < 0)
			continue;
		rest = pl_str_sub(entry, (size_t)end + sizeof(modules) - 1, entry.len);
		entry = pl_str_sub(entry, 0, (size_t)end);
		at = pl_str_chr(pl_str_sub(entry, 1, entry.len), '@');
		if (at < 0)
			continue;
		n = version_len(pl_str_sub(entry, (size_t)at + 2, entry.len));
		for (slash = 0; slash < rest.len && rest.ptr[slash] != '/'; slash++)
			;
		if (rest.len && rest.ptr[0] == '@')
			for (slash++; slash < rest.len && rest.ptr[slash] != '/'; slash++)
				;
		name = pl_str_sub(rest, 0, slash);
		last = pl_path_base(name);
		/* the entry's own module, not one that is linked beside it */
		if (n && is_name(last) && pl_str_ends(pl_str_sub(entry, 0, (size_t)at + 1), last))
			found(s, name, pl_str_sub(entry, (size_t)at + 2, n), "path in a bundle");
	}
}

static int close_file(void *state, struct pl_facts_writer *w, const struct pl_cat_file *f,
		      struct pl_err *err)
{
	struct bundle *b = state;
	struct search s = {.w = w};
	struct pl_str text = pl_buf_view(&b->text);

	(void)f;
	(void)err;
	for (size_t i = 0; w && i < pl_js_marks_len; i++)
		find_mark(&s, text, &pl_js_marks[i]);
	if (w)
		find_pnpm(&s, text);
	pl_buf_release(&b->text);
	free(b);
	return 0;
}

static const struct pl_cat_stream stream = {open_file, feed_file, close_file};

const struct pl_cataloger pl_cataloger_js_bundle = {
	.name = "js_bundle",
	.what = "libraries inside of bundled and minified JavaScript, by marks in it",
	.stream = &stream,
	.evidence = PL_EV_VERSION_STRING,
	.max = PL_LIM_META_FILE_BYTES,
};
