"""What identifies a row of a table, and what a column refers to: read from dbt's manifest of the models.

The declaration is the test that proves it, in the model's .yml: `unique` of a column or `unique_key` of several is the
table's grain, `relationships` a reference. Of a table of `raw`, which the door proved, the manifest carries what its
schema says (`meta: grain`). Does not belong here: what is made of keys (`differences.py`, the copy in PostgreSQL).
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dagster_project.settings import MODELS

KEY_TESTS = ("unique", "unique_key", "relationships")

Table = tuple[str, str]


@dataclass(frozen=True)
class Key:
    """Columns of which no two rows share the values; a reference where it says which table and column it refers to."""

    table: Table
    columns: tuple[str, ...]
    refers_to: tuple[Table, str] | None = None


def keys(nodes: Iterable[dict]) -> Iterator[Key]:
    """The keys and references of dbt's models, in the order of their tests. A test of some rows only proves none."""
    nodes = list(nodes)
    models = {node["unique_id"]: (node["schema"], node["name"]) for node in nodes if node["resource_type"] == "model"}
    by_name = {name: (schema, name) for schema, name in models.values()}
    for node in nodes:
        test = node.get("test_metadata") or {}
        table = models.get(node.get("attached_node") or "")
        if table is None or node["config"].get("where") or test.get("name") not in KEY_TESTS:
            continue
        arguments = test["kwargs"]
        columns = tuple(arguments.get("columns") or [node["column_name"]])
        if test["name"] != "relationships":
            yield Key(table, columns)
        elif referred := re.fullmatch(r"ref\('(\w+)'\)", arguments["to"]):
            yield Key(table, columns, (by_name[referred.group(1)], arguments["field"]))


def grains(manifest: Path) -> dict[Table, tuple[str, ...]]:
    """What identifies a row, by schema and table, of the models and raw tables in a manifest; empty without one."""
    if not manifest.exists():
        return {}
    parsed = json.loads(manifest.read_text(encoding="utf-8"))
    found = {
        (source["schema"], source["name"]): tuple(source["config"]["meta"]["grain"])
        for source in parsed.get("sources", {}).values()
        if "grain" in source["config"].get("meta", {})
    }
    for key in keys(parsed.get("nodes", {}).values()):
        if key.refers_to is None:
            found.setdefault(key.table, key.columns)
    return found


def grains_beside(*databases: Path, parsed: Path | None = None) -> dict[Table, tuple[str, ...]]:
    """The grains of several databases of releases, where two differ the last one's.

    A file that was taken out of its release has none beside it: `parsed`, a manifest of the project, speaks for it.
    """
    found = grains(parsed) if parsed else {}
    for database in databases:
        found |= grains(database.resolve().parent / MODELS)
    return found
