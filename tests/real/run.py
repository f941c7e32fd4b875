#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""All tests on real images: build the images, ground truth, oracle, bad input.

Prints what failed or was skipped, and ends with one line `N passed, N failed, N skipped`.

  run.py [--plimsoll FILE] [--verbose]

  --plimsoll   the binary under test (default: $PLIMSOLL, or build/plimsoll)
  --verbose    also what passed
"""

import argparse
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = ("images.py", "ground_truth.py", "programs.py", "ecosystems.py", "built.py",
           "truth_languages.py", "locks.py", "evasion.py",
           "sbom.py", "versions.py", "oracle.py", "badinput.py")
LAST = re.compile(r"(\d+) passed, (\d+) failed, (\d+) skipped$")


def run_script(script, verbose):
    """The counts of one script; one that does not end with its line has failed."""
    counts = None
    process = subprocess.Popen([sys.executable, os.path.join(HERE, script)],
                               stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        found = LAST.match(line.strip())
        if found:
            counts = [int(number) for number in found.groups()]
        elif verbose or not line.startswith("ok "):
            print(line, end="", flush=True)
    status = process.wait()
    if counts is None or status not in (0, 1) or (status == 1) != (counts[1] > 0):
        print(f"FAILED {script}: ended with status {status} before its last line", flush=True)
        return [counts[0] if counts else 0, (counts[1] if counts else 0) + 1,
                counts[2] if counts else 0]
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plimsoll")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if options.plimsoll:
        os.environ["PLIMSOLL"] = os.path.abspath(options.plimsoll)
    total = [0, 0, 0]
    for script in SCRIPTS:
        start = time.monotonic()
        counts = run_script(script, options.verbose)
        total = [a + b for a, b in zip(total, counts)]
        print(f"# {script}: {counts[0]} passed, {counts[1]} failed, {counts[2]} skipped, "
              f"{time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    sys.exit(1 if total[1] else 0)


if __name__ == "__main__":
    main()
