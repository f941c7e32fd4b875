/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int pl_fail(struct pl_err *err, enum pl_ecode code, const char *fmt, ...)
{
	if (err) {
		va_list ap;

		va_start(ap, fmt);
		vsnprintf(err->text, sizeof(err->text), fmt, ap);
		va_end(ap);
		err->code = code;
	}
	return -(int)code;
}

int pl_fail_errno(struct pl_err *err, const char *fmt, ...)
{
	int saved = errno;

	if (err) {
		va_list ap;
		size_t n;

		va_start(ap, fmt);
		vsnprintf(err->text, sizeof(err->text), fmt, ap);
		va_end(ap);
		n = strlen(err->text);
		snprintf(err->text + n, sizeof(err->text) - n, ": %s", strerror(saved));
		err->code = PL_E_SYS;
	}
	return -(int)PL_E_SYS;
}

int pl_wrap(struct pl_err *err, const char *fmt, ...)
{
	char old[sizeof(err->text)];
	va_list ap;
	size_t n;

	if (!err)
		return -(int)PL_E_INTERNAL;
	memcpy(old, err->text, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	n = strlen(err->text);
	snprintf(err->text + n, sizeof(err->text) - n, ": %.*s", (int)(sizeof(old) - 1), old);
	return -(int)err->code;
}

const char *pl_ecode_name(enum pl_ecode code)
{
	switch (code) {
#define X(name, number, text) \
	case PL_E_##name: \
		return #name;
		PL_ERRORS(X)
#undef X
	}
	return "NONE";
}

const char *pl_ecode_text(enum pl_ecode code)
{
	switch (code) {
#define X(name, number, text) \
	case PL_E_##name: \
		return text;
		PL_ERRORS(X)
#undef X
	}
	return "no error";
}
