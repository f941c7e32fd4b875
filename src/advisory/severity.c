/* SPDX-License-Identifier: Apache-2.0 */
#include "advisory/advisory.h"

static const char *const names[PL_SEV__COUNT] = {"unknown", "none", "negligible", "low",
						 "medium",  "high", "critical"};

const char *pl_severity_name(enum pl_severity s)
{
	return s < PL_SEV__COUNT ? names[s] : names[0];
}

/* Also the words of GHSA, Red Hat and its rebuilds, the Debian tracker. */
bool pl_severity_find(struct pl_str name, enum pl_severity *out)
{
	static const struct {
		const char *word;
		enum pl_severity is;
	} words[] = {{"moderate", PL_SEV_MEDIUM},
		     {"important", PL_SEV_HIGH},
		     {"unimportant", PL_SEV_NEGLIGIBLE},
		     {"informational", PL_SEV_NONE},
		     {"minor", PL_SEV_LOW}};

	while (name.len && name.ptr[name.len - 1] == '*') /* "low**": set by hand (Debian) */
		name.len--;
	for (int i = 0; i < PL_SEV__COUNT; i++) {
		if (pl_str_ieq(name, pl_str_c(names[i]))) {
			*out = (enum pl_severity)i;
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (pl_str_ieq(name, pl_str_c(words[i].word))) {
			*out = words[i].is;
			return true;
		}
	}
	return false;
}
