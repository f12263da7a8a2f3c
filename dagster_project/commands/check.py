"""`warehouse check`: are the seeds fit to build? About a second, without Dagster."""

import typer

from dagster_project.commands.console import FAILED, load_settings, shown


def check() -> None:
    """Check the seeds: types, references, the log of assertions. Names file, line, column and remedy."""
    settings = load_settings()
    # Polars takes longer to load than the other commands to answer
    from dagster_project.problems import listed
    from dagster_project.seed_rules import check_tables
    from dagster_project.seeds import read_seeds

    tables = read_seeds(settings.seeds)
    problems = check_tables(tables, settings.documents)
    for line in listed(problems):
        typer.echo(line)
    rows = sum(len(table.rows) for table in tables.values())
    if problems:
        typer.echo(f"{len(problems)} problem(s) in {shown(settings.seeds)}: not fit to build.", err=True)
        raise typer.Exit(FAILED)
    typer.echo(f"{len(tables)} files, {rows:,} rows in {shown(settings.seeds)}: fit to build.")
