"""When a refresh runs by itself, and whom a failed one tells."""

import dagster as dg
import httpx

from dagster_project.fingerprint import is_unchanged
from dagster_project.lock import lock_holder
from dagster_project.postgres import is_copied
from dagster_project.resources import REFRESH_JOB
from dagster_project.settings import Settings

refresh_job = dg.define_asset_job(
    REFRESH_JOB,
    selection=dg.AssetSelection.all(),
    description="Seeds to a published release. Scheduled runs and the command line run this same job.",
)


@dg.schedule(
    job=refresh_job,
    cron_schedule=Settings.from_env().cron,
    execution_timezone=Settings.from_env().timezone,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    name="daily_refresh",
    description="Refreshes once a day; WAREHOUSE_CRON moves it.",
)
def daily_refresh() -> dg.RunRequest | dg.SkipReason:
    settings = Settings.from_env()
    if holder := lock_holder(settings.lock_file):
        return dg.SkipReason(f"Another refresh is running: {holder}.")
    if is_unchanged(settings) and is_copied(settings):
        return dg.SkipReason("Nothing changed since the current release.")
    return dg.RunRequest()


@dg.run_failure_sensor(
    name="tell_of_failed_refresh",
    monitored_jobs=[refresh_job],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Posts a failed run to WAREHOUSE_ALERT_WEBHOOK, or logs it where none is set.",
)
def tell_of_failed_refresh(context: dg.RunFailureSensorContext) -> None:
    webhook = Settings.from_env().alert_webhook
    message = f"Refresh {context.dagster_run.run_id} failed: {context.failure_event.message}"
    if webhook is None:
        context.log.error(message)
        return
    httpx.post(webhook, json={"text": message}, timeout=10).raise_for_status()
