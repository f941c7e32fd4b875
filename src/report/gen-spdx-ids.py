#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes data/spdx/*.txt as C: gen-spdx-ids.py OUTPUT.c LICENSES.txt EXCEPTIONS.txt

The rows come in byte order, for a binary search. A wrong row stops the build.
"""
import re
import sys
from pathlib import Path


def table(name, path):
    rows = [line for line in Path(path).read_text().splitlines() if line and not line.startswith("#")]
    for row in rows:
        if not re.fullmatch(r"[A-Za-z0-9.+-]+", row):
            raise SystemExit(f"{path}: {row}: not an identifier")
    if rows != sorted(set(rows)):
        raise SystemExit(f"{path}: not sorted, or something stands twice")
    return [f"const char *const {name}[] = {{"] + [f'\t"{row}",' for row in rows] + [
        "};", f"const size_t {name}_len = {len(rows)};", ""]


def main():
    lines = ["/* made by src/report/gen-spdx-ids.py from data/spdx */", '#include "report/spdx_ids.h"', ""]
    lines += table("pl_spdx_licenses", sys.argv[2]) + table("pl_spdx_exceptions", sys.argv[3])
    Path(sys.argv[1]).write_text("\n".join(lines))


if __name__ == "__main__":
    main()
