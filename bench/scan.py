#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast is a scan, measured against what the machine must do at least?

A scan of an archive must read every byte and hash it: `openssl dgst -sha256` of the same archive
in the same run is the yardstick. For a compressed image it is the hash of each blob, its
decompression by igzip, and the hash of what comes out. Each pair runs interleaved, the median
counts; the page cache is dropped before each run (root only). Memory is the peak of the summed
PSS of all processes, looked at every 20 ms in a run of its own.

  bench/scan.py [--runs N] [--db FILE] [--strict] [docker-archive:FILE] [oci:DIR]

With no target: the Debian image that tests/real/images.py builds. --strict: exit status 1 when a
limit is passed (1.5 times the yardstick for docker-archive:, 128 MiB for every target).
"""

import argparse
import glob
import os
import platform
import statistics
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests", "real"))

from common import PLIMSOLL, have, image_list  # noqa: E402
from watch import watch  # noqa: E402

RATIO = 1.5
MEMORY = 128 << 20


def machine():
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"machine: {model}, {cores} cores, {memory:.0f} GiB, Linux {platform.release()}")


def drop_caches():
    os.sync()
    try:
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as f:
            f.write("3\n")
    except OSError:
        return False
    return True


def size_of(path):
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(p) for p in glob.glob(path + "/**", recursive=True)
               if os.path.isfile(p))


def plain(path):
    return [["openssl", "dgst", "-sha256", path]]


def compressed(path):
    """Two hashes and one decompression for every blob that is gzip, one hash for the others."""
    commands = []
    for blob in sorted(glob.glob(os.path.join(path, "blobs", "sha256", "*"))):
        commands.append(["openssl", "dgst", "-sha256", blob])
        with open(blob, "rb") as f:
            if f.read(2) == b"\x1f\x8b":
                commands.append(["sh", "-c", 'igzip -dc <"$1" | openssl dgst -sha256', "sh", blob])
    return commands


def timed(commands):
    start = time.monotonic()
    for argv in commands:
        p = subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if p.returncode not in (0, 1):
            sys.exit(f"{' '.join(argv)}: status {p.returncode}")
    return time.monotonic() - start


def spread(times):
    return f"{statistics.median(times):.2f} s ({min(times):.2f}–{max(times):.2f})"


def bench(target, options):
    """Prints one target; returns whether it kept its limits."""
    path = target.partition(":")[2]
    archive = target.startswith("docker-archive:")
    scan = [PLIMSOLL, "scan", "--fail-on", "never", "--quiet", "--format", "json"]
    scan += ["--db", options.db] if options.db else []
    scan += [target]
    yardstick = plain(path) if archive else compressed(path)
    ours, least, cold = [], [], True
    for _ in range(options.runs):
        cold = drop_caches() and cold
        ours.append(timed([scan]))
        cold = drop_caches() and cold
        least.append(timed(yardstick))
    ratio = statistics.median(ours) / statistics.median(least)
    peak = watch(scan).peak
    what = "openssl dgst -sha256" if archive else "igzip and openssl dgst -sha256"
    print(f"\n{target.partition(':')[0]}: {size_of(path) / 1e6:.0f} MB"
          f"{'' if cold else ' (page cache not dropped: not root)'}")
    print(f"  plimsoll scan          {spread(ours)}")
    print(f"  {what:22} {spread(least)}")
    print(f"  ratio                  {ratio:.2f}" + (f" (limit {RATIO})" if archive else ""))
    print(f"  peak memory            {peak / 2**20:.0f} MiB (limit {MEMORY >> 20})")
    return peak < MEMORY and (not archive or ratio <= RATIO)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--db", help="advisory database; default: the starter advisories")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("targets", nargs="*")
    options = parser.parse_args()
    if not os.access(PLIMSOLL, os.X_OK):
        sys.exit(f"{PLIMSOLL} is not there: run make, or set PLIMSOLL")
    forms = image_list().get("debian-12", {}).get("forms", {})
    targets = options.targets or [forms[f] for f in ("docker-archive", "oci-gzip") if f in forms]
    if not targets:
        sys.exit("no image to measure: run tests/real/images.py debian-12, or name one")
    machine()
    good = True
    for target in targets:
        if target.startswith("oci:") and not have("igzip"):
            print(f"\nskipped {target}: no igzip")
            continue
        good = bench(target, options) and good
    sys.exit(1 if options.strict and not good else 0)


if __name__ == "__main__":
    main()
