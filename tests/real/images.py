#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Build the real images that the other tests of this directory read.

Every step is kept in $PLIMSOLL_REAL and done only when its result is missing; results appear under
their name when they are whole. What a machine cannot make (no engine, no root, no network) is
skipped and said. images.json lists every image with its forms, for common.image_list().

  images.py [NAME…]    only these images
"""

import glob
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile

import debian
import rpms
from common import CommandError, IMAGES, REAL, Tally, have, made, run
from engine import Engine

tally = Tally()


def docker_forms(engine, name, source, image):
    """Save an image of the engine in every form; `source` is a function that makes its tag."""
    where = os.path.join(REAL, name)
    archive = os.path.join(where, "docker.tar")
    if not os.path.exists(archive):
        with made(archive) as tmp:
            tag = source(engine)
            engine.docker("save", "-o", tmp, tag)
            os.chmod(tmp, 0o644)
    image["forms"]["docker-archive"] = ("docker-archive", f"{name}/docker.tar")


def new_layout(old, new):
    """The archive that Docker 25 and later save: an OCI layout of plain layers and manifest.json."""
    with tarfile.open(old) as source, tarfile.open(new, "w") as out:
        manifest = json.load(source.extractfile("manifest.json"))
        entry = manifest[0]
        config = source.extractfile(entry["Config"]).read()
        blobs = {}

        def add(digest, size, stream):
            info = tarfile.TarInfo(f"blobs/sha256/{digest}")
            info.size = size
            out.addfile(info, stream)
            blobs[digest] = size
            return info.name

        def add_bytes(data):
            return add(hashlib.sha256(data).hexdigest(), len(data), io.BytesIO(data))

        diff_ids = json.loads(config)["rootfs"]["diff_ids"]
        layers = []
        for path, diff_id in zip(entry["Layers"], diff_ids):
            member = source.getmember(path)
            while member.issym():
                target = os.path.join(os.path.dirname(member.name), member.linkname)
                member = source.getmember(os.path.normpath(target))
            layers.append(add(diff_id.split(":")[1], member.size, source.extractfile(member)))
        config_path = add_bytes(config)
        oci = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
               "config": descriptor("application/vnd.oci.image.config.v1+json", config_path, blobs),
               "layers": [descriptor("application/vnd.oci.image.layer.v1.tar", p, blobs)
                          for p in layers]}
        oci_path = add_bytes(json.dumps(oci).encode())
        index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
                 "manifests": [descriptor(oci["mediaType"], oci_path, blobs)]}
        files = {"index.json": index, "oci-layout": {"imageLayoutVersion": "1.0.0"},
                 "manifest.json": [{"Config": config_path, "RepoTags": entry["RepoTags"],
                                    "Layers": layers}]}
        for path, value in files.items():
            data = json.dumps(value).encode()
            info = tarfile.TarInfo(path)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))


def descriptor(media_type, path, blobs):
    digest = path.rsplit("/", 1)[1]
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": blobs[digest]}


def skopeo_forms(name, image):
    archive = os.path.join(REAL, name, "docker.tar")
    if not have("skopeo"):
        tally.skip(f"{name} oci", "no skopeo")
        return
    for form, transport, args in (
            ("oci-gzip", "oci", ["--dest-compress-format", "gzip"]),
            ("oci-zstd", "oci", ["--dest-compress-format", "zstd"]),
            ("oci-archive", "oci-archive", [])):
        leaf = f"{name}/{form}" + (".tar" if transport == "oci-archive" else "")
        path = os.path.join(REAL, leaf)
        if not os.path.exists(path):
            with made(path) as tmp:
                run(["skopeo", "--insecure-policy", "--tmpdir", os.path.dirname(path), "copy", "-q",
                     *args, f"docker-archive:{archive}", f"{transport}:{tmp}:latest"])
        image["forms"][form] = (transport, leaf)


def extra_forms(name, image, small):
    archive = os.path.join(REAL, name, "docker.tar")
    new = os.path.join(REAL, name, "docker-new.tar")
    if not os.path.exists(new):
        with made(new) as tmp:
            new_layout(archive, tmp)
    image["forms"]["docker-archive-new"] = ("docker-archive", f"{name}/docker-new.tar")
    if not small:
        return
    packed = os.path.join(REAL, name, "docker.tar.gz")
    if not os.path.exists(packed):
        with made(packed) as tmp, open(tmp, "wb") as out:
            subprocess.run(["gzip", "-nc", archive], stdout=out, check=True)
    image["forms"]["docker-archive-gzip"] = ("docker-archive", f"{name}/docker.tar.gz")


def unpack(tar, root):
    if not os.path.isdir(root):
        with made(root) as tmp:
            os.mkdir(tmp)
            mode = ["--numeric-owner", "-p"] if os.geteuid() == 0 else ["--exclude=dev/*"]
            run(["tar", "-C", tmp, *mode, "-xf", tar])


def name_of(path):
    return re.sub(r"(-rootfs)?\.tar\.gz$", "", os.path.basename(path)).replace("-minirootfs", "")


def shared_image(engine, path):
    """A root file system of the shared directory, in all forms."""
    name = name_of(path)
    os.makedirs(os.path.join(REAL, name), exist_ok=True)
    tar = f"{name}/rootfs.tar.gz"
    if not os.path.exists(os.path.join(REAL, tar)):
        with made(os.path.join(REAL, tar)) as tmp:
            shutil.copyfile(path, tmp)
    image = {"forms": {"tar": ("tar", tar)}, "root": None}
    unpack(path, os.path.join(REAL, name, "root"))
    image["root"] = f"{name}/root"
    image["forms"]["dir"] = ("dir", f"{name}/root")
    if os.path.exists(os.path.join(REAL, name, "docker.tar")) or engine.usable():
        docker_forms(engine, name, lambda e: e.import_tar(path, f"plimsoll/{name}:test"), image)
        extra_forms(name, image, small=True)
        skopeo_forms(name, image)
    else:
        tally.skip(f"{name} docker-archive", engine.why)
    return name, image


def rpm_image(engine, backend):
    name = f"rpm-{backend}"
    why = rpms.missing(backend)
    if why:
        tally.skip(name, why)
        return name, None
    where = os.path.join(REAL, name)
    os.makedirs(where, exist_ok=True)
    root = os.path.join(where, "root")
    truth = os.path.join(where, "truth.json")
    if not os.path.isdir(root) or not os.path.exists(truth):
        with made(root) as tmp, made(truth) as answer:
            installed = rpms.make_root(os.path.join(REAL, "rpms"), tmp, backend)
            with open(answer, "w", encoding="utf-8") as f:
                json.dump(sorted(installed, key=str), f, indent=1)
    tar = os.path.join(where, "rootfs.tar")
    if not os.path.exists(tar):
        with made(tar) as tmp:
            run(["tar", "-C", root, "--numeric-owner", "--sort=name", "-cf", tmp, "."])
    image = {"root": f"{name}/root", "truth": f"{name}/truth.json",
             "forms": {"tar": ("tar", f"{name}/rootfs.tar"), "dir": ("dir", f"{name}/root")}}
    if os.path.exists(os.path.join(where, "docker.tar")) or engine.usable():
        docker_forms(engine, name, lambda e: e.import_tar(tar, f"plimsoll/{name}:test"), image)
        skopeo_forms(name, image)
    return name, image


def debian_image(engine):
    name = "debian-12"
    where = os.path.join(REAL, name)
    os.makedirs(where, exist_ok=True)
    image = {"forms": {}, "root": f"{name}/root"}
    if not os.path.exists(os.path.join(where, "docker.tar")):
        why = debian.missing() or (None if engine.usable() else engine.why)
        if why:
            tally.skip(name, why)
            return name, None
    docker_forms(engine, name, lambda e: debian.build(e, where, tally), image)
    extra_forms(name, image, small=False)
    skopeo_forms(name, image)
    export = os.path.join(where, "rootfs.tar")
    if not os.path.exists(export):
        with made(export) as tmp:
            engine.export(os.path.join(where, "docker.tar"), tmp)
            os.chmod(tmp, 0o644)
    unpack(export, os.path.join(where, "root"))
    image["forms"]["tar"] = ("tar", f"{name}/rootfs.tar")
    image["forms"]["dir"] = ("dir", f"{name}/root")
    return name, image


def discard(paths):
    """Deletes beside the tests: freeing 100,000 files takes minutes on some disks."""
    trash = []
    for path in paths:
        if os.path.lexists(path):
            trash.append(f"{path}.trash{os.getpid()}")
            os.rename(path, trash[-1])
    if trash:
        subprocess.Popen(["nice", "rm", "-rf", *trash], start_new_session=True,
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)


def main(wanted):
    os.makedirs(REAL, exist_ok=True)
    listing = os.path.join(REAL, "images.json")
    images = {}
    if os.path.exists(listing):
        with open(listing, encoding="utf-8") as f:
            images = json.load(f)
    builders = {}
    with Engine(os.path.join(REAL, "engine")) as engine:
        for path in sorted(glob.glob(os.path.join(IMAGES, "*.tar.gz"))):
            builders[name_of(path)] = lambda path=path: shared_image(engine, path)
        if not builders:
            tally.skip("shared images", f"{IMAGES} is not there")
        for backend in rpms.DBPATH:
            builders[f"rpm-{backend}"] = lambda backend=backend: rpm_image(engine, backend)
        builders["debian-12"] = lambda: debian_image(engine)
        for key, build in builders.items():
            if wanted and key not in wanted:
                continue
            try:
                name, image = build()
            except (CommandError, OSError, subprocess.CalledProcessError) as e:
                tally.fail(f"image {key}", e)
                continue
            if image:
                images[name] = image
                tally.ok(f"image {name}", " ".join(sorted(image["forms"])))
        with made(listing) as tmp, open(tmp, "w", encoding="utf-8") as f:
            json.dump(images, f, indent=1, sort_keys=True)
    if not tally.failed:
        discard(glob.glob(os.path.join(REAL, "engine-*")) + [
            os.path.join(REAL, "debian-12", leaf) for leaf in ("base", "base.tar")])
    tally.end()


if __name__ == "__main__":
    main(sys.argv[1:])
