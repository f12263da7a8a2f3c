"""What a run holds while it works: the settings, and the lock that keeps refreshes apart. And what it is called."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from pydantic import PrivateAttr

from dagster_project.defs.history import prune
from dagster_project.release.lock import refresh_lock
from dagster_project.settings import Settings

REFRESH_JOB = "refresh"
SEEDS_CHECK = "seeds_are_fit"
# tag of a run: why it may publish a log that was rewritten
ALLOW_REWRITE = "allow_rewrite"
# the tag by which a run of the command line says whose it is, and the process in which it runs
STARTED_BY, PROCESS = "started_by", "warehouse/process"
# what the run's log says as each layer begins, and the terminal while it works
RAW, TRANSFORM, PUBLISHED, COPYING = LAYERS = (
    "raw: seeds as tables",
    "transform: staging, marts, metrics",
    "published: the release",
    "published: the copy in PostgreSQL",
)
UNFINISHED = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
ABANDONED = "Abandoned: its process ended before the run did."


class Refresh(dg.ConfigurableResource):
    """The refresh under way. Taking it takes the lock; a run that finds it taken fails with the holder's name."""

    _settings: Settings = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Refresh"]:
        self._settings = Settings.from_env()
        with refresh_lock(self._settings.lock_file, started_by=_starter(context)):
            instance, run = context.instance, context.dagster_run
            if instance is not None and run is not None:
                fail_abandoned_runs(instance, run)
            yield self
            if instance is not None:
                prune(instance)

    @property
    def settings(self) -> Settings:
        """The same for every step, so that a run which passes midnight keeps its day."""
        return self._settings


def _starter(context: dg.InitResourceContext) -> str:
    run = context.dagster_run
    if run is None:
        return "a script"
    return "schedule" if "dagster/schedule_name" in run.tags else run.tags.get(STARTED_BY, "Dagster")


def fail_abandoned_runs(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """The lock is ours, so a run that still says "started" has died without a word.

    One that has not started may be another command that waits for its turn; it is dead where its process is. What the
    scheduler has queued is left to the scheduler, which starts it even after a pause.
    """
    for other in instance.get_runs(dg.RunsFilter(statuses=UNFINISHED)):
        if other.run_id != run.run_id:
            instance.report_run_failed(other, ABANDONED)
    for other in instance.get_runs(dg.RunsFilter(job_name=REFRESH_JOB, statuses=[dg.DagsterRunStatus.NOT_STARTED])):
        if other.run_id != run.run_id and STARTED_BY in other.tags and not _is_alive(other.tags.get(PROCESS)):
            instance.report_run_failed(other, ABANDONED)


def _is_alive(process: str | None) -> bool:
    """Whether another process than this one has the number."""
    if process is None or process == str(os.getpid()):
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
