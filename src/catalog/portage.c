/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gentoo's database: var/db/pkg/CATEGORY/NAME-VERSION/ with a small file for each property (PF,
 * CONTENTS, LICENSE, RDEPEND …). Any of those read here names the package, by its directory; the
 * merge joins what they say. Names and versions: Package Manager Specification, chapter 3.
 */
#include "catalog/deps.h"
#include "catalog/lines.h"

static size_t digits(struct pl_str s, size_t at)
{
	while (at < s.len && pl_is_digit(s.ptr[at]))
		at++;
	return at;
}

/* "_alpha3", "_p20230101" … at `at`; where it ends, or `at`. */
static size_t suffix(struct pl_str s, size_t at)
{
	static const char *const words[] = {"_alpha", "_beta", "_pre", "_rc", "_p"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct pl_str rest = pl_str_sub(s, at, s.len);

		if (pl_str_starts(rest, pl_str_c(words[i])))
			return digits(s, at + strlen(words[i]));
	}
	return at;
}

/* PMS §3.2: numbers with dots, a letter, suffixes, a revision "-r1". */
static bool is_version(struct pl_str s)
{
	size_t at = digits(s, 0), next;

	if (at == 0)
		return false;
	while (at + 1 < s.len && s.ptr[at] == '.' && pl_is_digit(s.ptr[at + 1]))
		at = digits(s, at + 1);
	if (at < s.len && s.ptr[at] >= 'a' && s.ptr[at] <= 'z')
		at++;
	while ((next = suffix(s, at)) > at)
		at = next;
	if (at + 2 < s.len && s.ptr[at] == '-' && s.ptr[at + 1] == 'r')
		at = digits(s, at + 2);
	return at == s.len;
}

/* A name does not end in what looks like a version, so from the right the first split is it. */
static bool split_pf(struct pl_str pf, struct pl_str *name, struct pl_str *version)
{
	for (size_t i = pf.len; i-- > 1;) {
		struct pl_str rest = pl_str_sub(pf, i + 1, pf.len);

		/* versions are short: what a name may cost is bounded */
		if (rest.len > 200)
			return false;
		if (pf.ptr[i] != '-' || !is_version(rest))
			continue;
		*name = pl_str_sub(pf, 0, i);
		*version = rest;
		return true;
	}
	return false;
}

/* "dir /a", "obj /a/b MD5 MTIME", "sym /a/c -> b MTIME" (Portage, vartree.py) */
static void read_contents(struct pl_lines *l, struct pl_str key)
{
	static const struct pl_str arrow = PL_STR(" -> ");
	struct pl_str line;

	while (pl_lines_next(l, &line)) {
		struct pl_str path = pl_str_sub(line, 4, line.len);
		bool link = pl_str_starts(line, PL_STR("sym "));
		ptrdiff_t end = -1;

		if (!line.len || pl_str_starts(line, PL_STR("dir ")))
			continue;
		if (link) {
			end = pl_str_find(path, arrow);
		} else if (pl_str_starts(line, PL_STR("obj "))) {
			end = pl_str_rchr(path, ' ');
			end = end < 0 ? end : pl_str_rchr(pl_str_sub(path, 0, (size_t)end), ' ');
		} else if (pl_str_starts(line, PL_STR("fif ")) ||
			   pl_str_starts(line, PL_STR("dev "))) {
			continue;
		}
		if (end <= 0 || path.ptr[0] != '/')
			pl_lines_complain(l, l->number, PL_W_WARN, "not a line of CONTENTS");
		else
			pl_fact_owns(l->w, key, pl_str_sub(path, 0, (size_t)end));
	}
}

/* ">=dev-libs/openssl-1.1:0/3=[abi(-)]" of RDEPEND, whose conditions were settled when it was
 * built; groups and blockers are passed over. */
static void add_atom(struct pl_buf *out, struct pl_str atom)
{
	struct pl_str name, version, path, category;
	size_t n = 0, end = 0;
	ptrdiff_t slash;

	if (!atom.len || strchr("!(|)", atom.ptr[0]) || pl_str_ends(atom, PL_STR("?")))
		return;
	while (n < atom.len && strchr("<>=~", atom.ptr[n]))
		n++;
	path = pl_str_sub(atom, n, atom.len);
	while (end < path.len && path.ptr[end] != ':' && path.ptr[end] != '[')
		end++;
	path = pl_str_sub(path, 0, end);
	if (pl_str_ends(path, PL_STR("*")))
		path.len--;
	slash = pl_str_chr(path, '/');
	category = pl_str_sub(path, 0, slash < 0 ? 0 : (size_t)slash + 1);
	if (n && split_pf(pl_str_sub(path, category.len, path.len), &name, &version))
		path = pl_str_sub(path, 0, category.len + name.len);
	pl_deps_add(out, path);
}

static void read_depends(struct pl_str text, struct pl_buf *out)
{
	struct pl_str line, word;

	while (pl_str_line(&text, &line))
		while (line.len && pl_str_split(&line, ' ', &word))
			add_atom(out, pl_str_trim(word));
}

static void read_license(struct pl_str text, struct pl_buf *out)
{
	struct pl_str line, word;

	while (pl_str_line(&text, &line))
		while (line.len && pl_str_split(&line, ' ', &word))
			if (word.len && !strchr("()|", word.ptr[0]))
				pl_deps_add(out, pl_str_trim(word));
}

static int read_property(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str dir = pl_path_dir(f->path), base = pl_path_base(f->path), name;
	struct pl_str category = pl_path_base(pl_path_dir(dir));
	struct pl_pkg_fact p = {.type = PL_PKG_PORTAGE, .how = PL_STR("portage database")};
	struct pl_lines l;
	pl_auto_buf full = {0}, key = {0}, list = {0};

	if (!split_pf(pl_path_base(dir), &name, &p.version))
		return pl_fail(err, PL_E_FORMAT, "%.*s is not NAME-VERSION",
			       PL_FMT(pl_path_base(dir)));
	pl_buf_init(&full, f->path.len + 1);
	pl_buf_init(&key, f->path.len + 1);
	pl_buf_init(&list, f->bytes.len + 1);
	pl_buf_fmt(&full, "%.*s/%.*s", PL_FMT(category), PL_FMT(name));
	pl_buf_fmt(&key, "%.*s/%.*s", PL_FMT(category), PL_FMT(pl_path_base(dir)));
	p.name = pl_buf_view(&full);
	p.key = pl_buf_view(&key);
	if (pl_str_eq_c(base, "LICENSE")) {
		read_license(f->bytes, &list);
		p.licenses = pl_buf_view(&list);
	} else if (pl_str_eq_c(base, "RDEPEND")) {
		read_depends(f->bytes, &list);
		p.depends = pl_buf_view(&list);
	}
	pl_fact_package(w, &p);
	if (!pl_str_eq_c(base, "CONTENTS"))
		return 0;
	pl_lines_init(&l, w, "portage-malformed", f->bytes);
	read_contents(&l, p.key);
	pl_lines_end(&l);
	return 0;
}

#define IN "var/db/pkg/*/*/"
static const char *const globs[] = {IN "PF", IN "CONTENTS", IN "LICENSE", IN "RDEPEND", NULL};

const struct pl_cataloger pl_cataloger_portage = {
	.name = "portage",
	.what = "Gentoo packages: the database of portage",
	.globs = globs,
	.rooted = true,
	.evidence = PL_EV_DATABASE,
	.max = PL_LIM_DB_FILE_BYTES,
	.read = read_property,
};
