#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The inventory of `plimsoll sbom` against the package managers' own word, on real images.

None missing, none invented: every difference is printed by name. All forms of one image must give
the same bytes for the `packages` array.
"""

import json
import os
import sys

import truth
from common import CommandError, REAL, Tally, image_list, need_binary, plimsoll

tally = Tally()
PYTHON_TYPES = ("pypi", "python")


def sbom(target):
    """The report of a target. Diagnostics may move the status to 3: they are not judged here."""
    return plimsoll("sbom", target, "--format", "json", ok=(0, 3))


def compare(name, want, got, need=1):
    """Print what is missing and what is invented."""
    want, got = set(want), set(got)
    missing, invented = sorted(want - got, key=str), sorted(got - want, key=str)
    if len(want) < need:
        tally.fail(name, f"the truth has {len(want)} entries, expected {need} at least")
        return
    for label, rows in (("missing", missing), ("invented", invented)):
        for row in rows[:40]:
            print(f"  {name}: {label}: {row}")
        if len(rows) > 40:
            print(f"  {name}: {label}: {len(rows) - 40} more")
    tally.check(name, not missing and not invented,
                f"{len(missing)} missing, {len(invented)} invented", f"{len(want)} the same")


def of_type(report, *types):
    """What package managers may know: not what a layer hid from them (see evasion.py)."""
    return [p for p in report["packages"] if p["type"] in types and "hidden_in_layer" not in p]


def source(package):
    return package.get("source") or {}


def places(package):
    return [location["path"].lstrip("/") for location in package["locations"]]


def check_apk(name, report, root, tools):
    got = [(p["name"], p["version"], p.get("arch"), source(p).get("name"))
           for p in of_type(report, "apk")]
    compare(f"{name} apk", truth.apk_list(root, tools), got, need=10)


def check_deb(name, report, root):
    got = [(p["name"], p["version"], p.get("arch"), source(p).get("name"),
            source(p).get("version")) for p in of_type(report, "deb")]
    compare(f"{name} deb", truth.dpkg_list(root), got, need=500)


def rpm_row(p):
    """Version with its epoch, whether the report writes it into the version or the purl."""
    version, query = p["version"], p["purl"].partition("?")[2].split("&")
    epoch = [word[6:] for word in query if word.startswith("epoch=")]
    if epoch and ":" not in version:
        version = f"{epoch[0]}:{version}"
    return version


def check_rpm(name, report, image):
    want = truth.rpm_list(os.path.join(REAL, image["truth"]))
    got = [(p["name"], rpm_row(p), p.get("arch")) for p in of_type(report, "rpm")]
    compare(f"{name} rpm", [row[:3] for row in want], got, need=150)
    sources = [(row[0], srpm_name(row[3]), srpm_version(row[3])) for row in want]
    got = [(p["name"], source(p).get("name"), bare(source(p).get("version")))
           for p in of_type(report, "rpm")]
    compare(f"{name} rpm sources", sources, got, need=150)
    labelled = {row[0]: row[4] for row in want if row[4]}
    said = json.dumps([p for p in of_type(report, "rpm") if p["name"] in labelled])
    tally.check(f"{name} modularity label", all(label in said for label in labelled.values()),
                f"none of {sorted(labelled.values())} in {said[:300]}")


def check_wal(name, report, image):
    """Packages that stand only in the write-ahead log are read as rpm reads them."""
    codes = {d["code"] for d in report["diagnostics"] if d["weight"] in ("failed", "fatal")}
    tally.check(f"{name} log", not codes, f"diagnostics {sorted(codes)}")
    check_rpm(name, report, image)


def bare(version):
    """Without the epoch: a source rpm's file name has none."""
    return version and version.rpartition(":")[2]


def srpm_name(srpm):
    return srpm.rsplit("-", 2)[0]


def srpm_version(srpm):
    return "-".join(srpm.removesuffix(".src.rpm").rsplit("-", 2)[1:])


def normal(name):
    """PEP 503."""
    import re
    return re.sub(r"[-_.]+", "-", name).lower()


def check_python(name, report, root):
    want = {(normal(n), version, where) for n, version, where in truth.python_list(root)}
    got = set()
    for p in of_type(report, *PYTHON_TYPES):
        for path in places(p):
            where = path.rpartition("/")[0]
            # copies that pip carries inside itself: importlib.metadata does not know them
            if path.endswith("/_vendor/vendor.txt"):
                continue
            leaf = where.rpartition("/")[2].lower()
            if leaf.endswith((".dist-info", ".egg-info", "egg-info")):
                where = where.rpartition("/")[0]
            got.add((normal(p["name"]), p["version"], where))
    compare(f"{name} python", want, got, need=20)


def check_npm(name, report, root):
    app = truth.npm_list(root, "app")
    tree = truth.npm_json_list(root, "app")
    # what Django vendors in minified form has no package.json
    got = [(p["name"], p["version"], path) for p in of_type(report, "npm") for path in places(p)
           if path.endswith("/package.json")]
    inside = [row for row in got if row[2].startswith("app/")]
    outside = [row for row in got if not row[2].startswith("app/")]
    if not tree:
        tally.skip(f"{name} npm ls", "no modules were installed")
    else:
        compare(f"{name} npm ls --parseable", app, inside, need=300)
        compare(f"{name} npm ls --json", tree, [row[:2] for row in inside], need=300)
    compare(f"{name} npm of Debian", truth.npm_places(root, ("app/",)), outside, need=500)


def check_owners(name, report):
    """Language libraries under usr/lib/python3 and usr/share/nodejs belong to Debian packages,
    those of the application and under /opt to nobody."""
    wrong = []
    for p in of_type(report, "npm", *PYTHON_TYPES):
        for path in places(p):
            owned = path.startswith(("usr/lib/python3/", "usr/share/nodejs/"))
            if owned != bool(p.get("owner")):
                wrong.append(f"{p['name']} {path} owner {p.get('owner')}")
    for line in wrong[:20]:
        print(f"  {name}: {line}")
    tally.check(f"{name} owners", not wrong, f"{len(wrong)} wrong")


def without_layers(packages):
    """For forms that know no layers."""
    def strip(value):
        if isinstance(value, dict):
            return {k: strip(v) for k, v in value.items()
                    if k not in ("layer", "layers", "diff_id", "created_by", "instruction")}
        return [strip(v) for v in value] if isinstance(value, list) else value
    rows = [strip(p) for p in packages]
    return json.dumps(sorted(rows, key=lambda p: json.dumps(p, sort_keys=True)), sort_keys=True)


def first_difference(a, b):
    for i, (x, y) in enumerate(zip(a, b)):
        if x != y:
            return f"at {i}: {a[max(0, i - 60):i + 60]!r} and {b[max(0, i - 60):i + 60]!r}"
    return f"lengths {len(a)} and {len(b)}"


def check_forms(name, image, reports):
    """The layered forms give the same bytes; tar: and dir: the same packages without layers."""
    layered = [form for form in sorted(reports) if form not in ("tar", "dir")]
    base = layered[0] if layered else sorted(reports)[0]
    for form in sorted(reports):
        if form == base:
            continue
        packages = [reports[f]["packages"] for f in (base, form)]
        same = form in layered or name.startswith("alpine") and form == "tar"
        text = [json.dumps(p) if same else without_layers(p) for p in packages]
        tally.check(f"{name} {form} is the same as {base}", text[0] == text[1],
                    first_difference(*text))
    target = image["forms"][base]
    again = plimsoll("sbom", target, "--format", "json", ok=(0, 3))
    tally.check(f"{name} {base} again", again == reports[base], "a second run differs")


def check_image(name, image, tools):
    reports = {}
    for form, target in sorted(image["forms"].items()):
        try:
            reports[form] = sbom(target)
        except (CommandError, ValueError) as e:
            tally.fail(f"{name} {form}", e)
    if not reports:
        return
    report = reports.get("docker-archive") or reports[sorted(reports)[0]]
    diagnostics = report.get("diagnostics", [])
    heavy = [d for d in diagnostics if d["weight"] in ("failed", "fatal")]
    if name == "rpm-wal":
        check_wal(name, report, image)
        check_forms(name, image, reports)
        return
    tally.check(f"{name} nothing is lost", not heavy, json.dumps(heavy)[:500])
    if name.startswith("alpine"):
        check_apk(name, report, image["root"], tools)
    elif name.startswith("rpm"):
        check_rpm(name, report, image)
    elif name.startswith("debian"):
        check_deb(name, report, image["root"])
        check_python(name, report, image["root"])
        check_npm(name, report, image["root"])
        check_owners(name, report)
    check_forms(name, image, reports)


def main(wanted):
    need_binary(tally)
    images = image_list()
    if not images:
        tally.skip("ground truth", "no images: run images.py")
    tools = next((i["root"] for i in images.values() if i["root"] and truth.loader(i["root"])),
                 None)
    for name, image in sorted(images.items()):
        if wanted and name not in wanted:
            continue
        if not image["root"]:
            tally.skip(f"{name} ground truth", "no root directory (not root)")
            continue
        try:
            check_image(name, image, tools)
        except (CommandError, KeyError, ValueError, OSError) as e:
            tally.fail(f"{name} ground truth", f"{type(e).__name__}: {e}")
    tally.end()


if __name__ == "__main__":
    main(sys.argv[1:])
