/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Private to the report room: the two files of CycloneDX. */
#include "report/cdx_out.h"
#include "report/sbom.h"

/* The section `vulnerabilities` of a scan. */
void pl_cdx_vulnerabilities(const struct pl_sbom *s, struct pl_cdx *c);
void pl_cdx_prop(void *cdx, struct pl_str name, struct pl_str value);
