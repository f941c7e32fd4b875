#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The layering test: rooms see only rooms before them, and habits that a script can hold.

usage: tests/layering/check.py [SOURCE_ROOT]

For every file below src/:
  includes   only `base`, the own room, and ROOM/ROOM.h of rooms before it in src/meson.build
  banned     no function that knows no lengths, uses the locale, or hides state
  quiet      nothing below `cli` prints to a terminal or ends the process
  cleanup    a variable that is released at the end of its block (pl_auto_buf …) is initialised before
             the first way out of the function
  look       SPDX line, `#pragma once` in headers, no words of unfinished work, one case a file
"""
import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[2])
BANNED = """strcpy strcat strncpy strncat sprintf vsprintf strtok gets atoi atol atoll atof strtol
strtoul strtoll strtoull sscanf gmtime localtime ctime asctime mktemp tmpnam alloca system popen
setjmp longjmp rand srand""".split()
PRINTING = "printf puts putchar perror exit".split()
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def rooms_in_order():
    text = (ROOT / "src/meson.build").read_text()
    listed = re.search(r"rooms = \[(.*?)\]", text, re.S).group(1)
    return re.findall(r"'(\w+)'", listed)


def strip(text):
    """The code without comments and without the inside of strings."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

    def keep_lines(match):
        body = match.group(0)
        return ('""' if body[0] == '"' else " ") + "\n" * body.count("\n")
    return pattern.sub(keep_lines, text)


def bad_include(rooms, room, path, target):
    if "/" not in target:
        return None if (path.parent / target).exists() else f"{target}: write ROOM/FILE.h"
    where, name = target.split("/", 1)
    if where not in rooms:
        return f"{target}: no room is called {where}"
    if where in (room, "base"):
        return None
    if rooms.index(where) > rooms.index(room):
        return f"{target}: {where} comes after {room}"
    if name != where + ".h":
        return f"{target}: private to {where}"
    return None


AUTO = re.compile(r"^(\t+)pl_auto_(?:buf|arena|map)\s+(.*);")


def early_returns(code):
    """Declarations of pl_auto_* without a value, with a return before their _init."""
    lines = code.splitlines()
    for number, line in enumerate(lines):
        declared = AUTO.match(line)
        if not declared:
            continue
        for name in re.findall(r"(\w+)(?=\s*(?:,|$))", declared.group(2)):
            for later in lines[number + 1:]:
                if later.startswith("}"):
                    break
                if re.search(rf"_init\(&{name}\b", later) or re.search(rf"(?<![.>\w]){name} = ", later):
                    break
                if re.search(r"\breturn\b", later):
                    yield number + 1, f"{name} may be released before it is initialised"
                    break


def faults(rooms, path):
    room = path.relative_to(ROOT / "src").parts[0]
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        target = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if target:
            why = bad_include(rooms, room, path, target.group(1))
            if why:
                yield number, f"include of {why}"
        if UNFINISHED.search(line):
            yield number, "a word of unfinished work"
    code = strip(text)
    yield from early_returns(code)
    for number, line in enumerate(code.splitlines(), 1):
        for name in BANNED:
            if re.search(rf"(?<![\w.>]){name}\s*\(", line):
                yield number, f"{name}() is banned"
        if room != "cli":
            for name in PRINTING:
                if re.search(rf"(?<![\w.>]){name}\s*\(", line):
                    yield number, f"{name}(): only the cli room prints and exits"
            if re.search(r"\b(stdout|stderr)\b", line):
                yield number, "stdout, stderr: only the cli room prints"
    if "SPDX-License-Identifier: Apache-2.0" not in text.split("\n", 1)[0]:
        yield 1, "no SPDX line on top"
    if path.suffix == ".h" and "#pragma once" not in text:
        yield 1, "no #pragma once"


def main():
    rooms = rooms_in_order()
    passed = failed = 0
    for path in sorted((ROOT / "src").rglob("*.[ch]")):
        found = list(faults(rooms, path))
        for number, what in found:
            print(f"{path.relative_to(ROOT)}:{number}: {what}")
        failed += bool(found)
        passed += not found
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
