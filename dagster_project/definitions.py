"""The whole pipeline on one screen: seeds -> raw -> staging -> marts -> metrics -> published."""

import dagster as dg

from dagster_project.defs.published import published_assets
from dagster_project.defs.raw import raw, seed_files
from dagster_project.defs.schedules import daily_refresh, refresh_job, tell_of_failed_refresh
from dagster_project.defs.transform import transform
from dagster_project.resources import Refresh

defs = dg.Definitions(
    assets=[*seed_files, raw, transform, *published_assets],
    jobs=[refresh_job],
    schedules=[daily_refresh],
    sensors=[tell_of_failed_refresh],
    resources={"refresh": Refresh()},
    # one process a run: the lock is held from the first step to the last
    executor=dg.in_process_executor,
)
