#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the patterns of data/programs as C: gen-programs.py OUTPUT.c TABLE.tsv…

The form of the tables is told in data/programs/README.md. A wrong row stops the build.
"""
import re
import sys
from pathlib import Path

REACH = 1024  # PATTERN_REACH of programs.h
ANCHOR_MIN = 4
NULS_MAX = 64
DIGITS_MAX = 12
VERSION_MAX = 48
FORMS = {"v": "DOTTED", "v3": "THREE", "n": "NUMBER", "va": "LETTER", "vp": "PATCH", "vP": "PATCHED", "vj": "JAVA",
         "vr": "PRE"}


WHERE = {"program": "IN_PROGRAM", "text": "IN_TEXT", "name": "BY_NAME"}


class Wrong(Exception):
    pass


def unescape(text):
    out = bytearray()
    at = 0
    simple = {"0": 0, "n": 10, "t": 9, "r": 13, "\\": 92, "{": 123, "}": 125, "s": 32}
    while at < len(text):
        if text[at] != "\\":
            out += text[at].encode()
            at += 1
        elif text[at + 1:at + 2] == "x":
            out.append(int(text[at + 2:at + 4], 16))
            at += 4
        elif text[at + 1:at + 2] in simple:
            out.append(simple[text[at + 1]])
            at += 2
        else:
            raise Wrong(f"escape {text[at:at + 2]}")
    return bytes(out)


def literals(data):
    """NULs at the ends stand alone: vectorscan takes a literal that begins with one for empty."""
    return [("LITERAL", part) for part in re.findall(rb"^\0+|\0+$|(?:(?!^\0)(?!\0+$).)+", data, re.S)]


def elements(text):
    """[(kind, value)] of a pattern."""
    found = []
    pieces = re.findall(r"\{[^{}\\]*\}|(?:\\.|[^{}\\])+", text)
    if "".join(pieces) != text:
        raise Wrong("a brace that stands for itself is written \\{ or \\}")
    for piece in pieces:
        if piece[0] != "{":
            found += literals(unescape(piece))
            continue
        name = piece[1:-1]
        if name in FORMS:
            found.append(("VERSION", FORMS[name]))
        elif name == "z":
            found.append(("NULS", NULS_MAX))
        elif name == "d":
            found.append(("DIGITS", DIGITS_MAX))
        elif name[:1] in "*." and name[1:].isdigit():
            found.append(("GAP" if name[0] == "*" else "TEXT", int(name[1:])))
        else:
            raise Wrong(f"element {piece}")
    return found


def reach(els):
    """The least and the most bytes of a list of elements."""
    least = most = 0
    for kind, value in els:
        if kind == "LITERAL":
            least += len(value)
            most += len(value)
        else:
            least += {"GAP": 0, "TEXT": 0, "NULS": 1, "DIGITS": 1, "VERSION": 1}[kind]
            most += VERSION_MAX if kind == "VERSION" else value
    return least, most


def compile_pattern(text):
    els = elements(text)
    if [kind for kind, _ in els].count("VERSION") != 1:
        raise Wrong("one version is needed")
    if [kind in ("GAP", "TEXT") for kind, _ in els].count(True) > 2:
        raise Wrong("more than two elements of open length")
    lengths = [(len(value.strip(b"\0")), -i) for i, (kind, value) in enumerate(els) if kind == "LITERAL"]
    if not lengths or max(lengths)[0] < ANCHOR_MIN:
        raise Wrong(f"no text of {ANCHOR_MIN} bytes to search for")
    anchor = -max(lengths)[1]
    if els[-1][0] not in ("LITERAL", "VERSION"):
        raise Wrong("it must end with text or with the version")
    before, after = reach(els[:anchor]), reach(els[anchor + 1:] + [("LITERAL", b" ")])
    if before[1] + after[1] + len(els[anchor][1]) + 2 > REACH:
        raise Wrong("it reaches too far")
    return els, anchor, before, after, els[anchor][1]


def compile_name(files, text):
    """A version in the name, proved by a text in the file."""
    els, proof = elements(files), unescape(text)
    if len(els) != 2 or els[0][0] != "LITERAL" or els[1][0] != "VERSION":
        raise Wrong("name: expected the beginning of the name and the version")
    if len(proof) < ANCHOR_MIN or proof[0] == 0:
        raise Wrong(f"no text of {ANCHOR_MIN} bytes to search for")
    return els, 0, (0, 0), (0, 0), proof


def read_tables(paths):
    programs, patterns = [], []
    for path in paths:
        for number, line in enumerate(Path(path).read_text().splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            cells = line.split("\t")
            try:
                if cells[0]:
                    if len(cells) != 3 or not cells[1].startswith("pkg:"):
                        raise Wrong("expected name, package URL, CPEs")
                    programs.append(cells)
                    continue
                if len(cells) not in (4, 5):
                    raise Wrong("expected an empty cell, files, pattern, evidence, perhaps a condition")
                where, *names = cells[1].split()
                if where not in ("program", "text", "name") or (where != "program" and not names):
                    raise Wrong("files: program, text and names, or name and its form")
                if not programs or not cells[3]:
                    raise Wrong("pattern without program or evidence")
                condition = cells[4] if len(cells) == 5 else ""
                if where == "name":
                    compiled, names = compile_name(names[0], cells[2]), []
                else:
                    compiled = compile_pattern(cells[2])
                patterns.append((len(programs) - 1, where, names, compiled, condition))
            except Wrong as wrong:
                raise SystemExit(f"{path}:{number}: {wrong}") from wrong
    names = [p[0] for p in programs]
    if len(set(names)) != len(names):
        raise SystemExit(f"a program stands twice: {[n for n in names if names.count(n) > 1]}")
    for index, name in enumerate(names):
        if not any(p[0] == index for p in patterns):
            raise SystemExit(f"{name} has no pattern")
    return programs, patterns


def c_string(data):
    out = ""
    for byte in data:
        if byte in b'"\\?':
            out += "\\" + chr(byte)
        elif 32 <= byte < 127:
            out += chr(byte)
        else:
            out += f"\\{byte:03o}"
    return f'"{out}"'


def printable(data):
    return re.sub(r"[^\x20-\x7e]+", " ", data.decode("latin-1"))


def how(where, els, text):
    """What a person is told: the text around the version."""
    shown = ""
    for kind, value in els:
        if kind == "LITERAL":
            shown += printable(value)
        else:
            shown += "VERSION" if kind == "VERSION" else " "
    if where == "name":
        return f"file name {shown}, with the text: {printable(text)}"
    return "version string: " + re.sub(r" +", " ", shown).strip()[:80]


class Output:
    def __init__(self, programs, patterns):
        self.programs, self.patterns = programs, patterns
        self.anchors = {}
        for *_, compiled, condition in patterns:
            self.anchors.setdefault(compiled[-1], [])
            if condition:
                self.anchors.setdefault(unescape(condition.removeprefix("!")), [])
        for index, pattern in enumerate(patterns):
            if pattern[1] != "name":
                self.anchors[pattern[3][-1]].append(index)
        self.ids = {text: index for index, text in enumerate(self.anchors)}

    def pattern_lines(self):
        for index, (_, _, names, (els, *_), _) in enumerate(self.patterns):
            yield f"static const struct pattern_el els_{index}[] = {{"
            for kind, value in els:
                if kind == "LITERAL":
                    yield f"\t{{EL_LITERAL, 0, {len(value)}, {c_string(value)}}},"
                elif kind == "VERSION":
                    yield f"\t{{EL_VERSION, VF_{value}, {VERSION_MAX}, NULL}},"
                else:
                    yield f"\t{{EL_{kind}, 0, {value}, NULL}},"
            yield "};"
            if names:
                yield f"static const char *const names_{index}[] = {{{', '.join(c_string(n.encode()) for n in names)}, NULL}};"

    def table_lines(self):
        yield "const struct pl_program pl_programs[] = {"
        for name, purl, cpes in self.programs:
            yield f"\t{{{c_string(name.encode())}, {c_string(purl.encode())}, {c_string(chr(10).join(cpes.split()).encode())}}},"
        yield "};"
        yield "const struct pattern pl_patterns[] = {"
        for index, (program, where, names, (els, anchor, before, after, text), condition) in enumerate(self.patterns):
            with_id = self.ids[unescape(condition.removeprefix("!"))] if condition else "NO_ANCHOR"
            yield (f"\t{{els_{index}, {f'names_{index}' if names else 'NULL'}, {c_string(how(where, els, text).encode())}, {program}, "
                   f"{self.ids[text]}, {with_id}, {before[1]}, {after[1]}, {before[0]}, {len(els)}, {anchor}, "
                   f"{WHERE[where]}, {'true' if condition.startswith('!') else 'false'}}},")
        yield "};"

    def anchor_lines(self):
        order = [index for users in self.anchors.values() for index in users]
        yield f"const uint16_t pl_patterns_by_anchor[] = {{{', '.join(map(str, order))}}};"
        yield "const struct anchor pl_anchors[] = {"
        first = 0
        for text, users in self.anchors.items():
            after = max((self.patterns[i][3][3][1] for i in users), default=0)
            yield f"\t{{{c_string(text)}, {len(text)}, {first}, {len(users)}, {after}}},"
            first += len(users)
        yield "};"


def main():
    output, tables = sys.argv[1], sorted(sys.argv[2:])
    o = Output(*read_tables(tables))
    lines = ["/* made by src/binary/gen-programs.py from data/programs */", '#include "binary/programs.h"', ""]
    lines += [*o.pattern_lines(), *o.table_lines(), *o.anchor_lines()]
    for table in ("programs", "patterns", "anchors"):
        lines.append(f"const size_t pl_{table}_len = sizeof(pl_{table}) / sizeof(pl_{table}[0]);")
    Path(output).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
