/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a distribution to its OSV ecosystem (names as in the OSV schema), and from a package type
 * to its language ecosystem and version scheme. A distribution that no row names is not known:
 * matching it by resemblance would be guessing.
 */
#include "match/match_int.h"

enum form {
	NONE,	     /* OSV has no ecosystem for it: `text` says who publishes advisories */
	PLAIN,	     /* rolling: no release */
	MAJOR,	     /* text + "12" */
	MAJOR_MINOR, /* text + "3.19" */
	WHOLE,	     /* text + VERSION_ID */
	UBUNTU,	     /* text + "24.04" + ":LTS" in even years' April */
	RED_HAT,     /* text + "9" + "::", and every repository after it */
	PRETTY,	     /* text + what follows the vendor's name in PRETTY_NAME */
	EULER,	     /* text + "24.03-LTS-SP1" of "openEuler 24.03 (LTS-SP1)" in PRETTY_NAME */
	POSTMARKET,  /* text + the Alpine release that it is built on */
};

static const struct row {
	const char *id;
	enum pl_pkg_type type;
	enum form form;
	const char *text;
	enum pl_lookup lookup;
	const char *note;
} rows[] = {
	{"alpine", PL_PKG_APK, MAJOR_MINOR, "Alpine:v", PL_LOOKUP_SOURCE, NULL},
	{"wolfi", PL_PKG_APK, PLAIN, "Wolfi", PL_LOOKUP_BINARY, NULL},
	{"chainguard", PL_PKG_APK, PLAIN, "Chainguard", PL_LOOKUP_BINARY, NULL},
	{"postmarketos", PL_PKG_APK, POSTMARKET, "Alpine:v", PL_LOOKUP_SOURCE,
	 "postmarketOS is judged by the advisories of the Alpine release it is built on"},
	{"secureos", PL_PKG_APK, NONE, "SecureOS publishes no advisories in OSV form", 0, NULL},
	{"bellsoft-hardened-containers", PL_PKG_APK, WHOLE,
	 "BellSoft Hardened Containers:", PL_LOOKUP_SOURCE, NULL},
	{"minimos", PL_PKG_APK, PLAIN, "MinimOS", PL_LOOKUP_BINARY, NULL},
	{"alpaquita", PL_PKG_APK, WHOLE, "Alpaquita:", PL_LOOKUP_SOURCE, NULL},
	{"cleanstart", PL_PKG_APK, PLAIN, "CleanStart", PL_LOOKUP_BINARY, NULL},
	{"clnstrt", PL_PKG_APK, PLAIN, "CleanStart", PL_LOOKUP_BINARY, NULL},
	{"debian", PL_PKG_DEB, MAJOR, "Debian:", PL_LOOKUP_SOURCE, NULL},
	{"raspbian", PL_PKG_DEB, MAJOR, "Debian:", PL_LOOKUP_SOURCE,
	 "Raspbian is judged by Debian's advisories"},
	{"ubuntu", PL_PKG_DEB, UBUNTU, "Ubuntu:", PL_LOOKUP_SOURCE, NULL},
	{"echo", PL_PKG_DEB, PLAIN, "Echo", PL_LOOKUP_SOURCE, NULL},
	{"rhel", PL_PKG_RPM, RED_HAT, "Red Hat:enterprise_linux:", PL_LOOKUP_BINARY, NULL},
	{"centos", PL_PKG_RPM, RED_HAT, "Red Hat:enterprise_linux:", PL_LOOKUP_BINARY,
	 "CentOS is judged by Red Hat's advisories"},
	{"scientific", PL_PKG_RPM, RED_HAT, "Red Hat:enterprise_linux:", PL_LOOKUP_BINARY,
	 "Scientific Linux is judged by Red Hat's advisories"},
	{"almalinux", PL_PKG_RPM, MAJOR, "AlmaLinux:", PL_LOOKUP_OWN, NULL},
	{"rocky", PL_PKG_RPM, MAJOR, "Rocky Linux:", PL_LOOKUP_BINARY, NULL},
	{"sles", PL_PKG_RPM, PRETTY, "SUSE:", PL_LOOKUP_BINARY, NULL},
	{"sled", PL_PKG_RPM, PRETTY, "SUSE:", PL_LOOKUP_BINARY, NULL},
	{"sle-micro", PL_PKG_RPM, PRETTY, "SUSE:", PL_LOOKUP_BINARY, NULL},
	{"sl-micro", PL_PKG_RPM, PRETTY, "SUSE:", PL_LOOKUP_BINARY, NULL},
	{"sle-micro-rancher", PL_PKG_RPM, PRETTY, "SUSE:", PL_LOOKUP_BINARY, NULL},
	{"opensuse", PL_PKG_RPM, PRETTY, "openSUSE:", PL_LOOKUP_BINARY, NULL},
	{"opensuse-leap", PL_PKG_RPM, PRETTY, "openSUSE:", PL_LOOKUP_BINARY, NULL},
	{"opensuse-tumbleweed", PL_PKG_RPM, PRETTY, "openSUSE:", PL_LOOKUP_BINARY, NULL},
	{"azurelinux", PL_PKG_RPM, MAJOR, "Azure Linux:", PL_LOOKUP_BINARY, NULL},
	{"mariner", PL_PKG_RPM, MAJOR, "Azure Linux:", PL_LOOKUP_BINARY, NULL},
	{"photon", PL_PKG_RPM, MAJOR_MINOR, "Photon OS:", PL_LOOKUP_BINARY, NULL},
	{"mageia", PL_PKG_RPM, MAJOR, "Mageia:", PL_LOOKUP_BINARY, NULL},
	{"openeuler", PL_PKG_RPM, EULER, "openEuler:", PL_LOOKUP_BINARY, NULL},
	{"hummingbird", PL_PKG_RPM, NONE, "Hummingbird publishes no advisories in OSV form", 0,
	 NULL},
	{"coreos", PL_PKG_RPM, NONE, "CoreOS publishes no advisories in OSV form", 0, NULL},
	{"rhcos", PL_PKG_RPM, NONE,
	 "Red Hat Enterprise Linux CoreOS publishes no advisories in OSV form", 0, NULL},
	{"bottlerocket", PL_PKG_RPM, NONE, "Bottlerocket publishes no advisories in OSV form", 0,
	 NULL},
	{"arch", PL_PKG_ALPM, NONE, "Arch Linux publishes no advisories in OSV form", 0, NULL},
	{"archarm", PL_PKG_ALPM, NONE, "Arch Linux ARM publishes no advisories in OSV form", 0,
	 NULL},
	{"manjaro", PL_PKG_ALPM, NONE, "Manjaro publishes no advisories in OSV form", 0, NULL},
	{"gentoo", PL_PKG_PORTAGE, NONE, "Gentoo publishes no advisories in OSV form", 0, NULL},
	{"cos", PL_PKG_PORTAGE, NONE, "Container-Optimized OS publishes no advisories in OSV form",
	 0, NULL},
	{"nixos", PL_PKG_NIX, NONE, "NixOS publishes no advisories in OSV form", 0, NULL},
	{"guix", PL_PKG_NIX, NONE, "Guix publishes no advisories in OSV form", 0, NULL},
	{"openwrt", PL_PKG_OPKG, NONE, "OpenWrt publishes no advisories in OSV form", 0, NULL},
	{"void", PL_PKG_XBPS, NONE, "Void Linux publishes no advisories in OSV form", 0, NULL},
	{"fedora", PL_PKG_RPM, NONE, "Fedora publishes no advisories in OSV form", 0, NULL},
	{"amzn", PL_PKG_RPM, NONE, "Amazon Linux publishes no advisories in OSV form", 0, NULL},
	{"ol", PL_PKG_RPM, NONE, "Oracle Linux publishes no advisories in OSV form", 0, NULL},
};

/* Derivatives that keep the packages of a release tell its code name. */
static const struct {
	const char *codename, *eco;
} codenames[] = {
	{"buster", "Debian:10"},	{"bullseye", "Debian:11"},
	{"bookworm", "Debian:12"},	{"trixie", "Debian:13"},
	{"bionic", "Ubuntu:18.04:LTS"}, {"focal", "Ubuntu:20.04:LTS"},
	{"jammy", "Ubuntu:22.04:LTS"},	{"noble", "Ubuntu:24.04:LTS"},
};

static const struct {
	enum pl_pkg_type type;
	const char *eco;
	const char *scheme;
} types[] = {
	{PL_PKG_DEB, NULL, "deb"},
	{PL_PKG_APK, NULL, "apk"},
	{PL_PKG_RPM, NULL, "rpm"},
	{PL_PKG_NPM, "npm", "semver"},
	{PL_PKG_PYPI, "PyPI", "pep440"},
	{PL_PKG_MAVEN, "Maven", "maven"},
	{PL_PKG_GOLANG, "Go", "go"},
	{PL_PKG_CARGO, "crates.io", "semver"},
	{PL_PKG_NUGET, "NuGet", "nuget"},
	{PL_PKG_GEM, "RubyGems", "gem"},
	{PL_PKG_COMPOSER, "Packagist", "composer"},
	{PL_PKG_HEX, "Hex", "semver"},
	{PL_PKG_PUB, "Pub", "pub"},
	{PL_PKG_CRAN, "CRAN", "cran"},
	{PL_PKG_HACKAGE, "Hackage", "hackage"},
	{PL_PKG_OPAM, "opam", "deb"},
	{PL_PKG_JULIA, "Julia", "semver"},
	{PL_PKG_SWIFT, "SwiftURL", "semver"},
	{PL_PKG_CONAN, "ConanCenter", "semver"},
	{PL_PKG_BITNAMI, "Bitnami", "bitnami"},
	{PL_PKG_VSCODE, "VSCode", "semver"},
};

const struct pl_scheme *pl_scheme_of(enum pl_pkg_type t)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (types[i].type == t)
			return pl_scheme_find(pl_str_c(types[i].scheme));
	return NULL;
}

const char *pl_language_ecosystem(enum pl_pkg_type t)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (types[i].type == t)
			return types[i].eco;
	return NULL;
}

const char *pl_package_ecosystem(const struct pl_pkg *p)
{
	if (p->type == PL_PKG_CRAN && pl_str_starts(p->purl, PL_STR("pkg:bioconductor/")))
		return "Bioconductor";
	return pl_language_ecosystem(p->type);
}

bool pl_of_distribution(enum pl_pkg_type t)
{
	return pl_scheme_of(t) && !pl_language_ecosystem(t);
}

/* The first `n` numeric fields of "3.19.4"; empty when it has fewer. */
static struct pl_str fields(struct pl_str version, int n)
{
	size_t len = 0;

	for (;;) {
		size_t start = len;

		while (len < version.len && pl_is_digit(version.ptr[len]))
			len++;
		if (len == start)
			return (struct pl_str){0};
		if (--n == 0)
			return pl_str_sub(version, 0, len);
		if (len == version.len || version.ptr[len++] != '.')
			return (struct pl_str){0};
	}
}

static bool is_lts(struct pl_str release)
{
	return release.len == 5 && pl_str_ends(release, PL_STR(".04")) &&
	       (release.ptr[1] - '0') % 2 == 0;
}

/* "openSUSE Leap 15.6" → "Leap 15.6": the marketing name without the vendor. */
static struct pl_str after_vendor(struct pl_str pretty)
{
	ptrdiff_t blank = pl_str_chr(pretty, ' ');

	return blank < 0 ? (struct pl_str){0} : pl_str_sub(pretty, (size_t)blank + 1, pretty.len);
}

/* "openEuler 24.03 (LTS-SP1)" → "24.03-LTS-SP1", "openEuler 23.09" → "23.09" */
static struct pl_str euler_release(struct pl_arena *a, const struct pl_os *os)
{
	ptrdiff_t open = pl_str_chr(os->pretty_name, '('), close = pl_str_chr(os->pretty_name, ')');

	if (!os->version_id.len || open < 0 || close < open)
		return os->version_id;
	return pl_arena_fmt(
		a, "%.*s-%.*s", PL_FMT(os->version_id),
		PL_FMT(pl_str_sub(os->pretty_name, (size_t)open + 1, (size_t)(close - open - 1))));
}

/* postmarketOS tells in its notes of each release which Alpine it is. */
static struct pl_str alpine_of(struct pl_str v)
{
	static const struct {
		const char *ours, *alpine;
	} releases[] = {{"20.05", "3.12"}, {"21.03", "3.13"}, {"21.06", "3.14"}, {"21.12", "3.15"},
			{"22.06", "3.16"}, {"22.12", "3.17"}, {"23.06", "3.18"}, {"23.12", "3.19"},
			{"24.06", "3.20"}, {"24.12", "3.21"}, {"25.06", "3.22"}, {"25.12", "3.23"},
			{"edge", "edge"}};

	if (v.len && v.ptr[0] == 'v')
		v = pl_str_sub(v, 1, v.len);
	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++)
		if (pl_str_eq_c(v, releases[i].ours) ||
		    (pl_str_starts(v, pl_str_c(releases[i].ours)) &&
		     v.ptr[strlen(releases[i].ours)] == '.'))
			return pl_str_c(releases[i].alpine);
	return (struct pl_str){0};
}

static void from_row(struct pl_arena *a, const struct row *r, const struct pl_os *os,
		     struct pl_distro *out)
{
	struct pl_str v = os->version_id, release = {0};
	const char *text = r->text, *tail = "";

	out->known = true;
	out->type = r->type;
	out->lookup = r->lookup;
	out->why = r->note;
	if (r->form == NONE) {
		out->why = r->text;
		return;
	}
	if (r->form == MAJOR || r->form == RED_HAT)
		release = fields(v, 1);
	else if (r->form == MAJOR_MINOR || r->form == UBUNTU)
		release = fields(v, 2);
	else if (r->form == WHOLE)
		release = v;
	else if (r->form == PRETTY)
		release = after_vendor(os->pretty_name);
	else if (r->form == EULER)
		release = euler_release(a, os);
	else if (r->form == POSTMARKET)
		release = alpine_of(v);
	if (r->form == MAJOR_MINOR &&
	    (pl_str_find(v, PL_STR("_alpha")) >= 0 || pl_str_eq_c(v, "edge")))
		release = PL_STR("edge"); /* on the way to a release that has no advisories yet */
	if (r->form != PLAIN && release.len == 0)
		release = os->codename; /* Debian testing and unstable have no number */
	if (r->form != PLAIN && release.len == 0) {
		out->why = "the distribution does not say its release";
		return;
	}
	if (r->form == UBUNTU && is_lts(release))
		tail = ":LTS";
	if (r->form == UBUNTU && pl_str_eq_c(os->variant_id, "esm"))
		text = "Ubuntu:Pro:";
	if (r->form == RED_HAT) {
		tail = "::";
		out->prefix = true;
	}
	out->eco = pl_arena_fmt(a, "%s%.*s%s", text, PL_FMT(release), tail);
}

static bool has_word(struct pl_str list, const char *word)
{
	struct pl_str w;

	while (list.len && pl_str_split(&list, ' ', &w))
		if (pl_str_eq_c(w, word))
			return true;
	return false;
}

static void from_codename(const struct pl_os *os, struct pl_distro *out)
{
	for (size_t i = 0; i < sizeof(codenames) / sizeof(*codenames); i++) {
		bool debian = pl_str_starts(pl_str_c(codenames[i].eco), PL_STR("Debian"));

		if (!pl_str_eq_c(os->codename, codenames[i].codename) ||
		    !has_word(os->id_like, debian ? "debian" : "ubuntu"))
			continue;
		*out = (struct pl_distro){
			.eco = pl_str_c(codenames[i].eco),
			.type = PL_PKG_DEB,
			.lookup = PL_LOOKUP_SOURCE,
			.known = true,
			.why = "judged by the advisories of the release whose code "
			       "name it carries"};
	}
}

void pl_distro_of(struct pl_arena *a, const struct pl_os *os, struct pl_distro *out)
{
	*out = (struct pl_distro){.why = "no distribution was found in the image"};
	if (!os->found || os->id.len == 0)
		return;
	out->why = "the distribution is not known to plimsoll";
	/* it has the id of CentOS, and packages that are ahead of Red Hat's */
	if (pl_str_eq_c(os->id, "centos") && pl_str_starts(os->name, PL_STR("CentOS Stream"))) {
		out->known = true;
		out->type = PL_PKG_RPM;
		out->why = "CentOS Stream publishes no advisories in OSV form";
		return;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (pl_str_ieq(os->id, pl_str_c(rows[i].id))) {
			from_row(a, &rows[i], os, out);
			return;
		}
	}
	from_codename(os, out);
}

struct pl_str pl_ecosystem_of(struct pl_arena *a, const struct pl_pkg *p, const struct pl_os *os,
			      const char **why)
{
	const char *language = pl_package_ecosystem(p);
	struct pl_distro d;

	*why = NULL;
	if (language)
		return pl_str_c(language);
	if (!pl_of_distribution(p->type)) {
		*why = "OSV has no ecosystem for packages of this type";
		return (struct pl_str){0};
	}
	pl_distro_of(a, os, &d);
	if (d.eco.len == 0 || d.type != p->type) {
		*why = d.eco.len ? "packages of this type are not the distribution's own" : d.why;
		return (struct pl_str){0};
	}
	return d.prefix ? pl_arena_fmt(a, "%.*sbaseos", PL_FMT(d.eco)) : d.eco;
}
