"""metrics -> published: a build that passed its checks becomes the release that readers see."""

import dataclasses
from collections.abc import Iterator

import dagster as dg

from dagster_project.defs.transform import transform
from dagster_project.gate import HEADLINES_CHECK, ROWS_CHECK, surprises
from dagster_project.release import PAGE, describe_tables, hold_back, publish, seal_build, unequal_files
from dagster_project.resources import Refresh, refuse_partial_runs
from dagster_project.settings import PUBLIC_SCHEMAS, Settings
from dagster_project.shelf import held_back, last_whole

RELEASE = dg.AssetKey(["published", "release"])
FILES_CHECK = "files_equal_their_manifest"
RELEASE_CHECKS = {
    FILES_CHECK: "Every file has the size and hash that the manifest states, every Parquet file its rows.",
    ROWS_CHECK: "No public table lost more than 5 % of its rows without a retraction or an ending.",
    HEADLINES_CHECK: "No headline moved by more than a factor of two, or without news of its partner or programme.",
}
public_tables = [key for key in transform.keys if key.path[0] in (*PUBLIC_SCHEMAS, "main")]


@dg.asset(
    key=RELEASE,
    deps=public_tables,
    group_name="published",
    owners=["team:modelling"],
    kinds={"duckdb", "parquet", "html"},
    description="An immutable release: DuckDB file, Parquet per public table, page, manifest. `current` is the newest.",
    check_specs=[
        dg.AssetCheckSpec(name, asset=RELEASE, blocking=True, description=description)
        for name, description in RELEASE_CHECKS.items()
    ],
)
def release(
    context: dg.AssetExecutionContext, refresh: Refresh
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
    refuse_partial_runs(context)
    # takes a second to load, which only a run that gets this far should pay
    from dagster_project.dashboard.page import write_page

    settings = refresh.settings
    describe_tables(settings)
    write_page(settings.build_database, settings.building / PAGE)
    before = last_whole(settings)
    manifest = seal_build(settings, before and before.folder / "warehouse.duckdb")
    build = settings.building.resolve()
    found = {FILES_CHECK: unequal_files(build), ROWS_CHECK: [], HEADLINES_CHECK: []}
    if before:
        found |= surprises(before.folder / "warehouse.duckdb", build / "warehouse.duckdb")
    for name, reasons in found.items():
        yield dg.AssetCheckResult(
            asset_key=RELEASE,
            check_name=name,
            passed=not reasons,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={
                "build_id": build.name,
                "compared_with": before.build_id if before else "nothing: there is no whole release",
                "found": len(reasons),
                "first": dg.MetadataValue.md("\n".join(f"- {reason}" for reason in reasons[:50])),
            },
        )
    if broken := found[FILES_CHECK]:
        raise dg.Failure("The build is not what it says: " + "; ".join(broken), allow_retries=False)
    if before and (reasons := found[ROWS_CHECK] + found[HEADLINES_CHECK]):
        hold_back(settings, reasons, before.build_id)
        raise dg.Failure(held_back(build.name, reasons), allow_retries=False)
    publish(settings)
    yield dg.MaterializeResult(
        metadata={
            "build_id": manifest["build_id"],
            "path": dg.MetadataValue.path(str(settings.releases / manifest["build_id"])),
            "changes": dg.MetadataValue.path(str(settings.releases / manifest["build_id"] / manifest["changes"])),
            "tables": len(manifest["tables"]),
            "rows": sum(table["rows"] for table in manifest["tables"]),
        }
    )


@dg.asset(
    key=["published", "postgres"],
    deps=[release],
    group_name="published",
    owners=["team:modelling"],
    kinds={"postgres"},
    description="The release copied into PostgreSQL in one transaction. Exists where WAREHOUSE_POSTGRES_DSN is set.",
)
def postgres(context: dg.AssetExecutionContext, refresh: Refresh) -> dg.MaterializeResult:
    refuse_partial_runs(context)
    from dagster_project.postgres import PostgresError, copy_current

    try:
        copied = copy_current(refresh.settings)
    except PostgresError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    return dg.MaterializeResult(metadata=dataclasses.asdict(copied))


published_assets = [release, postgres] if Settings.from_env().postgres_dsn else [release]
