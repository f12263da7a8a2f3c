"""The `warehouse` command: its subcommands by name. What each one does stands in its module of `commands/`.

Importing this must not import Dagster or Polars: an unchanged refresh answers in less time than either takes to load.
"""

from importlib.metadata import version
from typing import Annotated

import typer

from dagster_project.commands.as_of import as_of
from dagster_project.commands.check import check
from dagster_project.commands.console import Commands
from dagster_project.commands.dashboard import dashboard
from dagster_project.commands.dev import dev
from dagster_project.commands.diff import diff
from dagster_project.commands.line import line
from dagster_project.commands.load import load
from dagster_project.commands.publish import publish
from dagster_project.commands.refresh import refresh
from dagster_project.commands.rollback import rollback
from dagster_project.commands.sql import sql
from dagster_project.commands.status import status

app = typer.Typer(
    name="warehouse",
    cls=Commands,
    help="Tariff rates, pledges, and what was known when: build the warehouse and ask it.",
    epilog="Exit codes: 0 done, 1 a check or a step failed, 2 wrong usage, 75 another refresh is running, "
    "130 and 143 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (refresh, sql, dashboard, status, check, as_of, line, diff, rollback, load, dev):
    app.command()(command)
app.add_typer(publish)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"warehouse {version('trade-deal-warehouse')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Say the version.", is_eager=True, callback=_say_version)
    ] = False,
) -> None:
    """Keeps the options that stand before a command."""
