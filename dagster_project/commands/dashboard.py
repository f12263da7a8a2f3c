"""`warehouse dashboard`: the page of the current release, in the browser."""

import webbrowser
from typing import Annotated

import typer

from dagster_project.commands.console import load_settings, require_release, shown, stop
from dagster_project.release.build import PAGE


def dashboard(
    open_it: Annotated[bool, typer.Option("--open/--path", help="Open it, or only print where it lies.")] = True,
) -> None:
    """Open the page of the current release: what each partner pays, promised and delivered, and what was known when."""
    settings = load_settings()
    page = require_release(settings).parent.resolve() / PAGE
    if not page.exists():
        stop(f"The current release has no page at {shown(page)}. Build one with `warehouse refresh --full`.")
    typer.echo(shown(page))
    # the release's own folder, not `current`: the page stays whole when the next release appears
    if open_it and not webbrowser.open(page.as_uri()):
        stop("No browser could be started. Open the file above in one.")
