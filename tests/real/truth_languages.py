#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Language packages against the package managers themselves.

Real projects with real dependencies are installed by pip, uv, poetry, npm, pnpm, yarn 1, yarn 4, gem
and composer below $PLIMSOLL_REAL/languages, once; what plimsoll finds there must be what the manager
lists. None missing, none invented; what differs is explained here, by name.
"""

import glob
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tarfile

from common import REAL, Tally, CommandError, have, need_binary, plimsoll, run, say, scratch

tally = Tally()
HOME = os.path.join(REAL, "languages")
DEPENDENCIES = {"express": "^4.18.2", "lodash3": "npm:lodash@3.10.1", "@babel/code-frame": "^7.22.0"}
DEVELOPMENT = {"mocha": "^10.2.0"}


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text if isinstance(text, str) else json.dumps(text))


def project(name, make):
    """The directory of a project; make(dir) fills it when it is not there yet. It is made where it
    stays: virtual environments have their own path in them."""
    path = os.path.join(HOME, name)
    done = os.path.join(HOME, f"{name}.done")
    if not os.path.exists(done):
        say(f"project {name}")
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        make(path)
        write(done, "")
    return path


def found(target, kind):
    """Packages of that type that something installed shows, not a lock file."""
    report = plimsoll("sbom", target, "--format", "json", ok=(0, 3))
    return [p for p in report["packages"] if p["type"] == kind and p["evidence"] != "lock file"]


def compare(name, want, got, need):
    want, got = set(want), set(got)
    for label, rows in (("missing", want - got), ("invented", got - want)):
        for row in sorted(rows, key=str)[:20]:
            print(f"  {name}: {label}: {row}")
    if len(want) < need:
        tally.fail(name, f"the manager lists {len(want)}, expected {need} at least")
        return
    tally.check(name, want == got, f"{len(want - got)} missing, {len(got - want)} invented",
                f"{len(want)} the same")


# --- Python -----------------------------------------------------------------------------------


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def python_rows(target):
    """Without the copies that pip carries inside itself: pip does not list those."""
    rows, copies = set(), set()
    for p in found(target, "pypi"):
        row = (normal(p["name"]), p["version"])
        inside = re.search(r"vendor.txt of|a copy inside", p["how"])
        (copies if inside else rows).add(row)
    return rows, copies


def listed(text):
    return {(normal(p["name"]), p["version"]) for p in json.loads(text)}


def package_source(path, name):
    """A project with one module, to be installed from a directory or from git."""
    write(f"{path}/pyproject.toml", '[build-system]\nrequires = ["setuptools"]\n'
          f'build-backend = "setuptools.build_meta"\n[project]\nname = "{name}"\n'
          'version = "0.3.1"\ndependencies = ["idna>=2"]\n')
    write(f"{path}/{name.replace('.', '_').replace('-', '_')}/__init__.py", "")


def make_pip(path):
    run([sys.executable, "-m", "venv", f"{path}/venv"])
    pip = f"{path}/venv/bin/pip"
    package_source(f"{path}/src/edit", "edit.able")
    package_source(f"{path}/src/vcs", "from-git")
    git = ["git", "-C", f"{path}/src/vcs", "-c", "user.name=t", "-c", "user.email=t@t"]
    run(["git", "init", "-q", f"{path}/src/vcs"])
    run([*git, "add", "-A"])
    run([*git, "commit", "-qm", "x"])
    run([pip, "install", "-q", "requests", "flask", "zstandard", "sphinx<8"])
    run([pip, "install", "-q", f"git+file://{path}/src/vcs", "-e", f"{path}/src/edit"])


def check_pip():
    path = project("pip", make_pip)
    want = listed(run([f"{path}/venv/bin/pip", "list", "--format", "json"]))
    rows, copies = python_rows(f"dir:{path}")
    # egg-info of a project that is developed lies beside its source, too
    compare("pip", want, rows, 25)
    vendor = glob.glob(f"{path}/venv/lib/python3*/site-packages/pip/_vendor/vendor.txt")
    told = set(re.findall(r"^\s*([\w.-]+)==([\w.]+)", open(vendor[0], encoding="utf-8").read(), re.M))
    # of setuptools pip keeps only pkg_resources: it does not count
    told = {(normal(n), v) for n, v in told if n != "setuptools"}
    tally.check("pip's copies", told and told <= copies, sorted(told - copies),
                f"{len(told)} in vendor.txt")
    by = {normal(p["name"]): p for p in found(f"dir:{path}", "pypi")}
    commit = run(["git", "-C", f"{path}/src/vcs", "rev-parse", "HEAD"]).strip()
    tally.check("pip: the commit of a git install", commit in by["from-git"]["purl"]
                and commit in by["from-git"]["how"], by["from-git"])
    tally.check("pip: an editable install", "editable" in by["edit-able"]["how"], by["edit-able"])
    needs = {report_name for report_name in depends_of(f"dir:{path}", "requests")}
    tally.check("pip: what requests needs", needs >= {"idna", "urllib3", "certifi"}, needs)
    check_stripped(path, want)


def depends_of(target, name):
    packages = plimsoll("sbom", target, "--format", "json", ok=(0, 3))["packages"]
    for p in packages:
        if normal(p["name"]) == name and p.get("depends"):
            for i in p["depends"]:
                yield normal(packages[i]["name"])


def check_stripped(path, want):
    """METADATA deleted everywhere: RECORD and the directories' names still tell."""
    with scratch() as tmp:
        run(["cp", "-a", f"{path}/venv", f"{tmp}/venv"])
        for one in glob.glob(f"{tmp}/venv/lib/python3*/site-packages/*.dist-info/METADATA"):
            os.unlink(one)
        rows, _ = python_rows(f"dir:{tmp}")
        compare("pip, METADATA deleted", want, rows, 25)


def tools(path):
    run([sys.executable, "-m", "venv", f"{path}/venv"])
    run([f"{path}/venv/bin/pip", "install", "-q", "uv", "poetry"])


def check_uv():
    uv = project("python-tools", tools) + "/venv/bin/uv"

    def make(path):
        run([uv, "venv", "-q", f"{path}/venv"])
        run([uv, "pip", "install", "-q", "--python", f"{path}/venv/bin/python", "django",
             "httpx[http2]", "pydantic"])

    path = project("uv", make)
    want = listed(run([uv, "pip", "list", "--format", "json", "--python",
                       f"{path}/venv/bin/python"]))
    rows, _ = python_rows(f"dir:{path}")
    compare("uv", want, rows, 12)


def check_poetry():
    poetry = project("python-tools", tools) + "/venv/bin/poetry"
    env = dict(os.environ, POETRY_VIRTUALENVS_IN_PROJECT="true", POETRY_NO_INTERACTION="1",
               POETRY_VIRTUALENVS_CREATE="true")
    env.pop("VIRTUAL_ENV", None)

    # The index by its pages: poetry's own way to it asks for data that mirrors do not have.
    index = run([os.path.dirname(poetry) + "/python", "-c",
                 "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"]).strip()

    def make(path):
        write(f"{path}/pyproject.toml", '[project]\nname = "truth-poetry"\nversion = "1.0.0"\n'
              'requires-python = ">=3.11"\ndependencies = ["flask>=3", "attrs"]\n'
              "[tool.poetry]\npackage-mode = false\n"
              '[tool.poetry.group.dev.dependencies]\niniconfig = "*"\n'
              f'[[tool.poetry.source]]\nname = "index"\nurl = "{index}"\npriority = "primary"\n')
        run([poetry, "install", "-q"], cwd=path, env=env)

    path = project("poetry", make)
    shown = run([poetry, "show", "--no-ansi"], cwd=path, env=env)
    want = {(normal(m[1]), m[2]) for m in re.finditer(r"^([\w.-]+) +(?:\(!\) )?(\S+) ", shown, re.M)
            if "(!)" not in m[0]}
    rows, _ = python_rows(f"dir:{path}")
    # poetry does not list the installer that it may put into the environment
    compare("poetry", want, {r for r in rows if r[0] not in ("pip", "setuptools", "wheel")}, 8)


# --- Node.js ----------------------------------------------------------------------------------


def node_project(path, name, **more):
    write(f"{path}/package.json", {"name": name, "version": "1.0.0", "private": True,
                                   "dependencies": DEPENDENCIES, "devDependencies": DEVELOPMENT,
                                   **more})


def npm_make(path):
    node_project(path, "truth-npm", workspaces=["packages/*"])
    write(f"{path}/packages/a/package.json",
          {"name": "@truth/a", "version": "0.1.0", "dependencies": {"chalk": "^4.1.0"}})
    write(f"{path}/packages/b/package.json",
          {"name": "truth-b", "version": "0.2.0", "dependencies": {"chalk": "^2.4.2",
                                                                   "@truth/a": "*"}})
    run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=path)


def npm_rows(path):
    """(name, version, place) of npm ls; the project itself and its workspaces, which are links and
    the project's own code, are left out. An alias is the package that it stands for."""
    rows, dev = set(), set()
    out = run(["npm", "ls", "--all", "--long", "--parseable"], cwd=path, ok=(0, 1))
    for line in out.splitlines():
        place, spec, *link = line.split(":", 2)
        if spec.endswith("@npm"):  # alias@npm:name@version
            spec, link = link[0].split(":")[0], []
        if place == path or link:
            continue
        name, version = spec.rsplit("@", 1)
        rows.add((name, version, os.path.relpath(place, path)))
    with open(f"{path}/node_modules/.package-lock.json", encoding="utf-8") as f:
        for place, entry in json.load(f)["packages"].items():
            if entry.get("dev"):
                dev.add(place)
    return rows, dev


def npm_found(target):
    return [(p["name"], p["version"], os.path.dirname(at["path"].lstrip("/")), p)
            for p in found(target, "npm") for at in p["locations"]
            if at["path"].endswith("/package.json")]


def check_npm():
    path = project("npm", npm_make)
    want, dev = npm_rows(path)
    got = npm_found(f"dir:{path}")
    compare("npm", want, {row[:3] for row in got}, 120)
    said = {row[:2] for row in got if row[3].get("dev")}
    # in one place for development and in another not is not for development
    only = {row[:2] for row in want if row[2] in dev} - {row[:2] for row in want
                                                        if row[2] not in dev}
    compare("npm: for development", only, said, 50)
    with scratch() as tmp:
        docker_archive(path, f"{tmp}/image.tar")
        got = npm_found(f"docker-archive:{tmp}/image.tar")
        compare("npm, docker-archive", want, {row[:3] for row in got}, 120)
    with scratch() as tmp:
        run(["cp", "-a", path, f"{tmp}/app"])
        run(["find", f"{tmp}/app/node_modules", "-name", "package.json", "-delete"])
        os.unlink(f"{tmp}/app/package-lock.json")
        rows = {(p["name"], p["version"]) for p in found(f"dir:{tmp}/app", "npm")}
        compare("npm, every package.json deleted", {row[:2] for row in want}, rows, 100)


def check_npm_itself():
    """The modules that npm has bundled."""
    top = run(["npm", "root", "-g"]).strip() + "/npm"
    if not os.path.isdir(f"{top}/node_modules"):
        tally.skip("npm itself", f"{top} has no node_modules")
        return
    want = set()
    for where, _, files in os.walk(os.path.realpath(top)):
        place = os.path.relpath(where, os.path.realpath(top))
        if "package.json" in files and re.search(r"(^|/)node_modules/(@[^/]+/)?[^/@.][^/]*$", place):
            with open(f"{where}/package.json", encoding="utf-8") as f:
                data = json.load(f)
            want.add((data["name"], data["version"], place))
    got = {row[:3] for row in npm_found(f"dir:{top}")}
    compare("npm itself", want, got, 100)


def docker_archive(path, out):
    """An image of one layer, as docker save writes it."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        for name in sorted(os.listdir(path)):
            tar.add(f"{path}/{name}", arcname=name)
    layer = layer.getvalue()
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {
        "type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]}}).encode()
    manifest = json.dumps([{"Config": "config.json", "RepoTags": ["truth:1"],
                            "Layers": ["layer.tar"]}]).encode()
    with tarfile.open(out, "w") as tar:
        for name, data in (("manifest.json", manifest), ("config.json", config),
                           ("layer.tar", layer)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def node_tools(path):
    run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", path,
         "pnpm@9", "yarn@1", "@yarnpkg/cli-dist@4"])


def check_pnpm():
    pnpm = project("node-tools", node_tools) + "/node_modules/.bin/pnpm"
    env = dict(os.environ, CI="1")

    def make(path):
        node_project(path, "truth-pnpm")
        run([pnpm, "install", "--ignore-scripts", "--store-dir", f"{HOME}/pnpm-store"], cwd=path,
            env=env)

    path = project("pnpm", make)
    want, todo = set(), json.loads(run([pnpm, "ls", "-r", "--depth", "Infinity", "--json"],
                                       cwd=path, env=env))
    while todo:
        node = todo.pop()
        for kind in ("dependencies", "devDependencies", "optionalDependencies"):
            for child in node.get(kind, {}).values():
                # it lists fsevents, which is for macOS and not installed here
                if child["from"] != "fsevents" or os.path.isdir(child["path"]):
                    want.add((child["from"], child["version"]))
                todo.append(child)
    compare("pnpm", want, {row[:2] for row in npm_found(f"dir:{path}")}, 100)


def check_yarn_classic():
    yarn = ["node", project("node-tools", node_tools) + "/node_modules/yarn/bin/yarn.js"]

    def make(path):
        node_project(path, "truth-yarn")
        run([*yarn, "install", "--ignore-scripts", "--non-interactive", "--cache-folder",
             f"{HOME}/yarn-cache"], cwd=path)

    path = project("yarn1", make)
    want, todo = set(), []
    for line in run([*yarn, "list", "--json", "--non-interactive"], cwd=path).splitlines():
        data = json.loads(line)
        if data["type"] == "tree":
            todo = data["data"]["trees"]
    while todo:
        node = todo.pop()
        todo += node.get("children", [])
        # it lists fsevents, which is for macOS and not installed here
        absent = node["name"].startswith("fsevents@") and not os.path.isdir(
            f"{path}/node_modules/fsevents")
        if not node.get("shadow") and not absent:
            want.add(tuple(node["name"].rsplit("@", 1)))
    # yarn lists an alias by its own name, here lodash3 for lodash
    want = {("lodash" if name == "lodash3" else name, version) for name, version in want}
    compare("yarn 1", want, {row[:2] for row in npm_found(f"dir:{path}")}, 100)


def check_yarn_berry():
    yarn = ["node", project("node-tools", node_tools) +
            "/node_modules/@yarnpkg/cli-dist/bin/yarn.js"]
    env = dict(os.environ, YARN_ENABLE_TELEMETRY="0", YARN_ENABLE_GLOBAL_CACHE="0",
               YARN_ENABLE_IMMUTABLE_INSTALLS="0",
               YARN_NPM_REGISTRY_SERVER=run(["npm", "config", "get", "registry"]).strip().rstrip("/"))

    def make(path):
        node_project(path, "truth-berry")
        write(f"{path}/yarn.lock", "")
        run([*yarn, "install", "--mode=skip-build"], cwd=path, env=env)

    path = project("yarn4", make)
    want = set()
    for line in run([*yarn, "info", "-AR", "--json"], cwd=path, env=env).splitlines():
        data = json.loads(line)
        name = re.match(r"(@?[^@]+)@", data["value"])[1]
        if "@workspace:" not in data["value"]:
            want.add((name, data["children"]["Version"]))
    for label, gone in (("yarn 4", ()), ("yarn 4 without its list", (".pnp.cjs", ".pnp.loader.mjs")),
                        ("yarn 4 without its cache", (".yarn",))):
        with scratch() as tmp:
            run(["cp", "-a", path, f"{tmp}/app"])
            run(["rm", "-rf", *(f"{tmp}/app/{one}" for one in (*gone, "yarn.lock"))])
            rows = {(p["name"], p["version"]) for p in found(f"dir:{tmp}/app", "npm")}
            compare(label, want, rows, 100)


# Files that sites copy, as the packages ship them.
BUNDLES = {("jquery", "3.6.0"): "dist/jquery.min.js", ("lodash", "4.17.20"): "lodash.min.js",
           ("vue", "2.7.14"): "dist/vue.min.js", ("bootstrap", "5.3.2"): "dist/js/bootstrap.min.js",
           ("react", "18.2.0"): "umd/react.production.min.js",
           ("react-dom", "18.2.0"): "umd/react-dom.production.min.js",
           ("handlebars", "4.7.7"): "dist/handlebars.min.js", ("axios", "0.21.1"): "dist/axios.min.js",
           ("angular", "1.8.3"): "angular.min.js", ("moment", "2.29.1"): "moment.js",
           ("underscore", "1.13.6"): "underscore-umd-min.js", ("d3", "7.8.5"): "dist/d3.min.js",
           ("dompurify", "3.0.5"): "dist/purify.min.js", ("mustache", "4.2.0"): "mustache.min.js"}


def check_bundles():
    """Minified files alone, each below another name, and all in one file."""
    def make(path):
        run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", path,
             *(f"{name}@{version}" for name, version in BUNDLES)])

    path = project("bundles", make)
    with scratch() as tmp:
        os.makedirs(f"{tmp}/each")
        os.makedirs(f"{tmp}/one")
        texts = []
        for i, ((name, _), where) in enumerate(sorted(BUNDLES.items())):
            with open(f"{path}/node_modules/{name}/{where}", encoding="utf-8") as f:
                texts.append(f.read())
            write(f"{tmp}/each/static/{i}.js", texts[-1])
        write(f"{tmp}/one/static/app.js", "\n".join(texts))
        for label in ("each", "one"):
            packages = found(f"dir:{tmp}/{label}", "npm")
            compare(f"bundles, {label}", set(BUNDLES), {(p["name"], p["version"]) for p in packages},
                    14)


# --- Ruby, PHP --------------------------------------------------------------------------------


def gem_make(path):
    """Specifications of this system's gems at their places, and a gem with a platform."""
    places = run(["ruby", "-e", "puts Gem.path, Gem.default_dir"]).split()
    for place in sorted({p for p in places if os.path.isdir(f"{p}/specifications")}):
        run(["mkdir", "-p", path + place])
        run(["cp", "-r", f"{place}/specifications", path + place])
    write(f"{path}/src/native.gemspec", 'Gem::Specification.new { |s| s.name = "truth-native"; '
          's.version = "1.2.3.rc1"; s.platform = Gem::Platform::CURRENT; s.summary = "x"; '
          's.authors = ["x"]; s.licenses = ["MIT"]; s.files = [] }')
    run(["gem", "build", "-q", "native.gemspec"], cwd=f"{path}/src")
    built = glob.glob(f"{path}/src/*.gem")[0]
    run(["gem", "install", "-q", "--local", "--no-document", "--install-dir",
         f"{path}/opt/gems", built])


def gem_list(*args):
    """(name, version) of "name (1.0, default: 0.9, 1.1 x86_64-linux)"."""
    rows = set()
    for line in run(["gem", "list", "--local", "--all", *args]).splitlines():
        m = re.match(r"(\S+) \((.*)\)$", line)
        for one in m[2].split(", ") if m else ():
            rows.add((m[1], one.removeprefix("default: ").split()[0]))
    return rows


def check_gem():
    path = project("gem", gem_make)
    want = gem_list() | {("truth-native", "1.2.3.rc1")}
    packages = found(f"dir:{path}", "gem")
    compare("gem", want, {(p["name"], p["version"]) for p in packages}, 60)
    native = [p for p in packages if p["name"] == "truth-native"]
    tally.check("gem: platform", native and "platform=" in native[0]["purl"], native)


def composer_make(path):
    """Components of Debian's packages, installed by Composer from their directories."""
    parts = [("psr/log", "1.1.4", "Psr/Log", {}), ("psr/container", "2.0.2", "Psr/Container", {}),
             ("symfony/console", "v5.4.23", "Symfony/Component/Console",
              {"php": ">=7.2.5", "ext-json": "*", "psr/log": "^1|^2", "symfony/string": "^5.4"}),
             ("symfony/string", "v5.4.22", "Symfony/Component/String", {}),
             ("seld/jsonlint", "1.9.0", "Seld/JsonLint", {}),
             ("composer/semver", "dev-main", "Composer/Semver", {})]
    packages = [{"name": n, "version": v, "require": r, "license": ["MIT"],
                 "dist": {"type": "path", "url": f"/usr/share/php/{d}", "reference": "deb"},
                 "transport-options": {"symlink": False}} for n, v, d, r in parts]
    write(f"{path}/composer.json", {
        "name": "truth/app", "version": "1.0.0", "minimum-stability": "dev",
        "repositories": [{"packagist.org": False}, {"type": "package", "package": packages}],
        "require": {"symfony/console": "^5.4", "psr/container": "^2", "composer/semver": "dev-main"},
        "require-dev": {"seld/jsonlint": "^1"}})
    run(["composer", "install", "--no-interaction", "--no-progress", "-q"], cwd=path,
        env=dict(os.environ, COMPOSER_ALLOW_SUPERUSER="1"))


def check_composer():
    path = project("composer", composer_make)
    shown = json.loads(run(["composer", "show", "--format=json"], cwd=path,
                           env=dict(os.environ, COMPOSER_ALLOW_SUPERUSER="1")))
    want = {(p["name"], re.sub(r"^v(?=\d)", "", p["version"])) for p in shown["installed"]}
    for label, gone in (("composer", ()), ("composer, installed.json deleted", ("installed.json",))):
        with scratch() as tmp:
            run(["cp", "-a", path, f"{tmp}/app"])
            for one in gone:
                os.unlink(f"{tmp}/app/vendor/composer/{one}")
            packages = found(f"dir:{tmp}/app", "composer")
            compare(label, want, {(p["name"], p["version"]) for p in packages}, 6)
            dev = {p["name"] for p in packages if p.get("dev")}
            tally.check(f"{label}: for development", dev == {"seld/jsonlint"}, dev)


def check_pear():
    place = "/usr/share/php/.registry"
    want = set()
    for line in run(["pear", "list"]).splitlines():
        m = re.match(r"(\w+) +(\d\S*) +(stable|beta|alpha)", line)
        if m:
            want.add((m[1], m[2]))
    with scratch() as tmp:
        run(["mkdir", "-p", f"{tmp}/usr/share/php"])
        run(["cp", "-r", place, f"{tmp}/usr/share/php"])
        rows = {(p["name"].rpartition("/")[2], p["version"]) for p in found(f"dir:{tmp}", "pear")}
    compare("pear", want, rows, 4)


def main():
    need_binary(tally)
    os.makedirs(HOME, exist_ok=True)
    rows = [("pip", check_pip, ("git",)), ("uv", check_uv, ()), ("poetry", check_poetry, ()),
            ("npm", check_npm, ("npm",)), ("npm itself", check_npm_itself, ("npm",)),
            ("pnpm", check_pnpm, ("npm", "node")), ("yarn 1", check_yarn_classic, ("npm", "node")),
            ("yarn 4", check_yarn_berry, ("npm", "node")), ("bundles", check_bundles, ("npm",)), ("gem", check_gem, ("gem", "ruby")),
            ("composer", check_composer, ("composer", "php")), ("pear", check_pear, ("pear",))]
    wanted = sys.argv[1:]
    for name, check, needs in rows:
        if wanted and name not in wanted:
            continue
        if not have(*needs):
            tally.skip(name, f"needs {' and '.join(needs)}")
            continue
        try:
            check()
        except (CommandError, OSError, KeyError, IndexError, ValueError) as e:
            tally.fail(name, f"{type(e).__name__}: {e}")
    tally.end()


if __name__ == "__main__":
    main()
