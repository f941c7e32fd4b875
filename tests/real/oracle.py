#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An oracle written apart from plimsoll: which (CVE, package) pairs does an image have?

It reads the OSV records itself, asks the package managers what is installed, and lets their own
tools compare versions: dpkg --compare-versions, the image's apk version -t, node's semver module,
Python's packaging. The set of pairs must equal the findings of `plimsoll scan`.

Semantics, from the OSV schema: a version is affected when it stands in `versions` or inside a
range; records of distributions name source packages; withdrawn records do not count; a record
stands for the CVEs it names (aliases and upstream), else for itself.
"""

import functools
import json
import os
import re
import sys
import zipfile

import crowd
import truth
from common import (CommandError, FEED, PLIMSOLL, REAL, Tally, chroot, image_list, made,
                    need_binary, plimsoll, run, say, scratch)

tally = Tally()


class Versions:
    """Comparisons of one tool, each pair asked once, many at a time by `ask`. The answers are
    kept in $PLIMSOLL_REAL: they are the tool's, and the tool starts a process for each."""

    def __init__(self, ask, name):
        self.ask = ask
        self.path = os.path.join(REAL, "compared", f"{name}.json")
        self.known = {}
        self.odd = set()
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as f:
                self.known = {(a, b): answer for a, b, answer in json.load(f)}

    def prepare(self, pairs):
        pairs = {pair for pair in pairs if pair[0] != pair[1]}
        todo = sorted(pair for pair in pairs if pair not in self.known)
        answers = self.ask(todo) if todo else []
        if len(answers) != len(todo):
            raise CommandError(f"{len(answers)} answers to {len(todo)} comparisons")
        for pair, answer in zip(todo, answers):
            self.known[pair] = {"<": -1, "=": 0, ">": 1}.get(answer)
        self.odd |= {pair for pair in pairs if self.known[pair] is None}
        if todo:
            self.keep()

    def keep(self):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with made(self.path) as tmp, open(tmp, "w", encoding="utf-8") as f:
            json.dump([[a, b, answer] for (a, b), answer in sorted(self.known.items())], f)

    def compare(self, a, b):
        if a == b:
            return 0
        if (a, b) not in self.known:
            self.prepare([(a, b)])
        return self.known[(a, b)]


def lines_of(pairs):
    return "".join(f"{a}\t{b}\n" for a, b in pairs)


def dpkg_ask(pairs):
    loop = "while IFS='\t' read -r a b; do if dpkg --compare-versions \"$a\" lt \"$b\"; then echo '<';" \
           " elif dpkg --compare-versions \"$a\" eq \"$b\"; then echo '='; else echo '>'; fi; done"
    return run(["sh", "-c", loop], input=lines_of(pairs)).split()


def apk_ask(tools):
    def ask(pairs):
        program = f"{truth.loader(tools)} --library-path {tools}/lib:{tools}/usr/lib {tools}/sbin/apk"
        loop = f"while IFS='\t' read -r a b; do r=$({program} version -t \"$a\" \"$b\" 2>/dev/null);" \
               " echo \"${r:-?}\"; done"
        return run(["sh", "-c", loop], input=lines_of(pairs)).split()
    return ask


NODE = """
const semver = require('semver');
const out = require('fs').readFileSync(0, 'utf8').split('\\n').filter(l => l).map(l => {
  const [a, b] = l.split('\\t');
  const x = semver.parse(a, {loose: true}), y = semver.parse(b, {loose: true});
  return x && y ? '<=>'[semver.compare(x, y) + 1] : '?';
});
console.log(out.join('\\n'));
"""


def semver_ask(root):
    def ask(pairs):
        pairs = [(padded(a), padded(b)) for a, b in pairs]
        return chroot(root, ["node", "-e", NODE], input=lines_of(pairs),
                      env={"NODE_PATH": "/usr/share/nodejs"}).split()
    return ask


def padded(version):
    """OSV writes `introduced: 0` and sometimes `2.1`; node's parser wants three numbers."""
    m = re.match(r"v?(\d+)(\.\d+)?(\.\d+)?(.*)$", version)
    return m and (m[1] + (m[2] or ".0") + (m[3] or ".0") + m[4]) or version


PEP440 = """
import sys
try:
    from packaging.version import Version
except ImportError:
    from pip._vendor.packaging.version import Version
for line in sys.stdin:
    a, b = line.rstrip("\\n").split("\\t")
    try:
        a, b = Version(a), Version(b)
        print("<" if a < b else "=" if a == b else ">")
    except ValueError:
        print("?")
"""


def pep440_ask(root):
    def ask(pairs):
        return chroot(root, ["python3", "-c", PEP440], input=lines_of(pairs)).split()
    return ask


@functools.lru_cache(maxsize=2)
def records(folder):
    with zipfile.ZipFile(os.path.join(FEED, folder, "all.zip")) as z:
        return [json.loads(z.read(leaf)) for leaf in z.namelist()]


def read_feed(folder, ecosystem, names):
    """(ids, affected entry) of every standing record on one of these names."""
    for record in records(folder):
        if record.get("withdrawn"):
            continue
        for entry in record.get("affected", []):
            package = entry.get("package", {})
            if package.get("ecosystem") == ecosystem and names(package.get("name")):
                yield record, entry


def cves(record, others):
    """The CVEs that a record stands for; `others` knows records that name this one."""
    named = [record["id"], *record.get("aliases", []), *record.get("upstream", [])]
    found = {i for i in named if i.startswith("CVE-")}
    for i in named:
        found |= others.get(i, set()) if not found else set()
    return found or {record["id"]}


def aliases_of(folder):
    """For an id without CVE: the CVEs of records that give it as an alias."""
    others = {}
    for record in records(folder):
        named = {record["id"], *record.get("aliases", [])}
        found = {i for i in named if i.startswith("CVE-")}
        for i in named - found:
            others.setdefault(i, set()).update(found)
    return others


def ranges(entry):
    return [r["events"] for r in entry.get("ranges", []) if r.get("type") != "GIT"]


def bounds(entry):
    return [bound for events in ranges(entry) for event in events for bound in event.values()]


def in_range(version, events, versions):
    """The schema's evaluation: walk the events in version order."""
    def order(a, b):
        va, vb = a[1], b[1]
        if "0" in (va, vb) and va != vb:
            return -1 if va == "0" else 1
        return versions.compare(va, vb) or 0

    walk = [next(iter(event.items())) for event in events]
    limits = [bound for kind, bound in walk if kind == "limit" and bound != "*"]
    walk = [pair for pair in walk if pair[0] != "limit"]
    if len([1 for kind, _ in walk if kind == "introduced"]) > 1:
        walk.sort(key=functools.cmp_to_key(order))
    else:
        walk.sort(key=lambda pair: pair[0] != "introduced")
    inside = False
    for kind, bound in walk:
        place = 1 if bound == "0" and kind == "introduced" else versions.compare(version, bound)
        if place is None:
            return False
        if kind == "introduced" and place >= 0:
            inside = True
        elif kind == "fixed" and place >= 0 or kind == "last_affected" and place > 0:
            inside = False
    return inside and (not limits or any(versions.compare(version, x) < 0 for x in limits))


def affected(version, entry, versions):
    if any(versions.compare(version, listed) == 0 for listed in entry.get("versions", [])
           if listed == version):
        return True
    return any(in_range(version, events, versions) for events in ranges(entry))


def judge(installed, feed, versions, others):
    """{(cve, key)}: `installed` maps a feed's name to [(version, key)]."""
    feed = list(feed)
    pairs = [(version, bound) for _, entry in feed
             for version, _ in installed[entry["package"]["name"]]
             for bound in bounds(entry) if bound not in ("0", "*")]
    versions.prepare(pairs)
    say(f"{len(feed)} advisory entries, {len(versions.known)} comparisons")
    found = set()
    for record, entry in feed:
        for version, key in installed[entry["package"]["name"]]:
            if affected(version, entry, versions):
                found |= {(cve, key) for cve in cves(record, others)}
    return found


def database():
    """The advisory database of the whole feed, built by the binary under test."""
    path = os.path.join(REAL, "advisories.db")
    if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(PLIMSOLL):
        say("plimsoll db build")
        with made(path) as tmp:
            run([PLIMSOLL, "db", "build", "--from", FEED, "--output", tmp])
    return path


def findings(report, part, types):
    """Without the copies that pip carries inside itself and libraries inside of bundled JavaScript:
    importlib.metadata and npm do not know them."""
    return [f for f in report.get(part, []) if f.get("kind", "vulnerability") == "vulnerability"
            and f["package"]["type"] in types
            and not (f.get("path") or "").endswith(("/_vendor/vendor.txt", ".js"))]


def compare(name, want, got, need):
    missing, invented = sorted(want - got), sorted(got - want)
    if len(want) < need:
        tally.fail(name, f"the oracle knows {len(want)} pairs, expected {need} at least")
        return
    for label, rows in (("missing", missing), ("invented", invented)):
        for row in rows[:40]:
            print(f"  {name}: {label}: {' '.join(row)}")
        if len(rows) > 40:
            print(f"  {name}: {label}: {len(rows) - 40} more")
    tally.check(name, not missing and not invented,
                f"{len(missing)} missing, {len(invented)} invented of {len(want)}",
                f"{len(want)} pairs the same")


def target_of(image):
    return image["forms"].get("docker-archive") or image["forms"]["tar"]


def scan(target):
    return plimsoll("scan", target, "--db", database(), "--format", "json", ok=(0, 1, 3))


def alpine(name, root, target, tools, need):
    """`tools` is the root whose apk compares: the image's own where it runs on this machine."""
    release = re.search(r"alpine-(\d+\.\d+)", name)[1]
    installed = {}
    for package, version, _, origin in truth.apk_list(root, tools):
        installed.setdefault(origin or package, []).append((version, package))
    versions = Versions(apk_ask(tools), os.path.basename(os.path.dirname(tools)))
    want = judge(installed, read_feed("Alpine", f"Alpine:v{release}", installed.__contains__),
                 versions, {})
    report = scan(target)
    got = {(f["id"], f["package"]["name"]) for f in findings(report, "findings", ("apk",))}
    note_odd(name, versions)
    compare(f"{name} oracle", want, got, need)


def alpine_crowd(name, tools):
    release = re.search(r"alpine-(\d+\.\d+)", name)[1]
    root = os.path.join(REAL, f"{name}-crowd")
    crowd.make(root, "Alpine", release, read_feed("Alpine", f"Alpine:v{release}", bool))
    alpine(f"{name} crowd", root, f"dir:{root}", tools, need=1000)


def debian_crowd(name):
    root = os.path.join(REAL, f"{name}-crowd")
    crowd.make(root, "Debian", "12", read_feed("Debian", "Debian:12", bool))
    debian(f"{name} crowd", truth.dpkg_list(root, own=False), scan(f"dir:{root}"))


LUA = """%{lua: for line in io.lines("@") do
local a, b = line:match("([^\\t]*)\\t(.*)")
print(({[-1] = "<", [0] = "=", [1] = ">"})[rpm.vercmp(a, b)] .. "\\n") end}"""


def rpm_ask(pairs):
    with scratch() as where:
        path = os.path.join(where, "pairs")
        with open(path, "w", encoding="utf-8") as f:
            f.write(lines_of(pairs))
        return run(["rpm", "--eval", LUA.replace("@", path)]).split()


def alma(name, image):
    """Records of AlmaLinux name binary packages, and their CVEs under `related`. Packages of a
    module are left out: the records do not say for which stream they are."""
    packages = truth.rpm_list(os.path.join(REAL, image["truth"]))
    modular = {row[0] for row in packages if row[4]}
    installed = {}
    for package, version, _, _, _ in packages:
        if package not in modular:
            installed.setdefault(package, []).append((version, package))
    feed = [(dict(record, upstream=record.get("upstream", []) + record.get("related", [])), entry)
            for record, entry in read_feed("AlmaLinux", "AlmaLinux:9", installed.__contains__)]
    versions = Versions(rpm_ask, "rpm")
    want = judge(installed, feed, versions, {})
    got = {(f["id"], f["package"]["name"]) for f in findings(scan(target_of(image)), "findings",
                                                             ("rpm",))}
    compare(f"{name} oracle", want, {row for row in got if row[1] not in modular}, need=10)


def note_odd(name, versions):
    for a, b in sorted(versions.odd)[:5]:
        say(f"{name}: {a!r} and {b!r} cannot be compared")


def debian(name, packages, report):
    installed = {}
    for package, _, _, source, version in packages:
        installed.setdefault(source, []).append((version, package))
    versions = Versions(dpkg_ask, "dpkg")
    want = judge(installed, read_feed("Debian", "Debian:12", installed.__contains__), versions, {})
    got = {(f["id"], f["package"]["name"]) for f in findings(report, "findings", ("deb",))}
    aside = findings(report, "suppressed", ("deb",))
    note_odd(name, versions)
    compare(f"{name} deb oracle", want, got | {(f["id"], f["package"]["name"]) for f in aside},
            need=1000)
    wrong = [f["package"]["name"] for f in aside
             if f["package"]["name"] != "linux-libc-dev" or not f.get("reason")]
    tally.check(f"{name} only kernel headers are set aside", not wrong, str(wrong[:10]),
                f"{len(aside)} findings")


def normal(name):
    return re.sub(r"[-_.]+", "-", name or "").lower()


def language(label, rows, folder, versions, types, report, name_of):
    """Rows (name, version, path). Owned by the distribution: suppressed; else findings. One
    version may be in both places."""
    installed, owned, loose = {}, set(), set()
    for name, version, path in rows:
        installed.setdefault(name_of(name), set()).add((version, (name_of(name), version)))
        of_debian = path.startswith(("usr/share/nodejs/", "usr/lib/python3/"))
        (owned if of_debian else loose).add((name_of(name), version))

    class Names(dict):
        def __getitem__(self, key):
            return installed[name_of(key)]

    feed = read_feed(folder, folder, lambda n: n and name_of(n) in installed)
    pairs = judge(Names(), feed, versions, aliases_of(folder))
    rows = {(cve, *key) for cve, key in pairs}
    note_odd(label, versions)
    for part, want in (("findings", {r for r in rows if r[1:] in loose}),
                       ("suppressed", {r for r in rows if r[1:] in owned})):
        got = {(f["id"], name_of(f["package"]["name"]), f["package"]["version"])
               for f in findings(report, part, types)}
        compare(f"{label} {part} oracle", want, got, need=1)


def debian_languages(name, image, report):
    root = image["root"]
    if os.geteuid() != 0:
        tally.skip(f"{name} npm oracle", "not root")
        return
    rows = truth.npm_list(root, "app") + truth.npm_places(root, ("app/",))
    language(f"{name} npm", rows, "npm", Versions(semver_ask(root), "semver"), ("npm",), report, str)
    language(f"{name} PyPI", truth.python_list(root), "PyPI", Versions(pep440_ask(root), "pep440"),
             ("pypi", "python"), report, normal)


def main(wanted):
    need_binary(tally)
    images = image_list()
    if not os.path.isdir(FEED):
        tally.skip("oracle", f"{FEED} is not there")
        tally.end()
    if not images:
        tally.skip("oracle", "no images: run images.py")
    tools = next((i["root"] for i in images.values() if i["root"] and truth.loader(i["root"])),
                 None)
    for name, image in sorted(images.items()):
        if wanted and name not in wanted:
            continue
        try:
            if name.startswith("alpine") and image["root"]:
                own = image["root"] if truth.loader(image["root"]) else tools
                alpine(name, image["root"], target_of(image), own, need=0)
                if own == image["root"]:
                    alpine_crowd(name, own)
            elif name.startswith("rpm"):
                alma(name, image)
            elif name.startswith("debian"):
                report = scan(target_of(image))
                debian(name, truth.dpkg_list(image["root"]), report)
                debian_languages(name, image, report)
                debian_crowd(name)
        except (CommandError, KeyError, ValueError, OSError) as e:
            tally.fail(f"{name} oracle", f"{type(e).__name__}: {e}")
    tally.end()


if __name__ == "__main__":
    main(sys.argv[1:])
