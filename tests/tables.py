#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every row of a table has a test, a fuzz target where it parses bytes, and a line in the documents.

usage: tests/tables.py [SOURCE_ROOT]

The rows are read from the sources, so that a new one without its company fails here.
"""
import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1])


def text(*patterns):
    return "\n".join(path.read_text(errors="replace")
                     for pattern in patterns for path in sorted(ROOT.glob(pattern)) if path.is_file())


def source(path):
    return (ROOT / path).read_text()


def word(name, where):
    """The name as a word of its own: `go` is not found in `golang`."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w])", where) is not None


UNIT, FUZZ = text("tests/unit/*.[ch]"), text("tests/fuzz/*.[ch]", "tests/fuzz/meson.build")
CLI, REAL = text("tests/cli/*.case"), text("tests/real/*.py")
INTERNALS, MAN = text("docs/internals/*.md"), text("docs/man/*.scd")


def catalogers():
    listed = re.search(r"#define PL_CATALOGERS\(X\)(.*?)\n#define", source("src/catalog/cataloger.h"), re.S)
    for name in re.findall(r"X\((\w+)\)", listed.group(1)):
        row = f"pl_cataloger_{name}"
        yield f"cataloger {name}", {
            "a fixture": (ROOT / "tests/data/catalog" / name / "expect").is_file() or row in UNIT,
            "seeds of its fuzz target": any((ROOT / "tests/data/catalog" / name / "root").rglob("*")) or row in UNIT,
            "a line in docs/internals": word(name, INTERNALS) or word(name.replace("_", "-"), INTERNALS),
        }


def schemes():
    for name in re.findall(r"&pl_scheme_(\w+)", source("src/version/table.c").split("}", 1)[0]):
        yield f"scheme {name}", {
            "a unit test": f'"{name}"' in text("tests/unit/test_version*", "tests/data/**/*", "tests/unit/*.tsv"),
            "a fuzz target": "pl_schemes" in FUZZ,
            "a line in plimsoll-version(1)": word(name, MAN),
        }


def checks():
    for name in re.findall(r'\{"(PL-[A-Z-]+)"', source("src/check/checks.c")):
        yield f"check {name}", {
            "a unit test": f'"{name}"' in UNIT,
            "a line in docs/internals/check.md": f"`{name}`" in INTERNALS,
        }


def reporters():
    table = re.search(r"static const struct pl_reporter table\[\].*?\};", source("src/report/words.c"), re.S)
    for name in re.findall(r'\{"([\w-]+)"', table.group(0)):
        yield f"reporter {name}", {
            "a command line case": f"--format {name}" in CLI or name == "table",
            "a line in plimsoll-scan(1)": word(name, MAN),
        }


def transports():
    for name in re.findall(r'= \{"([a-z-]+)", "[^"]+:', source("src/image/source.c")):
        yield f"transport {name}", {
            "a test": f"{name}:" in CLI + REAL + UNIT,
            "a line in plimsoll(1)": f"*{name}:*" in MAN,
        }


def commands():
    listed = re.search(r"#define PL_COMMANDS\(X\)(.*?)\n#define", source("src/cli/cli.h"), re.S)
    for name in re.findall(r"X\((\w+)\)", listed.group(1)):
        words = name.replace("_", " ")
        yield f"command {words}", {
            "a command line case": re.search(rf"(args: |PLIMSOLL ){words}", CLI) is not None,
            "a line in the manual": words.split()[0] in MAN and words.split()[-1] in MAN,
        }


def options():
    for name in sorted(set(re.findall(r'const struct pl_opt \w+ = \{\s*"([a-z-]+)"', source("src/cli/opts.c")))):
        yield f"option --{name}", {
            "a line in the manual": f"*--{name}*" in MAN,
            "a test": f"--{name}" in CLI + REAL,
        }


def fuzz_targets():
    listed = source("tests/fuzz/meson.build")
    for path in sorted((ROOT / "tests/fuzz").glob("fuzz_*.c")):
        name = path.stem[len("fuzz_"):]
        if name == "cataloger":
            continue  # a target for each row of PL_CATALOGERS: see catalogers()
        corpus = ROOT / "tests/fuzz/corpus" / name
        yield f"fuzz target {name}", {
            "a row in tests/fuzz/meson.build": f"'{name}'" in listed,
            "seeds": corpus.is_dir() and any(corpus.iterdir()),
        }


def complaints():
    for line in source("docs/internals/complaints.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or cells[0] in ("complaint", "---"):
            continue
        paths = re.findall(r"`(tests/[^`]+)`", cells[-1])
        yield f"complaint: {cells[0][:60]}", {
            "a test": bool(paths),
            "tests that exist": all((ROOT / path).exists() for path in paths),
        }


def main():
    passed = failed = 0
    for table in (catalogers, schemes, checks, reporters, transports, commands, options, complaints,
                  fuzz_targets):
        rows = list(table())
        if not rows:
            print(f"{table.__name__}: no rows found in the sources")
            failed += 1
        for row, needs in rows:
            lacks = [what for what, there in needs.items() if not there]
            if lacks:
                print(f"{row}: lacks {', '.join(lacks)}")
            failed += bool(lacks)
            passed += not lacks
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
