/* SPDX-License-Identifier: Apache-2.0 */
/* The options, each once, and the parser over them. */
#include "cli/cli.h"

#include <stdlib.h>

#define SET(field, value_) \
	static int set_##field(struct pl_cli *c, const char *value, struct pl_err *err) \
	{ \
		(void)value; \
		(void)err; \
		c->field = value_; \
		return 0; \
	}
SET(all_layers, true)
SET(licenses, true)
SET(declared, true)
SET(unowned, true)
SET(batch, true)
SET(db, value)
SET(format, value)
SET(help, true)
SET(only_fixed, true)
SET(output, value)
SET(platform, value)
SET(quiet, true)
SET(tag, value)

static int set_from(struct pl_cli *c, const char *value, struct pl_err *err)
{
	(void)err;
	pl_vec_push(&c->from, value);
	return 0;
}

static int set_jobs(struct pl_cli *c, const char *value, struct pl_err *err)
{
	uint64_t n;

	if (!pl_str_u64(pl_str_c(value), &n) || n == 0 || n > 1024)
		return pl_fail(err, PL_E_USAGE, "--jobs %s: expected a number of 1 to 1024", value);
	c->jobs = n;
	return 0;
}

static int set_color(struct pl_cli *c, const char *value, struct pl_err *err)
{
	(void)err;
	c->color = value[1] == 'l'   ? PL_COLOR_ALWAYS
		   : value[0] == 'n' ? PL_COLOR_NEVER
				     : PL_COLOR_AUTO;
	return 0;
}

static int set_limit(struct pl_cli *c, const char *value, struct pl_err *err)
{
	(void)c;
	return pl_limit_set(pl_str_c(value), err);
}

static const char *const formats[] = {"table", "json",		 "cyclonedx", "cyclonedx-xml",
				      "spdx",  "spdx-tag-value", "spdx3",     NULL};
static const char *const sbom_formats[] = {
	"json", "cyclonedx", "cyclonedx-xml", "spdx", "spdx-tag-value", "spdx3", NULL};
static const char *const colors[] = {"auto", "always", "never", NULL};
static const char *const severities[] = {"critical",   "high",	"medium", "low",
					 "negligible", "never", NULL};

/* worst first, as the enum counts down from critical */
static int set_fail_on(struct pl_cli *c, const char *value, struct pl_err *err)
{
	unsigned i = 0;

	(void)err;
	c->never = strcmp(value, "never") == 0;
	while (!c->never && strcmp(value, severities[i]) != 0)
		i++;
	if (!c->never)
		c->fail_on = PL_SEV_CRITICAL - i;
	return 0;
}

static const char *const explain_formats[] = {"text", "json", NULL};
const struct pl_opt pl_opt_explain_format = {
	"format",	  'f', "FORMAT", "text (default), json", .choices = explain_formats,
	.set = set_format};
const struct pl_opt pl_opt_declared = {
	"declared", 0, NULL, "count what lock files declare in a system, too", .set = set_declared};
const struct pl_opt pl_opt_unowned = {
	"unowned", 0, NULL, "list the files that belong to no package", .set = set_unowned};
const struct pl_opt pl_opt_licenses = {
	"licenses", 0, NULL, "recognise licence files by their text, too", .set = set_licenses};
const struct pl_opt pl_opt_all_layers = {
	"all-layers", 0, NULL, "packages that a later layer removed, too", .set = set_all_layers};
const struct pl_opt pl_opt_batch = {
	"batch", 0, NULL, "compare the lines of standard input: scheme, A, B, between tabs",
	.set = set_batch};
const struct pl_opt pl_opt_color = {
	"color", 0, "WHEN", "colours: auto, always, never", .choices = colors, .set = set_color};
const struct pl_opt pl_opt_db = {"db",	       0, "FILE", "the advisory database", .file = true,
				 .set = set_db};
const struct pl_opt pl_opt_fail_on = {
	"fail-on",
	0,
	"SEVERITY",
	"status 1 from this severity on: critical, high (default), medium, low, negligible; "
	"never: only report",
	.choices = severities,
	.set = set_fail_on};
const struct pl_opt pl_opt_format = {
	"format",
	'f',
	"FORMAT",
	"table (default), json, cyclonedx, cyclonedx-xml, spdx, spdx-tag-value, spdx3",
	.choices = formats,
	.set = set_format};
const struct pl_opt pl_opt_from = {
	"from",	      0,
	"PATH",	      "OSV records: a directory, an all.zip or a .json; may be repeated",
	.file = true, .set = set_from};
const struct pl_opt pl_opt_help = {"help", 'h', NULL, "this text", .set = set_help};
const struct pl_opt pl_opt_jobs = {"jobs", 'j', "N", "layers read at once (default: processors)",
				   .set = set_jobs};
const struct pl_opt pl_opt_only_fixed = {"only-fixed", 0, NULL,
					 "leave out vulnerabilities without a fixed version",
					 .set = set_only_fixed};
const struct pl_opt pl_opt_output = {
	"output",     'o',
	"FILE",	      "write there, all or nothing; - is standard output",
	.file = true, .set = set_output};
const struct pl_opt pl_opt_platform = {"platform", 0, "OS/ARCH",
				       "which image of an index, such as linux/arm64/v8",
				       .set = set_platform};
const struct pl_opt pl_opt_quiet = {
	"quiet", 'q', NULL, "no progress, nothing on standard error but errors", .set = set_quiet};
const struct pl_opt pl_opt_sbom_format = {
	"format",
	'f',
	"FORMAT",
	"json (default), cyclonedx, cyclonedx-xml, spdx, spdx-tag-value, spdx3",
	.choices = sbom_formats,
	.set = set_format};
const struct pl_opt pl_opt_set = {"set", 0, "LIMIT=VALUE",
				  "change a limit, with K, M or G; see `plimsoll limits`",
				  .set = set_limit};
const struct pl_opt pl_opt_tag = {"tag", 0, "TAG", "which image of an archive", .set = set_tag};

/* Edit distance with neighbours swapped (optimal string alignment), of short words only. */
static unsigned distance(const char *a, const char *b)
{
	unsigned d[32][32];
	size_t n = strlen(a), m = strlen(b);

	if (n > 31 || m > 31)
		return 99;
	for (size_t i = 0; i <= n; i++)
		for (size_t j = 0; j <= m; j++) {
			unsigned best;

			if (i == 0 || j == 0) {
				d[i][j] = (unsigned)(i + j);
				continue;
			}
			best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	return d[n][m];
}

const char *pl_cli_nearest(const char *given, const char *const *names, size_t n)
{
	size_t len = strlen(given);
	unsigned best = len < 4 ? 2 : 3; /* nearer than this */
	const char *found = NULL;

	for (size_t i = 0; i < n; i++) {
		unsigned d = distance(given, names[i]);

		/* a beginning is as good as a slip: --plat for --platform */
		if (len >= 2 && strncmp(given, names[i], len) == 0)
			d = 1;
		if (d < best) {
			best = d;
			found = names[i];
		}
	}
	return found;
}

static int unknown_option(const struct pl_command *cmd, struct pl_str name, struct pl_err *err)
{
	const char *names[64];
	pl_auto_free char *given = pl_xstrdup(name);
	const char *near;
	size_t n = 0;

	for (; cmd->opts && cmd->opts[n]; n++)
		names[n] = cmd->opts[n]->name;
	names[n++] = "help";
	near = pl_cli_nearest(given, names, n);
	if (near)
		return pl_fail(err, PL_E_USAGE, "unknown option --%s; did you mean --%s?", given,
			       near);
	return pl_fail(err, PL_E_USAGE, "unknown option --%s", given);
}

static const struct pl_opt *find_option(const struct pl_command *cmd, struct pl_str name)
{
	bool letter = name.len == 1;

	for (const struct pl_opt *const *o = cmd->opts; o && *o; o++)
		if (letter ? (*o)->letter == name.ptr[0] : pl_str_eq_c(name, (*o)->name))
			return *o;
	if (letter ? name.ptr[0] == 'h' : pl_str_eq_c(name, "help"))
		return &pl_opt_help;
	return NULL;
}

static int check_choice(const struct pl_opt *o, const char *value, struct pl_err *err)
{
	pl_auto_buf list;
	const char *const *c = o->choices;

	pl_buf_init(&list, 1024);
	for (; c && *c; c++) {
		if (strcmp(*c, value) == 0)
			return 0;
		pl_buf_fmt(&list, "%s%s", c == o->choices ? "" : ", ", *c);
	}
	if (!o->choices)
		return 0;
	return pl_fail(err, PL_E_USAGE, "--%s %s: expected one of %s", o->name, value, list.ptr);
}

/* One option at argv[*i], of the form --name, --name=value, -x or -xvalue; moves *i over a value
 * that stands apart. */
static int parse_option(struct pl_cli *c, int argc, char **argv, int *i, struct pl_err *err)
{
	const char *word = argv[*i];
	bool is_long = word[1] == '-';
	struct pl_str name = is_long ? pl_str_c(word + 2) : pl_str_n(word + 1, 1);
	const char *value = NULL;
	const struct pl_opt *o;
	ptrdiff_t eq = is_long ? pl_str_chr(name, '=') : -1;
	int rc;

	if (eq >= 0) {
		value = name.ptr + eq + 1;
		name.len = (size_t)eq;
	} else if (!is_long && word[2]) {
		value = word + 2;
	}
	o = find_option(c->command, name);
	if (!o && is_long)
		return unknown_option(c->command, name, err);
	if (!o)
		return pl_fail(err, PL_E_USAGE, "unknown option %s", word);
	if (!o->arg && value)
		return pl_fail(err, PL_E_USAGE, "--%s takes no value", o->name);
	if (o->arg && !value) {
		if (*i + 1 >= argc)
			return pl_fail(err, PL_E_USAGE, "--%s needs a value: --%s %s", o->name,
				       o->name, o->arg);
		value = argv[++*i];
	}
	rc = value ? check_choice(o, value, err) : 0;
	return rc < 0 ? rc : o->set(c, value, err);
}

int pl_cli_parse(struct pl_cli *c, int argc, char **argv, struct pl_err *err)
{
	const struct pl_command *cmd = c->command;
	bool only_args = false;

	for (int i = 0; i < argc; i++) {
		int rc = 0;

		if (!only_args && strcmp(argv[i], "--") == 0)
			only_args = true;
		else if (!only_args && argv[i][0] == '-' && argv[i][1])
			rc = parse_option(c, argc, argv, &i, err);
		else
			pl_vec_push(&c->args, argv[i]);
		if (rc < 0)
			return rc;
		if (c->help)
			return 0;
	}
	if (c->args.len < cmd->min_args && !c->batch)
		return pl_fail(err, PL_E_USAGE, "expected %s", cmd->args);
	if (c->args.len > cmd->max_args)
		return pl_fail(err, PL_E_USAGE, "one argument too many: %s",
			       c->args.at[cmd->max_args]);
	return 0;
}

void pl_cli_release(struct pl_cli *c)
{
	pl_vec_release(&c->args);
	pl_vec_release(&c->from);
}
