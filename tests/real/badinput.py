#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The bad-input suite: never a crash, a hang, or a silent loss.

Each case of cases.py is run once; looked at are the exit status, the messages, the packages that
could still be read, the time (120 s) and the peak memory of all processes together (1 GiB; not
for a binary built with AddressSanitizer).

  badinput.py [GROUP…]   such as bombs or tar_entries
"""

import inspect
import json
import re
import shutil
import sys

import cases
from common import PLIMSOLL, Tally, image_list, need_binary, scratch
from watch import watch

TIME = 120
MEMORY = 1 << 30

tally = Tally()


def sanitized():
    with open(PLIMSOLL, "rb") as f:
        return b"__asan_init" in f.read()


def parse(out):
    """The reports of a run: one object, or one per line for several images."""
    if not out.strip():
        return []
    try:
        whole = json.loads(out)
        return whole if isinstance(whole, list) else [whole]
    except ValueError:
        pass
    decoder, text, reports = json.JSONDecoder(), out.decode(), []
    while text.strip():
        report, end = decoder.raw_decode(text.strip())
        reports.append(report)
        text = text.strip()[end:]
    return reports


def messages(result, reports):
    said = [result.err]
    for report in reports:
        for d in report.get("diagnostics", []):
            said.append(" ".join(str(d.get(k, ""))
                                 for k in ("weight", "code", "where", "what", "hint")))
    return "\n".join(said)


def silent_loss(case, result, reports, said):
    """Status 3 must say why; status 0 must not lose what can be counted."""
    if result.status == cases.INCOMPLETE and not said.strip():
        return "status 3 without a word"
    packages = [p for r in reports for p in r.get("packages", [])]
    names = {p["name"] for p in packages}
    if case.keep - names:
        return f"lost {', '.join(sorted(case.keep - names))} that could be read"
    if case.count and result.status == cases.OK:
        kind, number = case.count
        found = len([p for p in packages if p["type"] == kind])
        if found != number:
            return f"status 0, but {found} packages instead of {number}"
    return None


def judge(case, result, memory):
    """Why a run is wrong, or None."""
    if result.late:
        return f"no end after {TIME} s"
    if result.signal:
        return f"ended by signal {result.signal}: {result.err[-300:]}"
    if result.status not in case.status:
        wanted = " or ".join(map(str, case.status))
        return f"status {result.status}, expected {wanted}: {result.err[-300:].strip()}"
    if "AddressSanitizer" in result.err or "runtime error:" in result.err:
        return f"sanitizer: {result.err[-600:]}"
    if memory and result.peak > memory:
        return f"peak memory {result.peak / 2**20:.0f} MiB"
    try:
        reports = parse(result.out) if case.args[0] != "db" else []
    except ValueError as e:
        return f"the report is not JSON: {e}"
    said = messages(result, reports)
    if re.search(r"signal|crash", said, re.I) and not case.name.startswith("good"):
        found = re.search(r"[^\n]*(?:signal|crash)[^\n]*", said, re.I).group(0)
        return f"a worker was lost: {found[:300]}"
    for word in case.words:
        if not re.search(word, said, re.S):
            return f"no message says {word!r}: {said[:300].strip()!r}"
    return silent_loss(case, result, reports, said)


def run_case(case, memory, worst):
    if case.need:
        tally.skip(case.name, f"no {case.need}")
        return
    args = [PLIMSOLL, *case.args, case.target]
    if case.args[0] != "db":
        args += ["--format", "json"]
    result = watch(args, timeout=TIME, feed=case.feed)
    why = judge(case, result, memory)
    note = f"status {result.status}, {result.seconds:.2f} s, {result.peak / 2**20:.0f} MiB"
    tally.check(case.name, why is None, why, note)
    worst.append((result.peak, result.seconds, case.name))


def main(wanted):
    need_binary(tally)
    memory = None if sanitized() else MEMORY
    images = image_list()
    worst = []
    if shutil.which("zstd") is None:
        tally.skip("bad input", "no zstd to make the archives with")
        tally.end()
    for group in cases.GROUPS:
        if wanted and group.__name__ not in wanted:
            continue
        with scratch() as where:
            more = [images] if "images" in inspect.signature(group).parameters else []
            for case in group(where, *more):
                run_case(case, memory, worst)
    if worst:
        peak, slow = max(worst), max(worst, key=lambda row: row[1])
        print(f"# highest peak {peak[0] / 2**20:.0f} MiB: {peak[2]}")
        print(f"# longest {slow[1]:.1f} s: {slow[2]}")
    tally.end()


if __name__ == "__main__":
    main(sys.argv[1:])
