#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Assemble the example image from the readable tables in examples/image/.

usage: examples/build-image.py OUTPUT.tar

The result is what `docker save` writes: manifest.json, the configuration with its history, and one
tar a layer, some of them gzipped. It holds a small Debian root with a package database and the
libraries of four languages. No program in it can run; the files only say what they stand for. Known
inputs give known bytes: times are SOURCE_DATE_EPOCH (or a fixed day), owners are root, names sorted.
"""
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
import zipfile
from datetime import datetime, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent / "image"
EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "1700000000"))
MERGED = ("bin", "sbin", "lib", "lib64")  # links into usr/ since Debian 12
PRIVATE = {"root": 0o700}
MAINTAINER = "Example Maintainers <nobody@example.org>"


def as_text(value):
    """A string as it stands, a list as lines."""
    return value if isinstance(value, str) else "\n".join(value) + "\n"


def placeholder(path):
    return f"{path}: a placeholder of the example image, not a program\n"


class Layer:
    """The entries of one layer by path, written in sorted order."""

    def __init__(self):
        self.entries = {}

    def directory(self, path, mode=0o755):
        if path and path not in self.entries:
            self.directory(os.path.dirname(path))
            self.entries[path] = (tarfile.DIRTYPE, PRIVATE.get(path, mode), b"", "")

    def file(self, path, data, mode=0o644):
        data = data.encode() if isinstance(data, str) else data
        self.directory(os.path.dirname(path))
        self.entries[path] = (tarfile.REGTYPE, mode, data, "")

    def link(self, path, target):
        self.directory(os.path.dirname(path))
        self.entries[path] = (tarfile.SYMTYPE, 0o777, b"", target)

    def whiteout(self, path):
        directory, name = os.path.split(path)
        self.file(f"{directory}/.wh.{name}", b"", 0o600)

    def pack(self):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for path in sorted(self.entries):
                kind, mode, data, target = self.entries[path]
                info = tarfile.TarInfo(path + ("/" if kind == tarfile.DIRTYPE else ""))
                info.type, info.mode, info.size, info.linkname = kind, mode, len(data), target
                info.mtime = EPOCH
                archive.addfile(info, io.BytesIO(data))
        return out.getvalue()


class PackageDatabase:
    """What /var/lib/dpkg says after each layer."""

    def __init__(self):
        table = json.loads((HERE / "packages.json").read_text(encoding="utf-8"))
        self.table = {p["name"]: p for p in table["packages"]}
        self.installed = set()

    @staticmethod
    def place(path):
        """Where a file lands in a root whose /bin and /lib are links into /usr."""
        path = path.lstrip("/")
        return f"usr/{path}" if path.split("/", 1)[0] in MERGED else path

    @staticmethod
    def info_name(package):
        same = package.get("multi_arch") == "same"
        return f"{package['name']}:{package['architecture']}" if same else package["name"]

    @staticmethod
    def paragraph(package):
        lines = [f"Package: {package['name']}", "Status: install ok installed",
                 f"Priority: {package['priority']}", f"Section: {package['section']}",
                 "Installed-Size: 1", f"Maintainer: {MAINTAINER}",
                 f"Architecture: {package['architecture']}"]
        if "multi_arch" in package:
            lines.append(f"Multi-Arch: {package['multi_arch']}")
        if "source" in package:
            lines.append(f"Source: {package['source']}")
        lines += [f"Version: {package['version']}", f"Description: {package['description']}"]
        return "\n".join(lines) + "\n"

    @staticmethod
    def contents(entry):
        return as_text(entry["text"]) if "text" in entry else placeholder(entry["path"])

    def write_status(self, layer):
        names = sorted(self.installed)
        layer.file("var/lib/dpkg/status",
                   "\n".join(self.paragraph(self.table[n]) for n in names))

    def install(self, layer, name):
        package = self.table[name]
        self.installed.add(name)
        paths, sums = {"/."}, []
        for entry in package["files"]:
            text = self.contents(entry)
            layer.file(self.place(entry["path"]), text, int(entry.get("mode", "0644"), 8))
            digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
            sums.append(f"{digest}  {entry['path'].lstrip('/')}\n")
            parts = entry["path"].split("/")
            paths.update("/".join(parts[:n]) for n in range(2, len(parts) + 1))
        info = f"var/lib/dpkg/info/{self.info_name(package)}"
        layer.file(info + ".list", as_text(sorted(paths)))
        layer.file(info + ".md5sums", "".join(sums))

    def remove(self, layer, name):
        package = self.table[name]
        self.installed.discard(name)
        for entry in package["files"]:
            layer.whiteout(self.place(entry["path"]))
        info = f"var/lib/dpkg/info/{self.info_name(package)}"
        layer.whiteout(info + ".list")
        layer.whiteout(info + ".md5sums")

    def apply(self, layer, change):
        for name in change.get("install", []):
            self.install(layer, name)
        for name in change.get("remove", []):
            self.remove(layer, name)
        self.write_status(layer)


def add_npm(layer, table):
    lock = {}
    for package in table["packages"]:
        inside = package.get("inside")
        where = f"node_modules/{inside}/node_modules" if inside else "node_modules"
        lock[f"{where}/{package['name']}"] = {"version": package["version"]}
        path = f"{os.path.dirname(table['at'])}/{where}/{package['name']}"
        described = {k: package[k] for k in ("name", "version", "license")}
        layer.file(f"{path}/package.json", json.dumps(described, indent=2) + "\n")
        layer.file(f"{path}/index.js", "module.exports = {};\n")
    layer.file(f"{table['at']}/.package-lock.json",
               json.dumps({"lockfileVersion": 3, "packages": lock}, indent=2) + "\n")


def add_python(layer, table):
    for package in table["packages"]:
        module = package["name"].replace("-", "_")
        info = f"{module}-{package['version']}.dist-info"
        metadata = (f"Metadata-Version: 2.1\nName: {package['name']}\n"
                    f"Version: {package['version']}\nLicense: {package['license']}\n\n"
                    "Name: not-a-field\nVersion: 0\n")
        files = [f"{module.lower()}/__init__.py", f"{info}/INSTALLER", f"{info}/METADATA",
                 f"{info}/RECORD"]
        layer.file(f"{table['at']}/{files[0]}", "")
        layer.file(f"{table['at']}/{files[1]}", "pip\n")
        layer.file(f"{table['at']}/{files[2]}", metadata)
        layer.file(f"{table['at']}/{files[3]}", "".join(f"{name},,\n" for name in files))


def make_jar(spec, stored):
    """A jar as bytes; a Spring Boot jar stores its inner jars without compressing them."""
    out = io.BytesIO()
    stamp = datetime.fromtimestamp(EPOCH, timezone.utc).timetuple()[:6]
    with zipfile.ZipFile(out, "w") as archive:
        def add(name, data, method=zipfile.ZIP_DEFLATED):
            info = zipfile.ZipInfo(name, stamp)
            info.external_attr = 0o644 << 16
            info.compress_type = method
            archive.writestr(info, data)

        manifest = {"Manifest-Version": "1.0", **spec.get("manifest", {})}
        add("META-INF/MANIFEST.MF", "".join(f"{k}: {v}\r\n" for k, v in manifest.items()) + "\r\n")
        for coordinates in spec.get("maven", []):
            group, artifact, version = coordinates.split(":")
            add(f"META-INF/maven/{group}/{artifact}/pom.properties",
                f"artifactId={artifact}\ngroupId={group}\nversion={version}\n")
        for name, text in spec.get("entries", {}).items():
            add(name, text)
        for name, inner in spec.get("jars", {}).items():
            add(name, make_jar(inner, stored), stored)
    return out.getvalue()


def build_layer(name, database):
    spec = json.loads((HERE / name).read_text(encoding="utf-8"))
    layer = Layer()
    for path, mode in spec.get("directories", {}).items():
        layer.directory(os.path.dirname(path))
        layer.entries[path] = (tarfile.DIRTYPE, int(mode, 8), b"", "")
    for path, target in spec.get("links", {}).items():
        layer.link(path, target)
    for path, value in spec.get("files", {}).items():
        detailed = isinstance(value, dict)
        text = as_text(value["text"] if detailed else value)
        layer.file(path, text, int(value.get("mode", "0644"), 8) if detailed else 0o644)
    if "dpkg" in spec:
        database.apply(layer, spec["dpkg"])
    if "npm" in spec:
        add_npm(layer, spec["npm"])
    if "python" in spec:
        add_python(layer, spec["python"])
    for path, jar in spec.get("jars", {}).items():
        layer.file(path, make_jar(jar, zipfile.ZIP_STORED))
    return layer.pack()


def build(image):
    """(configuration, [(file name, bytes)]) of the whole image."""
    created = datetime.fromtimestamp(EPOCH, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    database, blobs, diff_ids, history = PackageDatabase(), [], [], []
    for step in image["layers"]:
        entry = {"created": created, "created_by": step["created_by"]}
        if "content" in step:
            data = build_layer(step["content"], database)
            diff_id = hashlib.sha256(data).hexdigest()
            diff_ids.append(f"sha256:{diff_id}")
            if step["compression"] == "gzip":
                data = gzip.compress(data, compresslevel=9, mtime=0)
            blobs.append((f"{diff_id}.tar", data))
        else:
            entry["empty_layer"] = True
        history.append(entry)
    config = {"architecture": image["architecture"], "os": image["os"], "created": created,
              "config": image["config"], "history": history,
              "rootfs": {"type": "layers", "diff_ids": diff_ids}}
    return config, blobs


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    image = json.loads((HERE / "image.json").read_text(encoding="utf-8"))
    config, blobs = build(image)
    config_bytes = json.dumps(config, separators=(",", ":")).encode()
    config_name = hashlib.sha256(config_bytes).hexdigest() + ".json"
    manifest = [{"Config": config_name, "RepoTags": [image["tag"]],
                 "Layers": [name for name, _ in blobs]}]
    outer = Layer()
    for name, data in [*blobs, (config_name, config_bytes),
                       ("manifest.json", json.dumps(manifest).encode() + b"\n")]:
        outer.file(name, data)
    output = Path(sys.argv[1])
    partial = output.with_name(output.name + ".part")
    partial.write_bytes(outer.pack())
    partial.replace(output)


if __name__ == "__main__":
    main()
