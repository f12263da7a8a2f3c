"""`warehouse sql`: one query against the current release, read-only."""

import sys
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from dagster_project.commands.console import DONE, WRONG_USAGE, load_settings, stop
from dagster_project.commands.reading import open_release
from dagster_project.commands.tables import (
    Format,
    opened,
    show,
    table,
    write_csv,
    write_json,
    write_markdown,
    write_parquet,
)

EXAMPLE = 'warehouse sql "from metrics.metric_deal_scorecards"'
NO_ROWS = "The statement is done and gives no rows."
# a table has to be held as a whole to know its widths; the other formats print rows as they come
TABLE_ROWS = 10_000
BATCH = 10_000


def sql(
    query: Annotated[str, typer.Argument(help="The query; `-` or nothing reads it from stdin.")] = "-",
    format: Annotated[Format, typer.Option("--format", "-f", help="How to print the rows.")] = Format.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file in place of the screen.")] = None,
) -> None:
    """Run one query on the current release, which is all that it can read: no other file, no network.

    In CSV, text that a spreadsheet would run as a formula gets an apostrophe before it; JSON holds it unchanged, and
    null for what is no number (NaN, infinity).
    """
    settings = load_settings()
    if query == "-":
        query = _from_stdin()
    if format is Format.parquet and output is None and sys.stdout.isatty():
        stop("Parquet is not for a screen: give --output FILE.", WRONG_USAGE)
    with open_release(settings) as connection:
        statement = _one_statement(connection, query)
        # opened after the query has been understood: one that is refused leaves the file as it was
        if format is Format.parquet:
            # the text: of some kinds of statement DuckDB knows no type, and fails
            found = connection.sql(statement.query)
            if found is None:
                stop(NO_ROWS, DONE)
            with opened(output, format) as file:
                write_parquet(file, found.to_arrow_reader(BATCH))
            return
        cursor = connection.execute(statement)
        columns, rows = [column[0] for column in cursor.description or []], _rows(cursor)
        if not columns:
            stop(NO_ROWS, DONE)
        with opened(output, format) as file:
            if format is Format.csv:
                write_csv(file, columns, rows)
            elif format is Format.json:
                write_json(file, columns, rows)
            elif format is Format.md:
                write_markdown(file, columns, rows)
            elif output is None:
                show(_table(columns, rows))
            else:
                file.write(_table(columns, rows))


def _from_stdin() -> str:
    if sys.stdin.isatty():
        stop(f"Give a query: {EXAMPLE}.", WRONG_USAGE)
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        stop(f"The query on stdin is not UTF-8: byte {error.start + 1} cannot be read.", WRONG_USAGE)


def _one_statement(connection: duckdb.DuckDBPyConnection, query: str) -> duckdb.Statement:
    """The query, if it is one. Raises `duckdb.Error` where it cannot be parsed."""
    try:
        query.encode("utf-8")
    except UnicodeEncodeError:
        stop("The query is not UTF-8.", WRONG_USAGE)
    statements = connection.extract_statements(query)
    if not statements:
        stop(f"There is no statement in the query. For instance: {EXAMPLE}.", WRONG_USAGE)
    if len(statements) > 1:
        stop(f"{len(statements)} statements are in the query; give one at a time.", WRONG_USAGE)
    return statements[0]


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    return chain.from_iterable(iter(lambda: cursor.fetchmany(BATCH), []))


def _table(columns: list[str], rows: Iterator[tuple]) -> str:
    found = list(islice(rows, TABLE_ROWS))
    more = next(rows, None) is not None
    count = f"{len(found):,} row{'' if len(found) == 1 else 's'}"
    note = f"The first {count}; --format csv or --format parquet has all." if more else count
    return f"{table(columns, found)}{note}\n"
