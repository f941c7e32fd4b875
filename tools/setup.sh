#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Install the Debian packages that plimsoll needs. Only what is missing is installed, and what is
# installed is said first.
#
#   tools/setup.sh [--list] [build] [check]
#
#   build   compiler, build tools, libraries: what `make` needs
#   check   what `make check` needs besides: test library, linters, tools that make real images
#
# Needs nothing but a Debian 12 with apt; `sudo` only when not root.

set -eu

build="
	gcc libc6-dev make meson ninja-build pkg-config python3
	libisal-dev zlib1g-dev libzstd-dev liblzma-dev libbz2-dev libarchive-dev
	libssl-dev libcjson-dev libsqlite3-dev libseccomp-dev
	libyaml-dev libexpat1-dev libvectorscan-dev libcurl4-openssl-dev
	scdoc ca-certificates"

check="
	libcmocka-dev clang-14 libclang-rt-14-dev clang-tidy-14 clang-format-14
	cppcheck codespell shellcheck git
	xz-utils bzip2 zstd zip unzip isal time procps openssl
	python3-yaml python3-packaging sqlite3
	docker.io skopeo debootstrap debian-archive-keyring rpm db5.3-util
	ruby ruby-bundler composer php-cli php-pear"

die()
{
	echo "setup: $*" >&2
	exit 1
}

installed()
{
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ||
		dpkg-query -W -f '${db:Status-Status}\n' "$1:*" 2>/dev/null | grep -qx installed
}

list=no
groups=
for arg; do
	case $arg in
	build | check) groups="$groups $arg" ;;
	--list) list=yes ;;
	-h | --help) sed -n '4,12s/^# \{0,1\}//p' "$0" && exit 0 ;;
	*) die "unknown group '$arg' (known: build, check)" ;;
	esac
done
[ -n "$groups" ] || groups="build"

wanted=
for group in $groups; do
	case $group in
	build) wanted="$wanted $build" ;;
	check) wanted="$wanted $check" ;;
	esac
done

if [ $list = yes ]; then
	for package in $wanted; do
		echo "$package"
	done
	exit 0
fi

if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-query >/dev/null 2>&1; then
	echo "setup: this is not Debian; see that the like of these is installed:" >&2
	# shellcheck disable=SC2086  # a list of words
	echo $wanted >&2
	exit 0
fi

missing=
for package in $wanted; do
	installed "$package" || missing="$missing $package"
done
if [ -z "$missing" ]; then
	echo "setup: nothing to install for:$groups"
	exit 0
fi
echo "setup: installing for$groups:$missing"

as_root=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null 2>&1 ||
		die "not root and no sudo; as root: apt-get install$missing"
	as_root="sudo"
fi

# No service may be started here: docker.io would start a daemon, the tests start their own.
# Recommended packages are left out: everything that is needed stands above.
run_apt()
{
	$as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -q -y \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 || {
		cat "$log" >&2
		return 1
	}
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
run_apt update || die "apt-get update failed"
# shellcheck disable=SC2086  # a list of words
run_apt install --no-install-recommends $missing || die "apt-get install failed"
for package in $missing; do
	installed "$package" || die "$package is still not installed"
done
echo "setup: done"
