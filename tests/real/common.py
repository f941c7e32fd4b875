# SPDX-License-Identifier: Apache-2.0
"""What the tests on real images share: places, the tally, helpers to run programs.

Places come from the environment:
  PLIMSOLL         the binary under test        (default build/plimsoll)
  PLIMSOLL_SHARED  root file systems, OSV feed  (default ../shared beside the checkout)
  PLIMSOLL_REAL    cache of the built images    (default build/real)
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def place(variable, *default):
    return os.path.abspath(os.environ.get(variable) or os.path.join(TOP, *default))


PLIMSOLL = place("PLIMSOLL", "build", "plimsoll")
SHARED = place("PLIMSOLL_SHARED", "..", "shared")
REAL = place("PLIMSOLL_REAL", "build", "real")
IMAGES = os.path.join(SHARED, "images")
FEED = os.path.join(SHARED, "osv-feed")


class Tally:
    """Counts what passed; its last line is what `make check` adds up."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def ok(self, name, note=""):
        self.passed += 1
        print(f"ok {name}" + (f": {note}" if note else ""), flush=True)

    def fail(self, name, why):
        self.failed += 1
        print(f"FAILED {name}: {why}", flush=True)

    def skip(self, name, why):
        self.skipped += 1
        print(f"SKIP {name}: {why}", flush=True)

    def check(self, name, good, why, note=""):
        if good:
            self.ok(name, note)
        else:
            self.fail(name, why)
        return good

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped", flush=True)
        sys.exit(1 if self.failed else 0)


def have(*programs):
    return all(shutil.which(p) for p in programs)


def say(text):
    print(f"# {text}", file=sys.stderr, flush=True)


class CommandError(Exception):
    pass


def run(argv, text=True, ok=(0,), **kw):
    """Run a program, return its standard output; an unexpected status is an exception."""
    p = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=text, **kw)
    if p.returncode not in ok:
        err = p.stderr if text else p.stderr.decode(errors="replace")
        words = " ".join(argv)
        raise CommandError(f"{words[:200]}: status {p.returncode}: {err.strip()[:1000]}")
    return p.stdout


def chroot(root, argv, env=None, **kw):
    """Run a program of the image itself, in a clean environment."""
    clean = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
             "HOME": "/root", "LC_ALL": "C.UTF-8"}
    if "input" not in kw:
        kw["stdin"] = subprocess.DEVNULL
    return run(["chroot", root, *argv], env=clean | (env or {}), **kw)


@contextlib.contextmanager
def made(path):
    """Make a file or directory under another name; it gets its name when all went well."""
    tmp = f"{path}.tmp{os.getpid()}"
    remove(tmp)
    try:
        yield tmp
        remove(path)
        os.rename(tmp, path)
    finally:
        remove(tmp)


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


@contextlib.contextmanager
def scratch():
    path = tempfile.mkdtemp(prefix="plimsoll-real-")
    try:
        yield path
    finally:
        # Not shutil.rmtree: it recurses, and a test makes thousands of directories in each other.
        subprocess.run(["rm", "-rf", path], check=False)


def image_list():
    """The images that images.py has built: {name: {"forms": {form: target}, "root": dir, …}}."""
    try:
        with open(os.path.join(REAL, "images.json"), encoding="utf-8") as f:
            images = json.load(f)
    except FileNotFoundError:
        return {}
    for image in images.values():
        image["root"] = image["root"] and os.path.join(REAL, image["root"])
        for form, (transport, path) in image["forms"].items():
            path = os.path.join(REAL, path)
            image["forms"][form] = f"{transport}:{path}"
    return images


def plimsoll(*args, ok=(0,), stdin=subprocess.DEVNULL):
    """Run plimsoll and read its JSON. A status outside `ok` is an exception."""
    out = run([PLIMSOLL, *args], text=False, ok=ok, stdin=stdin)
    return json.loads(out)


def need_binary(tally):
    if not os.access(PLIMSOLL, os.X_OK):
        tally.fail("binary", f"{PLIMSOLL} is not there: build it or set PLIMSOLL")
        tally.end()
