"""What identifies the rows of each table and what they refer to, from the tests that dbt proved on them.

Belongs here: `unique` and `unique_key` as keys, `relationships` as foreign keys, read from dbt's manifest. Does not
belong here: how a reader declares them (PostgreSQL's DDL, the data package's schema).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

KEY_TESTS = ("unique", "unique_key", "relationships")
Table = tuple[str, str]


@dataclass(frozen=True)
class Key:
    """A set of columns without duplicates; a foreign key where it says what it refers to."""

    table: Table
    columns: tuple[str, ...]
    refers_to: tuple[Table, str] | None = None


def read_keys(models: Mapping[str, Any], tables: Collection[Table]) -> Iterator[Key]:
    """The keys of these tables, in the order of the tests in dbt's manifest `models`."""
    nodes = models.get("nodes", {}).values()
    names = {node["unique_id"]: (node["schema"], node["name"]) for node in nodes if node["resource_type"] == "model"}
    by_name = {name: (schema, name) for schema, name in names.values()}
    for node in nodes:
        test = node.get("test_metadata") or {}
        table = names.get(node.get("attached_node") or "")
        # a test of some rows only proves no key
        if table is None or table not in tables or node["config"].get("where") or test.get("name") not in KEY_TESTS:
            continue
        arguments = test["kwargs"]
        columns = tuple(arguments.get("columns") or [node["column_name"]])
        if test["name"] != "relationships":
            yield Key(table, columns)
        elif referred := re.fullmatch(r"ref\('(\w+)'\)", arguments["to"]):
            yield Key(table, columns, (by_name[referred.group(1)], arguments["field"]))
