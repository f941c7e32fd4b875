#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run the command line cases of tests/cli/*.case against a binary.

usage: tests/cli/run.py [--update] BINARY [FILE.case…]

A file holds cases; each begins with `=== NAME`. Lines of a case:

  # text          a remark
  needs: PATH     skipped when PATH (below the source root, or $NAME/…) is absent
  setup: LINE     shell line, run first in an empty directory of the case
  env: NAME=VALUE
  args: WORDS     arguments of plimsoll, split as a shell would (no globs)
  shell: LINE     instead of args: a shell line, with $PLIMSOLL and $SOURCE
  stdin: LINE     one line of standard input; \\t and \\n are understood
  status: N       the expected exit status, 0 when not said
  stderr: TEXT    standard error contains TEXT; without any such line it must be empty
  has: TEXT       standard output contains TEXT
  lacks: TEXT     standard output does not contain TEXT
  |TEXT           standard output is these lines, exactly
  ~REGEX          … this line matches
  *               … any lines, also none

Without |, ~ and * lines the output is only looked at by has and lacks, or has to be empty.
--update writes the | lines anew, where a case has no ~ and no *. An unknown key is an error.
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
ONE = ("args", "shell", "status")
MANY = ("needs", "setup", "env", "stdin", "stderr", "has", "lacks")


class Case:
    def __init__(self, name, line):
        self.name, self.line = name, line
        self.keys = {key: [] for key in ONE + MANY}
        self.out = []  # (kind, text)
        self.span = [line, line]  # lines of the file that are | lines

    def one(self, key, default=None):
        return self.keys[key][0] if self.keys[key] else default


def parse(path):
    cases = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("=== "):
            cases.append(Case(line[4:].strip(), number))
            continue
        if not line.strip() or line.startswith("#"):
            continue
        if not cases:
            raise SystemExit(f"{path}:{number}: a line before the first case")
        case = cases[-1]
        if line[0] in "|~*":
            case.out.append((line[0], line[1:]))
            continue
        key, colon, value = line.partition(":")
        if not colon or key not in case.keys:
            raise SystemExit(f"{path}:{number}: unknown key {key!r}")
        if key in ONE and case.keys[key]:
            raise SystemExit(f"{path}:{number}: {key} twice")
        case.keys[key].append(value[1:] if value.startswith(" ") else value)
    return cases


def expand(text, env):
    return re.sub(r"\$(\w+)", lambda m: env.get(m.group(1), m.group(0)), text)


def missing(case, env):
    for need in case.keys["needs"]:
        path = expand(need, env)
        if not os.path.exists(os.path.join(SOURCE, path)):
            return f"{need} is not there"
    return None


def execute(case, binary, env, cwd):
    for line in case.keys["setup"]:
        done = subprocess.run(["sh", "-c", line], cwd=cwd, env=env, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"setup failed: {line}\n{done.stderr}")
    stdin = "".join(line.encode().decode("unicode_escape") + "\n" for line in case.keys["stdin"])
    shell = case.one("shell")
    if shell:
        command = ["sh", "-c", shell]
    else:
        command = [binary] + shlex.split(expand(case.one("args", ""), env))
    return subprocess.run(command, cwd=cwd, env=env, input=stdin.encode(), capture_output=True,
                          timeout=240)


def match_lines(want, have):
    """Where the output departs from the | ~ * lines, or None."""
    at = 0
    for index, (kind, text) in enumerate(want):
        if kind == "*":
            rest = want[index + 1:]
            if not rest:
                return None
            for start in range(at, len(have) + 1):
                if match_lines(rest, have[start:]) is None:
                    return None
            return f"nothing after line {at} fits {rest[0][1]!r}"
        if at >= len(have):
            return f"output ends where {text!r} is expected"
        if have[at] != text if kind == "|" else not re.fullmatch(text, have[at]):
            return f"line {at + 1}:\n  expected {text!r}\n  output   {have[at]!r}"
        at += 1
    return None if at == len(have) else f"more output from line {at + 1}: {have[at]!r}"


def faults(case, done):
    out = done.stdout.decode("utf-8", "replace")
    err = done.stderr.decode("utf-8", "replace")
    status = int(case.one("status", "0"))
    if done.returncode != status:
        yield f"status {done.returncode}, expected {status}"
    for text in case.keys["stderr"]:
        if text not in err:
            yield f"standard error has no {text!r}"
    if not case.keys["stderr"] and err:
        yield "standard error is not empty"
    for text in case.keys["has"]:
        if text not in out:
            yield f"output has no {text!r}"
    for text in case.keys["lacks"]:
        if text in out:
            yield f"output has {text!r}"
    if case.out:
        why = match_lines(case.out, out.splitlines())
        if why:
            yield why
    elif out and not case.keys["has"] and not case.keys["lacks"]:
        yield "output is not empty"


def updated(path, outputs):
    """The file with the | lines of the named cases replaced by what was printed."""
    result, current, pending = [], None, None
    for line in path.read_text().splitlines():
        if line.startswith("=== "):
            if pending is not None:
                result.extend(pending)
            current = line[4:].strip()
            pending = outputs.get(current)
            result.append(line)
        elif line.startswith("|") and current in outputs:
            if pending is not None:
                result.extend(pending)
                pending = None
        else:
            if pending is not None and not line.strip():
                result.extend(pending)
                pending = None
            result.append(line)
    if pending is not None:
        result.extend(pending)
    path.write_text("\n".join(result) + "\n")


def run_file(path, binary, update, count):
    outputs = {}
    for case in parse(path):
        label = f"{path.stem}: {case.name}"
        env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8",
               "PLIMSOLL": binary, "SOURCE": str(SOURCE),
               "SHARED": os.environ.get("PLIMSOLL_SHARED", str(SOURCE.parent / "shared"))}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        why = missing(case, env)
        if why:
            print(f"SKIP {label}: {why}")
            count["skipped"] += 1
            continue
        with tempfile.TemporaryDirectory(prefix="plimsoll-cli-") as cwd:
            env["DIR"] = cwd
            for pair in case.keys["env"]:
                name, _, value = pair.partition("=")
                env[name] = expand(value, env)
            try:
                done = execute(case, binary, env, cwd)
                found = list(faults(case, done))
            except (RuntimeError, subprocess.TimeoutExpired) as why:
                done, found = None, [str(why)]
        exact = case.out and all(kind == "|" for kind, _ in case.out)
        if update and done and (exact or (not case.out and found)):
            lines = done.stdout.decode("utf-8", "replace").splitlines()
            outputs[case.name] = ["|" + line for line in lines]
        count["failed" if found else "passed"] += 1
        if found:
            print(f"FAILED {label} ({path.name}:{case.line})")
            for text in found:
                print("    " + text.replace("\n", "\n    "))
            if done and done.stderr:
                print("    stderr: " + done.stderr.decode("utf-8", "replace")[-1500:].rstrip())
    if update and outputs:
        updated(path, outputs)


def main():
    args = sys.argv[1:]
    update = "--update" in args
    args = [arg for arg in args if arg != "--update"]
    if not args:
        raise SystemExit(__doc__)
    binary = os.path.abspath(args[0])
    files = [Path(arg) for arg in args[1:]] or sorted(HERE.glob("*.case"))
    count = {"passed": 0, "failed": 0, "skipped": 0}
    for path in files:
        run_file(path, binary, update, count)
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**count))
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
