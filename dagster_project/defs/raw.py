"""seeds -> raw: every seed as a typed table, and the rows turned away beside them.

What is landed is read in the same step (`landed.py`).
"""

import dataclasses
from collections.abc import Iterator

import dagster as dg
import polars as pl

from dagster_project.defs.failures import failed
from dagster_project.defs.landed import landed_specs, make_landed, write_table
from dagster_project.defs.resources import SEEDS_CHECK
from dagster_project.release.build import open_build, start_build
from dagster_project.seeds.log_history import compare, keep_rewrites
from dagster_project.seeds.reading import read_seeds
from dagster_project.seeds.rules import SNAPSHOTS, check_tables
from dagster_project.seeds.schemas import SEEDS
from dagster_project.settings import Settings

OWNERS = ["team:curators"]
BUILD_ROW = dg.AssetKey(["meta", "build"])
REJECTED = dg.AssetKey(["raw", "rejected_rows"])
SEEDS_CHECK_SPEC = dg.AssetCheckSpec(
    SEEDS_CHECK,
    asset=REJECTED,
    blocking=True,
    description="No row rejected, all rules across files hold, and nothing of the log was edited or deleted.",
)
# as many as somebody reads; the history keeps them for ever, `warehouse check` prints them all
KEPT_PROBLEMS = 500


def seed_specs() -> list[dg.AssetSpec]:
    """The files that people write. Dagster makes none of them; a refresh observes the version that it read."""
    return [
        dg.AssetSpec(
            dg.AssetKey(["seeds", name]),
            group_name="seeds",
            owners=OWNERS,
            kinds={"csv"},
            description=f"seeds/{name}.csv: facts written and reviewed by people. Data version: the file's SHA-256.",
        )
        for name in SEEDS
    ]


def raw_specs() -> list[dg.AssetSpec]:
    shared = {"group_name": "raw", "owners": OWNERS, "kinds": {"polars", "duckdb"}}
    build_row = dg.AssetSpec(
        BUILD_ROW, group_name="raw", owners=OWNERS, description='Which build this is, and the day that "today" means.'
    )
    tables = [
        dg.AssetSpec(
            dg.AssetKey(["raw", name]),
            deps=[dg.AssetKey(["seeds", name])],
            description=f"The good rows of seeds/{name}.csv, typed, with the line on which each stands.",
            **shared,
        )
        for name in SEEDS
    ]
    rejected = dg.AssetSpec(
        REJECTED,
        deps=[dg.AssetKey(["seeds", name]) for name in SEEDS],
        description="Rows turned away at the door, with the reason and their text. A build with any is not published.",
        **shared,
    )
    return [build_row, *tables, rejected, *landed_specs()]


def make_raw(
    settings: Settings, allow_rewrite: str | None
) -> Iterator[dg.AssetMaterialization | dg.AssetObservation | dg.AssetCheckEvaluation]:
    """Read each seed once into a new build. Raises where one is unfit, after its problems are recorded.

    `allow_rewrite` is why the log may differ from what it said before.
    """
    build_id = start_build(settings)
    facts = {"build_id": build_id, "as_of_date": settings.as_of_date.isoformat()}
    yield dg.AssetMaterialization(BUILD_ROW, metadata=facts)
    tables = read_seeds(settings.seeds)
    history = compare(tables, settings, reason=allow_rewrite)
    with open_build(settings) as connection:
        connection.execute("create schema raw")
        for name, table in tables.items():
            write_table(connection, name, table.rows)
        rejected = pl.concat([table.rejected for table in tables.values()])
        write_table(connection, "rejected_rows", rejected)
        keep_rewrites(connection, history)
        landed = make_landed(settings, connection)
    for name, table in tables.items():
        version = {"dagster/data_version": table.sha256} if table.sha256 else None
        yield dg.AssetObservation(["seeds", name], metadata={"sha256": table.sha256}, tags=version)
        counts = {"dagster/row_count": len(table.rows), "rejected": len(table.rejected)}
        yield dg.AssetMaterialization(["raw", name], metadata=counts, tags=version)
    yield dg.AssetMaterialization(REJECTED, metadata={"dagster/row_count": len(rejected)})
    yield from landed
    problems = [*check_tables(tables, settings.documents, snapshots=settings.seeds / SNAPSHOTS), *history.refused]
    kept = problems[:KEPT_PROBLEMS]
    compared = {
        "problems": len(problems),
        "log_compared_with": "; ".join(history.compared_with) or "nothing",
        "log_rewritten": "; ".join(map(str, history.allowed)) or "nothing",
    }
    yield dg.AssetCheckEvaluation(
        asset_key=REJECTED,
        check_name=SEEDS_CHECK,
        passed=not problems,
        blocking=True,
        description=f"{len(problems)} problem(s) in the seeds." if problems else None,
        metadata=compared
        | {
            "first": dg.MetadataValue.md("\n".join(f"- {problem}" for problem in kept[:50])),
            "kept": dg.MetadataValue.json([dataclasses.asdict(problem) for problem in kept]),
        }
        if problems
        else compared,
    )
    if problems:
        raise failed([f"Check {SEEDS_CHECK} failed: {len(problems)} problem(s) in the seeds."])
