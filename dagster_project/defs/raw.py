"""seeds -> raw: every seed as a typed table, and the rows turned away beside them."""

from collections.abc import Iterator

import dagster as dg
import duckdb
import polars as pl

from dagster_project.log_history import compare, keep_rewrites
from dagster_project.release import open_build, start_build
from dagster_project.resources import ALLOW_REWRITE, SEEDS_CHECK, Refresh, refuse_partial_runs
from dagster_project.schemas import SEEDS
from dagster_project.seed_rules import check_tables
from dagster_project.seeds import read_seeds

OWNERS = ["team:curators"]
REJECTED = dg.AssetKey(["raw", "rejected_rows"])

seed_files = [
    dg.AssetSpec(
        dg.AssetKey(["seeds", name]),
        group_name="seeds",
        owners=OWNERS,
        kinds={"csv"},
        description=f"seeds/{name}.csv: facts typed and reviewed by people.",
    )
    for name in SEEDS
]
raw_tables = [
    dg.AssetSpec(
        dg.AssetKey(["raw", name]),
        deps=[dg.AssetKey(["seeds", name])],
        group_name="raw",
        owners=OWNERS,
        kinds={"polars", "duckdb"},
        description=f"The good rows of seeds/{name}.csv, typed, with the line on which each stands.",
    )
    for name in SEEDS
]
rejected_rows = dg.AssetSpec(
    REJECTED,
    deps=[dg.AssetKey(["seeds", name]) for name in SEEDS],
    group_name="raw",
    owners=OWNERS,
    kinds={"polars", "duckdb"},
    description="Rows turned away at the door, with the reason and their text. A build with any is not published.",
)


@dg.multi_asset(
    name="raw",
    specs=[*raw_tables, rejected_rows],
    check_specs=[
        dg.AssetCheckSpec(
            SEEDS_CHECK,
            asset=REJECTED,
            blocking=True,
            description="No row rejected, all rules across files hold, and nothing of the log was edited or deleted.",
        )
    ],
)
def raw(context: dg.AssetExecutionContext, refresh: Refresh) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    refuse_partial_runs(context)
    settings = refresh.settings
    start_build(settings)
    tables = read_seeds(settings.seeds)
    history = compare(tables, settings, reason=context.run.tags.get(ALLOW_REWRITE))
    with open_build(settings) as connection:
        connection.execute("create schema raw")
        for name, table in tables.items():
            write_table(connection, name, table.rows)
            counts = {"dagster/row_count": len(table.rows), "rejected": len(table.rejected)}
            yield dg.MaterializeResult(asset_key=["raw", name], metadata=counts)
        rejected = pl.concat([table.rejected for table in tables.values()])
        write_table(connection, "rejected_rows", rejected)
        keep_rewrites(connection, history)
    yield dg.MaterializeResult(asset_key=REJECTED, metadata={"dagster/row_count": len(rejected)})
    problems = [*check_tables(tables, settings.documents), *history.refused]
    yield dg.AssetCheckResult(
        asset_key=REJECTED,
        check_name=SEEDS_CHECK,
        passed=not problems,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "problems": len(problems),
            "first": dg.MetadataValue.md("\n".join(f"- {p}" for p in problems[:50])),
            "log_compared_with": "; ".join(history.compared_with) or "nothing",
            "log_rewritten": "; ".join(map(str, history.allowed)) or "nothing",
        },
    )


def write_table(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    arrow = frame.to_arrow()
    connection.register("incoming", arrow)
    connection.execute(f'create table raw."{name}" as select * from incoming')
    connection.unregister("incoming")
