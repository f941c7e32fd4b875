#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run a program and measure it: status, wall time, peak memory of it and all it starts.

Memory is the sum of the proportional set sizes (PSS: shared pages counted once) of the process
tree, looked at every 20 ms.

  watch.py PROGRAM [ARGUMENT…]
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import namedtuple

Result = namedtuple("Result", "status signal seconds peak out err late")

INTERVAL = 0.02


def children(pid):
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as f:
                found += [int(word) for word in f.read().split()]
    except (OSError, ValueError):
        pass
    return found


def tree(pid):
    """A process and all that descend from it."""
    pids = [pid]
    for p in pids:
        pids += [child for child in children(p) if child not in pids]
    return pids


def pss(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as f:
            for line in f:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return 0


def watch(argv, *, timeout=None, stdin=subprocess.DEVNULL, env=None, feed=None):
    """Run to the end or to the time limit. `feed` writes to the program's standard input."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.monotonic()
        process = subprocess.Popen(argv, stdin=subprocess.PIPE if feed else stdin, stdout=out,
                                   stderr=err, env=env, start_new_session=True)
        feeder = start_feeder(process, feed) if feed else None
        peak, late = 0, False
        while process.poll() is None:
            peak = max(peak, sum(pss(pid) for pid in tree(process.pid)))
            if timeout and time.monotonic() - start > timeout:
                late = True
                kill_tree(process.pid)
            time.sleep(INTERVAL)
        seconds = time.monotonic() - start
        if feeder:
            feeder.join()
        out.seek(0)
        err.seek(0)
        code = process.returncode
        return Result(code if code >= 0 else None, -code if code < 0 else 0, seconds, peak,
                      out.read(), err.read().decode(errors="replace"), late)


def start_feeder(process, feed):
    import threading

    def work():
        try:
            feed(process.stdin)
            process.stdin.close()
        except (BrokenPipeError, ConnectionError):
            pass

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def kill_tree(pid):
    for p in tree(pid):
        try:
            os.kill(p, signal.SIGKILL)
        except ProcessLookupError:
            pass


if __name__ == "__main__":
    r = watch(sys.argv[1:], stdin=None)
    sys.stdout.buffer.write(r.out)
    print(f"{r.err}status {r.status} signal {r.signal} {r.seconds:.2f} s "
          f"peak {r.peak / 2**20:.1f} MiB", file=sys.stderr)
