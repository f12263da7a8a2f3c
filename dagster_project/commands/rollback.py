"""`warehouse rollback`: the way back to an earlier release, and forward again."""

from typing import Annotated

import typer

from dagster_project.commands.console import BUSY, WRONG_USAGE, explain, load_settings, sentence, shown, stop
from dagster_project.release.lock import LockHeld, refresh_lock
from dagster_project.release.shelf import NotOnTheShelf, roll, rolled_back_from


def rollback(
    build: Annotated[
        str | None, typer.Argument(metavar="[BUILD]", help="The release, or how its name begins; else the one before.")
    ] = None,
) -> None:
    """Point `current` at the release before it, or at the one named, earlier or later. Readers see one or the other."""
    settings = load_settings()
    try:
        with refresh_lock(settings.lock_file, started_by="warehouse rollback"):
            left, now = roll(settings, build)
    except LockHeld as error:
        stop(sentence(error), BUSY)
    except NotOnTheShelf as error:
        stop(str(error), WRONG_USAGE)
    except OSError as error:
        stop(explain(error))
    was = f", was {left.build_id}" if left else ""
    typer.echo(f"Release {now.build_id} is current{was}: {shown(settings.current_database)}")
    if rolled_back_from(settings):
        typer.echo(
            "A refresh builds anew once an input other than the day changes; `warehouse refresh --full` at once."
        )
    if settings.postgres_dsn:
        typer.echo("The copy in PostgreSQL is as it was: `warehouse publish postgres` copies this release.")
