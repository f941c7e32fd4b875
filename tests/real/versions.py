#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`plimsoll version compare --batch` against the package managers' own comparison.

The versions are those that the OSV feed names as bounds: thousands of real ones for each scheme,
paired at random (same seed every time) within a package and across packages.
"""

import os
import random
import sys

import truth
from common import CommandError, FEED, PLIMSOLL, Tally, have, image_list, need_binary, run
from oracle import (Versions, apk_ask, bounds, dpkg_ask, lines_of, pep440_ask, read_feed, rpm_ask,
                    semver_ask)

tally = Tally()


def real_versions(folder, ecosystem):
    """{package: its versions in the feed}."""
    found = {}
    for _, entry in read_feed(folder, ecosystem, bool):
        found.setdefault(entry["package"]["name"], set()).update(
            b for b in bounds(entry) if b not in ("0", "*") and not set(b) & set("\t\n "))
    return {name: sorted(values) for name, values in sorted(found.items()) if values}


def some_pairs(versions, each):
    rng = random.Random("plimsoll")
    pairs = {(rng.choice(values), rng.choice(values)) for values in versions.values()
             for _ in range(min(len(values) ** 2, each))}
    everything = [value for values in versions.values() for value in values]
    pairs |= {(rng.choice(everything), rng.choice(everything)) for _ in range(1500)}
    return sorted(pair for pair in pairs if pair[0] != pair[1])


def ours(scheme, pairs):
    text = "".join(f"{scheme}\t{line}\n" for line in lines_of(pairs).splitlines())
    return run([PLIMSOLL, "version", "compare", "--batch"], input=text, ok=(0, 3)).splitlines()


def check(scheme, folder, ecosystem, ask, each):
    pairs = some_pairs(real_versions(folder, ecosystem), each)
    known = Versions(ask, f"versions-{scheme}")
    known.prepare(pairs)
    theirs = ["?" if known.compare(a, b) is None else "<=>"[known.compare(a, b) + 1]
              for a, b in pairs]
    mine = ours(scheme, pairs)
    if len(pairs) != len(mine):
        tally.fail(f"versions {scheme}", f"{len(mine)} answers to {len(pairs)} pairs")
        return
    wrong = [(a, b, x, y) for (a, b), x, y in zip(pairs, theirs, mine)
             if x != y and (x in "<=>" or y in ("<", "=", ">"))]
    for a, b, x, y in wrong[:20]:
        print(f"  {scheme}: {a!r} {b!r}: {x} by the package manager, {y} by plimsoll")
    tally.check(f"versions {scheme}", not wrong, f"{len(wrong)} of {len(pairs)} differ",
                f"{len(pairs)} pairs")


def main():
    need_binary(tally)
    images = image_list()
    tools = next((i["root"] for i in images.values() if i["root"] and truth.loader(i["root"])),
                 None)
    debian = images.get("debian-12", {}).get("root") if os.geteuid() == 0 else None
    rows = [("deb", "Debian", "Debian:12", dpkg_ask, 3, have("dpkg"), "no dpkg"),
            ("rpm", "AlmaLinux", "AlmaLinux:9", rpm_ask, 3, have("rpm"), "no rpm"),
            ("apk", "Alpine", "Alpine:v3.19", apk_ask(tools), 6, tools, "no Alpine image"),
            ("npm", "npm", "npm", semver_ask(debian), 6, debian, "no Debian image, or not root"),
            ("pypi", "PyPI", "PyPI", pep440_ask(debian), 8, debian,
             "no Debian image, or not root")]
    for scheme, folder, ecosystem, ask, each, there, why in rows:
        if not os.path.isdir(FEED):
            there, why = False, f"{FEED} is not there"
        if not there:
            tally.skip(f"versions {scheme}", why)
            continue
        try:
            check(scheme, folder, ecosystem, ask, each)
        except (CommandError, OSError) as e:
            tally.fail(f"versions {scheme}", e)
    tally.end()


if __name__ == "__main__":
    sys.exit(main())
