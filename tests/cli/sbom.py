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
    """Of each package: name, version, purl, licence, places, number of what it needs."""
    for p in report["packages"]:
        yield (p["name"], p["version"], p["purl"], p.get("license", ""),
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
        licenses = "".join(x.get("expression") or x["license"]["id"] for x in c.get("licenses", []))
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
        licenses = "".join(one(x, "id") or x.text for x in c.find(ns + "licenses") or [])
        places = tuple((one(o, "location"), layer_of(one(o, "additionalContext")))
                       for o in c.iterfind(f"{ns}evidence/{ns}occurrences/{ns}occurrence"))
        yield (full_name(one(c, "group"), one(c, "name"), one(c, "purl")), one(c, "version"),
               one(c, "purl"), licenses, places, needs.get(c.get("bom-ref"), 0))


def spdx_license(expression, texts):
    refs = set(re.findall(r"LicenseRef-[A-Za-z0-9.-]+", expression))
    assert refs <= set(texts), refs
    return "" if expression == "NOASSERTION" else expression


def spdx_package(name, version, purl, expression, texts, notes, needs):
    places = tuple((path, int(layer)) for layer, _, path in
                   (place.partition(" ") for place in notes.get("plimsoll:location", [])))
    return name, version, purl, spdx_license(expression, texts), places, needs


def notes_of(comments):
    notes = {}
    for key, _, value in (comment.partition(": ") for comment in comments):
        notes.setdefault(key, []).append(value)
    return notes


def spdx(text):
    doc = json.loads(text)
    assert doc["spdxVersion"] == "SPDX-2.3"
    texts = {x["licenseId"]: x["extractedText"] for x in doc.get("hasExtractedLicensingInfos", [])}
    needs = [r["spdxElementId"] for r in doc["relationships"] if r["relationshipType"] == "DEPENDS_ON"]
    for p in doc["packages"]:
        if p["primaryPackagePurpose"] in ("CONTAINER", "OPERATING_SYSTEM", "OTHER"):
            continue
        purl = [r["referenceLocator"] for r in p["externalRefs"] if r["referenceType"] == "purl"]
        yield spdx_package(p["name"], p.get("versionInfo", ""), purl[0], p["licenseDeclared"], texts,
                           notes_of(a["comment"] for a in p["annotations"]), needs.count(p["SPDXID"]))


def spdx_tag_value(text):
    packages, texts, needs = [], {}, []
    for tag, value in re.findall(r"^(\w+): (<text>.*?</text>|[^\n]*)$", text, re.M | re.S):
        value = re.sub(r"\A<text>|</text>\Z", "", value)
        if tag == "PackageName":
            packages.append({"notes": []})
        elif tag == "LicenseID":
            ref = value
        elif tag == "ExtractedText":
            texts[ref] = value
        elif tag == "Relationship" and " DEPENDS_ON " in value:
            needs.append(value.split()[0])
        if tag == "AnnotationComment":
            packages[-1]["notes"].append(value)
        elif packages:
            packages[-1].setdefault(tag, value)
    for p in packages:
        if p["PrimaryPackagePurpose"] in ("CONTAINER", "OPERATING-SYSTEM", "OTHER"):
            continue
        yield spdx_package(p["PackageName"], p.get("PackageVersion", ""), p["ExternalRef"].split()[2],
                           p["PackageLicenseDeclared"], texts, notes_of(p["notes"]),
                           needs.count(p["SPDXID"]))


def spdx3(text):
    graph = json.loads(text)["@graph"]
    by_id = {e["spdxId"]: e for e in graph if "spdxId" in e}
    licenses, needs = {}, {}
    for r in graph:
        if r["type"] != "Relationship":
            continue
        assert r["from"] in by_id and all(to in by_id for to in r["to"])
        if r["relationshipType"] == "hasDeclaredLicense":
            licenses[r["from"]] = by_id[r["to"][0]]["simplelicensing_licenseExpression"]
        elif r["relationshipType"] == "dependsOn":
            needs[r["from"]] = len(r["to"])
    for e in graph:
        if e["type"] != "software_Package" or e["software_primaryPurpose"] not in ("library", "application"):
            continue
        notes = {}
        for p in e["extension"][0]["extension_cdxProperty"]:
            notes.setdefault(p["extension_cdxPropName"], []).append(p["extension_cdxPropValue"])
        yield spdx_package(e["name"], e.get("software_packageVersion", ""), e["software_packageUrl"],
                           licenses.get(e["spdxId"], "NOASSERTION"), set(re.findall(
                               r"LicenseRef-[A-Za-z0-9.-]+", " ".join(by_id))), notes,
                           needs.get(e["spdxId"], 0))


READERS = {"cyclonedx": cyclonedx, "cyclonedx-xml": cyclonedx_xml, "spdx": spdx,
           "spdx-tag-value": spdx_tag_value, "spdx3": spdx3}


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
