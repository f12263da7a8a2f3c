"""`warehouse refresh`: run the job `refresh` here and now, and say what came of it.

Belongs here: whether a run is needed, its progress, its outcome in words and as JSON. Does not belong here: the work
itself (`defs/`), the run through Dagster (`run_job.py`).
"""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Annotated, NoReturn, TextIO

import typer

from dagster_project.commands import interrupt
from dagster_project.commands.console import (
    BUSY,
    FAILED,
    WRONG_USAGE,
    AllowRewrite,
    explain,
    libraries_kept_quiet,
    load_settings,
    print_json,
    sentence,
    shown,
)
from dagster_project.readers.postgres import PostgresError, copy_current, is_copied
from dagster_project.release.build import discard_interrupted_build, release_manifest
from dagster_project.release.fingerprint import fingerprint, stands
from dagster_project.release.lock import LockHeld, lock_holder, refresh_lock
from dagster_project.release.shelf import NotOnTheShelf, Release, accept, current_damage, held, held_back, reasons
from dagster_project.seeds.problems import listed
from dagster_project.settings import Settings

if TYPE_CHECKING:
    from dagster_project.commands.run_job import Outcome


def refresh(
    full: Annotated[bool, typer.Option("--full", help="Build even when no input changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object in place of text.")] = False,
    allow_rewrite: AllowRewrite = None,
    accepted: Annotated[
        str | None, typer.Option("--accept", metavar="BUILD", help="Publish this build, which was held back.")
    ] = None,
) -> None:
    """Build the warehouse from the seeds and what has landed, and publish it as the current release."""
    settings = load_settings()
    began = time.monotonic()
    try:
        if accepted:
            _accept(settings, accepted, as_json)
            return
        damaged = current_damage(settings)
        if damaged:
            typer.echo(f"The current release is damaged and will be built again: {'; '.join(damaged)}.", err=True)
        elif not full and (why := stands(settings)):
            _copy_if_wanted(settings, as_json)
            _unchanged(settings, as_json, why)
            return
        elif not full and (waiting := [build for build in held(settings) if _is_of_today(build, settings)]):
            build = waiting[-1]
            _stop(settings, as_json, "held", [held_back(build.build_id, reasons(build))])
        if holder := lock_holder(settings.lock_file):
            _stop(settings, as_json, "busy", [f"Another refresh is running: {holder}."], code=BUSY)
        outcome = _run(settings, as_json, allow_rewrite)
    except OSError as error:
        _stop(settings, as_json, "failed", [explain(error)])
    if outcome.lock_held:
        _stop(settings, as_json, "busy", outcome.errors, code=BUSY)
    if outcome.errors:
        status = "released_without_copy" if outcome.released else "held" if outcome.held else "failed"
        _stop(settings, as_json, status, outcome.errors, outcome.problems)
    summary = _summary(settings, "released") | {
        "damaged": damaged,
        "checks": outcome.checks,
        "seconds": round(time.monotonic() - began, 1),
    }
    if as_json:
        print_json(summary)
    else:
        _print_summary(summary)


def _run(settings: Settings, as_json: bool, allow_rewrite: str | None) -> "Outcome":
    """The run, in a thread of its own: an interrupt is told in the main thread, which must be free to hear it."""
    before, answer = _current(settings), os.dup(1)
    # Python's own child, which clears up after dbt's semaphores, would add a warning of its own to the last words
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker")

    def last_words() -> None:
        if (lock_holder(settings.lock_file) or "").startswith(f"process {os.getpid()} "):
            discard_interrupted_build(settings)
        after = _current(settings)
        if as_json:
            said = {"status": "interrupted", "errors": ["Interrupted."], "problems": [], "current_build_id": after}
            os.write(answer, (json.dumps(said) + "\n").encode())
        else:
            # the cursor, which the progress has hidden
            shown_again = "\r\x1b[K\x1b[?25h" if os.isatty(2) else ""
            stands = f"Release {after} is current." if after != before else _stands(after)
            os.write(2, f"{shown_again}Interrupted. {stands}\n".encode())

    def work(screen: TextIO) -> "Outcome":
        # Dagster takes longer to load than an unchanged refresh may take
        from dagster_project.commands.run_job import run_refresh

        return run_refresh(settings, screen, allow_rewrite, is_quiet=as_json)

    with interrupt.last_words(last_words), libraries_kept_quiet() as screen, ThreadPoolExecutor(1) as thread:
        run = thread.submit(work, screen)
        # the kernel may give a signal to any thread, and one that waits for ever would not notice
        while not wait([run], timeout=0.1).done:
            pass
        return run.result()


def _current(settings: Settings) -> str | None:
    return (release_manifest(settings) or {}).get("build_id")


def _stands(current: str | None) -> str:
    return f"`current` is unchanged: {current}." if current else "There is no release yet."


def _accept(settings: Settings, name: str, as_json: bool) -> None:
    """Publish a build that was held back, as it is, and let Dagster's interface know."""
    try:
        with refresh_lock(settings.lock_file, started_by="warehouse refresh --accept"):
            release = accept(settings, name)
            with libraries_kept_quiet():
                from dagster_project.commands.run_job import tell_accepted

                untold = tell_accepted(settings, release)
    except LockHeld as error:
        _stop(settings, as_json, "busy", [sentence(error)], code=BUSY)
    except NotOnTheShelf as error:
        _stop(settings, as_json, "failed", [str(error)], code=WRONG_USAGE)
    if untold:
        typer.echo(f"Dagster's interface does not show it: {untold}", err=True)
    _copy_if_wanted(settings, as_json)
    summary = _summary(settings, "released")
    if as_json:
        print_json(summary)
    else:
        typer.echo(f"Release {summary['build_id']} (as of {summary['as_of_date']}) is current: {summary['database']}")


def _is_of_today(build: Release, settings: Settings) -> bool:
    """The build was made of what a refresh would read now."""
    return build.manifest is not None and build.manifest["fingerprint"] == fingerprint(settings)


def _copy_if_wanted(settings: Settings, as_json: bool) -> None:
    """The copy that an earlier refresh could not make, or that was not wanted then."""
    if is_copied(settings):
        return
    try:
        copy_current(settings)
    except PostgresError as error:
        _stop(settings, as_json, "released_without_copy", [str(error)])


def _unchanged(settings: Settings, as_json: bool, why: str) -> None:
    summary = _summary(settings, "unchanged")
    if as_json:
        print_json(summary | {"why": why})
        return
    typer.echo(f"{why} It stands in {summary['database']}; --full builds anew.")


def _summary(settings: Settings, status: str) -> dict:
    """What the current release is: the part of the answer that every good outcome shares."""
    manifest = release_manifest(settings) or {}
    return {
        "status": status,
        "build_id": manifest["build_id"],
        "as_of_date": manifest["as_of_date"],
        "database": shown(settings.current_database),
        "tables": len(manifest["tables"]),
        "rows": sum(table["rows"] for table in manifest["tables"]),
        "layers": {
            layer: {"tables": len(rows), "rows": sum(rows)}
            for layer in ("raw", "intermediate", "marts", "metrics")
            if (rows := [table["rows"] for table in manifest["tables"] if table["schema"] == layer])
        },
    }


def _print_summary(summary: dict) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("layer", box=None, pad_edge=False, header_style="bold")
    table.add_column("tables", justify="right")
    table.add_column("rows", justify="right")
    for layer, size in summary["layers"].items():
        table.add_row(layer, f"{size['tables']:,}", f"{size['rows']:,}")
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    console.print(f"{summary['checks']} checks passed in {summary['seconds']} s")
    console.print(f"Release {summary['build_id']} (as of {summary['as_of_date']}) is current: {summary['database']}")


def _stop(
    settings: Settings, as_json: bool, status: str, errors: list[str], problems: list | None = None, code: int = FAILED
) -> NoReturn:
    """Say what went wrong and that readers see no difference, then exit."""
    current = _current(settings)
    if as_json:
        found = [vars(problem) for problem in problems or []]
        print_json({"status": status, "errors": errors, "problems": found, "current_build_id": current})
        raise typer.Exit(code)
    for line in listed(problems or []):
        typer.echo(line, err=True)
    for error in errors:
        typer.echo(error, err=True)
    if status == "released_without_copy":
        typer.echo(f"Release {current} is current. `warehouse publish postgres` copies it again.", err=True)
    elif code != BUSY:
        typer.echo(_stands(current), err=True)
    raise typer.Exit(code)
