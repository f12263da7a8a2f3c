"""What the copy consists of: schemas, tables with keys and comments, functions, each with the SQL that makes it.

Columns and comments come from the release itself, keys from the tests that dbt proved on it (`release/keys.py`).
Does not belong here: talking to a server.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlglot import exp

from dagster_project.readers.postgres.functions import Columns, Function, read_functions
from dagster_project.release.keys import Key, keys

PUBLISHED_SCHEMAS = ("marts", "metrics", "meta")
FUNCTION_SCHEMA = "metrics"


@dataclass(frozen=True)
class Object:
    """One object of the copy: `kind` and `name` as `drop` takes them, and the statements that make it."""

    kind: str
    name: str
    ddl: str


@dataclass(frozen=True)
class Structure:
    """The objects of a copy in the order in which they can be made."""

    schemas: list[str]
    tables: list[Object]
    objects: list[Object]


def read_structure(connection: duckdb.DuckDBPyConnection, manifest: Path) -> Structure:
    """The structure of the release that `connection` has open; `manifest` is dbt's of its models."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    columns = _columns(connection)
    functions = list(read_functions(connection, columns, FUNCTION_SCHEMA))
    needed = {table for function in functions for table in function.tables}
    names = [name for name in columns if name[0] in PUBLISHED_SCHEMAS or name in needed]
    proved = [key for key in keys(nodes.values()) if key.table in names]
    tables = [Object("table", dotted(name), _table(connection, name, proved)) for name in names]
    foreign = [key for key in proved if key.refers_to]
    return Structure(
        sorted({schema for schema, _ in names}),
        tables,
        [
            *tables,
            *(Object("constraint", dotted(key.table), _foreign_key(key)) for key in foreign),
            *(_function(function) for function in functions),
        ],
    )


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def dotted(name: tuple[str, str]) -> str:
    return ".".join(map(quoted, name))


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def postgres_type(duckdb_type: str) -> str:
    return exp.DataType.build(duckdb_type, dialect="duckdb").sql(dialect="postgres").lower()


def _collation(duckdb_type: str) -> str:
    """Text is ordered by its bytes, as in DuckDB, whatever the server's locale: ties in the functions hang on it."""
    return ' collate "C"' if postgres_type(duckdb_type) in ("text", "varchar") else ""


def _columns(connection: duckdb.DuckDBPyConnection) -> Columns:
    """Names of the columns of every table, in their order."""
    found: Columns = {}
    for schema, table, column in connection.execute(
        """
        select schema_name, table_name, column_name from duckdb_columns()
        where not internal and table_name in (select table_name from duckdb_tables())
        order by schema_name, table_name, column_index
        """
    ).fetchall():
        found.setdefault((schema, table), []).append(column)
    return found


def _table(connection: duckdb.DuckDBPyConnection, name: tuple[str, str], proved: list[Key]) -> str:
    described = connection.execute(
        """
        select column_name, data_type, is_nullable, comment from duckdb_columns()
        where schema_name = ? and table_name = ? order by column_index
        """,
        name,
    ).fetchall()
    required = {column for column, _, is_nullable, _ in described if not is_nullable}
    lines = [
        f"{quoted(column)} {postgres_type(kind)}{_collation(kind)}{'' if is_nullable else ' not null'}"
        for column, kind, is_nullable, _ in described
    ]
    has_primary = False
    for key in proved:
        if key.table == name and key.refers_to is None:
            is_primary = not has_primary and required.issuperset(key.columns)
            has_primary |= is_primary
            rule = "primary key" if is_primary else "unique nulls not distinct"
            lines.append(f"{rule} ({', '.join(map(quoted, key.columns))})")
    ((comment,),) = connection.execute(
        "select comment from duckdb_tables() where schema_name = ? and table_name = ?", name
    ).fetchall()
    comments = [(f"table {dotted(name)}", comment)]
    comments += [(f"column {dotted(name)}.{quoted(column)}", text) for column, _, _, text in described]
    statements = [f"create table {dotted(name)} (\n    " + ",\n    ".join(lines) + "\n)"]
    statements += [f"comment on {thing} is {literal(text)}" for thing, text in comments if text]
    # a deleted row of the referred table is looked up in this one
    for key in proved:
        if key.table == name and key.refers_to:
            statements.append(f"create index on {dotted(name)} ({', '.join(map(quoted, key.columns))})")
    return ";\n".join(statements)


def _foreign_key(key: Key) -> str:
    """Checked when the transaction ends: until then tables are emptied and filled in any order."""
    assert key.refers_to is not None
    table, column = key.refers_to
    return (
        f"alter table {dotted(key.table)} add foreign key ({', '.join(map(quoted, key.columns))})"
        f" references {dotted(table)} ({quoted(column)}) deferrable initially deferred"
    )


def _function(function: Function) -> Object:
    parameters = ", ".join(f"{quoted(parameter)} date" for parameter in function.parameters)
    answer = ", ".join(f"{quoted(column)} {postgres_type(kind)}" for column, kind in function.answer)
    casts = ", ".join(
        f"cast(answer.{quoted(column)} as {postgres_type(kind)}) as {quoted(column)}"
        for column, kind in function.answer
    )
    # an argument has a type for who looks the function up, and a name too for who makes it
    qualified = dotted((FUNCTION_SCHEMA, function.name))
    name = f"{qualified}({', '.join(['date'] * len(function.parameters))})"
    # the planner takes the steps of a query for tiny and nests loops over them: minutes in place of four seconds
    ddl = (
        f"create function {qualified}({parameters}) returns table ({answer})"
        f" language sql stable set enable_nestloop = off set search_path = pg_catalog, pg_temp as $body$\n"
        f"select {casts}\nfrom (\n{function.body}\n) as answer\n$body$"
    )
    ddl += f";\ncomment on function {name} is {literal(function.description)}"
    return Object("function", name, ddl)
