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
from typing import TextIO
from uuid import uuid4

import dagster as dg
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import DBAPIError

from dagster_project.commands.console import explain, plain
from dagster_project.history import aside_message, put_damaged_aside
from dagster_project.lock import LockHeld, refresh_lock
from dagster_project.release import discard_builds, release_manifest
from dagster_project.resources import COPY_STEP, PROCESS, REFRESH_JOB, SEEDS_CHECK, STARTED_BY, STEPS
from dagster_project.seed_rules import check_seeds
from dagster_project.seeds import Problem
from dagster_project.settings import Settings

COMMAND = "warehouse refresh"
STEPS_SHOWN: dict[str, str] = dict(
    zip(STEPS, ("raw: seeds as tables", "transform: staging, marts, metrics", "published: the release"), strict=True)
)
LOADING = "loading Dagster and dbt"
COPY_SHOWN = "published: the copy in PostgreSQL"
ROOM_FOR_HISTORY, ROOM_TO_WRITE = 32 * 2**20, 2**20
# Dagster's own log of every event goes to its database, not to the screen
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass
class Outcome:
    """What came of a run. No errors means: this run's release is current, and copied where a copy is wanted.

    `released` with errors: the release is current, its copy in PostgreSQL is not made.
    """

    checks: int = 0
    errors: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lock_held: bool = False
    released: bool = False


def run_refresh(settings: Settings, screen: TextIO, is_quiet: bool = False) -> Outcome:
    """Run the job to its end, well or not. Raises `OSError` where not even Dagster's folder can be made.

    Not in the main thread, so that an interrupt finds that one idle, and Dagster leaves the handlers of signals alone.
    """
    for part in put_damaged_aside(settings.dagster_home):
        print(aside_message(part), file=screen)
    settings.export()
    try:
        with _progress(settings, screen, is_quiet) as show, dg.DagsterInstance.get() as instance:
            # reads the dbt project, which takes seconds: under the spinner, not before it
            from dagster_project.definitions import defs

            run_id = str(uuid4())
            instance.add_event_listener(run_id, show)
            result = defs.resolve_job_def(REFRESH_JOB).execute_in_process(
                run_config=QUIET,
                instance=instance,
                run_id=run_id,
                tags={STARTED_BY: COMMAND, PROCESS: str(os.getpid())},
                raise_on_error=False,
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


def _outcome(settings: Settings, result: dg.ExecuteInProcessResult) -> Outcome:
    checks = result.get_asset_check_evaluations()
    released = _was_released(settings, result)
    if result.success and released:
        return Outcome(checks=len(checks), released=True)
    if any(check.check_name == SEEDS_CHECK and not check.passed for check in checks):
        problems = check_seeds(settings.seeds, settings.documents)
        return Outcome(errors=[f"{len(problems)} problem(s) in the seeds."], problems=problems)
    causes = [cause for event in result.all_events if (cause := _cause_of(event))]
    lock_held = any(LockHeld.__name__ in class_name for class_name, _ in causes)
    errors = list(dict.fromkeys(plain(message) for _, message in causes))
    return Outcome(
        errors=errors or ["The run ended without publishing a release."], lock_held=lock_held, released=released
    )


def _was_released(settings: Settings, result: dg.ExecuteInProcessResult) -> bool:
    """A run can end well with its last step skipped: only the release itself counts."""
    events = result.asset_materializations_for_node(STEPS[-1]) if result.all_events else []
    built = [event.metadata["build_id"].value for event in events]
    return built == [(release_manifest(settings) or {}).get("build_id")]


def _cause_of(event: dg.DagsterEvent) -> tuple[str, str] | None:
    """Class and message of what lies at the bottom of a failure."""
    error = None
    if event.is_step_failure:
        error = event.step_failure_data.error
    elif event.event_type in (dg.DagsterEventType.RESOURCE_INIT_FAILURE, dg.DagsterEventType.ENGINE_EVENT):
        error = event.engine_event_data.error
    elif event.is_job_failure:
        error = event.job_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return (error.cls_name or "", error.message) if error else None


def _history_error(settings: Settings, error: DBAPIError) -> str:
    """SQLite says "disk I/O error" or "unable to open database file" where others name the cause."""
    if shutil.disk_usage(settings.dagster_home).free < ROOM_TO_WRITE:
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
def _progress(settings: Settings, screen: TextIO, is_quiet: bool) -> Iterator[Callable[[dg.EventLogEntry], None]]:
    """Show each step with its time: while it runs on a terminal, a line when it is done on anything else."""
    steps = STEPS_SHOWN | ({COPY_STEP: COPY_SHOWN} if settings.postgres_dsn else {})
    if is_quiet:
        yield lambda entry: None
    elif screen.isatty():
        with _spinners(steps, screen) as show:
            yield show
    else:
        yield _lines(steps, screen)


def _lines(steps: dict[str, str], screen: TextIO) -> Callable[[dg.EventLogEntry], None]:
    began = time.monotonic()

    def done(what: str) -> None:
        nonlocal began
        now = time.monotonic()
        print(f"{what}: {now - began:.1f} s", file=screen, flush=True)
        began = now

    def show(entry: dg.EventLogEntry) -> None:
        if entry.dagster_event_type == dg.DagsterEventType.RUN_START:
            done(LOADING)
        elif entry.dagster_event_type == dg.DagsterEventType.STEP_SUCCESS and entry.step_key in steps:
            done(steps[entry.step_key])

    return show


@contextmanager
def _spinners(steps: dict[str, str], screen: TextIO) -> Iterator[Callable[[dg.EventLogEntry], None]]:
    columns = (SpinnerColumn(finished_text="[green]✓"), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=screen)) as progress:
        loading = progress.add_task(LOADING, total=1)
        waiting = {"total": 1, "start": False, "visible": False}
        tasks = {step: progress.add_task(title, **waiting) for step, title in steps.items()}

        def show(entry: dg.EventLogEntry) -> None:
            task = tasks.get(entry.step_key or "")
            event_type = entry.dagster_event_type
            if event_type == dg.DagsterEventType.RUN_START:
                progress.update(loading, completed=1)
            elif task is not None and event_type == dg.DagsterEventType.STEP_START:
                progress.update(task, visible=True)
                progress.start_task(task)
            elif task is not None and event_type == dg.DagsterEventType.STEP_SUCCESS:
                progress.update(task, completed=1)
            elif task is not None and event_type == dg.DagsterEventType.STEP_FAILURE:
                progress.stop_task(task)
                progress.update(task, description=f"[red]{entry.step_key} failed")

        yield show
