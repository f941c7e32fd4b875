#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does a document say of the packages what the report says? Read here by the formats' own rules,
without plimsoll: sbom.py FORMAT DOCUMENT REPORT. Prints "the same N packages", or what differs.
"""
import json
import re
import sys
import xml.etree.ElementTree as xml


def wanted(report):
    """Of each package: name, version, purl, licences, places, number of what it needs."""
    for p in report["packages"]:
        yield (p["name"], p["version"], p["purl"], tuple(p["licenses"]),
               tuple((place["path"], place["layer"]) for place in p["locations"]),
               len(p.get("depends", [])))


def layer_of(context):
    found = re.fullmatch(r"layer (\d+)", context or "")
    return int(found.group(1)) if found else None


def full_name(group, name, purl):
    if not group:
        return name
    return group + (":" if purl.startswith("pkg:maven/") else "/") + name


def cyclonedx(text):
    doc = json.loads(text)
    assert doc["bomFormat"] == "CycloneDX" and doc["specVersion"] == "1.6"
    needs = {d["ref"]: len(d["dependsOn"]) for d in doc["dependencies"]}
    for c in doc["components"]:
        if c["type"] == "operating-system":
            continue
        licenses = tuple(x.get("expression") or x["license"].get("id") or x["license"]["name"]
                         for x in c.get("licenses", []))
        places = tuple((o["location"], layer_of(o.get("additionalContext")))
                       for o in c["evidence"].get("occurrences", []))
        yield (full_name(c.get("group"), c["name"], c.get("purl", "")), c.get("version", ""),
               c.get("purl", ""), licenses, places, needs.get(c["bom-ref"], 0))


def cyclonedx_xml(text):
    ns = "{http://cyclonedx.org/schema/bom/1.6}"
    doc = xml.fromstring(text)

    def one(element, name):
        return element.findtext(ns + name) or ""

    needs = {d.get("ref"): len(d) for d in doc.find(ns + "dependencies")}
    for c in doc.find(ns + "components"):
        if c.get("type") == "operating-system":
            continue
        licenses = tuple(x.text if x.tag == ns + "expression" else one(x, "id") or one(x, "name")
                         for x in c.find(ns + "licenses") or [])
        places = tuple((one(o, "location"), layer_of(one(o, "additionalContext")))
                       for o in c.iterfind(f"{ns}evidence/{ns}occurrences/{ns}occurrence"))
        yield (full_name(one(c, "group"), one(c, "name"), one(c, "purl")), one(c, "version"),
               one(c, "purl"), licenses, places, needs.get(c.get("bom-ref"), 0))


READERS = {"cyclonedx": cyclonedx, "cyclonedx-xml": cyclonedx_xml}


def main():
    form, document, report = sys.argv[1:]
    with open(document, encoding="utf-8") as f:
        found = sorted(READERS[form](f.read()))
    with open(report, encoding="utf-8") as f:
        want = sorted(wanted(json.load(f)))
    if found == want:
        print(f"the same {len(want)} packages")
        return
    for row in want:
        if row not in found:
            print("missing", row)
    for row in found:
        if row not in want:
            print("invented", row)


if __name__ == "__main__":
    main()
