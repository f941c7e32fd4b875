#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The example image: the same bytes every time, digests that hold, and what dpkg says of it."""
import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def build(directory, name):
    output = Path(directory) / name
    subprocess.run([sys.executable, ROOT / "examples" / "build-image.py", output], check=True)
    return output


def layers_of(path):
    """[(tar bytes, diff id the configuration states)], checking names and digests on the way."""
    with tarfile.open(path) as outer:
        files = {m.name: outer.extractfile(m).read() for m in outer}
    manifest = json.loads(files["manifest.json"])[0]
    config = json.loads(files[manifest["Config"]])
    digest = hashlib.sha256(files[manifest["Config"]]).hexdigest()
    assert manifest["Config"] == digest + ".json"
    result = []
    for name, diff_id in zip(manifest["Layers"], config["rootfs"]["diff_ids"], strict=True):
        data = files[name]
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        assert "sha256:" + hashlib.sha256(data).hexdigest() == diff_id
        result.append(data)
    filled = [h for h in config["history"] if not h.get("empty_layer")]
    assert len(filled) == len(result)
    return result


def merge(layers):
    """path -> content of the files that are left; enough for an image without opaque directories."""
    files = {}
    for data in layers:
        with tarfile.open(fileobj=io.BytesIO(data)) as layer:
            for member in layer:
                directory, _, name = member.name.rpartition("/")
                if name.startswith(".wh."):
                    files.pop(f"{directory}/{name[4:]}")
                elif member.isfile():
                    files[member.name] = layer.extractfile(member).read()
    return files


def dpkg_says(files, directory):
    for path, data in files.items():
        if path.startswith("var/lib/dpkg/"):
            target = Path(directory) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    out = subprocess.run(["dpkg-query", "--admindir", Path(directory) / "var/lib/dpkg", "-W",
                          "-f", "${Package} ${Version} ${source:Package} ${source:Version}\n"],
                         check=True, capture_output=True, text=True)
    assert out.stderr == "", out.stderr
    return out.stdout.splitlines()


def main():
    with tempfile.TemporaryDirectory() as directory:
        one, two = build(directory, "one.tar"), build(directory, "two.tar")
        assert one.read_bytes() == two.read_bytes(), "two builds differ"
        files = merge(layers_of(one))
        assert "usr/bin/git" not in files and "usr/bin/sudo" in files
        with zipfile.ZipFile(io.BytesIO(files["opt/service/service.jar"])) as jar:
            inner = zipfile.ZipFile(io.BytesIO(jar.read("BOOT-INF/lib/snakeyaml-1.30.jar")))
            assert inner.testzip() is None and jar.testzip() is None
        if shutil.which("dpkg-query"):
            lines = dpkg_says(files, directory)
            assert len(lines) == 29, lines
            assert "util-linux 2.38.1-5+b1 util-linux 2.38.1-5" in lines
            assert "libssl3 3.0.9-1 openssl 3.0.9-1" in lines


if __name__ == "__main__":
    main()
