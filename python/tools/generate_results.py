"""Writes `minewheel/results/` from the JSON schemas of the native half.

    python python/tools/generate_results.py            writes
    python python/tools/generate_results.py --check    exits 1 if what stands there differs

Every object of a schema becomes a class whose fields carry the types and the words of the schema. An object that an earlier
module has already, equal in all it holds, is imported from there.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import keyword
import sys
import textwrap
from pathlib import Path
from typing import Any

# Schemas of files, and of commands that the package does not ask.
LEFT_OUT = ("disrupt-study", "exchange-", "lca", "suppliers-programme")
FOLDER = Path(__file__).resolve().parent.parent / "minewheel" / "results"
WIDTH = 120
HEAD = '"""Results of `{name}`, generated from its JSON schema by `tools/generate_results.py`."""\n\nfrom __future__ import annotations\n'
# Fields that are said so often that a name without unit helps; the unit is in the doc.
SHORT = {
    "Climate": {
        "production": ("production_kg", "kg CO2e"),
        "use": ("use_kg", "kg CO2e"),
        "end_of_life": ("end_of_life_kg", "kg CO2e"),
        "total": ("total_g_per_km", "g CO2e/km"),
    }
}

Schema = dict[str, Any]


class Module:
    """One module in the making."""

    def __init__(self, name: str, schema: Schema, earlier: dict[tuple[str, str], str]) -> None:
        self.name = name
        self.root = schema
        self.objects: dict[str, Schema] = schema.get("$defs", {})
        self.earlier = earlier
        self.imports: dict[str, set[str]] = {}
        self.is_literal_used = False
        self.is_any_used = False
        self.is_records_used = False
        self.classes: list[str] = []

    def text(self) -> str:
        """The module's text."""
        classes = [self.text_of(name, schema) for name, schema in self.objects.items() if self.is_own(name)]
        if "properties" in self.root:
            classes.append(self.text_of(self.root["title"], self.root))
        lines = [HEAD.format(name=self.name)]
        typing = [word for word, used in (("Any", self.is_any_used), ("Literal", self.is_literal_used)) if used]
        if typing:
            lines.append(f"from typing import {', '.join(typing)}\n")
        records = "Record, Records" if self.is_records_used else "Record"
        lines.append(f"from ..records import {records}")
        lines.extend(f"from .{module} import {', '.join(sorted(names))}" for module, names in sorted(self.imports.items()))
        names = "".join(f'    "{name}",\n' for name in sorted(self.classes))
        return "\n".join(lines) + "\n\n" + "\n\n".join(classes) + f"\n\n__all__ = [\n{names}]\n"

    def is_own(self, name: str) -> bool:
        """Whether an object is a class of this module."""
        if "properties" not in self.objects[name]:
            return False
        return self.earlier.setdefault((name, self.whole(name)), self.name) == self.name

    def whole(self, name: str) -> str:
        """All that an object holds, as text."""
        seen: dict[str, Schema] = {}
        pending = [name]
        while pending:
            at = pending.pop()
            if at not in seen:
                seen[at] = self.objects[at]
                pending.extend(references(seen[at]))
        return json.dumps(seen, sort_keys=True)

    def text_of(self, name: str, schema: Schema) -> str:
        """A class."""
        self.classes.append(name)
        lines = [f"class {name}(Record):", doc(schema.get("description", name))]
        required = schema.get("required", [])
        for field, kind in schema["properties"].items():
            attribute = f"{field}_" if keyword.iskeyword(field) else field
            words = self.kind(kind)
            if field not in required and not words.endswith("| None"):
                words += " | None"
            lines.append(f"\n    {attribute}: {words}")
            if kind_doc := description(kind, self.objects):
                lines.append(doc(kind_doc))
        for short, (field, unit) in SHORT.get(name, {}).items() if "production_kg" in schema["properties"] else ():
            lines.append(f"\n    @property\n    def {short}(self) -> {self.kind(schema['properties'][field])}:")
            lines.append(f'        """`{field}` in short, in {unit}."""\n        return self.{field}')
        return "\n".join(lines) + "\n"

    def kind(self, schema: Schema | bool) -> str:
        """A type in Python's words."""
        if isinstance(schema, bool) or not schema.keys() - {"description"}:
            self.is_any_used = True
            return "Any"
        if "$ref" in schema:
            return self.reference(schema["$ref"].removeprefix("#/$defs/"))
        if words := texts(schema):
            self.is_literal_used = True
            return f"Literal[{', '.join(json.dumps(word) for word in words)}]"
        for several in ("anyOf", "oneOf"):
            if several in schema:
                kinds = dict.fromkeys(self.kind(item) for item in schema[several])
                return " | ".join([k for k in kinds if k != "None"] + (["None"] if "None" in kinds else []))
        named = schema.get("type")
        return " | ".join(self.plain(kind, schema) for kind in (named if isinstance(named, list) else [named]))

    def reference(self, name: str) -> str:
        """A type that the schema names."""
        if name == "#":
            return str(self.root["title"])
        schema = self.objects[name]
        if "properties" not in schema:
            return self.kind(schema)
        owner = self.earlier.setdefault((name, self.whole(name)), self.name)
        if owner != self.name:
            self.imports.setdefault(owner, set()).add(name)
        return name

    def plain(self, kind: str | None, schema: Schema) -> str:
        """A type that JSON has."""
        match kind:
            case "null":
                return "None"
            case "string":
                return "str"
            case "number":
                return "float"
            case "integer":
                return "int"
            case "boolean":
                return "bool"
            case "array" if "prefixItems" in schema:
                inner = dict.fromkeys(self.kind(item) for item in schema["prefixItems"])
                return f"list[{' | '.join(inner)}]"
            case "array":
                inner_kind = self.kind(schema.get("items", True))
                is_record = inner_kind.isidentifier() and inner_kind[0].isupper() and inner_kind != "Any"
                self.is_records_used |= is_record
                return f"Records[{inner_kind}]" if is_record else f"list[{inner_kind}]"
            case "object" if isinstance(schema.get("additionalProperties"), dict):
                return f"dict[str, {self.kind(schema['additionalProperties'])}]"
            case _:
                self.is_any_used = True
                return "dict[str, Any]" if kind == "object" else "Any"


def texts(schema: Schema) -> list[str]:
    """The words that a text may be, if it is one of a few."""
    if "const" in schema:
        return [schema["const"]]
    if "enum" in schema:
        return list(schema["enum"])
    found: list[str] = []
    for item in schema.get("oneOf", []):
        words = texts(item) if isinstance(item, dict) else []
        if not words:
            return []
        found += words
    return found


def references(schema: Any) -> list[str]:
    """The objects that a schema names."""
    if isinstance(schema, dict):
        own = [schema["$ref"].removeprefix("#/$defs/")] if "$ref" in schema else []
        return [name for name in own if name != "#"] + [name for value in schema.values() for name in references(value)]
    if isinstance(schema, list):
        return [name for value in schema for name in references(value)]
    return []


def description(schema: Schema | bool, objects: dict[str, Schema]) -> str:
    """What a field is."""
    return "" if isinstance(schema, bool) else str(schema.get("description", ""))


def doc(text: str) -> str:
    """A docstring within a class."""
    text = text.replace("\\", "\\\\").replace('"""', "'''").strip()
    wrapped = "\n\n".join(textwrap.fill(p, WIDTH - 8, break_on_hyphens=False) for p in text.split("\n\n"))
    return textwrap.indent(f'"""{wrapped}"""', "    ", lambda line: bool(line.strip()))


def schemas() -> list[tuple[str, str]]:
    """Name and schema of every answer, from the native half alone: the package may lack the modules that are to be written."""
    package = importlib.util.find_spec("minewheel")
    if package is None or package.submodule_search_locations is None:
        sys.exit("the package `minewheel` is not installed")
    found = importlib.machinery.PathFinder.find_spec("_native", list(package.submodule_search_locations))
    if found is None or found.loader is None:
        sys.exit("the package `minewheel` has no native half")
    native = importlib.util.module_from_spec(found)
    found.loader.exec_module(native)
    listed: list[tuple[str, str]] = native.schemas()
    return listed


def modules() -> dict[str, str]:
    """The text of every module by file name."""
    earlier: dict[tuple[str, str], str] = {}
    made = {}
    for name, text in schemas():
        if name.startswith(LEFT_OUT):
            continue
        module = name.replace("-", "_")
        made[f"{module}.py"] = Module(module, json.loads(text), earlier).text()
    return made


def main() -> int:
    """Writes the modules, or compares them."""
    made = modules()
    if "--check" in sys.argv:
        stale = [name for name, text in made.items() if not (FOLDER / name).is_file() or (FOLDER / name).read_text("utf-8") != text]
        if stale:
            print(f"{', '.join(stale)}: not what the schemas say; run `python python/tools/generate_results.py`", file=sys.stderr)
        return 1 if stale else 0
    for name, text in made.items():
        (FOLDER / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
