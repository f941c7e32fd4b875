# SPDX-License-Identifier: Apache-2.0
"""What the package managers themselves say is installed in a root directory."""

import glob
import json
import os
import re

from common import CommandError, chroot, run

# An installed module: a directory in node_modules, or in the places where Debian keeps its own.
NPM_MODULE = re.compile(r"(?:^|/)(?:node_modules|usr/share/nodejs|usr/lib/nodejs|"
                        r"usr/lib/[^/]+/nodejs)/(?:@[^/]+/)?[^/@.][^/]*/package\.json$")

PYTHON = """
import importlib.metadata as m, json, sys
out = []
for where in json.load(open(sys.argv[1])):
    for d in m.distributions(path=[where]):
        out.append([d.metadata["Name"], d.version, where])
print(json.dumps(out))
"""


def loader(root):
    found = glob.glob(os.path.join(root, "lib", "ld-musl-x86_64.so.1"))
    return found[0] if found else None


def apk(tools, *args, **kw):
    """Run the apk of one root directory, by its own loader and libraries."""
    return run([loader(tools), "--library-path", f"{tools}/lib:{tools}/usr/lib",
                f"{tools}/sbin/apk", *args], **kw)


def apk_list(root, tools):
    """(name, version, arch, origin) of `apk list`; `tools` is a root whose apk runs here."""
    arch = open(os.path.join(root, "etc/apk/arch"), encoding="utf-8").read().strip()
    out = apk(tools, "--root", root, "--arch", arch, "--no-network", "--repositories-file",
              "/dev/null", "--no-cache", "list", "--installed")
    packages = []
    for line in out.splitlines():
        m = re.match(r"(\S+)-(\d[^-\s]*(?:-r\d+)?) (\S+) \{(\S*)\} \((.*?)\) \[installed\]$", line)
        if not m:
            raise CommandError(f"apk list says {line!r}")
        packages.append((m[1], m[2], m[3], m[4]))
    return sorted(packages)


def dpkg_list(root, own=True):
    """(name, version, arch, source, source version) of dpkg-query, the image's own if we may."""
    fmt = "\t".join(["${db:Status-Status}", "${Package}", "${Version}", "${Architecture}",
                     "${source:Package}", "${source:Version}"]) + "\n"
    if own and os.geteuid() == 0:
        out = chroot(root, ["dpkg-query", "-W", "-f", fmt])
    else:
        out = run(["dpkg-query", f"--admindir={root}/var/lib/dpkg", "-W", "-f", fmt])
    rows = [line.split("\t") for line in out.splitlines()]
    return sorted(tuple(row[1:]) for row in rows if row[0] not in ("not-installed", "config-files"))


def rpm_list(path):
    """What `rpm -qa` said when the database was made: (name, [epoch:]version-release, arch,
    source rpm, modularity label)."""
    with open(path, encoding="utf-8") as f:
        rows = json.load(f)
    return sorted((name, (f"{epoch}:" if epoch is not None else "") + f"{version}-{release}", arch,
                   source or "", label or "")
                  for name, epoch, version, release, arch, source, label in rows)


def python_list(root):
    """(name, version, directory) of importlib.metadata, asked for each directory of the image
    that holds metadata."""
    places = set()
    for where, directories, files in os.walk(root):
        for leaf in directories + files:
            if leaf.lower().endswith((".dist-info", ".egg-info")):
                places.add("/" + os.path.relpath(where, root))
    if not places:
        return []
    ask = os.path.join(root, "tmp", f"places.{os.getpid()}")
    with open(ask, "w", encoding="utf-8") as f:
        json.dump(sorted(places), f)
    try:
        out = chroot(root, ["python3", "-c", PYTHON, "/tmp/" + os.path.basename(ask)])
    finally:
        os.unlink(ask)
    return sorted((name, version, where.lstrip("/")) for name, version, where in json.loads(out))


def npm_list(root, app):
    """(name, version, path) of `npm ls --all` in one application of the image."""
    out = chroot(root, ["sh", "-c", f"cd /{app} && exec npm ls --all --long --parseable"], ok=(0, 1))
    rows = set()
    for line in out.splitlines():
        path, spec = line.split(":")[:2]
        if path == f"/{app}" or not spec:
            continue
        name, version = spec.rsplit("@", 1)
        rows.add((name, version, path.lstrip("/") + "/package.json"))
    return sorted(rows)


def npm_json_list(root, app):
    """(name, version) of `npm ls --all --json`: the same question in another form."""
    tree = json.loads(chroot(root, ["sh", "-c", f"cd /{app} && exec npm ls --all --json"],
                             ok=(0, 1)))
    rows = set()
    todo = [tree]
    while todo:
        node = todo.pop()
        for name, child in node.get("dependencies", {}).items():
            if "version" in child:
                rows.add((name, child["version"]))
            todo.append(child)
    return rows


def npm_places(root, skip):
    """(name, version, path) of every other installed module, by looking for its package.json.
    One that is a symbolic link (Debian's lodash-es) is the module that it points to."""
    rows = []
    for where, _, files in os.walk(root):
        path = os.path.relpath(os.path.join(where, "package.json"), root)
        if os.path.islink(os.path.join(where, "package.json")):
            continue
        if "package.json" not in files or path.startswith(skip) or not NPM_MODULE.search(path):
            continue
        try:
            with open(os.path.join(where, "package.json"), encoding="utf-8") as f:
                data = json.load(f)
        except (OSError, ValueError):
            continue
        if data.get("name") and data.get("version"):
            rows.append((data["name"], data["version"], path))
    return sorted(rows)
