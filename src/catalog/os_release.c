/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which distribution this is: os-release(5), and where there is none the files that distributions
 * had before it. Shell syntax is read, never run. A source of lower rank is believed first.
 */
#include "catalog/lines.h"

static void set_lower(struct pl_arena *a, struct pl_str in, struct pl_str *out)
{
	char *copy = pl_arena_alloc(a, in.len + 1);

	for (size_t i = 0; i < in.len; i++)
		copy[i] = in.ptr[i] == ' ' ? '-' : pl_lower(in.ptr[i]);
	*out = pl_str_n(copy, in.len);
}

/* A shell word: parts without quotes, in '…' and in "…" (POSIX shell §2.2). False when a quote is
 * not closed or more than a comment follows; *out has what was read. */
static bool unquote(struct pl_arena *a, struct pl_str raw, struct pl_str *out)
{
	char *copy = pl_arena_alloc(a, raw.len + 1), quote = 0;
	size_t n = 0, i = 0;

	for (; i < raw.len; i++) {
		char c = raw.ptr[i], next = i + 1 < raw.len ? raw.ptr[i + 1] : 0;

		if (!quote && (c == ' ' || c == '\t'))
			break;
		if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? 0 : c;
		else if (c == '\\' && next && (!quote || (quote == '"' && strchr("$`\"\\", next))))
			copy[n++] = raw.ptr[++i];
		else
			copy[n++] = c;
	}
	*out = pl_str_n(copy, n);
	raw = pl_str_trim(pl_str_sub(raw, i, raw.len));
	return !quote && (raw.len == 0 || raw.ptr[0] == '#');
}

struct variable {
	const char *name;
	size_t offset; /* of the view in struct pl_os */
};

static const struct variable os_release_vars[] = {
	{"ID", offsetof(struct pl_os, id)},
	{"ID_LIKE", offsetof(struct pl_os, id_like)},
	{"VERSION_ID", offsetof(struct pl_os, version_id)},
	{"VERSION_CODENAME", offsetof(struct pl_os, codename)},
	{"NAME", offsetof(struct pl_os, name)},
	{"PRETTY_NAME", offsetof(struct pl_os, pretty_name)},
	{"VARIANT_ID", offsetof(struct pl_os, variant_id)},
	{NULL, 0},
};
static const struct variable lsb_vars[] = {
	{"DISTRIB_ID", offsetof(struct pl_os, id)},
	{"DISTRIB_RELEASE", offsetof(struct pl_os, version_id)},
	{"DISTRIB_CODENAME", offsetof(struct pl_os, codename)},
	{"DISTRIB_DESCRIPTION", offsetof(struct pl_os, pretty_name)},
	{NULL, 0},
};

static struct pl_str *find_var(const struct variable *vars, struct pl_os *os, struct pl_str name)
{
	for (; vars->name; vars++)
		if (pl_str_eq_c(name, vars->name))
			return (struct pl_str *)(void *)((char *)os + vars->offset);
	return NULL;
}

struct source {
	struct pl_facts_writer *w;
	struct pl_arena *arena;
	struct pl_str text;
};

static void read_vars(const struct source *s, const struct variable *vars, struct pl_os *os)
{
	struct pl_lines l;
	struct pl_str line;

	pl_lines_init(&l, s->w, "os-release-malformed", s->text);
	while (pl_lines_next(&l, &line)) {
		ptrdiff_t eq;
		struct pl_str *value, read;

		line = pl_str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		eq = pl_str_chr(line, '=');
		if (eq <= 0) {
			pl_lines_complain(&l, l.number, PL_W_WARN, "not a NAME=value line");
			continue;
		}
		value = find_var(vars, os, pl_str_sub(line, 0, (size_t)eq));
		if (!value)
			continue;
		if (!unquote(s->arena, pl_str_sub(line, (size_t)eq + 1, line.len), &read))
			pl_lines_complain(&l, l.number, PL_W_WARN, "quotes do not match");
		*value = read; /* the last one counts, as in a shell */
	}
	pl_lines_end(&l);
	set_lower(s->arena, os->id, &os->id);
}

static void read_os_release(const struct source *s, struct pl_os *os)
{
	read_vars(s, os_release_vars, os);
}

static void read_lsb(const struct source *s, struct pl_os *os)
{
	read_vars(s, lsb_vars, os);
}

static struct pl_str first_line(struct pl_str text)
{
	struct pl_str line = {0};

	while (pl_str_line(&text, &line)) {
		line = pl_str_trim(line);
		if (line.len)
			break;
	}
	return line;
}

static struct pl_str before(struct pl_str s, char stop)
{
	ptrdiff_t at = pl_str_chr(s, stop);

	return pl_str_sub(s, 0, at < 0 ? s.len : (size_t)at);
}

/* "3.19.4", or "3.22_alpha20250108" of edge */
static void read_alpine(const struct source *s, struct pl_os *os)
{
	os->version_id = first_line(s->text);
	if (os->version_id.len)
		os->id = PL_STR("alpine");
}

/* "12.5" where VERSION_ID would be 12, or "trixie/sid" before a release */
static void read_debian(const struct source *s, struct pl_os *os)
{
	struct pl_str line = first_line(s->text);

	if (line.len == 0)
		return;
	os->id = PL_STR("debian");
	if (pl_is_digit(line.ptr[0]))
		os->version_id = before(line, '.');
	else
		os->codename = before(line, '/');
}

/* "https://dl-cdn.alpinelinux.org/alpine/v3.19/main": the release, "edge" or nothing */
static struct pl_str repository_release(struct pl_str line)
{
	static const struct pl_str dir = PL_STR("/alpine/");
	ptrdiff_t at = pl_str_find(line, dir);
	struct pl_str word = {0};

	if (at < 0)
		return word;
	line = pl_str_sub(line, (size_t)at + dir.len, line.len);
	pl_str_split(&line, '/', &word);
	if (pl_str_eq_c(word, "edge"))
		return word;
	if (word.len < 2 || word.ptr[0] != 'v' || !pl_is_digit(word.ptr[1]))
		return (struct pl_str){0};
	return pl_str_sub(word, 1, word.len);
}

static bool minor_is_higher(struct pl_str a, struct pl_str b)
{
	return a.len != b.len ? a.len > b.len : pl_str_cmp(a, b) > 0;
}

/* The repositories decide what was installed: where all of them are those of edge, so are the
 * packages, whatever os-release says. Those with a tag are asked for single packages only. */
static void read_repositories(const struct source *s, struct pl_os *os)
{
	struct pl_os edge = {.id = PL_STR("alpine"), .version_id = PL_STR("edge"), .found = true};
	struct pl_str rest = s->text, line;
	size_t edges = 0, others = 0;

	while (pl_str_line(&rest, &line)) {
		struct pl_str release = repository_release(line = pl_str_trim(line));

		if (!line.len || line.ptr[0] == '#' || line.ptr[0] == '@' || !release.len)
			continue;
		os->id = PL_STR("alpine");
		if (pl_str_eq_c(release, "edge")) {
			edges++;
			continue;
		}
		others++;
		if (minor_is_higher(release, os->version_id))
			os->version_id = release;
	}
	if (!edges || others)
		return;
	os->version_id = edge.version_id;
	pl_fact_os(s->w, &edge, PL_OS_OVERRIDES);
}

/* Ubuntu with extended maintenance is judged by other advisories: what it installs is other builds.
 */
static void read_ubuntu_pro(const struct source *s, struct pl_os *os)
{
	struct pl_os esm = {.id = PL_STR("ubuntu"), .variant_id = PL_STR("esm"), .found = true};
	const cJSON *service;
	pl_auto_json *doc = NULL;

	(void)os;
	if (pl_json_parse(s->text, pl_limit(PL_LIM_JSON_BYTES), &doc, NULL) < 0)
		return;
	service = pl_json_get(doc, "services");
	cJSON_ArrayForEach(service, service)
	{
		if (pl_str_eq_c(pl_json_str(service, "name"), "esm-infra") &&
		    pl_str_eq_c(pl_json_str(service, "status"), "enabled"))
			pl_fact_os(s->w, &esm, PL_OS_OVERRIDES);
	}
}

/* How the name before " release " and the CPE call what os-release calls id. */
static const struct {
	const char *title, *cpe, *id, *like;
	bool major; /* VERSION_ID of this one has the major number only */
} families[] = {
	{"Red Hat Enterprise Linux", "redhat:enterprise_linux", "rhel", "fedora", false},
	{"CentOS", "centos:", "centos", "rhel fedora", true},
	{"Rocky Linux", "rocky:", "rocky", "rhel centos fedora", false},
	{"AlmaLinux", "almalinux:", "almalinux", "rhel centos fedora", false},
	{"Oracle Linux", "oracle:linux", "ol", "fedora", false},
	{"Fedora", "fedoraproject:fedora", "fedora", "", false},
	{"Scientific Linux", "scientificlinux:", "scientific", "rhel centos fedora", false},
	{"Amazon Linux", "amazon:", "amzn", "centos rhel fedora", false},
	{"openEuler", "openeuler:", "openEuler", "", false},
	{"Mageia", "mageia:", "mageia", "mandriva fedora", false},
};

static bool set_family(struct pl_str text, bool cpe, struct pl_str version, struct pl_os *os)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (!pl_str_istarts(text, pl_str_c(cpe ? families[i].cpe : families[i].title)))
			continue;
		os->id = pl_str_c(families[i].id);
		os->id_like = pl_str_c(families[i].like);
		/* Amazon Linux 2023 writes 2023.4.20240416 here, 2023 in os-release */
		os->version_id = families[i].major || pl_str_starts(version, PL_STR("2023."))
					 ? before(version, '.')
					 : version;
		return true;
	}
	return false;
}

/* "Rocky Linux release 9.3 (Blue Onyx)" */
static void read_redhat(const struct source *s, struct pl_os *os)
{
	static const struct pl_str word = PL_STR(" release ");
	struct pl_str line = first_line(s->text), after;
	ptrdiff_t at = pl_str_find(line, word), open = pl_str_chr(line, '(');

	if (line.len == 0)
		return;
	os->pretty_name = line;
	os->name = pl_str_sub(line, 0, at < 0 ? line.len : (size_t)at);
	after = at < 0 ? (struct pl_str){0} : pl_str_sub(line, (size_t)at + word.len, line.len);
	if (open > 0)
		os->codename = before(pl_str_sub(line, (size_t)open + 1, line.len), ')');
	if (!set_family(os->name, false, before(after, ' '), os))
		pl_fact_diag(s->w, PL_W_WARN, "os-unknown", "no distribution is known as \"%.*s\"",
			     PL_FMT(os->name));
}

/* "cpe:/o:vendor:product:version" or "cpe:2.3:o:vendor:product:version" (NISTIR 7695) */
static void read_cpe(const struct source *s, struct pl_os *os)
{
	struct pl_str line = first_line(s->text), rest = line, skip, product, version;
	unsigned head = pl_str_starts(line, PL_STR("cpe:2.3:")) ? 3 : 2;

	if (line.len == 0)
		return;
	while (head-- && pl_str_split(&rest, ':', &skip))
		;
	product = rest;
	if (!pl_str_starts(line, PL_STR("cpe:")) || !pl_str_split(&rest, ':', &skip) ||
	    !pl_str_split(&rest, ':', &skip) || !pl_str_split(&rest, ':', &version) ||
	    !set_family(product, true, version, os))
		pl_fact_diag(s->w, PL_W_WARN, "os-unknown", "no distribution is known as \"%.*s\"",
			     PL_FMT(line));
}

/* oracle-release stands before redhat-release, which Oracle Linux fills with Red Hat's name;
 * Ubuntu has a debian_version, so that one comes last. */
#define SOURCES(X) \
	X("etc/os-release", read_os_release) \
	X("usr/lib/os-release", read_os_release) \
	X("etc/lsb-release", read_lsb) \
	X("etc/oracle-release", read_redhat) \
	X("etc/system-release-cpe", read_cpe) \
	X("usr/lib/system-release-cpe", read_cpe) \
	X("etc/rocky-release", read_redhat) \
	X("etc/almalinux-release", read_redhat) \
	X("etc/centos-release", read_redhat) \
	X("etc/fedora-release", read_redhat) \
	X("etc/openEuler-release", read_redhat) \
	X("etc/redhat-release", read_redhat) \
	X("etc/system-release", read_redhat) \
	X("usr/lib/system-release", read_redhat) \
	X("etc/alpine-release", read_alpine) \
	X("etc/debian_version", read_debian) \
	X("etc/apk/repositories", read_repositories) \
	X("var/lib/ubuntu-advantage/status.json", read_ubuntu_pro) \
	X("x86_64-bottlerocket-linux-gnu/sys-root/usr/lib/os-release", read_os_release) \
	X("aarch64-bottlerocket-linux-gnu/sys-root/usr/lib/os-release", read_os_release)

static int read_os(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	static const struct {
		const char *path;
		void (*read)(const struct source *s, struct pl_os *os);
	} rows[] = {
#define X(path, fn) {path, fn},
		SOURCES(X)
#undef X
	};
	pl_auto_arena arena;
	struct pl_os os = {.evidence = f->path};
	struct source s = {w, &arena, f->bytes};
	struct pl_str path = pl_path_below(f->path, f->root);
	unsigned rank = 0;

	(void)err;
	pl_arena_init(&arena);
	while (rank < sizeof(rows) / sizeof(rows[0]) && !pl_str_eq_c(path, rows[rank].path))
		rank++;
	if (rank == sizeof(rows) / sizeof(rows[0]))
		return 0;
	rows[rank].read(&s, &os);
	os.found = os.id.len > 0 || os.name.len > 0;
	if (os.found)
		pl_fact_os(w, &os, rank);
	else if (rows[rank].read != read_ubuntu_pro && rows[rank].read != read_repositories)
		pl_fact_diag(w, PL_W_WARN, "os-release-empty", "names no distribution");
	return 0;
}

static const char *const globs[] = {
#define X(path, fn) path,
	SOURCES(X)
#undef X
		NULL,
};

const struct pl_cataloger pl_cataloger_os_release = {
	.name = "os_release",
	.what = "the distribution: os-release and the release files before it",
	.globs = globs,
	.rooted = true,
	.evidence = PL_EV_METADATA,
	.max = PL_LIM_META_FILE_BYTES,
	.read = read_os,
};
