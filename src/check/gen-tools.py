#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of data/tools as C: gen-tools.py OUTPUT.c TABLE.tsv…

The rows come sorted by name, for a binary search. A wrong row stops the build.
"""
import sys
from pathlib import Path

SEVERITIES = ("negligible", "low", "medium", "high", "critical")


def rows_of(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 4 or cells[2] not in SEVERITIES or not all(cells) or '"' in line or "\\" in line:
            raise SystemExit(f"{path}:{number}: expected name, family, severity, what")
        yield cells + [path.stem.upper()]


def main():
    output, tables = sys.argv[1], [Path(arg) for arg in sys.argv[2:]]
    rows = sorted(row for table in tables for row in rows_of(table))
    for one, next_one in zip(rows, rows[1:]):
        if one[0] == next_one[0]:
            raise SystemExit(f"{one[0]} stands twice in data/tools")
    lines = ["/* made by src/check/gen-tools.py from data/tools */", '#include "check/check_int.h"',
             "", "const struct pl_tool pl_tools[] = {"]
    lines += [f'\t{{"{name}", "{family}", PL_SEV_{severity.upper()}, "{what}", PL_TOOL_{group}}},'
              for name, family, severity, what, group in rows]
    lines += ["};", "const size_t pl_tools_len = sizeof(pl_tools) / sizeof(pl_tools[0]);", ""]
    Path(output).write_text("\n".join(lines))


if __name__ == "__main__":
    main()
