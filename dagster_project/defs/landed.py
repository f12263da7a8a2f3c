"""snapshots + landing -> raw: the tariff schedule and the imports as tables.

Belongs here: which tables there are, and what a refresh says of them. Does not belong here: reading a payload
(`sources`), laying out the schedule (`tariff_lines`), the seeds (`raw.py`).
"""

from collections.abc import Iterator

import dagster as dg
import duckdb
import polars as pl

from dagster_project.defs.failures import failed
from dagster_project.settings import Settings
from dagster_project.sources import census, snapshots, usitc
from dagster_project.tariff_lines import tables

OWNERS = ["team:curators"]
LANDED = {
    "tariff_lines": "Every line of the tariff schedule and what its columns ask, from one release to another.",
    "line_preferences": "What entry under each symbol of the special column pays, from one release to another.",
    "chapter_99_headings": "The headings of chapter 99 and their rates in words, from one release to another.",
    "line_imports": "Imports and calculated duties by line, partner and year.",
}


def landed_specs() -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            dg.AssetKey(["raw", name]),
            group_name="raw",
            owners=OWNERS,
            kinds={"polars", "duckdb"},
            description=f"{says} Of the snapshot in seeds/snapshots/ and of what has landed.",
        )
        for name, says in LANDED.items()
    ]


def make_landed(settings: Settings, connection: duckdb.DuckDBPyConnection) -> list[dg.AssetMaterialization]:
    """Write the tables into the build. Raises where a landed file is no longer what it was when it landed."""
    here, cache = snapshots.folder(settings), settings.cache / "landed"
    schedule = usitc.read_schedule(here, settings.landing, cache)
    imports = census.read_imports(here, settings.landing, cache)
    if damaged := [*schedule.unreadable, *imports.unreadable]:
        raise failed([f"Landed payload unreadable: {one}" for one in damaged])
    frames = {
        "tariff_lines": tables.tariff_lines(schedule.lines, schedule.descriptions),
        "line_preferences": tables.line_preferences(schedule.lines),
        "chapter_99_headings": tables.chapter_99_headings(schedule.headings),
        "line_imports": imports.flows,
    }
    for name, frame in frames.items():
        write_table(connection, name, frame)
    of_schedule = {"releases": ", ".join(one.release for one in schedule.releases) or "none"}
    of_imports = {"years": ", ".join(map(str, imports.flows["year"].unique().sort())) or "none"}
    return list(_materializations(frames, of_schedule, of_imports | {"landed_payloads": imports.payloads}))


def _materializations(
    frames: dict[str, pl.DataFrame], of_schedule: dict[str, str], of_imports: dict[str, str | int]
) -> Iterator[dg.AssetMaterialization]:
    for name, frame in frames.items():
        said = of_imports if name == "line_imports" else of_schedule
        yield dg.AssetMaterialization(["raw", name], metadata={"dagster/row_count": len(frame), **said})


def write_table(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    arrow = frame.to_arrow()
    connection.register("incoming", arrow)
    connection.execute(f'create table raw."{name}" as select * from incoming')
    connection.unregister("incoming")
