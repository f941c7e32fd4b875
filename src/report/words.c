/* SPDX-License-Identifier: Apache-2.0 */
/* The table of reporters, and what they all have to say alike. */
#include <stdio.h>

#include "report/report_int.h"

static const struct pl_reporter table[] = {
	{"table", "for people: by package, what to do, and the verdict", pl_report_write_table},
	{"json", "plimsoll.report/1, see plimsoll-report(5)", pl_report_write_json},
	{"cyclonedx", "CycloneDX 1.6, JSON", pl_report_write_cyclonedx},
	{"cyclonedx-xml", "CycloneDX 1.6, XML", pl_report_write_cyclonedx_xml},
	{"spdx", "SPDX 2.3, JSON", pl_report_write_spdx},
	{"spdx-tag-value", "SPDX 2.3, tag-value", pl_report_write_spdx_tag_value},
	{"spdx3", "SPDX 3.0.1, JSON-LD", pl_report_write_spdx3},
};

const struct pl_reporter *pl_reporters(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

const struct pl_reporter *pl_reporter_find(struct pl_str name)
{
	size_t n;
	const struct pl_reporter *rows = pl_reporters(&n);

	for (size_t i = 0; i < n; i++)
		if (pl_str_eq_c(name, rows[i].name))
			return &rows[i];
	return NULL;
}

const char *pl_report_severity(enum pl_severity s)
{
	switch (s) {
	case PL_SEV_CRITICAL:
		return "critical";
	case PL_SEV_HIGH:
		return "high";
	case PL_SEV_MEDIUM:
		return "medium";
	case PL_SEV_LOW:
		return "low";
	case PL_SEV_NEGLIGIBLE:
	case PL_SEV_NONE:
		return "negligible";
	default:
		return "unknown";
	}
}

size_t pl_report_layers(const struct pl_report *r)
{
	return r->image->layers.len ? r->image->layers.len : r->inv->layers.len;
}

struct pl_layer_sum pl_report_layer(const struct pl_report *r, uint32_t index)
{
	struct pl_layer_sum l = {.index = index};

	if (index < r->image->layers.len) {
		const struct pl_layer *s = &r->image->layers.at[index];

		l.blob = s->blob;
		l.diff_id = s->diff_id;
		l.media_type = s->media_type;
		l.created_by = s->created_by;
		l.size = s->size == UINT64_MAX ? 0 : s->size;
	}
	for (size_t i = 0; i < r->inv->layers.len; i++) {
		const struct pl_layer_sum *v = &r->inv->layers.at[i];

		if (v->index != index)
			continue;
		l.blob = v->blob.known ? v->blob : l.blob;
		l.diff_id = v->diff_id.known ? v->diff_id : l.diff_id;
		l.media_type = l.media_type.len ? l.media_type : v->media_type;
		l.created_by = l.created_by.len ? l.created_by : v->created_by;
		l.size = v->size ? v->size : l.size;
		l.expanded = v->expanded;
		l.entries = v->entries;
	}
	return l;
}

void pl_report_instruction(struct pl_str s, struct pl_buf *out)
{
	static const struct {
		const char *head, *instead;
	} heads[] = {
		{"/bin/sh -c #(nop) ", ""},
		{"/bin/sh -c ", "RUN "},
		{"RUN /bin/sh -c ", "RUN "},
		{"RUN |", NULL}, /* build arguments: "RUN |2 A=1 B=2 /bin/sh -c command" */
	};
	ptrdiff_t shell;

	s = pl_str_trim(s);
	if (pl_str_ends(s, PL_STR("# buildkit")))
		s = pl_str_trim(pl_str_sub(s, 0, s.len - strlen("# buildkit")));
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		if (!pl_str_starts(s, pl_str_c(heads[i].head)))
			continue;
		if (heads[i].instead) {
			s = pl_str_trim(pl_str_sub(s, strlen(heads[i].head), s.len));
			pl_buf_c(out, heads[i].instead);
			break;
		}
		/* values of build arguments may be secrets, and are no part of the command */
		shell = pl_str_find(s, PL_STR(" /bin/sh -c "));
		if (shell >= 0) {
			s = pl_str_sub(s, (size_t)shell + strlen(" /bin/sh -c "), s.len);
			pl_buf_c(out, "RUN ");
		}
		break;
	}
	pl_buf_str(out, s);
}

static const struct pl_pkg *package_of(const struct pl_report *r, const struct pl_finding *f)
{
	return f->pkg < r->inv->packages.len ? &r->inv->packages.at[f->pkg] : NULL;
}

uint32_t pl_report_finding_layer(const struct pl_report *r, const struct pl_finding *f)
{
	const struct pl_pkg *p = package_of(r, f);

	return p ? p->layer : f->layer;
}

struct pl_str pl_report_finding_path(const struct pl_report *r, const struct pl_finding *f)
{
	const struct pl_pkg *p = package_of(r, f);

	return f->path.len || !p || !p->locations.len ? f->path : p->locations.at[0].path;
}

uint32_t pl_report_finding_owner(const struct pl_report *r, const struct pl_finding *f)
{
	const struct pl_pkg *p = package_of(r, f);

	return p ? p->owner : f->owner;
}

void pl_report_reasons(const struct pl_report *r, void (*add)(void *arg, struct pl_str reason),
		       void *arg)
{
	const struct pl_verdict *v = r->verdict;
	unsigned lost = 0;
	char text[256];

	for (size_t i = 0; i < r->diags->rows.len; i++)
		lost += r->diags->rows.at[i].weight >= PL_W_FAILED;
	if (!v->complete) {
		snprintf(text, sizeof(text),
			 "the scan is not complete: %u part%s of the image could not be read", lost,
			 lost == 1 ? "" : "s");
		add(arg, pl_str_c(text));
	}
	if (!v->advised)
		add(arg, PL_STR("there are no advisories for packages of this image"));
	if (v->over) {
		snprintf(text, sizeof(text), "%llu finding%s of severity %s%s",
			 (unsigned long long)v->over, v->over == 1 ? "" : "s",
			 pl_report_severity(r->policy->fail_on),
			 r->policy->fail_on == PL_SEV_CRITICAL ? "" : " or worse");
		add(arg, pl_str_c(text));
	}
}
