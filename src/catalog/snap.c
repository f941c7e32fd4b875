/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Snaps: meta/snap.yaml of each (its name and version), and what was put into it:
 * snap/manifest.yaml of snapcraft and usr/share/snappy/dpkg.yaml of base snaps list Debian packages
 * as "NAME[:ARCH]=VERSION". Of YAML the forms are read that these programs write: keys at the
 * margin with a plain or quoted scalar, and lists of such below them.
 */
#include "catalog/lines.h"

struct reader {
	struct pl_lines lines;
	struct pl_str name, version, license, list; /* list: the key whose items follow */
	struct pl_str arch;
	bool packages; /* the file lists packages */
	size_t found;
};

/* 'it''s' and "a" and a # comment; escapes in double quotes do not occur in versions */
static struct pl_str scalar(struct pl_str s)
{
	ptrdiff_t end;

	s = pl_str_trim(s);
	if (s.len >= 2 && (s.ptr[0] == '\'' || s.ptr[0] == '"')) {
		end = pl_str_chr(pl_str_sub(s, 1, s.len), s.ptr[0]);
		return pl_str_sub(s, 1, end < 0 ? s.len : (size_t)end);
	}
	end = pl_str_find(s, PL_STR(" #"));
	return end < 0 ? s : pl_str_trim(pl_str_sub(s, 0, (size_t)end));
}

static void take_key(struct reader *r, struct pl_str key, struct pl_str value)
{
	r->list = key;
	if (pl_str_eq_c(key, "name"))
		r->name = scalar(value);
	else if (pl_str_eq_c(key, "version"))
		r->version = scalar(value);
	else if (pl_str_eq_c(key, "license"))
		r->license = scalar(value);
}

static void add_package(struct reader *r, struct pl_str item)
{
	ptrdiff_t eq = pl_str_chr(item, '='), colon;
	struct pl_pkg_fact p = {.type = PL_PKG_DEB, .how = PL_STR("snap manifest")};

	if (eq <= 0) {
		pl_lines_complain(&r->lines, r->lines.number, PL_W_WARN, "not NAME=VERSION");
		return;
	}
	p.name = pl_str_sub(item, 0, (size_t)eq);
	p.version = pl_str_sub(item, (size_t)eq + 1, item.len);
	colon = pl_str_chr(p.name, ':');
	if (colon > 0) {
		p.arch = pl_str_sub(p.name, (size_t)colon + 1, p.name.len);
		p.name = pl_str_sub(p.name, 0, (size_t)colon);
	}
	p.key = p.name;
	pl_fact_package(r->lines.w, &p);
	r->found++;
}

static void take_item(struct reader *r, struct pl_str item)
{
	if (pl_str_eq_c(r->list, "architectures") && !r->arch.len)
		r->arch = scalar(item);
	else if (r->packages && (pl_str_eq_c(r->list, "packages") ||
				 pl_str_eq_c(r->list, "primed-stage-packages")))
		add_package(r, scalar(item));
}

static void read_yaml(struct reader *r)
{
	struct pl_str line;

	while (pl_lines_next(&r->lines, &line)) {
		struct pl_str bare = pl_str_trim(line);
		ptrdiff_t colon = pl_str_chr(line, ':');

		if (!bare.len || bare.ptr[0] == '#')
			continue;
		if (pl_str_starts(bare, PL_STR("- ")))
			take_item(r, pl_str_sub(bare, 2, bare.len));
		else if (line.ptr[0] != ' ' && colon > 0)
			take_key(r, pl_str_sub(line, 0, (size_t)colon),
				 pl_str_sub(line, (size_t)colon + 1, line.len));
	}
}

static void report_snap(struct reader *r)
{
	struct pl_pkg_fact p = {.type = PL_PKG_SNAP,
				.name = r->name,
				.version = r->version,
				.arch = r->arch,
				.licenses = r->license,
				.how = PL_STR("snap.yaml")};

	if (!p.name.len)
		pl_lines_complain(&r->lines, 1, PL_W_FAILED, "the file names no snap");
	else
		pl_fact_package(r->lines.w, &p);
}

static int read_snap(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	bool snap = pl_str_eq_c(pl_path_base(f->path), "snap.yaml");
	struct reader r = {.packages = !snap};

	(void)err;
	pl_lines_init(&r.lines, w, "snap-malformed", f->bytes);
	read_yaml(&r);
	if (snap)
		report_snap(&r);
	pl_lines_end(&r.lines);
	return 0;
}

static const char *const globs[] = {"**/meta/snap.yaml", "**/snap/manifest.yaml",
				    "**/usr/share/snappy/dpkg.yaml", NULL};

const struct pl_cataloger pl_cataloger_snap = {
	.name = "snap",
	.what = "snaps, and the Debian packages that they were made of",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_snap,
};
