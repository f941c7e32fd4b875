# SPDX-License-Identifier: Apache-2.0
"""Root file systems with real rpm databases, made by rpmbuild and rpm --root.

SQLite is written by rpm itself. Debian's rpm cannot write the other two: the same headers go into
a Berkeley DB hash file by libdb's own db5.3_load, under the keys that rpm used, and into an ndb
file by rpm's own rpmpkg.c, taken from Debian's source package of rpm and compiled here.
"""

import glob
import os
import re
import shutil
import sqlite3
import struct

from common import have, made, remove, run, say, scratch

# Where the distributions keep it: RHEL up to 9, SUSE, and the old Berkeley DB.
DBPATH = {"sqlite": "/var/lib/rpm", "wal": "/var/lib/rpm", "ndb": "/usr/lib/sysimage/rpm",
          "bdb": "/var/lib/rpm"}

TAGS = ("NAME", "EPOCH", "VERSION", "RELEASE", "ARCH", "SOURCERPM", "MODULARITYLABEL")

OS_RELEASE = """\
NAME="AlmaLinux"
ID="almalinux"
ID_LIKE="rhel centos fedora"
VERSION="9.2 (Turquoise Kodkod)"
VERSION_ID="9.2"
PRETTY_NAME="AlmaLinux 9.2 (Turquoise Kodkod)"
"""


def spec(name, version, release, *, arch="x86_64", epoch=None, label=None, files=(), subs=(),
         licence="MIT"):
    """The text of a spec file; each file of `files` is made at build time."""
    tags = [f"Name: {name}", f"Version: {version}", f"Release: {release}",
            f"Summary: test package {name}", f"License: {licence}", "Vendor: AlmaLinux",
            "AutoReqProv: no"]
    tags += [f"Epoch: {epoch}"] if epoch is not None else []
    tags += [f"ModularityLabel: {label}"] if label else []
    tags += ["BuildArch: noarch"] if arch == "noarch" else []
    made_by = [f"install -D -m {mode} /dev/null %{{buildroot}}{path}" for path, mode in files]
    text = "\n".join(tags) + f"\n%description\n{name}.\n"
    sub_files = ""
    for sub, sub_arch in subs:
        text += f"%package {sub}\nSummary: {sub} of {name}\n"
        text += "BuildArch: noarch\n" if sub_arch == "noarch" else ""
        text += f"%description {sub}\n{sub}.\n"
        path = f"/usr/share/{name}/{sub}"
        made_by.append(f"install -D -m 644 /dev/null %{{buildroot}}{path}")
        sub_files += f"%files {sub}\n{path}\n"
    text += "%install\n" + "\n".join(made_by) + "\n"
    text += "%files\n" + "\n".join(path for path, _ in files) + "\n" + sub_files
    return text


def specs():
    many = [(f"/usr/share/bigfiles/d{i % 40}/a-file-with-a-rather-long-name-{i}.txt", "644")
            for i in range(6000)]
    yield "x86_64", spec("openssl", "3.0.1", "41.el9_0", epoch=1,
                         files=[("/usr/bin/openssl", "755")], subs=[("libs", "x86_64"),
                                                                    ("doc", "noarch")])
    yield "x86_64", spec("bash", "5.1.8", "6.el9_1", files=[("/usr/bin/bash", "755")])
    yield "x86_64", spec("nodejs", "18.14.2", "2.module_el9.1.0+38+aaaa0000", epoch=1,
                         label="nodejs:18:9010020230118163554:rhel9",
                         files=[("/usr/bin/node", "755")], subs=[("docs", "noarch")])
    yield "x86_64", spec("tzdata", "2023c", "1.el9", arch="noarch",
                         files=[("/usr/share/zoneinfo/UTC", "644")], licence="Public Domain")
    yield "x86_64", spec("zero-epoch", "1.0~rc1^git20230101", "1.el9", epoch=0,
                         files=[("/usr/bin/zero", "755")])
    yield "x86_64", spec("bigfiles", "1.0", "1.el9", files=many)
    yield "x86_64", spec("empty-package", "0", "0")
    yield "i686", spec("glibc-compat", "2.34", "60.el9", files=[("/lib/libc.so.6", "755")])
    yield "aarch64", spec("crosstool", "12.2.1", "3.el9", files=[("/usr/bin/cross", "755")])
    yield "x86_64", spec("manysubs", "7.4", "2.el9", files=[("/usr/share/manysubs/main", "644")],
                         subs=[(f"sub{i:03}", "noarch" if i % 3 else "x86_64")
                               for i in range(150)])


def missing(backend):
    if os.geteuid() != 0:
        return "not root: rpm --root cannot run"
    if not have("rpm", "rpmbuild"):
        return "no rpm"
    if backend == "bdb" and not have("db5.3_load"):
        return "no db5.3_load, which makes a Berkeley DB hash file"
    if backend == "ndb" and not have("apt-get", "gcc"):
        return "no apt-get and gcc, to compile the ndb writer of rpm's source package"
    return None


def build(where):
    """The .rpm files, in a directory of their own."""
    out = os.path.join(where, "RPMS")
    if os.path.isdir(out):
        return out
    say("rpmbuild of the test packages")
    os.makedirs(where, exist_ok=True)
    work = os.path.join(where, "work")
    remove(work)
    os.makedirs(work)
    for number, (arch, text) in enumerate(specs()):
        path = os.path.join(work, f"{number}.spec")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        run(["rpmbuild", "-bb", "--target", f"{arch}-linux", "--define", f"_topdir {work}/top",
             "--define", "_build_id_links none", "--define", "debug_package %{nil}",
             "--define", "_buildhost test", "--define", "__os_install_post %{nil}",
             "--define", "_binary_payload w1.gzdio", path])
    with made(out) as tmp:
        os.mkdir(tmp)
        for path in glob.glob(os.path.join(work, "top", "RPMS", "*", "*.rpm")):
            shutil.move(path, tmp)
    remove(work)
    return out


def rpm(root, dbpath, *args):
    return run(["rpm", "--root", root, "--define", "_db_backend sqlite", "--dbpath", dbpath, *args])


def make_root(cache, root, backend):
    """Fill a root directory; returns what rpm says is installed in it."""
    packages = sorted(glob.glob(os.path.join(build(cache), "*.rpm")))
    for directory in ("etc", "usr/bin", "tmp"):
        os.makedirs(os.path.join(root, directory))
    with open(os.path.join(root, "etc", "os-release"), "w", encoding="utf-8") as f:
        f.write(OS_RELEASE)
    dbpath = DBPATH[backend]
    os.makedirs(root + dbpath)
    rpm(root, dbpath, "--initdb")
    rpm(root, dbpath, "-i", "--nodeps", "--noscripts", "--nosignature", "--ignorearch",
        "--ignoreos", "--force", *packages)
    rpm(root, dbpath, "-e", "--nodeps", "--noscripts", "manysubs-sub010", "manysubs-sub077")
    database = os.path.join(root + dbpath, "rpmdb.sqlite")
    truth = query(root, dbpath)
    if backend == "bdb":
        to_berkeley(database, os.path.join(root + dbpath, "Packages"))
    elif backend == "ndb":
        to_ndb(cache, database, os.path.join(root + dbpath, "Packages.db"))
    elif backend == "wal":
        leave_in_log(database)
    keep = {"sqlite": ("rpmdb.sqlite",), "wal": ("rpmdb.sqlite", "rpmdb.sqlite-wal"),
            "bdb": ("Packages",), "ndb": ("Packages.db",)}[backend]
    for path in glob.glob(os.path.join(root + dbpath, "*")) + [root + dbpath + "/.rpm.lock"]:
        if os.path.basename(path) not in keep:
            remove(path)
    return truth


def headers(database):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        return db.execute("select hnum, blob from Packages order by hnum").fetchall()


def leave_in_log(database):
    """Thirty packages stand in the write-ahead log only, as after a build that was not closed
    properly."""
    table = "Packages(hnum, blob)"
    late = headers(database)[-30:]
    with sqlite3.connect(database) as writer:
        writer.executemany("delete from Packages where hnum = ?", [(n,) for n, _ in late])
    writer.execute("pragma wal_checkpoint(truncate)")
    reader = sqlite3.connect(database)
    reader.execute("begin")
    reader.execute("select count(*) from Packages").fetchall()
    writer.executemany(f"insert into {table} values (?, ?)", late)
    writer.commit()
    for suffix in ("", "-wal"):
        shutil.copyfile(database + suffix, f"{database}{suffix}.kept")
    reader.close()
    writer.close()
    for suffix in ("", "-wal"):
        os.replace(f"{database}{suffix}.kept", database + suffix)


def to_berkeley(database, target):
    """Header blobs under little-endian numbers; key 0 holds the highest number given out
    (rpm 4.16, lib/backend/db3.c)."""
    rows = headers(database)
    lines = ["VERSION=3", "format=bytevalue", "type=hash", "db_pagesize=4096", "HEADER=END"]
    pairs = [(0, struct.pack("<I", max(number for number, _ in rows)))] + rows
    for number, blob in pairs:
        lines += [" " + struct.pack("<I", number).hex(), " " + bytes(blob).hex()]
    lines.append("DATA=END")
    run(["db5.3_load", "-f", "/dev/stdin", target], input="\n".join(lines) + "\n")


def ndb_writer(cache):
    """rpm's rpmpkg.c with make_ndb.c around it."""
    program = os.path.join(cache, "make_ndb")
    if os.path.exists(program):
        return program
    with scratch() as tmp:
        source = fetch_source(tmp, "rpm")
        ndb = glob.glob(os.path.join(source, "lib", "backend", "ndb"))[0]
        os.makedirs(os.path.join(tmp, "include", "rpm"))
        with open(os.path.join(tmp, "include", "system.h"), "w", encoding="utf-8") as f:
            f.write('#include "config.h"\n#define _(x) x\n')
        with open(os.path.join(tmp, "include", "config.h"), "w", encoding="utf-8") as f:
            f.write("#define _GNU_SOURCE 1\n#define xmalloc malloc\n#define xcalloc calloc\n"
                    "#define xrealloc realloc\n#define xstrdup strdup\n")
        with open(os.path.join(tmp, "include", "rpm", "rpmlog.h"), "w", encoding="utf-8") as f:
            f.write("#include <stdio.h>\n#define rpmlog(level, ...) fprintf(stderr, __VA_ARGS__)\n")
        harness = os.path.join(os.path.dirname(os.path.abspath(__file__)), "make_ndb.c")
        with made(program) as out:
            run(["gcc", "-O1", "-w", "-I", os.path.join(tmp, "include"), "-I", ndb, "-o", out,
                 harness, os.path.join(ndb, "rpmpkg.c")])
    return program


def fetch_source(where, package):
    """Unpack a source package of the distribution, by apt from where its binaries come from."""
    parts = os.path.join(where, "parts")
    os.makedirs(parts)
    os.makedirs(os.path.join(where, "lists", "partial"))
    for path in glob.glob("/etc/apt/sources.list.d/debian.sources"):
        with open(path, encoding="utf-8") as f:
            text = re.sub(r"(?m)^Types:.*$", "Types: deb-src", f.read())
        with open(os.path.join(parts, "src.sources"), "w", encoding="utf-8") as f:
            f.write(text)
    if os.path.exists("/etc/apt/sources.list"):
        with open("/etc/apt/sources.list", encoding="utf-8") as f:
            text = re.sub(r"(?m)^deb\s", "deb-src ", f.read())
        with open(os.path.join(parts, "src.list"), "w", encoding="utf-8") as f:
            f.write(text)
    apt = ["apt-get", "-q", "-o", "Dir::Etc::sourcelist=/dev/null", "-o",
           f"Dir::Etc::sourceparts={parts}", "-o", f"Dir::State::lists={where}/lists",
           "-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=",
           "-o", "APT::Sandbox::User=root"]
    run([*apt, "update"], timeout=300)
    run([*apt, "source", "--download-only", package], cwd=where, timeout=300)
    tar = glob.glob(os.path.join(where, f"{package}_*.orig.tar.*"))[0]
    run(["tar", "-C", where, "-xf", tar])
    return glob.glob(os.path.join(where, f"{package}-*"))[0]


def to_ndb(cache, database, target):
    data = b"".join(struct.pack("=I", len(blob)) + bytes(blob) for _, blob in headers(database))
    run([ndb_writer(cache), target], text=False, input=data)


def query(root, dbpath):
    """What rpm itself says: name, epoch, version, release, arch, source rpm, modularity label."""
    fmt = "\\t".join("%{" + tag + "}" for tag in TAGS) + "\\n"
    out = rpm(root, dbpath, "-qa", "--qf", fmt)
    return [[None if field == "(none)" else field for field in line.split("\t")]
            for line in out.splitlines()]
