"""`warehouse sql`: one query against the current release, read-only."""

import csv
import sys
from typing import Annotated

import duckdb
import typer

from dagster_project.commands.console import WRONG_USAGE, load_settings, print_json, require_release, stop
from dagster_project.commands.tables import Format, plain_value, print_table
from dagster_project.safe_export import csv_row


def sql(
    query: Annotated[str, typer.Argument(help="The query; `-` or nothing reads it from stdin.")] = "-",
    format: Annotated[Format, typer.Option("--format", "-f", help="How to print the rows.")] = Format.table,
) -> None:
    """Run a query on the current release, read-only.

    In CSV, text that a spreadsheet would run as a formula gets an apostrophe before it; JSON holds it unchanged.
    """
    database = require_release(load_settings())
    if query == "-":
        if sys.stdin.isatty():
            stop('Give a query: warehouse sql "from metric_total_rates".', WRONG_USAGE)
        query = sys.stdin.read()
    columns, rows = _run(str(database.resolve()), query)
    if format is Format.json:
        print_json([dict(zip(columns, map(plain_value, row), strict=True)) for row in rows])
    elif format is Format.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows(map(csv_row, [columns, *rows]))
    else:
        print_table(columns, rows)
        typer.echo(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}")


def _run(database: str, query: str) -> tuple[list[str], list[tuple]]:
    try:
        with duckdb.connect(database, read_only=True) as connection:
            # so that `from metric_total_rates` works without naming the schema
            connection.execute("set search_path = 'main,marts,metrics'")
            cursor = connection.execute(query)
            return [column[0] for column in cursor.description or []], cursor.fetchall()
    except duckdb.Error as error:
        stop(" ".join(str(error).split()))
