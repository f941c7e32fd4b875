#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tricks for a clean report, each on a real Debian, Alpine and rpm image, and what is no trick.

A trick is a change of the root file system by a later layer, with the instruction that made it in
the history. The layer is what differs, as engines write it: whiteouts for what is gone. Then every
package that runs code is still found, or a diagnostic names the trick, its layer and instruction;
and the report is never clean while something is missing. What a package manager does itself, and
what images do for their size, must be told nothing about.

  evasion.py [WORD…]    only tricks and operations with these words in their names
"""

import hashlib
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile

import tricks
from common import IMAGES, PLIMSOLL, REAL, Tally, image_list, made, need_binary, run, scratch

tally = Tally()
TOLD = {"database-hidden", "database-moved", "system-hidden", "system-replaced", "packages-unlisted",
        "nothing-known", "no-database", "elf-lost", "packed"}


# --- layers ----------------------------------------------------------------------------------------

def tree(root):
    """Every path below a root with what an engine compares."""
    found = {}
    for where, dirs, files in os.walk(root):
        for name in dirs + files:
            path = os.path.join(where, name)
            st = os.lstat(path)
            link = os.readlink(path) if stat.S_ISLNK(st.st_mode) else None
            size = None if stat.S_ISDIR(st.st_mode) else (st.st_size, st.st_mtime_ns)
            found[os.path.relpath(path, root)] = (st.st_mode, st.st_uid, st.st_gid, size, link)
    return found


def whiteouts(before, after):
    """Of what is gone only the topmost directory."""
    for path in sorted(before):
        parent = os.path.dirname(path)
        if path not in after and (not parent or parent in after):
            yield os.path.join(parent, ".wh." + os.path.basename(path))


def add_file(tar, name, data=b"", **members):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in members.items():
        setattr(info, key, value)
    tar.addfile(info, io.BytesIO(data))


def write_layer(path, root, before, extra=()):
    """What `root` has more or other than `before`, and what it has no more."""
    after = tree(root)
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for name in sorted(after):
            if before.get(name) != after[name] and not stat.S_ISSOCK(after[name][0]):
                tar.add(os.path.join(root, name), name, recursive=False)
        for name in whiteouts(before, after):
            add_file(tar, name)
        for name, data, members in extra:
            add_file(tar, name, data, **members)
    return path


def write_image(path, layers):
    """A docker-archive of (layer tar, instruction)."""
    history, diff_ids, names = [], [], []
    with tarfile.open(path, "w") as tar:
        for number, (layer, instruction) in enumerate(layers):
            digest = hashlib.sha256()
            with open(layer, "rb") as f:
                for piece in iter(lambda: f.read(1 << 20), b""):
                    digest.update(piece)
            tar.add(layer, f"{number}/layer.tar")
            names.append(f"{number}/layer.tar")
            diff_ids.append("sha256:" + digest.hexdigest())
            history.append({"created_by": instruction})
        config = {"architecture": "amd64", "os": "linux", "config": {"User": "1000"},
                  "rootfs": {"type": "layers", "diff_ids": diff_ids}, "history": history}
        add_file(tar, "config.json", json.dumps(config).encode())
        manifest = [{"Config": "config.json", "RepoTags": ["evasion:latest"], "Layers": names}]
        add_file(tar, "manifest.json", json.dumps(manifest).encode())
    return path


# --- the images ------------------------------------------------------------------------------------

def copy(source, target):
    run(["cp", "-a", source, target])


def debian_root(root):
    """Some packages of the Debian image, with their files and as its dpkg knows them."""
    source = image_list().get("debian-12", {}).get("root")
    if not source or not os.path.isdir(source):
        return "the Debian image is not there: run tests/real/images.py debian-12"
    with made(root) as tmp:
        tricks.slice_debian(source, tmp)
    return None


def alpine_root(root):
    names = [n for n in os.listdir(IMAGES) if n.startswith("alpine") and "3.19" in n
             and "x86_64" in n] if os.path.isdir(IMAGES) else []
    if not names:
        return f"no Alpine root file system in {IMAGES}"
    with made(root) as tmp:
        os.mkdir(tmp)
        mode = ["--numeric-owner", "-p"] if os.geteuid() == 0 else ["--exclude=dev/*"]
        run(["tar", "-C", tmp, *mode, "-xf", os.path.join(IMAGES, sorted(names)[-1])])
    return None


def rpm_root(root):
    source = image_list().get("rpm-sqlite", {}).get("root")
    if not source or not os.path.isdir(source):
        return "the rpm image is not there: run tests/real/images.py rpm-sqlite"
    copy(source, root)
    tricks.fill_rpm(root)
    return None


def scan(path):
    p = subprocess.run([PLIMSOLL, "scan", "--quiet", "--format", "json", f"docker-archive:{path}"],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    try:
        return json.loads(p.stdout), p.returncode
    except ValueError:
        return None, p.returncode


def names_of(report):
    return {(p["type"], p["name"], p["version"]) for p in report["packages"]}


def findings_count(report):
    return len(report["findings"]) + len(report["suppressed"])


# --- what is asked ---------------------------------------------------------------------------------

def told_by(report, instructions):
    """Diagnostics of tricks; which of them name one of the instructions."""
    rows = [d for d in report["diagnostics"] if d["code"] in TOLD
            and d["weight"] in ("warn", "failed", "fatal")]
    return rows, [d for d in rows if any(i in d["what"] + d["where"] for i in instructions)]


def judge_trick(name, base, report, status, trick, instructions):
    """`base`: the packages before the trick, only those that have files which run."""
    if report is None:
        tally.fail(name, f"no report, status {status}")
        return
    missing = sorted(base - names_of(report))
    rows, named = told_by(report, instructions)
    codes = sorted({d["code"] for d in rows})
    note = f"{len(missing)} missing, {' '.join(codes)}, status {status}"
    if missing and trick.keeps:
        tally.fail(name, f"missing: {missing[:8]} ({note})")
    elif trick.tells and not set(trick.tells) & set(codes):
        tally.fail(name, f"none of {trick.tells} told: {note}")
    elif trick.tells and not named and instructions:
        tally.fail(name, f"no diagnostic names one of {instructions}: "
                         f"{[d['what'][:200] for d in rows]}")
    elif missing and status == 0:
        tally.fail(name, f"a clean report without {missing[:8]}")
    elif not rows and (missing or not trick.keeps):
        tally.fail(name, f"nothing told: {note}")
    else:
        tally.ok(name, note)


def judge_control(name, report, status):
    if report is None:
        tally.fail(name, f"no report, status {status}")
        return
    rows, _ = told_by(report, ())
    hidden = [p["name"] for p in report["packages"] if "hidden_in_layer" in p]
    tally.check(name, not rows and not hidden and status in (0, 1, 4),
                f"told of an operation that hides nothing: status {status}, "
                f"{[(d['code'], d['what'][:300]) for d in report['diagnostics'] if d['weight'] != 'note']} "
                f"{hidden[:8]}")


class Bench:
    """One family: its root, the layer of it, and what is in it."""

    def __init__(self, where, family, root):
        self.where, self.family, self.root = where, family, root
        self.before = tree(root)
        self.layer = write_layer(os.path.join(where, f"{family}.tar"), root, {})
        image = write_image(os.path.join(where, "image.tar"), [(self.layer, "ADD rootfs /")])
        report, status = scan(image)
        self.base = tricks.with_code(family, root, names_of(report)) if report else set()
        rows, _ = told_by(report, ()) if report else ([], [])
        tally.check(f"{family}: as it is", report is not None and not rows and len(self.base) > 5
                    and status in (0, 1, 4), f"status {status}, {len(self.base)} packages, {rows}",
                    f"{len(self.base)} packages with code")

    def run(self, item, trick):
        name = f"{self.family}: {item.name}"
        work = os.path.join(self.where, "work")
        layers, before, extra = [(self.layer, "ADD rootfs /")], self.before, []
        run(["rm", "-rf", work])
        copy(self.root, work)
        change = tricks.Change(self.family, work, os.path.join(REAL, "rpms", "RPMS"))
        for number, (instruction, step) in enumerate(item.steps(change)):
            extra = step() or []
            if change.skip:
                tally.skip(name, change.skip)
                return
            path = os.path.join(self.where, f"step{number}.tar")
            write_layer(path, work, before, extra)
            before = tree(work)
            layers.append((path, instruction))
        if item.squash:
            path = write_layer(os.path.join(self.where, "squash.tar"), change.result or work, {},
                               extra)
            layers = [(path, layers[-1][1])]
        report, status = scan(write_image(os.path.join(self.where, "image.tar"), layers))
        if trick:
            judge_trick(name, self.base if item.same else change.want or set(), report, status,
                        item, () if item.squash else tuple(i for _, i in layers[1:]))
        else:
            judge_control(name, report, status)


def main(words):
    need_binary(tally)
    with scratch() as where:
        for family, make in (("debian", debian_root), ("alpine", alpine_root), ("rpm", rpm_root)):
            root = os.path.join(where, f"{family}-root")
            why = make(root)
            if why:
                tally.skip(family, why)
                continue
            bench = Bench(where, family, root)
            for item, trick in ([(t, True) for t in tricks.TRICKS] +
                                [(c, False) for c in tricks.CONTROLS]):
                if family in item.families and (not words or any(w in item.name for w in words)):
                    try:
                        bench.run(item, trick)
                    except Exception as e:  # pylint: disable=broad-except
                        tally.fail(f"{family}: {item.name}", f"{type(e).__name__}: {e}")
            shutil.rmtree(root, ignore_errors=True)
    tally.end()


if __name__ == "__main__":
    main(sys.argv[1:])
