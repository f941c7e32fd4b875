/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report for people. First what limits its worth (starter advisories only, parts lost), then
 * the image, the flaws by package, the checks, remarks, and at the end, where the eye is when
 * the command returns, the summary and the verdict.
 */
#include <stdio.h>

#include "report/table.h"

enum { REMARKS_SHOWN = 20, LABEL = 12, MIN_WIDTH = 60, NO_TERMINAL = 100 };

static void put_starter(struct pl_page *p)
{
	pl_auto_buf text;

	pl_buf_init(&text, 1024);
	if (!p->r->db || !p->r->db->starter)
		return;
	pl_buf_fmt(&text,
		   "Only the %llu starter advisories that are compiled in judged this image: most "
		   "flaws "
		   "are not among them.",
		   (unsigned long long)p->r->db->records);
	pl_buf_ch(p->out, '\n');
	pl_page_c(p, PL_INK_ALARM, " STARTER ADVISORIES ");
	pl_page_pad(p, 1);
	pl_page_wrap(p, PL_INK_BOLD, pl_buf_view(&text), 21, 2);
	pl_page_pad(p, 2);
	pl_page_wrap(
		p, PL_INK_PLAIN,
		PL_STR("For all of them: plimsoll db build --from OSV-MIRROR --output FILE, then "
		       "plimsoll scan --db FILE"),
		2, 2);
}

static void put_diag(struct pl_page *p, const struct pl_diag *d)
{
	enum pl_ink ink = d->weight >= PL_W_FAILED ? PL_INK_RED : PL_INK_DIM;
	pl_auto_buf text;

	pl_buf_init(&text, PL_MiB(1));
	pl_buf_str(&text, d->where);
	pl_buf_c(&text, d->where.len ? ": " : "");
	pl_buf_str(&text, d->what);
	pl_page_pad(p, 4);
	pl_page_pad(p, 8 - pl_page_c(p, ink, pl_weight_name(d->weight)));
	pl_page_wrap(p, PL_INK_PLAIN, pl_buf_view(&text), 12, 12);
	if (!d->hint.len)
		return;
	pl_page_pad(p, 12);
	pl_page_c(p, PL_INK_GREEN, "→ ");
	pl_page_wrap(p, PL_INK_GREEN, d->hint, 14, 14);
}

/* Those of weight come first in the report, remarks late in it. */
static void put_diags(struct pl_page *p, bool of_weight)
{
	const struct pl_diags *d = p->r->diags;
	size_t n = 0, shown = 0;
	char text[96];

	for (size_t i = 0; i < d->rows.len; i++)
		n += (d->rows.at[i].weight >= PL_W_FAILED) == of_weight;
	if (n == 0)
		return;
	snprintf(text, sizeof(text),
		 of_weight ? "parts of the image were lost, what follows misses them" : "%zu", n);
	pl_page_heading(p, of_weight ? "NOT COMPLETE" : "REMARKS", text);
	for (size_t i = 0; i < d->rows.len && shown < REMARKS_SHOWN; i++)
		if ((d->rows.at[i].weight >= PL_W_FAILED) == of_weight) {
			put_diag(p, &d->rows.at[i]);
			shown++;
		}
	if (n > shown) {
		snprintf(text, sizeof(text), "    and %zu more, see --format json", n - shown);
		pl_page_c(p, PL_INK_DIM, text);
		pl_page_end(p);
	}
}

static void put_label(struct pl_page *p, const char *label)
{
	pl_page_pad(p, 2);
	pl_page_pad(p, LABEL - pl_page_c(p, PL_INK_DIM, label));
}

static void put_size(struct pl_buf *out, uint64_t bytes)
{
	if (bytes >= PL_GiB(1))
		pl_buf_fmt(out, "%.1f GiB", (double)bytes / (double)PL_GiB(1));
	else if (bytes >= PL_MiB(1))
		pl_buf_fmt(out, "%.1f MiB", (double)bytes / (double)PL_MiB(1));
	else
		pl_buf_fmt(out, "%llu KiB", (unsigned long long)((bytes + 1023) >> 10));
}

static void put_image(struct pl_page *p)
{
	const struct pl_image *img = p->r->image;
	size_t n = pl_report_layers(p->r);
	uint64_t bytes = 0;
	char hex[65];
	pl_auto_buf text;

	pl_buf_init(&text, PL_MiB(1));
	for (size_t i = 0; i < n; i++)
		bytes += pl_report_layer(p->r, (uint32_t)i).size;
	if (img->name.len)
		pl_buf_fmt(&text, "%.*s · ", PL_FMT(img->name));
	if (img->platform.len)
		pl_buf_fmt(&text, "%.*s · ", PL_FMT(img->platform));
	pl_buf_fmt(&text, "%zu layer%s, ", n, n == 1 ? "" : "s");
	put_size(&text, bytes);
	put_label(p, "image");
	pl_page_put(p, PL_INK_PLAIN, pl_buf_view(&text), p->width - LABEL - 2);
	pl_page_end(p);
	if (!img->digest.known)
		return;
	pl_hex(img->digest.sha256, 32, hex);
	put_label(p, "digest");
	pl_page_c(p, PL_INK_PLAIN, "sha256:");
	pl_page_put(p, PL_INK_PLAIN, pl_str_c(hex), p->width - LABEL - 9);
	pl_page_end(p);
}

static void put_system(struct pl_page *p)
{
	const struct pl_os *os = &p->r->inv->os;
	pl_auto_buf text;

	pl_buf_init(&text, PL_MiB(1));
	if (os->found && os->pretty_name.len)
		pl_buf_str(&text, os->pretty_name);
	else if (os->found)
		pl_buf_fmt(&text, "%.*s %.*s", PL_FMT(os->id), PL_FMT(os->version_id));
	else
		pl_buf_c(&text, "no distribution found");
	put_label(p, "system");
	pl_page_put(p, PL_INK_PLAIN, pl_buf_view(&text), p->width - LABEL - 2);
	pl_page_end(p);
}

static void put_packages(struct pl_page *p)
{
	size_t counts[PL_PKG__COUNT] = {0}, all = 0, removed = 0, hidden = 0;
	pl_auto_buf text;

	pl_buf_init(&text, 1024);
	for (size_t i = 0; i < p->r->inv->packages.len; i++) {
		const struct pl_pkg *pkg = &p->r->inv->packages.at[i];

		if (pkg->removed_in != UINT32_MAX) {
			removed++;
			continue;
		}
		counts[pkg->type]++;
		hidden += pkg->hidden_in != UINT32_MAX;
		all++;
	}
	pl_buf_fmt(&text, "%zu", all);
	for (int t = 0, first = 1; t < PL_PKG__COUNT; t++)
		if (counts[t]) {
			pl_buf_fmt(&text, "%s%zu %s", first ? ": " : ", ", counts[t],
				   pl_pkg_type_name((enum pl_pkg_type)t));
			first = 0;
		}
	if (hidden)
		pl_buf_fmt(&text, "; %zu of them hidden from their database", hidden);
	if (removed)
		pl_buf_fmt(&text, "; %zu more in lower layers only", removed);
	if (p->r->inv->unowned_programs)
		pl_buf_fmt(&text, "; %llu programs and libraries of no package (--unowned)",
			   (unsigned long long)p->r->inv->unowned_programs);
	put_label(p, "packages");
	pl_page_put(p, PL_INK_PLAIN, pl_buf_view(&text), p->width - LABEL - 2);
	pl_page_end(p);
}

static void put_advisories(struct pl_page *p)
{
	const struct pl_db_info *db = p->r->db;
	pl_auto_buf text;

	pl_buf_init(&text, 65536);
	if (!db)
		return;
	pl_buf_fmt(&text, "%.*s · %llu records, newest of %.*s", PL_FMT(db->name),
		   (unsigned long long)db->records, PL_FMT(pl_str_sub(db->modified, 0, 10)));
	put_label(p, "advisories");
	pl_page_put(p, PL_INK_PLAIN, pl_buf_view(&text), p->width - LABEL - 2);
	pl_page_end(p);
}

struct tally {
	uint64_t counts[2][PL_SEV__COUNT]; /* vulnerabilities, checks */
	uint64_t all, fixed, exploited, suppressed;
};

static struct tally tally(const struct pl_findings *f)
{
	struct tally t = {0};

	for (size_t i = 0; i < f->rows.len; i++) {
		const struct pl_finding *row = &f->rows.at[i];
		enum pl_severity s =
			row->severity == PL_SEV_NONE ? PL_SEV_NEGLIGIBLE : row->severity;

		if (row->suppressed.len) {
			t.suppressed++;
			continue;
		}
		t.counts[row->kind == PL_FIND_CHECK][s]++;
		if (row->kind == PL_FIND_CHECK)
			continue;
		t.all++;
		t.fixed += row->fix == PL_FIX_FIXED;
		t.exploited += row->known_exploited;
	}
	return t;
}

static void put_counts(struct pl_page *p, const char *label, const uint64_t *counts)
{
	static const enum pl_severity order[] = {PL_SEV_CRITICAL,   PL_SEV_HIGH,
						 PL_SEV_MEDIUM,	    PL_SEV_LOW,
						 PL_SEV_NEGLIGIBLE, PL_SEV_UNKNOWN};
	char text[64];

	pl_page_pad(p, 2);
	pl_page_pad(p, 16 - pl_page_c(p, PL_INK_DIM, label));
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (order[i] == PL_SEV_UNKNOWN && !counts[order[i]])
			continue;
		if (order[i] == PL_SEV_NEGLIGIBLE && !counts[order[i]])
			continue;
		snprintf(text, sizeof(text), "%4llu ", (unsigned long long)counts[order[i]]);
		pl_page_c(p, counts[order[i]] ? PL_INK_BOLD : PL_INK_DIM, text);
		if (counts[order[i]])
			pl_page_severity(p, order[i]);
		else
			pl_page_pad(p, 10 - pl_page_c(p, PL_INK_DIM, pl_report_severity(order[i])));
	}
	pl_page_end(p);
}

static void put_summary(struct pl_page *p)
{
	struct tally t = tally(p->r->findings);
	pl_auto_buf text;

	pl_page_heading(p, "SUMMARY", "");
	put_counts(p, "vulnerabilities", t.counts[0]);
	put_counts(p, "checks", t.counts[1]);
	pl_buf_init(&text, 1024);
	if (t.all)
		pl_buf_fmt(&text, "%llu of %llu vulnerabilities have a fixed version",
			   (unsigned long long)t.fixed, (unsigned long long)t.all);
	if (t.exploited)
		pl_buf_fmt(&text, ", %llu are known to be exploited",
			   (unsigned long long)t.exploited);
	if (t.all) {
		pl_page_pad(p, 2);
		pl_page_wrap(p, PL_INK_PLAIN, pl_buf_view(&text), 2, 2);
	}
	pl_buf_reset(&text);
	if (!t.suppressed)
		return;
	pl_buf_fmt(&text, "%llu more suppressed, each with its reason in --format json",
		   (unsigned long long)t.suppressed);
	pl_page_pad(p, 2);
	pl_page_wrap(p, PL_INK_DIM, pl_buf_view(&text), 2, 2);
}

static void join_reason(void *arg, struct pl_str reason)
{
	struct pl_buf *b = arg;

	pl_buf_c(b, b->len ? "; " : "");
	pl_buf_str(b, reason);
}

static void put_verdict(struct pl_page *p)
{
	static const struct {
		enum pl_exit status;
		enum pl_ink ink;
		const char *word;
	} words[] = {
		{PL_EXIT_OK, PL_INK_GREEN, "PASS"},
		{PL_EXIT_NO, PL_INK_RED, "NO"},
		{PL_EXIT_INCOMPLETE, PL_INK_RED, "NOT COMPLETE"},
		{PL_EXIT_ADVISORIES, PL_INK_RED, "NO ADVISORIES"},
	};
	const struct pl_verdict *v = p->r->verdict;
	size_t i = 0;
	pl_auto_buf text;

	while (i < 3 && words[i].status != v->status)
		i++;
	pl_buf_init(&text, 4096);
	pl_report_reasons(p->r, join_reason, &text);
	if (!text.len && p->r->policy->never)
		pl_buf_c(&text, "nothing decides, as --fail-on never was said");
	else if (!text.len)
		pl_buf_fmt(&text, "nothing of severity %s%s",
			   pl_report_severity(p->r->policy->fail_on),
			   p->r->policy->fail_on == PL_SEV_CRITICAL ? "" : " or worse");
	pl_buf_fmt(&text, " (status %d)", v->status);
	pl_buf_ch(p->out, '\n');
	pl_page_c(p, words[i].ink, "VERDICT: ");
	pl_page_c(p, words[i].ink, words[i].word);
	pl_page_pad(p, 2);
	pl_page_wrap(p, PL_INK_PLAIN, pl_buf_view(&text), 11 + strlen(words[i].word), 2);
}

static void put_report(struct pl_page *p)
{
	pl_page_c(p, PL_INK_BOLD, "plimsoll ");
	pl_page_put(p, PL_INK_BOLD, p->r->target, p->width - 9);
	pl_page_end(p);
	put_starter(p);
	put_diags(p, true);
	pl_buf_ch(p->out, '\n');
	put_image(p);
	put_system(p);
	put_packages(p);
	put_advisories(p);
	if (p->r->findings) {
		pl_table_vulnerabilities(p);
		pl_table_checks(p);
	}
	put_diags(p, false);
	if (p->r->findings)
		put_summary(p);
	if (p->r->verdict)
		put_verdict(p);
}

int pl_report_write_table(const struct pl_report *const *reports, size_t n,
			  const struct pl_report_style *style, struct pl_buf *out,
			  struct pl_err *err)
{
	struct pl_page p = {.out = out, .color = style->color};

	p.width = style->width ? style->width : NO_TERMINAL;
	p.width = p.width < MIN_WIDTH ? MIN_WIDTH : p.width;
	for (size_t i = 0; i < n; i++) {
		if (i)
			pl_buf_c(out, "\n\n");
		p.r = reports[i];
		put_report(&p);
	}
	return out->failed
		       ? pl_fail(err, PL_E_LIMIT, "the report is larger than %zu bytes", out->max)
		       : 0;
}
