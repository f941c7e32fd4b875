#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judge a report on standard input by docs/report.schema.json; prints `valid` or what is wrong.

The keywords of JSON Schema 2020-12 that our schema uses, and no others: an unknown one is an error,
so that nothing in the schema goes unheeded. The order of keys is that of the schema, too.
"""
import json
import re
import sys
from pathlib import Path

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs/report.schema.json").read_text())
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
KNOWN = {"$schema", "$id", "title", "description", "$defs", "type", "properties", "required", "enum",
         "additionalProperties", "items", "$ref", "anyOf", "oneOf", "pattern", "minimum", "maximum",
         "minItems", "const"}


def is_type(value, name):
    if name in ("integer", "number"):
        return isinstance(value, int if name == "integer" else (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def faults(value, schema, at):
    if unknown := set(schema) - KNOWN:
        yield f"the schema uses {unknown}"
    if "$ref" in schema:
        target = SCHEMA
        for part in schema["$ref"].lstrip("#/").split("/"):
            target = target[part] if part else target
        yield from faults(value, target, at)
    for key in ("anyOf", "oneOf"):
        if key in schema:
            tries = [list(faults(value, one, at)) for one in schema[key]]
            if all(tries):
                yield from min(tries, key=len)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(is_type(value, kind) for kind in kinds):
        yield f"{at}: {value!r:.60} is not {' or '.join(kinds)}"
        return
    if "enum" in schema and value not in schema["enum"] or "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r:.60} is not allowed"
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: {value!r:.60} does not fit {schema['pattern']}"
    if isinstance(value, (int, float)) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of range"
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"{at}: too few items"
        for index, item in enumerate(value):
            yield from faults(item, schema.get("items", {}), f"{at}[{index}]")
    if isinstance(value, dict):
        yield from object_faults(value, schema, at)


def object_faults(value, schema, at):
    properties, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name in schema.get("required", []):
        if name not in value:
            yield f"{at}: {name} is missing"
    for name, item in value.items():
        if name in properties:
            yield from faults(item, properties[name], f"{at}.{name}")
        elif more is False:
            yield f"{at}: {name} is not in the schema"
        elif isinstance(more, dict):
            yield from faults(item, more, f"{at}.{name}")


def main():
    found = list(faults(json.load(sys.stdin), SCHEMA, "$"))
    print("\n".join(found[:20]) or "valid")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
