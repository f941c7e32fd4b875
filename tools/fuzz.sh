#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tools/fuzz.sh SECONDS [TARGET…]: run each libFuzzer target (all of tests/fuzz when none is
# named) for SECONDS, starting from its corpus, and print the executions. What is found stays in
# build-fuzz/findings; the status is 1 then. New inputs are kept in build-fuzz/corpus, not in tests/.
set -eu
cd "$(dirname "$0")/.."

seconds=${1:-600}
[ $# -eq 0 ] || shift
build="build-fuzz"
clang="clang-14"
command -v $clang >/dev/null 2>&1 || clang="clang"

if [ ! -f $build/build.ninja ]; then
	CC=$clang meson setup $build -Dfuzz=true -Db_sanitize=address -Db_lundef=false \
		-Dbuildtype=debugoptimized >/dev/null
fi
nice ninja -C $build -j "${JOBS:-2}" >$build/ninja.log 2>&1 || {
	cat $build/ninja.log
	exit 2
}
if [ $# -eq 0 ]; then
	for file in tests/fuzz/fuzz_*.c; do
		name=${file##*/fuzz_}
		set -- "$@" "${name%.c}"
	done
fi

mkdir -p $build/findings
bad=0
total=0
for name; do
	mkdir -p "$build/corpus/$name"
	log=$build/$name.log
	status=0
	nice "$build/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=25 \
		-rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$build/findings/$name-" \
		"$build/corpus/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1 || status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	total=$((total + ${runs:-0}))
	if [ $status -eq 0 ]; then
		printf '%-16s %12s executions in %s s\n' "$name" "${runs:-0}" "$seconds"
	else
		printf '%-16s FINDING, see %s\n' "$name" "$log"
		tail -n 30 "$log"
		bad=1
	fi
done
echo "$total executions of $# targets"
exit $bad
