"""The whole pipeline on one screen: seeds -> raw -> staging -> marts -> metrics -> published."""

import dagster as dg

from dagster_project.defs.alerts import tell_of_trouble
from dagster_project.defs.build import build_assets
from dagster_project.defs.raw import seed_specs
from dagster_project.defs.resources import Refresh
from dagster_project.defs.schedules import daily_refresh, refresh_job
from dagster_project.settings import Settings


@dg.definitions
def defs() -> dg.Definitions:
    """Made when Dagster asks, from the settings of that moment: importing this module reads and writes nothing."""
    settings = Settings.from_env()
    return dg.Definitions(
        assets=[*seed_specs(), build_assets(settings)],
        jobs=[refresh_job],
        schedules=[daily_refresh(settings)],
        sensors=[tell_of_trouble],
        resources={"refresh": Refresh()},
        # one process a run: a fresh one for its step would load everything twice
        executor=dg.in_process_executor,
    )
