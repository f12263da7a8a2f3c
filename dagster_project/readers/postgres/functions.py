"""The table macros of a release as SQL functions of PostgreSQL: the same text, in the other dialect.

The text is the macro's as DuckDB keeps it in the published file, so that there is one definition. sqlglot writes it in
the other dialect; what it leaves alone is done here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter

import duckdb
import sqlglot
from sqlglot import exp

Columns = dict[tuple[str, str], list[str]]


@dataclass(frozen=True)
class Function:
    """A macro in PostgreSQL's words: `answer` names its columns with DuckDB's types, `tables` what it reads."""

    name: str
    description: str
    parameters: list[str]
    answer: list[tuple[str, str]]
    body: str
    tables: set[tuple[str, str]]


def read_functions(connection: duckdb.DuckDBPyConnection, columns: Columns, schema: str) -> Iterator[Function]:
    """Every table macro of the open release, each after those that it calls; calls name `schema`."""
    macros = {
        name: (description, parameters, sqlglot.parse_one(definition, dialect="duckdb"))
        for name, description, parameters, definition in connection.execute(
            """
            select function_name, comment, parameters, macro_definition from duckdb_functions()
            where function_type = 'table_macro' and not internal
            order by function_name
            """
        ).fetchall()
    }
    # sorted, because two processes go through a set in orders of their own, and another order is another structure
    calls = {
        name: sorted({call.name for call in tree.find_all(exp.Anonymous) if call.name in macros})
        for name, (_, _, tree) in macros.items()
    }
    for name in TopologicalSorter(calls).static_order():
        description, parameters, tree = macros[name]
        arguments = ", ".join(["current_date"] * len(parameters))
        described = connection.execute(f'describe select * from main."{name}"({arguments})').fetchall()
        tables = {(table.db, table.name) for table in tree.find_all(exp.Table) if (table.db, table.name) in columns}
        body = _translate(tree, columns, set(macros), schema)
        yield Function(name, description, parameters, [(column, kind) for column, kind, *_ in described], body, tables)


def _translate(tree: exp.Expr, columns: Columns, macros: set[str], schema: str) -> str:
    tree = tree.copy()
    for select in list(tree.find_all(exp.Select)):
        _spell_out_replace(select, columns)
    for cast in list(tree.find_all(exp.Cast)):
        if _is_number_as_text(cast):
            cast.replace(_with_a_decimal(cast))
    for call in list(tree.find_all(exp.Anonymous)):
        if call.name == "count_star":
            call.replace(exp.Count(this=exp.Star()))
    for unnested in list(tree.find_all(exp.Explode, exp.Unnest)):
        if isinstance(series := unnested.find(exp.GenerateSeries), exp.GenerateSeries):
            # a list in DuckDB, rows already in PostgreSQL
            unnested.replace(series)
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Anonymous) and table.this.name in macros:
            table.set("db", exp.to_identifier(schema))
    return tree.sql(dialect="postgres", pretty=True)


def _spell_out_replace(select: exp.Select, columns: Columns) -> None:
    """`t.* replace (x as a)` has no counterpart: name every column of t."""
    for item in list(select.expressions):
        star = item.this if isinstance(item, exp.Column) else item
        if not isinstance(star, exp.Star) or not star.args.get("replace"):
            continue
        table = select.args["from_"].this
        replaced = {alias.alias: alias for alias in star.args["replace"]}
        named = [
            replaced.get(column, exp.column(column, table=table.alias_or_name))
            for column in columns[table.db, table.name]
        ]
        at = select.expressions.index(item)
        select.set("expressions", [*select.expressions[:at], *named, *select.expressions[at + 1 :]])


def _is_number_as_text(cast: exp.Cast) -> bool:
    return cast.is_type(*exp.DataType.TEXT_TYPES) and isinstance(cast.this, exp.Cast) and cast.this.is_type("double")


def _with_a_decimal(cast: exp.Cast) -> exp.Expr:
    """Fifteen as text is 15.0 to DuckDB and 15 to PostgreSQL."""
    return exp.func("regexp_replace", cast.copy(), exp.Literal.string(r"^(-?\d+)$"), exp.Literal.string(r"\1.0"))
