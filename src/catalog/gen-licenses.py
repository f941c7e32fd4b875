#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of data/licenses as C: gen-licenses.py OUTPUT.c ids.txt exceptions.txt names.tsv marks.tsv

Rows are sorted by key for a binary search. Two meanings of one key stop the build.
"""
import re
import sys
from pathlib import Path

FILLERS = {"the", "a", "license", "licence", "licenses", "licences", "licensed", "version", "ver",
           "software", "under", "terms", "of", "exception", "exceptions"}


def key(name):
    """The form in which names are compared: as licence_key() of license.c makes it."""
    words = re.split(r"[^a-z0-9.+]+", name.lower())
    words = [word.strip(".") for word in words if word not in FILLERS]
    out = []
    for word in words:
        word = re.sub(r"(^|[a-z])v\.?(?=[0-9])", r"\1", word)
        word = re.sub(r"(?<![0-9.])([0-9]+)\.0(?=$|\+)", r"\1", word)
        out.append(word)
    return "".join(out)


def lines(path):
    for line in Path(path).read_text().splitlines():
        if line and not line.startswith("#"):
            yield line


def table(name, rows):
    meanings = {}
    for spelled, meaning in rows:
        k = key(spelled)
        if not k or meanings.setdefault(k, meaning) != meaning:
            raise SystemExit(f"data/licenses: {spelled!r} is {meaning} and {meanings.get(k)}")
    out = [f"const struct pl_license_row {name}[] = {{"]
    out += [f'\t{{"{k}", "{meanings[k]}"}},' for k in sorted(meanings)]
    out += ["};", f"const size_t {name}_len = sizeof({name}) / sizeof({name}[0]);", ""]
    return out


PHRASES = 4


def marks(path, known):
    out = ["const struct pl_license_mark pl_license_marks[] = {"]
    for line in lines(path):
        cells = (line.split("\t") + [""])[:4]
        family, spdx, has, lacks = cells
        phrases = [[phrase.strip() for phrase in text.split("|") if phrase.strip()] for text in (has, lacks)]
        if spdx not in known or not phrases[0] or max(map(len, phrases)) > PHRASES:
            raise SystemExit(f"data/licenses/marks.tsv: {line!r}")
        if any(re.search("[^a-z0-9 ]", phrase) for phrase in phrases[0] + phrases[1]):
            raise SystemExit(f"data/licenses/marks.tsv: only words, please: {line!r}")
        quoted = ["{" + ", ".join(f'"{phrase}"' for phrase in one) + "}" if one else "{0}" for one in phrases]
        out.append(f'\t{{"{family}", "{spdx}", {quoted[0]}, {quoted[1]}}},')
    return out + ["};", "const size_t pl_license_marks_len = sizeof(pl_license_marks) / sizeof(pl_license_marks[0]);",
                  ""]


def main():
    output, ids, exceptions, names, texts = sys.argv[1:6]
    spellings = [tuple(line.split("\t")) for line in lines(names)]
    spelled = {key(name) for name, _ in spellings}
    known = [(i, i) for i in lines(ids) if key(i) not in spelled]
    out = ["/* made by src/catalog/gen-licenses.py from data/licenses */",
           '#include "catalog/license.h"', ""]
    out += table("pl_license_names", known + spellings)
    out += table("pl_license_exceptions", [(i, i) for i in lines(exceptions)])
    out += marks(texts, set(lines(ids)))
    Path(output).write_text("\n".join(out))


if __name__ == "__main__":
    main()
