#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare a JSON report of the example image on standard input with examples/EXPECTED.md.

That list was made apart from plimsoll. Prints `as expected`, or each difference.
"""
import json
import re
import sys
from pathlib import Path

TEXT = (Path(__file__).resolve().parents[2] / "examples/EXPECTED.md").read_text()
ROW = re.compile(r"^\| (\S+) `([^`]+)` \| (\S+) \| (\S*) *\| (\S+) \| (\w+) \| (\S+) \| *(yes)? *\|$", re.M)
TYPES = {"Debian:12": "deb", "Maven": "maven", "PyPI": "pypi", "npm": "npm"}


def expected():
    for eco, name, version, _, flaw, severity, fix, kev in ROW.findall(TEXT):
        yield TYPES[eco], name, version, flaw, severity, fix, bool(kev)


def found(report):
    for row in report["findings"]:
        if row["kind"] == "vulnerability":
            package = row["package"]
            fix = (row["fix"]["versions"] or [""])[0]
            yield (package["type"], package["name"], package["version"], row["id"], row["severity"],
                   fix, row["known_exploited"])


def counts(report):
    """Numbers of packages and of suppressed findings, as the text says them."""
    for pattern, kind in ((r"- (\d+) Debian packages", "deb"), (r"- (\d+) npm packages", "npm"),
                          (r"- (\d+) Python packages", "pypi"), (r"- (\d+) Maven artifacts", "maven")):
        want = int(re.search(pattern, TEXT).group(1))
        have = sum(p["type"] == kind for p in report["packages"])
        if want != have:
            yield f"{kind}: {have} packages, expected {want}"
    want = int(re.search(r"## Suppressed: (\d+)", TEXT).group(1))
    if want != len(report["suppressed"]):
        yield f"{len(report['suppressed'])} suppressed, expected {want}"


def main():
    report = json.load(sys.stdin)
    want, have = set(expected()), list(found(report))
    lines = [f"missing: {row}" for row in sorted(want - set(have))]
    lines += [f"too much: {row}" for row in sorted(set(have) - want)]
    lines += list(counts(report))
    if len(want) < 50:
        lines.append("EXPECTED.md could not be read")
    if len(have) != len(set(have)):
        lines.append("a finding stands twice")
    print("\n".join(lines) or "as expected")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
