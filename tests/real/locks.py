#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lock files as package managers write them, against what the same managers list from them.

One small project for each manager is locked in $PLIMSOLL_REAL/locks and kept there, with the lists.
Only the lock file is then read, in a directory of its own. None missing, none invented; what differs
is named here. A manager that cannot be had, or cannot reach its registry, is skipped.

  locks.py [NAME…]
"""

import glob
import json
import os
import re
import shutil
import sys

from common import (CommandError, REAL, Tally, have, made, need_binary, plimsoll, run, say, scratch)

tally = Tally()
PLACE = os.path.join(REAL, "locks")
TOOLS = os.path.join(PLACE, "tools")
QUIET = os.environ | {"YARN_ENABLE_TELEMETRY": "0", "COMPOSER_ALLOW_SUPERUSER": "1", "CI": "1",
                      "PIPENV_VENV_IN_PROJECT": "1", "NO_COLOR": "1", "BUNDLE_SILENCE_ROOT_WARNING": "1"}

PACKAGE = {"name": "ship", "version": "1.0.0", "private": True, "workspaces": ["packages/*"],
           "dependencies": {"express": "4.18.2", "left": "npm:left-pad@1.3.0",
                            "@sindresorhus/is": "4.6.0", "debug": "4.3.4"},
           "devDependencies": {"mocha": "10.2.0"}}
OWN = {"name": "own", "version": "0.1.0", "dependencies": {"ms": "2.0.0"}}
PYPROJECT = """[project]
name = "ship"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["requests==2.31.0", "colorama==0.4.6; sys_platform == 'win32'"]
[project.optional-dependencies]
cli = ["click==8.1.7"]
[dependency-groups]
dev = ["pytest==7.4.0"]
"""
PIPFILE = """[packages]
requests = "==2.31.0"
[dev-packages]
pytest = "==7.4.0"
"""
CARGO = """[package]
name = "ship"
version = "0.1.0"
edition = "2021"
[lib]
path = "lib.rs"
[dependencies]
serde_json = "=1.0.100"
rand = "=0.8.5"
old = { package = "rand", version = "=0.7.3" }
[dev-dependencies]
tempfile = "=3.6.0"
"""
GO_MOD = """module example.com/ship

go 1.21

require github.com/spf13/cobra v1.7.0

replace github.com/spf13/pflag => github.com/spf13/pflag v1.0.6
"""
GO_MAIN = """package main

import "github.com/spf13/cobra"

func main() { (&cobra.Command{}).Execute() }
"""


def composer_package(name, version, **more):
    package = {"name": name, "version": version, "dist": {"url": f"https://host.example/{name}.zip",
                                                          "type": "zip"}} | more
    return {"type": "package", "package": package}


# Its registry is not needed: the project describes its packages itself.
COMPOSER = {"name": "example/ship", "minimum-stability": "beta",
            "repositories": [{"packagist.org": False},
                             composer_package("acme/core", "v2.1.0",
                                              require={"php": ">=7", "acme/log": "^1"}),
                             composer_package("acme/log", "1.4.2"),
                             composer_package("acme/test", "3.0.0-beta1", require={"acme/log": "*"})],
            "require": {"acme/core": "*"}, "require-dev": {"acme/test": "*"}}
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>org.example.ship</groupId><artifactId>ship</artifactId><version>1</version>
<packaging>pom</packaging><modules><module>hull</module></modules>
<properties><slf4j>1.7.36</slf4j></properties><dependencyManagement><dependencies>
<dependency><groupId>commons-io</groupId><artifactId>commons-io</artifactId><version>2.11.0</version></dependency>
</dependencies></dependencyManagement><dependencies>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId><version>${slf4j}</version></dependency>
</dependencies></project>
"""
HULL = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<parent><groupId>org.example.ship</groupId><artifactId>ship</artifactId><version>1</version></parent>
<artifactId>hull</artifactId><dependencies>
<dependency><groupId>commons-io</groupId><artifactId>commons-io</artifactId></dependency>
<dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.13.2</version><scope>test</scope></dependency>
</dependencies></project>
"""


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text if isinstance(text, str) else json.dumps(text))


def sh(where, *argv, **kw):
    return run([str(a) for a in argv], cwd=where, env=QUIET, **kw)


def node_tool(package):
    """The directory of a tool from the npm registry."""
    name, at, _ = package.rpartition("@")
    place = os.path.join(TOOLS, re.sub(r"[^\w.@-]", "-", package))
    if not os.path.isdir(place):
        with made(place) as tmp:
            os.makedirs(tmp)
            sh(tmp, "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", tmp, package)
    return os.path.join(place, "node_modules", name if at and name else package)


def python_tool(name):
    place = os.path.join(TOOLS, f"python-{name}")
    if not os.path.isdir(place):
        # not under another name first: an environment knows where it lies
        try:
            run([sys.executable, "-m", "venv", place])
            run([os.path.join(place, "bin", "pip"), "-q", "install", name])
        except CommandError:
            shutil.rmtree(place, ignore_errors=True)
            raise
    return os.path.join(place, "bin", name)


def node_project(where, workspaces=True):
    package = dict(PACKAGE)
    if not workspaces:
        del package["workspaces"]
    write(os.path.join(where, "package.json"), package)
    write(os.path.join(where, "packages/own/package.json"), OWN)


def pins(text):
    """name==version of requirement lists, as a set."""
    return set(re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.M))


# --- each makes a project in `where` and gives [lock files], [(name, version[, dev])] ------------


def npm(where, version):
    node_project(where)
    sh(where, "npm", "install", "--package-lock-only", "--lockfile-version", version, "--no-audit",
       "--no-fund")
    listed = json.loads(sh(where, "npm", "query", "*", "--package-lock-only"))
    rows = {}
    for p in listed:
        if "node_modules/" in p["location"]:
            key = (p["name"], p["version"])
            rows[key] = rows.get(key, True) and bool(p.get("dev"))
    return ["package-lock.json"], [(*key, dev) for key, dev in rows.items()]


def yarn1(where):
    node_project(where)
    tool = os.path.join(node_tool("yarn@1.22.22"), "bin/yarn.js")
    sh(where, "node", tool, "install", "--ignore-scripts", "--non-interactive")
    out = json.loads(sh(where, "node", tool, "list", "--json", "--no-progress").splitlines()[-1])
    rows = set()

    def walk(trees):
        for t in trees:
            if not t.get("shadow"):
                rows.add(tuple(t["name"].rsplit("@", 1)))
            walk(t.get("children") or [])
    walk(out["data"]["trees"])
    # yarn lists an alias by its alias, ours is the package behind it
    rows = {("left-pad", v) if n == "left" else (n, v) for n, v in rows} - {("own", "0.1.0")}
    return ["yarn.lock"], sorted(rows)


def berry(where):
    node_project(where)
    write(os.path.join(where, "yarn.lock"), "")
    tool = os.path.join(node_tool("@yarnpkg/cli-dist@4.9.2"), "bin/yarn.js")
    QUIET["YARN_ENABLE_IMMUTABLE_INSTALLS"] = "false"
    sh(where, "node", tool, "install", "--mode=update-lockfile")
    out = sh(where, "node", tool, "info", "--all", "--recursive", "--json")
    rows = set()
    for line in out.splitlines():
        p = json.loads(line)
        name, _, reference = p["value"].rpartition("@")
        if "workspace:" not in p["value"]:
            rows.add((re.match(r"@?[^@]+", p["value"])[0], p["children"]["Version"]))
    return ["yarn.lock"], sorted(rows)


def pnpm(where):
    node_project(where)
    write(os.path.join(where, "pnpm-workspace.yaml"), "packages:\n  - packages/*\n")
    tool = os.path.join(node_tool("pnpm@9.15.9"), "bin/pnpm.cjs")
    sh(where, "node", tool, "install", "--ignore-scripts")
    rows = {}

    def walk(of, dev):
        for p in of.values():
            if not str(p["version"]).startswith("link:"):
                key = (p["from"], p["version"])
                rows[key] = rows.get(key, True) and dev
            walk(p.get("dependencies", {}), dev)
    for project in json.loads(sh(where, "node", tool, "list", "-r", "--depth", "Infinity", "--json")):
        walk(project.get("dependencies", {}), False)
        walk(project.get("optionalDependencies", {}), False)
        walk(project.get("devDependencies", {}), True)
    # pnpm lists what is installed here; fsevents is for another system
    rows.setdefault(("fsevents", "2.3.2"), True)
    fsevents = re.findall(r"^  fsevents@([\d.]+):", open(os.path.join(where, "pnpm-lock.yaml"),
                                                        encoding="utf-8").read(), re.M)
    if fsevents != ["2.3.2"]:
        del rows[("fsevents", "2.3.2")]
        rows.update({("fsevents", v): True for v in fsevents})
    return ["pnpm-lock.yaml"], [(*key, dev) for key, dev in rows.items()]


def bun(where):
    node_project(where)
    tool = os.path.join(node_tool("bun"), "bin/bun.exe")
    sh(where, tool, "install", "--lockfile-only", "--save-text-lockfile")
    rows = {tuple(w.rsplit("@", 1)) for w in re.findall(r"── (\S+)", sh(where, tool, "pm", "ls", "--all"))}
    rows = {("left-pad", v) if n == "left" else (n, v) for n, v in rows if not v.startswith("workspace:")}
    return ["bun.lock"], sorted(rows)


def uv(where):
    tool = python_tool("uv")
    write(os.path.join(where, "pyproject.toml"), PYPROJECT)
    sh(where, tool, "lock", "-q")
    every = pins(sh(where, tool, "export", "-q", "--no-hashes", "--all-groups", "--all-extras"))
    runs = pins(sh(where, tool, "export", "-q", "--no-hashes", "--no-dev", "--all-extras"))
    return ["uv.lock"], [(*row, row not in runs) for row in every]


def pylock(where):
    tool = python_tool("uv")
    write(os.path.join(where, "pyproject.toml"), PYPROJECT)
    sh(where, tool, "export", "-q", "--all-groups", "--format", "pylock.toml", "-o", "pylock.toml")
    return ["pylock.toml"], pins(sh(where, tool, "export", "-q", "--no-hashes", "--all-groups"))


def requirements(where):
    tool = python_tool("uv")
    write(os.path.join(where, "pyproject.toml"), PYPROJECT)
    sh(where, tool, "export", "-q", "--format", "requirements-txt", "-o", "requirements.txt")
    return ["requirements.txt"], pins(sh(where, tool, "export", "-q", "--no-hashes"))


def pipenv(where):
    tool = python_tool("pipenv")
    write(os.path.join(where, "Pipfile"), PIPFILE)
    sh(where, tool, "lock")
    runs = pins(sh(where, tool, "requirements"))
    every = pins(sh(where, tool, "requirements", "--dev"))
    return ["Pipfile.lock"], [(*row, row not in runs) for row in every]


def cargo(where):
    write(os.path.join(where, "Cargo.toml"), CARGO)
    write(os.path.join(where, "lib.rs"), "")
    sh(where, "cargo", "generate-lockfile", "-q")
    listed = json.loads(sh(where, "cargo", "metadata", "--locked", "--format-version", "1"))
    return ["Cargo.lock"], [(p["name"], p["version"]) for p in listed["packages"] if p["source"]]


def go(where):
    write(os.path.join(where, "go.mod"), GO_MOD)
    write(os.path.join(where, "main.go"), GO_MAIN)
    sh(where, "go", "mod", "tidy")
    listed = json.loads(sh(where, "go", "mod", "edit", "-json"))
    replaced = {r["Old"]["Path"]: r["New"] for r in listed["Replace"]}
    modules = [replaced.get(r["Path"], r) for r in listed["Require"]]
    return ["go.mod"], [(m["Path"], m["Version"]) for m in modules]


def go_vendor(where):
    write(os.path.join(where, "go.mod"), GO_MOD)
    write(os.path.join(where, "main.go"), GO_MAIN)
    sh(where, "go", "mod", "tidy")
    sh(where, "go", "mod", "vendor")
    of = "{{with .Module}}{{with .Replace}}{{.Path}} {{.Version}}{{else}}{{.Path}} {{.Version}}{{end}}{{end}}"
    # for any system: what is copied is not of this one only
    rows = set()
    for system in ("linux", "windows", "darwin"):
        out = run(["go", "list", "-deps", "-f", of, "./..."], cwd=where, env=QUIET | {"GOOS": system})
        rows |= {tuple(line.split()) for line in out.splitlines() if len(line.split()) == 2}
    return ["vendor/modules.txt"], sorted(rows)


def bundler(where):
    write(os.path.join(where, "Gemfile"), 'source "https://gems.example"\ngem "minitest"\ngem "net-ftp"\n')
    sh(where, "bundle", "lock", "--local")
    rows = re.findall(r"^  \* (\S+) \((\S+)\)", sh(where, "bundle", "list"), re.M)
    return ["Gemfile.lock"], [row for row in rows if row[0] != "bundler"]


def composer(where):
    write(os.path.join(where, "composer.json"), COMPOSER)
    sh(where, "composer", "update", "--no-install", "--no-interaction", "--quiet")

    def listed(*options):
        out = json.loads(sh(where, "composer", "show", "--locked", "--format=json", *options))
        return {(p["name"], p["version"].removeprefix("v")) for p in out["locked"]}
    runs = listed("--no-dev")
    return ["composer.lock"], [(*row, row not in runs) for row in listed()]


def maven(where):
    write(os.path.join(where, "pom.xml"), POM)
    write(os.path.join(where, "hull/pom.xml"), HULL)
    sh(where, "mvn", "-q", "-B", "dependency:list", "-DexcludeTransitive=true", "-DoutputFile=list.txt")
    rows = {}
    for path in glob.glob(os.path.join(where, "**/list.txt"), recursive=True):
        with open(path, encoding="utf-8") as f:
            for g, a, v, scope in re.findall(r"^\s+([\w.-]+):([\w.-]+):jar:([\w.-]+):(\w+)", f.read(), re.M):
                rows[f"{g}:{a}", v] = rows.get((f"{g}:{a}", v), True) and scope == "test"
    return ["pom.xml", "hull/pom.xml"], [(*key, dev) for key, dev in rows.items()]


CASES = {
    "npm1": (lambda w: npm(w, 1), "npm", "npm", 100), "npm2": (lambda w: npm(w, 2), "npm", "npm", 100),
    "npm3": (lambda w: npm(w, 3), "npm", "npm", 100), "yarn1": (yarn1, "npm", "npm", 100),
    "berry": (berry, "npm", "npm", 100), "pnpm": (pnpm, "npm", "npm", 100),
    "bun": (bun, "npm", "npm", 100), "uv": (uv, "pypi", "python3", 8),
    "pylock": (pylock, "pypi", "python3", 7), "requirements": (requirements, "pypi", "python3", 7),
    "pipenv": (pipenv, "pypi", "python3", 7), "cargo": (cargo, "cargo", "cargo", 15),
    "go": (go, "golang", "go", 3), "go_vendor": (go_vendor, "golang", "go", 3),
    "bundler": (bundler, "gem", "bundle", 2), "composer": (composer, "composer", "composer", 3),
    "maven": (maven, "maven", "mvn", 3),
}


def kept(name, make):
    """The project of an earlier run, or a new one."""
    place = os.path.join(PLACE, name)
    if not os.path.isfile(os.path.join(place, "truth.json")):
        say(f"lock: {name}")
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        files, rows = make(place)
        write(os.path.join(place, "truth.json"), {"files": files, "rows": sorted(map(list, rows))})
    with open(os.path.join(place, "truth.json"), encoding="utf-8") as f:
        truth = json.load(f)
    return place, truth["files"], [tuple(row) for row in truth["rows"]]


def listed(place, files, kind):
    with scratch() as tree:
        for file in files:
            os.makedirs(os.path.dirname(os.path.join(tree, file)), exist_ok=True)
            shutil.copy(os.path.join(place, file), os.path.join(tree, file))
        report = plimsoll("sbom", f"dir:{tree}", "--format", "json", ok=(0, 3))
    return [(p["name"], p.get("version") or "", bool(p.get("dev")), p.get("evidence"))
            for p in report["packages"] if p["type"] == kind]


def test(name, make, kind, tool, need):
    if not have(tool):
        tally.skip(name, f"no {tool} here")
        return
    try:
        place, files, want = kept(name, make)
    except (CommandError, OSError, KeyError, ValueError) as e:
        tally.skip(name, f"no lock file could be made: {str(e)[:300]}")
        return
    got = listed(place, files, kind)
    with_dev = bool(want) and len(want[0]) == 3
    said = {row[:3] if with_dev else row[:2] for row in got}
    for label, rows in (("missing", set(want) - said), ("invented", said - set(want))):
        for row in sorted(rows)[:20]:
            print(f"  {name}: {label}: {row}")
    if len(want) < need:
        tally.fail(name, f"the truth has {len(want)} entries, expected {need} at least")
    elif any(row[3] != "lock file" for row in got):
        tally.fail(name, "a package with evidence other than a lock file")
    else:
        tally.check(name, set(want) == said, f"{len(set(want) - said)} missing, "
                    f"{len(said - set(want))} invented", f"{len(want)} the same"
                    + (", for development too" if with_dev else ""))


def main():
    need_binary(tally)
    os.makedirs(TOOLS, exist_ok=True)
    for name in sys.argv[1:] or CASES:
        test(name, *CASES[name])
    tally.end()


if __name__ == "__main__":
    main()
