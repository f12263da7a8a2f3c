"""How old is too old: the current release, and the facts in it. Reads a release; imports neither Dagster nor dbt."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import duckdb
from croniter import croniter

from dagster_project.release.build import release_manifest
from dagster_project.settings import Settings

# when somebody entered a fact, and through which day somebody looked for news
SIGNS_OF_LIFE = ("recorded_on", "reviewed_through")


@dataclass(frozen=True)
class Stale:
    """`key` names the thing and its state, so that the same staleness is known again."""

    key: str
    text: str


def release_window(cron: str) -> dt.timedelta:
    """How old a release may be: the schedule's longest pause, or a day where it runs more often, and two hours more.

    Not a deadline at the schedule's own time: a run that starts then would always be late.
    """
    ticks = list(islice(croniter(cron, ret_type=dt.datetime).all_next(), 50))
    longest_pause = max(later - earlier for earlier, later in pairwise(ticks))
    return max(longest_pause, dt.timedelta(days=1)) + dt.timedelta(hours=2)


def stale(settings: Settings, now: dt.datetime) -> Iterator[Stale]:
    """What of the current release is too old at `now`. Nothing where there is no release."""
    manifest = release_manifest(settings)
    if manifest is None:
        return
    age = now - dt.datetime.fromisoformat(manifest["built_at"])
    window = release_window(settings.cron)
    if age > window:
        name = f"release {manifest['build_id']}"
        yield Stale(name, f"The current {name} is {_hours(age)} old; a new one was due after {_hours(window)}.")
    newest = newest_fact(settings.current_database)
    if newest is not None and (silent := (settings.as_of_date - newest).days) > settings.facts_stale_after_days:
        allowed = f"news is looked for at least every {settings.facts_stale_after_days} days"
        yield Stale(f"facts {newest}", f"No fact was entered or reviewed since {newest}, {silent} days ago; {allowed}.")


def newest_fact(database: Path) -> dt.date | None:
    """The last day on which somebody entered a fact, or through which somebody looked for one."""
    with duckdb.connect(str(database), read_only=True) as connection:
        signs = connection.execute(
            """
            select table_name, column_name from duckdb_columns()
            where schema_name = 'raw' and column_name in (select unnest(?))
            """,
            [list(SIGNS_OF_LIFE)],
        ).fetchall()
        days = " union all ".join(f"select max({column}) as day from raw.{table}" for table, column in signs)
        return connection.execute(f"select max(day) from ({days})").fetchall()[0][0] if signs else None


def _hours(span: dt.timedelta) -> str:
    return f"{int(span.total_seconds() // 3600)} hours"
