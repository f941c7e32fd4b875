#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare every starter advisory (data/starter/*.json) with a mirror of the OSV export.

usage: tools/check-starter.py [--feed DIR] [--quiet] [RECORD…]

The feed is looked for in --feed, $PLIMSOLL_SHARED/osv-feed and ../shared/osv-feed beside the
checkout. Without one only the form of the records is checked, and "skipped" is said.

For each record the facts are compared: the ranges of every affected package, severity vectors
and words, aliases, upstream ids, known exploitation. A record of the feed is taken for the same
flaw when it has the same id or names the same CVE. Each difference, and each fact that the feed
does not know, has to stand in data/starter/DIFFERENCES.tsv (record, what, why); rows there that
explain nothing are errors too.

Exit status: 0 all facts agree or are explained; 1 not so; 2 wrong usage.
"""
import argparse
import json
import os
import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STARTER = ROOT / "data" / "starter"
ECO_DIRS = {"stdlib": "Go"}
WORDS = {"MODERATE": "MEDIUM", "IMPORTANT": "HIGH"}


def find_feed(given):
    shared = os.environ.get("PLIMSOLL_SHARED")
    places = [given] if given else [
        shared and os.path.join(shared, "osv-feed"), ROOT.parent / "shared" / "osv-feed"]
    for place in places:
        if place and any(Path(place).glob("*/all.zip")):
            return Path(place)
    return None


def load_feed(feed, ecosystems):
    """All records of the ecosystems named, by every id under which the flaw is known."""
    by_id = {}
    for eco in sorted(ecosystems):
        path = feed / eco / "all.zip"
        if not path.exists():
            continue
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                record = json.loads(archive.read(name))
                if record.get("withdrawn"):
                    continue
                for known in names_of(record):
                    by_id.setdefault(known, {})[record["id"]] = record
    return by_id


def names_of(record):
    names = {record["id"]}
    for key in ("aliases", "upstream", "related"):
        names.update(record.get(key, []))
    match = re.fullmatch(r"[A-Z]+-(CVE-\d+-\d+)", record["id"])
    if match:
        names.add(match[1])
    return names


def load_kev(feed):
    path = feed / "kev" / "known_exploited_vulnerabilities.json"
    if not path.exists():
        return {}
    entries = json.loads(path.read_text(encoding="utf-8"))["vulnerabilities"]
    return {entry["cveID"]: entry["dateAdded"] for entry in entries}


def base(ecosystem):
    return ecosystem.split(":", 1)[0]


def package_key(affected):
    package = affected["package"]
    name = package["name"]
    if package["ecosystem"] == "PyPI":
        name = re.sub(r"[-_.]+", "-", name).lower()
    return package["ecosystem"], name


def intervals(record):
    """{(ecosystem, name): set of (introduced, how it ends, where)}; commits are left out."""
    found = {}
    for affected in record.get("affected", []):
        spans = found.setdefault(package_key(affected), set())
        for rng in affected.get("ranges", []):
            if rng["type"] == "GIT":
                continue
            start = None
            for event in rng["events"]:
                (kind, value), = event.items()
                if kind == "introduced":
                    if start is not None:
                        spans.add((start, "open", ""))
                    start = value
                else:
                    spans.add((start, kind, value))
                    start = None
            if start is not None:
                spans.add((start, "open", ""))
    return found


def show(spans):
    signs = {"fixed": "<", "last_affected": "<=", "limit": "<", "open": ""}
    return ", ".join(f">={a} {signs[k]}{b}".strip() for a, k, b in sorted(spans))


def vectors(record):
    return {s["score"] for s in record.get("severity", []) if s["type"].startswith("CVSS_V")}


def word(record):
    value = (record.get("database_specific") or {}).get("severity")
    return WORDS.get(value.upper(), value.upper()) if isinstance(value, str) else None


def check_form(path, record):
    """Faults that need no feed to be seen."""
    if path.name != record["id"].replace(":", "_") + ".json":
        yield "the file is not named after the id"
    for key in ("schema_version", "id", "modified", "summary", "details", "affected"):
        if not record.get(key):
            yield f"{key} is missing"
    if not vectors(record) or not word(record):
        yield "no severity"
    for affected in record["affected"]:
        for rng in affected["ranges"]:
            if not any("introduced" in event for event in rng["events"]):
                yield f"a range of {affected['package']['name']} has no beginning"
            if any(len(event) != 1 for event in rng["events"]):
                yield f"an event of {affected['package']['name']} has not one key"
    exploited = record["database_specific"].get("known_exploited", False)
    if exploited != ("kev_date_added" in record["database_specific"]):
        yield "known_exploited and kev_date_added do not go together"


def compare_ranges(record, others):
    theirs = {}
    for other in others:
        for key, spans in intervals(other).items():
            theirs.setdefault(key, []).append((other["id"], spans))
    for key, spans in sorted(intervals(record).items()):
        what = f"{key[0]} {key[1]}"
        known = theirs.get(key)
        own = [k for k in known or [] if k[0] == record["id"]]
        if not known:
            yield "absent", what, show(spans)
        elif any(spans == k[1] for k in own or known):
            yield "agrees", what, show(spans)
        else:
            yield "differs", what, f"ours {show(spans)}; " + "; ".join(
                f"{i} {show(s)}" for i, s in own or known)


def compare_severity(record, others):
    theirs = set().union(*(vectors(o) for o in others)) if others else set()
    for vector in sorted(vectors(record)):
        if vector in theirs:
            yield "agrees", "vector", vector
        elif theirs:
            yield "differs", "vector", f"ours {vector}; {', '.join(sorted(theirs))}"
        else:
            yield "absent", "vector", vector
    names = {record["id"], *record.get("aliases", [])}
    same = [o for o in others if o["id"] == record["id"]] or [
        o for o in others if names & {o["id"], *o.get("aliases", [])}]
    words = {word(o) for o in same} - {None}
    if words:
        agreed = word(record) in words
        yield ("agrees" if agreed else "differs", "severity",
               word(record) if agreed else f"ours {word(record)}; {', '.join(sorted(words))}")


def compare_links(record, others):
    known = set().union(*(names_of(o) for o in others)) if others else set()
    for key in ("aliases", "upstream", "related"):
        for link in record.get(key, []):
            yield "agrees" if link in known else "absent", f"{key} {link}", ""


def compare_kev(record, kev):
    names = names_of(record)
    if not record["id"].startswith(("ALSA", "RHSA", "RLSA")):
        names -= set(record.get("related", []))
    dates = sorted(kev[n] for n in names if n in kev)
    ours = record["database_specific"].get("kev_date_added")
    if dates and ours == dates[0]:
        yield "agrees", "kev", ours
    elif ours and not dates:
        yield "absent", "kev", ours
    elif dates:
        yield "differs", "kev", f"ours {ours}; {dates[0]}"


def read_differences():
    rows = {}
    path = STARTER / "DIFFERENCES.tsv"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 3:
            sys.exit(f"{path}:{number}: not three fields")
        rows[fields[0], fields[1]] = fields[2]
    return rows


def candidates(record, by_id):
    found = {}
    ecosystems = {base(a["package"]["ecosystem"]) for a in record["affected"]}
    for name in names_of(record) if "related" not in record else {record["id"]}:
        for identity, other in by_id.get(name, {}).items():
            if any(base(a["package"]["ecosystem"]) in ecosystems for a in other["affected"]):
                found[identity] = other
    return [found[k] for k in sorted(found)]


def severity_sources(record, by_id, others):
    """A distribution's record may take the vector of any record about the same CVE."""
    found = {o["id"]: o for o in others}
    for name in names_of(record):
        if name.startswith("CVE-"):
            found.update(by_id.get(name, {}))
    return [found[k] for k in sorted(found)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feed")
    parser.add_argument("--quiet", action="store_true", help="only what is not explained")
    parser.add_argument("record", nargs="*")
    args = parser.parse_args()

    records = [(p, json.loads(p.read_text(encoding="utf-8")))
               for p in sorted(STARTER.glob("*.json"))]
    count = {"agrees": 0, "explained": 0, "differs": 0, "absent": 0, "form": 0}
    for path, record in records:
        for fault in check_form(path, record):
            print(f"{record['id']}: {fault}")
            count["form"] += 1
    feed = find_feed(args.feed)
    if not feed:
        print("SKIP starter facts: no advisory feed here, only the form was checked")
        print(f"{len(records) - count['form']} passed, {count['form']} failed, 1 skipped")
        return 1 if count["form"] else 0

    by_id = load_feed(feed, {d.name for d in feed.iterdir() if (d / "all.zip").exists()})
    kev = load_kev(feed)
    differences = read_differences()
    unused = set(differences)
    for path, record in records:
        others = candidates(record, by_id)
        sources = severity_sources(record, by_id, others)
        lines = []
        for verdict, what, text in (*compare_ranges(record, others),
                                    *compare_severity(record, sources),
                                    *compare_links(record, others),
                                    *compare_kev(record, kev)):
            key = record["id"], what
            if verdict != "agrees" and key in differences:
                unused.discard(key)
                lines.append(("explained", what, f"{text} ({differences[key]})"))
            else:
                lines.append((verdict, what, text))
            count[lines[-1][0]] += 1
        if args.record and record["id"] not in args.record:
            continue
        for verdict, what, text in lines:
            if args.quiet and verdict in ("agrees", "explained"):
                continue
            label = {"absent": "not in the feed"}.get(verdict, verdict)
            print(f"{record['id']}\t{label}\t{what}\t{text}")
    for record, what in sorted(unused):
        print(f"DIFFERENCES.tsv: nothing to explain: {record}\t{what}")
    print(f"{len(records)} records: {count['agrees']} facts agree, {count['explained']} explained, "
          f"{count['differs']} differ, {count['absent']} not in the feed, "
          f"{len(unused)} rows explain nothing, {count['form']} faults of form")
    bad = count["differs"] + count["absent"] + count["form"] + len(unused)
    print(f"{count['agrees'] + count['explained']} passed, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
