/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names in a Nix or Guix store: 32 letters of a digest, then what the builder called it. Name and
 * version are told apart as builtins.parseDrvName does (Nix manual, "Built-in Functions"): the
 * version begins behind the first dash that no letter follows.
 */
#include "catalog/nix_name.h"

enum { DIGEST = 32 };

bool pl_nix_is_store_name(struct pl_str base)
{
	if (base.len <= DIGEST + 1 || base.ptr[DIGEST] != '-')
		return false;
	for (size_t i = 0; i < DIGEST; i++)
		if (!pl_is_digit(base.ptr[i]) && !(base.ptr[i] >= 'a' && base.ptr[i] <= 'z'))
			return false;
	return true;
}

/* Outputs of one package. The derivation, where it is known, tells better: "-dev" may belong to a
 * name. */
static void cut_output(struct pl_str *s)
{
	static const char *const outputs[] = {
		"-bin", "-data", "-debug", "-dev",   "-devdoc",	 "-devman",   "-dist",
		"-doc", "-info", "-lib",   "-man",   "-modules", "-nc",	      "-out",
		"-pam", "-py",	 "-sdk",   "-share", "-static",	 "-terminfo", "-tests"};

	for (size_t i = 0; i < sizeof(outputs) / sizeof(*outputs); i++)
		if (pl_str_ends(*s, pl_str_c(outputs[i]))) {
			s->len -= strlen(outputs[i]);
			return;
		}
}

static bool split(struct pl_str s, struct pl_str *name, struct pl_str *version)
{
	static const struct pl_str unstable = PL_STR("-unstable");

	for (size_t i = 0; i + 1 < s.len; i++) {
		if (s.ptr[i] != '-' || pl_is_alpha(s.ptr[i + 1]))
			continue;
		*name = pl_str_sub(s, 0, i);
		*version = pl_str_sub(s, i + 1, s.len);
		/* "zoxide-unstable-2023-10-01": that is how a snapshot is versioned */
		if (pl_str_ends(*name, unstable)) {
			name->len -= unstable.len;
			*version = pl_str_sub(s, name->len + 1, s.len);
		}
		return name->len > 0;
	}
	return false;
}

bool pl_nix_split(struct pl_str base, struct pl_str deriver, struct pl_str *name,
		  struct pl_str *version)
{
	static const struct pl_str drv = PL_STR(".drv");
	struct pl_str own;

	if (!pl_nix_is_store_name(base) || pl_str_ends(base, drv))
		return false;
	own = pl_str_sub(base, DIGEST + 1, base.len);
	if (pl_nix_is_store_name(deriver) && pl_str_ends(deriver, drv)) {
		struct pl_str from =
			pl_str_sub(deriver, DIGEST + 1, deriver.len - DIGEST - 1 - drv.len);

		if (pl_str_starts(own, from))
			return split(from, name, version);
	}
	if (!split(own, name, version))
		return false;
	cut_output(version);
	return version->len > 0;
}
