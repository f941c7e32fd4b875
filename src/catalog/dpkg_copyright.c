/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The licences of a Debian package, which its database does not tell: usr/share/doc/NAME/copyright.
 * In the machine-readable form (Debian, copyright format 1.0) they are the short names of its
 * License fields; in free text what stands beside, in /usr/share/common-licenses, is named.
 */
#include "catalog/cataloger.h"
#include "catalog/license.h"

enum { LICENSES_MAX = 64, NAME_MAX_BYTES = 200 };

struct reader {
	struct pl_facts_writer *w;
	struct pl_str key;
	struct pl_map told;
	size_t n;
};

static void tell(struct reader *r, struct pl_str text)
{
	bool several = pl_str_find(text, PL_STR(" or ")) >= 0 || pl_str_chr(text, ',') >= 0;
	char both[NAME_MAX_BYTES + 2];

	if (!text.len || text.len > NAME_MAX_BYTES || r->n == LICENSES_MAX ||
	    !pl_map_put(&r->told, text, 1))
		return;
	r->n++;
	/* a list that another licence follows: all of the files count */
	if (several) {
		both[0] = '(';
		memcpy(both + 1, text.ptr, text.len);
		both[text.len + 1] = ')';
		text = pl_str_n(both, text.len + 2);
	}
	pl_fact_license(r->w, r->key, text);
}

/* "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/" is its first field
 */
static bool is_machine_readable(struct pl_str text)
{
	struct pl_str head = pl_str_sub(text, 0, 400);

	return pl_str_istarts(head, PL_STR("Format")) &&
	       (pl_str_find(head, PL_STR("copyright-format")) >= 0 ||
		pl_str_find(head, PL_STR("dep5")) >= 0);
}

static void read_fields(struct reader *r, struct pl_str text)
{
	static const struct pl_str field = PL_STR("License:");
	struct pl_str line;

	while (pl_str_line(&text, &line))
		if (pl_str_istarts(line, field))
			tell(r, pl_str_trim(pl_str_sub(line, field.len, line.len)));
}

static bool in_name(char c)
{
	return pl_is_alpha(c) || pl_is_digit(c) || c == '-' || c == '.';
}

/* "2" of "either version 2 of the License" */
static struct pl_str first_version(struct pl_str text)
{
	static const struct pl_str word = PL_STR("version ");
	size_t n = 0;
	ptrdiff_t at;

	while ((at = pl_str_find(text, word)) >= 0) {
		text = pl_str_sub(text, (size_t)at + word.len, text.len);
		while (n < text.len &&
		       (pl_is_digit(text.ptr[n]) ||
			(text.ptr[n] == '.' && n + 1 < text.len && pl_is_digit(text.ptr[n + 1]))))
			n++;
		if (n)
			break;
	}
	return pl_str_sub(text, 0, n);
}

struct common {
	struct pl_arena *arena;
	struct pl_str version; /* that the text names */
	bool later;	       /* or a later one */
};

/* "GPL-2", with a plus where the text allows later versions, too. "GPL" is a link to the newest. */
static void tell_common(struct reader *r, const struct common *c, struct pl_str name)
{
	bool gnu = pl_str_find(name, PL_STR("GPL")) >= 0 || pl_str_starts(name, PL_STR("GFDL"));

	while (name.len && name.ptr[name.len - 1] == '.')
		name.len--;
	if (gnu && pl_str_chr(name, '-') < 0 && c->version.len && name.len < 5)
		name = pl_arena_fmt(c->arena, "%.*s-%.*s", PL_FMT(name),
				    PL_FMT(pl_str_sub(c->version, 0, 8)));
	if (pl_str_eq_c(name, "BSD")) /* the text there is that of the University of California */
		name = PL_STR("BSD-3-clause");
	if (gnu && c->later && name.len < 20 && pl_str_chr(name, '-') > 0)
		name = pl_arena_fmt(c->arena, "%.*s+", PL_FMT(name));
	tell(r, name);
}

static void read_references(struct reader *r, struct pl_arena *a, struct pl_str text)
{
	static const struct pl_str dir = PL_STR("/usr/share/common-licenses/");
	struct common c = {.arena = a,
			   .version = first_version(text),
			   .later = pl_str_find(text, PL_STR("later version")) >= 0};
	ptrdiff_t at;

	while ((at = pl_str_find(text, dir)) >= 0) {
		size_t n = 0;

		text = pl_str_sub(text, (size_t)at + dir.len, text.len);
		while (n < text.len && in_name(text.ptr[n]))
			n++;
		tell_common(r, &c, pl_str_sub(text, 0, n));
	}
}

static int read_copyright(struct pl_facts_writer *w, const struct pl_cat_file *f,
			  struct pl_err *err)
{
	struct reader r = {.w = w, .key = pl_path_base(pl_path_dir(f->path))};
	pl_auto_arena arena;
	pl_auto_buf known = {0};

	(void)err;
	pl_arena_init(&arena);
	pl_map_init(&r.told);
	pl_buf_init(&known, NAME_MAX_BYTES);
	if (is_machine_readable(f->bytes))
		read_fields(&r, f->bytes);
	else
		read_references(&r, &arena, f->bytes);
	if (!r.n && r.key.len) {
		pl_license_recognise(f->bytes, &known);
		if (known.len && !known.failed)
			pl_fact_license(w, r.key, pl_buf_view(&known));
	}
	pl_map_release(&r.told);
	return 0;
}

static const char *const globs[] = {"usr/share/doc/*/copyright", NULL};

const struct pl_cataloger pl_cataloger_dpkg_copyright = {
	.name = "dpkg_copyright",
	.what = "licences of Debian packages: usr/share/doc/NAME/copyright",
	.globs = globs,
	.rooted = true,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_copyright,
};
