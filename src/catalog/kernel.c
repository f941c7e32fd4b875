/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linux kernels and their modules. In a container they are inert, which is why they are packages of
 * no distribution: listed, and judged by nobody. The version of a kernel is in the head of the boot
 * protocol (x86, Documentation/arch/x86/boot.rst), or in its banner; that of a module in its
 * section .modinfo.
 */
#include "catalog/cataloger.h"

static struct pl_str until(struct pl_str s, const char *stops)
{
	size_t n = 0;

	while (n < s.len && s.ptr[n] && !strchr(stops, s.ptr[n]))
		n++;
	return pl_str_sub(s, 0, n);
}

static void report(struct pl_facts_writer *w, struct pl_str version, const char *how,
		   bool uncertain)
{
	struct pl_pkg_fact p = {.type = PL_PKG_GENERIC,
				.name = PL_STR("linux-kernel"),
				.version = version,
				.how = pl_str_c(how),
				.uncertain = uncertain};

	pl_fact_package(w, &p);
}

static uint16_t le16(struct pl_str s, size_t at)
{
	struct pl_rd rd = pl_rd_init(pl_str_sub(s, at, 2));

	return pl_rd_le16(&rd);
}

static uint32_t le32(struct pl_str s, size_t at)
{
	struct pl_rd rd = pl_rd_init(pl_str_sub(s, at, 4));

	return pl_rd_le32(&rd);
}

/* "6.1.0-13-amd64 (debian-kernel@…) #1 SMP …" at 0x200 and what the head says */
static struct pl_str boot_version(struct pl_str b)
{
	struct pl_str text;

	if (!pl_str_eq_c(pl_str_sub(b, 0x202, 4), "HdrS") || le16(b, 0x20e) == 0)
		return (struct pl_str){0};
	text = until(pl_str_sub(b, 0x200 + (size_t)le16(b, 0x20e), 256), " ");
	return text.len && pl_is_digit(text.ptr[0]) ? text : (struct pl_str){0};
}

/* "Linux version 6.1.0-13-arm64 (…" of a kernel that is not compressed. The text occurs as a
 * format, too: "Linux version %s". */
static struct pl_str banner_version(struct pl_str b)
{
	static const struct pl_str banner = PL_STR("Linux version ");

	for (;;) {
		ptrdiff_t at = pl_str_find(b, banner);
		struct pl_str version;

		if (at < 0)
			return (struct pl_str){0};
		b = pl_str_sub(b, (size_t)at + banner.len, b.len);
		version = until(pl_str_sub(b, 0, 256), " \n");
		if (version.len && pl_is_digit(version.ptr[0]))
			return version;
	}
}

/* What a decoder makes of it; false when it is not compressed, or not whole. */
static bool decoded(struct pl_str bytes, struct pl_buf *out)
{
	struct pl_stream *s = pl_stream_open_mem(bytes);
	enum pl_codec codec = PL_CODEC_NONE;
	struct pl_str piece;
	int rc = pl_stream_codec(s, &codec, NULL);

	if (rc == 0 && codec != PL_CODEC_NONE) {
		s = pl_stream_open_codec(&s, codec);
		while ((rc = pl_stream_peek(s, 1, &piece, NULL)) == 0 && piece.len) {
			pl_buf_str(out, piece);
			pl_stream_skip(s, piece.len);
		}
	}
	pl_stream_close(s);
	/* what follows the compressed kernel in its file is no error of it */
	return codec != PL_CODEC_NONE && out->len && !out->failed;
}

/* EFI zboot: "MZ", "zimg", offset and size of the payload (drivers/firmware/efi/libstub) */
static struct pl_str payload_of(struct pl_str b)
{
	if (pl_str_eq_c(pl_str_sub(b, 4, 4), "zimg"))
		return pl_str_sub(b, le32(b, 8), le32(b, 12));
	return b;
}

/* "vmlinuz-6.1.0-13-arm64" */
static struct pl_str name_version(struct pl_str path)
{
	struct pl_str base = pl_path_base(path);
	ptrdiff_t dash = pl_str_chr(base, '-');

	base = pl_str_sub(base, dash < 0 ? base.len : (size_t)dash + 1, base.len);
	return base.len && pl_is_digit(base.ptr[0]) ? base : (struct pl_str){0};
}

static int read_kernel(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str version = boot_version(f->bytes), dir = pl_path_base(pl_path_dir(f->path));
	pl_auto_buf plain;

	(void)err;
	pl_buf_init(&plain, (size_t)pl_limit(PL_LIM_ARCHIVE_FILE_BYTES));
	if (pl_str_eq_c(pl_path_base(f->path), "modules.dep")) {
		if (dir.len && pl_is_digit(dir.ptr[0]))
			report(w, dir, "directory of its modules", false);
		return 0;
	}
	if (version.len) {
		report(w, version, "boot protocol", false);
		return 0;
	}
	version = decoded(payload_of(f->bytes), &plain) ? banner_version(pl_buf_view(&plain))
							: banner_version(f->bytes);
	if (version.len) {
		report(w, version, "banner of the kernel", false);
		return 0;
	}
	version = name_version(f->path);
	if (version.len)
		report(w, version, "file name", true);
	else
		pl_fact_diag(w, PL_W_NOTE, "kernel-unversioned",
			     "named as a kernel, and does not tell its version");
	return 0;
}

#define MODULES "lib/modules/*/"
static const char *const kernel_globs[] = {"boot/vmlinuz*",
					   "boot/vmlinux*",
					   "boot/bzImage*",
					   "boot/zImage*",
					   "boot/Image*",
					   "boot/kernel-[0-9]*",
					   MODULES "vmlinuz",
					   MODULES "modules.dep",
					   "usr/" MODULES "vmlinuz",
					   "usr/" MODULES "modules.dep",
					   NULL};

const struct pl_cataloger pl_cataloger_kernel = {
	.name = "kernel",
	.what = "Linux kernels, by their boot header or banner",
	.globs = kernel_globs,
	.rooted = true,
	.evidence = PL_EV_BUILD_INFO,
	.max = PL_LIM_ARCHIVE_FILE_BYTES,
	.read = read_kernel,
};

/* --- modules: "key=value", each ended by NUL ---------------------------------------------------
 */

static void read_modinfo(struct pl_facts_writer *w, struct pl_str info)
{
	struct pl_pkg_fact p = {.type = PL_PKG_GENERIC, .how = PL_STR("modinfo of the module")};
	struct pl_str one, key;

	while (info.len && pl_str_split(&info, '\0', &one)) {
		if (pl_str_chr(one, '=') <= 0)
			continue;
		pl_str_split(&one, '=', &key);
		if (pl_str_eq_c(key, "name"))
			p.name = one;
		else if (pl_str_eq_c(key, "version"))
			p.version = one;
		else if (pl_str_eq_c(key, "license"))
			p.licenses = one;
	}
	/* most have no version: they are that of the kernel, and part of it */
	if (p.name.len && p.version.len)
		pl_fact_package(w, &p);
}

static int read_module(struct pl_facts_writer *w, const struct pl_cat_file *f, struct pl_err *err)
{
	struct pl_str bytes = f->bytes, info;
	pl_auto_buf plain;

	pl_buf_init(&plain, (size_t)pl_limit(PL_LIM_ELF_KEEP_BYTES));
	if (decoded(bytes, &plain))
		bytes = pl_buf_view(&plain);
	if (plain.failed)
		return pl_fail_limit(err, PL_LIM_ELF_KEEP_BYTES, "the expanded module");
	if (!pl_str_starts(bytes, PL_STR("\177ELF")))
		return pl_fail(err, PL_E_FORMAT, "a kernel module that is no ELF file");
	if (pl_elf_section(bytes, PL_STR(".modinfo"), &info))
		read_modinfo(w, info);
	return 0;
}

#define BELOW "**/lib/modules/**/*.ko"
static const char *const module_globs[] = {BELOW, BELOW ".gz", BELOW ".xz", BELOW ".zst", NULL};

const struct pl_cataloger pl_cataloger_kernel_module = {
	.name = "kernel_module",
	.what = "modules of Linux kernels that have a version of their own",
	.globs = module_globs,
	.evidence = PL_EV_BUILD_INFO,
	.max = PL_LIM_ELF_KEEP_BYTES,
	.read = read_module,
};
