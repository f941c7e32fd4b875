#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tools/fuzz.sh SECONDS [TARGET…]: run each libFuzzer target (all when none is named) for SECONDS,
# starting from its corpus, and print the executions. A target is a program fuzz_NAME of tests/fuzz,
# or cat_ROW: the row of PL_CATALOGERS with that name, whose seeds are its fixture. PARALLEL=N runs
# N at once. What is found stays in build-fuzz/findings; the status is 1 then. New inputs are kept in
# build-fuzz/corpus, not in tests/.
set -eu
cd "$(dirname "$0")/.."

seconds=${1:-600}
[ $# -eq 0 ] || shift
build="build-fuzz"
clang="clang-14"
command -v $clang >/dev/null 2>&1 || clang="clang"

if [ "${ONE_TARGET:-}" = "" ]; then
	[ -f $build/build.ninja ] ||
		CC=$clang meson setup $build -Dfuzz=true -Db_sanitize=address -Db_lundef=false \
			-Dbuildtype=debugoptimized >/dev/null
	nice ninja -C $build -j "${JOBS:-2}" >$build/ninja.log 2>&1 || {
		cat $build/ninja.log
		exit 2
	}
fi

all_targets() {
	for file in tests/fuzz/fuzz_*.c; do
		name=${file##*/fuzz_}
		[ "$name" = cataloger.c ] || echo "${name%.c}"
	done
	for dir in tests/data/catalog/*/; do
		row=${dir%/}
		echo "cat_${row##*/}"
	done
}

# A seed of a row is the path of the file in its image, a newline and the content.
seeds_of_row() {
	mkdir -p "$2"
	(cd "tests/data/catalog/$1/root" && find . -type f) | while read -r path; do
		name=$(printf '%s' "$path" | sha256sum | cut -c1-16)
		{
			printf '%s\n' "${path#./}"
			cat "tests/data/catalog/$1/root/$path"
		} >"$2/$name"
	done
}

run_one() {
	name=$1
	program=$build/tests/fuzz/fuzz_$name
	seeds=tests/fuzz/corpus/$name
	case $name in
	cat_*)
		PLIMSOLL_ROW=${name#cat_}
		export PLIMSOLL_ROW
		program=$build/tests/fuzz/fuzz_cataloger
		seeds=$build/seeds/$name
		seeds_of_row "$PLIMSOLL_ROW" "$seeds"
		;;
	esac
	mkdir -p "$build/corpus/$name" "$build/findings"
	log=$build/$name.log
	status=0
	nice -n 19 "$program" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$build/findings/$name-" \
		"$build/corpus/$name" "$seeds" >"$log" 2>&1 || status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	if [ $status -eq 0 ]; then
		printf '%-24s %12s executions in %s s\n' "$name" "${runs:-0}" "$seconds"
		return 0
	fi
	printf '%-24s FINDING, see %s\n' "$name" "$log"
	tail -n 30 "$log"
	return 1
}

if [ "${ONE_TARGET:-}" != "" ]; then
	run_one "$ONE_TARGET"
	exit
fi
[ $# -gt 0 ] || eval "set -- $(all_targets | tr '\n' ' ')"
status=0
for name; do echo "$name"; done |
	xargs -P "${PARALLEL:-1}" -I{} env ONE_TARGET={} "tools/fuzz.sh" "$seconds" || status=1
echo "$# targets, findings: $(find $build/findings -type f | wc -l)"
exit $status
