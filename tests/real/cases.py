# SPDX-License-Identifier: Apache-2.0
"""The list of bad input: what is given, which status is right, what must be said and kept.

Groups are generators of Case; each gets a directory for its files. Everything is made the same
way every time (seeds are in the names).
"""

import glob
import json
import os
import random
import re
import sqlite3
from dataclasses import dataclass, field

import make_bad as m

OK, INCOMPLETE = 0, 3
EITHER = (OK, INCOMPLETE)


@dataclass
class Case:
    name: str
    target: str
    status: tuple = (INCOMPLETE,)
    words: tuple = ()          # regular expressions that the messages must have, all of them
    keep: frozenset = frozenset()   # names of packages that must still be reported
    feed: object = None        # writes standard input
    count: tuple = ()          # (type, number): with status 0 there must be just so many packages
    args: tuple = ("sbom",)
    need: str = ""             # a program without which the case is skipped
    more: tuple = field(default_factory=tuple)


BASE, APP = m.BASE_PACKAGES, m.APP_PACKAGES
BOTH = BASE | APP


def put(where, name, data):
    path = os.path.join(where, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def give(data):
    return lambda out: out.write(data)


def two_layers():
    return [m.base_layer(m.entry("usr/bin/noise", m.filler(9000, 1))),
            m.app_layer(m.entry("app/noise", m.filler(9000, 2)))]


def good_archives():
    """{form: (transport, bytes)} of one good image in every form that is a single file."""
    layers = two_layers()
    ids = [m.sha(layer) for layer in layers]
    docker = m.docker_archive(layers)
    forms = {"docker": ("docker-archive", docker),
             "docker.gz": ("docker-archive", m.PACKERS["+gzip"](docker))}
    for pack in ("+gzip", "+zstd", "+xz", "+bzip2"):
        blobs = [(pack, m.PACKERS[pack](layer)) for layer in layers]
        forms[f"oci{pack}"] = ("oci-archive", m.archive_of(m.oci_files(blobs, ids)))
        forms[f"tar{pack}"] = ("tar", m.PACKERS[pack](m.base_layer(
            m.entry("usr/bin/noise", m.filler(9000, 3)))))
    forms["tar"] = ("tar", m.base_layer(m.entry("usr/bin/noise", m.filler(9000, 3))))
    return forms


def good(where):
    """The good forms themselves: the suite must know that its ground is firm."""
    for form, (transport, data) in good_archives().items():
        path = put(where, f"good-{form}", data)
        keep = BASE if transport == "tar" else BOTH
        yield Case(f"good {form}", f"{transport}:{path}", (OK,), keep=keep)
        yield Case(f"good {form} by looking", path, (OK,), keep=keep)
        yield Case(f"good {form} on a pipe", "-", (OK,), keep=keep, feed=give(data))


def empty_and_cut(where):
    for form, (transport, data) in good_archives().items():
        empty = put(where, f"empty-{form}", b"")
        yield Case(f"empty {form}", f"{transport}:{empty}", words=(re.escape(f"empty-{form}"),))
        for part in (1, 100, 511, 513, len(data) // 3, len(data) // 2, len(data) - 1025):
            path = put(where, f"cut-{form}-{part}", data[:part])
            # An archive that lost nothing but its end marker is whole to GNU tar.
            status = EITHER if part == len(data) - 1025 else (INCOMPLETE,)
            yield Case(f"cut {form} at {part}", f"{transport}:{path}", status,
                       words=(re.escape(f"cut-{form}-{part}"),) if status == (INCOMPLETE,) else ())
        yield Case(f"cut {form} on a pipe", "-", feed=give(data[:len(data) // 2]))
    yield Case("empty pipe", "-", feed=give(b""))
    yield Case("empty file by looking", put(where, "empty", b""), words=("empty",))
    yield Case("one zero byte", put(where, "zero", b"\0"), words=("zero",))
    yield Case("random bytes", put(where, "random", m.filler(100000)), words=("random",))
    yield Case("missing file", f"docker-archive:{where}/nowhere", (2, INCOMPLETE),
               words=("nowhere",))
    os.makedirs(os.path.join(where, "hollow"))
    yield Case("empty directory as oci", f"oci:{where}/hollow", words=("hollow",))
    yield Case("empty directory as dir", f"dir:{where}/hollow", EITHER)
    yield Case("empty inventory", f"sbom:{put(where, 'sbom', b'')}", args=("scan",),
               words=("sbom",))


def flipped(where, number=40):
    """One bit each. A flip inside a layer changes its digest, so it must be seen; elsewhere it
    may be harmless, but never a crash."""
    for form, (transport, data) in good_archives().items():
        rng = random.Random(f"plimsoll {form}")
        noise = data.find(m.filler(64, 1)) if transport == "docker-archive" else -1
        for turn in range(number):
            bit = rng.randrange(8)
            inside = noise > 0 and turn < 4
            where_to = noise + rng.randrange(64) if inside else rng.randrange(len(data))
            path = put(where, f"flip-{form}-{turn}", m.flip(data, where_to, bit))
            yield Case(f"flip {form} byte {where_to} bit {bit}", f"{transport}:{path}",
                       (INCOMPLETE,) if inside else EITHER,
                       words=("sha256:[0-9a-f]{64}.*sha256:[0-9a-f]{64}",) if inside else ())
    rng = random.Random("plimsoll oci")
    layers = two_layers()
    files = m.oci_files([("+gzip", m.PACKERS["+gzip"](layer)) for layer in layers],
                        [m.sha(layer) for layer in layers])
    for turn in range(number):
        name = rng.choice(sorted(files))
        at = rng.randrange(len(files[name]))
        root = m.write_tree(os.path.join(where, f"flip-oci-{turn}"),
                            files | {name: m.flip(files[name], at, rng.randrange(8))})
        blob = name.startswith("blobs/")
        yield Case(f"flip oci {name[:24]} byte {at}", f"oci:{root}",
                   (INCOMPLETE,) if blob else EITHER,
                   words=(name.rpartition("/")[2] + r"|layer \d",) if blob else ())


def manifests(where):
    layers = two_layers()
    ids = [m.sha(layer) for layer in layers]

    def docker(name, *words, status=(INCOMPLETE,), keep=frozenset(), layers=layers, **kw):
        path = put(where, name.replace(" ", "-") + ".tar", m.docker_archive(layers, **kw))
        return Case(f"docker {name}", f"docker-archive:{path}", status, words, frozenset(keep))

    yield docker("first layer missing", r"layer\.tar", drop=(0,), keep=APP)
    yield docker("second layer missing", r"layer\.tar", drop=(1,), keep=BASE)
    yield docker("both layers missing", r"layer\.tar", drop=(0, 1))
    yield docker("config missing", r"\.json", drop=(2,))
    yield docker("manifest missing", "manifest", drop=("manifest.json",))
    yield docker("lying diff id", f"sha256:{'0' * 64}", f"sha256:{ids[1]}", "layer",
                 diff_ids=[ids[0], "0" * 64])
    yield docker("too few diff ids", "layer", diff_ids=ids[:1])
    yield docker("too many diff ids", "layer", diff_ids=ids + ids)
    yield docker("no diff ids", the_config=b'{"architecture":"amd64","os":"linux"}', status=EITHER)
    for label, text in (("empty", b""), ("a number", b"7"), ("an object", b"{}"),
                        ("null", b"null"), ("an empty list", b"[]"), ("list of null", b"[null]"),
                        ("layers null", b'[{"Config":"x.json","Layers":null}]'),
                        ("layers of numbers", b'[{"Config":"x.json","Layers":[1,2]}]'),
                        ("cut", b'[{"Config":"x.js'), ("not UTF-8", b'[{"Config":"\xff\xfe"}]'),
                        ("with NUL", b'[{"Config":"a\x00b"}]'),
                        ("nested 100000 deep", m.deep_json(100000)),
                        ("objects nested 100000 deep", b"[" + m.deep_object(100000) + b"]"),
                        ("opened 100000 times", b"[" * 100000),
                        ("of 40 MB", b'[{"Config":"' + b"x" * (40 << 20) + b'"}]')):
        yield docker(f"manifest {label}", "manifest", manifest=text)
    for label, path in (("upwards", "../../../../etc/passwd"), ("absolute", "/etc/passwd"),
                        ("empty", ""), ("of the manifest", "manifest.json"),
                        ("with NUL", "a\0b"), ("very long", "x" * 100000)):
        text = json.dumps([{"Config": f"{m.sha(m.config(ids))}.json", "Layers": [path, path]}])
        yield docker(f"layer path {label}", manifest=text.encode())
    for label, text in (("empty", b""), ("a list", b"[]"), ("nested 100000 deep",
                                                            m.deep_object(100000)),
                        ("cut", m.config(ids)[:-20]), ("rootfs a number", b'{"rootfs":3}'),
                        ("env of numbers", m.config(ids, config={"Env": [1, None, {}]})),
                        ("huge numbers", m.config(ids, size=10 ** 400))):
        lenient = label in ("env of numbers", "huge numbers")
        yield docker(f"config {label}", status=EITHER if lenient else (INCOMPLETE,),
                     the_config=text)
    links = [m.symlink("a/layer.tar", "../b/layer.tar"), m.symlink("b/layer.tar", "../a/layer.tar")]
    text = json.dumps([{"Config": "c.json", "Layers": ["a/layer.tar"]}]).encode()
    data = m.tar(*links, m.entry("c.json", m.config(ids[:1])), m.entry("manifest.json", text))
    yield Case("docker layer a link loop", "docker-archive:" + put(where, "links.tar", data),
               words=("layer",))
    many = json.dumps([{"Config": "c.json", "Layers": ["a/layer.tar"] * 100000}]).encode()
    data = m.tar(m.entry("a/layer.tar", layers[0]), m.entry("c.json", m.config(ids[:1])),
                 m.entry("manifest.json", many))
    yield Case("docker 100000 layers", "docker-archive:" + put(where, "many.tar", data),
               words=("layer",))
    yield from oci_manifests(where, layers, ids)


def oci_manifests(where, layers, ids):
    blobs = [("+gzip", m.PACKERS["+gzip"](layer)) for layer in layers]

    def oci(name, *words, status=(INCOMPLETE,), keep=frozenset(), ids=ids, blobs=blobs, **kw):
        root = m.write_tree(os.path.join(where, "oci-" + name.replace(" ", "-")),
                            m.oci_files(blobs, ids, **kw))
        return Case(f"oci {name}", f"oci:{root}", status, words, frozenset(keep))

    first, second = m.sha(blobs[0][1]), m.sha(blobs[1][1])
    other = m.PACKERS["+gzip"](m.app_layer())
    yield oci("first blob missing", first, drop=(0,), keep=APP)
    yield oci("second blob missing", second, drop=(1,), keep=BASE)
    yield oci("config missing", m.sha(m.config(ids)), drop=("config",))
    yield oci("manifest missing", "sha256", drop=("manifest",))
    yield oci("layer under a lying digest", second, m.sha(other), lie={1: other}, keep=BASE)
    yield oci("config under a lying digest", "sha256", lie={"config": m.config(ids[::-1])})
    yield oci("manifest under a lying digest", "sha256", lie={"manifest": b"{}"})
    yield oci("lying diff id", ids[1], "f" * 64, ids=[ids[0], "f" * 64])
    yield oci("empty layer blob", "layer", lie={1: b""}, keep=BASE)
    yield oci("layer longer than said", lie={1: blobs[1][1] + b"more"}, keep=BASE)
    yield oci("layer is garbage", "layer", blobs=[blobs[0], ("+gzip", m.filler(5000))], keep=BASE)
    wrong = [("+zstd", blobs[0][1]), ("", blobs[1][1])]
    yield oci("wrong media types", status=EITHER, blobs=wrong, keep=BOTH)
    for label, text in (("empty", b""), ("a list", b"[]"), ("no manifests", b"{}"),
                        ("manifests null", b'{"manifests":null}'),
                        ("nested 100000 deep", m.deep_object(100000)),
                        ("digest upwards", b'{"manifests":[{"mediaType":"application/vnd.oci.image'
                         b'.manifest.v1+json","digest":"sha256:../../../../etc/passwd",'
                         b'"size":9}]}'),
                        ("digest of another kind", b'{"manifests":[{"mediaType":"application/vnd.'
                         b'oci.image.manifest.v1+json","digest":"md5:00","size":9}]}')):
        yield oci(f"index {label}", index=text)
    yield oci("index without layout file", status=EITHER, drop=())
    yield from index_loop(where)


def index_loop(where):
    """An index inside an index, deeper than any sense, and ten thousand of them side by side."""
    media = "application/vnd.oci.image.index.v1+json"
    files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}
    inner = json.dumps({"schemaVersion": 2, "mediaType": media, "manifests": []}).encode()
    for _ in range(50):
        files[f"blobs/sha256/{m.sha(inner)}"] = inner
        pointer = {"mediaType": media, "digest": f"sha256:{m.sha(inner)}", "size": len(inner)}
        inner = json.dumps({"schemaVersion": 2, "mediaType": media,
                            "manifests": [pointer, pointer]}).encode()
    files["index.json"] = inner
    root = m.write_tree(os.path.join(where, "oci-index-tower"), files)
    yield Case("oci index tower, two to the power of fifty", f"oci:{root}")
    pointer = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 2,
               "digest": "sha256:" + "a" * 64}
    root = m.write_tree(os.path.join(where, "oci-wide"), {
        "oci-layout": b'{"imageLayoutVersion": "1.0.0"}',
        "index.json": json.dumps({"schemaVersion": 2, "manifests": [pointer] * 10000}).encode()})
    yield Case("oci index of 10000 missing manifests", f"oci:{root}")


def tar_entries(where):
    """Strange entries in a layer; what stands after them must still be found where it can be."""
    tail = (m.entry("etc/os-release", m.OS_RELEASE), m.entry("var/lib/dpkg/status", m.STATUS))

    def layer(name, *entries, status=EITHER, words=(), keep=BASE):
        path = put(where, name.replace(" ", "-") + ".tar", m.tar(*entries, *tail))
        archive = put(where, name.replace(" ", "-") + ".docker.tar",
                      m.docker_archive([m.app_layer(), m.tar(*entries, *tail)]))
        yield Case(f"tar {name}", f"tar:{path}", status, words, frozenset(keep))
        both = frozenset(keep) | APP
        yield Case(f"layer {name}", f"docker-archive:{archive}", status,
                   words + (("layer 1",) if words else ()), both)

    large = 1 << 62
    yield from layer("absolute paths", m.entry("/opt/file", b"x"))
    yield from layer("dotted paths", m.entry("././opt/./file", b"x"), m.entry(".", b""))
    yield from layer("upward paths", m.entry("../../etc/shadow", b"x"),
                     m.entry("opt/../../../etc/passwd", b"x"), words=(r"\.\.|out of the root",))
    yield from layer("empty name", m.header(b""))
    yield from layer("name of slashes", m.header(b"//////"))
    yield from layer("names not UTF-8", m.entry(b"opt/\xff\xfe\n\x1b[31m", b"x"))
    yield from layer("devices and fifos", m.header(b"dev/null", kind=b"3"),
                     m.header(b"dev/sda", kind=b"4"), m.header(b"run/fifo", kind=b"6"),
                     m.header(b"run/what", kind=b"7"), status=(OK,))
    yield from layer("fifo with a size", m.header(b"run/fifo", 700, kind=b"6"))
    yield from layer("directory with a size", m.header(b"opt/", 512, kind=b"5") + bytes(512),
                     keep=())
    yield from layer("unknown type", m.entry("opt/x", b"x", kind=b"Z"))
    yield from layer("negative size", m.header(b"opt/x", -512), status=(INCOMPLETE,),
                     words=("opt/x|size",), keep=())
    yield from layer("size of 2^62", m.header(b"opt/x", large), status=(INCOMPLETE,), keep=())
    yield from layer("size of 2^94", m.header(b"opt/x", b"\x80" + b"\xff" * 11),
                     status=(INCOMPLETE,), keep=())
    yield from layer("size not octal", m.header(b"opt/x", b"99999999999"), status=(INCOMPLETE,),
                     keep=())
    yield from layer("size without end", m.header(b"opt/x", b"77777777777 "),
                     status=(INCOMPLETE,), keep=())
    yield from layer("wrong checksum", m.header(b"opt/x", 0, checksum=1), status=(INCOMPLETE,),
                     keep=())
    yield from layer("zero block inside", bytes(m.BLOCK), keep=())
    yield from layer("pax header of 8 GiB", m.header(b"PaxHeaders/x", 8 << 30, kind=b"x"),
                     status=(INCOMPLETE,), keep=())
    yield from layer("100000 pax headers", *[m.pax((b"comment", b"x" * 400))] * 100000,
                     keep=())
    yield from layer("global pax headers", *[m.pax((b"comment", b"x"), kind=b"g")] * 1000,
                     keep=())
    for label, record in (("too long", b"999999 path=x\n"), ("zero", b"0 path=x\n"),
                          ("negative", b"-5 path=x\n"), ("without end", b"10 path=xxxxxxxxx"),
                          ("of digits", b"9" * 600), ("without equals sign", b"8 abcd\n"),
                          ("2^64", b"18446744073709551617 path=x\n"), ("empty", b"")):
        yield from layer(f"pax length {label}", m.pax(record), m.entry("opt/x", b"x"), keep=())
    for value in (b"-1", b"abc", b"99999999999999999999999", b""):
        yield from layer(f"pax size {value.decode() or 'empty'}", m.pax((b"size", value)),
                         m.entry("opt/x", b"x"), keep=())
    yield from layer("pax path of a megabyte", m.pax((b"path", b"y" * (1 << 20))),
                     m.entry("opt/x", b"x"), keep=())
    yield from layer("pax path with NUL", m.pax((b"path", b"a\0b")), m.entry("opt/x", b"x"))
    yield from layer("gnu long name of 4 GiB", m.header(b"././@LongLink", 4 << 30, kind=b"L"),
                     status=(INCOMPLETE,), keep=())
    yield from layer("gnu long name cut by zeros", m.header(b"././@LongLink", 600, kind=b"L") +
                     bytes(1024), m.entry("opt/x", b"x"))
    yield from layer("pax header and nothing after", m.pax((b"path", b"opt/y")))
    yield from sparse(layer)
    yield from links(layer)
    deep = "/".join(["d"] * 2000)
    yield from layer("2000 directories deep", m.pax((b"path", deep.encode())),
                     m.entry("x", b"x"))
    yield from layer("names that whiteouts have", m.entry("opt/.wh.", b""),
                     m.entry("opt/.wh...", b""),
                     m.entry("opt/.wh..wh..opq", b"x"), m.entry(".wh..", b""),
                     m.entry("opt/.wh.." + "a" * 80, b""), keep=())


def sparse(layer):
    old = bytearray(m.header(b"opt/sparse", 512, kind=b"S", magic=b"ustar  \0"))
    old[386:398], old[398:410] = m.field(0, 12), m.field(512, 12)
    old[483:495] = m.field(1 << 60, 12)
    old[148:156] = b" " * 8
    old[148:156] = b"%06o\0 " % sum(old)
    yield from layer("old gnu sparse of 2^60", bytes(old) + bytes(512))
    old[482] = 1
    old[148:156] = b" " * 8
    old[148:156] = b"%06o\0 " % sum(old)
    chain = bytearray(512)
    chain[504] = 1
    yield from layer("old gnu sparse with 10000 extensions",
                     bytes(old) + bytes(chain) * 10000 + bytes(512) + bytes(512))
    head = m.pax((b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"),
                 (b"GNU.sparse.name", b"opt/s"), (b"GNU.sparse.realsize", b"1152921504606846976"))
    yield from layer("pax sparse", head, m.entry("opt/GNUSparseFile.0/s", b"1\n0\n0\n".ljust(512, b"\0")))
    yield from layer("pax sparse with a map that lies", head,
                     m.entry("opt/GNUSparseFile.0/s", b"99999999999999\n" + b"1\n" * 200),
                     keep=())


def links(layer):
    yield from layer("symlink loops", m.symlink("a", "b"), m.symlink("b", "a"),
                     m.symlink("usr/lib/os-release", "os-release"), m.symlink("c", "c/c/c"),
                     m.symlink("self", "."), m.symlink("opt/up", "../../../../.."))
    yield from layer("symlink loop as the place of the database",
                     m.symlink("lib", "lib"), m.symlink("usr", "/usr"), m.symlink("root", "//"))
    yield from layer("long symlink chain", *[m.symlink(f"l{i}", f"l{i + 1}")
                                             for i in range(5000)])
    yield from layer("hard links to nothing", m.hardlink("opt/a", "opt/nothing"),
                     m.hardlink("opt/b", ""), m.hardlink("opt/c", "../../etc/shadow"))
    yield from layer("hard links in a circle", m.hardlink("opt/a", "opt/b"),
                     m.hardlink("opt/b", "opt/a"), m.hardlink("opt/c", "opt/c"))
    yield from layer("hard link to a directory", m.directory("opt"), m.hardlink("x", "opt"))
    yield from layer("file then directory then file", m.entry("opt", b"x"), m.directory("opt"),
                     m.entry("opt/x", b"x"), m.entry("opt", b"x"))


def bombs(where):
    layer = {"gzip": 10, "zstd": 10, "xz": 10, "bzip2": 6}
    for kind, gib in layer.items():
        pack = m.tight_gzip if kind == "gzip" else m.PACKERS[f"+{kind}"]
        data = m.bomb_layer(pack, gib)
        path = put(where, f"bomb.tar.{kind}", data)
        words = ("layer-ratio|layer-bytes|ratio|bomb",)
        yield Case(f"{kind} bomb of {gib} GiB in {len(data)} bytes as tar", f"tar:{path}",
                   words=words)
        if kind in ("gzip", "zstd"):
            base = pack(m.base_layer())
            blobs = [(f"+{kind}", base), (f"+{kind}", data)]
            root = m.write_tree(os.path.join(where, f"bomb-{kind}"),
                                m.oci_files(blobs, [m.sha(m.base_layer()), "0" * 64]))
            yield Case(f"{kind} bomb as second layer", f"oci:{root}", words=words + ("layer 1",),
                       keep=frozenset(BASE))
    archive = m.bomb(m.tight_gzip, m.header(b"manifest.json", 10 << 30), 160)
    yield Case("gzip bomb as docker archive", "docker-archive:" + put(where, "b.tar.gz", archive))
    yield Case("gzip bomb on a pipe", "-", feed=give(archive))
    head = m.header(b"window", 4 << 30) + bytes(2048)
    window = bytes.fromhex("28b52ffd") + bytes([0x00, 0xa8]) + bytes([0x0b, 0, 0]) + b"x"
    yield Case("zstd window of 2 GiB", "tar:" + put(where, "window.zst", window))
    yield Case("tar size beyond the end", "tar:" + put(where, "beyond.tar", head))


def jars(where):
    def layer(name, data, **kw):
        archive = m.docker_archive([m.base_layer(), m.tar(m.entry("app/evil.jar", data))])
        path = put(where, name.replace(" ", "-") + ".tar", archive)
        return Case(f"jar {name}", f"docker-archive:{path}", keep=frozenset(BASE), **kw)

    evil = ("evil.jar",)
    yield layer("nested 40 deep", m.nested_jar(40, 1, 100), words=evil)
    yield layer("nested 6 deep and 16 wide with zeros", m.nested_jar(5, 16, 16 << 20), words=evil)
    yield layer("with an entry of 2 GiB of zeros",
                m.zip_of([("in.jar", bytes(256 << 20))] * 1 + [("META-INF/x", b"x")]),
                status=EITHER)
    yield layer("with 300000 entries", m.zip_of([(f"e{i}", b"") for i in range(300000)],
                                                0), words=evil)
    yield layer("with a lying directory", m.lying_zip(), words=evil)
    whole = m.nested_jar(1, 2, 100)
    yield layer("cut", whole[:len(whole) // 2], words=evil)
    yield layer("empty", b"", status=EITHER)
    yield layer("garbage", b"PK\3\4" + m.filler(5000), words=evil)
    for turn in range(40):
        rng = random.Random(f"jar {turn}")
        yield layer(f"flip {turn}", m.flip(whole, rng.randrange(len(whole)), rng.randrange(8)),
                    status=EITHER)


def metadata(where):
    """Package metadata that is broken: json, dpkg, apk, Python, executables."""
    def layer(name, path, data, status=EITHER, words=(), keep=BASE, base=True):
        first = m.base_layer() if base else m.tar(m.entry("etc/os-release", m.OS_RELEASE))
        archive = m.docker_archive([first, m.tar(m.entry(path, data))])
        out = put(where, name.replace(" ", "-") + ".tar", archive)
        return Case(f"metadata {name}", f"docker-archive:{out}", status, words, frozenset(keep))

    module = "app/node_modules/deep/package.json"
    lost = ("node_modules/deep/package.json", "layer 1")
    bad = (INCOMPLETE,)
    yield layer("package.json nested 100000 deep", module, m.deep_json(100000), bad, lost)
    yield layer("package.json objects nested 100000 deep", module, m.deep_object(100000), bad, lost)
    yield layer("package.json cut", module, m.PACKAGE_JSON[:20], words=lost)
    yield layer("package.json of 50 MB", module,
                b'{"name":"' + b"x" * (50 << 20) + b'","version":"1"}', bad, lost)
    yield layer("package.json empty", module, b"")
    yield layer("package.json of odd types", module, b'{"name":{"a":1},"version":[1]}')
    yield layer("package.json with escapes", module,
                b'{"name":"\\u0000\\ud800x\\u001b[31m","version":"1\\n2"}')
    dpkg, status = "var/lib/dpkg/status", m.STATUS
    yield layer("dpkg status cut in a stanza", dpkg, status[:180], keep=())
    yield layer("dpkg status of random bytes", dpkg, m.filler(100000), bad, ("dpkg/status",), ())
    yield layer("dpkg status empty", dpkg, b"", keep=())
    yield layer("dpkg status of one line of 50 MB", dpkg, b"Package: " + b"x" * (50 << 20), bad,
                ("dpkg/status", "line-bytes"), ())
    yield layer("dpkg status of 50 MB of continuation lines", dpkg,
                b"Package: x\nVersion: 1\nDescription: y\n" + b" z\n" * (16 << 20), keep=())
    yield layer("dpkg stanza without version", dpkg, b"Package: x\n\n" + status, words=("dpkg",))
    yield layer("dpkg fields twice", dpkg, b"Package: x\nPackage: y\nVersion: 1\n\n" + status)
    yield layer("dpkg status with NUL", dpkg, b"Package: x\0y\nVersion: 1\n\n" + status)
    installed = "lib/apk/db/installed"
    good_apk = b"P:musl\nV:1.2.4-r2\nA:x86_64\no:musl\n\n"
    yield layer("apk line of 50 MB", installed, b"P:" + b"x" * (50 << 20) + b"\nV:1\n\n" + good_apk,
                bad, ("apk/db/installed", "line-bytes"))
    yield layer("apk of random bytes", installed, m.filler(100000), bad, ("apk/db/installed",))
    yield layer("apk cut", installed, good_apk + b"P:busybox\nV", words=())
    yield layer("apk with a million lines without colon", installed, b"xx\n" * 1000000)
    yield layer("apk with 200000 packages", installed,
                b"".join(b"P:p%d\nV:1-r0\n\n" % i for i in range(200000)))
    python = "usr/lib/python3/dist-packages/x-1.dist-info/METADATA"
    yield layer("METADATA of random bytes", python, m.filler(100000))
    yield layer("METADATA line of 50 MB", python, b"Name: " + b"x" * (50 << 20) + b"\n", bad,
                ("METADATA",))
    yield layer("METADATA empty", python, b"")
    elf = b"\x7fELF\2\1\1" + bytes(9)
    yield layer("ELF cut", "usr/bin/x", elf)
    yield layer("ELF of random bytes", "usr/bin/x", elf + m.filler(20000))
    yield layer("ELF with a section table of 65535 beyond the end", "usr/bin/x",
                elf + bytes(24) + b"\xff" * 8 + bytes(4) +
                b"\x40\0\x38\0\xff\xff\x40\0\xff\xff\1\0")
    yield layer("Go build info that points away", "usr/bin/x",
                elf + bytes(1000) + b"\xff Go buildinf:\x08\0" + b"\xff" * 40)
    yield layer("os-release of random bytes", "etc/os-release", m.filler(100000))
    yield layer("os-release of 10 MB", "etc/os-release", b'NAME="' + b"x" * (10 << 20), keep=BASE)


def rpm_databases(where, images):
    """The real databases, broken: never an empty list in silence."""
    for name in ("rpm-sqlite", "rpm-ndb", "rpm-bdb"):
        image = images.get(name)
        if not image or not image["root"]:
            yield Case(f"{name} corrupt", "", need=f"image {name}")
            continue
        path = [p for p in glob.glob(image["root"] + "/**", recursive=True)
                if os.path.basename(p) in ("rpmdb.sqlite", "Packages.db", "Packages")][0]
        with open(path, "rb") as f:
            data = f.read()
        inside = os.path.relpath(path, image["root"])
        total = ("rpm", 161)

        def layer(label, data, status=(INCOMPLETE,), words=(os.path.basename(path),),
                  inside=inside, name=name, total=total):
            archive = m.docker_archive([m.app_layer(), m.tar(
                m.entry("etc/os-release", b'ID=almalinux\nVERSION_ID="9.2"\n'),
                m.entry(inside, data))])
            out = put(where, f"{name}-{label.replace(' ', '-')}.tar", archive)
            return Case(f"{name} {label}", f"docker-archive:{out}", status, words,
                        frozenset(APP), count=total)

        yield layer("whole", data, status=(OK,), words=())
        yield layer("empty", b"")
        yield layer("of random bytes", m.filler(100000))
        yield layer("cut after the first page", data[:4096])
        yield layer("cut in the middle", data[:len(data) // 2])
        yield layer("cut to 100 bytes", data[:100])
        yield layer("zeros after the first page", data[:4096] + bytes(len(data) - 4096))
        yield layer("first page of zeros", bytes(4096) + data[4096:])
        yield layer("middle of random bytes",
                    data[:len(data) // 4] + m.filler(len(data) // 2) + data[len(data) * 3 // 4:])
        for turn in range(40):
            rng = random.Random(f"{name} {turn}")
            at = rng.randrange(4096 if turn % 2 else len(data))
            yield layer(f"flip {turn}", m.flip(data, at, rng.randrange(8)), EITHER, ())
    yield from rpm_sqlite_extras(where, images)


def rpm_sqlite_extras(where, images):
    """A database whose tables are not rpm's, and one with blobs that are no headers."""
    for label, statements in (
            ("without table", ["create table Other(a)"]),
            ("with a view for a table", ["create table T(a,b)",
                                         "create view Packages as select a hnum, b blob from T"]),
            ("with wrong columns", ["create table Packages(a)", "insert into Packages values(1)"]),
            ("with blobs that are no headers",
             ["create table Packages(hnum integer primary key, blob blob)",
              "insert into Packages values(1, x'00'), (2, zeroblob(16)), (3, 'text'),"
              " (4, x'7fffffff7fffffff'), (5, null)"]),
            ("with a blob of ever more rows",
             ["create table Packages(hnum integer primary key, blob blob)",
              "with recursive c(n) as (select 1 union all select n+1 from c where n<20000)"
              " insert into Packages select n, zeroblob(1000) from c"])):
        path = os.path.join(where, "extra.sqlite")
        if os.path.exists(path):
            os.unlink(path)
        with sqlite3.connect(path) as db:
            for statement in statements:
                db.execute(statement)
        db.close()
        with open(path, "rb") as f:
            archive = m.docker_archive([m.app_layer(), m.tar(
                m.entry("var/lib/rpm/rpmdb.sqlite", f.read()))])
        out = put(where, f"extra-{label.replace(' ', '-')}.tar", archive)
        yield Case(f"rpm-sqlite {label}", f"docker-archive:{out}", words=("rpmdb.sqlite",),
                   keep=frozenset(APP))


def directories(where):
    """dir: of a root that was made to lead a reader astray."""
    root = m.write_tree(os.path.join(where, "astray"), {
        "etc/os-release": m.OS_RELEASE, "var/lib/dpkg/status": m.STATUS})
    os.mkfifo(os.path.join(root, "etc/machine-id"))
    os.makedirs(os.path.join(root, "lib/apk/db"))
    os.mkfifo(os.path.join(root, "lib/apk/db/installed"))
    os.symlink("loop", os.path.join(root, "loop"))
    os.symlink("/etc/shadow", os.path.join(root, "app"))
    os.symlink("../../../../../../etc", os.path.join(root, "up"))
    os.makedirs(os.path.join(root, "var/lib/rpm"))
    os.symlink("/dev/zero", os.path.join(root, "var/lib/rpm/Packages"))
    yield Case("dir with fifos, loops and links to /dev/zero", f"dir:{root}", EITHER,
               keep=frozenset(BASE))
    outside = os.path.join(where, "outside")
    m.write_tree(outside, {"secret/status": m.STATUS})
    inside = os.path.join(where, "inside")
    m.write_tree(inside, {"etc/os-release": m.OS_RELEASE})
    os.makedirs(os.path.join(inside, "var/lib"))
    os.symlink(f"{outside}/secret", os.path.join(inside, "var/lib/dpkg"))
    yield Case("dir with a database outside of the root", f"dir:{inside}", EITHER,
               count=("deb", 0))
    deep = os.path.join(where, "deep")
    os.makedirs(deep)
    here = os.open(deep, os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    yield Case("dir 3000 levels deep", f"dir:{deep}", EITHER)
    yield Case("dir that is a file", "dir:" + put(where, "file", b"x"), (2, INCOMPLETE))
    yield Case("archive that is a directory", f"docker-archive:{deep}", (2, INCOMPLETE))


def inventories(where):
    for label, data in (("nested 100000 deep", m.deep_object(100000)), ("a list", b"[]"),
                        ("cut", b'{"schema":"plimsoll.report/1","packages":[{"name":"x"'),
                        ("of another schema", b'{"schema":"plimsoll.report/9","packages":[]}'),
                        ("of random bytes", m.filler(10000))):
        path = put(where, "sbom-" + label.replace(" ", "-"), data)
        yield Case(f"inventory {label}", f"sbom:{path}", (2, INCOMPLETE), args=("scan",))
    odd = {"schema": "plimsoll.report/1", "tool": {}, "target": 3, "image": None, "os": [],
           "packages": [None, 1, {}, {"name": "x"}, {"name": "y", "version": 3, "type": "deb"}],
           "diagnostics": "none"}
    yield Case("inventory of odd types",
               f"sbom:{put(where, 'sbom-odd', json.dumps(odd).encode())}", (1, 2, INCOMPLETE, 4),
               args=("scan",))


def ten_million(where):
    del where
    yield Case("ten million empty files on a pipe", "-", EITHER,
               feed=lambda out: m.empty_files(out, 10_000_000))


def advisories(where):
    """Feeds for `plimsoll db build`: one bad record must not lose the good ones in silence."""
    good = json.dumps({"id": "TEST-1", "modified": "2024-01-01T00:00:00Z", "affected": [
        {"package": {"ecosystem": "Debian:12", "name": "bash"},
         "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}).encode()
    out = os.path.join(where, "out.db")
    for label, data in (("nested 100000 deep", m.deep_object(100000)), ("empty", b""),
                        ("cut", good[:60]), ("a number", b"1"), ("of random bytes", m.filler(9999)),
                        ("ranges of odd types", b'{"id":"X","affected":[{"ranges":[1,null]}]}')):
        root = m.write_tree(os.path.join(where, "feed-" + label.replace(" ", "-")),
                            {"good.json": good, "bad.json": data})
        yield Case(f"advisory record {label}", root, (OK, INCOMPLETE, 4), words=("bad.json",),
                   args=("db", "build", "--output", out, "--from"))
    for label, data in (("cut", m.zip_of([("good.json", good)])[:-30]), ("empty", b""),
                        ("a bomb", m.zip_of([("x.json", bytes(512 << 20))])),
                        ("of random bytes", m.filler(9999))):
        root = m.write_tree(os.path.join(where, "zip-" + label.replace(" ", "-")),
                            {"Debian/all.zip": data, "good.json": good})
        yield Case(f"advisory zip {label}", root, (OK, INCOMPLETE, 4), words=("all.zip",),
                   args=("db", "build", "--output", out, "--from"))


GROUPS = (good, empty_and_cut, flipped, manifests, tar_entries, metadata, jars, rpm_databases,
          directories, inventories, advisories, bombs, ten_million)
