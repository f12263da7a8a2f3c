"""`warehouse publish`: copy the current release to where other clients read it."""

from typing import Annotated

import typer

from dagster_project.commands.console import WRONG_USAGE, load_settings, require_release, stop
from dagster_project.readers.postgres import PostgresError, copy_current

publish = typer.Typer(name="publish", help="Copy the current release to another server.", no_args_is_help=True)


@publish.callback()
def _publish() -> None:
    """Keeps `postgres` a subcommand while it is the only one."""


@publish.command()
def postgres(
    grant_role: Annotated[
        str | None, typer.Option("--grant-role", help="Let this role read the copy; made if there is none.")
    ] = None,
) -> None:
    """Replace the copy in PostgreSQL by the current release, in one transaction.

    WAREHOUSE_POSTGRES_DSN says where: postgresql://user:password@host:5432/database.
    """
    settings = load_settings()
    if settings.postgres_dsn is None:
        stop("WAREHOUSE_POSTGRES_DSN is not set; expected postgresql://user:password@host:5432/database.", WRONG_USAGE)
    require_release(settings)
    try:
        copied = copy_current(settings, grant_role)
    except PostgresError as error:
        stop(str(error))
    made = ", made anew" if copied.structure_changed else ""
    typer.echo(
        f"Release {copied.build_id} is in PostgreSQL: {copied.tables} tables{made}, {copied.rows:,} rows, "
        f"{copied.seconds} s."
    )
