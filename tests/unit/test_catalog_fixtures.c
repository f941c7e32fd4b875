/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every row of PL_CATALOGERS over the files of its fixture, tests/data/catalog/ROW: the layer
 * worker reads root/ with that row alone, and what it says must be what the file `expect` says,
 * which has its facts from the package manager or from the specification. See
 * docs/internals/testing.md.
 *
 *   test_catalog_fixtures [ROW…]
 */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "catalog/facts.h"
#include "fuzz_cataloger.h"
#include <cmocka.h>

struct fixture {
	const char *row;
	char dir[4096];
	struct pl_buf answer, expect;
	struct pl_facts facts;
	bool *named; /* packages that a line of expect names */
	unsigned wrong;
};

static int choice_n;
static char **choice;

static void complain(struct fixture *x, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "%s: ", x->row);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	x->wrong++;
}

/* --- running -------------------------------------------------------------------------------- */

static void run_worker(struct fixture *x)
{
	char path[4200], first[256];
	int dir, fd = memfd_create("fixture", MFD_CLOEXEC);
	struct pl_layer_job job = {.fd = fd, .seekable = true, .only = x->row};
	struct pl_err err = {0};
	_Atomic uint64_t progress = 0;
	uint64_t lost = 0;
	struct stat st;

	snprintf(path, sizeof(path), "%s/root", x->dir);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		fail_msg("%s: no such directory", path);
	assert_int_equal(pl_dir_to_tar(dir, fd, &progress, &lost, first, &err), 0);
	assert_int_equal(lost, 0);
	close(dir);
	assert_int_equal(fstat(fd, &st), 0);
	job.size = (uint64_t)st.st_size;
	pl_buf_init(&x->answer, PL_MiB(64));
	assert_int_equal(pl_layer_run(&job, &x->answer, &err), 0);
	assert_int_equal(pl_facts_read(pl_buf_view(&x->answer), &x->facts, &err), 0);
	x->named = pl_xcalloc(x->facts.packages.len + 1, sizeof(bool));
	close(fd);
}

/* --- comparing ------------------------------------------------------------------------------ */

static struct pl_str member(const struct pl_fact_pkg_row *row, struct pl_str key)
{
	const struct pl_pkg_fact *p = &row->fact;
	const struct {
		const char *key;
		struct pl_str value;
	} members[] = {
		{"arch", p->arch},
		{"source", p->source_name},
		{"sourceversion", p->source_version},
		{"license", p->licenses},
		{"module", p->module},
		{"vendor", p->vendor},
		{"inner", p->inner},
		{"key", p->key},
		{"how", p->how},
		{"purl", p->purl},
		{"cpe", p->cpes},
		{"depends", p->depends},
		{"provides", p->provides},
		{"root", row->root},
		{"evidence", pl_str_c(pl_evidence_name(p->evidence))},
		{"uncertain", p->uncertain ? PL_STR("yes") : PL_STR("no")},
		{"dev", p->dev ? PL_STR("yes") : PL_STR("no")},
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (pl_str_eq_c(key, members[i].key))
			return members[i].value;
	fail_msg("expect: no such key: %.*s", PL_FMT(key));
	return (struct pl_str){0};
}

/* Lines of a list are written with ',' between them, tabs in them as '='. */
static bool same_value(struct pl_str is, struct pl_str want)
{
	if (is.len != want.len)
		return false;
	for (size_t i = 0; i < is.len; i++)
		if ((is.ptr[i] == '\n' ? ',' : is.ptr[i] == '\t' ? '=' : is.ptr[i]) != want.ptr[i])
			return false;
	return true;
}

static bool same_members(const struct pl_fact_pkg_row *row, struct pl_str rest)
{
	struct pl_str word, key;

	while (pl_str_split(&rest, '\t', &word)) {
		pl_str_split(&word, '=', &key);
		if (!same_value(member(row, key), word))
			return false;
	}
	return true;
}

static void want_package(struct fixture *x, struct pl_str type, struct pl_str rest)
{
	struct pl_str line = rest, name, version = {0};

	pl_str_split(&rest, '\t', &name);
	pl_str_split(&rest, '\t', &version);
	for (size_t i = 0; i < x->facts.packages.len; i++) {
		const struct pl_fact_pkg_row *row = &x->facts.packages.at[i];

		if (!x->named[i] && pl_str_eq_c(type, pl_pkg_type_name(row->fact.type)) &&
		    pl_str_eq(row->fact.name, name) && pl_str_eq(row->fact.version, version) &&
		    same_members(row, rest)) {
			x->named[i] = true;
			return;
		}
	}
	complain(x, "missing: %.*s %.*s", PL_FMT(type), PL_FMT(line));
}

static void want_owned(struct fixture *x, struct pl_str rest)
{
	struct pl_str line = rest, key, path = {0};

	pl_str_split(&rest, '\t', &key);
	pl_str_split(&rest, '\t', &path);
	for (size_t i = 0; i < x->facts.owned.len; i++)
		if (pl_str_eq(x->facts.owned.at[i].key, key) &&
		    pl_str_eq(x->facts.owned.at[i].path, path))
			return;
	complain(x, "not owned: %.*s", PL_FMT(line));
}

static void want_license(struct fixture *x, struct pl_str rest)
{
	struct pl_str line = rest, key, license = {0};

	pl_str_split(&rest, '\t', &key);
	pl_str_split(&rest, '\t', &license);
	for (size_t i = 0; i < x->facts.licenses.len; i++)
		if (pl_str_eq(x->facts.licenses.at[i].key, key) &&
		    same_value(x->facts.licenses.at[i].license, license))
			return;
	complain(x, "no licence: %.*s", PL_FMT(line));
}

static void want_diag(struct fixture *x, struct pl_str rest)
{
	struct pl_str line = rest, weight, code = {0};

	pl_str_split(&rest, '\t', &weight);
	pl_str_split(&rest, '\t', &code);
	for (size_t i = 0; i < x->facts.diags.len; i++) {
		struct pl_fact_diag_row *d = &x->facts.diags.at[i];

		if (pl_str_eq(d->code, code) &&
		    pl_str_ieq(weight, pl_str_c(pl_weight_name(d->weight)))) {
			d->code = PL_STR(""); /* told */
			return;
		}
	}
	complain(x, "no diagnostic: %.*s", PL_FMT(line));
}

static void want_system(struct fixture *x, struct pl_str rest)
{
	struct pl_str line = rest, id, version = {0};

	pl_str_split(&rest, '\t', &id);
	pl_str_split(&rest, '\t', &version);
	for (size_t i = 0; i < x->facts.systems.len; i++)
		if (pl_str_eq(x->facts.systems.at[i].os.id, id) &&
		    pl_str_eq(x->facts.systems.at[i].os.version_id, version))
			return;
	complain(x, "no system: %.*s", PL_FMT(line));
}

static void compare(struct fixture *x)
{
	struct pl_str rest = pl_buf_view(&x->expect), line, word;

	while (pl_str_line(&rest, &line)) {
		if (!line.len || line.ptr[0] == '#')
			continue;
		pl_str_split(&line, '\t', &word);
		if (pl_str_eq_c(word, "owns"))
			want_owned(x, line);
		else if (pl_str_eq_c(word, "diag"))
			want_diag(x, line);
		else if (pl_str_eq_c(word, "license"))
			want_license(x, line);
		else if (pl_str_eq_c(word, "os"))
			want_system(x, line);
		else
			want_package(x, word, line);
	}
}

static void refuse_others(struct fixture *x)
{
	for (size_t i = 0; i < x->facts.packages.len; i++) {
		const struct pl_pkg_fact *p = &x->facts.packages.at[i].fact;

		if (!x->named[i])
			complain(x,
				 "invented: %s\t%.*s\t%.*s\thow=%.*s dev=%s purl=%.*s license=%.*s "
				 "depends=%.*s",
				 pl_pkg_type_name(p->type), PL_FMT(p->name), PL_FMT(p->version),
				 PL_FMT(p->how), p->dev ? "yes" : "no", PL_FMT(p->purl),
				 PL_FMT(p->licenses), PL_FMT(p->depends));
	}
	for (size_t i = 0; i < x->facts.diags.len; i++)
		if (x->facts.diags.at[i].code.len)
			complain(x, "diagnostic that is not expected: %s\t%.*s: %.*s",
				 pl_weight_name(x->facts.diags.at[i].weight),
				 PL_FMT(x->facts.diags.at[i].code),
				 PL_FMT(x->facts.diags.at[i].what));
}

/* --- replaying ------------------------------------------------------------------------------ */

static void replay_file(const char *path, const char *name)
{
	pl_auto_buf b;
	struct pl_err err;

	pl_buf_init(&b, PL_MiB(64));
	pl_buf_c(&b, name);
	pl_buf_ch(&b, '\n');
	assert_int_equal(pl_read_path(path, &b, &err), 0);
	for (size_t len = b.len; len; len = len > b.len / 2 ? len / 2 : 0) {
		uint8_t *copy = pl_xmalloc(len);

		memcpy(copy, b.ptr, len);
		LLVMFuzzerTestOneInput(copy, len);
		free(copy);
	}
}

static void replay_dir(const char *root, const char *below)
{
	char path[8192], name[4096];
	struct dirent *e;
	struct stat st;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", root, below);
	d = opendir(path);
	assert_non_null(d);
	while ((e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof(name), "%s%s%s", below, *below ? "/" : "", e->d_name);
		snprintf(path, sizeof(path), "%s/%s", root, name);
		assert_int_equal(lstat(path, &st), 0);
		if (S_ISDIR(st.st_mode))
			replay_dir(root, name);
		else if (S_ISREG(st.st_mode))
			replay_file(path, name);
	}
	closedir(d);
}

/* -------------------------------------------------------------------------------------------- */

static void test_row(void **state)
{
	const struct pl_cataloger *row = *state;
	const char *source = getenv("PLIMSOLL_SOURCE");
	struct fixture x = {.row = row->name};
	char path[4200];

	snprintf(x.dir, sizeof(x.dir), "%s/tests/data/catalog/%s", source ? source : ".",
		 row->name);
	snprintf(path, sizeof(path), "%s/expect", x.dir);
	pl_buf_init(&x.expect, PL_MiB(4));
	if (pl_read_path(path, &x.expect, &(struct pl_err){0}) < 0)
		fail_msg("%s: cannot be read", path);
	run_worker(&x);
	compare(&x);
	refuse_others(&x);
	snprintf(path, sizeof(path), "%s/root", x.dir);
	fuzz_row = row;
	replay_dir(path, "");
	pl_facts_release(&x.facts);
	pl_buf_release(&x.answer);
	pl_buf_release(&x.expect);
	free(x.named);
	if (x.wrong)
		fail_msg("%s: %u differences", row->name, x.wrong);
}

static bool is_chosen(const struct pl_cataloger *row)
{
	char dir[4096];
	const char *source = getenv("PLIMSOLL_SOURCE");

	for (int i = 1; i < choice_n; i++)
		if (strcmp(choice[i], row->name) == 0)
			return true;
	/* that every row has a fixture is asked by tests/tables.py */
	snprintf(dir, sizeof(dir), "%s/tests/data/catalog/%s", source ? source : ".", row->name);
	return choice_n < 2 && access(dir, F_OK) == 0;
}

int main(int argc, char **argv)
{
	size_t n, chosen = 0;
	const struct pl_cataloger *const *all = pl_catalogers(&n);
	struct CMUnitTest *tests = pl_xcalloc(n + 1, sizeof(*tests));
	int rc;

	choice_n = argc;
	choice = argv;
	for (size_t i = 0; i < n; i++)
		if (is_chosen(all[i]))
			tests[chosen++] = (struct CMUnitTest){all[i]->name, test_row, NULL, NULL,
							      (void *)(uintptr_t)all[i]};
	rc = _cmocka_run_group_tests("catalog_fixtures", tests, chosen, NULL, NULL);
	free(tests);
	return rc;
}
