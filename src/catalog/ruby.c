/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ruby: installed gems. RubyGems keeps a generated specification for each in specifications/ (and
 * specifications/default/ for what comes with Ruby); its second line, "# stub: name version
 * platform paths", is what `gem list` itself reads (Gem::StubSpecification). Bundler's gems from
 * git repositories have the author's own .gemspec, which is a program: its plain assignments are
 * read, nothing is run.
 */
#include "catalog/cataloger.h"

static const char *const globs[] = {
	"**/specifications/*.gemspec",
	"**/specifications/default/*.gemspec",
	"**/bundler/gems/*/*.gemspec",
	NULL,
};

struct spec {
	struct pl_str name, version, platform;
	struct pl_buf licenses, depends;
	bool other; /* in the branch for RubyGems of old, which tells all once more */
};

/* The first quoted string of the line: "x", 'x', %q<x>. *rest goes behind it. */
static bool take_string(struct pl_str *rest, struct pl_str *out)
{
	size_t i = 0;
	ptrdiff_t end;
	char close;

	while (i < rest->len && rest->ptr[i] != '"' && rest->ptr[i] != '\'' && rest->ptr[i] != '%')
		i++;
	if (i == rest->len)
		return false;
	close = rest->ptr[i];
	if (close == '%') {
		if (i + 3 >= rest->len || (rest->ptr[i + 1] | 0x20) != 'q')
			return false;
		i += 2;
		close = rest->ptr[i] == '<'   ? '>'
			: rest->ptr[i] == '(' ? ')'
			: rest->ptr[i] == '[' ? ']'
			: rest->ptr[i] == '{' ? '}'
					      : rest->ptr[i];
	}
	*rest = pl_str_sub(*rest, i + 1, rest->len);
	end = pl_str_chr(*rest, close);
	if (end < 0)
		return false;
	*out = pl_str_sub(*rest, 0, (size_t)end);
	*rest = pl_str_sub(*rest, (size_t)end + 1, rest->len);
	return true;
}

/* "s.version = …" whatever the variable is called: what follows the sign. */
static bool is_set(struct pl_str line, const char *field, struct pl_str *value)
{
	ptrdiff_t dot = pl_str_chr(line, '.');
	struct pl_str rest = pl_str_sub(line, (size_t)(dot + 1), line.len);

	if (dot <= 0 || pl_str_chr(pl_str_sub(line, 0, (size_t)dot), ' ') >= 0 ||
	    !pl_str_starts(rest, pl_str_c(field)))
		return false;
	rest = pl_str_trim(pl_str_sub(rest, strlen(field), rest.len));
	if (!rest.len || rest.ptr[0] != '=' || pl_str_starts(rest, PL_STR("==")))
		return false;
	*value = pl_str_sub(rest, 1, rest.len);
	return true;
}

/* A value that is told in the line; "#{…}" is computed. */
static void take_plain(struct pl_str *field, struct pl_str value)
{
	struct pl_str s;

	value = pl_str_trim(value);
	if (pl_str_starts(value, PL_STR("Gem::Version.new(")))
		value = pl_str_sub(value, strlen("Gem::Version.new("), value.len);
	if (!value.len || !strchr("\"'%", value.ptr[0]) || !take_string(&value, &s))
		return;
	if (!field->len && pl_str_find(s, PL_STR("#{")) < 0)
		*field = pl_str_trim(s);
}

static void put_line(struct pl_buf *b, struct pl_str s)
{
	if (!s.len || pl_str_chr(s, '\t') >= 0)
		return;
	if (b->len)
		pl_buf_ch(b, '\n');
	pl_buf_str(b, s);
}

/* s.add_runtime_dependency(%q<rack>.freeze, ["~> 2.2"]), s.add_dependency "x", "= 1.0" */
static void take_dependency(struct spec *s, struct pl_str line)
{
	static const char *const calls[] = {".add_runtime_dependency", ".add_dependency"};
	struct pl_str name, requirement;

	for (size_t i = 0; i < 2; i++) {
		ptrdiff_t at = pl_str_find(line, pl_str_c(calls[i]));

		if (at < 0)
			continue;
		line = pl_str_sub(line, (size_t)at + strlen(calls[i]), line.len);
		if (!line.len || !strchr(" (", line.ptr[0]) || !take_string(&line, &name))
			return;
		if (!name.len || pl_str_find(name, PL_STR("#{")) >= 0)
			return;
		put_line(&s->depends, name);
		if (take_string(&line, &requirement) && pl_str_starts(requirement, PL_STR("= ")) &&
		    pl_str_chr(line, ',') < 0) {
			pl_buf_ch(&s->depends, '\t');
			pl_buf_str(&s->depends,
				   pl_str_trim(pl_str_sub(requirement, 2, requirement.len)));
		}
		return;
	}
}

/* "# stub: nokogiri 1.15.4 x86_64-linux lib" */
static void take_stub(struct spec *s, struct pl_str line)
{
	struct pl_str rest = pl_str_trim(pl_str_sub(line, strlen("# stub:"), line.len));

	if (pl_str_split(&rest, ' ', &s->name) && pl_str_split(&rest, ' ', &s->version))
		pl_str_split(&rest, ' ', &s->platform);
}

static void take_line(struct spec *s, struct pl_str line)
{
	struct pl_str value, one;

	if (pl_str_eq_c(line, "else") || pl_str_eq_c(line, "end"))
		s->other = line.len == 4;
	else if (s->other)
		return;
	else if (pl_str_starts(line, PL_STR("# stub:")) && !s->name.len)
		take_stub(s, line);
	else if (is_set(line, "name", &value))
		take_plain(&s->name, value);
	else if (is_set(line, "version", &value))
		take_plain(&s->version, value);
	else if (is_set(line, "platform", &value))
		take_plain(&s->platform, value);
	else if (is_set(line, "licenses", &value) || is_set(line, "license", &value))
		while (!s->licenses.failed && take_string(&value, &one))
			put_line(&s->licenses, pl_str_trim(one));
	else
		take_dependency(s, line);
}

/* "foo-0123456789ab" of bundler/gems: the gem and the commit. */
static bool git_commit(struct pl_str path, struct pl_str *commit)
{
	struct pl_str dir = pl_path_base(pl_path_dir(path));
	ptrdiff_t dash = pl_str_rchr(dir, '-');

	if (!pl_glob(PL_STR("**/bundler/gems/*/*.gemspec"), path))
		return false;
	*commit = pl_str_sub(dir, (size_t)(dash + 1), dir.len);
	return true;
}

static void put_purl(struct pl_buf *b, const struct pl_pkg_fact *p)
{
	char sep = '?';

	pl_buf_c(b, "pkg:gem/");
	pl_purl_put(b, p->name);
	pl_buf_ch(b, '@');
	pl_purl_put(b, p->version);
	pl_purl_put_qualifier(b, "platform", p->arch, &sep);
}

static void report(struct pl_facts_writer *w, const struct pl_cat_file *f, struct spec *s)
{
	struct pl_pkg_fact p = {.type = PL_PKG_GEM,
				.how = PL_STR("specification"),
				.name = s->name,
				.version = s->version,
				.licenses = pl_buf_view(&s->licenses),
				.depends = pl_buf_view(&s->depends)};
	struct pl_str commit, base = pl_path_base(f->path);
	pl_auto_buf how;
	pl_auto_buf purl;

	pl_buf_init(&how, 8192);
	pl_buf_init(&purl, 65536);
	p.key = pl_path_dir(f->path);
	if (git_commit(f->path, &commit)) {
		pl_buf_fmt(&how, "specification, from git at %.*s", PL_FMT(commit));
		p.how = pl_buf_view(&how);
	} else {
		p.key = f->path;
	}
	if (!p.name.len) {
		p.name = pl_str_sub(base, 0, base.len - strlen(".gemspec"));
		p.uncertain = true;
		p.how = PL_STR("file name");
		pl_fact_diag(w, PL_W_WARN, "gem-specification", "no name in the specification");
	}
	if (s->platform.len && !pl_str_eq_c(s->platform, "ruby") && p.version.len) {
		p.arch = s->platform;
		put_purl(&purl, &p);
		p.purl = pl_buf_view(&purl);
	}
	pl_fact_package(w, &p);
}

static int read_ruby(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str rest = f->bytes, line;
	struct spec s = {0};

	(void)err;
	pl_buf_init(&s.licenses, 65536);
	pl_buf_init(&s.depends, PL_MiB(1));
	while (pl_str_line(&rest, &line))
		take_line(&s, pl_str_trim(line));
	report(w, f, &s);
	pl_buf_release(&s.licenses);
	pl_buf_release(&s.depends);
	return 0;
}

const struct pl_cataloger pl_cataloger_ruby = {
	.name = "ruby",
	.what = "Ruby gems: specifications/*.gemspec, Bundler's gems from git",
	.globs = globs,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_ruby,
};
