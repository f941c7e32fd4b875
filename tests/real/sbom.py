#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Documents of CycloneDX and SPDX: valid by the official schemas, and the same when read back.

  sbom.py [IMAGE…]

Each image is written in every format. Read back, packages, layers, distribution, diagnostics and
vulnerabilities must be exactly those of the image itself. Validators come from packages of the
formats' own projects (a virtual environment in the cache); without them validation is skipped:
  CycloneDX 1.6   JSON schema and XSD of cyclonedx-python-lib
  SPDX 2.3        spdx-tools; its JSON schema out of the jar of tools-java, where Maven is
  SPDX 3.0.1      the model of spdx-python-model
"""

import glob
import json
import os
import subprocess
import sys
import zipfile

from common import PLIMSOLL, REAL, TOP, Tally, have, image_list, need_binary, plimsoll, run, scratch

WANTED = ("alpine-3.19.4-x86_64", "alpine-3.12.12-x86_64", "debian-12", "rpm-sqlite")
FORMATS = {"cyclonedx": "cdx.json", "cyclonedx-xml": "cdx.xml", "spdx": "spdx.json",
           "spdx-tag-value": "spdx", "spdx3": "spdx3.json"}
PLACE = os.path.join(REAL, "sbom-validators")
PACKAGES = ("cyclonedx-python-lib[validation]", "spdx-tools", "spdx-python-model", "jsonschema")
SLOW = 1000  # packages: the Python validators of SPDX take minutes for more
JAR = "org.spdx:tools-java:2.0.1"

# Runs in the virtual environment: a line "FILE<tab>error" for each document that is not valid.
VALIDATE = r"""
import json, sys

def cyclonedx(path):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    from cyclonedx.validation.xml import XmlValidator
    kind = XmlValidator if path.endswith(".xml") else JsonStrictValidator
    return kind(SchemaVersion.V1_6).validate_str(open(path, encoding="utf-8").read())

def spdx2(path):
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
    wrong = validate_full_spdx_document(parse_file(path))
    return wrong[0].validation_message if wrong else None

def spdx2_schema(path):
    import jsonschema
    schema = json.load(open(sys.argv[2], encoding="utf-8"))
    checker = jsonschema.validators.validator_for(schema)(schema)
    error = next(checker.iter_errors(json.load(open(path, encoding="utf-8"))), None)
    return error and error.message

def spdx3(path):
    from spdx_python_model import v3_0_1
    things = v3_0_1.SHACLObjectSet()
    with open(path, "rb") as f:
        v3_0_1.JSONLDDeserializer().read(f, things)
    return None if any(things.foreach()) else "nothing in it"

try:
    error = globals()[sys.argv[1]](sys.argv[-1])
except Exception as e:
    error = f"{type(e).__name__}: {e}"
if error:
    print(str(error)[:2000])
"""


def validators():
    """The interpreter with the validators in it, or None."""
    python = os.path.join(PLACE, "bin", "python")
    mark = os.path.join(PLACE, "complete")
    if not os.path.exists(mark):
        try:
            run([sys.executable, "-m", "venv", PLACE])
            run([python, "-m", "pip", "install", "-q", *PACKAGES], timeout=600)
        except Exception as e:  # no network, no venv: nothing of ours
            print(f"# {e}", file=sys.stderr)
            return None
        with open(mark, "w", encoding="utf-8"):
            pass
    return python


def spdx_schema():
    """The JSON schema of SPDX 2.3, or None."""
    path = os.path.join(PLACE, "spdx-schema-v2.3.json")
    if os.path.exists(path):
        return path
    group, name, version = JAR.split(":")
    jar = os.path.expanduser(f"~/.m2/repository/{group.replace('.', '/')}/{name}/{version}/{name}-{version}.jar")
    if not os.path.exists(jar) and have("mvn"):
        subprocess.run(["mvn", "-q", "-B", "dependency:get", f"-Dartifact={JAR}", "-Dtransitive=false"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300, check=False)
    if not os.path.exists(jar):
        return None
    with zipfile.ZipFile(jar) as z, open(path, "wb") as f:
        f.write(z.read("resources/spdx-schema-v2.3.json"))
    return path


def images(names):
    built = image_list()
    for name in names or WANTED:
        forms = built.get(name, {}).get("forms", {})
        target = next((forms[f] for f in ("oci-zstd", "oci-gzip", "docker-archive", "dir") if f in forms), None)
        yield name, target


def judged(target):
    """What must be the same: all but the target, the tool, and checks that need files."""
    report = plimsoll("scan", target, "--format", "json", "--fail-on", "never", "--all-layers",
                      "--quiet", ok=(0, 3, 4))
    same = {key: report[key] for key in ("image", "os", "packages", "diagnostics")}
    for key in ("findings", "suppressed"):
        same[key] = [f for f in report[key] if f["kind"] == "vulnerability"]
    return same


def difference(a, b, where=""):
    """The first place at which they differ, or None."""
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return next(filter(None, (difference(a[k], b[k], f"{where}/{k}") for k in a)), None)
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return next(filter(None, (difference(x, y, f"{where}/{i}") for i, (x, y) in enumerate(zip(a, b)))), None)
    return None if a == b else f"{where}: {json.dumps(a)[:200]} became {json.dumps(b)[:200]}"


def read_back(tally, name, target, place):
    want = judged(target)
    for form, extension in FORMATS.items():
        path = os.path.join(place, f"{name}.{extension}")
        run([PLIMSOLL, "sbom", target, "--all-layers", "--format", form, "--output", path, "--quiet"], ok=(0, 3))
        again = difference(want, judged(f"sbom:{path}"))
        tally.check(f"{name} {form} read back", again is None, again,
                    f"{len(want['packages'])} packages, {len(want['findings'])} findings")
    return len(want["packages"])


def validate(tally, python, name, kind, path, *more):
    p = subprocess.run([python, "-c", VALIDATE, kind, *more, path], stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, text=True, check=False, cwd=PLACE)
    wrong = p.stdout.strip() or (p.stderr.strip()[-500:] if p.returncode else "")
    tally.check(f"{name} is valid: {kind}{os.path.splitext(path)[1]}", not wrong, wrong)


def main():
    tally = Tally()
    need_binary(tally)
    python = validators()
    schema = spdx_schema() if python else None
    with scratch() as place:
        example = os.path.join(place, "example.tar")
        run([sys.executable, os.path.join(TOP, "examples", "build-image.py"), example])
        for name, target in [("example", f"docker-archive:{example}"), *images(sys.argv[1:])]:
            if not target:
                tally.skip(name, "the image was not built")
                continue
            count = read_back(tally, name, target, place)
            if not python:
                tally.skip(f"{name} is valid", "no validators: pip cannot install them here")
                continue
            path = os.path.join(place, name)
            validate(tally, python, name, "cyclonedx", f"{path}.cdx.json")
            validate(tally, python, name, "cyclonedx", f"{path}.cdx.xml")
            if schema:
                validate(tally, python, name, "spdx2_schema", f"{path}.spdx.json", schema)
            else:
                tally.skip(f"{name} by the JSON schema of SPDX", "no jar of tools-java")
            if count < SLOW:
                validate(tally, python, name, "spdx2", f"{path}.spdx.json")
                validate(tally, python, name, "spdx2", f"{path}.spdx")
            validate(tally, python, name, "spdx3", f"{path}.spdx3.json")
    tally.end()


if __name__ == "__main__":
    main()
