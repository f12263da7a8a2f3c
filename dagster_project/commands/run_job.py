"""The job `refresh`, run in this process: its progress on a terminal and its outcome in plain words.

Only this module of the commands imports Dagster.
"""

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TextIO
from uuid import uuid4

import dagster as dg
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import DBAPIError

from dagster_project.commands.console import explain, plain
from dagster_project.defs.damaged_history import aside_message, put_damaged_aside
from dagster_project.defs.failures import reasons, roots
from dagster_project.defs.published import RELEASE, accepted
from dagster_project.defs.resources import ALLOW_REWRITE, LAYERS, PROCESS, REFRESH_JOB, SEEDS_CHECK, STARTED_BY
from dagster_project.release.build import discard_builds, release_manifest
from dagster_project.release.gate import GATE_CHECKS
from dagster_project.release.lock import LockHeld, refresh_lock
from dagster_project.release.shelf import Release
from dagster_project.seeds.reading import Problem
from dagster_project.settings import Settings

COMMAND = "warehouse refresh"
LOADING = "loading Dagster and dbt"
ROOM_FOR_HISTORY, ROOM_TO_WRITE = 32 * 2**20, 2**20
# Dagster's own log of every event goes to its database, not to the screen
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass
class Outcome:
    """What came of a run. No errors means: this run's release is current, and copied where a copy is wanted.

    `released` with errors: the release is current, its copy in PostgreSQL is not made. `held`: the gate held it back.
    """

    checks: int = 0
    errors: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lock_held: bool = False
    released: bool = False
    held: bool = False


def run_refresh(
    settings: Settings, screen: TextIO, allow_rewrite: str | None = None, is_quiet: bool = False
) -> Outcome:
    """Run the job to its end, well or not. Raises `OSError` where not even Dagster's folder can be made.

    Not in the main thread, so that an interrupt finds that one idle, and Dagster leaves the handlers of signals alone.
    `allow_rewrite` is why the log may differ from what it said before.
    """
    for part in put_damaged_aside(settings.dagster_home):
        print(aside_message(part), file=screen)
    settings.export()
    tags = {STARTED_BY: COMMAND, PROCESS: str(os.getpid())} | ({ALLOW_REWRITE: allow_rewrite} if allow_rewrite else {})
    try:
        with _progress(screen, is_quiet) as show, dg.DagsterInstance.get() as instance:
            # reads the dbt project, which takes seconds: under the spinner, not before it
            from dagster_project.definitions import defs

            run_id = str(uuid4())
            instance.add_event_listener(run_id, show)
            result = (
                defs()
                .resolve_job_def(REFRESH_JOB)
                .execute_in_process(
                    run_config=QUIET,
                    instance=instance,
                    run_id=run_id,
                    tags=tags,
                    raise_on_error=False,
                )
            )
        outcome = _outcome(settings, result)
    except DBAPIError as error:
        outcome = Outcome(errors=[_history_error(settings, error)])
    except dg.Failure as error:
        # the dbt project does not parse, so there was no run to record it
        outcome = Outcome(errors=[plain(error.description or str(error))])
    if outcome.errors and not outcome.lock_held:
        _leave_room(settings)
    return outcome


def tell_accepted(settings: Settings, release: Release) -> str | None:
    """Tell Dagster that a build which was held back is the release now. Returns what went wrong with telling."""
    try:
        put_damaged_aside(settings.dagster_home)
        settings.export()
        with dg.DagsterInstance.get() as instance:
            for event in accepted(release):
                instance.report_runless_asset_event(event)
    except DBAPIError as error:
        return _history_error(settings, error)
    except OSError as error:
        return explain(error)
    return None


def _outcome(settings: Settings, result: dg.ExecuteInProcessResult) -> Outcome:
    checks = result.get_asset_check_evaluations()
    released = _was_released(settings, result)
    if result.success and released:
        return Outcome(checks=len(checks), released=True)
    seeds = next((check for check in checks if check.check_name == SEEDS_CHECK and not check.passed), None)
    if seeds is not None:
        kept: Any = seeds.metadata["kept"].value
        number: Any = seeds.metadata["problems"].value
        more = f" These are the first {len(kept)}: `warehouse check` names all." if len(kept) < number else ""
        return Outcome(errors=[f"{seeds.description}{more}"], problems=[Problem(**problem) for problem in kept])
    lock_held = any(LockHeld.__name__ in (root.cls_name or "") for root in roots(result.all_events))
    errors = [plain(reason) for reason in reasons(result.all_events)]
    return Outcome(
        errors=errors or ["The run ended without publishing a release."],
        lock_held=lock_held,
        released=released,
        held=any(check.check_name in GATE_CHECKS and not check.passed for check in checks),
    )


def _was_released(settings: Settings, result: dg.ExecuteInProcessResult) -> bool:
    """Only the release itself counts, not that the run ended well."""
    made = [event for event in result.all_events if event.is_step_materialization and event.asset_key == RELEASE]
    built = [event.materialization.metadata["build_id"].value for event in made]
    return built == [(release_manifest(settings) or {}).get("build_id")]


def _history_error(settings: Settings, error: DBAPIError) -> str:
    """SQLite says "disk I/O error" or "unable to open database file" where others name the cause."""
    disk = os.statvfs(settings.dagster_home)
    has_inodes = disk.f_files == 0 or disk.f_favail > 0  # some file systems do not count them
    if disk.f_bavail * disk.f_frsize < ROOM_TO_WRITE or not has_inodes:
        return explain(OSError(errno.ENOSPC, "", str(settings.dagster_home)))
    if not os.access(settings.dagster_home, os.W_OK):
        return explain(OSError(errno.EACCES, "", str(settings.dagster_home)))
    return f"Dagster's history in {settings.dagster_home} cannot be written: {error.orig}."


def _leave_room(settings: Settings) -> None:
    """After a full disk, make room for the history of the next run, which cleans up only once it has begun."""
    if shutil.disk_usage(settings.data).free < ROOM_FOR_HISTORY:
        with suppress(LockHeld), refresh_lock(settings.lock_file, COMMAND):
            discard_builds(settings)


@contextmanager
def _progress(screen: TextIO, is_quiet: bool) -> Iterator[Callable[[dg.EventLogEntry], None]]:
    """Show each layer with its time: while it is made on a terminal, a line when it is done on anything else."""
    if is_quiet:
        yield lambda entry: None
    elif screen.isatty():
        with _spinners(screen) as show:
            yield show
    else:
        yield _lines(screen)


def _lines(screen: TextIO) -> Callable[[dg.EventLogEntry], None]:
    layer, began = LOADING, time.monotonic()

    def show(entry: dg.EventLogEntry) -> None:
        nonlocal layer, began
        if entry.user_message in LAYERS or entry.dagster_event_type == dg.DagsterEventType.STEP_SUCCESS:
            now = time.monotonic()
            print(f"{layer}: {now - began:.1f} s", file=screen, flush=True)
            layer, began = entry.user_message, now

    return show


@contextmanager
def _spinners(screen: TextIO) -> Iterator[Callable[[dg.EventLogEntry], None]]:
    columns = (SpinnerColumn(finished_text="[green]✓"), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=screen)) as progress:
        shown = [progress.add_task(LOADING, total=1)]

        def show(entry: dg.EventLogEntry) -> None:
            if entry.dagster_event_type == dg.DagsterEventType.STEP_FAILURE:
                progress.stop_task(shown[-1])
                progress.update(shown[-1], description=f"[red]{progress.tasks[-1].description} failed")
            elif entry.dagster_event_type == dg.DagsterEventType.STEP_SUCCESS:
                progress.update(shown[-1], completed=1)
            elif entry.user_message in LAYERS:
                progress.update(shown[-1], completed=1)
                shown.append(progress.add_task(entry.user_message, total=1))

        yield show
