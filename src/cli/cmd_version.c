/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll version compare: how an ecosystem orders two versions. */
#include "cli/cli.h"

#include <stdio.h>

#include "version/version.h"

static const char *sign(int order)
{
	return order < 0 ? "<" : order > 0 ? ">" : "=";
}

static int unknown_scheme(struct pl_str name)
{
	pl_auto_free char *given = pl_xstrdup(name);
	const char *names[64], *near;
	size_t n;
	const struct pl_scheme *const *all = pl_schemes(&n);
	pl_auto_buf list;

	pl_buf_init(&list, 4096);
	if (n > 64)
		n = 64;
	for (size_t i = 0; i < n; i++) {
		names[i] = all[i]->name;
		pl_buf_fmt(&list, "%s%s", i ? ", " : "", names[i]);
	}
	near = pl_cli_nearest(given, names, n);
	if (near)
		return pl_cli_error(PL_EXIT_USAGE,
				    "version compare: no scheme %s; did you mean %s?", given, near);
	return pl_cli_error(PL_EXIT_USAGE, "version compare: no scheme %s; there are %s", given,
			    list.ptr);
}

/* One line of --batch: the answer, or "!" with the reason on standard error. */
static void batch_line(struct pl_str line, uint64_t number, struct pl_buf *out)
{
	struct pl_str rest = line, scheme, a, b;
	const struct pl_scheme *s;
	struct pl_err err = {0};
	int order;

	if (!pl_str_split(&rest, '\t', &scheme) || !pl_str_split(&rest, '\t', &a) ||
	    !pl_str_split(&rest, '\t', &b) || rest.ptr)
		pl_fail(&err, PL_E_USAGE, "expected SCHEME, A and B between tabs");
	else if (!(s = pl_scheme_find(scheme)))
		pl_fail(&err, PL_E_USAGE, "no scheme \"%.*s\"", PL_FMT(scheme));
	else if (pl_version_compare(s, a, b, &order, &err) == 0)
		pl_buf_fmt(out, "%s\n", sign(order));
	if (!err.code)
		return;
	pl_buf_c(out, "!\n");
	pl_cli_error(0, "line %llu: %s", (unsigned long long)number, err.text);
}

static int batch(void)
{
	struct pl_str rest, line;
	uint64_t number = 0;
	struct pl_err err;
	pl_auto_buf in;
	pl_auto_buf out;

	pl_buf_init(&in, PL_GiB(1));
	pl_buf_init(&out, PL_GiB(1));
	if (pl_read_fd(STDIN_FILENO, &in, &err) < 0)
		return pl_cli_fail("standard input", &err);
	rest = pl_buf_view(&in);
	while (rest.len && pl_str_line(&rest, &line))
		batch_line(line, ++number, &out);
	return pl_cli_write(NULL, &out);
}

static int run(struct pl_cli *c)
{
	const struct pl_scheme *s;
	struct pl_err err;
	int order;

	if (c->batch && c->args.len == 0)
		return batch();
	if (c->args.len != 3)
		return pl_cli_error(PL_EXIT_USAGE,
				    "version compare: expected SCHEME A B, or --batch "
				    "alone");
	s = pl_scheme_find(pl_str_c(c->args.at[0]));
	if (!s)
		return unknown_scheme(pl_str_c(c->args.at[0]));
	if (pl_version_compare(s, pl_str_c(c->args.at[1]), pl_str_c(c->args.at[2]), &order, &err) <
	    0)
		return pl_cli_error(PL_EXIT_USAGE, "%s", err.text);
	return printf("%s\n", sign(order)) < 0 ? PL_EXIT_INTERNAL : 0;
}

static const struct pl_opt *const opts[] = {&pl_opt_batch, NULL};
const struct pl_command pl_command_version_compare = {
	.name = "version",
	.sub = "compare",
	.args = "SCHEME A B",
	.what = "<, = or >: the order of two versions",
	.min_args = 3,
	.max_args = 3,
	.opts = opts,
	.run = run,
	.more = "Schemes: deb, rpm, apk, semver (npm, cargo), pep440 (pypi), maven, go, gem, "
		"nuget.\n"
		"With --batch a line that cannot be compared is answered with `!`.\n",
};
