#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs recognised by their version strings, in real binaries and in nothing else.

  1. Binaries of Debian bullseye, bookworm and trixie (programs.tsv), each copied alone into an empty
     image: the program must be named, with the upstream version of the package it came from
     (`dpkg-deb -f FILE Version`), and nothing else. Once more under another name where the patterns
     need none.
  2. The binaries of the Alpine root file systems, against the package database of each.
  3. A whole Debian image: no file is taken for what its package is not.

Packages are fetched by apt with sources and state of its own; over BIG bytes only of one release.

  programs.py [--keep] [PROGRAM…]
"""
import argparse
import collections
import fnmatch
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

from common import IMAGES, PLIMSOLL, REAL, CommandError, Tally, have, run, say

HERE = os.path.dirname(os.path.abspath(__file__))
WORK = os.path.join(REAL, "programs")
RELEASES = ("bullseye", "bookworm", "trixie")
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
BIG = 2500000
PROGRAMS_WANTED = 60
FILES_WANTED = 20000

# Debian's version is not what the program says, with the reason.
DIFFERENT = {
    ("bash", "bullseye"): ("5.1.4", "the patches up to 4 are applied, the version stays 5.1"),
    ("cups", "bullseye"): ("2.3.3", "op2 is the mark of OpenPrinting's second release of 2.3.3"),
    ("heimdal", "bookworm"): ("7.8.0", "a snapshot of 7.8 says 7.8.0"),
    ("heimdal", "trixie"): ("7.8.0", "a snapshot of 7.8 says 7.8.0"),
    ("hostapd", "bullseye"): ("2.9", "packaged as 2.9.0"),
    ("wpa_supplicant", "bullseye"): ("2.9", "packaged as 2.9.0"),
    ("jq", "trixie"): ("1.7", "1.7.1 was built without its version file"),
    ("libgcrypt", "bullseye"): ("1.8.8", "1.8.7 with the patches of 1.8.8"),
    ("ncat", "bullseye"): ("7.80", "7.91+dfsg1+really7.80"),
    ("nmap", "bullseye"): ("7.80", "7.91+dfsg1+really7.80"),
    ("openssh", "trixie"): ("10.0p2", "10.0p1 was withdrawn, its tag says p2"),
    ("proftpd", "trixie"): ("1.3.8c", "packaged as 1.3.8.c"),
    ("qemu", "bullseye"): ("5.2.0", "packaged as 5.2"),
    ("qemu", "bookworm"): ("7.2.22", "packaged as 7.2 with later stable releases as patches"),
    ("transmission", "trixie"): ("4.1.0-beta.2", "packaged as 4.1.0~beta2"),
    ("zlib", "trixie"): ("1.3.1", "1.3.dfsg+really1.3.1"),
}
# Libraries that are linked into a program: (program, library).
INSIDE = {
    ("memcached", "lua"), ("nodejs", "zlib"), ("redis", "lua"), ("valkey", "lua"),
    ("varnish", "zlib"),
}


def upstream(version):
    """The upstream part of a Debian version (deb-version(7)) without what a repackager adds."""
    version = version.partition(":")[2] or version
    version = version.rpartition("-")[0] or version
    return re.sub(r"[+~.](dfsg|ds|repack|debian|stable|git)\w*.*$|-stable$", "", version)


# --- packages ------------------------------------------------------------------------------------

class Release:
    """One Debian release with its own apt sources and state."""

    def __init__(self, name):
        self.name = name
        self.top = os.path.join(WORK, name)
        self.debs = os.path.join(self.top, "debs")
        for part in ("state/lists/partial", "cache/archives/partial", "debs"):
            os.makedirs(os.path.join(self.top, part), exist_ok=True)
        conf = os.path.join(self.top, "apt.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f'Dir::State "{self.top}/state";\nDir::State::status "{self.top}/status";\n'
                    f'Dir::Cache "{self.top}/cache";\nDir::Etc::sourcelist "{self.top}/sources.list";\n'
                    'Dir::Etc::sourceparts "/nowhere";\nDir::Etc::parts "/nowhere";\nDir::Etc::preferencesparts "/nowhere";\n'
                    'APT::Architectures { "amd64"; };\nAPT::Architecture "amd64";\nAcquire::Languages "none";\n'
                    'Acquire::Check-Valid-Until "false";\nAPT::Sandbox::User "root";\n')
        with open(os.path.join(self.top, "sources.list"), "w", encoding="utf-8") as f:
            f.write(f"deb [signed-by={KEYS}] http://deb.debian.org/debian {name} main\n")
        with open(os.path.join(self.top, "status"), "w", encoding="utf-8"):
            pass
        self.env = dict(os.environ, APT_CONFIG=conf, LC_ALL="C")
        self.known = {}

    def update(self):
        if not any(name.endswith("_Packages") for name in os.listdir(f"{self.top}/state/lists")):
            run(["apt-get", "-q", "-o", "APT::Update::Error-Mode=any", "update"], env=self.env)

    def look_up(self, names):
        text = run(["apt-cache", "show", "--no-all-versions", *sorted(names)], env=self.env, ok=(0, 100))
        for stanza in text.split("\n\n"):
            field = dict(re.findall(r"^(Package|Version|Size): (.*)$", stanza, re.M))
            if field:
                self.known[field["Package"]] = (field["Version"], int(field["Size"]))

    def deb(self, package):
        """The file of the package; fetched when it is not there."""
        pattern = f"{package}_{self.known[package][0].replace(':', '%3a')}_*.deb"
        for _ in range(2):
            found = fnmatch.filter(os.listdir(self.debs), pattern)
            if found:
                return os.path.join(self.debs, found[0])
            run(["apt-get", "-q", "download", package], env=self.env, cwd=self.debs)
        raise CommandError(f"{package}: not downloaded")

    def fetch(self, packages):
        there = os.listdir(self.debs)
        wanted = [p for p in packages
                  if not fnmatch.filter(there, f"{p}_{self.known[p][0].replace(':', '%3a')}_*.deb")]
        if wanted:
            run(["apt-get", "-q", "download", *wanted], env=self.env, cwd=self.debs)


def file_of(deb, globs):
    """Path and content of the first regular file that matches."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as process:
        found = None
        with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
            for member in tar:
                path = member.name.removeprefix("./")
                if found is None and member.isreg() and any(fnmatch.fnmatch(path, g) for g in globs):
                    found = path, tar.extractfile(member).read()
    return found


# --- scanning ------------------------------------------------------------------------------------

def programs_of(target):
    """What is recognised in the target by a version string."""
    report = json.loads(run([PLIMSOLL, "sbom", "--quiet", "--format", "json", target], ok=(0, 1, 3)))
    return [p for p in report["packages"] if p.get("how", "").startswith(("version string:", "file name "))]


def scan_one(path, content):
    """{(name, version)} of an image with this one file."""
    with tempfile.NamedTemporaryFile(suffix=".tar", dir=WORK) as out:
        with tarfile.open(fileobj=out, mode="w") as tar:
            info = tarfile.TarInfo(path)
            info.size, info.mode = len(content), 0o755
            tar.addfile(info, io.BytesIO(content))
        out.flush()
        return {(p["name"], p["version"]) for p in programs_of("tar:" + out.name)}


def table():
    with open(os.path.join(HERE, "programs.tsv"), encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                program, packages, globs = line.rstrip("\n").split("\t")
                yield program, packages.split(), globs.split()


def of_release(packages, release):
    """Those of a row that count for the release."""
    pairs = [("=" + package).rpartition("=")[::2] for package in packages]
    return [package for only, package in pairs if only in ("", "=" + release)]


def named_only():
    """Programs that are known under their own names only."""
    top, needs = os.path.join(HERE, "..", "..", "data", "programs"), {}
    for name in os.listdir(top):
        if name.endswith(".tsv"):
            program = None
            with open(os.path.join(top, name), encoding="utf-8") as f:
                for line in f:
                    cells = line.rstrip("\n").split("\t")
                    if cells[0] and not line.startswith("#"):
                        program = cells[0]
                    elif len(cells) > 3:
                        needs.setdefault(program, []).append(len(cells[1].split()) > 1)
    return {program for program, names in needs.items() if any(names)}


class Debian:
    def __init__(self, tally, only):
        self.tally = tally
        self.recognised = collections.defaultdict(set)
        self.rows = [row for row in table() if not only or row[0] in only]
        self.named = named_only()

    def check(self, release, program, package, globs):
        name = f"{release.name}: {program} of {package}"
        deb = release.deb(package)
        found = file_of(deb, globs)
        if not found:
            self.tally.fail(name, f"no file {' '.join(globs)} in the package")
            return
        path, content = found
        version = upstream(run(["dpkg-deb", "-f", deb, "Version"]).strip())
        want = DIFFERENT.get((program, release.name), (version,))[0]
        seen = scan_one(path, content)
        alien = {(n, v) for n, v in seen if n != program and (program, n) not in INSIDE}
        if self.tally.check(name, (program, want) in seen and not alien,
                            f"{path} is {program} {want}, found {sorted(seen)}", want):
            self.recognised[program].add(want)
        if program not in self.named:
            hidden = scan_one("opt/data", content)
            self.tally.check(name + ", renamed", (program, want) in hidden,
                             f"/opt/data is {program} {want}, found {sorted(hidden)}")

    def release(self, release, big_done):
        chosen = []
        for program, packages, globs in self.rows:
            package = next((p for p in of_release(packages, release.name) if p in release.known), None)
            if not package:
                continue
            if release.known[package][1] > BIG:
                if (program, *globs) in big_done:
                    continue
                big_done.add((program, *globs))
            chosen.append((program, package, globs))
        say(f"{release.name}: {sum(release.known[p][1] for p in {c[1] for c in chosen}) / 1e6:.0f} MB of packages")
        release.fetch(sorted({package for _, package, _ in chosen}))
        for program, package, globs in chosen:
            self.check(release, program, package, globs)

    def run(self):
        if not have("apt-get", "dpkg-deb") or not os.path.exists(KEYS):
            self.tally.skip("programs of Debian", "no apt or no archive keys")
            return
        big_done = set()
        # the middle one first: what is big is tried there
        for name in ("bookworm", "bullseye", "trixie"):
            release = Release(name)
            try:
                release.update()
            except CommandError as error:
                self.tally.skip(f"programs of {name}", f"no packages to be had: {str(error)[-200:]}")
                continue
            release.look_up({p for _, packages, _ in self.rows for p in of_release(packages, name)})
            self.release(release, big_done)


# --- Alpine --------------------------------------------------------------------------------------

# the file, the package of the database, the program
ALPINE = (("bin/busybox", "busybox", "busybox"), ("*lib/libcrypto.so.*", "libcrypto*", "openssl"),
          ("*lib/libz.so.1.*", "zlib", "zlib"), ("lib/ld-musl-*.so.1", "musl", "musl"))


def alpine(tally):
    tars = sorted(fnmatch.filter(os.listdir(IMAGES), "alpine-*.tar.gz")) if os.path.isdir(IMAGES) else []
    if not tars:
        tally.skip("programs of Alpine", f"no root file systems in {IMAGES}")
    for name in tars:
        with tarfile.open(os.path.join(IMAGES, name)) as tar:
            members = {m.name.removeprefix("./"): m for m in tar if m.isreg()}
            database = tar.extractfile(members["lib/apk/db/installed"]).read().decode()
            versions = dict(re.findall(r"^P:(.*)\nV:(.*)-r\d+$", database, re.M))
            for glob, package, program in ALPINE:
                paths = [p for p in members if fnmatch.fnmatch(p, glob)]
                owners = [p for p in versions if fnmatch.fnmatch(p, package)]
                if not paths or not owners:
                    tally.skip(f"{name}: {program}", "not in this root file system")
                    continue
                want = versions[owners[0]].partition("_git")[0]
                seen = scan_one(paths[0], tar.extractfile(members[paths[0]]).read())
                tally.check(f"{name}: {program}", seen == {(program, want)},
                            f"{paths[0]} is {program} {want}, found {sorted(seen)}", want)


# --- precision -----------------------------------------------------------------------------------

def precision(tally):
    root = os.path.join(REAL, "debian-12", "root")
    if not os.path.isdir(root):
        tally.skip("precision", "no Debian image: tests/real/images.py debian-12")
        return
    files = sum(len(names) for _, _, names in os.walk(root))
    packages = [p for p in programs_of("dir:" + root)]
    wrong = []
    for p in packages:
        owner = p["owner"]
        inside = owner and any(p["name"] == library for _, library in INSIDE)
        if not owner or (upstream(owner["version"]) != p["version"] and not inside):
            wrong.append(f"{p['name']} {p['version']} in {p['locations'][0]['path']}"
                         f" of {owner and owner['name']} {owner and owner['version']}")
    tally.check("precision: enough files", files >= FILES_WANTED, f"only {files} files")
    tally.check("precision: no program where none is", not wrong, "; ".join(wrong),
                f"{files} files, {len(packages)} programs of their owners' versions")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="keep the packages for the next time")
    parser.add_argument("programs", nargs="*")
    options = parser.parse_args()
    tally = Tally()
    if not os.access(PLIMSOLL, os.X_OK):
        tally.fail("programs", f"{PLIMSOLL} is not there")
        tally.end()
    os.makedirs(WORK, exist_ok=True)
    debian = Debian(tally, options.programs)
    debian.run()
    if debian.recognised and not options.programs:
        n = len(debian.recognised)
        several = sum(len(v) > 1 for v in debian.recognised.values())
        tally.check("programs recognised", n >= PROGRAMS_WANTED, f"only {n}",
                    f"{n} programs, {several} of them in several versions")
    if not options.programs:
        alpine(tally)
        precision(tally)
    if not options.keep:
        for release in RELEASES:
            shutil.rmtree(os.path.join(WORK, release, "debs"), ignore_errors=True)
    tally.end()


if __name__ == "__main__":
    sys.exit(main())
