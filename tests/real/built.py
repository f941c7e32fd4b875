#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Java, Go, Rust and .NET as their own tools build them, against what these tools list.

Everything is built from the registries into $PLIMSOLL_REAL/built and kept there: a Spring Boot fat
jar, a war, shaded jars (Maven); three modules of the proxy and one of our own for three systems
(Go); a program with and without cargo-auditable (Rust); wheels and an npm package that carry .NET.
None missing, none invented; every difference is explained here, by name.

  built.py [java] [go] [rust] [dotnet]
"""

import json
import os
import re
import shutil
import struct
import sys
import zipfile

from common import (CommandError, REAL, Tally, have, made, need_binary, plimsoll, run, say, scratch)

tally = Tally()
BUILT = os.path.join(REAL, "built")

# --- what plimsoll says ------------------------------------------------------------------------


def packages(target, kind):
    """[(name, version, path, uncertain, how)] of one type."""
    report = plimsoll("sbom", f"dir:{target}", "--format", "json", ok=(0, 3))
    return [(p["name"], p.get("version", ""), location["path"].lstrip("/"),
             p.get("uncertain", False), p.get("how", ""))
            for p in report["packages"] if p["type"] == kind for location in p["locations"]]


def compare(name, want, got, need):
    missing, invented = sorted(set(want) - set(got)), sorted(set(got) - set(want))
    for label, rows in (("missing", missing), ("invented", invented)):
        for row in rows[:30]:
            print(f"  {name}: {label}: {row}")
    if len(set(want)) < need:
        tally.fail(name, f"the truth has {len(set(want))} entries, expected {need} at least")
    else:
        tally.check(name, not missing and not invented,
                    f"{len(missing)} missing, {len(invented)} invented", f"{len(set(want))} the same")


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


# --- Java --------------------------------------------------------------------------------------

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>{parent}
<groupId>org.example.harbour</groupId><artifactId>harbour-{name}</artifactId><version>1.4.2</version>
<packaging>{packaging}</packaging>
<properties><maven.compiler.source>11</maven.compiler.source>
<maven.compiler.target>11</maven.compiler.target>
<project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
<dependencies>{dependencies}</dependencies><build><plugins>{plugins}</plugins></build></project>
"""
BOOT_PARENT = """<parent><groupId>org.springframework.boot</groupId>
<artifactId>spring-boot-starter-parent</artifactId><version>2.7.18</version><relativePath/></parent>"""
SHADE = """<plugin><artifactId>maven-shade-plugin</artifactId><version>3.4.1</version><executions>
<execution><id>with</id><phase>package</phase><goals><goal>shade</goal></goals><configuration>
<shadedArtifactAttached>true</shadedArtifactAttached>
<shadedClassifierName>with</shadedClassifierName></configuration></execution>
<execution><id>without</id><phase>package</phase><goals><goal>shade</goal></goals><configuration>
<shadedArtifactAttached>true</shadedArtifactAttached>
<shadedClassifierName>without</shadedClassifierName>
<relocations><relocation><pattern>org.yaml.snakeyaml</pattern>
<shadedPattern>demo.shaded.org.yaml.snakeyaml</shadedPattern></relocation></relocations>
<filters><filter><artifact>*:*</artifact><excludes><exclude>META-INF/maven/org.apache*/**</exclude>
<exclude>META-INF/maven/org.yaml/**</exclude><exclude>META-INF/maven/com.google*/**</exclude>
</excludes></filter></filters></configuration></execution></executions></plugin>"""
PROJECTS = {
    "boot": ("jar", BOOT_PARENT, ["org.springframework.boot:spring-boot-starter-web",
                                  "org.apache.commons:commons-text:1.9", "com.h2database:h2"],
             "<plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin"
             "</artifactId><configuration><executable>true</executable></configuration></plugin>"),
    "web": ("war", "", ["org.apache.struts:struts2-core:2.5.30",
                        "com.fasterxml.jackson.core:jackson-databind:2.13.2", "log4j:log4j:1.2.17",
                        "xerces:xercesImpl:2.12.0", "com.google.inject:guice:4.0:no_aop",
                        "mysql:mysql-connector-java:8.0.28", "org.hamcrest:hamcrest-all:1.3"],
            "<plugin><artifactId>maven-war-plugin</artifactId><version>3.3.2</version></plugin>"),
    "shade": ("jar", "", ["org.apache.commons:commons-text:1.9", "org.yaml:snakeyaml:1.30",
                          "com.google.code.gson:gson:2.8.8"], SHADE),
}


def dependency(text):
    fields = zip(("groupId", "artifactId", "version", "classifier"), text.split(":"))
    return "<dependency>" + "".join(f"<{k}>{v}</{k}>" for k, v in fields) + "</dependency>"


def make_java(name, where):
    packaging, parent, wanted, plugins = PROJECTS[name]
    write(f"{where}/pom.xml", POM.format(name=name, packaging=packaging, parent=parent, plugins=plugins,
                                         dependencies="".join(map(dependency, wanted))))
    body = "public class Main { public static void main(String[] a) { } }\n"
    write(f"{where}/src/main/java/demo/Main.java", f"package demo;\n{body}")
    if packaging == "war":
        write(f"{where}/src/main/webapp/WEB-INF/web.xml", "<web-app/>\n")
    run(["mvn", "-B", "-q", "-DskipTests", "-f", f"{where}/pom.xml", "package", "dependency:list",
         "-DincludeScope=runtime", f"-DoutputFile={where}/list.txt"])


def maven_list(where):
    line = re.compile(r"\s+([\w.-]+):([\w.-]+):\w+:(?:[\w.-]+:)?([\w.-]+):(?:compile|runtime)")
    with open(f"{where}/list.txt", encoding="utf-8") as f:
        rows = (line.match(re.sub(r"\x1b\[[0-9;]*m", "", text)) for text in f)
        return {(f"{row[1]}:{row[2]}", row[3]) for row in rows if row}


def check_java():
    for name in PROJECTS:
        where = os.path.join(BUILT, f"maven-{name}")
        if not os.path.exists(where):
            say(f"mvn package: {name}")
            with made(where) as tmp:
                make_java(name, tmp)
        with scratch() as root:
            for file in os.listdir(f"{where}/target"):
                if file.endswith((".jar", ".war")):
                    shutil.copy(f"{where}/target/{file}", root)
            JAVA_CHECKS[name](maven_list(where), packages(root, "maven"))


def of_file(rows, file):
    return {(n, v) for n, v, path, _, _ in rows if path.split("!")[0] == file}


def check_boot(want, rows):
    # Starters are empty; the plugin leaves them out and brings the tool that takes layers apart.
    want = {(n, v) for n, v in want if not re.search(r":spring-boot-starter(-|$)", n)}
    want |= {("org.example.harbour:harbour-boot", "1.4.2"),
             ("org.springframework.boot:spring-boot-jarmode-layertools", "2.7.18")}
    compare("maven boot", want, of_file(rows, "harbour-boot-1.4.2.jar"), 25)


def check_web(want, rows):
    # hamcrest-all has the code and the pom.properties of qdox in it.
    want |= {("org.example.harbour:harbour-web", "1.4.2"), ("com.thoughtworks.qdox:qdox", "1.12")}
    compare("maven war", want, of_file(rows, "harbour-web-1.4.2.war"), 20)
    sure = {n for n, _, _, uncertain, _ in rows if not uncertain}
    tally.check("maven war identities", "log4j:log4j" in sure and
                "org.hamcrest:hamcrest-all" not in sure, f"sure are {sorted(sure)}")


def check_shade(want, rows):
    own = {("org.example.harbour:harbour-shade", "1.4.2")}
    compare("maven shade", want | own, of_file(rows, "harbour-shade-1.4.2-with.jar"), 4)
    # Without the pom.properties the classes tell the artifact but not its version.
    compare("maven shade without poms", {(n, "") for n, _ in want} | own,
            of_file(rows, "harbour-shade-1.4.2-without.jar"), 4)


JAVA_CHECKS = {"boot": check_boot, "web": check_web, "shade": check_shade}

# --- Go ----------------------------------------------------------------------------------------

MODULES = ["github.com/rakyll/hey@v0.1.4", "mvdan.cc/sh/v3/cmd/shfmt@v3.7.0",
           "github.com/itchyny/gojq/cmd/gojq@v0.12.14"]
GO_MOD = """module harbour.example/tug

go 1.20

require (
	github.com/google/uuid v1.6.0
	golang.org/x/time v0.3.0
	rsc.io/quote v1.5.2
)

replace golang.org/x/time => ../xtime

replace rsc.io/quote => rsc.io/quote v1.5.1

replace github.com/google/uuid => github.com/google/uuid v1.5.0
"""
GO_MAIN = """package main

import (
	"fmt"

	"github.com/google/uuid"
	"golang.org/x/time/rate"
	"rsc.io/quote"
)

var version = "none"

func main() { fmt.Println(version, uuid.New(), rate.A, quote.Hello()) }
"""
GO_BUILDS = {"plain": ({}, []), "flags": ({}, ["-ldflags=-s -w -X main.version=1.4.2"]),
             "experiment": ({"GOEXPERIMENT": "jsonv2"}, []),
             "tug.exe": ({"GOOS": "windows"}, []),
             "tug-mac": ({"GOOS": "darwin", "GOARCH": "arm64"}, [])}


def make_go(where):
    env = dict(os.environ, GOBIN=f"{where}/bin", GOFLAGS="-mod=mod -buildvcs=false")
    for module in MODULES:
        run(["go", "install", module], env=env)
    write(f"{where}/tug/go.mod", GO_MOD)
    write(f"{where}/tug/main.go", GO_MAIN)
    write(f"{where}/xtime/go.mod", "module golang.org/x/time\n\ngo 1.20\n")
    write(f"{where}/xtime/rate/rate.go", "package rate\n\nvar A = 1\n")
    run(["go", "mod", "tidy"], env=env, cwd=f"{where}/tug")
    for name, (extra, flags) in GO_BUILDS.items():
        run(["go", "build", *flags, "-o", f"{where}/bin/{name}", "."], env=env | extra,
            cwd=f"{where}/tug")
    os.chmod(f"{where}/bin/plain", 0o644)


def go_list(path):
    """What `go version -m` tells, with replacements in the place of what they replace."""
    rows, main = [], None
    head, *lines = run(["go", "version", "-m", path]).splitlines()
    toolchain = re.search(r": go(\d[\d.a-z]*)", head).group(1)
    for line in lines:
        word = line.strip().split("\t")
        if word[0] == "dep":
            rows.append((word[1], word[2]))
        elif word[0] == "mod":
            main = (word[1], word[2])
        elif word[0] == "=>" and word[1].startswith("."):
            rows[-1] = (rows[-1][0], "")
        elif word[0] == "=>":
            rows[-1] = (word[1], word[2])
    if main[1] == "(devel)":
        main = (main[0], "v1.4.2" if path.endswith("/flags") else "")
    return {*rows, main, ("stdlib", toolchain)}


def check_go():
    where = os.path.join(BUILT, "go")
    if not os.path.exists(where):
        say("go install, go build")
        with made(where) as tmp:
            make_go(tmp)
    rows = packages(f"{where}/bin", "golang")
    for file in sorted(os.listdir(f"{where}/bin")):
        want = go_list(f"{where}/bin/{file}")
        compare(f"go {file}", want, of_file(rows, file), 4)


# --- Rust --------------------------------------------------------------------------------------

CARGO = """[package]
name = "harbour"
version = "0.3.1"
edition = "2021"

[dependencies]
serde_json = "=1.0.108"
md-5 = "=0.10.6"

[build-dependencies]
cfg-if = "1"
"""
RUST_MAIN = """use md5::{Digest, Md5};
fn main() {
    let text = std::env::args().nth(1).unwrap_or("{}".into());
    let v: serde_json::Value = serde_json::from_str(&text).unwrap();
    println!("{} {:x}", v, Md5::digest(b"x"));
}
"""


def make_rust(where):
    write(f"{where}/Cargo.toml", CARGO)
    write(f"{where}/src/main.rs", RUST_MAIN)
    write(f"{where}/build.rs", "fn main() {}\n")
    tools = os.path.join(BUILT, "cargo-auditable")
    env = dict(os.environ, PATH=f"{tools}/bin:{os.environ['PATH']}")
    if not os.path.exists(tools):
        with made(tools) as tmp:
            run(["cargo", "install", "-q", "--debug", "--root", tmp, "cargo-auditable"])
    bins = f"{where}/bin"
    os.makedirs(bins)
    for name, words in (("plain", ["build"]), ("audited", ["auditable", "build"])):
        run(["cargo", *words, "-q", "--target-dir", f"{where}/{name}"], cwd=where, env=env)
        shutil.copy(f"{where}/{name}/debug/harbour", f"{bins}/{name}")
        shutil.rmtree(f"{where}/{name}")
    shutil.copy(f"{bins}/audited", f"{bins}/stripped")
    run(["strip", f"{bins}/stripped"])
    tree = run(["cargo", "tree", "--prefix", "none", "-e", "normal"], cwd=where)
    write(f"{where}/tree.txt", tree)


def check_rust():
    where = os.path.join(BUILT, "rust")
    if not os.path.exists(where):
        say("cargo install, cargo build")
        with made(where) as tmp:
            make_rust(tmp)
    with open(f"{where}/tree.txt", encoding="utf-8") as f:
        want = {(w[0], w[1].removeprefix("v")) for w in map(str.split, f) if len(w) > 1}
    rows = packages(f"{where}/bin", "cargo")
    for file in ("audited", "stripped"):
        compare(f"rust {file}", want, of_file(rows, file), 8)
    got = of_file(rows, "plain")
    for row in sorted(got - want):
        print(f"  rust plain: invented: {row}")
    tally.check("rust plain: some of them, nothing else", got and got <= want,
                f"{len(got)} crates", f"{len(got)} of {len(want)}")


# --- .NET --------------------------------------------------------------------------------------

WHEELS = ["dotnetcore2==3.1.23", "pythonnet==3.2.1", "clr-loader==0.3.1"]
NPM = "@azure/mcp-linux-x64@2.0.5"
ASK = """
import json, sys, dnfile
out = {}
for path in sys.stdin.read().split():
    d = dnfile.dnPE(path)
    if not d.net or not d.net.mdtables.Assembly: continue
    a = d.net.mdtables.Assembly.rows[0]
    v = {}
    for group in getattr(d, "FileInfo", []):
        for info in group:
            for table in getattr(info, "StringTable", []):
                v |= {k.decode(): x.decode(errors="replace") for k, x in table.entries.items()}
    out[path] = [str(a.Name), v.get("ProductVersion", ""), v.get("FileVersion", ""),
                 ".".join(map(str, (a.MajorVersion, a.MinorVersion, a.BuildNumber, a.RevisionNumber)))]
json.dump(out, sys.stdout)
"""


def make_dotnet(where):
    run(["python3", "-m", "venv", f"{where}/venv"])
    run([f"{where}/venv/bin/pip", "install", "-q", "dnfile==0.18.0"])
    run([f"{where}/venv/bin/pip", "download", "-q", "--no-deps", "-d", f"{where}/wheels", *WHEELS])
    for wheel in os.listdir(f"{where}/wheels"):
        with zipfile.ZipFile(f"{where}/wheels/{wheel}") as z:
            z.extractall(f"{where}/root/{wheel.split('-')[0]}")
    # The same assemblies where no deps.json claims them.
    for dirpath, _, files in os.walk(f"{where}/root"):
        for file in files:
            if file.endswith((".dll", ".exe")):
                os.makedirs(f"{where}/bare", exist_ok=True)
                shutil.copy(f"{dirpath}/{file}", f"{where}/bare/{file}")
    names = "\n".join(f"{where}/bare/{f}" for f in os.listdir(f"{where}/bare"))
    told = json.loads(run([f"{where}/venv/bin/python", "-c", ASK], input=names))
    write(f"{where}/assemblies.json", json.dumps({os.path.basename(k): v for k, v in told.items()}))
    shutil.rmtree(f"{where}/venv")


def deps_list(document):
    libraries, targets = document["libraries"], document["targets"]
    rows = set()
    for key, value in targets[document["runtimeTarget"]["name"]].items():
        name, version = key.split("/")
        pack = name.removeprefix("runtimepack.")
        files = any(k in value for k in ("runtime", "runtimeTargets", "native", "resources"))
        if files and (libraries[key]["type"] == "package" or pack != name):
            rows.add((pack, version))
    return rows


def assembly_version(told):
    """The first of product, file and assembly version that begins like a version."""
    for text in told[1:]:
        found = re.match(r"(\d+(?:\.\d+)+(?:-[0-9A-Za-z.-]+)?)(?=$|[+ ])", text)
        if found:
            return found.group(1)
    return ""


def check_wheels(where):
    rows = packages(f"{where}/root", "nuget")
    want = set()
    for dirpath, _, files in os.walk(f"{where}/root"):
        for file in files:
            if file.endswith(".deps.json"):
                with open(f"{dirpath}/{file}", encoding="utf-8-sig") as f:
                    want |= deps_list(json.load(f))
    got = {(n, v) for n, v, _, uncertain, _ in rows if not uncertain}
    compare("dotnet deps.json", want, got, 5)
    # The libraries' own code, which is a project in deps.json; all others are claimed by one.
    own = {n for n, _, _, uncertain, _ in rows if uncertain}
    compare("dotnet assemblies that no deps.json claims", {"ClrLoader", "Python.Runtime"}, own, 2)


def check_assemblies(where):
    with open(f"{where}/assemblies.json", encoding="utf-8") as f:
        told = json.load(f)
    want = {(v[0], assembly_version(v), k) for k, v in told.items() if not v[0].endswith(".resources")}
    got = {(n, v, path) for n, v, path, _, _ in packages(f"{where}/bare", "nuget")}
    compare("dotnet assemblies", want, got, 150)


def bundle_deps(path):
    """The deps.json in a single-file bundle, by the header that the host's mark points to."""
    with open(path, "rb") as f:
        data = f.read()
    mark = data.index(bytes.fromhex("8b1202b96a612038727b930214d7a032"
                                    "13f5b9e6efae3318ee3b2dce24b36aae"))
    at, = struct.unpack_from("<Q", data, mark - 8)
    length = data[at + 12]
    off, size = struct.unpack_from("<QQ", data, at + 13 + length)
    return json.loads(data[off:off + size].decode("utf-8-sig"))


def check_bundle():
    where = os.path.join(BUILT, "dotnet-bundle")
    if not os.path.exists(where):
        say(f"npm pack {NPM}")
        with made(where) as tmp:
            os.makedirs(tmp)
            file = run(["npm", "pack", "-s", NPM], cwd=tmp).split()[-1]
            run(["tar", "-xzf", file, "--wildcards", "*/azmcp"], cwd=tmp)
            os.unlink(f"{tmp}/{file}")
    program = f"{where}/package/dist/azmcp"
    got = {(n, v) for n, v, _, _, _ in packages(where, "nuget")}
    compare("dotnet single-file bundle", deps_list(bundle_deps(program)), got, 80)


def check_dotnet():
    where = os.path.join(BUILT, "dotnet")
    if not os.path.exists(where):
        say("pip download: wheels with .NET")
        with made(where) as tmp:
            make_dotnet(tmp)
    check_wheels(where)
    check_assemblies(where)
    if have("npm", "tar"):
        check_bundle()
    else:
        tally.skip("dotnet single-file bundle", "no npm")


# -----------------------------------------------------------------------------------------------

GROUPS = {"java": (check_java, ("mvn", "javac")), "go": (check_go, ("go",)),
          "rust": (check_rust, ("cargo", "strip")), "dotnet": (check_dotnet, ("python3",))}


def main(wanted):
    need_binary(tally)
    os.makedirs(BUILT, exist_ok=True)
    for name, (check, tools) in GROUPS.items():
        if wanted and name not in wanted:
            continue
        if not have(*tools):
            tally.skip(name, f"no {' or '.join(t for t in tools if not have(t))} here")
            continue
        try:
            check()
        except (CommandError, KeyError, ValueError, OSError) as e:
            tally.fail(name, f"{type(e).__name__}: {e}")
    tally.end()


if __name__ == "__main__":
    main(sys.argv[1:])
