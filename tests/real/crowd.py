# SPDX-License-Identifier: Apache-2.0
"""Root directories with a package for every name that a feed knows.

A real image has few flaws, and its versions seldom stand on a bound. Here each package has a
version that some advisory gives as a bound, or one right beside it; the package managers still
say what is installed, and still compare.
"""

import base64
import hashlib
import os
import zlib

from common import made

OS_RELEASE = {
    "Alpine": 'ID=alpine\nNAME="Alpine Linux"\nVERSION_ID={release}.0\n',
    "Debian": 'ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="{release}"\n'
              'VERSION_CODENAME=bookworm\n',
}


def bounds_by_name(entries):
    """{name: sorted bounds} of advisory entries."""
    found = {}
    for _, entry in entries:
        values = found.setdefault(entry["package"]["name"], set())
        for r in entry.get("ranges", []):
            for event in r["events"]:
                values |= {v for v in event.values() if v not in ("0", "*")}
    return {name: sorted(values) for name, values in sorted(found.items()) if values}


def beside(version, turn, revision):
    """A bound itself, or with its revision lowered, raised, or with a suffix."""
    head, mark, tail = version.rpartition(revision)
    number = tail.isdigit() and mark
    forms = [version]
    if number:
        forms += [f"{head}{mark}{int(tail) + 1}"]
        forms += [f"{head}{mark}{int(tail) - 1}"] if int(tail) else []
    if revision == "-" and number:
        forms += [version + "~deb12u1", version + "+b1"]
    return forms[turn % len(forms)]


def pick(name, bounds):
    turn = zlib.crc32(name.encode())
    return bounds[turn % len(bounds)], turn // 7


def apk_database(bounds):
    text = []
    for name, values in bounds.items():
        version, turn = pick(name, values)
        version = beside(version, turn, "-r")
        for package in (name, f"{name}-part"):
            digest = base64.b64encode(hashlib.sha1(package.encode()).digest()).decode()
            text.append(f"C:Q1{digest}\nP:{package}\nV:{version}\nA:x86_64\nS:1\nI:1\n"
                        f"T:test\nU:test\nL:MIT\no:{name}\n\n")
    return "".join(text)


def dpkg_status(bounds):
    text = []
    for name, values in bounds.items():
        version, turn = pick(name, values)
        version = beside(version, turn, "-")
        common = "Status: install ok installed\nMaintainer: Test <test@localhost>\n" \
                 "Architecture: amd64\nDescription: test\n"
        text.append(f"Package: {name}\n{common}Version: {version}\n\n")
        text.append(f"Package: {name}-part\n{common}Source: {name} ({version})\n"
                    f"Version: 9:{version.rpartition(':')[2]}\n\n")
    return "".join(text)


def make(root, distribution, release, entries):
    """Make the root directory anew; it takes a moment only."""
    bounds = bounds_by_name(entries)
    with made(root) as tmp:
        files = {"etc/os-release": OS_RELEASE[distribution].format(release=release)}
        if distribution == "Alpine":
            files |= {"lib/apk/db/installed": apk_database(bounds), "etc/apk/arch": "x86_64\n",
                      "etc/alpine-release": f"{release}.0\n", "etc/apk/world": "",
                      "lib/apk/db/scripts.tar": "", "lib/apk/db/triggers": "", "lib/apk/db/lock": "",
                      "var/cache/apk/.keep": "",
                      "etc/apk/repositories": "", "var/cache/misc/.keep": ""}
        else:
            files |= {"var/lib/dpkg/status": dpkg_status(bounds), "etc/debian_version": "12.0\n",
                      "var/lib/dpkg/info/format": "1\n", "var/lib/dpkg/updates/.keep": ""}
        for path, text in files.items():
            path = os.path.join(tmp, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
