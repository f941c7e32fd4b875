/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The package that an executable says it was built for: a JSON object in the note of type
 * 0xcafe1a7e, owner "FDO" (systemd, "Package Metadata for Executable Files"). It outlives a deleted
 * package database; where the database is there, it says the same and better.
 */
#include "catalog/cataloger.h"

enum { NOTE_TYPE = 0xcafe1a7e };

static enum pl_pkg_type type_of(struct pl_str word)
{
	static const struct {
		const char *word;
		enum pl_pkg_type type;
	} types[] = {{"deb", PL_PKG_DEB},   {"rpm", PL_PKG_RPM},	 {"apk", PL_PKG_APK},
		     {"alpm", PL_PKG_ALPM}, {"pacman", PL_PKG_ALPM},	 {"opkg", PL_PKG_OPKG},
		     {"nix", PL_PKG_NIX},   {"portage", PL_PKG_PORTAGE}, {"xbps", PL_PKG_XBPS}};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (pl_str_eq_c(word, types[i].word))
			return types[i].type;
	return PL_PKG_GENERIC;
}

/* "9.1-8.fc37.x86_64": the first that wrote such notes put the architecture behind it */
static struct pl_str without_arch(struct pl_str version, struct pl_str *arch)
{
	static const char *const arches[] = {"x86_64", "aarch64", "ppc64le", "s390x",
					     "i686",   "armv7hl", "riscv64"};

	for (size_t i = 0; !arch->len && i < sizeof(arches) / sizeof(*arches); i++) {
		struct pl_str tail = pl_str_c(arches[i]);

		if (!pl_str_ends(version, tail) || version.len < tail.len + 2 ||
		    version.ptr[version.len - tail.len - 1] != '.')
			continue;
		*arch = tail;
		return pl_str_sub(version, 0, version.len - tail.len - 1);
	}
	return version;
}

static int read_note(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_pkg_fact p = {.how = PL_STR("package note of the executable")};
	struct pl_str desc;
	pl_auto_json *doc = NULL;

	(void)err;
	if (!f->elf || !pl_capture_note(f->elf, pl_str_n("FDO", 4), NOTE_TYPE, &desc))
		return 0;
	while (desc.len && !desc.ptr[desc.len - 1]) /* it ends with NUL, and is padded */
		desc.len--;
	if (pl_json_parse(desc, PL_MiB(1), &doc, NULL) < 0) {
		pl_fact_diag(w, PL_W_WARN, "elf-note-malformed", "the package note is not JSON");
		return 0;
	}
	p.type = type_of(pl_json_str(doc, "type"));
	p.name = pl_json_str(doc, "name");
	p.arch = pl_json_str(doc, "architecture");
	p.version = pl_json_str(doc, "version");
	if (p.type == PL_PKG_RPM)
		p.version = without_arch(p.version, &p.arch);
	if (!p.name.len) {
		pl_fact_diag(w, PL_W_WARN, "elf-note-malformed", "the note names no package");
		return 0;
	}
	pl_fact_package(w, &p);
	return 0;
}

const struct pl_cataloger pl_cataloger_elf_note = {
	.name = "elf_note",
	.what = "the package that an executable was built for, by its own note",
	.elf = true,
	.evidence = PL_EV_BUILD_INFO,
	.max = PL_LIM_ELF_KEEP_BYTES,
	.read = read_note,
};
