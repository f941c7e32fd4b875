#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""R, Haskell, OCaml, Lua, Perl, Erlang and Elixir packages against the word of their own managers.

A Debian root directory is made with debootstrap and apt; a rock and a Perl distribution of our own
are installed in it by LuaRocks and ExtUtils::MakeMaker. None missing, none invented: what differs
is named here.
"""

import json
import os
import re
import shutil
import subprocess

from common import (CommandError, REAL, Tally, chroot, have, made, need_binary, plimsoll, remove, run,
                    say, scratch)

tally = Tally()
PLACE = os.path.join(REAL, "ecosystems")
PACKAGES = ["r-base-core", "r-cran-jsonlite", "r-cran-rlang", "luarocks", "lua5.4", "liblua5.4-dev",
            "ocaml-findlib", "libre-ocaml-dev", "libyojson-ocaml-dev", "erlang-base",
            "erlang-crypto", "elixir", "perl", "make", "libwww-perl"]
# GHC looks for its libraries by /proc/self/exe, and there is no /proc in a bare root directory.
HASKELL = ["ghc", "libghc-split-dev", "libghc-random-dev", "libghc-async-dev"]
APT = ["apt-get", "-q", "install", "-y", "--no-install-recommends", "-o",
       "Dpkg::Options::=--force-unsafe-io"]
QUIET = {"DEBIAN_FRONTEND": "noninteractive"}

ROCK = """\
-- made for a test
package = "plimsoll-test"
version = "1.2-1"
source = { url = "git+file:///srv/rock" }
description = { summary = "nothing", license = "MIT/X11" }
dependencies = { "lua >= 5.1" }
build = { type = "builtin", modules = { ["plimsoll.test"] = "test.lua" } }
"""
MAKEFILE = """\
use ExtUtils::MakeMaker;
WriteMakefile(NAME => 'Foo::Bar', VERSION_FROM => 'lib/Foo/Bar.pm');
"""
INSTALLED = ("use ExtUtils::Installed; my $i = ExtUtils::Installed->new;"
             'print "$_\\t", $i->version($_) // "", "\\n" for $i->modules')
# Erlang's own reader of terms, over the same files.
APPS = ('lists:foreach(fun(F) -> {ok, [{application, N, P}]} = file:consult(F),'
        ' io:format("~s\\t~s~n", [N, proplists:get_value(vsn, P)]) end,'
        ' filelib:wildcard("/usr/lib/{erlang,elixir}/lib/*/ebin/*.app")), halt().')


def haskell_libraries(root):
    base = os.path.join(root, "usr/lib/ghc")
    return {"LD_LIBRARY_PATH": ":".join(f"/usr/lib/ghc/{d}" for d in sorted(os.listdir(base)))}


def put(root, path, text):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def own_packages(root):
    put(root, "srv/rock/plimsoll-test-1.2-1.rockspec", ROCK)
    put(root, "srv/rock/test.lua", "return {}\n")
    chroot(root, ["sh", "-c", "cd /srv/rock && exec luarocks --lua-version 5.4 make"])
    put(root, "srv/perl/Makefile.PL", MAKEFILE)
    put(root, "srv/perl/lib/Foo/Bar.pm", "package Foo::Bar;\nour $VERSION = '1.23';\n1;\n")
    chroot(root, ["sh", "-c", "cd /srv/perl && perl Makefile.PL && make && make install"])


def build(root):
    say("debootstrap and apt: R, Haskell, OCaml, Lua, Perl, Erlang")
    with made(root) as tmp:
        run(["debootstrap", "--variant=minbase", "bookworm", tmp])
        shutil.copy("/etc/resolv.conf", os.path.join(tmp, "etc/resolv.conf"))
        chroot(tmp, ["apt-get", "-q", "update"])
        chroot(tmp, [*APT, *PACKAGES], env=QUIET)
        chroot(tmp, [*APT, *HASKELL], env=QUIET, ok=(0, 100))
        chroot(tmp, ["dpkg", "--configure", "-a"], env=QUIET | haskell_libraries(tmp))
        own_packages(tmp)
        chroot(tmp, ["apt-get", "clean"])


def compare(name, want, got, need=1):
    want, got = set(want), set(got)
    for label, rows in (("missing", want - got), ("invented", got - want)):
        for row in sorted(rows, key=str)[:40]:
            print(f"  {name}: {label}: {row}")
    if len(want) < need:
        tally.fail(name, f"the truth has {len(want)} entries, expected {need} at least")
        return
    tally.check(name, want == got, f"{len(want - got)} missing, {len(got - want)} invented",
                f"{len(want)} the same")


def of_type(report, wanted):
    return {(p["name"], p.get("version") or "") for p in report["packages"] if p["type"] == wanted}


def r_list(root):
    out = chroot(root, ["Rscript", "-e", 'p <- installed.packages(); write.table(p[, c("Package",'
                        ' "Version")], quote = FALSE, sep = "\\t", row.names = FALSE,'
                        " col.names = FALSE)"])
    return {tuple(line.split("\t")) for line in out.splitlines()}


def haskell_list(root):
    out = chroot(root, ["ghc-pkg", "list", "--global", "--simple-output"],
                 env=haskell_libraries(root))
    return {tuple(word.rsplit("-", 1)) for word in out.split()}


def ocaml_list(root):
    """Without the parts of libraries (re.glob), and without the parts of the compiler, which
    findlib describes as "[distributed with OCaml …]"."""
    rows = set()
    for line in chroot(root, ["ocamlfind", "list"]).splitlines():
        m = re.match(r"(\S+)\s+\(version: (.*)\)$", line)
        if m and "." not in m[1] and not m[2].lower().startswith("[distributed with ocaml"):
            rows.add((m[1], "" if m[2] == "n/a" else m[2]))
    return rows


def lua_list(root):
    out = chroot(root, ["luarocks", "--lua-version", "5.4", "list", "--porcelain"])
    return {tuple(line.split("\t")[:2]) for line in out.splitlines() if "\t" in line}


def perl_list(root):
    """Without "Perl", which is not a distribution but the interpreter; Debian's own modules have
    no list of files and are packages of Debian."""
    out = chroot(root, ["perl", "-e", INSTALLED])
    rows = {tuple(line.split("\t")) for line in out.splitlines()}
    return {(name.replace("::", "-"), version) for name, version in rows if name != "Perl"}


def erlang_list(root):
    out = chroot(root, ["erl", "-noshell", "-eval", APPS])
    return {tuple(line.split("\t")) for line in out.splitlines()}


def check_managers(root, report):
    compare("R: installed.packages()", r_list(root), of_type(report, "cran"), need=16)
    compare("Haskell: ghc-pkg list", haskell_list(root), of_type(report, "hackage"), need=35)
    compare("OCaml: ocamlfind list", ocaml_list(root), of_type(report, "opam"), need=3)
    compare("Lua: luarocks list", lua_list(root), of_type(report, "luarocks"))
    compare("Perl: ExtUtils::Installed", perl_list(root), of_type(report, "cpan"))
    applications = {(p["name"], p["version"]) for p in report["packages"]
                    if p["purl"].startswith("pkg:otp/")}
    compare("Erlang, Elixir: file:consult", erlang_list(root), applications, need=15)


def check_owners(report):
    """What apt brought is owned by its package, what we installed by none."""
    own = {"plimsoll-test", "Foo-Bar"}
    wrong = [p["name"] for p in report["packages"]
             if p["type"] in ("cran", "hackage", "opam", "luarocks", "cpan") and
             bool(p.get("owner")) == (p["name"] in own)]
    tally.check("owners", not wrong, f"wrong for {wrong}")


def check_without_list(root):
    """A smaller image without .packlist: perllocal.pod and the module still tell of Foo::Bar."""
    with scratch() as tmp:
        subprocess.run(["cp", "-a", "--parents", "usr/local", tmp], cwd=root, check=True)
        for where, _, files in os.walk(tmp):
            for name in files:
                if name == ".packlist":
                    os.unlink(os.path.join(where, name))
        got = of_type(plimsoll("sbom", f"dir:{tmp}", "--format", "json", ok=(0, 3)), "cpan")
        tally.check("Perl without .packlist", got == {("Foo-Bar", "1.23")}, f"found {got}")
        remove(os.path.join(tmp, "usr/local/share/perl"))
        got = of_type(plimsoll("sbom", f"dir:{tmp}", "--format", "json", ok=(0, 3)), "cpan")
        tally.check("Perl without the module", not got, f"found {got}")


def check_sbom_in_image():
    """A document of another tool: its packages are claims, what is there by evidence comes once."""
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
        {"type": "library", "name": "jsonlite", "version": "1.8.4",
         "purl": "pkg:cran/jsonlite@1.8.4"},
        {"type": "library", "name": "left", "version": "2", "purl": "pkg:npm/left@2"}]}
    with scratch() as tmp:
        put(tmp, "usr/share/sbom/app.cdx.json", json.dumps(document))
        put(tmp, "usr/lib/R/library/jsonlite/DESCRIPTION",
            "Package: jsonlite\nVersion: 1.8.4\nBuilt: R 4.2.2; ; 2023-01-20 18:24:19 UTC; unix\n")
        report = plimsoll("sbom", f"dir:{tmp}", "--format", "json", ok=(0, 3))
        rows = sorted((p["type"], p["name"], p["locations"][0]["path"].lstrip("/"))
                      for p in report["packages"])
        tally.check("claims of a document", rows == [
            ("cran", "jsonlite", "usr/lib/R/library/jsonlite/DESCRIPTION"),
            ("npm", "left", "usr/share/sbom/app.cdx.json")], f"found {rows}")


def main():
    need_binary(tally)
    check_sbom_in_image()
    root = os.path.join(PLACE, "root")
    if os.geteuid() != 0 or not have("debootstrap"):
        tally.skip("managers", "not root, or no debootstrap")
        tally.end()
    try:
        os.makedirs(PLACE, exist_ok=True)
        if not os.path.isdir(root):
            build(root)
    except (CommandError, OSError) as e:
        tally.skip("managers", f"their packages cannot be had: {e}")
        tally.end()
    report = plimsoll("sbom", f"dir:{root}", "--format", "json", ok=(0, 3))
    check_managers(root, report)
    check_owners(report)
    check_without_list(root)
    tally.end()


if __name__ == "__main__":
    main()
