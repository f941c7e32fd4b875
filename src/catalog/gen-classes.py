#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes data/java-classes.tsv as C: gen-classes.py OUTPUT.c TABLE.tsv. A wrong row stops the build."""
import sys
from pathlib import Path


def rows_of(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) not in (2, 3) or cells[1].count(":") != 1 or '"' in line or "\\" in line:
            raise SystemExit(f"{path}:{number}: expected class, group:artifact, other artifacts")
        group, artifact = cells[1].split(":")
        yield cells[0].rpartition("/")[2], cells[0], group, artifact, (cells + [""])[2]


def main():
    rows = sorted(rows_of(Path(sys.argv[2])))
    if len(rows) > 256 or len({row[1] for row in rows}) != len(rows):
        raise SystemExit(f"{sys.argv[2]}: more than 256 rows, or one class twice")
    lines = ["/* made by src/catalog/gen-classes.py from data/java-classes.tsv */",
             '#include "catalog/java_class.h"', "",
             "const struct java_class_row pl_java_class_table[] = {"]
    lines += [f'\t{{"{path}", "{name}", "{group}", "{artifact}", "{others}"}},'
              for name, path, group, artifact, others in rows]
    lines += ["};", "const size_t pl_java_class_table_len =",
              "\tsizeof(pl_java_class_table) / sizeof(pl_java_class_table[0]);", ""]
    Path(sys.argv[1]).write_text("\n".join(lines))


if __name__ == "__main__":
    main()
