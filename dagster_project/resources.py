"""What a run holds while it works: the settings, and the lock that keeps refreshes apart. And what it is called."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from pydantic import PrivateAttr

from dagster_project.lock import refresh_lock
from dagster_project.settings import Settings

REFRESH_JOB = "refresh"
SEEDS_CHECK = "seeds_are_fit"
# tag of a run: why it may publish a log that was rewritten
ALLOW_REWRITE = "allow_rewrite"
# what the run's log says as each layer begins, and the terminal while it works
RAW, TRANSFORM, PUBLISHED, COPYING = LAYERS = (
    "raw: seeds as tables",
    "transform: staging, marts, metrics",
    "published: the release",
    "published: the copy in PostgreSQL",
)
UNFINISHED = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


class Refresh(dg.ConfigurableResource):
    """The refresh under way. Taking it takes the lock; a run that finds it taken fails with the holder's name."""

    _settings: Settings = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Refresh"]:
        self._settings = Settings.from_env()
        with refresh_lock(self._settings.lock_file, started_by=_starter(context)):
            _fail_abandoned_runs(context)
            yield self

    @property
    def settings(self) -> Settings:
        """The same for every step, so that a run which passes midnight keeps its day."""
        return self._settings


def _starter(context: dg.InitResourceContext) -> str:
    run = context.dagster_run
    if run is None:
        return "a script"
    return "schedule" if "dagster/schedule_name" in run.tags else run.tags.get("started_by", "Dagster")


def _fail_abandoned_runs(context: dg.InitResourceContext) -> None:
    """The lock is ours, so a run that still says "started" has died without a word."""
    instance, run = context.instance, context.dagster_run
    if instance is None or run is None:
        return
    for other in instance.get_runs(dg.RunsFilter(statuses=UNFINISHED)):
        if other.run_id != run.run_id:
            instance.report_run_failed(other, "Abandoned: its process ended before the run did.")
