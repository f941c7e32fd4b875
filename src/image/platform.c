/* SPDX-License-Identifier: Apache-2.0 */
/* Platforms: OS/ARCH[/VARIANT] with the names of Go, as the OCI image-index.md says. */
#include "image/image_int.h"

#include <sys/utsname.h>

/* What uname says, and what Go says. */
static const struct {
	const char *machine, *arch;
} machines[] = {
	{"x86_64", "amd64"},	{"aarch64", "arm64"},
	{"i386", "386"},	{"i486", "386"},
	{"i586", "386"},	{"i686", "386"},
	{"armv5l", "arm"},	{"armv6l", "arm"},
	{"armv7l", "arm"},	{"armv8l", "arm"},
	{"ppc64le", "ppc64le"}, {"s390x", "s390x"},
	{"riscv64", "riscv64"}, {"loongarch64", "loong64"},
};

struct pl_str pl_platform_here(struct pl_arena *a)
{
	struct utsname u;

	if (uname(&u) < 0)
		return PL_STR("linux/amd64");
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (!strcmp(u.machine, machines[i].machine))
			return pl_arena_fmt(a, "linux/%s", machines[i].arch);
	return pl_arena_fmt(a, "linux/%s", u.machine);
}

struct pl_str pl_platform_make(struct pl_arena *a, struct pl_str os, struct pl_str arch,
			       struct pl_str variant)
{
	if (os.len == 0 && arch.len == 0)
		return PL_STR("");
	return pl_arena_fmt(a, "%.*s/%.*s%s%.*s", PL_FMT(os), PL_FMT(arch), variant.len ? "/" : "",
			    PL_FMT(variant));
}

bool pl_platform_fits(struct pl_str want, struct pl_str have)
{
	struct pl_str w, h;

	for (unsigned part = 0; part < 3; part++) {
		bool has_w = pl_str_split(&want, '/', &w), has_h = pl_str_split(&have, '/', &h);

		if (!has_w || w.len == 0)
			continue;
		/* image-index.md: v8 is the variant that arm64 has when none is said */
		if (part == 2 && (!has_h || h.len == 0))
			return pl_str_eq_c(w, "v8");
		if (!has_h || !pl_str_eq(w, h))
			return false;
	}
	return true;
}

int pl_platform_check(struct pl_str want, struct pl_err *err)
{
	struct pl_str rest = want, part;
	unsigned parts = 0;

	while (pl_str_split(&rest, '/', &part)) {
		parts++;
		if (part.len == 0)
			parts = 4;
	}
	if (parts < 2 || parts > 3)
		return pl_fail(err, PL_E_USAGE,
			       "platform \"%.*s\": OS/ARCH or OS/ARCH/VARIANT expected, such as "
			       "linux/arm64",
			       (int)(want.len > 100 ? 100 : want.len), want.ptr ? want.ptr : "");
	return 0;
}
