# SPDX-License-Identifier: Apache-2.0
"""The tricks of evasion.py, and the operations that are none.

An item changes a root file system in steps, each a layer with its instruction. `keeps`: all packages
with code must still be found; `tells`: one of these diagnostics must be there; `squash`: the result
is an image of one layer, so that no lower one knows better; `same`: the packages asked for are those
of the untouched image.
"""

import glob
import io
import json
import os
import re
import shutil
import struct
import zipfile

import rpms
from common import IMAGES, REAL, chroot, have, run

ALL = ("debian", "alpine", "rpm")
DATABASE = {"debian": "var/lib/dpkg/status", "alpine": "lib/apk/db/installed",
            "rpm": "var/lib/rpm/rpmdb.sqlite"}
HIDDEN = ("database-hidden",)
# Packages of the Debian image that make a root in which dpkg and a shell work.
SLICE = ["base-files", "bash", "coreutils", "dash", "debianutils", "dpkg", "gcc-12-base", "libacl1",
         "libattr1", "libbz2-1.0", "libc-bin", "libc6", "libcommons-io-java", "libgcc-s1", "libgmp10",
         "liblzma5", "libmd0", "libpcre2-8-0", "libselinux1", "libssl3", "libtinfo6", "libzstd1",
         "openssl", "sed", "tar", "zlib1g", "python3-certifi", "python3-idna"]
# Copied into images that must not have a package manager's word.
PROGRAMS = {"debian": ["usr/bin/openssl", "usr/lib/x86_64-linux-gnu/libssl.so.3",
                       "usr/lib/x86_64-linux-gnu/libcrypto.so.3",
                       "usr/lib/x86_64-linux-gnu/libc.so.6", "usr/bin/bash"],
            "alpine": ["lib/libcrypto.so.3", "lib/libssl.so.3", "lib/ld-musl-x86_64.so.1",
                       "usr/bin/scanelf", "bin/busybox"],
            "rpm": ["usr/bin/openssl", "usr/bin/bash"]}


# --- the images ------------------------------------------------------------------------------------

def stanzas(text):
    return [s for s in re.split(r"\n\n+", text.strip("\n")) if s]


def field(stanza, name):
    found = re.search(rf"(?m)^{name}:\s*(.*)$", stanza)
    return found.group(1) if found else ""


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        return f.read()


def write(path, text):
    """As a new file, not through a link."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.lexists(path):
        os.unlink(path)
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as f:
        f.write(text)


def lists_of(root, name):
    """The files of dpkg's database that are about one package."""
    info = os.path.join(root, "var/lib/dpkg/info")
    return [p for p in glob.glob(os.path.join(glob.escape(info), "*"))
            if re.fullmatch(re.escape(name) + r"(:\w+)?", os.path.basename(p).rpartition(".")[0])]


def copy_path(source, root, path):
    """A file or link with the directories above it, as they are."""
    target = os.path.join(root, path)
    if os.path.lexists(target):
        return
    parent = os.path.dirname(path)
    if parent:
        copy_path(source, root, parent)
    original = os.path.join(source, path)
    if os.path.islink(original):
        os.symlink(os.readlink(original), target)
    elif os.path.isdir(original):
        os.mkdir(target)
        shutil.copystat(original, target)
    elif os.path.isfile(original):
        shutil.copy2(original, target)


def slice_debian(source, root):
    os.mkdir(root)
    kept = []
    for link in ("bin", "sbin", "lib", "lib64"):
        if os.path.islink(os.path.join(source, link)):
            copy_path(source, root, os.readlink(os.path.join(source, link)))
            copy_path(source, root, link)
    for stanza in stanzas(read(os.path.join(source, "var/lib/dpkg/status"))):
        name = field(stanza, "Package")
        if name not in SLICE or "install ok installed" not in field(stanza, "Status"):
            continue
        kept.append(stanza)
        for path in lists_of(source, name):
            copy_path(source, root, os.path.relpath(path, source))
            if path.endswith(".list"):
                for line in read(path).splitlines():
                    if os.path.lexists(source + line) and line != "/.":
                        copy_path(source, root, line.strip("/"))
    write(os.path.join(root, "var/lib/dpkg/status"), "\n\n".join(kept) + "\n\n")
    for name in ("updates", "triggers", "alternatives", "parts"):
        os.makedirs(os.path.join(root, "var/lib/dpkg", name), exist_ok=True)


def fill_rpm(root):
    """Real programs where the test packages have empty files; and not the package of 6000 files, which
    would be copied for every trick."""
    rpms.rpm(root, "/var/lib/rpm", "-e", "--nodeps", "--noscripts", "bigfiles")
    rpm_tidy(root)
    for path in ("usr/bin/openssl", "usr/bin/bash", "usr/bin/node", "usr/bin/zero", "usr/bin/cross"):
        target = os.path.join(root, path)
        if os.path.exists(target):
            mode = os.stat(target).st_mode
            shutil.copyfile(os.path.realpath("/bin/true"), target)
            os.chmod(target, mode)


def rpm_tidy(root):
    """Without what rpm leaves beside its database."""
    where = os.path.join(root, "var/lib/rpm")
    for name in os.listdir(where):
        if name != "rpmdb.sqlite":
            os.unlink(os.path.join(where, name))


MINOR = ("etc/", "usr/share/doc/", "usr/share/man/", "usr/share/info/", "usr/share/locale/",
         "usr/share/licenses/", "usr/share/lintian/", "var/cache/", "var/log/", "var/spool/")


def owned(family, root):
    """(name, path) of every file list."""
    if family == "debian":
        for path in glob.glob(os.path.join(glob.escape(root), "var/lib/dpkg/info/*.list")):
            name = os.path.basename(path)[:-5].partition(":")[0]
            for line in read(path).splitlines():
                yield name, line.strip("/")
    elif family == "alpine":
        name = where = ""
        for line in read(os.path.join(root, DATABASE["alpine"])).splitlines():
            if line.startswith("P:"):
                name = line[2:]
            elif line.startswith("F:"):
                where = line[2:]
            elif line.startswith("R:"):
                yield name, os.path.join(where, line[2:])
    else:
        out = rpms.rpm(root, "/var/lib/rpm", "-qa", "--qf", "[%{=NAME}\\t%{FILENAMES}\\n]")
        for line in out.splitlines():
            name, _, path = line.partition("\t")
            yield name, path.strip("/")


def with_code(family, root, names):
    """Those of the OS packages that have a regular file which is no documentation."""
    kind = {"debian": "deb", "alpine": "apk", "rpm": "rpm"}[family]
    code = set()
    for name, path in owned(family, root):
        full = os.path.join(root, path)
        if not path.startswith(MINOR) and os.path.isfile(full) and not os.path.islink(full):
            code.add(name)
    return {n for n in names if n[0] == kind and n[1] in code}


class Change:
    """A working copy of a root, and what the steps of an item leave behind."""

    def __init__(self, family, root, packages):
        self.family, self.root, self.packages = family, root, packages
        self.skip = self.result = self.want = None
        self.database = DATABASE[family]

    def at(self, *path):
        return os.path.join(self.root, *path)

    def remove(self, *paths):
        for path in paths:
            path = self.at(path)
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            elif os.path.lexists(path):
                os.unlink(path)


# --- tricks ----------------------------------------------------------------------------------------

class Item:
    def __init__(self, name, steps, families=ALL, *, keeps=True, tells=(), squash=False, same=True):
        self.name, self.steps, self.families = name, steps, families
        self.keeps, self.tells, self.squash, self.same = keeps, tells, squash, same


def one(instruction, function):
    return lambda c: [(f"RUN {instruction}", lambda: function(c))]


def cut_out(c):
    """The package manager's database without some packages, their files left."""
    if c.family == "rpm":
        rpms.rpm(c.root, "/var/lib/rpm", "-e", "--justdb", "--nodeps", "--noscripts", "openssl")
        rpm_tidy(c.root)
        return
    drop = ("openssl", "libssl3", "zlib1g", "zlib", "libcrypto3")
    key = "Package" if c.family == "debian" else "P"
    text = read(c.at(c.database))
    left = [s for s in stanzas(text) if field(s, key) not in drop]
    write(c.at(c.database), "\n\n".join(left) + "\n\n")
    if c.family == "debian":
        for name in drop:
            for path in lists_of(c.root, name):
                os.unlink(path)


def new_version(c):
    text = read(c.at(c.database))
    key = "Version" if c.family == "debian" else "V"
    text = re.sub(rf"(?m)^{key}:(\s*)\S+$", rf"{key}:\g<1>999:9.9-9" if c.family == "debian" else
                  rf"{key}:99.9-r9", text)
    write(c.at(c.database), text)


def moved(c, link):
    os.makedirs(c.at("opt/data"), exist_ok=True)
    os.rename(c.at(c.database), c.at("opt/data/cache.bin"))
    if link:
        os.symlink("/opt/data/cache.bin", c.at(c.database))


def hard_link(c):
    """The same content, first in the archive under a name that nobody asks for."""
    with open(c.at(c.database), "rb") as f:
        data = f.read()
    os.unlink(c.at(c.database))
    # the whiteout of it comes before, as in layers that replace a file
    return [("aa/blob", data, {"mode": 0o644}),
            (c.database, b"", {"type": b"1", "linkname": "aa/blob"})]


def other_link(c):
    os.unlink(c.at(c.database))
    return [("aa/blob", b"\n", {"mode": 0o644}),
            (c.database, b"", {"type": b"1", "linkname": "aa/blob"})]


def opaque(c):
    return [(os.path.join(os.path.dirname(c.database), ".wh..wh..opq"), b"", {})]


SYSTEM_FILES = ("etc/os-release", "usr/lib/os-release", "etc/debian_version", "etc/alpine-release",
                "etc/redhat-release", "etc/system-release", "etc/lsb-release")


def no_system(c):
    c.remove(*SYSTEM_FILES)


def other_system(c):
    no_system(c)
    write(c.at("etc/os-release"), 'ID=plain\nVERSION_ID=1\nPRETTY_NAME="Plain 1"\n')


def no_database(c):
    c.remove(os.path.dirname(c.database))


def below_opt(c):
    c.result = c.root + "-below"
    run(["rm", "-rf", c.result])
    os.makedirs(os.path.join(c.result, "opt"))
    os.rename(c.root, os.path.join(c.result, "opt/rootfs"))
    os.mkdir(c.root)


def only_programs(c, change=None):
    c.result = c.root + "-only"
    run(["rm", "-rf", c.result])
    for path in PROGRAMS[c.family]:
        if not os.path.exists(c.at(path)):
            continue
        target = os.path.join(c.result, "app", os.path.basename(path))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(c.at(path), target)
        os.chmod(target, 0o755)
        if change:
            change(c, target)


def strip(c, path):
    if not have("strip"):
        c.skip = "no strip"
    else:
        run(["strip", "-s", path], ok=(0, 1))


def packed(c):
    """As UPX leaves a program: no sections, its mark behind the program headers (upx,
    src/stub/src/include/linux.h, struct l_info)."""
    ident = b"\x7fELF\x02\x01\x01\x03" + bytes(8)
    head = ident + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x401000, 64, 0, 0, 64, 56, 2, 64, 0, 0)
    body = os.urandom(8192)
    size = 64 + 2 * 56 + 12 + len(body)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, size, size, 4096)
    data = struct.pack("<IIQQQQQQ", 1, 6, 0, 0x500000, 0x500000, 0, 0x80000, 4096)
    path = c.at("usr/local/bin/agent")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(head + load + data + struct.pack("<I4sHBB", 0, b"UPX!", size & 0xffff, 13, 22) + body)
    os.chmod(path, 0o755)


def split_status(c):
    for stanza in stanzas(read(c.at(c.database))):
        name = field(stanza, "Package")
        text = "\n".join(l for l in stanza.splitlines() if not l.startswith("Status:"))
        write(c.at("var/lib/dpkg/status.d", name), text + "\n")
    c.remove(c.database, "var/lib/dpkg/info")


def directory_linked(c):
    where = os.path.dirname(c.database)
    os.rename(c.at(where), c.at(os.path.dirname(where), ".old"))
    os.symlink("/nonexistent", c.at(where))


def small_one(c):
    """A database of one package, which is even true."""
    os.makedirs(c.at(os.path.dirname(c.database)), exist_ok=True)
    text = read(c.kept)
    write(c.at(c.database), stanzas(text)[0] + "\n\n")


def deleted_then_small(c):
    def delete():
        c.kept = c.root + "-kept"
        shutil.copyfile(c.at(c.database), c.kept)
        no_database(c)
    return [("RUN rm -rf database", delete), ("COPY small database", lambda: small_one(c))]


def edit_and_touch(c):
    cut_out(c)
    for where, _, files in os.walk(c.at("usr")):
        for name in files:
            path = os.path.join(where, name)
            if not os.path.islink(path):
                os.utime(path, (1, 1))


PY = os.path.join(REAL, "debian-12", "context", "py")
NODE = os.path.join(REAL, "debian-12", "context", "app", "node_modules")
SITE = "opt/app/lib/python3.11/site-packages"


def distributions():
    """Of the wheels that images.py had pip install: those whose code is a directory of their name."""
    found = {}
    for path in glob.glob(os.path.join(PY, "*.dist-info")):
        name, _, version = os.path.basename(path)[:-10].partition("-")
        if os.path.isdir(os.path.join(PY, name.lower())) and len(found) < 5:
            found[name, version] = (path, os.path.join(PY, name.lower()))
    return found


def modules():
    found = {}
    for path in sorted(glob.glob(os.path.join(NODE, "*", "index.js")))[:8]:
        with open(os.path.join(os.path.dirname(path), "package.json"), encoding="utf-8") as f:
            about = json.load(f)
        found[about["name"], about["version"]] = os.path.dirname(path)
    return found


def install_python(c):
    found = distributions()
    if not found:
        c.skip = "no wheels: images.py had no network"
        return
    os.makedirs(c.at(SITE))
    c.want = {("pypi", name, version) for name, version in found}
    for parts in found.values():
        for path in parts:
            shutil.copytree(path, c.at(SITE, os.path.basename(path)), symlinks=True)


def install_node(c):
    found = modules()
    if not found:
        c.skip = "no modules: images.py had no network"
        return
    os.makedirs(c.at("srv/app/node_modules"))
    c.want = {("npm", name, version) for name, version in found}
    for path in found.values():
        shutil.copytree(path, c.at("srv/app/node_modules", os.path.basename(path)), symlinks=True)


def python_without_metadata(c):
    return [("RUN pip install", lambda: install_python(c)),
            ("RUN rm -rf *.dist-info", lambda: [shutil.rmtree(p) for p in
                                                glob.glob(c.at(SITE, "*.dist-info"))] and None)]


def node_without_metadata(c):
    return [("RUN npm install", lambda: install_node(c)),
            ("RUN find . -name package.json -delete",
             lambda: [os.unlink(p) for p in
                      glob.glob(c.at("srv/app/node_modules/*/package.json"))] and None)]


def jar_in_jar_in_zip(c):
    def zipped(name, data):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            z.writestr(name, data)
        return out.getvalue()
    jar = zipped("META-INF/maven/org.evil/hidden/pom.properties",
                 "groupId=org.evil\nartifactId=hidden\nversion=1.2.3\n")
    path = c.at("opt/assets/theme.dat")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(zipped("fonts.zip", zipped("lib/outer.jar", zipped("lib/inner.jar", jar))))
    c.want = {("maven", "org.evil:hidden", "1.2.3")}


TRICKS = [
    Item("the database deleted", one("rm -f database", lambda c: c.remove(c.database)),
         tells=HIDDEN),
    Item("the directory of the database deleted", one("rm -rf directory", no_database),
         tells=HIDDEN),
    Item("an opaque directory over the database", one("mkdir directory", opaque), tells=HIDDEN),
    Item("the database emptied", one(": >database", lambda c: write(c.at(c.database), "")),
         tells=HIDDEN),
    Item("packages cut out of the database", one("sed -i database", cut_out), tells=HIDDEN),
    Item("versions edited", one("sed -i s/Version/", new_version), ("debian", "alpine"),
         tells=HIDDEN),
    Item("the database moved", one("mv database", lambda c: moved(c, False)),
         tells=("database-moved",)),
    Item("the database moved behind a symbolic link", one("mv, ln -s", lambda c: moved(c, True)),
         tells=("database-moved",)),
    Item("the database a hard link to another name", one("ln blob database", hard_link)),
    Item("a hard link to nothing in place of the database", one("ln -f blob", other_link),
         tells=HIDDEN),
    Item("the directory of the database moved behind a link", one("mv, ln -s /", directory_linked),
         tells=("database-moved", "database-hidden")),
    Item("deleted, and a small one put in place", deleted_then_small, ("debian", "alpine"),
         tells=HIDDEN),
    Item("os-release deleted", one("rm os-release", no_system), ("debian", "rpm"),
         tells=("system-hidden",)),
    # alpine-release is left and says the same
    Item("os-release deleted", one("rm os-release", no_system), ("alpine",)),
    Item("another os-release", one("echo ID=plain", other_system), tells=("system-replaced",)),
    Item("database and os-release deleted",
         one("rm -rf all", lambda c: (no_database(c), no_system(c)) and None), tells=HIDDEN),
    Item("a root of its own below opt", one("chroot", below_opt), squash=True),
    Item("programs in an empty layer", one("COPY", only_programs), squash=True, keeps=False,
         same=False, tells=("nothing-known", "no-database")),
    Item("stripped programs in an empty layer", one("COPY", lambda c: only_programs(c, strip)),
         squash=True, keeps=False, same=False, tells=("nothing-known", "no-database")),
    Item("a packed program", one("COPY agent", packed), ("debian", "alpine"),
         tells=("elf-lost", "packed")),
    Item("dpkg split into status.d", one("split status", split_status), ("debian",)),
    Item("one layer without its database", one("squash", no_database), squash=True, keeps=False,
         tells=("no-database",)),
    Item("one layer, packages cut out, lists left",
         one("squash", lambda c: write(c.at(c.database), stanzas(read(c.at(c.database)))[0] + "\n")),
         ("debian",), squash=True, keeps=False, tells=("packages-unlisted",)),
    Item("metadata of Python distributions deleted", python_without_metadata, ("debian", "alpine"),
         same=False, tells=HIDDEN),
    Item("package.json of modules deleted", node_without_metadata, ("debian", "alpine"), same=False,
         tells=HIDDEN),
    # nothing of theirs is as it was: they cannot be told from files that something else wrote
    Item("packages cut out, all files touched", one("sed, touch", edit_and_touch), ("debian",),
         keeps=False, tells=HIDDEN),
    Item("a jar in a jar in a zip under another name", one("COPY theme.dat", jar_in_jar_in_zip),
         ("debian", "alpine"), same=False),
]


# --- what is no trick ------------------------------------------------------------------------------

def deb(c, name, version):
    """A package made by dpkg-deb."""
    where = f"{c.root}-{name}-{version}"
    write(os.path.join(where, "DEBIAN/control"),
          f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: test <t@example>\n"
          "Description: test\n")
    for part in ("lib", "data", "more"):
        write(os.path.join(where, f"usr/lib/{name}/{part}"), f"{part} {version}\n")
    write(os.path.join(where, f"usr/share/doc/{name}/changelog"), version)
    path = where + ".deb"
    run(["dpkg-deb", "--root-owner-group", "-b", where, path])
    return path


def dpkg(c, *args):
    run(["dpkg", f"--root={c.root}", "--force-all", f"--log={c.root}.log", *args])


def dpkg_life(c):
    if not have("dpkg", "dpkg-deb") or os.geteuid() != 0:
        c.skip = "no dpkg, or not root"
        return []
    plain = [n for n in ("libcommons-io-java", "zlib1g", "libzstd1", "libmd0")
             if not any(p.endswith(("rm", "inst")) for p in lists_of(c.root, n))]
    return [("RUN dpkg -i", lambda: dpkg(c, "-i", deb(c, "evasion-test", "1.0"))),
            ("RUN dpkg -i, upgrade", lambda: dpkg(c, "-i", deb(c, "evasion-test", "2.0"))),
            ("RUN dpkg -r", lambda: dpkg(c, "-r", *plain)),
            ("RUN dpkg -P", lambda: dpkg(c, "-P", "evasion-test"))]


def apk_life(c):
    if os.geteuid() != 0:
        c.skip = "not root: chroot cannot run"
        return []
    return [("RUN apk del", lambda: chroot(c.root, ["apk", "del", "--no-network", "scanelf",
                                                    "ssl_client"]) and None)]


def rpm_newer(c):
    """bash of a later release, made by rpmbuild."""
    top = c.root + "-rpmbuild"
    path = top + ".spec"
    write(path, rpms.spec("bash", "5.1.9", "7.el9", files=[("/usr/bin/bash", "755")]))
    run(["rpmbuild", "-bb", "--target", "x86_64-linux", "--define", f"_topdir {top}", "--define",
         "_build_id_links none", "--define", "debug_package %{nil}", "--define",
         "__os_install_post %{nil}", path])
    return glob.glob(os.path.join(top, "RPMS", "*", "*.rpm"))[0]


def rpm_do(c, *args):
    rpms.rpm(c.root, "/var/lib/rpm", *args, "--nodeps", "--noscripts")
    rpm_tidy(c.root)


def rpm_life(c):
    if not have("rpm", "rpmbuild") or os.geteuid() != 0:
        c.skip = "no rpm, or not root"
        return []
    return [("RUN rpm -e", lambda: rpm_do(c, "-e", "openssl", "nodejs")),
            ("RUN rpm -U", lambda: rpm_do(c, "-U", "--nosignature", "--ignoreos", "--ignorearch",
                                          rpm_newer(c)))]


def rpm_migrated(c):
    os.makedirs(c.at("usr/lib/sysimage"))
    os.rename(c.at("var/lib/rpm"), c.at("usr/lib/sysimage/rpm"))
    os.symlink("../../usr/lib/sysimage/rpm", c.at("var/lib/rpm"))


def caches(c):
    c.remove("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info",
             "var/lib/apt/lists", "var/cache", "var/log", "tmp")


def other_stage(c):
    os.makedirs(c.at("usr/local/bin"), exist_ok=True)
    for path in (c.at("usr/local/bin/tool"), c.at(PROGRAMS[c.family][0])):
        shutil.copyfile(os.path.realpath("/bin/cat"), path + ".new")
        os.chmod(path + ".new", 0o755)
        os.rename(path + ".new", path)


def python_life(c):
    return [("RUN pip install", lambda: install_python(c)),
            ("RUN pip uninstall", lambda: shutil.rmtree(c.at(SITE)))]


def node_life(c):
    return [("RUN npm install", lambda: install_node(c)),
            ("RUN npm uninstall", lambda: [shutil.rmtree(p) for p in
                                           glob.glob(c.at("srv/app/node_modules/*"))] and None)]


def distroless(c):
    """status.d with its md5sums, no dpkg, as rules_distroless and bazel make them."""
    for name in [field(s, "Package") for s in stanzas(read(c.at(c.database)))]:
        for path in lists_of(c.root, name):
            if path.endswith(".md5sums"):
                target = c.at("var/lib/dpkg/status.d", name + ".md5sums")
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copyfile(path, target)
    split_status(c)


def static_program(c):
    found = [n for n in (os.listdir(IMAGES) if os.path.isdir(IMAGES) else []) if "busybox" in n]
    if not found:
        c.skip = f"no busybox in {IMAGES}"
        return
    c.result = c.root + "-static"
    run(["rm", "-rf", c.result])
    os.mkdir(c.result)
    run(["tar", "-C", c.result, "--exclude=dev/*", "--exclude=./dev/*", "-xf",
         os.path.join(IMAGES, found[0])])


def modes(c):
    """A recursive chmod copies every file up."""
    for where, _, files in os.walk(c.root):
        for name in files:
            path = os.path.join(where, name)
            if not os.path.islink(path):
                os.chmod(path, os.stat(path).st_mode | 0o040)


CONTROLS = [
    Item("dpkg installs, upgrades, removes, purges", dpkg_life, ("debian",)),
    Item("apk del", apk_life, ("alpine",)),
    Item("rpm -e and rpm -U", rpm_life, ("rpm",)),
    Item("rpm's database at its new place", one("migrate", rpm_migrated), ("rpm",)),
    Item("caches and documentation removed", one("rm -rf", caches)),
    Item("a program of another stage", one("COPY --from", other_stage)),
    Item("pip uninstall", python_life, ("debian",)),
    Item("npm uninstall", node_life, ("debian",)),
    Item("distroless", one("bazel", distroless), ("debian",), squash=True),
    Item("a static program alone", one("COPY", static_program), ("alpine",), squash=True),
    Item("chmod -R", one("chmod -R g+r", modes)),
]
