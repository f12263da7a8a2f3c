"""`datapackage.json`: what a release holds, for programs that know Data Package 2.0 and nothing of this project.

Belongs here: the database and every Parquet file with size and hash, the columns of each table with type, meaning,
allowed words and keys, the sources of the facts, the licence. Does not belong here: where any of that is decided (the
comments of the database, dbt's tests, `pyproject.toml`).
"""

import hashlib
import json
import re
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.release.keys import Key, keys
from dagster_project.settings import PUBLIC_SCHEMAS

DESCRIPTOR = "datapackage.json"
STANDARD = "https://datapackage.org/profiles/2.0/"
PROJECT = "trade-deal-warehouse"
RIGHTS = "The texts cited belong to their publishers; figures come with their source."
# how the standard calls what DuckDB does; a type that is not here has no place in a public table
TYPES = {
    "VARCHAR": "string",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "BOOLEAN": "boolean",
    "TINYINT": "integer",
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "HUGEINT": "integer",
    "DOUBLE": "number",
    "DECIMAL": "number",
    "VARCHAR[]": "array",
}
# how a description ends where the words are all that the column may say, some with what they mean in brackets
WORDS, MEANING = re.compile(r"One of: (.+)\.$", re.DOTALL), re.compile(r"\s*\([^)]*\)")


def describe(connection: duckdb.DuckDBPyConnection, build: Path, models: Path) -> str:
    """The text of `datapackage.json` for the exported build in the folder `build`, whose database `connection` reads.

    `models` is dbt's manifest. Raises `KeyError` for a column of a type that the standard does not know.
    """
    ((build_id, built_at),) = connection.execute("select build_id, built_at from meta.build").fetchall()
    project = metadata(PROJECT)
    tables = connection.execute(
        """
        select schema_name, table_name, coalesce(comment, '') from duckdb_tables()
        where schema_name in (select unnest(?)) order by all
        """,
        [list(PUBLIC_SCHEMAS)],
    ).fetchall()
    nodes = json.loads(models.read_text(encoding="utf-8")).get("nodes", {}).values()
    proved = list(keys(nodes))
    described = {
        "$schema": f"{STANDARD}datapackage.json",
        "name": project["Name"],
        "title": "Trade-deal warehouse",
        "description": f"{project['Summary']} {RIGHTS}",
        "version": build_id,
        "created": f"{built_at.isoformat()}Z",
        "licenses": [{"name": project["License-Expression"], "title": f"{project['License-Expression']} licence"}],
        "sources": list(_sources(connection)),
        "resources": [
            {"name": "warehouse", "format": "duckdb"} | _file(build, "warehouse.duckdb"),
            *(_resource(connection, build, schema, name, says, proved) for schema, name, says in tables),
        ],
    }
    # the standard has no empty lists
    return json.dumps({name: value for name, value in described.items() if value}, indent=2, ensure_ascii=False) + "\n"


def _sources(connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, str]]:
    """The documents that the facts are from. `publisher` and `licence` are ours: the standard has no word for them."""
    if not connection.execute("select 1 from duckdb_tables() where table_name = 'dim_sources'").fetchall():
        return
    columns = ("title", "path", "publisher", "licence")
    for row in connection.execute(
        "select title, url, publisher, licence from marts.dim_sources order by source_id"
    ).fetchall():
        yield {name: value for name, value in zip(columns, row, strict=True) if value}


def _file(build: Path, path: str) -> dict[str, Any]:
    with (build / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"path": path, "bytes": (build / path).stat().st_size, "hash": f"sha256:{digest}"}


def _resource(
    connection: duckdb.DuckDBPyConnection, build: Path, schema: str, name: str, says: str, proved: list[Key]
) -> dict[str, Any]:
    return {
        "name": f"{schema}.{name}",
        "type": "table",
        "description": says,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        **_file(build, f"parquet/{schema}.{name}.parquet"),
        "schema": _schema(connection, (schema, name), [key for key in proved if key.table == (schema, name)]),
    }


def _schema(connection: duckdb.DuckDBPyConnection, table: tuple[str, str], proved: list[Key]) -> dict[str, Any]:
    columns = connection.execute(
        """
        select column_name, data_type, coalesce(comment, ''), is_nullable from duckdb_columns()
        where schema_name = ? and table_name = ? order by column_index
        """,
        table,
    ).fetchall()
    required = {name for name, _, _, is_nullable in columns if not is_nullable}
    unique = [key.columns for key in proved if key.refers_to is None]
    primary = next((key for key in unique if required.issuperset(key)), None)
    others = [list(key) for key in unique if key != primary]
    foreign = [
        {
            "fields": list(key.columns),
            "reference": {"resource": ".".join(key.refers_to[0]), "fields": [key.refers_to[1]]},
        }
        for key in proved
        if key.refers_to
    ]
    return (
        {"$schema": f"{STANDARD}tableschema.json", "fields": [_field(*column) for column in columns]}
        | ({"primaryKey": list(primary)} if primary else {})
        | ({"uniqueKeys": others} if others else {})
        | ({"foreignKeys": foreign} if foreign else {})
    )


def _field(name: str, kind: str, says: str, is_nullable: bool) -> dict[str, Any]:
    words = WORDS.search(says)
    constraints = ({} if is_nullable else {"required": True}) | (
        {"enum": re.split(r",\s+", MEANING.sub("", words[1]))} if words else {}
    )
    # whole dollars are decimals without places
    known = "integer" if re.fullmatch(r"DECIMAL\(\d+,0\)", kind) else TYPES[kind.partition("(")[0]]
    described = {"name": name, "type": known, "description": says}
    return described | ({"constraints": constraints} if constraints else {})
