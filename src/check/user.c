/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As whom the entry point runs. The OCI image configuration's `User` is "user", "uid", either
 * with ":group"; empty means root. A name is looked up in the image's etc/passwd, and so is a
 * number, since an account may be called by one (as runc's user package does).
 */
#include "check/check_int.h"

enum who { WHO_OTHER, WHO_ROOT, WHO_UNKNOWN };

/* The account called `name` in a passwd file: its uid, or false. */
static bool passwd_uid(struct pl_str text, struct pl_str name, uint64_t *uid)
{
	struct pl_str line;

	while (pl_str_line(&text, &line)) {
		struct pl_str field, rest = line;

		if (!pl_str_split(&rest, ':', &field) || !pl_str_eq(field, name))
			continue;
		if (pl_str_split(&rest, ':', &field) && pl_str_split(&rest, ':', &field) &&
		    pl_str_u64(pl_str_trim(field), uid))
			return true;
	}
	return false;
}

static struct pl_str passwd_text(const struct pl_inventory *inv)
{
	for (size_t i = 0; i < inv->texts.len; i++)
		if (pl_str_eq_c(inv->texts.at[i].path, "etc/passwd"))
			return inv->texts.at[i].text;
	return (struct pl_str){NULL, 0};
}

static enum who judge(const struct pl_image *img, const struct pl_inventory *inv,
		      struct pl_arena *a, struct pl_str *why)
{
	struct pl_str user = img->config.user, passwd = passwd_text(inv);
	ptrdiff_t colon = pl_str_chr(user, ':');
	uint64_t uid;

	user = pl_str_trim(pl_str_sub(user, 0, colon < 0 ? user.len : (size_t)colon));
	if (user.len == 0) {
		*why = PL_STR("the configuration names no user, so the entry point runs as uid 0");
		return WHO_ROOT;
	}
	if (passwd.len && passwd_uid(passwd, user, &uid)) {
		*why = pl_arena_fmt(a, "the configuration says USER %.*s, uid %llu in /etc/passwd",
				    PL_FMT(user), (unsigned long long)uid);
		return uid == 0 ? WHO_ROOT : WHO_OTHER;
	}
	if (pl_str_u64(user, &uid)) {
		*why = pl_arena_fmt(a, "the configuration says USER %.*s", PL_FMT(user));
		return uid == 0 ? WHO_ROOT : uid > INT32_MAX ? WHO_UNKNOWN : WHO_OTHER;
	}
	if (pl_str_eq_c(user, "root")) {
		*why = PL_STR("the configuration says USER root");
		return WHO_ROOT;
	}
	*why = pl_arena_fmt(a, "the configuration says USER %.*s, who is not in /etc/passwd",
			    PL_FMT(user));
	/* an inventory read from a file has no /etc/passwd to look into */
	return inv->tree || passwd.len ? WHO_UNKNOWN : WHO_OTHER;
}

static void run(const struct pl_check *self, const struct pl_image *img,
		const struct pl_inventory *inv, struct pl_findings *out, enum who asked)
{
	struct pl_str why;

	/* a root file system has no configuration: nothing says how it will run */
	if (img->config.has_config && judge(img, inv, out->arena, &why) == asked)
		pl_check_add(self, out)->why = why;
}

PL_CHECK_FN(pl_check_root)
{
	run(self, img, inv, out, WHO_ROOT);
}

PL_CHECK_FN(pl_check_unknown_user)
{
	run(self, img, inv, out, WHO_UNKNOWN);
}
