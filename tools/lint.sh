#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tools/lint.sh BUILD: clang-format, clang-tidy, cppcheck, codespell, shellcheck over the sources;
# BUILD is a configured build directory (for compile_commands.json), made when it is not there.
set -u
cd "$(dirname "$0")/.." || exit 2

build=${1:-build-check}
bad=0

# run NAME COMMAND…: says ok or shows what the tool said
run()
{
	name=$1
	shift
	if ! command -v "$1" >/dev/null 2>&1; then
		echo "skipped $name: $1 is not installed"
		return
	fi
	if log=$("$@" 2>&1); then
		echo "ok      $name"
	else
		printf '%s\n' "$log"
		echo "FAILED  $name"
		bad=1
	fi
}

[ -f "$build/build.ninja" ] || meson setup "$build" -Db_sanitize=address,undefined >/dev/null
sources=$(git ls-files 'src/*.c')
scripts=$(git ls-files '*.sh' .ci/run)
# Left out of clang-tidy 14, besides style: valist.Uninitialized (does not see va_start when several
# files are read), misplaced-widening-cast (casts for %llu), suspicious-string-compare and
# not-null-terminated-result (tar fields are bytes, not strings). Of cppcheck 2.10: internalAstError
# (`a ?: b` of GNU C), compareBoolExpressionWithInt, uninitvar (what a callee sets when it succeeds:
# gcc and the clang analyser follow it, cppcheck does not), unknownMacro (cJSON_ArrayForEach).
# shellcheck disable=SC2046,SC2086  # lists of words
{
	run clang-format clang-format-14 --dry-run -Werror $(git ls-files '*.c' '*.h')
	run clang-tidy clang-tidy-14 --quiet -p "$build" --warnings-as-errors='*' \
		--extra-arg=-enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang \
		--checks='-*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,-bugprone-reserved-identifier,-bugprone-assignment-in-if-condition,-bugprone-implicit-widening-of-multiplication-result,-bugprone-sizeof-expression,-bugprone-branch-clone,-bugprone-macro-parentheses,-bugprone-misplaced-widening-cast,-bugprone-suspicious-string-compare,-bugprone-not-null-terminated-result,clang-analyzer-*,-clang-analyzer-valist.Uninitialized,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,-clang-analyzer-optin.performance.Padding' \
		$sources
	run cppcheck cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr -Isrc \
		--enable=warning,portability --suppress=missingIncludeSystem \
		--suppress=nullPointerArithmetic --suppress=internalAstError \
		--suppress=compareBoolExpressionWithInt --suppress=uninitvar \
		--suppress=unknownMacro $sources
	run codespell codespell --quiet-level=2 -L 'ba,te,fo,nd,ot,ser,ans,crate,inout,doas,upto' \
		src docs tools tests/unit README.md CONTRIBUTING.md
	run shellcheck shellcheck $scripts
	run layering python3 tests/layering/check.py
}
exit $bad
