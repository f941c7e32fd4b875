#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run every test; what `make check` does. The last line is `N passed, N failed, N skipped`.

usage: tools/check.py [--build DIR] [--check-build DIR] [--no-real]

1. builds CHECK-BUILD with AddressSanitizer and UndefinedBehaviorSanitizer and runs its meson tests
   (unit, fuzz corpora, command line, layering, tables, data);
2. builds the tests of what is threaded with ThreadSanitizer in CHECK-BUILD-tsan and runs them;
3. runs tests/real/run.py, real images, with the release binary of BUILD.

A test tells its cases in one of two ways: cmocka's `[  PASSED  ] N test(s)`, or a last line
`N passed, N failed[, N skipped]`. `SKIP NAME: REASON` lines are repeated at the end.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)
CMOCKA = re.compile(r"^\[ +(PASSED|FAILED|SKIPPED) +\] (\d+) test\(s\)", re.M)
SKIP = re.compile(r"^SKIP (.*)$|^\[ +SKIPPED +\] (?!\d+ test)(\w.*)$", re.M)


class Total:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.reasons = []

    def add(self, label, good, text):
        """Counts one test program by what it printed; returns its own numbers."""
        passed = failed = skipped = 0
        for word, number in CMOCKA.findall(text):
            passed += int(number) if word == "PASSED" else 0
            failed += int(number) if word == "FAILED" else 0
            skipped += int(number) if word == "SKIPPED" else 0
        own = OWN.findall(text)
        if own:
            passed, failed = passed + int(own[-1][0]), failed + int(own[-1][1])
            skipped += int(own[-1][2] or 0)
        if not good and not failed:
            failed = 1
        elif good and not passed and not skipped:
            passed = 1
        named = [f"{label}: {a or b}" for a, b in dict.fromkeys(SKIP.findall(text))]
        if skipped and not named:
            named = [f"{label}: {skipped} without a reason"]
        self.reasons += named
        self.passed, self.failed = self.passed + passed, self.failed + failed
        self.skipped += skipped
        return passed, failed, skipped


def say(label, numbers, seconds):
    passed, failed, skipped = numbers
    word = "FAILED " if failed else "ok     "
    more = f", {failed} failed" if failed else ""
    more += f", {skipped} skipped" if skipped else ""
    print(f"{word} {label:<28} {passed:>5} passed{more}  ({seconds:.1f} s)", flush=True)


def quiet(command):
    """Runs a build step; shows its output only when it fails."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    if done.returncode:
        print(done.stdout)
        print(f"FAILED  {' '.join(command)}")
    return done.returncode == 0


def prepare(build):
    if not (ROOT / build / "build.ninja").exists() and not quiet(
            ["meson", "setup", build, "-Db_sanitize=address,undefined",
             "-Dbuildtype=debugoptimized"]):
        return False
    return quiet(["ninja", "-C", build])


def meson_tests(build, total):
    log = ROOT / build / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    env = dict(os.environ, UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1")
    env.setdefault("PLIMSOLL_SHARED", str(ROOT.parent / "shared"))
    subprocess.run(["meson", "test", "-C", build, "--no-rebuild", "--timeout-multiplier", "4"],
                   cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=False)
    if not log.exists():
        print("FAILED  meson test left no log")
        total.failed += 1
        return
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    for row in sorted(rows, key=lambda row: row["name"]):
        label = row["name"].split(":", 1)[-1].strip().split(" / ")[-1]
        text = "\n".join(filter(None, (row.get("stdout"), row.get("stderr"))))
        if row["result"] == "SKIP":
            total.skipped += 1
            total.reasons.append(f"{label}: {text.strip().splitlines()[-1:] or ''}")
            continue
        numbers = total.add(label, row["result"] == "OK", text)
        if numbers[1]:
            print(text.rstrip())
            print(f"({label}: {row['result'].lower()}, status {row['returncode']})")
        say(label, numbers, row["duration"])


THREADED = ("test_stream_thread", "test_advisory_db")


def thread_tests(build, total):
    if not (ROOT / build / "build.ninja").exists() and not quiet(
            ["meson", "setup", build, "-Db_sanitize=thread", "-Dbuildtype=debugoptimized"]):
        total.failed += 1
        return
    for name in THREADED:
        program = f"tests/unit/{name}"
        if not quiet(["ninja", "-C", build, program]):
            total.failed += 1
            continue
        start = time.monotonic()
        env = dict(os.environ, PLIMSOLL_SOURCE=str(ROOT), TSAN_OPTIONS="halt_on_error=1")
        run = subprocess.run([ROOT / build / program], cwd=ROOT, env=env, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        numbers = total.add(f"{name} (threads)", run.returncode == 0, run.stdout)
        if numbers[1]:
            print(run.stdout.rstrip())
        say(f"{name} (threads)", numbers, time.monotonic() - start)


def real_tests(build, total):
    runner = ROOT / "tests/real/run.py"
    if not runner.exists():
        total.skipped += 1
        total.reasons.append("real images: tests/real/run.py is not there")
        return
    lines = []
    with subprocess.Popen([sys.executable, str(runner), "--plimsoll", str(ROOT / build / "plimsoll")],
                          cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        for line in run.stdout:
            lines.append(line)
            if not OWN.match(line):
                print("  " + line, end="", flush=True)
    say("real images", total.add("real images", run.returncode == 0, "".join(lines)), 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", default="build", help="release build directory")
    parser.add_argument("--check-build", default="build-check", help="build directory of the tests")
    parser.add_argument("--no-real", action="store_true", help="leave the real images out")
    args = parser.parse_args()

    total = Total()
    if prepare(args.check_build):
        meson_tests(args.check_build, total)
    else:
        total.failed += 1
    thread_tests(args.check_build + "-tsan", total)
    if args.no_real:
        total.skipped += 1
        total.reasons.append("real images: --no-real")
    else:
        real_tests(args.build, total)
    for reason in total.reasons:
        print(f"skipped {reason}")
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
