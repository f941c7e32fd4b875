#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes data/js-marks.tsv as C: gen-marks.py OUTPUT.c TABLE.tsv. A wrong row stops the build."""
import sys
from pathlib import Path


def text(cell):
    """A C string; "-" is none."""
    if cell == "-":
        cell = ""
    return '"' + cell.replace('"', '\\"') + '"'


def main():
    lines = ["/* made by src/catalog/gen-marks.py from data/js-marks.tsv */",
             '#include "catalog/js_marks.h"', "", "const struct js_mark pl_js_marks[] = {"]
    for number, line in enumerate(Path(sys.argv[2]).read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 4 or not cells[0] or len(cells[2]) < 2 or "\\" in line.replace("\\n", ""):
            raise SystemExit(f"{sys.argv[2]}:{number}: expected package, gate, before, after")
        lines.append("\t{" + ", ".join(text(cell) for cell in cells) + "},")
    lines += ["};", "const size_t pl_js_marks_len = sizeof(pl_js_marks) / sizeof(pl_js_marks[0]);", ""]
    Path(sys.argv[1]).write_text("\n".join(lines))


if __name__ == "__main__":
    main()
