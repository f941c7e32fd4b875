# SPDX-License-Identifier: Apache-2.0
"""Hostile and broken images, made byte by byte and the same every time.

The parts are plain functions that return bytes: tar entries that may lie, layers, archives of
every transport. cases.py puts them together.
"""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import random
import subprocess
import zipfile

BLOCK = 512

OS_RELEASE = b'ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'

STATUS = b"""\
Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2.15-2+b2
Source: bash (5.2.15-2)
Maintainer: Test <test@localhost>
Description: shell

Package: zlib1g
Status: install ok installed
Architecture: amd64
Source: zlib
Version: 1:1.2.13.dfsg-1
Maintainer: Test <test@localhost>
Description: compression

"""

PACKAGE_JSON = b'{"name": "left-pad", "version": "1.3.0", "license": "WTFPL"}\n'

# What is in the good layers: every report on a half-broken image must still have these.
BASE_PACKAGES = {"bash", "zlib1g"}
APP_PACKAGES = {"left-pad"}


def field(value, width):
    """A number of a tar header: octal, or base-256 (GNU) when negative or too large."""
    if isinstance(value, bytes):
        return value.ljust(width, b"\0")[:width]
    if 0 <= value < 8 ** (width - 1):
        return b"%0*o\0" % (width - 1, value)
    data = (value & (256 ** width - 1)).to_bytes(width, "big")
    return bytes([data[0] | 0x80]) + data[1:]


def header(name, size=0, kind=b"0", link=b"", mode=0o644, magic=b"ustar\0" + b"00", checksum=None,
           prefix=b""):
    """One tar header (POSIX ustar); any field may lie."""
    block = bytearray(BLOCK)
    block[0:100] = name.ljust(100, b"\0")[:100]
    block[100:108] = field(mode, 8)
    block[108:116] = block[116:124] = field(0, 8)
    block[124:136] = field(size, 12)
    block[136:148] = field(0, 12)
    block[148:156] = b" " * 8
    block[156:157] = kind
    block[157:257] = link.ljust(100, b"\0")[:100]
    block[257:265] = magic
    block[345:500] = prefix.ljust(155, b"\0")[:155]
    total = sum(block) if checksum is None else checksum
    block[148:156] = b"%06o\0 " % (total & 0o777777)
    return bytes(block)


def pad(data):
    return data + b"\0" * (-len(data) % BLOCK)


def entry(name, data=b"", **kw):
    if isinstance(name, str):
        name = name.encode()
    return header(name, len(data), **kw) + pad(data)


def directory(name):
    return header(name.encode() + b"/", kind=b"5", mode=0o755)


def symlink(name, target):
    return header(name.encode(), kind=b"2", link=target.encode(), mode=0o777)


def hardlink(name, target):
    return header(name.encode(), kind=b"1", link=target.encode())


def pax(*records, kind=b"x"):
    """Extended header; a record is (key, value), or raw bytes that may lie."""
    data = b""
    for record in records:
        if isinstance(record, bytes):
            data += record
            continue
        body = b" %s=%s\n" % record
        length = len(body) + 1
        while len(b"%d" % length) + len(body) != length:
            length = len(b"%d" % length) + len(body)
        data += b"%d" % length + body
    return header(b"PaxHeaders/x", len(data), kind=kind) + pad(data)


def tar(*entries):
    return b"".join(entries) + b"\0" * (2 * BLOCK)


def base_layer(*more):
    return tar(directory("etc"), entry("etc/os-release", OS_RELEASE), directory("var/lib/dpkg"),
               entry("var/lib/dpkg/status", STATUS), *more)


def app_layer(*more):
    return tar(directory("app"), entry("app/node_modules/left-pad/package.json", PACKAGE_JSON),
               *more)


def filler(size, seed=1):
    """Bytes that do not compress."""
    return random.Random(seed).randbytes(size)


def sha(data):
    return hashlib.sha256(data).hexdigest()


def config(diff_ids, **more):
    history = [{"created": "2024-01-01T00:00:00Z", "created_by": f"/bin/sh -c step {i}"}
               for i in range(len(diff_ids))]
    return json.dumps({"architecture": "amd64", "os": "linux", "config": {"User": "www"},
                       "rootfs": {"type": "layers", "diff_ids": [f"sha256:{d}" for d in diff_ids]},
                       "history": history} | more).encode()


def docker_files(layers, *, diff_ids=None, the_config=None, manifest=None, drop=()):
    """The members of a docker archive of the old layout, as (name, bytes)."""
    diff_ids = diff_ids or [sha(layer) for layer in layers]
    the_config = the_config if the_config is not None else config(diff_ids)
    names = [f"{sha(layer + bytes([i]))}/layer.tar" for i, layer in enumerate(layers)]
    config_name = f"{sha(the_config)}.json"
    if manifest is None:
        manifest = json.dumps([{"Config": config_name, "RepoTags": ["bad:latest"],
                                "Layers": names}]).encode()
    files = list(zip(names, layers)) + [(config_name, the_config), ("manifest.json", manifest)]
    return [pair for i, pair in enumerate(files) if i not in drop and pair[0] not in drop]


def docker_archive(layers, **kw):
    return tar(*[entry(name, data) if len(name) < 100 else pax((b"path", name.encode())) +
                 entry("x", data) for name, data in docker_files(layers, **kw)])


PACKERS = {
    "": lambda data: data,
    "+gzip": lambda data: gzip.compress(data, 1, mtime=0),
    "+xz": lambda data: lzma.compress(data, preset=0),
    "+bzip2": bz2.compress,
    "+zstd": lambda data: subprocess.run(["zstd", "-q", "-1", "-c"], input=data, check=True,
                                         stdout=subprocess.PIPE).stdout,
}


def oci_files(blobs, diff_ids, *, lie=None, the_config=None, manifest=None, index=None, drop=()):
    """The files of an OCI layout. `blobs` are (media type suffix, bytes); `lie` maps a blob's
    number to other bytes under its digest, `drop` leaves blobs out."""
    lie = lie or {}
    files = {}
    layer_descriptors = []
    for i, (suffix, data) in enumerate(blobs):
        layer_descriptors.append(descriptor("layer.v1.tar" + suffix, data))
        if i not in drop:
            files[f"blobs/sha256/{sha(data)}"] = lie.get(i, data)
    the_config = the_config if the_config is not None else config(diff_ids)
    if "config" not in drop:
        files[f"blobs/sha256/{sha(the_config)}"] = lie.get("config", the_config)
    if manifest is None:
        manifest = json.dumps({"schemaVersion": 2,
                               "mediaType": "application/vnd.oci.image.manifest.v1+json",
                               "config": descriptor("config.v1+json", the_config),
                               "layers": layer_descriptors}).encode()
    if "manifest" not in drop:
        files[f"blobs/sha256/{sha(manifest)}"] = lie.get("manifest", manifest)
    if index is None:
        index = json.dumps({"schemaVersion": 2,
                            "manifests": [descriptor("manifest.v1+json", manifest)]}).encode()
    files["index.json"] = index
    files["oci-layout"] = b'{"imageLayoutVersion": "1.0.0"}'
    return files


def descriptor(media, data):
    return {"mediaType": "application/vnd.oci.image." + media, "digest": f"sha256:{sha(data)}",
            "size": len(data)}


def write_tree(root, files):
    for name, data in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
    return root


def archive_of(files):
    return tar(*[entry(name, data) for name, data in files.items()])


def flip(data, where, bit):
    out = bytearray(data)
    out[where] ^= 1 << bit
    return bytes(out)


# Bombs. A compressor's output of 64 MiB of zeros again and again: members, frames and streams may
# follow one another in every one of these formats.

PIECE = 64 << 20


def tight_gzip(data):
    return gzip.compress(data, 9, mtime=0)


def bomb(pack, first, count):
    return pack(first) + pack(bytes(PIECE)) * count


def bomb_layer(pack, gib):
    """A layer that holds one file of this many GiB of zeros."""
    size = gib << 30
    return bomb(pack, header(b"big", size), size // PIECE) + pack(bytes(2 * BLOCK))


def zip_of(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in members:
            z.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def nested_jar(depth, width, size):
    """Jars in jars: `width` copies of the level below on each of `depth` levels, zeros inside."""
    pom = b"groupId=org.example\nartifactId=outer\nversion=1.0\n"
    data = zip_of([("zeros", bytes(size))])
    for _ in range(depth):
        data = zip_of([(f"BOOT-INF/lib/in{i}.jar", data) for i in range(width)] +
                      [("META-INF/maven/org.example/outer/pom.properties", pom)])
    return data


def lying_zip():
    """A central directory that claims four million entries far away."""
    data = bytearray(zip_of([("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n")]))
    end = data.rfind(b"PK\5\6")
    data[end + 8:end + 12] = b"\xff\xff\xff\xff"
    data[end + 12:end + 20] = b"\xf0\xff\xff\x7f\xf0\xff\xff\x7f"
    return bytes(data)


def deep_json(depth, inside=b"1"):
    return b"[" * depth + inside + b"]" * depth


def deep_object(depth):
    return b'{"a":' * depth + b"1" + b"}" * depth


def empty_files(out, count):
    """A tar of empty files, as fast as a pipe takes it. The digits of the directory stand in the
    name twice, the second time as their complement to 9: so all names have the same checksum,
    and a block of ten thousand headers needs only its digits exchanged."""
    group = 10000
    template = bytearray(b"".join(header(b"d/%05d-%05d/%04d" % (0, 99999, i))
                                  for i in range(group)))
    for number in range(count // group):
        text = b"%05d" % number
        for place, digit in enumerate(text):
            template[2 + place::BLOCK] = bytes([digit]) * group
            template[8 + place::BLOCK] = bytes([105 - digit]) * group
        out.write(template)
    out.write(bytes(2 * BLOCK))
