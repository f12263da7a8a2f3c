"""When a refresh runs by itself."""

import dagster as dg

from dagster_project.defs.resources import REFRESH_JOB
from dagster_project.readers.postgres import is_copied
from dagster_project.release.fingerprint import is_unchanged
from dagster_project.release.lock import lock_holder
from dagster_project.settings import Settings

refresh_job = dg.define_asset_job(
    REFRESH_JOB,
    selection=dg.AssetSelection.all(),
    description="Seeds to a published release. Scheduled runs and the command line run this same job.",
)


def daily_refresh(settings: Settings) -> dg.ScheduleDefinition:
    @dg.schedule(
        job=refresh_job,
        cron_schedule=settings.cron,
        execution_timezone=settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        name="daily_refresh",
        description="Refreshes once a day; WAREHOUSE_CRON moves it.",
    )
    def schedule() -> dg.RunRequest | dg.SkipReason:
        now = Settings.from_env()
        if holder := lock_holder(now.lock_file):
            return dg.SkipReason(f"Another refresh is running: {holder}.")
        if is_unchanged(now) and is_copied(now):
            return dg.SkipReason("Nothing changed since the current release.")
        return dg.RunRequest()

    return schedule
