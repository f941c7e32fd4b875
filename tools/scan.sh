#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tools/scan.sh BUILD [TARGET]: scan TARGET, or the example image, which is assembled first.
# A verdict of no (status 1) is an answer and no failure of make; every other status is.
set -eu

build=$1
target=${2-}
if [ -z "$target" ]; then
	target=$build/example.tar
	python3 "$(dirname "$0")/../examples/build-image.py" "$target"
fi

status=0
"$build/plimsoll" scan "$target" || status=$?
case $status in
0) echo "scan: status 0, nothing reaches the line" ;;
1) echo "scan: status 1, the verdict is no (see above)" ;;
*)
	echo "scan: status $status" >&2
	exit "$status"
	;;
esac
