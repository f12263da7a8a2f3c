"""`warehouse check`: are the seeds fit to build? About a second, without Dagster."""

from typing import Annotated

import typer

from dagster_project.commands.console import FAILED, WRONG_USAGE, AllowRewrite, load_settings, shown, stop


def check(
    since: Annotated[
        str | None, typer.Option(metavar="REVISION", help="Compare the log with this git revision in place of HEAD.")
    ] = None,
    allow_rewrite: AllowRewrite = None,
) -> None:
    """Check the seeds: types, references, the log of assertions. Names file, line, column and remedy.

    The log is compared with the current release and, in a git checkout, with HEAD: its rows are added to, not edited.
    """
    settings = load_settings()
    # Polars takes longer to load than the other commands to answer
    from dagster_project.seeds.log_history import compare
    from dagster_project.seeds.log_past import NoPast
    from dagster_project.seeds.problems import listed
    from dagster_project.seeds.reading import read_seeds
    from dagster_project.seeds.rules import SNAPSHOTS, check_tables

    tables = read_seeds(settings.seeds)
    try:
        history = compare(tables, settings, since, allow_rewrite)
    except NoPast as error:
        stop(f"--since {error}", WRONG_USAGE)
    problems = [*check_tables(tables, settings.documents, snapshots=settings.seeds / SNAPSHOTS), *history.refused]
    for line in listed(problems):
        typer.echo(line)
    rows = sum(len(table.rows) for table in tables.values())
    if problems:
        typer.echo(f"{len(problems)} problem(s) in {shown(settings.seeds)}: not fit to build.", err=True)
        raise typer.Exit(FAILED)
    typer.echo(f"{len(tables)} files, {rows:,} rows in {shown(settings.seeds)}: fit to build.")
    for rewrite in history.allowed:
        typer.echo(f"Rewritten: {rewrite}")
    for name in history.compared_with:
        typer.echo(f"The log was compared with {name}.")
    for why in history.left_out:
        typer.echo(f"The log was not compared with {why}.")
